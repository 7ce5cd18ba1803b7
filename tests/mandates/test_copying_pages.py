"""Kopiëren in the browser: choose, see what will happen, confirm, undo (D11)."""

import re
from datetime import timedelta

import pytest

from journal.clock import today
from mandates.actions import revoke_mandate
from mandates.models import Mandate
from mandates.wording import day_in_words
from tests import factories as make
from tests.mandates.test_pages import another_board, granted, text_of
from tests.register import make_membership

DAY = timedelta(days=1)


@pytest.fixture
def page(regenboog, client):
    """A browser in which Anke de Vries is signed in."""
    client.force_login(regenboog.person)
    return client


@pytest.fixture
def source(regenboog) -> Mandate:
    make.SchoolFactory(brin="99AC", name="Het Kompas", board=regenboog.board, city="Zwolle")
    make.SchoolFactory(brin="99AD", name="De Eik", board=regenboog.board, city="Raalte")
    return granted(regenboog.school, regenboog.rio, regenboog.las)


@pytest.fixture
def path(source) -> str:
    return f"/mandaten/{source.uuid}/kopieren/"


def hidden_fields(response) -> dict[str, list[str]]:
    """What the form of the second step sends along."""
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', response.content.decode()):
        if name not in ("csrfmiddlewaretoken", "transactie", "terug"):
            fields.setdefault(name, []).append(value)
    return fields


def step(page, path: str, name: str, **fields):
    return page.post(path, {"stap": name, **fields})


def confirm(page, path: str, seen):
    """Press the button of the second step."""
    return page.post(path, {**hidden_fields(seen), "stap": "bevestigen"}, follow=True)


@pytest.mark.django_db(transaction=True)
def test_from_the_icon_to_the_notice_and_back(regenboog, page, source, path):
    """D11: choose, Volgende, Bevestigen, notice, Ongedaan maken."""
    assert path in page.get("/scholen/99AA/").content.decode()
    chosen = page.get(path)
    assert "wordt toegevoegd" in text_of(chosen)

    seen = step(page, path, "volgende", scholen=["99AC", "99AD"])
    assert "Dit gebeurt er (2)" in text_of(seen)
    assert Mandate.objects.count() == 1
    done = confirm(page, path, seen)

    assert "Het mandaat is gekopieerd naar 2 scholen." in text_of(done)
    assert {mandate.school.brin for mandate in Mandate.objects.valid_on(today())} == {"99AA", "99AC", "99AD"}
    number = re.search(r'name="transactie" value="(\d+)"', done.content.decode())[1]
    undone = page.post("/ongedaan-maken/", {"transactie": number, "terug": "/scholen/99AA/"}, follow=True)
    assert "Ongedaan gemaakt: 2 mandaten" in text_of(undone)
    assert list(Mandate.objects.valid_on(today())) == [source]


def test_each_school_says_what_will_happen_or_why_it_cannot_be_chosen(regenboog, page, source, path):
    """D11, D19"""
    already = granted(regenboog.other_school, regenboog.rio, regenboog.las, end_date=today() + 9 * DAY)
    closed = make.SchoolFactory(brin="99AE", name="De Sluis", board=regenboog.board, closed_on=today())
    make.MandateFactory(
        school=closed, service=regenboog.rio, system=regenboog.other_las, start_date=today() - DAY, end_date=today()
    )
    response = page.get(path)

    assert 'value="99AB"' not in response.content.decode()  # has it already
    days = f"vanaf {day_in_words(already.start_date)} tot en met {day_in_words(already.end_date)}"
    assert f"heeft dit mandaat al, {days}" in text_of(response)
    assert 'value="99AC"' in response.content.decode()


def test_a_school_that_has_it_for_some_locations_has_it_already_for_those(regenboog, page, path):
    """D3, D11; screens.md: 'heeft dit mandaat al'."""
    granted(regenboog.other_school, regenboog.rio, regenboog.las, locations=["99AB00"])

    assert re.search(r"heeft dit mandaat al, vanaf .*, alleen voor vestiging 99AB00", text_of(page.get(path)))


def test_another_system_for_the_service_is_a_warning(regenboog, page, path):
    """D2, D11"""
    granted(regenboog.other_school, regenboog.rio, regenboog.other_las)

    assert "Let op: " in text_of(page.get(path))
    assert "waarschuwing" in text_of(step(page, path, "volgende", scholen=["99AB"]))


def test_without_a_school_nothing_happens_and_it_is_said(page, path):
    response = step(page, path, "volgende")

    assert response.status_code == 422
    assert "Kies ten minste één school." in text_of(response)


def test_searching_and_selecting_work_without_scripts(page, path):
    """What was ticked before stays ticked, also when the search does not find it."""
    found = step(page, path, "zoeken", scholen=["99AC"], zoek="eik")
    body = found.content.decode()
    assert '<input type="hidden" name="scholen" value="99AC">' in body
    assert 'id="school-99AD"' in body
    assert 'id="school-99AB"' not in body

    body = step(page, path, "alles", scholen=["99AC"], zoek="eik").content.decode()
    assert re.search(r'id="school-99AD"[^>]* checked', body)
    body = step(page, path, "niets", scholen=["99AC", "99AD"]).content.decode()
    assert " checked" not in body


def test_going_back_keeps_what_was_chosen(page, path):
    seen = step(page, path, "volgende", scholen=["99AC"])
    back = page.post(path, {**hidden_fields(seen), "stap": "terug"})

    assert re.search(r'id="school-99AC"[^>]* checked', back.content.decode())


def test_confirming_twice_does_it_once(page, path):
    """D2: a double click leads to the same place."""
    seen = step(page, path, "volgende", scholen=["99AC"])
    confirm(page, path, seen)
    again = confirm(page, path, seen)

    assert "Dit was al gedaan" in text_of(again)
    assert Mandate.objects.count() == 2


def test_what_somebody_else_changed_meanwhile_is_shown_first(regenboog, page, path):
    """D11: exactly what was shown, or nothing; nothing that was chosen is lost."""
    seen = step(page, path, "volgende", scholen=["99AC", "99AD"])
    granted(regenboog.board.schools.get(brin="99AC"), regenboog.rio, regenboog.las)

    response = confirm(page, path, seen)

    assert response.status_code == 409
    assert "Er is intussen iets veranderd" in text_of(response)
    assert "Nu: Het Kompas (99AC), RIO, Leerspoor: heeft dit mandaat al, vanaf" in text_of(response)
    assert Mandate.objects.count() == 2
    assert "gekopieerd naar 1 school." in text_of(confirm(page, path, response))


def test_a_source_that_was_revoked_meanwhile_is_not_copied(regenboog, page, source, path):
    """D16"""
    seen = step(page, path, "volgende", scholen=["99AC"])
    revoke_mandate(actor=regenboog.anke, mandate=source)

    response = confirm(page, path, seen)

    assert "al beëindigd" in text_of(response)
    assert Mandate.objects.count() == 1


@pytest.mark.parametrize("seen", ["", "onzin", "W10:1abc:def"])
def test_nothing_is_confirmed_that_was_not_seen(page, path, seen):
    response = step(page, path, "bevestigen", scholen=["99AC"], gezien=seen, sleutel="x")

    assert response.status_code == 409
    assert Mandate.objects.count() == 1


def test_schools_of_another_board_cannot_be_sent_along(page, path):
    """D4"""
    another_board()

    assert step(page, path, "volgende", scholen=["ONZIN", "\0"]).status_code == 422
    text = text_of(step(page, path, "volgende", scholen=["99ZZ"]))
    assert "Er is niets te doen" in text
    assert "De school 99ZZ hoort niet bij dit bestuur." in text
    assert "De Overkant" not in text


def test_another_boards_mandate_and_a_board_level_one_are_not_found(regenboog, page, client):
    """D1, D4"""
    elsewhere = granted(another_board(), regenboog.rio, regenboog.las)
    of_board = make.MandateFactory(school=None, board=regenboog.board, service=regenboog.bst, system=regenboog.las)

    for mandate in (elsewhere, of_board):
        assert page.get(f"/mandaten/{mandate.uuid}/kopieren/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_only_what_the_own_board_did_can_be_undone(regenboog, page, path, client):
    """D4, D13"""
    seen = step(page, path, "volgende", scholen=["99AC"])
    number = re.search(r'name="transactie" value="(\d+)"', confirm(page, path, seen).content.decode())[1]
    other = make.UserFactory()
    make_membership(other, another_board().board)
    client.force_login(other)

    for wrong in (number, "0", "", "abc", "9" * 30):
        response = client.post("/ongedaan-maken/", {"transactie": wrong, "terug": "//elders.example/"}, follow=True)
        assert "Er is niets om ongedaan te maken." in text_of(response)
    assert Mandate.objects.valid_on(today()).count() == 2


def test_a_board_with_one_school_sees_no_copying(regenboog, client):
    lonely = make.SchoolFactory(brin="99XA")
    person = make.UserFactory()
    make_membership(person, lonely.board)
    mandate = granted(lonely, regenboog.rio, regenboog.las)
    client.force_login(person)

    assert "kopieren" not in client.get("/scholen/99XA/").content.decode()
    assert "geen andere scholen" in text_of(client.get(f"/mandaten/{mandate.uuid}/kopieren/"))
