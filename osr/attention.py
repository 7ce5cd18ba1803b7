"""What waits for Kennisnet support: the list on the first page of the workplace."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from agreements.documents.keys import EXPIRES_SOON, check_seal
from agreements.models import Offer
from journal.clock import today
from notifications.models import Message
from schools.models import Case
from services.models import ApiKey

# How long a refusal is told of.
_LATELY = timedelta(days=30)


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
        requested,
        "overeenkomst is aangevraagd",
        "overeenkomsten zijn aangevraagd",
        "agreements_offer",
        "status=requested",
    )
    declined = Offer.objects.filter(status=Offer.Status.DECLINED, closed_on__gte=today() - _LATELY)
    yield from _some(
        declined,
        "overeenkomst is de laatste 30 dagen geweigerd",
        "overeenkomsten zijn de laatste 30 dagen geweigerd",
        "agreements_offer",
        "status=declined",
    )
    yield from _some(
        Offer.objects.overdue(today()),
        "aangeboden overeenkomst is niet op tijd getekend",
        "aangeboden overeenkomsten zijn niet op tijd getekend",
        "agreements_offer",
        "status=overdue",
    )
    yield from _some(
        Case.objects.open(), "openstaande zaak over een school", "openstaande zaken over scholen", "schools_case"
    )
    yield from _some(
        Message.objects.given_up(),
        "bericht kon niet worden bezorgd",
        "berichten konden niet worden bezorgd",
        "notifications_message",
        f"state__exact={Message.State.GIVEN_UP}",
    )
    for found in check_seal():
        text = (
            "Het certificaat van het digitale zegel verloopt binnen twee maanden. Laat het vernieuwen"
            if found.id == EXPIRES_SOON
            else "Het digitale zegel werkt niet: niemand kan een overeenkomst ondertekenen"
        )
        yield Attention(text, reverse("admin:agreements_agreement_changelist"))
    now = timezone.now()
    yield from _some(
        ApiKey.objects.expiring_soon(now),
        "API-sleutel verloopt binnen 30 dagen",
        "API-sleutels verlopen binnen 30 dagen",
        "services_apikey",
        "werkt=binnenkort",
    )


def _some(rows: QuerySet, one: str, many: str, model: str, query: str = "") -> Iterator[Attention]:
    """That there are rows, with the list of `model` as `query` narrows it to them."""
    count = rows.count()
    if count:
        address = reverse(f"admin:{model}_changelist")
        yield Attention(f"{count} {one if count == 1 else many}", f"{address}?{query}" if query else address)
