"""Geschiedenis: when, who, why, what, before and after; and undoing what may be undone (D13, D14)."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from journal.acts import Actor, ActorKind, act, register
from journal.clock import today
from journal.models import Entry
from mandates.actions import ChangeEnd, Copy, Grant, Registration, carry_out, register_endpoint, revoke_mandate
from mandates.models import Mandate
from mandates.wording import day_in_words
from schools.actions import close_school
from schools.models import Board, School
from tests import factories as make
from tests.mandates.test_pages import another_board, granted, text_of
from tests.register import Regenboog, make_membership

# Each change must be a transaction of its own, as it is for a person.
pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)
SCHOOL, BOARD = "/scholen/99AA/geschiedenis/", "/geschiedenis/"
IMPORT = register("DUO-import")


@pytest.fixture
def page(regenboog, client) -> Client:
    """A browser in which Anke de Vries is signed in."""
    client.force_login(regenboog.person)
    return client


def sam(board: Board, reason: str = "Gebeld door Anke") -> Actor:
    """Kennisnet support, acting for a board."""
    return Actor(kind=ActorKind.SUPPORT, name="Sam Jansen", board_number=board.number, reason=reason)


def bea(board: Board) -> Actor:
    """An OSR-beheerder of a board."""
    return Actor(kind=ActorKind.ADMINISTRATOR, name="Bea Bakker", board_number=board.number)


def give(regenboog: Regenboog, *schools: School, service: str = "RIO", actor: Actor | None = None) -> list[Mandate]:
    """Give mandates for Leerspoor as a person does: in one confirmation."""
    intent = Grant(
        schools=tuple(school.brin for school in schools or (regenboog.school,)),
        choices=((service, "Leerspoor"),),
        start_date=today(),
    )
    return carry_out(intent, actor=actor or regenboog.anke)


def move(school: School, board: Board) -> None:
    """Let a school go to a board, as an import does (D20)."""
    school.board = board
    with act("school.moved", actor=IMPORT):
        school.save()


def register_rio(regenboog: Regenboog, mandate: Mandate) -> None:
    """Let Leerspoor register an address for RIO."""
    registration = Registration(
        routing_id="0000000700099AA00001",
        namespace=regenboog.rio_version.namespace,
        url="https://leerspoor.example/rio",
        start_date=today(),
    )
    leerspoor = Actor(kind=ActorKind.SUPPLIER, name="Leerspoor", supplier_oin=regenboog.las.supplier.oin)
    register_endpoint(actor=leerspoor, system=regenboog.las, token=mandate.token, registration=registration)


def told(response) -> list[str]:
    """What the page tells, a text for each confirmation."""
    parts = response.content.decode().split("<article")[1:]
    return [text_of(_Part(part.split("</article>")[0])) for part in parts]


class _Part:
    def __init__(self, html: str) -> None:
        self.content = html.partition(">")[2].encode()


def undo_number(response) -> str:
    """The confirmation that the first button undoes."""
    return re.search(r'name="transactie" value="(\d+)"', response.content.decode())[1]


# --- What is told (D14) -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [SCHOOL, BOARD])
def test_a_change_is_told_with_when_who_what_before_and_after(regenboog, page, path):
    """D14"""
    (mandate,) = give(regenboog)
    carry_out(ChangeEnd(mandates=(mandate.uuid,), end_date=today() + 9 * DAY), actor=regenboog.anke)
    revoke_mandate(actor=regenboog.anke, mandate=mandate)

    revoked, changed, given = told(page.get(path))[:3]

    for each in (revoked, changed, given):
        assert each.startswith(f"{day_in_words(today())} om ")
        assert "Door Anke de Vries, OSR-beheerder" in each
    assert "Mandaat gegeven : RIO, Leerspoor" in given
    assert f"Startdatum {day_in_words(today())} Einddatum geen" in given
    assert "Mandaat gewijzigd : RIO, Leerspoor" in changed
    assert f"Einddatum was geen, is nu {day_in_words(today() + 9 * DAY)}" in changed
    assert f"Einddatum was {day_in_words(today() + 9 * DAY)}, is nu vanaf de eerste dag niet geldig" in revoked
    assert ("De Regenboog (99AA)" in given) == (path == BOARD)


def test_what_support_did_is_told_with_its_reason(regenboog, page):
    """D4"""
    give(regenboog, actor=sam(regenboog.board))

    assert "Door Kennisnet support (Sam Jansen), namens uw bestuur Reden: Gebeld door Anke" in told(page.get(SCHOOL))[0]


def test_what_a_supplier_registered_is_told(regenboog, page):
    """D18"""
    (mandate,) = give(regenboog)
    register_rio(regenboog, mandate)

    for path in (SCHOOL, BOARD):
        response = page.get(path)
        first = told(response)[0]
        assert "Door de leverancier (Leerspoor)" in first
        assert "Afleveradres geregistreerd : RIO, Leerspoor" in first
        assert "Routeringskenmerk 0000000700099AA00001 Adres https://leerspoor.example/rio" in first
        assert str(mandate.token) not in response.content.decode()  # D10


def test_what_happens_to_the_school_itself_is_told(regenboog, page):
    """D19"""
    give(regenboog)
    close_school(actor=sam(regenboog.board, "Fusie"), school=regenboog.school, closing_day=today() + 9 * DAY)

    first = told(page.get(SCHOOL))[0]

    assert "Reden: Fusie" in first
    assert f"School gesloten Gesloten op was geen, is nu {day_in_words(today() + 9 * DAY)}" in first
    assert "Mandaat beëindigd : RIO, Leerspoor" in first
    assert "Vestiging made" not in text_of(page.get(SCHOOL))


def test_mandates_of_the_board_are_told_at_each_of_its_schools(regenboog, page):
    """D1"""
    give(regenboog, service="BST")

    assert "Mandaat gegeven : BST, Leerspoor, voor het hele bestuur" in told(page.get(SCHOOL))[0]
    assert "BST, Leerspoor, voor het hele bestuur" in told(page.get("/scholen/99AB/geschiedenis/"))[0]


def test_the_history_of_a_school_is_not_that_of_another(regenboog, page):
    give(regenboog, regenboog.other_school)

    assert "Mandaat gegeven" not in text_of(page.get(SCHOOL))
    assert "De Linde (99AB)" in told(page.get(BOARD))[0]


def test_the_board_reads_of_its_agreements_and_people_too(regenboog, page):
    text = text_of(page.get(BOARD))

    assert "Anke de Vries, OSR-beheerder" in text
    assert "OSR" in text


def test_a_mandate_that_never_began_is_told_so(regenboog, page):
    """D9"""
    mandate = granted(regenboog.school, regenboog.rio, regenboog.las, start_date=today() + 5 * DAY)
    revoke_mandate(actor=regenboog.anke, mandate=mandate)

    assert "Einddatum was geen, is nu vanaf de eerste dag niet geldig" in told(page.get(SCHOOL))[0]


# --- Many changes -----------------------------------------------------------------------------------------------------


def test_what_was_confirmed_at_once_stands_together(regenboog, page):
    """D11, D13"""
    (mandate,) = give(regenboog)
    third = make.SchoolFactory(brin="99AC", board=regenboog.board)
    carry_out(Copy(mandate=mandate.uuid, schools=("99AB", third.brin)), actor=regenboog.anke)

    assert told(page.get(BOARD))[0].count("Mandaat gekopieerd van een andere school :") == 2


def test_of_a_large_confirmation_the_first_are_shown_and_the_others_on_a_page_of_its_own(regenboog, page):
    schools = [make.SchoolFactory(board=regenboog.board) for _ in range(30)]
    give(regenboog, *schools)

    response = page.get(BOARD)
    assert told(response)[0].count("Mandaat gegeven :") == 10
    address = re.search(r'href="([^"]*bevestiging=\d+)"', response.content.decode())[1]
    assert "Ongedaan maken (alle 30)" in text_of(response)
    all_of_it = page.get(address)
    assert told(all_of_it)[0].count("Mandaat gegeven :") == 25
    assert "30 veranderingen" in text_of(all_of_it)
    assert told(page.get(address + "&pagina=2"))[0].count("Mandaat gegeven :") == 5
    assert "Ongedaan maken" in text_of(all_of_it)


@pytest.mark.parametrize("number", ["0", "onzin", "9" * 40, "\0"])
def test_a_confirmation_that_is_none_does_not_exist(page, number):
    assert page.get(BOARD, {"bevestiging": number}).status_code == 404


def test_the_confirmation_of_another_board_does_not_exist(regenboog, page):
    """D4"""
    elsewhere = another_board()
    make.AgreementFactory(board=elsewhere.board)
    give(regenboog, elsewhere, actor=bea(elsewhere.board))
    number = Entry.objects.order_by("-pk").values_list("transaction_id", flat=True)[0]

    for path in (BOARD, SCHOOL):
        assert page.get(path, {"bevestiging": number}).status_code == 404


@pytest.mark.parametrize("path", [SCHOOL, BOARD])
def test_pages_of_25_confirmations(regenboog, page, path):
    (mandate,) = give(regenboog)
    for number in range(1, 41):
        carry_out(ChangeEnd(mandates=(mandate.uuid,), end_date=today() + number * DAY), actor=regenboog.anke)

    def link(response, name: str) -> str:
        return path + re.search(rf'href="([^"]+)"[^>]*>{name}</a>', response.content.decode())[1].replace("&amp;", "&")

    first = page.get(path)
    second = page.get(link(first, "Oudere"))

    assert len(told(first)) == 25
    assert "is nu " + day_in_words(today() + 40 * DAY) in told(first)[0]
    assert "is nu " + day_in_words(today() + 15 * DAY) in told(second)[0]
    assert told(page.get(link(second, "Nieuwere"))) == told(first)


@pytest.mark.parametrize("path", [SCHOOL, BOARD])
def test_the_history_is_narrowed_to_a_service_and_to_days(regenboog, page, path):
    give(regenboog)
    give(regenboog, service="DOORSTROOM")

    def found(**asked) -> list[str]:
        return re.findall(r"Mandaat gegeven : (\S+),", text_of(page.get(path, asked)))

    assert found() == ["DOORSTROOM", "RIO"]
    assert found(dienst="RIO") == ["RIO"]
    assert found(dienst="BST") == []
    assert found(dienst="onzin") == ["DOORSTROOM", "RIO"]
    assert found(van=today().isoformat(), tot=today().isoformat()) == ["DOORSTROOM", "RIO"]
    assert found(tot=(today() - DAY).isoformat()) == []
    assert "Niets gevonden." in text_of(page.get(path, {"dienst": "BST"}))


def test_the_history_of_the_board_is_searched_by_school_and_by_person(regenboog, page):
    """screens.md: a list that can grow past 25 rows has search"""
    give(regenboog)
    (of_other,) = give(regenboog, regenboog.other_school, service="DOORSTROOM", actor=sam(regenboog.board))
    carry_out(ChangeEnd(mandates=(of_other.uuid,), end_date=today() + 9 * DAY), actor=regenboog.anke)
    with act("school.renamed", actor=IMPORT):
        School.objects.filter(pk=regenboog.other_school.pk).update(city="Arnhem")

    def found(words: str) -> list[str]:
        html = page.get(BOARD, {"zoek": words}).content.decode()
        return re.findall(r"<strong>(Mandaat gegeven|Mandaat gewijzigd|School hernoemd)</strong>", html)

    assert found("de linde") == ["School hernoemd", "Mandaat gewijzigd", "Mandaat gegeven"]
    assert found("99AA") == ["Mandaat gegeven"]
    assert found("vries anke") == ["Mandaat gewijzigd", "Mandaat gegeven"]
    assert found("sam") == ["Mandaat gegeven"]
    assert found("duo") == ["School hernoemd"]
    assert found("kennisnet") == found("sam 99AB") == ["Mandaat gegeven"]
    assert found("sam 99AA") == []
    file = page.get("/downloads/geschiedenis.csv", {"zoek": "sam"}).content.decode()
    assert file.count("Mandaat gegeven") == 1


@pytest.mark.parametrize("path", [f"{BOARD}?zoek=99AA", f"{BOARD}?zoek=99AA&dienst=RIO", SCHOOL])
def test_a_part_of_a_confirmation_says_that_undoing_is_about_all_of_it(regenboog, page, path):
    """D13: nobody undoes what she does not see"""
    give(regenboog, regenboog.school, regenboog.other_school)

    response = page.get(path)

    assert "De Linde" not in told(response)[0]
    assert "Ongedaan maken (alle 2)" in text_of(response)
    number = undo_number(response)
    assert f'href="{BOARD}?bevestiging={number}">Toon alle 2 veranderingen' in response.content.decode()
    assert "in één keer is veranderd: 2 veranderingen." in text_of(page.get(f"{BOARD}?zoek=99AA&bevestiging={number}"))
    of_school = text_of(page.get(f"{SCHOOL}?bevestiging={number}"))
    assert "Dit is alles wat toen bij deze school is veranderd: 1 verandering." in of_school
    assert "Toon alle 2 veranderingen" in of_school


def test_what_suppliers_registered_is_found_by_the_school(regenboog, page):
    (mandate,) = give(regenboog)
    register_rio(regenboog, mandate)

    assert "Afleveradres geregistreerd" in text_of(page.get(BOARD, {"zoek": "De Regenboog"}))
    assert "Afleveradres geregistreerd" not in text_of(page.get(BOARD, {"zoek": "De Linde"}))


def test_the_history_of_a_school_is_searched_by_person(regenboog, page):
    give(regenboog)
    give(regenboog, service="DOORSTROOM", actor=sam(regenboog.board))

    assert len(told(page.get(SCHOOL, {"zoek": "sam"}))) == 1
    assert "Niets gevonden." in text_of(page.get(SCHOOL, {"zoek": "niemand"}))
    assert told(page.get(SCHOOL, {"zoek": "\0"})) == told(page.get(SCHOOL))


# --- Undoing (D13) ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [SCHOOL, BOARD])
def test_what_was_done_today_is_undone_from_the_history(regenboog, page, path):
    """D13"""
    give(regenboog)
    number = undo_number(page.get(path))

    undone = page.post("/ongedaan-maken/", {"transactie": number, "terug": path}, follow=True)

    assert undone.redirect_chain == [(path, 302)]
    assert "Ongedaan gemaakt: 1 mandaat" in text_of(undone)
    assert "Mandaat teruggedraaid" in told(undone)[0]
    assert 'name="transactie"' not in undone.content.decode().split("<article")[2]
    assert not Mandate.objects.valid_on(today()).exists()


def test_only_what_can_be_undone_has_the_button(regenboog, page):
    """D12, D13: not what somebody changed since, nor what the register or a supplier did."""
    (mandate,) = give(regenboog)
    carry_out(ChangeEnd(mandates=(mandate.uuid,), end_date=today() + 9 * DAY), actor=sam(regenboog.board))

    articles = page.get(SCHOOL).content.decode().split("<article")[1:]

    assert ["Ongedaan maken" in each for each in articles][:2] == [True, False]
    assert not any("Ongedaan maken" in each for each in articles[2:])


# --- Whose history (D4, D20) ------------------------------------------------------------------------------------------


@pytest.fixture
def moved(regenboog, client):
    """De Regenboog went to De Overkant, with a mandate that Anke had given; Bea is signed in there."""
    overkant = another_board().board
    make.AgreementFactory(board=overkant)
    give(regenboog)
    move(regenboog.school, overkant)
    person = make.UserFactory(name="Bea Bakker")
    make_membership(person, overkant)
    client.force_login(person)
    return overkant


def test_the_new_board_reads_what_concerns_it_and_no_names_of_the_former(regenboog, moved, client):
    """D20"""
    text = text_of(client.get(SCHOOL))

    assert "Mandaat loopt af, want de school ging naar een ander bestuur : RIO, Leerspoor" in text
    assert "Bestuur was Stichting De Regenboog, is nu Stichting De Overkant" in text
    assert "Mandaat gegeven" not in text
    assert "Anke" not in text


def test_nobody_finds_out_a_name_that_is_not_told(regenboog, moved, client):
    """D4, D20: searching by letters would spell it."""
    move(regenboog.school, regenboog.board)
    revoke_mandate(actor=sam(regenboog.board), mandate=Mandate.objects.get())
    move(regenboog.school, moved)

    assert told(client.get(BOARD))
    for words in ("Anke", "Sam"):
        assert "Niets gevonden." in text_of(client.get(BOARD, {"zoek": words}))
        assert "Niets gevonden." in text_of(client.get(SCHOOL, {"zoek": words}))


def test_the_former_board_reads_what_happens_to_what_it_gave_and_no_names(regenboog, moved, client):
    """D20"""
    mandate = Mandate.objects.get()
    revoke_mandate(actor=sam(moved, "Geheim van De Overkant"), mandate=mandate)
    client.force_login(regenboog.person)

    first = told(client.get(BOARD))[0]

    assert "Door Kennisnet support, namens een ander bestuur" in first
    assert "Mandaat ingetrokken : RIO, Leerspoor" in first
    assert "Geheim" not in first
    assert "Sam" not in first
    assert client.get(SCHOOL).status_code == 404


def test_what_the_board_in_between_did_is_told_without_names(regenboog, moved, client):
    """D20: the school went away and came back."""
    revoke_mandate(actor=bea(moved), mandate=Mandate.objects.get())
    move(regenboog.school, regenboog.board)
    client.force_login(regenboog.person)

    text = text_of(client.get(SCHOOL))

    assert "Door het vorige bestuur" in text
    assert "Bea" not in text
    assert "Mandaat gegeven" in text


def test_the_history_of_another_board_is_not_shown(regenboog, page):
    """D4"""
    elsewhere = another_board()
    make.AgreementFactory(board=elsewhere.board)
    give(regenboog, elsewhere, actor=bea(elsewhere.board))

    text = text_of(page.get(BOARD))

    assert "Overkant" not in text
    assert "Bea" not in text


# --- Measured ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [SCHOOL, BOARD])
@pytest.mark.parametrize("times", [13, 20])
def test_the_history_takes_a_fixed_number_of_queries(regenboog, page, path, times, django_assert_num_queries):
    """P6"""
    (mandate,) = give(regenboog)
    for number in range(1, times + 1):
        carry_out(ChangeEnd(mandates=(mandate.uuid,), end_date=today() + number * DAY), actor=regenboog.anke)
        give(regenboog, make.SchoolFactory(board=regenboog.board))

    with django_assert_num_queries(21 if path == SCHOOL else 13):
        page.get(path)
