"""Raadplegingen: who asked about a school, as its board sees it (D17; docs/decisions/021-what-a-board-sees.md)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from mandates.history import beginning_of
from mandates.models import Check
from mandates.stretches import Place, Stretch, stretch_of
from schools.models import School
from services.models import Service, ServiceVersion, Supplier, System

# How far one looks back for many schools at once: not through years of checks.
RECENT = timedelta(days=30)
# Among how many checks one looks for those of a supplier or service: then the page says that there is more to look at.
_LOOK_THROUGH = 20_000
# What was asked stands as it was asked, however long.
_LONGEST_NAME = 60
# A moment in an address.
_MOMENT = "%Y%m%dT%H%M%S.%f"


@dataclass(frozen=True)
class AskedChecks:
    """What the checks are narrowed to; both days are included."""

    service: Service | None = None
    supplier: Supplier | None = None
    first_day: date | None = None
    last_day: date | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether less than everything is asked for."""
        return any((self.service, self.supplier, self.first_day, self.last_day))


@dataclass(frozen=True)
class CheckRow:
    """A check in words: who asked, with which system if it named one, about whose system, and which service."""

    check: Check
    caller: str
    system: str
    supplier: str
    service: str


@dataclass(frozen=True)
class SeenChecks:
    """The checks of one page. `looked_until`: from before that moment none were looked at."""

    stretch: Stretch
    since: date | None
    looked_until: datetime | None


def checks_about(school: School, asked: AskedChecks, place: Place | None) -> SeenChecks:
    """The checks about `school` since its board governs it, around a place, the newest first.

    Read along the index by school and moment: as fast for the last ones of ten million as for the first.
    """
    since = governed_since(school)
    checks = _in_days(school, asked, since)
    edge = None
    if asked.supplier or asked.service:
        checks, edge = _few_enough(checks, place)
        checks = _of(checks, asked)
    if place:
        # Says the same once more, of the moment alone: by that the database passes over whole months.
        checks = checks.filter(**{_from(place): place.key[0]})
    stretch = stretch_of(checks, "pk", place, lambda check: check.pk)
    newer, older, looked_until = stretch.newer, stretch.older, None
    if edge and _goes_back(place) and older is None:
        older, looked_until = (edge, UUID(int=0)), edge
    elif edge and not _goes_back(place) and newer is None:
        newer = (edge, UUID(int=2**128 - 1))
    return SeenChecks(Stretch(_rows(stretch.rows), newer, older), since, looked_until)


def newest_checks(school: School, asked: AskedChecks, most: int) -> list[CheckRow]:
    """The newest checks about `school` since its board governs it: of at most `most` of them those that are asked for.

    Nobody waits for a file of millions: a shorter period gives what is older.
    """
    checks = _in_days(school, asked, governed_since(school)).order_by("-checked_at", "-id")
    edge = checks.values_list("checked_at", flat=True)[most - 1 : most].first()
    if edge:
        checks = checks.filter(checked_at__gte=edge)
    return _rows(list(_of(checks, asked)[:most]))


def newest_checks_of_schools(brins: Collection[str], most: int) -> list[CheckRow]:
    """The newest checks of the last `RECENT` about any of these schools, at most `most`."""
    recent = Check.objects.filter(brin__in=brins, checked_at__gte=timezone.now() - RECENT)
    return _rows(list(recent.order_by("-checked_at", "-id")[:most]))


def newest_checks_by(supplier: Supplier, most: int, *, system: System | None = None) -> list[CheckRow]:
    """The newest checks of the last `RECENT` that `supplier` made, with one system's key if asked, at most `most`.

    One looks for a system among its supplier's last `_LOOK_THROUGH`.
    """
    recent = Check.objects.filter(caller_oin=supplier.oin, checked_at__gte=timezone.now() - RECENT)
    if system:
        recent, _ = _few_enough(recent, None)
        recent = recent.filter(system=system)
    return _rows(list(recent.order_by("-checked_at", "-id")[:most]))


def _in_days(school: School, asked: AskedChecks, since: date | None) -> QuerySet:
    """The checks about the school, from `since` on, of the days that are asked for."""
    checks = Check.objects.filter(brin=school.brin)
    first_day = max(filter(None, [asked.first_day, since]), default=None)
    if first_day:
        checks = checks.filter(checked_at__gte=beginning_of(first_day))
    if asked.last_day:
        checks = checks.filter(checked_at__lt=beginning_of(asked.last_day + timedelta(days=1)))
    return checks


def _goes_back(place: Place | None) -> bool:
    return place is None or place.is_older


def _from(place: Place) -> str:
    return "checked_at__lte" if place.is_older else "checked_at__gte"


def _few_enough(checks: QuerySet, place: Place | None) -> tuple[QuerySet, datetime | None]:
    """Of the checks, from `place` on, the first `_LOOK_THROUGH`; and the moment of the last of them if there are more.

    A supplier that asked once, years ago, must not cost the reading of millions.
    """
    looked_at = checks.filter(**{_from(place): place.key[0]}) if place else checks
    order = "-checked_at" if _goes_back(place) else "checked_at"
    edge = looked_at.order_by(order).values_list("checked_at", flat=True)[_LOOK_THROUGH : _LOOK_THROUGH + 1].first()
    if edge is None:
        return checks, None
    return checks.filter(**{"checked_at__gte" if _goes_back(place) else "checked_at__lte": edge}), edge


def _of(checks: QuerySet, asked: AskedChecks) -> QuerySet:
    if asked.supplier:
        checks = checks.filter(caller_oin=asked.supplier.oin)
    if asked.service:
        namespaces = list(asked.service.versions.values_list("namespace", flat=True))
        checks = checks.filter(
            Q(service_code=asked.service.code) | Q(service_code="", service_version_namespace__in=namespaces)
        )
    return checks


def governed_since(school: School) -> date | None:
    """The day from which the school's board governs it; None when it always did, as far as the register knows."""
    until = school.former_boards.order_by("-until").values_list("until", flat=True).first()
    return until and until + timedelta(days=1)


def place_of(text: str) -> tuple[datetime, UUID]:
    """The place in the list that a text names; raises `ValueError` when it names none."""
    moment, _, number = text.partition("_")
    return datetime.strptime(moment, _MOMENT).replace(tzinfo=UTC), UUID(number)


def as_text(place: tuple[datetime, UUID] | None) -> str:
    """The text that names a place in the list."""
    return f"{place[0].astimezone(UTC).strftime(_MOMENT)}_{place[1].hex}" if place else ""


def _rows(checks: Sequence[Check]) -> list[CheckRow]:
    oins = {oin for check in checks for oin in (check.caller_oin, check.supplier_oin)}
    suppliers = dict(Supplier.objects.filter(oin__in=oins).values_list("oin", "name"))
    systems = dict(System.objects.filter(pk__in={check.system_id for check in checks}).values_list("pk", "name"))
    namespaces = {check.service_version_namespace for check in checks if not check.service_code}
    codes = dict(ServiceVersion.objects.filter(namespace__in=namespaces).values_list("namespace", "service__code"))
    return [
        CheckRow(
            check=check,
            caller=suppliers.get(check.caller_oin, check.caller_oin),
            system=systems.get(check.system_id, ""),
            supplier=suppliers.get(check.supplier_oin, f"onbekend ({check.supplier_oin[:_LONGEST_NAME]})"),
            service=check.service_code[:_LONGEST_NAME]
            or codes.get(check.service_version_namespace, check.service_version_namespace[:_LONGEST_NAME]),
        )
        for check in checks
    ]
