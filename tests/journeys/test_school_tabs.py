"""The tabs of a school, Geschiedenis and Over te nemen, with the mouse and by keyboard alone (D13, D17, D18, D20)."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_granting import assert_usable, go_to, sign_in
from tests.running import RunningRegister

ARRIVED = "RKBS De Brugwachter"


@pytest.fixture
def signed_in(page: Page, running_register: RunningRegister) -> Page:
    """Mandaten beheren, of the demo's largest board."""
    page.goto(running_register.url)
    sign_in(page)
    page.wait_for_url("**/mandaten/")
    return page


def test_each_tab_can_be_read_and_leads_on(signed_in: Page):
    """D17, D18"""
    page = signed_in
    page.get_by_role("link", name="OBS De Waterlelie", exact=True).first.click()
    tabs = page.get_by_role("navigation", name="Over deze school")

    tabs.get_by_role("link", name="Routeringskenmerken bekijken").click()
    expect(page.get_by_text("Deze school is aangesloten op OSO.")).to_be_visible()
    assert_usable(page)

    tabs.get_by_role("link", name="Geschiedenis").click()
    expect(page.get_by_role("heading", name="Geschiedenis")).to_be_visible()
    assert_usable(page)

    tabs.get_by_role("link", name="Raadplegingen").click()
    expect(page.get_by_role("row")).to_have_count(26)
    assert_usable(page)
    page.get_by_role("link", name="Oudere").click()
    assert_usable(page)
    page.get_by_label("Leverancier").select_option(label="Overstapbrug BV")
    page.get_by_role("button", name="Zoeken").click()
    expect(page.get_by_role("row")).to_have_count(9)
    expect(page.get_by_text("nee", exact=True)).to_have_count(3)


def test_taking_over_by_keyboard_alone_and_undoing_it_from_the_history(signed_in: Page):
    """D13, D20"""
    page = signed_in
    go_to(page, page.get_by_role("link", name=re.compile("^Over te nemen")))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=ARRIVED)).to_be_visible()
    assert_usable(page)

    go_to(page, page.get_by_label(re.compile("^RIO")))
    page.keyboard.press("Space")
    go_to(page, page.get_by_role("button", name="Gekozen mandaten overnemen"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("wordt overgenomen")).to_be_visible()
    assert_usable(page)
    go_to(page, page.get_by_role("button", name="Bevestigen"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Het mandaat is overgenomen.")
    expect(page.get_by_label(re.compile("^RIO"))).to_have_count(0)

    go_to(page, page.get_by_role("link", name="Geschiedenis", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Mandaat overgenomen van het vorige bestuur").first).to_be_visible()
    assert_usable(page)
    go_to(page, page.get_by_role("button", name=re.compile("^Ongedaan maken")).first)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Ongedaan gemaakt: 2 mandaten")
    assert_usable(page)


def test_a_school_that_came_along_says_so(signed_in: Page):
    """D20"""
    page = signed_in
    page.get_by_role("link", name="Kies wat u overneemt").first.click()
    assert_usable(page)
    page.get_by_role("link", name=ARRIVED, exact=True).click()
    expect(page.get_by_text("Deze school komt van een ander bestuur.")).to_be_visible()
    assert_usable(page)
