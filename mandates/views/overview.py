"""Mandaten beheren, and the page of one school."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.access import administrator_page
from journal.clock import today
from mandates.overview import overview_of_board, page_of_school
from mandates.views.board import has_one_school, school_of_board
from schools.models import School

SCHOOLS_PER_PAGE = 25
# `pagina=alle`: one long page, for on paper.
ALL_PAGES = "alle"
_LONGEST_SEARCH = 100


@administrator_page
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Mandaten beheren: the schools of the board and how things stand with each. A single school is opened at once."""
    board_overview = overview_of_board(request.board, today())
    schools = board_overview.schools
    if len(schools) == 1:
        return redirect("mandates:school", brin=schools[0].school.brin)
    words = request.GET.get("zoek", "").replace("\0", "").strip()[:_LONGEST_SEARCH]
    if words:
        found = set(School.objects.of_board(request.board.number).matching(words).values_list("pk", flat=True))
        schools = [row for row in schools if row.school.pk in found]
    wanted = request.GET.get("mist")
    lacking = next((service for service in board_overview.services if service.code == wanted), None)
    if lacking:
        schools = [row for row in schools if row.needs_a_mandate_for(lacking)]
    asked = request.GET.get("pagina")
    per_page = max(len(schools), 1) if asked == ALL_PAGES else SCHOOLS_PER_PAGE
    return render(
        request,
        "mandates/overview.html",
        {
            "overview": board_overview,
            "deadlines": board_overview.deadlines(today()),
            "page": Paginator(schools, per_page).get_page(asked),
            "words": words,
            "lacking": lacking,
            "today": today(),
        },
    )


@administrator_page
@require_safe
def school(request: HttpRequest, brin: str) -> HttpResponse:
    """One school of the board: its mandates, and what is not arranged yet."""
    shown = school_of_board(request, brin)
    locations = list(shown.locations.order_by("code"))
    only_school = has_one_school(request)
    return render(
        request,
        "mandates/school.html",
        {
            "school": shown,
            "locations": locations,
            "is_closed": shown.closed_on is not None and shown.closed_on < today(),
            "page": page_of_school(shown, [location.code for location in locations], today()),
            "only_school": only_school,
            "can_copy": not only_school,
            "today": today(),
        },
    )
