"""What a board can switch from and to: its systems, and per system the services, schools and systems to go over to."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from agreements.gate import missing_agreements
from mandates.models import Mandate
from mandates.overview import open_schools
from schools.models import Board, School
from services.models import Service, System


class Use(NamedTuple):
    """That a system has a mandate, now or to come; `school` is None when the board itself holds it (D1)."""

    system: int
    service: int
    school: int | None


@dataclass(frozen=True)
class SystemInUse:
    """A system that the board can switch from, and how much it is used."""

    system: System
    services: int
    schools: int


@dataclass(frozen=True)
class SwitchableService:
    """A service for which the old system has mandates, and why it cannot be chosen if it cannot (D5, D6)."""

    service: Service
    schools: int
    new_systems: list[str]
    lacking_agreements: list[str]

    @property
    def can_be_chosen(self) -> bool:
        """Whether another system can have the mandates."""
        return self.service.is_active and bool(self.new_systems) and not self.lacking_agreements

    @property
    def is_of_board(self) -> bool:
        """Whether the mandates are the board's own, so that no schools are chosen for it (D1)."""
        return self.service.level == Service.Level.BOARD


@dataclass(frozen=True)
class NewSystem:
    """A system that the board can switch to, and the codes of the services for which it cannot have a mandate."""

    system: System
    not_for: list[str]


@dataclass(frozen=True)
class Switchable:
    """What can be chosen when going away from `old`. `services_of` has the codes of its services by BRIN."""

    old: System
    services: list[SwitchableService]
    new_systems: list[NewSystem]
    schools: list[School]
    services_of: dict[str, list[str]]
    # Those that do not use `old` as well: they may have done when the page was opened.
    all_schools: list[School]

    @property
    def is_possible(self) -> bool:
        """Whether there is a service to choose; then there is a system for it as well."""
        return any(service.can_be_chosen for service in self.services)


def uses_of(board: Board, day: date) -> set[Use]:
    """Which systems the board and its schools use for what, on `day` or later."""
    mandates = Mandate.objects.of_board(board.number).current_and_coming(day)
    return {Use(*row) for row in mandates.values_list("system_id", "service_id", "school_id").distinct()}


def systems_in_use(uses: Collection[Use]) -> list[SystemInUse]:
    """The systems of these uses, the most used first."""
    by_system = defaultdict(list)
    for use in uses:
        by_system[use.system].append(use)
    in_use = [
        SystemInUse(
            system,
            services=len({use.service for use in by_system[system.pk]}),
            schools=len({use.school for use in by_system[system.pk]} - {None}),
        )
        for system in System.objects.filter(pk__in=by_system).select_related("supplier").order_by("name")
    ]
    return sorted(in_use, key=lambda each: (-each.schools, -each.services))


def switchable_from(old: System, uses: Collection[Use], board: Board, day: date) -> Switchable:
    """What can be chosen when going away from `old` on `day` or later."""
    own = [use for use in uses if use.system == old.pk]
    services = list(Service.objects.filter(pk__in={use.service for use in own}).order_by("code"))
    codes = {service.pk: service.code for service in services}
    lacking = missing_agreements(board, services, {day})
    new_for = _systems_for(services, old, day)
    schools = list(open_schools(board, day).order_by("name", "brin"))
    with_old = {use.school for use in own}
    switchable = [
        SwitchableService(
            service,
            schools=len({use.school for use in own if use.service == service.pk and use.school}),
            new_systems=[system.name for system in new_for[service.code]],
            lacking_agreements=lacking.get(service, []),
        )
        for service in services
    ]
    return Switchable(
        old=old,
        services=switchable,
        new_systems=_new_systems(switchable, new_for),
        schools=[school for school in schools if school.pk in with_old],
        services_of={
            school.brin: sorted(codes[use.service] for use in own if use.school == school.pk) for school in schools
        },
        all_schools=schools,
    )


def _systems_for(services: Sequence[Service], old: System, day: date) -> dict[str, list[System]]:
    """Per service code the systems that can take the place of `old` (D6), by name.

    Of a service that needs several kinds of system, only one of the same kind can.
    """
    needs_kind = {service.code: len(service.roles) > 1 for service in services}
    pairs = list(System.objects.exclude(pk=old.pk).connections(services, day))
    systems = {
        system.name: system
        for system in System.objects.filter(name__in={name for name, _ in pairs}).select_related("supplier")
    }
    found = defaultdict(list)
    for name, code in sorted(pairs, key=lambda pair: pair[0].casefold()):
        if not needs_kind[code] or systems[name].kind == old.kind:
            found[code].append(systems[name])
    return found


def _new_systems(services: Sequence[SwitchableService], new_for: dict[str, list[System]]) -> list[NewSystem]:
    """The systems that can have one of the services; those that can have most of them first."""
    codes = [service.service.code for service in services if service.can_be_chosen]
    systems = {system.pk: system for code in codes for system in new_for[code]}
    new_systems = [
        NewSystem(system, not_for=[code for code in codes if system not in new_for[code]])
        for system in sorted(systems.values(), key=lambda system: system.name.casefold())
    ]
    return sorted(new_systems, key=lambda new: len(new.not_for))
