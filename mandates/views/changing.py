"""Wijzigen: the dates of one mandate, or of many at once (D8, D13)."""

from collections.abc import Sequence
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.views import View

from accounts.access import administrator_page
from journal import once
from journal.acts import Refused, transaction_number
from journal.clock import today
from mandates.actions import ChangeEnd, Outcome, Preview, Revoke, confirm, preview
from mandates.changeable import Changeable, changeable_of, rows_of
from mandates.coverage import end_in_words, status_of_mandate
from mandates.forms import ChangeForm, ChangeManyForm, Problem
from mandates.forms.changing import chosen_of, filter_of, uuids_as_text
from mandates.models import Mandate
from mandates.paging import page_of
from mandates.views.board import has_one_school
from mandates.views.flow import Flow, page_asked
from mandates.wording import day_in_words, last_change

MANDATES_PER_PAGE = 50


@method_decorator(administrator_page, name="dispatch")
class ChangeMandate(View):
    """Wijzigen, of one mandate: saved at once, with a way back in the notice."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        form = ChangeForm(request.kept, mandate=self._mandate())
        form.errors.clear()  # what was kept is shown as it was filled in; nobody asked yet whether it is right
        return self._show(form, () if request.kept is None else self._changed_meanwhile(form))

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        mandate = self._mandate()
        if once.is_done(request):
            return self._done_already(mandate)
        response = self._change(request, mandate)
        # The first of two clicks may just have done it, in another process.
        if response.status_code in (409, 422) and once.is_done_meanwhile(request):
            return self._done_already(mandate)
        return response

    def _done_already(self, mandate: Mandate) -> HttpResponse:
        once.say_done_already(self.request)
        return redirect(self._back(mandate))

    def _change(self, request: HttpRequest, mandate: Mandate) -> HttpResponse:
        form = ChangeForm(request.POST, mandate=mandate)
        if not form.is_valid():
            changed = self._changed_meanwhile(form)
            return self._show(form, [*changed, *form.problems()], 422)
        intent = form.intent()
        try:
            with transaction.atomic():
                shown = preview(intent, actor=request.actor)
                (row,) = shown.rows
                if row.does_something:
                    confirm(shown, actor=request.actor)
                    number = transaction_number()
                    once.remember(request, number)
        except Refused as refused:
            form = ChangeForm(request.POST, mandate=self._mandate())
            changed = self._changed_meanwhile(form)
            return self._show(form, changed or [Problem(problem.text) for problem in refused.problems], 409)
        if row.outcome == Outcome.UNCHANGED:
            messages.info(request, "Het mandaat heeft deze datums al. Er is niets veranderd.")
            return redirect(self._back(mandate))
        if row.outcome == Outcome.REFUSED:
            form = ChangeForm(request.POST, mandate=self._mandate())
            changed = self._changed_meanwhile(form)
            return self._show(form, changed or [Problem(row.text, "#einddatum")], 409 if changed else 422)
        messages.success(
            request, f"Het mandaat voor {mandate.service.code} is gewijzigd. Het {row.text}.", extra_tags=str(number)
        )
        return redirect(self._back(mandate))

    def _mandate(self) -> Mandate:
        mandates = Mandate.objects.of_board(self.request.board.number).in_full()
        return get_object_or_404(mandates.select_related("school", "board", "granting_board"), uuid=self.kwargs["uuid"])

    def _changed_meanwhile(self, form: ChangeForm) -> list[Problem]:
        """What somebody else did to the mandate since the page was opened; empty when nothing."""
        mandate = form.mandate
        if form.seen() == (mandate.start_date, mandate.end_date):
            return []
        if mandate.is_over(today()):
            return [Problem(f"{last_change(mandate)} Uw wijziging is niet opgeslagen.")]
        until = f"tot en met {day_in_words(mandate.end_date)}" if mandate.end_date else "zonder einddatum"
        return [
            Problem(
                f"{last_change(mandate)} Het geldt nu vanaf {day_in_words(mandate.start_date)} {until}. "
                "Wat u had ingevuld, staat er nog. Klopt het? Kies dan nog een keer Opslaan.",
                "#einddatum",
            )
        ]

    def _show(self, form: ChangeForm, problems: Sequence[Problem] = (), status: int = 200) -> HttpResponse:
        mandate = form.mandate
        is_of_others = mandate.granting_board_id != self.request.board.pk
        return render(
            self.request,
            "mandates/change.html",
            {
                "mandate": mandate,
                "status": status_of_mandate(mandate, today()),
                "end": end_in_words(mandate),
                "has_ended": mandate.is_over(today()),
                "granted_by": mandate.granting_board if is_of_others else None,
                "form": form,
                "seen": f"{mandate.start_date}/{mandate.end_date or ''}",
                "problems": problems,
                "first_end": max(today(), mandate.start_date),
                "last_end": mandate.end_date if is_of_others else None,
                "today": today(),
                "back": self._back(mandate),
                "only_school": has_one_school(self.request),
            },
            status=status,
        )

    def _back(self, mandate: Mandate) -> str:
        if mandate.school is None:
            return reverse("mandates:overview")
        return reverse("mandates:school", args=[mandate.school.brin])


class ChangeMany(Flow):
    """Meerdere wijzigen: mandates over schools, found by service, system and school."""

    title = "Meerdere mandaten wijzigen"
    choose_template = "mandates/change_many.html"
    joins_services = True

    @cached_property
    def mandates(self) -> list[Changeable]:
        """What there is to choose from."""
        return changeable_of(self.request.board, today())

    def form(self, data=None) -> ChangeManyForm:
        return ChangeManyForm(data, mandates=self.mandates)

    def context(self, form: ChangeManyForm) -> dict[str, object]:
        sent = self.request.POST or self.request.GET
        wanted = filter_of(sent)
        sent_as_chosen = chosen_of(sent)
        there = {mandate.uuid for mandate in self.mandates}
        chosen = sent_as_chosen & there
        found = wanted.found(self.mandates, chosen, self.request.board)
        match sent.get("stap"):
            case "alles":
                chosen |= {mandate.uuid for mandate in found}
            case "niets":
                chosen -= {mandate.uuid for mandate in found}
        page = page_of(found, page_asked(sent), MANDATES_PER_PAGE)
        on_page = {mandate.uuid for mandate in page}
        return {
            "rows": rows_of(list(page), chosen, today()),
            "page": page,
            "filter": wanted,
            "query": f"?{urlencode({'dienst': wanted.service, 'systeem': wanted.system, 'zoek': wanted.words})}",
            "services": sorted({mandate.service for mandate in self.mandates}),
            "systems": sorted({mandate.system for mandate in self.mandates}, key=str.casefold),
            "total": len(self.mandates),
            "found": len(found),
            "chosen": len(chosen),
            "chosen_elsewhere": len(chosen - on_page),
            "chosen_text": uuids_as_text([mandate.uuid for mandate in self.mandates if mandate.uuid in chosen]),
            "shown_text": uuids_as_text([mandate.uuid for mandate in page]),
            "gone": len(sent_as_chosen - there),
            "only_school": has_one_school(self.request),
            "board": self.request.board,
            "today": today(),
        }

    def done(self, shown: Preview) -> str:
        count = sum(row.does_something for row in shown.rows)
        one = count == 1
        mandates = "1 mandaat" if one else f"{count} mandaten"
        match shown.intent:
            case Revoke():
                return f"{mandates} {'is' if one else 'zijn'} ingetrokken."
            case ChangeEnd(end_date=None):
                return f"{mandates} {'heeft' if one else 'hebben'} geen einddatum meer."
            case ChangeEnd(end_date=end_date):
                return f"{mandates} {'eindigt' if one else 'eindigen'} nu op {day_in_words(end_date)}."

    def back(self) -> str:
        return reverse("mandates:overview")
