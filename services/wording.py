"""How the register says days and moments in Dutch."""

from datetime import date, datetime
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format


# A preview of thousands of rows says the same few days over and over.
@lru_cache(maxsize=1_000)
def day_in_words(day: date) -> str:
    """A day as the screens show it: 1 december 2026."""
    return date_format(day, "j F Y")


def moment_in_words(moment: datetime) -> str:
    """A moment as it is in Amsterdam: 22 november 2026 10:31."""
    return date_format(timezone.localtime(moment), "j F Y H:i")
