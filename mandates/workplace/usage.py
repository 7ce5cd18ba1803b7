"""How suppliers, systems and services are used: what their pages tell, each read in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count
from django.utils import timezone

from mandates.models import Endpoint, Mandate
from mandates.wording import day_in_words
from services.models import ApiKey, Qualification, QualificationTest, Service, System
from services.wording import moment_in_words


@dataclass(frozen=True)
class Standing:
    """How a system stands with a service: `text` in words; `is_connected`, whether it can be chosen today (D6)."""

    service: Service
    text: str
    is_connected: bool
    mandates: int


@dataclass(frozen=True)
class SystemStandings:
    """A system, and how it stands with each of the services of the table."""

    system: System
    standings: Sequence[Standing]


@dataclass(frozen=True)
class KeyRow:
    """An API key as a list tells of it; never the key itself."""

    key: ApiKey
    state: str
    works: bool


def standings_of(systems: Sequence[System], day: date) -> tuple[list[Service], list[SystemStandings]]:
    """The services that matter, and how each of the systems stands with each of them on `day`."""
    qualifications = {
        (each.system_id, each.service_id): each for each in Qualification.objects.filter(system__in=systems)
    }
    # Of each system and service the newest test that it failed; a later one that it passed is the qualification.
    failed = {
        (test.system_id, test.service_id): test
        for test in QualificationTest.objects.filter(system__in=systems, passed=False).order_by("tested_on", "pk")
    }
    mandates = {
        (system, service): count
        for system, service, count in Mandate.objects.filter(system__in=systems)
        .valid_on(day)
        .values_list("system", "service")
        .annotate(Count("pk"))
    }
    concerned = {service for _, service in (*qualifications, *failed, *mandates)}
    services = [service for service in Service.objects.order_by("code") if service.is_active or service.pk in concerned]
    return services, [
        SystemStandings(
            system,
            [
                _standing(
                    service,
                    system,
                    qualifications.get((system.pk, service.pk)),
                    failed.get((system.pk, service.pk)),
                    mandates.get((system.pk, service.pk), 0),
                    day,
                )
                for service in services
            ],
        )
        for system in systems
    ]


def _standing(
    service: Service,
    system: System,
    qualification: Qualification | None,
    failed: QualificationTest | None,
    mandates: int,
    day: date,
) -> Standing:
    counts = qualification is not None and qualification.qualified_on <= day
    counts = counts and (qualification.withdrawn_on is None or qualification.withdrawn_on > day)
    connected_on = system.supplier.connected_on
    is_connected = counts and connected_on is not None and connected_on <= day
    if qualification is None:
        text = f"niet geslaagd op {day_in_words(failed.tested_on)}" if failed else "niet gekwalificeerd"
    elif not counts and qualification.withdrawn_on is not None:
        text = f"ingetrokken per {day_in_words(qualification.withdrawn_on)}"
    else:
        text = f"gekwalificeerd sinds {day_in_words(qualification.qualified_on)}"
        if qualification.withdrawn_on is not None:
            text += f", ingetrokken per {day_in_words(qualification.withdrawn_on)}"
    return Standing(service, text, is_connected, mandates)


def keys_of(systems: Collection[System]) -> list[KeyRow]:
    """The API keys of these systems: those that work first, the newest first."""
    moment = timezone.now()
    keys = ApiKey.objects.filter(system__in=systems).select_related("system").with_issued_at().order_by("-pk")
    rows = [KeyRow(key, state_of_key(key, moment), works(key, moment)) for key in keys]
    return sorted(rows, key=lambda row: not row.works)


def works(key: ApiKey, moment: datetime) -> bool:
    """Whether the key opens the API at `moment`."""
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > moment)


def state_of_key(key: ApiKey, moment: datetime) -> str:
    """Whether the key works at `moment`, and until when, in words."""
    if key.revoked_at is not None:
        return f"ingetrokken op {moment_in_words(key.revoked_at)}"
    if key.expires_at is None:
        return "werkt, zonder einddatum"
    return f"{'werkt tot' if works(key, moment) else 'verlopen op'} {moment_in_words(key.expires_at)}"


@dataclass(frozen=True)
class MandateCount:
    """How many mandates count on a day, or later, and of how many boards."""

    mandates: int
    boards: int

    def __str__(self) -> str:
        if not self.mandates:
            return "geen mandaten"
        mandates = "1 mandaat" if self.mandates == 1 else f"{self.mandates} mandaten"
        return f"{mandates} van {self.boards} {'bestuur' if self.boards == 1 else 'besturen'}"


def current_mandates(day: date, **of) -> MandateCount:
    """How many mandates with these columns are valid on `day` or later, and how many boards gave them."""
    counted = (
        Mandate.objects.filter(**of)
        .current_and_coming(day)
        .aggregate(mandates=Count("pk"), boards=Count("granting_board", distinct=True))
    )
    return MandateCount(**counted)


def endpoints_shown(day: date, **of) -> int:
    """How many endpoints with these columns are shown on `day` or later (D18)."""
    return Endpoint.objects.filter(**of).shown_on(day, or_later=True).count()


def systems_for(service: Service, day: date) -> list[tuple[System, Standing]]:
    """The systems that have to do with the service, by name, and how they stand with it on `day`."""
    systems = list(
        System.objects.filter(qualifications__service=service)
        .union(
            System.objects.filter(mandates__service=service),
            System.objects.filter(qualification_tests__service=service),
        )
        .values_list("pk", flat=True)
    )
    found = System.objects.filter(pk__in=systems).select_related("supplier").order_by("name")
    _, rows = standings_of(list(found), day)
    return [(row.system, standing) for row in rows for standing in row.standings if standing.service.pk == service.pk]


def by_service(counted: Sequence[SystemStandings]) -> dict[Service, int]:
    """How many mandates the systems have together, per service for which they have any."""
    counts: dict[Service, int] = defaultdict(int)
    for row in counted:
        for standing in row.standings:
            if standing.mandates:
                counts[standing.service] += standing.mandates
    return dict(counts)
