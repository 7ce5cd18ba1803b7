"""Overeenkomsten: which the board has, which it lacks and what to do about that; and one of them (A1, A2, D5)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.access import board_page
from accounts.providers import named
from agreements.standings import standings_of, who_may_sign
from journal.clock import today


@board_page
@require_safe
def agreements(request: HttpRequest) -> HttpResponse:
    """Every kind of agreement and how it stands, with what there is to do; and who may sign."""
    standings = standings_of(request.board, today())
    return render(
        request,
        "agreements/agreements.html",
        {
            "standings": standings,
            "missing": [standing for standing in standings if standing.is_missing],
            "signatories": who_may_sign(request.board),
            "provider": named(request.user.provider_id),
            "can_sign": request.membership.is_signatory,
        },
    )


@board_page
@require_safe
def agreement(request: HttpRequest, uuid: str) -> HttpResponse:
    """One agreement of the board: who signed it when, and the document itself."""
    found = get_object_or_404(request.board.agreements.select_related("kind", "template"), uuid=uuid)
    return render(
        request, "agreements/agreement.html", {"agreement": found, "is_over": found.is_over(today()), "today": today()}
    )
