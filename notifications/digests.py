"""What is told once a day, in one message: what will end or must be done, and what was refused.

Each thing has a name (an item), which a message keeps of what it tells. So nothing is told twice, and a day on which no
digest could be made is made up for by the next.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q

from mandates.history import beginning_of
from mandates.models import Check, DayBefore, Mandate
from mandates.overview import DEADLINE_NEARS, Deadline, overview_of_board
from mandates.querysets import MandateQuerySet
from mandates.taking_over import Arrival, arrivals_of
from notifications.models import Message
from notifications.recipients import Recipient
from notifications.topics import ENDING_DAYS, Topic
from schools.models import Board, School
from services.models import Service

# A deadline is told of when it is this many days away, or fewer; and so is the end of a grace period (D20).
DEADLINE_DAYS = (DEADLINE_NEARS.days, 14, 7)
GRACE_DAYS = (14, 7)
# Refused checks of longer ago are no news.
_REFUSED_DAYS = 7
# How far back one looks for what was told: further than the first day on which something is told of.
_REMEMBERED = timedelta(days=60)


@dataclass(frozen=True)
class Refused:
    """Checks of some days with the same question and the answer no: who asked, about whose system, and how often."""

    brin: str
    caller_oin: str
    supplier_oin: str
    service_code: str
    namespace: str
    times: int


class BoardNews:
    """What there is to tell on `day` to who acts for `board`; each part is read once, when it is asked for."""

    def __init__(self, board: Board, day: date, *, refused_since: date | None = None) -> None:
        """`refused_since`: the first day of which refused checks are told; the last is the day before `day`."""
        self.board, self.day = board, day
        first = day - timedelta(days=_REFUSED_DAYS)
        self.refused_since = max(first, refused_since or day - timedelta(days=1))

    def items_for(self, recipient: Recipient, told: Collection[str]) -> list[str]:
        """What to tell this person who was told `told` before."""
        items: list[str] = []
        if recipient.wants(Topic.ENDING):
            until = self.day + timedelta(days=recipient.preference.ending_days)
            items += [f"ending/{uuid}/{end}" for uuid, end in self._ending if end <= until]
        if recipient.wants(Topic.DEADLINES):
            items += self._deadline_items
        if recipient.wants(Topic.TRANSFERS):
            items += self._grace_items
        if recipient.wants(Topic.REFUSED):
            items += self._refused_items
        return [item for item in items if item not in told]

    @cached_property
    def _ending(self) -> list[tuple[UUID, date]]:
        mandates = ending_mandates(self.board, self.day).filter(end_date__lte=self.day + timedelta(max(ENDING_DAYS)))
        return list(mandates.order_by("end_date", "pk").values_list("uuid", "end_date"))

    @cached_property
    def _deadline_items(self) -> list[str]:
        if not coming_deadlines(self.day):
            return []
        return [
            f"deadline/{each.service.code}/{each.service.deadline}/{step}"
            for each in deadlines_of(self.board, self.day)
            if (step := _step(each.service.deadline - self.day, DEADLINE_DAYS))
        ]

    @cached_property
    def _grace_items(self) -> list[str]:
        return [
            f"grace/{each.brin}/{each.last_day}/{step}"
            for each in arrivals_of(self.board, self.day).schools
            if (step := _step(each.last_day - self.day, GRACE_DAYS))
        ]

    @cached_property
    def _refused_items(self) -> list[str]:
        days = (self.day - self.refused_since).days
        candidates = [self.refused_since + timedelta(days=number) for number in range(days)]
        return [f"refused/{day}" for day in candidates if refused_checks(self.board, [day])]


def told_before(users: Iterable[int], board: Board, day: date) -> dict[int, set[str]]:
    """Per person (primary key) what digests about `board` told or will tell; what was not delivered is not told."""
    since = beginning_of(day - _REMEMBERED)
    digests = Message.objects.that_tell().filter(kind=Message.Kind.DIGEST, board=board, user__in=users)
    told: dict[int, set[str]] = {}
    for user, items in digests.filter(made_at__gte=since).values_list("user", "items"):
        told.setdefault(user, set()).update(items)
    return told


def _step(left: timedelta, steps: Sequence[int]) -> int | None:
    """The last of the steps that has been reached; None when it is not that far yet."""
    return min((step for step in steps if left.days <= step), default=None)


def ending_mandates(board: Board, day: date) -> MandateQuerySet:
    """The mandates that `board` gave and that will end, if nothing is done.

    Not those that another mandate takes over from without a day between, for a system of the same kind; nor what ends
    because its school closes or its service has ended.
    """
    followed = (
        Mandate.objects.filter(
            Q(school=OuterRef("school")) | Q(board=OuterRef("board")),
            service=OuterRef("service"),
            system__kind=OuterRef("system__kind"),
        )
        .alias(day_before=DayBefore("start_date"))
        .filter(
            Q(locations=None) | Q(locations=OuterRef("locations")),
            Q(end_date=None) | Q(end_date__gt=OuterRef("end_date")),
            day_before__lte=OuterRef("end_date"),
        )
    )
    return (
        Mandate.objects.of_board(board.number)
        .filter(granting_board=board, service__is_active=True)
        .current_and_coming(day)
        .exclude(end_date=None)
        .exclude(school__closed_on__lte=F("end_date"))
        .exclude(Exists(followed))
    )


def coming_deadlines(day: date) -> bool:
    """Whether the deadline of some service is near enough to tell of."""
    return Service.objects.active().filter(deadline__gt=day, deadline__lte=day + DEADLINE_NEARS).exists()


def deadlines_of(board: Board, day: date) -> list[Deadline]:
    """The deadlines that near and that a school of `board`, or the board itself, misses."""
    return overview_of_board(board, day).deadlines(day)


def arrivals_in(board: Board, brins: Collection[str], day: date) -> list[Arrival]:
    """Of these schools what there is to take over on `day`."""
    return [each for each in arrivals_of(board, day).schools if each.brin in brins]


def refused_checks(board: Board, days: Collection[date]) -> list[Refused]:
    """The checks of these days about schools of `board` that were answered with no, alike ones together.

    A board sees the checks about a school since it governs it (docs/decisions/021-what-a-board-sees.md).
    """
    if not days:
        return []
    first, last = min(days), max(days)
    schools = School.objects.of_board(board.number).exclude(former_boards__until__gte=first)
    rows = (
        Check.objects.filter(
            brin__in=list(schools.values_list("brin", flat=True)),
            mandated=False,
            checked_at__gte=beginning_of(first),
            checked_at__lt=beginning_of(last + timedelta(days=1)),
        )
        .values_list("brin", "caller_oin", "supplier_oin", "service_code", "service_version_namespace")
        .annotate(times=Count("*"))
        .order_by("brin", "service_code", "caller_oin", "supplier_oin")
    )
    return [Refused(*row) for row in rows]
