"""Over te nemen: the mandates of schools that came from another board (D20)."""

from django.urls import reverse
from django.utils.functional import cached_property

from journal.clock import today
from mandates.actions import Preview
from mandates.forms.schools import words_of
from mandates.forms.taking_over import TakeOverForm
from mandates.taking_over import Candidate, candidates_for, schools_of
from mandates.views.board import has_one_school
from mandates.views.flow import Flow
from schools.models import School

_MOST_WITHOUT_SEARCH = 25


class TakeOverMandates(Flow):
    title = "Mandaten overnemen"
    choose_template = "mandates/take_over.html"

    @cached_property
    def candidates(self) -> list[Candidate]:
        """What came with schools of the board, with what can be done about it."""
        return candidates_for(self.request.actor, self.request.board, today())

    def lacking(self) -> set[str]:
        """See `Flow`."""
        return {kind for each in self.candidates for kind in each.lacking_agreements}

    def form(self, data=None) -> TakeOverForm:
        can_be_taken = [
            (each.mandate.uuid, each.mandate.school.brin) for each in self.candidates if each.can_be_taken_over
        ]
        return TakeOverForm(data, mandates=can_be_taken)

    def context(self, form: TakeOverForm) -> dict[str, object]:
        sent = self.request.POST or self.request.GET
        words = words_of(sent)
        found = self.candidates
        if words:
            schools = School.objects.of_board(self.request.board.number).matching(words)
            brins = set(schools.values_list("brin", flat=True))
            found = [each for each in self.candidates if each.mandate.school.brin in brins]
        ticked = set(sent.getlist("mandaat"))
        return {
            "schools": schools_of(found),
            "out_of_sight": ticked & {str(each.mandate.uuid) for each in self.candidates if each not in found},
            "ticked": ticked,
            "mandates": len(self.candidates),
            "takeable": len(form.mandates),
            "can_search": words or len(self.candidates) > _MOST_WITHOUT_SEARCH,
            "words": words,
            "only_school": has_one_school(self.request),
            "today": today(),
        }

    def done(self, shown: Preview) -> str:
        count = sum(row.does_something for row in shown.rows)
        return "Het mandaat is overgenomen." if count == 1 else f"{count} mandaten zijn overgenomen."

    def back(self) -> str:
        return reverse("mandates:take_over")
