"""Applying DUO's lists: D14, D19, D20."""

from datetime import date
from threading import Thread

import pytest
from django.db import OperationalError, connection, transaction

from journal.acts import Refused, register
from journal.models import Entry
from schools.actions import ImportSummary, ManyGone, SchoolReport, import_duo
from schools.duo import read_list
from schools.models import Board, Case, Location, School, Sector
from tests import factories as make
from tests.schools.lists import DATA, HEADER, VO_HEADER, boards, locations

pytestmark = pytest.mark.django_db

TODAY = date(2026, 8, 4)
LATER = date(2026, 9, 1)

REGENBOOG = "99001;99AA;99AA00;De Regenboog;ZWOLLE"
REGENBOOG_ZUID = "99001;99AA;99AA01;De Regenboog Zuid;ZWOLLE"
LINDE = "99001;99AB;99AB00;De Linde;DEVENTER"
HOFJE = "99002;99AC;99AC00;Het Hofje;EDE"


def bring(*contents: bytes, today: date = TODAY, **options) -> ImportSummary:
    """Import lists of these contents, in one go."""
    lists = [read_list(content, source=f"lijst {number}") for number, content in enumerate(contents, start=1)]
    return import_duo(actor=register("DUO-import"), lists=lists, today=today, **options)


def entries(kind: str | None = None) -> list[tuple[str, str]]:
    found = Entry.objects.order_by("id")
    return list((found.filter(subject_kind=kind) if kind else found).values_list("type", "subject_key"))


def register_as_it_stands() -> list:
    return [list(model.objects.order_by("pk").values()) for model in (Board, School, Location)]


# --- Adding and changing ----------------------------------------------------------------------------------------------


def test_what_is_new_is_added_with_its_board_school_and_vestigingen():
    """D19: schools come from DUO, not from typing."""
    summary = bring(locations(REGENBOOG, REGENBOOG_ZUID, HOFJE))

    school = School.objects.get(brin="99AA")
    assert (school.name, school.city, school.board.number, school.sector) == ("De Regenboog", "ZWOLLE", "99001", "po")
    assert set(school.locations.values_list("code", "name")) == {
        ("99AA00", "De Regenboog"),
        ("99AA01", "De Regenboog Zuid"),
    }
    assert (summary.listed_boards, summary.listed_schools, summary.listed_locations) == (2, 2, 3)
    assert summary.new == [
        SchoolReport("99AA", "De Regenboog", "ZWOLLE", "99001"),
        SchoolReport("99AC", "Het Hofje", "EDE", "99002"),
    ]
    assert summary.new_boards == ["99001", "99002"]
    assert summary.new_locations == 3


def test_every_change_of_an_import_stands_in_the_journal():
    """D14"""
    before = len(entries())

    bring(locations(REGENBOOG))

    assert entries()[before:] == [("board.added", "99001"), ("school.added", "99AA"), ("location.added", "99AA00")]
    assert Entry.objects.last().actor["name"] == "DUO-import"


def test_the_same_list_again_writes_nothing():
    content = locations(REGENBOOG, REGENBOOG_ZUID, HOFJE)
    bring(content)
    before = entries()

    summary = bring(content, today=LATER)

    assert entries() == before
    assert [*summary.new, *summary.changed, *summary.moved, *summary.gone, *summary.returned] == []


def test_the_other_form_of_the_same_list_writes_nothing():
    bring((DATA / "po_vestigingen_windows-1252.csv").read_bytes())
    before = entries()

    bring((DATA / "po_vestigingen_utf-8.csv").read_bytes())

    assert entries() == before


def test_only_what_differs_is_written():
    """D14: no entry for a row that stays as it was."""
    bring(locations(REGENBOOG, LINDE, HOFJE))
    before = len(entries())

    summary = bring(locations(REGENBOOG, "99001;99AB;99AB00;De Lindeboom;DEVENTER", HOFJE))

    assert entries()[before:] == [("school.changed", "99AB"), ("location.changed", "99AB00")]
    assert [school.name for school in summary.changed] == ["De Lindeboom"]
    assert summary.changed_locations == 1


def test_an_import_leaves_what_support_recorded_about_a_school():
    school = make.SchoolFactory(brin="99AA", name="Oude naam", oa_id="123A456", closed_on=LATER)

    bring(locations(REGENBOOG))

    school.refresh_from_db()
    assert (school.name, school.oa_id, school.closed_on) == ("De Regenboog", "123A456", LATER)


def test_a_list_without_places_leaves_the_places_known():
    bring(locations(REGENBOOG))

    bring(locations("99001;99AA;99AA00;De Regenboog", header=HEADER.removesuffix(";PLAATSNAAM")))

    assert School.objects.get().city == "ZWOLLE"


# --- Moving to another board ------------------------------------------------------------------------------------------


def test_a_school_under_another_board_moves_to_it():
    """D20: both boards find it in their history."""
    bring(locations(REGENBOOG, LINDE))

    summary = bring(locations(REGENBOOG, "99002;99AB;99AB00;De Linde;DEVENTER"))

    assert School.objects.get(brin="99AB").board.number == "99002"
    assert summary.moved == [SchoolReport("99AB", "De Linde", "DEVENTER", "99002", previous_board="99001")]
    assert Entry.objects.get(type="school.moved").boards == ["99001", "99002"]


def test_a_school_that_moves_and_changes_its_name_is_a_move():
    """D20: one entry, with the name in it."""
    bring(locations(REGENBOOG))

    summary = bring(locations("99002;99AA;99AA00;De Nieuwe Regenboog;ZWOLLE"))

    assert [type for type, _ in entries("school")] == ["school.added", "school.moved"]
    assert Entry.objects.get(type="school.moved").after["name"] == "De Nieuwe Regenboog"
    assert len(summary.moved) == 1
    assert summary.changed == []


def test_a_school_is_not_moved_by_a_list_that_contradicts_itself():
    """D20"""
    bring(locations(REGENBOOG))

    summary = bring(locations("99002;99AA;99AA00;De Regenboog;ZWOLLE", REGENBOOG_ZUID, LINDE))

    assert School.objects.get(brin="99AA").board.number == "99001"
    assert (summary.moved, summary.gone) == ([], [])


def test_lists_that_put_a_school_under_different_boards_are_refused():
    with pytest.raises(Refused) as refused:
        bring(locations(REGENBOOG), locations("99002;99AA;99AA00;De Regenboog;ZWOLLE"))

    assert [problem.text for problem in refused.value.problems] == [
        "De lijsten spreken elkaar tegen. Geef lijsten van dezelfde dag.",
        "99AA staat onder bestuur 99001 en in lijst 2 onder 99002.",
    ]
    assert not Board.objects.exists()


# --- Leaving the lists ------------------------------------------------------------------------------------------------


def test_a_school_that_leaves_the_list_is_flagged_not_closed():
    """D19: absence is no closing date."""
    bring(locations(REGENBOOG, LINDE))

    summary = bring(locations(REGENBOOG))

    school = School.objects.get(brin="99AB")
    assert (school.missing_since, school.closed_on) == (TODAY, None)
    assert school.locations.get().missing_since == TODAY
    assert summary.gone == [SchoolReport("99AB", "De Linde", "DEVENTER", "99001")]
    assert summary.gone_locations == 1
    assert ("school.missing", "99AB") in entries()


def test_a_flagged_school_is_reported_once():
    """D19: the flag keeps the first day."""
    bring(locations(REGENBOOG, LINDE))
    bring(locations(REGENBOOG))

    summary = bring(locations(REGENBOOG), today=LATER)

    assert summary.gone == []
    assert School.objects.get(brin="99AB").missing_since == TODAY


def test_a_school_that_returns_is_no_longer_flagged():
    """D19"""
    bring(locations(REGENBOOG, LINDE))
    bring(locations(REGENBOOG))

    summary = bring(locations(REGENBOOG, LINDE), today=LATER)

    school = School.objects.get(brin="99AB")
    assert school.missing_since is None
    assert school.locations.get().missing_since is None
    assert [report.brin for report in summary.returned] == ["99AB"]
    assert (summary.returned_locations, summary.changed) == (1, [])
    assert [type for type, key in entries("school") if key == "99AB"][-1] == "school.returned"


def test_a_school_that_returns_under_another_board_is_a_move():
    """D19, D20"""
    bring(locations(REGENBOOG, LINDE))
    bring(locations(REGENBOOG))

    summary = bring(locations(REGENBOOG, "99002;99AB;99AB00;De Linde;DEVENTER"))

    assert [report.brin for report in summary.moved] == ["99AB"]
    assert [report.brin for report in summary.returned] == ["99AB"]
    assert School.objects.get(brin="99AB").missing_since is None


def test_a_vestiging_that_leaves_is_flagged_while_its_school_stays():
    """D19"""
    bring(locations(REGENBOOG, REGENBOOG_ZUID))

    summary = bring(locations(REGENBOOG))

    assert Location.objects.get(code="99AA01").missing_since == TODAY
    assert School.objects.get().missing_since is None
    assert (summary.gone_locations, summary.gone) == (1, [])


def test_a_school_that_support_has_closed_is_not_flagged():
    """D19: of that one it is known that it goes."""
    bring(locations(REGENBOOG))
    make.SchoolFactory(brin="99AB", board=Board.objects.get(), closed_on=date(2026, 7, 31))

    assert bring(locations(REGENBOOG)).gone == []


def test_a_school_whose_row_is_wrong_is_not_read_as_gone():
    """D19: its name stays, and so do the vestigingen that the list lacks."""
    bring(locations(REGENBOOG, REGENBOOG_ZUID, LINDE))
    before = register_as_it_stands()

    summary = bring(locations("99001;99AA;99AA00; ;ZWOLLE", REGENBOOG_ZUID, "99001;99AB;99AB00;De Linde"))

    assert register_as_it_stands() == before
    assert [str(problem) for problem in summary.problems] == [
        "lijst 1, regel 2: De naam ontbreekt.",
        "lijst 1, regel 4: De rij heeft niet 5 velden maar 4.",
    ]


# --- Sectors ----------------------------------------------------------------------------------------------------------


def test_absence_is_judged_by_the_lists_of_the_schools_own_sector():
    """D19: a list of secondary schools says nothing about primary schools."""
    bring(locations(REGENBOOG))

    summary = bring(locations("99002;99VO;99VO03;De Rivieren;EDE;HAVO", header=VO_HEADER))

    assert summary.gone == []
    assert School.objects.get(brin="99VO").sector == Sector.VO


def test_lists_of_several_sectors_are_one_import():
    summary = bring(*((DATA / f"{sector}_vestigingen.csv").read_bytes() for sector in ("vo", "so")))

    assert dict(School.objects.values_list("brin", "sector")) == {"99VO": "vo", "99SO": "so", "99SP": "so"}
    assert (summary.listed_schools, summary.listed_locations) == (3, 4)


def test_a_school_in_the_list_of_another_sector_keeps_its_own_until_that_list_lacks_it():
    make.SchoolFactory(brin="99AA", sector=Sector.MBO)
    make.SchoolFactory(brin="99AB", sector=Sector.PO)
    in_vo = locations(REGENBOOG + ";VBO", LINDE + ";HAVO", header=VO_HEADER)

    bring(in_vo)
    assert dict(School.objects.values_list("brin", "sector")) == {"99AA": "mbo", "99AB": "po"}

    bring(in_vo, locations(HOFJE))
    assert dict(School.objects.values_list("brin", "sector")) == {"99AA": "mbo", "99AB": "vo", "99AC": "po"}


# --- Too many gone ----------------------------------------------------------------------------------------------------


def schools(count: int) -> list[str]:
    return [f"99001;99{chr(65 + n // 26)}{chr(65 + n % 26)};0;De Linde {n};EDE" for n in range(count)]


def test_a_list_that_was_cut_off_flags_nobody():
    """D19: 26 of 100 schools gone, and the list that much shorter."""
    bring(locations(*schools(100)))

    with pytest.raises(ManyGone) as refused:
        bring(locations(*schools(74)))

    assert [problem.text for problem in refused.value.problems] == [
        "Van de 100 scholen in het primair onderwijs ontbreken er 26 in de lijst. "
        "Dat zijn er zo veel, dat de lijst waarschijnlijk niet volledig is. Er is niets veranderd."
    ]
    assert not School.objects.filter(missing_since__isnull=False).exists()


def test_many_gone_are_flagged_when_that_is_asked():
    bring(locations(*schools(100)))

    assert len(bring(locations(*schools(74)), allow_many_gone=True).gone) == 26


@pytest.mark.parametrize(("known", "listed"), [(200, 160), (26, 1)])
def test_one_in_five_may_go_and_of_a_small_register_any_number(known, listed):
    bring(locations(*schools(known)))

    assert len(bring(locations(*schools(listed))).gone) == known - listed


def test_a_full_list_may_replace_a_register_of_other_schools():
    """A demo register meets the real lists: many gone, but the list is longer than the register."""
    bring(locations(*schools(30)))

    assert len(bring(locations(*schools(70)[30:])).gone) == 30


# --- Names of besturen ------------------------------------------------------------------------------------------------


def test_the_list_of_besturen_names_the_boards_that_the_register_knows():
    bring(locations(REGENBOOG, HOFJE))

    summary = bring(boards("99001;Stichting De Boog", "99777;Stichting Zonder Scholen"))

    assert dict(Board.objects.values_list("number", "name")) == {"99001": "Stichting De Boog", "99002": ""}
    assert (summary.renamed_boards, summary.unknown_boards) == (["99001"], ["99777"])
    assert entries("board")[-1] == ("board.changed", "99001")


def test_a_new_board_gets_its_name_at_once_when_both_lists_are_given():
    bring(boards("99001;Stichting De Boog"), locations(REGENBOOG))

    assert entries("board") == [("board.added", "99001")]
    assert Board.objects.get().name == "Stichting De Boog"


def test_a_list_of_vestigingen_never_empties_the_name_of_a_board():
    make.BoardFactory(number="99001", name="Stichting De Boog")

    bring(locations(REGENBOOG))

    assert Board.objects.get().name == "Stichting De Boog"


def test_a_list_of_besturen_flags_no_school():
    """D19"""
    bring(locations(REGENBOOG))

    assert bring(boards("99001;Stichting De Boog")).gone == []


# --- All or nothing ---------------------------------------------------------------------------------------------------


def test_a_dry_run_says_what_would_happen_and_changes_nothing():
    bring(locations(REGENBOOG, LINDE))
    before, written = register_as_it_stands(), entries()
    content = locations("99002;99AA;99AA00;De Regenboog;ZWOLLE", HOFJE), boards("99001;Stichting De Boog")

    tried = bring(*content, dry_run=True)

    assert (register_as_it_stands(), entries()) == (before, written)
    assert [len(found) for found in (tried.new, tried.moved, tried.gone, tried.renamed_boards)] == [1, 1, 1, 1]
    assert tried == bring(*content), "a dry run reports what the import does"


def test_the_number_of_queries_does_not_grow_with_the_schools(django_assert_num_queries, django_assert_max_num_queries):
    bring(locations(*schools(10)))
    with django_assert_max_num_queries(40) as few:
        bring(locations(*(row.replace("99001", "99002") for row in schools(10))))

    bring(locations(*(row.replace("99001", "99003") for row in schools(200))))
    with django_assert_num_queries(len(few)):
        bring(locations(*(row.replace("99001", "99004") for row in schools(200))))


def test_progress_ends_at_the_number_of_rows_that_were_written():
    steps = []

    bring(locations(REGENBOOG, HOFJE), progress=lambda done, total: steps.append((done, total)))

    assert steps == [(2, 6), (4, 6), (6, 6)]


@pytest.mark.django_db(transaction=True)
def test_two_imports_wait_for_each_other():
    """Else both would find the same school new, and one would fail."""
    content = locations(REGENBOOG, LINDE)
    summaries = []

    def import_beside() -> None:
        summaries.append(bring(content))
        connection.close()

    with transaction.atomic():
        bring(content)
        beside = Thread(target=import_beside)
        beside.start()
        beside.join(timeout=0.5)
        assert beside.is_alive(), "it waits for the first"
    beside.join()

    assert [summary.new for summary in summaries] == [[]]
    assert School.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_nobody_changes_mandates_of_the_boards_between_which_a_school_is_moving():
    """D4: who does so locks the board first, and would not see yet that the school is another board's."""
    bring(locations(REGENBOOG, HOFJE))
    locked = {}

    def try_each_board() -> None:
        for number in ("99001", "99002"):
            try:
                with transaction.atomic():
                    Board.objects.select_for_update(no_key=True, nowait=True).get(number=number)
                locked[number] = False
            except OperationalError:
                locked[number] = True
        connection.close()

    with transaction.atomic():
        bring(locations("99002;99AA;99AA00;De Regenboog;ZWOLLE", HOFJE))
        beside = Thread(target=try_each_board)
        beside.start()
        beside.join()

    assert locked == {"99001": True, "99002": True}


# --- As fast in any register ------------------------------------------------------------------------------------------


def test_what_an_import_reads_grows_with_the_list_however_small_the_tables_were(run_sql):
    """P5: a connection with plans for small tables, and statistics that still say so, once made it hours."""
    with transaction.atomic():
        for day in range(1, 8):  # as often as it takes PostgreSQL to keep its plans
            bring(locations(f"9900{day};99AA;99AA00;De Regenboog {day};ZWOLLE"), today=date(2026, 8, day))
        connection.check_constraints()
        transaction.set_rollback(True)
    for model in (Board, School, Location, Case):
        run_sql(f"ANALYZE {model._meta.db_table}", as_owner=True)
    connection.check_constraints()
    rows = [f"{10_000 + n};98{chr(65 + n // 26)}{chr(65 + n % 26)};0;De Linde {n};EDE" for n in range(600)]
    before = _rows_read()

    bring(locations(*rows))
    connection.check_constraints()

    # For each row a few others by their key; reading all boards and schools for each would be hundreds of thousands.
    assert _rows_read() - before < 20_000


def _rows_read() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables")
        return int(cursor.fetchone()[0])
