"""Raadplegingen of one school (D17)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import administrator_page
from mandates.check_history import AskedChecks, as_text, checks_about, place_of
from mandates.forms.narrowing import NarrowingForm
from mandates.stretches import place_in
from mandates.views.board import school_of_board, school_page
from services.models import Service, Supplier


@administrator_page
@require_safe
def checks(request: HttpRequest, brin: str) -> HttpResponse:
    """Who asked about a school of the board, about what, and what the register answered."""
    school = school_of_board(request, brin)
    form = NarrowingForm(
        request.GET,
        services=list(Service.objects.order_by("code")),
        suppliers=list(Supplier.objects.order_by("name")),
    )
    asked = AskedChecks(form.service, form.supplier, form.cleaned_data.get("van"), form.cleaned_data.get("tot"))
    place = place_in(request.GET, place_of)
    seen = checks_about(school, asked, place)
    return render(
        request,
        "mandates/checks.html",
        {
            **school_page(request, school),
            "form": form,
            "problems": form.problems(),
            "is_narrowed": asked.is_narrowed,
            "rows": seen.stretch.rows,
            "since": seen.since,
            "looked_until": seen.looked_until,
            "older": as_text(seen.stretch.older),
            "newer": as_text(seen.stretch.newer),
            "is_first": place is None,
        },
    )
