"""What support can do with agreements: kinds, texts, offers, paper and ending; each page carries out one action."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from agreements.actions import (
    OfferOutcome,
    OfferRow,
    OffersToAll,
    add_kind,
    change_template,
    draft_template,
    offer_agreement,
    offer_to_all_boards,
    preview_offer_to_all_boards,
    publish_template,
    register_on_paper,
    remind,
    request_agreement,
    withdraw_offer,
)
from agreements.models import Agreement, Kind, Offer, Template
from journal.acts import Actor, Problem, Refused
from journal.clock import today
from journal.workplace import ActionPage, RowAdmin
from mandates.actions import EndOfAgreement, Outcome, Row, end_agreement, preview_end_of_agreement
from mandates.actions.previews import NewDates
from mandates.wording import day_in_words
from mandates.workplace.agreement_forms import (
    AddKindForm,
    EndForm,
    OfferForm,
    OfferToAllForm,
    OfferToBoardForm,
    PaperForm,
    TemplateForm,
)
from mandates.workplace.fields import CatalogueForm
from mandates.workplace.foreseeing import AddingPage
from schools.models import Board, School

_LOOK_FIRST = Problem("not_shown", "Bekijk eerst wat er gebeurt, en bevestig het dan.")

# --- Kinds and texts --------------------------------------------------------------------------------------------------


class AddKind(AddingPage):
    name = "toevoegen"
    title = "Soort overeenkomst toevoegen"
    button = "Soort toevoegen"
    explanation = "Besturen zien de soort meteen. Ze kunnen haar aanvragen zodra er een tekst is gepubliceerd."
    form_class = AddKindForm
    on_row = False

    def form_kwargs(self, row: None) -> dict[str, Any]:
        """See `ActionPage`."""
        return {}

    def add(self, actor: Actor, form: AddKindForm, row: None) -> Kind:
        """See `AddingPage`."""
        given = form.cleaned_data
        return add_kind(actor=actor, code=given["code"], name=given["name"], description=given["description"])

    def added(self, new: Kind) -> str:
        """See `AddingPage`."""
        return f"De soort {new} is toegevoegd. Stel nu de tekst op."


class DraftTemplate(AddingPage):
    name = "nieuwe-versie"
    title = "Nieuwe versie van de tekst opstellen"
    button = "Concept bewaren"
    explanation = "De tekst van de vorige versie staat er al in. Het blijft een concept tot u het publiceert."
    form_class = TemplateForm

    def is_offered(self, row: Kind) -> bool:
        """See `ActionPage`."""
        return not row.templates.filter(published_on=None).exists()

    def form_kwargs(self, row: Kind) -> dict[str, Any]:
        """See `ActionPage`."""
        newest = Template.objects.newest().filter(kind=row).first()
        known = TemplateForm().values_of(newest) | {"changes": ""} if newest else {"title": f"Overeenkomst {row.name}"}
        return {"initial": known}

    def add(self, actor: Actor, form: TemplateForm, row: Kind) -> Template:
        """See `AddingPage`."""
        return draft_template(actor=actor, kind=row, **form.texts())

    def added(self, new: Template) -> str:
        """See `AddingPage`."""
        return f"Het concept {new} is bewaard. Bekijk het voorbeeld en publiceer het als het klaar is."


class ChangeTemplate(ActionPage):
    name = "bijwerken"
    title = "Concept bijwerken"
    form_class = TemplateForm

    def is_offered(self, row: Template) -> bool:
        """See `ActionPage`."""
        return row.published_on is None

    def form_kwargs(self, row: Template) -> dict[str, Any]:
        """See `ActionPage`."""
        return {"row": row}

    def do(self, actor: Actor, form: TemplateForm, row: Template) -> str:
        """See `ActionPage`."""
        if form.cleaned_data["seen"] != Template.objects.get(pk=row.pk).entry_id:
            form.look_again()
            text = "Een collega heeft het concept intussen veranderd. Wat u hier invulde, is niet bewaard."
            raise Refused([Problem("changed_meanwhile", f"{text} Vergelijk het met {row} voordat u het bewaart.")])
        return f"Het concept {change_template(actor=actor, template=row, **form.texts())} is bijgewerkt."


class PublishTemplate(ActionPage):
    name = "publiceren"
    title = "Publiceren"
    button = "Publiceren"
    explanation = (
        "Een gepubliceerde tekst verandert nooit meer. Besturen kunnen hem daarna aanvragen, en u kunt hem aanbieden. "
        "Bekijk eerst het voorbeeld."
    )
    form_class = CatalogueForm

    def is_offered(self, row: Template) -> bool:
        """See `ActionPage`."""
        return row.published_on is None

    def form_kwargs(self, row: Template) -> dict[str, Any]:
        """See `ActionPage`."""
        return {"row": row}

    def do(self, actor: Actor, form: CatalogueForm, row: Template) -> str:
        """See `ActionPage`; what was looked at is what is published."""
        if form.cleaned_data["seen"] not in (None, Template.objects.get(pk=row.pk).entry_id):
            form.look_again()
            text = "Een collega heeft het concept intussen veranderd. Bekijk het voorbeeld opnieuw."
            raise Refused([Problem("changed_meanwhile", text)])
        return f"{publish_template(actor=actor, template=row)} is gepubliceerd."


class OfferToAll(ActionPage):
    name = "aan-alle-besturen"
    title = "Aan alle besturen aanbieden"
    button = "Bekijk wie de overeenkomst krijgt"
    explanation = (
        "Elk bestuur dat een overeenkomst van deze soort heeft, krijgt de nieuwe versie aangeboden. "
        "De tekenbevoegden krijgen een mail."
    )
    form_class = OfferToAllForm
    template = "admin/agreements/offer_to_all.html"

    def is_offered(self, row: Template) -> bool:
        """See `ActionPage`."""
        return Template.objects.newest().filter(kind=row.kind_id).first() == row

    def preview(self, actor: Actor, form: OfferToAllForm, row: Template) -> dict[str, Any]:
        """See `ActionPage`."""
        shown = preview_offer_to_all_boards(actor=actor, template=row, respond_by=form.cleaned_data["respond_by"])
        form.show({**asdict(shown), "respond_by": shown.respond_by.isoformat()})
        return {
            "respond_by": shown.respond_by,
            "parts": [
                (label, [each for each in shown.rows if each.outcome == outcome])
                for outcome, label in (
                    (OfferOutcome.OFFERED, "Krijgt de overeenkomst aangeboden"),
                    (OfferOutcome.NO_SIGNATORY, "Komt bij de aanvragen: vul in wie tekent"),
                    (OfferOutcome.PASSED_OVER, "Krijgt de overeenkomst niet"),
                )
            ],
        }

    def do(self, actor: Actor, form: OfferToAllForm, row: Template) -> str:
        """See `ActionPage`."""
        values = form.shown()
        if values is None:
            raise Refused([_LOOK_FIRST])
        rows = tuple(OfferRow(**{**each, "outcome": OfferOutcome(each["outcome"])}) for each in values["rows"])
        shown = OffersToAll(**{**values, "respond_by": date.fromisoformat(values["respond_by"]), "rows": rows})
        offers = offer_to_all_boards(actor=actor, shown=shown)
        offered = sum(offer.status == Offer.Status.OFFERED for offer in offers)
        waiting = len(offers) - offered
        return f"{row} is aangeboden aan {_boards(offered)}." + (
            f" Van {_boards(waiting)} is nog niet bekend wie er tekent." if waiting else ""
        )


def _boards(count: int) -> str:
    return "1 bestuur" if count == 1 else f"{count} besturen"


# --- Offers -----------------------------------------------------------------------------------------------------------


class OfferRequested(ActionPage):
    name = "aanbieden"
    title = "Aanbieden"
    button = "Aanbieden"
    explanation = "Wie tekent, krijgt een mail. Aangeboden wordt de nieuwste versie van de tekst."
    form_class = OfferForm

    def is_offered(self, row: Offer) -> bool:
        """See `ActionPage`."""
        return row.status == Offer.Status.REQUESTED

    def form_kwargs(self, row: Offer) -> dict[str, Any]:
        """See `ActionPage`."""
        return {"board": row.board, "kind": row.kind}

    def do(self, actor: Actor, form: OfferForm, row: Offer) -> str:
        """See `ActionPage`."""
        return _offered(
            offer_agreement(
                actor=actor, offer=row, respond_by=form.cleaned_data["respond_by"], **form.signatory_given()
            )
        )


class OfferAgain(OfferRequested):
    name = "opnieuw-aanbieden"
    title = "Opnieuw aanbieden"
    explanation = "Er komt een nieuw aanbod, in de nieuwste versie van de tekst. Wie tekent, krijgt een mail."

    def is_offered(self, row: Offer) -> bool:
        """See `ActionPage`."""
        return row.status in (Offer.Status.DECLINED, Offer.Status.WITHDRAWN)

    def do(self, actor: Actor, form: OfferForm, row: Offer) -> str:
        """See `ActionPage`."""
        return _request_and_offer(actor, form, row.board, row.kind)


class OfferToBoard(ActionPage):
    name = "overeenkomst-aanbieden"
    title = "Overeenkomst aanbieden"
    button = "Aanbieden"
    explanation = OfferRequested.explanation
    form_class = OfferToBoardForm

    def form_kwargs(self, row: Board) -> dict[str, Any]:
        """See `ActionPage`."""
        return {"board": row}

    def do(self, actor: Actor, form: OfferToBoardForm, row: Board) -> str:
        """See `ActionPage`."""
        return _request_and_offer(actor, form, row, form.cleaned_data["kind"])


class RemindOfOffer(ActionPage):
    name = "herinneren"
    title = "Herinneren"
    button = "Herinnering sturen"
    explanation = "Wie moet tekenen, krijgt nog een mail. Dat kan één keer per dag."

    def is_offered(self, row: Offer) -> bool:
        """See `ActionPage`."""
        return row.status == Offer.Status.OFFERED and row.reminded_on != today()

    def do(self, actor: Actor, form: Any, row: Offer) -> str:
        """See `ActionPage`."""
        offer = remind(actor=actor, offer=row)
        return f"De herinnering gaat naar {offer.signatory_name} ({offer.signatory_email})."


class WithdrawOffer(ActionPage):
    name = "intrekken"
    title = "Intrekken"
    button = "Intrekken"
    explanation = (
        "Niemand kan deze overeenkomst dan nog tekenen. De overeenkomst die van kracht is, blijft zoals ze is."
    )

    def is_offered(self, row: Offer) -> bool:
        """See `ActionPage`."""
        return row.is_open

    def do(self, actor: Actor, form: Any, row: Offer) -> str:
        """See `ActionPage`."""
        return f"{withdraw_offer(actor=actor, offer=row)} is ingetrokken."


def _request_and_offer(actor: Actor, form: OfferForm, board: Board, kind: Kind) -> str:
    with transaction.atomic():
        offer = request_agreement(actor=actor, board=board, kind=kind)
        return _offered(
            offer_agreement(
                actor=actor, offer=offer, respond_by=form.cleaned_data["respond_by"], **form.signatory_given()
            )
        )


def _offered(offer: Offer) -> str:
    return f"{offer} is aangeboden aan {offer.signatory_name} ({offer.signatory_email})."


# --- Agreements -------------------------------------------------------------------------------------------------------


class RegisterOnPaper(ActionPage):
    name = "overeenkomst-op-papier"
    title = "Overeenkomst op papier registreren"
    button = "Registreren"
    explanation = (
        "De overeenkomst die van kracht is, wordt vervangen. Ligt er nog een aanbod klaar, dan wordt dat ingetrokken. "
        "Klopt er iets niet, kies het bestand dan opnieuw: een browser onthoudt het niet."
    )
    form_class = PaperForm

    def do(self, actor: Actor, form: PaperForm, row: Board) -> str:
        """See `ActionPage`."""
        given = form.cleaned_data
        agreement = register_on_paper(
            actor=actor,
            board=row,
            template=given["template"],
            signed_on=given["signed_on"],
            signatory_name=given["name"],
            signatory_function=given["function"],
            upload=given["upload"],
        )
        return f"De overeenkomst {agreement.template} is geregistreerd, vanaf {day_in_words(agreement.signed_on)}."


@dataclass(frozen=True)
class Ending:
    """What ending an agreement does, per service: its code, and per mandate the school or board, the system and what
    happens."""

    last_day: date
    count: int
    services: Sequence[tuple[str, Sequence[tuple[str, str, str]]]]


class EndAgreement(ActionPage):
    name = "beeindigen"
    title = "Beëindigen"
    button = "Bekijk wat er eindigt"
    explanation = "Met de overeenkomst eindigen alle mandaten die haar nodig hebben. U ziet eerst welke."
    form_class = EndForm
    template = "admin/agreements/end.html"
    leads_only = True

    def is_offered(self, row: Agreement) -> bool:
        """See `ActionPage`."""
        return not row.is_over(today())

    def form_kwargs(self, row: Agreement) -> dict[str, Any]:
        """See `ActionPage`."""
        return {"agreement": row}

    def context(self, request: HttpRequest, row: Agreement) -> dict[str, Any]:
        """See `ActionPage`: also what would begin another agreement."""
        return {"open_offer": Offer.objects.open().filter(board=row.board, kind=row.kind_id).first()}

    def preview(self, actor: Actor, form: EndForm, row: Agreement) -> Ending:
        """See `ActionPage`."""
        shown = preview_end_of_agreement(actor=actor, agreement=row, last_day=form.cleaned_data["last_day"])
        form.show(_as_values(shown))
        schools = {
            each.brin: str(each) for each in School.objects.filter(brin__in={each.holder for each in shown.rows})
        }
        by_service = groupby(sorted(shown.rows, key=lambda each: each.service), key=lambda each: each.service)
        return Ending(
            shown.last_day,
            len(shown.rows),
            [
                (code, [(schools.get(each.holder, "Het hele bestuur"), each.system, each.text) for each in rows])
                for code, rows in by_service
            ],
        )

    def do(self, actor: Actor, form: EndForm, row: Agreement) -> str:
        """See `ActionPage`."""
        values = form.shown()
        asked = (str(row.uuid), form.cleaned_data["last_day"].isoformat())
        if values is None or (values["agreement"], values["last_day"]) != asked:
            raise Refused([_LOOK_FIRST])
        shown = _from_values(values)
        agreement = end_agreement(actor=actor, shown=shown)
        mandates = "1 mandaat eindigt" if len(shown.rows) == 1 else f"{len(shown.rows)} mandaten eindigen"
        return f"{agreement} eindigt op {day_in_words(agreement.ended_on)}; {mandates}."

    def destination(self, admin_of: RowAdmin, row: Agreement) -> str:
        """To the board: there one sees what is left."""
        return reverse("admin:schools_board_change", args=[row.board_id])


def _as_values(end: EndOfAgreement) -> dict[str, Any]:
    rows = [
        [each.holder, each.service, each.system, each.outcome, each.text]
        + [[str(to.mandate), to.start_date.isoformat(), to.end_date.isoformat(), to.type] for to in each.changes]
        for each in end.rows
    ]
    return {
        "agreement": str(end.agreement),
        "board": end.board,
        "kind": end.kind,
        "last_day": end.last_day.isoformat(),
        "rows": rows,
    }


def _from_values(values: dict[str, Any]) -> EndOfAgreement:
    return EndOfAgreement(
        agreement=UUID(values["agreement"]),
        board=values["board"],
        kind=values["kind"],
        last_day=date.fromisoformat(values["last_day"]),
        rows=tuple(
            Row(
                holder=holder,
                service=service,
                system=system,
                outcome=Outcome(outcome),
                text=text,
                changes=tuple(
                    NewDates(
                        mandate=UUID(mandate),
                        start_date=date.fromisoformat(start),
                        end_date=date.fromisoformat(end),
                        type=type,
                    )
                    for mandate, start, end, type in changes
                ),
            )
            for holder, service, system, outcome, text, *changes in values["rows"]
        ),
    )
