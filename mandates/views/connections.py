"""Routeringskenmerken of one school (D18)."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import administrator_page
from journal.clock import today
from mandates.connections import EndpointRow, connections_of
from mandates.forms.schools import words_of
from mandates.selection import ALL_PAGES
from mandates.views.board import school_of_board, school_page

_ROWS_PER_PAGE = 25
# `eerder=ja`: also the endpoints that count no longer.
_YES = "ja"


@administrator_page
@require_safe
def endpoints(request: HttpRequest, brin: str) -> HttpResponse:
    """Where messages for a school of the board arrive, per service, and whether it is connected."""
    school = school_of_board(request, brin)
    with_former = request.GET.get("eerder") == _YES
    words = words_of(request.GET)
    found = connections_of(school, today(), with_former=with_former)
    rows = [row for row in found.rows if _matches(row, words)]
    asked = request.GET.get("pagina")
    per_page = max(len(rows), 1) if asked == ALL_PAGES else _ROWS_PER_PAGE
    return render(
        request,
        "mandates/endpoints.html",
        {
            **school_page(request, school),
            "connections": found.connections,
            "page": Paginator(rows, per_page).get_page(asked),
            "can_search": words or len(found.rows) > _ROWS_PER_PAGE,
            "words": words,
            "former": found.former,
            "with_former": with_former,
            "waiting": found.waiting,
        },
    )


def _matches(row: EndpointRow, words: str) -> bool:
    """Whether the row holds each of the words; one without endpoint only when nothing is searched for."""
    if row.endpoint is None:
        return not words
    texts = (
        row.service.code,
        row.service.name,
        row.endpoint.routing_id,
        row.endpoint.url,
        str(row.endpoint.mandate.system),
    )
    text = " ".join(texts).casefold()
    return all(word in text for word in words.casefold().split())
