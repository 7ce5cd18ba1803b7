"""To whom an agreement is offered: who signed the one before, or else all who may sign for the board."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from accounts.models import Membership, User
from agreements.models import BETWEEN_ADDRESSES, Agreement, Kind
from journal.clock import today
from schools.models import Board


@dataclass(frozen=True)
class Addressee:
    """The name and the e-mail address of who is asked to sign; of several people the names and the addresses."""

    name: str
    email: str


def suggested_signatories(board: Board, kind: Kind) -> Addressee | None:
    """To whom support may well offer an agreement of `kind`; None when the register knows nobody."""
    signed_by = Agreement.objects.in_force(today()).filter(board=board, kind=kind).values_list("signed_by", flat=True)
    return signatories_of({board.pk: signed_by.first()}).get(board.pk)


def signatories_of(boards: Mapping[int, int | None]) -> dict[int, Addressee]:
    """Per board (its id) to whom to offer; `boards` says by which user the agreement in force was signed, if known.

    Only people who may sign for the board now, and whose address is known. Boards without any are not in the answer.
    Takes one query, for however many boards.
    """
    memberships = (
        Membership.objects.of_people_who_come()
        .filter(board__in=boards, role=Membership.Role.SIGNATORY)
        .exclude(user__email="")
        .select_related("user")
        .order_by("user__name", "user__pk")
    )
    by_board: dict[int, list[User]] = defaultdict(list)
    for membership in memberships:
        by_board[membership.board_id].append(membership.user)
    return {board: _addressee(users, boards[board]) for board, users in by_board.items()}


def _addressee(users: Collection[User], signed_by: int | None) -> Addressee:
    asked = [user for user in users if user.pk == signed_by] or users
    return Addressee(
        name=" en ".join(str(user) for user in asked), email=BETWEEN_ADDRESSES.join(user.email for user in asked)
    )
