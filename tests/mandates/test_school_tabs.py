"""The tabs of a school: Routeringskenmerken (D18) and Raadplegingen (D17)."""

import re
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client

from journal.acts import Actor, ActorKind, act, register
from journal.clock import today
from mandates import check_history
from mandates.actions import Registration, hand_out_routing_id, register_endpoint, revoke_mandate
from mandates.checks import Caller, check_mandate
from mandates.models import Check, Endpoint, Mandate
from mandates.wording import day_in_words
from schools.models import School
from schools.numbers import school_oin
from services.keys import digest_of
from tests import factories as make
from tests.mandates.test_pages import another_board, granted, text_of
from tests.register import make_membership

DAY = timedelta(days=1)
ENDPOINTS, HISTORY, CHECKS = (
    f"/scholen/99AA/{name}/" for name in ("routeringskenmerken", "geschiedenis", "raadplegingen")
)
OSO = "http://xml.eld.nl/schemas/Overstapservice/20180404"
LEERSPOOR = Actor(kind=ActorKind.SUPPLIER, name="Leerspoor", supplier_oin="00000099000000000001")


@pytest.fixture
def page(regenboog, client) -> Client:
    """A browser in which Anke de Vries is signed in."""
    make.ServiceVersionFactory(service=regenboog.oso, namespace=OSO)
    client.force_login(regenboog.person)
    return client


def address(mandate: Mandate, number: int = 1, **different) -> Endpoint:
    """What the mandated system registers."""
    given = {
        "routing_id": f"{mandate.school.oin[:15]}00{number:03}",
        "namespace": OSO,
        "url": f"https://leerspoor.example/oso/{number}",
        "start_date": max(today(), mandate.start_date),
    }
    return register_endpoint(
        actor=LEERSPOOR, system=mandate.system, token=mandate.token, registration=Registration(**given | different)
    )


def move(school: School, board) -> None:
    """Let a school go to a board, as an import does (D20)."""
    school.board = board
    with act("school.moved", actor=register("DUO-import")):
        school.save()


def ask(brin: str = "99AA", *, key: str = "osr_toets", about: str = LEERSPOOR.supplier_oin, **different) -> None:
    """Ask, as a supplier does, whether a system may exchange data for a school."""
    if not different:
        different = {"service_code": "RIO"}
    check_mandate(
        Caller(key_digest=digest_of(key), certificate_oin=None),
        school_oin=school_oin(brin),
        supplier_oin=about,
        **{"day": today()} | different,
    )


def log_checks(
    count: int,
    *,
    caller: str = "00000099000000000003",
    service: str = "RIO",
    ago: timedelta = timedelta(seconds=1),
    apart: timedelta = timedelta(seconds=1),
) -> None:
    """Many checks about De Regenboog at once: the last `ago`, the others each `apart` before it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO mandates_check (id, checked_at, caller_oin, brin, school_oin, supplier_oin, service_code,
                                           service_version_namespace, reference_date, mandated)
               SELECT uuidv7(), now() - %s - number * %s, %s, '99AA', '', '00000099000000000002', %s, '',
                      '2026-01-01'::date + (number %% 300)::int, number %% 2 = 0
                 FROM generate_series(0, %s) number""",
            [ago, apart, caller, service, count - 1],
        )


def link(response, name: str) -> str:
    """The address behind a link with this text."""
    found = re.search(rf'href="([^"]+)"[^>]*>{name}</a>', response.content.decode())
    return found[1].replace("&amp;", "&") if found else ""


# --- The tabs ---------------------------------------------------------------------------------------------------------


def test_every_page_of_a_school_has_the_tabs_and_says_which_one_it_is(page):
    for path in ("/scholen/99AA/", ENDPOINTS, HISTORY, CHECKS):
        html = page.get(path).content.decode()
        tabs = html.split('aria-label="Over deze school"')[1].split("</nav>")[0]

        assert re.findall(r'href="([^"]+)" aria-current="page"', tabs) == [path]
        for name in ("Mandaten", "Routeringskenmerken bekijken", "Geschiedenis", "Raadplegingen"):
            assert name in tabs


@pytest.mark.parametrize("brin", ["99ZZ", "99XX", "onzin", "%00"])
@pytest.mark.parametrize("tab", ["routeringskenmerken", "geschiedenis", "raadplegingen"])
def test_the_tabs_of_another_boards_school_do_not_exist(page, tab, brin):
    """D4"""
    another_board()

    assert page.get(f"/scholen/{brin}/{tab}/").status_code == 404


def test_a_board_with_one_school_is_not_shown_the_way_to_others(regenboog, client):
    school = make.SchoolFactory(brin="99XA")
    person = make.UserFactory()
    make_membership(person, school.board)
    client.force_login(person)

    for tab in ("routeringskenmerken", "geschiedenis", "raadplegingen"):
        assert (
            "/mandaten/"
            not in client.get(f"/scholen/99XA/{tab}/").content.decode().split("Kruimelpad")[1].split("</nav>")[0]
        )


# --- Routeringskenmerken (D18) ----------------------------------------------------------------------------------------


def test_without_a_mandate_the_page_says_that_and_leads_to_the_form(page):
    response = page.get(ENDPOINTS)

    assert "Deze school is nog niet aangesloten op OSO: er is geen mandaat." in text_of(response)
    assert "/scholen/99AA/mandaten/toevoegen/?dienst=OSO-OV" in response.content.decode()


def test_with_a_mandate_only_the_supplier_is_named_to_ask(regenboog, page):
    granted(regenboog.school, regenboog.oso, regenboog.las)

    text = text_of(page.get(ENDPOINTS))

    assert (
        "Deze school is nog niet aangesloten op OSO: uw leverancier heeft nog geen afleveradres geregistreerd." in text
    )
    assert "Vraag Leerspoor BV (voor Leerspoor) om het afleveradres te registreren." in text


def test_with_an_endpoint_that_counts_today_the_school_is_connected(regenboog, page):
    """D18"""
    mandate = granted(regenboog.school, regenboog.oso, regenboog.las)
    endpoint = address(mandate, end_date=today() + 9 * DAY)

    response = page.get(ENDPOINTS)
    text = text_of(response)

    assert "Deze school is aangesloten op OSO." in text
    for told in (
        endpoint.routing_id,
        endpoint.url,
        OSO,
        "Leerspoor",
        day_in_words(today()),
        day_in_words(today() + 9 * DAY),
    ):
        assert told in text
    assert str(mandate.token) not in response.content.decode()  # D10


def test_an_endpoint_of_a_revoked_mandate_connects_nothing_and_is_kept_apart(regenboog, page):
    """D16, D18"""
    mandate = granted(regenboog.school, regenboog.oso, regenboog.las)
    address(mandate, start_date=today() - 3 * DAY)
    revoke_mandate(actor=regenboog.anke, mandate=mandate)

    response = page.get(ENDPOINTS)

    assert "nog niet aangesloten op OSO: er is geen mandaat" in text_of(response)
    assert "https://leerspoor.example" not in text_of(response)
    former = page.get(ENDPOINTS, {"eerder": "ja"})
    assert "https://leerspoor.example/oso/1" in text_of(former)
    assert day_in_words(today() - DAY) in text_of(former)
    assert "Toon ook wat niet meer geldt (1)" in text_of(response)


def test_what_is_to_come_is_told_with_its_day(regenboog, page):
    coming = granted(regenboog.school, regenboog.oso, regenboog.las, start_date=today() + 5 * DAY)
    begins = day_in_words(today() + 5 * DAY)

    assert f"het mandaat begint op {begins}, en uw leverancier heeft nog geen afleveradres" in text_of(
        page.get(ENDPOINTS)
    )
    address(coming)
    text = text_of(page.get(ENDPOINTS))
    assert f"nog niet aangesloten op OSO: dat begint op {begins}. U hoeft niets te doen." in text


def test_oso_comes_first_and_a_service_that_takes_no_endpoints_is_not_there(page):
    """domain.md section 5: which services take endpoints is data."""
    make.ServiceFactory(code="AAA", takes_endpoints=False)

    text = text_of(page.get(ENDPOINTS))

    assert text.index("aangesloten op OSO") < text.index("aangesloten op DOORSTROOM") < text.index("aangesloten op RIO")
    assert "aangesloten op AAA" not in text
    assert "aangesloten op BST" not in text
    assert "Geen routeringskenmerk en geen adres" in text


def test_a_service_that_has_ended_is_there_while_something_of_it_is(regenboog, page):
    old = make.ServiceFactory(code="EINDTOETS", is_active=False)

    assert "EINDTOETS" not in text_of(page.get(ENDPOINTS))
    granted(regenboog.school, old, regenboog.las)
    assert "aangesloten op EINDTOETS" in text_of(page.get(ENDPOINTS))


def test_a_routing_id_that_waits_for_its_address_is_shown(regenboog, page):
    granted(regenboog.school, regenboog.oso, regenboog.las)
    routing_id = hand_out_routing_id(actor=LEERSPOOR, system=regenboog.las, school=regenboog.school)

    text = text_of(page.get(ENDPOINTS))
    assert routing_id in text
    assert f"uitgegeven aan Leerspoor BV (voor Leerspoor) op {day_in_words(today())}" in text


def test_a_school_with_forty_administrations_has_pages_and_search(regenboog, page):
    mandate = granted(regenboog.school, regenboog.oso, regenboog.las)
    for number in range(1, 41):
        address(mandate, number)

    assert page.get(ENDPOINTS).content.decode().count("leerspoor.example/oso/") == 25
    assert page.get(ENDPOINTS, {"pagina": "2"}).content.decode().count("leerspoor.example/oso/") == 15
    assert page.get(ENDPOINTS, {"pagina": "alle"}).content.decode().count("leerspoor.example/oso/") == 40
    found = page.get(ENDPOINTS, {"zoek": "00037"})
    assert found.content.decode().count("leerspoor.example/oso/") == 1
    assert "Niets gevonden" in text_of(page.get(ENDPOINTS, {"zoek": "bestaat niet\0"}))


def test_the_endpoints_of_other_schools_and_boards_are_not_shown(regenboog, page):
    """D4"""
    for school in (another_board(), regenboog.other_school):
        address(granted(school, regenboog.oso, regenboog.las), url=f"https://elders.example/{school.brin}")

    assert "elders.example" not in page.get(ENDPOINTS).content.decode()


@pytest.mark.parametrize("number", [1, 20])
def test_the_endpoints_take_a_fixed_number_of_queries(regenboog, page, number, django_assert_num_queries):
    """P6"""
    mandate = granted(regenboog.school, regenboog.oso, regenboog.las)
    for each in range(1, number + 1):
        address(mandate, each)

    with django_assert_num_queries(11):
        page.get(ENDPOINTS)


# --- Raadplegingen (D17) ----------------------------------------------------------------------------------------------


def test_who_asked_about_the_school_is_told_with_the_answer(regenboog, page):
    """D17"""
    granted(regenboog.school, regenboog.rio, regenboog.las)
    ask()
    ask(day=today() - 300 * DAY, service_code=None, namespace=regenboog.rio_version.namespace)

    rows = text_of(page.get(CHECKS)).split("Antwoord")[1]

    moment = rf"{day_in_words(today())} \d\d\.\d\d uur"
    asked = "Toetsplein BV met Toetsplein RIO Leerspoor BV"
    long_ago = day_in_words(today() - 300 * DAY)
    assert re.search(rf"^ {moment} {asked} {long_ago} nee {moment} {asked} {day_in_words(today())} ja ", rows)


def test_what_nobody_knows_is_shown_as_it_was_asked(page):
    ask(about="00000099999999999999", service_code="<b>WEG</b>" + "X" * 300)

    html = page.get(CHECKS).content.decode()

    assert "&lt;b&gt;WEG" in html
    assert "X" * 61 not in html
    assert "onbekend (00000099999999999999)" in html


def test_without_checks_the_page_says_so(page):
    assert "Nog niemand vroeg iets over deze school." in text_of(page.get(CHECKS))


def test_checks_about_other_schools_are_not_shown(regenboog, page):
    """D4, D17"""
    another_board()
    ask("99ZZ")
    ask("99AB")

    assert "Nog niemand" in text_of(page.get(CHECKS))


def test_the_new_board_sees_the_checks_since_the_school_came(regenboog, page, client):
    """D20: who asked before is the former board's (docs/decisions/021-what-a-board-sees.md)."""
    overkant = another_board().board
    log_checks(3)
    log_checks(1, service="OUD", ago=3 * DAY)
    assert "OUD" in text_of(page.get(CHECKS))
    move(regenboog.school, overkant)
    person = make.UserFactory()
    make_membership(person, overkant)
    client.force_login(person)

    text = text_of(client.get(CHECKS))

    assert "OUD" not in text
    assert f"U ziet de vragen vanaf {day_in_words(today())}: toen kwam de school bij uw bestuur." in text


def test_the_checks_are_narrowed_to_supplier_service_and_days(regenboog, page):
    ask()
    ask(key="osr_las", service_code="DOORSTROOM")

    def found(**asked) -> int:
        return page.get(CHECKS, asked).content.decode().count("<tr") - 1

    assert found() == 2
    assert found(leverancier="00000099000000000003") == 1
    assert found(dienst="DOORSTROOM") == 1
    assert found(dienst="DOORSTROOM", leverancier="00000099000000000003") == -1
    assert found(van=today().isoformat(), tot=today().isoformat()) == 2
    assert found(tot=(today() - DAY).isoformat()) == -1
    assert found(leverancier="niemand", dienst="onzin") == 2


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"van": "2026-02-30"}, "30 februari 2026 bestaat niet."),
        ({"tot": "gisteren"}, "Vul een datum in als dag-maand-jaar"),
        ({"van": "2026-02-02", "tot": "2026-02-01"}, "Deze dag ligt vóór de eerste dag."),
        ({"tot": "9999-12-31"}, "Kies een jaar vanaf 1900."),
    ],
)
@pytest.mark.parametrize("path", [CHECKS, HISTORY, "/geschiedenis/"])
def test_days_that_cannot_be_are_told_at_their_field(page, path, asked, problem):
    response = page.get(path, asked)

    assert text_of(response).count(problem) == 2
    assert 'href="#van"' in response.content.decode() or 'href="#tot"' in response.content.decode()


def test_one_goes_back_and_forth_through_many_checks(page):
    """25 at a time, nothing twice and nothing left out."""
    log_checks(60)

    def days(response) -> list[str]:
        return re.findall(r'data-label="Over de dag">([^<]+)<', response.content.decode())

    first = page.get(CHECKS)
    second = page.get(CHECKS + link(first, "Oudere"))
    third = page.get(CHECKS + link(second, "Oudere"))

    assert [len(days(response)) for response in (first, second, third)] == [25, 25, 10]
    assert len({*days(first), *days(second), *days(third)}) == 60
    assert not link(first, "Nieuwere")
    assert not link(third, "Oudere")
    assert days(page.get(CHECKS + link(third, "Nieuwere"))) == days(second)
    assert days(page.get(CHECKS + link(second, "Nieuwere"))) == days(first)
    assert days(page.get(CHECKS + link(third, "Naar de nieuwste"))) == days(first)


def test_checks_of_one_batch_share_a_moment_and_all_are_shown(page):
    """Asked in one request, they are recorded in one transaction."""
    log_checks(30, apart=timedelta(0))
    first = page.get(CHECKS)
    second = page.get(CHECKS + link(first, "Oudere"))

    days = [re.findall(r'data-label="Over de dag">([^<]+)<', each.content.decode()) for each in (first, second)]
    assert [len(set(each)) for each in days] == [25, 5]
    assert not set(days[0]) & set(days[1])


@pytest.mark.parametrize("place", ["onzin", "_", "20261122T101010.000000_x", "9" * 400, "\0"])
def test_a_place_in_the_list_that_is_none_counts_for_nothing(page, place):
    log_checks(3)

    for name in ("voor", "na"):
        for path in (CHECKS, HISTORY, "/geschiedenis/"):
            assert page.get(path, {name: place}).status_code == 200


def test_a_supplier_that_asked_long_ago_is_looked_for_in_stretches(page):
    """Millions of checks by others are not read to find one; the page says how far it looked and goes on."""
    log_checks(60)
    log_checks(1, caller="00000099000000000001", ago=timedelta(minutes=2))
    with patch.object(check_history, "_LOOK_THROUGH", 40):
        response = page.get(CHECKS, {"leverancier": "00000099000000000001"})
        assert "Nog niets gevonden." in text_of(response)
        further = page.get(CHECKS + link(response, "Oudere"))
        assert "Leerspoor BV" in text_of(further).split("Antwoord")[1]
        assert "Nieuwere" in text_of(further)
        assert not link(further, "Oudere")


def test_the_checks_are_found_along_the_index_and_not_counted(page, django_assert_num_queries, run_sql):
    """P6: as fast for the last of ten million as for the first."""
    log_checks(2_000)
    # Among as many of other schools, and with statistics that know of them all.
    run_sql(
        "INSERT INTO mandates_check (id, checked_at, caller_oin, brin, school_oin, supplier_oin, service_code,"
        " service_version_namespace, reference_date, mandated)"
        " SELECT uuidv7(), checked_at, caller_oin, '99' || chr(65 + n % 26) || chr(66 + n % 25), school_oin,"
        " supplier_oin, service_code, service_version_namespace, reference_date, mandated"
        " FROM mandates_check CROSS JOIN generate_series(1, 10) n",
        as_owner=True,
    )
    run_sql("ANALYZE mandates_check", as_owner=True)

    with django_assert_num_queries(12) as queries:
        response = page.get(CHECKS)
    older = re.search(r"voor=([^&\"]+)", link(response, "Oudere"))[1]
    assert not any("COUNT" in query["sql"] for query in queries if "mandates_check" in query["sql"])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        moment, number = check_history.place_of(older)
        cursor.execute(
            "EXPLAIN SELECT * FROM mandates_check WHERE brin = '99AA' AND checked_at <= %s"
            " AND (checked_at, id) < (%s, %s) ORDER BY checked_at DESC, id DESC LIMIT 26",
            [moment, moment, number],
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "brin_checked_at" in plan
    assert Check.objects.filter(brin="99AA").count() == 2_000
