"""A form that is sent when the session has ended: nothing typed is lost, and nothing happens by itself.

quality.md, 'Done': nothing lost. D4: only the person who filled it in, acting for the same board, gets it back.
"""

import re

import pytest
from django.test import Client, RequestFactory

from accounts import kept_forms
from accounts.kept_forms import MADE_FOR, MadeFor
from journal.clock import today
from mandates.actions import revoke_mandate
from mandates.models import Mandate
from notifications.models import Preference
from tests import factories as make
from tests.mandates.test_pages import another_board, choose, granted, text_of
from tests.register import make_membership

pytestmark = pytest.mark.django_db

ONE = "/scholen/99AA/mandaten/toevoegen/"
MANY = "/mandaten/toevoegen/"
UNDO = "/ongedaan-maken/"


@pytest.fixture
def browser(regenboog) -> Client:
    """A browser in which Anke de Vries is signed in; as a real one it must send the secret of each form along."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(regenboog.person)
    return client


def secrets_on(page) -> dict[str, str]:
    """What every form of a page sends along unseen."""
    html = page.content.decode()
    names = ("csrfmiddlewaretoken", MADE_FOR)
    return {name: re.search(rf'name="{name}" value="([^"]+)"', html)[1] for name in names}


def typed(regenboog, page, **changes) -> dict:
    """The form for one school, filled in on `page`."""
    return {
        **secrets_on(page),
        **choose(regenboog, **{"einddatum": "31-12-2099", "vestiging": ["99AA01"], **changes}),
    }


def end_session(browser: Client) -> None:
    del browser.cookies["sessionid"]


def sign_in(browser: Client, person) -> None:
    """Sign in anew, as Django does it: what the session of before held stays, and the secrets of forms change."""
    held = {name: value for name, value in browser.session.items() if not name.startswith("_auth_")}
    browser.force_login(person)
    session = browser.session
    session.update(held)
    session.save()
    browser.cookies.pop("csrftoken", None)


def is_filled_in(page) -> bool:
    html = page.content.decode()
    return all(
        re.search(pattern, html)
        for pattern in ('value="RIO" checked', 'value="31-12-2099"', 'value="99AA01" checked', " selected>Leerspoor")
    )


# --- The other bestuur was chosen in another window ---


def test_a_form_that_was_made_for_another_board_does_nothing_and_is_given_back_there(browser, regenboog):
    """D4: nobody gives a mandate, or chooses anything, for a board that is not on the page."""
    other = another_board().board
    make_membership(regenboog.person, other)
    session = browser.session
    session["board"] = "99001"
    session.save()
    page = browser.get("/meldingen/")
    sent = secrets_on(page) | {"deadlines": "on"}
    browser.post("/bestuur-kiezen/", {"board": "99002", "csrfmiddlewaretoken": sent["csrfmiddlewaretoken"]})

    told = browser.post("/meldingen/", sent, follow=True)

    assert "U had dit formulier ingevuld voor een ander bestuur." in text_of(told)
    assert not Preference.objects.exists()


# --- Signed out while typing ---


def test_what_was_typed_is_there_again_after_signing_in_and_is_saved_by_the_button(browser, regenboog):
    sent = typed(regenboog, browser.get(ONE))
    end_session(browser)

    told = browser.post(ONE, sent, follow=True)
    assert told.redirect_chain == [(f"/?next={ONE}", 302)]
    assert "U was uitgelogd. Er is nog niets veranderd. Log opnieuw in" in text_of(told)
    sign_in(browser, regenboog.person)
    page = browser.get(ONE)

    assert is_filled_in(page)
    assert "Er is nog niets veranderd. Kijk na wat hier staat" in text_of(page)
    assert not Mandate.objects.exists()
    browser.post(ONE, typed(regenboog, page))
    assert Mandate.objects.get().locations == ["99AA01"]


@pytest.mark.parametrize("step", ["volgende", "bevestigen", "zoeken"])
def test_a_form_of_several_steps_is_given_back_at_its_first_step(browser, regenboog, step):
    """D13: also what was about to be confirmed has to be seen again."""
    sent = {**typed(regenboog, browser.get(MANY)), "scholen": ["99AB"], "stap": step}
    end_session(browser)
    browser.post(MANY, sent)
    sign_in(browser, regenboog.person)

    page = browser.get(MANY)

    assert 'value="RIO" checked' in page.content.decode()
    assert re.search(r'id="school-99AB"[^>]* checked', page.content.decode())
    assert "Volgende" in text_of(page)
    assert not Mandate.objects.exists()


def test_reloading_the_page_that_was_given_back_keeps_it(browser, regenboog):
    sent = typed(regenboog, browser.get(ONE))
    end_session(browser)
    browser.post(ONE, sent)
    sign_in(browser, regenboog.person)

    assert is_filled_in(browser.get(ONE))
    again = browser.get(ONE)

    assert is_filled_in(again)
    assert "U was uitgelogd" not in text_of(again)


@pytest.mark.parametrize("leaving", ["going elsewhere", "sending it"])
def test_a_form_is_given_back_until_one_is_done_with_it(browser, regenboog, leaving):
    sent = typed(regenboog, browser.get(ONE))
    end_session(browser)
    browser.post(ONE, sent)
    sign_in(browser, regenboog.person)
    page = browser.get(ONE)

    if leaving == "sending it":
        browser.post(ONE, typed(regenboog, page))
    else:
        browser.get("/mandaten/")

    assert not is_filled_in(browser.get(ONE))


def test_a_confirmation_is_asked_for_again_and_nothing_was_done(browser, regenboog):
    """D9: revoking takes a button that was pressed by who is signed in."""
    mandate = granted(regenboog.school, regenboog.rio, regenboog.las)
    path = f"/mandaten/{mandate.uuid}/intrekken/"
    sent = secrets_on(browser.get(path))
    end_session(browser)
    browser.post(path, sent)
    sign_in(browser, regenboog.person)

    page = browser.get(path)

    assert "Er is nog niets veranderd." in text_of(page)
    assert "Het werkt direct" in text_of(page)
    assert Mandate.objects.valid_on(today()).exists()


def test_undoing_is_offered_again_on_the_page_where_it_was(browser, regenboog):
    """D13"""
    mandate = granted(regenboog.school, regenboog.rio, regenboog.las)
    revoke_mandate(actor=regenboog.anke, mandate=mandate)
    sent = {**secrets_on(browser.get(ONE)), "transactie": "12345", "terug": "/scholen/99AA/"}
    end_session(browser)
    browser.post(UNDO, sent)
    sign_in(browser, regenboog.person)

    page = browser.get(UNDO, follow=True)

    assert page.redirect_chain == [("/scholen/99AA/", 302)]
    assert "Wilt u dit nog ongedaan maken?" in text_of(page)
    assert 'name="transactie" value="12345"' in page.content.decode()


# --- Signed in anew in another window ---


def test_a_form_of_before_signing_in_anew_is_given_back(browser, regenboog):
    """The secret of the form is no longer that of the session."""
    sent = typed(regenboog, browser.get(ONE))
    end_session(browser)
    sign_in(browser, regenboog.person)
    browser.get(ONE)

    response = browser.post(ONE, sent, follow=True)

    assert response.redirect_chain == [(ONE, 302)]
    assert is_filled_in(response)
    assert not Mandate.objects.exists()
    browser.post(ONE, typed(regenboog, response))
    assert Mandate.objects.exists()


def test_a_form_without_any_secret_of_the_register_is_refused(browser, regenboog):
    """It may come from another site."""
    response = browser.post(ONE, choose(regenboog))

    assert response.status_code == 403
    assert "Dit formulier is verlopen" in text_of(response)
    assert not is_filled_in(browser.get(ONE))


def test_a_form_of_a_page_that_is_for_everyone_is_refused_as_ever(browser, regenboog):
    sent = secrets_on(browser.get(ONE))
    end_session(browser)
    sign_in(browser, regenboog.person)

    assert browser.post("/uitloggen/", sent).status_code == 403


# --- Another person, another board ---


@pytest.mark.parametrize("when", ["before", "after"])
def test_another_person_does_not_see_it(browser, regenboog, when):
    """D4: not on a shared computer either, and though it is for the same board."""
    colleague = make.UserFactory(name="Bert Jansen")
    make_membership(colleague, regenboog.board)
    sent = typed(regenboog, browser.get(ONE))
    end_session(browser)
    if when == "before":
        sign_in(browser, colleague)
        assert browser.post(ONE, sent).status_code == 403
    else:
        browser.post(ONE, sent)
        sign_in(browser, colleague)
    assert not is_filled_in(browser.get(ONE))
    sign_in(browser, regenboog.person)

    assert not is_filled_in(browser.get(ONE))  # it is gone for good


def test_who_acts_for_another_board_is_asked_to_choose_the_board_of_the_form(browser, regenboog):
    """D4"""
    other = another_board().board
    make_membership(regenboog.person, other)
    browser.post("/bestuur-kiezen/", {**secrets_on(browser.get("/scholen/99ZZ/")), "board": "99001"})
    sent = {**typed(regenboog, browser.get(MANY)), "scholen": ["99AB"]}
    end_session(browser)
    sign_in(browser, regenboog.person)
    there = browser.get("/mandaten/", follow=True)  # De Overkant comes first
    assert there.redirect_chain == [("/scholen/99ZZ/", 302)]

    told = browser.post(MANY, sent, follow=True)

    assert "U had dit formulier ingevuld voor een ander bestuur." in text_of(told)
    assert "checked" not in browser.get(MANY, follow=True).content.decode()
    browser.post("/bestuur-kiezen/", {**secrets_on(told), "board": "99001"})
    assert re.search(r'id="school-99AB"[^>]* checked', browser.get(MANY).content.decode())


def test_after_signing_in_one_acts_for_the_board_of_the_form_again(browser, regenboog):
    other = another_board().board
    make_membership(regenboog.person, other)
    browser.post("/bestuur-kiezen/", {**secrets_on(browser.get("/scholen/99ZZ/")), "board": "99001"})
    sent = typed(regenboog, browser.get(ONE))
    end_session(browser)
    browser.post(ONE, sent)
    sign_in(browser, regenboog.person)

    assert is_filled_in(browser.get(ONE))


def test_who_no_longer_acts_for_the_board_sees_nothing(browser, regenboog):
    """D4"""
    sent = typed(regenboog, browser.get(ONE))
    end_session(browser)
    browser.post(ONE, sent)
    stranger = make.UserFactory()
    sign_in(browser, stranger)

    assert browser.get(ONE).status_code == 403


# --- What is kept, and what not ---


def test_no_secret_is_kept_or_put_in_an_address(browser, regenboog):
    sent = typed(regenboog, browser.get(ONE))
    end_session(browser)

    response = browser.post(ONE, sent)

    assert response.url == f"/?next={ONE}"
    kept = str(dict(browser.session))
    assert "2099" in kept
    assert sent["csrfmiddlewaretoken"] not in kept
    assert sent[MADE_FOR] not in kept


@pytest.mark.parametrize("made_for", ["", "onzin", "WzEsIjk5MDAxIl0:1abc:def"])
def test_a_stranger_can_store_nothing(client, regenboog, made_for):
    response = client.post(ONE, {**choose(regenboog), MADE_FOR: made_for}, follow=True)

    assert "Er is niets veranderd. Log opnieuw in en doe het nog een keer." in text_of(response)
    assert "kept_form" not in client.session


def test_a_form_that_is_too_large_is_not_kept_and_that_is_said(browser, regenboog):
    sent = typed(regenboog, browser.get(ONE), einddatum="x" * kept_forms.MOST_CHARACTERS)
    end_session(browser)

    response = browser.post(ONE, sent, follow=True)

    assert "Log opnieuw in en doe het nog een keer." in text_of(response)
    assert "kept_form" not in browser.session


def test_a_page_that_stood_open_too_long_is_not_believed(browser, regenboog, monkeypatch):
    sent = typed(regenboog, browser.get(ONE))
    end_session(browser)
    monkeypatch.setattr(kept_forms, "LONGEST_OPEN", -1)

    browser.post(ONE, sent)

    assert "kept_form" not in browser.session


def test_any_text_can_be_kept(browser, regenboog):
    sent = typed(regenboog, browser.get(MANY), zoek="\0 \"'<script>é€😀")
    end_session(browser)
    browser.post(MANY, sent)
    sign_in(browser, regenboog.person)

    assert browser.get(MANY).status_code == 200


def test_the_person_and_the_board_are_signed(regenboog):
    request = RequestFactory().post("/", {MADE_FOR: kept_forms.sign(MadeFor(user=7, board="99001"))})

    assert kept_forms.made_for(request) == MadeFor(user=7, board="99001")


def test_signing_out_forgets_what_was_kept(browser, regenboog):
    sent = typed(regenboog, browser.get(ONE))
    end_session(browser)
    browser.post(ONE, sent)
    sign_in(browser, regenboog.person)
    browser.post("/uitloggen/", secrets_on(browser.get(ONE)))
    sign_in(browser, regenboog.person)

    assert not is_filled_in(browser.get(ONE))


def test_every_form_of_a_beheerder_says_for_whom_it_was_made(browser, regenboog):
    """So that no page can forget it."""
    mandate = granted(regenboog.school, regenboog.rio, regenboog.las)
    for path in ("/mandaten/", "/scholen/99AA/", ONE, MANY, f"/mandaten/{mandate.uuid}/intrekken/"):
        html = browser.get(path).content.decode()
        forms = html.count('method="post"')
        assert forms
        assert html.count(f'name="{MADE_FOR}"') == html.count('name="csrfmiddlewaretoken"') == forms, path
    assert MADE_FOR not in Client().get("/").content.decode()
