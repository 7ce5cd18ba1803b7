"""`GET /api/v2/mandates`: the check, in version 2. A thin view round `mandates.checks`."""

from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from api import limits
from api.callers import NotAdmitted, Unidentified, count_failure, identify, recognise, refuse_after_failures
from api.v2.fields import Code, Day, Invalid, Namespace, Oin, Query, one_of
from api.v2.representations import own_mandate
from api.v2.responses import answer, invalid, message, not_admitted, not_allowed, too_many, unavailable
from journal.clock import today
from mandates.checks import Caller, Refusal, check_mandate

log = structlog.get_logger()

# Whose system a key is of never changes, so it may be remembered: to count by, and for nothing else (D16).
_oin_of_key: dict[str, str] = {}


class CheckQuery(Query):
    school_oin = Oin(help_text="OIN van de school.")
    supplier_oin = Oin(help_text="OIN van de leverancier van het systeem.")
    service_version_namespace = Namespace(
        required=False, help_text="Namespace van een versie van de dienst. Dit of `service_code` is verplicht."
    )
    service_code = Code(
        required=False, help_text="Code van de dienst. Dit of `service_version_namespace` is verplicht."
    )
    reference_date = Day(required=False, help_text="Peildatum (JJJJ-MM-DD); vandaag als u niets invult.")

    def missing(self, given) -> dict[str, str]:
        return one_of(given, "service_version_namespace", "service_code")


def check(request: HttpRequest) -> HttpResponse:
    """Answer one check: 200 when a system of the supplier is mandated, 404 when not.

    Who the caller is comes first (401, 403), then how often it calls (429), then the parameters (400, all errors at
    once). What cannot be recorded is not answered: 503 (D17).
    """
    if request.method not in ("GET", "HEAD"):
        return not_allowed("GET", "HEAD")
    try:
        refuse_after_failures(request)
        return _answer(request, identify(request))
    except Unidentified as error:
        count_failure(request)
        return message(401, str(error))
    except NotAdmitted as error:
        count_failure(request)
        return not_admitted(error.refusal)
    except limits.TooMany as error:
        return too_many(error)
    except Invalid as error:
        return invalid(error.errors)
    except DatabaseError:
        log.exception("check not recorded")
        return unavailable("The check could not be recorded and is therefore not answered; try again later")


def _answer(request: HttpRequest, caller: Caller) -> HttpResponse:
    counted_for = caller.certificate_oin or _oin_of_key.get(caller.key_digest)
    if counted_for:
        limits.supplier_calls.count(settings.OSR_CHECK_LIMIT, "check", counted_for)
    result = check_mandate(caller, **_question(request, caller))
    if isinstance(result, Refusal):
        raise NotAdmitted(result)
    if caller.key_digest and not counted_for:  # the first call with this key: only now is it known whose it is
        _oin_of_key[caller.key_digest] = result.caller_oin
    if not result.mandated:
        return message(404, "mandate not found")
    return answer(own_mandate(result.own) if result.own else {"mandated": True})


def _question(request: HttpRequest, caller: Caller) -> dict[str, Any]:
    """What is asked. Only a caller whom the register knows is told what is wrong with it."""
    try:
        asked = CheckQuery.read(request)
    except Invalid:
        recognise(caller)
        raise
    return {
        "school_oin": asked["school_oin"],
        "supplier_oin": asked["supplier_oin"],
        "service_code": asked.get("service_code"),
        "namespace": asked.get("service_version_namespace"),
        "day": asked.get("reference_date") or today(),
    }
