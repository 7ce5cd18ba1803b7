"""What the journal tells of that somebody is to be mailed about at once, and who."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from agreements.models import Agreement, Offer
from journal.acts import ActorKind
from journal.models import Entry
from notifications.models import GIVE_UP_AFTER, Message
from notifications.recipients import Recipient, administrators, people_of
from notifications.topics import Topic
from schools.models import Board

_TO_SIGNATORY = {
    "offer.offered": Message.Kind.OFFERED,
    "offer.reminded": Message.Kind.REMINDED,
    "offer.withdrawn": Message.Kind.WITHDRAWN,
}


def messages_about(entries: Iterable[Entry]) -> list[Message]:
    """The messages, not saved yet, that these journal entries ask for.

    What the register itself does, such as reading a register file, is no news; that DUO moved a school is.
    """
    entries = list(entries)
    return [*_about_changes(entries), *(message for entry in entries for message in _about_agreement(entry))]


def a_message(kind: Message.Kind, about: object, board: Board, **whom_and_what) -> Message:
    """A message that is to be sent now."""
    now = timezone.now()
    times = {"made_at": now, "due_at": now, "give_up_at": now + GIVE_UP_AFTER}
    return Message(kind=kind, about=str(about), board=board, **times, **whom_and_what)


class _Change(NamedTuple):
    """What happened for a board in one go, however many rows it changed."""

    kind: Message.Kind
    topic: Topic
    transaction_id: int
    board_number: str


def _about_changes(entries: Iterable[Entry]) -> list[Message]:
    changes = dict.fromkeys(change for entry in entries for change in _changes(entry))
    people: dict[str, list[Recipient]] = defaultdict(list)
    if changes:
        for recipient in administrators({change.board_number for change in changes}):
            people[recipient.board.number].append(recipient)
    return [
        a_message(change.kind, change.transaction_id, each.board, user=each.user)
        for change in changes
        for each in people[change.board_number]
        if each.wants(change.topic)
    ]


def _changes(entry: Entry) -> Iterator[_Change]:
    number = entry.actor.get("board_number")
    if entry.type == "school.moved":
        for concerned in entry.boards:
            yield _Change(Message.Kind.SCHOOLS_MOVED, Topic.TRANSFERS, entry.transaction_id, concerned)
    elif entry.subject_kind == "mandate" and entry.actor["kind"] == ActorKind.SUPPORT and number:
        yield _Change(Message.Kind.CHANGED_BY_SUPPORT, Topic.SUPPORT, entry.transaction_id, number)


def _about_agreement(entry: Entry) -> list[Message]:
    if entry.subject_kind == "agreement" and entry.actor["kind"] == ActorKind.REGISTER:
        return []
    # Signing makes a document as well, in the same act.
    match entry.subject_kind, entry.type:
        case "offer", "offer.offered" | "offer.reminded" | "offer.withdrawn":
            return _to_signatories(entry)
        case "offer", "offer.declined":
            board = Board.objects.get(pk=entry.after["board_id"])
            return [a_message(Message.Kind.DECLINED, entry.pk, board, address=settings.OSR_SUPPORT_MAIL)]
        case "agreement", "agreement.signed" | "agreement.registered":
            return _about_signing(entry)
        case "agreement", "agreement.ended":
            return _to_people(Message.Kind.AGREEMENT_ENDED, entry, people_of(entry.boards))
    return []


def _to_people(kind: Message.Kind, entry: Entry, people: Iterable[Recipient]) -> list[Message]:
    return [a_message(kind, entry.pk, each.board, user=each.user) for each in people]


def _to_signatories(entry: Entry) -> list[Message]:
    """To the addresses that the offer is sent to: the tekenbevoegde need not have been here before."""
    if entry.type == "offer.withdrawn" and entry.before["status"] != Offer.Status.OFFERED:
        return []
    offer = Offer.objects.select_related("board").get(pk=entry.after["id"])
    kind = _TO_SIGNATORY[entry.type]
    return [a_message(kind, entry.pk, offer.board, address=address) for address in offer.addresses]


def _about_signing(entry: Entry) -> list[Message]:
    """A receipt to who signed it (A3), and word of it to the others of the board."""
    agreement = Agreement.objects.select_related("board", "signed_by").get(pk=entry.after["id"])
    others = [each for each in people_of([agreement.board.number]) if each.user != agreement.signed_by]
    told = _to_people(Message.Kind.AGREED, entry, others)
    if agreement.signed_by is None:
        return told
    return [*_receipt(entry, agreement, agreement.signed_by), *told]


def _receipt(entry: Entry, agreement: Agreement, signatory: User) -> list[Message]:
    if signatory.email:
        return [a_message(Message.Kind.RECEIPT, entry.pk, agreement.board, user=signatory)]
    # Mijn DUO gives no address; the offer went to one. If it went to several, it is not known which is the signatory's.
    offered_to = agreement.offer.addresses
    return [
        a_message(Message.Kind.RECEIPT, entry.pk, agreement.board, address=address)
        for address in offered_to
        if len(offered_to) == 1
    ]
