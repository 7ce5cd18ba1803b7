"""By keyboard alone, what the other journeys do with the mouse (quality.md, Accessibility and use)."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.states import ANKE, BART, NARROW
from tests.journeys.test_changing import LATER, button, press, type_day
from tests.journeys.test_granting import go_to, system_for
from tests.running import RunningRegister

SCHOOL = "OBS De Hanze"


@pytest.fixture
def overview(page: Page, running_register: RunningRegister) -> Page:
    """Mandaten beheren, of the demo's largest board."""
    ANKE.sign_in(page, running_register)
    return page


@pytest.fixture
def school(overview: Page) -> Page:
    """The page of a school, reached by searching for it."""
    go_to(overview, overview.get_by_role("searchbox"))
    overview.keyboard.type("hanze")
    overview.keyboard.press("Enter")
    press(overview, link(overview, SCHOOL))
    expect(overview.get_by_role("heading", level=1)).to_have_text(SCHOOL)
    return overview


def link(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=name).first


def for_rio(page: Page, act: str) -> Locator:
    """What can be done with the mandate for RIO."""
    return page.get_by_role("link", name=re.compile(f"^{act} ?: RIO"))


def test_one_mandate_is_given_and_taken_back(school: Page):
    """D9, D13"""
    press(school, link(school, "+ mandaat toevoegen"))
    press(school, school.get_by_role("checkbox", name="OSO-OV"), "Space")
    go_to(school, system_for(school, "Selecteer een systeem"))
    school.keyboard.type("Klasboek")
    type_day(school, school.get_by_label("Einddatum"), LATER)
    press(school, button(school, "Opslaan"))
    expect(school.get_by_role("status")).to_contain_text("Het mandaat is opgeslagen")

    press(school, button(school, "Ongedaan maken"))
    expect(school.get_by_role("status")).to_contain_text("Ongedaan gemaakt: 1 mandaat")


def test_what_is_wrong_is_reached_from_the_list_of_problems(school: Page):
    press(school, link(school, "+ mandaat toevoegen"))
    press(school, school.get_by_role("checkbox", name="OSO-OV"), "Space")
    press(school, button(school, "Opslaan"))
    expect(school.get_by_role("alert")).to_be_focused()

    school.keyboard.press("Tab")
    school.keyboard.press("Enter")

    expect(system_for(school, "Selecteer een systeem")).to_be_focused()


def test_a_mandate_is_copied_to_other_schools(school: Page):
    """D11"""
    press(school, for_rio(school, "Kopiëren"))
    go_to(school, school.get_by_label("Zoek op naam"))
    school.keyboard.type("vuurvogel")
    press(school, school.get_by_role("checkbox", name="OBS De Vuurvogel"), "Space")
    press(school, button(school, "Volgende"))
    press(school, button(school, "Bevestigen"))
    expect(school.get_by_role("status")).to_contain_text("Het mandaat is gekopieerd naar 1 school")

    press(school, button(school, "Ongedaan maken"))
    expect(school.get_by_role("status")).to_contain_text("Ongedaan gemaakt: 1 mandaat")


def test_a_mandate_gets_an_end_date(school: Page):
    """D8"""
    press(school, for_rio(school, "Wijzigen"))
    type_day(school, school.get_by_label("Einddatum"), LATER)
    press(school, button(school, "Opslaan"))
    expect(school.get_by_role("status")).to_contain_text("Het mandaat voor RIO is gewijzigd")

    press(school, button(school, "Ongedaan maken"))
    expect(school.get_by_role("status")).to_contain_text("Ongedaan gemaakt: 1 mandaat")


def test_a_mandate_is_revoked(school: Page):
    """D9"""
    press(school, for_rio(school, "Intrekken"))
    press(school, button(school, "Intrekken"))
    expect(school.get_by_role("status")).to_contain_text("Het mandaat is ingetrokken")

    press(school, button(school, "Ongedaan maken"))
    expect(school.get_by_role("status")).to_contain_text("Ongedaan gemaakt: 1 mandaat")


@pytest.mark.parametrize(
    ("tab", "heading"),
    [
        ("Routeringskenmerken bekijken", "Routeringskenmerken"),
        ("Tijdlijn", "De tijdlijn in woorden"),
        ("Geschiedenis", "Geschiedenis"),
        ("Raadplegingen", "Raadplegingen"),
    ],
)
def test_every_tab_of_a_school(school: Page, tab, heading):
    press(school, school.get_by_role("navigation", name="Over deze school").get_by_role("link", name=tab))

    expect(school.get_by_role("heading", name=heading, exact=True)).to_be_visible()


def test_ended_mandates_are_shown(school: Page):
    summary = school.locator("summary", has_text="Toon beëindigde mandaten")
    press(school, summary)

    expect(school.get_by_role("table", name="Beëindigde mandaten")).to_be_visible()


def test_a_list_is_downloaded(overview: Page):
    go_to(overview, link(overview, "Download als CSV"))
    with overview.expect_download() as download:
        overview.keyboard.press("Enter")

    assert download.value.suggested_filename.endswith(".csv")


def test_the_agreements_are_read(overview: Page):
    press(overview, link(overview, "Overeenkomsten"))

    expect(overview.get_by_role("heading", level=1)).to_have_text("Overeenkomsten")


def test_one_goes_on_for_another_bestuur(page: Page, running_register: RunningRegister):
    BART.sign_in(page, running_register)
    expect(page.get_by_label("Bestuur", exact=True).locator("option:checked")).to_have_text(re.compile("De Brug"))
    go_to(page, page.get_by_label("Bestuur", exact=True))
    page.keyboard.type("Vereniging")
    press(page, button(page, "Wisselen"))

    expect(page.get_by_label("Bestuur", exact=True).locator("option:checked")).to_have_text(re.compile("Het Baken"))
    expect(link(page, "CBS De Ark")).to_be_visible()


def test_one_signs_out(overview: Page):
    press(overview, button(overview, "Uitloggen"))

    expect(overview.get_by_role("status")).to_contain_text("U bent uitgelogd.")


def test_on_a_small_screen_the_menu_unfolds(overview: Page):
    """screens.md: at 320 px wide and at 400 % zoom."""
    overview.set_viewport_size(NARROW)
    expect(link(overview, "Geschiedenis")).to_be_hidden()
    press(overview, overview.locator("summary", has_text="Menu"))
    press(overview, link(overview, "Geschiedenis"))

    expect(overview.get_by_role("heading", level=1)).to_have_text("Geschiedenis")
