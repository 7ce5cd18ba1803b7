"""The suppliers' guide on the site: the pages of `docs/leveranciers/`, as they are in the repository."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.utils.text import slugify
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

FOLDER = settings.BASE_DIR / "docs" / "leveranciers"
FIRST = "README"


@dataclass(frozen=True)
class GuidePage:
    """One page: its name in the address (empty for the first), its title, and its text as HTML."""

    name: str
    title: str
    html: str


@require_safe
def guide(request: HttpRequest, name: str = "") -> HttpResponse:
    """A page of the guide; 404 when there is none of that name."""
    pages = _pages()
    if name not in pages:
        raise Http404
    return render(request, "guide.html", {"page": pages[name], "pages": pages.values()})


@cache
def _pages() -> dict[str, GuidePage]:
    files = [FOLDER / f"{FIRST}.md", *sorted(path for path in FOLDER.glob("*.md") if path.stem != FIRST)]
    pages = [_page(path) for path in files]
    return {page.name: page for page in pages}


def _page(path: Path) -> GuidePage:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    for kind, rule in _RULES.items():
        markdown.add_render_rule(kind, rule)
    tokens = markdown.parse(path.read_text(encoding="utf-8"))
    title = next(after.content for token, after in pairwise(tokens) if token.type == "heading_open")
    _number_headings(tokens)
    for token in tokens:
        _follow_links(token.children or ())
    name = "" if path.stem == FIRST else path.stem
    return GuidePage(name, title, markdown.renderer.render(tokens, markdown.options, {}))


def _number_headings(tokens: list[Token]) -> None:
    """Give each heading the id by which links name it, and the look of the site's headings."""
    for token, after in pairwise(tokens):
        if token.type == "heading_open":
            token.attrs["id"] = slugify(after.content, allow_unicode=True)
            token.attrs["class"] = f"utrecht-heading-{token.tag[1]}"


def _follow_links(tokens: Iterable[Token]) -> None:
    """Let links between the pages lead to them here; what is in the repository only loses its link."""
    is_here = True
    for token in tokens:
        if token.type == "link_open":
            address = _address(str(token.attrs["href"]))
            is_here = address is not None
            token.tag = "a" if is_here else "span"
            token.attrs = {"href": address, "class": "utrecht-link utrecht-link--html-a"} if is_here else {}
        elif token.type == "link_close":
            token.tag = "a" if is_here else "span"


def _address(link: str) -> str | None:
    page = re.fullmatch(r"([\w-]+)\.md(#.*)?", link)
    if page is None:
        return None if link.startswith("..") else link
    name = "" if page[1] == FIRST else page[1]
    return (reverse("guide", args=[name]) if name else reverse("guide")) + (page[2] or "")


# What may be wider than a small screen scrolls by itself, also with the keyboard.
_RULES = {
    "fence": lambda self, tokens, index, *_: (
        f'<pre tabindex="0" role="group" aria-label="Voorbeeld"><code>{escape(tokens[index].content)}</code></pre>\n'
    ),
    "table_open": lambda *_: '<div class="osr-scroll" tabindex="0" role="group" aria-label="Tabel"><table>\n',
    "table_close": lambda *_: "</table></div>\n",
}
