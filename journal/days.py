"""Periods in the database: from a day up to and including a day (docs/decisions/010-last-day-inclusive.md)."""

from django.db import models


class Days(models.Func):
    """The days from the first up to and including the last (null: for ever), as a daterange."""

    template = "daterange(%(expressions)s + 1)"


class DayBefore(models.Func):
    """The day before a date."""

    template = "(%(expressions)s - 1)"
    output_field = models.DateField()
