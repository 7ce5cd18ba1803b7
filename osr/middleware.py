import logging
import random
import time
from functools import lru_cache

import structlog
from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.csp import ContentSecurityPolicyMiddleware
from django.middleware.security import SecurityMiddleware
from django.urls import ResolverMatch, resolve

from osr.logs import log_event

log = logging.getLogger("osr.request")

# Letters and digits that cannot be mistaken for one another when read out over the telephone.
_REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


class RequestLog:
    """One log line per request, and a reference that ties a person's error page to it.

    The path is logged, never the query string, headers or body: they may hold codes, keys and tokens.
    """

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request):
        request.reference = "".join(random.choices(_REFERENCE_ALPHABET, k=8))  # noqa: S311 - it opens nothing
        # For whatever else is logged on the way; the next request of this thread brings its own.
        structlog.contextvars.bind_contextvars(reference=request.reference)
        began = time.perf_counter()
        response = self.get_response(request)
        log_event(
            log,
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            milliseconds=round((time.perf_counter() - began) * 1000, 1),
            reference=request.reference,
        )
        response.headers["X-Reference"] = request.reference
        return response


class SuppliersGoAhead:
    """A supplier's call goes straight to its view, past all middleware that stands below this one.

    What stands there is for people: style sheets, sessions, forms, messages, boards. A supplier's client sends no
    cookies, so it has no session and there is nothing to forge (docs/decisions/018-the-hot-path.md). The headers that
    guard a page guard its answers too.
    """

    def __init__(self, get_response) -> None:
        self.get_response = get_response
        self._answer = convert_exception_to_response(_answer)
        self._headers = _security_headers()

    def __call__(self, request):
        if not request.path_info.startswith("/api/") or _must_become_secure(request):
            return self.get_response(request)
        response = self._answer(request)
        for name, value in self._headers:
            response.headers.setdefault(name, value)
        if not response.streaming:
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response


def _answer(request: HttpRequest) -> HttpResponse:
    request.get_host()  # refuses a host that the register does not serve
    request.resolver_match = view, arguments, named = _view_of(request.path_info)
    response = view(request, *arguments, **named)
    return response.render() if hasattr(response, "render") else response


@lru_cache(maxsize=256)
def _view_of(path: str) -> ResolverMatch:
    """What stands at the path; most calls are for the same few paths."""
    return resolve(path)


def _must_become_secure(request: HttpRequest) -> bool:
    return settings.SECURE_SSL_REDIRECT and not request.is_secure()


def _security_headers() -> list[tuple[str, str]]:
    """What the middleware for security adds to an answer: the same for each, so it is asked only once."""
    request = HttpRequest()
    request.META["HTTP_X_FORWARDED_PROTO"] = "https"
    bare, guarded = HttpResponse(), HttpResponse()
    for middleware in (XFrameOptionsMiddleware, ContentSecurityPolicyMiddleware, SecurityMiddleware):
        guarded = middleware(lambda request, answer=guarded: answer)(request)
    return [(name, value) for name, value in guarded.items() if name not in bare]
