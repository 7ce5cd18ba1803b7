"""'Waarom?', for Kennisnet support: why an answer was yes or no (D15), and the page that may go to the supplier."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from journal.workplace import support_page
from mandates.explanation import ForSupplier, as_text, incident_in_words, periods_in_words
from mandates.forms.why import WhyForm
from services.models import Supplier


@support_page
@require_safe
def why(request: HttpRequest) -> HttpResponse:
    """Ask for an explanation, and read it; everybody of support may."""
    is_asked = "dienst" in request.GET or "raadpleging" in request.GET
    # Another page may lead here with the school filled in: then the rest is still to be asked.
    form = WhyForm(request.GET) if is_asked else WhyForm(initial=request.GET.dict())
    context = {"title": "Waarom?", "form": form, "problems": form.problems()}
    if form.is_valid():
        explanation = form.explanation()
        context |= {
            "explanation": explanation,
            "incident": incident_in_words(explanation),
            "periods": periods_in_words(explanation.checks),
            "pinned": form.pinned(),
        }
    elif form.schools:
        context["choices"] = [(school, _with_school(request, school.brin)) for school in form.schools]
    return render(request, "mandates/why.html", {**admin.site.each_context(request), **context})


@support_page
@require_safe
def for_supplier(request: HttpRequest) -> HttpResponse:
    """The same explanation as the supplier may read it: to print or to paste in a mail."""
    form = WhyForm(request.GET)
    if not form.is_valid():
        return redirect(f"{reverse('why')}?{request.GET.urlencode()}")
    explanation = form.explanation(ForSupplier)
    return render(
        request,
        "mandates/why_for_supplier.html",
        {
            **admin.site.each_context(request),
            "title": "Waarom? Voor de leverancier",
            "explanation": explanation,
            "incident": incident_in_words(explanation),
            "periods": periods_in_words(explanation.checks),
            "supplier": Supplier.objects.filter(oin=explanation.question.supplier_oin).first(),
            "text": "\n".join(as_text(explanation)),
            "made_at": timezone.now(),
            "pinned": form.pinned(),
        },
    )


@support_page
@require_safe
def text_for_supplier(request: HttpRequest) -> HttpResponse:
    """What `for_supplier` shows, as a file."""
    form = WhyForm(request.GET)
    if not form.is_valid():
        return redirect(f"{reverse('why')}?{request.GET.urlencode()}")
    question = form.question
    name = f"waarom-{question.brin}-{question.service_code}-{question.day}.txt".lower()
    return HttpResponse(
        "\n".join(as_text(form.explanation(ForSupplier))) + "\n",
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _with_school(request: HttpRequest, brin: str) -> str:
    """The address of this page with the school that was chosen."""
    query = request.GET.copy()
    query["school"] = brin
    return f"?{query.urlencode()}"
