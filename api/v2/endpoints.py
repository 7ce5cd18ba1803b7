"""Endpoints (D18), in version 2: finding, registering, changing and ending them, and asking for a routing id."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema

from api.v2 import describing, representations
from api.v2.fields import (
    Attributes,
    Body,
    Day,
    DayOfEra,
    Flag,
    HttpsUrl,
    Invalid,
    Namespace,
    Oin,
    Query,
    RoutingId,
    Token,
    one_of,
)
from api.v2.responses import answer, message
from api.v2.views import Forbidden, NotFound, SupplierView, number_in_path
from journal.acts import Refused
from journal.clock import today
from mandates.actions import (
    Registration,
    change_endpoint,
    end_endpoint,
    hand_out_routing_id,
    register_endpoint,
)
from mandates.models import Endpoint
from schools.models import School
from schools.numbers import brin_of

_NO_ENDPOINTS = "The given service version does not allow endpoint registrations"

# What the register's refusals are called on the wire: the name they are about, and the text.
_REFUSALS = {
    "unknown_token": ("mandate_token", "This is not the token of a mandate of the calling system."),
    "other_service": ("service_version_namespace", "This is not a version of the service of the mandate."),
    "version_ended": ("service_version_namespace", "This service version has ended."),
    "routing_id": ("routing_id", "This is not a routing id of the school of the mandate."),
    "url": ("url", "This is not an https address."),
    "dates_reversed": ("end_date", "The end date lies before the start date."),
    "mandate_not_valid": ("start_date", "The mandate is not valid on this day."),
    "mandate_ends_earlier": ("end_date", "The mandate ends earlier."),
    "second_endpoint": ("routing_id", "This routing id has an endpoint for this service version in that period."),
    "no_routing_id": ("school_oin", "Every routing id of this school is in use."),
}


def _invalid(refused: Refused) -> Invalid:
    errors: dict[str, list[str]] = {}
    for problem in refused.problems:
        name, text = _REFUSALS[problem.kind]
        errors.setdefault(name, []).append(text)
    return Invalid(errors)


def _takes_no_endpoints(refused: Refused) -> bool:
    return any(problem.kind == "no_endpoints" for problem in refused.problems)


class EndpointsQuery(Query):
    routing_id = RoutingId(required=False, help_text="Routeringskenmerk. Dit of `school_oin` is verplicht.")
    school_oin = Oin(required=False, help_text="OIN van de school. Dit of `routing_id` is verplicht.")
    service_version_namespace = Namespace(help_text="Namespace van de dienstversie.")
    attributes = Attributes(required=False, help_text="Precies deze waarde, bijvoorbeeld `LAS`.")
    reference_date = Day(required=False, help_text="Peildatum (JJJJ-MM-DD); vandaag als u niets invult.")
    include_future_endpoints = Flag(
        default=False, help_text="`true`: ook adressen die na de peildatum beginnen. Anders: `false`."
    )

    def missing(self, given) -> dict[str, str]:
        return one_of(given, "routing_id", "school_oin")


class NewEndpoint(Body):
    """Een afleveradres om te registreren."""

    mandate_token = Token(help_text="Het token van het mandaat.")
    routing_id = RoutingId(help_text="Een routeringskenmerk van de school van het mandaat.")
    service_version_namespace = Namespace(help_text="Een versie van de dienst van het mandaat die adressen kent.")
    url = HttpsUrl(help_text="Het afleveradres; het begint met `https://`.")
    attributes = Attributes(required=False, allow_null=True, help_text="Vrije aanduiding, bijvoorbeeld `LAS`.")
    start_date = DayOfEra(required=False, allow_null=True, help_text="Eerste dag; vandaag als u niets invult.")
    end_date = DayOfEra(required=False, allow_null=True, help_text="Laatste dag; leeg: geen einde.")


class ChangedEndpoint(Body):
    """Wat er anders wordt aan een afleveradres; minstens één ding."""

    mandate_token = Token(required=False, help_text="Het token van een ander mandaat van het systeem.")
    url = HttpsUrl(required=False, help_text="Het afleveradres; het begint met `https://`.")
    attributes = Attributes(required=False, help_text="Vrije aanduiding, bijvoorbeeld `LAS`.")
    start_date = DayOfEra(required=False, help_text="Eerste dag.")
    end_date = DayOfEra(required=False, allow_null=True, help_text="Laatste dag; `null`: geen einde.")
    routing_id = RoutingId(required=False, help_text="Verandert niet: alleen wat het al is.")
    service_version_namespace = Namespace(required=False, help_text="Verandert niet: alleen wat het al is.")

    CHANGES = ("mandate_token", "url", "attributes", "start_date", "end_date")

    def missing(self, given) -> dict[str, str]:
        if any(name in given for name in self.CHANGES):
            return {}
        return {"body": f"Give at least one of {', '.join(self.CHANGES)}."}


class Endpoints(SupplierView):
    is_limited = True

    @property
    def needs_key(self) -> bool:
        return self.request.method == "POST"

    @extend_schema(
        operation_id="endpoints",
        tags=["Afleveradressen"],
        summary="Afleveradressen zoeken",
        description=(
            "Een adres staat in de lijst als het op de peildatum geldt en zijn mandaat ook. "
            "Met `routing_id` is er hoogstens één: wat op de peildatum geldt of anders, als u daarom vraagt, "
            "het eerste dat daarna begint."
        ),
        parameters=[EndpointsQuery],
        responses=describing.answers(representations.Endpoint(many=True), limited=True),
    )
    def get(self, request) -> HttpResponse:
        asked = EndpointsQuery.read(request)
        found = _found(asked)
        return self.shown(found[:1] if "routing_id" in asked else found, many=True)

    @extend_schema(
        operation_id="register_endpoint",
        tags=["Afleveradressen"],
        summary="Een afleveradres registreren",
        description=(
            "Alleen met de API-sleutel van het gemandateerde systeem en het token van zijn mandaat. "
            "Het mandaat moet de hele periode gelden. Klopt er iets niet, dan wordt er niets opgeslagen en staat in "
            "het antwoord alles wat er niet klopt."
        ),
        parameters=[describing.LOCATION],
        request=NewEndpoint,
        responses=describing.answers(representations.Endpoint, status=201, reads_body=True),
    )
    def post(self, request) -> HttpResponse:
        given = NewEndpoint.read(request.data)
        try:
            endpoint = register_endpoint(
                actor=self.caller.actor,
                system=self.caller.system,
                token=given["mandate_token"],
                registration=Registration(
                    routing_id=given["routing_id"],
                    namespace=given["service_version_namespace"],
                    url=given["url"],
                    attributes=given.get("attributes") or "",
                    start_date=given.get("start_date") or today(),
                    end_date=given.get("end_date"),
                ),
            )
        except Refused as refused:
            if _takes_no_endpoints(refused):
                return message(400, _NO_ENDPOINTS)
            raise _invalid(refused) from refused
        response = self.shown(endpoint, status=201)
        response.headers["Location"] = representations.link("endpoints", endpoint.pk)["href"]
        return response

    def shown(self, endpoints, *, many: bool = False, status: int = 200) -> HttpResponse:
        """One or more endpoints, as the calling system sees them."""
        shown = representations.Endpoint(endpoints, many=many, context={"caller": self.caller})
        return answer(shown.data, status=status)


def _found(asked: dict[str, Any]) -> QuerySet[Endpoint]:
    endpoints = Endpoint.objects.shown_on(
        asked.get("reference_date") or today(), or_later=asked["include_future_endpoints"]
    ).filter(service_version__namespace=asked["service_version_namespace"])
    if "school_oin" in asked:
        endpoints = endpoints.filter(mandate__school__brin=brin_of(asked["school_oin"]) or "")
    filters = {name: asked[name] for name in ("routing_id", "attributes") if name in asked}
    return endpoints.filter(**filters).select_related("mandate").order_by("shown_from", "routing_id")


class OneEndpoint(SupplierView):
    is_limited = True

    @property
    def needs_key(self) -> bool:
        return self.request.method in ("PUT", "DELETE")

    @extend_schema(
        operation_id="endpoint",
        tags=["Afleveradressen"],
        summary="Eén afleveradres",
        description="Een adres dat op geen enkele dag samen met zijn mandaat geldt, ziet alleen de eigenaar.",
        parameters=[describing.ID],
        responses=describing.answers(
            representations.Endpoint, missing="Endpoint with id 7 does not exist.", limited=True
        ),
    )
    def get(self, request, id: str) -> HttpResponse:
        endpoint = self._endpoint(id)
        if not (self.caller.owns(endpoint.mandate) or Endpoint.objects.shown().filter(pk=endpoint.pk).exists()):
            raise _no_endpoint(id)
        return answer(representations.Endpoint(endpoint, context={"caller": self.caller}).data)

    @extend_schema(
        operation_id="change_endpoint",
        tags=["Afleveradressen"],
        summary="Een eigen afleveradres wijzigen",
        description=(
            "Geef alleen wat anders wordt. Routeringskenmerk en dienstversie blijven: beëindig daarvoor het adres en "
            "registreer een nieuw. Het antwoord heeft status 201, zoals in het register van vroeger."
        ),
        parameters=[describing.ID],
        request=ChangedEndpoint,
        responses=describing.answers(
            describing.Message,
            status=201,
            missing="Endpoint with id 7 does not exist.",
            forbidden="The endpoint is of another system",
            reads_body=True,
        ),
    )
    def put(self, request, id: str) -> HttpResponse:
        endpoint = self._own_endpoint(id)
        given = ChangedEndpoint.read(request.data, _moved(endpoint, request.data))
        changes = {name: given[name] for name in ChangedEndpoint.CHANGES if name in given}
        if "mandate_token" in changes:
            changes["token"] = changes.pop("mandate_token")
        try:
            change_endpoint(actor=self.caller.actor, system=self.caller.system, endpoint=endpoint, **changes)
        except Refused as refused:
            if _takes_no_endpoints(refused):
                return message(400, _NO_ENDPOINTS)
            raise _invalid(refused) from refused
        return message(201, "Endpoint is updated.")

    @extend_schema(
        operation_id="end_endpoint",
        tags=["Afleveradressen"],
        summary="Een eigen afleveradres beëindigen",
        description="Het geldt vanaf nu niet meer. De geschiedenis blijft.",
        parameters=[describing.ID],
        responses=describing.answers(
            None,
            status=204,
            missing="Endpoint with id 7 does not exist.",
            forbidden="The endpoint is of another system",
        ),
    )
    def delete(self, request, id: str) -> HttpResponse:
        end_endpoint(actor=self.caller.actor, system=self.caller.system, endpoint=self._own_endpoint(id))
        return HttpResponse(status=204, headers={"Cache-Control": "no-store"})

    def _endpoint(self, id: str) -> Endpoint:
        endpoint = Endpoint.objects.select_related("mandate").filter(pk=number_in_path(id)).first()
        if endpoint is None:
            raise _no_endpoint(id)
        return endpoint

    def _own_endpoint(self, id: str) -> Endpoint:
        endpoint = self._endpoint(id)
        if not self.caller.owns(endpoint.mandate):
            raise Forbidden("The endpoint is of another system")
        return endpoint


def _no_endpoint(id: str) -> NotFound:
    return NotFound(f"Endpoint with id {id} does not exist.")


def _moved(endpoint: Endpoint, given: object) -> dict[str, list[str]]:
    """A client may send the whole endpoint back, but routing id and version must be those it has."""
    if not isinstance(given, dict):
        return {}
    has = {"routing_id": endpoint.routing_id, "service_version_namespace": endpoint.service_version.namespace}
    return {name: ["This cannot change."] for name in has if name in given and given[name] != has[name]}


class AvailableRoutingIdQuery(Query):
    school_oin = Oin(help_text="OIN van de school.")


class AvailableRoutingId(SupplierView):
    needs_key = True
    is_limited = True

    @extend_schema(
        operation_id="available_routing_id",
        tags=["Afleveradressen"],
        summary="Een vrij routeringskenmerk",
        description=(
            "Het laagste vrije nummer van de school. U krijgt het uitgereikt: geen ander krijgt hetzelfde. "
            "Alleen voor een systeem met een mandaat voor de school."
        ),
        parameters=[AvailableRoutingIdQuery],
        responses=describing.answers(
            describing.AvailableRoutingId, limited=True, forbidden="The calling system has no mandate for this school"
        ),
    )
    def get(self, request) -> HttpResponse:
        oin = AvailableRoutingIdQuery.read(request)["school_oin"]
        school = School.objects.filter(brin=brin_of(oin) or "").first()
        if school is None:
            raise _no_mandate()
        try:
            routing_id = hand_out_routing_id(actor=self.caller.actor, system=self.caller.system, school=school)
        except Refused as refused:
            if refused.problems[0].kind == "no_mandate":
                raise _no_mandate() from refused
            raise _invalid(refused) from refused
        return answer({"routing_id": routing_id})


def _no_mandate() -> Forbidden:
    return Forbidden("The calling system has no mandate for this school")
