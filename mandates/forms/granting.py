"""The forms that give mandates: to one school, and to several at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict

from journal.clock import today
from mandates.actions import Choice, Grant
from mandates.forms.days import DayField
from mandates.forms.problems import Problem
from mandates.forms.schools import SchoolsField
from mandates.offers import Offer, SystemSelect
from mandates.wording import day_in_words
from schools.models import Location, School
from services.models import Service


@dataclass(frozen=True)
class SelectLine:
    """A select of systems as the page shows it."""

    select: SystemSelect
    field: BoundField


@dataclass(frozen=True)
class OfferLine:
    """A service as the page shows it: ticked or not, and its selects."""

    offer: Offer
    is_chosen: bool
    selects: list[SelectLine]


class _ServicesForm(forms.Form):
    """One or more services, for each a system; from when and until when.

    Only says what is missing or unreadable; the rules of mandates are the action's.
    """

    def __init__(self, *args, offers: Sequence[Offer], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.offers = offers
        self.fields["dienst"] = forms.MultipleChoiceField(
            choices=[(offer.service.code, offer.service.code) for offer in offers],
            error_messages={
                "required": "Kies ten minste één dienst.",
                "invalid_choice": "De dienst %(value)s kan niet gekozen worden.",
            },
        )
        for select in (select for offer in offers for select in offer.selects):
            self.fields[select.name] = forms.ChoiceField(
                choices=[(str(system.uuid), system.name) for system in select.systems],
                required=False,
                error_messages={"invalid_choice": "Dit systeem kan niet meer gekozen worden. Kies een ander systeem."},
            )
        self.fields["startdatum"] = DayField(error_messages={"required": "Vul een startdatum in."})
        self.fields["einddatum"] = DayField(required=False)

    def clean(self) -> None:
        for offer in self._chosen_offers():
            if not offer.selects:
                self.add_error("dienst", f"Voor {offer.service.code} is nog geen systeem aangesloten.")
            elif not any(self.data.get(select.name) for select in offer.selects):
                self.add_error(offer.selects[0].name, f"Kies een systeem voor {offer.service.code}.")
        start_date, end_date = self.cleaned_data.get("startdatum"), self.cleaned_data.get("einddatum")
        if start_date and start_date < today():
            self.add_error("startdatum", f"Kies vandaag ({day_in_words(today())}) of een latere dag.")
        if start_date and end_date and end_date < start_date:
            self.add_error("einddatum", "De einddatum ligt vóór de startdatum. Kies een latere dag of laat dit leeg.")

    def choices(self) -> list[Choice]:
        """The systems chosen for the services that are ticked; of a service that is not, nothing counts."""
        return [
            Choice(service=offer.service, system=system)
            for offer in self._chosen_offers()
            for select in offer.selects
            for system in select.systems
            if self.cleaned_data.get(select.name) == str(system.uuid)
        ]

    def lines(self) -> list[OfferLine]:
        """The services with what was ticked and chosen."""
        ticked = self["dienst"].value() or ()
        return [
            OfferLine(
                offer=offer,
                is_chosen=offer.service.code in ticked,
                selects=[SelectLine(select, self[select.name]) for select in offer.selects],
            )
            for offer in self.offers
        ]

    def problems(self) -> list[Problem]:
        """What is wrong, in the order of the page, each with the id of its field."""
        return [
            Problem(error, f"#{self._id_of(name)}")
            for name in self.fields
            for error in (self.errors.get(name, ()) if self.is_bound else ())
        ]

    def _id_of(self, name: str) -> str:
        if name == "dienst":
            return next((f"dienst-{offer.service.code}" for offer in self.offers if offer.can_be_chosen), "inhoud")
        return name

    def _chosen_offers(self) -> list[Offer]:
        codes = self.cleaned_data.get("dienst", [])
        return [offer for offer in self.offers if offer.service.code in codes]


def with_locations_picked(data: QueryDict, locations: Sequence[Location]) -> QueryDict | None:
    """What was sent with all `locations` ticked, or none of them, if that was asked; None when it was not."""
    match data.get("stap"):
        case "alles":
            codes = [location.code for location in locations]
        case "niets":
            codes = []
        case _:
            return None
    picked = data.copy()
    picked.setlist("vestiging", codes)
    return picked


class GrantForm(_ServicesForm):
    """Mandates for one school, and for which of its locations."""

    def __init__(self, *args, locations: Sequence[Location], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.locations = locations
        self.fields["vestiging"] = forms.MultipleChoiceField(
            choices=[(location.code, location.code) for location in locations],
            required=False,
            error_messages={"invalid_choice": "%(value)s is geen vestiging van deze school."},
        )

    def chosen_locations(self) -> list[str] | None:
        """The codes that are ticked; None when that is none or all: then the mandates are not limited (D3)."""
        codes = self.cleaned_data["vestiging"]
        return None if len(set(codes)) in (0, len(self.locations)) else sorted(set(codes))

    def _id_of(self, name: str) -> str:
        if name == "vestiging":
            return f"vestiging-{self.locations[0].code}" if len(self.locations) > 1 else "inhoud"
        return super()._id_of(name)


class GrantManyForm(_ServicesForm):
    """Mandates for several schools (D13)."""

    def __init__(self, *args, schools: Sequence[School], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.schools = schools
        self.fields["scholen"] = SchoolsField(schools=schools, required=False)

    def clean(self) -> None:
        super().clean()
        if not self.cleaned_data.get("scholen") and not self._is_for_the_board_only():
            self.add_error("scholen", SchoolsField.default_error_messages["required"])

    def intent(self) -> Grant:
        """What a valid form asks."""
        # A mandate of the board itself is given in the name of no school in particular: any will do (D1).
        schools = self.cleaned_data["scholen"] or tuple(school.brin for school in self.schools[:1])
        return Grant(
            schools=schools,
            choices=tuple((choice.service.code, choice.system.name) for choice in self.choices()),
            start_date=self.cleaned_data["startdatum"],
            end_date=self.cleaned_data["einddatum"],
        )

    def _is_for_the_board_only(self) -> bool:
        levels = {offer.service.level for offer in self._chosen_offers()}
        return levels == {Service.Level.BOARD}
