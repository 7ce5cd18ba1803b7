"""Imports in steps: prepared, applied or dropped, and the log of them (D14, D19, D20)."""

import hashlib
from threading import Thread

import pytest
from django.db import IntegrityError, OperationalError, connection

from journal.acts import Actor, ActorKind, Refused, act, register
from journal.clock import today
from journal.models import Entry
from schools.actions import (
    ChangedMeanwhile,
    DecidedAlready,
    GivenFile,
    ManyGone,
    apply_import,
    differences_with,
    drop_import,
    import_at_once,
    lists_of,
    look_at_case,
    prepare_import,
    read_files,
)
from schools.actions import duo_import as importing
from schools.differences import Difference, Kind, Subject, differences_made
from schools.models import Board, Case, ListImport, School
from tests.schools.lists import boards, locations

pytestmark = pytest.mark.django_db

SAM = Actor(kind=ActorKind.SUPPORT, name="Sam Jansen", reason="De lijst van augustus")
KIM = Actor(kind=ActorKind.SUPPORT, name="Kim de Boer", reason="De lijst van augustus")

REGENBOOG = "99001;99AA;99AA00;De Regenboog;ZWOLLE"
LINDE = "99001;99AB;99AB00;De Linde;DEVENTER"
LINDE_MOVED = "99002;99AB;99AB00;De Linde;DEVENTER"


def files(*contents: bytes) -> list[GivenFile]:
    return [GivenFile(f"lijst-{number}.csv", content) for number, content in enumerate(contents, start=1)]


def prepared(*contents: bytes, actor: Actor = SAM) -> ListImport:
    return prepare_import(actor=actor, files=files(*contents))


def shown(waiting: ListImport) -> str:
    """The fingerprint of what would change now."""
    return differences_with(lists_of(waiting), today=today()).fingerprint


def applied(*contents: bytes) -> ListImport:
    waiting = prepared(*contents)
    return apply_import(actor=SAM, waiting=waiting, shown=shown(waiting))


def schools() -> dict[str, str]:
    return dict(School.objects.values_list("brin", "board__number"))


# --- Preparing --------------------------------------------------------------------------------------------------------


def test_preparing_changes_no_school_and_says_what_would_change():
    """D19"""
    applied(locations(REGENBOOG, LINDE))
    before = schools()

    waiting = prepared(locations(REGENBOOG, LINDE_MOVED), boards("99002;Stichting Het Hofje"))

    assert schools() == before
    assert waiting.state == "prepared"
    assert waiting.counts == {"board.new": 1, "school.moved": 1}
    assert differences_with(lists_of(waiting), today=today()).differences == [
        Difference(Subject.BOARD, Kind.NEW, "99002", "Stichting Het Hofje", "", {}, {"name": "Stichting Het Hofje"}),
        Difference(Subject.SCHOOL, Kind.MOVED, "99AB", "De Linde", "DEVENTER", {"board": "99001"}, {"board": "99002"}),
    ]


def test_the_log_keeps_of_each_file_its_name_checksum_kind_and_rows():
    content = locations(REGENBOOG, "99001;99AB;99AB00; ;DEVENTER")

    (file,) = prepared(content).files

    assert file == {
        "name": "lijst-1.csv",
        "sha256": hashlib.sha256(content).hexdigest(),
        "kind": "po",
        "rows": 1,
        "bad_rows": 1,
    }


def test_every_file_that_is_no_list_is_named_at_once():
    with pytest.raises(Refused) as refused:
        prepared(b"\0\1", b"", locations(REGENBOOG))

    assert [problem.text for problem in refused.value.problems] == [
        "lijst-1.csv is geen tekstbestand. Geef het CSV-bestand, geen Excel- of zipbestand.",
        "lijst-2.csv is leeg.",
    ]
    assert not ListImport.objects.exists()


def test_lists_that_contradict_each_other_are_refused():
    with pytest.raises(Refused, match="spreken elkaar tegen") as refused:
        prepared(
            locations(REGENBOOG),
            locations("99002;99AA;99AA00;De Regenboog;ZWOLLE"),
            boards("99001;Stichting Oost"),
            boards("99001;Stichting West"),
        )

    assert [problem.text for problem in refused.value.problems][1:] == [
        "99AA staat onder bestuur 99001 en in lijst-2.csv onder 99002.",
        "Bestuur 99001 heet Stichting Oost en in lijst-4.csv Stichting West.",
    ]


@pytest.mark.parametrize(
    "actor", [Actor(kind=ActorKind.SUPPORT, name="Sam Jansen"), Actor(kind=ActorKind.ADMINISTRATOR, name="Anke")]
)
def test_only_support_prepares_applies_and_drops_and_with_a_reason(actor):
    """D4, D14"""
    waiting = prepared(locations(REGENBOOG))

    for act_of_support in (
        lambda: prepared(locations(REGENBOOG), actor=actor),
        lambda: apply_import(actor=actor, waiting=waiting, shown=shown(waiting)),
        lambda: drop_import(actor=actor, waiting=waiting),
    ):
        with pytest.raises(Refused):
            act_of_support()
    assert not School.objects.exists()


# --- Applying ---------------------------------------------------------------------------------------------------------


def test_applying_does_what_was_shown_and_logs_it_without_the_lists():
    """D14"""
    waiting = prepared(locations(REGENBOOG))

    done = apply_import(actor=KIM, waiting=waiting, shown=shown(waiting))

    done.refresh_from_db()
    assert schools() == {"99AA": "99001"}
    assert (done.state, done.prepared_by, done.decided_by) == ("applied", "Sam Jansen", "Kim de Boer")
    assert done.contents is None
    entry = Entry.objects.get(type="list_import.applied")
    assert (entry.reason, entry.transaction_id) == ("De lijst van augustus", done.transaction_number)
    assert "contents" not in entry.after


@pytest.mark.django_db(transaction=True)
def test_what_an_import_changed_can_be_read_from_the_journal():
    """D14: the same differences as were shown before."""
    applied(locations(REGENBOOG, LINDE, "99001;99AC;99AC00;Het Hofje;EDE"))
    waiting = prepared(
        locations("99001;99AA;99AA00;De Nieuwe Regenboog;ZWOLLE", LINDE_MOVED), boards("99001;Stichting Oost")
    )
    before = differences_with(lists_of(waiting), today=today()).differences

    done = apply_import(actor=SAM, waiting=waiting, shown=shown(waiting))

    assert sorted(differences_made(done.transaction_number), key=repr) == sorted(before, key=repr)
    assert {(each.subject, each.kind) for each in before} == {
        ("board", "new"),
        ("board", "changed"),
        ("school", "changed"),
        ("school", "moved"),
        ("school", "gone"),
        ("location", "changed"),
        ("location", "gone"),
    }


def test_what_was_shown_is_refused_when_the_register_has_changed():
    """Decision 014: the second of two people sees the new differences first."""
    waiting, beside = prepared(locations(REGENBOOG, LINDE)), prepared(locations(REGENBOOG), actor=KIM)
    seen = shown(waiting)
    apply_import(actor=KIM, waiting=beside, shown=shown(beside))

    with pytest.raises(ChangedMeanwhile):
        apply_import(actor=SAM, waiting=waiting, shown=seen)

    assert schools() == {"99AA": "99001"}
    waiting.refresh_from_db()
    assert waiting.state == "prepared"
    apply_import(actor=SAM, waiting=waiting, shown=shown(waiting))
    assert schools() == {"99AA": "99001", "99AB": "99001"}


def test_an_import_is_decided_on_once():
    waiting = prepared(locations(REGENBOOG))
    seen = shown(waiting)
    apply_import(actor=SAM, waiting=waiting, shown=seen)

    for again in (
        lambda: apply_import(actor=KIM, waiting=waiting, shown=seen),
        lambda: drop_import(actor=KIM, waiting=waiting),
    ):
        with pytest.raises(DecidedAlready, match=r"al besloten, door Sam Jansen: toegepast\."):
            again()


def test_the_database_decides_on_an_import_once():
    """D14"""
    done = applied(locations(REGENBOOG))

    with pytest.raises(IntegrityError, match="decided on once"), act("list_import.dropped", actor=SAM):
        ListImport.objects.filter(pk=done.pk).update(state="dropped", transaction_number=None)


def test_dropping_changes_nothing_and_stays_in_the_log():
    waiting = prepared(locations(REGENBOOG))

    drop_import(actor=KIM, waiting=waiting)

    waiting.refresh_from_db()
    assert (waiting.state, waiting.contents, waiting.decided_by) == ("dropped", None, "Kim de Boer")
    assert not School.objects.exists()


def test_a_list_that_was_cut_off_is_applied_only_when_that_is_said_to_be_right():
    """D19"""
    rows = [f"99001;99{a}{b};0;De Linde;EDE" for a in "ABCDEFGH" for b in "ABCDEFGHIJ"]
    applied(locations(*rows))
    waiting = prepared(locations(*rows[:20]))
    assert differences_with(lists_of(waiting), today=today()).many_gone == [
        "Van de 80 scholen in het primair onderwijs ontbreken er 60 in de lijst. "
        "Dat zijn er zo veel, dat de lijst waarschijnlijk niet volledig is."
    ]

    with pytest.raises(ManyGone):
        apply_import(actor=SAM, waiting=waiting, shown=shown(waiting))
    assert not School.objects.exclude(missing_since=None).exists()

    apply_import(actor=SAM, waiting=waiting, shown=shown(waiting), allow_many_gone=True)
    assert Case.objects.filter(kind="gone").count() == 60


@pytest.mark.django_db(transaction=True)
def test_two_people_who_apply_one_import_at_once_apply_it_once():
    waiting = prepared(locations(REGENBOOG, LINDE))
    seen, came = shown(waiting), []

    def apply(actor: Actor) -> None:
        try:
            apply_import(actor=actor, waiting=waiting, shown=seen)
            came.append("applied")
        except DecidedAlready:
            came.append("decided already")
        finally:
            connection.close()

    both = [Thread(target=apply, args=[actor]) for actor in (SAM, KIM)]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert sorted(came) == ["applied", "decided already"]
    assert Entry.objects.filter(type="school.added").count() == 2


@pytest.mark.django_db(transaction=True)
def test_an_import_whose_connection_dies_halfway_has_done_nothing_and_goes_on_waiting(monkeypatch):
    """R2"""
    waiting = prepared(locations(REGENBOOG))
    seen = shown(waiting)

    def die(self, actor) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr(importing._Plan, "open_cases", die)
    with pytest.raises(OperationalError):
        apply_import(actor=SAM, waiting=waiting, shown=seen)
    monkeypatch.undo()
    connection.close()

    assert not Board.objects.exists()
    apply_import(actor=SAM, waiting=waiting, shown=seen)
    assert schools() == {"99AA": "99001"}


# --- At once ----------------------------------------------------------------------------------------------------------


def test_an_import_without_a_preview_stands_in_the_same_log():
    given = files(locations(REGENBOOG))

    import_at_once(actor=register("DUO-import"), files=given, lists=read_files(given))

    done = ListImport.objects.get()
    assert (done.state, done.prepared_by, done.counts["school.new"]) == ("applied", "DUO-import", 1)
    assert {each.subject for each in differences_made(done.transaction_number)} == {"board", "school", "location"}


def test_cases_are_looked_at_with_a_reason_and_stay_open():
    """D14"""
    applied(locations(REGENBOOG, LINDE))
    applied(locations(REGENBOOG))
    case = Case.objects.get()

    with pytest.raises(Refused):
        look_at_case(actor=Actor(kind=ActorKind.SUPPORT, name="Sam Jansen"), case=case)
    look_at_case(actor=SAM, case=case)

    case.refresh_from_db()
    assert case.looked_at is not None
    assert case.closed_on is None
    assert Entry.objects.get(type="case.looked_at").reason == "De lijst van augustus"
