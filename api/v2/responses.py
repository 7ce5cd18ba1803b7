"""How version 2 answers: JSON, and errors as `{"message": ...}` (api-v2.md, General)."""

from collections.abc import Mapping, Sequence

import orjson
from django.http import HttpResponse

from api.limits import TooMany
from mandates.checks import Refusal

_REFUSALS = {
    Refusal.UNKNOWN_KEY: (401, "The API key is not known, expired or revoked"),
    Refusal.UNKNOWN_CERTIFICATE: (403, "The OIN of the client certificate is not that of a connected supplier"),
    Refusal.KEY_OF_ANOTHER_SUPPLIER: (403, "The API key and the client certificate are of different suppliers"),
}


def answer(body: object, *, status: int = 200) -> HttpResponse:
    """A JSON answer that nobody may keep: what is true now may be revoked the next moment (D16)."""
    return HttpResponse(
        orjson.dumps(body), status=status, content_type="application/json", headers={"Cache-Control": "no-store"}
    )


def message(status: int, text: str) -> HttpResponse:
    """An error with its documented text."""
    return answer({"message": text}, status=status)


def invalid(errors: Mapping[str, Sequence[str]]) -> HttpResponse:
    """400 with every parameter that is wrong, each with what is wrong with it."""
    return answer({"message": "Validation error(s)", "errors": errors}, status=400)


def not_admitted(refusal: Refusal) -> HttpResponse:
    """401 or 403: why the caller gets no answer at all."""
    return message(*_REFUSALS[refusal])


def not_allowed(*methods: str) -> HttpResponse:
    """405, with the methods that are."""
    response = message(405, "Method not allowed")
    response.headers["Allow"] = ", ".join(methods)
    return response


def unavailable(text: str) -> HttpResponse:
    """503, with the seconds after which to try again."""
    response = message(503, text)
    response.headers["Retry-After"] = "5"
    return response


def too_many(error: TooMany) -> HttpResponse:
    """429, with the seconds after which to try again."""
    response = message(429, "Too many requests; try again later")
    response.headers["Retry-After"] = str(error.seconds)
    return response
