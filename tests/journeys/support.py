"""Kennisnet support in the browser: signing in with password and app, and the forms of the workplace."""

from playwright.sync_api import Page, expect

from osr.demo_accounts import PASSWORD
from tests.journeys.test_granting import assert_usable
from tests.running import RunningRegister

SAM, HEAD = "sam", "hanna"


def sign_in_to_workplace(page: Page, register: RunningRegister, username: str) -> None:
    """Sign in as somebody of support, with the code that the app shows now."""
    page.goto(f"{register.url}/beheer/")
    page.get_by_label("Gebruikersnaam").fill(username)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Verder").click()
    page.get_by_label("Code").fill(register.manage("totp_code", username).strip())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Werkplek")


def look(page: Page) -> None:
    """Wait until the page is there, and look at it: no violation of WCAG, and at 320 px nothing sticks out."""
    page.wait_for_load_state()
    assert_usable(page)
