"""Making messages and sending them: PostgreSQL holds what must be done, and Celery only says when.

What happened is read from the journal's feed, from where reading stopped. A message is a row before it is an e-mail:
one per person and subject, which the database keeps. An attempt is written down before it is made, and no transaction
is open while the mail server is spoken to: the feed stops before the oldest one (`journal.feed`).
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from itertools import groupby
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused

import structlog
from django.db import transaction
from django.utils import timezone

from journal.feed import Cursor, read_feed
from notifications.digests import BoardNews, told_before
from notifications.letters import letter_for
from notifications.letters.letter import as_email
from notifications.models import Message, Progress
from notifications.news import a_message, messages_about
from notifications.recipients import Recipient, acts_for, administrators
from schools.models import Board

log = structlog.get_logger()

# From what time digests are made, in Amsterdam: they are there when the working day begins.
DIGESTS_FROM = time(6, 30)
# How many messages one round sends at most: what else waits for the worker gets its turn.
_ROUND = 500
# An attempt of which nothing is heard for so long has failed: the worker is gone. Longer than any attempt takes.
_LEASE = timedelta(minutes=15)
_LONGEST_WAIT = timedelta(hours=1)
# These kinds are for OSR-beheerders only; others for a tekenbevoegde as well.
_FOR_ADMINISTRATORS = (Message.Kind.DIGEST, Message.Kind.CHANGED_BY_SUPPORT, Message.Kind.SCHOOLS_MOVED)


def read_journal() -> int:
    """Make the messages about all that happened since it was last read; returns how many entries were read."""
    total = 0
    while read := _read_page():
        total += read
    return total


@transaction.atomic
def _read_page() -> int:
    progress = Progress.objects.select_for_update(skip_locked=True).first()
    if progress is None:  # another worker is at it
        return 0
    page = read_feed(Cursor(progress.transaction_id, progress.entry_id))
    if not page.entries:
        return 0
    Message.objects.bulk_create(messages_about(page.entries), ignore_conflicts=True)
    progress.transaction_id, progress.entry_id = page.next.transaction_id, page.next.entry_id
    progress.save(update_fields=["transaction_id", "entry_id"])
    return len(page.entries)


def make_digests(now: datetime) -> None:
    """Make the digests of the day, unless they were made or it is too early; a board at a time.

    What is told was not told before, so a day without digests is made up for by the next.
    """
    day = timezone.localdate(now)
    progress = Progress.objects.get()
    if timezone.localtime(now).time() < DIGESTS_FROM or (progress.digests_made_on or day.min) >= day:
        return
    for board, recipients in groupby(administrators(), key=lambda each: each.board):
        news = BoardNews(board, day, refused_since=progress.digests_made_on)
        Message.objects.bulk_create(_digests(board, list(recipients), news), ignore_conflicts=True)
    Progress.objects.update(digests_made_on=day)


def _digests(board: Board, recipients: Sequence[Recipient], news: BoardNews) -> list[Message]:
    told = told_before([each.user.pk for each in recipients], board, news.day)
    digests = []
    for recipient in recipients:
        if items := news.items_for(recipient, told.get(recipient.user.pk, set())):
            digests.append(a_message(Message.Kind.DIGEST, news.day, board, user=recipient.user, items=items))
    return digests


def send_waiting() -> None:
    """Send what is due. When the mail server is gone the rest waits for the next round."""
    for _ in range(_ROUND):
        message = _claim(timezone.now())
        if message is None or not _attempt(message):
            return


@transaction.atomic
def _claim(now: datetime) -> Message | None:
    """The next message that is due, for this worker alone: until `_LEASE` has passed no other one sees it."""
    due = Message.objects.due(now).select_for_update(skip_locked=True, of=("self",)).select_related("board", "user")
    message = due.first()
    if message:
        message.attempts += 1
        message.due_at = now + _LEASE
        message.save(update_fields=["attempts", "due_at"])
    return message


def _attempt(message: Message) -> bool:
    """Send the message, and write down what came of it; returns whether it makes sense to go on with others."""
    try:
        problem = _send(message)
    except (SMTPRecipientsRefused, SMTPSenderRefused, SMTPDataError) as error:
        _failed(message, error, for_good=_is_for_good(error))
    except OSError as error:  # all else of smtplib, and of the network
        _failed(message, error)
        return False
    except Exception as error:  # one that cannot be written must not keep the others
        log.exception("message not sent", message=str(message.uuid), kind=message.kind)
        _failed(message, error)
    else:
        _finish(message, Message.State.DROPPED if problem else Message.State.SENT, problem=problem)
    return True


def _send(message: Message) -> str:
    """Send it; returns why it is not to be sent, if so."""
    to = message.user.email if message.user else message.address
    if message.user and not acts_for(
        message.user, message.board, only_administrator=message.kind in _FOR_ADMINISTRATORS
    ):
        return "Deze persoon heeft geen rol meer bij dit bestuur."
    if not to:
        return "Van deze persoon is geen e-mailadres bekend."
    letter = letter_for(message)
    if letter is None:
        return "Dit is niet meer nodig of niet meer gewenst."
    email = as_email(letter, message, to=to, name=message.user.name if message.user else "")
    message.sent_to, message.subject = to, email.subject
    email.send()
    return ""


def _is_for_good(error: SMTPRecipientsRefused | SMTPSenderRefused | SMTPDataError) -> bool:
    """Whether the mail server says that it will never accept this; else it may later."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return error.smtp_code >= 500


def _failed(message: Message, error: Exception, *, for_good: bool = False) -> None:
    """Try again later, each time after twice as long; at the end support is to look at it."""
    now = timezone.now()
    problem = f"{type(error).__name__}: {error}"[:500]
    if for_good or now >= message.give_up_at:
        log.warning("message given up", message=str(message.uuid), kind=message.kind)
        _finish(message, Message.State.GIVEN_UP, problem=problem)
    else:
        wait = min(timedelta(minutes=2 ** min(message.attempts - 1, 10)), _LONGEST_WAIT)
        _finish(message, Message.State.WAITING, problem=problem, due_at=now + wait)


def _finish(message: Message, state: Message.State, *, problem: str, **more) -> None:
    """Write down what came of this attempt, unless another attempt has begun since."""
    Message.objects.filter(pk=message.pk, state=Message.State.WAITING, attempts=message.attempts).update(
        state=state,
        sent_at=timezone.now() if state == Message.State.SENT else None,
        sent_to=message.sent_to,
        subject=message.subject,
        problem=problem,
        **more,
    )
