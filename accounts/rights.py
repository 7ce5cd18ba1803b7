"""Who may do what, asked in one place (D4)."""

from journal.acts import Actor, ActorKind
from schools.models import Board


def may_manage_mandates(actor: Actor, board: Board) -> bool:
    """Whether `actor` may give and change the mandates of `board` and its schools (D4).

    That is an OSR-beheerder acting for that board, or support acting on its behalf with a reason.
    """
    if actor.board_number != board.number:
        return False
    return actor.kind == ActorKind.ADMINISTRATOR or (actor.kind == ActorKind.SUPPORT and bool(actor.reason.strip()))
