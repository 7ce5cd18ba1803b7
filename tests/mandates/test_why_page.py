"""'Waarom?' in the workplace: asking, reading, and the page for the supplier (D15)."""

from datetime import datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import SupportAccount
from journal.acts import Actor, ActorKind
from journal.clock import today
from mandates.actions import Grant, carry_out, revoke_mandate
from mandates.checks import Caller, check_mandate
from mandates.models import Mandate
from mandates.wording import day_in_words
from schools.numbers import school_oin
from services.keys import digest_of
from tests import factories as make
from tests.mandates.test_pages import text_of
from tests.register import Regenboog, make_support, sign_in_support

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)
LEERSPOOR, KLASBOEK = "00000099000000000001", "00000099000000000002"
WHY, FOR_SUPPLIER, AS_FILE = "/beheer/waarom/", "/beheer/waarom/leverancier/", "/beheer/waarom/leverancier.txt"
QUESTION = {"school": "99AA", "dienst": "RIO", "leverancier": LEERSPOOR}


@pytest.fixture
def page(regenboog, client) -> Client:
    """A browser in which Sam Jansen of Kennisnet support, who may only read, is signed in."""
    sign_in_support(client, make_support(role=SupportAccount.Role.READER))
    return client


def given(regenboog: Regenboog) -> Mandate:
    """A mandate for RIO by Leerspoor, from today."""
    grant = Grant(schools=("99AA",), choices=(("RIO", "Leerspoor"),), start_date=today())
    (mandate,) = carry_out(grant, actor=regenboog.anke)
    return mandate


def asked(key: str = Regenboog.LAS_KEY) -> str:
    """The number of a check that was made now."""
    answer = check_mandate(
        Caller(key_digest=digest_of(key), certificate_oin=None),
        school_oin=school_oin("99AA"),
        supplier_oin=LEERSPOOR,
        day=today(),
        service_code="RIO",
    )
    return str(answer.check_id)


def problems(page: Client, **question: str) -> list[str]:
    """What the page says is wrong, for the question with other values."""
    response = page.get(WHY, QUESTION | question)
    assert response.status_code == 200
    assert "explanation" not in response.context
    for problem in response.context["problems"]:
        assert problem.text in text_of(response)
    return [problem.text for problem in response.context["problems"]]


def answer(page: Client, **question: str) -> str:
    """The opening sentence of the answer to the question with other values."""
    response = page.get(WHY, QUESTION | question)
    assert not response.context["problems"]
    return response.context["explanation"].opening


# --- Who may read -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [WHY, FOR_SUPPLIER, AS_FILE])
def test_only_support_reads_it(regenboog, client, address):
    """Signed out one signs in first; a beheerder is refused; of support every role may read."""
    assert client.get(address, QUESTION).status_code == 302
    client.force_login(regenboog.person)
    assert client.get(address, QUESTION).status_code == 403
    for role in SupportAccount.Role:
        sign_in_support(client, make_support(role=role))
        assert client.get(address, QUESTION).status_code == 200


@pytest.mark.parametrize("address", [WHY, FOR_SUPPLIER, AS_FILE])
def test_it_only_reads(page, address):
    assert page.post(address, QUESTION).status_code == 405


# --- Asking -----------------------------------------------------------------------------------------------------------


def test_the_page_begins_with_an_empty_form(page):
    response = page.get(WHY)

    assert response.context["problems"] == []
    assert "Welk antwoord wilt u uitgelegd hebben?" in text_of(response)


def test_another_page_may_fill_in_the_school(page):
    response = page.get(WHY, {"school": "99AA"})

    assert response.context["problems"] == []
    assert 'name="school" type="text" value="99AA"' in response.content.decode()


@pytest.mark.parametrize(
    "school", ["99AA", "99aa", " 99 aa ", "99AA01", "0000000700099AA00000", "regenboog", "Regenboog Zwolle"]
)
def test_a_school_is_named_by_brin_vestiging_oin_or_name(page, school):
    assert "voor De Regenboog (99AA)" in answer(page, school=school)


def test_when_more_schools_have_the_name_one_chooses(page):
    response = page.get(WHY, QUESTION | {"school": "de"})

    assert "Er zijn 2 scholen met ‘de’. Kies de school, of vul meer in." in text_of(response)
    (_, address), _ = response.context["choices"]
    assert "voor De Linde (99AB)" in text_of(page.get(WHY + address))


def test_of_very_many_schools_the_first_are_shown(page, regenboog):
    for number in range(25):
        make.SchoolFactory(name=f"De Linde {number:02}", board=regenboog.board)

    response = page.get(WHY, QUESTION | {"school": "linde"})

    assert "Er zijn meer dan 20 scholen met ‘linde’." in text_of(response)
    assert len(response.context["choices"]) == 20


def test_a_brin_or_oin_that_the_register_does_not_know_is_explained(page):
    assert "school 99ZZ" in answer(page, school="99ZZ")
    assert "OIN 00000099000000000077" in answer(page, leverancier="", oin="0000 0099 0000 0000 0077")


def test_a_supplier_is_chosen_or_named_by_its_oin(page):
    assert "Klasboek BV" in answer(page, leverancier="", oin=KLASBOEK)
    assert "Leerspoor BV" in answer(page, oin=LEERSPOOR)


def test_all_that_is_wrong_is_told_at_once(page):
    assert problems(
        page, school="", dienst="", leverancier="", peildatum="30-2-2026", moment_dag="1-13-2026", moment_tijd="25:00"
    ) == [
        "Vul een school in: de BRIN, de naam of het OIN.",
        "Kies een dienst.",
        "Kies een leverancier, of vul het OIN in.",
        "30 februari 2026 bestaat niet.",
        "De datum 1-13-2026 bestaat niet.",
        "Vul een tijd in als uren en minuten, bijvoorbeeld 10:31.",
    ]


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("school", "Bestaat Niet", "Geen school gevonden met ‘Bestaat Niet’."),
        ("school", "00000003272448340204", "00000003272448340204 is niet het OIN van een school."),
        ("dienst", "NIETS", "De dienst NIETS bestaat niet."),
        ("leverancier", "Leerspoor", "Dit is geen OIN. Een OIN heeft 20 tekens."),
        ("oin", KLASBOEK, "Dit is het OIN van een andere leverancier dan u koos."),
        ("peildatum", "31-12-9999", "Kies een jaar vanaf 1900."),
        ("peildatum", "0001-01-01", "Kies een jaar vanaf 1900."),
        ("peildatum", "morgen", "Vul een datum in als dag-maand-jaar, bijvoorbeeld 1-12-2026."),
        ("moment_dag", "9999-12-31", "Kies een jaar vanaf 1900."),
        ("moment_dag", "31-12-9998", "31 december 9998 23:59:59 is nog niet geweest."),
        ("moment_dag", "1-1-1999", "Toen was het register er nog niet: het begon op"),
        ("moment_tijd", "10:31", "Vul bij de tijd ook de dag in."),
        ("raadpleging", "abc", "Er is geen raadpleging met nummer abc."),
        ("raadpleging", "3f1c0d6e-0a4e-4d0c-9a57-6d1a8c9b2e10", "Er is geen raadpleging met nummer"),
    ],
)
def test_what_is_wrong_is_said_in_words(page, field, value, problem):
    (told,) = problems(page, **{field: value})

    assert told.startswith(problem)


@pytest.mark.parametrize("value", ["\0", "x" * 500, "<script>alert(1)</script>", "99AA' OR 1=1"])
def test_odd_input_is_an_error_and_no_more(page, value):
    """With an answer that says so, and nothing of it as markup."""
    for field in ("school", "dienst", "leverancier", "oin", "peildatum", "moment_dag", "moment_tijd", "raadpleging"):
        response = page.get(WHY, QUESTION | {field: value})

        assert response.status_code == 200
        assert response.context["problems"]
        assert "<script>alert" not in response.content.decode()


def test_an_hour_that_the_clock_skipped_did_not_exist(page, monkeypatch):
    monkeypatch.setattr("mandates.forms.why.moment_problem", lambda moment: "")

    assert problems(page, moment_dag="29-3-2026", moment_tijd="2:30") == [
        "Die tijd was er niet: toen ging de klok een uur vooruit."
    ]


def test_the_time_may_be_written_as_people_do(page, regenboog):
    given(regenboog)
    moment = timezone.localtime()

    for time in (f"{moment:%H:%M:%S.%f}", f"{moment:%H.%M.%S.%f}"):
        explained = page.get(WHY, QUESTION | {"moment_dag": f"{moment:%d-%m-%Y}", "moment_tijd": time})

        assert explained.context["explanation"].question.moment == moment


# --- Reading ----------------------------------------------------------------------------------------------------------


def test_the_answer_is_said_first_with_why_and_what_happened(page, regenboog):
    mandate = given(regenboog)
    number = asked()
    revoke_mandate(
        actor=Actor(kind=ActorKind.SUPPORT, name="Sam Jansen", board_number="99001", reason="Gebeld door Anke"),
        mandate=mandate,
    )

    response = page.get(WHY, QUESTION)

    text = text_of(response)
    assert (
        f"NEE: Leerspoor BV (OIN {LEERSPOOR}) heeft voor De Regenboog (99AA) geen mandaat voor RIO "
        f"dat geldt op {day_in_words(today())}."
    ) in text
    assert "is ingetrokken op de dag waarop het inging" in text
    assert "met als reden: Gebeld door Anke" in text
    assert f"?raadpleging={number}" in response.content.decode()
    assert str(mandate.token) not in response.content.decode()
    assert "no-store" in response["Cache-Control"]


def test_the_day_asked_about_is_that_of_the_moment_unless_another_is_chosen(page, regenboog):
    given(regenboog)

    assert answer(page).startswith("JA: ")
    assert answer(page, peildatum=(today() - DAY).isoformat()).startswith("NEE: ")
    assert answer(page, moment_dag=today().isoformat()).startswith("JA: ")


def test_a_check_is_explained_by_its_number_alone(page, regenboog):
    number = asked(Regenboog.TEST_KEY)
    given(regenboog)

    text = text_of(page.get(WHY, {"raadpleging": number}))

    assert "NEE: Leerspoor BV" in text
    assert "Deze raadpleging:" in text
    assert "Toetsplein BV met Toetsplein vroeg over" in text
    assert "Dat klopt met deze uitleg." in text


def test_an_incident_is_said_loudly(page, regenboog, run_sql):
    """D16"""
    run_sql(
        "INSERT INTO mandates_check (id, caller_oin, brin, school_oin, supplier_oin, service_code,"
        " service_version_namespace, reference_date, mandated)"
        " VALUES (uuidv7(), %s, '99AA', %s, %s, 'RIO', '', %s, true)",
        LEERSPOOR,
        school_oin("99AA"),
        LEERSPOOR,
        today(),
    )

    assert "INCIDENT: het register gaf 1 antwoord" in text_of(page.get(WHY, QUESTION))
    assert "Meld dit eerst als incident" in text_of(page.get(FOR_SUPPLIER, QUESTION))


def test_the_lasting_address_gives_the_same_answer_later(page, regenboog):
    mandate = given(regenboog)
    lasting = page.get(WHY, QUESTION).context["pinned"]
    revoke_mandate(actor=regenboog.anke, mandate=mandate)

    assert answer(page).startswith("NEE: ")
    assert page.get(f"{WHY}?{lasting}").context["explanation"].opening.startswith("JA: ")


def test_the_lasting_address_of_a_check_is_its_number(page, regenboog):
    number = asked()

    assert page.get(WHY, {"raadpleging": number}).context["pinned"] == urlencode({"raadpleging": number})


def test_moments_are_those_in_amsterdam(page, regenboog):
    given(regenboog)
    moment = page.get(WHY, QUESTION).context["explanation"].question.moment
    lasting = page.get(WHY, QUESTION).context["pinned"]

    local = moment.astimezone(ZoneInfo("Europe/Amsterdam"))
    assert urlencode({"moment_tijd": f"{local:%H:%M}"}) in lasting
    assert isinstance(moment, datetime)


# --- For the supplier (docs/decisions/024) ----------------------------------------------------------------------------


@pytest.mark.parametrize("address", [FOR_SUPPLIER, AS_FILE])
def test_the_supplier_gets_no_names_reasons_or_other_suppliers(page, regenboog, address):
    mandate = given(regenboog)
    asked()
    asked(Regenboog.TEST_KEY)
    revoke_mandate(
        actor=Actor(kind=ActorKind.SUPPORT, name="Sam de Boer", board_number="99001", reason="Gebeld"), mandate=mandate
    )
    carry_out(Grant(schools=("99AA",), choices=(("RIO", "Klasboek"),), start_date=today()), actor=regenboog.anke)

    text = page.get(address, QUESTION).content.decode()

    for hidden in ("Anke", "Sam de Boer", "Gebeld", "Klasboek", "Toetsplein", str(mandate.uuid), str(mandate.token)):
        assert hidden not in text
    assert "NEE: Leerspoor BV" in text
    assert "de OSR-beheerder van het bestuur" in text
    assert "een andere leverancier" in text


def test_the_text_is_a_file_with_a_name_that_says_what_it_is(page):
    response = page.get(AS_FILE, QUESTION)

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="waarom-99aa-rio-{today()}.txt"'


def test_the_text_for_a_mail_is_what_the_file_holds(page):
    question = dict(pair.split("=") for pair in page.get(WHY, QUESTION).context["pinned"].split("&"))
    question = {name: value.replace("%3A", ":") for name, value in question.items()}

    assert page.get(FOR_SUPPLIER, question).context["text"] + "\n" == page.get(AS_FILE, question).content.decode()


@pytest.mark.parametrize("address", [FOR_SUPPLIER, AS_FILE])
def test_a_question_that_is_wrong_goes_back_to_the_form(page, address):
    response = page.get(address, QUESTION | {"dienst": ""})

    assert response.status_code == 302
    assert response["Location"].startswith(f"{WHY}?school=99AA&dienst=&")
