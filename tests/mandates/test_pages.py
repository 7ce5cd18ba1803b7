"""The pages of the OSR-beheerder: what each shows in each of its states, and for whom."""

import re
from datetime import date, timedelta
from html import unescape
from string import ascii_uppercase

import pytest
from django.shortcuts import render
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from journal.acts import act, register
from journal.clock import today
from mandates.actions import revoke_mandate
from mandates.coverage import Holding, State, status_of_service
from mandates.models import Mandate
from mandates.wording import day_in_words
from tests import factories as make
from tests.register import make_membership

OVERVIEW = "/mandaten/"
SCHOOL = "/scholen/99AA/"
GRANT = "/scholen/99AA/mandaten/toevoegen/"


@pytest.fixture
def page(regenboog, client) -> Client:
    """A browser in which Anke de Vries, OSR-beheerder of De Regenboog, is signed in."""
    client.force_login(regenboog.person)
    return client


def text_of(response) -> str:
    """What the page says, without tags, each run of white space as one space."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(unescape(strip_tags(body.replace("<", " <"))).split())


def granted(school, service, system, **dates) -> Mandate:
    return make.MandateFactory(
        school=school,
        service=service,
        system=system,
        **{"start_date": today() - timedelta(days=100), **dates},
    )


def another_board():
    """A board that is not Anke's, with one school and a mandate."""
    board = make.BoardFactory(number="99002", name="Stichting De Overkant")
    school = make.SchoolFactory(brin="99ZZ", name="De Overkant", board=board)
    make.LocationFactory(school=school)
    return school


def tomorrow() -> date:
    return today() + timedelta(days=1)


# --- Signing in ---


def test_the_start_page_says_what_the_register_is_and_whom_to_ask_for_help(client, db):
    response = client.get("/")

    assert "legt een schoolbestuur vast welk systeem" in text_of(response)
    assert 'action="/inloggen/mijn-duo/login/"' in response.content.decode()
    assert "securityservicedesk@duo.nl" in text_of(response)
    assert "0800-321 22 33" in text_of(response)


def test_after_signing_in_one_returns_to_the_page_one_asked_for(client, db):
    response = client.get(OVERVIEW, follow=True)

    assert '<input type="hidden" name="next" value="/mandaten/">' in response.content.decode()


def test_the_address_of_signing_in_asks_to_confirm(client, db):
    response = client.get("/inloggen/mijn-duo/login/?next=/scholen/99AA/")

    assert "U gaat naar Mijn DUO om in te loggen" in text_of(response)
    assert 'name="next" value="/scholen/99AA/"' in response.content.decode()


def test_who_acts_for_no_board_is_told_whom_to_ask(client, db):
    client.force_login(make.UserFactory())

    response = client.get(OVERVIEW)

    assert response.status_code == 403
    assert "weet niet voor welk bestuur u werkt" in text_of(response)


def test_the_header_offers_a_switch_to_who_acts_for_several_boards(page, regenboog):
    other = another_board().board
    make_membership(regenboog.person, other)

    there = page.post(reverse("switch_board"), {"board": "99001"}, follow=True)
    assert "Stichting De Overkant (99002)" in text_of(there)
    assert page.get(SCHOOL).status_code == 200

    there = page.post(reverse("switch_board"), {"board": "99002"}, follow=True)
    assert there.redirect_chain[-1] == ("/scholen/99ZZ/", 302)
    assert page.get(SCHOOL).status_code == 404


# --- Mandaten beheren ---


def test_the_overview_shows_the_schools_of_the_board_and_no_other(page, regenboog):
    another_board()

    text = text_of(page.get(OVERVIEW))

    assert "De Linde 99AB Deventer 1 vestiging" in text
    assert "2 vestigingen" in text
    assert "De Overkant" not in text


def test_each_state_of_a_service_is_said_in_words(page, regenboog):
    granted(regenboog.school, regenboog.rio, regenboog.las)
    granted(regenboog.school, regenboog.test, regenboog.las)
    granted(regenboog.other_school, regenboog.rio, regenboog.las, end_date=tomorrow())
    granted(regenboog.other_school, regenboog.oso, regenboog.las, start_date=tomorrow())

    text = text_of(page.get(OVERVIEW))

    assert "RIO gemandateerd" in text
    assert "DOORSTROOM half : LAS wel, toetssysteem niet" in text
    assert f"RIO loopt af op {day_in_words(tomorrow())}" in text
    assert f"OSO-OV begint op {day_in_words(tomorrow())}" in text
    assert "DOORSTROOM ontbreekt" in text


@pytest.mark.parametrize(("words", "found"), [("linde", "De Linde"), ("99aa", "De Regenboog"), ("DEVENT", "De Linde")])
def test_schools_are_found_by_name_brin_or_place(page, words, found):
    text = text_of(page.get(OVERVIEW, {"zoek": words}))

    assert "1 van 2 scholen" in text
    assert found in text


def test_a_search_without_result_says_so_and_leads_back(page):
    response = page.get(OVERVIEW, {"zoek": "bestaat niet"})

    assert "Geen scholen gevonden" in text_of(response)
    assert "Alle scholen tonen" in text_of(response)


@pytest.mark.parametrize("words", ["\0", "%", "'; --", "x" * 5000])
def test_any_search_words_are_answered(page, words):
    assert page.get(OVERVIEW, {"zoek": words, "mist": words, "pagina": words}).status_code == 200


def test_the_filter_shows_the_schools_that_miss_a_mandate(page, regenboog):
    granted(regenboog.school, regenboog.rio, regenboog.las)

    response = page.get(OVERVIEW, {"mist": "RIO"})

    assert "1 van 2 scholen missen een mandaat voor RIO" in text_of(response)
    assert f"{reverse('mandates:grant', args=['99AB'])}?dienst=RIO" in response.content.decode()
    assert SCHOOL not in response.content.decode()


def test_half_a_mandate_is_missing_too(page, regenboog):
    """A test needs a LAS and a toetssysteem (domain.md section 5)."""
    for school in (regenboog.school, regenboog.other_school):
        granted(school, regenboog.test, regenboog.las)
    granted(regenboog.school, regenboog.test, regenboog.test_system)

    assert "1 van 2 scholen missen een mandaat voor DOORSTROOM" in text_of(page.get(OVERVIEW, {"mist": "DOORSTROOM"}))


def test_a_coming_deadline_is_shown_while_schools_miss_a_mandate(page, regenboog):
    deadline = today() + timedelta(days=30)
    eindtoets = make.ServiceFactory(code="EINDTOETS", name="Logistiek Proces Eindtoets PO", deadline=deadline)
    granted(regenboog.school, eindtoets, regenboog.las)

    response = page.get(OVERVIEW)

    assert (
        "Voor Logistiek Proces Eindtoets PO mist 1 van uw 2 scholen een mandaat. "
        f"Regel dit vóór {day_in_words(deadline)}." in text_of(response)
    )
    assert "/mandaten/?mist=EINDTOETS" in response.content.decode()

    granted(regenboog.other_school, eindtoets, regenboog.las)
    assert "Regel dit vóór" not in text_of(page.get(OVERVIEW))


@pytest.mark.parametrize(("days", "is_shown"), [(0, False), (1, True), (30, True), (31, False)])
def test_a_deadline_is_shown_while_it_nears(page, regenboog, days, is_shown):
    """screens.md: a banner per approaching deadline; from as long before as mail tells of it."""
    make.ServiceFactory(code="EINDTOETS", deadline=today() + timedelta(days=days))

    assert ("scholen een mandaat. Regel dit" in text_of(page.get(OVERVIEW))) == is_shown


def test_a_deadline_of_what_the_board_gives_is_shown_while_the_board_misses_it(page, regenboog):
    """D1; screens.md: a banner per approaching deadline."""
    deadline = today() + timedelta(days=20)
    report = make.ServiceFactory(
        code="JAAR", name="Jaarverslag", level="board", takes_endpoints=False, deadline=deadline
    )
    make.QualificationFactory(system=regenboog.las, service=report)

    response = page.get(OVERVIEW)

    assert (
        f"Voor Jaarverslag mist uw bestuur een mandaat. Regel dit vóór {day_in_words(deadline)}. Vul in : JAAR"
        in text_of(response)
    )
    (form,) = re.findall(r'href="([^"]+)">Vul in', response.content.decode())
    assert re.search(r'name="dienst"[^>]* value="JAAR"[^>]* checked', page.get(form).content.decode())

    make.MandateFactory(school=None, board=regenboog.board, service=report, system=regenboog.las)
    assert "mist uw bestuur" not in text_of(page.get(OVERVIEW))


def test_a_board_with_one_school_sees_its_deadlines_there(client, db):
    """screens.md: a banner per approaching deadline; such a board lands on the page of its school."""
    person, school = make.UserFactory(), another_board()
    make_membership(person, school.board)
    client.force_login(person)
    later, sooner = (today() + timedelta(days=days) for days in (20, 10))
    eindtoets = make.ServiceFactory(code="EINDTOETS", name="Eindtoets", deadline=later)
    make.ServiceFactory(code="JAAR", name="Jaarverslag", level="board", takes_endpoints=False, deadline=sooner)
    make.ServiceFactory(code="VER", name="Ver weg", deadline=today() + timedelta(days=31))

    response = client.get(OVERVIEW, follow=True)
    text = text_of(response)

    of_board = f"Voor Jaarverslag mist uw bestuur een mandaat. Regel dit vóór {day_in_words(sooner)}."
    of_school = f"Voor Eindtoets mist uw school een mandaat. Regel dit vóór {day_in_words(later)}."
    assert 0 < text.index(of_board) < text.index(of_school)
    assert "Voor Ver weg" not in text
    assert 'href="/scholen/99ZZ/mandaten/toevoegen/?dienst=EINDTOETS">Vul in' in response.content.decode()

    granted(school, eindtoets, make.SystemFactory())
    assert "mist uw school" not in text_of(client.get(OVERVIEW, follow=True))


def test_a_board_with_more_schools_sees_its_deadlines_only_on_mandaten_beheren(page, regenboog):
    make.ServiceFactory(code="EINDTOETS", name="Eindtoets", deadline=today() + timedelta(days=20))

    assert "Voor Eindtoets missen 2 van uw 2 scholen een mandaat." in text_of(page.get(OVERVIEW))
    assert "Voor Eindtoets" not in text_of(page.get("/scholen/99AA/"))


def test_a_board_without_schools_reads_where_schools_come_from(client, db):
    person = make.UserFactory()
    make_membership(person, make.BoardFactory())
    client.force_login(person)

    assert "Het register krijgt de scholen van DUO" in text_of(client.get(OVERVIEW))


def test_a_board_with_one_school_comes_to_it_at_once(client, db):
    person, school = make.UserFactory(), another_board()
    make_membership(person, school.board)
    client.force_login(person)

    response = client.get(OVERVIEW, follow=True)

    assert response.redirect_chain == [("/scholen/99ZZ/", 302)]
    assert "Kruimelpad" not in response.content.decode()


def test_services_of_the_board_itself_are_shown_once(page, regenboog):
    """D1"""
    make.MandateFactory(school=None, board=regenboog.board, service=regenboog.bst, system=regenboog.las)

    text = text_of(page.get(OVERVIEW))

    assert text.count("BST") == 3  # in the table, and in what a screen reader hears of its two links
    assert "Voor het hele bestuur" in text


def test_the_overview_has_pages_of_25_schools(page, regenboog):
    for letter in ascii_uppercase:
        make.SchoolFactory(board=regenboog.board, brin=f"98A{letter}")

    first, second = page.get(OVERVIEW), page.get(OVERVIEW, {"pagina": 2})

    assert first.content.decode().count("osr-school__name") == 25
    assert second.content.decode().count("osr-school__name") == 3
    assert page.get(OVERVIEW, {"pagina": "alle"}).content.decode().count("osr-school__name") == 28


def test_a_closed_school_is_not_among_those_to_arrange_something_for(page, regenboog):
    closed = make.SchoolFactory(board=regenboog.board, name="De Gesloten Deur", closed_on=today() - timedelta(days=1))

    response, found = page.get(OVERVIEW), page.get(OVERVIEW, {"zoek": "deur"})

    assert closed.brin not in response.content.decode().partition("</table>")[0]
    assert "Gesloten scholen (1) De Gesloten Deur" in text_of(response)  # its history can still be read
    assert '<details class="osr-details osr-screen-only" open>' in found.content.decode()
    assert "Gesloten scholen" not in text_of(page.get(OVERVIEW, {"zoek": "linde"}))


def test_the_only_open_school_of_a_board_shows_the_way_to_those_that_closed(page, regenboog):
    regenboog.other_school.closed_on = today() - timedelta(days=1)
    with act("school.closed", actor=register("tests")):
        regenboog.other_school.save()

    response = page.get(OVERVIEW, follow=True)

    assert response.redirect_chain == [("/scholen/99AA/", 302)]
    assert "Gesloten scholen (1) De Linde" in text_of(response)
    assert "Gesloten scholen" not in text_of(page.get("/scholen/99AB/geschiedenis/"))


@pytest.mark.parametrize("schools", [2, 12])
def test_the_overview_takes_as_many_queries_for_two_schools_as_for_twelve(
    page, regenboog, schools, django_assert_num_queries
):
    """P6"""
    for _ in range(schools - 2):
        school = make.SchoolFactory(board=regenboog.board)
        make.LocationFactory(school=school)
        granted(school, regenboog.rio, regenboog.las)
        granted(school, regenboog.test, regenboog.las)

    with django_assert_num_queries(9):
        page.get(OVERVIEW, {"mist": "RIO"})


# --- How things stand (D3, D9 and the roles of a service) ---


@pytest.mark.parametrize(
    ("mandates", "state", "label"),
    [
        ([], State.MISSING, "ontbreekt"),
        ([{}], State.MANDATED, "gemandateerd"),
        ([{"end_date": date.max}], State.MANDATED, "gemandateerd"),
        ([{"end_date": date(2026, 12, 1)}], State.ENDING, "loopt af op 1 december 2026"),
        ([{"end_date": date(2026, 11, 1)}], State.ENDING, "loopt af op 1 november 2026"),
        ([{"start_date": date(2026, 12, 1)}], State.COMING, "begint op 1 december 2026"),
        # One mandate follows another without a gap: nothing runs out.
        ([{"end_date": date(2026, 12, 1)}, {"start_date": date(2026, 12, 2)}], State.MANDATED, "gemandateerd"),
        (
            [{"end_date": date(2026, 12, 1)}, {"start_date": date(2026, 12, 3)}],
            State.ENDING,
            "loopt af op 1 december 2026",
        ),
        # Limited to locations: together they may cover the school (D3).
        ([{"locations": ["99AA00"]}], State.PARTIAL, "deels"),
        ([{"locations": ["99AA00"]}, {"locations": ["99AA01"]}], State.MANDATED, "gemandateerd"),
        (
            [{"locations": ["99AA00"]}, {"locations": ["99AA01"], "start_date": date(2026, 12, 1)}],
            State.COMING,
            "begint op 1 december 2026",
        ),
    ],
)
def test_the_status_of_a_service_follows_from_its_mandates(regenboog, mandates, state, label):
    for_ever = {"kind": "las", "start_date": date(2026, 1, 1), "end_date": None, "locations": None}

    status = status_of_service(
        regenboog.rio,
        [Holding(**{**for_ever, **limits}) for limits in mandates],
        date(2026, 11, 1),
        ["99AA00", "99AA01"],
    )

    assert (status.state, status.label) == (state, label)


# --- School ---


def test_the_school_page_shows_the_school_and_its_mandates(page, regenboog):
    granted(regenboog.school, regenboog.rio, regenboog.las, locations=["99AA01"])

    text = text_of(page.get(SCHOOL))

    assert "0000000700099AA00000" in text
    assert "Zwolle" in text
    assert "2 vestigingen" in text
    assert "Leerspoor BV" in text
    assert "Alleen voor vestiging 99AA01" in text


def test_ended_revoked_and_cancelled_mandates_are_kept_apart_and_told_apart(page, regenboog):
    """D9, D14"""
    granted(regenboog.school, regenboog.rio, regenboog.las, end_date=today() - timedelta(days=1))
    revoke_mandate(actor=regenboog.anke, mandate=granted(regenboog.school, regenboog.rio, regenboog.other_las))
    coming = granted(regenboog.school, regenboog.oso, regenboog.las, start_date=tomorrow())
    revoke_mandate(actor=regenboog.anke, mandate=coming)

    text = text_of(page.get(SCHOOL))

    assert "Deze school heeft nu geen mandaten." in text
    assert "Toon beëindigde mandaten (3)" in text
    for word in ("beëindigd", "ingetrokken", "geannuleerd", "nooit geldig geweest"):
        assert word in text


def test_a_brin_in_small_letters_is_understood(page):
    assert page.get("/scholen/99aa/").status_code == 200


@pytest.mark.parametrize("brin", ["99ZZ", "99XX", "onzin", "99AA00", "%00"])
@pytest.mark.parametrize("tail", ["", "mandaten/toevoegen/"])
def test_the_school_of_another_board_does_not_exist(page, brin, tail):
    """D4: nor does it differ from a BRIN that nobody has."""
    another_board()

    assert page.get(f"/scholen/{brin}/{tail}").status_code == 404


@pytest.mark.parametrize("mandates", [1, 10])
def test_the_school_page_takes_a_fixed_number_of_queries(page, regenboog, mandates, django_assert_num_queries):
    """P6"""
    for number in range(mandates):
        granted(regenboog.school, make.ServiceFactory(), make.SystemFactory(name=f"Systeem {number}"))

    with django_assert_num_queries(9):
        page.get(SCHOOL)


# --- Mandaat toevoegen ---


def choose(regenboog, **changes) -> dict:
    """What a browser sends: RIO for the LAS from today."""
    return {
        "dienst": ["RIO"],
        "systeem-RIO": str(regenboog.las.uuid),
        "startdatum": today().isoformat(),
        "einddatum": "",
        **changes,
    }


def test_a_mandate_is_saved_and_the_school_page_says_so(page, regenboog):
    response = page.post(GRANT, choose(regenboog), follow=True)

    assert response.redirect_chain == [(SCHOOL, 302)]
    assert "Het mandaat is opgeslagen." in text_of(response)
    assert Mandate.objects.get().end_date is None


def test_several_services_are_saved_at_once(page, regenboog):
    """D13; a service that needs a LAS and a toetssysteem gets a mandate for each."""
    sent = choose(
        regenboog,
        dienst=["RIO", "DOORSTROOM"],
        **{"systeem-DOORSTROOM-las": str(regenboog.las.uuid)},
        **{"systeem-DOORSTROOM-toetssysteem": str(regenboog.test_system.uuid)},
        vestiging=["99AA01"],
        einddatum="31-12-2099",
    )

    response = page.post(GRANT, sent, follow=True)

    assert "De mandaten zijn opgeslagen." in text_of(response)
    assert {(m.service.code, m.system.name, m.end_date, tuple(m.locations)) for m in Mandate.objects.all()} == {
        ("RIO", "Leerspoor", date(2099, 12, 31), ("99AA01",)),
        ("DOORSTROOM", "Leerspoor", date(2099, 12, 31), ("99AA01",)),
        ("DOORSTROOM", "Toetsplein", date(2099, 12, 31), ("99AA01",)),
    }


def test_ticking_every_location_limits_nothing(page, regenboog):
    """D3: a location that is added later is covered too."""
    page.post(GRANT, choose(regenboog, vestiging=["99AA00", "99AA01"]))

    assert Mandate.objects.get().locations is None


def test_sending_the_form_twice_saves_once_and_says_so(page, regenboog):
    """D2"""
    page.post(GRANT, choose(regenboog))
    response = page.post(GRANT, choose(regenboog), follow=True)

    assert "Dit was al opgeslagen. Er is niets dubbel toegevoegd." in text_of(response)
    assert Mandate.objects.count() == 1


def test_what_a_rule_refuses_is_said_on_top_and_all_that_was_typed_is_kept(page, regenboog):
    """D2"""
    granted(regenboog.school, regenboog.rio, regenboog.las)

    response = page.post(GRANT, choose(regenboog, einddatum="2099-12-31", vestiging=["99AA01"]))
    html = response.content.decode()

    assert 'role="alert"' in html
    assert "Leerspoor heeft voor RIO al een mandaat vanaf" in text_of(response)
    assert re.search(r'value="RIO" checked', html)
    assert re.search(rf'value="{regenboog.las.uuid}" selected', html)
    assert 'value="2099-12-31"' in html
    assert 'value="99AA01" checked' in html


def test_all_mistakes_are_said_at_once_each_at_its_field(page, regenboog):
    sent = {"dienst": ["RIO"], "startdatum": "30-02-2027", "einddatum": "morgen", "vestiging": ["99ZZ00"]}

    response = page.post(GRANT, sent)
    html, text = response.content.decode(), text_of(response)

    for sentence in (
        "Kies een systeem voor RIO.",
        "30 februari 2027 bestaat niet.",
        "Vul een datum in als dag-maand-jaar",
        "99ZZ00 is geen vestiging van deze school.",
    ):
        assert text.count(sentence) == 2, sentence  # in the summary and at the field
    assert 'href="#systeem-RIO"' in html
    assert 'value="30-02-2027"' in html
    assert html.count('aria-invalid="true"') == 3
    assert 'aria-describedby="startdatum-uitleg startdatum-fout"' in html


def test_without_a_service_the_form_asks_for_one(page):
    response = page.post(GRANT, {"startdatum": today().isoformat()})

    assert text_of(response).count("Kies ten minste één dienst.") == 2


def test_a_past_start_and_an_end_before_the_start_are_said_at_their_fields(page, regenboog):
    """D7"""
    response = page.post(GRANT, choose(regenboog, startdatum="2020-01-02", einddatum="2020-01-01"))

    assert f"Kies vandaag ({day_in_words(today())}) of een latere dag." in text_of(response)
    assert "De einddatum ligt vóór de startdatum." in text_of(response)
    assert not Mandate.objects.exists()


def test_a_service_without_its_agreement_cannot_be_chosen_and_says_why(page, regenboog):
    """D5"""
    response = page.get(GRANT, {"dienst": "OSO-OV"})

    assert 'value="OSO-OV"' not in response.content.decode()
    assert "Uw bestuur mist de overeenkomst OSO. Lees wat u nu kunt doen" in text_of(response)
    assert "Voor OSO-OV kunt u nu geen mandaat geven." in text_of(response)


def test_a_service_without_its_agreement_is_refused_when_sent_all_the_same(page, regenboog):
    """D5"""
    sent = choose(regenboog, dienst=["OSO-OV"], **{"systeem-OSO-OV": str(regenboog.las.uuid)})

    assert "mist Stichting De Regenboog de overeenkomst OSO" in text_of(page.post(GRANT, sent))


def test_a_service_without_connected_systems_says_so(page, regenboog):
    """D6"""
    make.ServiceFactory(code="VVA")

    assert "Voor deze dienst is nog geen systeem aangesloten." in text_of(page.get(GRANT))


def test_only_connected_systems_can_be_chosen(page, regenboog):
    """D6"""
    sent = choose(regenboog, **{"systeem-RIO": str(regenboog.test_system.uuid)})

    assert "Toetsplein" not in text_of(page.get(GRANT)).split("Selecteer een systeem voor RIO")[1].split("Vanaf")[0]
    assert "Dit systeem kan niet meer gekozen worden." in text_of(page.post(GRANT, sent))


def test_the_system_of_most_other_services_is_suggested_and_not_chosen(page, regenboog):
    granted(regenboog.school, regenboog.test, regenboog.las)

    html = page.get(GRANT, {"dienst": "RIO"}).content.decode()

    assert "Uw school gebruikt Leerspoor al voor 1 andere dienst." in html
    systems = html.split('name="systeem-RIO"')[1].split("</select>")[0]
    assert systems.index("Leerspoor") < systems.index("Klasboek")
    assert "selected" not in systems


def test_an_existing_mandate_is_told_at_its_service(page, regenboog):
    mandate = granted(regenboog.school, regenboog.rio, regenboog.las)

    assert f"Leerspoor heeft al een mandaat vanaf {day_in_words(mandate.start_date)}." in text_of(page.get(GRANT))


def test_a_school_with_one_location_is_not_asked_for_locations(page):
    assert "Geldt alleen voor deze vestigingen" not in text_of(page.get("/scholen/99AB/mandaten/toevoegen/"))


# --- Intrekken ---


def test_revoking_says_what_will_happen_and_asks_to_confirm(page, regenboog):
    """D9"""
    mandate = granted(regenboog.school, regenboog.rio, regenboog.las)

    text = text_of(page.get(reverse("mandates:revoke", args=[mandate.uuid])))

    assert "Het werkt direct. Leerspoor mag vanaf nu geen gegevens meer uitwisselen voor RIO." in text
    assert "De leverancier, Leerspoor BV, ziet het direct: controles geven vanaf nu ‘nee’." in text
    assert Mandate.objects.valid_on(today()).exists()


def test_a_confirmed_revocation_works_at_once_and_is_told(page, regenboog):
    """D9, D16"""
    mandate = granted(regenboog.school, regenboog.rio, regenboog.las)

    response = page.post(reverse("mandates:revoke", args=[mandate.uuid]), follow=True)

    assert "Het mandaat is ingetrokken." in text_of(response)
    assert not Mandate.objects.valid_on(today()).exists()


def test_a_mandate_that_has_not_begun_is_said_to_be_cancelled(page, regenboog):
    """D9"""
    mandate = granted(regenboog.school, regenboog.rio, regenboog.las, start_date=tomorrow())

    assert "Het wordt geannuleerd en wordt nooit geldig." in text_of(
        page.get(reverse("mandates:revoke", args=[mandate.uuid]))
    )


def test_revoking_twice_changes_nothing_and_says_so(page, regenboog):
    address = reverse("mandates:revoke", args=[granted(regenboog.school, regenboog.rio, regenboog.las).uuid])
    page.post(address, follow=True)

    again = text_of(page.post(address, follow=True))
    assert "Anke de Vries heeft dit mandaat op" in again
    assert "ingetrokken. U hoeft niets meer te doen." in again
    assert "Dit mandaat is al beëindigd" in text_of(page.get(address))


def test_the_mandate_of_another_board_does_not_exist(page, regenboog):
    """D4"""
    mandate = granted(another_board(), regenboog.rio, regenboog.las)
    address = reverse("mandates:revoke", args=[mandate.uuid])

    assert page.get(address).status_code == 404
    assert page.post(address).status_code == 404
    assert Mandate.objects.valid_on(today()).filter(pk=mandate.pk).exists()


# --- Errors ---


def test_an_error_page_needs_no_database_and_gives_a_reference(client, monkeypatch, django_assert_num_queries, db):
    """What is noted of it is apart from the page: tests/site/test_error_numbers.py."""
    monkeypatch.setattr("osr.views.note_error", lambda **of_the_page: None)
    with django_assert_num_queries(0):
        response = client.get("/bestaat-niet/")

    assert response.status_code == 404
    assert response.headers["X-Reference"] in text_of(response)


@pytest.mark.parametrize("name", ["400", "403", "404", "500", "503", "csrf"])
def test_every_error_page_can_be_shown(name, rf, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        response = render(rf.get("/"), f"errors/{name}.html", {"reference": "ABCD2345"})

    assert "ABCD2345" in text_of(response)


def test_pages_hold_no_inline_script_or_style(page, regenboog):
    """The content security policy refuses them."""
    granted(regenboog.school, regenboog.rio, regenboog.las)
    for address in (OVERVIEW, SCHOOL, GRANT):
        html = page.get(address).content.decode()
        assert not re.search(r"<style|<script(?![^>]* src=)| style=| on\w+=", html), address


def test_a_token_is_on_no_page(page, regenboog):
    """D10"""
    mandate = granted(regenboog.school, regenboog.rio, regenboog.las)
    for address in (OVERVIEW, SCHOOL, GRANT, reverse("mandates:revoke", args=[mandate.uuid])):
        assert str(mandate.token) not in page.get(address).content.decode()


# --- In time, and in true words ---------------------------------------------------------------------------------------


def test_a_mandate_that_begins_after_the_deadline_is_not_in_time(client, regenboog):
    """screens.md: the banner counts the schools that will miss the deadline."""
    with act("service.changed", actor=register("test")):
        regenboog.rio.deadline = today() + timedelta(days=10)
        regenboog.rio.save()
    for start, school in ((9, regenboog.school), (11, regenboog.other_school)):
        make.MandateFactory(
            school=school, service=regenboog.rio, system=regenboog.las, start_date=today() + timedelta(days=start)
        )
    client.force_login(regenboog.person)

    page = client.get("/mandaten/").content.decode()
    assert "mist 1 van uw 2 scholen een mandaat" in " ".join(page.split())
    filtered = client.get("/mandaten/?mist=RIO").content.decode()
    assert "De Linde" in filtered
    assert "De Regenboog (99AA)" not in filtered


def test_revoking_says_when_the_supplier_keeps_a_mandate_for_another_system(client, regenboog):
    """A check asks about a supplier, so it goes on saying yes."""
    sister = make.SystemFactory(name="Leerspoor Oud", supplier=regenboog.las.supplier)
    mandate = make.MandateFactory(school=regenboog.school, service=regenboog.rio, system=regenboog.las)
    make.MandateFactory(school=regenboog.school, service=regenboog.rio, system=sister)
    client.force_login(regenboog.person)

    page = client.get(f"/mandaten/{mandate.uuid}/intrekken/").content.decode()

    assert "ook een mandaat voor Leerspoor Oud" in page
    assert "controles geven vanaf nu" not in page


def test_a_mandate_revoked_on_its_first_day_is_not_called_never_valid(client, regenboog):
    """D9: checks of that day may have said yes."""
    first_day = make.MandateFactory(
        school=regenboog.school, service=regenboog.rio, system=regenboog.las, start_date=today()
    )
    coming = make.MandateFactory(
        school=regenboog.school, service=regenboog.test, system=regenboog.las, start_date=today() + timedelta(days=9)
    )
    for mandate in (first_day, coming):
        revoke_mandate(actor=regenboog.anke, mandate=mandate)
    client.force_login(regenboog.person)

    page = client.get("/scholen/99AA/").content.decode()

    assert page.count("op de eerste dag beëindigd") == 1
    assert page.count("nooit geldig geweest") == 1
