"""Overzicht (dekking): the schools of a board against the services, and what is arranged per service."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from mandates.coverage import State, Status
from mandates.overview import BoardOverview, SchoolStatus, ServiceStatus
from mandates.wording import day_in_words
from schools.models import School
from services.models import Service

# What the bar of a total is made of, from left to right.
_IN_ORDER = (State.MANDATED, State.ENDING, State.COMING, State.PARTIAL, State.MISSING)


@dataclass(frozen=True)
class Cell:
    """How one service stands for one holder; `href` leads to where something can be done about it."""

    service: Service
    status: Status
    href: str
    late: str

    @property
    def icon(self) -> SafeString:
        """The symbol of its state, as on every page."""
        return _icon(self.status.state)

    @property
    def leads_to_granting(self) -> bool:
        """Whether one gives a mandate there; else one sees the mandates that there are."""
        return self.status.needs_a_mandate


@dataclass(frozen=True)
class Row:
    """A school and its cells, one per service, in the order of the columns."""

    school: School
    missing: int
    cells: list[Cell]


@dataclass(frozen=True)
class Part:
    """A part of a total's bar: from where and how wide, in percent."""

    state: State
    x: str
    width: str


@dataclass(frozen=True)
class Total:
    """For how many of the schools a service is mandated today, and for how many something must be done."""

    service: Service
    mandated: int
    missing: int
    schools: int
    parts: list[Part]


def totals_of(overview: BoardOverview) -> list[Total]:
    """The total of each service, over all schools of the board."""
    return [
        _total(service, [row.services[place] for row in overview.schools])
        for place, service in enumerate(overview.services)
    ]


def rows_of(schools: Iterable[SchoolStatus]) -> list[Row]:
    """The rows of the matrix."""
    return [
        Row(
            row.school,
            row.missing,
            _cells(
                row.services,
                reverse("mandates:grant", args=[row.school.brin]),
                _school_mandates(row.school.brin),
            ),
        )
        for row in schools
    ]


def board_cells(overview: BoardOverview) -> list[Cell]:
    """The services that are given to the board itself: each is given from any of its schools."""
    return _cells(
        overview.board_services,
        reverse("mandates:grant", args=[overview.schools[0].school.brin]),
        _board_mandates(overview.schools),
    )


def _school_mandates(brin: str) -> str:
    """Where the mandates of a school for the service {code} are shown, on whatever page of a long list."""
    return reverse("mandates:school", args=[brin]) + "?dienst={code}#mandaten-{code}"


def _board_mandates(schools: Sequence[SchoolStatus]) -> str:
    """Where the board's own mandates are shown: with the only school, or below the schools."""
    if len(schools) == 1:
        return _school_mandates(schools[0].school.brin)
    return reverse("mandates:overview") + "#bestuur-mandaten-{code}"


def _cells(services: Iterable[ServiceStatus], granting: str, mandates: str) -> list[Cell]:
    return [
        Cell(
            each.service,
            each.status,
            f"{granting}?dienst={quote(each.service.code)}"
            if each.status.needs_a_mandate
            else mandates.format(code=quote(each.service.code)),
            f"te laat: regel dit vóór {day_in_words(each.service.deadline)}"
            if each.misses_deadline and not each.status.needs_a_mandate
            else "",
        )
        for each in services
    ]


@cache
def _icon(state: State) -> SafeString:
    """A large matrix has a thousand cells: each symbol is rendered once."""
    return render_to_string("components/icon.html", {"name": state})


def _total(service: Service, column: Sequence[ServiceStatus]) -> Total:
    counts = Counter(each.status.state for each in column)
    parts, before = [], 0
    for state in _IN_ORDER:
        if counts[state]:
            x, width = (f"{100 * number / len(column):.3f}%" for number in (before, counts[state]))
            parts.append(Part(state, x, width))
            before += counts[state]
    return Total(
        service,
        counts[State.MANDATED] + counts[State.ENDING],
        sum(each.needs_a_mandate for each in column),
        len(column),
        parts,
    )
