"""How the register says things in Dutch."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format

from services.wording import day_in_words

__all__ = ["day_in_words", "exact_moment_in_words"]


def exact_moment_in_words(moment: datetime) -> str:
    """A moment as it was in Amsterdam, to the second: 22 november 2026 10:31:07."""
    return date_format(timezone.localtime(moment), "j F Y H:i:s")
