"""By keyboard alone, what Kennisnet support does with agreements and on behalf of a board (A1-A7, D4)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfWriter

from tests.journeys.states import LATER, TODAY
from tests.journeys.support import HEAD, SAM, look, workplace_of
from tests.journeys.test_agreements import signed_in
from tests.journeys.test_changing import button, press, type_day
from tests.journeys.test_granting import go_to
from tests.running import RunningRegister

# A board for each journey: one that has the new kind of agreement, one of which the tekenbevoegde is known as well, one
# whose agreement ends, one that signs on paper, and one on whose behalf support acts.
QUAY, MOORING, CREEK, LOCK, BRIDGE = "99093", "99094", "99095", "99096", "99097"
GERT, ELS = "gert@desteiger.example", "els@devonder.example"
LEERWEG = "LEERWEG"
REGISTER = f"""
boards:
  - {{number: "{QUAY}", name: Stichting De Kade, agreements: [{{kind: {LEERWEG}, signed_on: 2020-01-01}}]}}
  - {{number: "{MOORING}", name: Stichting De Steiger, agreements: [{{kind: {LEERWEG}, signed_on: 2020-01-01}}]}}
  - number: "{CREEK}"
    name: Stichting De Kreek
    agreements: [{{kind: OSR, signed_on: 2020-01-01}}, {{kind: OSO, signed_on: 2020-01-01}}]
  - {{number: "{LOCK}", name: Stichting De Sluis}}
  - {{number: "{BRIDGE}", name: Stichting De Vonder, agreements: [{{kind: OSR, signed_on: 2020-01-01}}]}}
schools:
  - {{brin: 99XP, name: De Rietkraag, board: "{CREEK}"}}
  - {{brin: 99XQ, name: De Houten Brug, board: "{BRIDGE}"}}
  - {{brin: 99XR, name: De Stenen Brug, board: "{BRIDGE}"}}
mandates:
  - {{school: 99XP, service: OSO-OV, system: Leerspoor, start_date: 2024-08-01}}
  - {{school: 99XP, service: RIO, system: Leerspoor, start_date: 2024-08-01}}
  - {{school: 99XQ, service: RIO, system: Leerspoor, start_date: 2024-08-01}}
"""
# Only boards that have this kind get its new version; no other journey has a board with it.
ADD_KIND = f"""
from agreements.actions import add_kind, draft_template, publish_template
from journal.acts import Actor, ActorKind
sam = Actor(kind=ActorKind.SUPPORT, name="Sam Jansen", reason="Een nieuwe soort overeenkomst")
kind = add_kind(actor=sam, code="{LEERWEG}", name="Leerwegen", description="Voor gegevens over leerwegen.")
draft = draft_template(
    actor=sam,
    kind=kind,
    title="Overeenkomst Leerwegen",
    body="# Artikel 1\\n\\nKennisnet en {{bestuur}}, bestuursnummer {{bestuursnummer}}, spreken dit af.",
    annex_service="Scholen wisselen leerwegen uit.",
    annex_categories=["Leerweg van de leerling"],
)
publish_template(actor=sam, template=draft)
"""


@pytest.fixture(scope="module")
def register(running_register, tmp_path_factory) -> RunningRegister:
    """The running register with the kind of agreement, the boards, and two of their people."""
    running_register.manage("shell", "-v", "0", "-c", ADD_KIND)
    file = tmp_path_factory.mktemp("files") / "register.yaml"
    file.write_text(REGISTER)
    running_register.manage("load_register", str(file))
    for name, email, role, board in (
        ("Gert Bos", GERT, "OSR-tekenbevoegd", MOORING),
        ("Els Kok", ELS, "OSR-toegang", BRIDGE),
    ):
        person = {"name": name, "email": email, "roles": [role], "boards": [board]}
        httpx2.put(f"http://localhost:{running_register.provider_port}/users/{email}", json=person).raise_for_status()
    return running_register


@pytest.fixture(scope="module")
def scan(tmp_path_factory) -> Path:
    """An agreement that was signed on paper, as a PDF."""
    file = tmp_path_factory.mktemp("scans") / "overeenkomst.pdf"
    writer = PdfWriter()
    writer.add_blank_page(width=595, height=842)
    writer.write(file)
    return file


def type_into(page: Page, label: str, text: str) -> None:
    """Go to a field of the workplace, or to a list of it, and type."""
    go_to(page, page.get_by_label(re.compile(f"^{re.escape(label)}:?$")))
    page.keyboard.type(text)


@contextmanager
def going_on(page: Page) -> Iterator[None]:
    """What is done leads to another page; there one goes past the navigation, by the link that is there for it."""
    with page.expect_navigation():
        yield
    page.keyboard.press("Tab")
    past = page.get_by_role("link", name=re.compile("^Naar (de |hoofd)inhoud$"))
    if past.evaluate("element => element === document.activeElement"):  # who took it before a form is past it still
        page.keyboard.press("Enter")


def follow(page: Page, name: str | re.Pattern) -> None:
    """Go to a link in the content, and on to the page that it leads to."""
    with going_on(page):
        press(page, page.get_by_role("main").get_by_role("link", name=name).first)


def send(page: Page, name: str, why: str) -> None:
    """Say why and press the button of this name, last of all."""
    type_into(page, "Reden", why)
    with going_on(page):
        press(page, button(page, name))


def find(page: Page, text: str) -> None:
    """Search from the first page of the workplace."""
    with page.expect_navigation():
        press(page, page.get_by_role("banner").get_by_role("link", name=re.compile("werkplek$")))
    go_to(page, page.get_by_role("searchbox"))
    page.keyboard.type(text)
    with going_on(page):
        page.keyboard.press("Enter")


@contextmanager
def board_in_workplace(register: RunningRegister, browser: Browser, number: str, username: str) -> Iterator[Page]:
    """The page of a board, which one comes to when one searches for its number."""
    with workplace_of(register, browser, username) as page:
        find(page, number)
        expect(page.get_by_role("main")).to_contain_text(number)
        yield page


def test_a_new_version_of_a_text_is_offered_to_every_board_that_has_the_agreement(page: Page, register):
    """A4: drafted, published, offered."""
    browser, why = page.context.browser, "De leerwegen veranderen"
    with signed_in(browser, register, GERT):
        pass

    with workplace_of(register, browser, SAM) as workplace:
        follow(workplace, re.compile("^Soorten"))
        follow(workplace, LEERWEG)
        look(workplace)
        follow(workplace, "Nieuwe versie van de tekst opstellen")
        type_into(workplace, "Wat verandert er ten opzichte van de vorige versie?", "Artikel 1 is korter.")
        send(workplace, "Concept bewaren", why)
        expect(workplace.get_by_text(f"Het concept {LEERWEG}, versie 2 is bewaard.")).to_be_visible()
        look(workplace)
        follow(workplace, "Publiceren")
        look(workplace)
        send(workplace, "Publiceren", why)
        expect(workplace.get_by_text(f"{LEERWEG}, versie 2 is gepubliceerd.")).to_be_visible()
        look(workplace)
        follow(workplace, "Aan alle besturen aanbieden")
        send(workplace, "Bekijk wie de overeenkomst krijgt", why)
        expect(workplace.get_by_text("Er is nog niets aangeboden.")).to_be_visible()
        expect(workplace.get_by_role("row", name="Stichting De Steiger")).to_contain_text(MOORING)
        look(workplace)
        press(workplace, button(workplace, "Bevestigen"))
        told = "versie 2 is aangeboden aan 1 bestuur. Van 1 bestuur is nog niet bekend wie er tekent."
        expect(workplace.get_by_text(told)).to_be_visible()

    with signed_in(browser, register, GERT) as signatory:
        signatory.goto(f"{register.url}/overeenkomsten/")
        expect(signatory.get_by_role("link", name="Lezen en ondertekenen")).to_have_count(1)


def test_an_agreement_that_was_signed_on_paper_is_registered(page: Page, register, scan: Path):
    """A6"""
    with board_in_workplace(register, page.context.browser, LOCK, SAM) as workplace:
        look(workplace)
        workplace.on("filechooser", lambda chooser: chooser.set_files(scan))
        follow(workplace, "Overeenkomst op papier registreren")
        type_into(workplace, "Welke overeenkomst en versie", "OSR")
        type_day(workplace, workplace.get_by_label("Getekend op"), TODAY.isoformat())
        type_into(workplace, "Naam van wie tekende", "Mieke Bos")
        type_into(workplace, "Functie van wie tekende", "Bestuurder")
        press(workplace, workplace.get_by_label("De getekende overeenkomst"))
        expect(workplace.get_by_label("De getekende overeenkomst")).to_have_value(re.compile(scan.name))
        send(workplace, "Registreren", "Per post ontvangen")
        expect(workplace.get_by_text("De overeenkomst OSR, versie 1 is geregistreerd, vanaf")).to_be_visible()

        agreements = workplace.get_by_role("region", name="Overeenkomsten")
        expect(agreements.get_by_role("row", name="OSR")).to_contain_text("door Mieke Bos, op papier")
        look(workplace)


def test_an_agreement_is_ended_with_the_mandates_that_need_it(page: Page, register):
    """A7: the preview names them; only a lead may do it."""
    with board_in_workplace(register, page.context.browser, CREEK, HEAD) as workplace:
        look(workplace)
        follow(workplace, re.compile(": OSO$"))
        look(workplace)
        follow(workplace, "Beëindigen")
        type_day(workplace, workplace.get_by_label("Laatste dag"), LATER.isoformat())
        send(workplace, "Bekijk wat er eindigt", "Het bestuur heeft opgezegd")
        expect(workplace.get_by_text("eindigt er 1 mandaat.")).to_be_visible()
        expect(workplace.get_by_role("row", name="De Rietkraag (99XP)")).to_have_count(1)
        look(workplace)
        press(workplace, button(workplace, "Bevestigen"))

        expect(workplace.get_by_text("; 1 mandaat eindigt.")).to_be_visible()
        look(workplace)


def test_support_acts_on_behalf_of_a_board_which_sees_why(page: Page, register):
    """D4: begun with a reason, which stands in the board's history beside what was done."""
    browser, why = page.context.browser, "Gebeld door Els Kok: zij is ziek"
    with board_in_workplace(register, browser, BRIDGE, HEAD) as support:
        follow(support, "Handelen namens dit bestuur")
        send(support, "Verder naar de pagina's van het bestuur", why)
        expect(support.get_by_text("U handelt namens Stichting De Vonder.")).to_be_visible()
        look(support)
        follow(support, "De Houten Brug")
        follow(support, re.compile("^Wijzigen ?: RIO"))
        type_day(support, support.get_by_label("Einddatum"), (TODAY + timedelta(days=60)).isoformat())
        press(support, button(support, "Opslaan"))
        expect(support.get_by_role("status")).to_contain_text("Het mandaat voor RIO is gewijzigd.")
        look(support)
        press(support, support.get_by_role("link", name="Geschiedenis").first)
        expect(support.get_by_role("article").first).to_contain_text(f"Reden: {why}")
        look(support)
        press(support, button(support, "Stoppen"))
        expect(support.get_by_text("U handelt namens")).to_have_count(0)
        look(support)

    with signed_in(browser, register, ELS) as board:
        press(board, board.get_by_role("link", name="Geschiedenis").first)
        told = board.get_by_role("article").filter(has_text="De Houten Brug").first
        expect(told).to_contain_text("Kennisnet support (Hanna de Boer), namens uw bestuur")
        expect(told).to_contain_text(f"Reden: {why}")
        look(board)
