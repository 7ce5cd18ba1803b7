"""The text of a template: Markdown with fields in braces, which are filled in for each bestuur (A4).

Of Markdown it knows headings, lists with points and numbers, paragraphs, *emphasis* and **strong emphasis**. All else
is shown as it was typed. A backslash takes the meaning of the sign after it away: `\\{` is a brace.
"""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from agreements.documents.typesetting import unprintable, unprintable_in_words

PLACEHOLDERS = {
    "bestuur": "de naam van het bestuur",
    "bestuursnummer": "het bestuursnummer",
    "aantal_scholen": "hoeveel scholen het bestuur heeft, bijvoorbeeld 3 scholen",
    "datum": "de dag van ondertekening",
    "ondertekenaar": "de naam van de tekenbevoegde",
    "functie": "de functie van de tekenbevoegde",
}
# Without these a text does not say whose agreement it is.
OBLIGATORY = ("bestuur", "bestuursnummer")

_ALL_FIELDS = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
_FIELDS = re.compile(r"\\[\s\S] | \{(?P<name>[^{}\n]*)\} | (?P<stray>[{}])", re.VERBOSE)
_MARKS = re.compile(r"([!-/:-@\[-`{-~])")
_MARKDOWN = MarkdownIt("zero").enable(["heading", "list", "emphasis", "escape", "newline"])


def missing_fields(body: str) -> list[str]:
    """All that is wrong with a template's text, as Dutch sentences; none when it can be filled in and printed."""
    if not body.strip():
        return ["De tekst is leeg. Schrijf de artikelen van de overeenkomst."]
    fields = list(_FIELDS.finditer(body))
    names = list(dict.fromkeys(field["name"].strip() for field in fields if field["name"] is not None))
    problems = [_unknown_in_words(name) for name in names if name not in PLACEHOLDERS]
    problems += [f"In de tekst ontbreekt {{{name}}}: {PLACEHOLDERS[name]}." for name in OBLIGATORY if name not in names]
    problems += [
        f"Regel {body.count('\n', 0, field.start()) + 1}: de accolade {field['stray']} staat alleen. "
        f"Een veld staat tussen twee accolades. Bedoelt u de accolade zelf, schrijf dan \\{field['stray']}."
        for field in fields
        if field["stray"]
    ]
    if strange := unprintable([body]):
        problems.append(unprintable_in_words(strange))
    return problems


def fill(body: str, values: Mapping[str, str]) -> str:
    """`body` with its fields filled in; `values` by name of the field, as plain text.

    Nothing in a value is read as Markdown or as a field. A field without a value stays as it is, so filling in what is
    filled in already changes nothing.
    """

    def filled(field: re.Match[str]) -> str:
        value = values.get((field["name"] or "").strip())
        return field[0] if value is None else _MARKS.sub(r"\\\1", " ".join(value.split()))

    return _FIELDS.sub(filled, body)


def blocks(markdown: str) -> list[dict]:
    """The text as values for `agreement.typ`: headings, paragraphs and lists, with nothing left to interpret.

    Levels of headings begin at 1 and never skip one, however they were typed: a screen reader goes by them (PDF/UA).
    """
    tree = SyntaxTreeNode(_MARKDOWN.parse(markdown))
    typed = [int(node.tag[1]) for node in tree.walk() if node.type == "heading"]
    levels = _levels(typed)
    return [_block(node, levels) for node in tree.children]


def _unknown_in_words(name: str) -> str:
    close = get_close_matches(name.lower(), PLACEHOLDERS, n=1)
    hint = f"Bedoelt u {{{close[0]}}}?" if close else f"Kies uit: {_ALL_FIELDS}."
    return f"Het veld {{{name}}} bestaat niet. {hint}"


def _levels(typed: list[int]) -> Iterator[int]:
    level = 0
    for number in typed:
        level = min(number - min(typed) + 1, level + 1)
        yield level


def _block(node: SyntaxTreeNode, levels: Iterator[int]) -> dict:
    match node.type:
        case "heading":
            return {"kind": "heading", "level": next(levels), "inlines": _inlines(node)}
        case "bullet_list" | "ordered_list":
            items = [[_block(block, levels) for block in item.children] for item in node.children]
            return {"kind": node.type, "start": int(node.attrs.get("start", 1)), "items": items}
        case _:
            return {"kind": "paragraph", "inlines": _inlines(node)}


def _inlines(node: SyntaxTreeNode) -> list[dict]:
    """The pieces of a heading or paragraph, or within emphasis."""
    inlines = []
    for child in node.children:
        match child.type:
            case "inline":
                inlines += _inlines(child)
            case "em" | "strong":
                inlines.append({"kind": child.type, "inlines": _inlines(child)})
            case "softbreak":
                inlines.append({"kind": "text", "text": " "})
            case "hardbreak":
                inlines.append({"kind": "break"})
            case _:
                inlines.append({"kind": "text", "text": child.content})
    return inlines
