"""The gate before a mandate: which agreements a board must have in force, and until when they are (D5, A7)."""

from collections.abc import Hashable, Iterable
from datetime import date, timedelta
from typing import NamedTuple, Self

from agreements.models import OSR, Agreement
from schools.models import Board
from services.models import Service


class Stretch(NamedTuple):
    """Days on end on which a board has agreements of a kind in force; the last one included."""

    first_day: date
    last_day: date


# From when until when a board has an agreement of a kind: the board (by whatever key), the kind, its first day and its
# last one, None for an agreement without end.
Period = tuple[Hashable, str, date, date | None]


class InForce:
    """Which kinds of agreement boards have in force on which days."""

    def __init__(self, periods: Iterable[Period]) -> None:
        """From periods in any order; those that cover no day do not count."""
        self._stretches: dict[tuple[Hashable, str], list[Stretch]] = {}
        for board, kind, first_day, ended_on in sorted(periods, key=lambda period: period[2]):
            last_day = ended_on or date.max
            if last_day < first_day:
                continue
            stretches = self._stretches.setdefault((board, kind), [])
            if stretches and stretches[-1].last_day >= first_day - timedelta(days=1):
                # One agreement in the place of another: no day between them.
                before = stretches.pop()
                first_day, last_day = before.first_day, max(before.last_day, last_day)
            stretches.append(Stretch(first_day, last_day))

    @classmethod
    def of(cls, boards: Iterable[Board | int]) -> Self:
        """What the register holds of these boards (rows or their ids), read in one query; by the id of the board."""
        agreements = Agreement.objects.filter(board__in=boards)
        return cls(agreements.values_list("board_id", "kind", "signed_on", "ended_on"))

    def missing(self, board: Hashable, service: Service, days: Iterable[date]) -> list[str]:
        """The kinds of agreement that a board lacks for `service` on any of `days`; OSR first."""
        days = set(days)
        return [kind for kind in needed_for(service) if any(self.until(board, kind, day) < day for day in days)]

    def last_day(self, board: Hashable, service: Service, first_day: date) -> date:
        """Up to and including which day a board has all that `service` needs, without a break from `first_day` on.

        `date.max` when there is no end to it; the day before `first_day` when something is missing on that day.
        """
        return min(self.until(board, kind, first_day) for kind in needed_for(service))

    def until(self, board: Hashable, kind: str, first_day: date) -> date:
        """The same for one kind of agreement."""
        for stretch in self._stretches.get((board, kind), ()):
            if stretch.first_day <= first_day <= stretch.last_day:
                return stretch.last_day
        return first_day - timedelta(days=1)


def needed_for(service: Service) -> list[str]:
    """The kinds of agreement that a mandate for `service` needs; OSR first (D5)."""
    return [OSR, service.agreement_kind] if service.agreement_kind not in ("", OSR) else [OSR]


def missing_agreements(board: Board, services: Iterable[Service], days: Iterable[date]) -> dict[Service, list[str]]:
    """Per service the kinds of agreement that `board` lacks for it on any of `days`; OSR first.

    Services for which nothing is missing are not in the answer.
    """
    days, in_force = set(days), InForce.of([board])
    return {service: kinds for service in services if (kinds := in_force.missing(board.pk, service, days))}
