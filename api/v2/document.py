"""`GET /api/v2/api-docs`: the OpenAPI document of version 2, made from the views themselves."""

from functools import cache

from django.http import HttpResponse
from django.urls import include, path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.views import APIView

from api.v2 import describing, representations
from api.v2.checks import CheckQuery
from api.v2.operations import CHECK, OPERATIONS
from api.v2.responses import answer, not_allowed


class Mandated(serializers.Serializer):
    mandated = serializers.BooleanField(help_text="Altijd `true`: een nee is status 404.")


class Check(APIView):
    """What the document tells of the check, whose own view is no REST framework view (`api.v2.checks`)."""

    authentication_classes = ()

    @extend_schema(
        operation_id="check",
        tags=["Mandaten"],
        summary="Is dit systeem gemandateerd?",
        description=(
            "Is er op de peildatum een systeem van de leverancier met een geldig mandaat voor de school en de dienst? "
            "Ja: status 200. Nee, om welke reden ook: status 404. Het gemandateerde systeem zelf krijgt met zijn "
            "API-sleutel ook het token en de data. Bewaar het antwoord niet: een mandaat kan elk moment ingetrokken "
            "worden. Elke vraag wordt vastgelegd; kan dat niet, dan is er geen antwoord (503)."
        ),
        parameters=[CheckQuery],
        responses=describing.answers(
            PolymorphicProxySerializer(
                component_name="CheckAnswer",
                serializers=[Mandated, representations.OwnMandate],
                resource_type_field_name=None,
            ),
            missing="mandate not found",
            limited=True,
        ),
    )
    def get(self, request) -> HttpResponse:
        raise NotImplementedError("The check has a view of its own.")


class ApiDocs(APIView):
    """The document itself, for everybody."""

    authentication_classes = ()
    permission_classes = ()
    http_method_names = ["get", "head"]

    @extend_schema(
        operation_id="api_docs",
        tags=["Documentatie"],
        summary="Dit document",
        auth=[],
        responses={200: OpenApiResponse(OpenApiTypes.OBJECT, description="OpenAPI 3, als JSON.")},
    )
    def get(self, request) -> HttpResponse:
        return answer(document())

    def http_method_not_allowed(self, request, *args, **kwargs) -> HttpResponse:
        return not_allowed(*self.allowed_methods)


@cache
def document() -> dict:
    """The document; it is the same as long as the process lives."""
    check = path(CHECK, Check.as_view())
    operations = [check if str(operation.pattern) == CHECK else operation for operation in OPERATIONS]
    described = [*operations, path("api-docs", ApiDocs.as_view())]
    return SchemaGenerator(patterns=[path("api/v2/", include(described))]).get_schema(request=None, public=True)
