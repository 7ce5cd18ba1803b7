"""Reminding who must sign, some days before an answer is asked (A2); support can also remind by hand (`remind`)."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from agreements.models import Offer
from journal.acts import act, register
from journal.clock import today


def remind_in_time() -> int:
    """Remind of every offer that nears the day before which an answer is asked; returns of how many.

    Each is reminded of `OSR_REMIND_DAYS` before that day, once per number of days, whether or not this was called on
    that very day, and at most once a day. One that was offered later than that is not reminded of at once. After the
    day itself it is a case for support (A4).
    """
    reminded = 0
    with transaction.atomic(), act("offer.reminded", actor=register("herinneringen")):
        # The fewest days first: who is reminded now, is not once more for a number of days that was missed.
        for days in sorted(settings.OSR_REMIND_DAYS):
            due = Offer.objects.to_be_reminded_of(today(), ahead=timedelta(days=days))
            reminded += due.update(reminded_on=today())
    return reminded
