"""The feed: all entries in an order in which nothing can appear before what was already read (architecture.md).

Numbers are handed out before transactions commit, so by number alone a late commit would be skipped. The feed goes by
(transaction id, number) and stops before the oldest transaction that still runs.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Self

from journal.models import Entry


@dataclass(frozen=True, order=True)
class Cursor:
    """A place in the feed: just after this entry. `str()` gives the opaque text that readers keep."""

    transaction_id: int
    entry_id: int

    def __str__(self) -> str:
        return base64.urlsafe_b64encode(f"{self.transaction_id}:{self.entry_id}".encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> Self:
        """The cursor that `text` stands for; raises `ValueError` when it is none."""
        try:
            decoded = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode("ascii")
            transaction_id, entry_id = decoded.split(":")
            cursor = cls(int(transaction_id), int(entry_id))
        except (binascii.Error, UnicodeError, ValueError):
            raise ValueError("not a cursor") from None
        if str(cursor) != text:
            raise ValueError("not a cursor")
        return cursor


START = Cursor(0, 0)


@dataclass(frozen=True)
class Page:
    """Some entries, oldest first, and where to read on."""

    entries: list[Entry]
    next: Cursor


def read_feed(
    after: Cursor = START, *, limit: int = 1_000, supplier: str | None = None, board: str | None = None
) -> Page:
    """The entries after a cursor, at most `limit`; only those that concern a supplier (OIN) or board (number).

    An empty page means that there is nothing new yet; its cursor is the one to come back with.
    """
    entries = Entry.objects.settled().after(after.transaction_id, after.entry_id)
    if supplier is not None:
        entries = entries.filter(suppliers__contains=[supplier])
    if board is not None:
        entries = entries.filter(boards__contains=[board])
    found = list(entries.in_feed_order()[:limit])
    return Page(found, Cursor(found[-1].transaction_id, found[-1].pk) if found else after)
