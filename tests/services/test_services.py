"""Services and versions are data: support adds, changes and ends them without a release (domain.md section 5)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection

from journal.acts import Actor, ActorKind, act
from journal.clock import today
from journal.models import Entry
from mandates.actions import reshape_service
from services.actions import (
    add_service,
    add_service_version,
    change_service,
    close_succession_offer,
    end_service,
    end_service_version,
    offer_succession,
    resume_service,
    set_successor,
)
from services.models import Service, ServiceVersion, SuccessionOffer
from tests import factories as make
from tests.services.test_suppliers import SAM, WITHOUT_REASON, problems_of

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
NAMESPACE = "http://xml.eld.nl/schemas/rod-po/1"


@pytest.fixture
def bron(db) -> Service:
    return make.ServiceFactory(code="BRON-PO", name="BRON PO", roles=["las"])


@pytest.fixture
def rod(db) -> Service:
    return make.ServiceFactory(code="ROD-PO", name="ROD PO", roles=["las"])


def changed(service: Service, **differently) -> dict:
    """What `change_service` takes to leave the service as it is, but for this."""
    names = ("name", "description", "roles", "agreement_kind", "deadline")
    return {"service": service, **{name: getattr(service, name) for name in names}, **differently}


# --- Adding and changing ----------------------------------------------------------------------------------------------


def test_a_service_is_added_without_a_release():
    service = add_service(
        actor=SAM,
        code=" rod-po ",
        name="ROD PO",
        description="Gegevens van leerlingen uitwisselen met DUO",
        roles=["toetssysteem", "las"],
        agreement_kind="OSO",
        deadline=today() + 30 * DAY,
    )

    assert (service.code, service.level, service.roles) == ("ROD-PO", "school", ["las", "toetssysteem"])
    assert service in Service.objects.active()
    assert (Entry.objects.last().type, Entry.objects.last().reason) == ("service.added", SAM.reason)


@pytest.mark.parametrize("code", ["", "ROD PO", "-ROD", "RÖD", "X" * 31])
def test_a_code_has_its_form(code):
    kinds = problems_of(add_service, code=code, name="ROD PO", roles=["las"]).keys()

    assert kinds == ({"wrong_code"} if code else {"no_code"})


def test_all_that_is_wrong_with_a_service_is_said_at_once(bron):
    problems = problems_of(
        add_service,
        actor=WITHOUT_REASON,
        code="BRON-PO",
        name="bron po",
        level="board",
        takes_endpoints=True,
        roles=[],
        agreement_kind="OSR",
        deadline=today(),
    )

    assert problems.keys() == {
        "no_reason",
        "code_taken",
        "name_taken",
        "no_roles",
        "endpoints_of_board",
        "wrong_agreement",
        "deadline_passed",
    }


def test_a_service_changes_but_for_its_code(bron):
    service = change_service(actor=SAM, **changed(bron, name="BRON po", deadline=today() + DAY, roles=["overig"]))

    assert (service.code, service.name, service.roles) == ("BRON-PO", "BRON po", ["overig"])
    assert problems_of(change_service, **changed(service)).keys() == {"nothing_to_do"}
    with pytest.raises(IntegrityError, match="D14"), act("service.changed", actor=SAM):
        Service.objects.filter(pk=bron.pk).update(code="BRON")


def test_a_deadline_that_is_past_may_stand_and_not_be_chosen(bron):
    with act("service.changed", actor=make.TESTS):
        Service.objects.update(deadline=date(2026, 1, 1))
    bron.refresh_from_db()

    service = change_service(actor=SAM, **changed(bron, name="BRON po"))

    assert service.deadline == date(2026, 1, 1)
    assert problems_of(change_service, **changed(service, deadline=today())).keys() == {"deadline_passed"}


def test_who_changes_a_service_that_somebody_else_just_changed_reads_what_it_is_now(bron):
    bron.refresh_from_db()
    change_service(actor=SAM, **changed(bron, deadline=date(2099, 12, 1)))

    problems = problems_of(change_service, **changed(bron, name="BRON po"), seen=bron.entry_id)

    assert "uiterste dag is nu '2099-12-01'" in problems["changed_meanwhile"]


def test_level_and_endpoints_change_while_nothing_goes_by_them(bron):
    service = reshape_service(actor=SAM, service=bron, level="board", takes_endpoints=False)

    assert (service.level, service.takes_endpoints) == ("board", False)
    wrong = {"service": service, "level": "board", "takes_endpoints": True}
    assert problems_of(reshape_service, **wrong).keys() == {"endpoints_of_board"}
    same = {"service": service, "level": "board", "takes_endpoints": False}
    assert problems_of(reshape_service, **same).keys() == {"nothing_to_do"}


def test_the_level_stays_once_there_are_mandates_and_endpoints_once_there_are_some(regenboog):
    """D1, D15, D18: in the action, and in the database."""
    mandate = make.MandateFactory(school=regenboog.school, service=regenboog.rio, system=regenboog.las)
    with act("endpoint.made", actor=make.TESTS):
        mandate.endpoints.create(
            service_version=regenboog.rio_version,
            routing_id="0000000700099AA00001",
            url="https://las.example.nl",
            start_date=mandate.start_date,
        )

    problems = problems_of(reshape_service, service=regenboog.rio, level="board", takes_endpoints=False)

    assert problems.keys() == {"has_mandates", "has_endpoints"}
    for change in ({"level": "board", "takes_endpoints": False}, {"takes_endpoints": False}):
        with pytest.raises(IntegrityError, match="once there are"), act("service.changed", actor=SAM):
            Service.objects.filter(pk=regenboog.rio.pk).update(**change)


# --- Ending -----------------------------------------------------------------------------------------------------------


def test_a_service_that_ended_can_be_resumed(bron):
    assert not end_service(actor=SAM, service=bron).is_active
    assert problems_of(end_service, service=bron).keys() == {"nothing_to_do"}

    assert resume_service(actor=SAM, service=bron).is_active
    assert problems_of(resume_service, service=bron).keys() == {"nothing_to_do"}


@pytest.mark.parametrize(
    "namespace", ["", "rod-po", "http://xml.eld.nl/rod po", "//xml.eld.nl/rod-po", "x:" + "y" * 500]
)
def test_a_version_is_named_by_a_uri(bron, namespace):
    kinds = problems_of(add_service_version, service=bron, namespace=namespace).keys()

    assert kinds == ({"wrong_namespace"} if namespace else {"no_namespace"})


def test_a_namespace_names_one_version(bron, rod):
    version = add_service_version(actor=SAM, service=rod, namespace=f" {NAMESPACE} ")

    assert (version.namespace, version.status) == (NAMESPACE, "active")
    taken = problems_of(add_service_version, service=bron, namespace=NAMESPACE)
    assert "ROD-PO" in taken["namespace_taken"]


def test_a_version_ends_once(rod):
    version = add_service_version(actor=SAM, service=rod, namespace=NAMESPACE)

    assert end_service_version(actor=SAM, version=version).status == ServiceVersion.Status.ENDED
    assert problems_of(end_service_version, version=version).keys() == {"ended_already"}


# --- Succession -------------------------------------------------------------------------------------------------------


def test_a_service_gets_a_successor_and_can_lose_it(bron, rod):
    assert set_successor(actor=SAM, service=bron, successor=rod).successor == rod
    assert problems_of(set_successor, service=bron, successor=rod).keys() == {"nothing_to_do"}
    assert set_successor(actor=SAM, service=bron, successor=None).successor is None


def test_no_service_succeeds_itself_by_way_of_others_either(bron, rod):
    """In the action, and in the database."""
    third = make.ServiceFactory(successor=bron)
    set_successor(actor=SAM, service=bron, successor=rod)

    assert problems_of(set_successor, service=rod, successor=third).keys() == {"succeeds_itself"}
    assert problems_of(set_successor, service=rod, successor=rod).keys() == {"succeeds_itself"}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS service_does_not_succeed_itself IMMEDIATE")
    with pytest.raises(IntegrityError, match="succeed itself"), act("service.changed", actor=SAM):
        Service.objects.filter(pk=rod.pk).update(successor=third)


def test_a_successor_goes_on_and_has_the_same_level(bron):
    """D1"""
    wrong = make.ServiceFactory(code="BST", level="board", takes_endpoints=False, is_active=False)

    assert problems_of(set_successor, service=bron, successor=wrong).keys() == {"successor_ended", "other_level"}


def test_mandates_are_offered_for_the_successor_up_to_and_including_a_day(bron, rod):
    set_successor(actor=SAM, service=bron, successor=rod)

    offer = offer_succession(actor=SAM, service=bron, starts_on=today() + DAY, until=today() + 30 * DAY)

    assert (offer.successor, offer.offered_on) == (rod, today())
    assert [offer.is_open(today() + days * DAY) for days in (-1, 0, 30, 31)] == [False, True, True, False]
    assert list(SuccessionOffer.objects.open_on(today() + 30 * DAY)) == [offer]


def test_all_that_is_wrong_with_an_offer_is_said_at_once(bron):
    problems = problems_of(
        offer_succession, actor=WITHOUT_REASON, service=bron, starts_on=today() - DAY, until=today() - DAY
    )

    assert problems.keys() == {"no_reason", "no_successor", "start_in_past", "until_in_past"}


def test_an_offer_stands_once_for_two_years_at_most_and_holds_the_successor(bron, rod):
    set_successor(actor=SAM, service=bron, successor=rod)
    days = {"starts_on": today(), "until": today() + 30 * DAY}
    too_long = {**days, "until": today() + 800 * DAY}
    assert problems_of(offer_succession, service=bron, **too_long).keys() == {"long_offer"}

    offer_succession(actor=SAM, service=bron, **days)

    assert problems_of(offer_succession, service=bron, **days).keys() == {"offer_stands"}
    assert problems_of(set_successor, service=bron, successor=None).keys() == {"offer_stands"}


def test_an_offer_is_closed_and_can_be_opened_anew_the_same_day(bron, rod):
    set_successor(actor=SAM, service=bron, successor=rod)
    days = {"starts_on": today(), "until": today() + 30 * DAY}
    offer = offer_succession(actor=SAM, service=bron, **days)

    assert not close_succession_offer(actor=SAM, offer=offer).is_open(today())
    assert problems_of(close_succession_offer, offer=offer).keys() == {"closed_already"}
    assert offer_succession(actor=SAM, service=bron, **days).is_open(today())


def test_the_database_offers_mandates_for_the_successor_only_and_once(bron, rod):
    days = {"offered_on": today(), "starts_on": today(), "until": today() + DAY}
    with pytest.raises(IntegrityError, match="successor of their service"), act("x.y", actor=SAM):
        SuccessionOffer.objects.create(service=bron, successor=rod, **days)
    set_successor(actor=SAM, service=bron, successor=rod)
    offer_succession(actor=SAM, service=bron, starts_on=today(), until=today() + DAY)

    with pytest.raises(IntegrityError, match="one_succession_offer"), act("x.y", actor=SAM):
        SuccessionOffer.objects.create(service=bron, successor=rod, **days)


@pytest.mark.parametrize("kind", [ActorKind.ADMINISTRATOR, ActorKind.SUPPLIER, ActorKind.REGISTER])
def test_only_support_manages_services(bron, rod, kind):
    actor = Actor(kind=kind, name="Anke de Vries", reason="Zomaar")
    version = make.ServiceVersionFactory(service=bron)
    for action, arguments in (
        (add_service, {"code": "X", "name": "X", "roles": ["las"]}),
        (change_service, changed(bron, name="x")),
        (reshape_service, {"service": bron, "level": "board", "takes_endpoints": False}),
        (end_service, {"service": bron}),
        (resume_service, {"service": bron}),
        (add_service_version, {"service": bron, "namespace": NAMESPACE}),
        (end_service_version, {"version": version}),
        (set_successor, {"service": bron, "successor": rod}),
        (offer_succession, {"service": bron, "starts_on": today(), "until": today()}),
    ):
        assert problems_of(action, actor=actor, **arguments).keys() == {"not_allowed"}
