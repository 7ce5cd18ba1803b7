"""Routeringskenmerken: where messages for a school arrive, and whether it is connected at all (D18)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Q

from mandates.coverage import State, Status
from mandates.models import Endpoint, Mandate, RoutingId
from mandates.wording import day_in_words, only_for
from schools.models import School
from services.models import Service

# Schools say 'OSO' of OSO-OV, and ask for it first; other services go by their code.
_OSO = "OSO"


class Step(StrEnum):
    """What must be done to have the school connected."""

    NONE = "none"
    WAIT = "wait"
    ASK_SUPPLIER = "ask_supplier"
    GIVE_MANDATE = "give_mandate"


@dataclass(frozen=True)
class Connection:
    """Whether a school is connected for a service, why not, and what to do.

    `reason` ends the sentence that says so: why it is not, or for which locations only; `suppliers` are those to ask,
    each with the systems it is about.
    """

    service: Service
    name: str
    status: Status
    step: Step
    reason: str = ""
    suppliers: Sequence[str] = ()

    @property
    def is_connected(self) -> bool:
        """Whether messages arrive today."""
        return self.step == Step.NONE


@dataclass(frozen=True)
class EndpointRow:
    """An endpoint with the days on which it counts; `never` when there are none. Without `endpoint`: an empty row."""

    service: Service
    endpoint: Endpoint | None
    never: bool = False


@dataclass(frozen=True)
class SchoolConnections:
    """What the page shows: the connections, the rows of its table, and the routing ids that wait for an address."""

    connections: Sequence[Connection]
    rows: Sequence[EndpointRow]
    former: int
    waiting: Sequence[RoutingId]


def connections_of(school: School, day: date, *, with_former: bool) -> SchoolConnections:
    """Whether `school` is connected on `day`, per service that takes endpoints; `with_former`: also those of before.

    Services that have ended are there while the school has mandates or endpoints for them.
    """
    mandates = list(
        Mandate.objects.filter(school=school, service__takes_endpoints=True)
        .current_and_coming(day)
        .select_related("service", "system__supplier")
        .order_by("start_date", "pk")
    )
    endpoints = list(
        Endpoint.objects.filter(mandate__school=school)
        .select_related("mandate__service", "mandate__system", "service_version")
        .order_by("routing_id", "service_version__namespace", "start_date", "pk")
    )
    shown = [each for each in endpoints if each.is_shown_in(day, None)]
    listed = endpoints if with_former else shown
    held = {mandate.service_id for mandate in mandates} | {each.mandate.service_id for each in listed}
    services = Service.objects.filter(Q(is_active=True) | Q(pk__in=held), takes_endpoints=True, level="school")
    in_order = sorted(services, key=lambda service: (name_of(service) != _OSO, service.code))
    return SchoolConnections(
        connections=[_connection(service, mandates, shown, day) for service in in_order],
        rows=[row for service in in_order for row in _rows(service, listed)],
        former=len(endpoints) - len(shown),
        waiting=_waiting(school, endpoints),
    )


def name_of(service: Service) -> str:
    """What schools call the service in a sentence."""
    return _OSO if service.code.partition("-")[0] == _OSO else service.code


def _connection(service: Service, mandates: Sequence[Mandate], endpoints: Sequence[Endpoint], day: date) -> Connection:
    name = name_of(service)
    mandates = [mandate for mandate in mandates if mandate.service_id == service.pk]
    endpoints = [each for each in endpoints if each.mandate.service_id == service.pk]
    if now := [each for each in endpoints if each.shown_from <= day]:
        only = (
            set().union(*(each.mandate.locations or () for each in now))
            if all(each.mandate.locations for each in now)
            else ()
        )
        reason = only_for(only) if only else ""
        return Connection(service, name, Status(State.MANDATED, "aangesloten"), Step.NONE, reason)
    not_yet = Status(State.MISSING, "niet aangesloten")
    if endpoints:
        begins = day_in_words(min(each.shown_from for each in endpoints))
        return Connection(service, name, Status(State.COMING, f"vanaf {begins}"), Step.WAIT, f"dat begint op {begins}")
    if not mandates:
        return Connection(service, name, not_yet, Step.GIVE_MANDATE, "er is geen mandaat")
    reason = "uw leverancier heeft nog geen afleveradres geregistreerd"
    if all(mandate.start_date > day for mandate in mandates):
        reason = f"het mandaat begint op {day_in_words(mandates[0].start_date)}, en {reason}"
    return Connection(service, name, not_yet, Step.ASK_SUPPLIER, reason, _suppliers(mandates))


def _suppliers(mandates: Iterable[Mandate]) -> list[str]:
    systems: dict[str, list[str]] = {}
    for mandate in mandates:
        systems.setdefault(mandate.system.supplier.name, []).append(mandate.system.name)
    return [f"{supplier} (voor {' en '.join(dict.fromkeys(names))})" for supplier, names in systems.items()]


def _rows(service: Service, endpoints: Sequence[Endpoint]) -> list[EndpointRow]:
    own = [each for each in endpoints if each.mandate.service_id == service.pk]
    return [
        EndpointRow(service, each, each.shown_until is not None and each.shown_until < each.shown_from) for each in own
    ] or [EndpointRow(service, None)]


def _waiting(school: School, endpoints: Iterable[Endpoint]) -> list[RoutingId]:
    """The routing ids that were handed out and have no endpoint yet, the last one first."""
    used = {each.routing_id for each in endpoints}
    handed_out = school.routing_ids.select_related("system__supplier").order_by("-handed_out_at", "routing_id")
    return [each for each in handed_out if each.routing_id not in used]
