"""Who may do what, asked in one place (D4, A2-A7)."""

from accounts.models import Membership, SupportAccount
from journal.acts import Actor, ActorKind
from schools.models import Board


def may_manage_mandates(actor: Actor, board: Board) -> bool:
    """Whether `actor` may give and change the mandates of `board` and its schools (D4).

    That is an OSR-beheerder acting for that board, or a lead of support acting on its behalf with a reason.
    """
    if actor.board_number != board.number:
        return False
    return actor.kind == ActorKind.ADMINISTRATOR or _is_support(actor, SupportAccount.Role.LEAD)


def may_request_agreements(actor: Actor, board: Board) -> bool:
    """Whether `actor` may ask for an agreement of `board` (A2): who acts for it, and support with a reason."""
    if actor.kind in (ActorKind.ADMINISTRATOR, ActorKind.SIGNATORY):
        return actor.board_number == board.number
    return may_offer_agreements(actor)


def may_offer_agreements(actor: Actor) -> bool:
    """Whether `actor` may write, offer and withdraw agreements, and register them on paper (A2, A4, A6).

    That is support with a reason, and with an account that may change things.
    """
    return _is_support(actor, SupportAccount.Role.SUPPORT, SupportAccount.Role.LEAD)


def may_end_agreements(actor: Actor) -> bool:
    """Whether `actor` may end agreements (A7): a lead of support, with a reason."""
    return _is_support(actor, SupportAccount.Role.LEAD)


def may_sign_for(actor: Actor, board: Board) -> bool:
    """Whether `actor` may sign or decline for `board` (A3): a tekenbevoegde of that board, acting as one."""
    return (
        actor.kind == ActorKind.SIGNATORY
        and actor.board_number == board.number
        and Membership.objects.active().filter(user=actor.user_id, board=board, role=Membership.Role.SIGNATORY).exists()
    )


def _is_support(actor: Actor, *roles: SupportAccount.Role) -> bool:
    if actor.kind != ActorKind.SUPPORT or not actor.reason.strip():
        return False
    # Who works on the server itself has no account, and gives a name.
    return (
        actor.user_id is None
        or SupportAccount.objects.filter(user=actor.user_id, is_active=True, role__in=roles).exists()
    )
