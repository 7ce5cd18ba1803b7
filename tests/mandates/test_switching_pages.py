"""Overstappen in the browser: which system, choose, see what will happen, confirm, undo (D12)."""

import re
from datetime import timedelta

import pytest

from journal.clock import today
from mandates.actions import revoke_mandate
from mandates.models import Mandate
from mandates.wording import day_in_words
from tests import factories as make
from tests.mandates.test_copying_pages import confirm, hidden_fields
from tests.mandates.test_pages import another_board, granted, text_of
from tests.register import make_membership

DAY = timedelta(days=1)
SWITCH_DAY = today() + 10 * DAY
PATH = "/overstappen/"


@pytest.fixture
def page(regenboog, client):
    """A browser in which Anke de Vries is signed in."""
    client.force_login(regenboog.person)
    return client


@pytest.fixture
def running(regenboog) -> list[Mandate]:
    """Both schools have RIO with Leerspoor, De Regenboog the doorstroomtoets too."""
    return [
        granted(regenboog.school, regenboog.rio, regenboog.las),
        granted(regenboog.other_school, regenboog.rio, regenboog.las),
        granted(regenboog.school, regenboog.test, regenboog.las),
    ]


@pytest.fixture
def sent(regenboog) -> dict[str, object]:
    """What the form sends when it is filled in."""
    return {
        "stap": "volgende",
        "van": str(regenboog.las.uuid),
        "naar": str(regenboog.other_las.uuid),
        "dienst": ["RIO"],
        "scholen": ["99AA", "99AB"],
        "dag": SWITCH_DAY.isoformat(),
    }


def valid_on(day) -> set[tuple[str, str]]:
    """Who has which system on `day`, for RIO."""
    mandates = Mandate.objects.valid_on(day).filter(service__code="RIO")
    return set(mandates.values_list("school__brin", "system__name"))


@pytest.mark.django_db(transaction=True)
def test_from_the_button_to_the_notice_and_back(regenboog, page, running, sent):
    """D12: no gap, no overlap, in one transaction; undone until the day."""
    assert f'href="{PATH}"' in page.get("/mandaten/").content.decode()
    seen = page.post(PATH, sent)
    assert "Dit gebeurt er (2)" in text_of(seen)
    assert f"Leerspoor eindigt op {day_in_words(SWITCH_DAY - DAY)}, Klasboek begint op" in text_of(seen)
    assert Mandate.objects.count() == 3

    done = confirm(page, PATH, seen)

    assert f"2 mandaten gaan op {day_in_words(SWITCH_DAY)} van Leerspoor naar Klasboek." in text_of(done)
    assert f"Ongedaan maken kan tot {day_in_words(SWITCH_DAY)}." in text_of(done)
    assert valid_on(SWITCH_DAY - DAY) == {("99AA", "Leerspoor"), ("99AB", "Leerspoor")}
    assert valid_on(SWITCH_DAY) == {("99AA", "Klasboek"), ("99AB", "Klasboek")}
    number = re.search(r'name="transactie" value="(\d+)"', done.content.decode())[1]
    page.post("/ongedaan-maken/", {"transactie": number, "terug": "/mandaten/"})
    assert valid_on(SWITCH_DAY) == {("99AA", "Leerspoor"), ("99AB", "Leerspoor")}


def test_with_one_system_it_is_not_asked_which(page, running):
    response = page.get(PATH)

    assert "Leerspoor van Leerspoor BV" in text_of(response)
    assert "Ander systeem kiezen" not in text_of(response)


def test_with_several_systems_one_chooses_first(regenboog, page, running):
    """Only systems with mandates of this board, now or coming."""
    granted(regenboog.school, regenboog.test, regenboog.test_system, start_date=SWITCH_DAY)
    granted(another_board(), regenboog.rio, regenboog.other_las)
    ended = make.SystemFactory(name="Oudleer")
    granted(regenboog.school, regenboog.rio, ended, end_date=today() - DAY)

    first = page.get(PATH)

    assert "Leerspoor Leerspoor BV. Mandaten voor 2 diensten, bij 2 scholen." in text_of(first)
    assert "Toetsplein" in text_of(first)
    assert "Klasboek" not in text_of(first)
    assert "Oudleer" not in text_of(first)
    assert f"{PATH}?van={regenboog.las.uuid}" in first.content.decode()
    assert "Ander systeem kiezen" in text_of(page.get(PATH, {"van": str(regenboog.las.uuid)}))


def test_without_mandates_there_is_nothing_to_switch(page):
    assert "geen systeem om van over te stappen" in text_of(page.get(PATH))


def test_it_offers_connected_systems_and_the_services_and_schools_of_the_old_one(regenboog, page, running):
    """D6, D12: a toetssysteem takes no LAS's place, and what is chosen first is everything that can be."""
    make.SchoolFactory(brin="99AC", name="Het Kompas", board=regenboog.board)
    make.SystemFactory(name="Nergens")

    response = page.get(PATH)
    html = response.content.decode()

    assert f'<option value="{regenboog.other_las.uuid}">Klasboek (Klasboek BV)</option>' in html
    assert "Toetsplein" not in html
    assert "Nergens" not in html
    assert re.search(r'id="dienst-RIO"[^>]* checked', html)
    assert 'id="dienst-OSO-OV"' not in html
    assert 'id="school-99AC"' not in html
    assert "Het nieuwe systeem krijgt ze vanaf de dag van de overstap." in text_of(response)
    assert "Beide leveranciers zien de overstap" in text_of(response)


def test_a_system_that_is_not_connected_for_a_service_says_so_beforehand_and_at_the_service(regenboog, page, running):
    """D6"""
    partly = make.SystemFactory(name="Deelsysteem", supplier__name="Deel BV")
    make.QualificationFactory(system=partly, service=regenboog.rio)
    assert "Deelsysteem (Deel BV), niet voor DOORSTROOM" in text_of(page.get(PATH))

    response = page.post(
        PATH,
        {
            "stap": "volgende",
            "van": str(regenboog.las.uuid),
            "naar": str(partly.uuid),
            "dienst": ["RIO", "DOORSTROOM"],
            "scholen": ["99AA"],
            "dag": SWITCH_DAY.isoformat(),
        },
    )

    assert response.status_code == 422
    assert "Deelsysteem is niet aangesloten voor DOORSTROOM." in text_of(response)


def test_a_withdrawn_qualification_connects_nothing(regenboog, page, running):
    """D6: also when the system is connected for another service."""
    former = make.SystemFactory(name="Voorheen")
    make.QualificationFactory(system=former, service=regenboog.rio, withdrawn_on=today())
    make.QualificationFactory(system=former, service=regenboog.oso)

    assert "Voorheen" not in text_of(page.get(PATH))


def test_a_service_that_nobody_else_offers_or_without_agreement_cannot_be_chosen(regenboog, page):
    """D5, D6"""
    alone = make.ServiceFactory(code="VVA")
    make.QualificationFactory(system=regenboog.las, service=alone)
    granted(regenboog.school, alone, regenboog.las)

    response = page.get(PATH)

    assert "geen ander systeem aangesloten" in text_of(response)
    assert "Volgende" not in text_of(response)


def test_all_mistakes_are_said_at_once_and_everything_stays(regenboog, page, running):
    """D7"""
    response = page.post(PATH, {"stap": "volgende", "van": str(regenboog.las.uuid), "dag": "30-2-2027"})

    assert response.status_code == 422
    for text in (
        "Kies het nieuwe systeem.",
        "Kies ten minste één dienst.",
        "30 februari 2027 bestaat niet.",
        "Kies ten minste één school.",
    ):
        assert text in text_of(response)
    assert 'value="30-2-2027"' in response.content.decode()


def test_a_day_in_the_past_is_refused(page, running, sent):
    """D7"""
    response = page.post(PATH, sent | {"dag": (today() - DAY).isoformat()})

    assert response.status_code == 422
    assert f"Kies vandaag ({day_in_words(today())}) of een latere dag." in text_of(response)


def test_a_switch_today_works_at_once(page, running, sent):
    """D12"""
    done = confirm(page, PATH, page.post(PATH, sent | {"dag": today().isoformat()}))

    assert "Ongedaan maken kan alleen vandaag." in text_of(done)
    assert valid_on(today()) == {("99AA", "Klasboek"), ("99AB", "Klasboek")}


def test_the_preview_leaves_out_what_a_school_never_had_with_the_old_system(page, running, sent):
    """De Linde has no doorstroomtoets: that is not something that cannot be done."""
    seen = text_of(page.post(PATH, sent | {"dienst": ["RIO", "DOORSTROOM"]}))

    assert "Dit gebeurt er (3)" in seen
    assert "Hier verandert niets" not in seen


def test_searching_and_going_back_keep_what_was_chosen(page, running, sent):
    found = page.post(PATH, sent | {"stap": "zoeken", "zoek": "linde"})
    assert '<input type="hidden" name="scholen" value="99AA">' in found.content.decode()
    assert f'value="{SWITCH_DAY.isoformat()}"' in found.content.decode()

    seen = page.post(PATH, sent)
    back = page.post(PATH, hidden_fields(seen) | {"stap": "terug"}).content.decode()
    assert re.search(r'id="school-99AA"[^>]* checked', back)
    assert re.search(rf'value="{sent["naar"]}" selected', back)


def test_what_was_chosen_is_there_again_after_the_session_ended(regenboog, page, running, sent):
    granted(regenboog.school, regenboog.rio, regenboog.other_las)
    address = f"{PATH}?van={sent['van']}"
    fields = hidden_fields(page.get(address)) | sent
    page.logout()
    page.post(address, fields)
    page.force_login(regenboog.person)

    html = page.get(address).content.decode()

    assert re.search(r'id="school-99AB"[^>]* checked', html)
    assert f'value="{SWITCH_DAY.isoformat()}"' in html


def test_the_mandate_of_the_board_itself_goes_over_without_choosing_schools(regenboog, page, sent):
    """D1, D12"""
    make.MandateFactory(
        school=None, board=regenboog.board, service=regenboog.bst, system=regenboog.las, start_date=today()
    )

    shown = page.get(PATH)
    assert "Voor welke scholen?" not in text_of(shown)
    seen = page.post(PATH, sent | {"dienst": ["BST"], "scholen": []})
    assert "Het hele bestuur BST Klasboek" in text_of(seen)
    confirm(page, PATH, seen)
    assert Mandate.objects.valid_on(SWITCH_DAY).get().system == regenboog.other_las


def test_confirming_twice_does_it_once(page, running, sent):
    """D2: a double click."""
    seen = page.post(PATH, sent)
    confirm(page, PATH, seen)

    assert "Dit was al gedaan" in text_of(confirm(page, PATH, seen))
    assert Mandate.objects.count() == 5


def test_what_somebody_else_changed_meanwhile_is_shown_first(regenboog, page, running, sent):
    """D12: exactly what was shown, or nothing."""
    seen = page.post(PATH, sent)
    revoke_mandate(actor=regenboog.anke, mandate=running[1])

    response = confirm(page, PATH, seen)

    assert response.status_code == 409
    assert "Nu: De Linde (99AB), RIO, Klasboek: heeft op" in text_of(response)
    assert valid_on(SWITCH_DAY) == {("99AA", "Leerspoor")}
    assert "1 mandaat gaat op" in text_of(confirm(page, PATH, response))


def test_a_system_whose_last_mandate_was_revoked_meanwhile_is_no_longer_switched(regenboog, page, running, sent):
    """D16"""
    seen = page.post(PATH, sent)
    for mandate in running:
        revoke_mandate(actor=regenboog.anke, mandate=mandate)

    response = confirm(page, PATH, seen)

    assert response.status_code == 422
    assert "heeft nu geen mandaten meer van uw bestuur" in text_of(response)


def test_systems_and_schools_of_others_cannot_be_sent_along(regenboog, page, running, sent):
    """D4"""
    granted(another_board(), regenboog.rio, regenboog.other_las)

    assert page.post(PATH, sent | {"scholen": ["ONZIN", "\0"]}).status_code == 422
    assert "De school 99ZZ hoort niet bij dit bestuur." in text_of(page.post(PATH, sent | {"scholen": ["99ZZ"]}))
    assert page.post(PATH, sent | {"van": str(regenboog.other_las.uuid)}).status_code == 422
    assert page.post(PATH, sent | {"naar": "onzin"}).status_code == 422
    assert Mandate.objects.count() == 4


@pytest.mark.parametrize("junk", ["", "onzin", "\0", "%", "x" * 5_000])
def test_junk_is_answered(page, running, junk):
    fields = dict.fromkeys(("van", "naar", "dienst", "dag", "scholen", "zoek"), junk)

    assert page.get(PATH, fields).status_code in (200, 422)
    for name in ("zoeken", "alles", "volgende", "bevestigen"):
        assert page.post(PATH, fields | {"stap": name}).status_code in (200, 422)


def test_a_board_with_one_school_is_not_asked_for_schools(regenboog, client):
    lonely = make.SchoolFactory(brin="99XA", name="Het Eiland")
    person = make.UserFactory()
    make_membership(person, lonely.board)
    granted(lonely, regenboog.rio, regenboog.las)
    client.force_login(person)

    response = client.get(PATH)

    assert "Voor welke scholen?" not in text_of(response)
    assert "Het Eiland (99XA)" in text_of(response)
    sent = hidden_fields(response) | {
        "stap": "volgende",
        "naar": str(regenboog.other_las.uuid),
        "dienst": ["RIO"],
        "dag": SWITCH_DAY.isoformat(),
    }
    assert "van Leerspoor naar Klasboek" in text_of(confirm(client, PATH, client.post(PATH, sent)))


@pytest.mark.parametrize("schools", [2, 30])
def test_choosing_and_previewing_take_a_fixed_number_of_queries(
    regenboog, page, sent, django_assert_num_queries, schools
):
    """P6"""
    services = [make.ServiceFactory() for _ in range(schools // 2)]
    for service in services:
        make.QualificationFactory(system=regenboog.other_las, service=service)
    brins = []
    for _ in range(schools):
        school = make.SchoolFactory(board=regenboog.board)
        brins.append(school.brin)
        for service in services:
            granted(school, service, regenboog.las)

    with django_assert_num_queries(12):
        page.get(PATH)
    with django_assert_num_queries(21):
        page.post(PATH, sent | {"scholen": brins, "dienst": [service.code for service in services]})
