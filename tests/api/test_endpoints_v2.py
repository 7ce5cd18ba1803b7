"""Endpoints on the wire (api-v2.md, Endpoints; D18)."""

from datetime import timedelta
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.test import Client

from journal.acts import act
from journal.clock import today
from journal.models import Entry
from mandates.actions import revoke_mandate
from mandates.models import Endpoint, Mandate, RoutingId
from services.models import ServiceVersion
from tests import factories as make

DAY = timedelta(days=1)
ROUTING_ID = "0000000700099AA00001"


@pytest.fixture
def mandate(regenboog) -> Mandate:
    return make.MandateFactory(
        school=regenboog.school, service=regenboog.rio, system=regenboog.las, start_date=today() - 30 * DAY
    )


@pytest.fixture
def other_key(regenboog) -> str:
    make.ApiKeyFactory(system=regenboog.other_las, key="osr_klasboek")
    return "osr_klasboek"


@pytest.fixture
def call(regenboog):
    """Call a path as the mandated system, or with another key."""

    def call(method: str, path: str, key: str | None = regenboog.LAS_KEY, **given):
        headers = {"API-Key": key} if key else {}
        return getattr(Client(), method)(
            f"/api/v2/{path}",
            **({"content_type": "application/json"} if method != "get" else {}),
            **given,
            headers=headers,
        )

    return call


@pytest.fixture
def register(regenboog, mandate, call):
    """Register an endpoint as the mandated system, with whatever is different; None leaves a field out."""

    def register(key=regenboog.LAS_KEY, **different):
        body = {
            "mandate_token": str(mandate.token),
            "routing_id": ROUTING_ID,
            "service_version_namespace": regenboog.rio_version.namespace,
            "url": "https://las.example/rio",
        } | different
        return call("post", "endpoints", key, data={name: each for name, each in body.items() if each is not None})

    return register


@pytest.fixture
def find(regenboog, call):
    """Look endpoints up as a third party, or with another key."""

    def find(key=regenboog.TEST_KEY, **different) -> list[dict]:
        asked = {"school_oin": regenboog.school.oin, "service_version_namespace": regenboog.rio_version.namespace}
        asked = {name: each for name, each in (asked | different).items() if each is not None}
        response = call("get", "endpoints", key, data=asked)
        assert response.status_code == 200, response.json()
        return response.json()

    return find


# --- Registering ------------------------------------------------------------------------------------------------------


def test_the_mandated_system_registers_an_endpoint(regenboog, register, mandate):
    """D18: 201 with the endpoint, and where it is; the token never comes back (D10)."""
    response = register(attributes="LAS", end_date=(today() + 30 * DAY).isoformat())

    endpoint = Endpoint.objects.get()
    assert response.status_code == 201
    assert response.headers["Location"] == f"/api/v2/endpoints/{endpoint.pk}"
    assert response.json() == {
        "id": endpoint.pk,
        "routing_id": ROUTING_ID,
        "url": "https://las.example/rio",
        "attributes": "LAS",
        "start_date": today().isoformat(),
        "end_date": (today() + 30 * DAY).isoformat(),
        "user_is_owner": True,
        "_links": {
            "self": {"href": f"/api/v2/endpoints/{endpoint.pk}"},
            "school": {"href": f"/api/v2/schools/{regenboog.school.pk}"},
            "service": {"href": f"/api/v2/services/{regenboog.rio.pk}"},
            "service_version": {"href": f"/api/v2/service-versions/{regenboog.rio_version.pk}"},
            "system": {"href": f"/api/v2/systems/{regenboog.las.pk}"},
        },
    }
    entry = Entry.objects.about("endpoint", str(endpoint.uuid)).get()
    assert (entry.actor["kind"], entry.actor["name"]) == ("supplier", "Leerspoor")


def test_optional_fields_may_be_null(regenboog, mandate, call):
    """Clients write what they leave open as null."""
    body = {
        "mandate_token": str(mandate.token),
        "routing_id": ROUTING_ID,
        "service_version_namespace": regenboog.rio_version.namespace,
        "url": "https://las.example/rio",
        "attributes": None,
        "start_date": None,
        "end_date": None,
    }

    response = call("post", "endpoints", data=body)

    assert response.status_code == 201
    assert (response.json()["attributes"], response.json()["end_date"]) == ("", None)


@pytest.mark.parametrize(
    ("different", "named"),
    [
        ({"mandate_token": str(uuid4())}, "mandate_token"),
        ({"mandate_token": "geheim"}, "mandate_token"),
        ({"service_version_namespace": "http://example.nl/anders"}, "service_version_namespace"),
        ({"routing_id": "0000000700099AB00001"}, "routing_id"),
        ({"routing_id": "0000000700099AA00000"}, "routing_id"),
        ({"routing_id": "99AA"}, "routing_id"),
        ({"url": "http://las.example/rio"}, "url"),
        ({"url": None}, "url"),
        ({"start_date": "2001-01-01"}, "start_date"),
        ({"start_date": "0001-01-01"}, "start_date"),
        ({"start_date": "2026-02-30"}, "start_date"),
        ({"end_date": "2001-01-01"}, "end_date"),
        ({"end_date": "9999-12-31"}, "end_date"),
        ({"attributes": 7}, "attributes"),
        ({"Start_Date": "2030-01-01"}, "Start_Date"),
    ],
)
def test_what_cannot_be_registered_is_refused_by_name_and_nothing_is_stored(register, different, named):
    """D18; api-v2.md, Endpoints"""
    response = register(**different)

    assert response.status_code == 400
    assert response.json()["message"] == "Validation error(s)"
    assert list(response.json()["errors"]) == [named]
    assert not Endpoint.objects.exists()


def test_all_that_is_wrong_is_named_at_once(register):
    response = register(routing_id="anders", url="ftp://las.example", mandate_token=None, end_date="nooit")

    assert response.json()["errors"].keys() == {"routing_id", "url", "mandate_token", "end_date"}


def test_another_systems_token_is_unknown(register, other_key):
    """D10, D18"""
    assert list(register(key=other_key).json()["errors"]) == ["mandate_token"]


def test_the_mandate_must_be_valid_in_the_whole_period(regenboog, register, mandate):
    """D18"""
    revoke_mandate(actor=regenboog.anke, mandate=mandate)

    assert list(register().json()["errors"]) == ["start_date"]


def test_a_version_that_takes_no_endpoints_is_refused_in_the_documented_words(regenboog, register):
    """D18; api-v2.md, Endpoints"""
    version = make.ServiceVersionFactory(service=regenboog.bst)

    response = register(service_version_namespace=version.namespace)

    assert response.status_code == 400
    assert response.json() == {"message": "The given service version does not allow endpoint registrations"}


def test_a_version_that_has_ended_takes_no_new_endpoint_and_keeps_what_it_has(regenboog, register, call):
    """D18"""
    present = register().json()["id"]
    with act("service_version.ended", actor=make.TESTS):
        ServiceVersion.objects.update(status=ServiceVersion.Status.ENDED)

    response = register(routing_id="0000000700099AA00002")

    assert response.status_code == 400
    assert response.json()["errors"] == {"service_version_namespace": ["This service version has ended."]}
    assert call("put", f"endpoints/{present}", data={"url": "https://las.example/new"}).status_code == 201


def test_a_second_endpoint_for_the_routing_id_and_version_is_refused(register):
    """D18"""
    register()

    assert list(register(url="https://elders.example").json()["errors"]) == ["routing_id"]


def test_registering_takes_a_key(regenboog, call, register):
    """api-v2.md, Endpoints"""
    assert register(key=None).status_code == 401


# --- Finding ----------------------------------------------------------------------------------------------------------


def test_everybody_who_is_known_finds_it_and_only_its_system_owns_it(regenboog, register, find, mandate):
    """D18; the token never appears (D10)."""
    register()

    (seen,) = find()
    (own,) = find(regenboog.LAS_KEY)

    assert (seen["user_is_owner"], own["user_is_owner"]) == (False, True)
    assert str(mandate.token) not in str(seen) + str(own)


def test_it_is_found_by_routing_id_or_school_and_by_attributes(register, find):
    register(attributes="LAS")

    assert len(find()) == len(find(school_oin=None, routing_id=ROUTING_ID)) == len(find(attributes="LAS")) == 1
    for other in (
        {"routing_id": "0000000700099AA00002"},
        {"attributes": "las"},
        {"school_oin": "0000000700099AB00000"},
        {"school_oin": "00000003272448340204"},
        {"service_version_namespace": "http://example.nl/anders"},
    ):
        assert find(**other) == []


def test_a_namespace_may_be_plain_or_percent_encoded(regenboog, register):
    """api-v2.md, General"""
    register()
    namespace = regenboog.rio_version.namespace

    for written in (namespace, quote(namespace, safe="")):
        path = f"/api/v2/endpoints?routing_id={ROUTING_ID}&service_version_namespace={written}"
        assert len(Client().get(path, headers={"API-Key": regenboog.TEST_KEY}).json()) == 1


def test_the_reference_date_decides_and_the_future_is_shown_when_asked_for(register, find):
    start, end = today() + 5 * DAY, today() + 10 * DAY
    register(start_date=start.isoformat(), end_date=end.isoformat())

    found = {day: len(find(reference_date=day.isoformat())) for day in (today(), start, end, end + DAY)}
    assert found == {today(): 0, start: 1, end: 1, end + DAY: 0}
    assert len(find(include_future_endpoints="true")) == 1
    assert find(include_future_endpoints="true", reference_date=(end + DAY).isoformat()) == []


def test_with_a_routing_id_there_is_at_most_one_endpoint(register, find):
    """api-v2.md, Endpoints: the one of the day or else, when asked for, the first that is still to come."""
    for start, end in ((10, 14), (0, 4), (5, 9)):
        register(start_date=(today() + start * DAY).isoformat(), end_date=(today() + end * DAY).isoformat())

    (now,) = find(school_oin=None, routing_id=ROUTING_ID, include_future_endpoints="true")
    assert now["start_date"] == today().isoformat()
    assert len(find(include_future_endpoints="true")) == 3


def test_it_is_shown_for_the_days_of_its_mandate_only(regenboog, register, find, call, mandate):
    """D18"""
    register(start_date=(today() - 5 * DAY).isoformat())
    revoke_mandate(actor=regenboog.anke, mandate=mandate)

    assert find() == []
    (past,) = find(reference_date=(today() - DAY).isoformat())
    assert past["end_date"] == (today() - DAY).isoformat()


def test_what_is_never_shown_is_there_for_its_owner_only(regenboog, register, call, mandate):
    """D9, D18: a mandate that was cancelled before it began."""
    coming = make.MandateFactory(
        school=regenboog.other_school, service=regenboog.rio, system=regenboog.las, start_date=today() + 5 * DAY
    )
    response = register(
        mandate_token=str(coming.token),
        routing_id="0000000700099AB00001",
        start_date=(today() + 5 * DAY).isoformat(),
    )
    path = response.headers["Location"].removeprefix("/api/v2/")
    assert call("get", path, regenboog.TEST_KEY).status_code == 200
    revoke_mandate(actor=regenboog.anke, mandate=coming)

    assert call("get", path).status_code == 200
    assert call("get", path, regenboog.TEST_KEY).json() == {"message": f"Endpoint with id {path[10:]} does not exist."}


def test_a_list_takes_as_many_statements_for_many_as_for_one(register, find, django_assert_num_queries):
    for number in range(1, 6):
        register(routing_id=f"0000000700099AA0000{number}")

    with django_assert_num_queries(2):  # who calls, and the endpoints
        assert len(find()) == 5


# --- Changing and ending ----------------------------------------------------------------------------------------------


@pytest.fixture
def path(register) -> str:
    return register().headers["Location"].removeprefix("/api/v2/")


def test_the_owner_changes_it(call, path):
    """api-v2.md, Endpoints: yes, 201."""
    response = call("put", path, data={"url": "https://nieuw.example/rio", "attributes": ""})

    assert (response.status_code, response.json()) == (201, {"message": "Endpoint is updated."})
    assert Endpoint.objects.get().url == "https://nieuw.example/rio"


def test_a_client_may_send_the_whole_endpoint_back_but_not_move_it(regenboog, call, path):
    """Routing id and version are what it is known by."""
    whole = {"routing_id": ROUTING_ID, "service_version_namespace": regenboog.rio_version.namespace, "attributes": "x"}

    assert call("put", path, data=whole).status_code == 201
    response = call("put", path, data=whole | {"routing_id": "0000000700099AA00002"})
    assert list(response.json()["errors"]) == ["routing_id"]


def test_an_end_date_of_null_takes_the_end_away(call, path):
    call("put", path, data={"end_date": today().isoformat()})
    assert call("put", path, data={"end_date": None}).status_code == 201

    assert Endpoint.objects.get().end_date is None


def test_it_moves_to_a_later_mandate_with_that_ones_token(regenboog, call, path, mandate):
    """D9: a mandate given anew."""
    revoke_mandate(actor=regenboog.anke, mandate=mandate)
    again = make.MandateFactory(
        school=regenboog.school, service=regenboog.rio, system=regenboog.las, start_date=today()
    )

    assert call("put", path, data={"mandate_token": str(again.token)}).status_code == 201
    assert Endpoint.objects.get().mandate == again


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "body"),
        ({"url": "http://nieuw.example"}, "url"),
        ({"url": None}, "url"),
        ({"start_date": "2001-01-01"}, "start_date"),
        ({"end_date": "2001-01-01"}, "end_date"),
        ({"mandate_token": str(uuid4())}, "mandate_token"),
    ],
)
def test_a_change_keeps_the_same_rules(call, path, given, named):
    """D18"""
    response = call("put", path, data=given)

    assert response.status_code == 400
    assert list(response.json()["errors"]) == [named]


def test_nobody_else_changes_or_ends_it(regenboog, call, path, other_key):
    """D18; api-v2.md, Endpoints"""
    for method in ("put", "delete"):
        for key in (other_key, regenboog.TEST_KEY):
            response = call(method, path, key, data={"url": "https://elders.example"})
            assert response.status_code == 403
        assert call(method, path, None).status_code == 401
        assert call(method, "endpoints/999999").json() == {"message": "Endpoint with id 999999 does not exist."}
    assert Endpoint.objects.get().url == "https://las.example/rio"


def test_ending_it_leaves_its_history(call, path, find):
    """D14, D18: twice is the same as once."""
    assert [call("delete", path).status_code for _ in range(2)] == [204, 204]

    assert find() == []
    endpoint = Endpoint.objects.get()
    assert endpoint.end_date == today() - DAY
    assert Entry.objects.about("endpoint", str(endpoint.uuid)).count() == 2


# --- Routing ids ------------------------------------------------------------------------------------------------------


def test_a_mandated_system_is_handed_out_the_lowest_free_routing_id(regenboog, call, mandate):
    """api-v2.md, Endpoints"""
    response = call("get", "endpoints/available-routing-id", data={"school_oin": regenboog.school.oin})

    assert (response.status_code, response.json()) == (200, {"routing_id": ROUTING_ID})


def test_for_a_school_without_mandate_there_is_none(regenboog, call, mandate):
    """api-v2.md, Endpoints: the owner of a mandate for the school only; an unknown school is one without."""
    for key, oin in (
        (regenboog.TEST_KEY, regenboog.school.oin),
        (regenboog.LAS_KEY, regenboog.other_school.oin),
        (regenboog.LAS_KEY, "0000000700099ZZ00000"),
    ):
        response = call("get", "endpoints/available-routing-id", key, data={"school_oin": oin})
        assert response.status_code == 403
    assert call("get", "endpoints/available-routing-id", None).status_code == 401
    assert not RoutingId.objects.exists()
