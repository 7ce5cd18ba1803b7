"""'Waarom?': support explains a yes and a no, and has something for the supplier to read (D15)."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.hands import Hands, Keyboard, Mouse
from tests.journeys.support import READER, look, sign_in_to_workplace
from tests.journeys.test_changing import button
from tests.running import RunningRegister


@pytest.fixture(scope="module")
def signed_in(_browser, running_register: RunningRegister) -> list:
    """The cookies of Rik de Wit, who reads only: a code of the app counts once, so one signs in once."""
    context = _browser.new_context(locale="nl-NL")
    sign_in_to_workplace(context.new_page(), running_register, READER)
    cookies = context.cookies()
    context.close()
    return cookies


@pytest.fixture
def workplace(page: Page, running_register: RunningRegister, signed_in: list) -> Page:
    """The workplace, with Rik de Wit of support signed in."""
    page.context.add_cookies(signed_in)
    page.goto(f"{running_register.url}/beheer/")
    return page


@pytest.mark.parametrize("hands", [Mouse(), Keyboard()], ids=["mouse", "keyboard"])
def test_a_yes_and_a_no_are_explained(workplace: Page, hands: Hands):
    page = workplace
    look(page)
    hands.write(page, page.get_by_role("searchbox", name=re.compile("^Zoek een bestuur, school")), "waterlelie")
    hands.press(page, button(page, "Zoeken"))
    expect(page.get_by_role("heading", level=2, name="Scholen")).to_be_visible()
    look(page)
    hands.press(page, page.get_by_role("link", name="OBS De Waterlelie", exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text("OBS De Waterlelie (99AA)")
    look(page)
    hands.press(page, page.get_by_role("link", name=re.compile("^Uitleggen waarom")))
    expect(page.get_by_label("School", exact=True)).to_have_value("99AA")
    look(page)

    hands.choose(page, page.get_by_label("Dienst"), "DOORSTROOM")
    hands.choose(page, page.get_by_label("Leverancier", exact=True), "Leerspoor BV")
    hands.press(page, button(page, "Leg uit"))
    yes = page.get_by_role("region", name=re.compile("^JA: Leerspoor BV"))
    expect(yes).to_contain_text("OBS De Waterlelie (99AA) een mandaat voor DOORSTROOM")
    expect(page.get_by_role("region", name="Waarom", exact=True)).to_contain_text("gegeven door bestuur 99001")
    look(page)

    hands.choose(page, page.get_by_label("Leverancier", exact=True), "Overstapbrug BV")
    hands.press(page, button(page, "Leg uit"))
    expect(page.get_by_role("region", name=re.compile("^NEE: Overstapbrug BV"))).to_be_visible()
    look(page)

    hands.press(page, page.get_by_role("link", name="Versie voor de leverancier"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Waarom nee?")
    expect(page.get_by_role("article")).to_contain_text("Uitleg voor Overstapbrug BV")
    # What is of another supplier does not go to this one.
    expect(page.get_by_role("article")).not_to_contain_text("Leerspoor")
    expect(page.get_by_label("Selecteer alles")).to_have_value(re.compile("^NEE: Overstapbrug BV", re.MULTILINE))
    look(page)
