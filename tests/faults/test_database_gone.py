"""The database is gone for a moment, while a page is asked for or a form is sent (D11, D13, D14).

The person reads calmly that nothing is half done, and sends the same form again by loading the page anew.
"""

import importlib
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from journal.clock import today
from mandates.models import Mandate
from tests.faults import Beside, read
from tests.mandates.test_copying_pages import hidden_fields
from tests.mandates.test_pages import choose, text_of
from tests.register import Regenboog

pytestmark = pytest.mark.django_db(transaction=True)

ONE = "/scholen/99AA/mandaten/toevoegen/"
MANY = "/mandaten/toevoegen/"


@pytest.fixture
def regenboog(transactional_db) -> Regenboog:
    return Regenboog()


@pytest.fixture
def page(regenboog) -> Client:
    """A browser in which Anke de Vries is signed in; it shows error pages as a person sees them."""
    client = Client(raise_request_exception=False)
    client.force_login(regenboog.person)
    return client


@pytest.fixture
def sent_while_it_breaks(monkeypatch) -> Callable:
    """Send something while the connection breaks just after all mandates were written, and before they are kept."""
    # The package has a function of the same name as the module.
    module = importlib.import_module("mandates.actions.previews")
    give = module._grant

    def give_and_break(*arguments) -> list[Mandate]:
        given = give(*arguments)
        break_connection()
        return given

    def send(request: Callable):
        with monkeypatch.context() as patch:
            patch.setattr(module, "_grant", give_and_break)
            response = request()
        next_request()
        return response

    return send


def break_connection() -> None:
    """End the connection of this thread from the other side, as when the database goes down."""
    ((pid,),) = read("SELECT pg_backend_pid()")
    killing = Beside(lambda: read("SELECT pg_terminate_backend(%s)", pid))
    killing.join()
    assert killing.outcome == [(True,)]


def next_request() -> None:
    """What the server does between requests and Django's test client does not: let go of a broken connection."""
    connection.close()


def assert_calm(response) -> None:
    assert response.status_code == 503
    text = text_of(response)
    assert "Het register is even niet bereikbaar" in text
    assert "Er is niets half gedaan" in text
    assert "Laad deze pagina opnieuw" in text
    assert response.headers["X-Reference"] in text


@pytest.mark.parametrize("path", ["/mandaten/", "/scholen/99AA/", ONE, MANY])
def test_a_page_that_is_asked_for_while_it_breaks_can_be_asked_for_again(page, path):
    break_connection()

    assert_calm(page.get(path))
    next_request()

    assert page.get(path).status_code == 200


def test_the_form_of_one_school_does_nothing_by_half_and_can_be_sent_again(regenboog, page, sent_while_it_breaks):
    """D14"""
    form = choose(
        regenboog,
        dienst=["RIO", "DOORSTROOM"],
        **{"systeem-DOORSTROOM-las": str(regenboog.las.uuid)},
    )

    assert_calm(sent_while_it_breaks(lambda: page.post(ONE, form)))
    assert not Mandate.objects.exists()
    again = page.post(ONE, form, follow=True)

    assert "De mandaten zijn opgeslagen." in text_of(again)
    assert Mandate.objects.valid_on(today()).count() == 2


def test_a_confirmation_does_nothing_by_half_and_can_be_sent_again(regenboog, page, sent_while_it_breaks):
    """D13: the same confirmation, once."""
    seen = page.post(MANY, {**choose(regenboog), "scholen": ["99AA", "99AB"], "stap": "volgende"})
    confirmation = {**hidden_fields(seen), "stap": "bevestigen"}

    assert_calm(sent_while_it_breaks(lambda: page.post(MANY, confirmation)))
    assert not Mandate.objects.exists()
    again = page.post(MANY, confirmation, follow=True)

    assert "2 mandaten zijn opgeslagen, voor 2 scholen." in text_of(again)
    assert Mandate.objects.valid_on(today()).count() == 2
    assert "Dit was al gedaan" in text_of(page.post(MANY, confirmation, follow=True))


def test_what_was_saved_just_before_it_broke_is_told_and_not_done_twice(regenboog, page):
    """D2: the mandates were kept, but the person read that the register could not be reached."""
    page.post(ONE, choose(regenboog))
    seen = page.post(MANY, {**choose(regenboog, dienst=["BST"]), "systeem-BST": regenboog.las.uuid, "stap": "volgende"})
    page.post(MANY, {**hidden_fields(seen), "stap": "bevestigen"})
    session = page.session
    del session["gedaan"]  # it could no longer be saved
    session.save()

    assert "Dit was al opgeslagen." in text_of(page.post(ONE, choose(regenboog), follow=True))
    again = page.post(MANY, {**hidden_fields(seen), "stap": "bevestigen"})

    assert again.status_code == 409
    assert "Leerspoor heeft voor BST al een mandaat" in text_of(again)
    assert Mandate.objects.count() == 2
