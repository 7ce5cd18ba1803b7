"""The commands with which Kennisnet support acts for a board, and reads its history (docs/support-commands.md)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from journal.acts import act, register
from journal.clock import today
from journal.models import Entry
from mandates.models import Mandate
from mandates.wording import day_in_words
from schools.models import Board, Case, School
from tests import factories as make
from tests.register import Regenboog

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
SAM = ("--by", "Sam Jansen", "--reason", "Gebeld door Anke")
FOR_BOARD = ("--board", "99001", *SAM)
LEERSPOOR, KLASBOEK = "00000099000000000001", "00000099000000000002"


@pytest.fixture
def said(capsys):
    """What a command writes."""

    def said(*arguments) -> str:
        call_command(*map(str, arguments))
        return capsys.readouterr().out

    return said


def refusal(*arguments) -> list[str]:
    """The lines with which a command refuses; checks that nothing has changed then."""
    before = Entry.objects.count()
    with pytest.raises(CommandError) as refused:
        call_command(*map(str, arguments))
    assert refused.value.returncode == 1
    assert Entry.objects.count() == before
    *problems, nothing_changed = str(refused.value).splitlines()
    assert nothing_changed.endswith("Er is niets veranderd.")
    return problems


def mandate_of(regenboog: Regenboog, **values) -> Mandate:
    """A mandate of De Regenboog: RIO by Leerspoor since 2026 unless said otherwise."""
    return make.MandateFactory(
        **{"school": regenboog.school, "service": regenboog.rio, "system": regenboog.las} | values
    )


def move(school: School) -> Board:
    """Let a school go to a board of its own, Stichting De Linde, as an import does."""
    linde = make.BoardFactory(number="99002", name="Stichting De Linde")
    make.AgreementFactory(board=linde, kind="OSR")
    with act("school.moved", actor=register("DUO-import")):
        school.board = linde
        school.save()
    return linde


# --- On a board's behalf (D4) -----------------------------------------------------------------------------------------


def test_mandates_are_given_with_name_and_reason(regenboog, said):
    """D4, D13"""
    shown = said("grant_mandates", *FOR_BOARD, "--school", "99aa", "99AB", "--choice", "rio=Leerspoor", "--yes")

    mandates = Mandate.objects.order_by("school__brin")
    assert [(mandate.school.brin, mandate.start_date) for mandate in mandates] == [
        ("99AA", today()),
        ("99AB", today()),
    ]
    entry = mandates[0].entry
    assert (entry.type, entry.actor["kind"], entry.actor["name"]) == ("mandate.granted", "support", "Sam Jansen")
    assert (entry.actor["board_number"], entry.reason) == ("99001", "Gebeld door Anke")
    assert shown == (
        "Namens bestuur 99001 (Stichting De Regenboog):\n"
        "  99AA De Regenboog, RIO, Leerspoor: wordt toegevoegd\n"
        "  99AB De Linde, RIO, Leerspoor: wordt toegevoegd\n"
        "Er verandert iets in 2 van 2 regels.\n"
        f"Gedaan: transactie {entry.transaction_id}.\n"
        f"Ongedaan maken: manage.py undo_change {entry.transaction_id} --board 99001 --by NAAM --reason REDEN\n"
    )


def test_only_yes_goes_on_after_the_preview(regenboog, monkeypatch, capsys):
    command = ("grant_mandates", *FOR_BOARD, "--school", "99AA", "--choice", "RIO=Leerspoor")
    seen = []
    for answer in ("", "nee", "j"):
        monkeypatch.setattr("builtins.input", lambda _, answer=answer: seen.append(capsys.readouterr().out) or answer)
        if answer != "j":
            assert refusal(*command) == []

    call_command(*command)

    assert Mandate.objects.count() == 1
    assert ["wordt toegevoegd" in shown for shown in seen] == [True, True, True]


def test_nobody_at_the_keyboard_is_no(regenboog, monkeypatch):
    def nobody(question: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)

    assert refusal("grant_mandates", *FOR_BOARD, "--school", "99AA", "--choice", "RIO=Leerspoor") == []


def test_a_dry_run_shows_the_preview_and_changes_nothing(regenboog, said):
    shown = said("grant_mandates", *FOR_BOARD, "--school", "99AA", "--choice", "RIO=Leerspoor", "--dry-run")

    assert "wordt toegevoegd" in shown
    assert shown.endswith("Dit was een proef (--dry-run): er is niets veranderd.\n")
    assert not Mandate.objects.exists()


def test_what_changed_between_preview_and_answer_is_named(regenboog, monkeypatch):
    """D11: exactly what was shown, or nothing."""
    mandate = mandate_of(regenboog)

    def meanwhile(question: str) -> str:
        with act("mandate.changed", actor=regenboog.anke):
            Mandate.objects.filter(pk=mandate.pk).update(end_date=today() + DAY)
        return "j"

    monkeypatch.setattr("builtins.input", meanwhile)

    with pytest.raises(CommandError, match="intussen veranderd"):
        call_command("change_mandates", str(mandate.uuid), *FOR_BOARD, "--end-date", str(today() + DAY))


def test_all_that_is_wrong_with_the_options_is_told_at_once(db):
    assert refusal("grant_mandates") == [
        "--board ontbreekt.",
        "--by ontbreekt.",
        "--reason ontbreekt.",
        "--school ontbreekt.",
        "--choice ontbreekt.",
    ]
    assert refusal(
        *("grant_mandates", "--board", "9901", "--by", "Sam", "--reason", " ", "--school", "99AA"),
        *("--choice", "RIO", "--start-date", "31-12-2026", "--end-date", "2026-02-30"),
    ) == [
        "--board 9901 is geen bestuursnummer: dat heeft vijf cijfers.",
        "--reason ontbreekt.",
        "--choice RIO: schrijf de dienst en het systeem als DIENST=SYSTEEM.",
        "--start-date 31-12-2026 is geen datum. Schrijf een datum als 2026-08-31.",
        "--end-date 2026-02-30 is geen datum. Schrijf een datum als 2026-08-31.",
    ]
    assert refusal("revoke_mandates", "abc", "--board", "99009", *SAM) == [
        "Bestuur 99009 staat niet in het register.",
        "abc is geen UUID van een mandaat.",
    ]


def test_all_that_the_rules_forbid_is_told_at_once(regenboog):
    """D4, D5, D6"""
    problems = refusal(
        *("grant_mandates", *FOR_BOARD, "--school", "99ZZ"),
        *("--choice", "OSO-OV=Leerspoor", "RIO=Toetsplein", "--yes"),
    )

    assert [problem.split(".")[0] for problem in problems] == [
        "Toetsplein is niet aangesloten voor RIO",
        "Voor OSO-OV mist Stichting De Regenboog de overeenkomst OSO",
        "99ZZ, OSO-OV, Leerspoor: De school 99ZZ hoort niet bij dit bestuur",
        "99ZZ, RIO, Toetsplein: De school 99ZZ hoort niet bij dit bestuur",
    ]


def test_only_support_gives_a_mandate_from_a_past_day(regenboog, said):
    """D7"""
    start, end = today() - 10 * DAY, today() + 10 * DAY

    said(
        *("grant_mandates", *FOR_BOARD, "--school", "99AA", "--choice", "RIO=Leerspoor", "--location", "99aa01"),
        *("--start-date", start, "--end-date", end, "--yes"),
    )

    mandate = Mandate.objects.get()
    assert (mandate.start_date, mandate.end_date, mandate.locations) == (start, end, ["99AA01"])


def test_a_mandate_is_copied(regenboog, said):
    """D11"""
    mandate = mandate_of(regenboog)

    shown = said("copy_mandate", mandate.uuid, "--to", "99AB", *FOR_BOARD, "--yes")

    assert "99AB De Linde, RIO, Leerspoor: wordt toegevoegd" in shown
    assert Mandate.objects.get(school__brin="99AB").entry.type == "mandate.copied"
    assert refusal("copy_mandate", "--to", "99AB", *FOR_BOARD) == ["UUID ontbreekt."]


@pytest.mark.parametrize("schools", [("--school", "99aa", "99ab"), ("--all-schools",)])
def test_schools_go_over_to_another_system(regenboog, said, schools):
    """D12"""
    for school in (regenboog.school, regenboog.other_school):
        mandate_of(regenboog, school=school)
    day = today() + 10 * DAY

    said(
        *("switch_system", *FOR_BOARD, *schools, "--service", "rio", "--from", "Leerspoor", "--to", "Klasboek"),
        *("--on", day, "--yes"),
    )

    assert set(Mandate.objects.values_list("school__brin", "system__name", "start_date", "end_date")) == {
        ("99AA", "Leerspoor", Mandate.objects.first().start_date, day - DAY),
        ("99AB", "Leerspoor", Mandate.objects.first().start_date, day - DAY),
        ("99AA", "Klasboek", day, None),
        ("99AB", "Klasboek", day, None),
    }


def test_switching_needs_its_options(regenboog):
    assert refusal("switch_system", *FOR_BOARD, "--all-schools", "--school", "99AA") == [
        "Kies --school of --all-schools, niet allebei.",
        "--service ontbreekt.",
        "--from ontbreekt.",
        "--to ontbreekt.",
        "--on ontbreekt.",
    ]


def test_mandates_get_another_first_or_last_day(regenboog, said):
    """D8"""
    mandate = mandate_of(regenboog, start_date=today() + 5 * DAY)
    for option, start, end in (
        (("--end-date", today() + 9 * DAY), 5, 9),
        (("--start-date", today() + 6 * DAY), 6, 9),
        (("--no-end-date",), 6, None),
    ):
        said("change_mandates", mandate.uuid, *FOR_BOARD, *option, "--yes")

        mandate.refresh_from_db()
        assert mandate.start_date == today() + start * DAY
        assert mandate.end_date == (today() + end * DAY if end else None)


@pytest.mark.parametrize("days", [(), ("--no-end-date", "--end-date", "2030-01-01")])
def test_one_kind_of_change_at_a_time(regenboog, days):
    assert refusal("change_mandates", uuid4(), *FOR_BOARD, *days) == [
        "Geef --end-date, --no-end-date of --start-date: een van de drie."
    ]


def test_mandates_are_revoked(regenboog, said):
    """D9"""
    mandate, coming = mandate_of(regenboog), mandate_of(regenboog, service=regenboog.test, start_date=today() + DAY)

    shown = said("revoke_mandates", mandate.uuid, coming.uuid, *FOR_BOARD, "--yes")

    mandate.refresh_from_db()
    coming.refresh_from_db()
    assert (mandate.entry.type, coming.entry.type) == ("mandate.revoked", "mandate.cancelled")
    assert "RIO, Leerspoor: is vanaf nu niet meer geldig" in shown
    assert refusal("revoke_mandates", mandate.uuid, *FOR_BOARD, "--yes") == [
        "99AA, RIO, Leerspoor: Dit mandaat is al beëindigd. Er is niets veranderd."
    ]


def test_a_mandate_of_another_board_is_refused(regenboog):
    """D4"""
    mandate = mandate_of(regenboog)
    make.BoardFactory(number="99002")

    assert refusal("revoke_mandates", mandate.uuid, "--board", "99002", *SAM) == [
        "Een van de mandaten hoort niet bij dit bestuur."
    ]


def test_the_new_board_takes_over(regenboog, said):
    """D20"""
    mandate_of(regenboog)
    mandate_of(regenboog, service=regenboog.test)
    move(regenboog.school)
    command = ("take_over", "99aa", "--board", "99002", *SAM, "--yes")

    assert "undo_change" in said(*command, "--service", "rio")
    assert Mandate.objects.get(granting_board__number="99002").service == regenboog.rio
    said(*command)
    assert Mandate.objects.filter(granting_board__number="99002").count() == 2

    assert refusal("take_over", "99AA", "99AB", "--board", "99002", *SAM) == [
        "Bij school 99AA is voor dit bestuur niets over te nemen.",
        "Bij school 99AB is voor dit bestuur niets over te nemen.",
    ]


@pytest.mark.django_db(transaction=True)
def test_what_was_done_is_undone(regenboog, said):
    """D13, D14: as a new change, shown before it is asked."""
    said("grant_mandates", *FOR_BOARD, "--school", "99AA", "99AB", "--choice", "RIO=Leerspoor", "--yes")
    number = Mandate.objects.first().entry.transaction_id

    shown = said("undo_change", number, *FOR_BOARD, "--dry-run")
    assert shown.count(f"einddatum: geen -> {day_in_words(today() - DAY)}") == 2
    assert not Mandate.objects.filter(end_date__isnull=False).exists()
    assert said("undo_change", number, *FOR_BOARD, "--yes").endswith(
        f"Gedaan: transactie {number} is ongedaan gemaakt.\n"
    )

    assert set(Mandate.objects.values_list("end_date", "entry__type")) == {(today() - DAY, "mandate.undone")}
    assert refusal("undo_change", number, *FOR_BOARD) == ["Dit is al ongedaan gemaakt."]


def test_undoing_needs_a_number_of_a_change_of_this_board(regenboog):
    assert refusal("undo_change", "abc", *FOR_BOARD) == ["abc is geen nummer van een transactie."]
    assert refusal("undo_change", *FOR_BOARD) == ["TRANSACTIE ontbreekt."]
    assert refusal("undo_change", "1", *FOR_BOARD) == ["Er is niets om ongedaan te maken."]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30"])
def test_a_day_that_no_calendar_of_the_register_has_is_said_in_words(regenboog, day):
    switch = ["--school", "99AA", "--service", "RIO", "--from", "Leerspoor", "--to", "Klasboek", "--on", day]

    assert refusal("switch_system", *FOR_BOARD, *switch) == [
        f"--on {day} is geen datum. Schrijf een datum als 2026-08-31."
    ]


# --- Closing a school (D19) -------------------------------------------------------------------------------------------


def test_a_school_is_closed_and_the_preview_tells_what_ends_and_what_never_begins(regenboog, said):
    """D19"""
    closing = today() + 10 * DAY
    running = mandate_of(regenboog)
    coming = mandate_of(regenboog, service=regenboog.test, start_date=closing + DAY)
    mandate_of(regenboog, system=regenboog.other_las, end_date=closing)

    command = ("close_school", "99aa", closing, *SAM)
    shown = said(*command, "--dry-run")

    assert School.objects.get(brin="99AA").closed_on is None
    assert shown.splitlines() == [
        f"De Regenboog (99AA) sluit op {day_in_words(closing)}.",
        "Mandaten die eindigen: 1",
        f"  99AA, RIO, Leerspoor ({running.uuid})",
        f"      einddatum: geen -> {day_in_words(closing)}",
        "Mandaten die nooit ingaan: 1",
        f"  99AA, DOORSTROOM, Leerspoor ({coming.uuid})",
        f"      einddatum: geen -> {day_in_words(closing)}",
        "Dit was een proef (--dry-run): er is niets veranderd.",
    ]
    said(*command, "--yes")
    assert School.objects.get(brin="99AA").closed_on == closing
    coming.refresh_from_db()
    assert coming.is_cancelled


def test_a_school_is_not_closed_when_something_changed_since_the_preview(regenboog, monkeypatch):
    def meanwhile(question: str) -> str:
        mandate_of(regenboog)
        return "j"

    monkeypatch.setattr("builtins.input", meanwhile)

    with pytest.raises(CommandError, match="intussen veranderd"):
        call_command("close_school", "99AA", str(today()), *SAM)
    assert School.objects.get(brin="99AA").closed_on is None


def test_closing_settles_the_case_that_asked_for_it(regenboog, said):
    """D19"""
    with act("case.opened", actor=register("DUO-import")):
        Case.objects.create(school=regenboog.school, kind=Case.Kind.GONE, text="Weg.", opened_on=today())

    shown = said("close_school", "99AA", today(), *SAM, "--yes")

    assert "Zaak afgehandeld: 99AA, niet meer in de lijst van DUO" in shown
    assert not Case.objects.open().exists()


def test_what_keeps_a_school_from_closing_is_told_at_once(regenboog, said):
    assert refusal("close_school", "99ZZ", "morgen", "--by", "Sam") == [
        "DATUM morgen is geen datum. Schrijf een datum als 2026-08-31.",
        "School 99ZZ staat niet in het register.",
        "--reason ontbreekt.",
    ]
    said("close_school", "99AA", today(), *SAM, "--yes")
    assert refusal("close_school", "99AA", today(), *SAM) == ["De Regenboog (99AA) sluit al op die dag."]


# --- History (D14) ----------------------------------------------------------------------------------------------------


def test_the_history_of_a_mandate_tells_who_when_why_and_what(regenboog, said):
    """D14"""
    mandate = mandate_of(regenboog, start_date=today() - DAY)
    said("change_mandates", mandate.uuid, *FOR_BOARD, "--end-date", today() + DAY, "--yes")
    entry = Entry.objects.about("mandate", str(mandate.uuid)).last()

    lines = said("show_history", mandate.uuid).splitlines()

    assert lines[-3:] == [
        f"{day_in_words(today())} {timezone.localtime(entry.moment):%H:%M}  mandaat gewijzigd: "
        f"99AA, RIO, Leerspoor ({mandate.uuid})",
        "    door Sam Jansen (Kennisnet support, namens bestuur 99001), met als reden: Gebeld door Anke; "
        f"transactie {entry.transaction_id}",
        f"    einddatum: geen -> {day_in_words(today() + DAY)}",
    ]
    assert str(mandate.token) not in "\n".join(lines)


def test_the_history_of_a_school_has_what_belongs_to_it(regenboog, said):
    mandate = mandate_of(regenboog)
    mandate_of(regenboog, school=regenboog.other_school)
    move(regenboog.school)

    shown = said("show_history", "99aa")

    assert "school naar een ander bestuur: 99AA" in shown
    assert "bestuur: 99001 -> 99002" in shown
    assert (
        f"mandaat loopt af, want de school ging naar een ander bestuur: 99AA, RIO, Leerspoor ({mandate.uuid})" in shown
    )
    assert "99AA01" in shown
    assert "99AB" not in shown


def test_the_history_of_a_board_has_the_last_of_what_concerned_it(regenboog, said):
    mandate = mandate_of(regenboog)
    said("revoke_mandates", mandate.uuid, *FOR_BOARD, "--yes")
    count = Entry.objects.filter(boards__contains=["99001"]).count()

    shown = said("show_history", "99001", "--last", 1)

    assert shown.startswith(f"De laatste 1 van {count}; toon meer met --last {count}.\n")
    assert "mandaat ingetrokken" in shown
    assert "mandaat gegeven" not in shown


@pytest.mark.parametrize(
    ("subject", "problem"),
    [
        ("99ZZ", "Over 99ZZ staat niets in de geschiedenis."),
        ("99009", "Over 99009 staat niets in de geschiedenis."),
        ("Zwolle", "Zwolle is geen BRIN, geen UUID van een mandaat en geen bestuursnummer."),
    ],
)
def test_what_has_no_history_is_said(db, subject, problem):
    with pytest.raises(CommandError, match=problem):
        call_command("show_history", subject)
