"""What a register file holds: its sections, their keys, and the form of each value (`docs/register-file.md`)."""

from typing import Final

from agreements.models import OSR
from mandates.register_file.reading import (
    Key,
    Listing,
    Mapping,
    day,
    either,
    matching,
    moment,
    one_of,
    possibly_empty_text,
    random_uuid,
    text,
    yes_or_no,
)
from schools import numbers
from schools.models import Case, Sector
from services.models import Service, ServiceVersion, SystemKind

# Stands for every service of the register and the file.
ALL: Final = "all"

_CODE = r"[A-Z0-9][A-Z0-9_-]*"

_board_number = matching(numbers.BOARD_NUMBER, 'een bestuursnummer is een tekst van vijf cijfers, als "40169"')
_brin = matching(numbers.BRIN, "een BRIN is twee cijfers en twee letters, als 00AV", upper=True)
_location_code = matching(numbers.LOCATION_CODE, "een vestiging is een BRIN en twee cijfers, als 00AV01", upper=True)
_oin = matching(numbers.OIN, "een OIN is acht cijfers en dan twaalf cijfers of hoofdletters")
_oa_id = matching(numbers.OA_ID, "een oa_id is als 123A123")
_service_code = matching(_CODE, "een code is hoofdletters, cijfers, - en _, als OSO-OV")
_agreement_kind = matching(_CODE, f"een soort overeenkomst is hoofdletters, cijfers, - en _, als {OSR}")
_namespace = matching(r"[a-z][a-z0-9+.-]*:\S+", "een namespace is een URI, als http://example.nl/rio/1")
_routing_id = matching(
    r"(?!.*00000$)" + numbers.ROUTING_ID.lstrip("^"),
    "een routeringskenmerk is de eerste 15 tekens van het OIN van de school en vijf cijfers, niet 00000",
)
_https_url = matching(r"https://[^\s/]+\S*", "een afleveradres begint met https://")
_digest = matching(r"[0-9a-f]{64}", "een digest is de SHA-256 van een sleutel, hexadecimaal")

AGREEMENT = Mapping(
    {
        "kind": Key(_agreement_kind, required=True),
        "signed_on": Key(day, required=True),
        "ended_on": Key(day, nullable=True),
    }
)
BOARD = Mapping(
    {
        "number": Key(_board_number, required=True),
        "name": Key(possibly_empty_text),
        "agreements": Key(Listing(AGREEMENT)),
    }
)
LOCATION = Mapping(
    {
        "code": Key(_location_code, required=True),
        "name": Key(possibly_empty_text),
        "city": Key(possibly_empty_text),
        "missing_since": Key(day, nullable=True),
    },
    plain="code",
)
FORMER_BOARD = Mapping(
    {
        "board": Key(_board_number, required=True),
        "until": Key(day, required=True),
        "grace_until": Key(day, required=True),
    }
)
SCHOOL = Mapping(
    {
        "brin": Key(_brin, required=True),
        "name": Key(text),
        "board": Key(_board_number),
        "city": Key(possibly_empty_text),
        "oa_id": Key(_oa_id, nullable=True),
        "sector": Key(one_of(*Sector.values)),
        "locations": Key(Listing(LOCATION)),
        "former_boards": Key(Listing(FORMER_BOARD)),
        "closed_on": Key(day, nullable=True),
        "missing_since": Key(day, nullable=True),
    }
)
SUPPLIER_GROUP = Mapping({"name": Key(text, required=True)})
QUALIFICATION = Mapping(
    {
        "code": Key(_service_code, required=True),
        "qualified_on": Key(day),
        "withdrawn_on": Key(day, nullable=True),
    },
    plain="code",
)
API_KEY = Mapping(
    {
        "key": Key(text),
        "digest": Key(_digest),
        "name": Key(text),
        "expires_at": Key(moment, nullable=True),
        "revoked_at": Key(moment, nullable=True),
    },
    plain="key",
)
SYSTEM = Mapping(
    {
        "name": Key(text, required=True),
        "kind": Key(one_of(*SystemKind.values)),
        "services": Key(either(ALL, Listing(QUALIFICATION))),
        "api_keys": Key(Listing(API_KEY)),
    }
)
SUPPLIER = Mapping(
    {
        "oin": Key(_oin, required=True),
        "name": Key(text),
        "group": Key(text),
        "connected_on": Key(day, nullable=True),
        "systems": Key(Listing(SYSTEM)),
    }
)
VERSION = Mapping(
    {"namespace": Key(_namespace, required=True), "status": Key(one_of(*ServiceVersion.Status.values))},
    plain="namespace",
)
SERVICE = Mapping(
    {
        "code": Key(_service_code, required=True),
        "name": Key(possibly_empty_text),
        "description": Key(possibly_empty_text),
        "level": Key(one_of(*Service.Level.values)),
        "roles": Key(Listing(one_of(*SystemKind.values))),
        "endpoints": Key(yes_or_no),
        "agreement": Key(_agreement_kind, nullable=True),
        "deadline": Key(day, nullable=True),
        "active": Key(yes_or_no),
        "successor": Key(_service_code, nullable=True),
        "versions": Key(Listing(VERSION)),
    }
)
MANDATE = Mapping(
    {
        "school": Key(_brin),
        "board": Key(_board_number),
        "service": Key(_service_code, required=True),
        "system": Key(text, required=True),
        "start_date": Key(day, required=True),
        "end_date": Key(day, nullable=True),
        "token": Key(random_uuid),
        "locations": Key(Listing(_location_code), nullable=True),
        "granted_by": Key(_board_number),
    }
)
ENDPOINT = Mapping(
    {
        "school": Key(_brin, required=True),
        "service": Key(_service_code, required=True),
        "system": Key(text, required=True),
        "mandate": Key(random_uuid),
        "namespace": Key(_namespace, required=True),
        "routing_id": Key(_routing_id, required=True),
        "url": Key(_https_url),
        "attributes": Key(possibly_empty_text),
        "start_date": Key(day, required=True),
        "end_date": Key(day, nullable=True),
    }
)
CASE = Mapping(
    {
        "school": Key(_brin, required=True),
        "kind": Key(one_of(*Case.Kind.values), required=True),
        "text": Key(text, required=True),
        "opened_on": Key(day, required=True),
        "closed_on": Key(day, nullable=True),
    }
)
USER = Mapping(
    {
        "name": Key(text, required=True),
        "email": Key(text, required=True),
        "boards": Key(Listing(_board_number), required=True),
        "roles": Key(Listing(one_of("beheerder", "tekenbevoegde")), required=True),
    }
)
REGISTER = Mapping(
    {
        "boards": Key(Listing(BOARD)),
        "schools": Key(Listing(SCHOOL)),
        "supplier_groups": Key(Listing(SUPPLIER_GROUP)),
        "suppliers": Key(Listing(SUPPLIER)),
        "services": Key(Listing(SERVICE)),
        "mandates": Key(Listing(MANDATE)),
        "endpoints": Key(Listing(ENDPOINT)),
        "cases": Key(Listing(CASE)),
        "users": Key(Listing(USER)),
    }
)
