"""Giving mandates: D1-D7."""

from datetime import timedelta

import pytest

from journal.acts import Refused
from journal.clock import today
from mandates.actions import Choice, grant_mandates
from mandates.models import Mandate


def test_a_mandate_is_given_to_the_school_for_a_school_level_service(regenboog):
    """D1"""
    (mandate,) = grant_mandates(
        actor=regenboog.anke, school=regenboog.school, choices=[regenboog.rio_by_las()], start_date=today()
    )

    assert mandate.school == regenboog.school
    assert mandate.board is None


def test_nothing_is_saved_when_one_of_the_choices_is_refused(regenboog):
    """D13: all or nothing."""
    with pytest.raises(Refused) as refused:
        grant_mandates(
            actor=regenboog.anke,
            school=regenboog.school,
            choices=[
                regenboog.rio_by_las(),
                Choice(service=regenboog.test, system=regenboog.las),
                Choice(service=regenboog.oso, system=regenboog.las),
            ],
            start_date=today() - timedelta(days=1),
        )

    assert len(refused.value.problems) == 2
    assert not Mandate.objects.exists()
