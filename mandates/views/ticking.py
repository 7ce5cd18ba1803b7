"""A long list of mandates to tick: found by school, dealt into pages, and what is ticked elsewhere stays ticked."""

from collections.abc import Sequence
from typing import Protocol

from mandates.forms.schools import words_of
from mandates.models import Mandate
from mandates.paging import ROWS_PER_PAGE, page_of, page_with
from mandates.views.flow import Flow, page_asked
from schools.models import School


class OfMandate(Protocol):
    """A row of the list."""

    mandate: Mandate


class Ticking(Flow):
    """A flow whose first step is such a list. A subclass says what the rows are."""

    candidates: Sequence[OfMandate]

    def listing(self) -> dict[str, object]:
        """What the page shows of the list, as what was sent asks."""
        sent = self.request.POST or self.request.GET
        words = words_of(sent)
        found = self._found(words)
        # From the page of a school one comes for that school.
        of_school = page_with(
            found, lambda each: each.mandate.school and each.mandate.school.brin == sent.get("school")
        )
        page = page_of(found, page_asked(sent, of_school))
        ticked = set(sent.getlist("mandaat"))
        there = {str(each.mandate.uuid) for each in self.candidates}
        return {
            "page": page,
            "ticked": ticked,
            "out_of_sight": sorted(ticked & there - {str(each.mandate.uuid) for each in page}),
            "can_search": words or len(self.candidates) > ROWS_PER_PAGE,
            "words": words,
        }

    def _found(self, words: str) -> Sequence[OfMandate]:
        """The rows of schools whose name, BRIN or place holds the words."""
        if not words:
            return self.candidates
        schools = School.objects.of_board(self.request.board.number).matching(words)
        found = set(schools.values_list("pk", flat=True))
        return [each for each in self.candidates if each.mandate.school_id in found]
