"""Answering 'waarom?': a supplier was told no and calls; support reads why and sends it (D15, D17)."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Page, expect

from osr.demo import CHECK
from schools.numbers import school_oin
from tests.journeys.support import look, workplace_of
from tests.journeys.test_changing import button, press
from tests.journeys.test_first_mandate import sign_in
from tests.journeys.test_granting import go_to, system_for
from tests.running import RunningRegister

BRIN, SCHOOL = "99AX", "OBS De Uiterwaard"
ANKE = "anke.devries@devecht.example"
LEERSPOOR = CHECK.supplier_oin


@pytest.fixture
def workplace(page: Page, running_register: RunningRegister) -> Iterator[Page]:
    """The workplace, with Rik de Wit signed in, who may only read."""
    with workplace_of(running_register, page.context.browser, "rik") as workplace:
        yield workplace


def ask(register: RunningRegister) -> int:
    """What the toetsleverancier of the demo asks about Leerspoor, and the status that it gets."""
    return httpx2.get(
        f"{register.url}/api/v2/mandates",
        params={"school_oin": school_oin(BRIN), "supplier_oin": LEERSPOOR, "service_code": "DOORSTROOM"},
        headers={"API-Key": CHECK.api_key},
    ).status_code


def test_why_no_and_a_little_later_why_yes(workplace: Page, page: Page, running_register: RunningRegister):
    """D15, D17: by school, dienst and leverancier; then by the number of the check, and as text for a mail."""
    support, anke = workplace, page
    assert ask(running_register) == 404

    support.get_by_role("link", name="Uitleggen waarom een antwoord ja of nee was").click()
    look(support)
    button(support, "Leg uit").click()
    expect(support.get_by_role("alert")).to_contain_text("Vul een school in: de BRIN, de naam of het OIN.")
    look(support)
    support.get_by_label("School").fill("uiterwaard")
    support.get_by_label("Dienst").select_option("DOORSTROOM")
    support.get_by_label("Leverancier", exact=True).select_option(LEERSPOOR)
    button(support, "Leg uit").click()
    expect(support.get_by_role("heading", level=2).first).to_contain_text("NEE: Leerspoor BV")
    expect(support.get_by_role("table").filter(has_text="Toetsplein").first).to_be_visible()
    look(support)

    sign_in(anke, running_register, ANKE)
    anke.goto(f"{running_register.url}/scholen/{BRIN}/mandaten/toevoegen/?dienst=DOORSTROOM")
    system_for(anke, "Selecteer een LAS").select_option(label="Leerspoor (Leerspoor BV)")
    system_for(anke, "Selecteer een toetssysteem").select_option(label="Peilpunt (Toetsplein BV)")
    anke.get_by_role("button", name="Opslaan").click()
    expect(anke.get_by_role("status")).to_contain_text("opgeslagen")
    assert ask(running_register) == 200

    button(support, "Leg uit").click()
    expect(support.get_by_role("heading", level=2).first).to_contain_text("JA: Leerspoor BV")
    expect(support.get_by_text("Anke de Vries").first).to_be_visible()
    look(support)
    support.get_by_role("link", name="Versie voor de leverancier").click()
    expect(support.get_by_role("heading", name="Waarom ja?")).to_be_visible()
    look(support)
    with support.expect_download() as download:
        support.get_by_role("link", name="download haar als tekstbestand").click()
    text = Path(download.value.path()).read_text()
    assert SCHOOL in text
    assert "Leerspoor" in text
    assert "Anke" not in text

    anke.get_by_role("button", name="Ongedaan maken").click()
    expect(anke.get_by_role("status")).to_contain_text("Ongedaan gemaakt")
    assert ask(running_register) == 404


def test_by_keyboard_alone(workplace: Page, running_register: RunningRegister):
    """D15"""
    page = workplace
    assert ask(running_register) == 404
    press(page, page.get_by_role("link", name="Uitleggen waarom een antwoord ja of nee was"))
    go_to(page, page.get_by_label("School"))
    page.keyboard.type(BRIN)
    go_to(page, page.get_by_label("Dienst"))
    page.keyboard.type("DOORSTROOM")
    go_to(page, page.get_by_label("Leverancier", exact=True))
    page.keyboard.type("Leerspoor")
    page.keyboard.press("Tab")
    press(page, button(page, "Leg uit"))
    expect(page.get_by_role("heading", level=2).first).to_contain_text("NEE: Leerspoor BV")
    press(page, page.get_by_role("link", name="Versie voor de leverancier"))
    go_to(page, page.get_by_label("Selecteer alles (Ctrl+A) en kopieer"))
    page.keyboard.press("Control+A")

    selected = page.evaluate("document.activeElement.value.slice(0, document.activeElement.selectionEnd)")
    assert selected.startswith("NEE: Leerspoor BV")
