"""Ongedaan maken: from the notice after a confirmation, and from the history."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from accounts.access import administrator_page
from journal import once
from journal.acts import Refused
from mandates.actions import undo


@administrator_page
@require_http_methods(["GET", "HEAD", "POST"])
def undo_change(request: HttpRequest) -> HttpResponse:
    """Undo one confirmation, named by its transaction (D13), and return to the page one came from.

    Asked for from a session that had ended, it offers the button again, on that page.
    """
    sent = request.POST if request.method == "POST" else request.kept or {}
    number = sent.get("transactie", "")
    number = int(number) if number.isdecimal() and len(number) < 19 else 0
    back = sent.get("terug", "")
    if not (back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)):
        back = "mandates:overview"
    if request.method != "POST":
        if number:
            messages.info(request, "Wilt u dit nog ongedaan maken?", extra_tags=str(number))
        return redirect(back)
    try:
        with transaction.atomic():
            undone = undo(actor=request.actor, transaction_id=number)
            once.remember(request)
    except Refused as refused:
        if once.is_done_meanwhile(request):
            once.say_done_already(request, "Dit was al ongedaan gemaakt.")
        else:
            messages.warning(request, " ".join(problem.text for problem in refused.problems))
    else:
        what = "1 mandaat is" if len(undone) == 1 else f"{len(undone)} mandaten zijn"
        messages.success(request, f"Ongedaan gemaakt: {what} weer zoals daarvoor.")
    return redirect(back)
