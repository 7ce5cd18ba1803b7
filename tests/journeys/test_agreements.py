"""From asking for an agreement to the first mandate under it: beheerder, support and tekenbevoegde (A2, A3, D5)."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from agreements.documents import verify
from tests.journeys.support import workplace_of
from tests.journeys.test_first_mandate import assert_accessible
from tests.journeys.test_granting import assert_usable, go_to, system_for
from tests.running import RunningRegister

# Two boards that have nothing yet, one for each way of going about it: number, school, beheerder, tekenbevoegde.
BOARDS = {
    "99081": ("99XK", "Basisschool De Schelp", "jet@schelp.example", "dirk@schelp.example"),
    "99082": ("99XL", "Basisschool De Golf", "joep@golf.example", "dina@golf.example"),
}
REGISTER = "boards:\n" + "".join(
    f'  - {{number: "{number}", name: Stichting {school}}}\n' for number, (_, school, _, _) in BOARDS.items()
)
SCHOOLS = "schools:\n" + "".join(
    f'  - {{brin: {brin}, name: {school}, board: "{number}", city: Petten, locations: [{brin}00]}}\n'
    for number, (brin, school, _, _) in BOARDS.items()
)


@pytest.fixture(scope="module")
def register(running_register, tmp_path_factory) -> RunningRegister:
    """The running register with the two boards, and their people at the identity provider."""
    file = tmp_path_factory.mktemp("files") / "register.yaml"
    file.write_text(REGISTER + SCHOOLS)
    running_register.manage("load_register", str(file))
    for number, (_, _, beheerder, tekenbevoegde) in BOARDS.items():
        for email, role in ((beheerder, "OSR-toegang"), (tekenbevoegde, "OSR-tekenbevoegd")):
            person = {"name": email.split("@")[0].title(), "email": email, "roles": [role], "boards": [number]}
            httpx2.put(
                f"http://localhost:{running_register.provider_port}/users/{email}", json=person
            ).raise_for_status()
    return running_register


@contextmanager
def signed_in(browser: Browser, register: RunningRegister, email: str) -> Iterator[Page]:
    """A browser of one's own, in which this person has signed in through Mijn DUO."""
    context = browser.new_context(locale="nl-NL", accept_downloads=True)
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto(register.url)
    page.get_by_role("button", name="Inloggen").first.click()
    page.get_by_label("Subject").fill(email)
    page.get_by_role("button", name="Authorize", exact=True).click()
    page.wait_for_url(f"{register.url}/**")
    yield page
    context.close()


def downloaded(page: Page) -> bytes:
    """The signed document, by the link on the page."""
    with page.expect_download() as download:
        page.get_by_role("link", name="Download de getekende overeenkomst").first.click()
    return download.value.path().read_bytes()


def assert_valid_until_a_byte_changes(document: bytes, register: RunningRegister, settings) -> None:
    """A3: the seal is the register's own, and any other byte breaks it."""
    settings.OSR_SEAL_PKCS12 = str(register.folder / "seal.p12")
    assert verify(document).trusted
    middle = len(document) // 3
    changed = document[:middle] + bytes([document[middle] ^ 1]) + document[middle + 1 :]
    assert not verify(changed).intact


def test_from_asking_to_the_first_mandate(page: Page, register: RunningRegister, settings):
    """A2, A3, D5: with the mouse."""
    browser = page.context.browser
    brin, _, beheerder, tekenbevoegde = BOARDS["99081"]
    # Before anybody can sign, the person must have been here once.
    with signed_in(browser, register, tekenbevoegde):
        pass

    with signed_in(browser, register, beheerder) as board:
        board.goto(f"{register.url}/scholen/{brin}/mandaten/toevoegen/")
        expect(board.get_by_text("Voor uw bestuur kan tekenen: Dirk.")).to_be_visible()
        assert_usable(board)
        board.get_by_role("link", name="Vraag de overeenkomst OSR aan").click()
        assert_usable(board)
        board.get_by_label("Wilt u er iets bij zeggen?").fill("Graag deze week.")
        board.get_by_role("button", name="Overeenkomst aanvragen").click()
        expect(board.get_by_role("status")).to_contain_text("De overeenkomst OSR is aangevraagd.")
        assert_usable(board)

    with workplace_of(register, browser) as workplace:
        workplace.goto(f"{register.url}/beheer/agreements/offer/?status=requested&q=99081")
        assert_accessible(workplace)
        workplace.locator("#result_list tbody a").first.click()
        expect(workplace.get_by_text("Graag deze week.")).to_be_visible()
        assert_accessible(workplace)
        workplace.get_by_role("link", name="Aanbieden", exact=True).click()
        assert_accessible(workplace)
        workplace.get_by_label("Naam van iemand anders").fill("Dirk Bakker")
        workplace.get_by_label("E-mailadres van iemand anders").fill(tekenbevoegde)
        workplace.get_by_label("Wie tekent").select_option("anders")
        workplace.get_by_label("Reden").fill("Aangevraagd door het bestuur")
        workplace.get_by_role("button", name="Aanbieden").click()
        expect(workplace.get_by_text("is aangeboden aan Dirk Bakker")).to_be_visible()

    with signed_in(browser, register, tekenbevoegde) as signatory:
        signatory.goto(f"{register.url}/overeenkomsten/")
        signatory.get_by_role("link", name="Lezen en ondertekenen").click()
        expect(signatory.get_by_label("Naam")).to_have_value("Dirk")
        assert_usable(signatory)
        signatory.get_by_role("button", name="Ondertekenen").click()
        expect(signatory.get_by_role("alert")).to_contain_text("Vul uw functie in.")
        expect(signatory.get_by_role("alert")).to_contain_text("Geef aan dat u akkoord gaat namens het bestuur.")
        assert_usable(signatory)
        signatory.get_by_label("Functie").fill("Voorzitter")
        signatory.get_by_label("Ik ga akkoord namens het bestuur").check()
        signatory.get_by_role("button", name="Ondertekenen").click()
        expect(signatory.get_by_role("status")).to_contain_text("De overeenkomst OSR is ondertekend.")
        assert_usable(signatory)
        assert_valid_until_a_byte_changes(downloaded(signatory), register, settings)

    with signed_in(browser, register, beheerder) as board:
        board.goto(f"{register.url}/scholen/{brin}/mandaten/toevoegen/")
        board.get_by_role("checkbox", name="RIO").check()
        system_for(board, "Selecteer een systeem voor RIO").select_option(index=1)
        board.get_by_role("button", name="Opslaan").click()
        expect(board.get_by_role("status")).to_contain_text("Het mandaat is opgeslagen.")


def test_by_keyboard_alone(page: Page, register: RunningRegister, settings):
    """A2, A3, D5: asking, signing and giving; support offers in between."""
    browser = page.context.browser
    brin, _, beheerder, tekenbevoegde = BOARDS["99082"]
    with signed_in(browser, register, tekenbevoegde):
        pass

    with signed_in(browser, register, beheerder) as board:
        board.goto(f"{register.url}/scholen/{brin}/mandaten/toevoegen/")
        go_to(board, board.get_by_role("link", name="Vraag de overeenkomst OSR aan"))
        board.keyboard.press("Enter")
        go_to(board, board.get_by_role("button", name="Overeenkomst aanvragen"))
        board.keyboard.press("Enter")
        expect(board.get_by_role("status")).to_contain_text("De overeenkomst OSR is aangevraagd.")

    with workplace_of(register, browser) as workplace:
        workplace.goto(f"{register.url}/beheer/agreements/offer/?status=requested&q=99082")
        go_to(workplace, workplace.locator("#result_list tbody a").first)
        workplace.keyboard.press("Enter")
        go_to(workplace, workplace.get_by_role("link", name="Aanbieden", exact=True))
        workplace.keyboard.press("Enter")
        go_to(workplace, workplace.get_by_label("Naam van iemand anders"))
        workplace.keyboard.type("Dina Smit")
        go_to(workplace, workplace.get_by_label("E-mailadres van iemand anders"))
        workplace.keyboard.type(tekenbevoegde)
        go_to(workplace, workplace.get_by_label("Reden"))
        workplace.keyboard.type("Aangevraagd door het bestuur")
        go_to(workplace, workplace.get_by_role("button", name="Aanbieden"))
        workplace.keyboard.press("Enter")
        expect(workplace.get_by_text("is aangeboden aan Dina")).to_be_visible()

    with signed_in(browser, register, tekenbevoegde) as signatory:
        signatory.goto(f"{register.url}/overeenkomsten/")
        go_to(signatory, signatory.get_by_role("link", name="Lezen en ondertekenen"))
        signatory.keyboard.press("Enter")
        # The viewer of the PDF is no trap: past it lies the form.
        go_to(signatory, signatory.get_by_label("Functie"))
        signatory.keyboard.type("Bestuurder")
        go_to(signatory, signatory.get_by_label("Ik ga akkoord namens het bestuur"))
        signatory.keyboard.press("Space")
        go_to(signatory, signatory.get_by_role("button", name="Ondertekenen"))
        signatory.keyboard.press("Enter")
        expect(signatory.get_by_role("status")).to_contain_text("De overeenkomst OSR is ondertekend.")
        go_to(signatory, signatory.get_by_role("link", name="Download de getekende overeenkomst"))
        with signatory.expect_download() as download:
            signatory.keyboard.press("Enter")
        assert_valid_until_a_byte_changes(download.value.path().read_bytes(), register, settings)

    with signed_in(browser, register, beheerder) as board:
        board.goto(f"{register.url}/scholen/{brin}/mandaten/toevoegen/")
        go_to(board, board.get_by_role("checkbox", name="RIO"))
        board.keyboard.press("Space")
        go_to(board, system_for(board, "Selecteer een systeem voor RIO"))
        board.keyboard.type("Klasboek")
        go_to(board, board.get_by_role("button", name="Opslaan"))
        board.keyboard.press("Enter")
        expect(board.get_by_role("status")).to_contain_text("Het mandaat is opgeslagen.")
