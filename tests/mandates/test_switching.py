"""Switching from one system to another: no gap, no overlap (D12, D2, D3, D19)."""

from datetime import timedelta

import pytest

from journal.acts import Refused, register
from journal.clock import today
from journal.models import Entry
from mandates.actions import Choice, Outcome, RegisterChanged, Switch, confirm, grant_mandates, preview, revoke_mandate
from mandates.checks import Caller, check_mandate
from mandates.models import Mandate
from mandates.wording import day_in_words
from schools.actions import close_school
from services.keys import digest_of
from tests import factories as make

DAY = timedelta(days=1)
SWITCH_DAY = today() + 10 * DAY


@pytest.fixture
def running(regenboog) -> Mandate:
    return make.MandateFactory(
        school=regenboog.school, service=regenboog.rio, system=regenboog.las, start_date=today() - 100 * DAY
    )


def switch(**different) -> Switch:
    given = {"schools": ("99AA",), "services": ("RIO",), "old": "Leerspoor", "new": "Klasboek", "day": SWITCH_DAY}
    return Switch(**given | different)


def mandated(regenboog, day) -> set[str]:
    """The systems for which a check about De Regenboog and RIO says yes on `day`."""
    caller = Caller(key_digest=digest_of(regenboog.TEST_KEY), certificate_oin=None)
    return {
        system.name
        for system in (regenboog.las, regenboog.other_las)
        if check_mandate(
            caller, school_oin=regenboog.school.oin, supplier_oin=system.supplier.oin, day=day, service_code="RIO"
        ).mandated
    }


def test_the_old_system_ends_the_day_before_and_the_new_begins_on_the_day(regenboog, running):
    """D12"""
    found = preview(switch(), actor=regenboog.anke)
    assert [row.outcome for row in found.rows] == [Outcome.SWITCHED]

    (new,) = confirm(found, actor=regenboog.anke)

    running.refresh_from_db()
    assert running.end_date == SWITCH_DAY - DAY
    assert (new.system, new.start_date, new.end_date) == (regenboog.other_las, SWITCH_DAY, None)
    assert new.token != running.token


def test_on_each_day_exactly_one_of_the_two_is_mandated(regenboog, running):
    """D12"""
    confirm(preview(switch(), actor=regenboog.anke), actor=regenboog.anke)

    days = [SWITCH_DAY + offset * DAY for offset in range(-3, 4)]
    assert [mandated(regenboog, day) for day in days] == [{"Leerspoor"}] * 3 + [{"Klasboek"}] * 4


def test_switching_today_works_at_once(regenboog, running):
    """D12, D9"""
    confirm(preview(switch(day=today()), actor=regenboog.anke), actor=regenboog.anke)

    assert mandated(regenboog, today()) == {"Klasboek"}
    assert mandated(regenboog, today() - DAY) == {"Leerspoor"}


def test_both_suppliers_are_told(regenboog, running):
    """D12: the journal feeds both."""
    confirm(preview(switch(), actor=regenboog.anke), actor=regenboog.anke)

    told = Entry.objects.filter(type__in=["mandate.ended", "mandate.granted"]).values_list("type", "suppliers")
    assert set(map(str, told)) == {
        "('mandate.ended', ['00000099000000000001'])",
        "('mandate.granted', ['00000099000000000002'])",
    }


def test_the_new_mandate_ends_when_the_old_would_have_and_keeps_its_locations(regenboog):
    """D3, D12"""
    make.MandateFactory(
        school=regenboog.school,
        service=regenboog.rio,
        system=regenboog.las,
        end_date=SWITCH_DAY + 30 * DAY,
        locations=["99AA01"],
    )

    (new,) = confirm(preview(switch(), actor=regenboog.anke), actor=regenboog.anke)

    assert (new.end_date, new.locations) == (SWITCH_DAY + 30 * DAY, ["99AA01"])


def test_a_mandate_that_would_begin_after_the_day_is_cancelled(regenboog, running):
    """D9, D12"""
    revoke_mandate(actor=regenboog.anke, mandate=running)
    make.MandateFactory(
        school=regenboog.school, service=regenboog.rio, system=regenboog.las, start_date=today(), end_date=SWITCH_DAY
    )
    coming = make.MandateFactory(
        school=regenboog.school, service=regenboog.rio, system=regenboog.las, start_date=SWITCH_DAY + 5 * DAY
    )

    confirm(preview(switch(), actor=regenboog.anke), actor=regenboog.anke)

    coming.refresh_from_db()
    assert coming.is_cancelled
    assert Entry.objects.about("mandate", str(coming.uuid)).last().type == "mandate.cancelled"


def test_a_board_level_service_is_switched_once_for_the_board(regenboog):
    """D1, D12"""
    make.MandateFactory(school=None, board=regenboog.board, service=regenboog.bst, system=regenboog.las)

    found = preview(switch(schools=("99AA", "99AB"), services=("BST",)), actor=regenboog.anke)

    assert [(row.holder, row.outcome) for row in found.rows] == [("99001", Outcome.SWITCHED)]
    (new,) = confirm(found, actor=regenboog.anke)
    assert new.board == regenboog.board


def test_a_school_that_has_the_new_system_already_only_loses_the_old(regenboog, running):
    """D2, D12"""
    choice = Choice(service=regenboog.rio, system=regenboog.other_las)
    grant_mandates(actor=regenboog.anke, school=regenboog.school, choices=[choice], start_date=today())

    assert confirm(preview(switch(), actor=regenboog.anke), actor=regenboog.anke) == []

    assert mandated(regenboog, SWITCH_DAY) == {"Klasboek"}


@pytest.mark.parametrize(
    ("old", "new", "outcome"),
    [
        (None, ["99AA01"], Outcome.REFUSED),
        (["99AA00", "99AA01"], ["99AA01"], Outcome.REFUSED),
        (["99AA01"], ["99AA00", "99AA01"], Outcome.SWITCHED),
        (["99AA01"], None, Outcome.SWITCHED),
    ],
)
def test_what_the_new_system_has_does_only_when_it_covers_the_same_locations(regenboog, old, new, outcome):
    """D3, D12: no location is left without a system."""
    given = {"school": regenboog.school, "service": regenboog.rio, "start_date": today() - 100 * DAY}
    make.MandateFactory(**given, system=regenboog.las, locations=old)
    make.MandateFactory(**given, system=regenboog.other_las, locations=new)

    (row,) = preview(switch(), actor=regenboog.anke).rows

    assert row.outcome == outcome
    assert row.grants == ()
    if outcome == Outcome.REFUSED:
        assert "Klasboek heeft al een mandaat, alleen voor vestiging 99AA01. Trek dat eerst in" in row.text


def in_turn(regenboog, *periods: tuple[int, int | None, list[str] | None]) -> None:
    """Mandates for Leerspoor that follow each other: first and last day, counted from today, and locations."""
    for start, end, locations in periods:
        make.MandateFactory(
            school=regenboog.school,
            service=regenboog.rio,
            system=regenboog.las,
            start_date=today() + start * DAY,
            end_date=None if end is None else today() + end * DAY,
            locations=locations,
        )


def given_by_switching(regenboog) -> list[tuple[int, int | None, list[str] | None]]:
    """What Klasboek has after the switch, in the same form."""
    new = confirm(preview(switch(), actor=regenboog.anke), actor=regenboog.anke)
    return [
        ((each.start_date - today()).days, each.end_date and (each.end_date - today()).days, each.locations)
        for each in sorted(new, key=lambda each: each.start_date)
    ]


def test_a_gap_of_the_old_system_stays_a_gap_of_the_new(regenboog):
    """D12, D16: nobody gave a mandate for the days in between."""
    in_turn(regenboog, (-100, 20, None), (40, None, None))

    assert given_by_switching(regenboog) == [(10, 20, None), (40, None, None)]
    assert mandated(regenboog, today() + 30 * DAY) == set()


def test_each_period_keeps_its_own_locations(regenboog):
    """D3, D12"""
    in_turn(regenboog, (-100, 20, None), (21, None, ["99AA01"]))

    assert given_by_switching(regenboog) == [(10, 20, None), (21, None, ["99AA01"])]


def test_periods_that_follow_each_other_alike_become_one(regenboog):
    """D12"""
    in_turn(regenboog, (-100, 20, ["99AA01"]), (21, 60, ["99AA01"]))

    assert given_by_switching(regenboog) == [(10, 60, ["99AA01"])]


def test_what_begins_after_a_break_begins_then_for_the_new_system_too(regenboog):
    """D12"""
    in_turn(regenboog, (-100, 9, None), (40, 60, None))

    assert given_by_switching(regenboog) == [(40, 60, None)]


def test_the_preview_says_until_when_and_for_what(regenboog):
    """D3, D12"""
    in_turn(regenboog, (-100, 20, ["99AA01"]))

    (row,) = preview(switch(), actor=regenboog.anke).rows

    last_day = day_in_words(today() + 20 * DAY)
    assert f"Klasboek begint op {day_in_words(SWITCH_DAY)} en eindigt op {last_day}, alleen voor vestiging 99AA01" in (
        row.text
    )


@pytest.mark.parametrize(("start", "end"), [(20, None), (0, 20)])
def test_a_switch_that_would_leave_a_gap_is_refused(regenboog, running, start, end):
    """D12: the new system has a mandate already, that begins too late or ends too early."""
    make.MandateFactory(
        school=regenboog.school,
        service=regenboog.rio,
        system=regenboog.other_las,
        start_date=today() + start * DAY,
        end_date=end and today() + end * DAY,
    )

    (row,) = preview(switch(), actor=regenboog.anke).rows

    assert row.outcome == Outcome.REFUSED
    assert "Klasboek heeft al een mandaat" in row.text


def test_a_school_without_the_old_system_is_not_switched(regenboog, running):
    (row,) = preview(switch(schools=("99AB",)), actor=regenboog.anke).rows

    assert (row.outcome, "geen mandaat voor Leerspoor" in row.text) == (Outcome.REFUSED, True)


def test_after_the_closing_day_nothing_is_switched(regenboog, running):
    """D19"""
    close_school(actor=register("test"), school=regenboog.school, closing_day=SWITCH_DAY - DAY)

    (row,) = preview(switch(), actor=regenboog.anke).rows
    assert (row.outcome, "sluit op" in row.text) == (Outcome.REFUSED, True)


@pytest.mark.parametrize(
    ("different", "kind"),
    [
        ({"new": "Leerspoor"}, "same_system"),
        ({"new": "Toetsplein"}, "not_connected"),
        ({"new": "Bestaat niet"}, "unknown_system"),
        ({"old": "Bestaat niet"}, "unknown_system"),
        ({"day": today() - DAY}, "start_in_past"),
        ({"services": ()}, "no_choice"),
        ({"services": ("NIETS",)}, "unknown_service"),
        ({"schools": ()}, "no_school"),
    ],
)
def test_what_cannot_be_is_said_in_words(regenboog, running, different, kind):
    found = preview(switch(**different), actor=regenboog.anke)

    assert kind in [problem.kind for problem in found.problems]
    with pytest.raises(Refused):
        confirm(found, actor=regenboog.anke)


def test_a_switch_is_not_confirmed_when_the_old_mandate_was_revoked_meanwhile(regenboog, running):
    """D9, D12"""
    found = preview(switch(), actor=regenboog.anke)
    revoke_mandate(actor=regenboog.anke, mandate=running)

    with pytest.raises(RegisterChanged, match="99AA, RIO, Klasboek"):
        confirm(found, actor=regenboog.anke)
    assert Mandate.objects.count() == 1
