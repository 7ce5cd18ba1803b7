"""The operations of version 2 as the OpenAPI document describes them, and values with which each of them succeeds."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Self

from django.core.management import call_command

from api.v2.document import document
from journal.acts import Actor, ActorKind, act
from mandates.actions import Registration, register_endpoint
from tests import factories as make
from tests.register import Regenboog

TOKEN = "6f1c0d52-9b0e-4c39-8f5c-2f6d0b6d6e11"

# A value of each parameter and field with which a call of the LAS succeeds, in a register that is `furnished`.
GOOD = {
    "name": "re",
    "oin": "0000000700099AA00000",
    "brin": "99AA",
    "oa_id": "123A456",
    "service_code": "RIO",
    "service_version_namespace": "http://example.nl/rio/1",
    "school_oin": "0000000700099AA00000",
    "supplier_oin": "00000099000000000001",
    "reference_date": "2026-12-01",
    "routing_id": "0000000700099AA00001",
    "attributes": "LAS",
    "include_future_endpoints": "true",
    "mandate_token": TOKEN,
    "url": "https://las.example/rio",
    "start_date": "2026-09-01",
    "end_date": "2026-12-31",
}


@contextmanager
def furnished() -> Iterator[tuple[Regenboog, dict[str, int]]]:
    """De Regenboog with all that `GOOD` speaks of, committed: once for many tests, and where other processes see it.

    Also gives an id of each kind of thing, by its name in paths.
    """
    try:
        regenboog = Regenboog()
        yield regenboog, _furnish(regenboog)
    finally:
        call_command("flush", verbosity=0, interactive=False)


def _furnish(regenboog: Regenboog) -> dict[str, int]:
    """Give the LAS a mandate for RIO and an endpoint."""
    with act("school.changed", actor=make.TESTS):
        regenboog.school.oa_id = GOOD["oa_id"]
        regenboog.school.save()
    mandate = make.MandateFactory(
        school=regenboog.school, service=regenboog.rio, system=regenboog.las, token=TOKEN, start_date="2026-08-01"
    )
    endpoint = register_endpoint(
        actor=Actor(kind=ActorKind.SUPPLIER, name="Leerspoor", supplier_oin=regenboog.las.supplier.oin),
        system=regenboog.las,
        token=TOKEN,
        registration=Registration(
            routing_id=GOOD["routing_id"],
            namespace=GOOD["service_version_namespace"],
            url=GOOD["url"],
            attributes=GOOD["attributes"],
            start_date=date(2026, 9, 1),
        ),
    )
    return {
        "schools": regenboog.school.pk,
        "boards": regenboog.board.pk,
        "services": regenboog.rio.pk,
        "service-versions": regenboog.rio_version.pk,
        "mandates": mandate.pk,
        "endpoints": endpoint.pk,
    }


@dataclass(frozen=True)
class Operation:
    """One operation of the document, with the schema of each parameter of the query and field of the body."""

    id: str
    method: str
    path: str
    query: dict[str, dict]
    body: dict[str, dict]
    required: set[str]

    def __str__(self) -> str:
        return self.id

    def but(self, **different) -> Self:
        """The same with another method or path, which the document does not know."""
        return replace(self, **different)


def operations() -> Iterator[Operation]:
    """All operations but the document itself, which takes nothing."""
    for path, methods in document()["paths"].items():
        for method, told in methods.items():
            query = [each for each in told.get("parameters", []) if each["in"] == "query"]
            body = {}
            if "requestBody" in told:
                reference = told["requestBody"]["content"]["application/json"]["schema"]["$ref"]
                body = document()["components"]["schemas"][reference.rpartition("/")[2]]
            if told["operationId"] != "api_docs":
                yield Operation(
                    id=told["operationId"],
                    method=method.upper(),
                    path=path,
                    query={each["name"]: each["schema"] for each in query},
                    body=body.get("properties", {}),
                    required={each["name"] for each in query if each.get("required")} | set(body.get("required", [])),
                )


def good(takes: dict[str, dict]) -> dict[str, str]:
    """A good value of everything that is taken."""
    return {name: GOOD[name] for name in takes}
