"""How the register says things in Dutch."""

from datetime import date
from functools import lru_cache

from django.utils.formats import date_format


# A preview of thousands of rows says the same few days over and over.
@lru_cache(maxsize=1_000)
def day_in_words(day: date) -> str:
    """A day as the screens show it: 1 december 2026."""
    return date_format(day, "j F Y")
