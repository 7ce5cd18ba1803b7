"""The documents themselves: what is offered, what was signed, and the privacybijsluiter of a version (A3, A5)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.csp import CSP
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from accounts.access import board_page
from accounts.actions import note_error
from agreements.contents import offered_pdf
from agreements.documents import privacy_annex_pdf
from agreements.downloads import as_pdf, intact
from agreements.models import Offer, Template
from agreements.reading import text_as_html
from journal.acts import Refused

# Only a page of the register itself shows it; there is nothing in it that loads anything.
_IN_A_PAGE_OF_OURS = {"default-src": [CSP.NONE], "frame-ancestors": [CSP.SELF]}


@board_page
@csp_override(_IN_A_PAGE_OF_OURS)
@xframe_options_sameorigin
@require_safe
def offered(request: HttpRequest, uuid: str) -> HttpResponse:
    """The agreement as it is offered, to read in the page, or to keep (`?download`)."""
    offer = get_object_or_404(
        request.board.offers.select_related("template", "board"), uuid=uuid, status=Offer.Status.OFFERED
    )
    try:
        pdf = offered_pdf(offer)
    except Refused as refused:
        return render(request, "agreements/no_document.html", {"problems": refused.problems}, status=409)
    name = f"overeenkomst-{offer.kind_id}-{offer.board.number}-versie-{offer.template.version}-niet-ondertekend.pdf"
    return as_pdf(pdf, name, inline="download" not in request.GET)


@board_page
@require_safe
def signed(request: HttpRequest, uuid: str) -> HttpResponse:
    """The agreement as it was signed, byte by byte; refused when it is no longer what was signed."""
    agreement = get_object_or_404(
        request.board.agreements.select_related("document", "board"), uuid=uuid, document__isnull=False
    )
    content = intact(agreement.document)
    if content is None:
        note_error(request=request, status=500)
        return render(
            request,
            "agreements/damaged.html",
            {"agreement": agreement, "reference": getattr(request, "reference", "")},
            status=500,
        )
    return as_pdf(content, f"overeenkomst-{agreement.kind_id}-{agreement.board.number}-{agreement.signed_on}.pdf")


@board_page
@require_safe
def annex(request: HttpRequest, kind: str, version: int) -> HttpResponse:
    """The privacybijsluiter of a version, as a page of its own (A5)."""
    template = _published(kind, version)
    return render(
        request,
        "agreements/annex.html",
        {"template": template, "service": text_as_html(template.annex_service, heading=3)},
    )


@board_page
@require_safe
def annex_pdf(request: HttpRequest, kind: str, version: int) -> HttpResponse:
    """The same as a PDF."""
    template = _published(kind, version)
    pdf = privacy_annex_pdf(
        title=template.title,
        kind=template.kind_id,
        version=template.version,
        annex_service=template.annex_service,
        annex_categories=template.annex_categories,
    )
    return as_pdf(pdf, f"privacybijsluiter-{template.kind_id}-versie-{template.version}.pdf")


def _published(kind: str, version: int) -> Template:
    """A version that everybody may read; a draft is nobody's business yet (404)."""
    template = Template.objects.published().filter(kind=kind, version=version).first()
    if template is None:
        raise Http404
    return template
