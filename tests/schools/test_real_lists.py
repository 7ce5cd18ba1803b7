"""DUO's own lists of the whole country, where they lie beside the project: they are not part of it."""

import csv
import io
from pathlib import Path

import pytest
from django.conf import settings

from journal.acts import register
from journal.clock import today
from journal.models import Entry
from schools.actions import ImportSummary, import_duo
from schools.duo import read_list

DATA = Path(settings.BASE_DIR).parent / "shared" / "data"
LIST_OF_2021 = DATA / "po_vestigingen_2021-10-01.csv"
LIST_OF_2026 = DATA / "po_vestigingen_2026-08-04.csv"
BESTUREN = DATA / "besturen_uittreksel_duo_2026-10-06.csv"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not LIST_OF_2026.exists(), reason=f"DUO's lists do not lie in {DATA}"),
]


def bring(*contents: bytes) -> ImportSummary:
    lists = [read_list(content, source="lijst.csv") for content in contents]
    return import_duo(actor=register("DUO-import"), lists=lists, today=today())


def totals(summary: ImportSummary) -> tuple[int, int, int]:
    return summary.listed_boards, summary.listed_schools, summary.listed_locations


def in_the_other_form(content: bytes) -> bytes:
    """The list as DUO's CKAN site gives it: `,`, every field quoted, UTF-8 with a BOM."""
    text = io.StringIO()
    rows = csv.reader(io.StringIO(content.decode("windows-1252"), newline=""), delimiter=";")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def boards_by_school(file: Path, brin: str) -> dict[str, str]:
    """The number of the bestuur by BRIN, read without the importer; `brin` is the name of that column."""
    with file.open(encoding="windows-1252", newline="") as rows:
        return {row[brin]: row["BEVOEGD GEZAG NUMMER"] for row in csv.DictReader(rows, delimiter=";")}


def test_from_2021_to_2026_every_new_moved_and_gone_school_is_reported():
    """D19, D20"""
    old, new = boards_by_school(LIST_OF_2021, "BRIN NUMMER"), boards_by_school(LIST_OF_2026, "INSTELLINGSCODE")

    assert totals(bring(LIST_OF_2021.read_bytes())) == (824, 6_096, 6_215)
    summary = bring(LIST_OF_2026.read_bytes(), BESTUREN.read_bytes())

    assert totals(summary) == (749, 6_011, 6_122)
    assert {school.brin for school in summary.new} == new.keys() - old.keys()
    assert {school.brin for school in summary.gone} == old.keys() - new.keys()
    assert {school.brin: (school.previous_board, school.board) for school in summary.moved} == {
        brin: (old[brin], new[brin]) for brin in old.keys() & new.keys() if old[brin] != new[brin]
    }
    assert summary.board_names["13603"] == "Stichting voor Openbaar Voortgezet Onderwijs Fryslân-Noord"
    assert summary.problems == []


@pytest.mark.parametrize("form", [bytes, in_the_other_form])
def test_the_country_again_in_either_form_writes_nothing(form):
    """D14"""
    content = LIST_OF_2026.read_bytes()
    bring(content)
    before = Entry.objects.count()

    summary = bring(form(content))

    assert totals(summary) == (749, 6_011, 6_122)
    assert Entry.objects.count() == before
