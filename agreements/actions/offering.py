"""Requesting and offering one agreement, reminding of it and withdrawing it (A2)."""

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from accounts.rights import may_offer_agreements, may_request_agreements
from agreements.models import BETWEEN_ADDRESSES, Agreement, Kind, Offer, Template
from journal.acts import Actor, Problem, Refused, act
from journal.clock import today
from schools.locking import patiently
from schools.models import Board
from services.wording import day_in_words


def request_agreement(*, actor: Actor, board: Board, kind: Kind) -> Offer:
    """Ask for an agreement of `kind` for `board`; support then offers it to who may sign.

    Raises `Refused` when the actor may not, when there is no text of it yet, when one is on its way already, and when
    the newest version is in force.
    """
    if not may_request_agreements(actor, board):
        raise Refused([Problem("not_allowed", f"U mag geen overeenkomst aanvragen voor {board}.")])
    with transaction.atomic():
        lock_offers(kind)
        template = Template.objects.newest().filter(kind=kind).first()
        if problems := _not_to_be_requested(board, kind, template):
            raise Refused(problems)
        with act("offer.requested", actor=actor):
            return Offer.objects.create(
                board=board,
                kind=kind,
                template=template,
                status=Offer.Status.REQUESTED,
                requested_on=today(),
                requested_by_name=actor.name,
            )


def offer_agreement(
    *, actor: Actor, offer: Offer, signatory_name: str, signatory_email: str, respond_by: date
) -> Offer:
    """Offer what was requested to who may sign, in the newest version of the text; returns the offer as it has become.

    `signatory_email` may be several addresses, with commas between them. `respond_by` is the day before which an answer
    is asked, and until which the present agreement stands (A4). Raises `Refused` when the actor may not, when it is no
    longer only requested, without a name, with an address that cannot be one, and with a day that is not after today.
    """
    _refuse_who_may_not(actor)
    with transaction.atomic():
        now = lock_offer(offer)
        name, email = " ".join(signatory_name.split()), _addresses(signatory_email)
        problems = []
        if now.status != Offer.Status.REQUESTED:
            problems.append(Problem("not_requested", f"Deze overeenkomst is al {now.get_status_display()}."))
        if not name:
            problems.append(Problem("name_missing", "Vul de naam in van wie tekent."))
        problems += _address_problems(email)
        problems += respond_by_problems(respond_by)
        if problems:
            raise Refused(problems)
        now.template = Template.objects.newest().get(kind=now.kind_id)
        now.status = Offer.Status.OFFERED
        now.signatory_name, now.signatory_email = name, BETWEEN_ADDRESSES.join(email)
        now.offered_on, now.respond_by = today(), respond_by
        with act("offer.offered", actor=actor):
            now.save(
                update_fields=[
                    "template", "status", "signatory_name", "signatory_email", "offered_on", "respond_by",
                ]
            )  # fmt: skip
    return now


def remind(*, actor: Actor, offer: Offer) -> Offer:
    """Remind who must sign; returns the offer as it has become.

    Raises `Refused` when the actor may not, when nobody has to answer, and when a reminder was sent today already.
    """
    _refuse_who_may_not(actor)
    with transaction.atomic():
        now = lock_offer(offer)
        if now.status != Offer.Status.OFFERED:
            raise Refused([Problem("not_offered", f"Deze overeenkomst is {now.get_status_display()}.")])
        if now.reminded_on == today():
            raise Refused([Problem("reminded_today", "Vandaag is al een herinnering gestuurd.")])
        now.reminded_on = today()
        with act("offer.reminded", actor=actor):
            now.save(update_fields=["reminded_on"])
    return now


def withdraw_offer(*, actor: Actor, offer: Offer) -> Offer:
    """Take back what was requested or offered, for the reason that the actor gives; returns it as it has become.

    Raises `Refused` when the actor may not, and when it was signed, declined or withdrawn already.
    """
    _refuse_who_may_not(actor)
    with transaction.atomic():
        now = lock_offer(offer)
        if not now.is_open:
            raise Refused([Problem("not_open", f"Deze overeenkomst is al {now.get_status_display()}.")])
        withdraw(now, actor=actor, reason=actor.reason.strip())
    return now


def withdraw(offer: Offer, *, actor: Actor, reason: str) -> None:
    """Write down that an open offer, locked already, is withdrawn."""
    offer.status, offer.withdrawn_reason, offer.closed_on = Offer.Status.WITHDRAWN, reason, today()
    with act("offer.withdrawn", actor=actor):
        offer.save(update_fields=["status", "withdrawn_reason", "closed_on"])


def lock_offers(kind: Kind) -> None:
    """Whoever makes offers of a kind waits for each other: no board gets two (A2)."""
    with patiently():
        Kind.objects.select_for_update(no_key=True).get(pk=kind.pk)


def lock_offer(offer: Offer) -> Offer:
    """The offer as it is now, locked until the end of the transaction."""
    with patiently():
        return Offer.objects.select_for_update(of=("self",)).select_related("template", "board").get(pk=offer.pk)


def respond_by_problems(day: date) -> list[Problem]:
    """That the day before which an answer is asked leaves no time."""
    if day > today():
        return []
    return [Problem("respond_by", "Kies een dag na vandaag: de tekenbevoegde heeft tijd nodig.")]


def _not_to_be_requested(board: Board, kind: Kind, template: Template | None) -> list[Problem]:
    if template is None:
        return [
            Problem(
                "no_text",
                f"Er is nog geen tekst voor de overeenkomst {kind}. "
                "Vraag Kennisnet erom: support@kennisnet.nl of 0800-321 22 33.",
            )
        ]
    if offer := Offer.objects.open().filter(board=board, kind=kind).first():
        since = offer.offered_on or offer.requested_on
        return [
            Problem(
                "open_offer",
                f"De overeenkomst {kind} voor {board} is al {offer.get_status_display()} op {day_in_words(since)}.",
            )
        ]
    present = Agreement.objects.in_force(today()).filter(board=board, kind=kind, ended_on=None).first()
    if present and present.template_id == template.pk:
        return [
            Problem(
                "newest_in_force",
                f"{board} heeft de nieuwste versie al ondertekend op {day_in_words(present.signed_on)}.",
            )
        ]
    return []


def _refuse_who_may_not(actor: Actor) -> None:
    if not may_offer_agreements(actor):
        raise Refused([Problem("not_allowed", "Alleen Kennisnet support biedt overeenkomsten aan.")])


def _addresses(text: str) -> list[str]:
    return list(dict.fromkeys(address for address in re.split(r"[,;\s]+", text) if address))


def _address_problems(addresses: list[str]) -> list[Problem]:
    problems = [] if addresses else [Problem("email_missing", "Vul het e-mailadres in van wie tekent.")]
    for address in addresses:
        try:
            validate_email(address)
        except ValidationError:
            problems.append(Problem("email_form", f"{address} is geen e-mailadres. Kijk het na."))
    return problems
