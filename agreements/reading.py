"""The texts of agreements as they stand in a page: the same words as in the PDF, for who reads them otherwise (A3)."""

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from agreements.documents import Contract, fill
from agreements.documents.texts import blocks

_LOWEST_HEADING = 6


def contract_as_html(contract: Contract, *, heading: int) -> SafeString:
    """The articles of an agreement, filled in; the highest heading among them gets the level `heading`."""
    return text_as_html(fill(contract.body, contract.values()), heading=heading)


def text_as_html(markdown: str, *, heading: int = 3) -> SafeString:
    """A text of a template as HTML; what is no markup of ours is shown as it was typed."""
    return format_html_join("", "{}", ((_block(block, heading),) for block in blocks(markdown)))


def _block(block: dict, heading: int) -> SafeString:
    match block["kind"]:
        case "heading":
            level = min(block["level"] + heading - 1, _LOWEST_HEADING)
            return format_html('<h{0} class="utrecht-heading-{0}">{1}</h{0}>', level, _inlines(block["inlines"]))
        case "bullet_list":
            return format_html('<ul class="utrecht-unordered-list">{}</ul>', _items(block["items"], "un", heading))
        case "ordered_list":
            items = _items(block["items"], "", heading)
            return format_html('<ol class="utrecht-ordered-list" start="{}">{}</ol>', block["start"], items)
        case _:
            return format_html('<p class="utrecht-paragraph">{}</p>', _inlines(block["inlines"]))


def _items(items: Iterable[list[dict]], un: str, heading: int) -> SafeString:
    return format_html_join(
        "",
        '<li class="utrecht-{}ordered-list__item">{}</li>',
        ((un, format_html_join("", "{}", ((_block(block, heading),) for block in item))) for item in items),
    )


def _inlines(inlines: Iterable[dict]) -> SafeString:
    return format_html_join("", "{}", ((_inline(inline),) for inline in inlines))


def _inline(inline: dict) -> SafeString | str:
    match inline["kind"]:
        case "em" | "strong":
            return format_html("<{0}>{1}</{0}>", inline["kind"], _inlines(inline["inlines"]))
        case "break":
            return format_html("<{}>", "br")
        case _:
            return inline["text"]
