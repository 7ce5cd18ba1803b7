"""Overzicht and Tijdlijn in a browser: by keyboard alone, at 320 px, on paper, and as a file."""

import csv

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_first_mandate import assert_accessible
from tests.journeys.test_granting import assert_usable, go_to, sign_in
from tests.running import RunningRegister

# The kinds of paper there are: A4 upright and lying, in pixels.
UPRIGHT, LYING = {"width": 680, "height": 1000}, {"width": 1030, "height": 690}

# Whether the upper left corner of what has the focus is not covered by something else.
_IS_SEEN = """() => {
    const focused = document.activeElement.getClientRects()[0];
    const seen = document.elementFromPoint(focused.x + 3, focused.y + 3);
    return document.activeElement.contains(seen);
}"""


@pytest.fixture
def page(page: Page, running_register: RunningRegister) -> Page:
    """Mandaten beheren, of the demo's largest board."""
    page.goto(running_register.url)
    sign_in(page)
    page.wait_for_url("**/mandaten/")
    return page


def press_enter_on(page: Page, role: str, name: str) -> None:
    target = page.get_by_role(role, name=name, exact=True).first
    go_to(page, target)
    page.keyboard.press("Enter")


def test_a_gap_in_the_overview_is_found_and_filled_by_keyboard_alone(page: Page):
    """screens.md: click a cell to act."""
    press_enter_on(page, "link", "Overzicht")
    expect(page.get_by_role("heading", level=1)).to_have_text("Overzicht")
    assert_usable(page)

    go_to(page, page.get_by_role("searchbox"))
    page.keyboard.type("vuurvogel")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row")).to_have_count(3)  # the names of the services, the totals, and the school
    assert_usable(page)
    press_enter_on(page, "link", "OSO-OV voor OBS De Vuurvogel: ontbreekt (mandaat toevoegen)")
    expect(page.get_by_role("checkbox", name="OSO-OV")).to_be_checked()

    page.go_back()
    press_enter_on(page, "link", "Alle scholen tonen")
    press_enter_on(page, "link", "RIO voor OBS De Stadshagen: gemandateerd (mandaat bekijken)")
    expect(page.locator("#mandaten-RIO")).to_be_in_viewport()
    assert page.evaluate("getComputedStyle(document.querySelector('#mandaten-RIO > td')).backgroundColor") != (
        "rgba(0, 0, 0, 0)"
    )


@pytest.mark.parametrize("width", [1000, 1280])
def test_what_has_the_focus_is_never_behind_the_names_that_stay_in_sight(page: Page, width):
    """WCAG 2.4.11; a narrow window scrolls the table, a wide one the page."""
    page.set_viewport_size({"width": width, "height": 500})
    page.goto(page.url.replace("/mandaten/", "/overzicht/"))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator(".osr-board-cells a").first.focus()

    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        page.wait_for_function(_IS_SEEN, timeout=3_000)


def test_the_timeline_is_read_from_its_tab_and_says_the_same_in_words(page: Page):
    page.get_by_role("link", name="OBS De Stadshagen").click()
    press_enter_on(page, "link", "Tijdlijn")

    line = page.get_by_role("img", name="RIO, Klasboek")
    expect(line).to_be_visible()
    assert_usable(page)
    expect(page.get_by_role("row").filter(has_text="RIO").filter(has_text="Klasboek")).to_contain_text("vanaf")


def test_on_paper_nothing_falls_off_the_sheet(page: Page):
    """screens.md: a print style gives a board its own list of mandates on paper."""
    page.emulate_media(media="print")
    root = page.url.replace("/mandaten/", "")
    for path, paper in (
        ("/mandaten/", UPRIGHT),
        ("/overzicht/?pagina=alle", LYING),
        ("/scholen/99AF/", UPRIGHT),
        ("/scholen/99AA/tijdlijn/", UPRIGHT),
    ):
        page.set_viewport_size(paper)
        page.goto(root + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= paper["width"], path
        expect(page.get_by_role("link", name="Naar de inhoud")).to_be_hidden()
        expect(page.get_by_role("navigation")).to_have_count(0)
        expect(page.get_by_text("Stichting De Vecht Openbaar Onderwijs").locator("visible=true")).not_to_have_count(0)


def test_the_overview_is_downloaded_as_it_is_filtered(page: Page):
    page.goto(page.url.replace("/mandaten/", "/overzicht/?zoek=zwolle"))
    assert_accessible(page)
    shown = page.locator("tbody .osr-school__name").count()

    with page.expect_download() as download:
        page.get_by_role("link", name="Download als CSV").click()

    assert download.value.suggested_filename.startswith("overzicht-99001-")
    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file, delimiter=";"))
    assert len(lines) == shown + 1  # and the board itself
