"""How version 2 answers: JSON, and errors as `{"message": ...}` (api-v2.md, General)."""

from collections.abc import Mapping, Sequence

import orjson
from django.http import HttpResponse


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
