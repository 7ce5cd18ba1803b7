"""What the documents refer to exists: every relative link in them, with the heading it names."""

import re
from pathlib import Path

import pytest

from osr.development import BASE_DIR

DOCUMENTS = sorted([*BASE_DIR.glob("*.md"), *(BASE_DIR / "docs").rglob("*.md"), *BASE_DIR.glob("*/README.md")])
_CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(<?([^()<>\s]+)>?\)")


def links(document: Path) -> list[str]:
    """The targets of its links that do not lead to another site."""
    text = _CODE.sub("", document.read_text())
    return [target for target in _LINK.findall(text) if not re.match(r"[a-z]+:", target)]


def anchors(document: Path) -> set[str]:
    """The names by which a link can lead to its headings, as the places that show Markdown make them."""
    text = re.sub(r"^```.*?^```", "", document.read_text(), flags=re.MULTILINE | re.DOTALL)
    return {
        re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.relative_to(BASE_DIR)))
def test_every_relative_link_leads_somewhere(document):
    broken = []
    for target in links(document):
        path, _, anchor = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)

    assert broken == []


def test_links_are_found_and_those_in_code_are_not(tmp_path):
    document = tmp_path / "page.md"
    document.write_text("# 1. Zo! Of niet\n[a](b.md#c) ![d](e.png) [f](https://g.example) `[h](i)`\n```\n[j](k)\n```\n")

    assert links(document) == ["b.md#c", "e.png"]
    assert anchors(document) == {"1-zo-of-niet"}
