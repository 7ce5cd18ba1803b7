"""Tijdlijn of one school."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import administrator_page
from journal.clock import today
from mandates.overview import page_of_school
from mandates.timeline import timeline_of
from mandates.views.board import school_of_board, school_page

# `jaren=alle`: also what is longer ago than the chart shows otherwise.
_ALL_YEARS = "alle"


@administrator_page
@require_safe
def timeline(request: HttpRequest, brin: str) -> HttpResponse:
    """The mandates of a school of the board, and those of the board itself, over the school years."""
    school = school_of_board(request, brin)
    above = school_page(request, school)
    page = page_of_school(school, [location.code for location in above["locations"]], today())
    all_years = request.GET.get("jaren") == _ALL_YEARS
    return render(
        request,
        "mandates/timeline.html",
        {
            **above,
            "timeline": timeline_of([*page.current, *page.ended], today(), all_years=all_years),
            "all_years": all_years,
        },
    )
