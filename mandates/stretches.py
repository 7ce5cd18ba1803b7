"""Lists that grow for ever, read a stretch at a time: nothing is counted, and no stretch is slower than the first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

PER_STRETCH = 25
# In an address: the rows older than this place in the list, or the nearest ones that are newer.
OLDER_THAN, NEWER_THAN = "voor", "na"


@dataclass(frozen=True)
class Place:
    """Where a stretch begins: just after a row of the list, on the side of the older or of the newer ones."""

    key: Any
    is_older: bool


@dataclass(frozen=True)
class Stretch:
    """Some rows, the newest first, and the places from which there is more; None where the list ends."""

    rows: list
    newer: Any
    older: Any


def place_in(asked: Mapping[str, str], read) -> Place | None:
    """The place that an address asks for, `read` making a key of its text; None for the newest rows.

    `read` raises `ValueError` for what is no key: that counts for nothing.
    """
    for name, is_older in ((OLDER_THAN, True), (NEWER_THAN, False)):
        try:
            return Place(read(asked[name]), is_older)
        except (KeyError, ValueError):
            continue
    return None


def stretch_of(queryset: QuerySet, key: str, place: Place | None, key_of) -> Stretch:
    """The rows of `queryset` around `place`. `key` is what it is ordered by, `key_of` gives that of a row."""
    if place is None or place.is_older:
        rows = queryset if place is None else queryset.filter(**{f"{key}__lt": place.key})
        found = list(rows.order_by(f"-{key}")[: PER_STRETCH + 1])
        shown = found[:PER_STRETCH]
        has_older, has_newer = len(found) > PER_STRETCH, place is not None
    else:
        found = list(queryset.filter(**{f"{key}__gt": place.key}).order_by(key)[: PER_STRETCH + 1])
        shown = found[PER_STRETCH - 1 :: -1] if len(found) > PER_STRETCH else found[::-1]
        has_older, has_newer = True, len(found) > PER_STRETCH
    return Stretch(
        rows=shown,
        newer=key_of(shown[0]) if shown and has_newer else None,
        older=key_of(shown[-1]) if shown and has_older else None,
    )
