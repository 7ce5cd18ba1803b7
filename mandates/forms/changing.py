"""The forms that change mandates: the dates of one, or many at once."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django import forms
from django.http import QueryDict

from journal.clock import today
from mandates.actions import ChangeDates, ChangeEnd, Revoke
from mandates.changeable import Changeable, Filter
from mandates.forms.days import DayField
from mandates.forms.problems import Problem
from mandates.forms.schools import words_of
from mandates.models import Mandate
from mandates.wording import day_in_words

_UUIDS = re.compile(r"[0-9a-f]{32}")
# No board has as many mandates; more is no choice of a person.
_MOST_CHOSEN = 20_000


class ChangeForm(forms.Form):
    """The dates of one mandate: the end, and the start as long as it lies in the future (D8).

    `gezien` are the dates that the page showed, so that what somebody else changed meanwhile is not overwritten.
    """

    def __init__(self, data=None, *, mandate: Mandate) -> None:
        initial = {"startdatum": _sent(mandate.start_date), "einddatum": _sent(mandate.end_date)}
        super().__init__(data, initial=initial)
        self.mandate = mandate
        self.may_change_start = mandate.start_date > today()
        # What was sent is read also when the mandate has begun meanwhile: the action then says that it is too late.
        if self.may_change_start or "startdatum" in (data or {}):
            self.fields["startdatum"] = DayField(error_messages={"required": "Vul een startdatum in."})
        self.fields["einddatum"] = DayField(required=False)

    def clean(self) -> None:
        start_date = self.cleaned_data.get("startdatum", self.mandate.start_date)
        end_date = self.cleaned_data.get("einddatum")
        if start_date and start_date < today() and start_date != self.mandate.start_date:
            self.add_error("startdatum", f"Kies vandaag ({day_in_words(today())}) of een latere dag.")
        if end_date and end_date < today():
            self.add_error(
                "einddatum", "De einddatum ligt in het verleden. Kies vandaag of later, of trek het mandaat in."
            )
        elif start_date and end_date and end_date < start_date:
            self.add_error("einddatum", "De einddatum ligt vóór de startdatum. Kies een latere dag of laat dit leeg.")

    def seen(self) -> tuple[date, date | None]:
        """The dates that the page showed when it was sent; what is unreadable counts as never shown."""
        start_date, _, end_date = self.data.get("gezien", "").partition("/")
        try:
            return date.fromisoformat(start_date), date.fromisoformat(end_date) if end_date else None
        except ValueError:
            return date.min, None

    def intent(self) -> ChangeDates:
        """What a valid form asks."""
        return ChangeDates(
            mandate=self.mandate.uuid,
            start_date=self.cleaned_data.get("startdatum", self.mandate.start_date),
            end_date=self.cleaned_data["einddatum"],
            seen=self.seen(),
        )

    def problems(self) -> list[Problem]:
        """What is wrong, in the order of the page."""
        return _problems(self, {"startdatum": "#startdatum", "einddatum": "#einddatum"})


class MandatesField(forms.Field):
    """The mandates that were ticked, on this page of the list and on others."""

    class _Ticks(forms.Widget):
        def value_from_datadict(self, data: QueryDict, files, name: str) -> set[UUID]:
            return chosen_of(data)

    widget = _Ticks
    default_error_messages = {"required": "Kies ten minste één mandaat."}

    def validate(self, value: set[UUID]) -> None:
        if not value:
            raise forms.ValidationError(self.error_messages["required"])


class ChangeManyForm(forms.Form):
    """Which mandates, and what: another last day, none, or revoking them at once (D13)."""

    SET_END, REMOVE_END, REVOKE = "einddatum", "geen-einddatum", "intrekken"

    def __init__(self, data=None, *, mandates: Sequence[Changeable]) -> None:
        super().__init__(data)
        self._order = {mandate.uuid: number for number, mandate in enumerate(mandates)}
        self.fields["mandaten"] = MandatesField()
        self.fields["wat"] = forms.ChoiceField(
            choices=[(wat, wat) for wat in (self.SET_END, self.REMOVE_END, self.REVOKE)],
            error_messages={"required": "Kies wat u wilt veranderen.", "invalid_choice": "Kies wat u wilt veranderen."},
        )
        # A day that is typed while another choice is made counts for nothing.
        sets_end = (data or {}).get("wat", self.SET_END) == self.SET_END
        self.fields["einddatum"] = DayField(required=False) if sets_end else forms.CharField(required=False)

    def clean(self) -> None:
        if self.cleaned_data.get("wat") != self.SET_END or "einddatum" in self.errors:
            return
        end_date = self.cleaned_data.get("einddatum")
        if end_date is None:
            self.add_error("einddatum", "Vul de einddatum in.")
        elif end_date < today():
            self.add_error("einddatum", "De einddatum ligt in het verleden. Kies vandaag of later, of kies intrekken.")

    def intent(self) -> ChangeEnd | Revoke:
        """What a valid form asks, in the order of the list; what is no longer in it comes last."""
        chosen = self.cleaned_data["mandaten"]
        mandates = tuple(sorted(chosen, key=lambda uuid: (self._order.get(uuid, len(self._order)), uuid)))
        if self.cleaned_data["wat"] == self.REVOKE:
            return Revoke(mandates=mandates)
        end_date = self.cleaned_data["einddatum"] if self.cleaned_data["wat"] == self.SET_END else None
        return ChangeEnd(mandates=mandates, end_date=end_date)

    def problems(self) -> list[Problem]:
        """What is wrong, in the order of the page."""
        return _problems(self, {"mandaten": "#mandaten", "wat": "#wat-einddatum", "einddatum": "#einddatum"})


def chosen_of(data: QueryDict) -> set[UUID]:
    """The mandates that are chosen: of the page that was shown (`getoond`) those ticked, of the others those before.

    What was chosen on other pages travels in one field (`gekozen`): a form may send a thousand fields, and a board has
    more mandates.
    """
    ticked = uuids_in(" ".join(text.replace("-", "") for text in data.getlist("mandaten")))
    return (uuids_in(data.get("gekozen", "")) - uuids_in(data.get("getoond", ""))) | ticked


def uuids_in(text: str) -> set[UUID]:
    """The UUIDs that a hidden field holds; what is none counts for nothing."""
    return {UUID(hex=each) for each in _UUIDS.findall(text)[:_MOST_CHOSEN]}


def uuids_as_text(uuids: Sequence[UUID]) -> str:
    """The same, to put into a hidden field."""
    return " ".join(uuid.hex for uuid in uuids)


def filter_of(data: Mapping[str, str]) -> Filter:
    """What the list is narrowed down to."""
    return Filter(
        service=data.get("dienst", "").replace("\0", ""),
        system=data.get("systeem", "").replace("\0", ""),
        words=words_of(data),
        only_chosen=data.get("alleen") == "gekozen",
    )


def _sent(day: date | None) -> str:
    return day.isoformat() if day else ""


def _problems(form: forms.Form, hrefs: Mapping[str, str]) -> list[Problem]:
    return [Problem(error, href) for name, href in hrefs.items() for error in form.errors.get(name, ())]
