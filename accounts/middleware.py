from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import SimpleLazyObject

from accounts import on_behalf, sessions
from accounts.models import Membership, SupportAccount
from journal.acts import Actor, ActorKind
from schools.models import Board

# Which of the person's boards is acted for, by number.
BOARD_SESSION_KEY = "board"


@dataclass(frozen=True)
class ActsFor:
    """A board that a person acts for, and as what."""

    board: Board
    roles: frozenset[str]
    # Of support on behalf of the board: why (D4). Empty for the board's own people.
    reason: str = ""

    @property
    def is_administrator(self) -> bool:
        """Whether the person is OSR-beheerder of the board."""
        return Membership.Role.ADMINISTRATOR in self.roles

    @property
    def is_signatory(self) -> bool:
        """Whether the person may sign for the board."""
        return Membership.Role.SIGNATORY in self.roles


class ActorMiddleware:
    """Tells of each request who acts in it.

    `request.memberships` are the boards of the signed-in person, each with the person's roles (`ActsFor`);
    `request.membership` is the one now acted for, false-like when there is none. `request.support` is the person's
    account of Kennisnet support (`SupportAccount`), false-like for everybody else, and until the second factor was
    shown in this session. All are read only when asked for, and anew in each request: who loses a right has lost it.
    """

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request):
        request.memberships = SimpleLazyObject(lambda: _memberships(request))
        request.membership = SimpleLazyObject(lambda: _chosen(request))
        request.support = SimpleLazyObject(lambda: _support(request))
        response = self.get_response(request)
        sessions.keep(request)
        return response


def _memberships(request) -> list[ActsFor]:
    if not request.user.is_authenticated or not request.user.is_active:
        return []
    acting = on_behalf.current(request)
    if acting and request.support and request.support.leads:
        boards = Board.objects.numbered(acting.board_number)
        return [ActsFor(board, frozenset({Membership.Role.ADMINISTRATOR}), acting.reason) for board in boards]
    return _by_board(
        request.user.memberships.active().select_related("board").order_by("board__name", "board__number", "role")
    )


def _by_board(memberships: Iterable[Membership]) -> list[ActsFor]:
    roles: dict[Board, set[str]] = {}
    for membership in memberships:
        roles.setdefault(membership.board, set()).add(membership.role)
    return [ActsFor(board, frozenset(those)) for board, those in roles.items()]


def _chosen(request) -> ActsFor | None:
    chosen = request.session.get(BOARD_SESSION_KEY)
    by_number = {acts_for.board.number: acts_for for acts_for in request.memberships}
    return by_number.get(chosen) or next(iter(by_number.values()), None)


def _support(request) -> SupportAccount | None:
    if not sessions.has_second_factor(request) or not request.user.is_active:
        return None
    return SupportAccount.objects.select_related("user").filter(user=request.user, is_active=True).first()


def actor_of(request, role: Membership.Role = Membership.Role.ADMINISTRATOR) -> Actor | None:
    """Who acts in this request in this role, for the board chosen in the header; None who has not that role there."""
    if not request.membership or role not in request.membership.roles:
        return None
    if request.membership.reason:
        return request.support.actor(reason=request.membership.reason, board_number=request.membership.board.number)
    return Actor(
        kind=_KINDS[role],
        name=str(request.user),
        user_id=request.user.pk,
        board_number=request.membership.board.number,
    )


_KINDS = {
    Membership.Role.ADMINISTRATOR: ActorKind.ADMINISTRATOR,
    Membership.Role.SIGNATORY: ActorKind.SIGNATORY,
}
