"""Following the identity provider in who acts for which board."""

from collections.abc import Iterable

from django.db import transaction

from accounts.claims import Person
from accounts.models import Membership, User
from accounts.providers import Provider
from journal.acts import Actor, act, register
from schools.models import Board


def follow_provider(user: User, person: Person, provider: Provider) -> list[Membership]:
    """Make the user's memberships what the provider says now; returns those that count.

    Boards that the register does not know are passed over. A person without a right to enter keeps none (domain.md
    section 8): what they did stays theirs, but they no longer act for any board.
    """
    actor = register(provider.name)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        user.name, user.email = person.name, person.email
        user.save(update_fields=["name", "email"])
        boards = Board.objects.filter(number__in=person.board_numbers)
        _follow_role(user, Membership.Role.ADMINISTRATOR, boards if person.is_administrator else [], actor)
        _follow_role(user, Membership.Role.SIGNATORY, boards if person.is_signatory else [], actor)
    return list(user.memberships.active())


def _follow_role(user: User, role: Membership.Role, boards: Iterable[Board], actor: Actor) -> None:
    memberships = user.memberships.filter(role=role)
    with act("membership.ended", actor=actor):
        memberships.active().exclude(board__in=boards).update(is_active=False)
    with act("membership.given", actor=actor):
        memberships.filter(board__in=boards, is_active=False).update(is_active=True)
        known = set(memberships.values_list("board", flat=True))
        for board in boards:
            if board.pk not in known:
                Membership.objects.create(user=user, board=board, role=role)
