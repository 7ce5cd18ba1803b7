"""What an import of DUO's lists changes, in tables that people read: before it is applied and afterwards (D19, D20)."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Count

from journal.clock import today
from journal.downloads import Cell
from journal.models import Entry
from mandates.models import Mandate
from mandates.wording import day_in_words
from schools.actions import ImportSummary, differences_with, lists_of
from schools.differences import Difference, Kind, Subject, differences_made
from schools.models import Board, ListImport, School, Sector


@dataclass(frozen=True)
class Table:
    """Rows of one kind. `name` is how its address calls it, `note` what follows from it."""

    name: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    note: str = ""


@dataclass(frozen=True)
class Shown:
    """An import as it is shown: its tables, those without rows left out.

    `summary` is of one that waits, of one that was applied it is None.
    """

    tables: list[Table]
    summary: ImportSummary | None = None

    @property
    def is_empty(self) -> bool:
        """Whether the register is already as the lists say."""
        return self.summary is not None and not self.summary.differences

    def table(self, name: str) -> Table | None:
        """The table that the address calls so."""
        return next((table for table in self.tables if table.name == name), None)


def shown_before(waiting: ListImport) -> Shown:
    """What applying a prepared import would change in the register as it stands. Raises `Refused` as an import does."""
    summary = differences_with(lists_of(waiting), today=today())
    concerned = [
        each.key
        for each in summary.differences
        if each.subject == Subject.SCHOOL and each.kind in (Kind.MOVED, Kind.GONE)
    ]
    until = today() + timedelta(days=settings.OSR_GRACE_DAYS)
    bad_rows = Table(
        "foute-rijen",
        "Foute rijen",
        ("Bestand", "Regel", "Wat er mis is"),
        [(problem.source, problem.line, problem.text) for problem in summary.problems],
        "Deze rijen worden overgeslagen. Van een school in zo’n rij wordt niet gezegd dat zij ontbreekt.",
    )
    found = _tables(summary.differences, summary.board_names, _mandates_of(concerned), until)
    return Shown([table for table in (*found, bad_rows) if table.rows], summary)


def shown_afterwards(applied: ListImport) -> Shown:
    """What an import that was applied changed, as the journal tells it."""
    differences = differences_made(applied.transaction_number)
    numbers = {facts["board"] for each in differences for facts in (each.before, each.after) if "board" in facts}
    names = dict(Board.objects.filter(number__in=numbers).values_list("number", "name"))
    ended = Entry.objects.filter(transaction_id=applied.transaction_number, type="mandate.grace_started")
    by_school = Counter(entry.after["school_id"] for entry in ended)
    brins = dict(School.objects.filter(pk__in=by_school).values_list("pk", "brin"))
    mandates = {brins[school]: count for school, count in by_school.items()}
    until = next((date.fromisoformat(entry.after["end_date"]) for entry in ended[:1]), None)
    return Shown([table for table in _tables(differences, names, mandates, until) if table.rows])


def _mandates_of(brins: Collection[str]) -> dict[str, int]:
    """How many mandates each of these schools has that are valid today or later."""
    mandates = Mandate.objects.filter(school__brin__in=brins).current_and_coming(today())
    return dict(mandates.values("school__brin").annotate(count=Count("pk")).values_list("school__brin", "count"))


_KINDS = (
    (Subject.SCHOOL, Kind.MOVED, "scholen-verhuisd", "Scholen naar een ander bestuur"),
    (Subject.SCHOOL, Kind.GONE, "scholen-weg", "Scholen niet meer in de lijst"),
    (Subject.SCHOOL, Kind.NEW, "scholen-nieuw", "Nieuwe scholen"),
    (Subject.SCHOOL, Kind.CHANGED, "scholen-gewijzigd", "Gewijzigde scholen"),
    (Subject.SCHOOL, Kind.RETURNED, "scholen-terug", "Scholen terug in de lijst"),
    (Subject.LOCATION, Kind.GONE, "vestigingen-weg", "Vestigingen niet in de lijst"),
    (Subject.LOCATION, Kind.NEW, "vestigingen-nieuw", "Nieuwe vestigingen"),
    (Subject.LOCATION, Kind.CHANGED, "vestigingen-gewijzigd", "Gewijzigde vestigingen"),
    (Subject.LOCATION, Kind.RETURNED, "vestigingen-terug", "Vestigingen terug in de lijst"),
    (Subject.BOARD, Kind.NEW, "besturen-nieuw", "Nieuwe besturen"),
    (Subject.BOARD, Kind.CHANGED, "besturen-gewijzigd", "Besturen met een nieuwe naam"),
)
_CODES = {Subject.SCHOOL: "BRIN", Subject.LOCATION: "Vestiging", Subject.BOARD: "Nummer"}
_FACTS = {
    "name": "naam",
    "city": "plaats",
    "sector": "sector",
    "board": "bestuur",
    "missing_since": "niet in de lijst sinds",
}


def _tables(
    differences: Iterable[Difference], boards: dict[str, str], mandates: dict[str, int], until: date | None
) -> Iterator[Table]:
    by_kind: dict[tuple[Subject, Kind], list[Difference]] = {}
    for each in differences:
        by_kind.setdefault((each.subject, each.kind), []).append(each)
    for subject, kind, name, title in _KINDS:
        found = by_kind.get((subject, kind), [])
        columns, note = [_CODES[subject], "Naam", "Plaats", "Wat verandert"], ""
        counted = subject == Subject.SCHOOL and kind in (Kind.MOVED, Kind.GONE)
        if subject == Subject.BOARD:
            columns.remove("Plaats")
        if counted:
            columns.append("Mandaten")
            note = _note(kind, sum(mandates.get(each.key, 0) for each in found), until)
        rows = [_cells(each, boards, mandates.get(each.key, 0) if counted else None) for each in found]
        yield Table(name, title, columns, rows, note)


def _note(kind: Kind, mandates: int, until: date | None) -> str:
    if kind == Kind.GONE:
        sentences = ["Deze scholen worden gemarkeerd, niet gesloten: hun mandaten blijven gelden."]
    elif mandates and until:
        sentences = [
            f"Deze scholen hebben samen {mandates} {'mandaat' if mandates == 1 else 'mandaten'}.",
            f"Wat het vorige bestuur gaf, geldt nog tot en met {day_in_words(until)}.",
            "Het nieuwe bestuur ziet het bij ‘Over te nemen’.",
        ]
    else:
        sentences = []
    return " ".join([*sentences, "Voor elke school komt er een zaak om naar te kijken."])


def _cells(each: Difference, boards: dict[str, str], mandates: int | None) -> list[Cell]:
    cells: list[Cell] = [each.key, each.name]
    if each.subject != Subject.BOARD:
        cells.append(each.city)
    cells.append("; ".join(_in_words(each, boards)))
    if mandates is not None:
        cells.append(mandates)
    return cells


def _in_words(each: Difference, boards: dict[str, str]) -> Iterator[str]:
    """What changes, fact by fact; of what is new only what the other columns do not say."""
    for fact, after in each.after.items():
        if each.kind == Kind.NEW:
            if fact in ("board", "sector"):
                yield f"{_FACTS[fact]} {_value(fact, after, boards)}"
        else:
            before = _value(fact, each.before[fact], boards)
            yield f"{_FACTS[fact]}: {before} → {_value(fact, after, boards)}"


def _value(fact: str, value: str | date | None, boards: dict[str, str]) -> str:
    if value in (None, ""):
        return "leeg"
    if isinstance(value, date):
        return day_in_words(value)
    if fact == "board":
        return f"{value} {boards.get(value, '')}".rstrip()
    return str(Sector(value).label) if fact == "sector" else value
