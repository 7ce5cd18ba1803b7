"""The link in a mail by which one says that one wants no more of them: signed, and of use to that person only."""

from dataclasses import dataclass

from django.core import signing

from notifications.topics import Topic

_SALT = "notifications.unsubscribing"


@dataclass(frozen=True)
class Wish:
    """A person (primary key), a board (number), and what the person need not be mailed about any more."""

    user: int
    board: str
    topics: tuple[Topic, ...]


def sign(wish: Wish) -> str:
    """The text in the link."""
    return signing.dumps([wish.user, wish.board, [topic.value for topic in wish.topics]], salt=_SALT)


def read(text: str) -> Wish | None:
    """The wish that a link stands for; None when it is no link of ours. A link stays good: mails are kept for years."""
    try:
        user, board, topics = signing.loads(text, salt=_SALT)
    except signing.BadSignature:
        return None
    return Wish(user, board, tuple(map(Topic, topics)))
