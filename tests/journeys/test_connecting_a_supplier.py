"""From a supplier that nobody knows to its first check: support, a beheerder, and the API (A8, D5, D6, D17)."""

import re

import httpx2
import pytest
from playwright.sync_api import Error, Page, expect

from schools.numbers import school_oin
from tests.journeys import states
from tests.journeys.support import SAM, look, sign_in_to_workplace
from tests.journeys.test_changing import button, press, type_day
from tests.journeys.test_first_mandate import sign_in
from tests.journeys.test_granting import go_to
from tests.running import RunningRegister

ANKE = "anke.devries@devecht.example"
TODAY = states.TODAY.isoformat()


@pytest.fixture(scope="module")
def signed_in(_browser, running_register: RunningRegister) -> list:
    """The cookies of Sam Jansen of support: a code of the app counts once, so one signs in once."""
    context = _browser.new_context(locale="nl-NL")
    sign_in_to_workplace(context.new_page(), running_register, SAM)
    cookies = context.cookies()
    context.close()
    return cookies


@pytest.fixture
def workplace(page: Page, running_register: RunningRegister, signed_in: list) -> Page:
    """The workplace, with Sam Jansen of support signed in."""
    page.context.add_cookies(signed_in)
    page.goto(f"{running_register.url}/beheer/")
    return page


def ask(register: RunningRegister, key: str, oin: str) -> httpx2.Response:
    """What the new supplier asks about its own mandate for De Waterlelie."""
    return httpx2.get(
        f"{register.url}/api/v2/mandates",
        params={"school_oin": school_oin("99AA"), "supplier_oin": oin, "service_code": "RIO"},
        headers={"API-Key": key},
    )


def send(page: Page, name: str) -> None:
    """Fill in why, look at the page, and press the button."""
    page.get_by_label("Reden").fill("Aansluiting van een nieuwe leverancier")
    look(page)
    button(page, name).click()


def test_from_an_unknown_supplier_to_its_first_check(workplace: Page, running_register: RunningRegister):
    page, oin = workplace, "00000099000000088001"
    page.get_by_role("link", name="Leveranciers", exact=True).first.click()
    look(page)
    page.get_by_role("link", name="Leverancier toevoegen").click()
    page.get_by_label("OIN").fill(oin[:-1])
    page.get_by_label("Naam").fill("Windroos Software")
    send(page, "Leverancier toevoegen")
    expect(page.get_by_role("alert")).to_contain_text("Een OIN heeft 20 tekens. Dit zijn er 19.")
    look(page)
    page.get_by_label("OIN").fill(oin)
    send(page, "Leverancier toevoegen")
    expect(page.get_by_text("Windroos Software is toegevoegd.")).to_be_visible()
    look(page)

    page.get_by_role("link", name="Aansluiten").click()
    page.get_by_label("Aansluitvoorwaarden getekend op").fill(TODAY)
    send(page, "Aansluiten")
    page.get_by_role("link", name="Systeem toevoegen").click()
    page.get_by_label("Naam").fill("Windroos LAS")
    page.get_by_label("Soort").select_option("las")
    send(page, "Systeem toevoegen")

    page.get_by_role("link", name="Kwalificatietest vastleggen").click()
    page.get_by_label("Dienst").select_option("RIO")
    page.get_by_label("Getest op").fill(TODAY)
    page.get_by_label("Resultaat").select_option("ja")
    page.get_by_label("Afgenomen door").fill("Kennisnet, team ketens")
    send(page, "Test vastleggen")
    expect(page.get_by_text("Windroos LAS kan worden gekozen voor RIO.")).to_be_visible()
    look(page)

    page.get_by_role("link", name="API-sleutel uitgeven").click()
    page.get_by_label("Naam").fill("productie")
    send(page, "Sleutel maken")
    key = page.locator("#sleutel").inner_text()
    look(page)
    assert ask(running_register, key, oin).status_code == 404
    page.get_by_role("link", name="Ik heb de sleutel").click()
    expect(page.get_by_text(key)).to_have_count(0)
    with pytest.raises(Error, match="ERR_CACHE_MISS"):  # the browser kept nothing of it
        page.go_back()

    anke = page.context.browser.new_context(locale="nl-NL").new_page()
    sign_in(anke, running_register, ANKE)
    anke.goto(f"{running_register.url}/scholen/99AA/mandaten/toevoegen/?dienst=RIO")
    anke.get_by_label("systeem").locator("visible=true").select_option(label="Windroos LAS (Windroos Software)")
    anke.get_by_role("button", name="Opslaan").click()
    expect(anke.get_by_role("status")).to_contain_text("Het mandaat is opgeslagen")

    answer = ask(running_register, key, oin)
    assert answer.status_code == 200
    assert answer.json()["token"]
    page.goto(f"{running_register.url}/beheer/services/supplier/?q={oin}")
    page.get_by_role("link", name="Windroos Software").click()
    expect(page.get_by_role("region", name="Laatste raadplegingen")).to_contain_text("Windroos LAS")
    look(page)

    anke.get_by_role("button", name="Ongedaan maken").click()
    expect(anke.get_by_role("status")).to_contain_text("Ongedaan gemaakt")
    assert ask(running_register, key, oin).status_code == 404
    anke.context.close()


def test_by_keyboard_alone(workplace: Page):
    page, keyboard, reason = workplace, workplace.keyboard, "Aansluiting van een nieuwe leverancier"

    def fill(label: str, text: str) -> None:
        go_to(page, page.get_by_label(label, exact=True))
        keyboard.type(text)

    press(page, page.get_by_role("link", name="Leveranciers", exact=True).first)
    press(page, page.get_by_role("link", name="Leverancier toevoegen"))
    fill("OIN:", "00000099000000088002")
    fill("Naam:", "Kompasroos Software")
    fill("Reden:", reason)
    press(page, button(page, "Leverancier toevoegen"))
    press(page, page.get_by_role("link", name="Aansluiten"))
    type_day(page, page.get_by_label("Aansluitvoorwaarden getekend op"), TODAY)
    fill("Reden:", reason)
    press(page, button(page, "Aansluiten"))
    press(page, page.get_by_role("link", name="Systeem toevoegen"))
    fill("Naam:", "Kompasroos")
    fill("Reden:", reason)
    press(page, button(page, "Systeem toevoegen"))
    press(page, page.get_by_role("link", name="API-sleutel uitgeven"))
    fill("Naam:", "productie")
    fill("Reden:", reason)
    press(page, button(page, "Sleutel maken"))
    expect(page.locator("#sleutel")).to_have_text(re.compile(r"^osr_[\w-]{43}$"))
    press(page, page.get_by_role("link", name="Ik heb de sleutel"))

    press(page, page.get_by_role("link", name=", productie van Kompasroos"))
    press(page, page.get_by_role("link", name="Sleutel intrekken"))
    fill("Reden:", "Proef voorbij")
    press(page, button(page, "Bekijk wat er gebeurt"))
    expect(page.get_by_text("geen enkele sleutel meer die werkt")).to_be_visible()
    look(page)
    press(page, button(page, "Bevestigen"))
    expect(page.get_by_text("productie van Kompasroos, werkt niet meer.")).to_be_visible()
