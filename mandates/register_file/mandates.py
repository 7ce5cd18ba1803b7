"""Mandates and endpoints of a register file: what they become, and whether that keeps the rules (D1-D9, D18-D20).

They may lie in the past: the file holds data, it is not a user's act. Mandates that are in the register already are not
judged again; of those only the dates may change.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q

from agreements.gate import InForce, needed_for
from agreements.models import OSR, Agreement
from mandates.actions.change import days_it_gets
from mandates.models import Mandate
from mandates.register_file.organisations import attributes
from mandates.register_file.reading import Item, Place, Problems
from mandates.register_file.tables import Register, overlaps
from schools.models import Board, School
from services.models import Service, System


@dataclass(frozen=True)
class Wanted:
    """A mandate of the file, with what it refers to."""

    item: Item
    school: School | None
    board: Board | None
    service: Service
    system: System

    @property
    def holder(self) -> School | Board:
        return self.school or self.board

    @property
    def group(self) -> tuple[str, str, str]:
        """Within it no two mandates are valid on the same day (D2)."""
        return _group(self.school, self.board, self.service, self.system)


def _group(school: School | None, board: Board | None, service: Service, system: System) -> tuple[str, str, str]:
    return (school.brin if school else board.number, service.code, system.name)


class MandatesOfFile:
    """Brings the mandates of a file to the register; `bring` does it all."""

    def __init__(self, register: Register, problems: Problems, today: date) -> None:
        self.register = register
        self.problems = problems
        self.today = today
        self.in_force = InForce(
            (number, kind, signed_on, agreement.ended_on)
            for (number, kind, signed_on), agreement in register.agreements.rows.items()
        )
        self.groups: dict[tuple[str, str, str], list[Mandate]] = defaultdict(list)

    def bring(self, items: Iterable[Item], endpoint_items: Iterable[Item]) -> None:
        """Bring the mandates; those of the schools of the endpoints are read as well."""
        wanted = [one for item in items if (one := self._resolve(item))]
        tokens = [one.item.get("token") for one in wanted if one.item.get("token")]
        schools = self.register.schools.rows
        holders = [one.holder for one in wanted] + [
            schools[item.get("school")] for item in endpoint_items if item.get("school") in schools
        ]
        self.register.read_mandates({id(holder): holder for holder in holders}.values(), tokens)
        for mandate in self.register.mandates.rows.values():
            self.groups[_group(mandate.school, mandate.board, mandate.service, mandate.system)].append(mandate)
        # Those with a token first: what they mean is certain, and no other item can mean it too.
        for one in sorted(wanted, key=lambda one: "token" not in one.item):
            self._bring(one)
        for group in dict.fromkeys(one.group for one in wanted):
            self._refuse_overlaps(group)
        self._refuse_ended_agreements()

    def _resolve(self, item: Item) -> Wanted | None:
        register = self.register
        school = register.schools.find(item, "school", "school")
        board = register.boards.find(item, "board", "bestuur")
        service = register.services.find(item, "service", "dienst")
        system = register.systems.find(item, "system", "systeem")
        if ("school" in item.places) == ("board" in item.places):
            self.problems.add(item.place, "noem school of board: een van de twee")
            return None
        if not (school or board) or not service or not system or "start_date" not in item:
            return None
        if service.level == Service.Level.BOARD and school:
            self.problems.add(
                item.at("school"), f"{service.code} is een dienst op bestuursniveau: noem board in plaats van school"
            )
            return None
        if service.level == Service.Level.SCHOOL and board:
            self.problems.add(
                item.at("board"), f"{service.code} is een dienst op schoolniveau: noem school in plaats van board"
            )
            return None
        return Wanted(item, school, board, service, system)

    def _bring(self, wanted: Wanted) -> None:
        item = wanted.item
        if (first := self.register.mandates.named.get(item.get("token"))) is not None:
            self.problems.add(item.at("token"), f"dit token staat ook al op regel {first.line}")
            return
        given = attributes(item, "start_date", "end_date")
        if mandate := self._present(wanted):
            self._refuse_other_changes(mandate, wanted)
            self._refuse_changes_of_the_past(mandate, item)
            self.register.mandates.bring(mandate.token, item.place, given, new={})
            if not mandate.is_cancelled:
                self._refuse_days_without_agreement(mandate, item)
            if "end_date" in item and not mandate.is_cancelled:
                self._refuse_closed(mandate, item)
                self._refuse_to_let_last(mandate, item)
        else:
            mandate = self._new(wanted, given)
        if mandate.end_date and mandate.end_date.toordinal() < mandate.start_date.toordinal() - 1:
            self.problems.add(item.at("end_date"), "end_date ligt vóór start_date")

    def _present(self, wanted: Wanted) -> Mandate | None:
        """The mandate of the register that the file means: by its token, else by holder, service, system and start.

        On one start date a cancelled mandate may stand beside the one that was given anew (D9): then the one that ends
        as the file says is meant, and else the one that was not cancelled.
        """
        item = wanted.item
        if token := item.get("token"):
            return self.register.mandates.rows.get(token)
        candidates = [
            mandate
            for mandate in self.groups[wanted.group]
            if mandate.pk
            and mandate.start_date == item.get("start_date")
            and mandate.token not in self.register.mandates.named
        ]
        ends_so = "end_date" in item
        candidates.sort(
            key=lambda mandate: (not (ends_so and mandate.end_date == item.get("end_date")), mandate.is_cancelled)
        )
        return candidates[0] if candidates else None

    def _refuse_other_changes(self, mandate: Mandate, wanted: Wanted) -> None:
        """D8: of an existing mandate only dates change."""
        item = wanted.item
        now = {
            "school": mandate.school.brin if mandate.school else None,
            "board": mandate.board.number if mandate.board else None,
            "service": mandate.service.code,
            "system": mandate.system.name,
            "granted_by": mandate.granting_board.number,
        }
        changed = [key for key, value in now.items() if key in item and item.get(key) != value]
        if "locations" in item and sorted(item.get("locations") or []) != sorted(mandate.locations or []):
            changed.append("locations")
        for key in changed:
            self.problems.add(
                item.at(key),
                "van een bestaand mandaat kunnen alleen de datums veranderen; beëindig het en geef een nieuw mandaat",
            )

    def _refuse_changes_of_the_past(self, mandate: Mandate, item: Item) -> None:
        """D8: the start changes only while it lies in the future. D9: the past does not change."""
        start = item.get("start_date")
        if start != mandate.start_date and min(start, mandate.start_date) <= self.today:
            self.problems.add(
                item.at("start_date"),
                f"dit mandaat begint op {mandate.start_date}; een startdatum verandert alleen zolang de oude en de "
                "nieuwe in de toekomst liggen",
            )
        if "end_date" not in item or item.get("end_date") == mandate.end_date or start > self.today:
            return
        ends = [end for end in (item.get("end_date"), mandate.end_date) if end]
        if min(ends) < self.today - timedelta(days=1):
            now = f"eindigde op {mandate.end_date}" if mandate.end_date else "heeft geen einddatum"
            self.problems.add(
                item.at("end_date"), f"het verleden van een mandaat verandert niet; dit mandaat {now} in het register"
            )

    def _new(self, wanted: Wanted, given: dict[str, Any]) -> Mandate:
        item = wanted.item
        board = self._granting_board(wanted)
        mandate = Mandate(
            service=wanted.service,
            system=wanted.system,
            school=wanted.school,
            board=wanted.board,
            locations=sorted(item.get("locations") or []) or None,
            **given,
        )
        if board:
            mandate.granting_board = board
        if item.get("token"):
            mandate.token = item.get("token")
        self.register.mandates.rows[mandate.token] = mandate
        self.register.mandates.named[mandate.token] = item.place
        self.register.mandates.new.append(mandate)
        self.groups[wanted.group].append(mandate)
        self._refuse_foreign_locations(wanted)
        if not mandate.is_cancelled:  # what was never valid on any day needed nothing
            self._refuse_missing_agreements(mandate, board, item)
            self._refuse_unconnected(mandate, item)
            self._refuse_closed(mandate, item)
            self._refuse_of_another_board(mandate, item)
        return mandate

    def _granting_board(self, wanted: Wanted) -> Board | None:
        """D4: the board that governs the school; or, when the school moved since, the one that the file names (D20)."""
        item = wanted.item
        named = self.register.boards.find(item, "granted_by", "bestuur")
        if named and wanted.board and named != wanted.board:
            self.problems.add(item.at("granted_by"), "een mandaat voor een bestuur geeft dat bestuur zelf")
        return named or wanted.board or getattr(wanted.school, "board", None)

    def _refuse_foreign_locations(self, wanted: Wanted) -> None:
        """D3: a mandate may be limited to locations of its own school."""
        item = wanted.item
        if item.get("locations") is None:
            return
        if wanted.school is None:
            self.problems.add(item.at("locations"), f"{wanted.service.code} geldt voor het hele bestuur")
            return
        if not item.get("locations"):
            self.problems.add(item.at("locations"), "noem ten minste één vestiging of laat locations weg")
        for code in item.get("locations"):
            location = self.register.locations.rows.get(code)
            if location is None or location.school_id != wanted.school.brin:
                self.problems.add(item.at("locations"), f"{code} is geen vestiging van school {wanted.school.brin}")

    def _refuse_missing_agreements(self, mandate: Mandate, board: Board | None, item: Item) -> None:
        """D5, on every day of the mandate; and for one that still has to begin, today as well."""
        if board is None:
            return
        stretches = [(mandate.start_date, mandate.end_date or date.max)]
        if mandate.start_date > self.today:
            stretches.insert(0, (self.today, self.today))
        self._refuse_without_agreement(mandate, board, stretches, item.place)

    def _refuse_days_without_agreement(self, mandate: Mandate, item: Item) -> None:
        """D5, on the days that a mandate of the register gets."""
        before = self.register.mandates.before.get(mandate.token, {})
        had_from = before.get("start_date", mandate.start_date)
        had_until = before.get("end_date", mandate.end_date)
        stretches = list(days_it_gets(had_from, had_until, mandate.start_date, mandate.end_date))
        place = item.at("end_date") if "end_date" in before else item.at("start_date")
        self._refuse_without_agreement(mandate, mandate.granting_board, stretches, place)

    def _refuse_without_agreement(
        self, mandate: Mandate, board: Board, stretches: Iterable[tuple[date, date]], place: Place
    ) -> None:
        """Per kind of agreement the first day within these (first and last day of each) on which it is missing."""
        for kind in needed_for(mandate.service):
            for first_day, last_day in stretches:
                until = self.in_force.until(board.number, kind, first_day)
                if until < last_day:
                    day = until + timedelta(days=1)
                    self.problems.add(
                        place, f"bestuur {board.number} heeft op {day} geen {kind}-overeenkomst die van kracht is"
                    )
                    break

    def _refuse_unconnected(self, mandate: Mandate, item: Item) -> None:
        """D6. The day on which the system was chosen is not known: at the latest today, or the day it began."""
        system, service = mandate.system, mandate.service
        chosen_by = min(self.today, mandate.start_date)
        qualification = self.register.qualifications.rows.get((system.name, service.code))
        if system.supplier.connected_on is None or system.supplier.connected_on > self.today:
            problem = f"leverancier {system.supplier} is niet aangesloten"
        elif qualification is None or qualification.qualified_on > self.today:
            problem = f"systeem {system.name} is niet gekwalificeerd voor {service.code}"
        elif qualification.withdrawn_on and qualification.withdrawn_on <= chosen_by:
            problem = f"de kwalificatie van {system.name} voor {service.code} geldt niet meer sinds " + str(
                qualification.withdrawn_on
            )
        else:
            return
        self.problems.add(item.at("system"), problem)

    def _refuse_closed(self, mandate: Mandate, item: Item) -> None:
        """D19: no mandate goes on after the closing day of its school. Of a school that was closed with hindsight what
        was valid until then stays so (D9): its mandates ended yesterday or earlier."""
        closed_on = mandate.school.closed_on if mandate.school else None
        if closed_on and (mandate.end_date or date.max) > max(closed_on, self.today - timedelta(days=1)):
            self.problems.add(
                item.at("end_date"),
                f"school {mandate.school.brin} sluit op {closed_on}; het mandaat kan niet langer gelden dan die dag",
            )

    def _refuse_of_another_board(self, mandate: Mandate, item: Item) -> None:
        """D20: what another board gave than the one that governs the school runs out within the grace period."""
        if not _is_of_another_board(mandate) or (mandate.end_date or date.max) <= self._grace_until():
            return
        self.problems.add(
            item.at("end_date" if "end_date" in item else "granted_by"),
            f"school {mandate.school.brin} valt onder bestuur {mandate.school.board.number}; een mandaat van bestuur "
            f"{mandate.granting_board.number} eindigt uiterlijk op {self._grace_until()}",
        )

    def _refuse_to_let_last(self, mandate: Mandate, item: Item) -> None:
        """D20: what another board gave may end earlier, not later."""
        if not _is_of_another_board(mandate):
            return
        last = self.register.mandates.before.get(mandate.token, {}).get("end_date", mandate.end_date) or date.max
        if "board" in self.register.schools.before.get(mandate.school.brin, {}):  # it moves with this file
            last = min(last, self._grace_until())
        if (mandate.end_date or date.max) > last:
            self.problems.add(
                item.at("end_date"),
                f"bestuur {mandate.granting_board.number} gaf dit mandaat, en de school valt onder bestuur "
                f"{mandate.school.board.number}: het eindigt uiterlijk op {last}, of dat bestuur geeft een nieuw",
            )

    def _grace_until(self) -> date:
        """The last day of what a board gave to schools that leave it today."""
        return self.today + timedelta(days=settings.OSR_GRACE_DAYS)

    def _refuse_overlaps(self, group: tuple[str, str, str]) -> None:
        """D2: no two mandates are valid on the same day."""
        named = self.register.mandates.named
        for first, second in overlaps(self.groups[group], self.register.mandates.period):
            place, other = named.get(second.token), first
            if place is None:
                place, other = named.get(first.token), second
            if place is None:
                continue
            until = f"tot en met {other.end_date}" if other.end_date else "zonder einddatum"
            where = f"op regel {named[other.token].line}" if other.token in named else "in het register"
            self.problems.add(
                place,
                f"{group[2]} heeft voor {group[0]} en {group[1]} al een mandaat vanaf {other.start_date} {until} "
                f"({where}); twee mandaten kunnen niet op dezelfde dag gelden",
            )

    def _refuse_ended_agreements(self) -> None:
        """A7: an agreement does not end under mandates that need it."""
        for key, before in self.register.agreements.before.items():
            agreement = self.register.agreements.rows[key]
            ended_on = agreement.ended_on
            if ended_on in (None, date.max) or (before["ended_on"] and before["ended_on"] <= ended_on):
                continue
            needing = Mandate.objects.filter(granting_board=agreement.board)
            if agreement.kind_id != OSR:
                needing = needing.filter(service__agreement_kind=agreement.kind_id)
            needing = needing.filter(Q(end_date=None) | Q(end_date__gt=ended_on))
            left = [
                mandate
                for mandate in needing
                if self._still_needs(self.register.mandates.rows.get(mandate.token, mandate), agreement)
            ]
            if left:
                self.problems.add(
                    self.register.agreements.named[key],
                    f"{len(left)} mandaten van bestuur {agreement.board.number} hebben na {ended_on} nog een "
                    f"{agreement.kind_id}-overeenkomst nodig; beëindig die mandaten in hetzelfde bestand",
                )

    def _still_needs(self, mandate: Mandate, agreement: Agreement) -> bool:
        day = max(mandate.start_date, agreement.ended_on + timedelta(days=1))
        last_day = mandate.end_date or date.max
        until = self.in_force.until(agreement.board.number, agreement.kind_id, day)
        return day <= last_day and until < last_day


def _is_of_another_board(mandate: Mandate) -> bool:
    return mandate.school is not None and mandate.granting_board != mandate.school.board


def bring_endpoints(items: Iterable[Item], mandates: MandatesOfFile, register: Register, problems: Problems) -> None:
    """The endpoints of a file (D18). The mandates must have been brought before."""
    found = [(item, mandate) for item in items if (mandate := _mandate_of(item, mandates, register, problems))]
    register.read_endpoints(dict.fromkeys(item.get("routing_id") for item, _ in found))
    routes = set()
    for item, mandate in found:
        version = register.versions.find(item, "namespace", "dienstversie")
        if version is None:
            continue
        if version.service != mandate.service:
            problems.add(item.at("namespace"), f"deze dienstversie is van dienst {version.service.code}")
        if not mandate.service.takes_endpoints:
            problems.add(item.at("service"), f"dienst {mandate.service.code} neemt geen endpoints")
        if item.get("routing_id")[11:15] != mandate.school.brin:
            problems.add(item.at("routing_id"), f"dit routeringskenmerk is niet van school {mandate.school.brin}")
        start = item.get("start_date")
        key = (mandate.token, version.namespace, item.get("routing_id"), start)
        if key not in register.endpoints.rows and "url" not in item.places:
            problems.add(item.place, "url ontbreekt; dit endpoint staat nog niet in het register")
        endpoint = register.endpoints.bring(
            key,
            item.place,
            attributes(item, "url", "attributes", "end_date"),
            new={
                "mandate": mandate,
                "service_version": version,
                "routing_id": item.get("routing_id"),
                "start_date": start,
            },
        )
        if endpoint.end_date and endpoint.end_date.toordinal() < start.toordinal() - 1:
            problems.add(item.at("end_date"), "end_date ligt vóór start_date")
        routes.add((item.get("routing_id"), version.namespace))
    _refuse_second_addresses(routes, register, problems)


def _mandate_of(item: Item, mandates: MandatesOfFile, register: Register, problems: Problems) -> Mandate | None:
    """The mandate under which an endpoint is registered: the one with the token named, else the one valid on its start.

    A board-level mandate has no school, and so is never found.
    """
    school = register.schools.find(item, "school", "school")
    service = register.services.find(item, "service", "dienst")
    system = register.systems.find(item, "system", "systeem")
    start = item.get("start_date")
    if not (school and service and system and start and "namespace" in item and "routing_id" in item):
        return None
    if service.level == Service.Level.BOARD:
        problems.add(item.at("service"), f"dienst {service.code} is op bestuursniveau en neemt geen endpoints")
        return None
    held = mandates.groups[_group(school, None, service, system)]
    if "mandate" in item:
        found = [mandate for mandate in held if mandate.token == item.get("mandate")]
        problem = "dit mandaat is er niet voor deze school, dienst en dit systeem"
    else:
        found = [mandate for mandate in held if _is_valid(mandate, start)]
        problem = f"{system.name} heeft op {start} geen mandaat voor {school.brin} en {service.code}"
    if not found:
        problems.add(item.at("mandate"), problem)
        return None
    return found[0]


def _is_valid(mandate: Mandate, day: date) -> bool:
    return mandate.start_date <= day and (mandate.end_date is None or mandate.end_date >= day)


def _refuse_second_addresses(routes: set[tuple[str, str]], register: Register, problems: Problems) -> None:
    """D18: on any day at most one endpoint per routing id and service version."""
    by_route = defaultdict(list)
    keys = {}
    for key, endpoint in register.endpoints.rows.items():
        keys[id(endpoint)] = key
        by_route[key[2], key[1]].append(endpoint)
    for route in sorted(routes):
        for first, second in overlaps(by_route[route], register.endpoints.period):
            place = register.endpoints.named.get(keys[id(second)]) or register.endpoints.named.get(keys[id(first)])
            if place:
                problems.add(
                    place,
                    f"routeringskenmerk {route[0]} heeft voor deze dienstversie op {second.start_date} al een "
                    f"endpoint, vanaf {first.start_date}",
                )
