"""Whether a school or board is mandated for a service: one answer, in the same words on every page."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from django.utils import timezone

from mandates.models import Mandate
from mandates.wording import day_in_words
from services.models import Service, SystemKind

# From how long before its last day a mandate is shown as running out.
ENDS_SOON = timedelta(days=90)


class State(StrEnum):
    """How things stand; the screens give each its own colour and symbol."""

    MANDATED = "mandated"
    ENDING = "ending"
    COMING = "coming"
    PARTIAL = "partial"
    MISSING = "missing"
    ENDED = "ended"


@dataclass(frozen=True)
class Status:
    """How things stand and how the screens say it: `label` the state itself, `detail` what to know besides."""

    state: State
    label: str
    detail: str = ""

    @property
    def needs_a_mandate(self) -> bool:
        """Whether something must be done to have the service arranged, today or later."""
        return self.state in (State.MISSING, State.PARTIAL)


MISSING = Status(State.MISSING, "ontbreekt")


class Holding(NamedTuple):
    """What of a mandate decides how things stand; light, for a large board has thousands."""

    kind: str  # of its system
    start_date: date
    end_date: date | None
    locations: list[str] | None

    def is_valid_on(self, day: date) -> bool:
        """Whether the mandate is valid on `day`."""
        return self.start_date <= day and (self.end_date is None or self.end_date >= day)


@dataclass(frozen=True)
class _Role:
    """How one role of a service is filled: from and up to and including which day, or only for some locations."""

    kind: str
    holdings: Sequence[Holding]
    begins: date | None
    ends: date | None


def status_of_service(
    service: Service, holdings: Sequence[Holding], day: date, locations: Iterable[str] = ()
) -> Status:
    """How things stand on `day` for one holder and service.

    `holdings` are the holder's current and coming mandates for the service. `locations` are the codes (BRIN6) of a
    school's locations: mandates that are limited to some of them count together (D3). A service that needs several
    kinds of system is arranged when it has each of them; one that needs a single kind is arranged by any system, for
    the system was qualified for it (D6).
    """
    if not holdings:
        return MISSING
    locations = frozenset(locations)
    roles = _roles(service, holdings, day, locations)
    if any(role.begins is None for role in roles):
        return _partial(roles, day, locations)
    begins = max(role.begins for role in roles)
    if begins > day:
        return Status(State.COMING, f"begint op {day_in_words(begins)}")
    return _valid_until(min((role.ends for role in roles if role.ends), default=None), day)


def filled_roles(
    service: Service, holdings: Sequence[Holding], day: date, locations: Iterable[str] = ()
) -> dict[str, bool]:
    """Per role of the service whether it is filled on `day` for all of the locations: LAS yes, toetssysteem no.

    Arguments as for `status_of_service`. The holder is complete for the service when every role is filled.
    """
    return {role.kind: role.begins == day for role in _roles(service, holdings, day, frozenset(locations))}


def status_of_mandate(mandate: Mandate, day: date) -> Status:
    """How things stand on `day` with one mandate, of which `entry` is the change that last touched it (D9)."""
    if mandate.end_date is None or mandate.end_date >= max(day, mandate.start_date):
        if mandate.start_date > day:
            return Status(State.COMING, f"begint op {day_in_words(mandate.start_date)}")
        return _valid_until(mandate.end_date, day)
    if mandate.entry.type == "mandate.revoked":
        return Status(State.ENDED, "ingetrokken")
    if mandate.is_cancelled:
        return Status(State.ENDED, "geannuleerd")
    return Status(State.ENDED, "beëindigd")


def end_in_words(mandate: Mandate) -> str:
    """The last day of a mandate as a table shows it; `entry` is the change that last touched it."""
    if mandate.end_date is None:
        return "geen"
    if not mandate.is_cancelled:
        return day_in_words(mandate.end_date)
    if timezone.localdate(mandate.entry.moment) >= mandate.start_date:
        return "op de eerste dag beëindigd"
    return "nooit geldig geweest"


def _valid_until(last_day: date | None, day: date) -> Status:
    if last_day is None:
        return Status(State.MANDATED, "gemandateerd")
    if last_day - day <= ENDS_SOON:
        return Status(State.ENDING, f"loopt af op {day_in_words(last_day)}")
    return Status(State.MANDATED, "gemandateerd", f"tot en met {day_in_words(last_day)}")


def _partial(roles: Sequence[_Role], day: date, locations: Collection[str]) -> Status:
    if not any(role.holdings for role in roles):
        return MISSING
    if len(roles) == 1:
        return Status(State.PARTIAL, "deels", f"alleen {_reach(roles[0], locations)}")
    return Status(State.PARTIAL, "half", ", ".join(_role_in_words(role, day, locations) for role in roles))


def _role_in_words(role: _Role, day: date, locations: Collection[str]) -> str:
    name = SystemKind(role.kind).label
    if not role.holdings:
        return f"{name} niet"
    if role.begins is None:
        return f"{name} voor {_reach(role, locations)}"
    return f"{name} wel" if role.begins <= day else f"{name} vanaf {day_in_words(role.begins)}"


def _reach(role: _Role, locations: Collection[str]) -> str:
    reached = set().union(*(holding.locations for holding in role.holdings))
    return f"{len(reached & set(locations))} van {len(locations)} vestigingen"


def _roles(service: Service, holdings: Sequence[Holding], day: date, locations: Collection[str]) -> list[_Role]:
    """The roles of the service, each as it stands. A single one is filled by any system that was qualified (D6)."""
    if len(service.roles) == 1:
        return [_role(service.roles[0], holdings, day, locations)]
    return [
        _role(kind, [holding for holding in holdings if holding.kind == kind], day, locations) for kind in service.roles
    ]


def _role(kind: str, holdings: Sequence[Holding], day: date, locations: Collection[str]) -> _Role:
    """How the role stands: the first day from `day` on which all locations are covered, and the last in a row."""

    def covered_on(moment: date) -> bool:
        valid = [holding for holding in holdings if holding.is_valid_on(moment)]
        if any(holding.locations is None for holding in valid):
            return True
        return bool(valid) and set().union(*(holding.locations for holding in valid)) >= locations

    starts = sorted({day, *(holding.start_date for holding in holdings if holding.start_date > day)})
    begins = next((start for start in starts if covered_on(start)), None)
    if begins is None:
        return _Role(kind, holdings, None, None)
    # The last day of the calendar is as good as no end.
    ends = sorted({holding.end_date for holding in holdings if holding.end_date and holding.end_date < date.max})
    last_day = next((end for end in ends if end >= begins and not covered_on(end + timedelta(days=1))), None)
    return _Role(kind, holdings, begins, last_day)
