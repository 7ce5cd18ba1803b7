"""Makes the pictures in `docs/images/` anew, of the demo register: `make screenshots`."""

import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from osr.development import BASE_DIR
from tests.journeys.chromium import ARGUMENTS, executable
from tests.running import RunningRegister

IMAGES = BASE_DIR / "docs" / "images"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="osr-screenshots-") as folder:
        register = RunningRegister(Path(folder) / "data")
        register.start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
                page = browser.new_context(locale="nl-NL", viewport={"width": 1280, "height": 900}).new_page()
                _take(page, register.url)
        finally:
            register.stop()


def _take(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_role("button", name="Inloggen").first.click()
    page.get_by_role("button", name="Authorize as ").first.click()  # Anke de Vries, of the largest board
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / "mandaten-beheren.png")


if __name__ == "__main__":
    IMAGES.mkdir(parents=True, exist_ok=True)
    main()
