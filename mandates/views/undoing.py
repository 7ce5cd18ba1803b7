"""Ongedaan maken: from the notice after a confirmation, and from the history."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.access import administrator_page
from journal.acts import Refused
from mandates.actions import undo


@administrator_page
@require_POST
def undo_change(request: HttpRequest) -> HttpResponse:
    """Undo one confirmation, named by its transaction (D13), and return to the page one came from."""
    number = request.POST.get("transactie", "")
    back = request.POST.get("terug", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "mandates:overview"
    try:
        undone = undo(actor=request.actor, transaction_id=int(number) if number.isdecimal() and len(number) < 19 else 0)
    except Refused as refused:
        for problem in refused.problems:
            messages.warning(request, problem.text)
    else:
        what = "1 mandaat is" if len(undone) == 1 else f"{len(undone)} mandaten zijn"
        messages.success(request, f"Ongedaan gemaakt: {what} weer zoals daarvoor.")
    return redirect(back)
