"""Cases in the workplace: schools that moved, left the lists or seem to have merged (D19, D20)."""

import hashlib
from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Any

import orjson
from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from journal.acts import Actor, Problem, Refused
from journal.clock import today
from journal.workplace import ActionPage, ReasonForm, RowAdmin
from mandates.management.rehearsal import Change, rehearse, repeat
from mandates.models import Mandate
from mandates.story import Story
from mandates.wording import day_in_words
from mandates.workplace.changes import SHOWN, newest
from mandates.workplace.fields import Day
from mandates.workplace.foreseeing import Foreseen
from schools.actions import close_school, look_at_case, settle_case
from schools.models import Case, School

# What support does about a case: in short, and in full.
_NEXT_STEPS = {
    Case.Kind.MOVED: (
        "kijken of de mandaten worden overgenomen",
        "Kijk of het nieuwe bestuur de mandaten overneemt voordat ze aflopen. Zo niet, bel of mail het bestuur.",
    ),
    Case.Kind.GONE: (
        "vragen of de school sluit",
        "Vraag het bestuur of de school sluit. Zo ja, sluit de school op de dag die het bestuur of DUO noemt. Zo nee, "
        "handel de zaak af: de school blijft zoals zij is.",
    ),
    Case.Kind.MERGED: (
        "vragen of de school is gefuseerd",
        "Vraag het bestuur of de school is gefuseerd. Zo ja, sluit deze school op de dag van de fusie; het bestuur "
        "geeft mandaten voor de andere school. Zo nee, handel de zaak af.",
    ),
}
_MOST_ROWS = 25


class LookAtCase(ActionPage):
    """Support looked, and leaves the case open."""

    name = "bekeken"
    title = "Als bekeken aanmerken"
    explanation = "De zaak blijft open. Schrijf bij de reden wat u zag of wat u afsprak, voor uzelf en uw collega’s."

    def is_offered(self, row: Case) -> bool:
        """See `ActionPage`."""
        return row.closed_on is None

    def do(self, actor: Actor, form: forms.Form, row: Case) -> str:
        """See `ActionPage`."""
        look_at_case(actor=actor, case=row)
        return "De zaak is als bekeken aangemerkt."


class SettleCase(ActionPage):
    """Support is done with it."""

    name = "afhandelen"
    title = "Zaak afhandelen"
    button = "Afhandelen"
    explanation = "De zaak gaat dicht. De school en haar mandaten blijven zoals ze zijn."

    def is_offered(self, row: Case) -> bool:
        """See `ActionPage`."""
        return row.closed_on is None

    def do(self, actor: Actor, form: forms.Form, row: Case) -> str:
        """See `ActionPage`."""
        settle_case(actor=actor, case=row)
        return "De zaak is afgehandeld."


class CloseForm(ReasonForm):
    """The closing day, and why; and unseen what was shown of what would happen."""

    closing_day = Day(
        label="Laatste dag waarop de school open is",
        help_text="De mandaten van de school eindigen op deze dag.",
        error_messages={"required": "Vul de laatste dag in waarop de school open is."},
    )
    shown = forms.CharField(required=False, widget=forms.HiddenInput)


class CloseSchool(ActionPage):
    """The school of a case closes, with its mandates; support sees first which."""

    name = "school-sluiten"
    title = "School sluiten"
    button = "Bekijken wat er gebeurt"
    form_class = CloseForm
    template = "admin/services/action.html"

    def is_offered(self, row: Case) -> bool:
        """See `ActionPage`."""
        return row.closed_on is None and row.kind != Case.Kind.MOVED and row.school.closed_on is None

    def school_of(self, row: Case) -> School:
        """The school that closes."""
        return row.school

    def closed(self, school: School, day: date) -> str:
        """The notice."""
        return f"{school} sluit op {day_in_words(day)}. De zaak is afgehandeld."

    def preview(self, actor: Actor, form: CloseForm, row: Any) -> Foreseen:
        """See `ActionPage`: the mandates that end and that are cancelled."""
        changes = rehearse(self._close(actor, form, row))
        form.data = form.data.copy()
        form.data["shown"] = _fingerprint(changes)
        return _foreseen(changes, self.school_of(row), form.cleaned_data["closing_day"])

    def do(self, actor: Actor, form: CloseForm, row: Any) -> str:
        """See `ActionPage`; exactly what was shown, or nothing."""
        close = self._close(actor, form, row)
        with transaction.atomic():
            changes = rehearse(close)
            if _fingerprint(changes) != form.cleaned_data["shown"]:
                text = "Het register is intussen veranderd. Bekijk opnieuw wat er gebeurt."
                raise Refused([Problem("changed_meanwhile", text)])
            repeat(close, rehearsed=changes)
        return self.closed(self.school_of(row), form.cleaned_data["closing_day"])

    def _close(self, actor: Actor, form: CloseForm, row: Any) -> partial:
        day = form.cleaned_data["closing_day"]
        return partial(close_school, actor=actor, school=self.school_of(row), closing_day=day)


class CloseThisSchool(CloseSchool):
    """A school closes of which DUO's lists say nothing yet, or on another day than was said (D19)."""

    name = "sluiten"

    def is_offered(self, row: School) -> bool:
        """See `ActionPage`: also to choose another day, as long as it has not come."""
        return row.closed_on is None or row.closed_on >= today()

    def school_of(self, row: School) -> School:
        """See `CloseSchool`."""
        return row

    def closed(self, school: School, day: date) -> str:
        """See `CloseSchool`."""
        return f"{school} sluit op {day_in_words(day)}."


def _fingerprint(changes: list[Change]) -> str:
    return hashlib.sha256(orjson.dumps([tuple(change) for change in changes])).hexdigest()


def _foreseen(changes: list[Change], school: School, day: date) -> Foreseen:
    story = Story(changes)
    mandates = [change for change in changes if change.subject_kind == "mandate"]
    cancelled = sum(change.after["end_date"] < change.after["start_date"] for change in mandates)
    sentences = [
        f"{school} sluit op {day_in_words(day)}.",
        _in_numbers(len(mandates) - cancelled, "eindigt", "eindigen"),
        *([_in_numbers(cancelled, "gaat nooit in", "gaan nooit in")] if cancelled else []),
        "Mandaten komen niet vanzelf terug als de sluiting een vergissing was.",
    ]
    rows = [(story.subject(change), "; ".join(map(str, story.differences(change)))) for change in mandates[:_MOST_ROWS]]
    return Foreseen(sentences, ("Mandaat", "Wat verandert"), rows, len(mandates))


def _in_numbers(count: int, one: str, many: str) -> str:
    return f"1 mandaat {one}." if count == 1 else f"{count or 'Geen'} mandaten {many}."


class IsOpen(admin.SimpleListFilter):
    """Open cases, unless settled ones are asked for."""

    title = "stand"
    parameter_name = "stand"

    def lookups(self, request, model_admin) -> Iterable[tuple[str, str]]:
        """The choices besides the open ones."""
        return [("afgehandeld", "afgehandeld"), ("alle", "alle")]

    def choices(self, changelist) -> Iterable[dict[str, Any]]:
        """With the open ones as the first, instead of all."""
        first, *others = super().choices(changelist)
        return [{**first, "display": "open"}, *others]

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        """The cases of the choice."""
        match self.value():
            case "afgehandeld":
                return queryset.exclude(closed_on=None)
            case "alle":
                return queryset
        return queryset.filter(closed_on=None)


@admin.register(Case)
class CaseAdmin(RowAdmin):
    """What support must look at, the oldest first."""

    change_form_template = "admin/schools/case.html"
    change_list_template = "admin/schools/cases.html"
    list_display = ("about", "kind", "opened_on", "next_step", "looked_at")
    list_filter = (IsOpen, "kind")
    list_select_related = ("school__board",)
    search_fields = ("school__brin", "school__name__unaccent", "school__board__number", "school__board__name__unaccent")
    ordering = ("opened_on", "school__brin", "pk")
    pages = (CloseSchool(), LookAtCase(), SettleCase())

    @admin.display(description="school", ordering="school__name")
    def about(self, case: Case) -> str:
        """The school; as a column of its own, because the admin keeps names of other rows on one line."""
        return str(case.school)

    @admin.display(description="wat te doen")
    def next_step(self, case: Case) -> str:
        """What support does about it, in short."""
        if case.closed_on is not None:
            return f"afgehandeld op {day_in_words(case.closed_on)}"
        return _NEXT_STEPS[Case.Kind(case.kind)][0]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With the school and its board."""
        return super().get_queryset(request).select_related("school__board")

    def story(self, request: HttpRequest, case: Case) -> dict[str, Any]:
        """What was seen, how things stand with the school now, and what was done."""
        mandates = Mandate.objects.filter(school=case.school).current_and_coming(today())
        return {
            "what_next": _NEXT_STEPS[Case.Kind(case.kind)][1],
            "former": case.school.former_boards.select_related("board").order_by("-until").first(),
            "mandates": mandates.count(),
            "of_others": mandates.exclude(granting_board=case.school.board_id).count(),
            "others": case.school.cases.exclude(pk=case.pk).order_by("-opened_on"),
            "changes": newest(Q(subject_kind="case", subject_key=str(case.pk))),
            "shown": SHOWN,
        }
