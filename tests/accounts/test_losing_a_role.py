"""People who lose their role: their access ends at once; what they did stays theirs (domain.md section 8, D4, D14)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions import end_membership, follow_provider
from accounts.claims import Person
from accounts.models import Membership
from accounts.providers import named
from agreements.standings import who_may_sign
from journal.acts import Actor, Refused
from journal.clock import today
from journal.models import Entry
from mandates.actions import revoke_mandate
from mandates.models import Mandate
from notifications.recipients import acts_for
from tests import factories as make
from tests.accounts.test_session_ended import MANY, ONE, UNDO, end_session, secrets_on, sign_in, typed
from tests.mandates.test_pages import another_board, choose, granted, text_of
from tests.register import make_membership, make_support, sign_in_support

pytestmark = pytest.mark.django_db

LIST = "/beheer/accounts/membership/"


@pytest.fixture
def browser(regenboog) -> Client:
    """A browser in which Anke de Vries is signed in."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(regenboog.person)
    return client


@pytest.fixture
def sam() -> Actor:
    return make_support().actor(reason="Werkt er niet meer", board_number="99001")


def membership(regenboog) -> Membership:
    return regenboog.person.memberships.get()


# --- At once ----------------------------------------------------------------------------------------------------------


def test_an_open_session_is_without_the_right_at_the_very_next_request(browser, regenboog, sam):
    sent = typed(regenboog, browser.get(ONE))

    end_membership(actor=sam, membership=membership(regenboog))

    assert browser.post(ONE, sent).status_code == 403
    assert browser.get("/mandaten/").status_code == 403
    assert not Mandate.objects.exists()


def test_undoing_what_was_done_before_is_refused(browser, regenboog, sam):
    """D13: undo is for who may still do it."""
    mandate = granted(regenboog.school, regenboog.rio, regenboog.las)
    revoke_mandate(actor=regenboog.anke, mandate=mandate)
    undone = Entry.objects.filter(type="mandate.revoked").get().transaction_id
    sent = {**secrets_on(browser.get(ONE)), "transactie": str(undone), "terug": "/scholen/99AA/"}

    end_membership(actor=sam, membership=membership(regenboog))

    assert browser.post(UNDO, sent).status_code == 403
    assert not Mandate.objects.valid_on(today()).exists()


def test_a_kept_form_is_not_given_back(browser, regenboog, sam):
    sent = typed(regenboog, browser.get(ONE))
    end_session(browser)
    browser.post(ONE, sent)
    end_membership(actor=sam, membership=membership(regenboog))
    sign_in(browser, regenboog.person)

    assert browser.get(ONE).status_code == 403
    assert browser.get(MANY).status_code == 403


def test_the_other_board_stays(browser, regenboog, sam):
    other = another_board().board
    make_membership(regenboog.person, other)

    end_membership(actor=sam, membership=regenboog.person.memberships.get(board=regenboog.board))

    assert browser.get("/scholen/99ZZ/").status_code == 200
    assert browser.get("/scholen/99AA/").status_code == 404


def test_what_the_provider_says_ends_every_open_session_as_well(browser, regenboog):
    """Signing in elsewhere is enough."""
    assert browser.get(ONE).status_code == 200
    person = Person(name="Anke de Vries", email="", is_administrator=False, is_signatory=False, board_numbers=())

    follow_provider(regenboog.person, person, named("mijn-duo"))

    assert browser.get(ONE).status_code == 403


def test_a_tekenbevoegde_who_is_no_beheerder_any_more_still_signs(browser, regenboog, sam):
    make_membership(regenboog.person, regenboog.board, Membership.Role.SIGNATORY)

    end_membership(actor=sam, membership=regenboog.person.memberships.get(role=Membership.Role.ADMINISTRATOR))

    assert browser.get("/mandaten/").status_code == 403
    assert browser.get("/overeenkomsten/").status_code == 200


def test_what_somebody_did_stays_theirs(browser, regenboog, sam):
    """D14"""
    browser.post(ONE, {**secrets_on(browser.get(ONE)), **choose(regenboog)})

    end_membership(actor=sam, membership=membership(regenboog))

    assert Entry.objects.get(type="mandate.granted").actor["name"] == "Anke de Vries"


# --- Until the provider says so again ---------------------------------------------------------------------------------


def test_the_access_comes_back_when_the_provider_names_the_person_again(browser, regenboog, sam):
    end_membership(actor=sam, membership=membership(regenboog))
    person = Person(name="Anke de Vries", email="", is_administrator=True, is_signatory=False, board_numbers=("99001",))

    follow_provider(regenboog.person, person, named("eherkenning"))

    assert browser.get(ONE).status_code == 200
    assert Entry.objects.filter(type="membership.given").last().actor["name"] == "eHerkenning"


def test_ending_is_told_with_the_reason(regenboog, sam):
    end_membership(actor=sam, membership=membership(regenboog))

    entry = Entry.objects.get(type="membership.ended")
    assert (entry.actor["name"], entry.reason, entry.boards) == ("Sam Jansen", "Werkt er niet meer", ["99001"])


def test_only_support_ends_access_and_with_a_reason(regenboog):
    with pytest.raises(Refused):
        end_membership(actor=regenboog.anke, membership=membership(regenboog))
    with pytest.raises(Refused) as excinfo:
        end_membership(actor=make_support().actor(reason=" "), membership=membership(regenboog))
    assert [problem.kind for problem in excinfo.value.problems] == ["no_reason"]


def test_ending_twice_is_refused(regenboog, sam):
    end_membership(actor=sam, membership=membership(regenboog))

    with pytest.raises(Refused) as excinfo:
        end_membership(actor=sam, membership=membership(regenboog))

    assert [problem.kind for problem in excinfo.value.problems] == ["has_ended"]


# --- In the workplace -------------------------------------------------------------------------------------------------


def test_support_ends_access_in_the_workplace(client, browser, regenboog):
    sign_in_support(client, make_support())
    row = membership(regenboog)
    page = text_of(client.get(f"{LIST}{row.pk}/change/"))
    assert "Anke de Vries" in page
    assert "Mijn DUO" in page
    explained = text_of(client.get(f"{LIST}{row.pk}/beeindigen/"))
    assert "dan komt de toegang terug" in explained

    done = client.post(f"{LIST}{row.pk}/beeindigen/", {"reason": "Werkt er niet meer"}, follow=True)

    assert "Anke de Vries is geen OSR-beheerder van Stichting De Regenboog meer." in text_of(done)
    assert browser.get("/mandaten/").status_code == 403


def test_the_list_finds_people_by_name_and_by_board(client, regenboog):
    another_board()
    sign_in_support(client, make_support())

    for words in ("anke", "99001", "regenboog"):
        assert "Anke de Vries" in text_of(client.get(f"{LIST}?q={words}"))
    assert "Anke de Vries" not in text_of(client.get(f"{LIST}?q=niemand"))


def test_who_did_not_sign_in_for_long_is_not_written_to_nor_asked_to_sign(regenboog):
    """A3: who has left cannot lose the role by signing in."""
    person = make.UserFactory(name="Dirk Bakker", email="dirk@regenboog.example")
    make_membership(person, regenboog.board, Membership.Role.SIGNATORY)
    lately = []
    for days in (399, 401):
        person.last_login = timezone.now() - timedelta(days=days)
        person.save()
        lately.append(person in who_may_sign(regenboog.board))

    assert lately == [True, False]
    assert not acts_for(person, regenboog.board, only_administrator=False)
