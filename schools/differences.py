"""What an import would change, or has changed, as values that can be shown, compared and confirmed."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import orjson

from journal.models import Entry
from schools.models import Board


class Subject(StrEnum):
    """What differs."""

    SCHOOL = "school"
    LOCATION = "location"
    BOARD = "board"


class Kind(StrEnum):
    """How it differs. A school that moved may have changed and returned as well."""

    NEW = "new"
    CHANGED = "changed"
    MOVED = "moved"
    GONE = "gone"
    RETURNED = "returned"


# What is known of a board, school or location: `name`, `city`, `sector`, `board` (a number), `missing_since`.
type Facts = dict[str, str | date | None]


@dataclass(frozen=True, slots=True)
class Difference:
    """One board, school or location that an import changes.

    `key` is its number, BRIN or BRIN6; `name` and `city` are what it is called afterwards. `before` and `after` hold
    the facts that change; of what is new `before` is empty.
    """

    subject: Subject
    kind: Kind
    key: str
    name: str
    city: str
    before: Facts
    after: Facts


def difference(subject: Subject, kind: Kind, key: str, before: Facts, after: Facts) -> Difference:
    """What makes of `before` what `after` says; both hold all facts, and `before` none of what is new."""
    return Difference(
        subject=subject,
        kind=kind,
        key=key,
        name=str(after["name"]),
        city=str(after.get("city", "")),
        before={fact: value for fact, value in before.items() if after[fact] != value},
        after={fact: value for fact, value in after.items() if value != before.get(fact)},
    )


def fingerprint(differences: Iterable[Difference], day: date) -> str:
    """The SHA-256 of what would change on `day`: two previews have the same one only when they say the same."""
    return hashlib.sha256(orjson.dumps([day, *differences])).hexdigest()


_KINDS = {
    "added": Kind.NEW,
    "changed": Kind.CHANGED,
    "moved": Kind.MOVED,
    "missing": Kind.GONE,
    "returned": Kind.RETURNED,
}


def differences_made(transaction_number: int) -> list[Difference]:
    """What the import of this transaction changed, as the journal tells it."""
    entries = list(
        Entry.objects.filter(transaction_id=transaction_number, subject_kind__in=list(Subject)).order_by("id")
    )
    ids = {row["board_id"] for entry in entries for row in (entry.before, entry.after) if row and "board_id" in row}
    numbers = dict(Board.objects.filter(pk__in=ids).values_list("pk", "number"))
    return [
        difference(
            Subject(entry.subject_kind),
            _KINDS[entry.type.partition(".")[2]],
            entry.subject_key,
            _facts(entry.before, numbers),
            _facts(entry.after, numbers),
        )
        for entry in entries
    ]


def _facts(row: dict | None, numbers: dict[int, str]) -> Facts:
    """The facts of a board, school or location as the journal keeps it."""
    if row is None:
        return {}
    facts = {fact: row[fact] for fact in ("name", "city", "sector") if fact in row}
    if "board_id" in row:
        facts["board"] = numbers[row["board_id"]]
    if "missing_since" in row:
        facts["missing_since"] = row["missing_since"] and date.fromisoformat(row["missing_since"])
    return facts
