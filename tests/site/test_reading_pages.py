"""What everybody may read: the suppliers' guide, the handleiding and the statements (screens.md, Everyone)."""

import re
from html import unescape

import pytest

from osr.development import BASE_DIR
from osr.guide import FOLDER
from osr.manual import CHAPTERS

PICTURES = BASE_DIR / "static" / "osr" / "manual"
GUIDE = ["/leveranciers/", *(f"/leveranciers/{path.stem}/" for path in FOLDER.glob("*.md") if path.stem != "README")]
MANUAL = ["/hulp/", *(f"/hulp/{name}/" for name in CHAPTERS)]

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", [*GUIDE, *MANUAL, "/toegankelijkheid/", "/privacy/"])
def test_everybody_may_read_it_and_no_link_is_dead(client, path):
    response = client.get(path)
    body = response.content.decode()

    assert response.status_code == 200
    assert len(re.findall("<h1", body)) == 1
    for link in set(re.findall(r'href="(/[^"]*|#[^"]*)"', body)):
        address, _, anchor = unescape(link).partition("#")
        there = client.get(address, follow=True) if address else response
        assert there.status_code == 200, link
        assert not anchor or f'id="{anchor}"' in there.content.decode(), link


def test_the_start_page_leads_to_all_of_it(client):
    body = client.get("/").content.decode()

    for path in ("/hulp/", "/leveranciers/", "/toegankelijkheid/", "/privacy/"):
        assert f'href="{path}"' in body


@pytest.mark.parametrize("path", ["/leveranciers/geheim/", "/leveranciers/README/", "/hulp/geheim/", "/hulp/index/"])
def test_what_is_no_page_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_the_guide_shows_its_examples_as_they_are(client):
    assert "curl" in client.get("/leveranciers/").content.decode()
    assert "&lt;token&gt;" in client.get("/leveranciers/").content.decode()


def test_the_handleiding_has_the_pictures_it_shows_and_no_others(client):
    """`make screenshots` makes them."""
    shown = {
        name for path in MANUAL for name in re.findall(r"osr/manual/([\w-]+\.png)", client.get(path).content.decode())
    }

    kept = {path.name for path in PICTURES.glob("*.png")}
    assert shown <= kept, "Run `make screenshots`: the handleiding shows a picture that was not made"
    assert kept <= shown, "Nobody shows this picture: take it out of tests/journeys/screenshots.py, or show it"


@pytest.mark.parametrize("path", MANUAL)
def test_what_a_picture_shows_is_told_in_words(client, path):
    images = re.findall(r"<img [^>]*osr/manual/[^>]*>", client.get(path).content.decode())

    assert [image for image in images if not re.search(r'alt="[^"]{30,}"', image)] == []
