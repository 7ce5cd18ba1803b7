"""Error pages, each with a reference that support can look up. Paths below /api/ are answered in JSON instead."""

import re
import sys

import structlog
from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from accounts import sessions
from accounts.access import sent_from_an_ended_session
from accounts.actions import note_error
from api.v2.responses import message, unavailable

log = structlog.get_logger(__name__)

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
    """The page needs no database; who is signed in sees the header, and that it was shown is noted, when that can be
    done."""
    template, context = f"errors/{name}.html", {"reference": getattr(request, "reference", "")}
    response, has_waited = None, status == 503
    try:
        if status < 500:
            response = _with_header(request, template, context, status)
    except Exception as error:
        # Perhaps this is just what went wrong; or the database is away.
        log.warning("error page without header", why=type(error).__name__, **context)
        has_waited = isinstance(error, Error)
    if response is None:
        response = render(request, template, context, status=status)
    note_error(request=request, status=status, exception=exception, has_waited=has_waited)
    return response


def _with_header(request: HttpRequest, template: str, context: dict[str, str], status: int) -> HttpResponse | None:
    """The page with the bestuur acted for, the person and the menu; None when nobody acts for a bestuur."""
    # What a middleware refuses comes here without.
    if not hasattr(request, "membership"):
        return None
    with sessions.unnoticed(request):
        if not request.membership:
            return None
        response = render(request, template, {**context, "layout": "layout/page.html"}, status=status)
    add_never_cache_headers(response)
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
