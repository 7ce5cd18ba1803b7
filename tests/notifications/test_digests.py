"""What will end or must be done, once a day in one message (screens.md, Meldingen)."""

from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from journal.acts import act, register
from journal.clock import today
from mandates.models import Check
from mandates.wording import day_in_words
from notifications.actions import choose_topics
from notifications.digests import BoardNews
from notifications.letters import letter_for
from notifications.models import Message, Progress
from notifications.recipients import administrators
from notifications.sending import DIGESTS_FROM, make_digests
from notifications.topics import Topic
from schools.numbers import school_oin
from tests import factories as make
from tests.register import make_membership

DAY = timedelta(days=1)


def at(day, clock: time):
    """The moment at which it is that time in Amsterdam."""
    return timezone.make_aware(datetime.combine(day, clock))


def this_morning():
    return at(today(), DIGESTS_FROM)


def items(told=(), day=None) -> list[str]:
    """What there is to tell to the only OSR-beheerder."""
    (recipient,) = administrators()
    return BoardNews(recipient.board, day or today()).items_for(recipient, told)


def made() -> list[Message]:
    """The digests that are made this morning."""
    make_digests(this_morning())
    return list(Message.objects.filter(kind=Message.Kind.DIGEST))


def said(letter) -> list[str]:
    return [line for section in letter.sections for line in section.lines]


# --- Mandates that end ---


def test_a_mandate_that_will_end_is_told_of(anke, ending):
    mandate = ending(20)

    (message,) = made()

    letter = letter_for(message)
    assert letter.subject == "1 mandaat loopt af – Stichting De Regenboog"
    assert said(letter) == [f"{day_in_words(mandate.end_date)}: RIO, Leerspoor, voor De Regenboog (99AA)"]
    assert letter.sections[0].link.path == "/scholen/99AA/"


def test_mandates_that_end_together_are_told_together(anke, ending, regenboog):
    for school in (regenboog.school, regenboog.other_school):
        ending(20, school=school)

    letter = letter_for(made()[0])

    assert letter.subject.startswith("2 mandaten lopen af")
    assert said(letter)[0].endswith("RIO, Leerspoor, voor De Linde (99AB) en De Regenboog (99AA)")
    assert letter.sections[0].link.path == "/mandaten/wijzigen/"


@pytest.mark.parametrize(("days", "before", "is_told"), [(7, 7, True), (8, 7, False), (14, 14, True), (30, 30, True)])
def test_how_long_before_is_ones_own_choice(anke, regenboog, ending, days, before, is_told):
    choose_topics(actor=regenboog.anke, wanted={}, ending_days=before)
    ending(days)

    assert bool(items()) is is_told


def test_nothing_is_told_twice(anke, ending):
    mandate = ending(20)
    made()

    assert items(told=[f"ending/{mandate.uuid}/{mandate.end_date}"]) == []
    make_digests(at(today() + DAY, DIGESTS_FROM))
    assert Message.objects.count() == 1


def test_another_end_date_is_told_again(anke, ending):
    mandate = ending(20)

    assert items(told=[f"ending/{mandate.uuid}/{mandate.end_date - DAY}"]) != []


def test_what_another_mandate_follows_is_not_told(anke, ending, regenboog):
    """D12: after a switch there is nothing to do."""
    mandate = ending(20)
    ending(200, system=regenboog.other_las, start_date=mandate.end_date + DAY)

    assert items() == []


@pytest.mark.parametrize("gap", ["a day without", "another kind of system", "for one location only"])
def test_what_another_mandate_does_not_wholly_follow_is_told(anke, ending, regenboog, gap):
    mandate = ending(20, service=regenboog.test)
    different = {"start_date": mandate.end_date + DAY, "system": regenboog.other_las, "service": regenboog.test}
    if gap == "a day without":
        different["start_date"] += DAY
    if gap == "another kind of system":
        different["system"] = regenboog.test_system
    if gap == "for one location only":
        different["locations"] = ["99AA01"]
    ending(200, **different)

    assert [item.split("/")[0] for item in items()] == ["ending"]


def test_what_need_not_be_prolonged_is_not_told(anke, ending, regenboog):
    """D19, and services that have ended."""
    closing, ended = ending(10, school=regenboog.other_school), ending(20)
    with act("school.closed", actor=register("tests")):
        regenboog.other_school.closed_on = closing.end_date
        regenboog.other_school.save()
    with act("service.changed", actor=register("tests")):
        ended.service.is_active = False
        ended.service.save()

    assert items() == []


def test_what_was_prolonged_meanwhile_is_not_told_when_the_message_is_sent(anke, ending):
    """A message is put into words when it is sent."""
    mandate = ending(20)
    (message,) = made()
    with act("mandate.changed", actor=register("tests")):
        mandate.end_date = None
        mandate.save()

    assert letter_for(message) is None


def test_the_boards_own_mandate_is_told_as_such(anke, regenboog):
    make.MandateFactory(
        school=None,
        board=regenboog.board,
        service=regenboog.bst,
        system=regenboog.las,
        start_date=today() - DAY,
        end_date=today() + 5 * DAY,
    )

    assert said(letter_for(made()[0]))[0].endswith("BST, Leerspoor, voor het hele bestuur")


# --- Deadlines ---


@pytest.fixture
def deadline(regenboog):
    """Set the deadline of RIO to so many days ahead."""

    def deadline(days: int) -> None:
        with act("service.changed", actor=register("tests")):
            regenboog.rio.deadline = today() + timedelta(days=days)
            regenboog.rio.save()

    return deadline


def test_a_deadline_is_told_of_while_schools_miss_a_mandate(anke, ending, deadline, regenboog):
    deadline(30)
    ending(400)

    letter = letter_for(made()[0])

    assert letter.subject == "De deadline van RIO komt eraan – Stichting De Regenboog"
    (section,) = letter.sections
    assert section.text == "1 van uw 2 scholen mist nog een mandaat."
    assert section.link.path == "/mandaten/?mist=RIO"


def test_a_deadline_of_what_the_board_gives_is_told_of_as_well(anke, regenboog):
    """D1"""
    with act("service.changed", actor=register("tests")):
        regenboog.bst.deadline = today() + timedelta(days=14)
        regenboog.bst.save()

    (section,) = letter_for(made()[0]).sections

    assert section.text == "Uw bestuur mist nog een mandaat."
    assert section.link.path == "/mandaten/"


def test_a_deadline_is_told_of_three_times(anke, deadline):
    deadline(30)
    steps, told = [], []
    for days in range(31):
        new = items(told, day=today() + timedelta(days=days))
        steps += [30 - days for _ in new]
        told += new

    assert steps == [30, 14, 7]


def test_a_deadline_is_not_told_of_when_all_is_arranged(anke, ending, deadline, regenboog):
    deadline(10)
    for school in (regenboog.school, regenboog.other_school):
        ending(400, school=school)

    assert items() == []


# --- Schools that came from another board ---


def test_a_grace_period_that_ends_is_told_of(anke, regenboog):
    """D20"""
    other = make.BoardFactory(number="99002")
    school = make.SchoolFactory(brin="99ZZ", name="De Overkant", board=other)
    make.MandateFactory(school=school, service=regenboog.rio, system=regenboog.las)
    with act("school.moved", actor=register("DUO-import")):
        school.board = regenboog.board
        school.save()

    told = items(day=today() + 16 * DAY)

    assert told == [f"grace/99ZZ/{today() + 30 * DAY}/14"]
    assert items() == []


def test_what_is_still_to_be_taken_over_is_said_with_its_last_day(anke, regenboog, digest):
    """D20"""
    other = make.BoardFactory(number="99002")
    school = make.SchoolFactory(brin="99ZZ", name="De Overkant", board=other)
    make.MandateFactory(school=school, service=regenboog.rio, system=regenboog.las)
    with act("school.moved", actor=register("DUO-import")):
        school.board = regenboog.board
        school.save()

    letter = letter_for(digest(f"grace/99ZZ/{today() + 30 * DAY}/14"))

    assert letter.subject.startswith("1 mandaat is nog over te nemen")
    assert said(letter) == [f"De Overkant (99ZZ): 1 mandaat geldt nog tot en met {day_in_words(today() + 30 * DAY)}"]


# --- Refused checks ---


def ask(service="RIO", *, mandated=False, days_ago=1, times=1) -> None:
    """Toetsplein asked about Leerspoor and De Regenboog, so many days ago."""
    for _ in range(times):
        Check.objects.create(
            id=uuid4(),
            checked_at=at(today() - days_ago * DAY, time(9)),
            caller_oin="00000099000000000003",
            brin="99AA",
            school_oin=school_oin("99AA"),
            supplier_oin="00000099000000000001",
            service_code=service,
            reference_date=today(),
            mandated=mandated,
        )


def test_refused_checks_are_told_to_who_asked_for_it(anke, regenboog):
    ask(times=3)
    assert items() == []

    choose_topics(actor=regenboog.anke, wanted={Topic.REFUSED: True})
    letter = letter_for(made()[0])

    assert letter.subject == "3 raadplegingen zijn geweigerd – Stichting De Regenboog"
    assert said(letter) == ["De Regenboog (99AA), RIO: Toetsplein BV vroeg 3 keer naar een mandaat van Leerspoor BV"]
    assert letter.sections[0].link.path == "/scholen/99AA/raadplegingen/"
    assert "vroeg gisteren" in letter.sections[0].text


def test_checks_that_were_answered_with_yes_are_not_told(anke, regenboog):
    choose_topics(actor=regenboog.anke, wanted={Topic.REFUSED: True})
    ask(mandated=True)

    assert items() == []


def test_checks_from_before_the_board_governed_the_school_are_not_told(anke, regenboog):
    """docs/decisions/021-what-a-board-sees.md"""
    choose_topics(actor=regenboog.anke, wanted={Topic.REFUSED: True})
    ask()
    for board in (make.BoardFactory(number="99002"), regenboog.board):
        with act("school.moved", actor=register("DUO-import")):
            regenboog.school.board = board
            regenboog.school.save()

    assert items() == []


def test_days_on_which_no_digest_was_made_are_made_up_for(anke, regenboog):
    choose_topics(actor=regenboog.anke, wanted={Topic.REFUSED: True})
    ask(days_ago=3)
    Progress.objects.update(digests_made_on=today() - 3 * DAY)

    assert made()[0].items == [f"refused/{today() - 3 * DAY}"]


# --- When ---


def test_no_digest_is_made_before_the_working_day(anke, ending):
    ending(20)

    make_digests(at(today(), time(6, 29)))

    assert not Message.objects.exists()


def test_there_is_one_digest_a_day(anke, ending, regenboog):
    ending(20)
    made()
    ending(25, school=regenboog.other_school)

    make_digests(at(today(), time(12)))
    Progress.objects.update(digests_made_on=None)  # as after a crash halfway
    make_digests(at(today(), time(12)))

    assert Message.objects.count() == 1


def test_a_day_without_news_brings_no_mail(anke, ending):
    ending(31)

    assert made() == []


def test_a_person_with_two_boards_gets_a_digest_for_each(anke, ending, regenboog):
    other = make.BoardFactory(number="99002", name="Stichting De Overkant")
    make_membership(anke, other)
    ending(20)
    ending(20, school=make.SchoolFactory(board=other))

    assert {message.board.number for message in made()} == {"99001", "99002"}


@pytest.mark.parametrize("mandates", [1, 6])
def test_a_board_takes_a_fixed_number_of_queries(
    anke, ending, deadline, regenboog, mandates, django_assert_num_queries
):
    deadline(10)
    choose_topics(actor=regenboog.anke, wanted={Topic.REFUSED: True})
    for _ in range(mandates):
        ending(20, school=make.SchoolFactory(board=regenboog.board))

    with django_assert_num_queries(15):
        make_digests(this_morning())
