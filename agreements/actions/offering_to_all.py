"""Offering a new version to every board that has an agreement of its kind in force (A4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db import transaction

from accounts.rights import may_offer_agreements
from agreements.actions.offering import lock_offers, respond_by_problems
from agreements.actions.signatories import signatories_of
from agreements.models import Agreement, Offer, Template
from journal.acts import Actor, Problem, Refused, act
from journal.clock import today
from schools.models import Board
from services.wording import day_in_words


class OfferOutcome(StrEnum):
    """What happens to a board when the preview is confirmed."""

    OFFERED = "offered"
    # It becomes a request: support fills in who signs, and offers it.
    NO_SIGNATORY = "no_signatory"
    PASSED_OVER = "passed_over"


@dataclass(frozen=True, kw_only=True)
class OfferRow:
    """One line of the preview: a board by its number, and in Dutch what will happen, or why nothing does."""

    board: str
    name: str
    outcome: OfferOutcome
    text: str
    signatory_name: str = ""
    signatory_email: str = ""


@dataclass(frozen=True, kw_only=True)
class OffersToAll:
    """What offering a version (of a kind, by its code) to all boards would do now, board by board."""

    kind: str
    version: int
    respond_by: date
    rows: tuple[OfferRow, ...]

    def count(self, outcome: OfferOutcome) -> int:
        """For how many boards this is the outcome."""
        return sum(row.outcome == outcome for row in self.rows)


class OffersChanged(Refused):
    """The register is no longer as it was when the preview was made; the problems name what is different."""


def preview_offer_to_all_boards(*, actor: Actor, template: Template, respond_by: date) -> OffersToAll:
    """Which boards would be offered `template`, and which not and why; nothing happens yet.

    `respond_by` is the date until which the present agreements stand. Raises `Refused` when the actor may not, when the
    version is not published or not the newest, and with a day that is not after today.
    """
    if not may_offer_agreements(actor):
        raise Refused([Problem("not_allowed", "Alleen Kennisnet support biedt overeenkomsten aan.")])
    problems = respond_by_problems(respond_by)
    newest = Template.objects.newest().filter(kind=template.kind_id).first()
    if template.published_on is None:
        problems.append(Problem("draft", f"{template} is nog een concept. Publiceer de tekst eerst."))
    elif newest != template:
        problems.append(Problem("not_newest", f"{template} is niet de nieuwste versie. Bied {newest} aan."))
    if problems:
        raise Refused(problems)
    return OffersToAll(
        kind=template.kind_id, version=template.version, respond_by=respond_by, rows=tuple(_rows(template))
    )


def offer_to_all_boards(*, actor: Actor, shown: OffersToAll) -> list[Offer]:
    """Do exactly what the preview says, in as many statements for a thousand boards as for one; returns the offers.

    Raises `OffersChanged` when it would now do something else, and `Refused` as the preview does or when no board is
    left to offer it to; then nothing has changed.
    """
    with transaction.atomic():
        template = Template.objects.select_related("kind").get(kind=shown.kind, version=shown.version)
        lock_offers(template.kind)
        now = preview_offer_to_all_boards(actor=actor, template=template, respond_by=shown.respond_by)
        if now != shown:
            raise OffersChanged(_differences(shown, now))
        boards = {board.number: board for board in Board.objects.filter(number__in=[row.board for row in shown.rows])}
        offers = [
            _offer(boards[row.board], template, row, shown.respond_by, actor)
            for row in shown.rows
            if row.outcome != OfferOutcome.PASSED_OVER
        ]
        if not offers:
            raise Refused([Problem("nothing_to_do", "Er is geen bestuur om deze versie aan te bieden.")])
        for status, type in ((Offer.Status.OFFERED, "offer.offered"), (Offer.Status.REQUESTED, "offer.requested")):
            with act(type, actor=actor):
                Offer.objects.bulk_create(offer for offer in offers if offer.status == status)
    return offers


def _rows(template: Template) -> list[OfferRow]:
    agreements = list(
        Agreement.objects.in_force(today())
        .filter(kind=template.kind_id)
        .select_related("board", "template")
        .order_by("board__name", "board__number")
    )
    open_offers = {
        offer.board_id: offer for offer in Offer.objects.open().filter(kind=template.kind_id).select_related("template")
    }
    signatories = signatories_of({agreement.board_id: agreement.signed_by_id for agreement in agreements})
    rows = []
    for agreement in agreements:
        board = {"board": agreement.board.number, "name": str(agreement.board)}
        if why := _passed_over(agreement, template, open_offers.get(agreement.board_id)):
            rows.append(OfferRow(**board, outcome=OfferOutcome.PASSED_OVER, text=why))
        elif addressee := signatories.get(agreement.board_id):
            rows.append(
                OfferRow(
                    **board,
                    outcome=OfferOutcome.OFFERED,
                    text=f"wordt aangeboden aan {addressee.name}",
                    signatory_name=addressee.name,
                    signatory_email=addressee.email,
                )
            )
        else:
            rows.append(
                OfferRow(
                    **board,
                    outcome=OfferOutcome.NO_SIGNATORY,
                    text="het register kent geen tekenbevoegde: vul in wie tekent en bied de overeenkomst dan aan",
                )
            )
    return rows


def _passed_over(agreement: Agreement, template: Template, offer: Offer | None) -> str:
    if agreement.ended_on:
        return f"eindigt op {day_in_words(agreement.ended_on)}: bied aan dit bestuur apart aan als het doorgaat"
    if agreement.template and agreement.template.version >= template.version:
        return f"heeft deze versie al ondertekend op {day_in_words(agreement.signed_on)}"
    if offer is None:
        return ""
    since = day_in_words(offer.offered_on or offer.requested_on)
    return f"versie {offer.template.version} is al {offer.get_status_display()} op {since}"


def _offer(board: Board, template: Template, row: OfferRow, respond_by: date, actor: Actor) -> Offer:
    offer = Offer(
        board=board,
        kind=template.kind,
        template=template,
        status=Offer.Status.REQUESTED,
        requested_on=today(),
        requested_by_name=actor.name,
    )
    if row.outcome == OfferOutcome.OFFERED:
        offer.status = Offer.Status.OFFERED
        offer.signatory_name, offer.signatory_email = row.signatory_name, row.signatory_email
        offer.offered_on, offer.respond_by = today(), respond_by
    return offer


def _differences(shown: OffersToAll, now: OffersToAll) -> Sequence[Problem]:
    said, holds = ({row.board: row for row in preview.rows} for preview in (shown, now))
    texts = ["Er is intussen iets veranderd. Er is niets aangeboden; bekijk het opnieuw."]
    for number in sorted(said.keys() | holds.keys()):
        was, is_now = said.get(number), holds.get(number)
        if was != is_now:
            was_text = was.text if was else "stond er niet bij"
            now_text = is_now.text if is_now else "staat er niet meer bij"
            texts.append(f"{(is_now or was).name}: was '{was_text}', is nu '{now_text}'.")
    return [Problem("changed_meanwhile", text) for text in texts]
