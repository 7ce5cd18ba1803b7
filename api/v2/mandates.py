"""A system's own mandates, in version 2. The check itself is in `api.v2.checks`."""

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema

from api.v2 import describing, representations
from api.v2.fields import Code, Query
from api.v2.representations import own_mandate
from api.v2.responses import answer
from api.v2.views import NotFound, SupplierView, number_in_path
from journal.clock import today
from mandates.models import Mandate


class OneMandate(SupplierView):
    is_limited = True

    @extend_schema(
        operation_id="mandate",
        tags=["Mandaten"],
        summary="Eén eigen mandaat",
        description="Alleen het gemandateerde systeem zelf ziet zijn mandaat, met zijn API-sleutel.",
        parameters=[describing.ID],
        responses=describing.answers(representations.OwnMandate, missing="mandate not found", limited=True),
    )
    def get(self, request, id: str) -> HttpResponse:
        mandate = Mandate.objects.filter(pk=number_in_path(id)).first()
        if mandate is None or not self.caller.owns(mandate):
            raise NotFound("mandate not found")
        return answer(own_mandate(mandate))


class SchoolMandatesQuery(Query):
    service_code = Code(help_text="Code van de dienst.")


class SchoolMandates(SupplierView):
    needs_key = True
    is_limited = True

    @extend_schema(
        operation_id="school_mandates",
        tags=["Mandaten"],
        summary="De eigen mandaten voor een dienst",
        description=(
            "De mandaten van het systeem van de API-sleutel die vandaag of later gelden. "
            "Met een dienstcode die niet bestaat is de lijst leeg."
        ),
        parameters=[SchoolMandatesQuery],
        responses=describing.answers(representations.OwnMandate(many=True), limited=True),
    )
    def get(self, request) -> HttpResponse:
        asked = SchoolMandatesQuery.read(request)
        mandates = Mandate.objects.filter(system=self.caller.system, service__code=asked["service_code"])
        return answer([own_mandate(mandate) for mandate in mandates.current_and_coming(today()).order_by("pk")])
