"""Over te nemen: what came from another board is taken over, or runs out (D20)."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from journal.acts import act, register
from journal.clock import today
from journal.models import Entry
from mandates.actions import revoke_mandate
from mandates.models import LetEnd, Mandate
from mandates.wording import day_in_words
from schools.models import School
from tests import factories as make
from tests.mandates.test_copying_pages import confirm, hidden_fields, step
from tests.mandates.test_pages import another_board, granted, text_of
from tests.mandates.test_school_tabs import address
from tests.register import Regenboog, make_membership

DAY = timedelta(days=1)
PAGE = "/over-te-nemen/"


@pytest.fixture
def page(regenboog, client) -> Client:
    """A browser in which Anke de Vries is signed in."""
    client.force_login(regenboog.person)
    return client


def comes_along(regenboog: Regenboog, *services, brin: str = "99ZZ") -> list[Mandate]:
    """De Overkant comes to De Regenboog, with mandates for Leerspoor that its former board gave."""
    school = School.objects.filter(brin=brin).first() or another_board()
    mandates = [granted(school, service, regenboog.las) for service in services or (regenboog.rio, regenboog.test)]
    school.board = regenboog.board
    with act("school.moved", actor=register("DUO-import")):
        school.save()
    return mandates


def grace_until(settings) -> str:
    return day_in_words(today() + settings.OSR_GRACE_DAYS * DAY)


# --- The page ---------------------------------------------------------------------------------------------------------


def test_without_anything_to_take_over_the_page_says_what_would_be_here(page):
    response = page.get(PAGE)

    assert "Er is niets over te nemen." in text_of(response)
    assert "Over te nemen Geschiedenis" in text_of(response)  # no count in the menu


def test_the_mandates_are_shown_with_their_last_day_and_where_they_come_from(regenboog, page, settings):
    """D20"""
    comes_along(regenboog)

    text = text_of(page.get(PAGE))

    assert "De Overkant 99ZZ Zwolle" in text
    assert f"Van Stichting De Overkant, sinds {day_in_words(today())} bij uw bestuur." in text
    assert text.count(grace_until(settings)) == 2
    assert "Alle 2 mandaten overnemen" in text


def test_the_menu_the_overview_and_the_school_say_that_there_is_something_to_take_over(regenboog, page, settings):
    comes_along(regenboog)

    overview, school, other = (text_of(page.get(path)) for path in ("/mandaten/", "/scholen/99ZZ/", "/scholen/99AA/"))

    assert "Over te nemen 2" in overview
    assert "De Overkant komt van een ander bestuur. 2 mandaten van dat bestuur lopen vanzelf af." in overview
    assert f"2 mandaten van dat bestuur lopen af, uiterlijk op {grace_until(settings)}." in school
    assert "komt van een ander bestuur" not in other


# --- One at a time ----------------------------------------------------------------------------------------------------


def test_one_click_takes_one_mandate_over_and_can_be_undone(regenboog, page):
    """D20"""
    mandate, other = comes_along(regenboog)
    sent = hidden_fields(page.get(PAGE)) | {"overnemen": mandate.uuid}

    response = page.post(PAGE, sent, follow=True)

    assert "Het mandaat is overgenomen." in text_of(response)
    assert "Ongedaan maken" in text_of(response)
    assert Mandate.objects.valid_on(today()).filter(service=regenboog.rio, granting_board=regenboog.board).exists()
    assert not Mandate.objects.filter(service=other.service, granting_board=regenboog.board).exists()
    again = text_of(page.post(PAGE, sent, follow=True))
    assert "Dit was al gedaan. Er is niets dubbel veranderd." in again
    assert Mandate.objects.filter(service=regenboog.rio).count() == 2


def test_what_a_board_lets_end_counts_no_more_and_can_still_be_taken_over(regenboog, page, settings):
    """D14, D20"""
    mandate, _ = comes_along(regenboog)
    before = Mandate.objects.get(pk=mandate.pk).end_date

    response = page.post(PAGE, hidden_fields(page.get(PAGE)) | {"laten-aflopen": mandate.uuid}, follow=True)

    text = text_of(response)
    assert (
        f"U laat het mandaat voor RIO van De Overkant (99ZZ) aflopen. Het eindigt na {grace_until(settings)}." in text
    )
    assert "U laat dit aflopen" in text
    assert "Over te nemen 1" in text
    assert "1 mandaat van dat bestuur loopt vanzelf af." in text_of(page.get("/mandaten/"))
    assert Mandate.objects.get(pk=mandate.pk).end_date == before
    [entry] = Entry.objects.filter(subject_kind="let_end")
    assert (entry.actor["name"], entry.boards) == ("Anke de Vries", ["99001"])
    for path in ("/downloads/geschiedenis.csv", "/scholen/99ZZ/geschiedenis.csv"):
        told = page.get(path).content.decode("utf-8-sig")
        assert "Mandaat van het vorige bestuur gelaten zoals het was: het loopt af;RIO, Leerspoor" in told
    page.post(PAGE, hidden_fields(page.get(PAGE)) | {"overnemen": mandate.uuid})
    assert Mandate.objects.filter(service=regenboog.rio, granting_board=regenboog.board).exists()


def test_who_takes_all_leaves_what_the_board_lets_end(regenboog, page):
    """D20"""
    mandate, other = comes_along(regenboog)
    page.post(PAGE, hidden_fields(page.get(PAGE)) | {"laten-aflopen": mandate.uuid})

    seen = step(page, PAGE, "volgende", alles="alles")
    confirm(page, PAGE, seen)

    given = Mandate.objects.filter(granting_board=regenboog.board)
    assert [each.service for each in given] == [other.service]


@pytest.mark.parametrize("button", ["overnemen", "laten-aflopen"])
def test_what_is_not_to_be_taken_over_is_refused_in_words(regenboog, page, button):
    """D4, D20: a mandate of the own board, one of another board, and what is no mandate."""
    comes_along(regenboog)
    own = granted(regenboog.school, regenboog.rio, regenboog.las)
    elsewhere = make.BoardFactory(number="99003")
    make.AgreementFactory(board=elsewhere, kind="OSR")
    elsewhere = granted(make.SchoolFactory(brin="99YY", board=elsewhere), regenboog.rio, regenboog.las)

    for uuid in (own.uuid, elsewhere.uuid):
        response = page.post(PAGE, hidden_fields(page.get(PAGE)) | {button: uuid})
        assert response.status_code == 422
        assert "over te nemen" in text_of(response)
    assert page.post(PAGE, hidden_fields(page.get(PAGE)) | {button: "onzin"}).status_code == 404
    assert not LetEnd.objects.exists()


# --- Taking over ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_one_is_taken_over_and_that_is_undone(regenboog, page):
    """D13, D20"""
    rio, test = comes_along(regenboog)

    seen = step(page, PAGE, "volgende", mandaat=[str(rio.uuid)])
    assert "Dit gebeurt er (1)" in text_of(seen)
    assert "wordt overgenomen, zonder einddatum" in text_of(seen)
    assert Mandate.objects.count() == 2
    done = confirm(page, PAGE, seen)

    assert "Het mandaat is overgenomen." in text_of(done)
    new = Mandate.objects.get(granting_board=regenboog.board)
    assert (new.service, new.end_date, new.token == rio.token) == (regenboog.rio, None, False)
    assert list(Mandate.objects.to_take_over("99001", today())) == [test]
    number = re.search(r'name="transactie" value="(\d+)"', done.content.decode())[1]
    undone = page.post("/ongedaan-maken/", {"transactie": number, "terug": PAGE}, follow=True)
    assert "Ongedaan gemaakt: 2 mandaten" in text_of(undone)
    assert set(Mandate.objects.to_take_over("99001", today())) == {rio, test}


def test_all_are_taken_over_at_once(regenboog, page):
    """D20"""
    comes_along(regenboog)

    seen = page.post(PAGE, {"alles": "alles"})
    done = confirm(page, PAGE, seen)

    assert "2 mandaten zijn overgenomen." in text_of(done)
    assert "Er is niets over te nemen." in text_of(done)


def test_all_of_one_school_are_taken_over(regenboog, page):
    comes_along(regenboog)
    make.SchoolFactory(brin="99ZY", name="De Wilg", board=make.BoardFactory())
    comes_along(regenboog, regenboog.rio, brin="99ZY")

    assert "Alles van deze school overnemen : De Overkant" in text_of(page.get(PAGE))
    done = confirm(page, PAGE, page.post(PAGE, {"alles": "99ZZ"}))

    assert "2 mandaten zijn overgenomen." in text_of(done)
    assert [mandate.school.brin for mandate in Mandate.objects.to_take_over("99001", today())] == ["99ZY"]


def test_without_a_choice_nothing_happens_and_it_is_said(regenboog, page):
    comes_along(regenboog)

    response = step(page, PAGE, "volgende")

    assert response.status_code == 422
    assert "Kies ten minste één mandaat." in text_of(response)


def test_going_back_keeps_what_was_chosen(regenboog, page):
    rio, _ = comes_along(regenboog)

    seen = step(page, PAGE, "volgende", mandaat=[str(rio.uuid)])
    back = page.post(PAGE, {**hidden_fields(seen), "stap": "terug"})

    assert re.search(rf'value="{rio.uuid}" checked', back.content.decode())


def test_confirming_twice_does_it_once(regenboog, page):
    comes_along(regenboog)
    seen = page.post(PAGE, {"alles": "alles"})
    confirm(page, PAGE, seen)
    before = Mandate.objects.count()

    again = confirm(page, PAGE, seen)

    assert again.status_code in (200, 422)
    assert Mandate.objects.count() == before


def test_what_ended_meanwhile_is_said_first(regenboog, page):
    """D16"""
    rio, test = comes_along(regenboog)
    seen = step(page, PAGE, "volgende", mandaat=[str(rio.uuid), str(test.uuid)])
    revoke_mandate(actor=regenboog.anke, mandate=rio)

    response = confirm(page, PAGE, seen)

    assert response.status_code == 422
    assert "niet over te nemen, of al overgenomen" in text_of(response)
    assert Mandate.objects.count() == 2
    assert re.search(rf'value="{test.uuid}" checked', response.content.decode())


def test_an_endpoint_must_be_registered_anew_and_that_is_said_beforehand(regenboog, page):
    """D18: it belongs to the mandate that ends."""
    rio, _ = comes_along(regenboog)
    rio.refresh_from_db()
    address(rio, namespace=regenboog.rio_version.namespace, end_date=rio.end_date)

    seen = page.post(PAGE, {"alles": "alles"})

    assert text_of(seen).count("Vraag Leerspoor BV om het vandaag opnieuw te registreren.") == 1
    assert "2 mandaten zijn overgenomen." in text_of(confirm(page, PAGE, seen))
    endpoints = text_of(page.get("/scholen/99ZZ/routeringskenmerken/"))
    assert "nog niet aangesloten op RIO: uw leverancier heeft nog geen afleveradres geregistreerd" in endpoints


# --- What cannot be taken over ----------------------------------------------------------------------------------------


def test_a_missing_agreement_is_explained_in_place_and_the_others_can_be_taken(regenboog, page):
    """D5"""
    _, oso = comes_along(regenboog, regenboog.rio, regenboog.oso)

    response = page.get(PAGE)

    assert "Nu niet over te nemen. Uw bestuur mist de overeenkomst OSO. Lees wat u nu kunt doen" in text_of(response)
    for name in ("mandaat", "overnemen"):
        assert f'name="{name}" value="{oso.uuid}"' not in response.content.decode()
    assert step(page, PAGE, "volgende", mandaat=[str(oso.uuid)]).status_code == 422
    assert "Dit gebeurt er (1)" in text_of(page.post(PAGE, {"alles": "alles"}))


def test_a_system_that_is_no_longer_connected_and_a_service_that_ended_are_explained(regenboog, page):
    """D6"""
    comes_along(regenboog)
    qualification = regenboog.las.qualifications.get(service=regenboog.rio)
    qualification.withdrawn_on = today()
    regenboog.test.is_active = False
    with act("qualification.withdrawn", actor=register("tests")):
        qualification.save()
        regenboog.test.save()

    text = text_of(page.get(PAGE))

    assert "Leerspoor is niet meer aangesloten voor deze dienst." in text
    assert "Deze dienst is beëindigd." in text
    assert "Gekozen mandaten overnemen" not in text


def test_what_the_school_has_already_is_explained(regenboog, page):
    """D2"""
    (rio,) = comes_along(regenboog, regenboog.rio)
    granted(rio.school, regenboog.rio, regenboog.las, start_date=rio.end_date or today() + 60 * DAY)

    assert "heeft al een eigen mandaat voor dit systeem" in text_of(page.get(PAGE))


# --- Laten aflopen ----------------------------------------------------------------------------------------------------


def test_each_can_be_left_to_end_or_revoked_now(regenboog, page):
    """D9, D20"""
    rio, _ = comes_along(regenboog)

    response = page.get(PAGE)
    assert "Laten aflopen. Het mandaat eindigt na de laatste dag die erbij staat" in text_of(response)
    assert f"/mandaten/{rio.uuid}/intrekken/" in response.content.decode()

    page.post(f"/mandaten/{rio.uuid}/intrekken/")
    assert f"/mandaten/{rio.uuid}/intrekken/" not in page.get(PAGE).content.decode()


# --- Whose, and how many ----------------------------------------------------------------------------------------------


def test_another_board_neither_sees_nor_takes_them(regenboog, page, client):
    """D4: not the board that gave them either."""
    rio, _ = comes_along(regenboog)
    former = make.UserFactory()
    make_membership(former, rio.granting_board)
    client.force_login(former)

    assert "Er is niets over te nemen." in text_of(client.get(PAGE))
    assert step(client, PAGE, "volgende", mandaat=[str(rio.uuid)]).status_code == 422
    assert not Mandate.objects.filter(granting_board=regenboog.board).exists()


def test_a_merger_of_boards_brings_many_and_one_can_search(regenboog, page):
    services = [make.ServiceFactory() for _ in range(13)]
    first, *_ = comes_along(regenboog, *services)
    make.SchoolFactory(brin="99ZY", name="De Wilg", board=make.BoardFactory())
    comes_along(regenboog, *services, brin="99ZY")

    found = step(page, PAGE, "zoeken", mandaat=[str(first.uuid)], zoek="wilg")
    html = found.content.decode()

    assert html.count('type="checkbox"') == 13
    assert f'<input type="hidden" name="mandaat" value="{first.uuid}">' in html
    assert "Geen school gevonden." in text_of(step(page, PAGE, "zoeken", zoek="onzin"))


@pytest.mark.parametrize("number", [1, 10])
def test_the_page_takes_a_fixed_number_of_queries(regenboog, page, number, django_assert_num_queries):
    """P6"""
    comes_along(regenboog, *(make.ServiceFactory() for _ in range(number)))

    with django_assert_num_queries(21):
        page.get(PAGE)
