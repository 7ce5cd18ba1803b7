"""Lists that grew past 25 rows: search, pages and files (screens.md)."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from journal.clock import today
from mandates.actions import revoke_mandate
from mandates.models import Mandate
from tests import factories as make
from tests.mandates.test_copying_pages import hidden_fields
from tests.mandates.test_history_pages import move
from tests.mandates.test_pages import another_board, granted, text_of
from tests.register import Regenboog

DAY = timedelta(days=1)
SCHOOL = "/scholen/99AA/"
TIMELINE = f"{SCHOOL}tijdlijn/"
ALL = "/mandaten/lijst/"
TAKE_OVER = "/over-te-nemen/"


@pytest.fixture
def page(regenboog, client) -> Client:
    """A browser in which Anke de Vries is signed in."""
    client.force_login(regenboog.person)
    return client


def grant_many(regenboog: Regenboog, number: int, **dates) -> None:
    """Mandates of De Regenboog, each for a service and a system of its own."""
    for each in range(1, number + 1):
        service = make.ServiceFactory(code=f"DIENST-{each:02}", name=f"Dienst nummer {each}")
        system = make.SystemFactory(name=f"Systeem {each}", supplier__name=f"Huis {each} BV")
        granted(regenboog.school, service, system, **dates)


def listed(response) -> list[str]:
    """The services of the mandates that the tables show, in order."""
    html = response.content.decode()
    return [part.split("<")[0] for part in html.split('<span class="osr-service__code">')[1:]]


def test_many_mandates_of_a_school_have_pages_and_search(regenboog, page):
    grant_many(regenboog, 30)

    first, second = page.get(SCHOOL), page.get(SCHOOL, {"pagina": "2"})
    found = page.get(SCHOOL, {"zoek": "dienst 07 huis"})

    assert listed(first) == [f"DIENST-{number:02}" for number in range(1, 26)]
    assert listed(second) == [f"DIENST-{number}" for number in range(26, 31)]
    assert len(listed(page.get(SCHOOL, {"pagina": "alle"}))) == 30
    assert listed(found) == ["DIENST-07"]
    assert "1 gevonden met ‘dienst 07 huis’" in text_of(found)
    assert "Geen mandaat gevonden dat nu geldt" in text_of(page.get(SCHOOL, {"zoek": "vuurtoren\0"}))


def test_few_mandates_need_no_search(regenboog, page):
    grant_many(regenboog, 3)

    assert 'role="search"' not in page.get(SCHOOL).content.decode()
    assert 'role="search"' not in page.get(TIMELINE).content.decode()


def test_one_who_comes_for_a_service_comes_to_its_page(regenboog, page):
    grant_many(regenboog, 30)

    response = page.get(SCHOOL, {"dienst": "DIENST-28"})

    assert 'id="mandaten-DIENST-28"' in response.content.decode()
    assert listed(page.get(SCHOOL, {"dienst": "onzin"}))[0] == "DIENST-01"


def test_ended_mandates_have_pages_of_their_own(regenboog, page):
    granted(regenboog.school, regenboog.rio, regenboog.las)
    for number in range(30):
        end = today() - (number * 3 + 1) * DAY
        granted(regenboog.school, regenboog.oso, regenboog.las, start_date=end - DAY, end_date=end)

    first, second = page.get(SCHOOL), page.get(SCHOOL, {"beeindigd": "2"})

    assert "Toon beëindigde mandaten (30)" in text_of(first)
    assert (len(listed(first)), len(listed(second))) == (26, 6)
    assert '<details class="osr-details">' in first.content.decode()
    assert '<details class="osr-details" open>' in second.content.decode()
    assert 'href="?beeindigd=2#beeindigd"' in first.content.decode()
    found = page.get(SCHOOL, {"zoek": "oso"})
    assert "Hieronder staan de beëindigde mandaten die wel gevonden zijn." in text_of(found)
    assert '<details class="osr-details" open>' in found.content.decode()


def test_the_timeline_shows_what_was_searched_for_as_a_picture_and_in_words(regenboog, page):
    grant_many(regenboog, 30)

    first = page.get(TIMELINE)
    found = page.get(TIMELINE, {"zoek": "DIENST-07"})

    assert len(listed(first)) == 25
    assert len(listed(page.get(TIMELINE, {"pagina": "2"}))) == 5
    assert listed(found) == ["DIENST-07"]
    assert "DIENST-08" not in found.content.decode()
    assert "Niets gevonden." in text_of(page.get(TIMELINE, {"zoek": "vuurtoren"}))


def test_all_mandates_of_the_board_stand_on_one_list(regenboog, page):
    """screens.md: a board has its own list of mandates, on paper too"""
    grant_many(regenboog, 30)
    granted(regenboog.other_school, regenboog.rio, regenboog.las)
    make.MandateFactory(school=None, board=regenboog.board, service=regenboog.bst, system=regenboog.las)
    granted(regenboog.school, regenboog.oso, regenboog.las, end_date=today() - DAY)

    first = page.get(ALL)

    assert "32 mandaten" in text_of(first)
    assert listed(first)[:2] == ["BST", "RIO"]  # the board's own, then De Linde
    assert "Het hele bestuur" in text_of(first)
    assert len(listed(page.get(ALL, {"pagina": "2"}))) == 7
    assert len(listed(page.get(ALL, {"pagina": "alle"}))) == 32
    assert listed(page.get(ALL, {"zoek": "linde", "systeem": "Leerspoor"})) == ["RIO"]
    assert "/downloads/lopende-mandaten.csv?zoek=linde" in page.get(ALL, {"zoek": "linde"}).content.decode()
    assert "Geen mandaten gevonden." in text_of(page.get(ALL, {"dienst": "onzin"}))


def test_without_mandates_the_list_says_so(page):
    assert "Er zijn nu geen mandaten." in text_of(page.get(ALL))


def test_the_mandates_of_another_board_are_not_on_the_list(regenboog, page):
    """D4"""
    granted(another_board(), regenboog.rio, regenboog.las)

    assert "De Overkant" not in text_of(page.get(ALL))


# --- Lists within a form ----------------------------------------------------------------------------------------------


def came_along(regenboog: Regenboog, schools: int, services: int) -> None:
    """Schools that came from another board, each with mandates of Leerspoor."""
    former = make.BoardFactory(number="99002", name="Stichting De Overkant")
    made = [make.ServiceFactory(code=f"DIENST-{number:02}") for number in range(services)]
    for service in made:
        make.QualificationFactory(system=regenboog.las, service=service)
    for number in range(schools):
        school = make.SchoolFactory(brin=f"98A{chr(65 + number)}", name=f"De Wilg {number}", board=former)
        for service in made:
            granted(school, service, regenboog.las)
        move(school, regenboog.board)


def ticks(response) -> set[str]:
    """The mandates that can be ticked on the page."""
    return set(re.findall(r'type="checkbox" id="mandaat-([0-9a-f-]{36})"', response.content.decode()))


def test_what_is_ticked_on_one_page_of_over_te_nemen_stays_ticked_on_the_next(regenboog, page):
    """D20"""
    came_along(regenboog, schools=4, services=10)
    first = page.get(TAKE_OVER)
    one = min(ticks(first))

    second = page.post(TAKE_OVER, {"mandaat": [one], "pagina": "1", "stap": "pagina-2"})
    other = min(ticks(second))
    shown = page.post(TAKE_OVER, {"mandaat": [one, other], "pagina": "2", "stap": "volgende"})

    assert (len(ticks(first)), len(ticks(second))) == (25, 15)
    assert f'<input type="hidden" name="mandaat" value="{one}">' in second.content.decode()
    assert "Alle 40 mandaten overnemen" in text_of(second)
    assert "Dit gebeurt er (2)" in text_of(shown)


def test_one_who_comes_for_a_school_comes_to_its_page_of_over_te_nemen(regenboog, page):
    came_along(regenboog, schools=4, services=10)

    assert "De Wilg 3" not in text_of(page.get(TAKE_OVER))
    assert 'id="school-98AD"' in page.get(TAKE_OVER, {"school": "98AD"}).content.decode()


def test_the_buttons_of_two_rows_each_do_their_work_and_keep_what_is_ticked(regenboog, page):
    """D20; from one page, for nobody waits between two clicks"""
    came_along(regenboog, schools=4, services=10)
    second = page.post(TAKE_OVER, {"pagina": "1", "stap": "pagina-2"})
    one, other, ticked, *_ = sorted(ticks(second))
    form = hidden_fields(second) | {"mandaat": [one, ticked]}

    first = page.post(TAKE_OVER, form | {"overnemen": one}, follow=True)
    then = page.post(TAKE_OVER, form | {"overnemen": other}, follow=True)
    again = page.post(TAKE_OVER, form | {"overnemen": other}, follow=True)

    assert Mandate.objects.filter(granting_board=regenboog.board).count() == 2
    for response in (first, then):
        assert "Het mandaat is overgenomen." in text_of(response)
        assert f'value="{ticked}" checked' in response.content.decode()
        assert "Pagina 2" in text_of(response)
    assert "Dit was al gedaan." in text_of(again)


def test_a_mistake_leaves_one_on_the_page_where_one_was(regenboog, page):
    came_along(regenboog, schools=4, services=10)

    response = page.post(TAKE_OVER, {"pagina": "2", "stap": "volgende"})

    assert response.status_code == 422
    assert len(ticks(response)) == 15
    assert len(ticks(page.post(TAKE_OVER, {"pagina": "2", "zoek": "wilg 1", "stap": "zoeken"}))) == 10


def test_a_long_preview_has_pages_and_confirming_is_about_all_of_them(regenboog, page):
    """D12"""
    came_along(regenboog, schools=4, services=10)
    shown = page.post(TAKE_OVER, {"alles": "alles", "stap": "volgende"})
    fields = hidden_fields(shown)

    second = page.post(TAKE_OVER, fields | {"stap": "regels-2"})
    whole = page.post(TAKE_OVER, fields | {"stap": "regels-alle"})
    done = page.post(TAKE_OVER, hidden_fields(second) | {"stap": "bevestigen"}, follow=True)

    assert [text_of(each).count("De Wilg") for each in (shown, second, whole)] == [25, 15, 40]
    assert "Dit gebeurt er (40)" in text_of(second)
    assert "Bevestigen geldt voor alle pagina’s." in text_of(second)
    assert "40 mandaten zijn overgenomen." in text_of(done)


def test_who_turns_a_page_of_a_preview_is_told_what_changed_meanwhile(regenboog, page):
    """D12: what stood on the page before is not what would be done."""
    came_along(regenboog, schools=4, services=10)
    shown = page.post(TAKE_OVER, {"alles": "alles", "stap": "volgende"})
    revoke_mandate(actor=regenboog.anke, mandate=Mandate.objects.order_by("pk").first())

    second = page.post(TAKE_OVER, hidden_fields(shown) | {"stap": "regels-2"})

    assert second.status_code in (409, 422)
    assert "De Wilg 0" in text_of(second)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_preview_is_a_file_too(regenboog, page, kind):
    came_along(regenboog, schools=4, services=10)
    shown = page.post(TAKE_OVER, {"alles": "alles", "stap": "volgende"})

    file = page.post(TAKE_OVER, hidden_fields(shown) | {"stap": f"bestand-{kind}"})

    assert file["Content-Disposition"] == f'attachment; filename="mandaten-overnemen-99001-{today()}.{kind}"'
    if kind == "csv":
        assert file.content.decode().count("De Wilg") == 40
    assert page.post(TAKE_OVER, hidden_fields(shown) | {"stap": "bestand-exe"}).status_code == 404
    assert Mandate.objects.count() == 40


def test_the_mandates_that_can_change_are_a_file_narrowed_as_the_list_is(regenboog, page):
    granted(regenboog.school, regenboog.rio, regenboog.las)
    granted(regenboog.school, regenboog.oso, regenboog.las)
    granted(regenboog.other_school, regenboog.rio, regenboog.las)
    granted(regenboog.school, regenboog.test, regenboog.las, end_date=today() - DAY)

    def rows(**asked) -> list[list[str]]:
        lines = page.get("/downloads/lopende-mandaten.csv", asked).content.decode("utf-8-sig").splitlines()[1:]
        return [line.split(";")[1:4:2] for line in lines]

    assert rows() == [["99AB", "RIO"], ["99AA", "OSO-OV"], ["99AA", "RIO"]]
    assert rows(dienst="RIO", zoek="regenboog") == [["99AA", "RIO"]]
    shown = page.post("/mandaten/wijzigen/", {"dienst": "RIO", "stap": "filteren"})
    assert "/downloads/lopende-mandaten.csv?dienst=RIO&amp;systeem=&amp;zoek=" in shown.content.decode()
