"""Journal entries told in Dutch: when, who, why, and what it was before and after."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import Membership
from journal.models import Entry
from mandates.wording import day_in_words
from schools.models import Board, Case, School, Sector
from services.models import Service, SupplierGroup, System

_KINDS = {
    "agreement": "overeenkomst",
    "api_key": "API-sleutel",
    "board": "bestuur",
    "case": "zaak",
    "document": "document",
    "endpoint": "afleveradres",
    "kind": "soort overeenkomst",
    "let_end": "mandaat van het vorige bestuur",
    "list_import": "import van DUO",
    "location": "vestiging",
    "mandate": "mandaat",
    "membership": "rol",
    "offer": "aanbod van een overeenkomst",
    "qualification": "kwalificatie",
    "qualification_test": "kwalificatietest",
    "routing_id": "routeringskenmerk",
    "school": "school",
    "service": "dienst",
    "service_version": "dienstversie",
    "succession_offer": "aanbod van opvolging",
    "supplier": "leverancier",
    "supplier_group": "leveranciersgroep",
    "system": "systeem",
    "template": "tekst van een overeenkomst",
}
_DONE = {
    "added": "toegevoegd",
    "applied": "toegepast",
    "agreement_ended": "beëindigd, want de overeenkomst eindigt",
    "cancelled": "geannuleerd",
    "changed": "gewijzigd",
    "closed": "gesloten",
    "connected": "aangesloten",
    "decided": "gelaten zoals het was: het loopt af",
    "declined": "geweigerd",
    "drafted": "begonnen",
    "copied": "gekopieerd van een andere school",
    "disconnected": "afgesloten",
    "dropped": "niet gedaan",
    "ended": "beëindigd",
    "gave_way": "maakt plaats voor het afleveradres van een ander systeem",
    "given": "gegeven",
    "grace_started": "loopt af, want de school ging naar een ander bestuur",
    "granted": "gegeven",
    "handed_out": "uitgegeven",
    "issued": "uitgegeven",
    "kept": "bewaard",
    "looked_at": "bekeken",
    "missing": "niet meer in de lijst van DUO",
    "moved": "naar een ander bestuur",
    "offered": "verstuurd",
    "opened": "geopend",
    "prepared": "klaargezet",
    "refused": "geweigerd",
    "published": "gepubliceerd",
    "recorded": "vastgelegd",
    "registered": "geregistreerd",
    "reminded": "opnieuw onder de aandacht gebracht",
    "renamed": "hernoemd",
    "replaced": "vervangen",
    "resumed": "hervat",
    "requested": "aangevraagd",
    "returned": "terug in de lijst van DUO",
    "revoked": "ingetrokken",
    "settled": "afgehandeld",
    "signed": "getekend",
    "succession_set": "opvolger vastgelegd",
    "superseded": "vervangen door een nieuwe",
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
    "agreement_kind": "overeenkomst naast OSR",
    "annex_categories": "categorieën persoonsgegevens",
    "annex_service": "wat de dienst doet",
    "body": "tekst",
    "changes": "wat er verandert",
    "connected_on": "aangesloten op",
    "deadline": "regelen vóór",
    "declined_reason": "reden van de weigering",
    "description": "beschrijving",
    "code": "code",
    "end_date": "einddatum",
    "ended_on": "beëindigd op",
    "expires_at": "werkt tot",
    "granting_board_id": "gegeven door",
    "group_id": "groep",
    "handed_out_at": "uitgegeven op",
    "is_active": "actief",
    "kind": "soort",
    "level": "mandaat per",
    "locations": "vestigingen",
    "looked_at": "bekeken op",
    "missing_since": "niet in de lijst sinds",
    "name": "naam",
    "namespace": "namespace",
    "number": "nummer",
    "offered_on": "verstuurd op",
    "on_paper": "op papier",
    "oa_id": "RIO-nummer",
    "opened_on": "geopend op",
    "passed": "geslaagd",
    "published_on": "gepubliceerd op",
    "qualified_on": "gekwalificeerd op",
    "reminded_on": "opnieuw onder de aandacht op",
    "requested_by_name": "aangevraagd door",
    "requested_on": "aangevraagd op",
    "respond_by": "antwoord gevraagd tot en met",
    "revoked_at": "ingetrokken op",
    "role": "rol",
    "roles": "nodig is een",
    "routing_id": "routeringskenmerk",
    "school_id": "school",
    "sector": "sector",
    "service_id": "dienst",
    "signatory_email": "e-mailadres",
    "signatory_function": "functie",
    "signatory_name": "tekenbevoegde",
    "signed_on": "getekend op",
    "start_date": "startdatum",
    "starts_on": "nieuwe mandaten vanaf",
    "status": "stand",
    "successor_id": "opvolger",
    "system_id": "systeem",
    "takes_endpoints": "afleveradressen",
    "tested_by": "afgenomen door",
    "tested_on": "getest op",
    "text": "tekst",
    "title": "titel",
    "until": "tot en met",
    "url": "adres",
    "version": "versie",
    "withdrawn_on": "ingetrokken per",
    "withdrawn_reason": "reden van het intrekken",
}
_LEFT_OUT = frozenset({"id", "uuid", "mandate_id", "service_version_id", "user_id"})
# Which rows it points to; how an offer stands is what happened to it.
_OF_AGREEMENT = frozenset(
    {"agreement_id", "document_id", "made_on", "signed_by_id", "status", "supersedes_id", "template_id"}
)
_OF_MANDATE = frozenset({"school_id", "board_id", "service_id", "system_id"})
_ACTORS = {
    "administrator": "OSR-beheerder",
    "signatory": "tekenbevoegde",
    "support": "Kennisnet support",
    "supplier": "leverancier",
}


class Difference(NamedTuple):
    """What a change made of one column, in words; of a new row `before` is None."""

    name: str
    before: str | None
    after: str
    # The codes that `after` names: a page folds them when they are many.
    locations: Sequence[str] = ()

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
        return self._names(Service, "code", "service_id", "successor_id")

    @cached_property
    def systems(self) -> dict[int, str]:
        """What each system is called."""
        return self._names(System, "name", "system_id")

    @cached_property
    def groups(self) -> dict[int, str]:
        """What each supplier group is called."""
        return self._names(SupplierGroup, "name", "group_id")

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
        if change.subject_kind in ("qualification", "qualification_test"):
            return f"{self.systems.get(row['system_id'])}, {self.services.get(row['service_id'])}"
        if change.subject_kind == "succession_offer":
            return f"{self.services.get(row['service_id'])} wordt {self.services.get(row['successor_id'])}"
        if change.subject_kind in ("supplier", "system", "api_key"):
            return f"{row['name']} ({change.subject_key})"
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
                locations = after[column] if column == "locations" else ()
                yield Difference(name_of(column), None, self.in_words(column, after), locations)

    def left_out(self, change: Any) -> frozenset[str]:
        """The columns that say nothing to a person, or are said otherwise."""
        match change.subject_kind:
            case "mandate":
                return _LEFT_OUT | _OF_MANDATE
            case "agreement" | "offer" | "document":
                return _LEFT_OUT | _OF_AGREEMENT
            case "case":
                return _LEFT_OUT | {"kind", "school_id"}
            case "qualification" | "qualification_test" | "succession_offer":
                return _LEFT_OUT | {"service_id", "successor_id", "system_id"}
            case "system":
                return _LEFT_OUT | {"supplier_id"}
            case "let_end":
                return _LEFT_OUT | {"board_id"}
        return _LEFT_OUT

    def goes_without_saying(self, column: str, row: dict) -> bool:
        """Whether a new row is told without this column."""
        return row[column] in (None, "") or (column == "on_paper" and not row[column])

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
            case "group_id":
                return self.groups.get(value, str(value))
            case "level":
                return str(Service.Level(value).label)
            case "service_id" | "successor_id":
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
        if column.endswith(("_date", "_on", "_since")) or column in ("deadline", "respond_by", "until"):
            return day_in_words(date.fromisoformat(value))
        if column.endswith("_at"):
            return moment_in_words(datetime.fromisoformat(value))
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
