"""A system's own mandates on the wire (api-v2.md, Mandates; D10)."""

from datetime import timedelta

import pytest

from journal.clock import today
from mandates.models import Mandate
from tests import factories as make

DAY = timedelta(days=1)


@pytest.fixture
def mandate(regenboog) -> Mandate:
    return make.MandateFactory(school=regenboog.school, service=regenboog.rio, system=regenboog.las)


@pytest.fixture
def ask(client, regenboog):
    """Ask for a path as the mandated system, or with another key."""

    def ask(path: str, key: str = regenboog.LAS_KEY, **parameters):
        return client.get(f"/api/v2/{path}", parameters, headers={"API-Key": key})

    return ask


def test_the_mandated_system_reads_its_mandate(regenboog, ask, mandate):
    """D10"""
    assert ask(f"mandates/{mandate.pk}").json() == {
        "token": str(mandate.token),
        "start_date": "2026-01-01",
        "end_date": None,
        "_links": {
            "self": {"href": f"/api/v2/mandates/{mandate.pk}"},
            "school": {"href": f"/api/v2/schools/{regenboog.school.pk}"},
            "service": {"href": f"/api/v2/services/{regenboog.rio.pk}"},
        },
    }


def test_for_anyone_else_it_is_not_found(regenboog, ask, mandate):
    """D10: also for another system of the same supplier, and for its supplier's certificate without key."""
    sister = make.SystemFactory(supplier=regenboog.las.supplier)
    make.ApiKeyFactory(system=sister, key="osr_zuster")

    for key in (regenboog.TEST_KEY, "osr_zuster"):
        response = ask(f"mandates/{mandate.pk}", key)
        assert response.status_code == 404
        assert response.json() == {"message": "mandate not found"}


def test_the_list_holds_the_own_mandates_of_the_service_of_today_and_later(regenboog, ask, mandate):
    """api-v2.md, Mandates: GET /school-mandates"""
    coming = make.MandateFactory(
        school=regenboog.other_school, service=regenboog.rio, system=regenboog.las, start_date=today() + 5 * DAY
    )
    last_day = make.MandateFactory(
        school=make.SchoolFactory(), service=regenboog.rio, system=regenboog.las, end_date=today()
    )
    make.MandateFactory(
        school=make.SchoolFactory(), service=regenboog.rio, system=regenboog.las, end_date=today() - DAY
    )
    make.MandateFactory(school=regenboog.school, service=regenboog.oso, system=regenboog.las)
    make.MandateFactory(school=regenboog.school, service=regenboog.rio, system=regenboog.other_las)

    tokens = [each["token"] for each in ask("school-mandates", service_code="RIO").json()]

    assert tokens == [str(each.token) for each in (mandate, coming, last_day)]


def test_a_board_level_mandate_links_to_its_board(regenboog, ask):
    """D1"""
    make.MandateFactory(school=None, board=regenboog.board, service=regenboog.bst, system=regenboog.las)

    (found,) = ask("school-mandates", service_code="BST").json()

    assert found["_links"]["board"] == {"href": f"/api/v2/boards/{regenboog.board.pk}"}
    assert "school" not in found["_links"]


def test_an_unknown_service_has_no_mandates(ask, mandate):
    response = ask("school-mandates", service_code="ONBEKEND")

    assert (response.status_code, response.json()) == (200, [])


def test_the_service_code_is_required(ask, mandate):
    response = ask("school-mandates")

    assert response.status_code == 400
    assert response.json() == {"message": "Validation error(s)", "errors": {"service_code": ["This is required."]}}


def test_a_system_has_an_equal_number_of_statements_for_one_mandate_and_for_many(
    regenboog, ask, mandate, django_assert_num_queries
):
    for _ in range(10):
        make.MandateFactory(school=make.SchoolFactory(), service=regenboog.rio, system=regenboog.las)
    with django_assert_num_queries(2):  # who calls, and the mandates
        assert len(ask("school-mandates", service_code="RIO").json()) == 11
