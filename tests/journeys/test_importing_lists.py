"""A new list of DUO: support sees the differences, applies them, and the new board takes over (D19, D20)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from osr.demo import demo_register
from tests.journeys.hands import Hands, Keyboard, Mouse
from tests.journeys.support import SAM, look, sign_in_to_workplace
from tests.journeys.test_changing import button
from tests.journeys.test_first_mandate import sign_in
from tests.running import RunningRegister
from tests.schools import lists

LARGE, MEDIUM = "99001", "99002"
REASON = "De lijst van deze maand"


@dataclass(frozen=True)
class NewList:
    """What is new in a list: one school is of another bestuur, one is there for the first time, and one is not there.

    `moved`, `new` and `gone` are BRINs; of the school that moved also its name, its bestuur `before` and, by number and
    name, `after`; `beheerder` works there.
    """

    moved: str
    name: str
    before: str
    board: str
    after: str
    beheerder: str
    new: str
    gone: str


TO_DE_BRUG = NewList(
    moved="99AM",
    name="OBS De Hanze",
    before="Stichting De Vecht Openbaar Onderwijs",
    board=MEDIUM,
    after="Stichting Katholiek Onderwijs De Brug",
    beheerder="bart.jansen@debrug.example",
    new="99ZA",
    gone="99AR",
)
TO_DE_VECHT = NewList(
    moved="99AZ",
    name="KBS Sint Jozef",
    before="Stichting Katholiek Onderwijs De Brug",
    board=LARGE,
    after="Stichting De Vecht Openbaar Onderwijs",
    beheerder="anke.devries@devecht.example",
    new="99ZB",
    gone="99BC",
)


@pytest.fixture(scope="module")
def register(tmp_path_factory) -> Iterator[RunningRegister]:
    """A register of its own: a list is about all schools."""
    register = RunningRegister(tmp_path_factory.mktemp("importing") / "data")
    register.start()
    yield register
    register.stop()


@pytest.fixture(scope="module")
def signed_in(_browser, register: RunningRegister) -> list:
    """The cookies of Sam Jansen of support: a code of the app counts once, so one signs in once."""
    context = _browser.new_context(locale="nl-NL")
    sign_in_to_workplace(context.new_page(), register, SAM)
    cookies = context.cookies()
    context.close()
    return cookies


@pytest.fixture
def workplace(page: Page, register: RunningRegister, signed_in: list) -> Page:
    """The workplace, with Sam Jansen of support signed in."""
    page.context.add_cookies(signed_in)
    page.goto(f"{register.url}/beheer/")
    return page


def as_file(listed: NewList) -> FilePayload:
    """The list in the form of DUO: the schools of the demo, but for what is new."""
    # `osr.demo_events` moved one already.
    boards = {"99BW": LARGE, listed.moved: listed.board}
    rows = [
        ";".join((boards.get(school["brin"], school["board"]), school["brin"], *_location(school, location)))
        for school in demo_register(date.today())["schools"]
        if school["brin"] != listed.gone
        for location in school["locations"]
    ]
    new = f"{MEDIUM};{listed.new};{listed.new}00;KBS De Nieuwe Haven;DEVENTER"
    return {"name": "vestigingen-bo.csv", "mimeType": "text/csv", "buffer": lists.locations(*rows, new)}


def _location(school: dict, location: str | dict) -> tuple[str, str, str]:
    """Its code, name and city; a code alone is of a main location, which is called as the school is."""
    if isinstance(location, str):
        return location, school["name"], school["city"]
    return location["code"], location["name"], location["city"]


def assert_shows(page: Page, listed: NewList, hands: Hands) -> None:
    """The differences are there, whole when unfolded, and the page is usable both ways."""
    look(page)
    for summary in page.locator("details:not([open]) > summary").all()[::-1]:
        hands.press(page, summary)
    moved = _row(page, "Scholen naar een ander bestuur", listed.moved)
    expect(moved).to_contain_text(listed.after)
    expect(_row(page, "Nieuwe scholen", listed.new)).to_contain_text("KBS De Nieuwe Haven")
    expect(_row(page, "Scholen niet meer in de lijst", listed.gone)).to_be_visible()
    look(page)


def _row(page: Page, table: str, brin: str) -> Locator:
    return page.get_by_role("region", name=table, exact=True).get_by_role("row").filter(has_text=brin)


def link(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=name, exact=True).first


@pytest.mark.parametrize(
    ("hands", "listed"), [(Mouse(), TO_DE_BRUG), (Keyboard(), TO_DE_VECHT)], ids=["mouse", "keyboard"]
)
def test_differences_are_seen_applied_and_followed_up(
    workplace: Page, register: RunningRegister, hands: Hands, listed: NewList
):
    page = workplace
    hands.press(page, link(page, "Imports van DUO"))
    look(page)
    hands.press(page, link(page, "Lijsten van DUO importeren"))
    look(page)
    hands.pick_file(page, page.get_by_label("Lijsten van DUO"), as_file(listed))
    hands.write(page, page.get_by_label("Reden"), REASON)
    hands.press(page, button(page, "Verschillen bekijken"))

    expect(page.get_by_text("Er is nog niets veranderd.")).to_be_visible()
    assert_shows(page, listed, hands)
    expect(page.get_by_label("Reden")).to_have_value(REASON)
    assert_is_of(listed.before, page, register, listed)

    hands.press(page, button(page, "Toepassen"))
    expect(page.get_by_text("De import is toegepast.")).to_be_visible()
    expect(page.locator("dl")).to_contain_text("Sam Jansen")
    expect(page.locator("dl")).to_contain_text(REASON)
    assert_shows(page, listed, hands)
    assert_is_of(listed.after, page, register, listed)

    hands.press(page, link(page, "Zaken"))
    look(page)
    hands.press(page, link(page, f"{listed.name} ({listed.moved})"))
    expect(page.locator("dl")).to_contain_text(listed.before)
    expect(page.locator("dl")).to_contain_text("Kijk of het nieuwe bestuur de mandaten overneemt")
    look(page)

    with beheerder(page, register, listed.beheerder) as theirs:
        hands.press(theirs, theirs.get_by_role("link", name="Over te nemen").first)
        expect(theirs.get_by_role("heading", name=listed.name)).to_be_visible()
        look(theirs)


def assert_is_of(board: str, page: Page, register: RunningRegister, listed: NewList) -> None:
    """Whose the school is, read in another window."""
    other = page.context.new_page()
    other.goto(f"{register.url}/beheer/zoeken/?q={listed.moved}")
    expect(other.locator("dt", has_text="Bestuur").locator("+ dd")).to_contain_text(board)
    other.close()


@contextmanager
def beheerder(page: Page, register: RunningRegister, email: str) -> Iterator[Page]:
    """Somebody of a bestuur, in a browser of their own."""
    context = page.context.browser.new_context(locale="nl-NL")
    theirs = context.new_page()
    sign_in(theirs, register, email)
    yield theirs
    context.close()
