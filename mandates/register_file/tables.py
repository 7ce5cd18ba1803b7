"""The register beside the file: the rows there are, which of them the file changes, and which it adds."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

from django.db import DatabaseError, models

from agreements.models import Agreement, Kind
from journal.acts import Actor, Problem, Refused, act
from mandates.models import Endpoint, Mandate
from mandates.register_file.reading import Item, Place, Problems
from schools.models import Board, Case, FormerBoard, Location, School
from services.models import ApiKey, Qualification, Service, ServiceVersion, Supplier, SupplierGroup, System

_ROWS_PER_STATEMENT = 2000

# Says what a change is called in the journal: the row as it becomes, and what the changed attributes were.
Named = Callable[[Any, dict[str, Any]], str]


@dataclass(kw_only=True)
class Table:
    """The rows of one model by their natural key.

    `bring` plans: it changes rows in memory only. `write` carries it out, in a fixed number of statements per kind of
    change. For rows with a `period` (names of the attributes of the first and last day) nothing overlaps on the way.
    """

    label: str
    model: type[models.Model]
    problems: Problems
    added: str
    changed: Named
    rows: dict[Hashable, Any]
    period: tuple[str, str] | None = None
    new: list[Any] = field(default_factory=list)
    before: dict[Hashable, dict[str, Any]] = field(default_factory=dict)
    named: dict[Hashable, Place] = field(default_factory=dict)

    def bring(
        self,
        key: Hashable,
        place: Place,
        given: dict[str, Any],
        *,
        new: dict[str, Any],
    ) -> Any:
        """The row with this key, as the file wants it; `given` are the attributes that the file names.

        A row that is not there yet gets `new` as well, where the file does not say otherwise. A key that the file names
        twice is a problem, and its first place counts.
        """
        if key in self.named:
            first = self.named[key]
            there = f"regel {first.line}" + (f" van {first.file}" if first.file != place.file else "")
            self.problems.add(place, f"dit staat ook al op {there}")
            return self.rows[key]
        self.named[key] = place
        row = self.rows.get(key)
        if row is not None:
            self._change(key, row, given)
            return row
        row = self.rows[key] = self.model(**new | given)
        self.new.append(row)
        return row

    def _change(self, key: Hashable, row: Any, given: dict[str, Any]) -> None:
        before = {name: getattr(row, name) for name, value in given.items() if getattr(row, name) != value}
        if before:
            self.before[key] = before
            for name in before:
                setattr(row, name, given[name])

    def find(self, item: Item, key: str, what: str) -> Any:
        """The row that `item` refers to by `key`; None, and a problem, when neither register nor file has it."""
        if item.get(key) is None:
            return None
        row = self.rows.get(item.get(key))
        if row is None:
            self.problems.add(item.at(key), f"{what} {item.get(key)} staat niet in het register of in dit bestand")
        return row

    def write(self, actor: Actor) -> None:
        """Carry out what was planned. Raises `Refused` with what the database has against it."""
        try:
            shorter = {key for key, before in self.before.items() if self._gets_shorter(key, before)}
            self._write_changed([key for key in self.before if key in shorter], actor)
            self._write_new(actor)
            self._write_changed([key for key in self.before if key not in shorter], actor)
        except DatabaseError as error:
            raise refused_by_database(self.label, error) from error

    def _gets_shorter(self, key: Hashable, before: dict[str, Any]) -> bool:
        """Whether the row covers fewer days than it did, and no new ones: it must make room for the others first."""
        if self.period is None:
            return False
        row, (start, end) = self.rows[key], self.period
        last, last_before = getattr(row, end), before.get(end, getattr(row, end))
        starts_no_earlier = getattr(row, start) >= before.get(start, getattr(row, start))
        return starts_no_earlier and (last_before is None or (last is not None and last <= last_before))

    def _write_changed(self, keys: list[Hashable], actor: Actor) -> None:
        alike = defaultdict(list)
        for key in keys:
            row, before = self.rows[key], self.before[key]
            # Only what the file changes is written: a row may have changed otherwise since it was read.
            alike[self.changed(row, before), tuple(sorted(before))].append(row)
        for (type, names), rows in alike.items():
            with act(type, actor=actor):
                self.model._default_manager.bulk_update(rows, names, batch_size=_ROWS_PER_STATEMENT)

    def _write_new(self, actor: Actor) -> None:
        waiting = self.new
        with act(self.added, actor=actor):
            while waiting:
                # Only services refer to rows of their own table: those that nothing new stands before go first.
                ready = [row for row in waiting if _successor_is_saved(row)]
                self.model._default_manager.bulk_create(ready, batch_size=_ROWS_PER_STATEMENT)
                waiting = [row for row in waiting if row.pk is None]


def refused_by_database(label: str, error: DatabaseError) -> Refused:
    """What the database has against rows of this label, as a refusal."""
    diagnosis = getattr(error.__cause__, "diag", None)
    because = getattr(diagnosis, "message_primary", None) or str(error)
    return Refused([Problem("refused_by_database", f"{label}: de database weigert dit ({because})")])


def _successor_is_saved(row: models.Model) -> bool:
    successor = getattr(row, "successor", None)
    return successor is None or successor.pk is not None


def overlaps(rows: Iterable[Any], period: tuple[str, str]) -> Iterator[tuple[Any, Any]]:
    """Pairs of rows that cover a same day, each later row once. Rows that cover no day overlap with nothing."""
    first_day, last_day = period
    longest = None
    for row in sorted(rows, key=lambda row: getattr(row, first_day)):
        start, end = getattr(row, first_day), getattr(row, last_day) or date.max
        if end < start:
            continue
        if longest is not None and start <= (getattr(longest, last_day) or date.max):
            yield longest, row
        if longest is None or end > (getattr(longest, last_day) or date.max):
            longest = row


def numbered(cases: Iterable[Case]) -> dict[Hashable, Case]:
    """Cases by school, kind, text and day of opening; those that are alike in all of these numbered by their closing.

    A dump has them in this order too.
    """
    by_key: dict[Hashable, Case] = {}
    for case in sorted(cases, key=case_order):
        alike = (case.school.brin, case.kind, case.text, case.opened_on)
        number = next(number for number in count(1) if (*alike, number) not in by_key)
        by_key[*alike, number] = case
    return by_key


def case_order(case: Case) -> tuple:
    """Where a case stands among the others: by school and day; the one that is open after those that are closed."""
    return case.school.brin, case.opened_on, case.kind, case.text, case.closed_on or date.max


class Register:
    """The register as it stands, with one object per row: what changes is seen wherever the row is referred to.

    Of mandates and endpoints only those are read that a file has to do with (`read_mandates`, `read_endpoints`).
    """

    def __init__(self, problems: Problems, today: date) -> None:
        def table(label: str, model: type[models.Model], kind: str, rows: dict, **more) -> Table:
            more = {"added": f"{kind}.added", "changed": lambda row, before: f"{kind}.changed"} | more
            return Table(label=label, model=model, problems=problems, rows=rows, **more)

        boards = {board.number: board for board in Board.objects.all()}
        self.boards = table("besturen", Board, "board", boards)
        kinds = {kind.code: kind for kind in Kind.objects.all()}
        self.kinds = table("soorten overeenkomst", Kind, "kind", kinds)
        # One that was replaced on the day on which it was signed covers no day, and stands in no file.
        agreements = _linked(Agreement.objects.covering_some_day(), board=_by_pk(boards))
        self.agreements = table(
            "overeenkomsten",
            Agreement,
            "agreement",
            {(one.board.number, one.kind_id, one.signed_on): one for one in agreements},
            added="agreement.signed",
            changed=lambda row, before: "agreement.ended" if before["ended_on"] is None else "agreement.changed",
            period=("signed_on", "ended_on"),
        )
        schools = {school.brin: school for school in _linked(School.objects.all(), board=_by_pk(boards))}
        self.schools = table(
            "scholen",
            School,
            "school",
            schools,
            changed=lambda row, before: "school.moved" if "board" in before else "school.changed",
        )
        former_boards = _linked(FormerBoard.objects.all(), school=_by_pk(schools), board=_by_pk(boards))
        self.former_boards = table(
            "vorige besturen", FormerBoard, "former_board", {(one.school.brin, one.until): one for one in former_boards}
        )
        locations = _linked(Location.objects.all(), school=schools)
        self.locations = table("vestigingen", Location, "location", {one.code: one for one in locations})

        services = {service.code: service for service in Service.objects.all()}
        _linked(services.values(), successor=_by_pk(services))
        self.services = table("diensten", Service, "service", services)
        versions = _linked(ServiceVersion.objects.all(), service=_by_pk(services))
        self.versions = table("dienstversies", ServiceVersion, "service_version", {v.namespace: v for v in versions})
        groups = {group.name: group for group in SupplierGroup.objects.all()}
        self.groups = table("leveranciersgroepen", SupplierGroup, "supplier_group", groups)
        suppliers = {one.oin: one for one in _linked(Supplier.objects.all(), group=_by_pk(groups))}
        self.suppliers = table("leveranciers", Supplier, "supplier", suppliers)
        systems = {one.name: one for one in _linked(System.objects.all(), supplier=_by_pk(suppliers))}
        self.systems = table("systemen", System, "system", systems)
        qualifications = _linked(Qualification.objects.all(), system=_by_pk(systems), service=_by_pk(services))
        self.qualifications = table(
            "kwalificaties",
            Qualification,
            "qualification",
            {(one.system.name, one.service.code): one for one in qualifications},
            added="qualification.given",
            changed=lambda row, before: (
                "qualification.withdrawn"
                if row.withdrawn_on and before.get("withdrawn_on", row.withdrawn_on) is None
                else "qualification.changed"
            ),
        )
        api_keys = _linked(ApiKey.objects.all(), system=_by_pk(systems))
        self.api_keys = table(
            "API-sleutels",
            ApiKey,
            "api_key",
            {one.digest: one for one in api_keys},
            changed=lambda row, before: "api_key.revoked" if "revoked_at" in before else "api_key.changed",
        )
        self.mandates = table(
            "mandaten",
            Mandate,
            "mandate",
            {},
            added="mandate.granted",
            changed=lambda row, before: (
                "mandate.ended" if row.end_date and row.end_date < max(today, row.start_date) else "mandate.changed"
            ),
            period=("start_date", "end_date"),
        )
        self.endpoints = table(
            "endpoints", Endpoint, "endpoint", {}, added="endpoint.registered", period=("start_date", "end_date")
        )

        self.cases = table(
            "zaken",
            Case,
            "case",
            numbered(_linked(Case.objects.all(), school=_by_pk(schools))),
            added="case.opened",
            changed=lambda row, before: "case.settled" if before["closed_on"] is None else "case.changed",
        )

    def tables(self) -> list[Table]:
        """All tables, each after those that it refers to."""
        return [
            self.boards,
            self.kinds,
            self.agreements,
            self.schools,
            self.former_boards,
            self.locations,
            self.services,
            self.versions,
            self.groups,
            self.suppliers,
            self.systems,
            self.qualifications,
            self.api_keys,
            self.mandates,
            self.endpoints,
            self.cases,
        ]

    def read_mandates(self, holders: Iterable[School | Board], tokens: Iterable[Any]) -> None:
        """Read the mandates of these schools and boards, and those with these tokens."""
        holders = list(holders)
        by_school = [one.pk for one in holders if isinstance(one, School)]
        by_board = [one.pk for one in holders if isinstance(one, Board)]
        for lookup, values in (("school_id__in", by_school), ("board_id__in", by_board), ("token__in", list(tokens))):
            for some in _chunks([value for value in values if value is not None]):
                for mandate in self._linked_mandates(Mandate.objects.filter(**{lookup: some})):
                    self.mandates.rows.setdefault(mandate.token, mandate)

    def read_endpoints(self, routing_ids: Iterable[str]) -> None:
        """Read the endpoints with these routing ids."""
        versions = _by_pk(self.versions.rows)
        for some in _chunks(list(routing_ids)):
            endpoints = list(Endpoint.objects.filter(routing_id__in=some).select_related("mandate"))
            for endpoint in _linked(endpoints, service_version=versions):
                mandate = self.mandates.rows.setdefault(endpoint.mandate.token, endpoint.mandate)
                endpoint.mandate = mandate
                key = (mandate.token, endpoint.service_version.namespace, endpoint.routing_id, endpoint.start_date)
                self.endpoints.rows[key] = endpoint

    def _linked_mandates(self, mandates: Iterable[Mandate]) -> list[Mandate]:
        boards = self._pks("boards")
        return _linked(
            mandates,
            service=self._pks("services"),
            system=self._pks("systems"),
            school=self._pks("schools"),
            board=boards,
            granting_board=boards,
        )

    def _pks(self, name: str) -> dict[int, Any]:
        return _by_pk(getattr(self, name).rows)


def _by_pk(rows: dict[Hashable, Any]) -> dict[int, Any]:
    return {row.pk: row for row in rows.values() if row.pk is not None}


def _linked[Row](rows: Iterable[Row], **targets: dict[Any, Any]) -> list[Row]:
    """The rows, with each named reference set to the object in `targets` that it refers to."""
    linked = list(rows)
    for row in linked:
        for name, by_key in targets.items():
            setattr(row, name, by_key.get(getattr(row, f"{name}_id")))
    return linked


def _chunks(values: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), _ROWS_PER_STATEMENT):
        yield values[start : start + _ROWS_PER_STATEMENT]
