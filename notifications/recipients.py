"""Who is mailed: people who act for a board now, at the address that their identity provider gives."""

from collections.abc import Collection
from dataclasses import dataclass

from accounts.models import Membership, User
from notifications.models import Preference
from notifications.topics import Topic
from schools.models import Board


@dataclass(frozen=True)
class Recipient:
    """A person, a board that the person acts for, and what the person wants to be mailed about it."""

    user: User
    board: Board
    preference: Preference

    def wants(self, topic: Topic) -> bool:
        """Whether the person is to be mailed about `topic`."""
        return self.preference.wants(topic)


def administrators(board_numbers: Collection[str] | None = None) -> list[Recipient]:
    """The OSR-beheerders that can be mailed, of these boards (None: of all), by board; in two queries."""
    return _recipients(board_numbers, [Membership.Role.ADMINISTRATOR])


def people_of(board_numbers: Collection[str]) -> list[Recipient]:
    """The OSR-beheerders and tekenbevoegden of these boards that can be mailed; who is both once."""
    return _recipients(board_numbers, list(Membership.Role))


def preference_of(user: User, board: Board) -> Preference:
    """What the person wants to be mailed about for the board; what the defaults say when nothing was chosen."""
    return Preference.objects.filter(user=user, board=board).first() or Preference(user=user, board=board)


def acts_for(user: User, board: Board, *, only_administrator: bool) -> bool:
    """Whether the person acts for the board now: who does not gets no mail about it any more."""
    roles = [Membership.Role.ADMINISTRATOR] if only_administrator else list(Membership.Role)
    return user.memberships.of_people_who_come().filter(board=board, role__in=roles).exists()


def _recipients(board_numbers: Collection[str] | None, roles: list[Membership.Role]) -> list[Recipient]:
    memberships = (
        Membership.objects.of_people_who_come()
        .filter(role__in=roles)
        .exclude(user__email="")
        .select_related("user", "board")
        .order_by("board__number", "user_id")
    )
    preferences = Preference.objects.all()
    if board_numbers is not None:
        memberships = memberships.filter(board__number__in=board_numbers)
        preferences = preferences.filter(board__number__in=board_numbers)
    chosen = {(preference.user_id, preference.board_id): preference for preference in preferences}
    found = {(each.user_id, each.board_id): each for each in memberships}
    return [
        Recipient(each.user, each.board, chosen.get(key) or Preference(user=each.user, board=each.board))
        for key, each in found.items()
    ]
