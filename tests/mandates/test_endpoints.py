"""Endpoints: only the mandated system, with the mandate's token, in words when refused (D18)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.utils.timezone import now

from journal.acts import Actor, ActorKind, Refused, act
from journal.clock import today
from journal.models import Entry
from mandates.actions import (
    Registration,
    change_endpoint,
    end_endpoint,
    hand_out_routing_id,
    register_endpoint,
    revoke_mandate,
)
from mandates.models import Endpoint, Mandate, RoutingId
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
        ({"end_date": None}, "mandate_ends_earlier"),
        ({"end_date": today() + 31 * DAY}, "mandate_ends_earlier"),
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
        "mandate_ends_earlier",
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


def test_a_mandate_that_ended_leaves_its_routing_id_to_the_next_system(regenboog, send, mandate, leerspoor):
    """D12, D18: after a switch the new system takes over the routing id; the old endpoint keeps the days before."""
    old = send()
    revoke_mandate(actor=regenboog.anke, mandate=mandate)
    successor = make.MandateFactory(school=regenboog.school, service=regenboog.rio, system=regenboog.other_las)
    klasboek = Actor(kind=ActorKind.SUPPLIER, name="Klasboek", supplier_oin="00000099000000000002")

    new = send(actor=klasboek, system=regenboog.other_las, token=successor.token, end_date=None)

    old.refresh_from_db()
    assert old.end_date == today() - DAY
    assert list(Endpoint.objects.shown_on(today())) == [new]
    assert Entry.objects.about("endpoint", str(old.uuid)).last().type == "endpoint.gave_way"


def test_an_endpoint_that_is_shown_gives_way_to_nobody(regenboog, send, mandate):
    """D18: two mandates may be valid together (D2), two endpoints for one routing id may not."""
    send()
    other = make.MandateFactory(school=regenboog.school, service=regenboog.rio, system=regenboog.other_las)
    klasboek = Actor(kind=ActorKind.SUPPLIER, name="Klasboek", supplier_oin="00000099000000000002")

    with pytest.raises(Refused) as refused:
        send(actor=klasboek, system=regenboog.other_las, token=other.token)
    assert [problem.kind for problem in refused.value.problems] == ["second_endpoint"]


def test_an_endpoint_is_shown_on_the_days_of_its_mandate_only(regenboog, send, mandate):
    """D18"""
    endpoint = send(start_date=today() - 5 * DAY)

    revoke_mandate(actor=regenboog.anke, mandate=mandate)

    shown = {day: Endpoint.objects.shown_on(today() + day * DAY).exists() for day in (-6, -5, -1, 0, 1)}
    assert shown == {-6: False, -5: True, -1: True, 0: False, 1: False}
    endpoint = Endpoint.objects.select_related("mandate").get()
    assert (endpoint.shown_from, endpoint.shown_until) == (today() - 5 * DAY, today() - DAY)


def test_an_endpoint_that_is_still_to_come_is_shown_when_asked_for(send):
    """api-v2.md: include_future_endpoints"""
    endpoint = send(start_date=today() + 5 * DAY)

    assert not Endpoint.objects.shown_on(today())
    assert list(Endpoint.objects.shown_on(today(), or_later=True)) == [endpoint]


def test_an_endpoint_of_a_cancelled_mandate_is_never_shown(regenboog, send, mandate):
    """D9, D18"""
    coming = make.MandateFactory(
        school=regenboog.other_school, service=regenboog.rio, system=regenboog.las, start_date=today() + 5 * DAY
    )
    send(token=coming.token, routing_id="0000000700099AB00001", start_date=today() + 5 * DAY, end_date=None)

    revoke_mandate(actor=regenboog.anke, mandate=coming)

    assert not Endpoint.objects.shown()


def test_the_database_refuses_days_without_mandate_to_a_supplier(send, mandate, leerspoor):
    """D18"""
    endpoint = send()

    for changes in ({"end_date": None}, {"start_date": mandate.start_date - DAY}):
        with pytest.raises(IntegrityError), act("endpoint.changed", actor=leerspoor):
            Endpoint.objects.filter(pk=endpoint.pk).update(**changes)


def test_an_endpoint_may_get_shorter_after_its_mandate_did(regenboog, send, mandate, leerspoor):
    """D18"""
    endpoint = send()
    revoke_mandate(actor=regenboog.anke, mandate=mandate)

    assert end_endpoint(actor=leerspoor, system=regenboog.las, endpoint=endpoint).end_date == today() - DAY


@pytest.fixture
def hand_out(regenboog, mandate, leerspoor):
    """Ask for a routing id of the school, as the LAS."""

    def hand_out(system=regenboog.las, school=regenboog.school, actor=leerspoor) -> str:
        return hand_out_routing_id(actor=actor, system=system, school=school)

    return hand_out


def test_the_lowest_free_routing_id_is_handed_out_and_never_twice(regenboog, send, leerspoor, hand_out):
    """domain.md section 4; api-v2.md, Endpoints"""
    end_endpoint(actor=leerspoor, system=regenboog.las, endpoint=send())
    send(routing_id="0000000700099AA00003")

    assert [hand_out(), hand_out()] == ["0000000700099AA00002", "0000000700099AA00004"]
    entry = Entry.objects.about("routing_id", "0000000700099AA00002").get()
    assert (entry.type, entry.boards, entry.suppliers) == (
        "routing_id.handed_out",
        ["99001"],
        ["00000099000000000001"],
    )


def test_a_routing_id_is_handed_out_to_a_system_with_a_mandate_for_the_school_only(regenboog, hand_out, mandate):
    """api-v2.md, Endpoints"""
    for asked in ({"system": regenboog.other_las}, {"school": regenboog.other_school}, {"actor": regenboog.anke}):
        with pytest.raises(Refused) as refused:
            hand_out(**asked)
        assert [problem.kind for problem in refused.value.problems] == ["no_mandate"]
    revoke_mandate(actor=regenboog.anke, mandate=mandate)
    with pytest.raises(Refused):
        hand_out()
    assert not RoutingId.objects.exists()


def test_when_all_are_handed_out_the_one_that_waited_longest_is_next(regenboog, send, hand_out, leerspoor):
    """An unused number is not lost; one that had an endpoint is."""
    with act("routing_id.handed_out", actor=leerspoor):
        RoutingId.objects.bulk_create(
            RoutingId(
                routing_id=f"0000000700099AA00{number:03}",
                school=regenboog.school,
                system=regenboog.las,
                handed_out_at=now() - number * DAY,
            )
            for number in range(1, 1000)
        )
    send(routing_id="0000000700099AA00999")

    assert [hand_out(), hand_out()] == ["0000000700099AA00998", "0000000700099AA00997"]


def test_when_all_have_had_an_endpoint_there_is_none_left(regenboog, mandate, hand_out, leerspoor):
    with act("endpoint.registered", actor=leerspoor):
        Endpoint.objects.bulk_create(
            Endpoint(
                mandate=mandate,
                service_version=regenboog.rio_version,
                routing_id=f"0000000700099AA00{number:03}",
                url="https://las.example/rio",
                start_date=today(),
                end_date=today(),
            )
            for number in range(1, 1000)
        )

    with pytest.raises(Refused) as refused:
        hand_out()
    assert [problem.kind for problem in refused.value.problems] == ["no_routing_id"]


@pytest.mark.parametrize("routing_id", ["0000000700099AB00001", "0000000700099AA00000", "0000000700099AA01000"])
def test_the_database_keeps_a_handed_out_routing_id_to_its_school_and_form(regenboog, leerspoor, routing_id):
    """domain.md section 4"""
    with pytest.raises(IntegrityError), act("routing_id.handed_out", actor=leerspoor):
        RoutingId.objects.create(
            routing_id=routing_id, school=regenboog.school, system=regenboog.las, handed_out_at=now()
        )
