"""Besturen and schools, services, suppliers and systems of a register file: what they become in the register."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import chain, count
from typing import Any

from django.conf import settings

from journal.clock import today
from mandates.models import Endpoint, Mandate
from mandates.register_file.layout import ALL
from mandates.register_file.reading import Item, Problems
from mandates.register_file.tables import Register, overlaps
from schools.models import FormerBoard, School
from services.keys import digest_of
from services.models import ApiKey, Service, Supplier, System, SystemKind


def attributes(item: Item, *names: str, **renamed: str) -> dict[str, Any]:
    """The values that the item gives, by attribute; `renamed` maps an attribute to the key it stands under."""
    keys = {name: name for name in names} | renamed
    return {attribute: item.get(key) for attribute, key in keys.items() if key in item}


def bring_boards(items: Iterable[Item], register: Register, problems: Problems) -> None:
    touched = set()
    for item in items:
        if "number" not in item:
            continue
        board = register.boards.bring(
            item.get("number"), item.place, attributes(item, "name"), new={"number": item.get("number")}
        )
        for agreement in item.get("agreements", []):
            if "kind" not in agreement or "signed_on" not in agreement:
                continue
            key = (board.number, agreement.get("kind"), agreement.get("signed_on"))
            touched.add(key[:2])
            if key[1] not in register.kinds.rows:
                register.kinds.bring(key[1], agreement.at("kind"), {}, new={"code": key[1], "name": key[1]})
            row = register.agreements.bring(
                key,
                agreement.place,
                attributes(agreement, "ended_on"),
                new={"board": board, "kind_id": key[1], "signed_on": key[2]},
            )
            if row.ended_on and row.ended_on < row.signed_on:
                problems.add(agreement.at("ended_on"), "ended_on ligt vóór signed_on")
    for number, kind in sorted(touched):
        of_kind = {id(row): key for key, row in register.agreements.rows.items() if key[:2] == (number, kind)}
        rows = [register.agreements.rows[key] for key in of_kind.values()]
        for first, second in overlaps(rows, register.agreements.period):
            named = register.agreements.named
            place = named.get(of_kind[id(second)]) or named.get(of_kind[id(first)])
            problems.add(
                place, f"bestuur {number} heeft op {second.signed_on} al een {kind}-overeenkomst van {first.signed_on}"
            )


def bring_schools(items: Iterable[Item], register: Register, problems: Problems) -> None:
    for item in items:
        if "brin" not in item:
            continue
        brin = item.get("brin")
        is_new = brin not in register.schools.rows
        given = attributes(item, "name", "city", "sector", "oa_id", "closed_on", "missing_since")
        if board := register.boards.find(item, "board", "bestuur"):
            given["board"] = board
        school = register.schools.bring(brin, item.place, given, new={"brin": brin})
        _needed_when_new(item, is_new, "school", ("name", "board"), problems)
        _foresee_move(school, register)
        for former_board in item.get("former_boards", []):
            _bring_former_board(former_board, school, register, problems)
        if item.get("former_boards") == []:
            _refuse_removed_former_boards(item, school, register, problems)
        if "locations" in item:
            for location in item.get("locations"):
                _bring_location(location, school, register, problems)
        elif is_new:
            _bring_location(Item(item.place, {"code": f"{brin}00"}), school, register, problems)


def _foresee_move(school: School, register: Register) -> None:
    """When the file moves a school, the database will remember the board that it leaves (D20)."""
    before = register.schools.before.get(school.brin, {})
    if "board" not in before:
        return
    until = today() - timedelta(days=1)
    grace_until = today() + timedelta(days=settings.OSR_GRACE_DAYS)
    remembered = FormerBoard(school=school, board=before["board"], until=until, grace_until=grace_until)
    register.former_boards.rows.setdefault((school.brin, until), remembered)


def _bring_former_board(item: Item, school: School, register: Register, problems: Problems) -> None:
    """A board that governed the school before (D20): added when it is not there, and never changed."""
    board = register.boards.find(item, "board", "bestuur")
    if board is None or "until" not in item or "grace_until" not in item:
        return
    given = {"board": board, "grace_until": item.get("grace_until")}
    if given["grace_until"] < item.get("until"):
        problems.add(item.at("grace_until"), "grace_until ligt vóór until")
    if item.get("until") >= today():
        problems.add(item.at("until"), "until is de laatste dag onder dat bestuur en ligt vóór vandaag")
    key = (school.brin, item.get("until"))
    present = register.former_boards.rows.get(key)
    if present is not None and key not in register.former_boards.named:
        for name, value in given.items():
            if getattr(present, name) != value:
                problems.add(
                    item.at(name),
                    f"school {school.brin} viel tot en met {present.until} onder bestuur {present.board.number}, met "
                    f"overgangstermijn tot en met {present.grace_until}; dat verandert niet meer",
                )
        given = {}
    register.former_boards.bring(key, item.place, given, new={"school": school, "until": item.get("until")})


def _refuse_removed_former_boards(item: Item, school: School, register: Register, problems: Problems) -> None:
    """D14: what the register remembers stays."""
    for former in register.former_boards.rows.values():
        if former.school == school:
            problems.add(
                item.at("former_boards"),
                f"school {school.brin} viel tot en met {former.until} onder bestuur {former.board.number}; dat blijft "
                "in het register",
            )


def bring_cases(items: Iterable[Item], register: Register, problems: Problems) -> None:
    """What support must look at. Schools must have been brought before."""
    seen: Counter[tuple] = Counter()
    for item in items:
        school = register.schools.find(item, "school", "school")
        alike = tuple(item.get(name) for name in ("school", "kind", "text", "opened_on"))
        if school is None or None in alike:
            continue
        seen[alike] += 1
        key = (*alike, seen[alike])
        present = register.cases.rows.get(key)
        if present and present.closed_on and "closed_on" in item and item.get("closed_on") != present.closed_on:
            problems.add(item.at("closed_on"), f"deze zaak is afgehandeld op {present.closed_on} en blijft dat")
            continue
        if item.get("closed_on") and item.get("closed_on") < item.get("opened_on"):
            problems.add(item.at("closed_on"), "closed_on ligt vóór opened_on")
        register.cases.bring(
            key,
            item.place,
            attributes(item, "closed_on"),
            new={"school": school} | attributes(item, "kind", "text", "opened_on"),
        )


def _bring_location(item: Item, school: School, register: Register, problems: Problems) -> None:
    if "code" not in item:
        return
    code = item.get("code")
    if not code.startswith(school.brin):
        problems.add(item.at("code"), f"vestiging {code} begint niet met de BRIN van de school, {school.brin}")
        return
    register.locations.bring(
        code,
        item.place,
        attributes(item, "name", "city", "missing_since"),
        new={"code": code, "school": school, "name": school.name, "city": school.city},
    )


def bring_services(items: list[Item], register: Register, problems: Problems) -> None:
    services = []
    for item in items:
        if "code" not in item:
            continue
        services.append((item, _bring_service(item, register, problems)))
        for version in item.get("versions", []):
            _bring_version(version, services[-1][1], register, problems)
    # A successor may stand further on in the file.
    for item, service in services:
        if "successor" not in item:
            continue
        successor = register.services.find(item, "successor", "dienst")
        if service.successor != successor:
            if service.pk:
                register.services.before.setdefault(service.code, {})["successor"] = service.successor
            service.successor = successor
        if _succeeds_itself(service):
            problems.add(item.at("successor"), f"{service.code} volgt zo zichzelf op")


def _bring_service(item: Item, register: Register, problems: Problems) -> Service:
    code = item.get("code")
    is_new = code not in register.services.rows
    given = attributes(
        item,
        "name",
        "description",
        "level",
        "roles",
        "deadline",
        takes_endpoints="endpoints",
        is_active="active",
    )
    if "agreement" in item:
        given["agreement_kind"] = item.get("agreement") or ""
    present_level = Service.Level.SCHOOL if is_new else register.services.rows[code].level
    level = given.get("level", present_level)
    if level == Service.Level.BOARD:
        if given.get("takes_endpoints"):
            problems.add(item.at("endpoints"), "een dienst op bestuursniveau neemt geen endpoints")
        given["takes_endpoints"] = False
    if given.get("roles") == []:
        problems.add(item.at("roles"), "noem ten minste één rol")
    service = register.services.bring(code, item.place, given, new={"code": code, "roles": [SystemKind.LAS]})
    _needed_when_new(item, is_new, "dienst", ("name",), problems)
    before = register.services.before.get(code, {})
    if "level" in before and Mandate.objects.filter(service=service).exists():
        problems.add(item.at("level"), f"er zijn mandaten voor {code}: het niveau kan niet meer veranderen")
    if before.get("takes_endpoints") and Endpoint.objects.filter(mandate__service=service).exists():
        problems.add(item.at("endpoints"), f"er zijn endpoints voor {code}: de dienst blijft endpoints nemen")
    return service


def _succeeds_itself(service: Service) -> bool:
    seen = set()
    while service is not None and service.code not in seen:
        seen.add(service.code)
        service = service.successor
    return service is not None


def _bring_version(item: Item, service: Service, register: Register, problems: Problems) -> None:
    if "namespace" not in item:
        return
    namespace = item.get("namespace")
    version = register.versions.bring(
        namespace, item.place, attributes(item, "status"), new={"service": service, "namespace": namespace}
    )
    if version.service != service:
        problems.add(item.at("namespace"), f"deze dienstversie is al van dienst {version.service.code}")


def bring_suppliers(group_items: Iterable[Item], items: Iterable[Item], register: Register, problems: Problems) -> None:
    """Supplier groups, suppliers and their systems. Boards' agreements and services must have been brought before."""
    for item in group_items:
        if "name" in item:
            register.groups.bring(item.get("name"), item.place, {}, new={"name": item.get("name")})
    for item in items:
        if "oin" not in item:
            continue
        oin = item.get("oin")
        is_new = oin not in register.suppliers.rows
        given = attributes(item, "name", "connected_on")
        if group := register.groups.find(item, "group", "leveranciersgroep"):
            given["group"] = group
        elif is_new and "name" in item and "group" not in item:
            given["group"] = _own_group(item, register)
        supplier = register.suppliers.bring(oin, item.place, given, new={"oin": oin})
        _needed_when_new(item, is_new, "leverancier", ("name",), problems)
        for system in item.get("systems", []):
            if "name" in system:
                _bring_system(system, supplier, register, problems)


def _own_group(item: Item, register: Register) -> Any:
    """A supplier without group is its own group: a group with its name."""
    name = item.get("name")
    if name in register.groups.rows:
        return register.groups.rows[name]
    return register.groups.bring(name, item.place, {}, new={"name": name})


def _bring_system(item: Item, supplier: Supplier, register: Register, problems: Problems) -> None:
    name = item.get("name")
    is_new = name not in register.systems.rows
    system = register.systems.bring(
        name, item.place, attributes(item, "kind"), new={"supplier": supplier, "name": name}
    )
    _needed_when_new(item, is_new, "systeem", ("kind",), problems)
    if system.supplier != supplier:
        problems.add(item.at("name"), f"systeem {name} is al van leverancier {system.supplier}")
    qualified = item.get("services", [])
    if qualified == ALL:
        place = item.at("services")
        qualified = [Item(place, {"code": code}) for code in register.services.rows]
    for qualification in qualified:
        _bring_qualification(qualification, system, register, problems)
    for api_key in item.get("api_keys", []):
        _bring_api_key(api_key, system, register, problems)


def _bring_qualification(item: Item, system: System, register: Register, problems: Problems) -> None:
    service = register.services.find(item, "code", "dienst")
    if service is None:
        return
    qualification = register.qualifications.bring(
        (system.name, service.code),
        item.place,
        attributes(item, "qualified_on", "withdrawn_on"),
        new={"system": system, "service": service, "qualified_on": _first_day(system)},
    )
    if qualification.withdrawn_on and qualification.withdrawn_on < qualification.qualified_on:
        problems.add(item.at("withdrawn_on"), "withdrawn_on ligt vóór qualified_on")


def _first_day(system: System) -> date:
    """The day from which a system counts as qualified when the file does not say."""
    return system.supplier.connected_on or today()


def _bring_api_key(item: Item, system: System, register: Register, problems: Problems) -> None:
    if ("key" in item) == ("digest" in item):
        problems.add(item.place, "noem de sleutel (key) of zijn SHA-256 (digest), niet allebei")
        return
    digest = item.get("digest") or digest_of(item.get("key"))
    present = register.api_keys.rows.get(digest)
    if present and present.revoked_at and "revoked_at" in item and item.get("revoked_at") != present.revoked_at:
        problems.add(item.at("revoked_at"), "deze sleutel is ingetrokken en blijft dat")
        return
    if present and _would_work_longer(item, present):
        problems.add(item.at("expires_at"), "een sleutel werkt nooit langer dan hij al zou")
        return
    api_key = register.api_keys.bring(
        digest,
        item.place,
        attributes(item, "name", "expires_at", "revoked_at"),
        new={"system": system, "digest": digest, "name": _name_in_file(system, register)},
    )
    if api_key.system != system:
        problems.add(item.place, f"deze sleutel is al van systeem {api_key.system.name}")


def _would_work_longer(item: Item, present: ApiKey) -> bool:
    if "expires_at" not in item or present.expires_at is None:
        return False
    expires_at = item.get("expires_at")
    return expires_at is None or expires_at > present.expires_at


def _name_in_file(system: System, register: Register) -> str:
    """What a key is called that the file gives no name: numbered, for keys of one name follow each other up."""
    taken = {api_key.name for api_key in register.api_keys.rows.values() if api_key.system is system}
    names = chain(["uit een registerbestand"], (f"uit een registerbestand ({number})" for number in count(2)))
    return next(name for name in names if name not in taken)


def _needed_when_new(item: Item, is_new: bool, what: str, keys: Iterable[str], problems: Problems) -> None:
    for key in keys:
        if is_new and key not in item.places:
            problems.add(item.place, f"{key} ontbreekt; deze {what} staat nog niet in het register")
