"""From the journal to the mail server: none is lost, and none is sent twice (R2, R6)."""

import smtplib
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from threading import Event

import pytest
from django.core import mail as django_mail
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from journal.acts import Actor, ActorKind, Refused, act, register
from journal.clock import today
from journal.feed import read_feed
from journal.models import Entry
from mandates.actions import ChangeEnd, carry_out
from mandates.models import Mandate
from notifications import sending
from notifications.actions import choose_topics, send_again
from notifications.models import Message, Progress
from notifications.tasks import send_mail
from notifications.topics import Topic
from tests import factories as make
from tests.faults import PATIENCE, Beside, at_once
from tests.notifications.conftest import ADDRESS, is_due

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SUPPORT = Actor(kind=ActorKind.SUPPORT, name="Sam Jansen", reason="Het adres klopt weer")


class Mail:
    """The mail server of a test: `answer` is what it does with a message, if not accept it."""

    def __init__(self) -> None:
        self.answer: Callable[[], None] = lambda: None
        self.tried = 0

    def raises(self, error: Exception) -> None:
        def refuse() -> None:
            raise error

        self.answer = refuse


@pytest.fixture
def mail(monkeypatch) -> Mail:
    server = Mail()
    accept = EmailBackend.send_messages

    def send_messages(self, messages):
        server.tried += 1
        server.answer()
        return accept(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send_messages)
    return server


@pytest.fixture
def outbox(anke) -> list[EmailMessage]:
    """What the mail server accepted."""
    return django_mail.outbox


@pytest.fixture
def waiting(ending, digest) -> Message:
    """A message that waits to be sent."""
    mandate = ending(20)
    return digest(f"ending/{mandate.uuid}/{mandate.end_date}")


def later(message: Message, *, by: timedelta) -> None:
    """As if the message had been tried so long ago."""
    Message.objects.filter(pk=message.pk).update(due_at=message.due_at - by)
    message.refresh_from_db()


# --- What a mail is ---


def test_a_mail_says_the_same_in_text_and_in_html(outbox, waiting, ending):
    sending.send_waiting()

    (email,) = outbox
    assert email.to == [ADDRESS]
    assert email.subject == "1 mandaat loopt af – Stichting De Regenboog"
    ((html, kind),) = email.alternatives
    assert kind == "text/html"
    for said in ("Beste Anke de Vries,", "Mandaten die aflopen", "RIO, Leerspoor, voor De Regenboog (99AA)"):
        assert said in html
        assert said.upper() in email.body.upper()
    assert '<html lang="nl">' in html


def test_a_mail_can_be_told_apart_answered_and_unsubscribed_from(outbox, waiting, settings):
    settings.OSR_PUBLIC_URL, settings.OSR_SUPPORT_MAIL = "https://osr.example.nl", "hulp@example.nl"
    sending.send_waiting()

    (email,) = outbox
    assert email.extra_headers["Message-ID"] == f"<{waiting.uuid}@osr.example.nl>"
    assert email.extra_headers["Auto-Submitted"] == "auto-generated"
    raw = email.message().as_string()
    assert "List-Unsubscribe: <https://osr.example.nl/bestuur/99001/meldingen/>" in raw.replace("\n <", " <")
    assert "https://osr.example.nl/bestuur/99001/meldingen/afmelden/" in email.body
    assert email.reply_to == ["hulp@example.nl"]
    assert "https://osr.example.nl/bestuur/99001/scholen/99AA/" in email.body


def test_a_mail_holds_no_token(outbox, waiting):
    """D10"""
    sending.send_waiting()

    assert str(Mandate.objects.get().token) not in outbox[0].message().as_string()


def test_names_are_text_in_html(outbox, waiting, regenboog):
    with act("school.changed", actor=register("tests")):
        regenboog.school.name = "De <b>Regenboog</b> & co"
        regenboog.school.save()

    sending.send_waiting()

    assert "De &lt;b&gt;Regenboog&lt;/b&gt; &amp; co" in outbox[0].alternatives[0][0]
    assert "De <b>Regenboog</b> & co" in outbox[0].body


def test_a_subject_is_one_line(outbox, waiting, regenboog):
    """A name with a line end is no second header."""
    with act("board.changed", actor=register("tests")):
        regenboog.board.name = "Stichting\r\nBcc: iemand@elders.example"
        regenboog.board.save()

    sending.send_waiting()

    assert outbox[0].subject == "1 mandaat loopt af – Stichting Bcc: iemand@elders.example"


# --- Once, and to who it is for ---


def test_what_was_sent_is_not_sent_again(outbox, waiting):
    for _ in range(3):
        sending.send_waiting()

    assert len(outbox) == 1
    waiting.refresh_from_db()
    assert (waiting.state, waiting.sent_to, waiting.attempts) == ("sent", ADDRESS, 1)


def test_the_database_keeps_that_what_was_sent_stays(outbox, waiting, run_sql):
    """Whatever is forgotten here, the database refuses."""
    sending.send_waiting()

    with pytest.raises(IntegrityError, match="sent stays"), transaction.atomic():
        Message.objects.update(state="waiting", sent_at=None)
    with pytest.raises(IntegrityError, match="is refused"):
        run_sql("DELETE FROM notifications_message", as_owner=True)


def test_a_message_stays_about_what_it_is_about(waiting):
    with pytest.raises(IntegrityError, match="about of notifications_message stays"), transaction.atomic():
        Message.objects.update(about="2026-01-01")


@pytest.mark.parametrize("why", ["no role", "not active", "no address", "not wanted"])
def test_who_need_not_or_cannot_have_it_any_more_gets_nothing(outbox, waiting, anke, regenboog, why):
    """Also of what was waiting already."""
    if why == "no role":
        with act("membership.ended", actor=register("Mijn DUO")):
            anke.memberships.update(is_active=False)
    if why == "not wanted":
        choose_topics(actor=regenboog.anke, wanted={Topic.ENDING: False})
    anke.is_active = why != "not active"
    anke.email = "" if why == "no address" else ADDRESS
    anke.save()

    sending.send_waiting()

    assert outbox == []
    waiting.refresh_from_db()
    assert waiting.state == "dropped"
    assert waiting.problem


def test_the_address_is_the_one_that_counts_when_it_is_sent(outbox, waiting, anke):
    anke.email = "a.devries@regenboog.example"
    anke.save()

    sending.send_waiting()

    assert outbox[0].to == ["a.devries@regenboog.example"]


# --- A mail server that is gone, or does not want it ---


def test_a_message_waits_while_the_mail_server_is_gone(outbox, waiting, mail):
    """R6"""
    mail.raises(ConnectionRefusedError("Connection refused"))
    sending.send_waiting()

    waiting.refresh_from_db()
    assert (waiting.state, waiting.problem) == ("waiting", "ConnectionRefusedError: Connection refused")
    assert not is_due(waiting)

    mail.answer = lambda: None
    later(waiting, by=MINUTE)
    sending.send_waiting()
    assert len(outbox) == 1


def test_a_round_ends_when_the_mail_server_is_gone(waiting, ending, regenboog, mail, colleague):
    """Each attempt may take half a minute: the others wait for the next round."""
    for number in range(3):
        copy_of(waiting, about=f"nog een {number}").save()
    mail.raises(TimeoutError("timed out"))

    sending.send_waiting()

    assert mail.tried == 1


def copy_of(message: Message, **different) -> Message:
    """Another message like it."""
    given = {"kind": message.kind, "board": message.board, "user": message.user, "items": message.items}
    times = {"due_at": message.due_at, "give_up_at": message.give_up_at}
    return Message(**given | times | different)


def test_each_attempt_waits_longer_up_to_an_hour(waiting, mail):
    mail.raises(ConnectionRefusedError())
    waits = []
    for _ in range(9):
        before = timezone.now()
        sending.send_waiting()
        waiting.refresh_from_db()
        waits.append(round((waiting.due_at - before) / MINUTE))
        later(waiting, by=waiting.due_at - before)

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_after_a_week_support_is_to_look_at_it(waiting, mail):
    mail.raises(ConnectionRefusedError("Connection refused"))
    Message.objects.update(give_up_at=timezone.now())

    sending.send_waiting()

    assert Message.objects.given_up().get().problem == "ConnectionRefusedError: Connection refused"


def test_an_address_that_does_not_exist_is_not_tried_for_a_week(waiting, mail):
    mail.raises(smtplib.SMTPRecipientsRefused({ADDRESS: (550, b"No such user")}))

    sending.send_waiting()

    assert Message.objects.given_up().exists()


def test_an_address_that_is_busy_is_tried_again(waiting, mail):
    mail.raises(smtplib.SMTPRecipientsRefused({ADDRESS: (450, b"Try again later")}))

    sending.send_waiting()

    waiting.refresh_from_db()
    assert waiting.state == "waiting"


def test_one_that_cannot_be_written_does_not_keep_the_others(outbox, waiting, digest, anke, regenboog):
    copy_of(waiting, about="kapot", items=["ending/geen-uuid/geen-dag"], due_at=waiting.due_at - MINUTE).save()

    sending.send_waiting()

    assert len(outbox) == 1
    assert Message.objects.get(about="kapot").state == "waiting"


def test_support_has_it_sent_again_with_a_reason(outbox, waiting, mail):
    mail.raises(smtplib.SMTPRecipientsRefused({ADDRESS: (550, b"No such user")}))
    sending.send_waiting()
    mail.answer = lambda: None

    send_again(actor=SUPPORT, message=waiting)
    sending.send_waiting()

    waiting.refresh_from_db()
    assert len(outbox) == 1
    assert (waiting.state, waiting.handled_by, waiting.handled_because) == (
        "sent",
        "Sam Jansen",
        "Het adres klopt weer",
    )


def test_only_support_has_a_message_sent_again_and_only_one_that_was_given_up(waiting, regenboog):
    with pytest.raises(Refused) as refused:
        send_again(actor=regenboog.anke, message=waiting)

    assert [problem.kind for problem in refused.value.problems] == ["not_support", "not_given_up"]


# --- The whole way, with what commits --------------------------------------------------------------------------------


@pytest.fixture
def from_here(transactional_db, regenboog, anke) -> None:
    """The mail has read the journal up to now."""
    last = read_feed(limit=100_000).next
    place = {"transaction_id": last.transaction_id, "entry_id": last.entry_id, "digests_made_on": today() + DAY}
    Progress.objects.update_or_create(pk=1, defaults=place)


def prolong(mandate, days: int, actor: Actor) -> None:
    carry_out(ChangeEnd(mandates=(mandate.uuid,), end_date=today() + timedelta(days=days)), actor=actor)


def test_what_happened_is_mailed_once(outbox, from_here, ending, support):
    prolong(ending(100), 120, support)

    for _ in range(3):
        send_mail()

    assert [email.subject for email in outbox] == [
        "Kennisnet support heeft een mandaat gewijzigd – Stichting De Regenboog"
    ]


def test_workers_at_once_send_each_message_once(outbox, from_here, ending, support, regenboog):
    """R2: the place in the journal and each message have one worker at a time."""
    for _ in range(5):
        prolong(ending(100, school=make.SchoolFactory(board=regenboog.board)), 120, support)

    outcomes = at_once(*[send_mail] * 4)

    assert outcomes == [None] * 4
    send_mail()  # what a worker passed over because another was at it
    assert len(outbox) == 5
    assert len({email.extra_headers["Message-ID"] for email in outbox}) == 5


def test_a_worker_passes_over_what_another_is_at(from_here, ending, support):
    """R2: it does not wait for it either."""
    prolong(ending(100), 120, support)
    sending.read_journal()

    with transaction.atomic():
        assert sending._claim(timezone.now())
        other = Beside(lambda: sending._claim(timezone.now()))
        other.join(PATIENCE)
        assert not other.is_alive()

    assert other.outcome is None


def test_a_worker_that_dies_while_sending_loses_nothing(outbox, from_here, ending, support, mail):
    """R2: another tries it when the first must be gone, under the same Message-ID."""
    prolong(ending(100), 120, support)

    class Killed(BaseException):
        """kill -9"""

    mail.raises(Killed())
    with suppress(Killed):
        send_mail()
    message = Message.objects.get()
    assert (message.state, message.attempts) == ("waiting", 1)

    mail.answer = lambda: None
    send_mail()
    assert outbox == []
    later(message, by=16 * MINUTE)
    send_mail()
    assert outbox[0].extra_headers["Message-ID"].startswith(f"<{message.uuid}@")


def test_a_worker_that_was_given_up_does_not_say_what_came_of_a_later_attempt(from_here, ending, support, mail):
    prolong(ending(100), 120, support)
    sending.read_journal()
    first = sending._claim(timezone.now())
    later(Message.objects.get(), by=16 * MINUTE)
    sending._claim(timezone.now())

    sending._failed(first, OSError("te laat"))

    assert Message.objects.get().problem == ""


def test_sending_does_not_hold_up_the_feed(from_here, ending, support, mail):
    """The feed stops before the oldest transaction that still runs: none may be open while a mail server is slow."""
    prolong(ending(100), 120, support)
    sending.read_journal()
    is_sending, may_go_on = Event(), Event()

    def slow() -> None:
        is_sending.set()
        assert may_go_on.wait(PATIENCE)

    mail.answer = slow
    worker = Beside(sending.send_waiting)
    assert is_sending.wait(PATIENCE)
    before = Entry.objects.count()

    with act("board.changed", actor=register("tests")), connection.cursor() as cursor:
        cursor.execute("UPDATE schools_board SET name = 'Stichting De Nieuwe Regenboog' WHERE number = '99001'")

    assert Entry.objects.settled().count() == before + 1
    may_go_on.set()
    worker.join(PATIENCE)
    assert Message.objects.get().state == "sent"
