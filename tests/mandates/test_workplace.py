"""The workplace of Kennisnet support: finding, reading the whole story, and acting on behalf of a board (D4, D14)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import on_behalf
from accounts.models import Membership, SupportAccount
from journal.acts import act
from journal.clock import today
from journal.models import Entry
from mandates.actions import grant_mandates
from mandates.models import Mandate
from tests import factories as make
from tests.register import make_membership, make_support, sign_in_support

pytestmark = pytest.mark.django_db


@pytest.fixture
def support(client):
    """The pages as somebody of support sees them."""
    sign_in_support(client, make_support())
    return client


@pytest.fixture
def lead(client):
    """The pages as the lead of support sees them."""
    sign_in_support(client, make_support("Loes Lead", role=SupportAccount.Role.LEAD))
    return client


@pytest.fixture
def mandate(regenboog) -> Mandate:
    (given,) = grant_mandates(
        actor=regenboog.anke, school=regenboog.school, choices=[regenboog.rio_by_las()], start_date=today()
    )
    return given


def found(client, text: str):
    return client.post("/beheer/zoeken/", {"q": text})


# --- One box ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["99AA", "99aa", "99AA01", "0000000700099AA00000", "0000000700099AA00001", "  99aa "])
def test_a_number_of_a_school_leads_straight_to_it(support, regenboog, text):
    assert found(support, text).url == f"/beheer/schools/school/{regenboog.school.pk}/change/"


@pytest.mark.parametrize("text", ["99001", "stichting de regenboog"])
def test_a_board_is_found_by_number_and_name(support, regenboog, text):
    page = found(support, text)

    assert page.url == f"/beheer/schools/board/{regenboog.board.pk}/change/"


def test_a_supplier_is_found_by_oin(support, regenboog):
    assert found(support, "00000099000000000001").url.startswith("/beheer/services/supplier/")


@pytest.mark.parametrize("characters", [10, 14, 30])
def test_a_token_cannot_be_found_out_character_by_character(support, mandate, characters):
    """D10"""
    assert found(support, str(mandate.token)[:characters]).status_code == 200
    for lookup in ("token__gte", "token__startswith", "token"):
        asked = support.get("/beheer/mandates/mandate/", {lookup: str(mandate.token)})
        assert str(mandate.uuid) not in asked.content.decode()
        assert asked.status_code in (302, 400)


def test_a_token_in_an_address_is_not_looked_for(support, mandate):
    """D10: what stands in an address stands in logs."""
    assert support.get("/beheer/zoeken/", {"q": str(mandate.token)[:6]}).status_code == 200


@pytest.mark.parametrize("characters", [6, 8, 36])
def test_a_mandate_is_found_by_the_first_characters_of_its_token(support, mandate, characters):
    """D10: the token leads to the mandate, and is shown nowhere."""
    page = support.post("/beheer/zoeken/", {"q": str(mandate.token)[:characters]}, follow=True)

    assert page.redirect_chain[0][0] == f"/beheer/mandates/mandate/{mandate.pk}/change/"
    assert str(mandate.token) not in page.content.decode()


def test_several_things_are_listed_by_kind(support, regenboog):
    page = found(support, "regenboog").content.decode()

    assert "Besturen" in page
    assert "Scholen" in page
    assert "Stichting De Regenboog" in page


@pytest.mark.parametrize("text", ["", "   ", "bestaat niet", "%", "\x00", "é" * 500, "'; DROP TABLE", "00000"])
def test_what_is_not_there_is_said_and_nothing_breaks(support, regenboog, text):
    page = found(support, text)

    assert page.status_code == 200
    assert ("Niets gevonden" in page.content.decode()) is bool(text.strip("\x00 "))


def test_what_is_found_more_often_than_is_shown_leads_to_the_list(support, regenboog):
    make.SchoolFactory.create_batch(12, board=regenboog.board, city="Zwolle")

    assert "/beheer/schools/school/?q=Zwolle" in found(support, "Zwolle").content.decode()


# --- The whole story --------------------------------------------------------------------------------------------------


def test_the_page_of_a_board_tells_the_whole_story(support, regenboog, mandate):
    make_membership(make.UserFactory(name="Dirk Bakker"), regenboog.board, Membership.Role.SIGNATORY)

    page = support.get(f"/beheer/schools/board/{regenboog.board.pk}/change/").content.decode()

    for told in ("99001", "OSR", "Anke de Vries", "Dirk Bakker", "tekenbevoegde", "De Regenboog", "99AA", "RIO"):
        assert told in page
    assert "Mandaat gegeven: 99AA, RIO, Leerspoor" in page
    assert str(mandate.token) not in page


def test_the_page_of_a_school_tells_the_whole_story(support, regenboog, mandate):
    page = support.get(f"/beheer/schools/school/{regenboog.school.pk}/change/").content.decode()

    for told in ("99AA", "0000000700099AA00000", "99AA01", "Leerspoor", "gemandateerd"):
        assert told in page


@pytest.mark.parametrize("address", ["schools/board/", "schools/school/", "mandates/mandate/"])
def test_lists_can_be_searched_and_nothing_is_added_or_deleted_in_them(support, regenboog, mandate, address):
    """D14"""
    page = support.get(f"/beheer/{address}?q=99")

    assert page.status_code == 200
    assert support.get(f"/beheer/{address}add/").status_code == 403
    assert support.post(f"/beheer/{address}{mandate.pk}/delete/", {"post": "yes"}).status_code in (403, 404)
    assert Mandate.objects.filter(pk=mandate.pk).exists()


def test_a_row_is_not_changed_by_sending_its_fields(support, regenboog):
    """D14, D19: schools come from DUO, not from typing."""
    address = f"/beheer/schools/school/{regenboog.school.pk}/change/"

    assert support.post(address, {"name": "Andere naam", "brin": "99ZZ"}).status_code == 403
    regenboog.school.refresh_from_db()
    assert regenboog.school.name == "De Regenboog"


# --- On behalf of a board ---------------------------------------------------------------------------------------------


def act_on_behalf(client, board, reason="Gebeld door Anke: haar laptop is stuk"):
    return client.post(f"/beheer/schools/board/{board.pk}/namens/", {"reason": reason}, follow=True)


def test_the_lead_goes_on_to_the_pages_of_the_board(lead, regenboog, mandate):
    """D4"""
    page = act_on_behalf(lead, regenboog.board).content.decode()

    assert "U handelt namens Stichting De Regenboog" in page
    assert "haar laptop is stuk" in page
    assert "De Linde" in page


def test_what_is_done_on_behalf_carries_name_and_reason_and_the_board_sees_it(lead, regenboog, mandate, client):
    """D4, D14"""
    act_on_behalf(lead, regenboog.board)

    lead.post(f"/mandaten/{mandate.uuid}/intrekken/")

    entry = Entry.objects.get(type="mandate.revoked")
    assert entry.actor["kind"] == "support"
    assert entry.actor["name"] == "Loes Lead"
    assert entry.actor["board_number"] == "99001"
    assert entry.reason == "Gebeld door Anke: haar laptop is stuk"
    client.force_login(regenboog.person)
    seen = client.get("/geschiedenis/").content.decode()
    assert "Kennisnet support (Loes Lead), namens uw bestuur" in seen
    assert "haar laptop is stuk" in seen


def test_acting_on_behalf_needs_a_reason(lead, regenboog):
    """D4"""
    page = act_on_behalf(lead, regenboog.board, reason="   ")

    assert page.status_code == 422
    assert "Vul in waarom u dit doet." in page.content.decode()
    assert lead.get("/mandaten/").status_code == 403


@pytest.mark.parametrize("role", [SupportAccount.Role.READER, SupportAccount.Role.SUPPORT])
def test_only_the_lead_acts_on_behalf(client, regenboog, role):
    sign_in_support(client, make_support(role=role))

    assert act_on_behalf(client, regenboog.board).status_code == 403
    assert client.get("/mandaten/").status_code == 403


def test_acting_on_behalf_stops_when_told_and_after_an_hour(lead, regenboog, monkeypatch):
    act_on_behalf(lead, regenboog.board)
    lead.post("/namens-bestuur/stoppen/")
    assert lead.get("/mandaten/").status_code == 403

    act_on_behalf(lead, regenboog.board)
    assert lead.get("/mandaten/").status_code == 200
    later = timezone.now() + on_behalf.LONGEST + timedelta(seconds=1)
    monkeypatch.setattr(on_behalf.timezone, "now", lambda: later)
    assert lead.get("/mandaten/").status_code in (302, 403)


def test_who_is_no_longer_lead_acts_on_nobodys_behalf(lead, regenboog):
    act_on_behalf(lead, regenboog.board)
    with act("support_account.changed", actor=make.TESTS):
        SupportAccount.objects.update(role=SupportAccount.Role.SUPPORT)

    assert lead.get("/mandaten/").status_code == 403
