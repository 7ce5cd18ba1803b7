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
            month, next_month = _month(day, later), _month(day, later + 1)
            cursor.execute(
                "SELECT EXISTS (SELECT FROM mandates_check_default WHERE checked_at >= %s AND checked_at < %s)",
                [month, next_month],
            )
            if cursor.fetchone() == (True,):
                continue
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS mandates_check_{month:%Y_%m} PARTITION OF mandates_check "
                f"FOR VALUES FROM ('{month} UTC') TO ('{next_month} UTC')"
            )


def drop_partitions(day: date, *, months: int) -> list[str]:
    """Drop the partitions that lie more than `months` whole months before that of `day`; returns their names."""
    oldest_kept = f"mandates_check_{_month(day, -months):%Y_%m}"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'mandates_check'::regclass "
            "AND inhrelid::regclass::text ~ '^mandates_check_[0-9]{4}_[0-9]{2}$' AND inhrelid::regclass::text < %s",
            [oldest_kept],
        )
        names = [name for (name,) in cursor.fetchall()]
        for name in names:
            cursor.execute(f"DROP TABLE {name}")
    return names
