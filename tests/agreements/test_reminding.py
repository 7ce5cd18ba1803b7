"""The register reminds who must sign, before the day on which an answer is asked (A2, A4)."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from agreements.actions import remind, remind_in_time, withdraw_offer
from agreements.models import Offer
from agreements.tasks import remind_signatories
from journal.models import Entry
from notifications.models import Message
from tests.agreements.boards import Kustlicht
from tests.notifications.conftest import news

DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def kustlicht() -> Kustlicht:
    return Kustlicht()


@pytest.fixture
def offer(kustlicht) -> Offer:
    """An offer of today, to be answered within thirty days."""
    return kustlicht.offer()


def reminded(days: int) -> int:
    """Of how many offers is reminded when it is so many days later."""
    with time_machine.travel(timezone.now() + days * DAY):
        return remind_in_time()


def test_who_must_sign_is_reminded_a_fortnight_and_three_days_ahead_and_not_after(offer):
    """A2, A4: after the day on which an answer is asked it is for support."""
    assert [day for day in range(40) if reminded(day)] == [16, 27]


def test_a_day_on_which_nobody_was_reminded_is_made_up_for_once(offer):
    """A2: also when both reminders were missed."""
    assert [day for day in (0, 20, 21, 29, 30) if reminded(day)] == [20, 29]


def test_who_was_reminded_by_hand_is_not_reminded_again_at_once(kustlicht, offer):
    """A2"""
    with time_machine.travel(timezone.now() + 16 * DAY):
        remind(actor=kustlicht.support(), offer=offer)

    assert [reminded(day) for day in (16, 17)] == [0, 0]


def test_an_offer_that_leaves_little_time_brings_one_reminder(offer, settings):
    """A2: of the days that were over before it was made nobody is reminded."""
    settings.OSR_REMIND_DAYS = [60, 3]

    assert [day for day in range(40) if reminded(day)] == [27]


def test_without_days_nobody_is_reminded(offer, settings):
    settings.OSR_REMIND_DAYS = []

    assert [day for day in range(40) if reminded(day)] == []


def test_what_is_no_longer_open_is_not_reminded_of(kustlicht, offer):
    """A2"""
    withdraw_offer(actor=kustlicht.support(), offer=offer)

    assert reminded(16) == 0


def test_the_reminder_is_in_the_history_and_in_the_mail(offer):
    """A2, D14"""
    with time_machine.travel(timezone.now() + 16 * DAY):
        remind_signatories()

    entry = Entry.objects.get(type="offer.reminded")
    assert (entry.actor["kind"], entry.actor["name"]) == ("register", "herinneringen")
    assert Message.Kind.REMINDED in [message.kind for message in news()]
