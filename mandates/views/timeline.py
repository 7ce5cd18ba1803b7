"""Tijdlijn of one school."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import administrator_page
from journal.clock import today
from mandates.forms.schools import words_of
from mandates.overview import page_of_school
from mandates.paging import ROWS_PER_PAGE, page_of
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
    rows, words = [*page.current, *page.ended], words_of(request.GET)
    all_years = request.GET.get("jaren") == _ALL_YEARS
    shown = timeline_of([row for row in rows if row.holds(words)], today(), all_years=all_years)
    return render(
        request,
        "mandates/timeline.html",
        {
            **above,
            "timeline": shown,
            "page": page_of(shown.rows, request.GET.get("pagina")),
            "has_mandates": rows,
            "can_search": words or len(rows) > ROWS_PER_PAGE,
            "words": words,
            "kept": [("jaren", _ALL_YEARS)] if all_years else [],
            "all_years": all_years,
        },
    )
