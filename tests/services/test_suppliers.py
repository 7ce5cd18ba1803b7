"""Suppliers, systems and qualifications: added, connected and tested by support, with a reason (A8, D6, D14)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection

from journal.acts import Actor, ActorKind, Refused, act
from journal.clock import today
from journal.models import Entry
from mandates.wording import day_in_words
from services.actions import (
    LONGEST_NAME,
    add_supplier,
    add_system,
    change_supplier,
    connect_supplier,
    disconnect_supplier,
    record_qualification_test,
    rename_system,
    withdraw_qualification,
)
from services.models import Qualification, QualificationTest, Service, Supplier, SupplierGroup, System, SystemKind
from tests import factories as make
from tests.faults import meeting_at

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
OIN = "00000003272448340204"
SAM = Actor(kind=ActorKind.SUPPORT, name="Sam Jansen", reason="Aansluiting van Voorbeeld BV")
WITHOUT_REASON = replace(SAM, reason=" ")


def problems_of(action: Callable, **arguments) -> dict[str, str]:
    """The problems for which an action is refused, by kind; checks that nothing has changed then."""
    before = Entry.objects.count()
    with pytest.raises(Refused) as refused:
        action(**{"actor": SAM} | arguments)
    assert Entry.objects.count() == before
    assert all(problem.text.endswith(".") for problem in refused.value.problems)
    return {problem.kind: problem.text for problem in refused.value.problems}


def types_since(entry: Entry | None) -> list[str]:
    return list(Entry.objects.filter(pk__gt=entry.pk if entry else 0).order_by("pk").values_list("type", flat=True))


@pytest.fixture
def supplier(db) -> Supplier:
    return make.SupplierFactory(name="Voorbeeld BV", oin=OIN, connected_on=None, group__name="Voorbeeld Groep")


@pytest.fixture
def system(db) -> System:
    return make.SystemFactory(name="Leerspoor", supplier__connected_on=today() - 100 * DAY)


@pytest.fixture
def rio(db) -> Service:
    return make.ServiceFactory(code="RIO", name="RIO")


# --- Suppliers --------------------------------------------------------------------------------------------------------


def test_a_supplier_is_added_with_a_group_of_its_own_and_is_not_connected_yet():
    last = Entry.objects.last()

    supplier = add_supplier(actor=SAM, oin=" 0000 0003 2724 4834 0204 ", name=" Voorbeeld BV ")

    assert (supplier.oin, supplier.name, supplier.group.name) == (OIN, "Voorbeeld BV", "Voorbeeld BV")
    assert supplier.connected_on is None
    assert types_since(last) == ["supplier_group.added", "supplier.added"]
    assert Entry.objects.last().reason == SAM.reason


def test_a_supplier_joins_the_group_that_is_there(supplier):
    other = add_supplier(actor=SAM, oin="00000004000000000001", name="Voorbeeld Toetsen", group="voorbeeld groep")

    assert other.group == supplier.group


@pytest.mark.parametrize(
    ("oin", "kind", "says"),
    [
        ("", "no_oin", "Vul het OIN in."),
        (OIN[:-1], "wrong_oin", "Dit zijn er 19."),
        (OIN + "0", "wrong_oin", "Dit zijn er 21."),
        ("0000000327244834020é", "wrong_oin", "12 cijfers of letters"),
        ("0000000700000AV00000", "oin_of_school", "OIN van een school"),
        ("00000099000000099AA\u0660", "wrong_oin", "12 cijfers of letters"),
        ("12345678000000000001", "wrong_oin", "begint met 12345678"),
        (OIN, "oin_taken", "Voorbeeld BV"),
    ],
)
def test_an_oin_has_its_form_and_is_that_of_a_supplier(supplier, oin, kind, says):
    """domain.md section 4"""
    problems = problems_of(add_supplier, oin=oin, name="Andere BV")

    assert problems.keys() == {kind}
    assert says in problems[kind]


def test_all_that_is_wrong_with_a_supplier_is_said_at_once(supplier):
    problems = problems_of(add_supplier, actor=WITHOUT_REASON, oin="123", name="voorbeeld bv")

    assert problems.keys() == {"no_reason", "wrong_oin", "name_taken"}


@pytest.mark.parametrize(
    ("name", "kind"), [("", "no_text"), ("x" * (LONGEST_NAME + 1), "long_text"), ("Voor\x07beeld", "wrong_text")]
)
def test_a_supplier_and_a_system_have_a_name_that_one_can_read(supplier, name, kind):
    assert problems_of(add_supplier, oin="00000004000000000001", name=name).keys() == {kind}
    assert problems_of(add_system, supplier=supplier, name=name, kind=SystemKind.LAS).keys() == {kind}


def test_the_name_and_the_group_of_a_supplier_change_and_its_oin_never(supplier, run_sql):
    changed = change_supplier(actor=SAM, supplier=supplier, name="Voorbeeld Software", group="Nieuwe Groep")

    assert (changed.oin, changed.name, changed.group.name) == (OIN, "Voorbeeld Software", "Nieuwe Groep")
    assert SupplierGroup.objects.filter(name="Voorbeeld Groep").exists()  # nothing is deleted (D14)
    with pytest.raises(IntegrityError, match="D14"), act("supplier.changed", actor=SAM):
        Supplier.objects.update(oin="00000004000000000001")


def test_saving_a_supplier_as_it_is_says_so(supplier):
    same = {"supplier": supplier, "name": supplier.name, "group": supplier.group.name}

    assert problems_of(change_supplier, **same).keys() == {"nothing_to_do"}


def test_who_changes_what_somebody_else_just_changed_reads_what_it_is_now(supplier):
    seen = Supplier.objects.get(pk=supplier.pk).entry_id
    change_supplier(actor=replace(SAM, name="Loes Lead"), supplier=supplier, name="Voorbeeld Software")

    problems = problems_of(change_supplier, supplier=supplier, name="Voorbeeld Nederland", seen=seen)

    assert problems.keys() == {"changed_meanwhile"}
    assert "Loes Lead heeft dit intussen gewijzigd" in problems["changed_meanwhile"]
    assert "naam is nu 'Voorbeeld Software'" in problems["changed_meanwhile"]
    now_seen = Supplier.objects.get(pk=supplier.pk).entry_id
    assert change_supplier(actor=SAM, supplier=supplier, name="Voorbeeld Nederland", seen=now_seen)


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_add_the_same_supplier_at_once_the_second_is_told(supplier):
    def add() -> Supplier:
        return add_supplier(actor=SAM, oin="00000004000000000001", name="Andere BV")

    def lock() -> None:
        connection.cursor().execute("SELECT pg_advisory_xact_lock(hashtextextended('services', 0))")

    first, second = meeting_at(lock, add, add)

    assert isinstance(first, Supplier)
    assert isinstance(second, Refused)
    assert {problem.kind for problem in second.problems} == {"oin_taken"}


@pytest.mark.parametrize("kind", [ActorKind.ADMINISTRATOR, ActorKind.SUPPLIER, ActorKind.REGISTER])
def test_only_support_manages_suppliers(supplier, system, rio, kind):
    """Who may not learns nothing of what there is."""
    actor = Actor(kind=kind, name="Anke de Vries", reason="Zomaar")
    for action, arguments in (
        (add_supplier, {"oin": OIN, "name": "x"}),
        (change_supplier, {"supplier": supplier, "name": "x"}),
        (connect_supplier, {"supplier": supplier, "connected_on": today()}),
        (disconnect_supplier, {"supplier": supplier}),
        (add_system, {"supplier": supplier, "name": "x", "kind": SystemKind.LAS}),
        (rename_system, {"system": system, "name": "x"}),
        (
            record_qualification_test,
            {"system": system, "service": rio, "tested_on": today(), "passed": True, "tested_by": "x"},
        ),
        (withdraw_qualification, {"system": system, "service": rio, "first_day": today()}),
    ):
        assert problems_of(action, actor=actor, **arguments).keys() == {"not_allowed"}


# --- Connecting -------------------------------------------------------------------------------------------------------


def test_a_supplier_is_connected_from_the_day_on_which_it_signed_the_terms(supplier):
    """A8"""
    connected = connect_supplier(actor=SAM, supplier=supplier, connected_on=today() - 3 * DAY)

    assert connected.connected_on == today() - 3 * DAY
    assert Entry.objects.last().type == "supplier.connected"


def test_the_terms_were_not_signed_in_the_future_and_not_twice(supplier):
    assert problems_of(connect_supplier, supplier=supplier, connected_on=today() + DAY).keys() == {"in_future"}
    connect_supplier(actor=SAM, supplier=supplier, connected_on=today())
    assert problems_of(connect_supplier, supplier=supplier, connected_on=today()).keys() == {"connected_already"}


def test_of_a_supplier_that_was_disconnected_nothing_new_can_be_chosen(system, rio):
    """D6"""
    make.QualificationFactory(system=system, service=rio, qualified_on=today())
    assert list(System.objects.connected_for(rio, today())) == [system]

    disconnect_supplier(actor=SAM, supplier=system.supplier)

    assert not System.objects.connected_for(rio, today()).exists()
    assert problems_of(disconnect_supplier, supplier=system.supplier).keys() == {"not_connected"}


# --- Systems ----------------------------------------------------------------------------------------------------------


def test_a_system_is_added_under_a_name_that_no_system_has(supplier, system):
    added = add_system(actor=SAM, supplier=supplier, name="Voorbeeld LAS", kind=SystemKind.LAS)

    assert (added.supplier, added.kind) == (supplier, "las")
    taken = problems_of(add_system, supplier=supplier, name="LEERSPOOR", kind=SystemKind.LAS)
    assert taken.keys() == {"name_taken"}
    assert system.supplier.name in taken["name_taken"]


def test_a_system_is_renamed_and_stays_itself(system):
    renamed = rename_system(actor=SAM, system=system, name="Leerspoor Plus")

    assert (renamed.pk, renamed.uuid) == (system.pk, system.uuid)
    assert problems_of(rename_system, system=system, name="Leerspoor Plus").keys() == {"nothing_to_do"}
    assert rename_system(actor=SAM, system=system, name="LEERSPOOR PLUS").name == "LEERSPOOR PLUS"


# --- Qualification ----------------------------------------------------------------------------------------------------


def take_test(system: System, service: Service, *, passed: bool = True, days_ago: int = 0, **more) -> QualificationTest:
    return record_qualification_test(
        actor=SAM,
        system=system,
        service=service,
        tested_on=today() - days_ago * DAY,
        passed=passed,
        **{"tested_by": "Kennisnet, team ketens", **more},
    )


def test_a_system_that_passed_the_test_can_be_chosen_from_that_day(system, rio):
    """A8, D6"""
    last = Entry.objects.last()

    take_test(system, rio, days_ago=5)

    assert system.qualifications.get().qualified_on == today() - 5 * DAY
    assert list(System.objects.connected_for(rio, today())) == [system]
    assert types_since(last) == ["qualification_test.recorded", "qualification.given"]


def test_a_test_that_was_failed_is_kept_and_does_not_qualify(system, rio):
    """A8"""
    take_test(system, rio, passed=False)

    assert not Qualification.objects.exists()
    assert not System.objects.connected_for(rio, today()).exists()
    assert take_test(system, rio).passed  # the same day, once more
    assert system.qualification_tests.count() == 2


def test_a_later_test_leaves_the_qualification_as_it_is(system, rio):
    take_test(system, rio, days_ago=5)
    take_test(system, rio, days_ago=1)
    take_test(system, rio, passed=False)

    qualification = system.qualifications.get()
    assert (qualification.qualified_on, qualification.withdrawn_on) == (today() - 5 * DAY, None)


def test_the_terms_come_before_the_test(supplier, rio):
    """A8"""
    system = make.SystemFactory(supplier=supplier)
    assert problems_of(lambda **actor: take_test(system, rio)).keys() == {"not_connected"}

    connect_supplier(actor=SAM, supplier=supplier, connected_on=today() - DAY)

    problems = problems_of(lambda **actor: take_test(system, rio, days_ago=2))
    assert problems.keys() == {"before_connection"}
    assert day_in_words(today() - DAY) in problems["before_connection"]


def test_all_that_is_wrong_with_a_test_is_said_at_once(system):
    ended = make.ServiceFactory(is_active=False)

    problems = problems_of(
        record_qualification_test,
        actor=WITHOUT_REASON,
        system=system,
        service=ended,
        tested_on=today() + DAY,
        passed=True,
        tested_by="",
    )

    assert problems.keys() == {"no_reason", "in_future", "no_text", "service_ended"}


def test_a_test_is_recorded_once(system, rio):
    """Also when the button is pressed twice."""
    take_test(system, rio)

    assert problems_of(lambda **actor: take_test(system, rio)).keys() == {"recorded_already"}


def test_a_withdrawn_qualification_counts_no_longer_from_its_first_day_on(system, rio):
    """D6"""
    take_test(system, rio, days_ago=5)

    withdraw_qualification(actor=SAM, system=system, service=rio, first_day=today() + 10 * DAY)

    assert System.objects.connected_for(rio, today() + 9 * DAY).exists()
    assert not System.objects.connected_for(rio, today() + 10 * DAY).exists()


def test_a_withdrawal_that_was_announced_can_be_moved_and_one_that_began_not(system, rio):
    take_test(system, rio, days_ago=5)
    withdraw_qualification(actor=SAM, system=system, service=rio, first_day=today() + 10 * DAY)

    withdraw_qualification(actor=SAM, system=system, service=rio, first_day=today())

    again = {"system": system, "service": rio, "first_day": today() + DAY}
    assert problems_of(withdraw_qualification, **again).keys() == {"withdrawn_already"}


def test_a_qualification_is_not_withdrawn_for_days_that_are_past_nor_when_there_is_none(system, rio):
    assert problems_of(withdraw_qualification, system=system, service=rio, first_day=today()).keys() == {
        "not_qualified"
    }
    take_test(system, rio, days_ago=5)

    past = {"actor": WITHOUT_REASON, "system": system, "service": rio, "first_day": today() - DAY}
    assert problems_of(withdraw_qualification, **past).keys() == {"no_reason", "in_past"}


def test_after_a_withdrawal_only_a_newer_test_counts(system, rio):
    take_test(system, rio, days_ago=5)
    withdraw_qualification(actor=SAM, system=system, service=rio, first_day=today())

    assert problems_of(lambda **actor: take_test(system, rio, days_ago=1)).keys() == {"withdrawn_since"}
    take_test(system, rio, days_ago=1, passed=False)  # to be kept, whatever came of it
    take_test(system, rio)

    qualification = system.qualifications.get()
    assert (qualification.qualified_on, qualification.withdrawn_on) == (today(), None)


def test_a_test_after_the_withdrawal_was_announced_takes_it_back(system, rio):
    take_test(system, rio, days_ago=5)
    withdraw_qualification(actor=SAM, system=system, service=rio, first_day=today() + 10 * DAY)

    take_test(system, rio)

    qualification = system.qualifications.get()
    assert (qualification.qualified_on, qualification.withdrawn_on) == (today() - 5 * DAY, None)


def test_the_database_qualifies_nobody_without_a_test_that_was_passed(system, rio):
    """A8: whatever an action forgets."""
    take_test(system, rio, passed=False)

    with pytest.raises(IntegrityError, match="A8"), act("qualification.given", actor=SAM):
        Qualification.objects.create(system=system, service=rio, qualified_on=today())


def test_the_database_keeps_a_test_as_it_was_recorded(system, rio):
    """D14"""
    test = take_test(system, rio, passed=False)

    with pytest.raises(IntegrityError, match="D14"), act("qualification_test.recorded", actor=SAM):
        QualificationTest.objects.filter(pk=test.pk).update(passed=True)
