"""The whole way once: from DUO's list to a mandate that is checked, and revoked (D5, D6, D9, D16, D17)."""

import httpx2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from schools.numbers import school_oin
from tests.running import RunningRegister

# As DUO publishes it: Windows-1252, `;`, CRLF, one space for an empty field.
DUO_LIST = "\r\n".join(
    [
        "PROVINCIE;BEVOEGD GEZAG NUMMER;INSTELLINGSCODE;VESTIGINGSCODE;VESTIGINGSNAAM;PLAATSNAAM;INTERNETADRES",
        "Fryslân;99077;99XA;99XA00;Basisschool ’t Kofschip;HARLINGEN; ",
        "Fryslân;99077;99XA;99XA01;Basisschool ’t Kofschip, De Steiger;HARLINGEN; ",
        "Fryslân;99077;99XB;99XB00;OBS De Stormvogel;FRANEKER; ",
        "",
    ]
).encode("windows-1252")

AGREEMENT = """
boards:
  - number: "99077"
    name: Stichting Scholen aan Zee
    agreements:
      - {kind: OSR, signed_on: 2020-01-01}
suppliers:
  - oin: "00000099000000077001"
    name: Kompas Onderwijs
    connected_on: 2020-01-01
    systems:
      - {name: Kompas LAS, kind: las, services: [RIO], api_keys: [osr_kompas]}
  - oin: "00000099000000077002"
    name: Peiling Toetsen
    connected_on: 2020-01-01
    systems:
      - {name: Peiling, kind: toetssysteem, services: [DOORSTROOM], api_keys: [osr_peiling]}
"""

PERSON = {
    "name": "Froukje Bakker",
    "email": "froukje@aanzee.example",
    "roles": ["OSR-toegang"],
    "boards": ["99077"],
}


@pytest.fixture(scope="module")
def register(running_register, tmp_path_factory) -> RunningRegister:
    """The running register, with DUO's list imported and one board of it ready to begin."""
    folder = tmp_path_factory.mktemp("files")
    (folder / "vestigingen.csv").write_bytes(DUO_LIST)
    (folder / "register.yaml").write_text(AGREEMENT)
    running_register.manage("import_duo", str(folder / "vestigingen.csv"), "--allow-many-gone")
    running_register.manage("load_register", str(folder / "register.yaml"))
    httpx2.put(
        f"http://localhost:{running_register.provider_port}/users/{PERSON['email']}", json=PERSON
    ).raise_for_status()
    return running_register


def ask(register: RunningRegister, key: str = "osr_peiling") -> httpx2.Response:
    """What the toetsleverancier asks before it accepts pupil data."""
    return httpx2.get(
        f"{register.url}/api/v2/mandates",
        params={
            "school_oin": school_oin("99XA"),
            "supplier_oin": "00000099000000077001",
            "service_code": "RIO",
        },
        headers={"API-Key": key},
    )


def sign_in(page: Page, register: RunningRegister, email: str) -> None:
    page.goto(register.url)
    page.get_by_role("button", name="Inloggen").first.click()
    page.get_by_label("Subject").fill(email)
    page.get_by_role("button", name="Authorize", exact=True).click()


def assert_accessible(page: Page) -> None:
    violations = Axe().run(page).response["violations"]
    assert [(violation["id"], [node["html"] for node in violation["nodes"]]) for violation in violations] == []


def test_from_the_duo_list_to_a_mandate_that_is_checked_and_revoked(page: Page, register: RunningRegister):
    assert ask(register).status_code == 404

    sign_in(page, register, PERSON["email"])
    expect(page.get_by_role("heading", level=1)).to_contain_text("Mandaten beheren")
    expect(page.get_by_text("Stichting Scholen aan Zee").first).to_be_visible()
    assert_accessible(page)
    page.get_by_role("searchbox").fill("kofschip")
    page.keyboard.press("Enter")
    expect(page.get_by_text("OBS De Stormvogel")).to_have_count(0)
    page.get_by_role("link", name="Basisschool ’t Kofschip").first.click()

    page.get_by_role("link", name="mandaat toevoegen").first.click()
    assert_accessible(page)
    page.get_by_label("RIO").first.check()
    page.get_by_label("systeem").locator("visible=true").select_option(label="Kompas LAS (Kompas Onderwijs)")
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_text("Het mandaat is opgeslagen")).to_be_visible()
    assert_accessible(page)

    assert ask(register).json() == {"mandated": True}
    assert ask(register, key="osr_kompas").json()["end_date"] is None

    page.get_by_role("link", name="Intrekken").first.click()
    assert_accessible(page)
    page.get_by_role("button", name="Intrekken").click()
    expect(page.get_by_text("Het mandaat is ingetrokken")).to_be_visible()

    assert ask(register).status_code == 404
    assert ask(register, key="osr_kompas").json() == {"message": "mandate not found"}


def test_without_the_role_one_learns_whom_to_ask(page: Page, register: RunningRegister):
    """domain.md section 8"""
    person = PERSON | {"email": "gast@aanzee.example", "roles": []}
    httpx2.put(f"http://localhost:{register.provider_port}/users/{person['email']}", json=person).raise_for_status()

    sign_in(page, register, person["email"])

    expect(page.get_by_text("OSR-toegang").first).to_be_visible()
    expect(page.get_by_text("securityservicedesk@duo.nl").first).to_be_visible()
    assert_accessible(page)


def test_signing_out_leaves_nothing_behind(page: Page, register: RunningRegister):
    sign_in(page, register, PERSON["email"])
    page.get_by_role("button", name="Uitloggen").click()

    expect(page.get_by_text("U bent uitgelogd")).to_be_visible()
    page.goto(f"{register.url}/scholen/99XA/")
    expect(page.get_by_role("button", name="Inloggen").first).to_be_visible()


def test_breaking_off_at_the_provider_leads_back_to_a_calm_page(page: Page, register: RunningRegister):
    page.goto(register.url)
    page.get_by_role("button", name="Inloggen").first.click()
    page.get_by_role("button", name="Deny access").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("nloggen")
    assert page.url.startswith(register.url)
