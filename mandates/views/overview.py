"""Mandaten beheren, and the page of one school."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.access import administrator_page
from journal.clock import today
from mandates.overview import overview_of_board, page_of_school
from mandates.selection import selection_of
from mandates.views.board import school_of_board, school_page


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
            "today": today(),
        },
    )


@administrator_page
@require_safe
def school(request: HttpRequest, brin: str) -> HttpResponse:
    """One school of the board: its mandates, and what is not arranged yet."""
    shown = school_of_board(request, brin)
    above = school_page(request, shown)
    page = page_of_school(shown, [location.code for location in above["locations"]], today())
    return render(
        request,
        "mandates/school.html",
        {
            **above,
            "page": page,
            "deadlines": page.deadlines(today()) if above["only_school"] and not above["is_closed"] else (),
            "can_copy": not above["only_school"],
        },
    )
