"""Which of a board's schools a list shows: as its address asks, on the page and in the download alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.core.paginator import Page

from mandates.forms.schools import words_of
from mandates.overview import BoardOverview, SchoolStatus
from mandates.paging import page_of
from schools.models import Board, School
from services.models import Service


class Order(StrEnum):
    """In which order the schools stand: by name, or those that miss most mandates first."""

    NAME = "naam"
    MISSING = "ontbreekt"


@dataclass(frozen=True)
class Selection:
    """The schools that were found, in order, and what was asked for; what is asked in vain counts for nothing."""

    schools: Sequence[SchoolStatus]
    words: str
    lacking: Service | None
    order: Order

    @property
    def is_narrowed(self) -> bool:
        """Whether less than all schools are asked for."""
        return bool(self.words or self.lacking)

    def page(self, asked: str | None) -> Page:
        """The page that is asked for: see `page_of`."""
        return page_of(self.schools, asked)


def selection_of(overview: BoardOverview, board: Board, asked: Mapping[str, str]) -> Selection:
    """The schools of `overview` that `asked` (the address) narrows it to: `zoek`, `mist` and `sorteer`."""
    schools = overview.schools
    words = words_of(asked)
    if words:
        found = set(School.objects.of_board(board.number).matching(words).values_list("pk", flat=True))
        schools = [row for row in schools if row.school.pk in found]
    lacking = next((service for service in overview.services if service.code == asked.get("mist")), None)
    if lacking:
        schools = [row for row in schools if row.needs_a_mandate_for(lacking)]
    order = Order.MISSING if asked.get("sorteer") == Order.MISSING else Order.NAME
    if order == Order.MISSING:
        schools = sorted(schools, key=lambda row: -row.missing)
    return Selection(schools, words, lacking, order)
