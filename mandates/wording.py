"""How the register says things in Dutch."""

from datetime import date

from django.utils.formats import date_format


def day_in_words(day: date) -> str:
    """A day as the screens show it: 1 december 2026."""
    return date_format(day, "j F Y")
