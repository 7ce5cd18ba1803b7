"""From values to a tagged PDF: typst sets them by `agreement.typ` (docs/decisions/025-agreements-as-pdf.md)."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import orjson
import typst

from journal.acts import Problem, Refused

_LAYOUT = (Path(__file__).parent / "agreement.typ").read_bytes()
# Only what the library brings itself: the same letters on every machine.
_FONTS = typst.Fonts(include_system_fonts=False)
_NAMED_AT_MOST = 10


def typeset(document: dict, at: datetime | None = None) -> bytes:
    """The PDF/UA-1 that `agreement.typ` makes of `document`; its texts are shown as they are, never read as markup.

    `at` is the moment that it says it was made. The same values give the same bytes. Raises `Refused` when a text has
    characters for which there are no letters, naming them.
    """
    try:
        return _compile(_LAYOUT, document, at)
    except typst.TypstError as error:
        strange = unprintable(_texts(document))
        if not strange:
            raise
        raise Refused([Problem("unprintable", unprintable_in_words(strange))]) from error


def unprintable(texts: Iterable[str]) -> list[str]:
    """The characters in `texts` that a PDF of ours cannot show, such as pictograms; the first ten of them."""
    strange = []
    for character in dict.fromkeys("".join(texts)):
        if not _is_printable(character):
            strange.append(character)
            if len(strange) == _NAMED_AT_MOST:
                break
    return strange


def unprintable_in_words(characters: list[str]) -> str:
    """That these cannot be shown, and what to do."""
    named = ", ".join(character if character.isprintable() else f"U+{ord(character):04X}" for character in characters)
    return f"Deze tekens kunnen niet in de PDF staan: {named}. Haal ze weg of schrijf ze anders."


@lru_cache(maxsize=4096)
def _is_printable(character: str) -> bool:
    if character.isascii() and character.isprintable():
        return True
    try:
        # With a letter before it, so that an accent that stands by itself has something to stand on.
        _compile(b'#set document(title: "-")\n#json(bytes(sys.inputs.document))', f"a{character}")
    except typst.TypstError:
        return False
    return True


def _compile(source: bytes, document: object, at: datetime | None = None) -> bytes:
    return typst.compile(
        source,
        format="pdf",
        font_paths=_FONTS,
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        # Never that of the clock.
        timestamp=int(at.timestamp()) if at else 0,
        sys_inputs={"document": orjson.dumps(document).decode()},
    )


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
