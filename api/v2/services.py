"""Services and their versions, in version 2."""

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema

from api.v2 import describing, representations
from api.v2.fields import Code, Part, Query
from api.v2.responses import answer
from api.v2.views import NotFound, SupplierView, number_in_path
from services.models import Service, ServiceVersion


class ServicesQuery(Query):
    name = Part(required=False, help_text="Een deel van de naam; hoofdletters maken niet uit.")


class Services(SupplierView):
    @extend_schema(
        operation_id="services",
        tags=["Diensten"],
        summary="Diensten zoeken",
        description="Ook diensten die beëindigd zijn: er kunnen nog mandaten voor zijn.",
        parameters=[ServicesQuery],
        responses=describing.answers(representations.Service(many=True)),
    )
    def get(self, request) -> HttpResponse:
        services = Service.objects.order_by("code")
        if name := ServicesQuery.read(request).get("name"):
            services = services.filter(name__icontains=name)
        return answer(representations.Service(services, many=True).data)


class OneService(SupplierView):
    @extend_schema(
        operation_id="service",
        tags=["Diensten"],
        summary="Eén dienst",
        parameters=[describing.ID],
        responses=describing.answers(representations.Service, missing="Service with id 7 does not exist"),
    )
    def get(self, request, id: str) -> HttpResponse:
        service = Service.objects.filter(pk=number_in_path(id)).first()
        if service is None:
            raise NotFound(f"Service with id {id} does not exist")
        return answer(representations.Service(service).data)


class ServiceVersionsQuery(Query):
    service_code = Code(required=False, help_text="Code van de dienst.")


class ServiceVersions(SupplierView):
    @extend_schema(
        operation_id="service_versions",
        tags=["Diensten"],
        summary="Dienstversies zoeken",
        description="Met een dienstcode die niet bestaat is de lijst leeg.",
        parameters=[ServiceVersionsQuery],
        responses=describing.answers(representations.ServiceVersion(many=True)),
    )
    def get(self, request) -> HttpResponse:
        versions = ServiceVersion.objects.order_by("service__code", "namespace")
        if code := ServiceVersionsQuery.read(request).get("service_code"):
            versions = versions.filter(service__code=code)
        return answer(representations.ServiceVersion(versions, many=True).data)


class OneServiceVersion(SupplierView):
    @extend_schema(
        operation_id="service_version",
        tags=["Diensten"],
        summary="Eén dienstversie",
        parameters=[describing.ID],
        responses=describing.answers(
            representations.ServiceVersion, missing="Service version with id 7 does not exist"
        ),
    )
    def get(self, request, id: str) -> HttpResponse:
        version = ServiceVersion.objects.filter(pk=number_in_path(id)).first()
        if version is None:
            raise NotFound(f"Service version with id {id} does not exist")
        return answer(representations.ServiceVersion(version).data)
