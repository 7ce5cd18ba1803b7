"""Services, versions and succession in the workplace of support: what the pages tell, and what one does there."""

from datetime import timedelta

import pytest
from django.test import Client

from journal.acts import act
from journal.clock import today
from mandates.wording import day_in_words
from services.models import Service, ServiceVersion, SuccessionOffer
from tests import factories as make
from tests.mandates.test_pages import granted, text_of
from tests.mandates.test_succession import Succession
from tests.services.test_supplier_pages import REASON, address, confirmed, hidden, sent

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
ADD = "/beheer/services/service/toevoegen/"
ROD = {"code": "ROD-PO", "name": "ROD PO", "level": "school", "roles": ["las"]}


# --- Services and versions --------------------------------------------------------------------------------------------


def test_a_service_is_added_with_a_version(page: Client):
    added = sent(page, ADD, **ROD, deadline="2099-12-01", takes_endpoints="on")

    service = Service.objects.get()
    assert "De dienst ROD-PO – ROD PO is toegevoegd." in text_of(added)
    assert "Mandaat regelen vóór 1 december 2099" in text_of(added)
    path = address(service, "versie-toevoegen")
    assert "Een namespace is een URI" in text_of(sent(page, path, namespace="rod-po"))
    text = text_of(sent(page, path, namespace="http://xml.eld.nl/schemas/rod-po/1"))
    assert "http://xml.eld.nl/schemas/rod-po/1 actief 0" in text


def test_everything_that_is_wrong_with_a_service_is_said_at_once(page: Client):
    response = sent(page, ADD, code="rod po", name="", level="board", takes_endpoints="on", deadline="2026-02-30")

    for says in (
        "Vul de naam van de dienst in.",
        "30 februari 2026 bestaat niet.",
        "Kies ten minste één soort systeem",
    ):
        assert says in text_of(response)
    again = text_of(sent(page, ADD, **{**ROD, "code": "rod po", "level": "board"}, takes_endpoints="on"))
    assert "Een code bestaat uit hoofdletters" in again
    assert "Een dienst op bestuursniveau neemt geen afleveradressen." in again


def test_a_service_is_changed_and_what_a_colleague_changed_is_not_overwritten(page: Client):
    service = make.ServiceFactory(code="ROD-PO", name="ROD PO", takes_endpoints=False)
    path, fields = address(service, "wijzigen"), {"roles": ["las"]}
    opened = hidden(page.get(path))
    sent(page, path, name="ROD po", deadline="2099-12-01", **fields)

    told = page.post(path, {**opened, **REASON, **fields, "name": "Register Onderwijsdeelnemers PO"})

    assert "uiterste dag is nu '2099-12-01'" in text_of(told)
    page.post(path, {**hidden(told), **REASON, **fields, "name": "Register Onderwijsdeelnemers PO"})
    assert Service.objects.get().name == "Register Onderwijsdeelnemers PO"


def test_another_agreement_shows_first_whom_it_hits(regenboog, page: Client):
    """D5: what there is stays valid."""
    granted(regenboog.school, regenboog.rio, regenboog.las)
    fields = {"name": regenboog.rio.name, "roles": ["las"], "agreement_kind": "OSO"}

    seen, done = confirmed(page, address(regenboog.rio, "wijzigen"), **fields)

    assert "1 mandaat van 1 bestuur. Die blijven gelden." in text_of(seen)
    assert "Bij 1 van deze besturen ontbreekt de overeenkomst OSO." in text_of(seen)
    assert "Stichting De Regenboog 99001 1" in text_of(seen)
    assert "is gewijzigd" in text_of(done)
    assert Service.objects.get(code="RIO").agreement_kind == "OSO"


def test_the_level_of_a_service_with_mandates_stays(regenboog, page: Client):
    granted(regenboog.school, regenboog.rio, regenboog.las)

    response = sent(page, address(regenboog.rio, "niveau"), level="board")

    assert "Er zijn mandaten voor RIO. Het niveau kan niet meer veranderen." in text_of(response)


def test_before_a_version_ends_one_reads_which_endpoints_use_it(regenboog, page: Client):
    """D18"""
    mandate = granted(regenboog.school, regenboog.rio, regenboog.las)
    with act("endpoint.made", actor=make.TESTS):
        mandate.endpoints.create(
            service_version=regenboog.rio_version,
            routing_id="0000000700099AA00001",
            url="https://las.example.nl",
            start_date=mandate.start_date,
        )

    seen, done = confirmed(page, address(regenboog.rio_version, "beeindigen"))

    assert "Afleveradressen die er zijn, blijven zoals ze zijn: 1." in text_of(seen)
    assert "Leerspoor De Regenboog (99AA) 0000000700099AA00001" in text_of(seen)
    assert "is beëindigd" in text_of(done)
    assert ServiceVersion.objects.get().status == "ended"


def test_before_a_service_ends_one_reads_what_stays(regenboog, lead: Client):
    granted(regenboog.school, regenboog.rio, regenboog.las)

    seen, done = confirmed(lead, address(regenboog.rio, "beeindigen"))

    assert "Wat er is, blijft gelden tot het zelf eindigt: 1 mandaat van 1 bestuur." in text_of(seen)
    assert "Er is geen opvolger vastgelegd." in text_of(seen)
    assert "is beëindigd." in text_of(done)
    assert "is hervat." in text_of(sent(lead, address(regenboog.rio, "hervatten")))


def test_the_page_of_a_service_tells_its_whole_story(regenboog, page: Client):
    granted(regenboog.school, regenboog.rio, regenboog.las)

    text = text_of(page.get(address(regenboog.rio)))

    for says in (
        "Mandaat per school",
        "1 mandaat van 1 bestuur",
        "http://example.nl/rio/1 actief 0",
        "Leerspoor Leerspoor BV Gekwalificeerd sinds 1 januari 2019 ja 1",
        "Er is geen opvolger vastgelegd.",
    ):
        assert says in text


# --- Succession -------------------------------------------------------------------------------------------------------


def test_from_successor_to_offer(regenboog, lead: Client):
    bron = make.ServiceFactory(code="BRON-PO", name="BRON PO", takes_endpoints=False)
    rod = make.ServiceFactory(code="ROD-PO", name="ROD PO", takes_endpoints=False, agreement_kind="OSO")
    make.QualificationFactory(system=regenboog.las, service=rod)
    granted(regenboog.school, bron, regenboog.las)
    granted(regenboog.other_school, bron, regenboog.other_las)

    chosen = sent(lead, address(bron, "opvolger"), successor="ROD-PO")
    assert "BRON-PO wordt opgevolgd door ROD-PO – ROD PO." in text_of(chosen)
    path = address(bron, "mandaten-aanbieden")
    assert path in chosen.content.decode()
    until = today() + 30 * DAY
    days = {"starts_on": today().isoformat(), "until": until.isoformat()}

    seen, done = confirmed(lead, path, **days)

    text = text_of(seen)
    assert "2 mandaten van 1 bestuur, voor 2 scholen, voor BRON-PO worden ter overname aangeboden" in text
    assert f"tot en met {day_in_words(until)}" in text
    assert "Bij 1 van deze besturen ontbreekt een overeenkomst voor ROD-PO." in text
    assert "Klasboek Klasboek BV 1 1" in text
    assert "staan nu ter overname voor ROD-PO." in text_of(done)
    assert SuccessionOffer.objects.get().until == until
    assert path not in lead.get(address(bron)).content.decode()


def test_an_offer_that_makes_no_sense_is_refused_before_it_is_shown(regenboog, lead: Client):
    succession = Succession(regenboog)
    yesterday = (today() - DAY).isoformat()

    response = sent(lead, address(succession.bron, "mandaten-aanbieden"), starts_on=yesterday, until=yesterday)

    assert response.status_code == 422
    for says in ("staan al ter overname", "beginnen vandaag of later", "is al voorbij"):
        assert says in text_of(response)


def test_support_reads_how_far_each_board_is_and_downloads_it(regenboog, lead: Client):
    succession = Succession(regenboog)
    succession.take_over(succession.bron_mandate())
    succession.bron_mandate(make.SchoolFactory(board=make.BoardFactory(number="99055", name="Stichting Elders")))
    path = address(succession.offer)

    text = text_of(lead.get(path))
    assert "1 van 2 klaar" in text
    assert "Stichting Elders 99055 1 0 nog 1" in text
    assert "Stichting De Regenboog 99001 1 1 klaar" in text
    assert "Stichting Elders" not in text_of(lead.get(f"{path}?stand=klaar")).split("Laatste wijzigingen")[0]
    assert "Geen bestuur gevonden." in text_of(lead.get(f"{path}?zoek=onzin"))
    file = lead.get(f"/beheer/services/successionoffer/{succession.offer.pk}/besturen.csv")
    assert "Stichting Elders;99055;1;0;1;nog niet klaar" in file.content.decode()
    assert lead.get(f"/beheer/services/successionoffer/{succession.offer.pk}/besturen.pdf").status_code == 404


def test_an_offer_is_closed(regenboog, lead: Client):
    succession = Succession(regenboog)

    closed = sent(lead, address(succession.offer, "sluiten"))

    assert "Het aanbod 'BRON-PO wordt ROD-PO' is gesloten." in text_of(closed)
    assert "Stand gesloten" in text_of(closed)


def test_only_the_head_of_support_offers_mandates_to_all_boards(regenboog, page: Client):
    succession = Succession(regenboog)

    for path in (address(succession.bron, "mandaten-aanbieden"), address(succession.offer, "sluiten")):
        assert page.get(path).status_code == 403
