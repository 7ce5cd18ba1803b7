"""Schools and boards, services and their versions, on the wire (api-v2.md)."""

import pytest

from tests import factories as make


@pytest.fixture
def ask(client, regenboog):
    """Ask for a path as a third party, with these parameters."""

    def ask(path: str, **parameters):
        return client.get(f"/api/v2/{path}", parameters, headers={"API-Key": regenboog.TEST_KEY})

    return ask


# --- Schools ----------------------------------------------------------------------------------------------------------


def test_a_school_has_a_name_its_numbers_and_links(regenboog, ask):
    """api-v2.md, Schools and boards: no id but in the links, `oa_id` null when unknown."""
    expected = {
        "name": "De Regenboog",
        "oin": "0000000700099AA00000",
        "brin": "99AA",
        "oa_id": None,
        "_links": {
            "self": {"href": f"/api/v2/schools/{regenboog.school.pk}"},
            "board": {"href": f"/api/v2/boards/{regenboog.board.pk}"},
        },
    }

    assert ask("schools", brin="99AA").json() == [expected]
    assert ask(f"schools/{regenboog.school.pk}").json() == expected


def test_without_filters_every_school_is_listed_in_a_bare_array(ask):
    assert [school["brin"] for school in ask("schools").json()] == ["99AA", "99AB"]


@pytest.mark.parametrize(
    ("filters", "brins"),
    [
        ({"name": "REGEN"}, ["99AA"]),
        ({"name": "de "}, ["99AA", "99AB"]),
        ({"oin": "0000000700099AB00000"}, ["99AB"]),
        ({"brin": "99ab"}, ["99AB"]),
        ({"oa_id": "123A123"}, ["99AC"]),
        ({"name": "linde", "brin": "99AA"}, []),
        ({"name": "%"}, []),
        ({"oin": "00000003272448340204"}, []),
        ({"oin": "0000000700099ZZ00000"}, []),
    ],
)
def test_filters_combine_with_and(ask, filters, brins):
    """api-v2.md, Schools and boards: part of the name in any case, numbers exactly; no match is an empty array."""
    make.SchoolFactory(brin="99AC", name="Het Kompas", oa_id="123A123")

    response = ask("schools", **filters)

    assert response.status_code == 200
    assert [school["brin"] for school in response.json()] == brins


def test_a_board_has_a_name_a_number_and_its_schools(regenboog, ask):
    assert ask(f"boards/{regenboog.board.pk}").json() == {
        "name": "Stichting De Regenboog",
        "number": "99001",
        "_links": {
            "self": {"href": f"/api/v2/boards/{regenboog.board.pk}"},
            "schools": [
                {"href": f"/api/v2/schools/{regenboog.school.pk}"},
                {"href": f"/api/v2/schools/{regenboog.other_school.pk}"},
            ],
        },
    }


def test_there_is_no_list_of_boards(ask):
    assert ask("boards").status_code == 404


# --- Services ---------------------------------------------------------------------------------------------------------


def test_a_service_has_a_code_a_name_and_a_description(regenboog, ask):
    expected = {
        "code": "RIO",
        "name": "Registratie Instellingen en Opleidingen",
        "description": "",
        "_links": {"self": {"href": f"/api/v2/services/{regenboog.rio.pk}"}},
    }

    assert ask("services", name="instellingen EN").json() == [expected]
    assert ask(f"services/{regenboog.rio.pk}").json() == expected


def test_services_are_listed_by_code_also_those_that_have_ended(ask):
    """A mandate may still be for one."""
    make.ServiceFactory(code="BRONPO", is_active=False)

    assert [service["code"] for service in ask("services").json()] == ["BRONPO", "BST", "DOORSTROOM", "OSO-OV", "RIO"]
    assert ask("services", name="geen enkele").json() == []


def test_a_service_version_has_a_namespace_and_a_status(regenboog, ask):
    version = regenboog.rio_version
    expected = {
        "namespace": version.namespace,
        "status": "active",
        "_links": {
            "self": {"href": f"/api/v2/service-versions/{version.pk}"},
            "service": {"href": f"/api/v2/services/{regenboog.rio.pk}"},
        },
    }

    assert ask("service-versions", service_code="RIO").json() == [expected]
    assert ask("service-versions").json() == [expected]
    assert ask(f"service-versions/{version.pk}").json() == expected
    assert ask("service-versions", service_code="ONBEKEND").json() == []


# --- What is not there ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("schools", "School with id {id} does not exist"),
        ("boards", "Board with id {id} does not exist"),
        ("services", "Service with id {id} does not exist"),
        ("service-versions", "Service version with id {id} does not exist"),
        ("endpoints", "Endpoint with id {id} does not exist."),
        ("mandates", "mandate not found"),
    ],
)
def test_what_does_not_exist_is_said_in_the_documented_words(ask, path, text):
    """api-v2.md, General"""
    for number in ("999999", "-1", "99999999999999999999999"):
        response = ask(f"{path}/{number}")
        assert response.status_code == 404
        assert response.json() == {"message": text.format(id=number)}


@pytest.mark.parametrize("path", ["schools", "boards", "services", "service-versions", "endpoints", "mandates"])
def test_an_id_that_is_no_integer_is_a_validation_error(ask, path):
    """api-v2.md, General"""
    for id in ("abc", "1.0", "1_0", "+1", "١", "0x1"):
        response = ask(f"{path}/{id}")
        assert response.status_code == 400
        assert response.json() == {"message": "Validation error(s)", "errors": {"id": ["This is not an integer."]}}


def test_a_list_takes_as_many_statements_for_many_schools_as_for_one(ask, django_assert_num_queries):
    for _ in range(20):
        make.SchoolFactory()
    with django_assert_num_queries(2):  # who calls, and the schools
        assert len(ask("schools").json()) == 22
