"""Any past answer can be explained: valid on day d, as the register stood at moment t (D15)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from journal.acts import act, register
from journal.as_of import register_as_of
from journal.clock import today
from mandates.actions import ChangeEnd, confirm, grant_mandates, preview, revoke_mandate
from mandates.as_of import valid_on
from schools.models import School
from tests import factories as make

DAY = timedelta(days=1)


def now():
    """The database's clock: entries carry its moments."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


@pytest.fixture
def history(regenboog):
    """Give, shorten and revoke a mandate; the moments before and after each."""
    moments = [now()]
    (mandate,) = grant_mandates(
        actor=regenboog.anke, school=regenboog.school, choices=[regenboog.rio_by_las()], start_date=today()
    )
    moments.append(now())
    shorten = ChangeEnd(mandates=(mandate.uuid,), end_date=today() + 5 * DAY)
    confirm(preview(shorten, actor=regenboog.anke), actor=regenboog.anke)
    moments.append(now())
    revoke_mandate(actor=regenboog.anke, mandate=mandate)
    moments.append(now())
    return moments


def answers(day, moments, service: str = "RIO") -> list[bool]:
    return [bool(valid_on(day, as_of=moment, brin="99AA", service_code=service)) for moment in moments]


def test_the_answer_of_each_moment_can_be_given_again(history):
    """D15"""
    assert answers(today(), history) == [False, True, True, False]
    assert answers(today() + 10 * DAY, history) == [False, True, False, False]
    assert answers(today() - DAY, history) == [False, False, False, False]


def test_it_tells_which_mandate_it_was_with_its_dates_of_then(history):
    """D15"""
    (then,) = valid_on(today(), as_of=history[2], brin="99AA", service_code="RIO")

    assert (then.system, then.supplier_oin) == ("Leerspoor", "00000099000000000001")
    assert (then.start_date, then.end_date) == (today(), today() + 5 * DAY)


def test_a_board_level_mandate_is_found_through_the_board_of_then(regenboog):
    """D1, D15, D20"""
    before = now()
    make.MandateFactory(
        school=None, board=regenboog.board, service=regenboog.bst, system=regenboog.las, start_date=today()
    )
    given = now()
    with act("school.moved", actor=register("import")):
        School.objects.filter(brin="99AA").update(board=make.BoardFactory(number="99002"))

    assert answers(today() + 60 * DAY, [before, given, now()], "BST") == [False, True, False]


def test_unknown_schools_and_services_have_no_answer(regenboog):
    assert valid_on(today(), as_of=timezone.now(), brin="99ZZ", service_code="RIO") == []
    assert valid_on(today(), as_of=timezone.now(), brin="99AA", service_code="NIETS") == []


def test_the_whole_register_can_be_read_as_it_stood(regenboog, history):
    """D15"""
    snapshots = [register_as_of(moment) for moment in history]

    assert [len(snapshot.get("mandate", {})) for snapshot in snapshots] == [0, 1, 1, 1]
    ends = [next(iter(snapshot["mandate"].values()))["end_date"] for snapshot in snapshots[1:]]
    assert ends == [None, (today() + 5 * DAY).isoformat(), (today() - DAY).isoformat()]
    assert snapshots[0]["school"]["99AA"]["name"] == "De Regenboog"
    assert "token" not in next(iter(snapshots[1]["mandate"].values()))
