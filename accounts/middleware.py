from django.utils.functional import SimpleLazyObject

from accounts.models import Membership
from journal.acts import Actor, ActorKind

# Which of the person's boards is acted for, by number.
BOARD_SESSION_KEY = "board"


class ActorMiddleware:
    """Gives each request `memberships`, those of the signed-in person, and `membership`, the one now acted for.

    Both are read only when asked for; `membership` is false-like when the person acts for no board.
    """

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request):
        request.memberships = SimpleLazyObject(lambda: _memberships(request))
        request.membership = SimpleLazyObject(lambda: _chosen(request))
        return self.get_response(request)


def _memberships(request) -> list[Membership]:
    if not request.user.is_authenticated or not request.user.is_active:
        return []
    return list(request.user.memberships.active().select_related("board").order_by("board__name", "board__number"))


def _chosen(request) -> Membership | None:
    chosen = request.session.get(BOARD_SESSION_KEY)
    by_number = {membership.board.number: membership for membership in request.memberships}
    return by_number.get(chosen) or next(iter(by_number.values()), None)


def actor_of(request) -> Actor | None:
    """Who acts in this request, for the board chosen in the header; None when nobody acts for a board."""
    if not request.membership:
        return None
    return Actor(
        kind=ActorKind.ADMINISTRATOR,
        name=str(request.user),
        user_id=request.user.pk,
        board_number=request.membership.board.number,
    )
