"""Brings a browser to each state of the catalogue."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.chromium import ARGUMENTS, executable
from tests.journeys.states import LEAVING, State, Who
from tests.running import RunningRegister

WIDE = {"width": 1280, "height": 900}

_RENDER_ERRORS = """
import json
from django.template.loader import render_to_string
print(json.dumps({{name: render_to_string(f"errors/{{name}}.html", {{"reference": "4f7c0a9e"}}) for name in {names}}}))
"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium, for this thread only."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        yield browser
        browser.close()


def error_pages(register: RunningRegister, states: Iterable[State]) -> dict[str, str]:
    """The error pages that are among the states: a register in order does not show them when asked."""
    names = [state.error for state in states if state.error]
    return json.loads(register.manage("shell", "--no-imports", "-c", _RENDER_ERRORS.format(names=names)))


class Walk:
    """Goes by all states, each person in a browser of their own, with scripts or without."""

    def __init__(
        self, browser: Browser, register: RunningRegister, errors: dict[str, str], *, scripts: bool = True
    ) -> None:
        self._browser, self._register, self._errors, self._scripts = browser, register, errors, scripts
        self._pages: dict[Who, Page] = {}

    def open(self, state: State) -> Page:
        """The page in this state, in a wide window."""
        page = self._page_of(state.who)
        page.set_viewport_size(WIDE)
        if state.path:
            page.goto(self._register.url + state.path)
        for step in state.steps:
            step(page)
        page.wait_for_load_state()
        return page

    def leave(self, state: State, page: Page) -> None:
        """Take back what was done to come here."""
        undo = page.get_by_role("status").get_by_role("button", name="Ongedaan maken")
        if undo.count():
            undo.click()
        if state.who == LEAVING:
            self.give_up(state)

    def give_up(self, state: State) -> None:
        """Let the person begin anew, in another browser."""
        self._pages.pop(state.who).context.close()

    def _page_of(self, who: Who) -> Page:
        if who not in self._pages:
            context = self._browser.new_context(locale="nl-NL", java_script_enabled=self._scripts)
            context.set_default_timeout(10_000)
            page = self._pages[who] = context.new_page()
            for name, html in self._errors.items():
                page.route(f"**/fout/{name}/", _answer(html))
            if who.sign_in:
                who.sign_in(page, self._register)
        return self._pages[who]


def _answer(html: str) -> Callable:
    return lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8")
