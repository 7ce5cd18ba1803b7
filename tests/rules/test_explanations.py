"""In random histories, the explanation of every check that was recorded says what the register answered (D15, D17)."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from mandates.explanation import ForSupplier, Verdict, as_text, explain, question_of
from mandates.models import Check
from tests.rules import test_histories as histories
from tests.rules.test_histories import LONG, STORIES, Histories, Story, make_the_same_in_the_register

PROFILE = settings(
    max_examples=40 if LONG else 6,
    stateful_step_count=30,
    deadline=None,
    phases=(Phase.generate, Phase.shrink),
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
# Checks carry the moments of the test, as entries do.
_CHECKS_BY_THE_CLOCK = "ALTER TABLE mandates_check ALTER COLUMN checked_at SET DEFAULT osr_test_moment()"
# How many checks are explained after each step.
_MOST_AT_ONCE = 4

clock = histories.clock


@pytest.fixture
def exact_clock(clock, run_sql):
    """The clock of the histories, for checks as well."""
    run_sql(_CHECKS_BY_THE_CLOCK, as_owner=True)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return clock


class Explained:
    """A history of which every recorded check is explained, soon after it was made."""

    explained = 0
    yes = 0

    def explain_what_was_asked(self, most: int = _MOST_AT_ONCE) -> None:
        """The newest checks that were not explained yet; and of one of them all checks around it."""
        done = getattr(self, "_done", set())
        new = [check for check in Check.objects.order_by("-checked_at", "-id")[:50] if check.id not in done]
        self._done = done | {check.id for check in new}
        for check in new[:most]:
            self._explain(check)

    def _explain(self, check: Check) -> None:
        explanation = explain(question_of(check), check=check)
        assert explanation.mandated == check.mandated, list(as_text(explanation))
        assert explanation.check.verdict == Verdict.AGREES, list(as_text(explanation))
        assert explanation.reasons, list(as_text(explanation))
        assert not explanation.is_incident, list(as_text(explanation))
        assert [each.mandate.pk for each in explanation.mandates if each.counted] or not check.mandated
        for_supplier = explain(question_of(check), reader=ForSupplier, check=check)
        assert for_supplier.mandated == check.mandated
        assert "Anke" not in "\n".join(as_text(for_supplier))
        type(self).explained += 1
        type(self).yes += check.mandated


class ExplainedHistories(Explained, Histories):
    """Random histories."""

    @invariant()
    def every_check_is_explained(self) -> None:
        """The checks of the last step."""
        if connection.in_atomic_block and self.uuids:
            self.explain_what_was_asked()


class ExplainedStory(Explained, Story):
    """A history that is written out."""


def test_every_recorded_check_is_explained_whatever_happened(exact_clock):
    """D15, D17"""
    make_the_same_in_the_register()
    machine = type("ExplainedHistories", (ExplainedHistories,), {"clock": exact_clock})
    run_state_machine_as_test(machine, settings=PROFILE)
    assert 0 < machine.yes < machine.explained
    print(f"{machine.explained} checks explained, {machine.yes} of them with yes")


@pytest.mark.parametrize("story", STORIES)
def test_every_recorded_check_is_explained_in_this_history(exact_clock, story):
    """D8, D9, D12, D15, D19, D20"""
    make_the_same_in_the_register()
    machine = type("ExplainedStory", (ExplainedStory,), {"clock": exact_clock})()
    try:
        STORIES[story](machine)
        machine.explain_what_was_asked(most=8)
    finally:
        machine.teardown()
