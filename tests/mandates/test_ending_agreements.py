"""An agreement ends with the mandates that need it, and no mandate lasts longer than its agreements (A7, D5)."""

import threading
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import SupportAccount
from agreements.models import Agreement
from journal.acts import Actor, ActorKind, Refused, act
from journal.clock import today
from journal.models import Entry
from mandates.actions import (
    ChangeDates,
    ChangeEnd,
    ChangeStart,
    Copy,
    Grant,
    Outcome,
    RegisterChanged,
    Revoke,
    Switch,
    TakeOver,
    carry_out,
    end_agreement,
    preview,
    preview_end_of_agreement,
    undo,
)
from mandates.models import Mandate
from schools.models import Board
from tests import factories as make
from tests.register import make_support

TODAY = today()
DAY = timedelta(days=1)
YESTERDAY = today() - DAY
SOON = today() + 10 * DAY


@pytest.fixture
def lead(db) -> Actor:
    return make_support("Hanna Vos", role=SupportAccount.Role.LEAD).actor(reason="Het bestuur stopt met het register")


def give(school, service, system, start: date = TODAY, end: date | None = None, **more) -> Mandate:
    return make.MandateFactory(school=school, service=service, system=system, start_date=start, end_date=end, **more)


def dates(mandate: Mandate) -> tuple[date, date | None]:
    mandate.refresh_from_db()
    return mandate.start_date, mandate.end_date


def shown(lead, board, last_day: date = SOON, kind: str = "OSR"):
    agreement = board.agreements.filter(kind=kind).order_by("signed_on").first()
    return preview_end_of_agreement(actor=lead, agreement=agreement, last_day=last_day)


def end(lead, board, last_day: date = SOON, kind: str = "OSR") -> Agreement:
    agreement = end_agreement(actor=lead, shown=shown(lead, board, last_day, kind))
    connection.check_constraints()
    return agreement


def kinds(refused) -> list[str]:
    return [problem.kind for problem in refused.value.problems]


def end_by_file(board, last_day: date, kind: str = "OSR") -> None:
    """Without its mandates: the database does not look until the end of the transaction."""
    with act("agreement.ended", actor=make.TESTS):
        board.agreements.filter(kind=kind).update(ended_on=last_day)


# --- Ending (A7) ---


def test_the_end_of_osr_shows_all_mandates_of_the_board_and_ends_them(regenboog, lead):
    """A7: those that have not begun by then are cancelled, and cover no day."""
    running = give(regenboog.school, regenboog.rio, regenboog.las)
    ends_before = give(regenboog.other_school, regenboog.rio, regenboog.las, end=SOON)
    ends_after = give(regenboog.school, regenboog.test, regenboog.las, end=SOON + DAY)
    coming = give(regenboog.other_school, regenboog.test, regenboog.las, start=SOON + DAY)
    of_board = give(None, regenboog.bst, regenboog.las, board=regenboog.board)
    elsewhere = give(make.SchoolFactory(), regenboog.rio, regenboog.las)

    preview_of_it = shown(lead, regenboog.board)

    assert [(row.holder, row.service, row.outcome) for row in preview_of_it.rows] == [
        ("99AB", "DOORSTROOM", Outcome.CANCELLED),
        ("99AA", "DOORSTROOM", Outcome.ENDED),
        ("99AA", "RIO", Outcome.ENDED),
        ("99001", "BST", Outcome.ENDED),
    ]
    agreement = end_agreement(actor=lead, shown=preview_of_it)
    connection.check_constraints()
    assert agreement.ended_on == SOON
    assert [dates(each)[1] for each in (running, ends_before, ends_after, coming, of_board, elsewhere)] == [
        SOON, SOON, SOON, SOON, SOON, None,
    ]  # fmt: skip
    assert coming.is_cancelled


def test_the_end_of_oso_ends_what_needs_it_and_nothing_else(regenboog, lead):
    """A7, D5"""
    rio = give(regenboog.school, regenboog.rio, regenboog.las)
    oso = give(regenboog.school, regenboog.oso, regenboog.las)

    end(lead, regenboog.board, kind="OSO")

    assert (dates(rio)[1], dates(oso)[1]) == (None, SOON)


def test_an_agreement_ends_at_once(regenboog, lead):
    """A7: yesterday was its last day; what was valid until then stays so (D9)."""
    older = give(regenboog.school, regenboog.rio, regenboog.las, start=today() - 30 * DAY)
    of_today = give(regenboog.other_school, regenboog.rio, regenboog.las)

    end(lead, regenboog.board, YESTERDAY)

    assert dates(older) == (today() - 30 * DAY, YESTERDAY)
    assert of_today.start_date == today()
    assert dates(of_today)[1] == YESTERDAY
    assert not Mandate.objects.valid_on(today()).exists()
    with pytest.raises(Refused) as refused:
        carry_out(Grant(schools=("99AA",), choices=(("RIO", "Leerspoor"),), start_date=today()), actor=regenboog.anke)
    assert kinds(refused) == ["agreement_missing"]


def test_the_journal_tells_who_ended_what_and_whom_it_concerns(regenboog, lead):
    """A7, D14: in one transaction."""
    mandate = give(regenboog.school, regenboog.rio, regenboog.las)

    end(lead, regenboog.board)

    entry = Entry.objects.get(type="mandate.agreement_ended")
    assert (entry.subject_key, entry.boards, entry.suppliers) == (
        str(mandate.uuid),
        ["99001"],
        [regenboog.las.supplier.oin],
    )
    ended = Entry.objects.get(type="agreement.ended")
    assert ended.transaction_id == entry.transaction_id
    assert (ended.actor["name"], ended.reason) == ("Hanna Vos", "Het bestuur stopt met het register")


def test_what_is_still_valid_elsewhere_in_its_grace_period_ends_too(regenboog, lead):
    """A7, D20: the school moved, but this board gave the mandate, under this agreement."""
    mandate = give(regenboog.school, regenboog.rio, regenboog.las)
    move(regenboog.school, make.AgreementFactory().board)

    end(lead, regenboog.board)

    assert dates(mandate)[1] == SOON


def move(school, board: Board) -> None:
    school.board = board
    with act("school.moved", actor=make.TESTS):
        school.save()


def test_what_another_board_gave_stays(regenboog, lead):
    """A7, D20: it does not stand under the agreement of the board that governs the school now."""
    former = make.AgreementFactory().board
    school = make.SchoolFactory(board=former)
    mandate = give(school, regenboog.rio, regenboog.las)
    move(school, regenboog.board)
    last_day = dates(mandate)[1]

    end(lead, regenboog.board, YESTERDAY)

    assert dates(mandate)[1] == last_day


def test_mandates_go_on_under_another_agreement_that_follows(regenboog, lead):
    """A7: a register file may hold one that begins later."""
    mandate = give(regenboog.school, regenboog.rio, regenboog.las)
    end_by_file(regenboog.board, SOON + DAY)
    make.AgreementFactory(board=regenboog.board, signed_on=SOON + 2 * DAY)
    later = give(regenboog.other_school, regenboog.rio, regenboog.las, start=SOON + 2 * DAY)

    end(lead, regenboog.board)

    assert (dates(mandate)[1], dates(later)[1]) == (SOON, None)


def test_only_a_lead_of_support_ends_an_agreement_with_a_reason(regenboog, lead):
    """A7"""
    support = make_support().actor(reason="Gebeld")
    without_reason = make_support("Lena", role=SupportAccount.Role.LEAD).actor(reason=" ")
    preview_of_it = shown(lead, regenboog.board)

    for actor in (support, without_reason, regenboog.anke):
        with pytest.raises(Refused) as refused:
            shown(actor, regenboog.board)
        assert kinds(refused) == ["not_allowed"]
        with pytest.raises(Refused):
            end_agreement(actor=actor, shown=preview_of_it)


def test_there_must_be_something_to_end_and_the_past_stays(regenboog, lead):
    """A7, D9"""
    with pytest.raises(Refused) as refused:
        shown(lead, regenboog.board, YESTERDAY - DAY)
    assert kinds(refused) == ["in_past"]
    end(lead, regenboog.board)
    with pytest.raises(Refused) as refused:
        shown(lead, regenboog.board, SOON + DAY)
    assert kinds(refused) == ["ends_already"]
    assert end(lead, regenboog.board, SOON - DAY).ended_on == SOON - DAY


def test_another_agreement_that_came_meanwhile_is_not_ended_in_its_place(regenboog, lead):
    """A4, A7: what was looked at is the one that ends, or nothing does."""
    preview_of_it = shown(lead, regenboog.board)
    agreement = regenboog.board.agreements.get(kind="OSR")
    with act("agreement.superseded", actor=make.TESTS):
        agreement.ended_on = YESTERDAY
        agreement.save()
        newer = make.AgreementFactory(board=regenboog.board, kind="OSR", signed_on=TODAY)

    with pytest.raises(Refused) as refused:
        end_agreement(actor=lead, shown=preview_of_it)

    newer.refresh_from_db()
    assert kinds(refused) == ["is_over"]
    assert newer.ended_on is None


def test_what_changed_since_the_preview_is_not_ended(regenboog, lead):
    """A7: exactly what was shown, or nothing."""
    preview_of_it = shown(lead, regenboog.board)
    mandate = give(regenboog.school, regenboog.rio, regenboog.las)

    with pytest.raises(RegisterChanged, match="99AA, RIO, Leerspoor: was 'stond er niet bij'"):
        end_agreement(actor=lead, shown=preview_of_it)

    assert dates(mandate)[1] is None
    assert regenboog.board.agreements.get(kind="OSR").ended_on is None


@pytest.mark.django_db(transaction=True)
def test_what_ended_with_its_agreement_is_not_undone(regenboog, lead):
    """A7: the beheerder did not do it, and there is no agreement to go back to."""
    give(regenboog.school, regenboog.rio, regenboog.las)
    end(lead, regenboog.board)
    number = Entry.objects.get(type="mandate.agreement_ended").transaction_id

    with pytest.raises(Refused, match="niets om ongedaan te maken"):
        undo(actor=regenboog.anke, transaction_id=number)


def test_the_end_of_sixty_mandates_takes_as_many_statements_as_of_two(regenboog, lead):
    """P4, A7"""

    def statements(mandates: int) -> int:
        for _ in range(mandates):
            give(make.SchoolFactory(board=regenboog.board), regenboog.rio, regenboog.las)
        with CaptureQueriesContext(connection) as captured:
            end(lead, regenboog.board)
        assert Mandate.objects.filter(end_date=SOON).count() == mandates
        return len(captured)

    with transaction.atomic():
        of_two = statements(2)
        transaction.set_rollback(True)
    assert statements(60) == of_two


# --- The database (A7, D5) ---


@pytest.mark.parametrize("kind", ["OSR", "OSO"])
def test_the_database_does_not_let_an_agreement_end_under_its_mandates(regenboog, kind):
    """A7: whoever does it; asked at the end of the transaction."""
    give(regenboog.school, regenboog.oso, regenboog.las, end=SOON + DAY)
    connection.check_constraints()

    for last_day in (SOON, YESTERDAY):
        with transaction.atomic():
            end_by_file(regenboog.board, last_day, kind)
            with pytest.raises(IntegrityError, match=f"need this {kind} agreement after its last day"):
                connection.check_constraints()
            transaction.set_rollback(True)
    end_by_file(regenboog.board, SOON + DAY, kind)
    connection.check_constraints()


def test_the_database_lets_mandates_that_do_not_need_it_go_on(regenboog):
    """A7: another kind, a cancelled one, and one that another agreement covers."""
    give(regenboog.school, regenboog.rio, regenboog.las)
    give(regenboog.other_school, regenboog.oso, regenboog.las, start=SOON, end=SOON - DAY)

    end_by_file(regenboog.board, today(), kind="OSO")
    end_by_file(regenboog.board, today())
    make.AgreementFactory(board=regenboog.board, signed_on=today() + DAY)

    connection.check_constraints()


def test_the_database_gives_no_mandate_days_without_agreement(regenboog):
    """D5, A7: neither a new one nor one that is made to last or to begin earlier."""
    end_by_file(regenboog.board, SOON)
    with pytest.raises(IntegrityError, match="on all days of the mandate"), transaction.atomic():
        give(regenboog.school, regenboog.rio, regenboog.las)
    mandate = give(regenboog.school, regenboog.rio, regenboog.las, start=today() + DAY, end=SOON)

    for values in ({"end_date": None}, {"end_date": SOON + DAY}):
        with (
            pytest.raises(IntegrityError, match="on all days of the mandate"),
            act("mandate.changed", actor=make.TESTS),
        ):
            Mandate.objects.filter(pk=mandate.pk).update(**values)
    with act("mandate.changed", actor=make.TESTS):
        Mandate.objects.filter(pk=mandate.pk).update(end_date=SOON - DAY)
        Mandate.objects.filter(pk=mandate.pk).update(start_date=today(), end_date=SOON)


def test_days_that_a_mandate_has_already_are_not_asked_about_again(regenboog):
    """D5: its service needs another agreement since, which the board signed today."""
    mandate = give(regenboog.school, regenboog.rio, regenboog.las, start=today() - 10 * DAY, end=SOON)
    with act("service.changed", actor=make.TESTS):
        type(regenboog.rio).objects.filter(pk=regenboog.rio.pk).update(agreement_kind="OSO")
    make.AgreementFactory(board=regenboog.board, kind="OSO", signed_on=today())

    carry_out(ChangeEnd(mandates=(mandate.uuid,), end_date=None), actor=regenboog.anke)

    assert dates(mandate)[1] is None


# --- What a beheerder can still do under an agreement that ends (D5, A7) ---


@pytest.fixture
def ending(regenboog, lead):
    """The OSR agreement of De Regenboog ends soon."""
    end(lead, regenboog.board)
    return regenboog


def test_what_is_given_ends_with_the_agreement_and_that_is_said(ending):
    """D5: as for a school that closes."""
    grant = Grant(schools=("99AA",), choices=(("RIO", "Leerspoor"),), start_date=today())

    [row] = preview(grant, actor=ending.anke).rows
    [mandate] = carry_out(grant, actor=ending.anke)

    assert "tot en met de laatste dag van uw overeenkomst" in row.text
    assert mandate.end_date == SOON


def test_nothing_is_given_that_begins_after_it(ending):
    """D5"""
    with pytest.raises(Refused) as refused:
        carry_out(Grant(schools=("99AA",), choices=(("RIO", "Leerspoor"),), start_date=SOON + DAY), actor=ending.anke)

    assert kinds(refused) == ["agreement_missing"]


def test_copies_and_switches_end_with_it_too(ending):
    """D11, D12, D5"""
    source = give(ending.school, ending.rio, ending.las, end=SOON)

    [copy] = carry_out(Copy(mandate=source.uuid, schools=("99AB",)), actor=ending.anke)
    [switched] = carry_out(
        Switch(schools=("99AA",), services=("RIO",), old="Leerspoor", new="Klasboek", day=SOON), actor=ending.anke
    )

    assert (copy.end_date, switched.start_date, switched.end_date) == (SOON, SOON, SOON)


def test_what_is_taken_over_ends_with_it_too(ending):
    """D20, D5"""
    school = make.SchoolFactory(board=make.AgreementFactory().board)
    running = give(school, ending.rio, ending.las)
    coming = give(school, ending.test, ending.las, start=SOON + DAY)
    move(school, ending.board)

    shown = preview(TakeOver(mandates=(running.uuid, coming.uuid)), actor=ending.anke)

    assert [row.outcome for row in shown.rows] == [Outcome.TAKEN_OVER, Outcome.REFUSED]
    assert "uw overeenkomst OSR niet meer van kracht" in shown.rows[1].text
    [mandate] = carry_out(TakeOver(mandates=(running.uuid,)), actor=ending.anke)
    assert mandate.end_date == SOON


def test_a_mandate_is_not_made_to_last_longer_and_why_is_said(ending):
    """D8, D5"""
    mandate = give(ending.school, ending.rio, ending.las, start=today() + DAY, end=SOON)
    longer = [
        ChangeEnd(mandates=(mandate.uuid,), end_date=None),
        ChangeEnd(mandates=(mandate.uuid,), end_date=SOON + DAY),
        ChangeDates(
            mandate=mandate.uuid, start_date=today(), end_date=SOON + DAY, seen=(mandate.start_date, mandate.end_date)
        ),
    ]

    for intent in longer:
        [row] = preview(intent, actor=ending.anke).rows
        assert row.outcome == Outcome.REFUSED
        assert row.text.startswith("De overeenkomst OSR geldt tot en met")
    carry_out(ChangeStart(mandates=(mandate.uuid,), start_date=today()), actor=ending.anke)
    carry_out(ChangeEnd(mandates=(mandate.uuid,), end_date=SOON - DAY), actor=ending.anke)
    assert dates(mandate) == (today(), SOON - DAY)


@pytest.mark.django_db(transaction=True)
def test_a_revocation_is_not_undone_past_the_end_of_the_agreement(regenboog, lead):
    """D13, D5: the agreement ended meanwhile, and a revoked mandate was none of it."""
    mandate = give(regenboog.school, regenboog.rio, regenboog.las, start=today() - DAY)
    carry_out(Revoke(mandates=(mandate.uuid,)), actor=regenboog.anke)
    number = Entry.objects.get(type="mandate.revoked").transaction_id
    end(lead, regenboog.board)

    with pytest.raises(Refused, match="De overeenkomst OSR geldt tot en met"):
        undo(actor=regenboog.anke, transaction_id=number)


def test_a_new_agreement_lets_mandates_last_again(ending):
    """A2, D8"""
    mandate = give(ending.school, ending.rio, ending.las, end=SOON)
    end_by_file(ending.board, YESTERDAY)
    make.AgreementFactory(board=ending.board, signed_on=today())

    carry_out(ChangeEnd(mandates=(mandate.uuid,), end_date=None), actor=ending.anke)

    assert dates(mandate)[1] is None


@pytest.mark.django_db(transaction=True)
def test_a_mandate_given_while_its_agreement_ends_does_not_outlive_it(regenboog):
    """A7, D5: whoever comes first, the other sees it."""
    leader = Actor(kind=ActorKind.SUPPORT, name="Hanna Vos", reason="Het bestuur stopt")
    preview_of_it = shown(leader, regenboog.board)
    together = threading.Barrier(2)

    def give_one() -> None:
        together.wait(30)
        carry_out(Grant(schools=("99AA",), choices=(("RIO", "Leerspoor"),), start_date=today()), actor=regenboog.anke)
        connection.close()

    thread = threading.Thread(target=give_one)
    thread.start()
    together.wait(30)
    try:
        end_agreement(actor=leader, shown=preview_of_it)
        ended = True
    except RegisterChanged:
        ended = False
    thread.join(60)

    [mandate] = Mandate.objects.all()
    assert mandate.end_date == (SOON if ended else None)
