"""Qualification tests of systems, and what they lead to: a system that can be chosen for a service (A8, D6)."""

from collections.abc import Iterator
from datetime import date

from django.utils import timezone

from journal.acts import Actor, Problem, act
from journal.clock import today
from services.actions.gate import no_reason, not_yet, one_at_a_time, refuse_if, refuse_unless_support, wrong_text
from services.models import Qualification, QualificationTest, Service, Supplier, System
from services.wording import day_in_words


def record_qualification_test(
    *, actor: Actor, system: System, service: Service, tested_on: date, passed: bool, tested_by: str
) -> QualificationTest:
    """Record that a system took the qualification test of a service on a day, today or earlier, and by whom (A8).

    A test that it passed qualifies it, from that day unless it was qualified already; it also takes back a withdrawal
    that was decided on that day or before. A test that it failed changes nothing else. Raises `Refused` with all that
    is wrong: its supplier signed the connection terms later or not at all (A8), the service has ended, the test was
    recorded before, or was taken before the qualification was withdrawn.
    """
    refuse_unless_support(actor, "kwalificaties")
    tested_by = tested_by.strip()
    with one_at_a_time():
        system, service = System.objects.get(pk=system.pk), Service.objects.get(pk=service.pk)
        present = Qualification.objects.filter(system=system, service=service).select_related("entry").first()
        test = QualificationTest(
            system=system, service=service, tested_on=tested_on, passed=passed, tested_by=tested_by
        )
        refuse_if(
            no_reason(actor, "het vastleggen van deze test"),
            not_yet(tested_on, today(), "De dag van de test"),
            _terms_not_signed(system.supplier, tested_on),
            wrong_text(tested_by, "wie de test heeft afgenomen"),
            _ended(service),
            _recorded_before(test),
            _withdrawn_since(present, test),
        )
        with act("qualification_test.recorded", actor=actor):
            test.save()
        if passed:
            _qualify(actor, test, present)
        return test


def withdraw_qualification(*, actor: Actor, system: System, service: Service, first_day: date) -> Qualification:
    """Withdraw a qualification: `first_day`, today or later, is the first day on which it counts no longer.

    The system cannot be chosen for the service from then on (D6); mandates that it has stay as they are. One that was
    announced can be moved to another day. Raises `Refused` with all that is wrong; also when it is not qualified.
    """
    refuse_unless_support(actor, "kwalificaties")
    with one_at_a_time():
        present = (
            Qualification.objects.filter(system=system, service=service).select_related("system", "service").first()
        )
        refuse_if(
            no_reason(actor, "het intrekken van deze kwalificatie"),
            _not_to_be_withdrawn(present, system, service),
            _in_the_past(first_day),
            _before_it_was_given(present, first_day),
        )
        with act("qualification.withdrawn", actor=actor):
            present.withdrawn_on = first_day
            present.save(update_fields=["withdrawn_on"])
        return present


def _qualify(actor: Actor, test: QualificationTest, present: Qualification | None) -> None:
    with act("qualification.given", actor=actor):
        if present is None:
            Qualification.objects.create(system=test.system, service=test.service, qualified_on=test.tested_on)
        elif present.withdrawn_on is not None:
            # A withdrawal that was only announced never happened; after one that did, it counts anew from this test.
            if present.withdrawn_on <= today():
                present.qualified_on = test.tested_on
            present.withdrawn_on = None
            present.save()


# --- What stands in the way -------------------------------------------------------------------------------------------


def _terms_not_signed(supplier: Supplier, day: date) -> Iterator[Problem]:
    if supplier.connected_on is None:
        yield Problem("not_connected", f"{supplier} heeft de aansluitvoorwaarden nog niet getekend. Sluit eerst aan.")
    elif day < supplier.connected_on:
        since = day_in_words(supplier.connected_on)
        yield Problem(
            "before_connection",
            f"Op {day_in_words(day)} had {supplier} de aansluitvoorwaarden nog niet getekend; dat was op {since}.",
        )


def _ended(service: Service) -> Iterator[Problem]:
    if not service.is_active:
        yield Problem("service_ended", f"De dienst {service.code} is beëindigd. Daarvoor wordt niemand meer getest.")


def _recorded_before(test: QualificationTest) -> Iterator[Problem]:
    same = QualificationTest.objects.filter(
        system=test.system,
        service=test.service,
        tested_on=test.tested_on,
        passed=test.passed,
        tested_by=test.tested_by,
    )
    if same.exists():
        yield Problem("recorded_already", "Deze test staat al in het register.")


def _withdrawn_since(present: Qualification | None, test: QualificationTest) -> Iterator[Problem]:
    if not test.passed or present is None or present.withdrawn_on is None:
        return
    decided_on = min(present.withdrawn_on, timezone.localdate(present.entry.moment))
    if test.tested_on < decided_on:
        yield Problem(
            "withdrawn_since",
            f"De kwalificatie is op {day_in_words(decided_on)} ingetrokken. Alleen een test van die dag of later telt "
            "weer mee.",
        )


def _not_to_be_withdrawn(present: Qualification | None, system: System, service: Service) -> Iterator[Problem]:
    if present is None:
        yield Problem("not_qualified", f"{system} is niet gekwalificeerd voor {service.code}.")
    elif present.withdrawn_on is not None and present.withdrawn_on <= today():
        since = day_in_words(present.withdrawn_on)
        yield Problem("withdrawn_already", f"De kwalificatie is al ingetrokken, per {since}.")


def _in_the_past(first_day: date) -> Iterator[Problem]:
    if first_day < today():
        yield Problem("in_past", "De kwalificatie heeft tot nu toe gegolden. Kies vandaag of een latere dag.")


def _before_it_was_given(present: Qualification | None, first_day: date) -> Iterator[Problem]:
    if present is not None and today() <= first_day < present.qualified_on:
        given = day_in_words(present.qualified_on)
        yield Problem("before_it_began", f"De kwalificatie begint pas op {given}. Kies die dag of een latere.")
