"""Changing who acts for which board."""

from django.db import transaction

from accounts.claims import Person
from accounts.models import Membership, User
from journal.acts import act, register
from schools.models import Board


def follow_provider(user: User, person: Person) -> list[Membership]:
    """Make the user's memberships what the identity provider says now; returns those that count.

    Boards that the register does not know are passed over. A person without the access role keeps none (domain.md
    section 8): what they did stays theirs, but they no longer act for any board.
    """
    provider = register("Mijn DUO")
    numbers = person.board_numbers if person.may_enter else ()
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        user.name, user.email = person.name, person.email
        user.save(update_fields=["name", "email"])
        boards = Board.objects.filter(number__in=numbers)
        with act("membership.ended", actor=provider):
            user.memberships.active().exclude(board__in=boards).update(is_active=False)
        with act("membership.given", actor=provider):
            user.memberships.filter(board__in=boards, is_active=False).update(is_active=True)
            known = user.memberships.values("board")
            for board in boards.exclude(pk__in=known):
                Membership.objects.create(user=user, board=board, role=Membership.Role.ADMINISTRATOR)
    return list(user.memberships.active())
