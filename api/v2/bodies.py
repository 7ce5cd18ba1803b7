"""What is taken as the body of a call: JSON that says one thing only."""

import json
from collections import Counter
from typing import Any

from django.core.exceptions import RequestDataTooBig
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser

from api.v2.fields import Invalid

LARGEST_BODY = 64 * 1024  # bytes


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
        try:
            return json.loads(body.decode(), object_pairs_hook=_without_doubles, parse_constant=_refuse_constant)
        except UnicodeDecodeError:
            raise Invalid({"body": ["This is not UTF-8."]}) from None
        except RecursionError:
            raise Invalid({"body": ["This is nested too deeply."]}) from None
        except ValueError as error:
            raise Invalid({"body": [f"This is not JSON: {error}."]}) from None


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    times = Counter(name for name, _ in pairs)
    if len(times) < len(pairs):
        raise Invalid({name: ["This may be given only once."] for name in times if times[name] > 1})
    return dict(pairs)


def _refuse_constant(constant: str) -> None:
    raise ValueError(f"{constant} is no number")
