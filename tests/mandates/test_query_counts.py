"""A page takes as many queries for many schools, services, systems and mandates as for few (P6)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client

from journal.acts import act
from journal.clock import today
from journal.models import Entry
from mandates.actions import ChangeEnd, carry_out
from mandates.models import Mandate
from schools.models import Board, School
from services.models import Service
from tests import factories as make
from tests.factories import TESTS
from tests.mandates.test_copying_pages import hidden_fields, step
from tests.mandates.test_pages import granted, text_of
from tests.mandates.test_school_tabs import address, log_checks
from tests.mandates.test_succession import Succession
from tests.register import Regenboog, make_membership, make_support

# What a person asks for, and the queries that it takes, however much there is of everything. A button stands behind the
# page that it is on; BEGIN and COMMIT count.
QUERIES = {
    "Alle mandaten": 12,
    "Kopiëren": 17,
    "Kopiëren, Volgende": 16,
    "Kopiëren, Bevestigen": 46,
    "Wijzigen": 6,
    "Wijzigen, Opslaan": 34,
    "Intrekken": 8,
    "Intrekken, Intrekken": 28,
    "Mandaat toevoegen": 19,
    "Mandaat toevoegen, Opslaan": 42,
    "Meerdere wijzigen": 12,
    "Meerdere wijzigen, Volgende": 12,
    "Meerdere wijzigen, Bevestigen": 35,
    "Overstappen": 12,
    "Overstappen, Volgende": 21,
    "Overstappen, Bevestigen": 56,
    "Over te nemen": 21,
    "Over te nemen, Overnemen": 42,
    "Over te nemen, Laten aflopen": 23,
    "Over te nemen, Volgende": 33,
    "Over te nemen, Bevestigen": 71,
    "Over te nemen voor een opvolger": 21,
    "Over te nemen voor een opvolger, Volgende": 33,
    "Over te nemen voor een opvolger, Bevestigen": 66,
    "Ongedaan maken": 20,
    "Geschiedenis van één bevestiging": 13,
    "Geschiedenis van één bevestiging, alles": 14,
    "Geschiedenis van één bevestiging bij een school": 20,
    "Geschiedenis van één bevestiging bij een school, alles": 21,
    "Raadplegingen": 12,
    "Overeenkomst aanvragen": 10,
    "Overeenkomst aanvragen, Aanvragen": 21,
    "Eén overeenkomst": 5,
}
FEW, MANY = 3, 13

# Each change is a transaction of its own, as it is for a person.
pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)
LATER = today() + 300 * DAY

Ask = Callable[[str, Callable[[], HttpResponse], str], HttpResponse]


class Sized:
    """De Regenboog with `size` more schools of as many locations, each with a mandate for as many services.

    As many systems can be chosen for those services, and as many people act for the board.
    """

    def __init__(self, regenboog: Regenboog, size: int) -> None:
        self.regenboog, self.board, self.size = regenboog, regenboog.board, size
        self.services = [make.ServiceFactory() for _ in range(size)]
        others = [make.SystemFactory(supplier__oin=f"000000990000000010{number:02}") for number in range(size)]
        for system in (regenboog.las, regenboog.other_las, *others):
            for service in self.services:
                make.QualificationFactory(system=system, service=service)
        self.schools = [self.school(self.board) for _ in range(size)]
        self.brins = [school.brin for school in self.schools]
        self.mandates = self.give(self.schools, self.services)
        for number in range(size):
            make_membership(make.UserFactory(name=f"Collega {number}"), self.board)
            make_support(f"Medewerker {number}")

    def school(self, board: Board) -> School:
        school = make.SchoolFactory(board=board)
        for number in range(self.size):
            make.LocationFactory(school=school, code=f"{school.brin}{number:02}")
        return school

    def give(self, schools: list[School], services: list[Service]) -> list[Mandate]:
        """Mandates for Leerspoor, given a while ago by the board of each school."""
        with act("mandate.granted", actor=TESTS):
            return Mandate.objects.bulk_create(
                Mandate(
                    school=school,
                    service=service,
                    system=self.regenboog.las,
                    granting_board=school.board,
                    start_date=today() - 100 * DAY,
                )
                for school in schools
                for service in services
            )


@pytest.fixture(params=[FEW, MANY], ids=["few", "many"])
def sized(request, regenboog) -> Sized:
    return Sized(regenboog, request.param)


@pytest.fixture
def page(regenboog, client) -> Client:
    """A browser in which Anke de Vries is signed in, and has been a while."""
    client.force_login(regenboog.person)
    client.get("/meldingen/")
    return client


@pytest.fixture
def ask(page, django_assert_num_queries) -> Ask:
    """Ask for something in the table in as many queries as that says; what one then sees has the words `says`."""

    def ask(name: str, request: Callable[[], HttpResponse], says: str) -> HttpResponse:
        with django_assert_num_queries(QUERIES[name]):
            response = request()
        shown = page.get(response.url) if response.status_code == 302 else response
        assert shown.status_code == 200
        assert says in text_of(shown)
        return shown

    return ask


def pressing(page: Client, path: str, seen: HttpResponse, **fields) -> Callable[[], HttpResponse]:
    """Press the button below what one sees, with `fields` filled in."""
    sent = hidden_fields(seen) | fields
    return lambda: page.post(path, sent)


# --- One mandate ------------------------------------------------------------------------------------------------------


def test_copying(sized, page, ask):
    """D11"""
    source = granted(sized.regenboog.school, sized.regenboog.rio, sized.regenboog.las)
    path = f"/mandaten/{source.uuid}/kopieren/"
    last = f"{sized.schools[-1].name} {sized.brins[-1]} Zwolle wordt toegevoegd"

    ask("Kopiëren", lambda: page.get(path), last)
    all_schools = {"scholen": sized.brins}
    seen = ask(
        "Kopiëren, Volgende", lambda: step(page, path, "volgende", **all_schools), f"Dit gebeurt er ({sized.size})"
    )
    ask(
        "Kopiëren, Bevestigen",
        pressing(page, path, seen, stap="bevestigen"),
        f"Het mandaat is gekopieerd naar {sized.size} scholen.",
    )


def test_changing_one(sized, page, ask):
    """D8"""
    path = f"/mandaten/{sized.mandates[0].uuid}/wijzigen/"

    shown = ask("Wijzigen", lambda: page.get(path), "Dit kunt u veranderen")
    ask("Wijzigen, Opslaan", pressing(page, path, shown, einddatum=LATER.isoformat()), "is gewijzigd.")


def test_revoking_one_with_many_addresses_and_systems_of_the_same_supplier(sized, page, ask):
    """D9, D18"""
    regenboog = sized.regenboog
    mandate = granted(regenboog.school, regenboog.rio, regenboog.las)
    for number in range(1, sized.size + 1):
        address(mandate, number, namespace=regenboog.rio_version.namespace)
        sister = make.SystemFactory(name=f"Leerspoor {number}", supplier=regenboog.las.supplier)
        granted(regenboog.school, regenboog.rio, sister)
    path = f"/mandaten/{mandate.uuid}/intrekken/"

    shown = ask("Intrekken", lambda: page.get(path), "ook een mandaat voor Leerspoor ")
    ask("Intrekken, Intrekken", pressing(page, path, shown), "Het mandaat is ingetrokken.")


def test_giving_one_school_many_services(sized, page, ask):
    """D3, D13"""
    path, klasboek = f"/scholen/{sized.brins[0]}/mandaten/toevoegen/", sized.regenboog.other_las
    chosen = {
        "dienst": [service.code for service in sized.services],
        "startdatum": today().isoformat(),
        "vestiging": [f"{sized.brins[0]}{number:02}" for number in range(1, sized.size)],
        **{f"systeem-{service.code}": str(klasboek.uuid) for service in sized.services},
    }

    shown = ask("Mandaat toevoegen", lambda: page.get(path), f"voor alle {sized.size} vestigingen")
    ask("Mandaat toevoegen, Opslaan", pressing(page, path, shown, **chosen), "De mandaten zijn opgeslagen.")
    assert Mandate.objects.filter(system=klasboek).count() == sized.size


# --- Many mandates ----------------------------------------------------------------------------------------------------


def test_changing_many_and_undoing_that(sized, page, ask):
    """D13"""
    path, count = "/mandaten/wijzigen/", sized.size**2
    ask("Alle mandaten", lambda: page.get("/mandaten/lijst/"), f"{count} mandaten")
    chosen = {
        "gekozen": " ".join(mandate.uuid.hex for mandate in sized.mandates),
        "wat": "einddatum",
        "einddatum": LATER.isoformat(),
    }

    ask("Meerdere wijzigen", lambda: page.get(path), f"0 van {count} mandaten gekozen")
    seen = ask(
        "Meerdere wijzigen, Volgende", lambda: step(page, path, "volgende", **chosen), f"Dit gebeurt er ({count})"
    )
    ask(
        "Meerdere wijzigen, Bevestigen",
        pressing(page, path, seen, stap="bevestigen"),
        f"{count} mandaten eindigen nu op",
    )
    sent = {"transactie": Entry.objects.latest("pk").transaction_id, "terug": "/mandaten/"}
    ask("Ongedaan maken", lambda: page.post("/ongedaan-maken/", sent), f"Ongedaan gemaakt: {count} mandaten")


def test_switching(sized, page, ask):
    """D12"""
    regenboog, count = sized.regenboog, sized.size**2
    granted(regenboog.school, regenboog.rio, regenboog.other_las)  # so that one chooses what to switch from
    path = f"/overstappen/?van={regenboog.las.uuid}"
    chosen = {
        "van": str(regenboog.las.uuid),
        "naar": str(regenboog.other_las.uuid),
        "dienst": [service.code for service in sized.services],
        "scholen": sized.brins,
        "dag": (today() + 10 * DAY).isoformat(),
    }

    last = f"{sized.schools[-1].name} {sized.brins[-1]} Zwolle {sized.services[0].code}"
    ask("Overstappen", lambda: page.get(path), last)
    seen = ask("Overstappen, Volgende", lambda: step(page, path, "volgende", **chosen), f"Dit gebeurt er ({count})")
    ask("Overstappen, Bevestigen", pressing(page, path, seen, stap="bevestigen"), f"{count} mandaten gaan op")


def test_taking_over_from_another_board(sized, page, ask):
    """D20"""
    elsewhere = make.BoardFactory(name="Stichting De Overkant")
    make.AgreementFactory(board=elsewhere)
    schools = [sized.school(elsewhere) for _ in range(sized.size)]
    came_along = sized.give(schools, sized.services)
    with act("school.moved", actor=TESTS):
        for school in schools:
            school.board = sized.board
            school.save()
    first, last = (str(mandate.uuid) for mandate in (came_along[0], came_along[-1]))
    path, left = "/over-te-nemen/", sized.size**2 - 2

    shown = ask("Over te nemen", lambda: page.get(path), f"Alle {sized.size**2} mandaten overnemen")
    shown = ask("Over te nemen, Overnemen", pressing(page, path, shown, overnemen=first), "Het mandaat is overgenomen.")
    let_end = pressing(page, path, shown, **{"laten-aflopen": last})
    ask("Over te nemen, Laten aflopen", let_end, "U laat het mandaat")
    seen = ask("Over te nemen, Volgende", lambda: page.post(path, {"alles": "alles"}), f"Dit gebeurt er ({left})")
    ask(
        "Over te nemen, Bevestigen", pressing(page, path, seen, stap="bevestigen"), f"{left} mandaten zijn overgenomen."
    )


def test_taking_over_for_a_successor(sized, page, ask):
    bron = Succession(sized.regenboog).bron
    make.QualificationFactory(system=sized.regenboog.las, service=bron)
    sized.give(sized.schools, [bron])
    path = "/over-te-nemen/BRON-PO/"

    ask("Over te nemen voor een opvolger", lambda: page.get(path), f"Alle {sized.size} mandaten overnemen")
    seen = ask(
        "Over te nemen voor een opvolger, Volgende",
        lambda: page.post(path, {"alles": "alles"}),
        f"Dit gebeurt er ({sized.size})",
    )
    ask(
        "Over te nemen voor een opvolger, Bevestigen",
        pressing(page, path, seen, stap="bevestigen"),
        f"{sized.size} mandaten voor ROD-PO zijn gegeven.",
    )


# --- What happened ----------------------------------------------------------------------------------------------------


def test_the_history_of_one_confirmation_of_many_changes(sized, page, ask):
    """D14"""
    uuids = tuple(mandate.uuid for mandate in sized.mandates)
    carry_out(ChangeEnd(mandates=uuids, end_date=LATER), actor=sized.regenboog.anke)
    confirmation = {"bevestiging": Entry.objects.latest("pk").transaction_id}
    at_once = confirmation | {"pagina": "alle"}
    of_board, of_school = "/geschiedenis/", f"/scholen/{sized.brins[-1]}/geschiedenis/"
    last_of_all = f"{sized.services[-1].code}, Leerspoor"
    one = "Geschiedenis van één bevestiging"

    ask(one, lambda: page.get(of_board, confirmation), f"{sized.size**2} veranderingen")
    ask(f"{one}, alles", lambda: page.get(of_board, at_once), f"{last_of_all} {sized.schools[-1]}")
    ask(f"{one} bij een school", lambda: page.get(of_school, confirmation), last_of_all)
    ask(f"{one} bij een school, alles", lambda: page.get(of_school, at_once), last_of_all)


def test_the_checks_about_a_school(sized, page, ask):
    """D17"""
    for number, service in enumerate(sized.services):
        log_checks(sized.size, caller=f"000000990000000010{number:02}", service=service.code)

    last = f"{sized.services[-1].code} Klasboek BV 1 januari 2026 ja"
    ask("Raadplegingen", lambda: page.get("/scholen/99AA/raadplegingen/"), last)


# --- Agreements -------------------------------------------------------------------------------------------------------


def test_asking_for_an_agreement_and_reading_one(sized, page, ask):
    """A1, A2: of many kinds, each with a text, two agreements and a service that needs it."""
    for number in range(sized.size):
        kind = f"SOORT-{number}"
        make.TemplateFactory(kind=kind)
        make.ServiceFactory(agreement_kind=kind)
        make.AgreementFactory(board=sized.board, kind=kind, ended_on=today() - 40 * DAY)
        newest = make.AgreementFactory(board=sized.board, kind=kind, signed_on=today())
    make.TemplateFactory(kind="OSO")
    path = "/overeenkomsten/aanvragen/OSO/"

    shown = ask("Overeenkomst aanvragen", lambda: page.get(path), "Overeenkomst OSO")
    ask(
        "Overeenkomst aanvragen, Aanvragen",
        pressing(page, path, shown, opmerking="Graag vóór 1 januari."),
        "De overeenkomst OSO is aangevraagd.",
    )
    ask("Eén overeenkomst", lambda: page.get(f"/overeenkomsten/{newest.uuid}/"), "Deze overeenkomst is van kracht")
