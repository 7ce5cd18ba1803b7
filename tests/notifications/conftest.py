from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Membership, User
from journal.acts import Actor, ActorKind
from journal.clock import today
from journal.models import Entry
from mandates.models import Mandate
from notifications.models import Message
from notifications.news import a_message, messages_about
from tests import factories as make
from tests.register import Regenboog, make_membership

ADDRESS = "anke@regenboog.example"


@pytest.fixture
def anke(regenboog: Regenboog) -> User:
    """OSR-beheerder of De Regenboog, with an address."""
    regenboog.person.email = ADDRESS
    regenboog.person.save()
    return regenboog.person


@pytest.fixture
def support(regenboog: Regenboog) -> Actor:
    """Support that acts on behalf of De Regenboog."""
    return Actor(kind=ActorKind.SUPPORT, name="Sam Jansen", board_number="99001", reason="Gebeld door Anke de Vries")


@pytest.fixture
def colleague(regenboog: Regenboog) -> Callable[..., User]:
    """Somebody else with an address who acts for De Regenboog, as OSR-beheerder or in another role."""

    def colleague(name: str = "Piet de Boer", role: Membership.Role = Membership.Role.ADMINISTRATOR) -> User:
        user = make.UserFactory(name=name, email=f"{name.split()[0].lower()}@regenboog.example")
        make_membership(user, regenboog.board, role)
        return user

    return colleague


@pytest.fixture
def ending(regenboog: Regenboog) -> Callable[..., Mandate]:
    """A mandate of De Regenboog for RIO, by Leerspoor, that ends in so many days."""

    def ending(days: int, **different) -> Mandate:
        given = {"school": regenboog.school, "service": regenboog.rio, "system": regenboog.las}
        period = {"start_date": today() - timedelta(days=100), "end_date": today() + timedelta(days=days)}
        return make.MandateFactory(**given | period | different)

    return ending


@pytest.fixture
def digest(anke: User, regenboog: Regenboog) -> Callable[..., Message]:
    """A digest to Anke that tells these things."""

    def digest(*items: str) -> Message:
        message = a_message(Message.Kind.DIGEST, today(), regenboog.board, user=anke, items=list(items))
        message.save()
        return message

    return digest


def news() -> list[Message]:
    """The messages about all that is in the journal, saved."""
    return Message.objects.bulk_create(messages_about(Entry.objects.in_feed_order()))


def is_due(message: Message) -> bool:
    """Whether the message would be sent now."""
    return Message.objects.due(timezone.now()).filter(pk=message.pk).exists()
