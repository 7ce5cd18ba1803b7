"""Kennisnet support comes in for the first time, and every time after that; by keyboard alone (domain.md section 8)."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from osr.demo_accounts import PASSWORD as PASSWORD_OF_DEMO
from tests.running import RunningRegister

PASSWORD = "drie woorden en een vis"


@pytest.fixture
def link(running_register, request) -> str:
    """The set-up link of a new person of support, who is called after the test."""
    name = re.sub(r"\W|_", "", request.node.name)[-40:]
    printed = running_register.manage(
        "create_support_account", f"n{name}", "--name", "Nina Smit", "--email", "nina@kennisnet.example",
        "--role", "support", "--by", "Piet", "--reason", "Nieuwe collega",
    )  # fmt: skip
    return re.search(r"http\S+", printed)[0]


def fill(page: Page, label: str, text: str) -> None:
    """Go to a field with the Tab key and type."""
    tab_to(page, page.get_by_label(label, exact=True))
    page.keyboard.type(text)


def press(page: Page, name: str) -> None:
    """Go to a button with the Tab key and press it."""
    tab_to(page, page.get_by_role("button", name=name, exact=True))
    page.keyboard.press("Enter")


def follow(page: Page, name: str) -> None:
    tab_to(page, page.get_by_role("link", name=name, exact=True))
    page.keyboard.press("Enter")


def tab_to(page: Page, wanted) -> None:
    expect(wanted).to_be_visible()
    for _ in range(60):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"The keyboard does not reach {wanted}.")


def see(page: Page, heading: str) -> None:
    """The page with this heading, which axe finds nothing wrong with, and which fits a narrow window."""
    expect(page.get_by_role("heading", level=1, name=heading, exact=True)).to_be_visible()
    page.wait_for_load_state()
    violations = Axe().run(page).response["violations"]
    assert violations == [], (heading, [(one["id"], one["nodes"]) for one in violations])
    size = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 256})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, heading
    page.set_viewport_size(size)


def choose_password(page: Page, link: str) -> str:
    """With the set-up link; returns the user name."""
    page.goto(link)
    see(page, "Kies uw wachtwoord")
    username = re.search(r"wie=([\w.-]+)", link)[1]
    fill(page, "Wachtwoord", PASSWORD)
    fill(page, "Wachtwoord, nog een keer", PASSWORD)
    press(page, "Opslaan")
    return username


def give_password(page: Page, username: str) -> None:
    see(page, "Inloggen voor Kennisnet support")
    fill(page, "Gebruikersnaam", username)
    fill(page, "Wachtwoord", PASSWORD)
    press(page, "Verder")


def code(secret: str) -> str:
    """What the app shows; not one that is about to be over."""
    if (left := 30 - time.time() % 30) < 8:
        time.sleep(left)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def keep_codes(page: Page) -> list[str]:
    """Download the recovery codes and go on to the workplace."""
    see(page, "Bewaar uw herstelcodes")
    with page.expect_download() as download:
        follow(page, "Downloaden als bestand")
    codes = re.findall(r"^\d{8}$", download.value.path().read_text(), flags=re.M)
    shown = [text.replace(" ", "") for text in page.locator("main li code").all_inner_texts()]
    assert codes == shown
    assert len(codes) == 10
    press(page, "Ik heb ze bewaard")
    return codes


def in_the_workplace(page: Page) -> None:
    expect(page).to_have_url(re.compile(r"/beheer/$"))
    expect(page.get_by_text("Nina Smit")).to_be_visible()


def sign_out(page: Page, register: RunningRegister) -> None:
    press(page, "Uitloggen")
    expect(page.get_by_text("U bent uitgelogd.")).to_be_visible()
    page.goto(f"{register.url}/beheer/")


def test_the_first_time_with_an_app_and_the_next_with_its_code(page, running_register, link):
    username = choose_password(page, link)
    give_password(page, username)
    see(page, "Stel uw tweede stap in")
    follow(page, "App instellen")
    see(page, "App instellen")
    secret = page.locator("main code").inner_text()
    fill(page, "Code", code(secret))
    press(page, "Instellen")
    codes = keep_codes(page)
    in_the_workplace(page)

    sign_out(page, running_register)
    give_password(page, username)
    see(page, "Inloggen, stap 2")
    fill(page, "Code", code(secret))
    press(page, "Inloggen")
    in_the_workplace(page)

    sign_out(page, running_register)
    give_password(page, username)
    fill(page, "Code", codes[3])
    press(page, "Inloggen")
    expect(page.get_by_text("U heeft nog 9 herstelcodes over.")).to_be_visible()
    follow(page, "Beveiliging")
    see(page, "Beveiliging")


def test_with_a_passkey(page, running_register, link):
    """The browser's own, as a telephone or a security key would do it."""
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    browser.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    username = choose_password(page, link)
    give_password(page, username)
    follow(page, "Passkey maken")
    see(page, "Passkey maken")
    press(page, "Passkey maken")
    keep_codes(page)
    in_the_workplace(page)

    sign_out(page, running_register)
    give_password(page, username)
    see(page, "Inloggen, stap 2")
    press(page, "Inloggen met passkey")
    in_the_workplace(page)


def test_a_passkey_that_is_not_there_is_told_and_a_recovery_code_helps(page, running_register, link):
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "usb", "automaticPresenceSimulation": True}
    key = browser.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    username = choose_password(page, link)
    give_password(page, username)
    follow(page, "Passkey maken")
    press(page, "Passkey maken")
    codes = keep_codes(page)
    sign_out(page, running_register)
    browser.send("WebAuthn.clearCredentials", key)

    give_password(page, username)
    press(page, "Inloggen met passkey")
    expect(page.get_by_role("alert")).to_contain_text("Het is niet gelukt")
    fill(page, "Herstelcode", codes[0])
    press(page, "Inloggen")
    in_the_workplace(page)


def test_what_is_wrong_is_told_and_one_tries_again(page, running_register):
    page.goto(f"{running_register.url}/beheer/")
    fill(page, "Gebruikersnaam", "rik")
    fill(page, "Wachtwoord", "drie woorden en geen vis")
    press(page, "Verder")
    expect(page.get_by_role("alert")).to_contain_text("De gebruikersnaam en het wachtwoord horen niet bij elkaar.")
    see(page, "Inloggen voor Kennisnet support")
    fill(page, "Wachtwoord", PASSWORD_OF_DEMO)
    press(page, "Verder")

    see(page, "Inloggen, stap 2")
    fill(page, "Code", "000000")
    press(page, "Inloggen")
    expect(page.get_by_text("Deze code klopt niet")).to_be_visible()
    see(page, "Inloggen, stap 2")
    tab_to(page, page.get_by_label("Code", exact=True))
    page.keyboard.press("Control+a")
    fill(page, "Code", running_register.manage("totp_code", "rik").strip())
    press(page, "Inloggen")

    expect(page).to_have_url(re.compile(r"/beheer/$"))
    expect(page.get_by_text("Rik de Wit")).to_be_visible()


def test_people_of_a_board_come_in_through_eherkenning(page, running_register):
    page.goto(running_register.url)
    see(page, "Uw bestuur bepaalt wie leerlinggegevens mag uitwisselen")
    press(page, "Inloggen met eHerkenning")
    page.get_by_label("Subject").fill("greet@hetbaken.example")
    page.get_by_role("button", name="Authorize", exact=True).click()

    see(page, "Mandaten beheren")
    expect(page.get_by_text("Vereniging Christelijk Onderwijs Het Baken").first).to_be_visible()


def test_who_lacks_the_authorisation_is_told_whom_to_ask(page, running_register):
    """Anke has the role in Mijn DUO, and no authorisation in eHerkenning: she is nobody's beheerder there."""
    page.goto(running_register.url)
    press(page, "Inloggen met eHerkenning")
    page.get_by_label("Subject").fill("anke.devries@devecht.example")
    page.get_by_role("button", name="Authorize", exact=True).click()

    see(page, "U heeft nog geen toegang")
    expect(page.get_by_role("main")).to_contain_text("machtiging Kennisnet beheren")
    expect(page.get_by_role("main")).to_contain_text("de leverancier van uw eHerkenningsmiddel.")
