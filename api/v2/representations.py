"""How version 2 shows what the register holds (api-v2.md): names, order and links as suppliers' clients know them."""

from datetime import date
from typing import Protocol
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

BASE = "/api/v2"


def link(collection: str, id: int) -> dict[str, str]:
    """The link to one thing of a collection."""
    return {"href": f"{BASE}/{collection}/{id}"}


LINK = {"type": "object", "properties": {"href": {"type": "string"}}, "required": ["href"]}


@extend_schema_field(LINK)
class Link(serializers.Field):
    """A link to the thing in `collection` whose id is found at `source`."""

    def __init__(self, collection: str, *, source: str, **more) -> None:
        super().__init__(source=source, **more)
        self._collection = collection

    def to_representation(self, value: int) -> dict[str, str]:
        return link(self._collection, value)


class SchoolLinks(serializers.Serializer):
    self = Link("schools", source="pk")
    board = Link("boards", source="board_id")


class School(serializers.Serializer):
    name = serializers.CharField()
    oin = serializers.CharField(help_text="Afgeleid van het BRIN.")
    brin = serializers.CharField()
    oa_id = serializers.CharField(allow_null=True, help_text="Onderwijsaanbieder in RIO; null als die niet bekend is.")
    _links = SchoolLinks(source="*")


class BoardLinks(serializers.Serializer):
    self = Link("boards", source="pk")
    schools = serializers.SerializerMethodField()

    @extend_schema_field({"type": "array", "items": LINK})
    def get_schools(self, board) -> list[dict[str, str]]:
        return [link("schools", id) for id in board.schools.order_by("brin").values_list("pk", flat=True)]


class Board(serializers.Serializer):
    name = serializers.CharField(help_text="Leeg zolang DUO de naam niet heeft gegeven.")
    number = serializers.CharField(help_text="Vijf cijfers.")
    _links = BoardLinks(source="*")


class ServiceLinks(serializers.Serializer):
    self = Link("services", source="pk")


class Service(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    _links = ServiceLinks(source="*")


class ServiceVersionLinks(serializers.Serializer):
    self = Link("service-versions", source="pk")
    service = Link("services", source="service_id")


class ServiceVersion(serializers.Serializer):
    namespace = serializers.CharField()
    status = serializers.ChoiceField(choices=["active", "ended"])
    _links = ServiceVersionLinks(source="*")


class MandateLinks(serializers.Serializer):
    self = Link("mandates", source="id")
    school = Link("schools", source="school_id", required=False)
    board = Link("boards", source="board_id", required=False)
    service = Link("services", source="service_id")


class OwnMandate(serializers.Serializer):
    """Een mandaat, zoals alleen het gemandateerde systeem zelf het ziet."""

    token = serializers.UUIDField(help_text="Alleen voor het gemandateerde systeem zelf.")
    start_date = serializers.DateField()
    end_date = serializers.DateField(allow_null=True, help_text="De laatste dag waarop het geldt; null: geen einde.")
    _links = MandateLinks(source="*", help_text="Van een dienst op bestuursniveau staat hier het bestuur.")


class Mandate(Protocol):
    """What is shown of a mandate: the row itself, or what a check found of it."""

    id: int
    token: UUID
    start_date: date
    end_date: date | None
    school_id: int | None
    board_id: int | None
    service_id: int


def own_mandate(mandate: Mandate) -> dict[str, object]:
    """A mandate as `OwnMandate` describes it, written out because the check answers with it."""
    links = {"self": link("mandates", mandate.id)}
    if mandate.school_id is not None:
        links["school"] = link("schools", mandate.school_id)
    else:
        links["board"] = link("boards", mandate.board_id)
    links["service"] = link("services", mandate.service_id)
    return {
        "token": mandate.token,
        "start_date": mandate.start_date,
        "end_date": mandate.end_date,
        "_links": links,
    }


class EndpointLinks(serializers.Serializer):
    self = Link("endpoints", source="pk")
    school = Link("schools", source="mandate.school_id")
    service = Link("services", source="mandate.service_id")
    service_version = Link("service-versions", source="service_version_id")
    system = Link("systems", source="mandate.system_id")


class Endpoint(serializers.Serializer):
    """Een afleveradres. Het token van het mandaat staat er nooit bij."""

    id = serializers.IntegerField()
    routing_id = serializers.CharField()
    url = serializers.CharField()
    attributes = serializers.CharField()
    start_date = serializers.DateField(
        source="shown_from", help_text="De eerste dag waarop het afleveradres en het mandaat allebei gelden."
    )
    end_date = serializers.DateField(
        source="shown_until", allow_null=True, help_text="De laatste van die dagen; null: geen einde."
    )
    user_is_owner = serializers.SerializerMethodField(help_text="Of de API-sleutel die van het eigen systeem is.")
    _links = EndpointLinks(source="*")

    def get_user_is_owner(self, endpoint) -> bool:
        return self.context["caller"].owns(endpoint.mandate)
