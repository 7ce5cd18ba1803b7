"""How far the succession of a service reaches, and how far it is: counted over all boards at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F
from django.db.models.functions import Coalesce

from agreements.gate import InForce
from agreements.models import Agreement
from journal.clock import today
from mandates.models import Mandate
from mandates.querysets import MandateQuerySet
from schools.models import Board
from services.models import Service, SuccessionOffer, System

# Who governs the holder of a mandate today.
_GOVERNING = Coalesce(F("school__board"), F("board"))


@dataclass(frozen=True)
class SystemReach:
    """A system that cannot be chosen for the successor, and how many mandates it has for the service."""

    system: System
    mandates: int
    boards: int


@dataclass(frozen=True)
class Reach:
    """Whom the succession of a service concerns."""

    mandates: int
    schools: int
    boards: int
    lacking_boards: int
    unqualified: Sequence[SystemReach]

    def __str__(self) -> str:
        mandates = "1 mandaat" if self.mandates == 1 else f"{self.mandates} mandaten"
        boards = "1 bestuur" if self.boards == 1 else f"{self.boards} besturen"
        schools = "1 school" if self.schools == 1 else f"{self.schools} scholen"
        return f"{mandates} van {boards}{f', voor {schools},' if self.schools else ''}"


@dataclass(frozen=True)
class BoardProgress:
    """A board with mandates for a service that is replaced, and how many of them it has still to arrange."""

    board: Board
    mandates: int
    pending: int

    @property
    def done(self) -> int:
        """How many of them are arranged."""
        return self.mandates - self.pending

    @property
    def is_done(self) -> bool:
        """Whether nothing is left."""
        return not self.pending


def reach_of(service: Service, successor: Service) -> Reach:
    """Whom it concerns when the mandates for `service` are offered for `successor`, today."""
    mandates = _governed(Mandate.objects.filter(service=service).current_and_coming(today()))
    counts = mandates.aggregate(
        mandates=Count("pk"), schools=Count("school", distinct=True), boards=Count("governing", distinct=True)
    )
    boards = set(mandates.values_list("governing", flat=True))
    in_force = InForce.of(boards)
    per_system = (
        mandates.exclude(system__in=System.objects.connected_for(successor, today()))
        .values_list("system")
        .annotate(Count("pk"), Count("governing", distinct=True))
        .order_by("-pk__count", "system")
    )
    systems = System.objects.select_related("supplier").in_bulk([system for system, *_ in per_system])
    return Reach(
        **counts,
        lacking_boards=sum(bool(in_force.missing(board, successor, {today()})) for board in boards),
        unqualified=[SystemReach(systems[system], *numbers) for system, *numbers in per_system],
    )


def progress_of(offer: SuccessionOffer, day: date) -> list[BoardProgress]:
    """Every board with mandates for the service on `day` or later, and what is left; those that have most first."""
    mandates = _governed(Mandate.objects.of_offer(offer, day))
    counts = dict(mandates.values_list("governing").annotate(Count("pk")))
    pending = dict(mandates.to_succeed(day).values_list("governing").annotate(Count("pk")))
    boards = Board.objects.filter(pk__in=counts).order_by("name", "number")
    progress = [BoardProgress(board, counts[board.pk], pending.get(board.pk, 0)) for board in boards]
    return sorted(progress, key=lambda each: -each.pending)


def boards_lacking_agreement(service: Service, kind: str) -> list[Board]:
    """The boards with mandates for `service`, today or later, without an agreement of this kind; with their number."""
    counts = dict(
        _governed(Mandate.objects.filter(service=service).current_and_coming(today()))
        .values_list("governing")
        .annotate(Count("pk"))
    )
    having = Agreement.objects.in_force(today()).filter(kind=kind).values("board")
    boards = list(Board.objects.filter(pk__in=counts).exclude(pk__in=having).order_by("name", "number"))
    for board in boards:
        board.mandates_count = counts[board.pk]
    return boards


def _governed(mandates: MandateQuerySet) -> MandateQuerySet:
    return mandates.order_by().annotate(governing=_GOVERNING)
