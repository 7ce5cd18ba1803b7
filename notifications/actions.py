"""Choosing what to be mailed about, and dealing with messages that could not be delivered."""

from collections.abc import Collection, Mapping

from django.db import transaction
from django.utils import timezone

from accounts.models import Membership
from journal.acts import Actor, ActorKind, Problem, Refused, act
from notifications.models import GIVE_UP_AFTER, Message, Preference
from notifications.topics import ENDING_DAYS, Topic


@transaction.atomic
def choose_topics(*, actor: Actor, wanted: Mapping[Topic, bool], ending_days: int | None = None) -> Preference:
    """Mail the acting OSR-beheerder about the topics that are `wanted`, for the board acted for; returns the choice.

    Topics that are not in `wanted` stay as they were, and so does `ending_days` when it is None. Raises `Refused`.
    """
    membership = (
        Membership.objects.active()
        .filter(user=actor.user_id, board__number=actor.board_number, role=Membership.Role.ADMINISTRATOR)
        .select_for_update(of=("self",))
        .select_related("user", "board")
        .first()
    )
    problems = []
    if membership is None or actor.kind != ActorKind.ADMINISTRATOR:
        problems.append(Problem("not_yours", "Alleen een OSR-beheerder kiest zijn eigen meldingen."))
    if ending_days is not None and ending_days not in ENDING_DAYS:
        problems.append(Problem("days", "Kies 7, 14 of 30 dagen."))
    if problems:
        raise Refused(problems)
    preference = Preference.objects.filter(user=membership.user, board=membership.board).first() or Preference(
        user=membership.user, board=membership.board
    )
    for topic, is_wanted in wanted.items():
        setattr(preference, topic.value, is_wanted)
    if ending_days is not None:
        preference.ending_days = ending_days
    with act("preference.chosen", actor=actor):
        preference.save()
    return preference


def unsubscribe(*, actor: Actor, topics: Collection[Topic]) -> Preference:
    """Mail the acting OSR-beheerder no more about these topics, for the board acted for. Raises `Refused`."""
    return choose_topics(actor=actor, wanted=dict.fromkeys(topics, False))


@transaction.atomic
def send_again(*, actor: Actor, message: Message) -> Message:
    """Try a message again that could not be delivered: support has seen to what was wrong. Raises `Refused`.

    Who of support did it and why stays with the message.
    """
    message = _given_up(actor, message)
    now = timezone.now()
    message.state, message.due_at, message.give_up_at = Message.State.WAITING, now, now + GIVE_UP_AFTER
    message.save()
    return message


@transaction.atomic
def leave_unsent(*, actor: Actor, message: Message) -> Message:
    """Let a message be that could not be delivered: support has looked at it. Raises `Refused`.

    Who of support did it and why stays with the message.
    """
    message = _given_up(actor, message)
    message.state = Message.State.DROPPED
    message.save()
    return message


def _given_up(actor: Actor, message: Message) -> Message:
    """The message, locked, with who of support deals with it and why; raises `Refused` when that cannot be."""
    message = Message.objects.select_for_update().get(pk=message.pk)
    problems = []
    if actor.kind != ActorKind.SUPPORT or not actor.reason:
        problems.append(Problem("not_support", "Alleen Kennisnet support doet dit, met een reden."))
    if message.state != Message.State.GIVEN_UP:
        problems.append(Problem("not_given_up", "Dit bericht is verzonden, wacht nog of is al afgehandeld."))
    if problems:
        raise Refused(problems)
    message.handled_by, message.handled_because = actor.name, actor.reason
    return message
