"""Copying, changing, revoking and undoing mandates (D8, D9, D11, D13, D14)."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from journal.acts import Actor, ActorKind, Refused, act, register
from journal.clock import today
from journal.models import Entry
from mandates.actions import (
    ChangeDates,
    ChangeEnd,
    ChangeStart,
    Copy,
    Outcome,
    Revoke,
    Switch,
    confirm,
    grant_mandates,
    preview,
    revoke_mandate,
    undo,
)
from mandates.models import Mandate
from schools.actions import close_school
from schools.models import School
from tests import factories as make

DAY = timedelta(days=1)


@pytest.fixture
def mandate(regenboog):
    """Make a mandate of De Regenboog for RIO, with whatever is different; it began a month ago."""

    def mandate(**different) -> Mandate:
        given = {"school": regenboog.school, "service": regenboog.rio, "system": regenboog.las}
        return make.MandateFactory(**given | {"start_date": today() - 30 * DAY} | different)

    return mandate


def done(intent, regenboog) -> list[Mandate]:
    return confirm(preview(intent, actor=regenboog.anke), actor=regenboog.anke)


def dates(mandate: Mandate) -> tuple:
    mandate.refresh_from_db()
    return mandate.start_date, mandate.end_date


def transaction_of(mandate: Mandate) -> int:
    return Entry.objects.about("mandate", str(mandate.uuid)).last().transaction_id


def kinds(refused) -> list[str]:
    return [problem.kind for problem in refused.value.problems]


# --- Copying (D11) ----------------------------------------------------------------------------------------------------


def test_a_copy_gives_each_school_its_own_mandate_from_today(regenboog, mandate):
    """D11"""
    source = mandate(end_date=today() + 50 * DAY, locations=["99AA01"])

    (copy,) = done(Copy(mandate=source.uuid, schools=("99AB",)), regenboog)

    assert (copy.school, copy.service, copy.system) == (regenboog.other_school, regenboog.rio, regenboog.las)
    assert dates(copy) == (today(), today() + 50 * DAY)
    assert copy.locations is None
    assert copy.token != source.token
    assert Entry.objects.about("mandate", str(copy.uuid)).get().type == "mandate.copied"


def test_a_copy_of_a_coming_mandate_begins_when_it_does(regenboog, mandate):
    """D11"""
    source = mandate(start_date=today() + 5 * DAY)

    (copy,) = done(Copy(mandate=source.uuid, schools=("99AB",)), regenboog)

    assert copy.start_date == today() + 5 * DAY


def test_the_preview_of_a_copy_tells_per_school_what_will_happen(regenboog, mandate):
    """D11"""
    source = mandate()
    third = make.SchoolFactory(brin="99AC", board=regenboog.board)
    mandate(school=third)
    mandate(school=regenboog.other_school, system=regenboog.other_las)

    found = preview(Copy(mandate=source.uuid, schools=("99AB", "99AC", "99ZZ")), actor=regenboog.anke)

    assert [(row.holder, row.outcome, row.warning) for row in found.rows] == [
        ("99AB", Outcome.GRANTED, "Let op: heeft al een mandaat voor Klasboek."),
        ("99AC", Outcome.HAS_ALREADY, ""),
        ("99ZZ", Outcome.REFUSED, ""),
    ]
    assert len(confirm(found, actor=regenboog.anke)) == 1


@pytest.mark.parametrize(
    ("different", "schools", "kind"),
    [
        ({}, ("99AA", "99AB"), "copy_onto_itself"),
        ({}, (), "no_school"),
        ({"end_date": today() - DAY}, ("99AB",), "mandate_ended"),
        ({"start_date": today() + DAY, "end_date": today()}, ("99AB",), "mandate_ended"),
    ],
)
def test_what_cannot_be_copied_is_said_in_words(regenboog, mandate, different, schools, kind):
    source = mandate(**different)

    found = preview(Copy(mandate=source.uuid, schools=schools), actor=regenboog.anke)

    assert [problem.kind for problem in found.problems] == [kind]


def test_a_mandate_of_the_board_or_of_nobody_is_not_copied(regenboog, mandate):
    of_board = mandate(school=None, board=regenboog.board, service=regenboog.bst)
    elsewhere = mandate(school=make.SchoolFactory())

    for uuid, kind in (
        (of_board.uuid, "board_level"),
        (elsewhere.uuid, "unknown_mandate"),
        (uuid4(), "unknown_mandate"),
    ):
        found = preview(Copy(mandate=uuid, schools=("99AB",)), actor=regenboog.anke)
        assert [problem.kind for problem in found.problems] == [kind]


# --- Changing dates (D8) ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end_date", [today(), today() + 10 * DAY, None])
def test_the_end_date_changes(regenboog, mandate, end_date):
    """D8"""
    running = mandate(end_date=today() + 5 * DAY)

    done(ChangeEnd(mandates=(running.uuid,), end_date=end_date), regenboog)

    assert dates(running) == (today() - 30 * DAY, end_date)
    assert Entry.objects.about("mandate", str(running.uuid)).last().type == "mandate.changed"


def test_the_start_date_of_a_coming_mandate_changes(regenboog, mandate):
    """D8"""
    coming = mandate(start_date=today() + 20 * DAY)

    done(ChangeStart(mandates=(coming.uuid,), start_date=today()), regenboog)

    assert dates(coming) == (today(), None)


@pytest.mark.parametrize(
    ("different", "intent", "text"),
    [
        ({}, {"start_date": today() + DAY}, "is al begonnen"),
        ({"end_date": today() - DAY}, {"end_date": today()}, "al beëindigd"),
        ({"end_date": today() - DAY}, {"start_date": today()}, "al beëindigd"),
        ({"start_date": today() + 9 * DAY}, {"end_date": today() + 8 * DAY}, "ligt vóór de startdatum"),
        (
            {"start_date": today() + 5 * DAY, "end_date": today() + 6 * DAY},
            {"start_date": today() + 7 * DAY},
            "ligt vóór de startdatum",
        ),
    ],
)
def test_what_cannot_change_is_said_in_words(regenboog, mandate, different, intent, text):
    """D8, D9"""
    subject = mandate(**different)
    kind = ChangeEnd if "end_date" in intent else ChangeStart

    (row,) = preview(kind(mandates=(subject.uuid,), **intent), actor=regenboog.anke).rows

    assert row.outcome == Outcome.REFUSED
    assert text in row.text


def test_dates_in_the_past_are_refused(regenboog, mandate):
    """D7, D9"""
    subject = mandate()

    for intent in (
        ChangeEnd(mandates=(subject.uuid,), end_date=today() - DAY),
        ChangeStart(mandates=(subject.uuid,), start_date=today() - DAY),
    ):
        assert preview(intent, actor=regenboog.anke).problems


def change_dates(mandate: Mandate, start_date, end_date, **different) -> ChangeDates:
    given = {"seen": (mandate.start_date, mandate.end_date)}
    return ChangeDates(**given | different, mandate=mandate.uuid, start_date=start_date, end_date=end_date)


def test_start_and_end_change_in_one_act(regenboog, mandate):
    """D8: also when the new start lies after the old end."""
    coming = mandate(start_date=today() + 5 * DAY, end_date=today() + 9 * DAY)

    done(change_dates(coming, today() + 20 * DAY, today() + 29 * DAY), regenboog)

    assert dates(coming) == (today() + 20 * DAY, today() + 29 * DAY)
    assert Entry.objects.about("mandate", str(coming.uuid)).filter(type="mandate.changed").count() == 1


@pytest.mark.parametrize(
    ("different", "start", "end", "text"),
    [
        ({}, 1, None, "al begonnen"),
        ({"start_date": today() + 5 * DAY}, -1, None, "startdatum ligt in het verleden"),
        ({"start_date": today() + 5 * DAY}, 5, 4, "ligt vóór de startdatum"),
        ({}, -30, -1, "einddatum ligt in het verleden"),
        ({"end_date": today() - DAY}, -30, 9, "al beëindigd"),
    ],
)
def test_dates_that_a_mandate_cannot_have_are_refused_in_words(regenboog, mandate, different, start, end, text):
    """D7, D8, D9"""
    subject = mandate(**different)
    end_date = None if end is None else today() + end * DAY

    (row,) = preview(change_dates(subject, today() + start * DAY, end_date), actor=regenboog.anke).rows

    assert row.outcome == Outcome.REFUSED
    assert text in row.text


def test_dates_that_were_not_seen_are_not_overwritten(regenboog, mandate):
    """D8: somebody else was there first."""
    running = mandate(end_date=today() + 9 * DAY)
    seen = (running.start_date, None)

    (row,) = preview(change_dates(running, running.start_date, today() + 5 * DAY, seen=seen), actor=regenboog.anke).rows
    assert (row.outcome, row.changes) == (Outcome.REFUSED, ())
    (row,) = preview(change_dates(running, running.start_date, today() + 9 * DAY, seen=seen), actor=regenboog.anke).rows
    assert row.outcome == Outcome.UNCHANGED


def test_a_longer_mandate_does_not_run_into_the_next(regenboog, mandate):
    """D2"""
    running = mandate(end_date=today() + 5 * DAY)
    mandate(start_date=today() + 10 * DAY)

    (row,) = preview(ChangeEnd(mandates=(running.uuid,), end_date=None), actor=regenboog.anke).rows

    assert "Er is al een mandaat voor dit systeem vanaf" in row.text


def test_many_mandates_change_at_once_or_are_left_as_they_are(regenboog, mandate):
    """D13"""
    first, second = mandate(), mandate(school=regenboog.other_school, end_date=today() + 9 * DAY)
    ended = mandate(service=regenboog.test, end_date=today() - DAY)

    found = preview(
        ChangeEnd(mandates=(first.uuid, second.uuid, ended.uuid), end_date=today() + 9 * DAY), actor=regenboog.anke
    )

    assert [row.outcome for row in found.rows] == [Outcome.CHANGED, Outcome.UNCHANGED, Outcome.REFUSED]
    confirm(found, actor=regenboog.anke)
    assert dates(first)[1] == today() + 9 * DAY


def test_a_mandate_of_another_board_is_not_changed(regenboog, mandate):
    """D4"""
    elsewhere = mandate(school=make.SchoolFactory())

    found = preview(Revoke(mandates=(elsewhere.uuid,)), actor=regenboog.anke)

    assert [problem.kind for problem in found.problems] == ["unknown_mandate"]
    assert found.rows == ()


# --- Revoking (D9) ----------------------------------------------------------------------------------------------------


def test_a_revoked_mandate_ended_yesterday(regenboog, mandate):
    """D9"""
    revoked = revoke_mandate(actor=regenboog.anke, mandate=mandate())

    assert revoked.end_date == today() - DAY
    assert Entry.objects.about("mandate", str(revoked.uuid)).last().type == "mandate.revoked"


def test_a_mandate_revoked_on_its_first_day_was_never_valid(regenboog, mandate):
    """D9"""
    revoked = revoke_mandate(actor=regenboog.anke, mandate=mandate(start_date=today()))

    assert revoked.is_cancelled
    assert Entry.objects.about("mandate", str(revoked.uuid)).last().type == "mandate.revoked"


def test_a_mandate_that_had_not_started_is_cancelled(regenboog, mandate):
    """D9"""
    cancelled = revoke_mandate(actor=regenboog.anke, mandate=mandate(start_date=today() + 5 * DAY))

    assert cancelled.is_cancelled
    assert cancelled.end_date == today() + 4 * DAY
    assert Entry.objects.about("mandate", str(cancelled.uuid)).last().type == "mandate.cancelled"


def test_a_revoked_mandate_may_be_given_anew_the_same_day(regenboog, mandate):
    """D9"""
    revoked = revoke_mandate(actor=regenboog.anke, mandate=mandate())

    (anew,) = grant_mandates(
        actor=regenboog.anke, school=regenboog.school, choices=[regenboog.rio_by_las()], start_date=today()
    )

    assert anew.token != revoked.token
    assert Mandate.objects.valid_on(today()).get() == anew
    assert Mandate.objects.valid_on(today() - DAY).get() == revoked


def test_what_is_revoked_stays_revoked(regenboog, mandate):
    """D9: a second time, and a change of its end, are refused."""
    revoked = revoke_mandate(actor=regenboog.anke, mandate=mandate())

    with pytest.raises(Refused, match="al beëindigd"):
        revoke_mandate(actor=regenboog.anke, mandate=revoked)
    (row,) = preview(ChangeEnd(mandates=(revoked.uuid,), end_date=None), actor=regenboog.anke).rows
    assert row.outcome == Outcome.REFUSED


# --- Undoing (D12, D13, D14) ------------------------------------------------------------------------------------------

# What one confirmation did is known by its transaction.
EACH_IN_ITS_OWN_TRANSACTION = pytest.mark.django_db(transaction=True)


@EACH_IN_ITS_OWN_TRANSACTION
def test_undoing_a_grant_takes_it_back_as_a_new_change(regenboog):
    """D13, D14"""
    (given,) = grant_mandates(
        actor=regenboog.anke, school=regenboog.school, choices=[regenboog.rio_by_las()], start_date=today()
    )

    undo(actor=regenboog.anke, transaction_id=transaction_of(given))

    given.refresh_from_db()
    assert given.is_cancelled
    assert [entry.type for entry in Entry.objects.about("mandate", str(given.uuid))] == [
        "mandate.granted",
        "mandate.undone",
    ]


@EACH_IN_ITS_OWN_TRANSACTION
def test_undoing_a_revocation_makes_the_mandate_valid_again(regenboog, mandate):
    """D13"""
    revoked = revoke_mandate(actor=regenboog.anke, mandate=mandate(end_date=today() + 5 * DAY))

    undo(actor=regenboog.anke, transaction_id=transaction_of(revoked))

    assert dates(revoked) == (today() - 30 * DAY, today() + 5 * DAY)


@EACH_IN_ITS_OWN_TRANSACTION
def test_undoing_a_switch_brings_the_old_system_back(regenboog, mandate):
    """D12, D2"""
    old = mandate()
    switch = Switch(schools=("99AA",), services=("RIO",), old="Leerspoor", new="Klasboek", day=today())
    (new,) = done(switch, regenboog)

    undo(actor=regenboog.anke, transaction_id=transaction_of(new))

    assert dates(old) == (today() - 30 * DAY, None)
    new.refresh_from_db()
    assert new.is_cancelled


@EACH_IN_ITS_OWN_TRANSACTION
def test_undoing_takes_all_of_it_or_nothing(regenboog, mandate):
    """D13: something changed since."""
    first, second = mandate(), mandate(school=regenboog.other_school)
    done(ChangeEnd(mandates=(first.uuid, second.uuid), end_date=today() + 5 * DAY), regenboog)
    transaction_id = transaction_of(first)
    revoke_mandate(actor=regenboog.anke, mandate=second)

    with pytest.raises(Refused) as refused:
        undo(actor=regenboog.anke, transaction_id=transaction_id)

    assert kinds(refused) == ["changed_since"]
    assert dates(first)[1] == today() + 5 * DAY


@EACH_IN_ITS_OWN_TRANSACTION
def test_what_has_begun_is_undone_on_the_same_day_only(regenboog, mandate):
    """D13"""
    revoked = revoke_mandate(actor=regenboog.anke, mandate=mandate())

    with time_machine.travel(today() + DAY, tick=False), pytest.raises(Refused) as refused:
        undo(actor=regenboog.anke, transaction_id=transaction_of(revoked))
    assert kinds(refused) == ["too_late"]


@EACH_IN_ITS_OWN_TRANSACTION
def test_a_switch_can_be_undone_until_its_day(regenboog, mandate):
    """D12"""
    old = mandate()
    day = today() + 10 * DAY
    switch = Switch(schools=("99AA",), services=("RIO",), old="Leerspoor", new="Klasboek", day=day)
    (new,) = done(switch, regenboog)

    with time_machine.travel(day, tick=False), pytest.raises(Refused):
        undo(actor=regenboog.anke, transaction_id=transaction_of(new))
    with time_machine.travel(day - DAY, tick=False):
        undo(actor=regenboog.anke, transaction_id=transaction_of(new))
    assert dates(old)[1] is None


@EACH_IN_ITS_OWN_TRANSACTION
def test_nobody_undoes_what_is_another_boards(regenboog, mandate):
    """D4"""
    make.BoardFactory(number="99002")
    revoked = revoke_mandate(actor=regenboog.anke, mandate=mandate())

    with pytest.raises(Refused) as refused:
        undo(
            actor=Actor(kind=ActorKind.ADMINISTRATOR, name="Bas", board_number="99002"),
            transaction_id=transaction_of(revoked),
        )
    assert kinds(refused) == ["nothing_to_undo"]


@EACH_IN_ITS_OWN_TRANSACTION
def test_an_undo_is_not_undone(regenboog, mandate):
    revoked = revoke_mandate(actor=regenboog.anke, mandate=mandate())
    undo(actor=regenboog.anke, transaction_id=transaction_of(revoked))

    with pytest.raises(Refused):
        undo(actor=regenboog.anke, transaction_id=transaction_of(revoked))


@EACH_IN_ITS_OWN_TRANSACTION
def test_a_start_brought_forward_to_today_is_undone_today(regenboog, mandate):
    """D8, D13"""
    coming = mandate(start_date=today() + 5 * DAY)
    done(ChangeStart(mandates=(coming.uuid,), start_date=today()), regenboog)

    undo(actor=regenboog.anke, transaction_id=transaction_of(coming))

    assert dates(coming) == (today() + 5 * DAY, None)


@EACH_IN_ITS_OWN_TRANSACTION
def test_a_revocation_is_not_undone_when_the_mandate_was_given_anew(regenboog, mandate):
    """D2, D13"""
    revoked = revoke_mandate(actor=regenboog.anke, mandate=mandate())
    grant_mandates(actor=regenboog.anke, school=regenboog.school, choices=[regenboog.rio_by_las()], start_date=today())

    with pytest.raises(Refused, match="Er is al een mandaat voor dit systeem"):
        undo(actor=regenboog.anke, transaction_id=transaction_of(revoked))


@EACH_IN_ITS_OWN_TRANSACTION
def test_a_revocation_is_not_undone_past_the_closing_day_of_the_school(regenboog, mandate):
    """D19"""
    revoked = revoke_mandate(actor=regenboog.anke, mandate=mandate())
    close_school(actor=register("test"), school=regenboog.school, closing_day=today() + 7 * DAY)

    with pytest.raises(Refused, match="sluit op"):
        undo(actor=regenboog.anke, transaction_id=transaction_of(revoked))


@EACH_IN_ITS_OWN_TRANSACTION
def test_the_new_board_does_not_undo_what_the_old_one_did(regenboog, mandate):
    """D20: it takes over, or gives anew."""
    revoked = revoke_mandate(actor=regenboog.anke, mandate=mandate())
    new_board = make.BoardFactory(number="99002")
    with act("school.moved", actor=register("import")):
        School.objects.filter(brin="99AA").update(board=new_board)

    with pytest.raises(Refused, match="niets om ongedaan te maken"):
        undo(
            actor=Actor(kind=ActorKind.ADMINISTRATOR, name="Bas", board_number="99002"),
            transaction_id=transaction_of(revoked),
        )
