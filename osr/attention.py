"""What waits for Kennisnet support: the list on the first page of the workplace."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from agreements.models import Offer
from journal.clock import today
from notifications.models import Message
from schools.models import Case
from services.models import ApiKey

# From how long before it expires a key is told of.
_EXPIRES_SOON = timedelta(days=30)


@dataclass(frozen=True)
class Attention:
    """Something that waits: in words, and where it is dealt with."""

    text: str
    url: str


def what_waits() -> list[Attention]:
    """All that waits for support, what came from outside first."""
    return list(_what_waits())


def _what_waits() -> Iterator[Attention]:
    requested = Offer.objects.filter(status=Offer.Status.REQUESTED)
    yield from _some(
        requested, "overeenkomst is aangevraagd", "overeenkomsten zijn aangevraagd", "agreements_offer", "requested"
    )
    declined = Offer.objects.filter(status=Offer.Status.DECLINED, closed_on__gte=today() - _EXPIRES_SOON)
    yield from _some(
        declined,
        "overeenkomst is de laatste 30 dagen geweigerd",
        "overeenkomsten zijn de laatste 30 dagen geweigerd",
        "agreements_offer",
        "declined",
    )
    yield from _some(
        Offer.objects.overdue(today()),
        "aangeboden overeenkomst is niet op tijd getekend",
        "aangeboden overeenkomsten zijn niet op tijd getekend",
        "agreements_offer",
        "overdue",
    )
    yield from _some(
        Case.objects.open(), "openstaande zaak over een school", "openstaande zaken over scholen", "schools_case"
    )
    yield from _some(
        Message.objects.given_up(),
        "bericht kon niet worden bezorgd",
        "berichten konden niet worden bezorgd",
        "notifications_message",
    )
    now = timezone.now()
    yield from _some(
        ApiKey.objects.usable(now).filter(expires_at__lt=now + _EXPIRES_SOON),
        "API-sleutel verloopt binnen 30 dagen",
        "API-sleutels verlopen binnen 30 dagen",
        "services_apikey",
    )


def _some(rows: QuerySet, one: str, many: str, model: str, status: str = "") -> Iterator[Attention]:
    count = rows.count()
    if count:
        query = f"?status={status}" if status else ""
        yield Attention(f"{count} {one if count == 1 else many}", reverse(f"admin:{model}_changelist") + query)
