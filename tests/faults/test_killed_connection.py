"""A connection that is killed in mid-work leaves nothing half-done, and the register works on (D11, D12, D14)."""

import importlib
from threading import Event

import pytest
from django.db import OperationalError, transaction

from journal.acts import Actor
from journal.clock import today
from journal.models import Entry
from mandates.actions import Copy, Preview, Switch, confirm, preview
from mandates.models import Mandate
from schools.models import School
from services.models import Service, System
from tests import factories as make
from tests.faults import PATIENCE, Beside, read, wait_until, waiting_for_a_lock
from tests.register import Regenboog

pytestmark = pytest.mark.django_db(transaction=True)

SCHOOLS = 200


@pytest.fixture
def regenboog(transactional_db) -> Regenboog:
    """De Regenboog with many more schools. The LAS has a mandate for RIO at 99AA."""
    regenboog = Regenboog()
    for _ in range(SCHOOLS):
        make.SchoolFactory(board=regenboog.board)
    make.MandateFactory(school=regenboog.school, service=regenboog.rio, system=regenboog.las, start_date=today())
    return regenboog


@pytest.fixture
def other_schools(regenboog) -> tuple[str, ...]:
    """The BRINs of all schools of De Regenboog but 99AA."""
    return tuple(School.objects.exclude(brin="99AA").order_by("brin").values_list("brin", flat=True))


def copy_to(schools: tuple[str, ...], actor: Actor) -> Preview:
    return preview(Copy(mandate=Mandate.objects.get(school__brin="99AA").uuid, schools=schools), actor=actor)


def as_it_stands() -> tuple[list, list]:
    """All mandates and all of the journal."""
    return list(Mandate.objects.order_by("pk").values()), list(Entry.objects.order_by("pk").values())


def kill(pid: int) -> None:
    """End a connection from the other side, as a crash or an administrator does, and see it go."""
    assert read("SELECT pg_terminate_backend(%s)", pid) == [(True,)]
    wait_until(lambda: not read("SELECT FROM pg_locks WHERE pid = %s", pid))


def confirm_and_kill_at(brin: str, to_confirm: Preview, *, service: Service, system: System, actor: Actor) -> Beside:
    """Confirm in a connection that is killed when it has come to giving the school with this BRIN its mandate.

    There it has to wait, because another connection is just giving the same, of which nothing comes.
    """
    with transaction.atomic():
        make.MandateFactory(school=School.objects.get(brin=brin), service=service, system=system, start_date=today())
        confirming = Beside(lambda: confirm(to_confirm, actor=actor))
        wait_until(waiting_for_a_lock)
        kill(*waiting_for_a_lock())
        transaction.set_rollback(True)
    confirming.join()
    return confirming


def test_a_copy_that_is_killed_while_it_gives_the_mandates_leaves_nothing(regenboog, other_schools):
    """D11: a hundred schools had theirs. The same preview can still be confirmed."""
    copy = copy_to(other_schools, regenboog.anke)
    before = as_it_stands()

    killed = confirm_and_kill_at(
        other_schools[100], copy, service=regenboog.rio, system=regenboog.las, actor=regenboog.anke
    )

    assert isinstance(killed.outcome, OperationalError)
    assert as_it_stands() == before
    assert len(confirm(copy, actor=regenboog.anke)) == SCHOOLS + 1


def test_a_switch_that_is_killed_between_the_old_and_the_new_leaves_the_old(regenboog, other_schools):
    """D12: the old system's mandates had ended already. The same preview can still be confirmed."""
    confirm(copy_to(other_schools, regenboog.anke), actor=regenboog.anke)
    switch = preview(
        Switch(schools=("99AA", *other_schools), services=("RIO",), old="Leerspoor", new="Klasboek", day=today()),
        actor=regenboog.anke,
    )
    before = as_it_stands()

    killed = confirm_and_kill_at(
        other_schools[100], switch, service=regenboog.rio, system=regenboog.other_las, actor=regenboog.anke
    )

    assert isinstance(killed.outcome, OperationalError)
    assert as_it_stands() == before
    assert len(confirm(switch, actor=regenboog.anke)) == SCHOOLS + 2


def test_a_copy_that_is_killed_just_before_it_is_kept_leaves_nothing(regenboog, other_schools, monkeypatch):
    """D11, D14: all mandates and their journal entries had been written."""
    copy = copy_to(other_schools, regenboog.anke)
    before = as_it_stands()
    written, killed, pids = Event(), Event(), []
    # The package has a function of the same name as the module.
    module = importlib.import_module("mandates.actions.previews")
    give = module._grant

    def give_and_wait(*arguments) -> list[Mandate]:
        given = give(*arguments)
        pids.extend(read("SELECT pg_backend_pid(), count(*) FROM journal_entry WHERE type = 'mandate.copied'"))
        written.set()
        assert killed.wait(PATIENCE)
        return given

    with monkeypatch.context() as patch:
        patch.setattr(module, "_grant", give_and_wait)
        confirming = Beside(lambda: confirm(copy, actor=regenboog.anke))
        assert written.wait(PATIENCE)
        ((pid, entries),) = pids
        kill(pid)
        killed.set()
        confirming.join()

    assert entries == SCHOOLS + 1
    assert isinstance(confirming.outcome, OperationalError)
    assert as_it_stands() == before
    assert len(confirm(copy, actor=regenboog.anke)) == SCHOOLS + 1
