import re
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import administrator_page
from journal.acts import Refused
from journal.clock import today
from mandates.actions import grant_mandates, revoke_mandate
from mandates.coverage import State, end_in_words, status_of_mandate
from mandates.forms import GrantForm, Problem
from mandates.models import Mandate
from mandates.offers import offers_for
from mandates.overview import open_schools, overview_of_board, page_of_school
from schools import numbers
from schools.models import School

SCHOOLS_PER_PAGE = 25
# `pagina=alle`: one long page, for on paper.
ALL_PAGES = "alle"
_LONGEST_SEARCH = 100


@administrator_page
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Mandaten beheren: the schools of the board and how things stand with each. A single school is opened at once."""
    board_overview = overview_of_board(request.board, today())
    schools = board_overview.schools
    if len(schools) == 1:
        return redirect("mandates:school", brin=schools[0].school.brin)
    words = request.GET.get("zoek", "").replace("\0", "").strip()[:_LONGEST_SEARCH]
    if words:
        found = set(School.objects.of_board(request.board.number).matching(words).values_list("pk", flat=True))
        schools = [row for row in schools if row.school.pk in found]
    wanted = request.GET.get("mist")
    lacking = next((service for service in board_overview.services if service.code == wanted), None)
    if lacking:
        schools = [row for row in schools if row.needs_a_mandate_for(lacking)]
    asked = request.GET.get("pagina")
    per_page = max(len(schools), 1) if asked == ALL_PAGES else SCHOOLS_PER_PAGE
    return render(
        request,
        "mandates/overview.html",
        {
            "overview": board_overview,
            "deadlines": board_overview.deadlines(today()),
            "page": Paginator(schools, per_page).get_page(asked),
            "words": words,
            "lacking": lacking,
            "today": today(),
        },
    )


@administrator_page
@require_safe
def school(request: HttpRequest, brin: str) -> HttpResponse:
    """One school of the board: its mandates, and what is not arranged yet."""
    shown = _school_of_board(request, brin)
    locations = list(shown.locations.order_by("code"))
    return render(
        request,
        "mandates/school.html",
        {
            "school": shown,
            "locations": locations,
            "is_closed": shown.closed_on is not None and shown.closed_on < today(),
            "page": page_of_school(shown, [location.code for location in locations], today()),
            "only_school": _has_one_school(request),
            "today": today(),
        },
    )


@administrator_page
@require_http_methods(["GET", "HEAD", "POST"])
def grant(request: HttpRequest, brin: str) -> HttpResponse:
    """Mandaat toevoegen: for one or more services of one school."""
    receiver = _school_of_board(request, brin)
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
            "only_school": _has_one_school(request),
            "today": today(),
        },
        status=422 if form.is_bound else 200,
    )


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
            revoke_mandate(actor=request.actor, mandate=mandate)
        except Refused as refused:
            for problem in refused.problems:
                messages.warning(request, problem.text)
        else:
            messages.success(request, "Het mandaat is ingetrokken.")
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
            "had_days": mandate.start_date < today(),
            "sister_systems": list(Mandate.objects.beside(mandate, today()).values_list("system__name", flat=True)),
            "back": back.url,
            "only_school": _has_one_school(request),
        },
    )


def _school_of_board(request: HttpRequest, brin: str) -> School:
    """The school with this BRIN, in capitals or not; 404 when the board does not govern it, or nobody does."""
    brin = brin.upper()
    if not re.fullmatch(numbers.BRIN, brin):
        raise Http404
    return get_object_or_404(School.objects.of_board(request.board.number).select_related("board"), brin=brin)


def _has_one_school(request: HttpRequest) -> bool:
    """Whether the overview passes straight on to the board's one school, so that no way back to it is shown."""
    return open_schools(request.board, today())[:2].count() == 1


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
