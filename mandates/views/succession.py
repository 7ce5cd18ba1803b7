"""Over te nemen, for the successor of a service: what the board gave for the one, it gives for the other."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property

from journal.clock import today
from mandates.actions import Preview
from mandates.forms.taking_over import SuccessionForm
from mandates.succession import Candidate, by_holder, candidates_for_succession
from mandates.views.board import has_one_school
from mandates.views.ticking import Ticking
from services.models import SuccessionOffer


class TakeOverForSuccessor(Ticking):
    choose_template = "mandates/succession.html"

    @property
    def title(self) -> str:
        """What the pages are called."""
        return f"Mandaten overnemen voor {self.offer.successor.code}"

    @cached_property
    def offer(self) -> SuccessionOffer | None:
        """The offer that stands today for the service in the address; None when there is none (any more)."""
        offers = SuccessionOffer.objects.open_on(today()).select_related("service", "successor")
        return offers.filter(service__code=self.kwargs["code"]).first()

    @cached_property
    def candidates(self) -> list[Candidate]:
        """What the board can take over, with what stands in the way."""
        return candidates_for_succession(self.request.actor, self.request.board, self.offer, today())

    def get(self, request: HttpRequest, **named) -> HttpResponse:
        return super().get(request, **named) if self.offer else self._gone()

    def post(self, request: HttpRequest, **named) -> HttpResponse:
        return super().post(request, **named) if self.offer else self._gone()

    def _gone(self) -> HttpResponse:
        """The offer was closed while somebody was at it, or there never was one."""
        return redirect(self.back())

    def lacking(self) -> set[str]:
        """See `Flow`."""
        return {kind for each in self.candidates for kind in each.lacking_agreements}

    def form(self, data=None) -> SuccessionForm:
        can_be_taken = [
            (each.mandate.uuid, holder.key)
            for holder in by_holder(self.candidates)
            for each in holder.candidates
            if each.can_be_taken_over
        ]
        return SuccessionForm(data, mandates=can_be_taken, service=self.offer.service.code)

    def context(self, form: SuccessionForm) -> dict[str, object]:
        listing = self.listing()
        return listing | {
            "offer": self.offer,
            "holders": by_holder(listing["page"]),
            "mandates": len(self.candidates),
            "takeable": len(form.mandates),
            "need_other_system": sum(each.needs_other_system for each in self.candidates),
            "only_school": has_one_school(self.request),
            "today": today(),
        }

    def done(self, shown: Preview) -> str:
        count = sum(row.does_something for row in shown.rows)
        code = self.offer.successor.code
        return f"Het mandaat voor {code} is gegeven." if count == 1 else f"{count} mandaten voor {code} zijn gegeven."

    def back(self) -> str:
        return reverse("mandates:take_over")
