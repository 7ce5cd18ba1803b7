"""What the pages of the OSR-beheerder show, each read in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from mandates.coverage import Holding, Status, end_in_words, filled_roles, status_of_mandate, status_of_service
from mandates.models import Mandate
from mandates.paging import holds_words
from mandates.querysets import MandateQuerySet
from schools.models import Board, School
from schools.querysets import SchoolQuerySet
from services.models import Service

# Where a `Holding` is read from, in its order.
HOLDING_FIELDS = ("system__kind", "start_date", "end_date", "locations")
# From how long before the day a deadline is told of, on the pages and by mail.
DEADLINE_NEARS = timedelta(days=30)


@dataclass(frozen=True)
class ServiceStatus:
    """How things stand with one service for one school or board.

    `misses_deadline`: on the day of a deadline to come it will not be, or not wholly, arranged.
    """

    service: Service
    status: Status
    misses_deadline: bool

    @property
    def needs_a_mandate(self) -> bool:
        """Whether something must be done to have it arranged, and in time."""
        return self.status.needs_a_mandate or self.misses_deadline


@dataclass(frozen=True)
class SchoolStatus:
    """A school of the board, and how things stand per service."""

    school: School
    services: list[ServiceStatus]

    def needs_a_mandate_for(self, service: Service) -> bool:
        """Whether `service` is not, or not wholly, or not in time arranged for the school."""
        return any(each.service == service and each.needs_a_mandate for each in self.services)

    @property
    def missing(self) -> int:
        """For how many services something must be done."""
        return sum(each.needs_a_mandate for each in self.services)


@dataclass(frozen=True)
class Deadline:
    """A service that must be mandated before a day, and how many of the board's `schools` miss it.

    One that is given to the board itself (D1) the board misses as a whole, whatever its schools.
    """

    service: Service
    missing: int
    schools: int

    @property
    def is_for_several(self) -> bool:
        """Whether it is missed by some of several schools; if not, there is one thing to do."""
        return self.service.level == Service.Level.SCHOOL and self.schools > 1

    @property
    def who(self) -> str:
        """Who misses a mandate, in Dutch."""
        if self.service.level == Service.Level.BOARD:
            return "uw bestuur"
        return f"{self.missing} van uw {self.schools} scholen" if self.schools > 1 else "uw school"

    @property
    def verb(self) -> str:
        """What they do, in Dutch."""
        return "mist" if self.missing == 1 else "missen"


@dataclass(frozen=True)
class BoardOverview:
    """The schools of a board, the services that are given to the board itself, and what must be done before when."""

    schools: list[SchoolStatus]
    services: list[Service]
    board_mandates: list["MandateRow"]
    board_services: list[ServiceStatus]

    @property
    def board_missing(self) -> list[ServiceStatus]:
        """The services that are given to the board itself and are not, or not wholly, or not in time arranged."""
        return _needing(self.board_services)

    def deadlines(self, day: date) -> list[Deadline]:
        """The deadlines that near on `day` and that some school or the board itself misses, the nearest first."""
        of_schools = [
            Deadline(service, sum(row.needs_a_mandate_for(service) for row in self.schools), len(self.schools))
            for service in self.services
        ]
        # Without a school there is no form to give it on.
        of_the_board = [Deadline(each.service, 1, len(self.schools)) for each in self.board_missing if self.schools]
        return _nearing([*of_schools, *of_the_board], day)


@dataclass(frozen=True)
class MandateRow:
    """A mandate in a table, and how things stand with it."""

    mandate: Mandate
    status: Status
    end: str

    def holds(self, words: str) -> bool:
        """Whether each of the words stands in the code or the name of the service, the system or the supplier."""
        service, system = self.mandate.service, self.mandate.system
        return holds_words(words, service.code, service.name, system.name, system.supplier.name)


def open_schools(board: Board, day: date) -> SchoolQuerySet:
    """The schools of `board` that are open on `day`; a school is open on the day on which it closes."""
    return School.objects.of_board(board.number).filter(Q(closed_on=None) | Q(closed_on__gte=day))


def closed_schools(board: Board, day: date) -> SchoolQuerySet:
    """The schools of `board` that closed before `day`, the last one first: their history can still be read (D19)."""
    return School.objects.of_board(board.number).filter(closed_on__lt=day).order_by("-closed_on", "name")


def overview_of_board(board: Board, day: date) -> BoardOverview:
    """The schools of `board` that are open on `day`, by name, and how things stand with each."""
    services = list(Service.objects.active())
    by_school = defaultdict(lambda: defaultdict(list))
    schools_mandates = Mandate.objects.of_board(board.number).filter(board=None).current_and_coming(day)
    for school, service, *held in schools_mandates.values_list("school", "service", *HOLDING_FIELDS):
        by_school[school][service].append(Holding(*held))
    of_the_board = list(
        Mandate.objects.filter(board=board).current_and_coming(day).in_full().order_by("service__code", "start_date")
    )
    schools = (
        open_schools(board, day)
        .annotate(location_codes=Coalesce(ArrayAgg("locations__code", filter=~Q(locations=None)), Value([])))
        .order_by("name", "brin")
    )
    school_services = [service for service in services if service.level == Service.Level.SCHOOL]
    board_services = [service for service in services if service.level == Service.Level.BOARD]
    return BoardOverview(
        schools=[
            SchoolStatus(school, _statuses(school_services, by_school[school.pk], day, school.location_codes))
            for school in schools
        ],
        services=school_services,
        board_mandates=_rows(of_the_board, day),
        board_services=_statuses(board_services, _by_service(of_the_board), day),
    )


def mandates_of_school(school: School) -> MandateQuerySet:
    """The mandates that the pages of `school` show: its own, and those of its board for the services given to that."""
    return Mandate.objects.filter(Q(school=school) | Q(board=school.board_id))


@dataclass(frozen=True)
class SchoolPage:
    """What the page of one school shows."""

    current: list[MandateRow]
    ended: list[MandateRow]
    missing: list[ServiceStatus]

    def deadlines(self, day: date) -> list[Deadline]:
        """The deadlines that near on `day` and that are missed, of a board that has this school only."""
        return _nearing([Deadline(each.service, 1, 1) for each in self.missing], day)


def page_of_school(school: School, locations: Collection[str], day: date) -> SchoolPage:
    """The mandates of `school` and of its board: current and coming by service, ended ones with the latest first.

    `missing` are the active services that are not, or not wholly, or not in time arranged.
    """
    mandates = mandates_of_school(school).in_full()
    current, ended = [], []
    for mandate in mandates.order_by("service__code", "start_date", "pk"):
        (current if _counts_from(mandate, day) else ended).append(mandate)
    ended.sort(key=lambda mandate: (mandate.end_date, mandate.start_date), reverse=True)
    return SchoolPage(
        current=_rows(current, day),
        ended=_rows(ended, day),
        missing=_needing(_statuses(Service.objects.active(), _by_service(current), day, locations)),
    )


def _counts_from(mandate: Mandate, day: date) -> bool:
    return mandate.end_date is None or mandate.end_date >= max(day, mandate.start_date)


def _by_service(mandates: Iterable[Mandate]) -> dict[int, list[Holding]]:
    by_service = defaultdict(list)
    for mandate in mandates:
        by_service[mandate.service_id].append(
            Holding(mandate.system.kind, mandate.start_date, mandate.end_date, mandate.locations)
        )
    return by_service


def _needing(statuses: Iterable[ServiceStatus]) -> list[ServiceStatus]:
    return [each for each in statuses if each.needs_a_mandate]


def _nearing(deadlines: Iterable[Deadline], day: date) -> list[Deadline]:
    missed = [each for each in deadlines if each.missing and each.service.deadline]
    nearing = [each for each in missed if day < each.service.deadline <= day + DEADLINE_NEARS]
    return sorted(nearing, key=lambda each: each.service.deadline)


def _statuses(
    services: Iterable[Service], by_service: dict[int, list[Holding]], day: date, locations: Collection[str] = ()
) -> list[ServiceStatus]:
    statuses = []
    for service in services:
        held = by_service.get(service.pk, ())
        reach = locations if service.level == Service.Level.SCHOOL else ()
        has_deadline = service.deadline is not None and service.deadline > day
        statuses.append(
            ServiceStatus(
                service,
                status_of_service(service, held, day, reach),
                has_deadline and not all(filled_roles(service, held, service.deadline, reach).values()),
            )
        )
    return statuses


def _rows(mandates: Iterable[Mandate], day: date) -> list[MandateRow]:
    return [MandateRow(mandate, status_of_mandate(mandate, day), end_in_words(mandate)) for mandate in mandates]
