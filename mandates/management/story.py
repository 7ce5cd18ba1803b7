"""Journal entries told in Dutch: when, who, why, and what it was before and after."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from journal.models import Entry
from mandates.wording import day_in_words
from schools.models import Board, Case, School
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
    "board_id": "bestuur",
    "brin": "BRIN",
    "city": "plaats",
    "closed_on": "gesloten op",
    "code": "code",
    "end_date": "einddatum",
    "ended_on": "beëindigd op",
    "granting_board_id": "gegeven door",
    "handed_out_at": "uitgegeven op",
    "kind": "soort",
    "locations": "vestigingen",
    "missing_since": "niet in de lijst sinds",
    "name": "naam",
    "number": "nummer",
    "opened_on": "geopend op",
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
# Say nothing to a person, or are said otherwise.
_LEFT_OUT = {"id", "uuid", "mandate_id", "service_version_id", "user_id"}
_OF_MANDATE = {"school_id", "board_id", "service_id", "system_id"}
_ACTORS = {"administrator": "OSR-beheerder", "support": "Kennisnet support", "supplier": "leverancier"}


class Story:
    """Tells entries; boards, schools, services and systems are read once for all of them."""

    @cached_property
    def _boards(self) -> dict[int, str]:
        return dict(Board.objects.values_list("pk", "number"))

    @cached_property
    def _services(self) -> dict[int, str]:
        return dict(Service.objects.values_list("pk", "code"))

    @cached_property
    def _systems(self) -> dict[int, str]:
        return dict(System.objects.values_list("pk", "name"))

    @cached_property
    def _schools(self) -> dict[int, str]:
        return dict(School.objects.values_list("pk", "brin"))

    def tell(self, entries: Iterable[Entry]) -> Iterator[str]:
        """Lines for each of the entries."""
        for entry in entries:
            yield f"{moment_in_words(entry.moment)}  {what(entry)}: {self.subject(entry.subject_key, entry)}"
            yield f"    door {who(entry)}; transactie {entry.transaction_id}"
            yield from (f"    {line}" for line in self.differences(entry))

    def subject(self, key: str, change: Any) -> str:
        """What a change is about, `change` having a `subject_kind` and the row `after` it."""
        row = change.after
        if change.subject_kind == "mandate":
            holder = self._schools.get(row["school_id"]) or f"bestuur {self._boards.get(row['board_id'])}"
            return f"{holder}, {self._services.get(row['service_id'])}, {self._systems.get(row['system_id'])} ({key})"
        if change.subject_kind == "case":
            return f"{self._schools.get(row['school_id'])}, {Case.Kind(row['kind']).label}"
        return key

    def differences(self, change: Any) -> Iterator[str]:
        """What differs, a column per line; of a new row what it has."""
        before, after = change.before or {}, change.after
        left_out = _LEFT_OUT | (_OF_MANDATE if change.subject_kind == "mandate" else set())
        for column in sorted(after.keys() - left_out):
            old, new = before.get(column), after[column]
            if old == new or (change.before is None and new in (None, "")):
                continue
            name = _COLUMNS.get(column, column)
            if change.before is None:
                yield f"{name}: {self._value(column, new)}"
            else:
                yield f"{name}: {self._value(column, old)} -> {self._value(column, new)}"

    def _value(self, column: str, value: Any) -> str:
        names = {
            "board_id": self._boards,
            "granting_board_id": self._boards,
            "school_id": self._schools,
            "service_id": self._services,
            "system_id": self._systems,
        }.get(column)
        if value in (None, ""):
            return "geen"
        if names is not None:
            return names.get(value, str(value))
        if isinstance(value, bool):
            return "ja" if value else "nee"
        if isinstance(value, list):
            return ", ".join(map(str, value))
        if column.endswith(("_date", "_on", "_since")) or column == "deadline":
            return day_in_words(date.fromisoformat(value))
        return str(value)


def moment_in_words(moment: datetime) -> str:
    """A moment as it was in Amsterdam: 22 november 2026 10:31."""
    return date_format(timezone.localtime(moment), "j F Y H:i")


def what(entry: Any) -> str:
    """What happened: mandaat ingetrokken."""
    kind, _, done = entry.type.partition(".")
    return f"{_KINDS[kind]} {_DONE[done]}" if kind in _KINDS and done in _DONE else entry.type


def who(entry: Entry) -> str:
    """Who did it, in which role and why."""
    actor = entry.actor
    role = _ACTORS.get(actor["kind"])
    if role and actor.get("board_number"):
        role += f", namens bestuur {actor['board_number']}"
    reason = f", met als reden: {entry.reason}" if entry.reason else ""
    return actor["name"] + (f" ({role})" if role else "") + reason
