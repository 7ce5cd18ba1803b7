"""What the database itself refuses, whoever asks it (D1, D2, D3, D8, D9, D18)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from journal.acts import Actor, ActorKind, act, register
from journal.clock import today
from journal.models import Entry
from mandates.models import Endpoint, Mandate
from tests import factories as make

DAY = timedelta(days=1)
SPRING = date(2026, 3, 1)


@pytest.fixture
def give(regenboog):
    """Give a mandate for RIO to the LAS, with whatever is different."""

    def give(**different) -> Mandate:
        given = {"school": regenboog.school, "service": regenboog.rio, "system": regenboog.las}
        with transaction.atomic():
            return make.MandateFactory(**given | {"start_date": SPRING} | different)

    return give


def change(mandate: Mandate, **fields) -> None:
    with act("mandate.changed", actor=register("test")):
        Mandate.objects.filter(pk=mandate.pk).update(**fields)


# --- D1: one holder, of the service's level ---------------------------------------------------------------------------


def test_a_mandate_is_for_a_school_or_a_board_not_both(regenboog, give):
    """D1"""
    with pytest.raises(IntegrityError, match="mandate_has_one_holder"):
        give(board=regenboog.board)


def test_a_mandate_has_a_holder(regenboog, give):
    """D1"""
    with pytest.raises(IntegrityError):
        give(school=None, board=None, granting_board=regenboog.board, service=regenboog.bst)


def test_a_board_level_service_is_mandated_for_the_board(regenboog, give):
    """D1"""
    assert give(school=None, board=regenboog.board, service=regenboog.bst).pk
    with pytest.raises(IntegrityError, match="D1"):
        give(service=regenboog.bst)


def test_a_school_level_service_is_not_mandated_for_the_board(regenboog, give):
    """D1"""
    with pytest.raises(IntegrityError, match="D1"):
        give(school=None, board=regenboog.board)


# --- D2: no overlap ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start_date", "end_date"),
    [
        (SPRING, None),
        (SPRING + 5 * DAY, SPRING + 6 * DAY),
        (SPRING - 5 * DAY, SPRING),
        (SPRING - 5 * DAY, None),
        (SPRING + 10 * DAY, SPRING + 20 * DAY),
    ],
)
def test_two_mandates_for_one_system_cannot_overlap(give, start_date, end_date):
    """D2: end dates are inclusive, so sharing one day is overlapping."""
    give(end_date=SPRING + 10 * DAY)

    with pytest.raises(IntegrityError, match="on_one_day"):
        give(start_date=start_date, end_date=end_date)


def test_mandates_may_follow_one_another_without_a_gap(give):
    """D2"""
    give(end_date=SPRING + 10 * DAY)

    assert give(start_date=SPRING + 11 * DAY).pk


def test_a_cancelled_mandate_is_in_nobodys_way(give):
    """D9: it covers no day."""
    give(end_date=SPRING - DAY)

    assert give().pk


def test_different_systems_schools_and_services_may_overlap(regenboog, give):
    """D2: another vestiging may have another LAS."""
    give()

    assert give(system=regenboog.other_las).pk
    assert give(school=regenboog.other_school).pk
    assert give(service=regenboog.oso).pk


def test_board_level_mandates_cannot_overlap_either(regenboog, give):
    """D2"""
    give(school=None, board=regenboog.board, service=regenboog.bst)

    with pytest.raises(IntegrityError, match="on_one_day"):
        give(school=None, board=regenboog.board, service=regenboog.bst, start_date=SPRING + DAY)


# --- D3: locations ----------------------------------------------------------------------------------------------------


def test_a_mandate_is_limited_to_locations_of_its_own_school(give):
    """D3"""
    assert give(locations=["99AA01"], end_date=SPRING).pk
    with pytest.raises(IntegrityError, match="D3"):
        give(locations=["99AA01", "99AB00"], start_date=SPRING + DAY)


def test_a_mandate_is_not_limited_to_nothing(give):
    """D3: no limit is said by null, not by an empty list."""
    with pytest.raises(IntegrityError, match="mandate_is_limited_to_some_location"):
        give(locations=[])


# --- D7, D8, D9: dates ------------------------------------------------------------------------------------------------


def test_a_mandate_does_not_end_before_it_starts(give):
    """D7: the day before its start is how a cancelled one stands; earlier is nonsense."""
    with pytest.raises(IntegrityError, match="mandate_ends_no_earlier"):
        give(end_date=SPRING - 2 * DAY)


@pytest.mark.parametrize("field", ["service", "system", "school"])
def test_service_system_and_school_of_a_mandate_never_change(regenboog, give, field):
    """D8"""
    mandate = give()
    other = {"service": regenboog.oso, "system": regenboog.other_las, "school": regenboog.other_school}[field]

    with pytest.raises(IntegrityError, match="D8"):
        change(mandate, **{field: other})


def test_the_start_date_changes_only_while_it_lies_in_the_future(give):
    """D8"""
    coming = give(start_date=today() + 10 * DAY)
    change(coming, start_date=today() + 5 * DAY)
    coming.refresh_from_db()
    assert coming.start_date == today() + 5 * DAY

    with pytest.raises(IntegrityError, match="D8"):
        change(coming, start_date=today() - DAY)


def test_the_start_date_of_a_running_mandate_stays(give):
    """D8"""
    running = give(start_date=today())

    with pytest.raises(IntegrityError, match="D8"):
        change(running, start_date=today() + DAY)


def test_the_past_of_a_mandate_does_not_change(give):
    """D9: for days before the revocation it was valid."""
    mandate = give(start_date=today() - 30 * DAY)

    with pytest.raises(IntegrityError, match="D9"):
        change(mandate, end_date=today() - 2 * DAY)
    change(mandate, end_date=today() - DAY)


def test_an_ended_mandate_is_not_revived(give):
    """D9"""
    mandate = give(start_date=today() - 30 * DAY, end_date=today() - 10 * DAY)

    with pytest.raises(IntegrityError, match="D9"):
        change(mandate, end_date=None)


# --- D18: endpoints ---------------------------------------------------------------------------------------------------


@pytest.fixture
def register_endpoint(regenboog, give):
    """Register an endpoint of the LAS for RIO, with whatever is different."""
    mandate = give()

    def register_endpoint(**different) -> Endpoint:
        given = {
            "mandate": mandate,
            "service_version": regenboog.rio_version,
            "routing_id": "0000000700099AA00001",
            "url": "https://las.example/rio",
            "start_date": SPRING,
        }
        with act("endpoint.registered", actor=register("test")):
            return Endpoint.objects.create(**given | different)

    return register_endpoint


def test_an_endpoint_is_registered_for_its_school_and_version(register_endpoint):
    """D18"""
    assert register_endpoint().pk


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"url": "http://las.example/rio"}, "endpoint_url_is_https"),
        ({"url": "https://"}, "endpoint_url_is_https"),
        ({"routing_id": "0000000700099AB00001"}, "D18"),
        ({"routing_id": "0000000700099AA00000"}, "endpoint_routing_id_has_its_form"),
        ({"routing_id": "99AA"}, "D18|endpoint_routing_id_has_its_form"),
    ],
)
def test_an_endpoint_of_the_wrong_form_or_school_is_refused(register_endpoint, wrong, message):
    """D18"""
    with pytest.raises(IntegrityError, match=message):
        register_endpoint(**wrong)


def test_an_endpoint_is_for_a_version_of_the_mandated_service(regenboog, register_endpoint):
    """D18"""
    version = make.ServiceVersionFactory(service=regenboog.oso)

    with pytest.raises(IntegrityError, match="D18"):
        register_endpoint(service_version=version)


def test_a_board_level_service_takes_no_endpoints(regenboog, register_endpoint, give):
    """D18"""
    mandate = give(school=None, board=regenboog.board, service=regenboog.bst)
    version = make.ServiceVersionFactory(service=regenboog.bst)

    with pytest.raises(IntegrityError, match="D18"):
        register_endpoint(mandate=mandate, service_version=version)


def test_on_any_day_a_routing_id_has_one_endpoint_per_version(register_endpoint):
    """D18"""
    register_endpoint(end_date=SPRING + 5 * DAY)

    with pytest.raises(IntegrityError, match="one_endpoint_per_routing_id"):
        register_endpoint(start_date=SPRING + 5 * DAY, url="https://elders.example/rio")
    assert register_endpoint(start_date=SPRING + 6 * DAY).pk


# --- D4, D5, D6, D7: the gate -----------------------------------------------------------------------------------------


def put(actor: Actor, **fields) -> Mandate:
    """Put a row into the register as `actor`, past every action and form."""
    with act("mandate.granted", actor=actor):
        return Mandate.objects.create(**fields)


@pytest.fixture
def row(regenboog) -> dict:
    return {
        "school": regenboog.school,
        "service": regenboog.rio,
        "system": regenboog.las,
        "granting_board": regenboog.board,
        "start_date": today(),
    }


@pytest.mark.parametrize(
    "actor",
    [
        Actor(kind=ActorKind.ADMINISTRATOR, name="Bas", board_number="99002"),
        Actor(kind=ActorKind.ADMINISTRATOR, name="Bas"),
        Actor(kind=ActorKind.SUPPORT, name="Sam", board_number="99001", reason=" "),
        Actor(kind=ActorKind.SUPPLIER, name="Leerspoor", supplier_oin="00000099000000000001"),
    ],
)
def test_the_database_asks_who_gives_or_changes_a_mandate(regenboog, row, actor):
    """D4"""
    with pytest.raises(IntegrityError, match="D4"):
        put(actor, **row)
    mandate = put(regenboog.anke, **row)
    with pytest.raises(IntegrityError, match="D4"), act("mandate.changed", actor=actor):
        Mandate.objects.filter(pk=mandate.pk).update(end_date=today())


def test_the_database_lets_only_support_give_from_a_past_day(regenboog, row):
    """D7"""
    row["start_date"] = today() - DAY

    with pytest.raises(IntegrityError, match="D7"):
        put(regenboog.anke, **row)
    assert put(Actor(kind=ActorKind.SUPPORT, name="Sam", board_number="99001", reason="Gebeld"), **row).pk


@pytest.mark.parametrize(
    ("agreement", "start", "end", "refused"),
    [
        ({}, 0, None, False),
        ({"ended_on": today()}, 0, 0, False),
        ({"ended_on": today()}, 0, 1, True),
        ({"ended_on": today() + 5 * DAY}, 0, None, True),
        ({"ended_on": today() - DAY}, 0, 0, True),
        ({"signed_on": today() + DAY}, 0, None, True),
        ({"ended_on": today() + 5 * DAY}, 6, None, True),
        ({"signed_on": today() + 5 * DAY}, 6, None, True),
    ],
)
def test_the_database_wants_the_agreement_in_force_when_it_is_given_and_on_all_its_days(
    row, agreement, start, end, refused
):
    """D5"""
    board = make.BoardFactory(number="99009")
    make.AgreementFactory(board=board, **agreement)
    row |= {"school": make.SchoolFactory(board=board), "granting_board": board, "start_date": today() + start * DAY}
    row["end_date"] = None if end is None else today() + end * DAY
    actor = Actor(kind=ActorKind.ADMINISTRATOR, name="Bo", board_number="99009")

    if refused:
        with pytest.raises(IntegrityError, match="D5"):
            put(actor, **row)
    else:
        assert put(actor, **row).pk


def test_the_database_wants_the_services_own_agreement_too(regenboog, row):
    """D5"""
    with pytest.raises(IntegrityError, match="OSO agreement"):
        put(regenboog.anke, **row | {"service": regenboog.oso})


def test_the_database_wants_a_connected_system(regenboog, row):
    """D6"""
    unconnected = make.SystemFactory(supplier__connected_on=None)
    make.QualificationFactory(system=unconnected, service=regenboog.rio)
    withdrawn = make.QualificationFactory(service=regenboog.rio, withdrawn_on=today()).system

    for system in (regenboog.test_system, unconnected, withdrawn):
        with pytest.raises(IntegrityError, match="D6"):
            put(regenboog.anke, **row | {"system": system})


# --- What a declared act does not open --------------------------------------------------------------------------------

ACT = '{"type": "mandate.undone", "actor": {"kind": "register", "name": "x", "reason": ""}}'
DECLARED = f"SELECT set_config('osr.act', '{ACT}', true);"


def test_calling_a_change_an_undo_does_not_make_it_one(regenboog, give, run_sql):
    """D8, D13, D20: only the former dates come back."""
    begun = give(start_date=today())
    elsewhere = make.BoardFactory(number="99002")
    with act("school.moved", actor=register("test")):
        type(regenboog.school).objects.filter(pk=regenboog.school.pk).update(board=elsewhere)

    with pytest.raises(IntegrityError, match="D8"):
        run_sql(DECLARED + f"UPDATE mandates_mandate SET start_date = '2030-01-01' WHERE id = {begun.pk}")
    with pytest.raises(IntegrityError, match="D20"):
        run_sql(DECLARED + "UPDATE mandates_mandate SET end_date = '2040-01-01'")


def test_a_former_board_is_of_the_past_and_not_brought_silently(regenboog, run_sql):
    """D14, D20"""
    columns = "INSERT INTO schools_formerboard (school_id, board_id, until, grace_until) VALUES "
    values = f"({regenboog.school.pk}, {regenboog.board.pk}, "

    with pytest.raises(IntegrityError, match="D14"):
        run_sql(columns + values + "'2020-01-01', '2020-01-31')")
    with pytest.raises(IntegrityError, match="D14"):
        run_sql(DECLARED + columns + values + "'2099-01-01', '2099-01-01')")
    run_sql(DECLARED + columns + values + "'2020-01-01', '2020-01-31')")
    assert Entry.objects.filter(subject_kind="former_board").count() == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE services_system SET supplier_id = (SELECT max(id) FROM services_supplier)",
        "UPDATE services_service SET code = 'ANDERS' WHERE code = 'RIO'",
        "UPDATE services_supplier SET oin = '00000099000000000077' WHERE oin = '00000099000000000001'",
        "UPDATE services_apikey SET digest = repeat('a', 64) WHERE id = (SELECT min(id) FROM services_apikey)",
        "UPDATE schools_board SET number = '99099'",
        "UPDATE agreements_agreement SET signed_on = '2018-01-01'",
    ],
)
def test_what_a_row_is_known_by_stays(regenboog, run_sql, change):
    """D14, D15: past answers and history go by it."""
    with pytest.raises(IntegrityError, match="D14"):
        run_sql(DECLARED + change)


@pytest.mark.parametrize("day", ["infinity", "-infinity", "12000-01-01", "0001-01-01"])
def test_a_day_that_no_calendar_has_is_refused(give, run_sql, day):
    """It would break every question about the mandate."""
    mandate = give(start_date=today() + DAY)

    with pytest.raises(IntegrityError):
        run_sql(DECLARED + f"UPDATE mandates_mandate SET end_date = '{day}' WHERE id = {mandate.pk}")


@pytest.mark.parametrize("actor", ["{}", '{"kind": "register", "name": ""}', '{"kind": "iemand", "name": "x"}'])
def test_an_act_says_by_whom(regenboog, run_sql, actor):
    """D14"""
    declared = f"""SELECT set_config('osr.act', '{{"type": "x", "actor": {actor}}}', true);"""

    with pytest.raises(IntegrityError, match="D14"):
        run_sql(declared + "UPDATE schools_board SET name = 'Anders'")
