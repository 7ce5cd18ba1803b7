"""`GET /api/v2/mandates` on the wire (api-v2.md, Mandates), with rules D1, D3, D9, D10, D16, D17."""

from datetime import timedelta
from urllib.parse import quote

import psycopg
import pytest
from django.test import Client

from journal.clock import today
from mandates.actions import revoke_mandate
from mandates.models import Check, Mandate
from tests import factories as make

DAY = timedelta(days=1)


@pytest.fixture
def mandate(regenboog) -> Mandate:
    return make.MandateFactory(
        school=regenboog.school, service=regenboog.rio, system=regenboog.las, start_date=today() - 30 * DAY
    )


@pytest.fixture
def ask(regenboog):
    """Ask as the toetsleverancier whether the LAS supplier is mandated for RIO, with whatever is different."""

    def ask(key=regenboog.TEST_KEY, headers=None, **different):
        parameters = {
            "school_oin": regenboog.school.oin,
            "supplier_oin": regenboog.las.supplier.oin,
            "service_code": "RIO",
        } | different
        given = {name: value for name, value in parameters.items() if value is not None}
        return Client().get("/api/v2/mandates", given, headers={"API-Key": key} | (headers or {}) if key else headers)

    return ask


# --- Yes and no -------------------------------------------------------------------------------------------------------


def test_a_third_party_learns_that_a_system_of_the_supplier_is_mandated_and_no_more(ask, mandate):
    """D10: never token or dates."""
    response = ask()

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.json() == {"mandated": True}


def test_the_mandated_system_gets_its_token_dates_and_links(regenboog, ask, mandate):
    """D10"""
    response = ask(key=regenboog.LAS_KEY)

    assert response.status_code == 200
    assert response.json() == {
        "token": str(mandate.token),
        "start_date": (today() - 30 * DAY).isoformat(),
        "end_date": None,
        "_links": {
            "self": {"href": f"/api/v2/mandates/{mandate.pk}"},
            "school": {"href": f"/api/v2/schools/{regenboog.school.pk}"},
            "service": {"href": f"/api/v2/services/{regenboog.rio.pk}"},
        },
    }


def test_another_system_of_the_same_supplier_gets_the_third_partys_answer(regenboog, ask, mandate):
    other = make.SystemFactory(supplier=regenboog.las.supplier)
    make.ApiKeyFactory(system=other, key="osr_zuster")

    assert ask(key="osr_zuster").json() == {"mandated": True}


def test_the_own_mandate_is_found_beside_that_of_a_sister_system(regenboog, ask):
    """D10: whichever of the two was given first."""
    sister = make.SystemFactory(supplier=regenboog.las.supplier)
    make.MandateFactory(school=regenboog.school, service=regenboog.rio, system=sister)
    own = make.MandateFactory(school=regenboog.school, service=regenboog.rio, system=regenboog.las)

    assert ask(key=regenboog.LAS_KEY).json()["token"] == str(own.token)


def test_any_version_of_the_service_finds_the_mandate(regenboog, ask, mandate):
    other_version = make.ServiceVersionFactory(service=regenboog.rio)

    for namespace in (regenboog.rio_version.namespace, other_version.namespace):
        assert ask(service_code=None, service_version_namespace=namespace).status_code == 200


def test_a_namespace_may_stand_in_the_address_plain_or_percent_encoded(regenboog, mandate):
    namespace = regenboog.rio_version.namespace
    base = f"/api/v2/mandates?school_oin={regenboog.school.oin}&supplier_oin={regenboog.las.supplier.oin}"

    for written in (namespace, quote(namespace, safe="")):
        response = Client().get(f"{base}&service_version_namespace={written}", headers={"API-Key": regenboog.TEST_KEY})
        assert response.status_code == 200


def test_code_and_namespace_given_together_must_be_of_one_service(regenboog, ask, mandate):
    assert ask(service_version_namespace=regenboog.rio_version.namespace).status_code == 200
    assert ask(service_code="OSO-OV", service_version_namespace=regenboog.rio_version.namespace).status_code == 404


@pytest.mark.parametrize(
    "different",
    [
        {"school_oin": "0000000700099ZZ00000"},
        {"school_oin": "00000001123456789000"},
        {"supplier_oin": "00000099000000000099"},
        {"service_code": "ONBEKEND"},
        {"service_code": "rio"},
        {"service_code": "OSO-OV"},
        {"service_code": None, "service_version_namespace": "http://example.nl/onbekend"},
        {"school_oin": "0000000700099AB00000"},
        {"supplier_oin": "00000099000000000002"},
    ],
)
def test_without_a_match_the_answer_is_404_whatever_the_cause(ask, mandate, different):
    response = ask(**different)

    assert response.status_code == 404
    assert response.json() == {"message": "mandate not found"}


def test_the_reference_date_decides(regenboog, ask):
    """The first and the last day count (domain.md section 4)."""
    start, end = today() - 10 * DAY, today() + 10 * DAY
    make.MandateFactory(
        school=regenboog.school, service=regenboog.rio, system=regenboog.las, start_date=start, end_date=end
    )

    answers = {day: ask(reference_date=day.isoformat()).status_code for day in (start - DAY, start, end, end + DAY)}
    assert answers == {start - DAY: 404, start: 200, end: 200, end + DAY: 404}
    assert ask().status_code == 200


def test_after_revoking_the_answer_is_no_for_today_and_later_and_yes_for_before(regenboog, ask, mandate):
    """D9, D16"""
    revoke_mandate(actor=regenboog.anke, mandate=mandate)

    assert ask().status_code == 404
    assert ask(reference_date=(today() + DAY).isoformat()).status_code == 404
    assert ask(reference_date=(today() - DAY).isoformat()).status_code == 200


def test_a_board_level_mandate_is_found_through_the_schools_board(regenboog, ask):
    """D1"""
    mandate = make.MandateFactory(school=None, board=regenboog.board, service=regenboog.bst, system=regenboog.las)

    assert ask(service_code="BST").status_code == 200
    own = ask(service_code="BST", key=regenboog.LAS_KEY).json()
    assert own["token"] == str(mandate.token)
    assert own["_links"]["board"] == {"href": f"/api/v2/boards/{regenboog.board.pk}"}
    other = make.SchoolFactory()
    assert ask(service_code="BST", school_oin=other.oin).status_code == 404


def test_a_mandate_limited_to_a_location_counts_for_its_school(regenboog, ask):
    """D3: version 2 asks per school, and the mandate is per BRIN."""
    make.MandateFactory(school=regenboog.school, service=regenboog.rio, system=regenboog.las, locations=["99AA01"])

    assert ask().status_code == 200


def test_nobody_may_keep_an_answer(ask, mandate):
    """D16"""
    assert ask().headers["Cache-Control"] == "no-store"


# --- Who calls --------------------------------------------------------------------------------------------------------


def test_without_key_and_certificate_there_is_no_answer(ask, mandate):
    assert ask(key=None).status_code == 401


def test_the_older_header_name_is_accepted_too(regenboog, ask, mandate):
    assert ask(key=None, headers={"X-API-Key": regenboog.TEST_KEY}).status_code == 200


def test_an_unknown_revoked_or_expired_key_gets_no_answer(regenboog, ask, mandate):
    make.ApiKeyFactory(system=regenboog.las, key="osr_ingetrokken", revoked_at="2026-01-01T00:00Z")
    make.ApiKeyFactory(system=regenboog.las, key="osr_verlopen", expires_at="2026-01-01T00:00Z")

    for key in ("osr_onbekend", "osr_ingetrokken", "osr_verlopen"):
        response = ask(key=key)
        assert response.status_code == 401
        assert "message" in response.json()
    assert not Check.objects.exists()


def test_production_refuses_a_call_without_certificate(settings, ask, mandate):
    settings.OSR_CLIENT_CERTIFICATE = "required"

    response = ask()

    assert response.status_code == 401
    assert response.json() == {"message": "A client certificate is required"}


def test_a_jwt_header_of_version_1_is_ignored(ask, mandate):
    assert ask(headers={"JWT": "oud"}).status_code == 200


# --- Every check is recorded (D17) ------------------------------------------------------------------------------------


def test_each_check_is_recorded_with_question_and_answer(regenboog, ask, mandate):
    """D17"""
    ask()
    ask(supplier_oin="00000099000000000002", reference_date="2026-12-01")

    yes, no = Check.objects.order_by("checked_at")
    assert (yes.caller_oin, yes.system, yes.brin) == ("00000099000000000003", regenboog.test_system, "99AA")
    assert (yes.mandated, yes.mandate, yes.reference_date) == (True, mandate, today())
    assert (no.mandated, no.mandate, no.supplier_oin) == (False, None, "00000099000000000002")
    assert no.reference_date.isoformat() == "2026-12-01"


def test_what_cannot_be_recorded_is_not_answered(ask, mandate, run_sql):
    """D17"""
    run_sql("ALTER TABLE mandates_check ADD CONSTRAINT full_disk CHECK (false) NOT VALID", as_owner=True)

    response = ask()

    assert response.status_code == 503
    assert "mandated" not in response.json()
    assert response.headers["Retry-After"]


@pytest.mark.django_db(transaction=True)
def test_a_check_is_one_statement(regenboog, ask, mandate, monkeypatch):
    """D17: recognised, answered and recorded at once."""
    statements = []
    execute = psycopg.Cursor.execute
    monkeypatch.setattr(
        psycopg.Cursor,
        "execute",
        lambda self, query, *rest, **named: statements.append(query) or execute(self, query, *rest, **named),
    )

    assert ask().status_code == 200
    assert len(statements) == 1


# --- Bad input --------------------------------------------------------------------------------------------------------


def test_every_error_is_named_at_once(ask, mandate):
    response = ask(school_oin="99AA", supplier_oin=None, service_code=None, reference_date="31-12-2026")

    assert response.status_code == 400
    assert response.json()["message"] == "Validation error(s)"
    assert response.json()["errors"].keys() == {
        "school_oin",
        "supplier_oin",
        "service_code",
        "service_version_namespace",
        "reference_date",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("school_oin", ""),
        ("school_oin", "0000000700099aa00000"),
        ("school_oin", "0000000700099AA000000"),
        ("school_oin", "0000000700099AA0000\n"),
        ("school_oin", "०००००००७०००99AA00000"),
        ("supplier_oin", "0000009900000000000" + "\x00"),
        ("service_code", "R\x00IO"),
        ("reference_date", ""),
        ("reference_date", "2026-02-30"),
        ("reference_date", "20261201"),
        ("reference_date", "2026-W10-1"),
        ("reference_date", "vandaag"),
        ("reference_date", "2026-12-01T00:00:00"),
    ],
)
def test_a_malformed_parameter_is_named(ask, mandate, name, value):
    response = ask(**{name: value})

    assert response.status_code == 400
    assert name in response.json()["errors"]


def test_a_parameter_given_twice_is_refused(regenboog, ask, mandate):
    """Which of the two was meant is not for the register to guess."""
    response = ask(school_oin=[regenboog.school.oin, regenboog.other_school.oin])

    assert response.status_code == 400
    assert "school_oin" in response.json()["errors"]


def test_a_very_long_code_is_refused(ask, mandate):
    assert ask(service_code="R" * 200).status_code == 404
    assert ask(service_code="R" * 201).status_code == 400


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_another_method_is_answered_in_json(db, method):
    response = getattr(Client(enforce_csrf_checks=True), method)("/api/v2/mandates")

    assert response.status_code == 405
    assert response.json() == {"message": "Method not allowed"}
    assert response.headers["Allow"] == "GET, HEAD"


def test_an_unknown_path_is_answered_in_json(client, db):
    response = client.get("/api/v2/mandaten")

    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/json"
