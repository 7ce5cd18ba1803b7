"""Mandaat toevoegen in the browser, for several schools at once: choose, see what will happen, confirm, undo (D13)."""

import re
from datetime import date, timedelta

import pytest

from journal.acts import act, register
from journal.clock import today
from mandates.actions import grant_mandates
from mandates.models import Mandate
from mandates.wording import day_in_words
from schools.models import School
from tests import factories as make
from tests.mandates.test_copying_pages import confirm, hidden_fields, step
from tests.mandates.test_pages import GRANT, another_board, choose, granted, text_of, tomorrow
from tests.register import make_membership

GRANT_MANY = "/mandaten/toevoegen/"
DAY = timedelta(days=1)


@pytest.fixture
def page(regenboog, client):
    """A browser in which Anke de Vries is signed in; her board has four schools."""
    make.SchoolFactory(brin="99AC", name="Het Kompas", board=regenboog.board, city="Zwolle")
    make.SchoolFactory(brin="99AD", name="De Eik", board=regenboog.board, city="Raalte")
    client.force_login(regenboog.person)
    return client


def chosen(regenboog, **changes) -> dict:
    """What a browser sends: RIO for the LAS from today, at two schools."""
    return choose(regenboog, scholen=["99AA", "99AB"], **changes)


def undo_number(response) -> str:
    return re.search(r'name="transactie" value="(\d+)"', response.content.decode())[1]


def ticked(response) -> set[str]:
    """The ids of the boxes that are ticked."""
    return set(re.findall(r'id="([^"]+)"[^>]* checked', response.content.decode()))


def given() -> set[tuple[str, str, str]]:
    return {
        (mandate.school.brin if mandate.school else mandate.board.number, mandate.service.code, mandate.system.name)
        for mandate in Mandate.objects.valid_on(today())
    }


# --- From choosing to the notice, and back ---


@pytest.mark.django_db(transaction=True)
def test_several_services_for_several_schools_from_the_button_to_the_notice_and_back(regenboog, page):
    """D13: one form, one confirmation, one undo; a service that needs two systems gets a mandate for each."""
    assert f'href="{GRANT_MANY}"' in page.get("/mandaten/").content.decode()
    seen = step(
        page,
        GRANT_MANY,
        "volgende",
        **chosen(regenboog, dienst=["RIO", "DOORSTROOM"], einddatum="31-12-2099"),
        **{"systeem-DOORSTROOM-las": str(regenboog.las.uuid)},
        **{"systeem-DOORSTROOM-toetssysteem": str(regenboog.test_system.uuid)},
    )
    assert "Dit gebeurt er (6)" in text_of(seen)
    assert "Einddatum 31 december 2099" in text_of(seen)
    assert not Mandate.objects.exists()
    done = confirm(page, GRANT_MANY, seen)

    assert done.redirect_chain == [("/mandaten/", 302)]
    assert "6 mandaten zijn opgeslagen, voor 2 scholen." in text_of(done)
    assert given() == {
        (brin, code, system)
        for brin in ("99AA", "99AB")
        for code, system in (("RIO", "Leerspoor"), ("DOORSTROOM", "Leerspoor"), ("DOORSTROOM", "Toetsplein"))
    }
    assert {mandate.end_date for mandate in Mandate.objects.all()} == {date(2099, 12, 31)}
    undone = page.post("/ongedaan-maken/", {"transactie": undo_number(done), "terug": "/mandaten/"}, follow=True)
    assert "Ongedaan gemaakt: 6 mandaten" in text_of(undone)
    assert given() == set()


@pytest.mark.django_db(transaction=True)
def test_the_form_of_one_school_can_be_undone_too(regenboog, page):
    """D13, also for a service with two roles."""
    done = page.post(
        GRANT,
        choose(
            regenboog,
            dienst=["DOORSTROOM"],
            **{"systeem-DOORSTROOM-las": str(regenboog.las.uuid)},
            **{"systeem-DOORSTROOM-toetssysteem": str(regenboog.test_system.uuid)},
        ),
        follow=True,
    )
    assert "De mandaten zijn opgeslagen." in text_of(done)
    assert len(given()) == 2

    undone = page.post("/ongedaan-maken/", {"transactie": undo_number(done), "terug": "/scholen/99AA/"}, follow=True)

    assert "Ongedaan gemaakt: 2 mandaten" in text_of(undone)
    assert given() == set()


def test_the_preview_says_per_school_what_will_happen_and_what_will_not(regenboog, page):
    """D2, D13, D19"""
    granted(regenboog.school, regenboog.rio, regenboog.las)
    granted(regenboog.other_school, regenboog.rio, regenboog.other_las)
    make.SchoolFactory(brin="99AE", name="De Sluis", board=regenboog.board, closed_on=today())

    seen = step(
        page,
        GRANT_MANY,
        "volgende",
        **choose(regenboog, scholen=["99AA", "99AB", "99AC", "99AE"], startdatum=tomorrow().isoformat()),
    )
    text = text_of(seen)

    assert "Dit gebeurt er (2)" in text
    assert "Hier verandert niets (2)" in text
    assert "Leerspoor heeft voor RIO al een mandaat" in text
    assert "Let op: heeft al een mandaat voor Klasboek" in text
    assert f"Kan niet: De Sluis sluit op {day_in_words(today())}." in text
    assert "2 mandaten zijn opgeslagen, voor 2 scholen." in text_of(confirm(page, GRANT_MANY, seen))


def test_what_is_there_already_for_fewer_days_says_which_date_to_change(regenboog, page):
    """D2, D8"""
    granted(regenboog.school, regenboog.rio, regenboog.las, start_date=tomorrow())
    granted(regenboog.other_school, regenboog.rio, regenboog.las, end_date=tomorrow())

    text = text_of(step(page, GRANT_MANY, "volgende", **chosen(regenboog)))

    assert "dat begint later dan u vraagt. Wijzig de startdatum ervan" in text
    assert "dat loopt eerder af dan u vraagt. Wijzig de einddatum ervan" in text
    text = text_of(step(page, GRANT_MANY, "volgende", **chosen(regenboog, einddatum=today().isoformat())))
    assert "Wijzig" not in text


def test_a_service_of_the_board_itself_needs_no_schools(regenboog, page):
    """D1: its mandate is given once, for the whole board."""
    bst = {"dienst": ["BST"], "systeem-BST": str(regenboog.las.uuid), "startdatum": today().isoformat()}
    assert "Geldt voor het hele bestuur. U kiest er geen scholen voor." in text_of(page.get(GRANT_MANY))

    seen = step(page, GRANT_MANY, "volgende", **bst)
    assert "Het hele bestuur" in text_of(seen)
    confirm(page, GRANT_MANY, seen)

    assert given() == {("99001", "BST", "Leerspoor")}


# --- Filled in already ---


def test_the_banner_of_a_deadline_leads_to_the_form_with_exactly_the_schools_that_miss_it(regenboog, page):
    """screens.md, Mandaten beheren. Half a mandate is missing too, and one that will have ended by then."""
    deadline = today() + timedelta(days=30)
    with act("service.changed", actor=register("test")):
        regenboog.test.deadline = deadline
        regenboog.test.save()
    for system in (regenboog.las, regenboog.test_system):
        granted(regenboog.school, regenboog.test, system)
        granted(regenboog.other_school, regenboog.test, system, end_date=deadline - DAY)
    granted(School.objects.get(brin="99AC"), regenboog.test, regenboog.las)

    overview = page.get("/mandaten/")
    assert "missen 3 van uw 4 scholen een mandaat" in text_of(overview)
    assert "Vul in voor deze 3 scholen" in text_of(overview)
    assert "/mandaten/?mist=DOORSTROOM" in overview.content.decode()
    assert f"{GRANT_MANY}?mist=DOORSTROOM" in overview.content.decode()
    form = page.get(GRANT_MANY, {"mist": "DOORSTROOM"})

    assert ticked(form) == {"dienst-DOORSTROOM", "school-99AB", "school-99AC", "school-99AD"}
    assert "De 3 scholen die DOORSTROOM missen, zijn al voor u aangevinkt." in text_of(form)
    assert "selected" not in form.content.decode()


def test_the_filter_leads_to_the_form_for_the_schools_that_it_found(regenboog, page):
    granted(regenboog.school, regenboog.rio, regenboog.las)

    overview = page.get("/mandaten/", {"mist": "RIO", "zoek": "zwolle"})
    assert f"{GRANT_MANY}?mist=RIO&amp;zoek=zwolle" in overview.content.decode()
    assert "+ mandaat toevoegen voor deze school" in text_of(overview)
    form = page.get(GRANT_MANY, {"mist": "RIO", "zoek": "zwolle"})

    assert ticked(form) == {"dienst-RIO", "school-99AC"}
    assert "mist=RIO&amp;" not in page.get("/mandaten/").content.decode()


def test_a_service_and_schools_can_be_asked_for_by_address(page):
    form = page.get(GRANT_MANY, {"dienst": "RIO", "scholen": ["99AB", "99AD"]})

    assert ticked(form) == {"dienst-RIO", "school-99AB", "school-99AD"}


@pytest.mark.parametrize("asked", ["ONZIN", "\0", "99ZZ", "RIO' --", "x" * 5000])
def test_an_address_that_asks_for_what_is_not_there_shows_the_form(page, asked):
    response = page.get(GRANT_MANY, {"mist": asked, "dienst": asked, "scholen": asked, "zoek": asked, "stap": asked})

    assert response.status_code == 200
    assert ticked(response) == set()


def test_each_school_says_what_it_misses_and_when_it_closes(regenboog, page):
    granted(regenboog.school, regenboog.rio, regenboog.las)
    make.SchoolFactory(brin="99AE", name="De Sluis", board=regenboog.board, closed_on=tomorrow())

    text = text_of(page.get(GRANT_MANY))

    assert "De Regenboog 99AA Zwolle Nog te regelen: DOORSTROOM, OSO-OV" in text
    assert f"Sluit op {day_in_words(tomorrow())}. Mandaten eindigen dan." in text
    assert "4 van uw 5 scholen missen hiervoor nog een mandaat." in text


def test_the_system_that_most_schools_use_is_suggested_and_not_chosen(regenboog, page):
    """D6"""
    granted(regenboog.school, regenboog.rio, regenboog.other_las)
    for school in (regenboog.school, regenboog.other_school):
        granted(school, regenboog.test, regenboog.las)

    html = page.get(GRANT_MANY, {"dienst": "RIO"}).content.decode()

    assert "Leerspoor is al in gebruik bij 2 van uw 4 scholen." in html
    systems = html.split('name="systeem-RIO"')[1].split("</select>")[0]
    assert systems.index("Leerspoor") < systems.index("Klasboek")
    assert "selected" not in systems


# --- What is missing, wrong or not allowed ---


def test_all_mistakes_are_said_at_once_and_all_that_was_typed_is_kept(page):
    response = step(
        page, GRANT_MANY, "volgende", dienst=["RIO"], startdatum="30-02-2027", einddatum="morgen", zoek="niets"
    )
    html, text = response.content.decode(), text_of(response)

    assert response.status_code == 422
    for sentence in (
        "Kies een systeem voor RIO.",
        "30 februari 2027 bestaat niet.",
        "Vul een datum in als dag-maand-jaar",
        "Kies ten minste één school.",
    ):
        assert text.count(sentence) == 2, sentence  # in the summary and at the field
    for target in ("#systeem-RIO", "#startdatum", "#einddatum", "#scholen"):
        assert f'href="{target}"' in html
    assert 'value="30-02-2027"' in html
    assert "dienst-RIO" in ticked(response)
    assert "Geen school gevonden" in text


def test_searching_says_nothing_of_what_is_not_filled_in_yet(page):
    """Nobody asked yet whether it is right."""
    response = step(page, GRANT_MANY, "zoeken", zoek="eik", startdatum="")

    assert response.status_code == 200
    assert "Fout" not in text_of(response)
    assert 'id="school-99AD"' in response.content.decode()
    assert 'id="school-99AB"' not in response.content.decode()


def test_selecting_all_works_without_scripts_and_keeps_the_rest(regenboog, page):
    response = step(page, GRANT_MANY, "alles", **choose(regenboog, zoek="zwolle", scholen=["99AB"]))

    assert ticked(response) == {"dienst-RIO", "school-99AA", "school-99AC"}
    assert '<input type="hidden" name="scholen" value="99AB">' in response.content.decode()
    assert re.search(rf'value="{regenboog.las.uuid}" selected', response.content.decode())


def test_going_back_keeps_what_was_chosen(regenboog, page):
    seen = step(page, GRANT_MANY, "volgende", **chosen(regenboog, einddatum="2099-12-31"))
    back = page.post(GRANT_MANY, {**hidden_fields(seen), "stap": "terug"})

    assert ticked(back) == {"dienst-RIO", "school-99AA", "school-99AB"}
    assert 'value="2099-12-31"' in back.content.decode()


def test_a_service_without_its_agreement_cannot_be_chosen_and_says_what_to_do(regenboog, page):
    """D5"""
    form = page.get(GRANT_MANY, {"mist": "OSO-OV"})
    sent = step(
        page, GRANT_MANY, "volgende", **chosen(regenboog, dienst=["OSO-OV"]), **{"systeem-OSO-OV": regenboog.las.uuid}
    )

    assert 'value="OSO-OV"' not in form.content.decode()
    assert "Voor OSO-OV kunt u nu geen mandaat geven. Lees waarom" in text_of(form)
    assert "Uw bestuur mist de overeenkomst OSO. Lees wat u nu kunt doen" in text_of(form)
    assert sent.status_code == 422
    assert "mist Stichting De Regenboog de overeenkomst OSO" in text_of(sent)


def test_without_any_agreement_there_is_nothing_to_choose_and_a_way_on(regenboog, page):
    """D5"""
    with act("agreement.ended", actor=register("test")):
        regenboog.board.agreements.update(ended_on=today() - DAY)

    response = page.get(GRANT_MANY)

    assert "Uw bestuur mist de overeenkomst OSR. Lees wat u nu kunt doen" in text_of(response)
    assert "Volgende" not in text_of(response)
    assert "Terug naar Mandaten beheren" in text_of(response)


def test_only_connected_systems_can_be_chosen(regenboog, page):
    """D6"""
    sent = chosen(regenboog, **{"systeem-RIO": str(regenboog.test_system.uuid)})

    assert "Dit systeem kan niet meer gekozen worden." in text_of(step(page, GRANT_MANY, "volgende", **sent))


def test_a_past_start_is_refused(regenboog, page):
    """D7"""
    response = step(page, GRANT_MANY, "volgende", **chosen(regenboog, startdatum="2020-01-02", einddatum="2020-01-01"))

    assert f"Kies vandaag ({day_in_words(today())}) of een latere dag." in text_of(response)
    assert "De einddatum ligt vóór de startdatum." in text_of(response)


def test_schools_of_another_board_cannot_be_sent_along(regenboog, page):
    """D4"""
    another_board()

    response = step(page, GRANT_MANY, "volgende", **choose(regenboog, scholen=["ONZIN", "\0"]))
    assert response.status_code == 422
    seen = step(page, GRANT_MANY, "volgende", **choose(regenboog, scholen=["99ZZ", "99AA"]))
    confirm(page, GRANT_MANY, seen)

    assert "De school 99ZZ hoort niet bij dit bestuur." in text_of(seen)
    assert given() == {("99AA", "RIO", "Leerspoor")}


# --- What changes meanwhile ---


def test_confirming_twice_does_it_once(regenboog, page):
    """D2"""
    seen = step(page, GRANT_MANY, "volgende", **chosen(regenboog))
    confirm(page, GRANT_MANY, seen)
    again = confirm(page, GRANT_MANY, seen)

    assert "Dit was al gedaan" in text_of(again)
    assert Mandate.objects.count() == 2


def test_what_somebody_else_gave_meanwhile_is_shown_first(regenboog, page):
    """D13: exactly what was shown, or nothing."""
    seen = step(page, GRANT_MANY, "volgende", **chosen(regenboog))
    grant_mandates(actor=regenboog.anke, school=regenboog.school, choices=[regenboog.rio_by_las()], start_date=today())

    response = confirm(page, GRANT_MANY, seen)

    assert response.status_code == 409
    assert "Nu: De Regenboog (99AA), RIO, Leerspoor: Leerspoor heeft voor RIO al een mandaat" in text_of(response)
    assert Mandate.objects.count() == 1
    assert "Het mandaat is opgeslagen." in text_of(confirm(page, GRANT_MANY, response))


def test_a_school_that_closed_meanwhile_is_told_of(regenboog, page):
    """D19: not left out in silence, neither in the second step nor in the third."""
    seen = step(page, GRANT_MANY, "volgende", **chosen(regenboog))
    with act("school.closed", actor=register("test")):
        School.objects.filter(brin="99AB").update(closed_on=today() - DAY)

    again = step(page, GRANT_MANY, "volgende", **chosen(regenboog))
    response = confirm(page, GRANT_MANY, seen)

    for answer in (again, response):
        assert f"De Linde sluit op {day_in_words(today() - DAY)}" in text_of(answer)
    assert response.status_code == 409
    assert not Mandate.objects.exists()


def test_a_school_that_left_the_board_meanwhile_is_not_given_anything(regenboog, page):
    """D4, D20"""
    seen = step(page, GRANT_MANY, "volgende", **chosen(regenboog))
    with act("school.moved", actor=register("test")):
        School.objects.filter(brin="99AB").update(board=make.BoardFactory())

    response = confirm(page, GRANT_MANY, seen)

    assert response.status_code == 409
    assert not Mandate.objects.exists()


def test_an_agreement_that_ended_meanwhile_stops_everything(regenboog, page):
    """D5"""
    seen = step(page, GRANT_MANY, "volgende", **chosen(regenboog))
    with act("agreement.ended", actor=register("test")):
        regenboog.board.agreements.update(ended_on=today() - DAY)

    response = confirm(page, GRANT_MANY, seen)

    assert response.status_code == 422
    assert "mist Stichting De Regenboog de overeenkomst OSR" in text_of(response)
    assert not Mandate.objects.exists()


def test_a_system_that_is_no_longer_connected_stops_everything_and_keeps_the_choices(regenboog, page):
    """D6"""
    seen = step(page, GRANT_MANY, "volgende", **chosen(regenboog))
    with act("qualification.withdrawn", actor=register("test")):
        regenboog.las.qualifications.filter(service=regenboog.rio).update(withdrawn_on=today())

    response = confirm(page, GRANT_MANY, seen)

    assert response.status_code == 422
    assert "Dit systeem kan niet meer gekozen worden." in text_of(response)
    assert ticked(response) == {"dienst-RIO", "school-99AA", "school-99AB"}
    assert not Mandate.objects.exists()


@pytest.mark.parametrize("seen", ["", "onzin", "W10:1abc:def"])
def test_nothing_is_confirmed_that_was_not_seen(regenboog, page, seen):
    response = step(page, GRANT_MANY, "bevestigen", **chosen(regenboog), gezien=seen, sleutel="x")

    assert response.status_code == 409
    assert not Mandate.objects.exists()


# --- One school, or none ---


def test_a_board_with_one_school_comes_to_the_form_of_that_school(client, db):
    person, school = make.UserFactory(), another_board()
    make_membership(person, school.board)
    make.ServiceFactory(code="RIO")
    client.force_login(person)

    assert client.get(GRANT_MANY).url == "/scholen/99ZZ/mandaten/toevoegen/"
    assert client.get(GRANT_MANY, {"mist": "RIO"}).url == "/scholen/99ZZ/mandaten/toevoegen/?dienst=RIO"
    assert client.post(GRANT_MANY, {"stap": "volgende"}).status_code == 302


def test_a_board_without_schools_reads_where_schools_come_from(client, db):
    person = make.UserFactory()
    make_membership(person, make.BoardFactory())
    client.force_login(person)

    for response in (client.get(GRANT_MANY), client.post(GRANT_MANY, {"stap": "volgende"})):
        assert "Het register krijgt de scholen van DUO" in text_of(response)
        assert "Volgende" not in text_of(response)


# --- How much it asks of the database ---


@pytest.mark.parametrize("schools", [4, 14])
def test_each_step_takes_as_many_queries_for_four_schools_as_for_fourteen(
    regenboog, page, schools, django_assert_num_queries
):
    """P6"""
    for _ in range(schools - 4):
        school = make.SchoolFactory(board=regenboog.board)
        make.LocationFactory(school=school)
        granted(school, regenboog.test, regenboog.las)
    brins = list(regenboog.board.schools.values_list("brin", flat=True))

    with django_assert_num_queries(20):
        page.get(GRANT_MANY, {"mist": "RIO"})
    with django_assert_num_queries(23):
        seen = step(page, GRANT_MANY, "volgende", **choose(regenboog, scholen=brins))
    with django_assert_num_queries(52):
        page.post(GRANT_MANY, {**hidden_fields(seen), "stap": "bevestigen"})
    assert Mandate.objects.filter(service=regenboog.rio).count() == schools
