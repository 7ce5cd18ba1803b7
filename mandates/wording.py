"""How the register says things in Dutch."""

from collections.abc import Collection
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format

from journal.acts import ActorKind
from mandates.models import Mandate
from services.wording import day_in_words

__all__ = ["are_many", "day_in_words", "exact_moment_in_words", "last_change", "only_for"]

# So many codes can be read in a sentence.
_MOST_CODES = 3


def exact_moment_in_words(moment: datetime) -> str:
    """A moment as it was in Amsterdam, to the second: 22 november 2026 10:31:07."""
    return date_format(timezone.localtime(moment), "j F Y H:i:s")


def only_for(locations: Collection[str]) -> str:
    """To which locations (BRIN6) something is limited: a few by their codes, many by how many they are (D3)."""
    if are_many(locations):
        return f"alleen voor {len(locations)} vestigingen"
    codes = sorted(locations)
    return f"alleen voor vestiging{'en' if len(codes) > 1 else ''} {', '.join(codes)}"


def are_many(locations: Collection[str]) -> bool:
    """Whether there are too many of them to read their codes in a sentence: then they stand apart."""
    return len(locations) > _MOST_CODES


def last_change(mandate: Mandate) -> str:
    """Who did what to the mandate last, and when, as a sentence for its board."""
    entry = mandate.entry
    who = "Kennisnet support" if entry.actor["kind"] == ActorKind.SUPPORT else entry.actor["name"]
    did = {"mandate.revoked": "ingetrokken", "mandate.cancelled": "geannuleerd"}.get(entry.type, "gewijzigd")
    when = date_format(timezone.localtime(entry.moment), r"j F Y \o\m H.i \u\u\r")
    return f"{who} heeft dit mandaat op {when} {did}."
