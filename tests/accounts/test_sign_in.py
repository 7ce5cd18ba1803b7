"""Signing in with what the identity provider says (domain.md section 8; D4)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import sessions
from accounts.actions import follow_provider
from accounts.claims import Person, read_claims
from accounts.models import Membership
from accounts.providers import named
from accounts.rights import may_manage_mandates
from journal.acts import Actor, ActorKind
from journal.models import Entry
from tests import factories as make
from tests.mandates.test_pages import text_of
from tests.register import make_membership, make_support

pytestmark = pytest.mark.django_db

MIJN_DUO, EHERKENNING = named("mijn-duo"), named("eherkenning")


def person(*boards: str, is_administrator: bool = True, is_signatory: bool = False) -> Person:
    return Person(
        name="Anke de Vries",
        email="anke@regenboog.example",
        is_administrator=is_administrator,
        is_signatory=is_signatory,
        board_numbers=boards,
    )


@pytest.mark.parametrize(
    ("roles", "may_enter"),
    [
        (["OSR-toegang"], True),
        ("OSR-toegang", True),
        ("Iets OSR-toegang", True),
        (["OSR"], False),
        ([], False),
        (None, False),
    ],
)
def test_only_the_access_role_lets_a_person_enter(roles, may_enter):
    assert read_claims({"name": "Anke", "roles": roles, "boards": ["99001"]}, MIJN_DUO).may_enter is may_enter


def test_the_names_of_the_claims_are_settings(settings):
    settings.OSR_CLAIM_ROLES, settings.OSR_CLAIM_BOARDS = "rol", "bevoegdGezag"

    read = read_claims({"rol": ["OSR-toegang"], "bevoegdGezag": 99001}, named("mijn-duo"))

    assert read.may_enter
    assert read.board_numbers == ("99001",)


def test_a_board_number_sent_as_a_number_keeps_its_zeros():
    """domain.md section 4: text of 5 digits."""
    assert read_claims({"boards": [8]}, MIJN_DUO).board_numbers == ("00008",)


def test_a_person_acts_for_the_boards_that_the_provider_names():
    board = make.BoardFactory(number="99001")
    make.BoardFactory(number="99002")

    (membership,) = follow_provider(make.UserFactory(), person("99001", "99099"), MIJN_DUO)

    assert membership.board == board
    assert Entry.objects.get(type="membership.given").boards == ["99001"]


def test_a_board_that_is_no_longer_named_is_no_longer_acted_for():
    user = make.UserFactory()
    make.BoardFactory(number="99001")
    make.BoardFactory(number="99002")
    follow_provider(user, person("99001", "99002"), MIJN_DUO)

    (membership,) = follow_provider(user, person("99002"), MIJN_DUO)

    assert membership.board.number == "99002"
    assert Entry.objects.get(type="membership.ended").boards == ["99001"]


def test_a_board_named_again_is_acted_for_again():
    user = make.UserFactory()
    make.BoardFactory(number="99001")
    for boards in (["99001"], [], ["99001"]):
        memberships = follow_provider(user, person(*boards), MIJN_DUO)

    assert [membership.board.number for membership in memberships] == ["99001"]


def test_who_loses_the_role_acts_for_no_board():
    user = make.UserFactory()
    make.BoardFactory(number="99001")
    follow_provider(user, person("99001"), MIJN_DUO)

    assert follow_provider(user, person("99001", is_administrator=False), MIJN_DUO) == []


def test_signing_in_again_without_changes_writes_no_history():
    user = make.UserFactory()
    make.BoardFactory(number="99001")
    follow_provider(user, person("99001"), MIJN_DUO)
    entries = Entry.objects.count()

    follow_provider(user, person("99001"), MIJN_DUO)

    assert Entry.objects.count() == entries


# --- Who may manage mandates (D4) -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actor", "may"),
    [
        (Actor(kind=ActorKind.ADMINISTRATOR, name="Anke", board_number="99001"), True),
        (Actor(kind=ActorKind.ADMINISTRATOR, name="Anke", board_number="99002"), False),
        (Actor(kind=ActorKind.ADMINISTRATOR, name="Anke"), False),
        (Actor(kind=ActorKind.SUPPORT, name="Sam", board_number="99001", reason="Op verzoek"), True),
        (Actor(kind=ActorKind.SUPPORT, name="Sam", board_number="99001", reason="  "), False),
        (Actor(kind=ActorKind.SUPPORT, name="Sam", reason="Op verzoek"), False),
        (Actor(kind=ActorKind.REGISTER, name="import", board_number="99001"), False),
    ],
)
def test_who_may_manage_the_mandates_of_a_board(actor, may):
    """D4"""
    assert may_manage_mandates(actor, make.BoardFactory(number="99001")) is may


@pytest.mark.parametrize(("role", "may"), [("reader", False), ("support", False), ("lead", True)])
def test_of_support_only_a_lead_manages_mandates_on_behalf_of_a_board(role, may):
    """D4: whatever page or call it comes from."""
    actor = make_support(role=role).actor(reason="Gebeld door Anke", board_number="99001")

    assert may_manage_mandates(actor, make.BoardFactory(number="99001")) is may


# --- Acting for one of several boards ---------------------------------------------------------------------------------


def test_a_person_with_several_boards_chooses_which_to_act_for(client, regenboog):
    other = make.BoardFactory(number="99002", name="Stichting De Branding")
    make_membership(regenboog.person, other)
    client.force_login(regenboog.person)

    client.post("/bestuur-kiezen/", {"board": "99001"})
    assert client.get("/scholen/99AA/").status_code == 200
    client.post("/bestuur-kiezen/", {"board": "99002"})
    assert client.get("/scholen/99AA/").status_code == 404


def test_a_board_that_is_not_ones_own_cannot_be_chosen(client, regenboog):
    make.BoardFactory(number="99002")
    client.force_login(regenboog.person)

    client.post("/bestuur-kiezen/", {"board": "99002"})

    assert client.get("/scholen/99AA/").status_code == 200


def test_who_is_not_signed_in_comes_back_to_the_page_after_signing_in(client, regenboog):
    response = client.get("/scholen/99AA/")

    assert response.status_code == 302
    assert response.url == "/?next=/scholen/99AA/"


def test_signing_out_ends_the_session(client, regenboog):
    client.force_login(regenboog.person)

    client.post("/uitloggen/")

    assert client.get("/mandaten/").status_code == 302


@pytest.mark.parametrize("path", ["/uitloggen/", "/bestuur-kiezen/", "/namens-bestuur/stoppen/"])
def test_what_takes_a_button_is_not_done_by_a_link_and_leads_to_the_start(client, regenboog, path):
    client.force_login(regenboog.person)

    assert client.get(path).url == "/"
    assert client.get("/mandaten/").status_code == 200


def test_a_provider_that_cannot_be_reached_is_told_calmly(client):
    """Nothing listens at the address that the tests give the providers."""
    response = client.post("/inloggen/mijn-duo/login/")

    assert response.status_code == 401
    assert "Inloggen is niet gelukt" in response.content.decode()


# --- The tekenbevoegde (A3) and Kennisnet support ---------------------------------------------------------------------


def test_a_tekenbevoegde_enters_and_manages_no_mandates(client, regenboog):
    """A3, D4: who may sign for the board begins at the agreements; the mandates are for the OSR-beheerder."""
    signatory = make.UserFactory(name="Dirk Bakker")
    make_membership(signatory, regenboog.board, Membership.Role.SIGNATORY)
    client.force_login(signatory)

    assert client.get("/").url == "/overeenkomsten/"
    refused = client.get("/mandaten/")
    assert refused.status_code == 403
    assert "OSR-beheerder" in refused.content.decode()


def test_each_role_follows_what_the_provider_says():
    user = make.UserFactory()
    make.BoardFactory(number="99001")
    follow_provider(user, person("99001", is_signatory=True), MIJN_DUO)

    (membership,) = follow_provider(user, person("99001", is_administrator=False, is_signatory=True), MIJN_DUO)

    assert membership.role == Membership.Role.SIGNATORY
    assert Entry.objects.get(type="membership.ended").before["role"] == "administrator"


def test_who_has_both_roles_counts_once_for_the_board(client, regenboog):
    make_membership(regenboog.person, regenboog.board, Membership.Role.SIGNATORY)
    client.force_login(regenboog.person)

    assert "bestuur-kiezen" not in client.get("/mandaten/").content.decode()


@pytest.mark.parametrize(
    ("role", "may_change", "leads"), [("reader", False, False), ("support", True, False), ("lead", True, True)]
)
def test_what_support_may_do_goes_by_its_role(role, may_change, leads):
    account = make_support(role=role)

    assert (account.may_change, account.leads) == (may_change, leads)
    account.is_active = False
    assert not account.may_change


def test_the_workplace_is_for_support_only(client, regenboog):
    client.force_login(regenboog.person)

    assert client.get("/beheer/").status_code in (302, 403)


# --- eHerkenning ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("authorisations", "administrator", "signatory"),
    [
        (["Kennisnet beheren"], True, False),
        ("Kennisnet beheren", True, False),
        ("Iets anders, Kennisnet beheren", True, False),
        (["Kennisnet tekenen", "Kennisnet beheren"], True, True),
        (["Kennisnet"], False, False),
        (["OSR-toegang"], False, False),
        (None, False, False),
    ],
)
def test_an_authorisation_lets_a_person_enter(authorisations, administrator, signatory):
    """domain.md section 8: its name has a space in it."""
    read = read_claims({"authorisations": authorisations, "boards": "99001, 99002 8"}, EHERKENNING)

    assert (read.is_administrator, read.is_signatory) == (administrator, signatory)
    assert read.board_numbers == ("99001", "99002", "00008")


def test_a_role_of_mijn_duo_counts_for_nothing_in_eherkenning():
    assert not read_claims({"roles": ["OSR-toegang"], "boards": ["99001"]}, EHERKENNING).may_enter
    assert not read_claims({"authorisations": ["Kennisnet beheren"], "boards": ["99001"]}, MIJN_DUO).may_enter


def test_the_names_of_the_claims_of_eherkenning_are_settings(settings):
    settings.OSR_EHERKENNING_CLAIM_RIGHTS = "machtigingen"
    settings.OSR_EHERKENNING_CLAIM_BOARDS = "bevoegdGezag"
    settings.OSR_EHERKENNING_ACCESS_RIGHT = "Beheer"

    read = read_claims({"machtigingen": ["Beheer"], "bevoegdGezag": 8}, named("eherkenning"))

    assert read.is_administrator
    assert read.board_numbers == ("00008",)


def test_the_history_tells_which_provider_said_so():
    make.BoardFactory(number="99001")

    follow_provider(make.UserFactory(), person("99001"), EHERKENNING)

    assert Entry.objects.get(type="membership.given").actor["name"] == "eHerkenning"


def test_what_one_provider_says_leaves_who_comes_through_the_other_alone():
    """Somebody who comes through both is two users, also with one e-mail address."""
    make.BoardFactory(number="99001")
    duo, eherkenning = (make.UserFactory(username=f"{each}:anke") for each in ("mijn-duo", "eherkenning"))
    follow_provider(duo, person("99001"), MIJN_DUO)
    follow_provider(eherkenning, person("99001"), EHERKENNING)

    follow_provider(eherkenning, person(), EHERKENNING)

    assert duo.memberships.active().exists()
    assert not eherkenning.memberships.active().exists()


def test_the_start_page_has_a_button_for_each_provider(client):
    html = client.get("/").content.decode()

    assert 'action="/inloggen/mijn-duo/login/"' in html
    assert 'action="/inloggen/eherkenning/login/"' in html
    assert "Inloggen met eHerkenning" in html
    assert "Kennisnet beheren" in html


def test_a_provider_that_is_not_set_up_has_no_button_and_no_address(client, settings):
    mijn_duo, _ = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [mijn_duo]}}

    assert "eHerkenning" not in client.get("/").content.decode()
    assert client.get("/inloggen/eherkenning/login/").status_code == 404


def test_who_may_not_see_a_page_is_referred_to_the_own_provider(client, regenboog):
    signatory = make.UserFactory(username="eherkenning:dirk")
    make_membership(signatory, regenboog.board, Membership.Role.SIGNATORY)
    client.force_login(signatory)

    told = text_of(client.get("/mandaten/"))

    assert "Dat bent u volgens eHerkenning niet." in told
    assert "de leverancier van uw eHerkenningsmiddel." in told
    assert "Mijn DUO" not in told.partition("Hulp nodig?")[0]


# --- A session of a board ends in time --------------------------------------------------------------------------------


def test_a_session_of_a_board_ends_eight_hours_after_signing_in_whatever_is_done(rf, client, regenboog):
    """So long a right that the provider has withdrawn may still count."""
    client.force_login(regenboog.person)
    request = rf.get("/")
    request.session = client.session
    sessions.begin(request, of_support=False)
    request.session.save()
    began = timezone.now()

    statuses = []
    for minutes in (1, 4 * 60, 8 * 60 - 1, 8 * 60 + 1):
        with time_machine.travel(began + timedelta(minutes=minutes)):
            statuses.append(client.get("/scholen/99AA/").status_code)
            client.post("/bestuur-kiezen/", {"board": "99001"})

    assert statuses == [200, 200, 200, 302]


def test_pages_of_a_beheerder_ask_nothing_about_support(client, regenboog):
    """Whether somebody is of support is in the session."""
    client.force_login(regenboog.person)

    with CaptureQueriesContext(connection) as queries:
        client.get("/mandaten/")

    assert not [query["sql"] for query in queries if "supportaccount" in query["sql"]]


# --- The status of the register ---------------------------------------------------------------------------------------


def test_anyone_can_see_that_the_register_works(client):
    page = client.get("/status/")

    assert page.status_code == 200
    assert "Het register werkt" in text_of(page)
    assert 'href="/status/"' in client.get("/").content.decode()


def test_that_the_register_does_not_work_can_be_seen_as_well(client, monkeypatch):
    monkeypatch.setattr("osr.health._problem", lambda: "unreachable")

    page = client.get("/status/")

    assert page.status_code == 503
    assert "Het register werkt nu niet" in text_of(page)
    assert "unreachable" not in text_of(page)
