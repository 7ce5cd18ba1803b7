"""Over te nemen: the mandates of schools that came from another board (D20)."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property

from journal import once
from journal.acts import Refused, transaction_number
from journal.clock import today
from mandates.actions import Preview, TakeOver, carry_out, let_end
from mandates.forms.changing import uuids_in
from mandates.forms.taking_over import TakeOverForm
from mandates.models import Mandate
from mandates.taking_over import Candidate, candidates_for, schools_of
from mandates.views.board import has_one_school
from mandates.views.ticking import Ticking
from mandates.wording import day_in_words

# The buttons beside a mandate; the value is its UUID.
_TAKE_OVER, _LET_END = "overnemen", "laten-aflopen"
_LONGEST_UUID = 36
# An address must stay short enough for servers on the way.
_MOST_IN_ADDRESS = 100


class TakeOverMandates(Ticking):
    title = "Mandaten overnemen"
    choose_template = "mandates/take_over.html"

    @cached_property
    def candidates(self) -> list[Candidate]:
        """What came with schools of the board, with what can be done about it."""
        return candidates_for(self.request.actor, self.request.board, today())

    def lacking(self) -> set[str]:
        """See `Flow`."""
        return {kind for each in self.candidates for kind in each.lacking_agreements}

    def form(self, data=None) -> TakeOverForm:
        can_be_taken = [
            (each.mandate.uuid, each.mandate.school.brin) for each in self.candidates if each.can_be_taken_over
        ]
        let_end = {each.mandate.uuid for each in self.candidates if each.is_let_end}
        return TakeOverForm(data, mandates=can_be_taken, let_end=let_end)

    def _step(self, request: HttpRequest) -> HttpResponse:
        """The buttons beside one mandate do it at once; the others go by preview and confirmation."""
        for name, do in ((_TAKE_OVER, self._take_over), (_LET_END, self._let_end)):
            if name in request.POST:
                try:
                    return do(request, UUID(request.POST[name]))
                except ValueError:
                    raise Http404 from None
                except Refused as refused:
                    form = self.form(request.POST)
                    form.is_valid()
                    return self._choose_otherwise(form, refused.problems)
        if self._is_taken_over(uuids_in(" ".join(request.POST.getlist("mandaat")).replace("-", ""))):
            return self._done_already()
        return super()._step(request)

    def _is_taken_over(self, ticked: set[UUID]) -> bool:
        """Whether all that was ticked was taken over already: who comes back to an old page is told so calmly."""
        if not ticked or ticked & {each.mandate.uuid for each in self.candidates}:
            return False
        board = self.request.board
        taken = {"school": OuterRef("school"), "service": OuterRef("service"), "system": OuterRef("system")}
        own = Mandate.objects.filter(granting_board=board, **taken).current_and_coming(today())
        came_along = Mandate.objects.of_board(board.number).exclude(granting_board=board)
        return came_along.filter(Exists(own), uuid__in=ticked).count() == len(ticked)

    def _take_over(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        with transaction.atomic():
            carry_out(TakeOver(mandates=(uuid,)), actor=request.actor)
            number = transaction_number()
            once.remember(request, number, self.button())
        messages.success(request, "Het mandaat is overgenomen.", extra_tags=str(number))
        return redirect(self._where_one_was(uuid))

    def _let_end(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        with transaction.atomic():
            decided = let_end(actor=request.actor, mandates=[uuid])
            once.remember(request, button=self.button())
        if not decided:
            once.say_done_already(request, button=self.button())
        for mandate in decided:
            messages.success(
                request,
                f"U laat het mandaat voor {mandate.service.code} van {mandate.school} aflopen. Het eindigt na "
                f"{day_in_words(mandate.end_date)}. U kunt het tot die dag nog overnemen.",
            )
        return redirect(self._where_one_was(uuid))

    def button(self) -> str:
        """See `Flow`: those beside a mandate."""
        sent = self.request.POST
        return next((f"{name} {sent[name][:_LONGEST_UUID]}" for name in (_TAKE_OVER, _LET_END) if name in sent), "")

    def _where_one_was(self, done: UUID) -> str:
        """The page of the list, with what was searched for and what else was ticked."""
        sent = self.request.POST
        ticked = [("mandaat", uuid) for uuid in sent.getlist("mandaat") if uuid != str(done)][:_MOST_IN_ADDRESS]
        asked = [(name, sent[name]) for name in ("zoek", "pagina") if sent.get(name)]
        return f"{self.back()}?{urlencode([*asked, *ticked])}" if asked or ticked else self.back()

    def context(self, form: TakeOverForm) -> dict[str, object]:
        listing = self.listing()
        return listing | {
            "schools": schools_of(listing["page"]),
            "mandates": len(self.candidates),
            "takeable": sum(uuid not in form.let_end for uuid, _ in form.mandates),
            "undecided": sum(not each.is_let_end for each in self.candidates),
            "only_school": has_one_school(self.request),
            "today": today(),
        }

    def done(self, shown: Preview) -> str:
        count = sum(row.does_something for row in shown.rows)
        return "Het mandaat is overgenomen." if count == 1 else f"{count} mandaten zijn overgenomen."

    def back(self) -> str:
        return reverse("mandates:take_over")
