"""What is taken as the body of a call: JSON that says one thing only."""

import io
import json
from collections import Counter
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser

from api.v2.fields import Invalid, JsonObject

LARGEST_BODY = 64 * 1024  # bytes
_LONGEST_NUMBER = 1_000  # digits; Python itself stops at 4,300


class JsonOnly(BaseContentNegotiation):
    """Answers are JSON whatever is asked for; a body is JSON unless it says that it is something else."""

    def select_parser(self, request, parsers):
        kind = request.content_type.partition(";")[0].strip().lower()
        return parsers[0] if kind in ("", "application/json") else None

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


class StrictJson(BaseParser):
    """JSON that says one thing only: no name twice in an object, no numbers that are none, not too large or deep."""

    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None) -> Any:
        try:
            body = stream.read(LARGEST_BODY + 1)
        except RequestDataTooBig:
            body = None
        if body is None or len(body) > LARGEST_BODY:
            raise Invalid({"body": [f"This is too large: at most {LARGEST_BODY} bytes."]})
        twice: set[str] = set()

        def noting_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
            if len(found := dict(pairs)) < len(pairs):
                twice.update(_sayable(name) for name, times in Counter(name for name, _ in pairs).items() if times > 1)
            return found

        try:
            read = json.loads(
                body.decode(), object_pairs_hook=noting_doubles, parse_int=_integer, parse_constant=_refuse_constant
            )
        except UnicodeDecodeError:
            raise Invalid({"body": ["This is not UTF-8."]}) from None
        except RecursionError:
            raise Invalid({"body": ["This is nested too deeply."]}) from None
        except ValueError as error:
            raise Invalid({"body": [f"This is not JSON: {error}."]}) from None
        return JsonObject(read, twice=twice) if isinstance(read, dict) else read


def measure(request: HttpRequest) -> None:
    """See to it that a body is read when it was sent in chunks: it says nowhere how long it is.

    Django takes such a body for empty. That it ends is for the web server to see to, and to say: granian does.
    """
    sent = request.META
    if "CONTENT_LENGTH" not in sent and "HTTP_TRANSFER_ENCODING" in sent and sent.get("wsgi.input_terminated"):
        body = sent["wsgi.input"].read(LARGEST_BODY + 1)
        request._stream = io.BytesIO(body)
        sent["CONTENT_LENGTH"] = str(len(body))


def _sayable(name: str) -> str:
    """The name as it can be said in an answer: half of a surrogate pair stays written as it was."""
    return name.encode(errors="backslashreplace").decode()


def _integer(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise ValueError("a number has too many digits")
    return int(digits)


def _refuse_constant(constant: str) -> None:
    raise ValueError(f"{constant} is no number")
