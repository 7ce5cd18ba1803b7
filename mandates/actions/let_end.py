"""Letting mandates end that came along with a school from another board (D20)."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from journal.acts import Actor, Problem, Refused, act
from journal.clock import today
from mandates.actions.previews import lock_own_board
from mandates.models import LetEnd, Mandate


def let_end(*, actor: Actor, mandates: Collection[UUID]) -> list[Mandate]:
    """Write down that the actor's board lets these mandates (UUIDs) end; returns those of which it had not said so yet.

    The mandates do not change: they end on the last day that they have. Raises `Refused` when the actor may not (D4)
    and when one of them is not to be taken over any more: then nothing is written down.
    """
    with transaction.atomic():
        board = lock_own_board(actor)
        came_along = Mandate.objects.to_take_over(board.number, today()).filter(uuid__in=mandates)
        if len(came_along) < len(set(mandates)):
            raise Refused(
                [
                    Problem(
                        "not_to_take_over", "Dit mandaat is niet meer over te nemen: het is overgenomen of afgelopen."
                    )
                ]
            )
        undecided = list(came_along.exclude(let_ends__board=board).select_related("school", "service", "system"))
        with act("let_end.decided", actor=actor):
            LetEnd.objects.bulk_create(LetEnd(mandate=mandate, board=board) for mandate in undecided)
    return undecided
