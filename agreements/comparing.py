"""What changed between two texts, word by word (A4)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_WORDS = re.compile(r"\s+|[^\s]+")


class Change(StrEnum):
    """What became of a piece of a text."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Piece:
    """A piece of a text, and what became of it."""

    change: Change
    text: str


def differences(before: str, after: str) -> list[Piece]:
    """How `after` came from `before`: the pieces of both in order, those that stayed among them.

    First line by line, and only lines that changed word by word: a long text with a few changes takes no time.
    """
    pieces: list[Piece] = []
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for tag, old_lines, new_lines in _compared(old, new):
        if tag == "replace":
            words = _compared(_WORDS.findall("".join(old_lines)), _WORDS.findall("".join(new_lines)))
            pieces += [piece for each in words for piece in _pieces(*each)]
        else:
            pieces += _pieces(tag, old_lines, new_lines)
    return pieces


def _compared(old: list[str], new: list[str]) -> Iterator[tuple[str, list[str], list[str]]]:
    for tag, begin, end, new_begin, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield tag, old[begin:end], new[new_begin:new_end]


def _pieces(tag: str, old: list[str], new: list[str]) -> Iterator[Piece]:
    if tag == "equal":
        yield Piece(Change.SAME, "".join(old))
        return
    if old:
        yield Piece(Change.REMOVED, "".join(old))
    if new:
        yield Piece(Change.ADDED, "".join(new))
