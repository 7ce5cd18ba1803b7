"""What the pages ask of the board that the person acts for."""

import re

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from journal.clock import today
from mandates.overview import open_schools
from schools import numbers
from schools.models import School


def school_of_board(request: HttpRequest, brin: str) -> School:
    """The school with this BRIN, in capitals or not; 404 when the board does not govern it, or nobody does."""
    brin = brin.upper()
    if not re.fullmatch(numbers.BRIN, brin):
        raise Http404
    return get_object_or_404(School.objects.of_board(request.board.number).select_related("board"), brin=brin)


def has_one_school(request: HttpRequest) -> bool:
    """Whether the overview passes straight on to the board's one school, so that no way back to it is shown."""
    return open_schools(request.board, today())[:2].count() == 1


def school_page(request: HttpRequest, school: School) -> dict[str, object]:
    """What every page of a school shows above its tabs, and with them."""
    return {
        "school": school,
        "locations": list(school.locations.order_by("code")),
        "is_closed": school.closed_on is not None and school.closed_on < today(),
        "only_school": has_one_school(request),
        "today": today(),
    }
