"""Services and their versions: what support adds, changes and ends without a release (domain.md section 5)."""

import re
from collections.abc import Collection, Iterator
from datetime import date

from journal.acts import Actor, Problem, act
from journal.clock import today
from services.actions.gate import (
    changed_meanwhile,
    no_reason,
    one_at_a_time,
    refuse_if,
    refuse_unless_support,
    wrong_description,
    wrong_text,
)
from services.models import CODE, NAMESPACE, Service, ServiceVersion, SystemKind
from services.wording import day_in_words

_LONGEST_CODE = 30
_LONGEST_NAMESPACE = 500
_COLUMNS = {
    "name": "naam",
    "description": "omschrijving",
    "roles": "rollen",
    "agreement_kind": "overeenkomst",
    "deadline": "uiterste dag",
}


def add_service(
    *,
    actor: Actor,
    code: str,
    name: str,
    description: str = "",
    level: Service.Level = Service.Level.SCHOOL,
    roles: Collection[SystemKind],
    takes_endpoints: bool = False,
    agreement_kind: str = "",
    deadline: date | None = None,
) -> Service:
    """Add a service, for which mandates can be given at once to systems that are qualified for it.

    `code` is in capitals; `agreement_kind` is the agreement it needs besides OSR; `deadline` is the day before which
    mandates are wanted. Raises `Refused` with all that is wrong.
    """
    refuse_unless_support(actor, "diensten")
    code, name, description = code.strip().upper(), name.strip(), description.strip()
    with one_at_a_time():
        refuse_if(
            no_reason(actor, "het toevoegen van een dienst"),
            _wrong_code(code),
            wrong_text(name, "de naam van de dienst"),
            _name_taken(name, None),
            wrong_description(description),
            _wrong_roles(roles),
            endpoints_of_board(level, takes_endpoints),
            _wrong_agreement(agreement_kind),
            _deadline_passed(deadline, None),
        )
        with act("service.added", actor=actor):
            return Service.objects.create(
                code=code,
                name=name,
                description=description,
                level=level,
                roles=_in_order(roles),
                takes_endpoints=takes_endpoints,
                agreement_kind=agreement_kind,
                deadline=deadline,
            )


def change_service(
    *,
    actor: Actor,
    service: Service,
    name: str,
    description: str,
    roles: Collection[SystemKind],
    agreement_kind: str,
    deadline: date | None,
    seen: int | None = None,
) -> Service:
    """Change what a service is called, asks for, and before when; its code never changes.

    Mandates that there are stay as they are, also where the board has not the agreement that is asked for from now on
    (D5 is about giving). `seen` is as for `change_supplier`. Raises `Refused` with all that is wrong.
    """
    refuse_unless_support(actor, "diensten")
    name, description = name.strip(), description.strip()
    with one_at_a_time():
        service = Service.objects.get(pk=service.pk)
        wanted = {
            "name": name,
            "description": description,
            "roles": _in_order(roles),
            "agreement_kind": agreement_kind,
            "deadline": deadline,
        }
        refuse_if(
            no_reason(actor, "het wijzigen van deze dienst"),
            changed_meanwhile(service, seen, _COLUMNS),
            wrong_text(name, "de naam van de dienst"),
            _name_taken(name, service),
            wrong_description(description),
            _wrong_roles(roles),
            _wrong_agreement(agreement_kind),
            _deadline_passed(deadline, service),
            _the_same(service, wanted),
        )
        with act("service.changed", actor=actor):
            for column, value in wanted.items():
                setattr(service, column, value)
            service.save(update_fields=list(wanted))
        return service


def end_service(*, actor: Actor, service: Service) -> Service:
    """End a service: no mandate can be given for it any more; those that there are count until they end themselves."""
    return _set_active(actor, service, is_active=False)


def resume_service(*, actor: Actor, service: Service) -> Service:
    """Take the end of a service back: mandates can be given for it again."""
    return _set_active(actor, service, is_active=True)


def add_service_version(*, actor: Actor, service: Service, namespace: str) -> ServiceVersion:
    """Add a version of a service, known by its namespace: a URI that no version has. Raises `Refused` if not."""
    refuse_unless_support(actor, "diensten")
    namespace = namespace.strip()
    with one_at_a_time():
        refuse_if(no_reason(actor, "het toevoegen van een dienstversie"), _wrong_namespace(namespace))
        with act("service_version.added", actor=actor):
            return ServiceVersion.objects.create(service=service, namespace=namespace)


def end_service_version(*, actor: Actor, version: ServiceVersion) -> ServiceVersion:
    """End a version: no endpoint can be registered for it any more; those that there are stay as they are (D18)."""
    refuse_unless_support(actor, "diensten")
    with one_at_a_time():
        version = ServiceVersion.objects.get(pk=version.pk)
        refuse_if(no_reason(actor, "het beëindigen van deze dienstversie"), _version_ended(version))
        with act("service_version.ended", actor=actor):
            version.status = ServiceVersion.Status.ENDED
            version.save(update_fields=["status"])
        return version


def set_successor(*, actor: Actor, service: Service, successor: Service | None, seen: int | None = None) -> Service:
    """Say which service replaces this one, or that none does. Mandates do not change by it.

    Raises `Refused` with all that is wrong: the successor has another level (D1), has ended, or is succeeded by this
    service itself; or an offer to take over mandates stands.
    """
    refuse_unless_support(actor, "diensten")
    with one_at_a_time():
        service = Service.objects.get(pk=service.pk)
        successor = successor and Service.objects.get(pk=successor.pk)
        refuse_if(
            no_reason(actor, "de opvolging van deze dienst"),
            changed_meanwhile(service, seen, {"successor_id": "opvolger"}),
            _same_successor(service, successor),
            _wrong_successor(service, successor),
            _offer_stands(service),
        )
        with act("service.succession_set", actor=actor):
            service.successor = successor
            service.save(update_fields=["successor"])
        return service


def _set_active(actor: Actor, service: Service, *, is_active: bool) -> Service:
    refuse_unless_support(actor, "diensten")
    with one_at_a_time():
        service = Service.objects.get(pk=service.pk)
        refuse_if(
            no_reason(actor, "het hervatten van deze dienst" if is_active else "het beëindigen van deze dienst"),
            _is_so_already(service, is_active),
        )
        with act("service.resumed" if is_active else "service.ended", actor=actor):
            service.is_active = is_active
            service.save(update_fields=["is_active"])
        return service


def _in_order(roles: Collection[SystemKind]) -> list[str]:
    return [kind for kind in SystemKind.values if kind in roles]


# --- What stands in the way -------------------------------------------------------------------------------------------


def endpoints_of_board(level: Service.Level, takes_endpoints: bool) -> Iterator[Problem]:
    """D18: what is given to a board takes no endpoints."""
    if level == Service.Level.BOARD and takes_endpoints:
        yield Problem("endpoints_of_board", "Een dienst op bestuursniveau neemt geen afleveradressen.")


def _wrong_code(code: str) -> Iterator[Problem]:
    if not code:
        yield Problem("no_code", "Vul de code van de dienst in.")
    elif not re.fullmatch(CODE, code) or len(code) > _LONGEST_CODE:
        yield Problem(
            "wrong_code",
            f"Een code bestaat uit hoofdletters, cijfers, - en _, en heeft hooguit {_LONGEST_CODE} tekens. "
            "Bijvoorbeeld ROD-PO.",
        )
    elif (namesake := Service.objects.filter(code=code).first()) is not None:
        yield Problem("code_taken", f"Er is al een dienst met deze code: {namesake}.")


def _name_taken(name: str, besides: Service | None) -> Iterator[Problem]:
    namesake = Service.objects.filter(name__iexact=name).first()
    if name and namesake is not None and namesake != besides:
        yield Problem("name_taken", f"Er is al een dienst die zo heet: {namesake}.")


def _wrong_roles(roles: Collection[SystemKind]) -> Iterator[Problem]:
    if not roles:
        yield Problem("no_roles", "Kies ten minste één soort systeem dat de dienst nodig heeft.")


def _wrong_agreement(kind: str) -> Iterator[Problem]:
    if kind and not re.fullmatch(CODE, kind):
        yield Problem("wrong_agreement", "Een soort overeenkomst is hoofdletters, cijfers, - en _, bijvoorbeeld OSO.")
    elif kind == "OSR":
        yield Problem("wrong_agreement", "De overeenkomst OSR is altijd nodig. Kies die niet nog eens.")


def _deadline_passed(deadline: date | None, service: Service | None) -> Iterator[Problem]:
    if deadline is not None and deadline <= today() and (service is None or deadline != service.deadline):
        yield Problem(
            "deadline_passed", f"{day_in_words(deadline)} is geen uiterste dag meer. Kies een dag die nog komt."
        )


def _the_same(service: Service, wanted: dict[str, object]) -> Iterator[Problem]:
    if all(getattr(service, column) == value for column, value in wanted.items()):
        yield Problem("nothing_to_do", "U hebt niets veranderd.")


def _wrong_namespace(namespace: str) -> Iterator[Problem]:
    if not namespace:
        yield Problem("no_namespace", "Vul de namespace van de dienstversie in.")
    elif len(namespace) > _LONGEST_NAMESPACE or not namespace.isprintable() or not re.fullmatch(NAMESPACE, namespace):
        yield Problem(
            "wrong_namespace",
            "Een namespace is een URI, zonder spaties: http://xml.eld.nl/schemas/rod-po/1 of urn:rod-po:1.",
        )
    elif (namesake := ServiceVersion.objects.filter(namespace=namespace).first()) is not None:
        yield Problem("namespace_taken", f"Deze namespace is al van een versie van {namesake.service.code}.")


def _version_ended(version: ServiceVersion) -> Iterator[Problem]:
    if version.status == ServiceVersion.Status.ENDED:
        yield Problem("ended_already", "Deze dienstversie is al beëindigd.")


def _is_so_already(service: Service, is_active: bool) -> Iterator[Problem]:
    if service.is_active == is_active:
        text = "is niet beëindigd" if is_active else "is al beëindigd"
        yield Problem("nothing_to_do", f"De dienst {service.code} {text}.")


def _same_successor(service: Service, successor: Service | None) -> Iterator[Problem]:
    if service.successor == successor:
        text = f"De opvolger is al {successor.code}." if successor else f"{service.code} heeft nog geen opvolger."
        yield Problem("nothing_to_do", text)


def _wrong_successor(service: Service, successor: Service | None) -> Iterator[Problem]:
    if successor is None:
        return
    if not successor.is_active:
        yield Problem("successor_ended", f"De dienst {successor.code} is zelf beëindigd.")
    if successor.level != service.level:
        yield Problem(
            "other_level",
            f"Mandaten voor {service.code} geeft men per {service.get_level_display()}, die voor {successor.code} per "
            f"{successor.get_level_display()}. Zo kan niemand ze overnemen.",
        )
    later: Service | None = successor
    while later is not None:
        if later == service:
            yield Problem("succeeds_itself", f"{service.code} zou zo zichzelf opvolgen.")
            return
        later = later.successor


def _offer_stands(service: Service) -> Iterator[Problem]:
    if (offer := service.succession_offers.open_on(today()).first()) is not None:
        yield Problem(
            "offer_stands",
            f"De mandaten staan ter overname voor {offer.successor.code}, tot en met {day_in_words(offer.until)}. "
            "Sluit dat aanbod eerst.",
        )
