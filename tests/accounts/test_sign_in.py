"""Signing in with what the identity provider says (domain.md section 8; D4)."""

import pytest

from accounts.actions import follow_provider
from accounts.claims import Person, read_claims
from accounts.models import Membership
from accounts.rights import may_manage_mandates
from journal.acts import Actor, ActorKind
from journal.models import Entry
from tests import factories as make
from tests.register import make_membership, make_support

pytestmark = pytest.mark.django_db


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
    assert read_claims({"name": "Anke", "roles": roles, "boards": ["99001"]}).may_enter is may_enter


def test_the_names_of_the_claims_are_settings(settings):
    settings.OSR_CLAIM_ROLES, settings.OSR_CLAIM_BOARDS = "rol", "bevoegdGezag"

    read = read_claims({"rol": ["OSR-toegang"], "bevoegdGezag": 99001})

    assert read.may_enter
    assert read.board_numbers == ("99001",)


def test_a_board_number_sent_as_a_number_keeps_its_zeros():
    """domain.md section 4: text of 5 digits."""
    assert read_claims({"boards": [8]}).board_numbers == ("00008",)


def test_a_person_acts_for_the_boards_that_the_provider_names():
    board = make.BoardFactory(number="99001")
    make.BoardFactory(number="99002")

    (membership,) = follow_provider(make.UserFactory(), person("99001", "99099"))

    assert membership.board == board
    assert Entry.objects.get(type="membership.given").boards == ["99001"]


def test_a_board_that_is_no_longer_named_is_no_longer_acted_for():
    user = make.UserFactory()
    make.BoardFactory(number="99001")
    make.BoardFactory(number="99002")
    follow_provider(user, person("99001", "99002"))

    (membership,) = follow_provider(user, person("99002"))

    assert membership.board.number == "99002"
    assert Entry.objects.get(type="membership.ended").boards == ["99001"]


def test_a_board_named_again_is_acted_for_again():
    user = make.UserFactory()
    make.BoardFactory(number="99001")
    for boards in (["99001"], [], ["99001"]):
        memberships = follow_provider(user, person(*boards))

    assert [membership.board.number for membership in memberships] == ["99001"]


def test_who_loses_the_role_acts_for_no_board():
    user = make.UserFactory()
    make.BoardFactory(number="99001")
    follow_provider(user, person("99001"))

    assert follow_provider(user, person("99001", is_administrator=False)) == []


def test_signing_in_again_without_changes_writes_no_history():
    user = make.UserFactory()
    make.BoardFactory(number="99001")
    follow_provider(user, person("99001"))
    entries = Entry.objects.count()

    follow_provider(user, person("99001"))

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


def test_signing_out_takes_a_form_not_a_link(client, regenboog):
    client.force_login(regenboog.person)

    assert client.get("/uitloggen/").status_code == 405


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
    follow_provider(user, person("99001", is_signatory=True))

    (membership,) = follow_provider(user, person("99001", is_administrator=False, is_signatory=True))

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
