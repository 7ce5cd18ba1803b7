"""Saying who does what and why, before changing a row (D14)."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum

import orjson
from django.db import connection, transaction


class ActorKind(StrEnum):
    ADMINISTRATOR = "administrator"  # OSR-beheerder of a board
    SIGNATORY = "signatory"  # tekenbevoegde of a board
    SUPPORT = "support"  # Kennisnet support, on a board's behalf or for the register itself
    SUPPLIER = "supplier"  # a system of a supplier, through the API
    REGISTER = "register"  # the register itself: an import, a nightly job


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts, for which board or supplier, and, for support, why (D4).

    `board_number` is the board acted for: five digits, or None for a supplier, for the register itself and for support
    acting for no board. `supplier_oin` is the supplier whose system acts. `reason` is recorded with every change and
    shown to the board.
    """

    kind: ActorKind
    name: str
    user_id: int | None = None
    board_number: str | None = None
    supplier_oin: str | None = None
    reason: str = ""


def register(name: str) -> Actor:
    """The register itself as actor; `name` says which part of it, in Dutch, as history pages show it."""
    return Actor(kind=ActorKind.REGISTER, name=name)


@dataclass(frozen=True)
class Problem:
    """One thing that stands in the way: its `kind`, for programs, and a sentence in Dutch for the person who asked."""

    kind: str
    text: str

    def __str__(self) -> str:
        return self.text


class Refused(Exception):
    """What was asked goes against a rule; nothing has changed. `problems` are all there are."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(problem.text for problem in self.problems))


@contextmanager
def act(type: str, *, actor: Actor) -> Iterator[None]:
    """Run the block as one act: every row it changes gets a journal entry of this type, by this actor.

    The block is atomic. Acts may be nested; the innermost one counts. A row of the register that is changed outside
    an act is refused by the database (`IntegrityError`).
    """
    described = orjson.dumps({"type": type, "actor": asdict(actor)}).decode()
    with transaction.atomic():
        previous = _declare(described)
        yield
        _declare(previous)


def _declare(act: str) -> str:
    """Make `act` the one the triggers read in this transaction; returns the one before it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('osr.act', true), ''), set_config('osr.act', %s, true)", [act])
        return cursor.fetchone()[0]


def transaction_number() -> int:
    """The number under which the journal keeps what this transaction changes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        return cursor.fetchone()[0]
