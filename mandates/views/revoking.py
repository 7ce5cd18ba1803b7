"""Intrekken, of one mandate."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import administrator_page
from journal import once
from journal.acts import Refused, transaction_number
from journal.clock import today
from mandates.actions import revoke_mandate
from mandates.coverage import State, end_in_words, status_of_mandate
from mandates.models import Mandate
from mandates.views.board import has_one_school
from mandates.wording import last_change


@administrator_page
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Intrekken: says what will happen, and does it when confirmed (D9)."""
    mandate = get_object_or_404(
        Mandate.objects.of_board(request.board.number).in_full().select_related("school", "board"), uuid=uuid
    )
    back = redirect("mandates:school", brin=mandate.school.brin) if mandate.school else redirect("mandates:overview")
    if request.method == "POST":
        try:
            with transaction.atomic():
                revoke_mandate(actor=request.actor, mandate=mandate)
                number = transaction_number()
                once.remember(request, number)
        except Refused as refused:
            if once.is_done_meanwhile(request):
                once.say_done_already(request)
            elif mandate.is_over(today()):
                messages.warning(request, f"{last_change(mandate)} U hoeft niets meer te doen.")
            else:
                for problem in refused.problems:
                    messages.warning(request, problem.text)
        else:
            messages.success(request, "Het mandaat is ingetrokken.", extra_tags=str(number))
        return back
    status = status_of_mandate(mandate, today())
    return render(
        request,
        "mandates/revoke.html",
        {
            "mandate": mandate,
            "status": status,
            "has_ended": status.state == State.ENDED,
            "is_coming": status.state == State.COMING,
            "end": end_in_words(mandate),
            "has_endpoints": mandate.endpoints.shown_on(today(), or_later=True).exists(),
            "had_days": mandate.start_date < today(),
            "sister_systems": list(Mandate.objects.beside(mandate, today()).values_list("system__name", flat=True)),
            "back": back.url,
            "only_school": has_one_school(request),
        },
    )
