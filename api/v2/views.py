"""What all views of version 2 do alike, but for the check: who calls, how often, and how errors are told."""

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.views import APIView

from api import limits
from api.callers import (
    NotAdmitted,
    Recognised,
    Unidentified,
    count_failure,
    identify,
    recognise,
    refuse_after_failures,
)
from api.v2.bodies import JsonOnly, StrictJson, measure
from api.v2.fields import Invalid
from api.v2.responses import invalid, message, not_admitted, not_allowed, too_many


class NotFound(Exception):
    """There is no such thing, or not for this caller to know of; the text is the documented one."""


class Forbidden(Exception):
    """The thing is another system's; the text says so."""


class KeyRequired(Exception):
    """The operation is a system's, and the caller gave no API key."""


class SupplierView(APIView):
    """A view for suppliers; `self.caller` is who calls. Reads are counted when the view `is_limited`."""

    caller: Recognised
    needs_key = False
    is_limited = False

    http_method_names = ["get", "head", "post", "put", "delete"]
    authentication_classes = ()
    permission_classes = ()
    parser_classes = (StrictJson,)
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = JsonOnly

    def initial(self, request, *args, **kwargs) -> None:
        if not hasattr(self, request.method.lower()) or request.method.lower() not in self.http_method_names:
            self.http_method_not_allowed(request)
        super().initial(request, *args, **kwargs)
        self.caller = _recognised(request._request)
        if self.is_limited and request.method in ("GET", "HEAD"):
            limits.supplier_calls.count(settings.OSR_READ_LIMIT, "read", self.caller.supplier.oin)
        if self.needs_key and self.caller.system is None:
            raise KeyRequired
        if request.method in ("POST", "PUT"):
            measure(request._request)

    def get_exception_handler(self) -> Callable:
        return _told


def _recognised(request: HttpRequest) -> Recognised:
    refuse_after_failures(request)
    try:
        return recognise(identify(request))
    except (Unidentified, NotAdmitted):
        count_failure(request)
        raise


def _told(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """The answer to what went wrong; None for what nobody foresaw, which ends as 500 or 503."""
    match error:
        case Invalid():
            return invalid(error.errors)
        case NotFound():
            return message(404, str(error))
        case Forbidden():
            return message(403, str(error))
        case Unidentified():
            return message(401, str(error))
        case NotAdmitted():
            return not_admitted(error.refusal)
        case KeyRequired():
            return message(401, "An API key is required")
        case limits.TooMany():
            return too_many(error)
        case exceptions.MethodNotAllowed():
            return not_allowed(*context["view"].allowed_methods)
        case exceptions.UnsupportedMediaType():
            return message(415, "Send JSON (Content-Type: application/json)")
    return None


def number_in_path(given: str) -> int | None:
    """The id that a path names; None for one larger than any there is. Raises `Invalid` when it is no number."""
    if re.fullmatch(r"-?[0-9]+", given) is None:
        raise Invalid({"id": ["This is not an integer."]})
    return int(given) if len(given) < 19 else None
