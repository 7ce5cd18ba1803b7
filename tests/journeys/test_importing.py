"""DUO's new list, on which a school went to another board: from the upload to the last case (D4, D19, D20)."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.support import look, workplace_of
from tests.journeys.test_changing import button, press
from tests.journeys.test_first_mandate import sign_in
from tests.journeys.test_granting import assert_usable, go_to
from tests.running import RunningRegister

# Two boards of secondary schools, which no other journey has: so these lists say nothing of the others' schools.
REGISTER = """
boards:
  - {number: "99083", name: Stichting Het Duin, agreements: [{kind: OSR, signed_on: 2019-01-01}]}
  - {number: "99084", name: Stichting De Dijk, agreements: [{kind: OSR, signed_on: 2019-01-01}]}
schools:
  - {brin: 99XM, name: De Meerpaal, city: MARKEN, board: "99083", sector: vo, locations: [99XM00]}
  - {brin: 99XN, name: De Noordzee, city: NIEUWE-NIEDORP, board: "99083", sector: vo, locations: [99XN00]}
mandates:
  - {school: 99XM, service: RIO, system: Leerspoor, start_date: 2024-08-01}
  - {school: 99XN, service: RIO, system: Leerspoor, start_date: 2024-08-01}
  - {school: 99XN, service: VERZUIM, system: Leerspoor, start_date: 2024-08-01}
"""
TESS = "tess@dedijk.example"
HEADER = "BEVOEGD GEZAG NUMMER;INSTELLINGSCODE;VESTIGINGSCODE;VESTIGINGSNAAM;PLAATSNAAM;ONDERWIJSSTRUCTUUR"
STAYED, MOVED_FIRST, MOVED_LATER = (
    "99083;99XM;99XM00;De Meerpaal;MARKEN;HAVO/VWO",
    "99084;99XN;99XN00;De Noordzee;NIEUWE-NIEDORP;HAVO/VWO",
    "99084;99XM;99XM00;De Meerpaal;MARKEN;HAVO/VWO",
)
NEW = "99084;99XO;99XO00;De Oever;OOSTWOUD;HAVO/VWO"
LOG = "Imports van DUO"


@pytest.fixture(scope="module")
def register(running_register, tmp_path_factory) -> RunningRegister:
    """The running register with the two boards, and the OSR-beheerder of the one to which the schools go."""
    file = tmp_path_factory.mktemp("files") / "register.yaml"
    file.write_text(REGISTER)
    running_register.manage("load_register", str(file))
    person = {"name": "Tess Mulder", "email": TESS, "roles": ["OSR-toegang"], "boards": ["99084"]}
    httpx2.put(f"http://localhost:{running_register.provider_port}/users/{TESS}", json=person).raise_for_status()
    return running_register


@pytest.fixture
def workplace(page: Page, register: RunningRegister) -> Iterator[Page]:
    """The workplace, with Sam Jansen of support signed in."""
    with workplace_of(register, page.context.browser) as workplace:
        yield workplace


def a_list(folder: Path, *rows: str) -> Path:
    """The list of secondary schools as DUO writes it."""
    file = folder / "vo_vestigingen.csv"
    file.write_bytes(("\r\n".join([HEADER, *rows]) + "\r\n").encode("windows-1252"))
    return file


def test_a_school_moves_and_its_mandates_are_taken_over(workplace: Page, register: RunningRegister, page, tmp_path):
    """D19, D20: with the mouse; a file that is no list first."""
    support, tess = workplace, page
    no_list = tmp_path / "besturen.pdf"
    no_list.write_bytes(b"%PDF-1.7\0\0")
    support.get_by_role("link", name=LOG).first.click()
    support.get_by_role("link", name="Lijsten van DUO importeren").click()
    look(support)
    support.get_by_label("Lijsten van DUO").set_input_files(no_list)
    support.get_by_label("Reden").fill("De lijsten van december")
    button(support, "Verschillen bekijken").click()
    expect(support.get_by_role("alert")).to_contain_text("besturen.pdf is geen tekstbestand.")
    look(support)

    support.get_by_label("Lijsten van DUO").set_input_files(a_list(tmp_path, STAYED, MOVED_FIRST, NEW))
    button(support, "Verschillen bekijken").click()
    expect(support.get_by_text("Er is nog niets veranderd.")).to_be_visible()
    moved = support.get_by_role("region", name="Scholen naar een ander bestuur")
    expect(moved.get_by_role("row", name="99XN")).to_contain_text("99083 Stichting Het Duin → 99084 Stichting De Dijk")
    expect(support.get_by_text("Deze scholen hebben samen 2 mandaten.")).to_be_visible()
    look(support)
    button(support, "Toepassen").click()
    expect(support.get_by_text("De import is toegepast. Hieronder staat wat er is veranderd.")).to_be_visible()
    look(support)

    sign_in(tess, register, TESS)
    expect(tess.get_by_text("De Noordzee komt van een ander bestuur.")).to_be_visible()
    assert_usable(tess)
    tess.get_by_role("link", name="Kies wat u overneemt").click()
    assert_usable(tess)
    button(tess, "Alle 2 mandaten overnemen").click()
    assert_usable(tess)
    button(tess, "Bevestigen").click()
    expect(tess.get_by_role("status")).to_contain_text("2 mandaten")
    expect(tess.get_by_text("Er is niets over te nemen.")).to_be_visible()

    support.goto(f"{register.url}/beheer/schools/case/?q=99XN")
    look(support)
    support.get_by_role("link", name="De Noordzee (99XN)").click()
    expect(support.get_by_text("Stichting Het Duin (99083), tot en met")).to_be_visible()
    look(support)
    support.get_by_role("link", name="Zaak afhandelen").click()
    support.get_by_label("Reden").fill("Het nieuwe bestuur nam alles over")
    look(support)
    button(support, "Afhandelen").click()
    expect(support.get_by_text("De zaak is afgehandeld.")).to_be_visible()


def test_by_keyboard_alone(workplace: Page, register: RunningRegister, page, tmp_path):
    """D19, D20: the list is put aside once, then brought again and applied; and the mandate is taken over."""
    support, tess = workplace, page
    file = a_list(tmp_path, MOVED_LATER, MOVED_FIRST, NEW)
    for last in ("Niet doen", "Toepassen"):
        support.goto(f"{register.url}/beheer/")
        press(support, support.get_by_role("link", name=LOG).first)
        press(support, support.get_by_role("link", name="Lijsten van DUO importeren"))
        go_to(support, support.get_by_label("Lijsten van DUO"))
        with support.expect_file_chooser() as chooser:
            support.keyboard.press("Enter")
        chooser.value.set_files(file)
        go_to(support, support.get_by_label("Reden"))
        support.keyboard.type("De lijsten van januari")
        press(support, button(support, "Verschillen bekijken"))
        expect(support.get_by_text("Er is nog niets veranderd.")).to_be_visible()
        if last == "Niet doen":
            press(support, support.get_by_role("link", name=last))
            go_to(support, support.get_by_label("Reden"))
            support.keyboard.type("Een verkeerde lijst")
            press(support, button(support, "Import niet doen"))
            expect(support.get_by_text("De import is niet gedaan. Er is niets veranderd.")).to_be_visible()
        else:
            press(support, button(support, last))
            expect(support.get_by_text("De import is toegepast.")).to_be_visible()

    sign_in(tess, register, TESS)
    press(tess, tess.get_by_role("link", name="Kies wat u overneemt"))
    press(tess, tess.get_by_role("checkbox", name="RIO"), "Space")
    press(tess, button(tess, "Gekozen mandaten overnemen"))
    press(tess, button(tess, "Bevestigen"))
    expect(tess.get_by_role("status")).to_contain_text("Het mandaat is overgenomen.")
