"""Overzicht (dekking): the schools of a board against the services, as a picture and as a table."""

import re
from datetime import timedelta
from string import ascii_uppercase

import pytest

from journal.acts import act, register
from journal.clock import today
from mandates.wording import day_in_words
from tests import factories as make
from tests.mandates.test_pages import another_board, granted, text_of, tomorrow
from tests.register import make_membership

COVERAGE = "/overzicht/"


@pytest.fixture
def page(regenboog, client):
    """A browser in which Anke de Vries is signed in."""
    client.force_login(regenboog.person)
    return client


def cells_of(response) -> dict[tuple[str, str], tuple[str, str, str]]:
    """Per school and service of the matrix: its state, what it says, and where it leads."""
    cells = {}
    for state, content in re.findall(
        r'<td class="[^"]*osr-cell--(\w+)"[^>]*>(.*?)</td>', response.content.decode(), re.S
    ):
        href = re.search(r'href="([^"]+)"', content)[1]
        words = " ".join(re.sub("<[^>]+>", " ", content).split())
        service, school, said = re.fullmatch(r"(\S+) voor (.+?): (.+)", words).groups()
        cells[school, service] = (state, said, href)
    return cells


def test_every_state_is_said_in_words_and_leads_to_where_one_can_act(page, regenboog):
    """screens.md: gemandateerd, half, ontbreekt, loopt af; click a cell to act."""
    granted(regenboog.school, regenboog.rio, regenboog.las)
    granted(regenboog.school, regenboog.test, regenboog.las)
    granted(regenboog.other_school, regenboog.rio, regenboog.las, end_date=tomorrow())
    granted(regenboog.other_school, regenboog.oso, regenboog.las, start_date=tomorrow())

    assert cells_of(page.get(COVERAGE)) == {
        ("De Linde", "DOORSTROOM"): (
            "missing",
            "ontbreekt (mandaat toevoegen)",
            "/scholen/99AB/mandaten/toevoegen/?dienst=DOORSTROOM",
        ),
        ("De Linde", "OSO-OV"): (
            "coming",
            f"begint op {day_in_words(tomorrow())} (mandaat bekijken)",
            "/scholen/99AB/?dienst=OSO-OV#mandaten-OSO-OV",
        ),
        ("De Linde", "RIO"): (
            "ending",
            f"loopt af op {day_in_words(tomorrow())} (mandaat bekijken)",
            "/scholen/99AB/?dienst=RIO#mandaten-RIO",
        ),
        ("De Regenboog", "DOORSTROOM"): (
            "partial",
            "half : LAS wel, toetssysteem niet (mandaat toevoegen)",
            "/scholen/99AA/mandaten/toevoegen/?dienst=DOORSTROOM",
        ),
        ("De Regenboog", "OSO-OV"): (
            "missing",
            "ontbreekt (mandaat toevoegen)",
            "/scholen/99AA/mandaten/toevoegen/?dienst=OSO-OV",
        ),
        ("De Regenboog", "RIO"): (
            "mandated",
            "gemandateerd (mandaat bekijken)",
            "/scholen/99AA/?dienst=RIO#mandaten-RIO",
        ),
    }


def test_every_link_of_a_cell_leads_somewhere(page, regenboog):
    granted(regenboog.school, regenboog.rio, regenboog.las)

    for _, _, href in cells_of(page.get(COVERAGE)).values():
        address, _, row = href.partition("#")
        html = page.get(address).content.decode()
        assert not row or html.count(f'id="{row}"') == 1


def test_the_totals_count_all_schools_of_the_board_whatever_is_searched_for(page, regenboog):
    granted(regenboog.school, regenboog.rio, regenboog.las)
    granted(regenboog.other_school, regenboog.rio, regenboog.las, end_date=tomorrow())
    granted(regenboog.school, regenboog.test, regenboog.las)

    for asked in ({}, {"zoek": "linde"}):
        text = text_of(page.get(COVERAGE, asked))
        assert "van alle 2 scholen 0 van 2 2 te regelen voor DOORSTROOM: toon deze scholen 0 van 2" in text
        assert "2 van 2 alles geregeld" in text


def test_a_mandate_that_ends_before_the_deadline_is_said_to_be_too_late(page, regenboog):
    """screens.md: what must be arranged before when."""
    deadline = today() + timedelta(days=30)
    with act("service.changed", actor=register("test")):
        regenboog.rio.deadline = deadline
        regenboog.rio.save()
    granted(regenboog.school, regenboog.rio, regenboog.las, end_date=deadline - timedelta(days=1))

    response = page.get(COVERAGE)

    assert f"te laat: regel dit vóór {day_in_words(deadline)}" in text_of(response)
    assert "2 te regelen voor RIO" in text_of(response)


def test_schools_of_another_board_are_not_in_it(page, regenboog):
    """D4"""
    granted(another_board(), regenboog.rio, regenboog.las)

    assert "De Overkant" not in page.get(COVERAGE).content.decode()
    assert "Geen scholen gevonden" in text_of(page.get(COVERAGE, {"zoek": "99ZZ"}))


def test_services_of_the_board_itself_stand_apart(page, regenboog):
    """D1"""
    missing = page.get(COVERAGE)
    make.MandateFactory(school=None, board=regenboog.board, service=regenboog.bst, system=regenboog.las)
    there = page.get(COVERAGE)

    assert "BST voor het bestuur: ontbreekt (mandaat toevoegen)" in text_of(missing)
    assert 'href="/scholen/99AB/mandaten/toevoegen/?dienst=BST"' in missing.content.decode()
    assert "BST voor het bestuur: gemandateerd (mandaat bekijken)" in text_of(there)
    assert 'href="/mandaten/#bestuur-mandaten-BST"' in there.content.decode()
    assert 'id="bestuur-mandaten-BST"' in page.get("/mandaten/").content.decode()
    assert "BST" not in there.content.decode().split("<table")[1].split("</table>")[0]


@pytest.mark.parametrize(("words", "found"), [("linde", "De Linde"), ("99aa", "De Regenboog"), ("DEVENT", "De Linde")])
def test_schools_are_found_by_name_brin_or_place(page, words, found):
    response = page.get(COVERAGE, {"zoek": words})

    assert "1 van 2 scholen" in text_of(response)
    assert {school for school, _ in cells_of(response)} == {found}


def test_the_filter_shows_the_schools_that_miss_a_mandate(page, regenboog):
    granted(regenboog.school, regenboog.rio, regenboog.las)

    response = page.get(COVERAGE, {"mist": "RIO"})

    assert "1 van 2 scholen missen een mandaat voor RIO" in text_of(response)
    assert {school for school, _ in cells_of(response)} == {"De Linde"}


def test_the_school_that_misses_most_can_come_first(page, regenboog):
    granted(regenboog.other_school, regenboog.rio, regenboog.las)

    def first(asked: dict) -> str:
        return next(iter(cells_of(page.get(COVERAGE, asked))))[0]

    assert first({}) == "De Linde"
    assert first({"sorteer": "ontbreekt"}) == "De Regenboog"
    assert first({"sorteer": "onzin"}) == "De Linde"


def test_nothing_missing_for_a_service_is_good_news(page, regenboog):
    for school in (regenboog.school, regenboog.other_school):
        granted(school, regenboog.rio, regenboog.las)

    assert "Geen van uw scholen mist een mandaat voor RIO." in text_of(page.get(COVERAGE, {"mist": "RIO"}))


@pytest.mark.parametrize("words", ["\0", "%", "'; --", "x" * 5000, "-1"])
def test_anything_asked_is_answered(page, words):
    asked = {"zoek": words, "mist": words, "pagina": words, "sorteer": words}

    assert page.get(COVERAGE, asked).status_code == 200


def test_there_are_pages_of_25_schools_or_one_with_all(page, regenboog):
    for letter in ascii_uppercase:
        make.SchoolFactory(board=regenboog.board, brin=f"98A{letter}", name=f"De Berk {letter}")

    def schools(asked: dict) -> int:
        return len({school for school, _ in cells_of(page.get(COVERAGE, asked))})

    assert (schools({}), schools({"pagina": "2"}), schools({"pagina": "alle"})) == (25, 3, 28)
    assert "sorteer=ontbreekt&amp;pagina=2" in page.get(COVERAGE, {"sorteer": "ontbreekt"}).content.decode()


def test_the_matrix_is_a_real_table(page, regenboog):
    """WCAG 1.3.1: each cell has the names of its school and service as headers."""
    table = re.search(r"<table.*?</table>", page.get(COVERAGE).content.decode(), re.S)[0]

    assert "<caption" in table
    assert len(re.findall(r"<th [^>]*scope=\"col\"", table)) == 4
    assert len(re.findall(r"<th [^>]*scope=\"row\"", table)) == 3
    assert not re.search(r"<th (?![^>]*scope=)", table)


def test_a_board_without_schools_reads_where_schools_come_from(client, db):
    person = make.UserFactory()
    make_membership(person, make.BoardFactory())
    make.ServiceFactory()
    client.force_login(person)

    assert "Het register krijgt de scholen van DUO" in text_of(client.get(COVERAGE))


def test_a_board_with_one_school_sees_it_without_a_search(client, regenboog):
    school = another_board()
    person = make.UserFactory()
    make_membership(person, school.board)
    make.MandateFactory(school=None, board=school.board, service=regenboog.bst, system=regenboog.las)
    client.force_login(person)

    response = client.get(COVERAGE)

    assert "1 school " in text_of(response)
    assert 'role="search"' not in response.content.decode()
    assert 'href="/scholen/99ZZ/?dienst=BST#mandaten-BST"' in response.content.decode()
    assert 'id="mandaten-BST"' in client.get("/scholen/99ZZ/").content.decode()


def test_without_services_the_page_says_so(client, db):
    school = another_board()
    person = make.UserFactory()
    make_membership(person, school.board)
    client.force_login(person)

    assert "Er zijn nu geen diensten" in text_of(client.get(COVERAGE))


def test_who_is_not_signed_in_comes_back_after_signing_in(client, db):
    assert client.get(COVERAGE).url == "/?next=/overzicht/"


def test_the_overview_is_in_the_navigation(page):
    assert (
        '<a class="osr-navigation__link" href="/overzicht/" aria-current="page">' in page.get(COVERAGE).content.decode()
    )


def test_the_page_holds_no_inline_script_or_style_and_no_token(page, regenboog):
    """D10; the content security policy refuses the others."""
    mandate = granted(regenboog.school, regenboog.rio, regenboog.las)

    html = page.get(COVERAGE).content.decode()

    assert not re.search(r"<style|<script(?![^>]* src=)| style=| on\w+=", html)
    assert str(mandate.token) not in html


@pytest.mark.parametrize("schools", [2, 12])
def test_it_takes_as_many_queries_for_two_schools_as_for_twelve(page, regenboog, schools, django_assert_num_queries):
    """P6"""
    for _ in range(schools - 2):
        school = make.SchoolFactory(board=regenboog.board)
        make.LocationFactory(school=school)
        granted(school, regenboog.rio, regenboog.las)
        granted(school, regenboog.test, regenboog.las)

    with django_assert_num_queries(9):
        page.get(COVERAGE, {"zoek": "e", "sorteer": "ontbreekt"})
