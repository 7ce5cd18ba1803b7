"""A supplier's call goes past the middleware for people, and is guarded all the same (docs/decisions/018)."""

import pytest
from django.contrib.sessions.middleware import SessionMiddleware
from django.test import Client

CHECK = "/api/v2/mandates"
UNKNOWN = "/api/v2/bestaat-niet"
GUARDS = (
    "Content-Security-Policy",
    "X-Frame-Options",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
)


@pytest.mark.django_db
@pytest.mark.parametrize("path", [CHECK, UNKNOWN])
def test_an_answer_carries_the_guards_of_a_page(client, path):
    answer, page = client.get(path).headers, client.get("/").headers

    assert {name: answer[name] for name in GUARDS} == {name: page[name] for name in GUARDS}
    assert answer["X-Reference"]
    assert answer["Content-Length"]


@pytest.mark.django_db
def test_a_call_has_no_session_and_gets_no_cookie(client, monkeypatch):
    client.cookies["sessionid"] = "van-een-pagina"
    sessions = []
    monkeypatch.setattr(SessionMiddleware, "process_request", lambda self, request: sessions.append(request.path))

    response = client.get(CHECK)

    assert not response.cookies
    assert sessions == []


@pytest.mark.parametrize("path", [CHECK, UNKNOWN])
def test_a_call_for_a_host_that_the_register_does_not_serve_is_refused(path):
    response = Client(raise_request_exception=False).get(path, headers={"Host": "elders.example"})

    assert response.status_code == 400
    assert response.json() == {"message": "Bad request"}


def test_a_call_without_tls_is_sent_on_to_https(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    client.handler.load_middleware()  # it was made with the setting of the tests

    response = client.get(CHECK)

    assert response.status_code == 301
    assert response.headers["Location"].startswith("https://")


@pytest.mark.django_db
def test_an_error_in_a_view_is_answered_in_json(monkeypatch):
    def fail(request):
        raise ValueError("mis")

    monkeypatch.setattr("api.v2.checks.refuse_after_failures", fail)

    response = Client(raise_request_exception=False).get(CHECK)

    assert response.status_code == 500
    assert response.json() == {"message": "Internal error"}
    assert response.headers["X-Frame-Options"] == "DENY"
