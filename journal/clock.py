"""The register's one clock: days in Europe/Amsterdam, moments in UTC (domain.md section 4)."""

from datetime import date

from django.utils import timezone


def today() -> date:
    """The current day in Europe/Amsterdam."""
    return timezone.localdate()
