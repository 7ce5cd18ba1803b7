"""Error pages, and the page for who may not enter: with the header of who is signed in (screens.md, Everyone)."""

from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.test import Client

from accounts.models import Membership, SupportAccount
from osr.views import too_many_attempts
from tests import factories as make
from tests.faults.test_database_gone import break_connection, next_request
from tests.mandates.test_pages import text_of
from tests.register import make_membership, make_support, sign_in_support

pytestmark = pytest.mark.django_db


@pytest.fixture
def anke(regenboog) -> Client:
    """A browser in which Anke de Vries is signed in; it shows error pages as a person sees them."""
    client = Client(raise_request_exception=False)
    client.force_login(regenboog.person)
    return client


@pytest.fixture
def answers(monkeypatch):
    """Let the page Meldingen do something else."""

    def answers(instead) -> None:
        monkeypatch.setattr("notifications.views.preference_of", Mock(side_effect=instead))

    return answers


def has_header(response) -> bool:
    """Whether the page has the bestuur, the person, Uitloggen and the menu; if not, it has none of these."""
    body = response.content.decode()
    parts = {part in body for part in ("Stichting De Regenboog", "Anke de Vries", 'action="/uitloggen/"', "Hoofdmenu")}
    assert len(parts) == 1
    return parts.pop()


@pytest.mark.parametrize(
    ("error", "status", "with_header"),
    [
        (SuspiciousOperation, 400, True),
        (PermissionDenied, 403, True),
        (ValueError, 500, False),
        (OperationalError, 503, False),
    ],
)
def test_what_does_not_need_to_stand_without_database_has_the_header(anke, answers, error, status, with_header):
    answers(error)

    response = anke.get("/meldingen/")

    assert response.status_code == status
    assert has_header(response) == with_header


def test_a_page_that_does_not_exist_has_the_header(anke):
    response = anke.get("/bestaat-niet/")

    assert response.status_code == 404
    assert has_header(response)
    assert "no-store" in response.headers["Cache-Control"]


def test_who_tries_too_often_sees_the_header(anke, monkeypatch):
    monkeypatch.setattr("notifications.views.render", lambda request, *rest, **named: too_many_attempts(request))

    response = anke.get("/meldingen/")

    assert response.status_code == 429
    assert has_header(response)


def test_a_form_that_has_expired_has_the_header_and_one_can_sign_out_there(regenboog):
    client = Client(enforce_csrf_checks=True)
    client.force_login(regenboog.person)

    response = client.post("/uitloggen/")

    assert (response.status_code, has_header(response)) == (403, True)
    token = client.cookies["csrftoken"].value
    assert client.post("/uitloggen/", {"csrfmiddlewaretoken": token}).status_code == 302


def test_the_page_for_another_role_has_the_header(client):
    board = make.BoardFactory(number="99008", name="Stichting Aan Zee")
    person = make.UserFactory(name="Dirk Bakker")
    make_membership(person, board, role=Membership.Role.SIGNATORY)
    client.force_login(person)

    response = client.get("/mandaten/")
    body = response.content.decode()

    assert response.status_code == 403
    assert "U heeft nog geen toegang" in body
    assert "Stichting Aan Zee" in body
    assert 'href="/overeenkomsten/"' in body
    assert body.count('action="/uitloggen/"') == 1
    assert "no-store" in response.headers["Cache-Control"]


def test_who_acts_for_no_board_signs_out_below_the_page(client):
    client.force_login(make.UserFactory(name="Noor de Boer"))

    body = client.get("/mandaten/").content.decode()

    assert "U heeft nog geen toegang" in body
    assert body.count('action="/uitloggen/"') == 1
    assert "Hoofdmenu" not in body


@pytest.mark.parametrize("more", [0, 5])
def test_an_error_page_takes_a_fixed_number_of_queries(regenboog, anke, django_assert_num_queries, more):
    """The session, the person, the boards, what is to be taken over; then noting it, between savepoints."""
    for _ in range(more):
        make_membership(regenboog.person, make.BoardFactory())

    with django_assert_num_queries(7):
        assert anke.get("/bestaat-niet/").status_code == 404


def test_a_notice_is_read_on_an_error_page_too(anke):
    """The link of a mail to a page of another board: the notice says why it is not there."""
    response = anke.get("/bestuur/99009/scholen/98ZZ/", follow=True)

    assert response.status_code == 404
    assert "U werkt niet voor het bestuur met nummer 99009." in text_of(response)


# --- An error page never fails itself ---------------------------------------------------------------------------------


def test_what_is_refused_before_one_knows_who_asks_has_no_header(anke):
    response = anke.get("/", headers={"Host": "elders.example"})

    assert response.status_code == 400
    assert not has_header(response)


@pytest.mark.parametrize("broken", ["accounts.middleware.on_behalf.current", "mandates.taking_over.arrivals_of"])
def test_when_the_header_cannot_be_made_the_page_comes_without(anke, monkeypatch, broken):
    monkeypatch.setattr(broken, Mock(side_effect=KeyError("kapot")))

    response = anke.get("/bestaat-niet/")

    assert response.status_code == 404
    assert response.headers["X-Reference"] in text_of(response)
    assert not has_header(response)


@pytest.mark.django_db(transaction=True)
def test_when_the_database_is_away_the_page_comes_without_header(anke):
    break_connection()

    response = anke.get("/bestaat-niet/")
    next_request()

    assert response.status_code == 404
    assert not has_header(response)
    assert has_header(anke.get("/bestaat-niet/"))


def test_a_database_that_is_away_is_waited_for_once(anke, monkeypatch):
    gone = Mock(side_effect=OperationalError("connection refused"))
    monkeypatch.setattr("django.db.backends.postgresql.base.DatabaseWrapper.cursor", gone)
    monkeypatch.setattr("accounts.actions.errors._is_connected", lambda: False)

    assert anke.get("/bestaat-niet/").status_code == 404
    assert gone.call_count == 1


def test_a_page_that_does_not_exist_does_not_let_a_session_of_support_go_on(regenboog, monkeypatch):
    """domain.md section 8: it ends when nothing was done in it."""
    client = Client()
    sign_in_support(client, make_support(role=SupportAccount.Role.LEAD))
    client.post(f"/beheer/schools/board/{regenboog.board.pk}/namens/", {"reason": "Gebeld door Anke"})
    monkeypatch.setattr("accounts.sessions._PRECISION", timedelta(0))

    def moves(path: str) -> bool:
        before = client.session.get_expiry_date()
        response = client.get(path)
        assert "Stichting De Regenboog" in text_of(response)
        return client.session.get_expiry_date() != before

    assert not moves("/bestaat-niet/")
    assert moves("/mandaten/")
