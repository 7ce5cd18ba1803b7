"""Lists that grew past 25 rows: search, pages and files (screens.md)."""

from datetime import timedelta

import pytest
from django.test import Client

from journal.clock import today
from mandates.models import Mandate
from tests import factories as make
from tests.mandates.test_pages import granted, text_of
from tests.register import Regenboog

DAY = timedelta(days=1)
SCHOOL = "/scholen/99AA/"
TIMELINE = f"{SCHOOL}tijdlijn/"


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
    assert Mandate.objects.count() == 30
