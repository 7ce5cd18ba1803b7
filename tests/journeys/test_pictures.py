"""The pictures of the handleiding show the register as it is now (`make screenshots` makes them anew)."""

import json
from collections.abc import Iterator
from difflib import ndiff

import pytest
from playwright.sync_api import Browser, Error

from tests.journeys.screenshots import MANUAL, PICTURES, WRITTEN_DOWN, Picture, demo_register, fingerprint
from tests.journeys.walking import Walk

WRITTEN = json.loads(WRITTEN_DOWN.read_text())
ANEW = "Run `make screenshots`, look at the pictures and keep them, with tests/journeys/pictures.json."


@pytest.fixture(scope="module")
def walk(_browser: Browser) -> Iterator[Walk]:
    """Through a register of its own: other journeys change the mandates of the demo, and the pictures show them."""
    with demo_register() as register:
        yield Walk(_browser, register, {})


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_it_shows_what_the_page_says_now(walk: Walk, picture: Picture):
    try:
        page = picture.open(walk)
        now = picture.words(page)
        walk.leave(picture.state, page)
    except Error as error:
        walk.give_up(picture.state)
        pytest.fail(f"{picture.name}.png cannot be made any more: mend it in screenshots.py. {error}", pytrace=False)
    then = WRITTEN.get(picture.name, {}).get("words", [])

    changed = [line for line in ndiff(then, now) if line[0] in "-+"]
    assert not changed, f"{picture.name}.png is out of date (- the picture, + the page). {ANEW}\n" + "\n".join(changed)


def test_each_is_there_as_it_was_made():
    made = {name: of_picture["sha256"] for name, of_picture in WRITTEN.items()}
    there = {path.stem: fingerprint(path) for path in MANUAL.glob("*.png")}

    assert there == made, f"These are not the pictures that were made last. {ANEW}"
    assert there.keys() == {picture.name for picture in PICTURES}, f"Not all pictures were made. {ANEW}"
