"""Mandaat toevoegen: for one school, and for several at once (D13)."""

from collections.abc import Sequence
from datetime import date

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_http_methods

from accounts.access import administrator_page
from agreements.standings import lacking_of
from journal import once
from journal.acts import Refused, transaction_number
from journal.clock import today
from mandates.actions import Preview, grant_mandates
from mandates.forms import GrantForm, GrantManyForm
from mandates.forms.granting import with_locations_picked
from mandates.forms.problems import kinds_lacking, told
from mandates.forms.schools import Prospect, SchoolLine, school_lines, words_of
from mandates.models import Mandate
from mandates.offers import Offer, lacking_for, offers_for, offers_for_board
from mandates.overview import BoardOverview, SchoolStatus, mandates_of_school, overview_of_board
from mandates.selection import Selection, selection_of
from mandates.views.board import has_one_school, school_of_board
from mandates.views.flow import Flow
from mandates.wording import day_in_words
from schools.models import School
from services.models import Service


@administrator_page
@require_http_methods(["GET", "HEAD", "POST"])
def grant(request: HttpRequest, brin: str) -> HttpResponse:
    """Mandaat toevoegen: for one or more services of one school."""
    receiver = school_of_board(request, brin)
    locations = list(receiver.locations.order_by("code"))
    offers = offers_for(receiver, today())
    asked = request.GET.getlist("dienst")
    initial = {"startdatum": today().isoformat(), "dienst": asked}
    sent = request.POST if request.method == "POST" else request.kept
    picked = with_locations_picked(sent, locations) if sent is not None else None
    form = GrantForm(sent if picked is None else picked, offers=offers, locations=locations, initial=initial)
    if picked is not None:
        form.errors.clear()  # nobody asked yet whether the rest is right
    is_sent = request.method == "POST" and picked is None
    refusals = []
    if is_sent and form.is_valid():
        try:
            _grant(request, receiver, form)
        except Refused as refused:
            refusals = refused.problems
        else:
            return redirect("mandates:school", brin=receiver.brin)
        if once.is_done_meanwhile(request):
            once.say_done_already(request)
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
            "problems": [*form.problems(), *told(refusals)],
            "unavailable": _unavailable(offers, asked),
            "lacking": lacking_of(request.board, lacking_for(offers) | kinds_lacking(refusals), today()),
            "can_save": any(offer.can_be_chosen for offer in offers),
            "only_school": has_one_school(request),
            "today": today(),
        },
        status=422 if is_sent else 200,
    )


def _grant(request: HttpRequest, receiver: School, form: GrantForm) -> None:
    """Give the mandates, and say so with the means to undo it."""
    with transaction.atomic():
        granted = grant_mandates(
            actor=request.actor,
            school=receiver,
            choices=form.choices(),
            start_date=form.cleaned_data["startdatum"],
            end_date=form.cleaned_data["einddatum"],
            locations=form.chosen_locations(),
        )
        number = transaction_number()
        once.remember(request, number)
    asked = form.cleaned_data["einddatum"]
    messages.success(request, _saved(len(granted)) + _ends_sooner(granted, asked), extra_tags=str(number))


def _saved(mandates: int) -> str:
    return "Het mandaat is opgeslagen." if mandates == 1 else "De mandaten zijn opgeslagen."


def _ends_sooner(granted: Sequence[Mandate], asked: date | None) -> str:
    """That some end before the day that was asked, and why (D5, D19)."""
    sooner = [mandate for mandate in granted if mandate.end_date != asked]
    if not sooner:
        return ""
    texts = dict.fromkeys(
        f"{mandate.service.code} geldt tot en met {day_in_words(mandate.end_date)}: dan "
        + (
            "sluit de school."
            if mandate.school and mandate.school.closed_on == mandate.end_date
            else "eindigt de overeenkomst van uw bestuur."
        )
        for mandate in sooner
    )
    return f" Let op: {' '.join(texts)}"


def _is_saved_already(receiver: School, form: GrantForm) -> bool:
    """Whether the register holds exactly what the form asks: it was sent twice."""
    held = mandates_of_school(receiver).same_as(
        start_date=form.cleaned_data["startdatum"],
        end_date=form.cleaned_data["einddatum"],
        locations=form.chosen_locations(),
    )
    asked = {(choice.service.pk, choice.system.pk) for choice in form.choices()}
    return asked <= set(held.values_list("service", "system"))


def _unavailable(offers: Sequence[Offer], asked: Sequence[str]) -> list[Service]:
    """The services that were asked for by address and cannot be chosen now."""
    return [offer.service for offer in offers if offer.service.code in asked and not offer.can_be_chosen]


class GrantMany(Flow):
    """Mandaat toevoegen: for one or more services of several schools.

    Its address can fill it in: `dienst` ticks a service and `scholen` a school; what narrows the list of Mandaten
    beheren (`mist`, `zoek`) ticks that service and the schools that are left.
    """

    title = "Mandaat toevoegen"
    choose_template = "mandates/grant_many.html"
    joins_services = True

    def get(self, request: HttpRequest, **named) -> HttpResponse:
        return self._page_of_only_school() or super().get(request, **named)

    def post(self, request: HttpRequest, **named) -> HttpResponse:
        return self._page_of_only_school() or super().post(request, **named)

    def _page_of_only_school(self) -> HttpResponse | None:
        """With one school there is nothing to choose; what the address asked for goes along."""
        if len(self.overview.schools) != 1:
            return None
        asked = QueryDict(mutable=True)
        asked.setlist("dienst", self.sent.getlist("dienst"))
        address = reverse("mandates:grant", args=[self.overview.schools[0].school.brin])
        return redirect(f"{address}?{asked.urlencode()}" if asked.getlist("dienst") else address)

    @cached_property
    def overview(self) -> BoardOverview:
        """The schools of the board that are open, and what each misses."""
        return overview_of_board(self.request.board, today())

    @cached_property
    def offers(self) -> list[Offer]:
        """The services to choose from."""
        return offers_for_board(self.request.board, self.overview, today())

    def lacking(self) -> set[str]:
        """See `Flow`."""
        return lacking_for(self.offers)

    @cached_property
    def asked_schools(self) -> Selection | None:
        """The schools that the address asks for by what they miss; None when it does not."""
        selection = selection_of(self.overview, self.request.board, self.request.GET)
        return selection if selection.lacking else None

    @cached_property
    def sent(self) -> QueryDict:
        """What was filled in: by the person, or by the address."""
        if self.request.POST:
            return self.request.POST
        asked = self.request.GET.copy()
        if self.asked_schools:
            asked.appendlist("dienst", self.asked_schools.lacking.code)
            for row in self.asked_schools.schools:
                asked.appendlist("scholen", row.school.brin)
        return asked

    def form(self, data=None) -> GrantManyForm:
        schools = [row.school for row in self.overview.schools]
        initial = {"startdatum": today().isoformat(), "dienst": self.sent.getlist("dienst")}
        return GrantManyForm(data, offers=self.offers, schools=schools, initial=initial)

    def context(self, form: GrantManyForm) -> dict[str, object]:
        lines = self._school_lines()
        return {
            "services": form.lines(),
            "lines": lines,
            "words": words_of(self.sent),
            "nothing_found": not any(line.is_found for line in lines),
            "filled_in": self.asked_schools if self.request.method == "GET" and not self.request.POST else None,
            "unavailable": _unavailable(self.offers, self.sent.getlist("dienst")),
            "can_save": any(offer.can_be_chosen for offer in self.offers),
            "today": today(),
        }

    def _school_lines(self) -> list[SchoolLine]:
        return school_lines(
            [row.school for row in self.overview.schools],
            self.sent,
            self.request.board,
            {row.school.brin: _prospect(row) for row in self.overview.schools},
        )

    def summary(self, shown: Preview) -> list[tuple[str, str]]:
        end_date = shown.intent.end_date
        return [
            ("Startdatum", day_in_words(shown.intent.start_date)),
            ("Einddatum", day_in_words(end_date) if end_date else "geen"),
        ]

    def done(self, shown: Preview) -> str:
        given = [new for row in shown.rows for new in row.grants]
        schools = len({new.school for new in given if new.school})
        if len(given) == 1:
            return _saved(1)
        whom = "het bestuur" if not schools else "1 school" if schools == 1 else f"{schools} scholen"
        return f"{len(given)} mandaten zijn opgeslagen, voor {whom}."

    def back(self) -> str:
        return reverse("mandates:overview")


def _prospect(row: SchoolStatus) -> Prospect:
    """What the school still misses, and when it closes."""
    missing = [each.service.code for each in row.services if each.needs_a_mandate]
    closes = row.school.closed_on
    return Prospect(
        text=f"Nog te regelen: {', '.join(missing)}" if missing else "Voor elke dienst is een mandaat geregeld",
        warning=f"Sluit op {day_in_words(closes)}. Mandaten eindigen dan." if closes else "",
    )
