"""What happened, mailed at once: who hears of it, and what it says (screens.md, Meldingen)."""

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.models import Membership
from journal.acts import act, register
from journal.clock import today
from mandates.actions import ChangeEnd, Grant, carry_out
from mandates.wording import day_in_words
from notifications.actions import choose_topics
from notifications.letters import letter_for
from notifications.models import Message
from notifications.topics import Topic
from schools.models import School
from tests import factories as make
from tests.notifications.conftest import news
from tests.register import make_membership

DAY = timedelta(days=1)


def move(school: School, board) -> None:
    """As an import of DUO's lists does (D20)."""
    school.board = board
    with act("school.moved", actor=register("DUO-import")):
        school.save()


@pytest.fixture
def overkant(db):
    """Another board, with an OSR-beheerder who has an address."""
    board = make.BoardFactory(number="99002", name="Stichting De Overkant")
    make.AgreementFactory(board=board)
    make_membership(make.UserFactory(name="Bas Bakker", email="bas@overkant.example"), board)
    return board


def test_what_support_does_on_behalf_of_a_board_is_told_to_its_beheerders(anke, colleague, support, ending):
    """D4: with who, why, before and after."""
    piet = colleague()
    colleague("Tineke Smit", Membership.Role.SIGNATORY)
    mandate = ending(100)
    carry_out(ChangeEnd(mandates=(mandate.uuid,), end_date=today() + 120 * DAY), actor=support)

    messages = news()

    assert {message.user for message in messages} == {anke, piet}
    letter = letter_for(messages[0])
    assert letter.subject == "Kennisnet support heeft een mandaat gewijzigd – Stichting De Regenboog"
    told = [line for section in letter.sections for line in section.lines]
    assert "Wie: Kennisnet support (Sam Jansen), namens uw bestuur" in told
    assert "Reden: Gebeld door Anke de Vries" in told
    assert (
        f"Mandaat gewijzigd: RIO, Leerspoor, De Regenboog (99AA); einddatum: {day_in_words(today() + 120 * DAY)} "
        f"(was: {day_in_words(today() + 100 * DAY)})"
    ) in told


def test_what_is_done_in_one_go_is_one_message(anke, support, regenboog):
    """However many mandates there are."""
    carry_out(
        Grant(
            schools=("99AA", "99AB"), choices=(("RIO", "Leerspoor"), ("DOORSTROOM", "Leerspoor")), start_date=today()
        ),
        actor=support,
    )

    (message,) = news()

    letter = letter_for(message)
    assert letter.subject.startswith("Kennisnet support heeft 4 mandaten gewijzigd")
    assert len(letter.sections[1].lines) == 4


def test_a_long_list_is_cut_off_and_says_so(anke, support, regenboog):
    schools = tuple(make.SchoolFactory(board=regenboog.board).brin for _ in range(12))
    carry_out(Grant(schools=schools, choices=(("RIO", "Leerspoor"),), start_date=today()), actor=support)

    letter = letter_for(news()[0])

    assert letter.sections[1].lines[-1] == "en nog 2 andere wijzigingen"
    assert len(letter.sections[1].lines) == 11


def test_what_a_beheerder_does_is_not_mailed(anke, regenboog, ending):
    """Colleagues see it in the Geschiedenis; a mail about each would only teach not to read them."""
    carry_out(ChangeEnd(mandates=(ending(100).uuid,), end_date=today() + 120 * DAY), actor=regenboog.anke)

    assert news() == []


@pytest.mark.parametrize("why", ["no address", "no role", "not active", "not wanted"])
def test_who_cannot_or_need_not_be_mailed_is_not(anke, regenboog, support, ending, why):
    if why == "no address":
        anke.email = ""
    if why == "not active":
        anke.is_active = False
    anke.save()
    if why == "no role":
        with act("membership.ended", actor=register("Mijn DUO")):
            anke.memberships.update(is_active=False)
    if why == "not wanted":
        choose_topics(actor=regenboog.anke, wanted={Topic.SUPPORT: False})
    carry_out(ChangeEnd(mandates=(ending(100).uuid,), end_date=today() + 120 * DAY), actor=support)

    assert news() == []


def test_a_school_that_moves_is_told_to_both_boards(anke, overkant, regenboog, ending):
    """D20"""
    ending(100)
    move(regenboog.school, overkant)

    messages = {message.board.number: message for message in news()}

    old, new = letter_for(messages["99001"]), letter_for(messages["99002"])
    assert old.subject == "De Regenboog (99AA) hoort niet meer bij uw bestuur – Stichting De Regenboog"
    assert new.subject == "De Regenboog (99AA) hoort nu bij uw bestuur – Stichting De Overkant"
    (arrived,) = new.sections
    assert arrived.lines == [f"De Regenboog (99AA): 1 mandaat geldt nog tot en met {day_in_words(today() + 30 * DAY)}"]
    assert arrived.link.path == "/over-te-nemen/"


def test_schools_that_move_in_one_go_are_one_message(anke, overkant, regenboog):
    other = make.SchoolFactory(brin="99ZZ", name="De Overkant", board=overkant)
    with act("school.moved", actor=register("DUO-import")):
        for school, board in ((regenboog.school, overkant), (other, regenboog.board)):
            school.board = board
            school.save()

    to_anke = next(message for message in news() if message.user == anke)

    letter = letter_for(to_anke)
    assert letter.subject == "2 scholen wisselen van bestuur – Stichting De Regenboog"
    assert [section.heading for section in letter.sections] == ["Nu bij uw bestuur", "Niet meer bij uw bestuur"]
    assert letter.sections[0].lines == ["De Overkant (99ZZ): er is geen mandaat over te nemen"]


def test_reading_the_same_news_twice_makes_no_second_message(anke, support, ending):
    """R2: one per person and subject; the database keeps it."""
    carry_out(ChangeEnd(mandates=(ending(100).uuid,), end_date=today() + 120 * DAY), actor=support)
    news()
    again = Message.objects.get()
    again.pk, again.uuid = None, uuid4()

    Message.objects.bulk_create([again], ignore_conflicts=True)

    assert Message.objects.count() == 1


def test_many_entries_take_as_few_queries_as_one(anke, support, regenboog, django_assert_num_queries):
    carry_out(
        Grant(
            schools=("99AA", "99AB"), choices=(("RIO", "Leerspoor"), ("DOORSTROOM", "Leerspoor")), start_date=today()
        ),
        actor=support,
    )

    with django_assert_num_queries(4):  # the entries, memberships and preferences, the new messages
        news()
