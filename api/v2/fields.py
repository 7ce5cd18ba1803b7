"""What callers may give, in the query or in a body: each form is written once, here.

A reader (`Query`, `Body`) is a REST framework serializer that tells all errors at once, also about what is given twice
or under a name that looks like one it knows: a misspelt `reference_date` must not become a question about today.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date
from functools import cache, cached_property
from typing import Any, Self
from uuid import UUID

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from mandates.actions import is_https
from schools import numbers

ERA = date(1900, 1, 1), date(9998, 12, 31)


class Invalid(Exception):
    """What the caller gave is not valid; `errors` tells all that is wrong, per name."""

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        super().__init__(str(errors))
        self.errors = errors


# --- Forms ------------------------------------------------------------------------------------------------------------


# Of any text: PostgreSQL cannot keep a NUL character. In the document only, where nothing else says so.
WITHOUT_NUL = r"^[^\x00]*$"


class Text(serializers.Field):
    """A text without characters that no text has; subclasses know its form."""

    default_error_messages = {"required": "This is required.", "null": "This may not be null."}
    longest = 200

    def run_validation(self, data: object = serializers.empty) -> Any:
        """The value; the same as REST framework's own, without what these fields have no use for: a check is quick."""
        if data is serializers.empty or data is None:
            return super().run_validation(data)
        return self.to_internal_value(data)

    def to_internal_value(self, given: object) -> Any:
        if not isinstance(given, str):
            raise serializers.ValidationError("This is not a text.")
        if len(given) > self.longest:
            raise serializers.ValidationError(f"This is too long: at most {self.longest} characters.")
        if "\x00" in given:
            raise serializers.ValidationError("This holds a NUL character.")
        if _NO_UNICODE.search(given):
            raise serializers.ValidationError("This is not valid UTF-8.")
        if given == "":
            return self.read_empty()
        return self.read(given)

    def read_empty(self) -> Any:
        """What an empty text stands for; nothing, usually."""
        raise serializers.ValidationError("This is empty; leave it out or give a value.")

    def read(self, given: str) -> Any:
        """The value of a text that is not empty; raises `ValidationError` when it has not the form."""
        return given

    def to_representation(self, value: object) -> object:
        return value


# Half of a surrogate pair, and what was not UTF-8 on the way in: neither can be stored.
_NO_UNICODE = re.compile("[\ud800-\udfff\ufffd]")


class _Formed(Text):
    """A text of the form of one of the field's numbers."""

    pattern: str
    form: str

    def read(self, given: str) -> str:
        if re.fullmatch(self.pattern, given) is None:
            raise serializers.ValidationError(self.form)
        return given


@extend_schema_field({"type": "string", "pattern": numbers.OIN, "examples": ["0000000700000AV00000"]})
class Oin(_Formed):
    pattern = numbers.OIN
    form = "An OIN has 20 characters: 8 digits, then 12 digits or capital letters."


@extend_schema_field({"type": "string", "pattern": r"^[0-9]{2}[A-Za-z]{2}$", "examples": ["00AV"]})
class Brin(_Formed):
    pattern = numbers.BRIN
    form = "A BRIN has 2 digits and 2 letters."

    def read(self, given: str) -> str:
        return super().read(given.upper() if given.isascii() else given)


@extend_schema_field({"type": "string", "pattern": numbers.OA_ID, "examples": ["123A123"]})
class OaId(_Formed):
    pattern = numbers.OA_ID
    form = "An oa_id has 3 digits, an A and 3 digits."


@extend_schema_field({"type": "string", "pattern": numbers.ROUTING_ID, "examples": ["0000000700000AV00001"]})
class RoutingId(_Formed):
    pattern = numbers.ROUTING_ID
    form = "A routing id has 20 characters: the first 15 of the school's OIN and 5 digits."


@extend_schema_field(
    {
        "type": "string",
        "minLength": 1,
        "maxLength": 2000,
        "pattern": WITHOUT_NUL,
        "examples": ["http://xml.eld.nl/schemas/RIO"],
    }
)
class Namespace(Text):
    longest = 2000


@extend_schema_field({"type": "string", "minLength": 1, "maxLength": 200, "pattern": WITHOUT_NUL, "examples": ["RIO"]})
class Code(Text):
    pass


@extend_schema_field({"type": "string", "minLength": 1, "maxLength": 200, "pattern": WITHOUT_NUL})
class Part(Text):
    pass


@extend_schema_field({"type": "string", "maxLength": 200, "pattern": WITHOUT_NUL, "examples": ["LAS"]})
class Attributes(Text):
    def read_empty(self) -> str:
        return ""


@extend_schema_field({"type": "string", "format": "uuid"})
class Token(Text):
    def read(self, given: str) -> UUID:
        if re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", given) is None:
            raise serializers.ValidationError("A token is a UUID.")
        return UUID(given)


@extend_schema_field(
    {
        "type": "string",
        "format": "uri",
        "pattern": "^https://",
        "maxLength": 2000,
        "examples": ["https://las.example/rio"],
    }
)
class HttpsUrl(Text):
    longest = 2000

    def read(self, given: str) -> str:
        if not is_https(given):
            raise serializers.ValidationError("This is not an https address.")
        return given


@extend_schema_field({"type": "string", "format": "date", "examples": ["2026-12-01"]})
class Day(Text):
    """A day of the calendar, in Europe/Amsterdam."""

    def read(self, given: str) -> date:
        try:
            day = date.fromisoformat(given)
        except ValueError:
            day = None
        if day is None or day.isoformat() != given:  # fromisoformat also reads 20261201 and week dates
            raise serializers.ValidationError("This is not a date; give YYYY-MM-DD.")
        return day


class DayOfEra(Day):
    """A day on which something of the register can begin or end."""

    def read(self, given: str) -> date:
        day = super().read(given)
        if not ERA[0] <= day <= ERA[1]:
            raise serializers.ValidationError(f"Give a date from {ERA[0]} up to and including {ERA[1]}.")
        return day


@extend_schema_field({"type": "boolean"})
class Flag(Text):
    """Yes or no, in a query."""

    def read(self, given: str) -> bool:
        if given.lower() not in ("true", "false"):
            raise serializers.ValidationError("Give true or false.")
        return given.lower() == "true"


# --- Readers ----------------------------------------------------------------------------------------------------------


class _Reader(serializers.Serializer):
    """Reads what a caller gives by its fields; raises `Invalid` with everything that is wrong."""

    @classmethod
    @cache
    def _instance(cls) -> Self:
        # Making the fields takes longer than reading with them, and reading leaves no trace in them.
        return cls()

    @cached_property
    def _by_name(self) -> dict[str, serializers.Field]:
        return dict(self.fields.items())

    def read_all(self, given: Mapping[str, Any], errors: dict[str, list[str]]) -> dict[str, Any]:
        """The value of everything given, by name; `errors` are those found before."""
        values: dict[str, Any] = {}
        found: dict[str, list[str]] = {}
        for name, field in self._by_name.items():
            try:
                values[name] = field.run_validation(given.get(name, serializers.empty))
            except serializers.SkipField:
                pass
            except serializers.ValidationError as error:
                found[name] = [str(each) for each in error.detail]
        errors = found | self._lookalikes(given) | errors
        for name, text in self.missing(given).items():
            errors.setdefault(name, [text])
        if errors:
            raise Invalid(errors)
        return values

    def missing(self, given: Mapping[str, Any]) -> dict[str, str]:
        """What is wrong with what is there and not there, by name."""
        return {}

    def _lookalikes(self, given: Mapping[str, Any]) -> dict[str, list[str]]:
        unknown = [name for name in given if name not in self._by_name]
        if not unknown:
            return {}
        meant = {_folded(name): name for name in self._by_name}
        return {name: [f"Write this as {meant[_folded(name)]}."] for name in unknown if _folded(name) in meant}


def _folded(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


class Query(_Reader):
    """Reads the parameters of a query."""

    @classmethod
    def read(cls, request: HttpRequest) -> dict[str, Any]:
        """The parameters by name; those not given that have no default are left out."""
        reader = cls._instance()
        try:
            parameters = request.GET
        except TooManyFieldsSent:
            raise Invalid({"query": ["These are too many parameters."]}) from None
        twice = [name for name, values in parameters.lists() if len(values) > 1 and name in reader._by_name]
        return reader.read_all(parameters, given_twice(twice))


class JsonObject(dict[str, Any]):
    """The object in a body; `twice` are the names that it, or an object in it, holds more than once."""

    def __init__(self, given: Mapping[str, Any], *, twice: Collection[str]) -> None:
        super().__init__(given)
        self.twice = twice


class Body(_Reader):
    """Reads the JSON object in the body of a call."""

    @classmethod
    def read(cls, body: object, errors: Mapping[str, list[str]] | None = None) -> dict[str, Any]:
        """What the object holds, by name; what is not given and has no default is left out.

        `errors` are those that the caller has found itself, to be told with all others.
        """
        if not isinstance(body, dict):
            raise Invalid({"body": ["This is not a JSON object."]})
        twice = body.twice if isinstance(body, JsonObject) else ()
        return cls._instance().read_all(body, {**(errors or {}), **given_twice(twice)})


def given_twice(names: Collection[str]) -> dict[str, list[str]]:
    """The problem, by each of these names, that it is given more than once."""
    return {name: ["This may be given only once."] for name in names}


def one_of(given: Mapping[str, Any], *names: str) -> dict[str, str]:
    """The problem, by each of these names, that none of them is given."""
    return (
        {}
        if any(name in given for name in names)
        else dict.fromkeys(names, f"One of {' and '.join(names)} is required.")
    )
