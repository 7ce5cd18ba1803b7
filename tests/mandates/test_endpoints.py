"""Endpoints: only the mandated system, with the mandate's token, in words when refused (D18)."""

from datetime import timedelta
from uuid import uuid4

import pytest

from journal.acts import Actor, ActorKind, Refused
from journal.clock import today
from journal.models import Entry
from mandates.actions import Registration, change_endpoint, end_endpoint, free_routing_id, register_endpoint
from mandates.models import Endpoint, Mandate
from tests import factories as make

DAY = timedelta(days=1)
ROUTING_ID = "0000000700099AA00001"


@pytest.fixture
def mandate(regenboog) -> Mandate:
    return make.MandateFactory(
        school=regenboog.school,
        service=regenboog.rio,
        system=regenboog.las,
        start_date=today() - 30 * DAY,
        end_date=today() + 30 * DAY,
    )


@pytest.fixture
def leerspoor() -> Actor:
    return Actor(kind=ActorKind.SUPPLIER, name="Leerspoor", supplier_oin="00000099000000000001")


@pytest.fixture
def send(regenboog, mandate, leerspoor):
    """Register an endpoint as the LAS, with whatever is different."""

    def send(*, actor=leerspoor, system=regenboog.las, token=mandate.token, **different) -> Endpoint:
        given = {
            "routing_id": ROUTING_ID,
            "namespace": regenboog.rio_version.namespace,
            "url": "https://las.example/rio",
            "attributes": "LAS",
            "start_date": today(),
            "end_date": today() + 30 * DAY,
        }
        return register_endpoint(
            actor=actor, system=system, token=token, registration=Registration(**given | different)
        )

    return send


def test_the_mandated_system_registers_an_endpoint(send, mandate):
    """D18"""
    endpoint = send()

    assert (endpoint.mandate, endpoint.routing_id) == (mandate, ROUTING_ID)
    entry = Entry.objects.about("endpoint", str(endpoint.uuid)).get()
    assert (entry.type, entry.boards, entry.suppliers) == ("endpoint.registered", ["99001"], ["00000099000000000001"])
    assert str(mandate.token) not in str(entry.after)


@pytest.mark.parametrize(
    ("different", "kind"),
    [
        ({"token": uuid4()}, "unknown_token"),
        ({"namespace": "http://example.nl/anders"}, "other_service"),
        ({"routing_id": "0000000700099AB00001"}, "routing_id"),
        ({"routing_id": "0000000700099AA00000"}, "routing_id"),
        ({"routing_id": "0000000700099AA0001"}, "routing_id"),
        ({"routing_id": "0000000700099AA0000١"}, "routing_id"),
        ({"url": "http://las.example/rio"}, "url"),
        ({"url": "https:///rio"}, "url"),
        ({"url": "https://las.example/met spatie"}, "url"),
        ({"url": "https://las.example:99999/"}, "url"),
        ({"url": "https://[::1"}, "url"),
        ({"url": "https://las.example/" + "a" * 3000}, "url"),
        ({"start_date": today() + 5 * DAY, "end_date": today()}, "dates_reversed"),
        ({"end_date": None}, "mandate_not_valid"),
        ({"end_date": today() + 31 * DAY}, "mandate_not_valid"),
        ({"start_date": today() - 31 * DAY}, "mandate_not_valid"),
    ],
)
def test_what_cannot_be_registered_is_said_in_words(send, different, kind):
    """D18"""
    with pytest.raises(Refused) as refused:
        send(**different)

    assert [problem.kind for problem in refused.value.problems] == [kind]
    assert not Endpoint.objects.exists()


def test_all_that_is_wrong_is_said_at_once(send):
    """D18"""
    with pytest.raises(Refused) as refused:
        send(namespace="http://example.nl/anders", routing_id="anders", url="ftp://las.example", end_date=None)

    assert [problem.kind for problem in refused.value.problems] == [
        "other_service",
        "routing_id",
        "url",
        "mandate_not_valid",
    ]


def test_another_systems_token_is_an_unknown_token(regenboog, send):
    """D10, D18"""
    with pytest.raises(Refused) as refused:
        send(system=regenboog.other_las)

    assert [problem.kind for problem in refused.value.problems] == ["unknown_token"]


def test_a_board_level_service_takes_no_endpoints(regenboog, send):
    """D18"""
    mandate = make.MandateFactory(school=None, board=regenboog.board, service=regenboog.bst, system=regenboog.las)
    version = make.ServiceVersionFactory(service=regenboog.bst)

    with pytest.raises(Refused) as refused:
        send(token=mandate.token, namespace=version.namespace)
    assert [problem.kind for problem in refused.value.problems] == ["no_endpoints"]


def test_on_any_day_there_is_one_endpoint_per_routing_id_and_version(regenboog, send):
    """D18"""
    send(end_date=today() + 5 * DAY)

    with pytest.raises(Refused) as refused:
        send(start_date=today() + 5 * DAY, url="https://elders.example")
    assert [problem.kind for problem in refused.value.problems] == ["second_endpoint"]
    assert send(start_date=today() + 6 * DAY)
    assert send(routing_id="0000000700099AA00002")
    other_version = make.ServiceVersionFactory(service=regenboog.rio)
    assert send(namespace=other_version.namespace)


def test_the_owner_changes_and_ends_its_endpoint(regenboog, send, leerspoor):
    """D18"""
    endpoint = send()

    change_endpoint(actor=leerspoor, system=regenboog.las, endpoint=endpoint, url="https://nieuw.example/rio")
    ended = end_endpoint(actor=leerspoor, system=regenboog.las, endpoint=endpoint)

    assert (ended.url, ended.end_date) == ("https://nieuw.example/rio", today() - DAY)
    assert [entry.type for entry in Entry.objects.about("endpoint", str(endpoint.uuid))] == [
        "endpoint.registered",
        "endpoint.changed",
        "endpoint.ended",
    ]
    assert send()


def test_nobody_else_changes_or_ends_it(regenboog, send, leerspoor):
    """D18"""
    endpoint = send()
    other = Actor(kind=ActorKind.SUPPLIER, name="Klasboek", supplier_oin="00000099000000000002")

    for attempt in (change_endpoint, end_endpoint):
        with pytest.raises(Refused):
            attempt(actor=other, system=regenboog.other_las, endpoint=endpoint)
        with pytest.raises(Refused):
            attempt(actor=regenboog.anke, system=regenboog.las, endpoint=endpoint)


def test_a_change_keeps_the_same_rules(regenboog, send, leerspoor):
    """D18"""
    endpoint = send(end_date=today() + 5 * DAY)
    send(start_date=today() + 6 * DAY)

    for changes, kind in (
        ({"url": "http://nieuw.example"}, "url"),
        ({"end_date": today() + 6 * DAY}, "second_endpoint"),
        ({"end_date": today() - DAY}, "dates_reversed"),
        ({"token": uuid4()}, "unknown_token"),
    ):
        with pytest.raises(Refused) as refused:
            change_endpoint(actor=leerspoor, system=regenboog.las, endpoint=endpoint, **changes)
        assert [problem.kind for problem in refused.value.problems] == [kind]


def test_the_lowest_routing_id_that_was_never_used_is_free(regenboog, send, leerspoor):
    """domain.md section 4; api-v2.md"""
    assert free_routing_id(regenboog.school) == ROUTING_ID
    end_endpoint(actor=leerspoor, system=regenboog.las, endpoint=send())
    send(routing_id="0000000700099AA00003")

    assert free_routing_id(regenboog.school) == "0000000700099AA00002"
