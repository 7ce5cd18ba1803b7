"""Makes all pictures of the demo register anew: `make screenshots`.

Those in `docs/images/` and of the handleiding, which are kept; and in `screenshots/`, to look at, each state of each
page twice: `<name>.1280.png` and `<name>.320.png`.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page

from osr.development import BASE_DIR
from tests.journeys.boards import add_boards
from tests.journeys.catalogue import ANKE, STATES
from tests.journeys.walking import Walk, chromium, error_pages
from tests.running import RunningRegister

IMAGES = BASE_DIR / "docs" / "images"
MANUAL = BASE_DIR / "static" / "osr" / "manual"
EVERY_PAGE = BASE_DIR / "screenshots"

# The whole picture in the handleiding is never taller than this: a long list is cut off.
TALLEST = 1000


def main() -> None:
    for folder in (IMAGES, MANUAL, EVERY_PAGE):
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="osr-screenshots-") as folder:
        register = RunningRegister(Path(folder) / "data")
        register.start()
        try:
            with chromium() as browser:
                page = browser.new_context(locale="nl-NL", viewport={"width": 1000, "height": 800}).new_page()
                _take(page, register)
                _take_every_page(browser, register)
        finally:
            register.stop()


def _take_every_page(browser: Browser, register: RunningRegister) -> None:
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


def _take(page: Page, register: RunningRegister) -> None:
    page.goto(register.url)
    _picture(page, MANUAL / "start.png")
    ANKE.sign_in(page, register)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.screenshot(path=IMAGES / "mandaten-beheren.png")
    page.set_viewport_size({"width": 1000, "height": 800})
    for name, open_page in _PICTURES.items():
        open_page(page, register.url)
        page.wait_for_load_state("networkidle")
        _picture(page, MANUAL / f"{name}.png")


def _picture(page: Page, path: Path) -> None:
    height = min(page.evaluate("document.querySelector('main').getBoundingClientRect().bottom + 24"), TALLEST)
    page.screenshot(path=path, full_page=True, clip={"x": 0, "y": 0, "width": 1000, "height": height})


def _at(path: str) -> Callable[[Page, str], object]:
    return lambda page, url: page.goto(url + path)


def _by_link(name: str) -> Callable[[Page, str], None]:
    """From the page of a school, the first link with this name."""

    def open_page(page: Page, url: str) -> None:
        page.goto(f"{url}/scholen/99AA/")
        page.get_by_role("link", name=name).first.click()

    return open_page


def _fill_in(page: Page, url: str) -> None:
    page.goto(f"{url}/scholen/99AA/mandaten/toevoegen/?dienst=RIO")


def _switch(page: Page, url: str) -> None:
    page.goto(f"{url}/overstappen/")
    page.get_by_role("main").get_by_role("link").first.click()


_PICTURES = {
    "mandaat-toevoegen": _fill_in,
    "kopieren": _by_link("Kopiëren"),
    "intrekken": _by_link("Intrekken"),
    "overstappen": _switch,
    "overzicht": _at("/overzicht/"),
    "routeringskenmerken": _at("/scholen/99AA/routeringskenmerken/"),
    "geschiedenis": _at("/scholen/99AA/geschiedenis/"),
    "over-te-nemen": _at("/over-te-nemen/"),
}


if __name__ == "__main__":
    main()
