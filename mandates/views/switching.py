"""Overstappen: from one system to another, on a day (D12)."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property

from journal.clock import today
from mandates.actions import Preview, Row, Switch
from mandates.forms import Problem, SwitchForm
from mandates.forms.schools import Prospect, school_lines, words_of
from mandates.switching import Switchable, SystemInUse, Use, switchable_from, systems_in_use, uses_of
from mandates.views.board import has_one_school
from mandates.views.flow import Flow, PreviewLine
from mandates.wording import day_in_words
from services.models import System


class SwitchSystem(Flow):
    title = "Overstappen naar een ander systeem"
    choose_template = "mandates/switch.html"
    joins_services = True

    @cached_property
    def uses(self) -> set[Use]:
        """Which systems the board uses for what."""
        return uses_of(self.request.board, today())

    @cached_property
    def in_use(self) -> list[SystemInUse]:
        """The systems that one can switch from."""
        return systems_in_use(self.uses)

    @cached_property
    def old(self) -> System | None:
        """The system that is left behind; None as long as there are several to choose from."""
        asked = self._sent.get("van")
        if not asked and len(self.in_use) == 1:
            return self.in_use[0].system
        return next((each.system for each in self.in_use if str(each.system.uuid) == asked), None)

    @cached_property
    def switchable(self) -> Switchable:
        """What there is to choose from."""
        return switchable_from(self.old, self.uses, self.request.board, today())

    @property
    def _sent(self) -> QueryDict:
        return self.request.POST or self.request.GET

    def get(self, request: HttpRequest, **named) -> HttpResponse:
        return super().get(request, **named) if self.old else self._choose_old()

    def post(self, request: HttpRequest, **named) -> HttpResponse:
        return super().post(request, **named) if self.old else self._choose_old()

    def _choose_old(self) -> HttpResponse:
        """The page before the first: which system is left behind."""
        problems = []
        if self._sent.get("van"):
            problems.append(Problem("Het systeem dat u had gekozen, heeft nu geen mandaten meer van uw bestuur."))
        return render(
            self.request,
            "mandates/switch_from.html",
            {
                "title": self.title,
                "in_use": self.in_use,
                "problems": problems,
                "back": self.back(),
                "only_school": has_one_school(self.request),
            },
            status=422 if problems else 200,
        )

    def lacking(self) -> set[str]:
        """See `Flow`."""
        return {kind for each in self.switchable.services for kind in each.lacking_agreements}

    def form(self, data=None) -> SwitchForm:
        asked = self.request.GET.getlist("dienst")
        possible = [each.service.code for each in self.switchable.services if each.can_be_chosen]
        initial = {"dienst": [code for code in possible if code in asked] or possible}
        return SwitchForm(data, switchable=self.switchable, initial=initial)

    def context(self, form: SwitchForm) -> dict[str, object]:
        schools = self.switchable.schools
        prospects = {brin: Prospect(text=", ".join(codes)) for brin, codes in self.switchable.services_of.items()}
        lines = school_lines(schools, self._sent, self.request.board, prospects)
        return {
            "switchable": self.switchable,
            "services": form.service_lines(),
            "lines": lines,
            "words": words_of(self._sent),
            "nothing_found": not any(line.is_found for line in lines),
            "school": schools[0] if len(schools) == 1 else None,
            "has_several": len(self.in_use) > 1,
            "only_school": has_one_school(self.request),
            "today": today(),
        }

    def _lines(self, shown: Preview) -> list[PreviewLine]:
        """Without the services that a school does not have with the old system: there is nothing to say of them."""
        rows = [row for row in shown.rows if row.does_something or self._is_used(row)]
        return super()._lines(replace(shown, rows=tuple(rows)))

    def _is_used(self, row: Row) -> bool:
        """Also of a school that is not on the page any more: it closed or moved meanwhile."""
        services_of = self.switchable.services_of
        return row.holder not in services_of or row.service in services_of[row.holder]

    def done(self, shown: Preview) -> str:
        intent: Switch = shown.intent
        doing = [row for row in shown.rows if row.does_something]
        count = len(doing)
        mandates = "1 mandaat gaat" if count == 1 else f"{count} mandaten gaan"
        until = (
            f"Ongedaan maken kan tot {day_in_words(intent.day)}."
            if intent.day > today()
            else "Ongedaan maken kan alleen vandaag."
        )
        return (
            f"De overstap is opgeslagen: {mandates} op {day_in_words(intent.day)} van {intent.old} naar {intent.new}. "
            f"{until}"
        )

    def back(self) -> str:
        return reverse("mandates:overview")
