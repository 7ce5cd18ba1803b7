"""Set-based: what is done to sixty schools takes as many SQL statements as for two (P4, D11, D12)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from journal.clock import today
from mandates.actions import Copy, Switch, confirm, preview
from mandates.actions.previews import Intent
from mandates.models import Mandate
from tests import factories as make

TOMORROW = today() + timedelta(days=1)


@pytest.fixture
def two_and_sixty(regenboog) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The BRINs of two schools of De Regenboog, and of sixty others."""
    locations = [make.LocationFactory(school__board=regenboog.board) for _ in range(62)]
    brins = tuple(location.school.brin for location in locations)
    return brins[:2], brins[2:]


@pytest.fixture
def source(regenboog) -> Mandate:
    return make.MandateFactory(school=regenboog.school, service=regenboog.rio, system=regenboog.las, start_date=today())


def given_and_statements(intent: Intent, regenboog) -> tuple[int, int]:
    """How many mandates were given, and how many SQL statements preview and confirmation took together."""
    with CaptureQueriesContext(connection) as captured:
        given = confirm(preview(intent, actor=regenboog.anke), actor=regenboog.anke)
    return len(given), len(captured)


def test_a_copy_to_sixty_schools_takes_as_many_statements_as_to_two(regenboog, two_and_sixty, source):
    """P4, D11"""
    two, sixty = two_and_sixty

    given_to_two, for_two = given_and_statements(Copy(mandate=source.uuid, schools=two), regenboog)
    given_to_sixty, for_sixty = given_and_statements(Copy(mandate=source.uuid, schools=sixty), regenboog)

    assert (given_to_two, given_to_sixty) == (2, 60)
    assert for_sixty == for_two


def test_a_switch_of_sixty_schools_takes_as_many_statements_as_of_two(regenboog, two_and_sixty, source):
    """P4, D12"""
    two, sixty = two_and_sixty
    confirm(preview(Copy(mandate=source.uuid, schools=two + sixty), actor=regenboog.anke), actor=regenboog.anke)

    def switch(schools: tuple[str, ...]) -> Switch:
        return Switch(
            schools=schools,
            services=(regenboog.rio.code,),
            old=regenboog.las.name,
            new=regenboog.other_las.name,
            day=TOMORROW,
        )

    switched_two, for_two = given_and_statements(switch(two), regenboog)
    switched_sixty, for_sixty = given_and_statements(switch(sixty), regenboog)

    assert (switched_two, switched_sixty) == (2, 60)
    assert for_sixty == for_two
    assert Mandate.objects.filter(system=regenboog.las, end_date=today()).count() == 62
