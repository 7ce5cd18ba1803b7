"""Reading DUO's open lists of vestigingen and besturen, as they really are; no database here.

DUO publishes each list in two forms (`;` with Windows-1252, and `,` with quotes and UTF-8), renames columns between
years and adds others in the middle. So columns are found by the names they have had, never by their place.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from schools import numbers
from schools.models import Sector


class UnreadableList(Exception):
    """The file is not a list of vestigingen or besturen; the message says in Dutch what is wrong with it."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was passed over. `line` is its line in the file, where the header is line 1; `text` is Dutch."""

    source: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.source}, regel {self.line}: {self.text}"


@dataclass(frozen=True, slots=True)
class ListedLocation:
    """A vestiging as a list gives it. `city` is None when the list has no such column."""

    code: str
    name: str
    city: str | None


@dataclass(slots=True)
class ListedSchool:
    """A BRIN as a list gives it, with its vestigingen by code."""

    brin: str
    board: str
    locations: dict[str, ListedLocation] = field(default_factory=dict)

    @property
    def main(self) -> ListedLocation:
        """The vestiging whose name and place the school bears: 00 or, as five BRINs in the VO have none, the lowest."""
        return self.locations[min(self.locations)]


@dataclass(frozen=True, slots=True)
class LocationList:
    """A list of vestigingen: the schools of one sector by BRIN, and the rows that were passed over.

    `doubtful` holds the BRINs that those rows mention. The list doesn't say all about them: what it lacks of them
    must not be read as gone.
    """

    source: str
    sector: Sector
    schools: dict[str, ListedSchool]
    doubtful: frozenset[str]
    problems: list[BadRow]


@dataclass(frozen=True, slots=True)
class BoardList:
    """A list of besturen: their names by number, and the rows that were passed over."""

    source: str
    names: dict[str, str]
    problems: list[BadRow]


# The names under which DUO has published each column; the first is today's, and is what a refusal names.
_BOARD = ("BEVOEGD GEZAG NUMMER", "BEVOEGD GEZAG")
_BRIN = ("INSTELLINGSCODE", "BRIN NUMMER")
_LOCATION = ("VESTIGINGSCODE", "VESTIGINGSNUMMER")
_NAME = ("VESTIGINGSNAAM", "NAAM VESTIGING", "INSTELLINGSNAAM")
_CITY = ("PLAATSNAAM",)
_BOARD_NAME = ("BEVOEGD GEZAG NAAM", "NAAM")

# Columns that only the list of that sector has. The list of SBO, SO and VSO counts as one sector.
_SECTOR_MARKS = {"ONDERWIJSSTRUCTUUR": Sector.VO, "SOORT PRIMAIR ONDERWIJS": Sector.SO, "CLUSTER": Sector.SO}

_BRIN_IN_TEXT = re.compile(r"\b([0-9]{2}[A-Z]{2})(?:[0-9]{1,2})?\b", re.IGNORECASE)
_SUFFIX = re.compile(r"[0-9]{1,2}")
_SHORT_BOARD_NUMBER = re.compile(r"[0-9]{1,4}")
_LINE_BREAK = re.compile(r"\s*[\r\n\t]\s*")
_UTF8_MARK = b"\xef\xbb\xbf"
# Of a file without one good row so many bad ones are named: more say nothing new.
_MOST_NAMED = 20


def read_list(content: bytes, *, source: str) -> LocationList | BoardList:
    """Read one of DUO's lists from the bytes of a file.

    A row that is wrong is passed over and becomes a `BadRow`. `source` is the name by which messages call the file.
    Raises `UnreadableList` when the file is no such list, naming the columns that are missing, or holds no usable row.
    """
    lines = list(io.StringIO(_decode(content, source), newline=""))
    delimiter = max(";,", key=next((line for line in lines if line.strip()), "").count)
    rows = _rows(lines, delimiter)
    header = next(rows, None)
    if header is None:
        raise UnreadableList(f"{source} is leeg.")
    columns = _Columns(header.fields)
    if columns.are_of_boards():
        found = _read_boards(rows, columns, source)
        usable = found.names
    elif missing := columns.missing(_BOARD, _BRIN, _LOCATION, _NAME):
        text = f"{source} is geen lijst van DUO. Voor een lijst van vestigingen ontbreekt: {', '.join(missing)}."
        if _BRIN[0] in missing and _LOCATION[0] in missing:
            text += f" Voor een lijst van besturen ontbreekt: {', '.join(columns.missing(_BOARD, _BOARD_NAME))}."
        raise UnreadableList(text)
    else:
        found = _read_locations(rows, columns, source)
        usable = found.schools
    if not usable:
        wrong = "".join(f"\n  {problem}" for problem in found.problems[:_MOST_NAMED])
        if len(found.problems) > _MOST_NAMED:
            wrong += f"\n  En nog {len(found.problems) - _MOST_NAMED} foute rijen."
        raise UnreadableList(f"{source} heeft wel de kolommen van een lijst van DUO, maar geen bruikbare rij.{wrong}")
    return found


def _decode(content: bytes, source: str) -> str:
    """The text of a file that is UTF-8 or Windows-1252; DUO's files don't say which, but UTF-8 can be told."""
    if b"\0" in content:
        raise UnreadableList(f"{source} is geen tekstbestand. Geef het CSV-bestand, geen Excel- of zipbestand.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # A file that says it is UTF-8 and isn't, was cut off or damaged: read otherwise, its names would be garbled.
        if content.startswith(_UTF8_MARK):
            raise UnreadableList(f"{source} is beschadigd: het is geen geldig UTF-8. Download het opnieuw.") from None
    try:
        return content.decode("windows-1252")
    except UnicodeDecodeError:
        raise UnreadableList(f"{source} is geen tekst in UTF-8 of Windows-1252.") from None


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the file: its first and last line, its fields without the spaces round them, and as it was written."""

    line: int
    last_line: int
    fields: list[str]
    raw: str

    def mentions(self) -> set[str]:
        """All that looks like a BRIN, anywhere in the row."""
        return {brin.upper() for brin in _BRIN_IN_TEXT.findall(self.raw)}


def _rows(lines: list[str], delimiter: str) -> Iterator[_Row]:
    """The rows that are not blank. A row that cannot be read as CSV comes as a row without fields."""
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        first = reader.line_num
        try:
            # DUO writes an empty field as one space. A break within a quoted field is not part of a name.
            fields = [_LINE_BREAK.sub(" ", text.strip()) for text in next(reader)]
        except StopIteration:
            return
        except csv.Error:
            fields = []
        else:
            if not any(fields):
                continue
        last = reader.line_num
        yield _Row(line=first + 1, last_line=last, fields=fields, raw="".join(lines[first:last]))


class _Columns:
    """Where the columns stand in this file, by the names that they have had. Case and `_` don't count."""

    def __init__(self, header: list[str]) -> None:
        self.count = len(header)
        self._places: dict[str, int] = {}
        for place, name in enumerate(header):
            self._places.setdefault(" ".join(name.replace("_", " ").upper().split()), place)

    def place(self, names: tuple[str, ...]) -> int | None:
        """The place of the first of these columns that the file has."""
        return next((self._places[name] for name in names if name in self._places), None)

    def missing(self, *columns: tuple[str, ...]) -> list[str]:
        """Today's names of those of these columns that the file doesn't have."""
        return [names[0] for names in columns if self.place(names) is None]

    def are_of_boards(self) -> bool:
        """Whether the file is about besturen: it names them, and knows no schools."""
        return not self.missing(_BOARD, _BOARD_NAME) and len(self.missing(_BRIN, _LOCATION)) == 2

    def sector(self) -> Sector:
        """The sector of a list of vestigingen, by the columns that only that sector's list has."""
        return next((sector for name, sector in _SECTOR_MARKS.items() if name in self._places), Sector.PO)


def _read_locations(rows: Iterator[_Row], columns: _Columns, source: str) -> LocationList:
    places = [columns.place(names) for names in (_BOARD, _BRIN, _LOCATION, _NAME)]
    city_place = columns.place(_CITY)
    schools: dict[str, ListedSchool] = {}
    lines: dict[str, int] = {}
    contradicted: set[str] = set()
    doubtful: set[str] = set()
    problems: list[BadRow] = []

    def pass_over(row: _Row, text: str) -> None:
        problems.append(BadRow(source, row.line, text))
        doubtful.update(row.mentions())

    for row in rows:
        if wrong := _misshapen(row, columns):
            pass_over(row, wrong)
            continue
        board, brin, code, name = (row.fields[place] for place in places)
        board, brin = _board_number(board), brin.upper()
        code = brin + code.zfill(2) if _SUFFIX.fullmatch(code) else code.upper()
        if wrong := [*_board_problems(board), *_school_problems(brin, code, name)]:
            pass_over(row, " ".join(wrong))
            continue
        location = ListedLocation(code, name, None if city_place is None else row.fields[city_place])
        school = schools.setdefault(brin, ListedSchool(brin, board))
        before = school.locations.get(code)
        if school.board != board:
            pass_over(
                row,
                f"{brin} staat hier onder bestuur {board} en op regel {lines[brin]} onder bestuur {school.board}. "
                "De hele school is overgeslagen.",
            )
            contradicted.add(brin)
        elif before and before != location:
            pass_over(row, f"{code} staat ook op regel {lines[code]}, met een andere naam of plaats.")
        elif not before:
            school.locations[code] = location
            lines.setdefault(brin, row.line)
            lines[code] = row.line

    # Which of two besturen is right, the list doesn't say; and a move has consequences (D20).
    for brin in contradicted:
        del schools[brin]
    return LocationList(source, columns.sector(), schools, frozenset(doubtful), problems)


def _read_boards(rows: Iterator[_Row], columns: _Columns, source: str) -> BoardList:
    number_place, name_place = columns.place(_BOARD), columns.place(_BOARD_NAME)
    names: dict[str, str] = {}
    lines: dict[str, int] = {}
    problems: list[BadRow] = []
    for row in rows:
        if wrong := _misshapen(row, columns):
            problems.append(BadRow(source, row.line, wrong))
            continue
        number, name = _board_number(row.fields[number_place]), row.fields[name_place]
        wrong = _board_problems(number)
        if not name:
            wrong.append("De naam ontbreekt.")
        if names.get(number, name) != name:
            wrong.append(f"Bestuur {number} staat ook op regel {lines[number]}, met een andere naam.")
        if wrong:
            problems.append(BadRow(source, row.line, " ".join(wrong)))
            continue
        names[number] = name
        lines.setdefault(number, row.line)
    return BoardList(source, names, problems)


def _misshapen(row: _Row, columns: _Columns) -> str:
    """What is wrong with the row as a whole, or nothing."""
    if len(row.fields) == columns.count:
        return ""
    text = f"De rij heeft niet {columns.count} velden maar {len(row.fields) or 'geen leesbare'}."
    if row.last_line > row.line:
        text += (
            f" Zij loopt door tot en met regel {row.last_line}: waarschijnlijk is een aanhalingsteken niet gesloten."
        )
    return text


def _board_number(text: str) -> str:
    """A board number of five digits; spreadsheets drop the zeros with which some begin."""
    return text.zfill(5) if _SHORT_BOARD_NUMBER.fullmatch(text) else text


def _board_problems(number: str) -> list[str]:
    if not number:
        return ["Het nummer van het bestuur ontbreekt."]
    if not re.fullmatch(numbers.BOARD_NUMBER, number):
        return [f"'{number}' is geen bestuursnummer (vijf cijfers)."]
    return []


def _school_problems(brin: str, code: str, name: str) -> list[str]:
    problems = []
    if not brin:
        problems.append("Het BRIN ontbreekt.")
    elif not re.fullmatch(numbers.BRIN, brin):
        problems.append(f"'{brin}' is geen BRIN (twee cijfers en twee letters).")
    if not code:
        problems.append("De vestiging ontbreekt.")
    elif not problems and not re.fullmatch(numbers.LOCATION_CODE, code):
        problems.append(f"'{code}' is geen vestigingscode (BRIN en twee cijfers).")
    elif not problems and not code.startswith(brin):
        problems.append(f"Vestiging {code} begint niet met het BRIN {brin}.")
    if not name:
        problems.append("De naam ontbreekt.")
    return problems
