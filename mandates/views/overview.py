"""Mandaten beheren, and the page of one school."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.access import administrator_page
from journal.clock import today
from mandates.changeable import changeable_of, rows_of
from mandates.forms.changing import filter_of
from mandates.forms.schools import words_of
from mandates.overview import closed_schools, overview_of_board, page_of_school
from mandates.paging import ROWS_PER_PAGE, page_of, page_with
from mandates.selection import selection_of
from mandates.views.board import has_one_school, school_of_board, school_page


@administrator_page
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Mandaten beheren: the schools of the board and how things stand with each. A single school is opened at once."""
    board_overview = overview_of_board(request.board, today())
    schools = board_overview.schools
    if len(schools) == 1:
        return redirect("mandates:school", brin=schools[0].school.brin)
    selection = selection_of(board_overview, request.board, request.GET)
    return render(
        request,
        "mandates/overview.html",
        {
            "overview": board_overview,
            "deadlines": board_overview.deadlines(today()),
            "page": selection.page(request.GET.get("pagina")),
            "words": selection.words,
            "lacking": selection.lacking,
            "closed": closed_schools(request.board, today()).matching(selection.words),
            "today": today(),
        },
    )


@administrator_page
@require_safe
def mandates(request: HttpRequest) -> HttpResponse:
    """Alle mandaten: what the board and its schools gave and counts or will, on one list: also for on paper."""
    there, wanted = changeable_of(request.board, today()), filter_of(request.GET)
    page = page_of(wanted.found(there, (), request.board), request.GET.get("pagina"))
    return render(
        request,
        "mandates/mandates.html",
        {
            "page": page,
            "rows": rows_of(list(page), (), today()),
            "filter": wanted,
            "total": len(there),
            "services": sorted({mandate.service for mandate in there}),
            "systems": sorted({mandate.system for mandate in there}, key=str.casefold),
            "only_school": has_one_school(request),
        },
    )


# In an address: the page of the ended mandates, which stands open then.
_ENDED_PAGE = "beeindigd"


@administrator_page
@require_safe
def school(request: HttpRequest, brin: str) -> HttpResponse:
    """One school of the board: its mandates, and what is not arranged yet."""
    shown = school_of_board(request, brin)
    above = school_page(request, shown)
    page = page_of_school(shown, [location.code for location in above["locations"]], today())
    words = words_of(request.GET)
    current = [row for row in page.current if row.holds(words)]
    # From the matrix one comes for one service.
    of_service = page_with(current, lambda row: row.mandate.service.code == request.GET.get("dienst"))
    return render(
        request,
        "mandates/school.html",
        {
            **above,
            "current": page_of(current, request.GET.get("pagina", of_service)),
            "ended": page_of([row for row in page.ended if row.holds(words)], request.GET.get(_ENDED_PAGE)),
            "shows_ended": words or _ENDED_PAGE in request.GET,
            "has_current": page.current,
            "has_mandates": page.current or page.ended,
            "can_search": words or len(page.current) + len(page.ended) > ROWS_PER_PAGE,
            "words": words,
            "missing": page.missing,
            "deadlines": page.deadlines(today()) if above["only_school"] and not above["is_closed"] else (),
            "closed": closed_schools(request.board, today()) if above["only_school"] else (),
            "can_copy": not above["only_school"],
        },
    )
