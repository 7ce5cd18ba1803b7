"""Error pages, each with a reference that support can look up. Paths below /api/ are answered in JSON instead."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from psycopg_pool import PoolTimeout

from api.v2.responses import message


def _error(request: HttpRequest, status: int, api_message: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return message(status, api_message)
    return render(request, f"errors/{status}.html", {"reference": getattr(request, "reference", "")}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request itself could not be understood."""
    return _error(request, 400, "Bad request")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: not for this person."""
    return _error(request, 403, "Forbidden")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form that did not come from a page of the register, or one that lay open too long."""
    if request.path.startswith("/api/"):
        return message(403, "Forbidden")
    return render(request, "errors/csrf.html", {"reference": getattr(request, "reference", "")}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no such page, or not for this person to know of."""
    return _error(request, 404, "Not found")


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 when the database cannot be reached."""
    if isinstance(sys.exception(), OperationalError | InterfaceError | PoolTimeout):
        return _error(request, 503, "The register is temporarily unavailable")
    return _error(request, 500, "Internal error")
