"""Kopiëren: from the icon beside a mandate, to other schools of the board (D11)."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property

from agreements.gate import missing_agreements
from journal.clock import today
from mandates.actions import Copy, Outcome, Preview, preview
from mandates.coverage import end_in_words
from mandates.forms import CopyForm
from mandates.forms.schools import Prospect, school_lines, words_of
from mandates.models import Mandate
from mandates.overview import open_schools
from mandates.views.board import has_one_school
from mandates.views.flow import Flow
from mandates.wording import day_in_words
from schools.models import School


class CopyMandate(Flow):
    title = "Mandaat kopiëren"
    choose_template = "mandates/copy.html"

    @cached_property
    def mandate(self) -> Mandate:
        """The mandate that is copied; one of a school of the board."""
        return get_object_or_404(
            Mandate.objects.of_board(self.request.board.number).exclude(school=None).in_full().select_related("school"),
            uuid=self.kwargs["uuid"],
        )

    @cached_property
    def others(self) -> list[School]:
        """The other schools of the board that are open, by name."""
        return list(
            open_schools(self.request.board, today()).exclude(pk=self.mandate.school_id).order_by("name", "brin")
        )

    def lacking(self) -> list[str]:
        """See `Flow`."""
        service = self.mandate.service
        return missing_agreements(self.request.board, [service], {today()}).get(service, [])

    def form(self, data=None) -> CopyForm:
        return CopyForm(data, mandate=self.mandate.uuid, schools=self.others)

    def context(self, form: CopyForm) -> dict[str, object]:
        sent = self.request.POST or self.request.GET
        lines = school_lines(self.others, sent, self.request.board, self._prospects())
        return {
            "mandate": self.mandate,
            "end": end_in_words(self.mandate),
            "has_ended": self.mandate.is_over(today()),
            "lines": lines,
            "words": words_of(sent),
            "nothing_found": not any(line.is_found for line in lines),
            "only_school": has_one_school(self.request),
        }

    def _prospects(self) -> dict[str, Prospect]:
        """Per other school what copying would do to it."""
        intent = Copy(mandate=self.mandate.uuid, schools=tuple(school.brin for school in self.others))
        if not self.others:
            return {}
        return {
            row.holder: Prospect(
                text=f"kan niet: {row.text}" if row.outcome == Outcome.REFUSED else row.text,
                warning=row.warning,
                can_be_chosen=row.does_something,
            )
            for row in preview(intent, actor=self.request.actor).rows
        }

    def summary(self, shown: Preview) -> list[tuple[str, str]]:
        return [
            ("Van school", str(self.mandate.school)),
            ("Startdatum", day_in_words(max(today(), self.mandate.start_date))),
            ("Einddatum", end_in_words(self.mandate)),
        ]

    def done(self, shown: Preview) -> str:
        count = sum(row.does_something for row in shown.rows)
        return f"Het mandaat is gekopieerd naar {count} {'school' if count == 1 else 'scholen'}."

    def back(self) -> str:
        return reverse("mandates:school", args=[self.mandate.school.brin])
