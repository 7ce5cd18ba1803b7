"""Version 2 under schemathesis: calls made up from the OpenAPI document, some good, some bad (quality.md, Security).

Never a 500, never an answer that the document does not foresee, and nothing bad accepted. The calls are the same in
every run, some 20 seconds of them; `OSR_FUZZ=2000` tries that many for each operation, others in every run.
"""

import os
from collections.abc import Callable, Iterator
from copy import deepcopy

import hypothesis
import pytest
import schemathesis
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections, connection, transaction
from limits import parse
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from api.v2.document import document
from tests.api.described import GOOD, furnished
from tests.api.test_callers import certificate, oin_attribute, rfc9440
from tests.register import Regenboog

pytestmark = pytest.mark.django_db

TRIED = int(os.environ.get("OSR_FUZZ", "0"))
# Stands for the id of the thing that there is; schemathesis also likes to try 0.
THE_ONE_THERE = 7
FREE_ROUTING_ID = "0000000700099AA00002"
REAL = GOOD | {"id": THE_ONE_THERE}
CHOSEN = REAL.keys() - {"include_future_endpoints"}  # of yes and no there are but two

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
    checks.allow_header_conformance,
]
# Of these the document says all there is to say about what is good. It has no word for 'one of these two', nor for what
# depends on the mandate.
SAYS_ALL = {
    "schools",
    "school",
    "board",
    "services",
    "service",
    "service_versions",
    "service_version",
    "mandate",
    "school_mandates",
    "endpoint",
    "available_routing_id",
}


def _as_from_the_proxy(application: Callable) -> Callable:
    return lambda environ, start_response: application(environ | {"REMOTE_ADDR": "127.0.0.1"}, start_response)


def _with_real_examples(told: dict) -> dict:
    """The document, in which each example is a value with which the call succeeds."""
    for path in told["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", []):
                if parameter["name"] in CHOSEN:
                    parameter["schema"]["examples"] = [REAL[parameter["name"]]]
    for name in ("NewEndpoint", "ChangedEndpoint"):
        fields = told["components"]["schemas"][name]["properties"]
        for field, schema in fields.items():
            schema["examples"] = [REAL[field]]
    told["components"]["schemas"]["NewEndpoint"]["properties"]["routing_id"]["examples"] = [FREE_ROUTING_ID]
    return told


def _described() -> schemathesis.BaseSchema:
    values = {name: {"values": [value]} for name, value in REAL.items() if name in CHOSEN}
    values["routing_id"] = {"values": [REAL["routing_id"], FREE_ROUTING_ID]}
    chosen = {name: {"dictionary": name, "probability": 0.7} for name in CHOSEN}
    configuration = schemathesis.Config.from_dict(
        {
            "dictionaries": values,
            "parameters": chosen | {f"body.{name}": how for name, how in chosen.items()},
            # Who calls is not made up, but said by the test.
            "generation": {"with-security-parameters": False},
        }
        | ({} if TRIED else {"seed": 2019})
    )
    schema = schemathesis.openapi.from_dict(_with_real_examples(deepcopy(document())), config=configuration)
    schema.app = _as_from_the_proxy(WSGIHandler())
    return schema


described = _described()
in_bounds = hypothesis.settings(
    max_examples=TRIED or 20,
    derandomize=not TRIED,
    database=None,
    deadline=None,
    suppress_health_check=hypothesis.HealthCheck,  # the register is put back after every call, other checks take time
)


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker) -> Iterator[tuple[Regenboog, dict[str, int]]]:
    with django_db_blocker.unblock(), furnished() as made:
        yield made


@pytest.fixture
def ids(made, settings) -> Iterator[dict[str, int]]:
    """What there is to find, by its name in paths; nobody calls too often, and all on the connection of the test."""
    settings.OSR_READ_LIMIT = settings.OSR_CHECK_LIMIT = settings.OSR_FAILURE_LIMIT = parse("1000000/second")
    of_requests = (signals.request_started, signals.request_finished)
    for signal in of_requests:
        signal.disconnect(close_old_connections)
    yield made[1]
    for signal in of_requests:
        signal.connect(close_old_connections)


@pytest.fixture
def certificate_header(made) -> dict[str, str]:
    """What nginx adds to a call of the LAS supplier."""
    return {"Client-Cert": rfc9440(certificate(oin_attribute(made[0].las.supplier.oin)))}


def hold_to_the_document(case: schemathesis.Case, ids: dict[str, int], headers: dict[str, str]) -> None:
    """Make the call and see whether the answer is one that the document foresees."""
    if str(case.path_parameters.get("id")) in ("0", str(THE_ONE_THERE)):
        case.path_parameters["id"] = ids[case.path.split("/")[3]]
    with transaction.atomic():  # every call finds the register as it was
        response = case.call(headers=headers)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what would wait until the end of the transaction
        transaction.set_rollback(True)
    says_all = case.operation.definition.raw["operationId"] in SAYS_ALL
    case.validate_response(
        response, checks=[*CHECKS, checks.positive_data_acceptance] if says_all else CHECKS, headers=headers
    )


@described.parametrize()
@in_bounds
def test_a_system_is_answered_as_the_document_says(case, ids, certificate_header):
    hold_to_the_document(case, ids, certificate_header | {"API-Key": Regenboog.LAS_KEY})


@described.parametrize()
@in_bounds
def test_a_supplier_without_key_is_answered_as_the_document_says(case, ids, certificate_header):
    hold_to_the_document(case, ids, certificate_header)
