"""Offering the mandates for a service to all boards, to be taken over for the service that replaces it."""

from collections.abc import Iterator
from datetime import date, timedelta

from journal.acts import Actor, Problem, act
from journal.clock import today
from services.actions.gate import no_reason, one_at_a_time, refuse_if, refuse_unless_support
from services.models import Service, SuccessionOffer
from services.wording import day_in_words

# A board must be able to find a day for it; and what stands for years is no offer any more.
_LONGEST_OFFER = timedelta(days=2 * 366)


def offer_succession(*, actor: Actor, service: Service, starts_on: date, until: date) -> SuccessionOffer:
    """Offer the mandates for `service` to all boards, to be taken over for its successor; `until` is the last day.

    The new mandates begin on `starts_on`, today or later, or on the day of taking over when that is later. Nothing is
    given by this: each board chooses. Raises `Refused` with all that is wrong.
    """
    refuse_unless_support(actor, "diensten")
    with one_at_a_time():
        service = Service.objects.select_related("successor").get(pk=service.pk)
        refuse_if(no_reason(actor, "het aanbieden van deze mandaten"), offer_problems(service, starts_on, until))
        with act("succession_offer.opened", actor=actor):
            return SuccessionOffer.objects.create(
                service=service, successor=service.successor, offered_on=today(), starts_on=starts_on, until=until
            )


def close_succession_offer(*, actor: Actor, offer: SuccessionOffer) -> SuccessionOffer:
    """Close an offer today: no board can take over by it any more. What was taken over stays."""
    refuse_unless_support(actor, "diensten")
    with one_at_a_time():
        offer = SuccessionOffer.objects.select_related("service", "successor").get(pk=offer.pk)
        refuse_if(no_reason(actor, "het sluiten van dit aanbod"), _closed_already(offer))
        with act("succession_offer.closed", actor=actor):
            offer.until = today() - timedelta(days=1)
            offer.save(update_fields=["until"])
        return offer


def offer_problems(service: Service, starts_on: date, until: date) -> Iterator[Problem]:
    """Why the mandates for a service cannot be offered for these days."""
    successor = service.successor
    if successor is None:
        yield Problem("no_successor", f"{service.code} heeft nog geen opvolger. Leg eerst vast welke dienst dat is.")
    else:
        if not successor.is_active:
            yield Problem("successor_ended", f"De opvolger, {successor.code}, is zelf beëindigd.")
        if successor.level != service.level:
            yield Problem("other_level", f"{successor.code} wordt per {successor.get_level_display()} gemandateerd.")
    if (offer := service.succession_offers.open_on(today()).first()) is not None:
        yield Problem("offer_stands", f"De mandaten staan al ter overname, tot en met {day_in_words(offer.until)}.")
    if starts_on < today():
        yield Problem("start_in_past", "De nieuwe mandaten beginnen vandaag of later. Kies een andere eerste dag.")
    if until < today():
        yield Problem("until_in_past", "De laatste dag van het aanbod is al voorbij. Kies een latere dag.")
    elif until > today() + _LONGEST_OFFER:
        latest = day_in_words(today() + _LONGEST_OFFER)
        yield Problem("long_offer", f"Een aanbod staat hooguit twee jaar, nu dus tot en met {latest}.")


def _closed_already(offer: SuccessionOffer) -> Iterator[Problem]:
    if not offer.is_open(today()):
        yield Problem("closed_already", f"Dit aanbod is al gesloten, na {day_in_words(offer.until)}.")
