"""Mandates follow their school: closing, moving to another board, and being taken over (D19, D20)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from journal.acts import Actor, ActorKind, Refused, act, register
from journal.clock import today
from journal.models import Entry
from mandates.actions import (
    ChangeEnd,
    Choice,
    Grant,
    Outcome,
    RegisterChanged,
    Switch,
    TakeOver,
    confirm,
    grant_mandates,
    preview,
    revoke_mandate,
    undo,
)
from mandates.checks import Caller, check_mandate
from mandates.models import Mandate
from schools.actions import close_school, settle_case
from schools.actions.cases import open_cases
from schools.models import Board, Case, School
from services.keys import digest_of
from services.models import Service
from tests import factories as make

DAY = timedelta(days=1)
GRACE_END = today() + 30 * DAY
SUPPORT = Actor(kind=ActorKind.SUPPORT, name="Sam", reason="DUO meldt sluiting")


@pytest.fixture
def mandate(regenboog):
    """Make a mandate of De Regenboog for RIO, with whatever is different; it began a month ago."""

    def mandate(**different) -> Mandate:
        given = {"school": regenboog.school, "service": regenboog.rio, "system": regenboog.las}
        return make.MandateFactory(**given | {"start_date": today() - 30 * DAY} | different)

    return mandate


@pytest.fixture
def branding(regenboog) -> Board:
    """Another board, that has what it needs to take over mandates."""
    board = make.BoardFactory(number="99002", name="Stichting De Branding")
    make.AgreementFactory(board=board, kind="OSR")
    return board


@pytest.fixture
def bas(branding) -> Actor:
    return Actor(kind=ActorKind.ADMINISTRATOR, name="Bas Bakker", board_number=branding.number)


def move(school: School, board: Board) -> None:
    with act("school.moved", actor=register("DUO-import")):
        School.objects.filter(pk=school.pk).update(board=board)


def last_entry(mandate: Mandate) -> Entry:
    return Entry.objects.about("mandate", str(mandate.uuid)).last()


def is_mandated(regenboog, day, service: Service | None = None) -> bool:
    answer = check_mandate(
        Caller(key_digest=digest_of(regenboog.TEST_KEY), certificate_oin=None),
        school_oin=regenboog.school.oin,
        supplier_oin=regenboog.las.supplier.oin,
        day=day,
        service_code=(service or regenboog.rio).code,
    )
    return answer.mandated


# --- Closing (D19) ----------------------------------------------------------------------------------------------------


def test_mandates_end_on_the_closing_day_of_their_school(regenboog, mandate):
    """D19"""
    running, ends_before = mandate(), mandate(system=regenboog.other_las, end_date=today() + DAY)
    coming = mandate(service=regenboog.test, start_date=today() + 20 * DAY)

    close_school(actor=SUPPORT, school=regenboog.school, closing_day=today() + 10 * DAY)

    for each in (running, ends_before, coming):
        each.refresh_from_db()
    assert running.end_date == today() + 10 * DAY
    assert ends_before.end_date == today() + DAY
    assert coming.is_cancelled
    assert (last_entry(running).type, last_entry(running).reason) == ("mandate.ended", "DUO meldt sluiting")
    assert last_entry(ends_before).type != "mandate.ended"


def test_a_school_that_turns_out_to_have_closed_ends_its_mandates_at_once(regenboog, mandate):
    """D19, D9: what was valid in between stays so."""
    running = mandate()

    close_school(actor=SUPPORT, school=regenboog.school, closing_day=today() - 10 * DAY)

    running.refresh_from_db()
    assert running.end_date == today() - DAY
    assert not is_mandated(regenboog, today())


def test_a_mandate_is_not_made_to_outlast_its_school(regenboog, mandate):
    """D19: not by an action, and not by raw SQL."""
    running = mandate()
    close_school(actor=SUPPORT, school=regenboog.school, closing_day=today() + 10 * DAY)

    (row,) = preview(ChangeEnd(mandates=(running.uuid,), end_date=None), actor=regenboog.anke).rows
    assert "sluit op" in row.text
    with pytest.raises(IntegrityError, match="D19"), act("mandate.changed", actor=register("test")):
        Mandate.objects.filter(pk=running.pk).update(end_date=None)
    with pytest.raises(IntegrityError, match="D19"), transaction.atomic():
        mandate(service=regenboog.test)


@pytest.mark.parametrize(
    "actor",
    [
        Actor(kind=ActorKind.ADMINISTRATOR, name="Anke", board_number="99001"),
        Actor(kind=ActorKind.SUPPORT, name="Sam", reason=" "),
    ],
)
def test_only_support_closes_a_school_and_says_why(regenboog, actor):
    """D19"""
    with pytest.raises(Refused):
        close_school(actor=actor, school=regenboog.school, closing_day=today())


def test_closing_a_school_settles_its_case(regenboog):
    """D19"""
    open_cases([("99AA", Case.Kind.GONE, "Staat niet meer in de lijst.")], actor=register("import"), day=today())

    close_school(actor=SUPPORT, school=regenboog.school, closing_day=today())

    assert not Case.objects.open().exists()


def test_a_case_is_opened_once_and_settled_once_with_a_reason(regenboog):
    """D14, D19"""
    for _ in range(2):
        open_cases([("99AA", Case.Kind.GONE, "Staat niet meer in de lijst.")], actor=register("import"), day=today())
    (case,) = Case.objects.open()

    with pytest.raises(Refused, match="Zeg kort"):
        settle_case(actor=Actor(kind=ActorKind.SUPPORT, name="Sam"), case=case)
    settle_case(actor=SUPPORT, case=case)
    with pytest.raises(Refused, match="al afgehandeld"):
        settle_case(actor=SUPPORT, case=case)


# --- Moving to another board (D20) ------------------------------------------------------------------------------------


def test_after_a_move_mandates_hold_for_the_grace_period_and_no_longer(regenboog, mandate, branding):
    """D20: nothing breaks overnight, nothing is inherited silently."""
    running, ends_before = mandate(), mandate(system=regenboog.other_las, end_date=today() + 5 * DAY)
    comes_later = mandate(service=regenboog.test, start_date=GRACE_END + DAY)

    move(regenboog.school, branding)

    for each in (running, ends_before, comes_later):
        each.refresh_from_db()
    assert (running.end_date, running.granting_board) == (GRACE_END, regenboog.board)
    assert ends_before.end_date == today() + 5 * DAY
    assert comes_later.is_cancelled
    assert is_mandated(regenboog, GRACE_END)
    assert not is_mandated(regenboog, GRACE_END + DAY)
    assert last_entry(running).type == "mandate.grace_started"
    assert set(last_entry(running).boards) == {"99001", "99002"}
    assert last_entry(running).suppliers == [regenboog.las.supplier.oin]


def test_the_old_board_no_longer_changes_the_mandates_of_a_school_that_left(regenboog, mandate, branding):
    """D4"""
    running = mandate()
    move(regenboog.school, branding)

    with pytest.raises(Refused):
        revoke_mandate(actor=regenboog.anke, mandate=running)
    with pytest.raises(Refused):
        grant_mandates(
            actor=regenboog.anke, school=regenboog.school, choices=[regenboog.rio_by_las()], start_date=GRACE_END + DAY
        )


def test_the_new_board_does_not_make_anothers_mandate_last(regenboog, mandate, branding, bas):
    """D20: it takes it over, or lets it end."""
    running = mandate()
    move(regenboog.school, branding)

    (row,) = preview(ChangeEnd(mandates=(running.uuid,), end_date=None), actor=bas).rows
    assert (row.outcome, "Neem het over" in row.text) == (Outcome.REFUSED, True)
    with pytest.raises(IntegrityError, match="D20"), act("mandate.changed", actor=register("test")):
        Mandate.objects.filter(pk=running.pk).update(end_date=None)
    assert revoke_mandate(actor=bas, mandate=running).end_date == today() - DAY


def test_nobody_gives_a_mandate_in_the_name_of_a_board_that_does_not_govern_the_school(mandate, branding):
    """D4: kept by the database, however short and however long ago."""
    for dates in ({}, {"end_date": today()}, {"start_date": today() - 900 * DAY, "end_date": today() - 800 * DAY}):
        with pytest.raises(IntegrityError, match="D4"), transaction.atomic():
            mandate(granting_board=branding, **dates)


def test_what_a_former_board_gave_while_it_governed_may_be_brought(regenboog, mandate, branding):
    """D20: by a register file, up to the end of the grace period."""
    move(regenboog.school, branding)

    assert mandate(granting_board=regenboog.board, end_date=GRACE_END).pk
    with pytest.raises(IntegrityError, match="D4"), transaction.atomic():
        mandate(granting_board=regenboog.board, service=regenboog.test, start_date=today() + DAY, end_date=GRACE_END)


@pytest.mark.parametrize("end_in_days", [None, 400])
def test_the_new_board_takes_over_under_its_own_agreement(regenboog, mandate, branding, bas, end_in_days):
    """D20: a new mandate with a token of its own, for as long as the old one was meant to last."""
    end_date = end_in_days and today() + end_in_days * DAY
    old = mandate(end_date=end_date, locations=["99AA01"])
    move(regenboog.school, branding)
    assert Mandate.objects.to_take_over("99002", today()).get() == old

    (new,) = confirm(preview(TakeOver(mandates=(old.uuid,)), actor=bas), actor=bas)

    old.refresh_from_db()
    assert old.end_date == today() - DAY
    assert (new.granting_board, new.start_date, new.end_date) == (branding, today(), end_date)
    assert (new.locations, new.token != old.token) == (["99AA01"], True)
    assert last_entry(new).type == "mandate.taken_over"
    assert not Mandate.objects.to_take_over("99002", today()).exists()
    assert is_mandated(regenboog, today())


def test_a_mandate_is_taken_over_once(regenboog, mandate, branding, bas):
    """D20"""
    old = mandate()
    move(regenboog.school, branding)
    found = preview(TakeOver(mandates=(old.uuid,)), actor=bas)
    confirm(found, actor=bas)

    with pytest.raises(RegisterChanged):
        confirm(found, actor=bas)
    assert [problem.kind for problem in preview(TakeOver(mandates=(old.uuid,)), actor=bas).problems] == [
        "nothing_to_take_over"
    ]


def test_taking_over_needs_the_new_boards_agreement_and_a_connected_system(regenboog, mandate):
    """D5, D6, D20"""
    old = mandate(service=regenboog.oso)
    bare = make.BoardFactory(number="99003")
    move(regenboog.school, bare)
    actor = Actor(kind=ActorKind.ADMINISTRATOR, name="Bo", board_number="99003")

    found = preview(TakeOver(mandates=(old.uuid,)), actor=actor)

    assert [problem.kind for problem in found.problems] == ["agreement_missing"]
    assert "OSR en OSO" in found.problems[0].text


def test_the_new_board_may_give_its_own_mandate_instead(regenboog, mandate, branding, bas):
    """D20, D2"""
    mandate()
    move(regenboog.school, branding)
    choice = Choice(service=regenboog.rio, system=regenboog.other_las)

    (new,) = grant_mandates(actor=bas, school=regenboog.school, choices=[choice], start_date=today())

    assert (new.granting_board, new.end_date) == (branding, None)


def test_the_new_board_may_switch_what_the_old_one_gave(regenboog, mandate, branding, bas):
    """D12, D20: what it gives does not end with the grace period."""
    mandate()
    move(regenboog.school, branding)
    switch = Switch(schools=("99AA",), services=("RIO",), old="Leerspoor", new="Klasboek", day=today())

    (new,) = confirm(preview(switch, actor=bas), actor=bas)

    assert (new.granting_board, new.end_date) == (branding, None)


def test_a_board_level_mandate_of_the_old_board_counts_for_the_grace_period(regenboog, mandate, branding):
    """D1, D20: and for past days the board that governed the school then."""
    mandate(school=None, board=regenboog.board, service=regenboog.bst)
    move(regenboog.school, branding)

    assert is_mandated(regenboog, today() - DAY, regenboog.bst)
    assert is_mandated(regenboog, GRACE_END, regenboog.bst)
    assert not is_mandated(regenboog, GRACE_END + DAY, regenboog.bst)


def test_what_the_old_board_gives_after_the_move_does_not_count_for_the_school(regenboog, branding):
    """D20"""
    move(regenboog.school, branding)
    grant_mandates(
        actor=regenboog.anke,
        school=regenboog.other_school,
        choices=[Choice(service=regenboog.bst, system=regenboog.las)],
        start_date=today(),
    )

    assert not is_mandated(regenboog, today(), regenboog.bst)


def test_a_board_level_mandate_of_the_new_board_counts_from_the_move_on(regenboog, mandate, branding):
    """D1, D20"""
    mandate(school=None, board=branding, service=regenboog.bst)
    move(regenboog.school, branding)

    assert is_mandated(regenboog, today(), regenboog.bst)
    assert not is_mandated(regenboog, today() - DAY, regenboog.bst)


def test_a_school_that_comes_back_the_same_day_was_never_away(regenboog, mandate, branding):
    """D20"""
    mandate(school=None, board=regenboog.board, service=regenboog.bst)
    move(regenboog.school, branding)
    move(regenboog.school, regenboog.board)

    for day in (today() - DAY, today(), GRACE_END + DAY):
        assert is_mandated(regenboog, day, regenboog.bst)


def test_who_governed_a_school_before_cannot_be_rewritten(regenboog, branding, run_sql):
    """D14, D20"""
    move(regenboog.school, branding)

    for as_owner in (False, True):
        with pytest.raises(Exception, match=r"denied|D14"):
            run_sql("UPDATE schools_formerboard SET grace_until = '2040-01-01'", as_owner=as_owner)


def test_a_school_that_closes_and_moves_at_once_keeps_no_mandate_after_its_closing_day(regenboog, mandate, branding):
    """D19, D20"""
    running = mandate()

    with act("school.moved", actor=register("DUO-import")):
        School.objects.filter(pk=regenboog.school.pk).update(board=branding, closed_on=today() + 5 * DAY)

    running.refresh_from_db()
    assert running.end_date == today() + 5 * DAY


def test_a_grant_previewed_before_a_move_is_not_confirmed_after_it(regenboog, branding):
    """D4, D20"""
    found = preview(Grant(schools=("99AA",), choices=(("RIO", "Leerspoor"),), start_date=today()), actor=regenboog.anke)
    move(regenboog.school, branding)

    with pytest.raises(RegisterChanged, match="hoort niet bij dit bestuur"):
        confirm(found, actor=regenboog.anke)


@pytest.mark.django_db(transaction=True)
def test_taking_over_is_undone_within_the_day(regenboog, mandate, branding, bas):
    """D13, D20"""
    old = mandate()
    move(regenboog.school, branding)
    (new,) = confirm(preview(TakeOver(mandates=(old.uuid,)), actor=bas), actor=bas)

    undo(actor=bas, transaction_id=last_entry(new).transaction_id)

    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.end_date, new.is_cancelled) == (GRACE_END, True)


@pytest.mark.django_db(transaction=True)
def test_closing_a_school_is_not_undone_through_its_mandates(regenboog, mandate):
    """D19"""
    running = mandate()
    close_school(actor=SUPPORT, school=regenboog.school, closing_day=today() + 5 * DAY)

    with pytest.raises(Refused, match="niets om ongedaan te maken"):
        undo(actor=regenboog.anke, transaction_id=last_entry(running).transaction_id)
