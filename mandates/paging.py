"""Long lists: found by words, and dealt into pages."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

ROWS_PER_PAGE = 25
# `pagina=alle`: one long page, for on paper.
ALL_PAGES = "alle"


def page_of(rows: Sequence[Any] | QuerySet, asked: str | None, per_page: int = ROWS_PER_PAGE) -> Page:
    """The page with this number, the nearest to it, or (`alle`) everything."""
    paginator = Paginator(rows, per_page)
    if asked == ALL_PAGES:
        paginator = Paginator(rows, max(paginator.count, 1))
    return paginator.get_page(asked)


def holds_words(words: str, *texts: str) -> bool:
    """Whether each of the words stands in one of the texts, whatever its case."""
    text = " ".join(texts).casefold()
    return all(word in text for word in words.casefold().split())
