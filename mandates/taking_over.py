"""What came from another board and is to be taken over, or runs out (D20)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.db.models import Count, Max
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from agreements.gate import missing_agreements
from journal.acts import Actor
from journal.clock import today
from mandates.actions import Outcome, Row, TakeOver, preview
from mandates.models import Mandate
from schools.models import Board, FormerBoard, School
from services.models import System


@dataclass(frozen=True)
class Arrival:
    """A school that came with mandates of another board: how many, and the last day on which one of them is valid."""

    brin: str
    name: str
    mandates: int
    last_day: date


@dataclass(frozen=True)
class Arrivals:
    """The schools of a board with mandates to take over, by name."""

    schools: Sequence[Arrival]

    @property
    def mandates(self) -> int:
        """How many there are to take over, of all schools."""
        return sum(school.mandates for school in self.schools)


def arrivals_of(board: Board, day: date) -> Arrivals:
    """What `board` can take over on `day`, counted per school in one query."""
    rows = (
        Mandate.objects.to_take_over(board.number, day)
        .values_list("school__brin", "school__name")
        .annotate(Count("pk"), Max("end_date"))
        .order_by("school__name", "school__brin")
    )
    return Arrivals([Arrival(*row) for row in rows])


def to_take_over(request: HttpRequest) -> dict[str, object]:
    """For every page with the menu: what there is to take over, read when it is shown."""
    return {
        "to_take_over": SimpleLazyObject(
            lambda: arrivals_of(request.membership.board, today()) if request.membership else Arrivals(())
        )
    }


@dataclass(frozen=True)
class Candidate:
    """A mandate that came along, and what stands in the way of taking it over, if anything.

    `came_on` is the day on which its school came from the board that gave it; None when the register does not know.
    """

    mandate: Mandate
    came_on: date | None
    lacking_agreements: Sequence[str]
    problem: str

    @property
    def can_be_taken_over(self) -> bool:
        """Whether no rule stands in the way (D5, D6, D19)."""
        return not self.lacking_agreements and not self.problem


@dataclass(frozen=True)
class ArrivedSchool:
    """A school with the mandates that came along."""

    school: School
    candidates: Sequence[Candidate]

    @property
    def takeable(self) -> int:
        """How many of them can be taken over."""
        return sum(each.can_be_taken_over for each in self.candidates)


def candidates_for(actor: Actor, board: Board, day: date) -> list[Candidate]:
    """What `board` can take over on `day`, by school and service; in a fixed number of queries."""
    mandates = list(
        Mandate.objects.to_take_over(board.number, day)
        .select_related("school", "service", "system__supplier", "granting_board")
        .order_by("school__name", "school__brin", "service__code", "system__name", "start_date", "pk")
    )
    if not mandates:
        return []
    services = {mandate.service for mandate in mandates}
    lacking = missing_agreements(board, services, {day})
    connected = set(System.objects.filter(mandates__in=mandates).connections(services, day))
    came_on = {
        (former.school_id, former.board_id): former.until + timedelta(days=1)
        for former in FormerBoard.objects.filter(school__board=board).order_by("until")
    }
    rows = preview(TakeOver(mandates=tuple(mandate.uuid for mandate in mandates)), actor=actor).rows
    return [
        Candidate(
            mandate=mandate,
            came_on=came_on.get((mandate.school_id, mandate.granting_board_id)),
            lacking_agreements=lacking.get(mandate.service, ()),
            problem=_problem(mandate, row, (mandate.system.name, mandate.service.code) in connected),
        )
        for mandate, row in zip(mandates, rows, strict=True)
    ]


def schools_of(candidates: Iterable[Candidate]) -> list[ArrivedSchool]:
    """The candidates per school, in their own order."""
    return [
        ArrivedSchool(school, list(own)) for school, own in groupby(candidates, key=lambda each: each.mandate.school)
    ]


def _problem(mandate: Mandate, row: Row, is_connected: bool) -> str:
    if not mandate.service.is_active:
        return "Deze dienst is beëindigd. U kunt er geen mandaat meer voor geven."
    if not is_connected:
        return f"{mandate.system.name} is niet meer aangesloten voor deze dienst. Kies een ander systeem."
    return f"Kan niet: {row.text}" if row.outcome == Outcome.REFUSED else ""
