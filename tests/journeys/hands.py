"""A journey is walked twice: with the mouse, and by keyboard alone (quality.md, Accessibility and use)."""

from typing import Protocol

from playwright.sync_api import FilePayload, Locator, Page

from tests.journeys import test_changing
from tests.journeys.test_granting import go_to


class Hands(Protocol):
    """How a person does what a journey asks."""

    def press(self, page: Page, target: Locator) -> None:
        """Follow a link, or push a button."""

    def write(self, page: Page, field: Locator, text: str) -> None:
        """Write in an empty field."""

    def choose(self, page: Page, field: Locator, option: str) -> None:
        """Choose from a list the option that begins with these words."""

    def pick_file(self, page: Page, field: Locator, file: FilePayload) -> None:
        """Choose a file in the window that the browser opens for it."""


class Mouse:
    """Clicks."""

    def press(self, page: Page, target: Locator) -> None:
        """See `Hands`."""
        target.click()

    def write(self, page: Page, field: Locator, text: str) -> None:
        """See `Hands`."""
        field.click()
        page.keyboard.type(text)

    def choose(self, page: Page, field: Locator, option: str) -> None:
        """See `Hands`."""
        wanted = field.locator("option", has_text=option).first
        field.select_option(wanted.get_attribute("value"))

    def pick_file(self, page: Page, field: Locator, file: FilePayload) -> None:
        """See `Hands`."""
        with page.expect_file_chooser() as chooser:
            field.click()
        chooser.value.set_files(file)


class Keyboard:
    """Goes everywhere with the Tab key."""

    def press(self, page: Page, target: Locator) -> None:
        """See `Hands`."""
        test_changing.press(page, target)

    def write(self, page: Page, field: Locator, text: str) -> None:
        """See `Hands`."""
        go_to(page, field)
        page.keyboard.type(text)

    def choose(self, page: Page, field: Locator, option: str) -> None:
        """See `Hands`."""
        go_to(page, field)
        page.keyboard.type(option)

    def pick_file(self, page: Page, field: Locator, file: FilePayload) -> None:
        """See `Hands`."""
        go_to(page, field)
        with page.expect_file_chooser() as chooser:
            page.keyboard.press("Enter")
        chooser.value.set_files(file)
