"""Agreements in the workplace: kinds, texts, offers and what was signed, each with its story (A1-A7)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from agreements.comparing import Piece, differences
from agreements.contents import example_of
from agreements.documents import contract_pdf, privacy_annex_pdf, verify
from agreements.downloads import as_pdf, intact
from agreements.models import Agreement, Kind, Offer, Template
from agreements.reading import contract_as_html, text_as_html
from journal.acts import Refused
from journal.clock import today
from journal.workplace import RowAdmin
from mandates.actions.end_agreement import needing
from mandates.wording import exact_moment_in_words
from mandates.workplace.agreement_pages import (
    AddKind,
    ChangeTemplate,
    DraftTemplate,
    EndAgreement,
    OfferAgain,
    OfferRequested,
    OfferToAll,
    PublishTemplate,
    RemindOfOffer,
    WithdrawOffer,
)
from mandates.workplace.changes import SHOWN, newest

# --- Kinds and texts --------------------------------------------------------------------------------------------------


@admin.register(Kind)
class KindAdmin(RowAdmin):
    """Kinds of agreement, with their texts."""

    change_form_template = "admin/agreements/kind.html"
    list_display = ("display_code", "display_name", "newest_version", "in_force_count")
    search_fields = ("code", "name__unaccent")
    ordering = ("code",)
    pages = (DraftTemplate(), AddKind())

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With how many boards have it today, and its newest version."""
        in_force = Agreement.objects.in_force(today())
        published = Q(templates__published_on__isnull=False)
        return (
            super()
            .get_queryset(request)
            .annotate(
                boards=Count("agreements", filter=Q(agreements__in=in_force), distinct=True),
                versions=Count("templates", filter=published, distinct=True),
            )
        )

    @admin.display(description="code", ordering="code")
    def display_code(self, kind: Kind) -> str:
        """Its code."""
        return kind.code

    @admin.display(description="naam", ordering="name")
    def display_name(self, kind: Kind) -> str:
        """Its name."""
        return kind.name

    @admin.display(description="nieuwste versie", ordering="versions", empty_value="nog geen tekst")
    def newest_version(self, kind: Kind) -> int | None:
        """The newest version that was published; they are numbered without gaps."""
        return kind.versions or None

    @admin.display(description="van kracht bij", ordering="boards")
    def in_force_count(self, kind: Kind) -> int:
        """How many boards have it today."""
        return kind.boards

    def story(self, request: HttpRequest, kind: Kind) -> dict[str, Any]:
        """Everything about the kind."""
        return {
            "kind": kind,
            "templates": kind.templates.order_by("-version"),
            "changes": newest(Q(subject_kind="kind", subject_key=kind.code)),
            "shown": SHOWN,
        }


class ByKind(admin.RelatedFieldListFilter):
    """The kind, by its Dutch name."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.title = "soort"


class IsPublished(admin.SimpleListFilter):
    """Whether a text was published."""

    title = "stand"
    parameter_name = "stand"

    def lookups(self, request, model_admin) -> Iterable[tuple[str, str]]:
        """The choices."""
        return [("concept", "concept"), ("gepubliceerd", "gepubliceerd")]

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        """The texts of the choice."""
        if self.value() not in ("concept", "gepubliceerd"):
            return queryset
        return queryset.filter(published_on__isnull=self.value() == "concept")


@dataclass(frozen=True)
class Compared:
    """A part of a text, beside the version before."""

    name: str
    pieces: list[Piece]


@admin.register(Template)
class TemplateAdmin(RowAdmin):
    """Versions of the texts: what each says, what changed, how it looks as a PDF."""

    change_form_template = "admin/agreements/template.html"
    list_display = ("display_kind", "display_version", "display_title", "display_published_on", "in_force_count")
    list_filter = (("kind", ByKind), IsPublished)
    search_fields = ("kind__code", "title__unaccent")
    ordering = ("kind", "-version")
    pages = (ChangeTemplate(), PublishTemplate(), OfferToAll())

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With how many boards have it today."""
        in_force = Agreement.objects.in_force(today())
        boards = Count("agreements", filter=Q(agreements__in=in_force), distinct=True)
        return super().get_queryset(request).annotate(boards=boards)

    @admin.display(description="soort", ordering="kind")
    def display_kind(self, template: Template) -> str:
        """The code of its kind."""
        return template.kind_id

    @admin.display(description="versie", ordering="version")
    def display_version(self, template: Template) -> int:
        """Its number."""
        return template.version

    @admin.display(description="titel")
    def display_title(self, template: Template) -> str:
        """Its title."""
        return template.title

    @admin.display(description="gepubliceerd op", ordering="published_on", empty_value="concept")
    def display_published_on(self, template: Template) -> Any:
        """Since when it can be offered."""
        return template.published_on

    @admin.display(description="van kracht bij", ordering="boards")
    def in_force_count(self, template: Template) -> int:
        """How many boards have signed it, and have it today."""
        return template.boards

    def get_urls(self) -> list[URLPattern]:
        """With the PDFs."""
        return [
            path(
                "<int:pk>/voorbeeld.pdf",
                self.admin_site.admin_view(self.example),
                name="agreements_template_example",
            ),
            path(
                "<int:pk>/privacybijsluiter.pdf",
                self.admin_site.admin_view(self.annex),
                name="agreements_template_annex",
            ),
            *super().get_urls(),
        ]

    def example(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The agreement of a board that does not exist, as a PDF."""
        template = get_object_or_404(Template, pk=pk)
        return self._pdf(request, template, lambda: contract_pdf(example_of(template)), "voorbeeld")

    def annex(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The privacybijsluiter as a PDF."""
        template = get_object_or_404(Template, pk=pk)
        named = ("title", "version", "annex_service", "annex_categories")
        values = {name: getattr(template, name) for name in named}
        return self._pdf(
            request, template, lambda: privacy_annex_pdf(kind=template.kind_id, **values), "privacybijsluiter"
        )

    def _pdf(self, request: HttpRequest, template: Template, make, name: str) -> HttpResponse:
        try:
            content = make()
        except Refused as refused:
            context = {
                **self.admin_site.each_context(request),
                "title": "De PDF kan niet worden gemaakt",
                "opts": self.opts,
                "row": template,
                "back": self.address_of(template),
                "problems": refused.problems,
            }
            return TemplateResponse(request, "admin/agreements/no_pdf.html", context, status=422)
        return as_pdf(content, f"{name}-{template.kind_id}-versie-{template.version}.pdf", inline=True)

    def story(self, request: HttpRequest, template: Template) -> dict[str, Any]:
        """Everything about the version."""
        before = Template.objects.filter(kind=template.kind_id, version=template.version - 1).first()
        return {
            "template": template,
            "before": before,
            "compared": _compared(before, template) if before else [],
            "text": contract_as_html(example_of(template), heading=3),
            "annex_service": text_as_html(template.annex_service, heading=4),
            "changes": newest(Q(subject_kind="template", subject_key=f"{template.kind_id} {template.version}")),
            "shown": SHOWN,
        }


def _compared(before: Template, after: Template) -> list[Compared]:
    parts = (
        ("Titel", before.title, after.title),
        ("De artikelen", before.body, after.body),
        ("Privacybijsluiter: wat de dienst doet", before.annex_service, after.annex_service),
        (
            "Privacybijsluiter: categorieën",
            "\n".join(before.annex_categories),
            "\n".join(after.annex_categories),
        ),
    )
    return [Compared(name, differences(old, new)) for name, old, new in parts if old != new]


# --- Offers -----------------------------------------------------------------------------------------------------------


class HowOffersStand(admin.SimpleListFilter):
    """Where an offer is on its way (A2)."""

    title = "stand"
    # The list of what waits for support leads here (`osr.attention`).
    parameter_name = "status"
    _OVERDUE, _OPEN = "overdue", "open"

    def lookups(self, request, model_admin) -> Iterable[tuple[str, str]]:
        """The choices: what waits for somebody first."""
        return [(self._OPEN, "wacht op iemand"), (self._OVERDUE, "te laat"), *Offer.Status.choices]

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        """The offers of the choice."""
        match self.value():
            case self._OPEN:
                return queryset.filter(status__in=Offer.OPEN)
            case self._OVERDUE:
                return queryset.filter(status=Offer.Status.OFFERED, respond_by__lt=today())
            case status if status in Offer.Status.values:
                return queryset.filter(status=status)
        return queryset


@admin.register(Offer)
class OfferAdmin(RowAdmin):
    """What was asked for and offered, and what came of it."""

    change_form_template = "admin/agreements/offer.html"
    list_display = (
        "display_board", "display_number", "display_kind", "display_version", "state", "display_signatory",
        "display_requested_on", "display_offered_on", "display_respond_by",
    )  # fmt: skip
    list_filter = (HowOffersStand, ("kind", ByKind))
    list_select_related = ("board", "template")
    search_fields = ("board__number", "board__name__unaccent", "signatory_name__unaccent", "signatory_email")
    ordering = ("-requested_on", "-pk")
    pages = (OfferRequested(), OfferAgain(), RemindOfOffer(), WithdrawOffer())

    @admin.display(description="bestuur", ordering="board__name")
    def display_board(self, offer: Offer) -> str:
        """For which board."""
        return str(offer.board)

    @admin.display(description="bestuursnummer", ordering="board__number")
    def display_number(self, offer: Offer) -> str:
        """Its number."""
        return offer.board.number

    @admin.display(description="soort", ordering="kind")
    def display_kind(self, offer: Offer) -> str:
        """The code of its kind."""
        return offer.kind_id

    @admin.display(description="versie")
    def display_version(self, offer: Offer) -> int:
        """The version of the text."""
        return offer.template.version

    @admin.display(description="stand", ordering="status")
    def state(self, offer: Offer) -> str:
        """Where it is on its way."""
        label = Offer.Status(offer.status).label
        return f"{label}, te laat" if offer.is_overdue(today()) else label

    @admin.display(description="wie tekent", ordering="signatory_name")
    def display_signatory(self, offer: Offer) -> str:
        """To whom it was offered."""
        return offer.signatory_name

    @admin.display(description="aangevraagd op", ordering="requested_on")
    def display_requested_on(self, offer: Offer) -> Any:
        """When it was asked for."""
        return offer.requested_on

    @admin.display(description="aangeboden op", ordering="offered_on", empty_value="nog niet")
    def display_offered_on(self, offer: Offer) -> Any:
        """When it was offered."""
        return offer.offered_on

    @admin.display(description="antwoord uiterlijk op", ordering="respond_by", empty_value="")
    def display_respond_by(self, offer: Offer) -> Any:
        """By when an answer was asked."""
        return offer.respond_by

    def story(self, request: HttpRequest, offer: Offer) -> dict[str, Any]:
        """Everything about the offer."""
        return {
            "offer": offer,
            "state": self.state(offer),
            "changes": newest(Q(subject_kind="offer", subject_key=str(offer.uuid))),
            "shown": SHOWN,
        }


# --- Agreements -------------------------------------------------------------------------------------------------------


class HowAgreementsStand(admin.SimpleListFilter):
    """Whether an agreement is in force."""

    title = "stand"
    parameter_name = "stand"

    def lookups(self, request, model_admin) -> Iterable[tuple[str, str]]:
        """The choices."""
        return [("van-kracht", "van kracht"), ("loopt-af", "loopt af"), ("niet", "niet van kracht")]

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        """The agreements of the choice."""
        in_force = Agreement.objects.in_force(today())
        match self.value():
            case "van-kracht":
                return queryset.filter(pk__in=in_force)
            case "loopt-af":
                return queryset.filter(pk__in=in_force, ended_on__isnull=False)
            case "niet":
                return queryset.exclude(pk__in=in_force)
        return queryset


@admin.register(Agreement)
class AgreementAdmin(RowAdmin):
    """What was signed, in the browser and on paper."""

    change_form_template = "admin/agreements/agreement.html"
    list_display = (
        "display_board", "display_number", "display_kind", "display_version", "display_signed_on", "display_signatory",
        "display_on_paper", "display_ended_on",
    )  # fmt: skip
    list_filter = (HowAgreementsStand, ("kind", ByKind))
    list_select_related = ("board", "template")
    search_fields = ("board__number", "board__name__unaccent", "signatory_name__unaccent")
    ordering = ("-signed_on", "-pk")
    pages = (EndAgreement(),)

    @admin.display(description="bestuur", ordering="board__name")
    def display_board(self, agreement: Agreement) -> str:
        """Of which board."""
        return str(agreement.board)

    @admin.display(description="bestuursnummer", ordering="board__number")
    def display_number(self, agreement: Agreement) -> str:
        """Its number."""
        return agreement.board.number

    @admin.display(description="soort", ordering="kind")
    def display_kind(self, agreement: Agreement) -> str:
        """The code of its kind."""
        return agreement.kind_id

    @admin.display(description="versie", empty_value="onbekend")
    def display_version(self, agreement: Agreement) -> int | None:
        """The version of the text, if the register knows."""
        return agreement.template.version if agreement.template else None

    @admin.display(description="getekend op", ordering="signed_on")
    def display_signed_on(self, agreement: Agreement) -> Any:
        """When it was signed."""
        return agreement.signed_on

    @admin.display(description="getekend door", ordering="signatory_name")
    def display_signatory(self, agreement: Agreement) -> str:
        """Who signed it."""
        return agreement.signatory_name

    @admin.display(description="op papier", ordering="on_paper")
    def display_on_paper(self, agreement: Agreement) -> str:
        """Whether it was signed on paper (A6)."""
        return "ja" if agreement.on_paper else "nee"

    @admin.display(description="laatste dag", ordering="ended_on", empty_value="geen")
    def display_ended_on(self, agreement: Agreement) -> Any:
        """Its last day."""
        return agreement.ended_on

    def get_urls(self) -> list[URLPattern]:
        """With the document."""
        document = path(
            "<int:pk>/overeenkomst.pdf",
            self.admin_site.admin_view(self.document),
            name="agreements_agreement_document",
        )
        return [document, *super().get_urls()]

    def document(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The document as it was signed; what is damaged is not given (404), its page says so."""
        agreement = get_object_or_404(
            Agreement.objects.select_related("document", "board"), pk=pk, document__isnull=False
        )
        content = intact(agreement.document)
        if content is None:
            raise Http404
        return as_pdf(content, f"overeenkomst-{agreement.kind_id}-{agreement.board.number}-{agreement.signed_on}.pdf")

    def story(self, request: HttpRequest, agreement: Agreement) -> dict[str, Any]:
        """Everything about the agreement."""
        return {
            "agreement": agreement,
            "seal": seal_in_words(agreement),
            "is_over": agreement.is_over(today()),
            "mandates": needing(agreement).filter(Q(end_date=None) | Q(end_date__gte=today())).count(),
            "changes": newest(Q(subject_kind="agreement", subject_key=str(agreement.pk))),
            "shown": SHOWN,
            "today": today(),
        }


def seal_in_words(agreement: Agreement) -> str:
    """Whether the document is what was signed, and what its seal says (A3)."""
    if agreement.document is None:
        return "Het register heeft geen document van deze overeenkomst."
    content = intact(agreement.document)
    if content is None:
        return "Het bewaarde document is beschadigd: de SHA-256 klopt niet. Het wordt aan niemand gegeven."
    if agreement.on_paper:
        return "Het bewaarde document is ongewijzigd. Het is een scan van papier: er zit geen zegel op."
    seal = verify(content)
    if seal.trusted:
        return (
            f"Het zegel klopt. Verzegeld door {seal.sealer} op {exact_moment_in_words(seal.signed_at)}; "
            "daarna is er niets veranderd."
        )
    if seal.intact:
        return (
            f"Er is na het verzegelen niets veranderd, maar het register vertrouwt het certificaat van {seal.sealer} "
            "niet. Is dat een eerder certificaat van het register? Zet het in OSR_SEAL_TRUSTED."
        )
    return "Het zegel klopt niet: het document is na het verzegelen veranderd, of er zit geen zegel op."
