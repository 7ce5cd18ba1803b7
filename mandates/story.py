"""Journal entries told in Dutch: when, who, why, and what it was before and after."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import Membership
from journal.models import Entry
from mandates.wording import day_in_words
from schools.models import Board, Case, School, Sector
from services.models import Service, System

_KINDS = {
    "agreement": "overeenkomst",
    "api_key": "API-sleutel",
    "board": "bestuur",
    "case": "zaak",
    "endpoint": "afleveradres",
    "location": "vestiging",
    "mandate": "mandaat",
    "membership": "rol",
    "qualification": "kwalificatie",
    "routing_id": "routeringskenmerk",
    "school": "school",
    "service": "dienst",
    "service_version": "dienstversie",
    "supplier": "leverancier",
    "supplier_group": "leveranciersgroep",
    "system": "systeem",
}
_DONE = {
    "added": "toegevoegd",
    "cancelled": "geannuleerd",
    "changed": "gewijzigd",
    "closed": "gesloten",
    "copied": "gekopieerd van een andere school",
    "ended": "beëindigd",
    "gave_way": "maakt plaats voor het afleveradres van een ander systeem",
    "given": "gegeven",
    "grace_started": "loopt af, want de school ging naar een ander bestuur",
    "granted": "gegeven",
    "handed_out": "uitgegeven",
    "issued": "uitgegeven",
    "missing": "niet meer in de lijst van DUO",
    "moved": "naar een ander bestuur",
    "opened": "geopend",
    "registered": "geregistreerd",
    "replaced": "vervangen",
    "returned": "terug in de lijst van DUO",
    "revoked": "ingetrokken",
    "settled": "afgehandeld",
    "signed": "getekend",
    "taken_over": "overgenomen van het vorige bestuur",
    "undone": "teruggedraaid",
    "withdrawn": "ingetrokken",
}
_COLUMNS = {
    "attributes": "kenmerken",
    "board_id": "bestuur",
    "brin": "BRIN",
    "city": "plaats",
    "closed_on": "gesloten op",
    "code": "code",
    "end_date": "einddatum",
    "ended_on": "beëindigd op",
    "granting_board_id": "gegeven door",
    "handed_out_at": "uitgegeven op",
    "is_active": "actief",
    "kind": "soort",
    "locations": "vestigingen",
    "missing_since": "niet in de lijst sinds",
    "name": "naam",
    "number": "nummer",
    "oa_id": "RIO-nummer",
    "opened_on": "geopend op",
    "role": "rol",
    "routing_id": "routeringskenmerk",
    "school_id": "school",
    "sector": "sector",
    "service_id": "dienst",
    "signed_on": "getekend op",
    "start_date": "startdatum",
    "system_id": "systeem",
    "text": "tekst",
    "url": "adres",
}
_LEFT_OUT = frozenset({"id", "uuid", "mandate_id", "service_version_id", "user_id"})
_OF_MANDATE = frozenset({"school_id", "board_id", "service_id", "system_id"})
_ACTORS = {"administrator": "OSR-beheerder", "support": "Kennisnet support", "supplier": "leverancier"}


class Difference(NamedTuple):
    """What a change made of one column, in words; of a new row `before` is None."""

    name: str
    before: str | None
    after: str

    def __str__(self) -> str:
        return f"{self.name}: {self.after}" if self.before is None else f"{self.name}: {self.before} -> {self.after}"


class Story:
    """Tells changes: journal entries, or what a rehearsal says would happen.

    The boards, schools, services and systems that they name are read once for all of them, and no others.
    """

    def __init__(self, changes: Iterable[Any]) -> None:
        self.changes = list(changes)

    @cached_property
    def boards(self) -> dict[int, str]:
        """What each board is called."""
        return self._names(Board, "number", "board_id", "granting_board_id")

    @cached_property
    def schools(self) -> dict[int, str]:
        """What each school is called."""
        return self._names(School, "brin", "school_id")

    @cached_property
    def services(self) -> dict[int, str]:
        """What each service is called."""
        return self._names(Service, "code", "service_id")

    @cached_property
    def systems(self) -> dict[int, str]:
        """What each system is called."""
        return self._names(System, "name", "system_id")

    def _names(self, model, field: str, *columns: str) -> dict[int, str]:
        return dict(model.objects.filter(pk__in=self.named(*columns)).values_list("pk", field))

    def named(self, *columns: str) -> set:
        """What the rows have in these columns, before or after."""
        rows = [row for change in self.changes for row in (change.before, change.after) if row]
        return {row[column] for row in rows for column in columns if row.get(column) is not None}

    def tell(self) -> Iterator[str]:
        """Lines for each of the entries."""
        for entry in self.changes:
            yield f"{moment_in_words(entry.moment)}  {what(entry)}: {self.subject(entry)}"
            yield f"    door {who(entry)}; transactie {entry.transaction_id}"
            yield from (f"    {difference}" for difference in self.differences(entry))

    def subject(self, change: Any) -> str:
        """What a change is about."""
        row = change.after
        if change.subject_kind == "mandate":
            holder = self.schools.get(row["school_id"]) or f"bestuur {self.boards.get(row['board_id'])}"
            service, system = self.services.get(row["service_id"]), self.systems.get(row["system_id"])
            return f"{holder}, {service}, {system} ({change.subject_key})"
        if change.subject_kind == "case":
            return f"{self.schools.get(row['school_id'])}, {Case.Kind(row['kind']).label}"
        return change.subject_key

    def differences(self, change: Any) -> Iterator[Difference]:
        """What differs, column by column; of a new row what it has."""
        before, after = change.before, change.after
        for column in sorted(after.keys() - self.left_out(change), key=_place):
            if before is not None and before.get(column) != after[column]:
                yield Difference(name_of(column), self.in_words(column, before), self.in_words(column, after))
            elif before is None and not self.goes_without_saying(column, after):
                yield Difference(name_of(column), None, self.in_words(column, after))

    def left_out(self, change: Any) -> frozenset[str]:
        """The columns that say nothing to a person, or are said otherwise."""
        return _LEFT_OUT | (_OF_MANDATE if change.subject_kind == "mandate" else frozenset())

    def goes_without_saying(self, column: str, row: dict) -> bool:
        """Whether a new row is told without this column."""
        return row[column] in (None, "")

    def in_words(self, column: str, row: dict) -> str:
        """What a row has in a column."""
        value = row.get(column)
        if value in (None, ""):
            return "geen"
        match column:
            case "board_id" | "granting_board_id":
                return self.boards.get(value, str(value))
            case "school_id":
                return self.schools.get(value, str(value))
            case "service_id":
                return self.services.get(value, str(value))
            case "system_id":
                return self.systems.get(value, str(value))
            case "sector":
                return str(Sector(value).label)
            case "role":
                return str(Membership.Role(value).label)
        if isinstance(value, bool):
            return "ja" if value else "nee"
        if isinstance(value, list):
            return ", ".join(map(str, value))
        if column.endswith(("_date", "_on", "_since")) or column == "deadline":
            return day_in_words(date.fromisoformat(value))
        return str(value)


def name_of(column: str) -> str:
    """What a column is called."""
    return _COLUMNS.get(column, column)


def _place(column: str) -> tuple[int, str]:
    """Where a column is told: the days last, the first one first."""
    return {"start_date": 1, "end_date": 2}.get(column, 0), column


def moment_in_words(moment: datetime) -> str:
    """A moment as it was in Amsterdam: 22 november 2026 10:31."""
    return date_format(timezone.localtime(moment), "j F Y H:i")


def what(change: Any) -> str:
    """What happened: mandaat ingetrokken."""
    kind, _, done = change.type.partition(".")
    return f"{_KINDS[kind]} {_DONE[done]}" if kind in _KINDS and done in _DONE else change.type


def who(entry: Entry) -> str:
    """Who did it, in which role and why."""
    actor = entry.actor
    role = _ACTORS.get(actor["kind"])
    if role and actor.get("board_number"):
        role += f", namens bestuur {actor['board_number']}"
    reason = f", met als reden: {entry.reason}" if entry.reason else ""
    return actor["name"] + (f" ({role})" if role else "") + reason
