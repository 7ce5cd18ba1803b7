"""Error pages, each with a reference that support can look up. Paths below /api/ are answered in JSON instead."""

import re
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access import sent_from_an_ended_session
from accounts.actions import note_error
from api.v2.responses import message, unavailable

# Also as a client writes it by mistake: two slashes, capitals, nothing behind it.
_API = re.compile(r"/+api(/|$)", re.IGNORECASE)


class ExpiredForm(Exception):
    """What a form is refused for that carries no secret of this session: Django raises nothing then."""


def _error(
    request: HttpRequest, status: int, api_message: str, *, exception: BaseException | None = None
) -> HttpResponse:
    if _API.match(request.path):
        return unavailable(api_message) if status == 503 else message(status, api_message)
    return _page(request, str(status), status, exception)


def _page(request: HttpRequest, name: str, status: int, exception: BaseException | None) -> HttpResponse:
    """The page needs no database; that it was shown is noted when that can be done."""
    reference = getattr(request, "reference", "")
    response = render(request, f"errors/{name}.html", {"reference": reference}, status=status)
    note_error(request=request, status=status, exception=exception)
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request itself could not be understood."""
    return _error(request, 400, "Bad request", exception=exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: not for this person."""
    return _error(request, 403, "Forbidden", exception=exception)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form that did not come from a page of the register, or one that lay open too long.

    Who has signed in anew since the page was made gets it back as it was filled in.
    """
    if _API.match(request.path):
        return message(403, "Forbidden")
    return sent_from_an_ended_session(request) or _page(request, "csrf", 403, ExpiredForm())


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no such page, or not for this person to know of."""
    return _error(request, 404, "Not found", exception=exception)


def too_many_attempts(request: HttpRequest) -> HttpResponse:
    """429: signing in was tried too often from one address, or by one person."""
    response = _error(request, 429, "Too many requests")
    response.headers["Retry-After"] = "60"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 when the database cannot be reached."""
    exception = sys.exception()
    if isinstance(exception, OperationalError | InterfaceError):
        return _error(request, 503, "The register is temporarily unavailable", exception=exception)
    return _error(request, 500, "Internal error", exception=exception)
