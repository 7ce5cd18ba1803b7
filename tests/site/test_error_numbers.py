"""The number on an error page: support looks it up, and finds where it went wrong but nothing secret (screens.md)."""

import logging
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from django.db import OperationalError, ProgrammingError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import on_behalf, tasks
from accounts.actions import errors
from accounts.models import ShownError, SupportAccount
from notifications import unsubscribing
from notifications.topics import Topic
from osr.celery import app
from tests import factories as make
from tests.faults.test_database_gone import break_connection, next_request
from tests.mandates.test_downloads import Workbook, lines_of
from tests.mandates.test_pages import text_of
from tests.register import make_membership, make_support, sign_in_support

pytestmark = pytest.mark.django_db

LIST = "/beheer/accounts/shownerror/"


@pytest.fixture(autouse=True)
def room_for_all(monkeypatch) -> None:
    """Whatever was noted by tests before this one."""
    monkeypatch.setattr(errors, "_not_signed_in", errors.Allowance(30))


@pytest.fixture
def browser() -> Client:
    """A browser in which nobody is signed in; it shows error pages as a person sees them."""
    return Client(raise_request_exception=False)


@pytest.fixture
def anke(browser, regenboog) -> Client:
    """A browser in which Anke de Vries is signed in."""
    browser.force_login(regenboog.person)
    return browser


@pytest.fixture
def support() -> Client:
    """A browser in which somebody of support is signed in."""
    client = Client()
    sign_in_support(client, make_support("Sam Jansen"))
    return client


@pytest.fixture
def fails(monkeypatch):
    """Let the page Meldingen raise something."""

    def fails(error: Exception) -> None:
        monkeypatch.setattr("notifications.views.preference_of", Mock(side_effect=error))

    return fails


def noted(response) -> ShownError:
    """What was noted of the error page, under the number that stands on it."""
    reference = response.headers["X-Reference"]
    assert reference in text_of(response)
    return ShownError.objects.get(reference=reference)


def shown(reference: str = "4KX7QM2B", **fields) -> ShownError:
    """An error page that somebody was shown."""
    return ShownError.objects.create(
        **{"reference": reference, "status": 404, "method": "GET", "path": "/scholen/99ZZ/", **fields}
    )


def found(client: Client, text: str):
    return client.post("/beheer/zoeken/", {"q": text})


# --- What is noted, and what is not -----------------------------------------------------------------------------------


def test_of_a_page_that_does_not_exist_is_noted_who_saw_it_and_for_which_board(anke, regenboog):
    error = noted(anke.get("/bestaat-niet/?zoek=van-alles"))

    assert (error.status, error.method, error.path) == (404, "GET", "/bestaat-niet/")
    assert (error.person, error.board_number) == (regenboog.person, "99001")
    assert error.exception == "django.urls.exceptions.Resolver404"
    assert timezone.now() - error.moment < timedelta(minutes=1)


def test_of_something_that_belongs_to_another_board_is_noted_where_it_was_looked_for(anke):
    """D4: support tells a wrong address from the wrong board."""
    make.SchoolFactory(brin="98ZZ")

    error = noted(anke.get("/scholen/98ZZ/"))

    assert error.exception == "django.http.response.Http404"
    assert error.where.startswith("mandates.views.")


def test_of_a_refused_page_is_noted_where_it_was_refused(anke, regenboog):
    error = noted(anke.get("/beheer/schools/board/", follow=True))

    assert (error.status, error.person, error.path) == (403, regenboog.person, "/beheer/login/")
    assert error.exception == "django.core.exceptions.PermissionDenied"
    assert error.where.startswith("osr.workplace:Workplace.login:")


def test_of_a_fault_of_the_register_is_noted_what_kind_it_is_and_where(anke, fails, regenboog):
    fails(ValueError("Anke koos 12 dagen"))

    error = noted(anke.post("/meldingen/", {"dagen": "12"}))

    assert (error.status, error.method, error.person) == (500, "POST", regenboog.person)
    assert error.exception == "ValueError"
    module, function, line = error.where.split(":")
    assert (module, function) == ("notifications.views", "preferences")
    assert int(line) > 0


def test_of_a_form_that_has_expired_is_noted_that_it_was_that(regenboog):
    client = Client(enforce_csrf_checks=True)
    client.force_login(regenboog.person)

    error = noted(client.post("/uitloggen/"))

    assert (error.status, error.exception, error.person) == (403, "osr.views.ExpiredForm", regenboog.person)


def test_of_a_request_that_is_no_good_is_noted_why_and_not_what_it_said(browser):
    error = noted(browser.get("/", headers={"Host": "elders.example"}))

    assert (error.status, error.exception) == (400, "django.core.exceptions.DisallowedHost")
    assert error.person is None
    assert "elders" not in written_of(error)


def test_of_support_on_behalf_of_a_board_is_noted_which(regenboog):
    """D4"""
    account = make_support("Loes Lead", role=SupportAccount.Role.LEAD)
    client = Client()
    sign_in_support(client, account)
    client.post(f"/beheer/schools/board/{regenboog.board.pk}/namens/", {"reason": "Gebeld door Anke"})

    error = noted(client.get("/bestaat-niet/"))

    assert (error.person, error.board_number) == (account.user, "99001")


def test_a_supplier_is_answered_in_json_and_nothing_is_noted(browser):
    for path in ("/api/v2/bestaat-niet", "/api/bestaat-niet", "/API/v2/mandates"):
        assert browser.get(path).status_code == 404

    assert not ShownError.objects.exists()


def written_of(error: ShownError) -> str:
    return str(ShownError.objects.filter(pk=error.pk).values().get())


def test_nothing_secret_is_noted(anke, fails):
    """quality.md, Secrets: no query string, no form, no header, no message of an exception."""
    fails(ValueError("geheim in de melding"))

    error = noted(
        anke.post(
            "/meldingen/?code=geheime-code",
            {"wachtwoord": "geheim-veld", "csrfmiddlewaretoken": "geheim-kenmerk"},
            headers={"API-Key": "geheime-sleutel", "User-Agent": "geheime-browser", "Referer": "http://geheim.example"},
        )
    )

    assert error.path == "/meldingen/"
    assert "gehei" not in written_of(error)
    assert anke.session.session_key not in written_of(error)


def test_the_link_of_a_mail_is_not_noted(anke, regenboog, monkeypatch):
    """Who has it can unsubscribe the person."""
    monkeypatch.setattr("notifications.views.unsubscribing.read", Mock(side_effect=ValueError))
    link = unsubscribing.sign(unsubscribing.Wish(regenboog.person.pk, "99001", (Topic.ENDING,)))

    assert noted(anke.get(f"/meldingen/afmelden/{link}/")).path == "/meldingen/afmelden/…/"


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("/bestaat%00niet/", "/bestaat�niet/"),
        ("/" + "ver/" * 200, ("/" + "ver/" * 200)[:300]),
        ("/%ff%fe/é", "/%FF%FE/é"),
    ],
    ids=["no text", "long", "no UTF-8"],
)
def test_any_address_can_be_noted(browser, asked, kept):
    assert noted(browser.get(asked)).path == kept


def test_the_number_is_noted_also_when_it_is_the_person_that_went_wrong(anke, regenboog, monkeypatch):
    monkeypatch.setattr(on_behalf, "current", Mock(side_effect=KeyError("until")))

    error = noted(anke.get("/mandaten/"))

    assert (error.status, error.exception) == (500, "KeyError")
    assert (error.person, error.board_number) == (regenboog.person, "")


# --- It never makes things worse --------------------------------------------------------------------------------------


def test_noting_takes_one_statement(browser):
    """Of who is not signed in: nothing else is asked of the database."""
    with CaptureQueriesContext(connection) as queries:
        browser.get("/bestaat-niet/")

    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) == 1
    assert statements[0].startswith('INSERT INTO "accounts_shownerror"')


@pytest.mark.parametrize("path", ["/bestaat-niet/", "/meldingen/", "/beheer/login/"])
def test_the_page_comes_when_it_cannot_be_noted(anke, fails, run_sql, caplog, path):
    """And the log has the number, whatever its level."""
    fails(ValueError("geheim"))
    run_sql("ALTER TABLE accounts_shownerror RENAME TO elders", as_owner=True)

    with caplog.at_level(logging.WARNING):
        response = anke.get(path)

    assert response.status_code in (403, 404, 500)
    assert response.headers["X-Reference"] in text_of(response)
    (line,) = [record.getMessage() for record in caplog.records if "error page not noted" in record.getMessage()]
    assert response.headers["X-Reference"] in line
    assert "ProgrammingError" in line


@pytest.mark.parametrize("cookies", [{}, {"sessionid": "een-lopende-sessie"}], ids=["a stranger", "somebody"])
def test_the_page_comes_when_the_database_is_gone(browser, monkeypatch, cookies):
    """And it is the same page: nothing else asks the database now because noting did."""
    browser.cookies.load(cookies)

    def gone(*args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr("django.db.backends.postgresql.base.DatabaseWrapper.cursor", gone)

    response = browser.get("/bestaat-niet/")

    assert response.status_code == 404
    assert response.headers["X-Reference"] in text_of(response)


@pytest.mark.django_db(transaction=True)
def test_without_database_the_number_is_in_the_log(browser, caplog):
    """What cannot be noted is not tried: the person has waited for the database once already."""
    anke = make.UserFactory(name="Anke de Vries")
    make_membership(anke, make.BoardFactory())
    browser.force_login(anke)
    break_connection()

    with caplog.at_level(logging.WARNING):
        response = browser.get("/mandaten/")
    next_request()

    assert response.status_code == 503
    assert not ShownError.objects.exists()
    (line,) = [record.getMessage() for record in caplog.records if "error page not noted" in record.getMessage()]
    assert response.headers["X-Reference"] in line
    assert noted(browser.get("/bestaat-niet/")).person == anke


def test_what_took_the_database_too_long_is_noted_like_any_other(anke, fails):
    """503, and the database is there: a deadlock, or a statement that was broken off."""
    fails(OperationalError("canceling statement due to statement timeout"))

    error = noted(anke.get("/meldingen/"))

    assert (error.status, error.exception) == (503, "django.db.utils.OperationalError")


def test_who_tries_all_addresses_does_not_fill_the_table(browser, anke, fails, monkeypatch):
    """Only who is not signed in is counted, and never what went wrong in the register itself."""
    fails(ValueError)
    stranger = Client(raise_request_exception=False)
    for number in range(40):
        assert stranger.get(f"/wp-admin/{number}.php").status_code == 404
    assert ShownError.objects.count() == 30

    assert noted(anke.get("/bestaat-niet/")).person
    monkeypatch.setattr("osr.health._problem", Mock(side_effect=ValueError))
    assert noted(stranger.get("/status/")).status == 500

    later = errors.time.monotonic() + 61
    monkeypatch.setattr(errors, "time", SimpleNamespace(monotonic=lambda: later))
    assert noted(stranger.get("/bestaat-niet/")).person is None


# --- For so long ------------------------------------------------------------------------------------------------------


def test_each_night_the_old_ones_are_deleted(settings):
    settings.OSR_ERROR_DAYS = 90
    shown("4KX7QM2B", moment=timezone.now() - timedelta(days=89, hours=23))
    shown("9ZR3WT6C", moment=timezone.now() - timedelta(days=90, hours=1))

    tasks.forget_errors()

    assert ShownError.objects.get().reference == "4KX7QM2B"
    assert tasks.forget_errors.name in {each["task"] for each in app.conf.beat_schedule.values()}


@pytest.mark.parametrize("sql", ["UPDATE accounts_shownerror SET path = '/elders/'", "TRUNCATE accounts_shownerror"])
def test_what_was_noted_is_not_changed(run_sql, sql):
    """Not even by the register itself: it may add, and delete."""
    shown()

    with pytest.raises(ProgrammingError, match="permission denied"):
        run_sql(sql)


# --- Support looks it up ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["4KX7QM2B", "4kx7qm2b", "4KX7 QM2B", " 4kx7  qm2b ", "4KX7-QM2B", "4 K X 7 Q M 2 B"])
def test_the_number_leads_straight_to_what_was_noted(support, text):
    error = shown()

    assert found(support, text).url == f"{LIST}{error.pk}/change/"


def test_a_number_that_was_not_noted_is_found_as_little_as_anything_else(support):
    shown()

    for text in ("9ZR3WT6C", "4KX7", "4KX7QM2BB"):
        response = found(support, text)
        assert response.status_code == 200
        assert "Niets gevonden" in text_of(response)


def test_what_may_also_be_a_token_is_found_as_both(support, regenboog):
    """Eight letters and digits may begin a mandate's UUID as well."""
    mandate = make.MandateFactory(
        school=regenboog.school,
        service=regenboog.rio,
        system=regenboog.las,
        uuid="4a37c52b-0000-4000-8000-000000000001",
    )
    shown("4A37C52B")

    text = text_of(found(support, "4A37C52B"))

    assert "Foutpagina’s" in text
    assert "4A37 C52B" in text
    assert str(mandate.uuid) in text


def test_nobody_else_finds_it(browser, regenboog):
    error = shown()
    pages = (LIST, f"{LIST}{error.pk}/change/", f"{LIST}lijst.csv", "/beheer/zoeken/?q=4KX7QM2B")
    for client in (browser, Client(headers={"API-Key": regenboog.LAS_KEY})):
        assert [client.get(page).status_code for page in pages] == [302] * len(pages)
        searched = client.post("/beheer/zoeken/", {"q": "4KX7QM2B"}, follow=True)
        assert searched.request["PATH_INFO"] == "/beheer/inloggen/"

    browser.force_login(regenboog.person)
    assert [browser.get(page, follow=True).status_code for page in pages] == [403] * len(pages)
    assert found(browser, "4KX7QM2B").status_code == 403


def test_the_page_tells_who_saw_what_and_where(support, regenboog):
    error = shown(
        status=500,
        person=regenboog.person,
        board_number="99001",
        path="/scholen/99AA/",
        exception="ValueError",
        where="mandates.views.overview:school:40",
    )
    shown("9ZR3WT6C", person=regenboog.person, path="/bestaat-niet/")
    shown("7HN4BD8F", path="/van-een-ander/")

    response = support.get(f"{LIST}{error.pk}/change/")
    text = text_of(response)

    for told in (
        "Foutpagina 4KX7 QM2B",
        "500, er ging iets mis",
        "GET /scholen/99AA/",
        "Anke de Vries",
        "Stichting De Regenboog (99001)",
        "OSR-beheerder van Stichting De Regenboog",
        "ValueError",
        "mandates.views.overview:school:40",
        "Geef het nummer door",
        "9ZR3 WT6C",
    ):
        assert told in text
    assert "7HN4" not in text
    assert f"/beheer/schools/board/{regenboog.board.pk}/change/" in response.content.decode()


def test_the_page_of_who_was_not_signed_in_says_so(support):
    text = text_of(support.get(f"{LIST}{shown().pk}/change/"))

    assert "niet ingelogd" in text
    assert "Andere foutpagina’s" not in text


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", ["7HN4 BD8F", "9ZR3 WT6C", "4KX7 QM2B"]),
        ("?q=4kx7+qm2b", ["4KX7 QM2B"]),
        ("?q=9zr3", ["9ZR3 WT6C"]),
        ("?q=anke", ["9ZR3 WT6C"]),
        ("?q=/scholen/", ["4KX7 QM2B"]),
        ("?status__exact=500", ["7HN4 BD8F"]),
    ],
)
def test_the_list_is_searched_and_filtered_with_the_newest_first(support, regenboog, query, numbers):
    now = timezone.now()
    shown("9ZR3WT6C", path="/bestaat-niet/", person=regenboog.person, moment=now - timedelta(minutes=2))
    shown("4KX7QM2B", path="/scholen/99ZZ/", moment=now - timedelta(minutes=3))
    shown("7HN4BD8F", path="/status/", status=500, moment=now - timedelta(minutes=1))

    assert support.get(f"{LIST}{query}").status_code == 200
    assert [line["Nummer"] for line in lines_of(support.get(f"{LIST}lijst.csv{query}"))] == numbers


def test_the_list_is_a_file_for_excel_too(support):
    shown()

    book = Workbook(support.get(f"{LIST}lijst.xlsx").content)

    _, row = book.rows()
    assert [row[column] for column in "ACDE"] == [
        "4KX7 QM2B",
        "404, bestaat niet",
        "/scholen/99ZZ/",
        "niet ingelogd",
    ]
    # The name of the list has an apostrophe, which Excel wants twice wherever it refers to it.
    assert b"'Foutpagina''s'!$A$1" in book.file.read("xl/workbook.xml")


@pytest.mark.parametrize("role", list(SupportAccount.Role))
def test_everyone_of_support_may_look_and_nobody_may_change(role):
    client = Client()
    sign_in_support(client, make_support(role=role))
    error = shown()
    row = f"{LIST}{error.pk}/change/"

    assert [client.get(page).status_code for page in (LIST, row, f"{LIST}lijst.csv")] == [200, 200, 200]
    assert found(client, "4KX7 QM2B").url == row
    assert "Foutpagina&#x27;s" in client.get("/beheer/").content.decode()
    assert client.post(row, {"path": "/elders/"}).status_code == 403
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{error.pk}/delete/", {"post": "yes"}).status_code == 403
    error.refresh_from_db()
    assert error.path == "/scholen/99ZZ/"
