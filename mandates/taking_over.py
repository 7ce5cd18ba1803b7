"""What came from another board and is to be taken over, or runs out (D20)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, TextField, Value
from django.db.models.functions import Concat
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from agreements.gate import missing_agreements
from journal.acts import Actor
from journal.clock import today
from mandates.actions import Outcome, Row, TakeOver, preview
from mandates.models import LetEnd, Mandate
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
class Replaced:
    """A service that is replaced: how many of its mandates can be taken over for its successor, and until when."""

    code: str
    title: str
    mandates: int
    last_day: date


@dataclass(frozen=True)
class Arrivals:
    """What a board can take over: schools with mandates of another board, and services that are replaced, by name."""

    schools: Sequence[Arrival] = ()
    replaced: Sequence[Replaced] = ()

    @property
    def mandates(self) -> int:
        """How many mandates of other boards there are to take over, of all schools."""
        return sum(school.mandates for school in self.schools)

    @property
    def count(self) -> int:
        """How many mandates there are to take over, for whatever reason."""
        return self.mandates + sum(service.mandates for service in self.replaced)


def arrivals_of(board: Board, day: date) -> Arrivals:
    """What `board` can take over on `day` and has not decided on, counted in one query: every page with the menu asks
    it."""
    of_schools = (
        Mandate.objects.to_take_over(board.number, day)
        .undecided_by(board.number)
        .values(is_replaced=Value(False), code=F("school__brin"), title=F("school__name"))
        .annotate(mandates=Count("pk"), last_day=Max("end_date"))
    )
    of_services = (
        Mandate.objects.of_board(board.number)
        .of_replaced_services(day)
        .to_succeed(day)
        .values(
            is_replaced=Value(True),
            code=F("service__code"),
            title=Concat(
                F("service__name"),
                Value(" wordt "),
                F("service__succession_offers__successor__name"),
                output_field=TextField(),
            ),
        )
        .annotate(mandates=Count("pk"), last_day=Max("offered_until"))
    )
    rows = list(of_schools.union(of_services, all=True).order_by("title", "code"))
    return Arrivals(
        schools=[Arrival(*_cells(row)) for row in rows if not row["is_replaced"]],
        replaced=[Replaced(*_cells(row)) for row in rows if row["is_replaced"]],
    )


def _cells(row: dict[str, Any]) -> tuple:
    return row["code"], row["title"], row["mandates"], row["last_day"]


def to_take_over(request: HttpRequest) -> dict[str, object]:
    """For every page with the menu: what there is to take over, read when it is shown."""
    return {
        "to_take_over": SimpleLazyObject(
            lambda: arrivals_of(request.membership.board, today()) if request.membership else Arrivals()
        )
    }


@dataclass(frozen=True)
class Candidate:
    """A mandate that came along, and what stands in the way of taking it over, if anything.

    `came_on` is the day on which its school came from the board that gave it; None when the register does not know.
    `is_let_end`: the board said that it lets it end.
    """

    mandate: Mandate
    came_on: date | None
    is_let_end: bool
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
        """How many of them can be taken over and are not let end."""
        return sum(each.can_be_taken_over and not each.is_let_end for each in self.candidates)


def candidates_for(actor: Actor, board: Board, day: date) -> list[Candidate]:
    """What `board` can take over on `day`, by school and service; in a fixed number of queries."""
    mandates = list(
        Mandate.objects.to_take_over(board.number, day)
        .annotate(is_let_end=Exists(LetEnd.objects.filter(mandate=OuterRef("pk"), board=board)))
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
            is_let_end=mandate.is_let_end,
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
