"""Kennisnet support taking a person's access to a board away."""

from collections.abc import Iterator

from django.db import transaction

from accounts.models import Membership, User
from journal.acts import Actor, Problem, act
from services.actions.gate import no_reason, refuse_if, refuse_unless_support


def end_membership(*, actor: Actor, membership: Membership) -> Membership:
    """Let the person no longer act for the board in this role, from the very next thing they do.

    They get it back when they sign in and the provider still names it: only the provider can take it away for good.
    Raises `Refused`, also unless support does it with a reason.
    """
    refuse_unless_support(actor, "de toegang van personen")
    with transaction.atomic():
        # Signing in takes the same lock, so that one of the two comes after the other.
        User.objects.select_for_update().get(pk=membership.user_id)
        membership = Membership.objects.select_related("user", "board").get(pk=membership.pk)
        refuse_if(no_reason(actor, "het beëindigen van de toegang"), _has_ended(membership))
        membership.is_active = False
        with act("membership.ended", actor=actor):
            membership.save(update_fields=["is_active"])
    return membership


def _has_ended(membership: Membership) -> Iterator[Problem]:
    if not membership.is_active:
        yield Problem(
            "has_ended", f"{membership.user} is al geen {membership.get_role_display()} van {membership.board} meer."
        )
