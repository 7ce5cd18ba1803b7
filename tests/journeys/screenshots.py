"""Makes the pictures in `docs/images/` and of the handleiding anew, of the demo register: `make screenshots`."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from osr.development import BASE_DIR
from tests.journeys.chromium import ARGUMENTS, executable
from tests.running import RunningRegister

IMAGES = BASE_DIR / "docs" / "images"
MANUAL = BASE_DIR / "static" / "osr" / "manual"

# The whole picture is never taller than this: a long list is cut off.
TALLEST = 1000


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="osr-screenshots-") as folder:
        register = RunningRegister(Path(folder) / "data")
        register.start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
                page = browser.new_context(locale="nl-NL", viewport={"width": 1000, "height": 800}).new_page()
                _take(page, register.url)
        finally:
            register.stop()


def _take(page: Page, url: str) -> None:
    page.goto(url)
    _picture(page, MANUAL / "start.png")
    page.get_by_role("button", name="Inloggen").first.click()
    page.get_by_role("button", name="Authorize as ").first.click()  # Anke de Vries, of the largest board
    page.wait_for_load_state("networkidle")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.screenshot(path=IMAGES / "mandaten-beheren.png")
    page.set_viewport_size({"width": 1000, "height": 800})
    for name, open_page in _PICTURES.items():
        open_page(page, url)
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
    for folder in (IMAGES, MANUAL):
        folder.mkdir(parents=True, exist_ok=True)
    main()
