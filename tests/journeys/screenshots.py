"""Makes all pictures of the demo register anew: `make screenshots`.

Those in `docs/images/` and of the handleiding, which are kept; and in `screenshots/`, to look at, each state of each
page twice: `<name>.1280.png` and `<name>.320.png`. `python -m tests.journeys.screenshots manual` makes only those of
the handleiding. What stands in those is written down beside this module: `test_pictures.py` sees by it whether they
still show the register as it is.
"""

import json
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

from playwright.sync_api import Browser, Page

from osr.development import BASE_DIR
from tests.journeys import states
from tests.journeys.boards import add_boards
from tests.journeys.catalogue import STATES
from tests.journeys.states import (
    ANKE,
    DIRK,
    JOOST,
    NOBODY,
    State,
    Step,
    Who,
    choose,
    fill,
    follow,
    press,
    see_notice,
    tick,
)
from tests.journeys.walking import WIDE, Walk, chromium, error_pages
from tests.running import RunningRegister

IMAGES = BASE_DIR / "docs" / "images"
MANUAL = BASE_DIR / "static" / "osr" / "manual"
EVERY_PAGE = BASE_DIR / "screenshots"
WRITTEN_DOWN = Path(__file__).with_name("pictures.json")

# How wide the window is, in pixels: the handleiding shows most pictures not much smaller than that.
_WIDTH = 1000
# How much is pictured around what it is about, in pixels.
_AROUND = 8
# Not every Chromium knows how a Dutch one shows a day.
_IN_DUTCH = """for (const field of document.querySelectorAll("input[type=date]")) {
    const day = field.value.split("-").reverse().join("-") || "dd-mm-jjjj";
    field.type = "text";
    field.value = day;
}"""
# What differs when the demo is of another day: it is made for the day on which it is loaded.
_MONTHS = "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
_DIFFERS = re.compile(rf"\d+|\b({_MONTHS})\b")


@dataclass(frozen=True)
class Picture:
    """A picture in the handleiding: of a page in a state, the `part` that a chapter tells about.

    `part` is CSS; the picture reaches from the top of the first element that it selects to the bottom of the last.
    """

    state: State
    part: str
    width: int

    @property
    def name(self) -> str:
        """What the handleiding calls it."""
        return self.state.name

    @property
    def path(self) -> Path:
        """Where it is kept."""
        return MANUAL / f"{self.name}.png"

    def open(self, walk: Walk) -> Page:
        """The page as it is pictured."""
        page = walk.open(self.state)
        page.locator(self.part).first.wait_for()
        page.set_viewport_size({"width": self.width, "height": 900})
        page.evaluate(_IN_DUTCH)
        page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        return page

    def words(self, page: Page) -> list[str]:
        """What stands in the picture, line by line, without what differs from day to day."""
        lines = "\n".join(page.locator(self.part).all_inner_texts()).splitlines()
        words = (" ".join(_DIFFERS.sub(" ", line).split()) for line in lines)
        return [line for line in words if re.search(r"\w", line)]

    def take(self, page: Page) -> None:
        """Make the file."""
        boxes = [box for part in page.locator(self.part).all() if (box := part.bounding_box())]
        left, top = (max(min(box[side] for box in boxes) - _AROUND, 0) for side in ("x", "y"))
        right = max(box["x"] + box["width"] for box in boxes) + _AROUND
        bottom = max(box["y"] + box["height"] for box in boxes) + _AROUND
        clip = {"x": left, "y": top, "width": right - left, "height": bottom - top}
        page.screenshot(path=self.path, full_page=True, clip=clip)


def picture(name: str, part: str, who: Who, path: str, *steps: Step, width: int = _WIDTH) -> Picture:
    """A picture called `name` of `part` of the page that this person sees at `path`, once these steps are done."""
    return Picture(State(name, "", who, path, steps), part, width)


def search(name: str, words: str) -> Step:
    """Type in a search field, so that a list gets shorter while one types."""
    return lambda page: page.get_by_label(name).press_sequentially(words)


_SCHOOL, _SMALL_SCHOOL, _SWITCHING = (f"/scholen/{brin}/" for brin in ("99AA", "99AG", "99AF"))
_NEW_SCHOOL_YEAR = date(states.TODAY.year + 1, 8, 1)
_FORM = f"{_SMALL_SCHOOL}mandaten/toevoegen/"
_VERZUIM = (tick("VERZUIM"), choose("Selecteer een systeem voor VERZUIM", "Leerspoor (Leerspoor BV)"))
_COPY = (
    lambda page: page.get_by_role("link", name=re.compile("Kopiëren.*VERZUIM, Leerspoor")).click(),
    search("Zoek op naam, BRIN of plaats", "zwolle"),
    press("Alles selecteren"),
)
_SWITCH = (
    follow("Leerspoor"),
    choose("Naar welk systeem?", "Klasboek (Klasboek Software BV)"),
    fill("Op welke dag begint het nieuwe systeem?", _NEW_SCHOOL_YEAR),
    search("Zoek op naam, BRIN of plaats", "kampen"),
    press("Alles selecteren"),
)
_SOME = (
    choose("Dienst", "RIO"),
    fill("School: naam, BRIN of plaats", "kampen"),
    press("Zoeken"),
    press("selecteren", exact=False),
    tick("Een einddatum zetten"),
    fill("Einddatum", _NEW_SCHOOL_YEAR - timedelta(days=1)),
)
# All that is on a page below the breadcrumb; and on that of a school, from its tabs on.
_WHOLE, _TAB = "main h1, main h1 ~ *", ".osr-tabs, .osr-tabs ~ *"
# The first rows of a long table, with what is above it.
_FIRST_ROWS = "main section > :is(h2, p, form), thead, tbody tr:nth-child(-n + 5)"
# What can be undone, of a history.
_LAST_CHANGES = ".osr-history > li:has(form)"

PICTURES = (
    picture("start", ".utrecht-page-header, main", NOBODY, "/"),
    picture("mandaat-toevoegen", ".osr-offer:nth-last-child(-n + 2), form > fieldset ~ *", ANKE, _FORM, *_VERZUIM),
    picture("kopieren", "main form", ANKE, _SCHOOL, *_COPY),
    picture("controleren", _WHOLE, ANKE, _SCHOOL, *_COPY, press("Volgende")),
    picture("wijzigen", _WHOLE, ANKE, _SCHOOL, follow("Wijzigen")),
    picture("intrekken", _WHOLE, ANKE, _SCHOOL, follow("Intrekken")),
    picture("meerdere-wijzigen", "main form", ANKE, "/mandaten/wijzigen/", *_SOME),
    picture("overstappen", "form > div:has(#naar), fieldset:has([name=dienst])", ANKE, "/overstappen/", *_SWITCH),
    picture("overstappen-scholen", "form > div:has(#dag), #scholen, .osr-confirm", ANKE, "/overstappen/", *_SWITCH),
    picture("overzicht", ".osr-legend, .osr-matrix", ANKE, "/overzicht/?zoek=zwolle", width=1100),
    picture("tijdlijn", "section:has(#tijdlijn)", ANKE, f"{_SWITCHING}tijdlijn/"),
    picture("routeringskenmerken", _TAB, ANKE, f"{_SCHOOL}routeringskenmerken/", width=1100),
    picture("geschiedenis", _LAST_CHANGES, ANKE, "/geschiedenis/"),
    picture("raadplegingen", _FIRST_ROWS, ANKE, f"{_SCHOOL}raadplegingen/?dienst=OSO-OV"),
    picture("over-te-nemen", _WHOLE, ANKE, "/over-te-nemen/"),
    picture("meldingen", "h1, h1 ~ p, main form", ANKE, "/meldingen/"),
    picture("overeenkomsten", "h1, main > .utrecht-alert, section:has(#OSR, #OSO)", JOOST, "/overeenkomsten/"),
    picture("ondertekenen", "section:has(#ondertekenen)", DIRK, "/overeenkomsten/", follow("Lezen en ondertekenen")),
    # Last, for this stays in the history.
    picture("opgeslagen", ".osr-notices > *", ANKE, _FORM, *_VERZUIM, press("Opslaan"), see_notice),
)


def main() -> None:
    with demo_register() as register, chromium() as browser:
        _take_manual(browser, register)
        if sys.argv[1:] != ["manual"]:
            _take_front_page(browser, register)
            _take_every_page(browser, register)


@contextmanager
def demo_register() -> Iterator[RunningRegister]:
    """A register of one's own with nothing in it but the demo."""
    with tempfile.TemporaryDirectory(prefix="osr-screenshots-") as folder:
        register = RunningRegister(Path(folder) / "data")
        register.start()
        try:
            yield register
        finally:
            register.stop()


def _take_manual(browser: Browser, register: RunningRegister) -> None:
    MANUAL.mkdir(parents=True, exist_ok=True)
    for old in MANUAL.glob("*.png"):
        old.unlink()
    walk, written = Walk(browser, register, {}), {}
    for each in PICTURES:
        page = each.open(walk)
        each.take(page)
        written[each.name] = {"sha256": fingerprint(each.path), "words": each.words(page)}
        walk.leave(each.state, page)
    WRITTEN_DOWN.write_text(json.dumps(written, ensure_ascii=False, indent=1) + "\n")


def fingerprint(file: Path) -> str:
    """What tells a file from every other."""
    return sha256(file.read_bytes()).hexdigest()


def _take_front_page(browser: Browser, register: RunningRegister) -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    page = browser.new_context(locale="nl-NL", viewport=WIDE).new_page()
    ANKE.sign_in(page, register)
    page.screenshot(path=IMAGES / "mandaten-beheren.png")


def _take_every_page(browser: Browser, register: RunningRegister) -> None:
    EVERY_PAGE.mkdir(parents=True, exist_ok=True)
    for old in EVERY_PAGE.glob("*.png"):
        old.unlink()
    add_boards(register)
    walk = Walk(browser, register, error_pages(register, STATES))
    for state in STATES:
        page = walk.open(state)
        page.screenshot(path=EVERY_PAGE / f"{state.name}.1280.png", full_page=True)
        page.set_viewport_size({"width": 320, "height": 640})
        page.screenshot(path=EVERY_PAGE / f"{state.name}.320.png", full_page=True)
        walk.leave(state, page)


if __name__ == "__main__":
    main()
