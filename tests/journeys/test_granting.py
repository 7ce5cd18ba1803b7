"""Mandaat toevoegen for several schools, with the mouse, by keyboard alone, and when the session ends (D13)."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.test_first_mandate import assert_accessible
from tests.running import RunningRegister

ANKE = "Authorize as "  # the first whom the provider of the demo offers: of the largest board
NARROW = {"width": 320, "height": 800}
WIDE = {"width": 1280, "height": 800}


@pytest.fixture
def register(running_register) -> RunningRegister:
    return running_register


@pytest.fixture
def overview(page: Page, register: RunningRegister) -> Iterator[Page]:
    """Mandaten beheren, of the demo's largest board."""
    page.goto(register.url)
    sign_in(page)
    page.wait_for_url("**/mandaten/")
    return page


def sign_in(page: Page) -> None:
    page.get_by_role("button", name="Inloggen").first.click()
    page.get_by_role("button", name=ANKE).first.click()


def assert_usable(page: Page) -> None:
    """No violation of WCAG, and at 320 px nothing sticks out."""
    assert_accessible(page)
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert_accessible(page)
    page.set_viewport_size(WIDE)


def go_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus, as who uses no mouse does."""
    for _ in range(150):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} cannot be reached with Tab")


def system_for(page: Page, label: str) -> Locator:
    return page.get_by_label(label).locator("visible=true")


def test_from_the_banner_to_the_notice_and_back(overview: Page):
    page = overview
    assert_usable(page)
    page.get_by_role("link", name="Vul in voor deze").first.click()

    expect(page.get_by_role("checkbox", name="DOORSTROOM")).to_be_checked()
    chosen = page.locator("input[name=scholen]:checked").count()
    expect(page.get_by_text(f"De {chosen} scholen die DOORSTROOM missen, zijn al voor u aangevinkt.")).to_be_visible()
    assert_usable(page)
    page.get_by_role("button", name="Volgende").click()
    expect(page.get_by_role("alert")).to_contain_text("Kies een systeem voor DOORSTROOM.")
    assert_usable(page)

    system_for(page, "Selecteer een LAS voor DOORSTROOM").select_option(index=1)
    system_for(page, "Selecteer een toetssysteem voor DOORSTROOM").select_option(index=1)
    page.get_by_role("button", name="Volgende").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mandaat toevoegen: controleren")
    assert_usable(page)
    page.get_by_role("button", name="Bevestigen").click()

    expect(page.get_by_role("status")).to_contain_text(f"mandaten zijn opgeslagen, voor {chosen} scholen.")
    assert_usable(page)
    page.get_by_role("button", name="Ongedaan maken").click()
    expect(page.get_by_role("status")).to_contain_text("Ongedaan gemaakt")


def test_by_keyboard_alone(overview: Page):
    page, keyboard = overview, overview.keyboard
    go_to(page, page.get_by_role("link", name="+ mandaat toevoegen"))
    keyboard.press("Enter")
    go_to(page, page.get_by_role("checkbox", name="RIO"))
    keyboard.press("Space")
    go_to(page, system_for(page, "Selecteer een systeem voor RIO"))
    keyboard.type("Klasboek")
    go_to(page, page.get_by_label("Zoek op naam"))
    keyboard.type("dalfsen")
    expect(page.locator("input[name=scholen]:visible")).to_have_count(2)
    go_to(page, page.get_by_role("button", name="Alles selecteren"))
    keyboard.press("Enter")
    expect(page.locator("[data-pick-count]").get_by_text("2 van ")).to_be_visible()
    go_to(page, page.get_by_role("button", name="Volgende"))
    keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mandaat toevoegen: controleren")
    go_to(page, page.get_by_role("button", name="Bevestigen"))
    keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("2 mandaten zijn opgeslagen, voor 2 scholen.")
    go_to(page, page.get_by_role("button", name="Ongedaan maken"))
    keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("Ongedaan gemaakt: 2 mandaten")


def test_without_scripts_searching_and_selecting_go_to_the_server(page: Page, register: RunningRegister):
    context = page.context.browser.new_context(locale="nl-NL", java_script_enabled=False)
    page = context.new_page()
    page.goto(register.url)
    sign_in(page)
    page.goto(f"{register.url}/mandaten/toevoegen/")
    page.get_by_role("checkbox", name="RIO").check()
    page.get_by_label("Zoek op naam").fill("dalfsen")
    page.get_by_role("button", name="Alles selecteren").click()

    expect(page.locator("input[type=checkbox][name=scholen]:checked")).to_have_count(2)
    expect(page.get_by_role("checkbox", name="RIO")).to_be_checked()
    context.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_all_vestigingen_but_one_are_chosen_in_two_clicks(page: Page, register: RunningRegister, scripts: bool):
    """D3; and Enter in a field presses Opslaan, not the first button that is seen."""
    context = page.context.browser.new_context(locale="nl-NL", java_script_enabled=scripts)
    page = context.new_page()
    page.goto(register.url)
    sign_in(page)
    page.goto(f"{register.url}/scholen/99AA/mandaten/toevoegen/")
    page.get_by_role("button", name="Alles selecteren").click()
    page.get_by_role("checkbox", name="99AA02").uncheck()
    page.get_by_label("Einddatum").press("Enter")

    expect(page.get_by_role("alert")).to_contain_text("Kies ten minste één dienst.")
    expect(page.locator("input[name=vestiging]:checked")).to_have_count(5)
    context.close()


def test_what_was_typed_survives_the_end_of_the_session(overview: Page):
    """quality.md, 'Done': nothing lost; and nothing is saved before the button is pressed again."""
    page = overview
    page.get_by_role("link", name="+ mandaat toevoegen").click()
    page.get_by_role("checkbox", name="RIO").check()
    page.get_by_label("Einddatum").fill("2099-12-31")
    page.get_by_role("checkbox", name="OBS De Hanze").check()
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Volgende").click()

    expect(page.get_by_role("status")).to_contain_text("U was uitgelogd. Er is nog niets veranderd.")
    assert_usable(page)
    sign_in(page)

    expect(page.get_by_text("Kijk na wat hier staat en ga daarna verder.")).to_be_visible()
    expect(page.get_by_role("checkbox", name="RIO")).to_be_checked()
    expect(page.get_by_label("Einddatum")).to_have_value("2099-12-31")
    expect(page.get_by_role("checkbox", name="OBS De Hanze")).to_be_checked()
    assert_usable(page)
