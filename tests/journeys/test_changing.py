"""Wijzigen, Meerdere wijzigen and Overstappen, with the mouse and by keyboard alone (D8, D12, D13)."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys import states
from tests.journeys.test_granting import assert_usable, go_to, sign_in
from tests.running import RunningRegister

LATER = (states.TODAY + timedelta(days=300)).isoformat()


@pytest.fixture
def signed_in(page: Page, running_register: RunningRegister) -> Page:
    """Mandaten beheren, of the demo's largest board."""
    page.goto(running_register.url)
    sign_in(page)
    page.wait_for_url("**/mandaten/")
    return page


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    go_to(page, target)
    page.keyboard.press(key)


def type_day(page: Page, field: Locator, day: str) -> None:
    """Type a day into a native date field, in the order that this browser asks for it."""
    year, month, number = day.split("-")
    go_to(page, field)
    page.keyboard.type(f"{month}{number}{year}")
    expect(field).to_have_value(day)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def test_one_mandate_gets_an_end_date_and_loses_it_again(signed_in: Page):
    """D8"""
    page = signed_in
    page.locator(".osr-school__name").first.click()
    page.get_by_role("link", name=re.compile("^Wijzigen")).first.click()
    assert_usable(page)
    page.get_by_label("Einddatum").fill("2020-01-01")
    button(page, "Opslaan").click()
    expect(page.get_by_role("alert")).to_contain_text("De einddatum ligt in het verleden.")
    assert_usable(page)

    page.get_by_label("Einddatum").fill((states.TODAY + timedelta(days=5)).isoformat())
    button(page, "Opslaan").click()
    expect(page.get_by_role("status")).to_contain_text("is gewijzigd")
    assert_usable(page)
    button(page, "Ongedaan maken").click()
    expect(page.get_by_role("status")).to_contain_text("Ongedaan gemaakt: 1 mandaat")

    page.get_by_role("link", name=re.compile("^Intrekken")).first.click()
    assert_usable(page)
    page.get_by_role("link", name="Liever een einddatum kiezen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mandaat wijzigen")


def test_many_mandates_get_an_end_date_at_once(signed_in: Page):
    """D13: what is ticked stays ticked while the list gets shorter and longer."""
    page = signed_in
    page.get_by_role("link", name="Meerdere wijzigen").click()
    assert_usable(page)
    page.locator("input[name=mandaten]").first.check()
    expect(page.get_by_text(re.compile("^1 van "))).to_be_visible()
    page.get_by_label("Systeem").select_option("Klasboek")
    button(page, "Zoeken").click()
    page.get_by_role("button", name=re.compile("^Alle .* selecteren")).click()
    button(page, "Volgende").click()
    expect(page.get_by_role("alert")).to_contain_text("Kies wat u wilt veranderen.")
    assert_usable(page)

    page.get_by_label("Een einddatum zetten").check()
    page.get_by_label("Einddatum", exact=True).fill((states.TODAY + timedelta(days=5)).isoformat())
    assert_usable(page)
    button(page, "Volgende").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Meerdere mandaten wijzigen: controleren")
    assert_usable(page)
    button(page, "Bevestigen").click()
    expect(page.get_by_role("status")).to_contain_text("eindigen nu op")
    assert_usable(page)
    button(page, "Ongedaan maken").click()
    expect(page.get_by_role("status")).to_contain_text("Ongedaan gemaakt")


def test_many_mandates_by_keyboard_alone(signed_in: Page):
    """D13"""
    page = signed_in
    press(page, page.get_by_role("link", name="Meerdere wijzigen"))
    go_to(page, page.get_by_label("School: naam, BRIN of plaats"))
    page.keyboard.type("zwolle")
    page.keyboard.press("Enter")
    press(page, page.get_by_role("button", name=re.compile("^Alle .* selecteren")))
    press(page, page.locator("input[name=mandaten]").first, "Space")
    press(page, page.get_by_label("Een einddatum zetten"), "Space")
    type_day(page, page.get_by_label("Einddatum", exact=True), LATER)
    page.keyboard.press("Enter")
    press(page, button(page, "Terug"))
    expect(page.get_by_label("Einddatum", exact=True)).to_have_value(LATER)
    press(page, button(page, "Volgende"))
    press(page, button(page, "Bevestigen"))
    expect(page.get_by_role("status")).to_contain_text("nu op")
    press(page, button(page, "Ongedaan maken"))

    expect(page.get_by_role("status")).to_contain_text("Ongedaan gemaakt")


def test_schools_go_over_to_another_system(signed_in: Page):
    """D12"""
    page = signed_in
    page.get_by_role("link", name="Overstappen naar een ander systeem").click()
    assert_usable(page)
    page.get_by_role("link", name="Leerspoor", exact=True).click()
    assert_usable(page)
    button(page, "Volgende").click()
    expect(page.get_by_role("alert")).to_contain_text("Kies het nieuwe systeem.")
    assert_usable(page)

    page.get_by_label("Naar welk systeem?").select_option(index=1)
    page.get_by_label("Op welke dag begint het nieuwe systeem?").fill(LATER)
    button(page, "Alles selecteren").click()
    button(page, "Volgende").click()
    expect(page.get_by_text("Er is nog niets veranderd.")).to_be_visible()
    assert_usable(page)
    button(page, "Bevestigen").click()
    expect(page.get_by_role("status")).to_contain_text("De overstap is opgeslagen")
    assert_usable(page)
    button(page, "Ongedaan maken").click()
    expect(page.get_by_role("status")).to_contain_text("Ongedaan gemaakt")


def test_switching_by_keyboard_alone(signed_in: Page):
    """D12"""
    page = signed_in
    press(page, page.get_by_role("link", name="Overstappen", exact=True))
    press(page, page.get_by_role("link", name="Leerspoor", exact=True))
    go_to(page, page.get_by_label("Naar welk systeem?"))
    page.keyboard.type("Klasboek")
    type_day(page, page.get_by_label("Op welke dag begint het nieuwe systeem?"), LATER)
    go_to(page, page.get_by_label("Zoek op naam"))
    page.keyboard.type("dalfsen")
    press(page, button(page, "Alles selecteren"))
    press(page, button(page, "Volgende"))
    press(page, button(page, "Bevestigen"))
    expect(page.get_by_role("status")).to_contain_text("van Leerspoor naar Klasboek")
    press(page, button(page, "Ongedaan maken"))

    expect(page.get_by_role("status")).to_contain_text("Ongedaan gemaakt")


def test_without_scripts_everything_goes_to_the_server(signed_in: Page, running_register: RunningRegister):
    """Ticks on one page of the list stay when another page is opened."""
    cookies = signed_in.context.cookies()
    context = signed_in.context.browser.new_context(locale="nl-NL", java_script_enabled=False)
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(f"{running_register.url}/mandaten/wijzigen/")
    page.locator("input[name=mandaten]").first.check()
    button(page, "Volgende pagina").click()
    page.locator("input[name=mandaten]").first.check()
    button(page, "Vorige pagina").click()

    expect(page.get_by_text(re.compile("^2 van "))).to_be_visible()
    expect(page.locator("input[name=mandaten]:checked")).to_have_count(1)
    page.get_by_label("Een einddatum zetten").check()
    page.get_by_label("Einddatum", exact=True).fill(LATER)
    button(page, "Volgende").click()
    expect(page.get_by_text("Er is nog niets veranderd.")).to_be_visible()
    context.close()
