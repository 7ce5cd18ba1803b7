"""BRON PO becomes ROD PO: support offers the mandates to all boards, and a beheerder takes them over (D2, D5, D6)."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import states
from tests.journeys.support import HEAD, look, sign_in_to_workplace, workplace_of
from tests.journeys.test_agreements import signed_in
from tests.journeys.test_changing import button, press, type_day
from tests.journeys.test_first_mandate import sign_in
from tests.journeys.test_workplace_keyboard import find, follow, send, type_into
from tests.running import RunningRegister

ANKE = "anke.devries@devecht.example"
TODAY = states.TODAY.isoformat()
LATER = (states.TODAY + timedelta(days=200)).isoformat()


@pytest.fixture(scope="module")
def register(tmp_path_factory) -> Iterator[RunningRegister]:
    """A register of its own: a service that is replaced is seen on every page of a board."""
    register = RunningRegister(tmp_path_factory.mktemp("succession") / "data")
    register.start()
    yield register
    register.stop()


def do(page: Page, name: str, button_name: str = "Opslaan", **fields: str) -> None:
    """Open a page of the row, fill in its form and send it."""
    page.get_by_role("link", name=name, exact=True).click()
    for label, value in fields.items():
        field = page.get_by_label(label.replace("_", " "), exact=False).first
        if field.evaluate("element => element.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    page.get_by_label("Reden").fill("BRON PO wordt ROD PO")
    look(page)
    button(page, button_name).click()


def test_from_the_new_service_to_mandates_of_the_board(page: Page, register: RunningRegister):
    sign_in_to_workplace(page, register, HEAD)
    page.get_by_role("link", name="Diensten", exact=True).first.click()
    do(page, "Dienst toevoegen", "Dienst toevoegen", Code="ROD-PO", Naam="ROD PO")
    do(page, "Dienstversie toevoegen", "Dienstversie toevoegen", Namespace="http://example.nl/schemas/rod-po/1")
    look(page)
    page.goto(f"{register.url}/beheer/services/system/?q=Leerspoor")
    page.get_by_role("link", name="Leerspoor", exact=True).click()
    do(
        page,
        "Kwalificatietest vastleggen",
        "Test vastleggen",
        Dienst="ROD-PO",
        Getest_op=TODAY,
        Resultaat="ja",
        Afgenomen_door="Kennisnet",
    )
    page.goto(f"{register.url}/beheer/services/service/?q=BRON-PO")
    page.get_by_role("link", name="BRON-PO", exact=True).click()
    do(page, "Opvolger vastleggen", Opvolger="ROD-PO")
    do(
        page,
        "Mandaten ter overname aanbieden",
        "Bekijk wat er gebeurt",
        Nieuwe_mandaten_beginnen_op=TODAY,
        Laatste_dag_van_het_aanbod=LATER,
    )
    expect(page.get_by_text("Deze systemen zijn niet aangesloten voor ROD-PO.")).to_be_visible()
    look(page)
    button(page, "Bevestigen").click()
    expect(page.get_by_text("staan nu ter overname voor ROD-PO.")).to_be_visible()

    anke = page.context.browser.new_context(locale="nl-NL").new_page()
    sign_in(anke, register, ANKE)
    expect(anke.get_by_text("BRON PO wordt ROD PO.")).to_be_visible()
    look(anke)
    anke.get_by_role("link", name="Over te nemen").click()
    look(anke)
    press(anke, anke.get_by_role("link", name="Bekijk en neem over"))
    expect(anke.get_by_role("link", name=re.compile("^Kies een ander systeem")).first).to_be_visible()
    look(anke)
    button(anke, "Gekozen mandaten overnemen").click()
    expect(anke.get_by_role("alert")).to_contain_text("Kies ten minste één mandaat.")
    look(anke)
    press(anke, anke.get_by_role("button", name=re.compile("^Neem de .* mandaten over waarbij dat kan")))
    expect(anke.get_by_text("Er is nog niets veranderd.")).to_be_visible()
    look(anke)
    press(anke, button(anke, "Bevestigen"))
    expect(anke.get_by_role("status")).to_contain_text("mandaten voor ROD-PO zijn gegeven.")
    look(anke)

    page.get_by_role("link", name="Mandaten ter overname voor ROD-PO").click()
    expect(page.get_by_role("row", name=re.compile("Stichting De Vecht"))).to_contain_text("nog")
    look(page)
    button(anke, "Ongedaan maken").click()
    expect(anke.get_by_role("status")).to_contain_text("Ongedaan gemaakt")
    anke.context.close()


def test_by_keyboard_alone(page: Page, register: RunningRegister):
    """D2, D5, D6: another service, of which one mandate is taken over and given back."""
    browser, why = page.context.browser, "Verzuim wordt Aanwezigheid"
    with workplace_of(register, browser, HEAD) as support:
        follow(support, "Diensten")
        follow(support, "Dienst toevoegen")
        type_into(support, "Code", "AANWEZIG")
        type_into(support, "Naam", "Aanwezigheid")
        send(support, "Dienst toevoegen", why)
        follow(support, "Dienstversie toevoegen")
        type_into(support, "Namespace", "http://example.nl/schemas/aanwezig/1")
        send(support, "Dienstversie toevoegen", why)
        find(support, "Leerspoor")
        follow(support, re.compile("^Leerspoor$"))
        follow(support, "Kwalificatietest vastleggen")
        type_into(support, "Dienst", "AANWEZIG")
        type_day(support, support.get_by_label("Getest op"), TODAY)
        type_into(support, "Resultaat", "geslaagd")
        type_into(support, "Afgenomen door", "Kennisnet")
        send(support, "Test vastleggen", why)
        find(support, "VERZUIM")
        follow(support, "Opvolger vastleggen")
        type_into(support, "Opvolger", "AANWEZIG")
        send(support, "Opslaan", why)
        follow(support, "Mandaten ter overname aanbieden")
        type_day(support, support.get_by_label("Nieuwe mandaten beginnen op"), TODAY)
        type_day(support, support.get_by_label("Laatste dag van het aanbod"), LATER)
        send(support, "Bekijk wat er gebeurt", why)
        press(support, button(support, "Bevestigen"))
        expect(support.get_by_text("staan nu ter overname voor AANWEZIG.")).to_be_visible()

    with signed_in(browser, register, ANKE) as anke:
        press(anke, anke.get_by_role("link", name=re.compile("^Over te nemen")))
        replaced = anke.get_by_role("region", name=re.compile("AANWEZIG|Aanwezigheid"))
        press(anke, replaced.get_by_role("link", name="Bekijk en neem over"))
        press(anke, anke.get_by_role("checkbox", name="OBS De Hanze"), "Space")
        press(anke, button(anke, "Gekozen mandaten overnemen"))
        press(anke, button(anke, "Bevestigen"))
        expect(anke.get_by_role("status")).to_contain_text("Het mandaat voor AANWEZIG is gegeven.")
        press(anke, button(anke, "Ongedaan maken"))
        expect(anke.get_by_role("status")).to_contain_text("Ongedaan gemaakt")
