"""Lists as CSV and Excel: what is in the file, and that a spreadsheet opens it as it is meant."""

import csv
import io
import re
import xml.etree.ElementTree as ElementTree
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client

from journal.acts import act, register
from journal.clock import today
from journal.downloads import Coloured, FileKind, Sheet, as_download
from mandates.actions import revoke_mandate
from mandates.check_history import AskedChecks, newest_checks
from mandates.check_log import make_partitions
from mandates.models import Endpoint
from mandates.wording import day_in_words
from schools.models import School
from tests import factories as make
from tests.mandates.test_pages import another_board, granted, tomorrow
from tests.register import make_membership

_EXCEL_DAY_ZERO = date(1899, 12, 30)
_NAMESPACE = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}

SCHOOLS = "/downloads/scholen.{}"
COVERAGE = "/downloads/overzicht.{}"
BOARD = "/downloads/mandaten.{}"
SCHOOL = "/scholen/99AA/mandaten.{}"
ENDPOINTS = "/scholen/99AA/routeringskenmerken.{}"
CHECKS = "/scholen/99AA/raadplegingen.{}"
SCHOOL_HISTORY = "/scholen/99AA/geschiedenis.{}"
BOARD_HISTORY = "/downloads/geschiedenis.{}"
TAKE_OVER = "/downloads/over-te-nemen.{}"
EVERY_LIST = [SCHOOLS, COVERAGE, BOARD, SCHOOL, ENDPOINTS, CHECKS, SCHOOL_HISTORY, BOARD_HISTORY, TAKE_OVER]


@pytest.fixture
def page(regenboog, client):
    """A browser in which Anke de Vries is signed in."""
    client.force_login(regenboog.person)
    return client


def lines_of(response) -> list[dict[str, str]]:
    """The rows of a CSV file, by the names of its columns."""
    assert response.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline=""), delimiter=";"))


class Workbook:
    """An Excel file, read with nothing but zip and XML."""

    def __init__(self, content: bytes) -> None:
        self.file = zipfile.ZipFile(io.BytesIO(content))
        self.page = ElementTree.fromstring(self.file.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - our own file
        shared = ElementTree.fromstring(self.file.read("xl/sharedStrings.xml"))  # noqa: S314
        self.texts = ["".join(text.itertext()) for text in shared.findall("s:si", _NAMESPACE)]

    def rows(self) -> list[dict[str, object]]:
        """Per row the cells by their column; a text as str, a number or a day as float."""
        return [
            {re.match("[A-Z]+", cell.get("r"))[0]: self._value(cell) for cell in row if len(cell)}
            for row in self.page.find("s:sheetData", _NAMESPACE)
        ]

    def _value(self, cell) -> object:
        value = cell.find("s:v", _NAMESPACE).text
        return self.texts[int(value)] if cell.get("t") == "s" else float(value)


def file_of(*cells: object, kind: FileKind) -> bytes:
    sheet = Sheet("Lijst", [f"Kolom {number}" for number in range(len(cells))], [cells])
    return as_download(sheet, kind, name="lijst", day=today()).content


# --- What is in the lists ---


def test_the_mandates_of_the_board_are_all_in_the_file_also_what_is_over(page, regenboog):
    """D9, D14; screens.md: every list can be downloaded as CSV and Excel."""
    granted(regenboog.school, regenboog.rio, regenboog.las, start_date=date(2026, 1, 31), locations=["99AA01"])
    granted(regenboog.other_school, regenboog.oso, regenboog.las, end_date=today() - timedelta(days=1))
    revoke_mandate(
        actor=regenboog.anke,
        mandate=granted(regenboog.other_school, regenboog.rio, regenboog.las, start_date=tomorrow()),
    )
    make.MandateFactory(school=None, board=regenboog.board, service=regenboog.bst, system=regenboog.las)
    granted(another_board(), regenboog.rio, regenboog.las)

    lines = lines_of(page.get(BOARD.format("csv")))

    assert [(line["BRIN of bestuursnummer"], line["Dienst"], line["Status"]) for line in lines] == [
        ("99AB", "OSO-OV", "beëindigd"),
        ("99AB", "RIO", "geannuleerd"),
        ("99AA", "RIO", "gemandateerd"),
        ("99001", "BST", "gemandateerd"),
    ]
    assert lines[1]["Opmerking"] == "nooit geldig geweest"
    assert lines[2] == {
        "School of bestuur": "De Regenboog",
        "BRIN of bestuursnummer": "99AA",
        "Plaats": "Zwolle",
        "Dienst": "RIO",
        "Naam van de dienst": "Registratie Instellingen en Opleidingen",
        "Systeem": "Leerspoor",
        "Leverancier": "Leerspoor BV",
        "OIN van de leverancier": "00000099000000000001",
        "Startdatum": "2026-01-31",
        "Einddatum": "",
        "Status": "gemandateerd",
        "Vestigingen": "99AA01",
        "Opmerking": "",
    }


def test_the_file_of_a_school_holds_its_mandates_and_those_of_its_board(page, regenboog):
    """D1"""
    granted(regenboog.school, regenboog.rio, regenboog.las)
    granted(regenboog.other_school, regenboog.rio, regenboog.las)
    make.MandateFactory(school=None, board=regenboog.board, service=regenboog.bst, system=regenboog.las)

    lines = lines_of(page.get(SCHOOL.format("csv")))

    assert [line["BRIN of bestuursnummer"] for line in lines] == ["99AA", "99001"]


def test_the_file_of_the_schools_follows_search_and_filter(page, regenboog):
    granted(regenboog.school, regenboog.rio, regenboog.las)

    everything = lines_of(page.get(SCHOOLS.format("csv")))
    lacking = lines_of(page.get(SCHOOLS.format("csv"), {"mist": "RIO", "pagina": "2"}))
    searched = lines_of(page.get(SCHOOLS.format("csv"), {"zoek": "zwolle"}))

    assert [line["BRIN"] for line in everything] == ["99AB", "99AA"]
    assert [line["BRIN"] for line in lacking] == ["99AB"]
    assert searched[0] | {"OIN": "0000000700099AA00000", "Vestigingen": "2", "RIO": "gemandateerd"} == searched[0]


def test_the_file_of_the_overview_has_a_row_per_school_and_one_for_the_board(page, regenboog):
    """D1"""
    granted(regenboog.school, regenboog.test, regenboog.las)
    granted(regenboog.school, regenboog.rio, regenboog.las, end_date=tomorrow())

    linde, regenboog_line, board = lines_of(page.get(COVERAGE.format("csv")))

    assert (linde["BRIN"], linde["RIO"], linde["BST"], linde["Te regelen"]) == ("99AB", "ontbreekt", "", "3")
    assert (regenboog_line["RIO"], regenboog_line["DOORSTROOM"]) == ("loopt af", "half")
    assert (board["School"], board["RIO"], board["BST"]) == (
        "Voor het hele bestuur: Stichting De Regenboog",
        "",
        "ontbreekt",
    )


def test_the_routing_ids_of_a_school_are_all_in_the_file_also_what_counts_no_longer(page, regenboog):
    """D18; a service without one has a row that says so."""
    mandate = granted(regenboog.school, regenboog.rio, regenboog.las)
    with act("endpoint.registered", actor=register("test")):
        Endpoint.objects.create(
            mandate=mandate,
            service_version=regenboog.rio_version,
            routing_id="0000000700099AA00001",
            url="https://las.example/rio",
            start_date=mandate.start_date,
            end_date=today() - timedelta(days=1),
        )

    lines = lines_of(page.get(ENDPOINTS.format("csv")))

    assert [(line["Dienst"], line["Routeringskenmerk"], line["Tot en met"]) for line in lines] == [
        ("OSO-OV", "", ""),
        ("DOORSTROOM", "", ""),
        ("RIO", "0000000700099AA00001", str(today() - timedelta(days=1))),
    ]
    assert lines[0]["Opmerking"] == "geen routeringskenmerk en geen adres"


def test_the_checks_of_a_school_are_in_the_file_as_they_were_asked(page, regenboog):
    """D17"""
    granted(regenboog.school, regenboog.rio, regenboog.las)
    for oin in (regenboog.school.oin, regenboog.other_school.oin):
        Client().get(
            "/api/v2/mandates",
            {"school_oin": oin, "supplier_oin": regenboog.las.supplier.oin, "service_code": "RIO"},
            headers={"API-Key": regenboog.TEST_KEY},
        )

    (line,) = lines_of(page.get(CHECKS.format("csv")))

    assert line["Wanneer"].startswith(str(today()))
    del line["Wanneer"]
    assert line == {
        "Wie vroeg het": "Toetsplein BV",
        "Met systeem": "Toetsplein",
        "Dienst": "RIO",
        "Over leverancier": "Leerspoor BV",
        "Over welke dag": str(today()),
        "Antwoord": "ja",
    }
    assert lines_of(page.get(CHECKS.format("csv"), {"dienst": "RIO"}))
    assert not lines_of(page.get(CHECKS.format("csv"), {"dienst": "OSO-OV"}))
    assert not lines_of(page.get(CHECKS.format("csv"), {"leverancier": regenboog.las.supplier.oin}))
    assert not lines_of(page.get(CHECKS.format("csv"), {"tot": str(today() - timedelta(days=1))}))


def test_of_many_checks_only_the_newest_are_in_the_file(regenboog):
    """Nobody waits for a file of millions."""
    make_partitions(date(2026, 1, 1))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO mandates_check SELECT uuidv7(), moment, '', NULL, '99AA', '', '', 'RIO', '', now(), true, NULL"
            " FROM generate_series('2026-01-05 12:00Z'::timestamptz, '2026-01-09 12:00Z', '1 day') moment"
        )

    newest = newest_checks(regenboog.school, AskedChecks(), 2)
    earlier = newest_checks(regenboog.school, AskedChecks(regenboog.rio, last_day=date(2026, 1, 6)), 2)

    assert [row.check.checked_at.day for row in newest] == [9, 8]
    assert [row.check.checked_at.day for row in earlier] == [6, 5]


@pytest.mark.parametrize("address", [SCHOOL_HISTORY, BOARD_HISTORY])
def test_the_history_has_a_row_per_change_the_newest_first(page, regenboog, address):
    """D14"""
    mandate = granted(regenboog.school, regenboog.rio, regenboog.las)
    revoke_mandate(actor=regenboog.anke, mandate=mandate)

    revoked, given, *_ = lines_of(page.get(address.format("csv"), {"dienst": "RIO"}))

    assert (revoked["Wat"], revoked["Waarover"], revoked["School"]) == (
        "Mandaat ingetrokken",
        "RIO, Leerspoor",
        "De Regenboog (99AA)",
    )
    assert "Anke de Vries" in revoked["Door"]
    assert f"is nu {day_in_words(today() - timedelta(days=1))}" in revoked["Was en werd"]
    assert given["Waarover"] == "RIO, Leerspoor"
    assert not lines_of(page.get(address.format("csv"), {"tot": str(today() - timedelta(days=1))}))


def test_what_is_to_be_taken_over_is_in_the_file_with_what_stands_in_the_way(page, regenboog):
    """D20"""
    school = another_board()
    mandate = granted(school, regenboog.rio, regenboog.las)
    with act("school.moved", actor=register("DUO-import")):
        School.objects.filter(pk=school.pk).update(board=regenboog.board)

    (line,) = lines_of(page.get(TAKE_OVER.format("csv")))

    assert (line["BRIN"], line["Van bestuur"], line["Dienst"], line["Over te nemen"]) == (
        "99ZZ",
        "Stichting De Overkant",
        "RIO",
        "ja",
    )
    mandate.refresh_from_db()
    assert line["Loopt af na"] == str(mandate.end_date)


@pytest.mark.parametrize("address", EVERY_LIST)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_list_comes_as_a_file_with_a_name_that_says_what_it_is(page, regenboog, address, kind):
    granted(regenboog.school, regenboog.rio, regenboog.las)

    response = page.get(address.format(kind))

    name = address.split("/")[-1].format("")[:-1]
    whose = "99AA" if "99AA" in address else "99001"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}-{whose}-{today()}.{kind}"'
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("address", EVERY_LIST)
def test_a_token_is_in_no_file(page, regenboog, address):
    """D10"""
    mandate = granted(regenboog.school, regenboog.rio, regenboog.las)
    book = zipfile.ZipFile(io.BytesIO(page.get(address.format("xlsx")).content))

    contents = [page.get(address.format("csv")).content, *map(book.read, book.namelist())]

    for form in (str(mandate.token), mandate.token.hex):
        assert not any(form.encode() in content for content in contents)


@pytest.mark.parametrize("address", [SCHOOLS, COVERAGE, BOARD, TAKE_OVER])
def test_a_list_without_rows_is_a_file_with_the_names_of_its_columns(client, db, address):
    """A board that has no schools yet."""
    person = make.UserFactory()
    make_membership(person, make.BoardFactory())
    client.force_login(person)

    assert client.get(address.format("csv")).content.count(b"\r\n") == 1
    assert len(Workbook(client.get(address.format("xlsx")).content).rows()) == 1


# --- For whom ---


@pytest.mark.parametrize("address", [SCHOOL, ENDPOINTS, CHECKS, SCHOOL_HISTORY])
@pytest.mark.parametrize("brin", ["99ZZ", "99XX", "onzin"])
def test_the_file_of_another_boards_school_does_not_exist(page, brin, address):
    """D4"""
    another_board()

    assert page.get(address.replace("99AA", brin).format("csv")).status_code == 404


@pytest.mark.parametrize("address", EVERY_LIST)
def test_who_is_not_signed_in_gets_no_file(client, regenboog, address):
    response = client.get(address.format("csv"))

    assert response.status_code == 302
    assert response.url.startswith("/?next=")


@pytest.mark.parametrize("address", EVERY_LIST)
def test_another_kind_of_file_does_not_exist_and_nothing_is_posted_to_one(page, address):
    assert page.get(address.format("pdf")).status_code == 404
    assert page.get(address.format("")).status_code == 404
    assert page.post(address.format("csv")).status_code == 405


@pytest.mark.parametrize("words", ["\0", "%", "'; --", "x" * 5000])
@pytest.mark.parametrize("address", [SCHOOLS, COVERAGE, CHECKS, SCHOOL_HISTORY, BOARD_HISTORY])
def test_any_search_words_are_answered_with_a_file(page, address, words):
    asked = dict.fromkeys(["zoek", "mist", "sorteer", "dienst", "leverancier", "van", "tot"], words)

    assert page.get(address.format("csv"), asked).status_code == 200


# --- What a spreadsheet makes of it ---

FORMULAS = [
    '=HYPERLINK("https://kwaad.example";"klik")',
    "+31 88 123",
    "-1+1",
    "@SOM(A1)",
    "\t=1+1",
    "  =1+1",
    "\r=1",
    "\n=1",
    "＝1+1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_csv_file_is_a_formula(text):
    """Names of schools, systems and suppliers come from outside the register."""
    content = file_of(text, kind=FileKind.CSV)

    (_, row) = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
    assert row == ["'" + text]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_an_excel_file_is_a_formula_or_a_link(text):
    book = Workbook(file_of(text, "https://kwaad.example", kind=FileKind.EXCEL))

    assert book.page.find(".//s:f", _NAMESPACE) is None
    assert book.page.find("s:hyperlinks", _NAMESPACE) is None
    assert book.rows()[1]["A"].replace("_x000D_", "\r") == text


def test_quotes_semicolons_and_line_ends_stay_within_their_cell():
    cells = ["De ‘Brug’; oost", 'Het "Anker"', "twee\r\nregels", "Ödön & Zoë <3"]

    content = file_of(*cells, kind=FileKind.CSV)

    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))[1] == cells
    rows = Workbook(file_of(*cells, kind=FileKind.EXCEL)).rows()
    assert [value.replace("_x000D_", "\r") for value in rows[1].values()] == cells


def test_a_day_in_excel_is_a_day_and_a_number_a_number():
    book = Workbook(file_of(date(2026, 11, 22), 12, datetime(2026, 7, 1, 10, 30, tzinfo=UTC), kind=FileKind.EXCEL))

    row = book.rows()[1]

    assert row["A"] == (date(2026, 11, 22) - _EXCEL_DAY_ZERO).days
    assert row["B"] == 12
    # Shown as the clock stood in Amsterdam.
    assert row["C"] == pytest.approx((date(2026, 7, 1) - _EXCEL_DAY_ZERO).days + 12.5 / 24)
    assert b"dd-mm-yyyy" in book.file.read("xl/styles.xml")


@pytest.mark.parametrize(("day", "text"), [(date(1899, 12, 31), "1899-12-31"), (date(1, 1, 1), "0001-01-01")])
def test_a_day_that_excel_does_not_know_is_said_in_words(day, text):
    assert Workbook(file_of(day, kind=FileKind.EXCEL)).rows()[1]["A"] == text


def test_a_moment_in_csv_is_of_the_clock_in_amsterdam():
    content = file_of(datetime(2026, 7, 1, 10, 30, tzinfo=UTC), kind=FileKind.CSV)

    assert b"2026-07-01 12:30:00" in content


def test_numbers_that_are_names_keep_their_zeros_in_excel():
    """BRIN, OIN, board number: text, whatever they look like."""
    row = Workbook(file_of("00123", "0000000700000AA00000", "00AA", kind=FileKind.EXCEL)).rows()[1]

    assert list(row.values()) == ["00123", "0000000700000AA00000", "00AA"]


def test_the_excel_file_keeps_its_header_in_sight_and_can_be_filtered(page, regenboog):
    granted(regenboog.school, regenboog.rio, regenboog.las)

    book = Workbook(page.get(BOARD.format("xlsx")).content)

    pane = book.page.find(".//s:pane", _NAMESPACE)
    assert (pane.get("state"), pane.get("ySplit")) == ("frozen", "1")
    assert book.page.find("s:autoFilter", _NAMESPACE).get("ref") == "A1:M2"
    widths = [float(column.get("width")) for column in book.page.find("s:cols", _NAMESPACE)]
    assert len(widths) >= 10
    assert all(width < 70 for width in widths)


def test_a_text_that_is_too_long_for_excel_is_cut():
    assert len(Workbook(file_of("x" * 40_000, kind=FileKind.EXCEL)).rows()[1]["A"]) == 32_767


def test_a_state_has_its_colour_in_excel():
    book = Workbook(file_of(Coloured("half: LAS wel", "#FCE6D4", "#85400A"), kind=FileKind.EXCEL))

    assert book.rows()[1]["A"] == "half: LAS wel"
    assert b"FCE6D4" in book.file.read("xl/styles.xml")


# --- In time (P6) ---


@pytest.mark.parametrize(
    ("address", "queries"),
    [
        (SCHOOLS, 7),
        (COVERAGE, 7),
        (BOARD, 9),
        (SCHOOL, 10),
        (ENDPOINTS, 8),
        (CHECKS, 9),
        (SCHOOL_HISTORY, 14),
        (BOARD_HISTORY, 10),
        (TAKE_OVER, 4),
    ],
)
@pytest.mark.parametrize("schools", [2, 8])
def test_a_file_takes_a_fixed_number_of_queries(page, regenboog, address, queries, schools, django_assert_num_queries):
    """P6"""
    granted(regenboog.school, regenboog.oso, regenboog.las)
    make.MandateFactory(school=None, board=regenboog.board, service=regenboog.bst, system=regenboog.las)
    for _ in range(schools - 2):
        school = make.SchoolFactory(board=regenboog.board)
        granted(school, regenboog.rio, regenboog.las)
        granted(school, regenboog.test, regenboog.las)

    with django_assert_num_queries(queries):
        page.get(address.format("csv"))
