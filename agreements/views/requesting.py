"""Overeenkomst aanvragen: the board asks, and Kennisnet offers it to who may sign (A2)."""

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import board_page
from accounts.providers import named
from agreements.actions import request_agreement
from agreements.forms import RequestForm
from agreements.standings import standings_of, who_may_sign
from journal.acts import Refused
from journal.clock import today

# What is no mistake of who asks: it has been arranged already.
_ARRANGED = {"open_offer", "newest_in_force"}


@board_page
@require_http_methods(["GET", "HEAD", "POST"])
def request_kind(request: HttpRequest, kind: str) -> HttpResponse:
    """Ask for the agreement of this kind (a code), perhaps with a remark."""
    standing = next((each for each in standings_of(request.board, today()) if each.kind.code == kind), None)
    if standing is None:
        raise Http404
    is_sent = request.method == "POST"
    form = RequestForm(request.POST if is_sent else request.kept)
    problems = []
    if is_sent:
        problems = form.mistakes()
        if not problems:
            try:
                # What support reads beside the request is what the person says of it.
                remark = form.cleaned_data["opmerking"].strip()
                actor = replace(
                    request.actor, reason=". ".join(filter(None, (request.actor.reason.rstrip("."), remark)))
                )
                request_agreement(actor=actor, board=request.board, kind=standing.kind)
            except Refused as refused:
                if _ARRANGED.issuperset(problem.kind for problem in refused.problems):
                    messages.info(request, " ".join(problem.text for problem in refused.problems))
                    return redirect("agreements:agreements")
                problems = form.take(refused.problems)
            else:
                messages.success(
                    request,
                    f"De overeenkomst {kind} is aangevraagd. Kennisnet legt de overeenkomst klaar voor wie tekent.",
                )
                return redirect("agreements:agreements")
    return render(
        request,
        "agreements/request.html",
        {
            "standing": standing,
            "form": form,
            "problems": problems,
            "signatories": who_may_sign(request.board),
            "provider": named(request.user.provider_id),
        },
        status=422 if problems else 200,
    )
