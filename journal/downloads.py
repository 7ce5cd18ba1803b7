"""Lists as files that a spreadsheet opens: CSV and Excel, for Excel as it is set up in the Netherlands.

A list is a `Sheet`: columns, and rows of values. `as_download` makes the file of any sheet. What a cell says can come
from outside the register (the name of a school, of a system), so no cell is ever a formula.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone


class Coloured(NamedTuple):
    """A text that an Excel file shows in these colours, such as `#E2F1E4`."""

    text: str
    ground: str
    letters: str


# Text, number, day, moment, or nothing.
Cell = str | Coloured | int | date | datetime | None

# What grows for ever is downloaded up to so many rows, the newest: a shorter period gives the others.
MOST_ROWS = 10_000

# What a spreadsheet may take for the beginning of a formula, also with white space before it.
_FORMULA_SIGNS = "=+-@＝＋－＠"
_NO_FORMULA = "'"
_WIDEST = 60  # characters
_EXCEL_LONGEST = 32_767  # characters in a cell
_EXCEL_FIRST_YEAR = 1900
_EXCEL_LONGEST_HEADER = 200


class FileKind(StrEnum):
    """What a list can be downloaded as; the value ends the name of the file."""

    CSV = "csv"
    EXCEL = "xlsx"


@dataclass(frozen=True)
class Sheet:
    """A list: its title, the names of its columns, and its rows."""

    title: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def as_download(sheet: Sheet, kind: FileKind, *, name: str, day: date) -> HttpResponse:
    """The file of `sheet`, called for instance `mandaten-99001-2026-11-22.csv` (`name`, then `day`)."""
    if kind == FileKind.CSV:
        content, content_type = _csv(sheet), "text/csv; charset=utf-8"
    else:
        content = _excel(sheet, day)
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    file_name = f"{name}-{day.isoformat()}.{kind}"
    return HttpResponse(
        content, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{file_name}"'}
    )


def _csv(sheet: Sheet) -> bytes:
    """UTF-8 with a byte order mark, and semicolons: that is how a Dutch Excel opens a file by a double click."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(map(_as_text, sheet.columns))
    writer.writerows(map(_as_text, row) for row in sheet.rows)
    return text.getvalue().encode("utf-8-sig")


def _as_text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case datetime():
            return timezone.localtime(cell).strftime("%Y-%m-%d %H:%M:%S")
        case date():
            return cell.isoformat()
        case int():
            return str(cell)
        case Coloured():
            return _unformulated(cell.text)
        case _:
            return _unformulated(cell)


def _unformulated(text: str) -> str:
    """The text, made such that no spreadsheet takes it for a formula."""
    begins = text.lstrip()[:1]
    is_formula = (begins and begins in _FORMULA_SIGNS) or text[:1] in ("\t", "\r", "\n")
    return _NO_FORMULA + text if is_formula else text


def _excel(sheet: Sheet, day: date) -> bytes:
    """A workbook with one sheet: days are days, everything else but numbers is text, never a formula or a link."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "remove_timezone": True}) as book:
        page = book.add_worksheet(sheet.title)
        formats = {
            "header": book.add_format({"bold": True, "bottom": 2, "valign": "top", "text_wrap": True}),
            date: book.add_format({"num_format": "dd-mm-yyyy", "align": "left"}),
            datetime: book.add_format({"num_format": "dd-mm-yyyy hh:mm:ss", "align": "left"}),
            str: book.add_format({"num_format": "@"}),
        }
        for place, name in enumerate(sheet.columns):
            page.write_string(0, place, name, formats["header"])
        widths = [len(name) for name in sheet.columns]
        last = 0
        for last, row in enumerate(sheet.rows, start=1):
            for place, cell in enumerate(row):
                if isinstance(cell, Coloured) and cell[1:] not in formats:
                    colours = {"bg_color": cell.ground, "font_color": cell.letters}
                    formats[cell[1:]] = book.add_format({"num_format": "@", "border": 1, **colours})
                widths[place] = max(widths[place], _write(page, last, place, cell, formats))
        for place, width in enumerate(widths):
            page.set_column(place, place, min(width, _WIDEST) + 3)  # room for the button of the filter
        page.freeze_panes(1, 1)
        page.autofilter(0, 0, last, len(sheet.columns) - 1)
        page.set_landscape()
        page.set_paper(9)  # A4
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
        page.set_header(f"&L{sheet.title.replace('&', '&&')[:_EXCEL_LONGEST_HEADER]}&R{day:%d-%m-%Y}")
        page.set_footer("&R&P / &N")
        book.set_properties({"title": sheet.title})
    return file.getvalue()


def _write(page, row: int, place: int, cell: Cell, formats: dict) -> int:
    """Write a cell; returns how many characters wide it is."""
    if cell is None or cell == "":
        return 0
    if isinstance(cell, int):
        page.write_number(row, place, cell)
        return len(str(cell))
    if isinstance(cell, date) and cell.year >= _EXCEL_FIRST_YEAR:
        kind = type(cell)
        page.write_datetime(row, place, timezone.localtime(cell) if kind is datetime else cell, formats[kind])
        return 19 if kind is datetime else 10
    if isinstance(cell, Coloured):
        text, form = cell.text, formats[cell[1:]]
    else:
        text, form = cell if isinstance(cell, str) else _as_text(cell), formats[str]
    page.write_string(row, place, text[:_EXCEL_LONGEST], form)
    return len(text)
