"""Overzicht (dekking): which school has which service arranged."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import administrator_page
from journal.clock import today
from mandates.coverage import ENDS_SOON, State, Status
from mandates.matrix import board_cells, rows_of, totals_of
from mandates.overview import overview_of_board
from mandates.selection import Order, selection_of

_LEGEND = (
    (Status(State.MANDATED, "gemandateerd"), "nu geldig"),
    (Status(State.ENDING, "loopt af"), f"nu geldig, eindigt binnen {ENDS_SOON.days} dagen"),
    (Status(State.COMING, "begint"), "geregeld, nog niet begonnen"),
    (Status(State.PARTIAL, "half of deels"), "niet alles geregeld: het LAS wel, het toetssysteem niet"),
    (Status(State.MISSING, "ontbreekt"), "geen mandaat"),
)


@administrator_page
@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    """The schools of the board against the services; a cell leads to where one can do something about it."""
    overview = overview_of_board(request.board, today())
    selection = selection_of(overview, request.board, request.GET)
    page = selection.page(request.GET.get("pagina"))
    return render(
        request,
        "mandates/coverage.html",
        {
            "overview": overview,
            "selection": selection,
            "by_missing": selection.order == Order.MISSING,
            "page": page,
            "rows": rows_of(page),
            "totals": totals_of(overview),
            "board_cells": board_cells(overview) if overview.schools else [],
            "legend": _LEGEND,
            "today": today(),
        },
    )
