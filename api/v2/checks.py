"""`GET /api/v2/mandates`: the check, in version 2. A thin view round `mandates.checks`."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import structlog
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, QueryDict
from psycopg_pool import PoolTimeout

from api.callers import Unidentified, identify
from api.v2.responses import answer, invalid, message
from journal.clock import today
from mandates.checks import OwnMandate, Refusal, check_mandate
from schools.numbers import is_oin

log = structlog.get_logger()

_REFUSALS = {
    Refusal.UNKNOWN_KEY: (401, "The API key is not known, expired or revoked"),
    Refusal.UNKNOWN_CERTIFICATE: (403, "The OIN of the client certificate is not that of a connected supplier"),
    Refusal.KEY_OF_ANOTHER_SUPPLIER: (403, "The API key and the client certificate are of different suppliers"),
}


@dataclass(kw_only=True)
class Question:
    """The parameters of a check as asked, each valid."""

    school_oin: str
    supplier_oin: str
    service_code: str | None
    namespace: str | None
    day: date


class Invalid(Exception):
    """The parameters are not valid; `errors` tells all that is wrong, per parameter."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(str(errors))
        self.errors = errors


def check(request: HttpRequest) -> HttpResponse:
    """Answer one check: 200 when a system of the supplier is mandated, 404 when not.

    Who the caller is comes first (401, 403), then the parameters (400, all errors at once). What cannot be recorded is
    not answered: 503 (D17).
    """
    if request.method != "GET":
        refusal = message(405, "Method not allowed")
        refusal.headers["Allow"] = "GET"
        return refusal
    try:
        caller = identify(request)
    except Unidentified as error:
        return message(401, str(error))
    try:
        question = read_question(request.GET)
    except Invalid as error:
        return invalid(error.errors)
    try:
        result = check_mandate(
            caller,
            school_oin=question.school_oin,
            supplier_oin=question.supplier_oin,
            service_code=question.service_code,
            namespace=question.namespace,
            day=question.day,
        )
    except (DatabaseError, PoolTimeout):
        log.exception("check not recorded")
        unavailable = message(503, "The check could not be recorded and is therefore not answered; try again later")
        unavailable.headers["Retry-After"] = "5"
        return unavailable
    if isinstance(result, Refusal):
        return message(*_REFUSALS[result])
    if not result.mandated:
        return message(404, "mandate not found")
    return answer(_own(result.own) if result.own else {"mandated": True})


def read_question(parameters: QueryDict) -> Question:
    """The question that the query string asks; raises `Invalid` with everything that is wrong with it."""
    errors: dict[str, list[str]] = {}

    def read(name: str) -> str:
        values = parameters.getlist(name)
        if len(values) > 1:
            errors[name] = ["This parameter may be given only once."]
        elif values and "\x00" in values[0]:
            errors[name] = ["This value holds a NUL character."]
        elif values:
            return values[0]
        return ""

    def read_oin(name: str) -> str:
        oin = read(name)
        if name not in errors and not oin:
            errors[name] = ["This parameter is required."]
        elif name not in errors and not is_oin(oin):
            errors[name] = ["An OIN has 20 characters: 8 digits, then 12 digits or capital letters."]
        return oin

    question = Question(
        school_oin=read_oin("school_oin"),
        supplier_oin=read_oin("supplier_oin"),
        service_code=read("service_code") or None,
        namespace=read("service_version_namespace") or None,
        day=today(),
    )
    if not (question.service_code or question.namespace) and not errors.keys() & {
        "service_code",
        "service_version_namespace",
    }:
        for name in ("service_version_namespace", "service_code"):
            errors[name] = ["One of service_version_namespace and service_code is required."]
    if "reference_date" in parameters:
        try:
            question.day = _day(read("reference_date"))
        except ValueError:
            errors.setdefault("reference_date", ["This is not a date; give YYYY-MM-DD."])
    if errors:
        raise Invalid(errors)
    return question


def _day(text: str) -> date:
    day = date.fromisoformat(text)
    if day.isoformat() != text:  # fromisoformat also reads 20261201 and week dates
        raise ValueError(text)
    return day


def _own(mandate: OwnMandate) -> dict[str, date | UUID | dict | None]:
    links = {"self": {"href": f"/api/v2/mandates/{mandate.id}"}}
    if mandate.school_id is not None:
        links["school"] = {"href": f"/api/v2/schools/{mandate.school_id}"}
    else:
        links["board"] = {"href": f"/api/v2/boards/{mandate.board_id}"}
    links["service"] = {"href": f"/api/v2/services/{mandate.service_id}"}
    return {
        "token": mandate.token,
        "start_date": mandate.start_date,
        "end_date": mandate.end_date,
        "_links": links,
    }
