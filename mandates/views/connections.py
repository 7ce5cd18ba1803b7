"""Routeringskenmerken of one school (D18)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import administrator_page
from journal.clock import today
from mandates.connections import EndpointRow, connections_of
from mandates.forms.schools import words_of
from mandates.paging import ROWS_PER_PAGE, holds_words, page_of
from mandates.views.board import school_of_board, school_page

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
    return render(
        request,
        "mandates/endpoints.html",
        {
            **school_page(request, school),
            "connections": found.connections,
            "page": page_of(rows, request.GET.get("pagina")),
            "can_search": words or len(found.rows) > ROWS_PER_PAGE,
            "words": words,
            "former": found.former,
            "with_former": with_former,
            "kept": [("eerder", _YES)] if with_former else [],
            "waiting": found.waiting,
        },
    )


def _matches(row: EndpointRow, words: str) -> bool:
    """Whether the row holds each of the words; one without endpoint only when nothing is searched for."""
    if row.endpoint is None:
        return not words
    service, endpoint = row.service, row.endpoint
    return holds_words(
        words, service.code, service.name, endpoint.routing_id, endpoint.url, str(endpoint.mandate.system)
    )
