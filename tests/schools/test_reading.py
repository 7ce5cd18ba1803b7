"""Reading DUO's lists, with what one meets in the real ones: other forms, other headers, bad rows, no list at all."""

import pytest

from schools.duo import BoardList, LocationList, UnreadableList, read_list
from schools.models import Sector
from tests.schools.lists import DATA, HEADER, boards, locations


def read(content: bytes) -> LocationList | BoardList:
    return read_list(content, source="lijst.csv")


def read_file(name: str) -> LocationList | BoardList:
    return read_list((DATA / name).read_bytes(), source=name)


def complaints(found: LocationList | BoardList) -> list[tuple[int, str]]:
    return [(problem.line, problem.text) for problem in found.problems]


# --- The forms in which DUO publishes ---------------------------------------------------------------------------------


def test_windows_1252_is_not_read_as_latin_1():
    """0x91 and 0x92 are curly quotes."""
    found = read_file("po_vestigingen_windows-1252.csv")

    assert found.schools["99AA"].main.name == "Openbare Basisschool ‘t Hofje"
    assert found.schools["99QQ"].main.name == "Kindcentrum ’t Coördinaat"
    assert found.problems == []


@pytest.mark.parametrize("other_form", ["po_vestigingen_utf-8.csv", "po_vestigingen_oude_kolomnamen.csv"])
def test_every_form_of_a_list_says_the_same(other_form):
    """`,` with quotes, UTF-8 and a BOM says what `;` with Windows-1252 says; so does the list with the old headers."""
    assert read_file(other_form).schools == read_file("po_vestigingen_windows-1252.csv").schools


def test_utf_8_without_a_mark_is_read_too():
    content = (DATA / "po_vestigingen_utf-8.csv").read_bytes().removeprefix(b"\xef\xbb\xbf")

    assert read(content).schools == read_file("po_vestigingen_utf-8.csv").schools


def test_a_quoted_name_keeps_its_quotes():
    assert read_file("po_vestigingen_windows-1252.csv").schools["99AB"].main.name == 'Basisschool "De Regenboog"'


def test_one_space_is_an_empty_field():
    found = read(locations("99001;99AA;99AA00;De Regenboog; "))

    assert found.schools["99AA"].main.city == ""


def test_a_list_without_places_leaves_them_unknown():
    found = read(locations("99001;99AA;99AA00;De Regenboog", header=HEADER.removesuffix(";PLAATSNAAM")))

    assert found.schools["99AA"].main.city is None


@pytest.mark.parametrize("board", ["BEVOEGD GEZAG NUMMER", "BEVOEGD_GEZAG_NUMMER", "BEVOEGD GEZAG", "bevoegd_gezag"])
@pytest.mark.parametrize("brin", ["INSTELLINGSCODE", "BRIN NUMMER", "Brin_Nummer"])
@pytest.mark.parametrize("location", ["VESTIGINGSCODE", "VESTIGINGSNUMMER"])
@pytest.mark.parametrize("name", ["VESTIGINGSNAAM", "NAAM_VESTIGING", "INSTELLINGSNAAM"])
def test_columns_are_found_by_any_name_they_have_had_at_any_place(board, brin, location, name):
    found = read(locations("De Regenboog;99AA;x;99AA00;99001", header=f"{name};{brin};NIEUW;{location};{board}"))

    assert found.schools["99AA"].board == "99001"
    assert found.schools["99AA"].locations["99AA00"].name == "De Regenboog"


def test_leading_zeros_are_text_and_are_put_back_where_a_spreadsheet_dropped_them():
    found = read(locations("00008;99AA;99AA00;De Regenboog;EDE", "8;99AB;99AB00;De Linde;EDE"))

    assert {school.board for school in found.schools.values()} == {"00008"}


def test_a_brin_in_lower_case_is_the_same_brin():
    assert list(read(locations("99001;99aa;99aa00;De Regenboog;EDE")).schools["99AA"].locations) == ["99AA00"]


@pytest.mark.parametrize(("suffix", "code"), [("0", "99AA00"), ("1", "99AA01"), ("51", "99AA51")])
def test_a_bare_suffix_is_made_a_vestiging_of_its_brin(suffix, code):
    """Lists of pupils hold 0, 1, 2 under the header that holds 99AA00 in lists of addresses."""
    assert list(read(locations(f"99001;99AA;{suffix};De Regenboog;EDE")).schools["99AA"].locations) == [code]


def test_blank_lines_and_rows_of_empty_fields_are_no_rows():
    found = read(locations("", "99001;99AA;99AA00;De Regenboog;EDE", ";;;;", " ; ; ; ; "))

    assert len(found.schools) == 1
    assert found.problems == []


def test_a_vestiging_that_is_listed_twice_alike_counts_once():
    row = "99001;99AA;99AA00;De Regenboog;EDE"

    found = read(locations(row, row))

    assert len(found.schools["99AA"].locations) == 1
    assert found.problems == []


# --- Sectors and main sites -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "sector"),
    [
        ("po_vestigingen_windows-1252.csv", Sector.PO),
        ("po_vestigingen_utf-8.csv", Sector.PO),
        ("vo_vestigingen.csv", Sector.VO),
        ("so_vestigingen.csv", Sector.SO),
    ],
)
def test_the_sector_follows_from_the_columns(file, sector):
    assert read_file(file).sector == sector


def test_a_school_bears_the_name_of_its_vestiging_00_wherever_that_stands():
    found = read(locations("99001;99AA;99AA02;Locatie Zuid;EDE", "99001;99AA;99AA00;De Regenboog;ZWOLLE"))

    assert found.schools["99AA"].main.name == "De Regenboog"


def test_a_school_without_vestiging_00_bears_the_name_of_its_lowest():
    """As five BRINs in the VO; their suffixes are not consecutive either."""
    school = read_file("vo_vestigingen.csv").schools["99VO"]

    assert school.main.name == "De Grote Rivieren"
    assert set(school.locations) == {"99VO03", "99VO51"}


# --- Besturen ---------------------------------------------------------------------------------------------------------


def test_the_list_of_besturen_gives_their_names():
    assert read_file("besturen.csv").names == {
        "99001": "Stichting Het Hofje",
        "99008": "Coöperatie Openbaar Onderwijs",
        "99777": "Stichting Zonder Scholen",
    }


def test_an_extract_of_the_list_of_besturen_gives_them_too():
    found = read('kvk,naam,herkomst,bevoegd_gezag\n00000001,"Stg. Fryslân, Sneek",lijst,99001\n'.encode())

    assert found.names == {"99001": "Stg. Fryslân, Sneek"}


def test_a_bad_row_in_a_list_of_besturen_is_reported_with_its_line():
    found = read(boards("99001;Het Hofje", "9900X;Het Pleintje", "99002; ", "99001;Het Plein", "99003"))

    assert found.names == {"99001": "Het Hofje"}
    assert complaints(found) == [
        (3, "'9900X' is geen bestuursnummer (vijf cijfers)."),
        (4, "De naam ontbreekt."),
        (5, "Bestuur 99001 staat ook op regel 2, met een andere naam."),
        (6, "De rij heeft niet 2 velden maar 1."),
    ]


# --- Bad rows ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ("99001;9AA;99AB00;De Linde;EDE", "'9AA' is geen BRIN (twee cijfers en twee letters)."),
        (" ;99AB;99AB00;De Linde;EDE", "Het nummer van het bestuur ontbreekt."),
        ("99-01;99AB;99AB00;De Linde;EDE", "'99-01' is geen bestuursnummer (vijf cijfers)."),
        ("99001; ;99AB00;De Linde;EDE", "Het BRIN ontbreekt."),
        ("99001;99AB; ;De Linde;EDE", "De vestiging ontbreekt."),
        ("99001;99AB;99AB0;De Linde;EDE", "'99AB0' is geen vestigingscode (BRIN en twee cijfers)."),
        ("99001;99AB;99AC00;De Linde;EDE", "Vestiging 99AC00 begint niet met het BRIN 99AB."),
        ("99001;99AB;99AB00; ;EDE", "De naam ontbreekt."),
        ("99001;99AB;99AB00;De Linde", "De rij heeft niet 5 velden maar 4."),
        ("99001;99AB;99AB00;De Linde;EDE;x", "De rij heeft niet 5 velden maar 6."),
        ("x;99AB;99AB00; ;EDE", "'x' is geen bestuursnummer (vijf cijfers). De naam ontbreekt."),
    ],
)
def test_a_bad_row_is_passed_over_and_reported_with_its_line(row, text):
    found = read(locations("99001;99AA;99AA00;De Regenboog;EDE", row, "99001;99AD;99AD00;De Boog;EDE"))

    assert list(found.schools) == ["99AA", "99AD"]
    assert complaints(found) == [(3, text)]
    assert "99AB" in found.doubtful, "what the row is about must not be read as gone"


def test_line_numbers_count_the_breaks_within_quoted_fields():
    found = read(locations('99001;99AA;99AA00;"De\r\nRegenboog";EDE', "99001;99AB;99AB00; ;EDE"))

    assert found.schools["99AA"].main.name == "De Regenboog"
    assert [problem.line for problem in found.problems] == [4]


def test_a_quote_that_is_not_closed_is_reported_from_where_to_where():
    rows = [f"99001;99A{letter};99A{letter}00;De Linde;EDE" for letter in "BCD"]

    found = read(locations("99001;99AA;99AA00;De Regenboog;EDE", '99001;99AZ;99AZ00;"De Open Deur;EDE', *rows))

    assert list(found.schools) == ["99AA"]
    assert complaints(found) == [
        (
            3,
            "De rij heeft niet 5 velden maar 4. "
            "Zij loopt door tot en met regel 6: waarschijnlijk is een aanhalingsteken niet gesloten.",
        )
    ]
    assert found.doubtful == {"99AB", "99AC", "99AD", "99AZ"}


def test_a_field_longer_than_any_reader_takes_is_a_bad_row():
    found = read(locations("99001;99AA;99AA00;De Regenboog;EDE", f"99001;99AB;99AB00;{'x' * 200_000};EDE"))

    assert complaints(found) == [(3, "De rij heeft niet 5 velden maar geen leesbare.")]


def test_a_vestiging_listed_twice_with_different_facts_is_reported():
    found = read(locations("99001;99AA;99AA00;De Regenboog;EDE", "99001;99AA;99AA00;De Linde;EDE"))

    assert found.schools["99AA"].main.name == "De Regenboog"
    assert complaints(found) == [(3, "99AA00 staat ook op regel 2, met een andere naam of plaats.")]


def test_a_brin_under_two_besturen_is_passed_over_as_a_whole():
    """A move has consequences (D20): it is not taken from a list that contradicts itself."""
    found = read(
        locations(
            "99001;99AA;99AA00;De Regenboog;EDE",
            "99002;99AA;99AA01;De Regenboog Zuid;EDE",
            "99001;99AB;99AB00;De Linde;EDE",
        )
    )

    assert list(found.schools) == ["99AB"]
    assert complaints(found) == [
        (
            3,
            "99AA staat hier onder bestuur 99002 en op regel 2 onder bestuur 99001. De hele school is overgeslagen.",
        )
    ]
    assert found.doubtful == {"99AA"}


# --- No list at all ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "lijst.csv is leeg."),
        (b"\r\n \r\n", "lijst.csv is leeg."),
        (b"PK\x03\x04\x00\x00", "lijst.csv is geen tekstbestand. Geef het CSV-bestand, geen Excel- of zipbestand."),
        (b"NAAM\n\x81\xff\n", "lijst.csv is geen tekst in UTF-8 of Windows-1252."),
        (
            b"\xef\xbb\xbfNAAM\nFrysl\xc3",
            "lijst.csv is beschadigd: het is geen geldig UTF-8. Download het opnieuw.",
        ),
        (
            b"BEVOEGD GEZAG NUMMER;BRIN NUMMER;INSTELLINGSNAAM\n99001;99AA;De Regenboog\n",
            "lijst.csv is geen lijst van DUO. Voor een lijst van vestigingen ontbreekt: VESTIGINGSCODE.",
        ),
        (
            b"dienst,omschrijving\nRIO,Registratie\n",
            "lijst.csv is geen lijst van DUO. Voor een lijst van vestigingen ontbreekt: "
            "BEVOEGD GEZAG NUMMER, INSTELLINGSCODE, VESTIGINGSCODE, VESTIGINGSNAAM. "
            "Voor een lijst van besturen ontbreekt: BEVOEGD GEZAG NUMMER, BEVOEGD GEZAG NAAM.",
        ),
        (locations(), "lijst.csv heeft wel de kolommen van een lijst van DUO, maar geen bruikbare rij."),
        (
            locations("99001;9AA;99AA00;De Regenboog;EDE"),
            "lijst.csv heeft wel de kolommen van een lijst van DUO, maar geen bruikbare rij.\n"
            "  lijst.csv, regel 2: '9AA' is geen BRIN (twee cijfers en twee letters).",
        ),
    ],
)
def test_what_is_no_list_is_refused_and_told_why(content, message):
    with pytest.raises(UnreadableList) as refused:
        read(content)

    assert str(refused.value) == message
