"""Meldingen: choosing what to be mailed about, and from a mail back into the register (screens.md, Meldingen)."""

import re
import time
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from osr.development import mail_folder
from tests.journeys.test_first_mandate import sign_in
from tests.journeys.test_granting import assert_usable, go_to
from tests.running import RunningRegister

FATIMA = "fatima@dekastanje.example"
SEND = "from notifications.tasks import send_mail; send_mail()"
# How long until the worker, or the command above, has sent what happened just now.
PATIENCE = 90


@pytest.fixture
def signed_in(page: Page, running_register: RunningRegister) -> Page:
    """The first page of Fatima El Amrani, of the demo's board with one school."""
    sign_in(page, running_register, FATIMA)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


def mails_to(register: RunningRegister, address: str) -> list[EmailMessage]:
    """What the register mailed to this address: each is a file, with a line below it."""
    files = sorted(mail_folder(register.folder).glob("*.log"))
    mails = [
        message_from_bytes(raw.lstrip(b"\n"), policy=policy.default)
        for file in files
        for raw in file.read_bytes().split(b"-" * 79 + b"\n")
        if raw.strip()
    ]
    return [mail for mail in mails if mail["To"] == address]


def test_with_the_mouse(signed_in: Page):
    page = signed_in
    page.get_by_role("link", name="Meldingen", exact=True).click()
    expect(page.get_by_text(FATIMA)).to_be_visible()
    assert_usable(page)

    page.get_by_label("Deadlines van diensten").uncheck()
    page.get_by_label("Hoelang van tevoren?").select_option(label="7 dagen van tevoren")
    page.get_by_role("button", name="Opslaan").click()

    expect(page.get_by_role("status")).to_contain_text("Uw meldingen zijn opgeslagen.")
    expect(page.get_by_label("Deadlines van diensten")).not_to_be_checked()
    expect(page.get_by_label("Hoelang van tevoren?")).to_have_value("7")
    assert_usable(page)


def test_by_keyboard_alone(signed_in: Page):
    page, keyboard = signed_in, signed_in.keyboard
    go_to(page, page.get_by_role("link", name="Meldingen", exact=True))
    keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Meldingen")

    go_to(page, page.get_by_label("Hoelang van tevoren?"))
    keyboard.type("14")
    go_to(page, page.get_by_label("Geweigerde raadplegingen"))
    keyboard.press("Space")
    go_to(page, page.get_by_role("button", name="Opslaan"))
    keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("Uw meldingen zijn opgeslagen.")
    expect(page.get_by_label("Geweigerde raadplegingen")).to_be_checked()
    expect(page.get_by_label("Hoelang van tevoren?")).to_have_value("14")


def test_from_what_support_did_to_the_mail_and_back_to_unsubscribe(signed_in: Page, running_register: RunningRegister):
    """D4: the board hears what was done on its behalf."""
    page, register = signed_in, running_register
    on_behalf = ("--board", "99004", "--by", "Sam Jansen", "--reason", "Gebeld door Fatima El Amrani")
    register.manage("grant_mandates", *on_behalf, "--school", "99BT", "--choice", "VERZUIM=Leerspoor", "--yes")
    register.manage("shell", "--no-imports", "-c", SEND)
    deadline = time.monotonic() + PATIENCE
    while not (mails := mails_to(register, FATIMA)) and time.monotonic() < deadline:
        time.sleep(1)

    mail = mails[-1]
    text = mail.get_body(("plain",)).get_content()
    assert mail["Subject"] == "Kennisnet support heeft een mandaat gewijzigd – Stichting Vrije School De Kastanje"
    assert "Gebeld door Fatima El Amrani" in text
    page.set_content(mail.get_body(("html",)).get_content())
    assert_usable(page)

    page.goto(re.search(r"Afmelden: (\S+)", text)[1])
    expect(page.get_by_text("geen mail meer over wijzigingen door Kennisnet support")).to_be_visible()
    assert_usable(page)
    go_to(page, page.get_by_role("button", name="Afmelden"))
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("U krijgt geen mail meer")
    expect(page.get_by_label("Wijzigingen door Kennisnet support")).not_to_be_checked()
    expect(page.get_by_role("row").filter(has_text="Kennisnet support heeft een mandaat gewijzigd")).to_be_visible()
    assert_usable(page)
