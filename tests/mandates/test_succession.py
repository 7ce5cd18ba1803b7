"""A service that replaces another: its mandates are offered, and each board gives its own (D2, D5, D6)."""

from datetime import timedelta

import pytest

from journal.acts import Actor, ActorKind, Refused, act, register
from journal.clock import today
from mandates.actions import Outcome, Succeed, carry_out, confirm, preview, register_endpoint, undo
from mandates.actions.endpoints import Registration
from mandates.models import Mandate
from mandates.querysets import MandateQuerySet
from mandates.taking_over import arrivals_of
from mandates.workplace.succession import progress_of, reach_of
from services.actions import close_succession_offer, end_service_version, offer_succession, set_successor
from services.models import Service, SuccessionOffer
from tests import factories as make
from tests.mandates.test_pages import granted
from tests.register import Regenboog

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
SAM = Actor(kind=ActorKind.SUPPORT, name="Sam Jansen", reason="BRON PO wordt ROD PO")


class Succession:
    """De Regenboog gives its LAS mandates for BRON-PO, which becomes ROD-PO; both LASsen are qualified for that."""

    def __init__(self, regenboog: Regenboog, *, starts_in: int = 0) -> None:
        self.regenboog = regenboog
        self.bron = make.ServiceFactory(code="BRON-PO", name="BRON PO", takes_endpoints=False)
        self.rod = make.ServiceFactory(code="ROD-PO", name="ROD PO", takes_endpoints=False)
        for system in (regenboog.las, regenboog.other_las):
            make.QualificationFactory(system=system, service=self.rod)
        self.offer = offered(self.bron, self.rod, starts_in=starts_in)

    def bron_mandate(self, school=None, system=None, **more) -> Mandate:
        return granted(school or self.regenboog.school, self.bron, system or self.regenboog.las, **more)

    def of_rod(self) -> MandateQuerySet:
        return Mandate.objects.filter(service=self.rod).order_by("pk")

    def take_over(self, *mandates: Mandate) -> list[Mandate]:
        intent = Succeed(service="BRON-PO", mandates=tuple(mandate.uuid for mandate in mandates))
        return carry_out(intent, actor=self.regenboog.anke)

    def pending(self) -> int:
        return arrivals_of(self.regenboog.board, today()).count


def offered(service: Service, successor: Service, *, starts_in: int = 0) -> SuccessionOffer:
    set_successor(actor=SAM, service=service, successor=successor)
    days = {"starts_on": today() + starts_in * DAY, "until": today() + 60 * DAY}
    return offer_succession(actor=SAM, service=service, **days)


@pytest.fixture
def succession(regenboog) -> Succession:
    return Succession(regenboog)


def problem_kinds(intent: Succeed, actor) -> set[str]:
    return {problem.kind for problem in preview(intent, actor=actor).problems}


# --- What a board gives -----------------------------------------------------------------------------------------------


def test_nothing_is_inherited_until_the_board_takes_over(succession):
    succession.bron_mandate()

    assert not succession.of_rod().exists()
    assert succession.pending() == 1


def test_the_board_gives_the_same_system_a_mandate_for_the_successor_and_the_old_one_stays(succession):
    old = succession.bron_mandate()

    (new,) = succession.take_over(old)

    assert (new.school, new.system, new.service) == (old.school, old.system, succession.rod)
    assert (new.start_date, new.end_date) == (today(), None)
    assert new.token != old.token
    old.refresh_from_db()
    assert old.end_date is None
    assert succession.pending() == 0


def test_the_new_mandate_begins_on_the_day_of_the_offer(regenboog):
    succession = Succession(regenboog, starts_in=30)

    (new,) = succession.take_over(succession.bron_mandate())

    assert new.start_date == today() + 30 * DAY


def test_an_end_that_the_board_chose_is_kept_and_one_before_the_successor_begins_is_not(regenboog):
    """Who lets BRON end where ROD begins did not mean ROD to end."""
    succession = Succession(regenboog, starts_in=30)
    later = succession.bron_mandate(end_date=today() + 90 * DAY)
    before = succession.bron_mandate(regenboog.other_school, end_date=today() + 29 * DAY)

    first, second = succession.take_over(later, before)

    ends = {new.school.brin: new.end_date for new in (first, second)}
    assert ends == {"99AA": today() + 90 * DAY, "99AB": None}


def test_a_limit_to_locations_goes_along(succession):
    """D3"""
    old = succession.bron_mandate(locations=["99AA01"])

    (new,) = succession.take_over(old)

    assert new.locations == ["99AA01"]


@pytest.mark.parametrize(("begins", "locations"), [(12, None), (11, ["99AA01"])])
def test_with_a_break_or_other_locations_in_between_nothing_is_given_for_those_days(
    regenboog, succession, begins, locations
):
    """D3, D12: the page says to give it oneself."""
    running = succession.bron_mandate(end_date=today() + 10 * DAY)
    following = succession.bron_mandate(start_date=today() + begins * DAY, locations=locations)

    intent = Succeed(service="BRON-PO", mandates=(running.uuid, following.uuid))
    (row,) = preview(intent, actor=regenboog.anke).rows

    assert (row.outcome, row.grants) == (Outcome.REFUSED, ())
    assert "voeg het mandaat voor ROD-PO zelf toe" in row.text


def test_mandates_that_follow_each_other_become_one(succession):
    """D2"""
    running = succession.bron_mandate(end_date=today() + 10 * DAY)
    following = succession.bron_mandate(start_date=today() + 11 * DAY, end_date=today() + 40 * DAY)

    (new,) = succession.take_over(running, following)

    assert (new.start_date, new.end_date) == (today(), today() + 40 * DAY)


def test_a_mandate_ends_when_its_school_closes(succession, regenboog):
    """D19"""
    old = succession.bron_mandate()
    regenboog.school.closed_on = today() + 20 * DAY
    with act("school.closed", actor=register("tests")):
        regenboog.school.save()

    (new,) = succession.take_over(old)

    assert new.end_date == today() + 20 * DAY


def test_a_mandate_of_the_board_itself_is_taken_over_once_for_the_board(regenboog):
    """D1"""
    newer = make.ServiceFactory(code="BST-2", name="Bestuursdienst 2", level="board", takes_endpoints=False)
    make.QualificationFactory(system=regenboog.las, service=newer)
    offered(regenboog.bst, newer)
    old = make.MandateFactory(
        school=None, board=regenboog.board, service=regenboog.bst, system=regenboog.las, start_date=today()
    )

    (new,) = carry_out(Succeed(service="BST", mandates=(old.uuid,)), actor=regenboog.anke)

    assert (new.board, new.school, new.service) == (regenboog.board, None, newer)


@pytest.mark.django_db(transaction=True)
def test_taking_over_is_undone_the_same_day(succession):
    """D13"""
    old = succession.bron_mandate()
    (new,) = succession.take_over(old)

    undo(actor=succession.regenboog.anke, transaction_id=Mandate.objects.get(pk=new.pk).entry.transaction_id)

    new.refresh_from_db()
    assert new.is_cancelled or new.end_date == today() - DAY
    assert succession.pending() == 1


# --- What it cannot ---------------------------------------------------------------------------------------------------


def test_a_system_that_is_not_qualified_for_the_successor_gets_nothing(succession, regenboog):
    """D6"""
    old = succession.bron_mandate(system=regenboog.test_system)

    intent = Succeed(service="BRON-PO", mandates=(old.uuid,))

    assert problem_kinds(intent, regenboog.anke) == {"not_connected"}
    with pytest.raises(Refused):
        carry_out(intent, actor=regenboog.anke)
    assert not succession.of_rod().exists()


def test_an_agreement_that_the_successor_needs_must_be_there(succession, regenboog):
    """D5"""
    old = succession.bron_mandate()
    with act("service.changed", actor=register("tests")):
        Service.objects.filter(code="ROD-PO").update(agreement_kind="OSO")

    assert problem_kinds(Succeed(service="BRON-PO", mandates=(old.uuid,)), regenboog.anke) == {"agreement_missing"}


def test_what_was_taken_over_is_not_taken_over_again(succession, regenboog):
    """D2"""
    old = succession.bron_mandate()
    shown = preview(Succeed(service="BRON-PO", mandates=(old.uuid,)), actor=regenboog.anke)
    confirm(shown, actor=regenboog.anke)

    with pytest.raises(Refused):
        confirm(shown, actor=regenboog.anke)
    assert succession.of_rod().count() == 1


def test_without_an_offer_that_stands_nothing_is_taken_over(succession, regenboog):
    old = succession.bron_mandate()
    intent = Succeed(service="BRON-PO", mandates=(old.uuid,))
    close_succession_offer(actor=SAM, offer=succession.offer)

    assert problem_kinds(intent, regenboog.anke) == {"offer_closed"}
    assert succession.pending() == 0


def test_another_board_has_nothing_to_do_with_it(succession, regenboog):
    """D4"""
    old = succession.bron_mandate(make.SchoolFactory())

    intent = Succeed(service="BRON-PO", mandates=(old.uuid,))

    assert problem_kinds(intent, regenboog.anke) == {"nothing_to_take_over"}
    assert succession.pending() == 0


# --- What is left -----------------------------------------------------------------------------------------------------


def test_a_school_that_chose_another_system_of_the_kind_is_done(succession, regenboog):
    """It switched on the way; a toetssysteem beside the LAS does not count as that."""
    succession.bron_mandate()
    granted(regenboog.school, succession.rod, regenboog.test_system)
    assert succession.pending() == 1

    granted(regenboog.school, succession.rod, regenboog.other_las)

    assert succession.pending() == 0


def test_of_two_systems_side_by_side_each_must_be_taken_over(succession, regenboog):
    """D2: another vestiging may have another LAS."""
    first = succession.bron_mandate(locations=["99AA00"])
    succession.bron_mandate(system=regenboog.other_las, locations=["99AA01"])

    succession.take_over(first)

    assert succession.pending() == 1


def test_a_system_that_is_left_before_the_successor_begins_is_nothing_to_take_over(regenboog):
    """D12: the board goes over to another LAS in ten days, and the successor begins in thirty."""
    succession = Succession(regenboog, starts_in=30)
    succession.bron_mandate(end_date=today() + 9 * DAY)
    assert succession.pending() == 1
    new = succession.bron_mandate(system=regenboog.other_las, start_date=today() + 10 * DAY)

    assert succession.pending() == 1
    succession.take_over(new)
    assert succession.pending() == 0


def test_a_mandate_that_ended_is_nothing_to_take_over(succession):
    succession.bron_mandate(end_date=today() - DAY)

    assert succession.pending() == 0


def test_support_sees_how_far_each_board_is(succession, regenboog):
    first = succession.bron_mandate()
    succession.bron_mandate(regenboog.other_school)
    succession.bron_mandate(make.SchoolFactory(board__name="Stichting Elders"))
    succession.take_over(first)

    progress = {str(each.board): (each.mandates, each.done) for each in progress_of(succession.offer, today())}

    assert progress == {"Stichting De Regenboog": (2, 1), "Stichting Elders": (1, 0)}


def test_support_sees_beforehand_whom_an_offer_reaches(succession, regenboog):
    succession.bron_mandate()
    succession.bron_mandate(regenboog.other_school, system=regenboog.test_system)

    reach = reach_of(succession.bron, succession.rod)

    assert (reach.mandates, reach.schools, reach.boards, reach.lacking_boards) == (2, 2, 1, 0)
    assert [(each.system.name, each.mandates) for each in reach.unqualified] == [("Toetsplein", 1)]


@pytest.mark.parametrize("schools", [1, 20])
def test_what_is_left_is_counted_in_one_query(succession, regenboog, schools, django_assert_num_queries):
    """P6: every page with the menu asks it."""
    for _ in range(schools):
        succession.bron_mandate(make.SchoolFactory(board=regenboog.board))

    with django_assert_num_queries(1):
        assert succession.pending() == schools


# --- Versions that ended ----------------------------------------------------------------------------------------------


def test_no_endpoint_is_registered_for_a_version_that_ended(regenboog):
    """D18"""
    mandate = granted(regenboog.school, regenboog.rio, regenboog.las)
    end_service_version(actor=SAM, version=regenboog.rio_version)
    supplier = Actor(kind=ActorKind.SUPPLIER, name="Leerspoor", supplier_oin=regenboog.las.supplier.oin)
    registration = Registration(
        routing_id="0000000700099AA00001",
        namespace=regenboog.rio_version.namespace,
        url="https://las.example.nl",
        start_date=today(),
    )

    with pytest.raises(Refused) as refused:
        register_endpoint(actor=supplier, system=regenboog.las, token=mandate.token, registration=registration)

    assert [problem.kind for problem in refused.value.problems] == ["version_ended"]
