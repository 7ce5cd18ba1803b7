"""The mandates of a board that can still change: what one chooses from when changing many at once (D13)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import F

from mandates.coverage import Status, end_in_words, status_of_mandate
from mandates.models import Mandate
from schools.models import Board, School


class Changeable(NamedTuple):
    """A mandate that is valid or will be; light, for a large board has thousands."""

    uuid: UUID
    brin: str | None  # None: the board's own
    service: str
    system: str


@dataclass(frozen=True)
class ChangeableRow:
    """A mandate as the page shows it."""

    mandate: Mandate
    status: Status
    end: str
    is_chosen: bool


def changeable_of(board: Board, day: date) -> list[Changeable]:
    """The mandates of `board` and its schools, valid on `day` or later: the board's own first, then by school."""
    mandates = Mandate.objects.of_board(board.number).current_and_coming(day)
    in_order = mandates.order_by(
        F("school__name").asc(nulls_first=True), "school__brin", "service__code", "system__name", "start_date", "pk"
    )
    return [Changeable(*row) for row in in_order.values_list("uuid", "school__brin", "service__code", "system__name")]


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What narrows the mandates down; what is empty narrows nothing."""

    service: str = ""
    system: str = ""
    words: str = ""
    only_chosen: bool = False

    def __bool__(self) -> bool:
        return bool(self.service or self.system or self.words or self.only_chosen)

    def found(self, mandates: Sequence[Changeable], chosen: Collection[UUID], board: Board) -> list[Changeable]:
        """Those of `mandates` that it leaves, in their order. Words are looked for in name, BRIN and place."""
        brins = None
        if self.words:
            brins = set(School.objects.of_board(board.number).matching(self.words).values_list("brin", flat=True))
        return [
            mandate
            for mandate in mandates
            if (not self.service or mandate.service == self.service)
            and (not self.system or mandate.system == self.system)
            and (brins is None or mandate.brin in brins)
            and (not self.only_chosen or mandate.uuid in chosen)
        ]


def rows_of(mandates: Sequence[Changeable], chosen: Collection[UUID], day: date) -> list[ChangeableRow]:
    """The mandates of one page in full, in the same order."""
    # Many mandates share a few services, systems and schools: each of those is made once.
    with_parts = Mandate.objects.prefetch_related("service", "system__supplier", "school", "granting_board")
    in_full = {mandate.uuid: mandate for mandate in with_parts.with_uuids(each.uuid for each in mandates)}
    return [
        ChangeableRow(
            mandate=mandate,
            status=status_of_mandate(mandate, day),
            end=end_in_words(mandate),
            is_chosen=mandate.uuid in chosen,
        )
        for mandate in (in_full[each.uuid] for each in mandates)
    ]
