"""What every message is made of, and the e-mail that it becomes: plain text, and the same as HTML."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from notifications import unsubscribing
from notifications.models import Message
from notifications.topics import Topic


@dataclass(frozen=True)
class Link:
    """Where one can do something about it: a page of the register, opened `for_board` if the message is about one."""

    text: str
    path: str
    for_board: bool = True


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of a message under a heading of its own."""

    heading: str
    text: str = ""
    lines: Sequence[str] = ()
    link: Link | None = None


@dataclass(frozen=True)
class Attachment:
    """A PDF that goes with a message."""

    name: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message in Dutch. `why` says why one gets it; `topics` are what one can unsubscribe from, if anything."""

    subject: str
    opening: str
    sections: Sequence[Section]
    why: str
    topics: Sequence[Topic] = ()
    attachments: Sequence[Attachment] = ()


def one_line(text: str) -> str:
    """The text on one line, as a subject must be."""
    return " ".join(text.split())


def in_a_row(parts: Sequence[str]) -> str:
    """a, b en c"""
    return " en ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def why_administrator(message: Message, topics: Sequence[Topic]) -> str:
    """Why an OSR-beheerder gets a message about these topics."""
    about = in_a_row([topic.label for topic in topics])
    return f"U krijgt deze mail omdat u OSR-beheerder bent van {message.board} en mail wilt over {about}."


def as_email(letter: Letter, message: Message, *, to: str, name: str) -> EmailMultiAlternatives:
    """The e-mail to the address `to` of the person `name` (may be empty).

    Sent again it keeps its Message-ID, by which a mail server knows that it is the same.
    """
    preferences = unsubscribe = ""
    if letter.topics:
        preferences = _url(message, Link("", reverse("notifications:preferences")))
        unsubscribe = _unsubscribe_url(message, letter.topics)
    context = {
        "letter": letter,
        "name": name,
        "board": message.board,
        "preferences_url": preferences,
        "unsubscribe_url": unsubscribe,
        "support": settings.OSR_SUPPORT_MAIL,
        "sections": [(section, _url(message, section.link) if section.link else "") for section in letter.sections],
    }
    headers = {
        "Message-ID": f"<{message.uuid}@{urlsplit(settings.OSR_PUBLIC_URL).hostname}>",
        "Auto-Submitted": "auto-generated",
        # The short address: a header that is too long for one line would be encoded, and mail programs pass over it.
        **({"List-Unsubscribe": f"<{preferences}>"} if preferences else {}),
    }
    email = EmailMultiAlternatives(
        subject=one_line(letter.subject),
        body=render_to_string("notifications/mail.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to],
        reply_to=[settings.OSR_SUPPORT_MAIL],
        headers=headers,
    )
    email.attach_alternative(render_to_string("notifications/mail.html", context), "text/html")
    for attachment in letter.attachments:
        email.attach(attachment.name, attachment.content, "application/pdf")
    return email


def _url(message: Message, link: Link) -> str:
    """The address of a page, opened for the board: who acts for several may have another one chosen."""
    if not link.for_board:
        return settings.OSR_PUBLIC_URL + link.path
    path, _, query = link.path.removeprefix("/").partition("?")
    opened = reverse("notifications:for_board", args=[message.board.number, path])
    return settings.OSR_PUBLIC_URL + opened + (f"?{query}" if query else "")


def _unsubscribe_url(message: Message, topics: Sequence[Topic]) -> str:
    signed = unsubscribing.sign(unsubscribing.Wish(message.user_id, message.board.number, tuple(topics)))
    return _url(message, Link("", reverse("notifications:unsubscribe", args=[signed])))
