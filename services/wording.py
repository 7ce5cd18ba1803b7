"""How the register says moments in Dutch."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format


def moment_in_words(moment: datetime) -> str:
    """A moment as it is in Amsterdam: 22 november 2026 10:31."""
    return date_format(timezone.localtime(moment), "j F Y H:i")
