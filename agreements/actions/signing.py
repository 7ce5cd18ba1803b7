"""Signing in the browser, or declining to (A3)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts.rights import may_sign_for
from agreements.actions.offering import lock_offer
from agreements.actions.superseding import former_agreement, in_the_way, keep, lock_board, supersede
from agreements.contents import contract_of, digest_of
from agreements.documents import contract_pdf, seal
from agreements.models import Agreement, Offer
from journal.acts import Actor, Problem, Refused, act
from journal.clock import today
from schools.models import Board
from services.wording import day_in_words, moment_in_words

_LONGEST = 200


def sign_agreement(
    *, actor: Actor, offer: Offer, name: str, function: str, consent: bool, document_digest: str
) -> Agreement:
    """Sign what is offered, for the board that the actor acts for; returns the agreement, in force from today on.

    `name` and `function` are those of the person who signs, as they stand in the document; `consent` is the explicit
    consent on behalf of the board; `document_digest` is the SHA-256 (`agreements.contents.digest_of`) of the PDF that
    was shown. The signed PDF is sealed and kept. The agreement that it replaces ended yesterday, and the board's
    mandates stay as they are.

    Raises `Refused` when the actor is no signatory of the board, when somebody else was first (naming who and when),
    when it was declined or withdrawn, without name, function or consent, and when the document is no longer the one
    that was shown; then nothing is signed.
    """
    offer = Offer.objects.select_related("template", "board").get(pk=offer.pk)
    _refuse_who_may_not(actor, offer.board)
    name, function = " ".join(name.split()), " ".join(function.split())
    problems = [*_not_waiting(offer), *_not_filled_in(name, function, consent)]
    contract = contract_of(offer.board, offer.template)
    if not problems and digest_of(contract_pdf(contract)) != document_digest:
        problems.append(_changed())
    if problems:
        raise Refused(problems)
    # Making and sealing the document may take a second, and the seal may ask a timestamp of another party: nobody has
    # to wait for that. Whether all is still so is asked again afterwards.
    signed_at = timezone.now()
    day = timezone.localdate(signed_at)
    pdf = _signed_pdf(offer, name, function, signed_at)
    with transaction.atomic():
        board = lock_board(offer.board)
        now = lock_offer(offer)
        _refuse_who_may_not(actor, board)
        problems = [*_not_waiting(now), *in_the_way(board, now.kind_id, day)]
        if not problems and contract_of(board, now.template) != contract:
            problems.append(_changed())
        if problems:
            raise Refused(problems)
        return _sign(now, pdf, day, name=name, function=function, actor=actor)


def decline_offer(*, actor: Actor, offer: Offer, reason: str) -> Offer:
    """Decline what is offered; support reads the reason. Returns the offer as it has become.

    Raises `Refused` when the actor is no signatory of the board, without a reason, and when it was signed, declined or
    withdrawn already.
    """
    reason = reason.strip()
    with transaction.atomic():
        now = lock_offer(offer)
        _refuse_who_may_not(actor, now.board)
        problems = _not_waiting(now)
        if not reason:
            problems.append(Problem("reason_missing", "Vul in waarom u niet tekent. Kennisnet neemt dan contact op."))
        if problems:
            raise Refused(problems)
        now.status, now.declined_reason, now.closed_on = Offer.Status.DECLINED, reason, today()
        with act("offer.declined", actor=actor):
            now.save(update_fields=["status", "declined_reason", "closed_on"])
    return now


def _sign(offer: Offer, pdf: bytes, day: date, *, name: str, function: str, actor: Actor) -> Agreement:
    former = former_agreement(offer.board, offer.kind_id, day)
    if former:
        supersede(former, day, actor=actor)
    with act("agreement.signed", actor=actor):
        agreement = Agreement.objects.create(
            board=offer.board,
            kind_id=offer.kind_id,
            template=offer.template,
            signed_on=day,
            signatory_name=name,
            signatory_function=function,
            signed_by_id=actor.user_id,
            document=keep(pdf, actor=actor),
            supersedes=former,
        )
    offer.status, offer.agreement, offer.closed_on = Offer.Status.SIGNED, agreement, day
    with act("offer.signed", actor=actor):
        offer.save(update_fields=["status", "agreement", "closed_on"])
    return agreement


def _signed_pdf(offer: Offer, name: str, function: str, signed_at: datetime) -> bytes:
    contract = contract_of(
        offer.board, offer.template, signatory_name=name, signatory_function=function, signed_at=signed_at
    )
    return seal(contract_pdf(contract), name=name, reason=f"Ondertekend namens {offer.board}", at=signed_at)


def _refuse_who_may_not(actor: Actor, board: Board) -> None:
    if not may_sign_for(actor, board):
        raise Refused([Problem("not_allowed", f"Alleen een tekenbevoegde van {board} kan deze overeenkomst tekenen.")])


def _not_waiting(offer: Offer) -> list[Problem]:
    """Why the offer does not wait for a signature; empty when it does."""
    match offer.status:
        case Offer.Status.OFFERED:
            return []
        case Offer.Status.SIGNED:
            when = moment_in_words(offer.entry.moment)
            text = f"{offer.agreement.signatory_name} heeft deze overeenkomst al ondertekend op {when}."
        case Offer.Status.DECLINED:
            text = f"Deze overeenkomst is geweigerd op {day_in_words(offer.closed_on)}: {offer.declined_reason}"
        case Offer.Status.WITHDRAWN:
            text = f"Kennisnet heeft deze overeenkomst ingetrokken op {day_in_words(offer.closed_on)}."
        case _:
            text = "Kennisnet heeft deze overeenkomst nog niet aangeboden."
    return [Problem(f"offer_{offer.status}", text)]


def _not_filled_in(name: str, function: str, consent: bool) -> list[Problem]:
    problems = []
    if not name:
        problems.append(Problem("name_missing", "Vul uw volledige naam in."))
    if not function:
        problems.append(Problem("function_missing", "Vul uw functie in."))
    if len(name) > _LONGEST or len(function) > _LONGEST:
        problems.append(Problem("too_long", f"Uw naam en uw functie mogen elk hoogstens {_LONGEST} tekens lang zijn."))
    if not consent:
        problems.append(Problem("consent_missing", "Geef aan dat u akkoord gaat namens het bestuur."))
    return problems


def _changed() -> Problem:
    return Problem(
        "document_changed",
        "Het document is intussen veranderd. Er is niets ondertekend. Lees het opnieuw en teken het dan.",
    )
