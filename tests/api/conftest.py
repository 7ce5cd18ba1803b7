"""Every answer of the API in these tests is held against the OpenAPI document."""

import pytest
from django.http import HttpRequest
from django.test import Client
from openapi_core import OpenAPI
from openapi_core.contrib.django import DjangoOpenAPIRequest, DjangoOpenAPIResponse

from api import limits
from api.v2 import checks
from api.v2.document import document


@pytest.fixture(scope="session")
def described() -> OpenAPI:
    return OpenAPI.from_dict(document())


@pytest.fixture(autouse=True)
def _answers_as_described(described, monkeypatch) -> None:
    """Each answer of version 2 is one that the document foresees for the operation: status, headers and body."""
    request = Client.request

    def described_request(self, **given):
        response = request(self, **given)
        asked: HttpRequest = response.wsgi_request
        if _is_operation(asked):
            described.validate_response(DjangoOpenAPIRequest(asked), DjangoOpenAPIResponse(response))
        return response

    monkeypatch.setattr(Client, "request", described_request)


def _is_operation(request: HttpRequest) -> bool:
    """Whether the document knows the path and method; it has nothing to say of a 404 or 405 for what does not exist."""
    route = getattr(request.resolver_match, "route", None)
    if route is None or not route.startswith("api/v2/"):
        return False
    operations = document()["paths"]["/" + route.replace("<str:id>", "{id}")]
    return request.method.lower() in operations


@pytest.fixture(autouse=True)
def _counters(monkeypatch) -> None:
    """Every test starts with counters at zero."""
    monkeypatch.setattr(limits, "supplier_calls", limits.Counter())
    monkeypatch.setattr(limits, "failed_calls", limits.Counter())
    monkeypatch.setattr(checks, "_oin_of_key", {})
