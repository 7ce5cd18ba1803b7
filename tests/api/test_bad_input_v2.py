"""Bad input, to every operation of version 2: a clear 400 that names all that is wrong (api-v2.md, General).

The cases are made from the OpenAPI document, so that a new operation, parameter or field cannot be forgotten: one that
`described.GOOD` does not know fails here. Every answer is held against the document too (`conftest.py`).
"""

import base64
import json
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.test import Client

from api.v2.document import document
from api.v2.fields import WITHOUT_NUL
from journal.models import Entry
from mandates.models import Check, Endpoint, RoutingId
from tests.api.described import GOOD, Operation, furnished, good, operations
from tests.api.test_callers import OIN, certificate, oin_attribute, rfc9440
from tests.register import Regenboog

pytestmark = pytest.mark.django_db

# Upper and lower case say the same in these (domain.md section 4; RFC 9562).
CASE_DOES_NOT_MATTER = {"brin", "mandate_token", "include_future_endpoints"}
ONE_OF_TWO = {
    "check": {"service_version_namespace", "service_code"},
    "endpoints": {"routing_id", "school_oin"},
}
# Ids in the path that are no integers; `%2F` is another matter, for it makes another path.
NO_INTEGERS = [
    "x", "1.0", "1e3", "0x1", "+1", "%201", "1%20", "1%0A", "%00", "1%00", "%FF", "1%ED%A0%80", "-", "--1", "1_000",
    "1,000", "%D9%A3", "%EF%BC%91", "%C2%B2", "null", "1;2", "%2e", "..%5C1", "a" * 5_000,
]  # fmt: skip
METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"]
NOT_THERE = ["-1", "0", "-0", "999999", "9" * 18, "9" * 19, "-" + "9" * 19, "9223372036854775808", "9" * 5_000]


OPERATIONS = list(operations())
QUERIES = [operation for operation in OPERATIONS if operation.query]
BODIES = [operation for operation in OPERATIONS if operation.body]
IN_PATH = [operation for operation in OPERATIONS if "{id}" in operation.path]

each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=str)
each_with_query = pytest.mark.parametrize("operation", QUERIES, ids=str)
each_with_body = pytest.mark.parametrize("operation", BODIES, ids=str)
each_with_id = pytest.mark.parametrize("operation", IN_PATH, ids=str)
each_parameter = pytest.mark.parametrize(
    ("operation", "name"),
    [pytest.param(operation, name, id=f"{operation}-{name}") for operation in QUERIES for name in operation.query],
)
each_field = pytest.mark.parametrize(
    ("operation", "name"),
    [pytest.param(operation, name, id=f"{operation}-{name}") for operation in BODIES for name in operation.body],
)


def has_form(schema: dict) -> bool:
    """Whether not every text will do."""
    return schema.get("pattern", WITHOUT_NUL) != WITHOUT_NUL or "format" in schema or schema["type"] == "boolean"


def wrong_texts(name: str, schema: dict) -> dict[str, str]:
    """Texts that are no value of a parameter or field, by what is wrong with them."""
    good = GOOD[name]
    wrong = {
        "NUL": good + "\x00",
        "only NUL": "\x00",
        "too long": "a" * (schema.get("maxLength", 3_000) + 1),
        "much too long": "a" * 60_000,
    }
    if schema.get("minLength") or has_form(schema):
        wrong["empty"] = ""
    if has_form(schema):
        wrong |= {
            "another kind": "vandaag",
            "a number": "7",
            "full width": good.translate({code: code + 0xFEE0 for code in range(ord("!"), ord("~"))}),
            "a space before it": f" {good}",
            "a newline after it": f"{good}\n",
            "in quotes": f'"{good}"',
        }
    if has_form(schema) and schema.get("format") != "uri":  # an address may go on with nearly anything
        wrong |= {
            "in another script": good.translate({ord("0") + n: chr(0x660 + n) for n in range(10)}) + "\u0660",
            "percent-encoded twice": "".join(f"%{byte:02x}" for byte in good.encode()),
            "with a lookalike of a letter": good[:-1] + "\u0410",
            "a list": f"{good},{good}",
        }
    if has_form(schema) and name not in CASE_DOES_NOT_MATTER and good.swapcase() != good:
        wrong["wrong case"] = good.swapcase()
    return wrong


WRONG_BYTES = {"not UTF-8": b"\xff", "half of a surrogate pair": b"\xed\xa0\x80", "overlong": b"\xc0\xaf"}


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker) -> Iterator[tuple[Regenboog, dict[str, int]]]:
    with django_db_blocker.unblock(), furnished() as made:
        yield made


@pytest.fixture
def regenboog(made) -> Regenboog:
    return made[0]


@pytest.fixture
def ids(made) -> dict[str, int]:
    """An id of each kind of thing, by its name in paths."""
    return made[1]


@pytest.fixture
def call(regenboog, ids) -> Callable:
    """Call an operation as the LAS, with a good value for everything but what is given.

    A query that is text and a body that is bytes go over the line as they are.
    """

    def call(operation: Operation, *, id=None, query=None, body=None, key=regenboog.LAS_KEY, **more):
        if "{id}" in operation.path:
            collection = operation.path.split("/")[3]
            operation = operation.but(path=operation.path.replace("{id}", str(ids[collection] if id is None else id)))
        query = good(operation.query) if query is None else query
        body = good(operation.body) if body is None else body
        return Client().generic(
            operation.method,
            operation.path,
            body if isinstance(body, bytes) else json.dumps(body),
            **{"content_type": "application/json", "headers": {"API-Key": key}} | more,
            QUERY_STRING=query if isinstance(query, str) else urlencode(query, doseq=True),
        )

    return call


@pytest.fixture
def stored() -> Callable[[], dict]:
    """What the register holds of what calls can add or change."""
    return lambda: {
        "endpoints": list(Endpoint.objects.order_by("pk").values()),
        "routing ids": RoutingId.objects.count(),
        "entries": Entry.objects.count(),
        "checks": Check.objects.count(),
    }


@pytest.fixture
def refused(call, stored) -> Callable:
    """Make a call that must be refused; returns the names under which it says what is wrong."""

    def refused(operation: Operation, **given) -> set[str]:
        before = stored()
        response = call(operation, **given)
        assert response.status_code == 400, response.content[:300]
        assert response.headers["Content-Type"] == "application/json"
        told = response.json()
        assert told["message"] == "Validation error(s)"
        assert all(texts and all(texts) for texts in told["errors"].values())
        assert stored() == before
        return set(told["errors"])

    return refused


# --- The cases themselves ---------------------------------------------------------------------------------------------


@each_operation
def test_without_anything_wrong_a_call_succeeds(call, operation):
    """Otherwise the cases below would prove nothing."""
    body = {name: value for name, value in good(operation.body).items() if name != "routing_id"}
    if operation.id == "register_endpoint":
        body["routing_id"] = "0000000700099AA00002"

    assert call(operation, body=body).status_code in (200, 201, 204)


# --- The query --------------------------------------------------------------------------------------------------------


@each_parameter
def test_a_parameter_that_is_wrong_is_named(refused, subtests, operation, name):
    for kind, text in wrong_texts(name, operation.query[name]).items():
        with subtests.test(kind):
            assert refused(operation, query=good(operation.query) | {name: text}) == {name}
    for kind, raw in WRONG_BYTES.items():
        with subtests.test(kind):
            query = good(operation.query) | {name: GOOD[name].encode() + raw}
            assert refused(operation, query=urlencode(query)) == {name}


@each_parameter
def test_a_parameter_given_twice_is_refused_also_when_both_say_the_same(refused, operation, name):
    for twice in ([GOOD[name], GOOD[name]], [GOOD[name], ""], ["\x00", GOOD[name]], [GOOD[name]] * 500):
        assert refused(operation, query=good(operation.query) | {name: twice}) == {name}


@each_parameter
def test_a_name_that_looks_like_a_known_one_is_refused(refused, operation, name):
    """A misspelt `reference_date` must not become a question about today."""
    words = name.split("_")
    lookalikes = {name.upper(), name.title(), "-".join(words), words[0] + "".join(map(str.title, words[1:])),
                  "".join(words), f"_{name}", name.replace("_", "__")} - {name}  # fmt: skip
    for lookalike in lookalikes:
        assert lookalike in refused(operation, query=good(operation.query) | {lookalike: GOOD[name]})


@each_with_query
def test_everything_that_is_wrong_is_named_at_once(refused, operation):
    kinds = {kind for name, schema in operation.query.items() for kind in wrong_texts(name, schema)}
    for kind in kinds:
        wrong = {
            name: texts[kind]
            for name, schema in operation.query.items()
            if kind in (texts := wrong_texts(name, schema))
        }
        assert refused(operation, query=good(operation.query) | wrong | {"NAAM": "x"}) == set(wrong), kind


@each_with_query
def test_everything_that_is_missing_is_named_at_once(call, refused, operation):
    missing = operation.required | ONE_OF_TWO.get(operation.id, set())
    for query in ("", "&&==&", "onbekend=1", "=1"):
        if missing:
            assert refused(operation, query=query) == missing
        else:
            assert call(operation, query=query).status_code == 200


@pytest.mark.parametrize("operation", [each for each in QUERIES if each.id in ONE_OF_TWO], ids=str)
def test_one_of_the_two_is_enough_and_a_wrong_one_is_not_also_missing(call, refused, operation):
    for name in ONE_OF_TWO[operation.id]:
        others = {each: value for each, value in good(operation.query).items() if each not in ONE_OF_TWO[operation.id]}
        assert call(operation, query=others | {name: GOOD[name]}).status_code == 200
        assert refused(operation, query=others | {name: ""}) == {name}


@each_with_query
def test_a_name_that_nobody_knows_is_ignored(call, operation):
    for extra in ("onbekend=1&onbekend=2", "school_oin[]=%00&%FF=%FF", "_=1690000000", "%00=%00", "format=xml"):
        assert call(operation, query=f"{urlencode(good(operation.query))}&{extra}").status_code == 200


@each_with_query
def test_a_query_may_be_percent_encoded_or_plain(call, operation):
    """api-v2.md, General"""
    plain = "&".join(f"{name}={value}" for name, value in good(operation.query).items())
    encoded = "&".join(
        "=".join("".join(f"%{byte:02x}" for byte in text.encode()) for text in pair)
        for pair in good(operation.query).items()
    )

    for query in (plain, encoded):
        response = call(operation, query=query)
        assert response.status_code == 200
        assert response.json()  # an empty list would also be there for a name that was not understood


@pytest.mark.parametrize(
    ("operation", "name"),
    [(each, name) for each in QUERIES for name, schema in each.query.items() if not has_form(schema)],
    ids=str,
)
def test_a_text_that_is_merely_unknown_matches_nothing(call, operation, name):
    """Also one in another script, or with characters that mean something to SQL, JSON or a shell."""
    for text in ("Ελληνικά", "نص", "🏫", "%", "_", "\\", "'; DROP TABLE", '"', "{}", "a\u202eb", "\x01", "x" * 200):
        response = call(operation, query=good(operation.query) | {name: text})
        if operation.id == "check":
            assert (response.status_code, response.json()) == (404, {"message": "mandate not found"})
        else:
            assert (response.status_code, response.json()) == (200, [])


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "9998-12-31", "9999-12-31"])
@pytest.mark.parametrize("operation", [each for each in QUERIES if "reference_date" in each.query], ids=str)
def test_any_day_of_the_calendar_may_be_asked_about(call, operation, day):
    assert call(operation, query=good(operation.query) | {"reference_date": day}).status_code in (200, 404)


# --- The path ---------------------------------------------------------------------------------------------------------


@each_with_id
def test_an_id_that_is_no_integer_is_named(refused, operation):
    for id in NO_INTEGERS:
        assert refused(operation, id=id) == {"id"}, id


@each_with_id
def test_an_id_of_nothing_is_answered_with_the_documented_404(call, stored, operation):
    text = next(iter(document()["paths"][operation.path][operation.method.lower()]["responses"]["404"]["content"][
        "application/json"]["examples"].values()))["value"]["message"]  # fmt: skip
    before = stored()
    for id in NOT_THERE:
        response = call(operation, id=id)
        assert (response.status_code, response.json()) == (404, {"message": text.replace("7", id)})
    assert stored() == before


@each_operation
def test_a_path_with_something_behind_it_is_another(call, subtests, operation):
    """Never the operation itself, and never a page for people."""
    for end in ("/", "//", "%2F", "%2Fx", "/%00", "/..", "/.", ".json", ";a=1", "%20", "%00", "%FF"):
        with subtests.test(end):
            response = call(operation.but(path=operation.path + end))
            assert response.status_code in (400, 404, 405)
            assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "path",
    ["/api", "/api/", "/api/v2", "/api/v2/", "/api/v2//schools", "/api//v2/schools", "//api/v2/schools", "/api/v1/",
     "/api/v2/Schools", "/API/v2/schools", "/api/v2/schools/1/2", "/api/v2/./schools", "/api/v2/../v2/schools",
     "/api/v2/%2Fschools", "/api/v2/%00", "/api/v2/%FF", "/api/v2/schools%3Fname=x", "/api/v2/" + "a" * 5_000,
     "/api/v2/%F0%9F%8F%AB", "/api/v2/systems/1"],
)  # fmt: skip
def test_a_path_that_does_not_exist_is_answered_in_json(subtests, path):
    for method in METHODS:
        with subtests.test(method):
            # An address that begins with // would be taken for a host's name, so there the second one is encoded.
            response = Client().generic(method, path.replace("//api", "/%2Fapi"))
            assert response.status_code == 404
            assert response.headers["Content-Type"] == "application/json"
            assert response.json() == {"message": "Not found"}


@pytest.mark.parametrize("path", document()["paths"])
def test_a_method_that_an_operation_has_not_is_answered_with_those_it_has(subtests, path):
    has = set(document()["paths"][path])
    for method in METHODS:
        if method.lower() not in has:
            with subtests.test(method):
                response = Client().generic(method, path.replace("{id}", "1"))
                assert (response.status_code, response.json()) == (405, {"message": "Method not allowed"})
                allowed = {each.strip().lower() for each in response.headers["Allow"].split(",")}
                assert allowed - {"head"} == has


# --- The body ---------------------------------------------------------------------------------------------------------


def nested(depth: int, opened: str = "[", closed: str = "]") -> bytes:
    return (opened * depth + closed * depth).encode()


NO_OBJECTS = {
    "not JSON": b"routing_id=1",
    "single quotes": b"{'url': 1}",
    "trailing comma": b'{"url": "https://las.example",}',
    "comment": b'{"url": 1} // url',
    "two values": b"{}{}",
    "cut off": b'{"url": "https://las',
    "a space": b" ",
    "null": b"null",
    "true": b"true",
    "number": b"7",
    "string": b'"https://las.example"',
    "array": b"[]",
    "array of objects": b'[{"url": "https://las.example"}]',
    "NUL": b"\x00",
    "NUL after it": b"{}\x00",
    "control character in a text": b'{"url": "\x01"}',
    "not a number": b'{"url": NaN}',
    "infinity": b'{"url": -Infinity}',
    "leading zero": b'{"url": 007}',
    "number of 10,000 digits": b'{"x": ' + b"9" * 10_000 + b"}",
    "invalid UTF-8": b'{"url": "\xff"}',
    "half of a surrogate pair as bytes": b'{"url": "\xed\xa0\x80"}',
    "byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"url": "https://las.example"}'.encode("utf-16"),
    "UTF-16 without mark": '{"url": "https://las.example"}'.encode("utf-16-le"),
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\xae\x05\x00\x43\xbf\xa6\xa3\x02\x00\x00\x00",
    "XML": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "array nested 10,000 deep": nested(10_000),
    "object nested 10,000 deep": nested(10_000, '{"a":', "}").replace(b":}", b":1}", 1),
    "never closed": b"[" * 60_000,
    "nested 100,000 deep": nested(100_000),
    "one byte too large": b'{"x": "' + b"a" * (64 * 1024 - 8) + b'"}',
    "10 MB": b" " * 10_000_000,
}


@each_with_body
def test_a_body_that_is_no_json_object_is_refused(refused, subtests, operation):
    for kind, body in NO_OBJECTS.items():
        with subtests.test(kind):
            assert refused(operation, body=body) == {"body"}


@each_with_body
def test_a_body_may_be_as_large_as_the_limit(call, operation):
    whole = json.dumps(good(operation.body) | {"routing_id": "0000000700099AA00001", "x": ""}).encode()

    at_limit = whole.replace(b'"x": ""', b'"x": "%s"' % (b"a" * (64 * 1024 - len(whole))))

    assert len(at_limit) == 64 * 1024
    assert "body" not in call(operation, body=at_limit).json().get("errors", {})


@each_with_body
def test_an_empty_body_is_an_object_without_fields(refused, operation):
    expected = operation.required or {"body"}
    assert refused(operation, body=b"") == expected
    assert refused(operation, body=b"{}") == expected
    assert refused(operation, body={"onbekend": 1}) == expected


@each_field
def test_a_field_that_is_wrong_is_named(refused, subtests, operation, name):
    schema = operation.body[name]
    wrong = {
        "number": 7, "fraction": 1.5, "huge number": 10**900, "true": True, "false": False, "list": [GOOD[name]],
        "empty list": [], "object": {"href": GOOD[name]}, "deep": json.loads(nested(500)),
        "half of a surrogate pair": GOOD[name] + "\ud800",
    } | wrong_texts(name, schema | {"type": "string"})  # fmt: skip
    if "null" not in schema["type"]:
        wrong["null"] = None
    for kind, value in wrong.items():
        if len(json.dumps(value)) < 50_000:
            with subtests.test(kind):
                assert refused(operation, body=good(operation.body) | {name: value}) == {name}


@each_field
def test_a_field_given_twice_is_refused_together_with_all_else_that_is_wrong(refused, operation, name):
    """Which of the two was meant is not for the register to guess."""
    other = next(each for each in ("url", "mandate_token") if each != name)
    body = json.dumps(good(operation.body) | {other: "vandaag"})[:-1] + f', "{name}": "{GOOD[name]}"}}'

    assert refused(operation, body=body.encode()) == {name, other}


@pytest.mark.parametrize(
    ("ending", "names"),
    [('"x": {"y": 1, "y": 2}', {"y"}), ('"x": [[{"y": 1, "z": 1, "y": 2, "z": 2}]], "x": 1', {"x", "y", "z"}),
     (r'"\ud800": 1, "\ud800": 2', {"\\ud800"}), (r'"url": 1, "u\u0072l": 2', {"url"}), ('"": 1, "": 2', {""}),
     (r'"\u0000": 1, "\u0000": 2', {"\x00"})],
    ids=["nested", "everywhere", "no text", "escaped", "empty", "NUL"],
)  # fmt: skip
@each_with_body
def test_a_name_given_twice_anywhere_in_a_body_is_refused(refused, operation, ending, names):
    assert refused(operation, body=f"{json.dumps(good(operation.body))[:-1]}, {ending}}}".encode()) == names


@each_field
def test_a_field_whose_name_looks_like_a_known_one_is_refused(refused, operation, name):
    for lookalike in {name.upper(), name.replace("_", "-"), name.title().replace("_", "")} - {name}:
        assert lookalike in refused(operation, body=good(operation.body) | {lookalike: GOOD[name]})


@each_with_body
def test_every_field_that_is_wrong_is_named_at_once(refused, operation):
    for value in (7, [], {}, "\x00", "a" * 3_000):
        assert refused(operation, body=dict.fromkeys(operation.body, value)) == set(operation.body)


NO_HTTPS = [
    "http://las.example", "HTTP://las.example", "https:las.example", "https:/las.example", "https://", "https:///rio",
    "https://:443", "https://?rio", "https://#rio", "https://las.example:0", "https://las.example:65536",
    "https://las.example:a", "https://las example", "https://las.example/\n", "https://[::1", "https://las\u2100.nl",
    "https://las\u202e.example", "HTTPS://las.example", "Https://las.example", "ftp://las.example",
    "javascript:alert(1)", "//las.example", "las.example", "https://\\las.example", "https://@", "https://%00",
]  # fmt: skip


@each_with_body
def test_an_address_that_is_not_https_is_named(refused, subtests, operation):
    """D18"""
    for url in NO_HTTPS:
        with subtests.test(url):
            assert refused(operation, body=good(operation.body) | {"url": url}) == {"url"}


@pytest.mark.parametrize("name", ["start_date", "end_date"])
@each_with_body
def test_a_day_outside_the_era_of_the_register_is_named(refused, operation, name):
    for day in ("0001-01-01", "1899-12-31", "9999-12-31", "10000-01-01", "-0001-01-01", "2026-02-30", "2026-W36-1"):
        assert name in refused(operation, body=good(operation.body) | {name: day})


OTHER_TYPES = [
    "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a", "application/xml",
    "application/json-patch+json", "application/vnd.api+json", "json", "application/", "\u00e9", "*/*",
    "application/json, text/plain",
]  # fmt: skip


@each_with_body
def test_another_content_type_is_answered_with_415_in_json(call, stored, subtests, operation):
    before = stored()
    for content_type in OTHER_TYPES:
        with subtests.test(content_type):
            response = call(operation, body=b"routing_id=1", content_type=content_type)
            assert response.status_code == 415
            assert response.json() == {"message": "Send JSON (Content-Type: application/json)"}
    assert stored() == before


@each_with_body
def test_without_content_type_a_body_is_json_in_utf_8_and_parameters_of_the_type_do_not_count(refused, operation):
    for content_type in ("", "Application/JSON", "application/json; charset=UTF-16", "application/json;;="):
        body = good(operation.body) | {"url": "http://\u00e9"}
        assert refused(operation, body=body, content_type=content_type) == {"url"}


@each_with_body
def test_a_compressed_body_is_refused(refused, operation):
    assert refused(operation, body=NO_OBJECTS["gzip"], headers={
        "API-Key": "osr_las", "Content-Encoding": "gzip"}) == {"body"}  # fmt: skip


# --- Headers ----------------------------------------------------------------------------------------------------------


@each_operation
def test_a_key_that_is_none_is_answered_with_401(call, stored, subtests, operation):
    before = stored()
    for key in (
        "",
        " ",
        "\u00e9",
        "\u0660",
        "osr_las osr_las",
        "osr_las,osr_las",
        "OSR_LAS",
        "osr_las\x00",
        "a" * 60_000,
    ):
        with subtests.test(key[:20]):
            response = call(operation, key=key)
            assert response.status_code == 401
            assert response.json().keys() == {"message"}
    assert stored() == before


@each_operation
def test_of_two_keys_under_two_names_the_documented_name_counts(call, regenboog, operation):
    """api-v2.md, General: `X-API-Key` is accepted too."""
    right_first = call(operation, headers={"API-Key": regenboog.LAS_KEY, "X-API-Key": "osr_onbekend"})
    wrong_first = call(operation, headers={"API-Key": "osr_onbekend", "X-API-Key": regenboog.LAS_KEY})

    assert right_first.status_code != 401
    assert wrong_first.status_code == 401


OTHER_HEADERS = [
    {"Accept": "text/html"}, {"Accept": "application/xml;q=1, */*;q=0"}, {"Accept": "\u00e9;;=,"}, {"JWT": "a.b.c"},
    {"Authorization": "Bearer a.b.c"}, {"Cookie": "sessionid=\u00e9; csrftoken=\x01"}, {"If-None-Match": "*"},
    {"Range": "bytes=0-1"}, {"X-HTTP-Method-Override": "DELETE"}, {"Accept-Language": "xx-" * 5_000},
    {"X-Forwarded-For": "\u00e9, \x00"}, {"Expect": "onbekend"}, {"Content-Type": "\u00e9"},
]  # fmt: skip


@each_with_query
def test_other_headers_change_nothing(call, regenboog, subtests, operation):
    plain = call(operation)
    for headers in OTHER_HEADERS:
        with subtests.test(str(headers)[:60]):
            response = call(operation, headers={"API-Key": regenboog.LAS_KEY} | headers)
            assert response.status_code == 200
            assert response.headers["Content-Type"] == "application/json"
            if operation.id != "available_routing_id":  # that one never hands out the same twice
                assert response.json() == plain.json()


@each_with_query
def test_head_is_answered_as_get_without_the_body(call, operation):
    head = operation.but(method="HEAD")

    response = call(head)

    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["Content-Type"] == "application/json"
    assert call(head, query="school_oin=%00&service_code=%00&name=%00").status_code == 400


# --- Certificates -----------------------------------------------------------------------------------------------------


def altered(old: bytes, new: bytes) -> str:
    """The header for a certificate in which these bytes are others. Nothing here looks at its signature: nginx does."""
    der = certificate(oin_attribute()).public_bytes(Encoding.DER)
    assert old in der
    return f":{base64.b64encode(der.replace(old, new)).decode()}:"


PRINTABLE, UTF_8 = b"\x13\x14", b"\x0c\x14"  # a text of 20 bytes


@each_operation
def test_a_certificate_with_an_oin_that_is_none_names_nobody(call, operation):
    as_text = PRINTABLE + OIN.encode()
    for header in (
        rfc9440(certificate(oin_attribute("0000009900000000000"))),
        rfc9440(certificate(oin_attribute("vandaag"))),
        altered(as_text, UTF_8 + b"\x00" * 20),
        altered(as_text, UTF_8 + OIN[:19].encode() + b"\x00"),
        altered(as_text, UTF_8 + "\u0660".encode() * 10),
    ):
        response = call(operation, headers={"Client-Cert": header})
        assert response.status_code == 401
        assert response.json() == {"message": "The client certificate must hold one OIN (subject serialNumber)"}


@each_operation
def test_a_certificate_whose_subject_is_broken_names_nobody(call, operation):
    """What is in a certificate is only read when it is asked for, so it is then that it turns out to be broken."""
    response = call(operation, headers={"Client-Cert": altered(b"toetsplein.example", b"\xff" * 18)})

    assert response.status_code == 401
    assert response.json() == {"message": "The client certificate cannot be read"}
