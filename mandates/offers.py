"""What a beheerder can choose when giving a mandate to a school, and why something cannot be chosen."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet, Value

from agreements.gate import missing_agreements
from mandates.models import Mandate
from mandates.wording import day_in_words
from schools.models import School
from services.models import Service, System, SystemKind


@dataclass(frozen=True)
class SystemSelect:
    """One select of systems below a service: of one kind when the service needs several kinds."""

    name: str
    label: str
    systems: list[System]
    suggested: System | None
    # For how many other services the school uses the suggested system.
    used_for: int


@dataclass(frozen=True)
class Offer:
    """A service on the form."""

    service: Service
    selects: list[SystemSelect]
    unfilled: list[str]
    lacking_agreements: list[str]
    existing: list[str]

    @property
    def can_be_chosen(self) -> bool:
        """Whether the board has the agreements and there is a system to choose (D5, D6)."""
        return bool(self.selects) and not self.lacking_agreements


def offers_for(school: School, day: date) -> list[Offer]:
    """Every active service, with the systems that are connected for it on `day` (D6)."""
    services = list(Service.objects.active())
    connected = _connected_systems(services, day)
    mandates = list(
        Mandate.objects.filter(Q(school=school) | Q(board=school.board_id))
        .current_and_coming(day)
        .select_related("system")
        .order_by("start_date", "pk")
    )
    lacking = missing_agreements(school.board, services, {day})
    offers = []
    for service in services:
        own = [mandate for mandate in mandates if mandate.service_id == service.pk]
        others = {(mandate.service_id, mandate.system_id) for mandate in mandates if mandate.service_id != service.pk}
        uses = Counter(system for _, system in others)
        held = {mandate.system_id for mandate in own}
        by_kind = defaultdict(list)
        for system in connected[service.code]:
            by_kind[system.kind if len(service.roles) > 1 else service.roles[0]].append(system)
        kinds = [*service.roles, *(kind for kind in sorted(by_kind) if kind not in service.roles)]
        offers.append(
            Offer(
                service=service,
                selects=[_select(service, kind, by_kind[kind], uses, held) for kind in kinds if by_kind[kind]],
                unfilled=[SystemKind(kind).label for kind in service.roles if not by_kind[kind]],
                lacking_agreements=lacking.get(service, []),
                existing=[_in_words(mandate) for mandate in own],
            )
        )
    return offers


def _connected_systems(services: Collection[Service], day: date) -> dict[str, list[System]]:
    """Per service code the systems that may be chosen for it, by name; all in one query."""
    per_service = [
        System.objects.connected_for(service, day).annotate(
            supplier_name=F("supplier__name"), service_code=Value(service.code)
        )
        for service in services
    ]
    connected = defaultdict(list)
    if per_service:
        for system in QuerySet.union(*per_service, all=True) if len(per_service) > 1 else per_service[0]:
            connected[system.service_code].append(system)
    for systems in connected.values():
        systems.sort(key=lambda system: system.name.casefold())
    return connected


def _select(service: Service, kind: str, systems: list[System], uses: Counter, held: Collection[int]) -> SystemSelect:
    """The select of `systems`, with the one that the school uses for most other services first, unless it has it."""
    several_kinds = len(service.roles) > 1
    suggested = max(systems, key=lambda system: uses[system.pk])
    if not uses[suggested.pk] or suggested.pk in held:
        suggested = None
    return SystemSelect(
        name=f"systeem-{service.code}-{kind}" if several_kinds else f"systeem-{service.code}",
        label=f"Selecteer een {SystemKind(kind).label}" if several_kinds else "Selecteer een systeem",
        systems=sorted(systems, key=lambda system: system != suggested),
        suggested=suggested,
        used_for=uses[suggested.pk] if suggested else 0,
    )


def _in_words(mandate: Mandate) -> str:
    until = f" tot en met {day_in_words(mandate.end_date)}" if mandate.end_date else ""
    only = f", alleen voor {', '.join(mandate.locations)}" if mandate.locations else ""
    return f"{mandate.system} heeft al een mandaat vanaf {day_in_words(mandate.start_date)}{until}{only}."
