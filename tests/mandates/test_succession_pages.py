"""Over te nemen for the successor of a service, in the browser of the beheerder (D5, D6, D13)."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from journal.acts import act, register
from journal.clock import today
from mandates.models import Mandate
from mandates.wording import day_in_words
from services.actions import close_succession_offer
from services.models import Service
from tests import factories as make
from tests.mandates.test_copying_pages import confirm, hidden_fields, step
from tests.mandates.test_pages import granted, text_of
from tests.mandates.test_succession import SAM, Succession
from tests.register import make_membership

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
PAGE = "/over-te-nemen/BRON-PO/"


@pytest.fixture
def page(regenboog, client) -> Client:
    """A browser in which Anke de Vries is signed in."""
    client.force_login(regenboog.person)
    return client


@pytest.fixture
def succession(regenboog) -> Succession:
    return Succession(regenboog)


def test_the_menu_the_overview_and_over_te_nemen_say_that_a_service_is_replaced(succession, page):
    succession.bron_mandate()
    until = day_in_words(today() + 60 * DAY)

    overview, over_te_nemen = (page.get(path) for path in ("/mandaten/", "/over-te-nemen/"))

    assert "Over te nemen 1" in text_of(overview)
    assert f"BRON PO wordt ROD PO. U kunt 1 mandaat overnemen. Dat kan tot en met {until}." in text_of(overview)
    assert PAGE in overview.content.decode()
    assert "BRON PO wordt ROD PO U hebt 1 mandaat voor BRON-PO" in text_of(over_te_nemen)
    assert PAGE in over_te_nemen.content.decode()


def test_a_board_with_one_school_reads_it_on_the_page_of_the_school(succession, page, regenboog):
    succession.bron_mandate()
    with act("school.closed", actor=register("tests")):
        regenboog.other_school.closed_on = today() - DAY
        regenboog.other_school.save()

    assert "BRON PO wordt ROD PO. U kunt 1 mandaat overnemen." in text_of(page.get("/scholen/99AA/"))


def test_without_an_offer_nothing_is_said_and_the_page_leads_back(succession, page):
    succession.bron_mandate()
    close_succession_offer(actor=SAM, offer=succession.offer)

    assert "Er is niets over te nemen." in text_of(page.get("/over-te-nemen/"))
    assert page.get(PAGE).url == "/over-te-nemen/"
    assert step(page, PAGE, "volgende").url == "/over-te-nemen/"
    assert page.get("/over-te-nemen/ONZIN/").url == "/over-te-nemen/"


@pytest.mark.django_db(transaction=True)
def test_all_are_taken_over_after_a_preview_and_that_is_undone(succession, page, regenboog):
    """D13"""
    old = [succession.bron_mandate(), succession.bron_mandate(regenboog.other_school)]
    chosen = text_of(page.get(PAGE))
    assert "Alle 2 mandaten overnemen" in chosen
    assert "Krijgt een mandaat vanaf" in chosen

    seen = page.post(PAGE, {"alles": "alles"})
    assert "Dit gebeurt er (2)" in text_of(seen)
    assert "BRON-PO blijft zoals het is" in text_of(seen)
    assert not succession.of_rod().exists()
    done = confirm(page, PAGE, seen)

    assert "2 mandaten voor ROD-PO zijn gegeven." in text_of(done)
    assert "Er is niets over te nemen." in text_of(done)
    assert {new.school for new in succession.of_rod()} == {mandate.school for mandate in old}
    assert all(mandate.end_date is None for mandate in Mandate.objects.filter(service=succession.bron))
    number = re.search(r'name="transactie" value="(\d+)"', done.content.decode())[1]
    undone = page.post("/ongedaan-maken/", {"transactie": number, "terug": "/over-te-nemen/"}, follow=True)
    assert "Ongedaan gemaakt: 2 mandaten" in text_of(undone)
    assert "U hebt 2 mandaten voor BRON-PO" in text_of(undone)


def test_one_is_taken_over_and_the_other_stays(succession, page, regenboog):
    first = succession.bron_mandate()
    succession.bron_mandate(regenboog.other_school)

    done = confirm(page, PAGE, step(page, PAGE, "volgende", mandaat=[str(first.uuid)]))

    assert "Het mandaat voor ROD-PO is gegeven." in text_of(done)
    assert "De Linde" in text_of(page.get(PAGE))
    assert "De Regenboog 99AA" not in text_of(page.get(PAGE))


def test_without_a_choice_nothing_happens_and_going_back_keeps_what_was_chosen(succession, page):
    old = succession.bron_mandate()

    assert "Kies ten minste één mandaat." in text_of(step(page, PAGE, "volgende"))
    seen = step(page, PAGE, "volgende", mandaat=[str(old.uuid)])
    back = page.post(PAGE, {**hidden_fields(seen), "stap": "terug"})
    assert re.search(rf'value="{old.uuid}" checked', back.content.decode())


def test_confirming_twice_does_it_once(succession, page):
    succession.bron_mandate()
    seen = page.post(PAGE, {"alles": "alles"})
    confirm(page, PAGE, seen)

    assert "Dit was al gedaan." in text_of(confirm(page, PAGE, seen)) or succession.of_rod().count() == 1
    assert succession.of_rod().count() == 1


def test_a_system_that_is_not_qualified_is_explained_with_the_way_to_another(succession, page, regenboog):
    """D6"""
    old = succession.bron_mandate(system=regenboog.test_system)
    succession.bron_mandate(regenboog.other_school)

    response = page.get(PAGE)

    assert "Toetsplein is niet aangesloten voor ROD-PO." in text_of(response)
    assert "bij 1 mandaat is het systeem niet aangesloten voor ROD-PO" in text_of(response)
    assert "/scholen/99AA/mandaten/toevoegen/?dienst=ROD-PO" in response.content.decode()
    assert f'value="{old.uuid}"' not in response.content.decode()
    assert step(page, PAGE, "volgende", mandaat=[str(old.uuid)]).status_code == 422
    form = page.get("/scholen/99AA/mandaten/toevoegen/?dienst=ROD-PO")
    assert re.search(r'value="ROD-PO"[^>]*checked', form.content.decode())


def test_a_missing_agreement_is_explained_with_whom_to_ask(succession, page):
    """D5"""
    succession.bron_mandate()
    with act("service.changed", actor=register("tests")):
        Service.objects.filter(code="ROD-PO").update(agreement_kind="OSO")

    text = text_of(page.get(PAGE))

    assert "Nu niet over te nemen. Uw bestuur mist de overeenkomst OSO. Lees wat u nu kunt doen" in text
    assert "Gekozen mandaten overnemen" not in text


def test_who_is_done_reads_so(succession, page):
    succession.take_over(succession.bron_mandate())

    assert "Alles is geregeld." in text_of(page.get(PAGE))
    assert "Er is niets over te nemen." in text_of(page.get("/over-te-nemen/"))


def test_schools_that_moved_and_a_service_that_is_replaced_stand_beside_each_other(succession, page, regenboog):
    """D20"""
    succession.bron_mandate()
    school = make.SchoolFactory(brin="99ZZ", name="De Overkant")
    granted(school, regenboog.rio, regenboog.las)
    school.board = regenboog.board
    with act("school.moved", actor=register("DUO-import")):
        school.save()

    text = text_of(page.get("/over-te-nemen/"))

    assert "BRON PO wordt ROD PO" in text
    assert "Scholen van een ander bestuur" in text
    assert "De Overkant 99ZZ" in text
    assert "Over te nemen 2" in text


def test_another_board_neither_sees_nor_takes_them(succession, page, client):
    """D4"""
    old = succession.bron_mandate()
    other = make.UserFactory()
    make_membership(other, make.BoardFactory())
    client.force_login(other)

    assert "Alles is geregeld." in text_of(client.get(PAGE))
    assert step(client, PAGE, "volgende", mandaat=[str(old.uuid)]).status_code == 422
    assert not succession.of_rod().exists()


def test_many_schools_can_be_searched(succession, page, regenboog):
    first, *_ = [
        succession.bron_mandate(make.SchoolFactory(board=regenboog.board, name=f"De Wilg {number}"))
        for number in range(26)
    ]

    found = step(page, PAGE, "zoeken", mandaat=[str(first.uuid)], zoek="wilg 25")

    html = found.content.decode()
    assert html.count('type="checkbox"') == 1
    assert f'<input type="hidden" name="mandaat" value="{first.uuid}">' in html
    assert "Geen school gevonden." in text_of(step(page, PAGE, "zoeken", zoek="onzin"))


def test_what_is_left_is_downloaded(succession, page, regenboog):
    succession.bron_mandate()
    succession.bron_mandate(regenboog.other_school, system=regenboog.test_system)

    lines = page.get("/downloads/over-te-nemen-BRON-PO.csv").content.decode("utf-8-sig").splitlines()

    assert [line.split(";")[-1] for line in lines[1:]] == ["Toetsplein is niet aangesloten voor ROD-PO.", "ja"]
    assert page.get("/downloads/over-te-nemen-ONZIN.csv").status_code == 404


@pytest.mark.parametrize("schools", [1, 20])
def test_the_page_takes_a_fixed_number_of_queries(succession, page, regenboog, schools, django_assert_max_num_queries):
    """P6"""
    for _ in range(schools):
        succession.bron_mandate(make.SchoolFactory(board=regenboog.board))

    with django_assert_max_num_queries(22):
        page.get(PAGE)
