"""Kennisnet support in the browser: signing in with password and app, and the forms of the workplace."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect

from osr.demo_accounts import PASSWORD
from tests.journeys.test_granting import assert_usable
from tests.running import RunningRegister

SAM, HEAD = "sam", "hanna"

_SIGN_IN = """
from django.test import Client
from accounts.models import SupportAccount
from tests.register import sign_in_support
client = Client()
sign_in_support(client, SupportAccount.objects.get(user__username="{username}"))
print(client.cookies["sessionid"].value)
"""


def sign_in_to_workplace(page: Page, register: RunningRegister, username: str) -> None:
    """Sign in as somebody of support, with the code that the app shows now."""
    page.goto(f"{register.url}/beheer/")
    page.get_by_label("Gebruikersnaam").fill(username)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Verder").click()
    page.get_by_label("Code").fill(register.manage("totp_code", username).strip())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Werkplek")


@contextmanager
def workplace_of(register: RunningRegister, browser: Browser, username: str = SAM) -> Iterator[Page]:
    """A browser of one's own in which somebody of support has signed in: how one does that is told elsewhere."""
    context = browser.new_context(locale="nl-NL", accept_downloads=True)
    context.set_default_timeout(15_000)
    printed = register.manage("shell", "-v", "0", "-c", _SIGN_IN.format(username=username))
    context.add_cookies([{"name": "sessionid", "value": printed.split()[-1], "url": register.url}])
    page = context.new_page()
    # From the beginning: who asks for the window that chooses a file right after asking to catch it may be too early.
    page.on("filechooser", lambda chooser: None)
    page.goto(f"{register.url}/beheer/")
    yield page
    context.close()


def look(page: Page) -> None:
    """Wait until the page is there, and look at it: no violation of WCAG, and at 320 px nothing sticks out."""
    page.wait_for_load_state()
    assert_usable(page)
