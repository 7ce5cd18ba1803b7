"""`manage.py cases`: what support must look at, and saying that it is done (D19, D20)."""

import pytest
from django.core.management import CommandError, call_command

from journal.acts import register
from journal.clock import today
from schools.actions.cases import open_cases
from schools.models import Case
from tests import factories as make

pytestmark = pytest.mark.django_db

SAM = ("--by", "Sam Jansen", "--reason", "De fusie is bevestigd")


@pytest.fixture
def case() -> Case:
    """A school that left the lists, found today."""
    board = make.BoardFactory(number="99001", name="Stichting De Regenboog")
    make.SchoolFactory(brin="99AA", name="De Regenboog", board=board)
    seen = [("99AA", Case.Kind.GONE, "Staat niet meer in de lijst.")]
    (case,) = open_cases(seen, actor=register("DUO-import"), day=today())
    return case


@pytest.fixture
def answer(monkeypatch):
    """What the person at the keyboard says to 'Doorgaan?'."""

    def answer(text: str) -> None:
        monkeypatch.setattr("builtins.input", lambda question: text)

    return answer


def test_open_cases_are_listed_with_school_and_board(case, capsys):
    call_command("cases")

    assert capsys.readouterr().out == (
        f"{case.pk:>6}  {today():%d-%m-%Y}  De Regenboog (99AA) van bestuur 99001 (Stichting De Regenboog): "
        "niet meer in de lijst van DUO. Staat niet meer in de lijst.\n"
    )


def test_without_open_cases_it_says_so(capsys):
    call_command("cases")

    assert capsys.readouterr().out == "Er zijn geen open zaken.\n"


def test_a_case_is_settled_with_name_and_reason_after_the_question(case, answer, capsys):
    """D14"""
    answer("j")

    call_command("cases", "--settle", str(case.pk), *SAM)

    case.refresh_from_db()
    assert case.closed_on == today()
    assert (case.entry.actor["name"], case.entry.actor["kind"]) == ("Sam Jansen", "support")
    assert case.entry.reason == "De fusie is bevestigd"
    assert capsys.readouterr().out.endswith("Gedaan: deze zaak is afgehandeld.\n")


@pytest.mark.parametrize("no", ["", "n", "nee", "J?"])
def test_any_other_answer_changes_nothing(case, answer, no):
    answer(no)

    with pytest.raises(CommandError, match="Er is niets veranderd"):
        call_command("cases", "--settle", str(case.pk), *SAM)

    case.refresh_from_db()
    assert case.closed_on is None


def test_a_dry_run_shows_the_case_and_leaves_it_open(case, capsys):
    call_command("cases", "--settle", str(case.pk), *SAM, "--dry-run")

    case.refresh_from_db()
    assert case.closed_on is None
    assert "De Regenboog (99AA)" in (shown := capsys.readouterr().out)
    assert shown.endswith("Dit was een proef (--dry-run): er is niets veranderd.\n")


def test_all_that_is_missing_is_told_at_once():
    with pytest.raises(CommandError) as refused:
        call_command("cases", "--settle", "x")

    assert refused.value.returncode == 1
    assert str(refused.value).splitlines() == [
        "Er is geen zaak x.",
        "--by ontbreekt.",
        "--reason ontbreekt.",
        "Er is niets veranderd.",
    ]


def test_a_case_is_settled_once(case):
    call_command("cases", "--settle", str(case.pk), *SAM, "--yes")

    with pytest.raises(CommandError, match="al afgehandeld"):
        call_command("cases", "--settle", str(case.pk), *SAM, "--yes")
