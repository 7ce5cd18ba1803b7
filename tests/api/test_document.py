"""The OpenAPI document is true: it has the routes there are, and `conftest.py` holds every answer against it."""

import pytest
from django.test import Client
from django.urls import get_resolver
from openapi_spec_validator import validate

from api.v2 import urls
from api.v2.document import document
from api.v2.views import SupplierView
from tests import factories as make

METHODS = {"get", "post", "put", "patch", "delete"}


def test_it_is_openapi_3():
    assert document()["openapi"].startswith("3.")
    validate(document())


def test_everybody_may_read_it(client):
    """api-v2.md, General: also without key or certificate."""
    response = client.get("/api/v2/api-docs")

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.json()["info"]["title"] == "Onderwijs Serviceregister"


def test_it_has_every_route_and_no_others():
    """A new route cannot be forgotten."""
    routes = {"/api/v2/" + str(route.pattern).replace("<str:id>", "{id}") for route in urls.urlpatterns}

    assert set(document()["paths"]) == routes


@pytest.mark.parametrize("path", document()["paths"])
@pytest.mark.django_db
def test_it_has_every_method_that_a_route_answers_and_no_others(path, settings):
    """What the document does not name is answered with 405, before anybody asks who calls."""
    for method in METHODS | {"options"}:
        status = Client().generic(method.upper(), path.format(id=1)).status_code
        assert (status != 405) == (method in document()["paths"][path]), method


def test_it_says_who_may_call():
    """api-v2.md, General: with a key, a certificate or both; the document itself is open."""
    for path, operations in document()["paths"].items():
        for operation in operations.values():
            schemes = [set(scheme) for scheme in operation.get("security", [])]
            if path.endswith("api-docs"):
                assert schemes == [] or set() in schemes
            else:
                assert schemes == [{"apiKey"}, {"certificate"}, {"apiKey", "certificate"}], path


def test_it_says_in_dutch_what_every_operation_and_parameter_is_for():
    for operations in document()["paths"].values():
        for operation in operations.values():
            assert operation["summary"]
            assert all(parameter["description"] for parameter in operation.get("parameters", []))


def test_an_answer_that_the_document_does_not_foresee_would_be_noticed(regenboog, monkeypatch):
    """The check that every answer is held to can fail."""
    from api.v2 import schools
    from api.v2.responses import answer

    monkeypatch.setattr(schools.Schools, "get", lambda self, request: answer([{"name": 7}]))

    with pytest.raises(Exception, match=r"(?i)invalid"):
        Client().get("/api/v2/schools", headers={"API-Key": regenboog.TEST_KEY})


def test_every_view_but_the_check_and_the_document_asks_who_calls():
    views = {
        str(route.pattern): getattr(route.callback, "view_class", None) for route in get_resolver(urls).url_patterns
    }

    others = {pattern for pattern, view in views.items() if view is None or not issubclass(view, SupplierView)}
    assert others == {"mandates", "api-docs"}


@pytest.mark.parametrize("path", [path for path in document()["paths"] if not path.endswith("api-docs")])
@pytest.mark.django_db
def test_nobody_reads_without_key_or_certificate(path):
    """api-v2.md, General"""
    for method in document()["paths"][path]:
        response = Client().generic(method.upper(), path.format(id=1))
        assert response.status_code == 401, method
        assert "message" in response.json()


def test_a_school_with_a_mandate_shows_no_token_to_others(regenboog, client):
    """D10: no operation shows it but those of the mandated system."""
    mandate = make.MandateFactory(school=regenboog.school, service=regenboog.rio, system=regenboog.las)
    for path in document()["paths"]:
        response = client.get(path.format(id=mandate.pk), headers={"API-Key": regenboog.TEST_KEY})
        assert str(mandate.token) not in response.content.decode()
