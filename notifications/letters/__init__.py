"""The messages in words: each is written when it is sent, from the journal and the register as they are then."""

from notifications.letters.agreements import (
    agreed,
    agreement_ended,
    declined,
    offered,
    receipt,
    reminded,
    withdrawn,
)
from notifications.letters.changes import changed_by_support, schools_moved
from notifications.letters.digest import digest
from notifications.letters.letter import Letter
from notifications.models import Message

_WRITERS = {
    Message.Kind.DIGEST: digest,
    Message.Kind.CHANGED_BY_SUPPORT: changed_by_support,
    Message.Kind.SCHOOLS_MOVED: schools_moved,
    Message.Kind.OFFERED: offered,
    Message.Kind.REMINDED: reminded,
    Message.Kind.WITHDRAWN: withdrawn,
    Message.Kind.DECLINED: declined,
    Message.Kind.RECEIPT: receipt,
    Message.Kind.AGREED: agreed,
    Message.Kind.AGREEMENT_ENDED: agreement_ended,
}


def letter_for(message: Message) -> Letter | None:
    """The message in words; None when there is nothing to tell any more."""
    return _WRITERS[Message.Kind(message.kind)](message)
