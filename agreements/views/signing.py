"""Overeenkomst tekenen: the tekenbevoegde reads what is offered, and signs or declines (A3, A4)."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.csp import CSP
from django.utils.safestring import SafeString
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods

from accounts.access import signatory_page
from agreements.actions import decline_offer, sign_agreement
from agreements.contents import contract_of, digest_of
from agreements.documents import contract_pdf
from agreements.forms import DeclineForm, FieldProblem, SignForm
from agreements.models import Agreement, Offer, Template
from agreements.reading import contract_as_html, text_as_html
from agreements.standings import who_may_sign
from journal.acts import Refused
from journal.clock import today

# The page shows a PDF of the register itself.
_SHOWS_A_DOCUMENT = settings.SECURE_CSP | {"object-src": [CSP.SELF], "frame-src": [CSP.SELF]}
_DONE_ALREADY = "U had deze overeenkomst al ondertekend. Er is niets dubbel gedaan."


@signatory_page
@csp_override(_SHOWS_A_DOCUMENT)
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, uuid: str) -> HttpResponse:
    """Read the agreement that is offered, and sign it."""
    offer = _offer(request, uuid)
    if request.method != "POST":
        return _show(request, offer, SignForm(request.kept, initial={"naam": str(request.user)}), [])
    form = SignForm(request.POST)
    if problems := form.mistakes():
        return _show(request, offer, form, problems)
    given = form.cleaned_data
    try:
        agreement = sign_agreement(
            actor=request.actor,
            offer=offer,
            name=given["naam"],
            function=given["functie"],
            consent=given["akkoord"],
            document_digest=given["document"],
        )
    except Refused as refused:
        return _refused(request, offer, form, refused)
    messages.success(request, f"De overeenkomst {agreement.kind_id} is ondertekend. Bewaar het document.")
    return redirect("agreements:agreement", agreement.uuid)


@signatory_page
@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HttpRequest, uuid: str) -> HttpResponse:
    """Say why the board does not sign."""
    offer = _offer(request, uuid)
    is_sent = request.method == "POST"
    form = DeclineForm(request.POST if is_sent else request.kept)
    problems = form.mistakes() if is_sent else []
    if is_sent and not problems:
        try:
            decline_offer(actor=request.actor, offer=offer, reason=form.cleaned_data["reden"])
        except Refused as refused:
            offer.refresh_from_db()
            problems = form.take(refused.problems)
        else:
            messages.success(request, f"U hebt de overeenkomst {offer.kind_id} geweigerd. Kennisnet weet het.")
            return redirect("agreements:agreements")
    if offer.status != Offer.Status.OFFERED:
        return _closed(request, offer)
    return render(
        request,
        "agreements/decline.html",
        {"offer": offer, "form": form, "problems": problems},
        status=422 if problems else 200,
    )


def _offer(request: HttpRequest, uuid: str) -> Offer:
    """An offer of the board acted for; of another board there is none (404)."""
    return get_object_or_404(request.board.offers.select_related("template", "kind", "board", "agreement"), uuid=uuid)


def _refused(request: HttpRequest, offer: Offer, form: SignForm, refused: Refused) -> HttpResponse:
    offer = _offer(request, offer.uuid)
    if offer.status == Offer.Status.SIGNED and offer.agreement.signed_by_id == request.user.pk:
        messages.info(request, _DONE_ALREADY)
        return redirect("agreements:agreement", offer.agreement.uuid)
    if any(problem.kind == "document_changed" for problem in refused.problems):
        # What was agreed to is not what stands here now: that is to be read, and agreed to, anew.
        form.data = form.data.copy()
        for name in ("akkoord", "document"):
            form.data.pop(name, None)
    return _show(request, offer, form, form.take(refused.problems))


def _show(request: HttpRequest, offer: Offer, form: SignForm, problems: list[FieldProblem]) -> HttpResponse:
    if offer.status != Offer.Status.OFFERED:
        return _closed(request, offer)
    contract = contract_of(offer.board, offer.template)
    try:
        digest = digest_of(contract_pdf(contract))
    except Refused as refused:
        return render(request, "agreements/no_document.html", {"problems": refused.problems}, status=409)
    present = Agreement.objects.in_force(today()).filter(board=offer.board, kind=offer.kind_id).first()
    return render(
        request,
        "agreements/sign.html",
        {
            "offer": offer,
            "template": offer.template,
            "present": present,
            "contract": contract,
            "text": contract_as_html(contract, heading=3),
            "changes": _changes_since(present, offer.template),
            "annex_service": text_as_html(offer.template.annex_service, heading=4),
            "form": form,
            # As long as nobody saw another document, the one that was shown first is the one that is agreed to.
            "document": form.data.get("document") or digest,
            "problems": problems,
            "is_overdue": offer.is_overdue(today()),
        },
        status=422 if problems else 200,
    )


def _changes_since(present: Agreement | None, template: Template) -> list[tuple[int, SafeString]]:
    """Per version what it changed, from the one after the board's own (A4); none for who never signed one."""
    if present is None:
        return []
    own = present.template.version if present.template else template.version - 1
    versions = Template.objects.filter(kind=template.kind_id, version__gt=own, version__lte=template.version)
    return [(each.version, text_as_html(each.changes)) for each in versions.order_by("version") if each.changes]


def _closed(request: HttpRequest, offer: Offer) -> HttpResponse:
    """What became of an offer that waits for nobody any more."""
    return render(
        request,
        "agreements/closed.html",
        {"offer": offer, "signatories": who_may_sign(offer.board)},
        status=409 if request.method == "POST" else 200,
    )
