"""Long lists: found by words, and dealt into pages."""

from collections.abc import Callable, Iterable, Sequence
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
    # Django takes a number below the first page for one behind the last.
    return paginator.get_page(1 if asked and asked.startswith(("-", "0")) else asked)


def page_with(rows: Iterable[Any], fits: Callable[[Any], bool]) -> str:
    """The number of the page that has the first row that fits; the first page when none does."""
    return str(next((number for number, row in enumerate(rows) if fits(row)), 0) // ROWS_PER_PAGE + 1)


def holds_words(words: str, *texts: str) -> bool:
    """Whether each of the words stands in one of the texts, whatever its case."""
    text = " ".join(texts).casefold()
    return all(word in text for word in words.casefold().split())
