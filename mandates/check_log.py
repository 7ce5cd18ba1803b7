"""The log of checks is partitioned by month (D17): this makes partitions ahead and drops those past their time."""

from datetime import date

from django.db import connection

MONTHS_AHEAD = 12


def _month(day: date, later: int) -> date:
    """The first day of the month that lies `later` months after (negative: before) that of `day`."""
    months = day.year * 12 + day.month - 1 + later
    return date(months // 12, months % 12 + 1, 1)


def make_partitions(day: date) -> None:
    """See to it that the month of `day` and the `MONTHS_AHEAD` after it have their partition.

    A check is never refused for want of a partition: a default one takes what falls outside. A month of which the
    default already holds checks stays there.
    """
    with connection.cursor() as cursor:
        for later in range(MONTHS_AHEAD + 1):
            cursor.execute("SELECT mandates_make_check_partition(%s)", [_month(day, later)])


def drop_partitions(day: date, *, months: int) -> list[str]:
    """Drop the partitions that lie more than `months` whole months before that of `day`; returns their names.

    The database keeps the last year whatever is asked.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT mandates_drop_check_partitions(%s)", [_month(day, -months)])
        return [name for (name,) in cursor.fetchall()]
