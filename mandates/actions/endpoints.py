"""Endpoints (afleveradressen) of mandated systems: registering, changing and ending them (D18)."""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.db import connection, transaction
from django.utils.timezone import now

from journal.acts import Actor, ActorKind, Problem, Refused, act
from journal.clock import today
from mandates.models import Endpoint, Mandate, RoutingId
from mandates.wording import day_in_words
from schools.models import School
from services.models import ServiceVersion, System

# Routing ids that the register hands out: the school OIN's first 15 characters, 00, and a three-digit number.
_LAST_NUMBER = 999
_LONGEST_URL = 2_000


@dataclass(frozen=True, kw_only=True)
class Registration:
    """What a system registers. Days are in Europe/Amsterdam; `end_date` is the last one, None for no end."""

    routing_id: str
    namespace: str
    url: str
    attributes: str = ""
    start_date: date
    end_date: date | None = None


def register_endpoint(*, actor: Actor, system: System, token: UUID, registration: Registration) -> Endpoint:
    """Register an endpoint of `system` with the token of its mandate.

    Raises `Refused` with every rule it goes against (D18): unknown token or one of another system, version of another
    service or one that has ended, service without endpoints, mandate not valid in the period, routing id of another
    school or malformed, second endpoint for the routing id and version in the period, URL not https. Nothing is stored
    then.
    """
    with transaction.atomic():
        mandate = _mandate_of(actor, system, token)
        version = ServiceVersion.objects.select_related("service").filter(namespace=registration.namespace).first()
        problems = [
            *_version_problems(mandate, version),
            *_ended_problems(version),
            *_registration_problems(mandate, registration),
        ]
        if not problems:
            _lock_routing_ids_of(mandate.school)
            problems = _make_room(actor, registration, version)
        if problems:
            raise Refused(problems)
        with act("endpoint.registered", actor=actor):
            return Endpoint.objects.create(
                mandate=mandate,
                service_version=version,
                routing_id=registration.routing_id,
                url=registration.url,
                attributes=registration.attributes,
                start_date=registration.start_date,
                end_date=registration.end_date,
            )


def change_endpoint(*, actor: Actor, system: System, endpoint: Endpoint, **changes) -> Endpoint:
    """Change `url`, `attributes`, `start_date`, `end_date` or the `token` of the mandate of an own endpoint.

    Routing id and service version stay: end the endpoint and register a new one. Raises `Refused` as registering does.
    """
    with transaction.atomic():
        endpoint = _own_endpoint(actor, system, endpoint)
        mandate = _mandate_of(actor, system, changes.pop("token", endpoint.mandate.token))
        _lock_routing_ids_of(endpoint.mandate.school)
        registration = Registration(
            routing_id=endpoint.routing_id,
            namespace=endpoint.service_version.namespace,
            url=changes.get("url", endpoint.url),
            attributes=changes.get("attributes", endpoint.attributes),
            start_date=changes.get("start_date", endpoint.start_date),
            end_date=changes.get("end_date", endpoint.end_date),
        )
        problems = [
            *_version_problems(mandate, endpoint.service_version),
            *_registration_problems(mandate, registration),
        ] or _make_room(actor, registration, endpoint.service_version, besides=endpoint)
        if problems:
            raise Refused(problems)
        endpoint.mandate = mandate
        for field in ("url", "attributes", "start_date", "end_date"):
            setattr(endpoint, field, getattr(registration, field))
        with act("endpoint.changed", actor=actor):
            endpoint.save()
        return endpoint


def end_endpoint(*, actor: Actor, system: System, endpoint: Endpoint) -> Endpoint:
    """End an own endpoint at once: it is not shown for today or later, and for days before it was. History stays."""
    with transaction.atomic():
        endpoint = _own_endpoint(actor, system, endpoint)
        end_date = max(endpoint.start_date, today()) - timedelta(days=1)
        if endpoint.end_date is None or endpoint.end_date > end_date:
            endpoint.end_date = end_date
            with act("endpoint.ended", actor=actor):
                endpoint.save()
        return endpoint


def hand_out_routing_id(*, actor: Actor, system: System, school: School) -> str:
    """The lowest routing id of `school` that is free, for `system` to register an endpoint with.

    Free is what no endpoint has ever had and nobody was handed out before, so two callers never get the same. Once all
    999 are handed out, the one that has waited longest for its endpoint goes to the next who asks. Raises `Refused`
    when the system has no mandate for the school, today or later, and when every number has had an endpoint.
    """
    with transaction.atomic():
        is_mandated = school.mandates.filter(system=system).current_and_coming(today()).exists()
        if actor.kind != ActorKind.SUPPLIER or not is_mandated:
            raise Refused([Problem("no_mandate", f"{system} heeft geen mandaat voor {school}.")])
        _lock_routing_ids_of(school)
        with act("routing_id.handed_out", actor=actor):
            return _hand_out(school, system).routing_id


def _hand_out(school: School, system: System) -> RoutingId:
    prefix = school.oin[:15] + "00"
    used = set(Endpoint.objects.filter(routing_id__startswith=prefix).values_list("routing_id", flat=True))
    handed_out = {each.routing_id: each for each in school.routing_ids.order_by("handed_out_at", "routing_id")}
    for number in range(1, _LAST_NUMBER + 1):
        if (routing_id := f"{prefix}{number:03}") not in used and routing_id not in handed_out:
            return RoutingId.objects.create(routing_id=routing_id, school=school, system=system, handed_out_at=now())
    for waiting in handed_out.values():
        if waiting.routing_id not in used:
            waiting.system, waiting.handed_out_at = system, now()
            waiting.save()
            return waiting
    raise Refused([Problem("no_routing_id", f"Alle routeringskenmerken van {school} zijn in gebruik.")])


def _mandate_of(actor: Actor, system: System, token: UUID) -> Mandate:
    mandate = (
        Mandate.objects.select_for_update(no_key=True, of=("self",))
        .select_related("school", "service")
        .filter(token=token, system=system)
        .first()
    )
    if actor.kind != ActorKind.SUPPLIER or mandate is None:
        raise Refused([Problem("unknown_token", "Dit token hoort niet bij een mandaat van dit systeem.")])
    return mandate


def _own_endpoint(actor: Actor, system: System, endpoint: Endpoint) -> Endpoint:
    own = (
        Endpoint.objects.select_for_update(no_key=True, of=("self",))
        .select_related("mandate__school", "mandate__service", "service_version")
        .filter(pk=endpoint.pk, mandate__system=system)
        .first()
    )
    if actor.kind != ActorKind.SUPPLIER or own is None:
        raise Refused([Problem("not_owner", "Dit afleveradres is van een ander systeem.")])
    return own


def _version_problems(mandate: Mandate, version: ServiceVersion | None) -> list[Problem]:
    service = version.service if version else mandate.service
    if not service.takes_endpoints:
        return [Problem("no_endpoints", f"De dienst {service.code} kent geen afleveradressen.")]
    if service != mandate.service or version is None:
        return [Problem("other_service", f"De dienstversie hoort niet bij de dienst {mandate.service.code}.")]
    return []


def _ended_problems(version: ServiceVersion | None) -> list[Problem]:
    """That nothing new is registered for a version that was ended; what there is can still be changed and ended."""
    if version is None or version.status != ServiceVersion.Status.ENDED:
        return []
    return [Problem("version_ended", f"De dienstversie {version.namespace} is beëindigd. Kies een nieuwere.")]


def _registration_problems(mandate: Mandate, registration: Registration) -> list[Problem]:
    problems = []
    if mandate.school and not _is_routing_id(registration.routing_id, mandate.school):
        problems.append(
            Problem("routing_id", f"{registration.routing_id} is geen routeringskenmerk van {mandate.school}.")
        )
    if not is_https(registration.url):
        problems.append(Problem("url", "Het afleveradres moet een https-adres zijn."))
    start_date, end_date = registration.start_date, registration.end_date
    if end_date is not None and end_date < start_date:
        problems.append(Problem("dates_reversed", "De einddatum ligt vóór de startdatum."))
    elif not mandate.covers(start_date, start_date):
        text = f"Het mandaat is niet geldig op {day_in_words(start_date)}."
        problems.append(Problem("mandate_not_valid", text))
    elif not mandate.covers(start_date, end_date):
        text = f"Het mandaat eindigt eerder: op {day_in_words(mandate.end_date)}."
        problems.append(Problem("mandate_ends_earlier", text))
    return problems


def _is_routing_id(routing_id: str, school: School) -> bool:
    number = routing_id.removeprefix(school.oin[:15])
    return len(routing_id) == 20 and len(number) == 5 and number.isascii() and number.isdigit() and number != "00000"


def is_https(url: str) -> bool:
    """Whether messages can be sent there: https, a host, a port that exists, no odd characters, not too long (D18)."""
    try:
        parts = urlsplit(url)
        return (
            url.startswith("https://")  # not HTTPS://, which the database refuses
            and bool(parts.hostname)
            and not set(parts.hostname) & set("%\\")
            and parts.port != 0
            and not any(character.isspace() or not character.isprintable() for character in url)
            and len(url) <= _LONGEST_URL
        )
    except ValueError:
        return False


def _lock_routing_ids_of(school: School) -> None:
    """Whoever hands out or uses a routing id of the school waits for the others, and then sees what they did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [school.oin])


def _make_room(
    actor: Actor, registration: Registration, version: ServiceVersion, besides: Endpoint | None = None
) -> list[Problem]:
    """See to it that no other endpoint has the routing id and version in the period.

    One that is shown on a day of the period stands in the way. One whose mandate is not valid on any of those days
    gives way: it keeps its days up to them, so that after a switch the new system can take over its routing id.
    """
    others = Endpoint.objects.filter(routing_id=registration.routing_id, service_version=version).in_period(
        registration.start_date, registration.end_date
    )
    if besides:
        others = others.exclude(pk=besides.pk)
    others = list(others.select_related("mandate"))
    if any(other.is_shown_in(registration.start_date, registration.end_date) for other in others):
        text = f"Voor {registration.routing_id} is in die periode al een afleveradres geregistreerd."
        return [Problem("second_endpoint", text)]
    with act("endpoint.gave_way", actor=actor):
        for other in others:
            _give_way(other, registration)
    return []


def _give_way(endpoint: Endpoint, registration: Registration) -> None:
    """Leave `endpoint` the days before the registered period or, when it is shown after it only, those."""
    day_after = registration.end_date and registration.end_date + timedelta(days=1)
    if day_after and endpoint.is_shown_in(day_after, None):
        endpoint.start_date = day_after
    else:
        endpoint.end_date = max(registration.start_date, endpoint.start_date) - timedelta(days=1)
    endpoint.save()
