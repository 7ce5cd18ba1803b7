"""Mandaat toevoegen, for one school."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import administrator_page
from journal.acts import Refused
from journal.clock import today
from mandates.actions import grant_mandates
from mandates.forms import GrantForm, Problem
from mandates.models import Mandate
from mandates.offers import offers_for
from mandates.views.board import has_one_school, school_of_board
from schools.models import School


@administrator_page
@require_http_methods(["GET", "HEAD", "POST"])
def grant(request: HttpRequest, brin: str) -> HttpResponse:
    """Mandaat toevoegen: for one or more services of one school."""
    receiver = school_of_board(request, brin)
    locations = list(receiver.locations.order_by("code"))
    offers = offers_for(receiver, today())
    asked = request.GET.getlist("dienst")
    initial = {"startdatum": today().isoformat(), "dienst": asked}
    form = GrantForm(
        request.POST if request.method == "POST" else None, offers=offers, locations=locations, initial=initial
    )
    refusals = []
    if form.is_valid():
        try:
            granted = _grant(request, receiver, form)
        except Refused as refused:
            refusals = refused.problems
        else:
            saved = "Het mandaat is opgeslagen." if len(granted) == 1 else "De mandaten zijn opgeslagen."
            messages.success(request, saved)
            return redirect("mandates:school", brin=receiver.brin)
        if _is_saved_already(receiver, form):
            messages.info(request, "Dit was al opgeslagen. Er is niets dubbel toegevoegd.")
            return redirect("mandates:school", brin=receiver.brin)
    return render(
        request,
        "mandates/grant.html",
        {
            "school": receiver,
            "form": form,
            "lines": form.lines(),
            "problems": [*form.problems(), *(Problem(refusal.text) for refusal in refusals)],
            "unavailable": [
                offer.service for offer in offers if offer.service.code in asked and not offer.can_be_chosen
            ],
            "can_save": any(offer.can_be_chosen for offer in offers),
            "only_school": has_one_school(request),
            "today": today(),
        },
        status=422 if form.is_bound else 200,
    )


def _grant(request: HttpRequest, receiver: School, form: GrantForm) -> list[Mandate]:
    return grant_mandates(
        actor=request.actor,
        school=receiver,
        choices=form.choices(),
        start_date=form.cleaned_data["startdatum"],
        end_date=form.cleaned_data["einddatum"],
        locations=form.chosen_locations(),
    )


def _is_saved_already(receiver: School, form: GrantForm) -> bool:
    """Whether the register holds exactly what the form asks: it was sent twice."""
    return all(
        Mandate.objects.held_by(receiver, choice.service)
        .filter(system=choice.system)
        .same_as(
            start_date=form.cleaned_data["startdatum"],
            end_date=form.cleaned_data["einddatum"],
            locations=form.chosen_locations(),
        )
        .exists()
        for choice in form.choices()
    )
