"""What a beheerder can choose when giving mandates, and why something cannot be chosen."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Count, F, Q

from agreements.annexes import annexes_of, kind_of_annex
from agreements.gate import missing_agreements
from agreements.models import Template
from mandates.models import Mandate
from mandates.overview import BoardOverview
from mandates.wording import day_in_words, only_for
from schools.models import Board, School
from services.models import Service, System, SystemKind


@dataclass(frozen=True)
class SystemSelect:
    """One select of systems below a service: of one kind when the service needs several kinds."""

    name: str
    label: str
    systems: list[System]
    # Why the first of the systems may well be the right one; empty when none is suggested.
    suggestion: str


@dataclass(frozen=True)
class Offer:
    """A service on the form, with what to know about it."""

    service: Service
    selects: list[SystemSelect]
    unfilled: list[str]
    lacking_agreements: list[str]
    notes: list[str]
    # The version of the agreement whose privacybijsluiter tells of the service, if there is one (A5).
    annex: Template | None

    @property
    def can_be_chosen(self) -> bool:
        """Whether the board has the agreements and there is a system to choose (D5, D6)."""
        return bool(self.selects) and not self.lacking_agreements


class Suggestion(NamedTuple):
    """A system that may well be the right one, and why."""

    system: System
    why: str


Suggest = Callable[[Service, Sequence[System]], Suggestion | None]


def offers_for(school: School, day: date) -> list[Offer]:
    """Every active service, for one school, with the systems that are connected for it on `day` (D6)."""
    mandates = list(
        Mandate.objects.filter(Q(school=school) | Q(board=school.board_id))
        .current_and_coming(day)
        .select_related("system")
        .order_by("start_date", "pk")
    )
    uses = {(mandate.service_id, mandate.system_id) for mandate in mandates}

    def suggest(service: Service, systems: Sequence[System]) -> Suggestion | None:
        """The system that the school uses for most other services, unless it has it for this one."""
        used_for = Counter(system for other, system in uses if other != service.pk)
        system = max(systems, key=lambda system: used_for[system.pk])
        count = used_for[system.pk]
        if not count or (service.pk, system.pk) in uses:
            return None
        return Suggestion(
            system, f"Uw school gebruikt {system.name} al voor {count} andere {'dienst' if count == 1 else 'diensten'}."
        )

    services = list(Service.objects.active())
    notes = {
        service.pk: [
            *(["Geldt voor het hele bestuur, niet alleen voor deze school."] if _is_of_board(service) else []),
            *(_in_words(mandate) for mandate in mandates if mandate.service_id == service.pk),
        ]
        for service in services
    }
    return _offers(services, school.board, day, suggest, notes)


def offers_for_board(board: Board, overview: BoardOverview, day: date) -> list[Offer]:
    """Every active service, for schools of `board`, with the systems that are connected for it on `day` (D6)."""
    schools = len(overview.schools)
    used_at = dict(
        Mandate.objects.of_board(board.number)
        .filter(board=None)
        .current_and_coming(day)
        .values_list("system")
        .annotate(Count("school", distinct=True))
    )

    def suggest(service: Service, systems: Sequence[System]) -> Suggestion | None:
        """The system that most of the schools use, for whatever service."""
        system = max(systems, key=lambda system: used_at.get(system.pk, 0))
        count = used_at.get(system.pk)
        return (
            Suggestion(system, f"{system.name} is al in gebruik bij {count} van uw {schools} scholen.")
            if count
            else None
        )

    services = list(Service.objects.active())
    missing = Counter(each.service.pk for row in overview.schools for each in row.services if each.needs_a_mandate)
    notes = {
        service.pk: [_missing_in_words(missing[service.pk], schools)]
        for service in services
        if not _is_of_board(service)
    } | {
        service.pk: [
            "Geldt voor het hele bestuur. U kiest er geen scholen voor.",
            *(_in_words(row.mandate) for row in overview.board_mandates if row.mandate.service_id == service.pk),
        ]
        for service in services
        if _is_of_board(service)
    }
    return _offers(services, board, day, suggest, notes)


def _offers(
    services: Collection[Service], board: Board, day: date, suggest: Suggest, notes: Mapping[int, list[str]]
) -> list[Offer]:
    connected = _connected_systems(services, day)
    lacking, annexes = missing_agreements(board, services, {day}), annexes_of(board, day)
    offers = []
    for service in services:
        by_kind = defaultdict(list)
        for system in connected[service.code]:
            by_kind[system.kind if len(service.roles) > 1 else service.roles[0]].append(system)
        kinds = [*service.roles, *(kind for kind in sorted(by_kind) if kind not in service.roles)]
        offers.append(
            Offer(
                service=service,
                selects=[_select(service, kind, by_kind[kind], suggest) for kind in kinds if by_kind[kind]],
                unfilled=[SystemKind(kind).label for kind in service.roles if not by_kind[kind]],
                lacking_agreements=lacking.get(service, []),
                notes=notes[service.pk],
                annex=annexes.get(kind_of_annex(service)),
            )
        )
    return offers


def _connected_systems(services: Collection[Service], day: date) -> dict[str, list[System]]:
    """Per service code the systems that may be chosen for it, by name."""
    pairs = list(System.objects.connections(services, day))
    systems = {
        system.name: system
        for system in System.objects.filter(name__in={name for name, _ in pairs}).annotate(
            supplier_name=F("supplier__name")
        )
    }
    connected = defaultdict(list)
    for name, code in sorted(pairs, key=lambda pair: pair[0].casefold()):
        connected[code].append(systems[name])
    return connected


def _select(service: Service, kind: str, systems: Sequence[System], suggest: Suggest) -> SystemSelect:
    """The select of `systems`, with the one that is suggested first."""
    several_kinds = len(service.roles) > 1
    suggestion = suggest(service, systems)
    return SystemSelect(
        name=f"systeem-{service.code}-{kind}" if several_kinds else f"systeem-{service.code}",
        label=f"Selecteer een {SystemKind(kind).label}" if several_kinds else "Selecteer een systeem",
        systems=sorted(systems, key=lambda system: suggestion is None or system != suggestion.system),
        suggestion=suggestion.why if suggestion else "",
    )


def _is_of_board(service: Service) -> bool:
    return service.level == Service.Level.BOARD


def _in_words(mandate: Mandate) -> str:
    until = f" tot en met {day_in_words(mandate.end_date)}" if mandate.end_date else ""
    only = f", {only_for(mandate.locations)}" if mandate.locations else ""
    return f"{mandate.system} heeft al een mandaat vanaf {day_in_words(mandate.start_date)}{until}{only}."


def _missing_in_words(missing: int, schools: int) -> str:
    if not missing:
        return f"Alle {schools} scholen hebben hiervoor al een mandaat."
    if missing == schools:
        return f"Alle {schools} scholen missen hiervoor nog een mandaat."
    return f"{missing} van uw {schools} scholen {'mist' if missing == 1 else 'missen'} hiervoor nog een mandaat."


def lacking_for(offers: Iterable[Offer]) -> set[str]:
    """The kinds of agreement (codes) that the board lacks for any of these services."""
    return {kind for offer in offers for kind in offer.lacking_agreements}
