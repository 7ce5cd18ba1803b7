"""Cases in the workplace of support: schools that moved, left the lists or seem to have merged (D19, D20)."""

from datetime import timedelta

import pytest

from accounts.models import SupportAccount
from journal.acts import register
from journal.clock import today
from journal.models import Entry
from mandates.actions import Choice, grant_mandates
from mandates.wording import day_in_words
from schools.actions import import_duo
from schools.duo import read_list
from schools.models import Case
from tests.register import make_support, sign_in_support
from tests.schools.lists import locations

pytestmark = pytest.mark.django_db

CASES = "/beheer/schools/case/"
REGENBOOG = ("99001;99AA;99AA00;De Regenboog;ZWOLLE", "99001;99AA;99AA01;De Regenboog;ZWOLLE")
REASON = "Gebeld met het bestuur"


@pytest.fixture
def support(client):
    """The pages as somebody of support sees them."""
    sign_in_support(client, make_support())
    return client


@pytest.fixture
def mandate(regenboog):
    (given,) = grant_mandates(
        actor=regenboog.anke, school=regenboog.other_school, choices=[regenboog.rio_by_las()], start_date=today()
    )
    return given


@pytest.fixture
def gone(mandate) -> Case:
    """De Linde left the list; it has a mandate."""
    lists = [read_list(locations(*REGENBOOG), source="lijst.csv")]
    import_duo(actor=register("DUO-import"), lists=lists, today=today())
    return Case.objects.get(kind="gone")


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def test_the_list_says_which_school_why_since_when_and_what_to_do(support, gone):
    """D19"""
    page = text_of(support.get(CASES))

    assert "De Linde (99AB)" in page
    assert "niet meer in de lijst van DUO" in page
    assert day_in_words(today()) in page
    assert "vragen of de school sluit" in page


def test_no_open_case_is_said_in_words(support):
    assert "Er zijn geen openstaande zaken." in text_of(support.get(CASES))


def test_a_case_tells_its_story(support, gone):
    page = text_of(support.get(f"{CASES}{gone.pk}/change/"))

    assert "Staat niet meer in de lijst." in page
    assert "<dt>Mandaten</dt><dd>1</dd>" in page
    assert "DUO-import" in page


def test_looking_at_a_case_leaves_it_open(support, gone):
    support.post(f"{CASES}{gone.pk}/bekeken/", {"reason": REASON})

    gone.refresh_from_db()
    assert gone.looked_at is not None
    assert gone.closed_on is None
    assert REASON in text_of(support.get(f"{CASES}{gone.pk}/change/"))


def test_a_school_closes_of_which_no_list_says_anything(support, regenboog, mandate):
    """D19: only when support says so, on the day that it says, after seeing which mandates end."""
    school, day = regenboog.other_school, today() + timedelta(days=30)
    page = f"/beheer/schools/school/{school.pk}"
    asked = {"closing_day": day.isoformat(), "reason": REASON}
    assert f"{page}/sluiten/" in support.get(f"{page}/change/").content.decode()

    seen = support.post(f"{page}/sluiten/", asked)
    assert "1 mandaat eindigt." in text_of(seen)
    support.post(f"{page}/sluiten/", {**asked, "shown": seen.context["form"].data["shown"], "confirmed": "1"})

    mandate.refresh_from_db()
    school.refresh_from_db()
    assert (school.closed_on, mandate.end_date) == (day, day)


def test_a_case_is_settled_with_a_reason_and_leaves_the_list(support, gone):
    """D14"""
    refused = support.post(f"{CASES}{gone.pk}/afhandelen/", {"reason": ""})
    assert refused.status_code == 422

    support.post(f"{CASES}{gone.pk}/afhandelen/", {"reason": REASON})

    gone.refresh_from_db()
    assert gone.closed_on == today()
    assert Entry.objects.get(type="case.settled").reason == REASON
    assert "Er zijn geen openstaande zaken." in text_of(support.get(CASES))
    assert "De Linde (99AB)" in text_of(support.get(CASES, {"stand": "afgehandeld"}))
    again = support.post(f"{CASES}{gone.pk}/afhandelen/", {"reason": REASON})
    assert "Deze zaak is al afgehandeld." in text_of(again)


def close(support, gone: Case, **fields):
    return support.post(
        f"{CASES}{gone.pk}/school-sluiten/", {"closing_day": today().isoformat(), "reason": REASON, **fields}
    )


def test_closing_the_school_shows_first_which_mandates_end(support, gone, mandate):
    """D19"""
    shown = close(support, gone)

    assert "1 mandaat eindigt." in text_of(shown)
    assert "99AB, RIO, Leerspoor" in text_of(shown)
    mandate.refresh_from_db()
    assert mandate.end_date is None

    close(support, gone, shown=shown.context["form"].data["shown"], confirmed="1")

    mandate.refresh_from_db()
    gone.refresh_from_db()
    gone.school.refresh_from_db()
    assert (mandate.end_date, gone.school.closed_on, gone.closed_on) == (today(), today(), today())


def test_closing_does_what_was_shown_or_nothing(support, gone, mandate, regenboog):
    """Decision 014"""
    shown = close(support, gone)
    grant_mandates(
        actor=regenboog.anke,
        school=regenboog.other_school,
        choices=[Choice(service=regenboog.rio, system=regenboog.other_las)],
        start_date=today(),
    )

    refused = close(support, gone, shown=shown.context["form"].data["shown"], confirmed="1")

    assert "Het register is intussen veranderd." in text_of(refused)
    gone.school.refresh_from_db()
    assert gone.school.closed_on is None


def test_an_impossible_closing_day_is_refused_in_words(support, gone):
    for day, text in (
        ((today() - timedelta(days=400)).isoformat(), "meer dan een jaar geleden"),
        ("", "Vul de laatste dag in"),
        ("31-2-2026", "2026"),
    ):
        response = close(support, gone, closing_day=day)
        assert response.status_code == 422
        assert text in text_of(response)


def test_a_reader_reads_cases_only(client, gone):
    sign_in_support(client, make_support("Rik Lezer", role=SupportAccount.Role.READER))

    assert client.get(f"{CASES}{gone.pk}/change/").status_code == 200
    for page in ("bekeken", "afhandelen", "school-sluiten"):
        assert client.post(f"{CASES}{gone.pk}/{page}/", {"reason": REASON}).status_code == 403
