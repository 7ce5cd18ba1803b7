"""`manage.py import_duo`: what support sees."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from journal.clock import today
from journal.models import Entry
from schools.models import Board, ListImport, School
from tests.schools.lists import DATA, boards, locations

pytestmark = pytest.mark.django_db

REGENBOOG = "99001;99AA;99AA00;De Regenboog;ZWOLLE"
LINDE = "99001;99AB;99AB00;De Linde;DEVENTER"


@pytest.fixture
def file(tmp_path):
    """Writes a file and returns its path."""

    def write(content: bytes, name: str = "lijst.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


def test_the_summary_names_every_new_moved_and_gone_school(file, capsys):
    call_command("import_duo", file(locations(REGENBOOG, LINDE)), "-v0")
    capsys.readouterr()

    call_command(
        "import_duo",
        file(locations("99002;99AA;99AA00;De Regenboog;ZWOLLE", "99002;99AC;99AC00;Het Hofje;EDE")),
        file(boards("99002;Stichting Het Hofje", "99777;Stichting Zonder Scholen"), "besturen.csv"),
        "-v0",
    )

    assert capsys.readouterr().out == (
        "In de lijsten: 1 bestuur, 2 scholen, 2 vestigingen.\n"
        "Scholen:      1 nieuw, 0 gewijzigd, 1 naar een ander bestuur, 1 niet meer in de lijst, 0 terug in de lijst.\n"
        "Vestigingen:  1 nieuw, 0 gewijzigd, 1 niet meer in de lijst, 0 terug in de lijst.\n"
        "Besturen:     1 nieuw, 0 met een nieuwe naam.\n"
        "Overgeslagen: 1 bestuur uit de besturenlijst zonder school in het register.\n"
        "\nNieuw (1):\n"
        "  99AC  Het Hofje, EDE: 99002 Stichting Het Hofje\n"
        "\nNaar een ander bestuur (1):\n"
        "  99AA  De Regenboog, ZWOLLE: van 99001 naar 99002 Stichting Het Hofje\n"
        "\nNiet meer in de lijst: gemarkeerd, niet gesloten (1):\n"
        "  99AB  De Linde, DEVENTER: 99001\n"
    )
    assert School.objects.get(brin="99AB").missing_since == today()


def test_it_shows_a_progress_bar_beside_the_summary(file, capsys):
    call_command("import_duo", file(locations(REGENBOOG)))

    captured = capsys.readouterr()
    assert "Verwerken: 100%" in captured.err
    assert "%" not in captured.out


def test_a_dry_run_changes_nothing_and_says_so(file, capsys):
    before = Entry.objects.count()

    call_command("import_duo", file(locations(REGENBOOG)), "--dry-run")

    assert capsys.readouterr().out.endswith("Dit was een proef (--dry-run): er is niets veranderd.\n")
    assert not Board.objects.exists()
    assert Entry.objects.count() == before


def test_a_bad_row_is_reported_with_its_line_and_the_others_are_imported(file, capsys):
    call_command("import_duo", file(locations(REGENBOOG, "99001;99AB;99AB00; ;DEVENTER")))

    captured = capsys.readouterr()
    assert "lijst.csv, regel 3: De naam ontbreekt." in captured.err
    assert "Overgeslagen: 1 foute rij; zie de meldingen." in captured.out
    assert list(School.objects.values_list("brin", flat=True)) == ["99AA"]


def test_strict_refuses_all_for_one_bad_row_and_lists_every_one(file, capsys):
    content = locations(REGENBOOG, "99001;99AB;99AB00; ;DEVENTER", "99001;99AC;99AC00; ;EDE")

    with pytest.raises(CommandError, match=r"Geweigerd: 2 foute rijen\. Er is niets veranderd\."):
        call_command("import_duo", file(content), "--strict")

    assert "regel 3: De naam" in (shown := capsys.readouterr().err)
    assert "regel 4: De naam" in shown
    assert not School.objects.exists()


def test_one_file_that_is_no_list_refuses_them_all_with_the_missing_columns_named(file):
    with pytest.raises(CommandError, match=r"diensten\.csv is geen lijst van DUO.*VESTIGINGSCODE"):
        call_command(
            "import_duo",
            DATA / "po_vestigingen_utf-8.csv",
            file(b"INSTELLINGSCODE,VESTIGINGSNAAM,BEVOEGD GEZAG NUMMER\n99AA,De Regenboog,99001\n", "diensten.csv"),
        )

    assert not School.objects.exists()


def test_what_cannot_be_read_is_told_in_a_line_each(file, tmp_path):
    with pytest.raises(CommandError) as refused:
        call_command("import_duo", tmp_path / "weg.csv", tmp_path, file(b"", "leeg.csv"))

    assert str(refused.value).splitlines() == [
        f"{tmp_path / 'weg.csv'} is niet te lezen: het bestand bestaat niet.",
        f"{tmp_path} is niet te lezen: het is een map.",
        "leeg.csv is leeg.",
        "Er is niets veranderd.",
    ]


def test_a_cut_off_list_is_refused_with_the_way_to_insist(file):
    """D19"""
    rows = [f"99001;99{a}{b};0;De Linde;EDE" for a in "ABCDEFGH" for b in "ABCDEFGHIJ"]
    call_command("import_duo", file(locations(*rows)), "-v0")

    with pytest.raises(CommandError, match=r"ontbreken er 60 in de lijst.*\n.*--allow-many-gone"):
        call_command("import_duo", file(locations(*rows[:20])))
    assert not School.objects.filter(missing_since__isnull=False).exists()

    call_command("import_duo", file(locations(*rows[:20])), "--allow-many-gone", "-v0")
    assert School.objects.filter(missing_since=today()).count() == 60


def test_what_was_imported_and_what_was_refused_stand_in_the_log(file, capsys):
    """D14: also of an import at which nobody is looking."""
    call_command("import_duo", file(locations(REGENBOOG)), "-v0")
    for wrong in (file(b"", "leeg.csv"), file(locations(REGENBOOG, "99001;99AB;99AB00; ;DEVENTER"), "fout.csv")):
        with pytest.raises(CommandError):
            call_command("import_duo", wrong, "--strict", "-v0")
    call_command("import_duo", file(locations(REGENBOOG)), "--dry-run", "-v0")

    assert list(ListImport.objects.order_by("pk").values_list("state", "prepared_by", "refusal")) == [
        ("applied", "DUO-import", ""),
        ("refused", "DUO-import", "leeg.csv is leeg.\nEr is niets veranderd."),
        ("refused", "DUO-import", "Geweigerd: 1 foute rij. Er is niets veranderd."),
    ]
