"""Bringing besturen, schools and vestigingen to what DUO's lists say (D19): an import, all of it or nothing."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import batched
from typing import NamedTuple, Self

from django.db import connection, transaction

from journal.acts import Actor, Problem, Refused, act
from schools.actions.cases import open_cases
from schools.differences import Difference, Facts, Kind, Subject, difference, fingerprint
from schools.duo import BadRow, BoardList, ListedLocation, ListedSchool, LocationList
from schools.models import Board, Case, Location, School, Sector

# A download that was cut off must not flag half the country. Between 2021 and 2026, five years, 3.4 % of the primary
# schools left the list.
MANY_GONE_SHARE = 0.2
# In a small register, a sandbox for instance, a few schools are a large share.
MANY_GONE_LEAST = 25

_ONE_IMPORT_AT_A_TIME = 4_203_019  # the key of an advisory lock: any number that nothing else uses
_ROWS_AT_ONCE = 1_000


class ManyGone(Refused):
    """So many schools would go missing that a list is probably incomplete."""


class ChangedMeanwhile(Refused):
    """The register is no longer as it was when the differences were shown."""


# Called after each batch with the number of rows written so far and the number to write.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class SchoolReport:
    """What happened to one school. `board` is the number of its bestuur, `previous_board` of the one it moved from."""

    brin: str
    name: str
    city: str
    board: str
    previous_board: str | None = None


@dataclass(kw_only=True)
class ImportSummary:
    """What an import did or, in a dry run, would do. Schools are in order of BRIN, besturen are numbers in order.

    A school that moved is in `moved` and not in `changed`, whatever else changed with it. One that returned is in
    `returned`, and in `moved` as well if it moved. `gone` are the schools that this import flagged (D19), not those
    that were flagged before.
    """

    listed_boards: int = 0
    listed_schools: int = 0
    listed_locations: int = 0
    new: list[SchoolReport] = field(default_factory=list)
    changed: list[SchoolReport] = field(default_factory=list)
    moved: list[SchoolReport] = field(default_factory=list)
    gone: list[SchoolReport] = field(default_factory=list)
    returned: list[SchoolReport] = field(default_factory=list)
    new_boards: list[str] = field(default_factory=list)
    renamed_boards: list[str] = field(default_factory=list)
    # A list of besturen named them, but they govern no school that the register knows: passed over.
    unknown_boards: list[str] = field(default_factory=list)
    new_locations: int = 0
    changed_locations: int = 0
    gone_locations: int = 0
    returned_locations: int = 0
    # Everything that is written, with what it was before; the fingerprint is that of these differences on this day.
    differences: list[Difference] = field(default_factory=list)
    fingerprint: str = ""
    # Of each sector of which so many schools would go missing that its list is probably incomplete: a sentence.
    many_gone: list[str] = field(default_factory=list)
    # The names of the besturen, by number, as they are after the import.
    board_names: dict[str, str] = field(default_factory=dict)
    problems: list[BadRow] = field(default_factory=list)


def import_duo(
    *,
    actor: Actor,
    lists: Sequence[LocationList | BoardList],
    today: date,
    dry_run: bool = False,
    allow_many_gone: bool = False,
    shown: str | None = None,
    progress: Progress = lambda done, total: None,
) -> ImportSummary:
    """Bring the register to what these lists say together; in one transaction, and only what differs is written.

    Schools that are new are added, those of another bestuur move to it (D20), and a school that stands in none of the
    lists although one of its sector is given, is flagged from `today` (a day in Europe/Amsterdam), not closed (D19).
    Lists of besturen name the besturen that the register knows. With `dry_run` everything is tried and undone.

    Raises `Refused` when two lists contradict each other, and `ManyGone` when so many schools would go missing that a
    list is probably incomplete, unless `allow_many_gone`. With `shown`, the fingerprint of the differences that were
    shown (`differences_with`), raises `ChangedMeanwhile` when it would now do anything else.
    """
    listed = _Listed.of(lists)
    with transaction.atomic():
        wait_for_imports()
        plan = _Plan(listed, _Known.read(), today)
        if shown is not None and plan.summary.fingerprint != shown:
            text = "Het register is intussen veranderd. Bekijk de verschillen opnieuw."
            raise ChangedMeanwhile([Problem("changed_meanwhile", text)])
        if plan.summary.many_gone and not allow_many_gone:
            raise ManyGone(Problem("many_gone", f"{text} Er is niets veranderd.") for text in plan.summary.many_gone)
        plan.carry_out(actor, progress)
        plan.open_cases(actor)
        if dry_run:
            connection.check_constraints()
            transaction.set_rollback(True)
    return plan.summary


def differences_with(lists: Sequence[LocationList | BoardList], *, today: date) -> ImportSummary:
    """What an import of these lists would do to the register as it stands; nothing is written or kept waiting.

    Raises `Refused` when two lists contradict each other.
    """
    return _Plan(_Listed.of(lists), _Known.read(), today).summary


def wait_for_imports() -> None:
    """Wait until no import runs, and let none begin before the end of the transaction: only imports move schools."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_IMPORT_AT_A_TIME])


@dataclass(frozen=True, slots=True)
class _Listed:
    """What the lists say together."""

    schools: dict[str, ListedSchool]
    sectors: dict[str, list[Sector]]  # of a BRIN: the sectors in whose lists it stands
    covered: frozenset[Sector]
    doubtful: frozenset[str]
    names: dict[str, str]  # of besturen, by number
    bad_rows: list[BadRow]

    @classmethod
    def of(cls, lists: Sequence[LocationList | BoardList]) -> Self:
        schools: dict[str, ListedSchool] = {}
        sectors: dict[str, list[Sector]] = {}
        names: dict[str, str] = {}
        problems = []
        of_locations = [each for each in lists if isinstance(each, LocationList)]
        for each in of_locations:
            for brin, listed in each.schools.items():
                school = schools.setdefault(brin, ListedSchool(brin, listed.board))
                if school.board != listed.board:
                    problems.append(
                        f"{brin} staat onder bestuur {school.board} en in {each.source} onder {listed.board}."
                    )
                for code, location in listed.locations.items():
                    school.locations.setdefault(code, location)
                sectors.setdefault(brin, []).append(each.sector)
        for each in lists:
            if isinstance(each, BoardList):
                for number, name in each.names.items():
                    if names.setdefault(number, name) != name:
                        problems.append(f"Bestuur {number} heet {names[number]} en in {each.source} {name}.")
        if problems:
            problems.insert(0, "De lijsten spreken elkaar tegen. Geef lijsten van dezelfde dag.")
            raise Refused(Problem("lists_contradict", text) for text in problems)
        return cls(
            schools=schools,
            sectors=sectors,
            covered=frozenset(each.sector for each in of_locations),
            doubtful=frozenset().union(*(each.doubtful for each in of_locations)),
            names=names,
            bad_rows=[problem for each in lists for problem in each.problems],
        )


class _KnownSchool(NamedTuple):
    pk: int
    brin: str
    name: str
    city: str
    sector: str
    board: str
    closed_on: date | None
    missing_since: date | None

    def report(self, previous_board: str | None = None) -> SchoolReport:
        return SchoolReport(self.brin, self.name, self.city, self.board, previous_board)

    def facts(self) -> Facts:
        return {fact: getattr(self, fact) for fact in ("name", "city", "sector", "board", "missing_since")}


class _KnownLocation(NamedTuple):
    pk: int
    code: str
    brin: str
    name: str
    city: str
    missing_since: date | None

    def facts(self) -> Facts:
        return {fact: getattr(self, fact) for fact in ("name", "city", "missing_since")}


@dataclass(frozen=True, slots=True)
class _Known:
    """What the register holds already."""

    boards: dict[str, str]
    schools: dict[str, _KnownSchool]
    locations: dict[str, _KnownLocation]

    @classmethod
    def read(cls) -> Self:
        schools = School.objects.order_by("brin").values_list(
            "pk", "brin", "name", "city", "sector", "board__number", "closed_on", "missing_since"
        )
        locations = Location.objects.order_by("code").values_list(
            "pk", "code", "school_id", "name", "city", "missing_since"
        )
        return cls(
            boards=dict(Board.objects.values_list("number", "name")),
            schools={row[1]: _KnownSchool(*row) for row in schools},
            locations={row[1]: _KnownLocation(*row) for row in locations},
        )


class _Plan:
    """What must be written to bring what is known to what is listed, by kind of act; and the summary of that."""

    def __init__(self, listed: _Listed, known: _Known, today: date) -> None:
        self.listed, self.known, self.today = listed, known, today
        self.summary = ImportSummary(
            listed_boards=len({school.board for school in listed.schools.values()}),
            listed_schools=len(listed.schools),
            listed_locations=sum(len(school.locations) for school in listed.schools.values()),
            problems=listed.bad_rows,
        )
        self.new_schools: list[ListedSchool] = []
        self.schools: dict[str, list[_KnownSchool]] = {"moved": [], "returned": [], "changed": [], "missing": []}
        self.new_locations: list[tuple[str, ListedLocation]] = []
        self.locations: dict[str, list[_KnownLocation]] = {"returned": [], "changed": [], "missing": []}
        self._compare_boards()
        for _, school in sorted(listed.schools.items()):
            self._compare_school(school)
            self._compare_locations(school)
        self._find_missing()
        self.summary.new_locations = len(self.new_locations)
        self.summary.changed_locations = len(self.locations["changed"])
        self.summary.gone_locations = len(self.locations["missing"])
        self.summary.returned_locations = len(self.locations["returned"])
        self.summary.many_gone = list(self._many_gone())
        self.summary.differences = list(self._differences())
        self.summary.fingerprint = fingerprint(self.summary.differences, today)

    def _compare_boards(self) -> None:
        boards, summary = self.known.boards, self.summary
        needed = {school.board for school in self.listed.schools.values()}
        summary.new_boards = sorted(needed - boards.keys())
        summary.renamed_boards = sorted(
            number for number, name in self.listed.names.items() if boards.get(number, name) != name
        )
        summary.unknown_boards = sorted(self.listed.names.keys() - boards.keys() - needed)
        for number in [*boards, *summary.new_boards]:
            summary.board_names[number] = self.listed.names.get(number, boards.get(number, ""))

    def _compare_school(self, listed: ListedSchool) -> None:
        summary = self.summary
        before = self.known.schools.get(listed.brin)
        if before is None:
            self.new_schools.append(listed)
            summary.new.append(SchoolReport(listed.brin, listed.main.name, listed.main.city or "", listed.board))
            return
        after = before._replace(board=listed.board, sector=self._sector_of(before), missing_since=None)
        # The row that names it may be among those that were passed over.
        if listed.brin not in self.listed.doubtful:
            after = after._replace(name=listed.main.name, city=_city_of(listed.main, before))
        if after == before:
            return
        if before.missing_since:
            summary.returned.append(after.report())
        if after.board != before.board:
            self.schools["moved"].append(after)
            summary.moved.append(after.report(previous_board=before.board))
        elif before.missing_since:
            self.schools["returned"].append(after)
        else:
            self.schools["changed"].append(after)
            summary.changed.append(after.report())

    def _sector_of(self, school: _KnownSchool) -> str:
        """The sector of a listed school. It stays as it is until a list of that sector no longer holds the school."""
        sectors = self.listed.sectors[school.brin]
        return sectors[0] if school.sector in self.listed.covered and school.sector not in sectors else school.sector

    def _compare_locations(self, school: ListedSchool) -> None:
        for code, listed in sorted(school.locations.items()):
            before = self.known.locations.get(code)
            if before is None:
                self.new_locations.append((school.brin, listed))
                continue
            after = before._replace(name=listed.name, city=_city_of(listed, before), missing_since=None)
            if after != before:
                self.locations["returned" if before.missing_since else "changed"].append(after)

    def _find_missing(self) -> None:
        """Flag what left the lists, as far as these lists can tell (D19)."""
        judged = {
            brin
            for brin, school in self.known.schools.items()
            if school.sector in self.listed.covered
            and brin not in self.listed.doubtful
            # Of a school that support has closed, or has given a closing day, it is known that it goes.
            and not school.closed_on
        }
        for brin in sorted(judged - self.listed.schools.keys()):
            school = self.known.schools[brin]
            if not school.missing_since:
                self.schools["missing"].append(school._replace(missing_since=self.today))
                self.summary.gone.append(school.report())
        listed = {code for school in self.listed.schools.values() for code in school.locations}
        self.locations["missing"] = [
            location._replace(missing_since=self.today)
            for code, location in self.known.locations.items()
            if location.brin in judged and code not in listed and not location.missing_since
        ]

    def _many_gone(self) -> Iterator[str]:
        """Of each sector whose list is so much shorter than the register that it is probably incomplete: a sentence."""
        for sector in sorted(self.listed.covered):
            known = sum(
                school.sector == sector and not school.closed_on and not school.missing_since
                for school in self.known.schools.values()
            )
            listed = sum(sector in sectors for sectors in self.listed.sectors.values())
            gone = sum(school.sector == sector for school in self.schools["missing"])
            if gone > max(MANY_GONE_LEAST, MANY_GONE_SHARE * known) and listed < known:
                yield (
                    f"Van de {known} scholen in het {sector.label} ontbreken er {gone} in de lijst. "
                    "Dat zijn er zo veel, dat de lijst waarschijnlijk niet volledig is."
                )

    def _differences(self) -> Iterator[Difference]:
        """Everything that is written, with what it was before."""
        for number in self.summary.new_boards:
            after = {"name": self.summary.board_names[number]}
            yield difference(Subject.BOARD, Kind.NEW, number, {}, after)
        for number in self.summary.renamed_boards:
            before, after = {"name": self.known.boards[number]}, {"name": self.listed.names[number]}
            yield difference(Subject.BOARD, Kind.CHANGED, number, before, after)
        for school in self.new_schools:
            after = {
                "name": school.main.name,
                "city": school.main.city or "",
                "sector": self.listed.sectors[school.brin][0],
                "board": school.board,
            }
            yield difference(Subject.SCHOOL, Kind.NEW, school.brin, {}, after)
        for kind, schools in self.schools.items():
            for after in schools:
                before = self.known.schools[after.brin]
                yield difference(Subject.SCHOOL, _KINDS[kind], after.brin, before.facts(), after.facts())
        for _, location in self.new_locations:
            after = {"name": location.name, "city": location.city or ""}
            yield difference(Subject.LOCATION, Kind.NEW, location.code, {}, after)
        for kind, locations in self.locations.items():
            for after in locations:
                before = self.known.locations[after.code]
                yield difference(Subject.LOCATION, _KINDS[kind], after.code, before.facts(), after.facts())

    def carry_out(self, actor: Actor, progress: Progress) -> None:
        """Write it, each kind of change as an act of its own."""
        with connection.cursor() as cursor:
            # Every row is looked up by its key, by the triggers and checks of keys as well: through the index. The
            # connection may remember plans from when the tables were small, and of tables that this import fills
            # PostgreSQL still believes that they are.
            cursor.execute("DISCARD PLANS")
            cursor.execute("SET LOCAL enable_seqscan = off")
        self._lock_boards()
        steps: list[tuple[str, Sequence, Callable[[Sequence], None]]] = [
            ("board.added", self.summary.new_boards, self._add_boards),
            ("board.changed", self.summary.renamed_boards, self._rename_boards),
            ("school.added", self.new_schools, self._add_schools),
            *((f"school.{kind}", schools, _update_schools) for kind, schools in self.schools.items()),
            ("location.added", self.new_locations, _add_locations),
            *((f"location.{kind}", locations, _update_locations) for kind, locations in self.locations.items()),
        ]
        total, done = sum(len(rows) for _, rows, _ in steps), 0
        for type, rows, write in steps:
            if not rows:
                continue
            with act(type, actor=actor):
                for batch in batched(rows, _ROWS_AT_ONCE):
                    write(batch)
                    done += len(batch)
                    progress(done, total)

    def open_cases(self, actor: Actor) -> None:
        """What support must look at: schools that moved (D20), that left the lists or seem to have merged (D19)."""
        seen = [
            (school.brin, Case.Kind.MOVED, f"Van bestuur {school.previous_board} naar {school.board}.")
            for school in self.summary.moved
        ]
        for school in self.summary.gone:
            if merged_into := self._seems_merged_into(school):
                text = (
                    f"Staat niet meer in de lijst. Vestiging {merged_into} heeft dezelfde naam en plaats en is nieuw."
                )
                seen.append((school.brin, Case.Kind.MERGED, text))
            else:
                seen.append((school.brin, Case.Kind.GONE, "Staat niet meer in de lijst."))
        open_cases(seen, actor=actor, day=self.today)

    def _seems_merged_into(self, school: SchoolReport) -> str | None:
        """The code of a new location of another school with the name and place of this one: a hint, no proof."""
        lost = {(school.name.casefold(), school.city.casefold())} | {
            (location.name.casefold(), location.city.casefold())
            for location in self.known.locations.values()
            if location.brin == school.brin
        }
        for brin, location in self.new_locations:
            if brin != school.brin and (location.name.casefold(), (location.city or "").casefold()) in lost:
                return location.code
        return None

    def _lock_boards(self) -> None:
        """Lock the besturen that change, lose or get schools, in order of their ids.

        Whoever gives or changes a mandate locks the bestuur too: so nobody does that for a school that is moving away
        at that moment (D4).
        """
        numbers = {*self.summary.renamed_boards}
        for school in self.summary.moved:
            numbers |= {school.board, school.previous_board}
        list(Board.objects.filter(number__in=numbers).order_by("pk").select_for_update(no_key=True).values_list("pk"))

    def _add_boards(self, batch: Sequence[str]) -> None:
        Board.objects.bulk_create(Board(number=number, name=self.summary.board_names[number]) for number in batch)

    def _rename_boards(self, batch: Sequence[str]) -> None:
        _update(_RENAME_BOARDS, [(number, self.listed.names[number]) for number in batch])

    def _add_schools(self, batch: Sequence[ListedSchool]) -> None:
        boards = dict(Board.objects.filter(number__in={school.board for school in batch}).values_list("number", "pk"))
        School.objects.bulk_create(
            School(
                brin=school.brin,
                name=school.main.name,
                city=school.main.city or "",
                sector=self.listed.sectors[school.brin][0],
                board_id=boards[school.board],
            )
            for school in batch
        )


_KINDS = {"moved": Kind.MOVED, "returned": Kind.RETURNED, "changed": Kind.CHANGED, "missing": Kind.GONE}


def _city_of(listed: ListedLocation, before: _KnownSchool | _KnownLocation) -> str:
    return before.city if listed.city is None else listed.city


def _add_locations(batch: Sequence[tuple[str, ListedLocation]]) -> None:
    Location.objects.bulk_create(
        Location(code=location.code, school_id=brin, name=location.name, city=location.city or "")
        for brin, location in batch
    )


def _update_schools(batch: Sequence[_KnownSchool]) -> None:
    _update(
        _UPDATE_SCHOOLS,
        [(row.pk, row.name, row.city, row.sector, row.board, row.missing_since) for row in batch],
    )


def _update_locations(batch: Sequence[_KnownLocation]) -> None:
    _update(_UPDATE_LOCATIONS, [(row.pk, row.name, row.city, row.missing_since) for row in batch])


# One statement for a thousand rows: Django's bulk_update writes a CASE per row and column, and is many times slower.
_RENAME_BOARDS = """
UPDATE schools_board SET name = listed.name
FROM unnest(%s::text[], %s::text[]) AS listed (number, name)
WHERE schools_board.number = listed.number
"""
_UPDATE_SCHOOLS = """
UPDATE schools_school
SET name = listed.name, city = listed.city, sector = listed.sector, board_id = board.id,
    missing_since = listed.missing_since
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::date[])
    AS listed (id, name, city, sector, board, missing_since)
JOIN schools_board board ON board.number = listed.board
WHERE schools_school.id = listed.id
"""
_UPDATE_LOCATIONS = """
UPDATE schools_location SET name = listed.name, city = listed.city, missing_since = listed.missing_since
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::date[]) AS listed (id, name, city, missing_since)
WHERE schools_location.id = listed.id
"""


def _update(statement: str, rows: Iterable[tuple]) -> None:
    """Run an UPDATE that takes the rows as one array per column."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])
