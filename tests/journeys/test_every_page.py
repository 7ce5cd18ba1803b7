"""Every page in every state of the catalogue: axe, 320 px, 400 % zoom, and without JavaScript (quality.md)."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import urlsplit

import axe_playwright_python
import pytest
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from playwright.sync_api import Error, Page

from tests.journeys.boards import add_boards
from tests.journeys.catalogue import NO_PAGES, STATES
from tests.journeys.states import NARROW, SUPPORT, State
from tests.journeys.walking import Walk, chromium, error_pages
from tests.running import RunningRegister

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
# The rows of a long list are alike, and colours are the same at every width: looking at those takes axe its time, so it
# does once (`colours`). It takes what is folded away for unseen, also the menus that a wide screen shows unfolded.
_RUN_AXE = """async (colours) => {
    const wide = innerWidth > 600;
    if (wide) document.querySelectorAll(".osr-menu").forEach((menu) => { menu.open = true; });
    const rest = ["tbody tr", "main li"].map((row) => `${row}:nth-child(n + 13)`);
    const exclude = rest.filter((rows) => document.querySelector(rows));
    const rules = {"target-size": {enabled: true}, "color-contrast": {enabled: colours}};
    const {violations} = await axe.run({include: document, exclude}, {resultTypes: ["violations"], rules});
    document.querySelectorAll(".osr-menu").forEach((menu) => { menu.open &&= !wide; });
    return violations.map(({id, nodes}) => `${id}: ${nodes.map((node) => node.html).join(", ")}`);
}"""

WIDTHS = (NARROW["width"], 380, 500, 767, 959, 960, 1087, 1088, 1247)

# What one can do on the page: where its links lead, and what its buttons and fields are called.
_ACTIONS = """() => [...document.querySelectorAll("a[href], button, summary, input, select, textarea")]
    .filter((element) => element.type !== "hidden" && element.checkVisibility({visibilityProperty: true}))
    .map((element) => element.getAttribute("href") ?? [element.name, element.value, element.innerText].join(" "))"""
# What differs when the same is done again: a mandate given anew has another id, and there is one more that ended.
_DIFFERS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}|\([0-9]+\)")
# What a page is called that could not be shown.
_WENT_WRONG = ("Er ging iets mis", "Deze pagina bestaat niet")


@dataclass(frozen=True)
class Seen:
    """What was found of a state, or why it could not be reached."""

    failed: str = ""
    path: str = ""
    title: str = ""
    actions: frozenset[str] = frozenset()
    violations: tuple[str, ...] = ()
    narrow_violations: tuple[str, ...] = ()
    sticking_out: tuple[int, ...] = ()


@pytest.fixture(scope="module")
def errors(running_register: RunningRegister) -> dict[str, str]:
    """The error pages, by name; and the besturen of the catalogue are in the register."""
    add_boards(running_register)
    return error_pages(running_register, STATES)


@pytest.fixture(scope="module")
def seen(running_register: RunningRegister, errors: dict[str, str]) -> dict[str, Seen]:
    """All states, as most people see them."""
    return _walk(running_register, errors, _look_closely, STATES, scripts=True)


@pytest.fixture(scope="module")
def seen_without_scripts(running_register: RunningRegister, errors: dict[str, str], seen) -> dict[str, Seen]:
    """What is done, in a browser without JavaScript; after the others, since both change the same mandates."""
    return _walk(running_register, errors, _look, DONE, scripts=False)


def _walk(
    register: RunningRegister,
    errors: dict[str, str],
    look: Callable[[Page], Seen],
    states: Sequence[State],
    *,
    scripts: bool,
) -> dict[str, Seen]:
    """Two browsers side by side, each with the states of half of the people: axe takes its time."""
    by_person = Counter(state.who for state in states)
    halves: tuple[list[State], list[State]] = ([], [])
    for who, _ in by_person.most_common():
        min(halves, key=len).extend(state for state in states if state.who == who)

    def walk(half: list[State]) -> dict[str, Seen]:
        with chromium() as browser:
            walk = Walk(browser, register, errors, scripts=scripts)
            return {state.name: _see(walk, state, look) for state in half}

    with ThreadPoolExecutor(len(halves)) as pool:
        first, second = pool.map(walk, halves)
    return first | second


def _see(walk: Walk, state: State, look: Callable[[Page], Seen]) -> Seen:
    try:
        page = walk.open(state)
        seen = look(page)
        walk.leave(state, page)
    except Error as error:
        walk.give_up(state)
        return Seen(failed=str(error))
    return seen


def _look(page: Page) -> Seen:
    return Seen(
        path=urlsplit(page.url).path,
        title=page.evaluate("document.querySelector('h1')?.textContent"),
        actions=frozenset(_DIFFERS.sub("", action) for action in page.evaluate(_ACTIONS)),
    )


def _look_closely(page: Page) -> Seen:
    wide = _look(page)
    page.evaluate(AXE)
    # The pages of Django's admin are laid out alike at every width: they are looked at once, narrow.
    is_of_workplace = urlsplit(page.url).path.startswith("/beheer/")
    violations = [] if is_of_workplace else page.evaluate(_RUN_AXE, True)
    sticking_out = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": NARROW["height"]})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            sticking_out.append(width)
    page.set_viewport_size(NARROW)
    return replace(
        wide,
        violations=tuple(violations),
        narrow_violations=tuple(page.evaluate(_RUN_AXE, is_of_workplace)),
        sticking_out=tuple(sticking_out),
    )


def _routes(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    """The names of all addresses in the URL configuration; of one without a name, the function that answers."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _routes(pattern.url_patterns, inner)
        else:
            yield namespace + (pattern.name or pattern.lookup_str)


ROUTES = set(_routes(get_resolver().url_patterns))
# In the workplace scripts fold the menu of Django's admin, and do no more than that.
DONE = [state for state in STATES if state.steps and state.who != SUPPORT]
every_state = pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)


def test_every_page_of_the_url_configuration_is_in_the_catalogue():
    pages = {route for route in ROUTES if not any(fnmatch(route, pattern) for pattern in NO_PAGES)}

    assert pages - {state.route for state in STATES} == set()


def test_what_is_said_to_be_no_page_is_an_address_of_the_register():
    assert [pattern for pattern in NO_PAGES if not any(fnmatch(route, pattern) for route in ROUTES)] == []


def test_each_state_has_a_name_of_its_own():
    assert len({state.name for state in STATES}) == len(STATES)


@every_state
def test_the_state_is_reached(seen: dict[str, Seen], state: State):
    """Also: what the catalogue calls the page is what the URL configuration calls it."""
    found = seen[state.name]

    assert found.failed == ""
    assert found.title
    if state.route:
        assert found.title not in _WENT_WRONG
        assert resolve(found.path).view_name == state.route


@every_state
def test_axe_finds_nothing(seen: dict[str, Seen], state: State):
    assert seen[state.name].violations == ()


@every_state
def test_axe_finds_nothing_at_320_px(seen: dict[str, Seen], state: State):
    """That is also what is left of 1280 x 1024 at 400 % zoom."""
    found = seen[state.name]

    assert found.narrow_violations == ()
    assert found.failed == ""


@every_state
def test_nothing_sticks_out_at_any_width(seen: dict[str, Seen], state: State):
    """At 320 px, and on both sides of each width at which the page is laid out otherwise."""
    assert seen[state.name].sticking_out == ()


@pytest.mark.parametrize("state", DONE, ids=lambda state: state.name)
def test_without_javascript_one_can_do_the_same(
    seen: dict[str, Seen], seen_without_scripts: dict[str, Seen], state: State
):
    """The same state is reached, over the same forms, and it has the same links, buttons and fields.

    Pages are made by the server: where nothing is done, there is nothing that JavaScript could do.
    """
    found = seen_without_scripts[state.name]

    assert found.failed == ""
    assert found.title == seen[state.name].title
    assert seen[state.name].actions - found.actions == set()
