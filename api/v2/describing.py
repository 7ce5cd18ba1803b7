"""What the OpenAPI document says of every operation alike: who may call, and the errors."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import serializers

ID = OpenApiParameter("id", OpenApiTypes.INT, OpenApiParameter.PATH, description="Nummer, zoals het in een link staat.")


def _header(name: str, kind: Any, description: str, *statuses: int) -> OpenApiParameter:
    """A header that every answer with one of these statuses has."""
    return OpenApiParameter(
        name, kind, OpenApiParameter.HEADER, required=True, description=description, response=list(statuses)
    )


LOCATION = _header("Location", OpenApiTypes.STR, "Link naar wat er is geregistreerd.", 201)
RETRY_AFTER = _header("Retry-After", {"type": "integer", "minimum": 1}, "Na hoeveel seconden het weer kan.", 429, 503)


class Operation(AutoSchema):
    """How an operation is described: with who may call it, for which REST framework has no word."""

    def get_override_parameters(self) -> list[OpenApiParameter]:
        return [*super().get_override_parameters(), RETRY_AFTER]

    def get_auth(self) -> list[dict[str, list[str]]]:
        """A key, a certificate or both; which of them is needed is a setting (`OSR_CLIENT_CERTIFICATE`)."""
        return [{"apiKey": []}, {"certificate": []}, {"apiKey": [], "certificate": []}]


class Message(serializers.Serializer):
    """Wat er is, in één zin."""

    message = serializers.CharField()


class Errors(Message):
    """Alles wat er niet klopt, per parameter of veld. `body` en `query` staan voor het geheel."""

    errors = serializers.DictField(child=serializers.ListField(child=serializers.CharField()), required=False)


class AvailableRoutingId(serializers.Serializer):
    routing_id = serializers.CharField()


def answers(
    good: Any,
    *,
    status: int = 200,
    missing: str = "",
    forbidden: str = "",
    limited: bool = False,
    reads_body: bool = False,
) -> Mapping[int, Any]:
    """The answers of an operation: the good one, its 404 and 403 texts, and the errors that all operations have."""
    told: dict[int, Any] = {
        status: good or OpenApiResponse(description="Gelukt; het antwoord is leeg."),
        400: OpenApiResponse(Errors, description="Er klopt iets niet; er is niets opgeslagen."),
        401: OpenApiResponse(Message, description="De aanroeper zegt niet (goed genoeg) wie hij is."),
        403: _message(
            "De aanroeper mag dit niet, of certificaat en API-sleutel horen niet bij elkaar.",
            forbidden or "The API key and the client certificate are of different suppliers",
        ),
        429: OpenApiResponse(
            Message,
            description="Te vaak; `Retry-After` zegt na hoeveel seconden het weer kan."
            if limited
            else "Te vaak zonder geldige sleutel of geldig certificaat; zie `Retry-After`.",
        ),
        503: OpenApiResponse(Message, description="Het register is er even niet; probeer het later opnieuw."),
    }
    if missing:
        told[404] = _message("Bestaat niet, of niet voor deze aanroeper.", missing)
    if reads_body:
        told[415] = OpenApiResponse(Message, description="De inhoud is geen `application/json`.")
    return dict(sorted(told.items()))


def _message(description: str, text: str) -> OpenApiResponse:
    return OpenApiResponse(Message, description=description, examples=[OpenApiExample(text, {"message": text})])
