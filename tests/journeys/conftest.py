from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.journeys.chromium import ARGUMENTS, executable
from tests.running import RunningRegister


@pytest.fixture(scope="session")
def running_register(tmp_path_factory) -> Iterator[RunningRegister]:
    """One register for all journeys, with the demo in it."""
    register = RunningRegister(tmp_path_factory.mktemp("journeys") / "data")
    register.start()
    yield register
    register.stop()


@pytest.fixture(scope="session")
def _browser() -> Iterator:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)


@pytest.fixture
def page(_browser) -> Iterator[Page]:
    """A page in a browser of one's own: no cookies of other journeys."""
    context = _browser.new_context(locale="nl-NL")
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()
