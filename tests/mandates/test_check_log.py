"""The log of checks is partitioned by month and kept as long as the setting says (D17)."""

from datetime import date

import pytest
from django.db import connection

from journal.clock import today
from mandates.check_log import MONTHS_AHEAD, drop_partitions, make_partitions
from mandates.models import Check
from mandates.tasks import keep_check_log

pytestmark = pytest.mark.django_db


def partitions() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'mandates_check'::regclass")
        return {name for (name,) in cursor.fetchall()}


def record_check(moment: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO mandates_check SELECT uuidv7(), %s, '', NULL, '', '', '', '', '', now(), true, NULL", [moment]
        )


def test_there_are_partitions_for_the_months_to_come():
    assert len(partitions()) == 1 + 1 + MONTHS_AHEAD
    assert f"mandates_check_{today():%Y_%m}" in partitions()


def test_making_partitions_twice_changes_nothing():
    before = partitions()

    make_partitions(today())

    assert partitions() == before


def test_a_year_end_is_crossed():
    make_partitions(date(2031, 12, 31))

    assert {"mandates_check_2031_12", "mandates_check_2032_01"} <= partitions()


def test_a_check_in_a_month_without_partition_is_recorded_all_the_same():
    """D17"""
    record_check("2040-05-05 12:00 UTC")

    make_partitions(date(2040, 5, 1))

    assert Check.objects.count() == 1
    assert "mandates_check_2040_06" in partitions()


def test_partitions_past_their_time_are_dropped_and_no_others():
    make_partitions(date(2020, 1, 1))
    record_check("2020-03-31 23:59 UTC")
    record_check("2020-04-01 00:00 UTC")

    dropped = drop_partitions(date(2022, 4, 15), months=24)

    assert sorted(dropped) == ["mandates_check_2020_01", "mandates_check_2020_02", "mandates_check_2020_03"]
    assert Check.objects.count() == 1


def test_the_last_year_is_kept_whatever_is_asked():
    """D17: also when the database is asked past the setting."""
    assert drop_partitions(date(2999, 1, 1), months=0) == []
    assert f"mandates_check_{today():%Y_%m}" in partitions()


def test_the_nightly_task_makes_and_drops():
    make_partitions(date(2020, 1, 1))

    keep_check_log()

    assert not any("2020" in name for name in partitions())
    assert f"mandates_check_{today():%Y_%m}" in partitions()
