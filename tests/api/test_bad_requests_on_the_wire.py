"""The worst that can come over a line, to the web server and the register as production runs them (api-v2.md, General).

`test_bad_input_v2` asks the same of the views; here are the bytes that no client in Python would send. What granian
refuses itself, before the register sees it, it may refuse in its own way; whatever reaches the register gets JSON.
"""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPResponse
from urllib.parse import quote

import pytest
from django.db import connection

from journal.models import Entry
from mandates.models import Check, Endpoint
from tests.api import behind_nginx
from tests.api.described import GOOD, furnished
from tests.api.test_callers import certificate, oin_attribute, rfc9440
from tests.register import Regenboog
from tests.running import free_port

# For the database only: no test here touches it but to look, the register in its own process does.
pytestmark = pytest.mark.django_db

MANDATES = (
    f"GET /api/v2/mandates?school_oin={GOOD['school_oin']}&supplier_oin={GOOD['supplier_oin']}&service_code=RIO"
).encode()


@pytest.fixture(scope="module")
def regenboog(django_db_setup, django_db_blocker) -> Iterator[Regenboog]:
    with django_db_blocker.unblock(), furnished() as (regenboog, _):
        yield regenboog


@pytest.fixture(scope="module")
def port(regenboog, tmp_path_factory) -> Iterator[int]:
    """Where the register listens, in production mode."""
    port, database = free_port(), connection.settings_dict
    register = behind_nginx.register(
        port,
        database_url=f"postgres://{database['USER']}@{quote(database['HOST'], safe='')}/{database['NAME']}",
        folder=tmp_path_factory.mktemp("on-the-wire"),
    )
    register.start()
    try:
        yield port
    finally:
        register.stop()


@pytest.fixture
def endpoint_id() -> bytes:
    return str(Endpoint.objects.get().pk).encode()


@pytest.fixture
def holds() -> Callable[[], dict]:
    """What the register holds of what a call can add or change."""
    return lambda: {
        "endpoints": list(Endpoint.objects.values()),
        "entries": Entry.objects.count(),
        "checks": Check.objects.count(),
    }


@dataclass(frozen=True)
class Answer:
    """One answer; `body` is its JSON, None when it is not JSON."""

    status: int
    body: object
    headers: dict[str, str]


@pytest.fixture(scope="module")
def as_proxy(regenboog) -> bytes:
    """The headers that nginx adds for the LAS supplier."""
    header = rfc9440(certificate(oin_attribute(regenboog.las.supplier.oin)))
    return f"Host: localhost\r\nX-Forwarded-Proto: https\r\nClient-Cert: {header}\r\n".encode()


@pytest.fixture
def send(port, as_proxy) -> Callable[..., list[Answer]]:
    """Send bytes, with the proxy's headers where `PROXY` stands; returns the answers that come until the line closes.

    Of one request too many bytes may be refused while they are still being sent: that is no fault.
    """

    def send(sent: bytes, *, answers: int = 1, method: str = "GET") -> list[Answer]:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
            with suppress(BrokenPipeError, ConnectionResetError):
                line.sendall(sent.replace(b"PROXY\r\n", as_proxy + b"API-Key: osr_las\r\n"))
            return list(_answers(line, answers, method))

    return send


def _answers(line: socket.socket, number: int, method: str) -> Iterator[Answer]:
    # One reader for all: an HTTPResponse of its own would read ahead into the next answer.
    with line.makefile("rb") as reader:
        for _ in range(number):
            response = HTTPResponse(_Line(reader), method=method)
            try:
                response.begin()
                body = response.read()
            except (ConnectionError, TimeoutError) as error:
                raise AssertionError("no answer came") from error
            is_json = response.getheader("Content-Type") == "application/json"
            yield Answer(
                response.status,
                json.loads(body) if is_json and body else None,
                {name.lower(): text for name, text in response.getheaders()},
            )


class _Line:
    def __init__(self, reader) -> None:
        self._reader = reader

    def makefile(self, mode: str):
        return _Unclosed(self._reader)


class _Unclosed:
    """What HTTPResponse reads from; it closes this and not the line."""

    def __init__(self, reader) -> None:
        self.read, self.readline, self.readinto = reader.read, reader.readline, reader.readinto
        self.read1, self.peek = reader.read1, reader.peek

    def flush(self) -> None: ...

    def close(self) -> None: ...


CHANGE = b"PUT /api/v2/endpoints/{id}"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
TEN_MB = b"Content-Length: 10000000\r\n\r\n" + b" " * 10_000_000

# Requests that reach the register, each with the status and the names of what is wrong. `PROXY` stands for the headers.
REACH_THE_REGISTER = {
    "query of 64 KB": (b"GET /api/v2/schools?name=" + b"a" * 65_000, b"", 400, {"name"}),
    "2,000 parameters": (b"GET /api/v2/schools?" + b"a=1&" * 2_000, b"", 400, {"query"}),
    "2,000 parameters for the check": (b"GET /api/v2/mandates?" + b"a=1&" * 2_000, b"", 400, {"query"}),
    "broken percent-encoding in the query": (b"GET /api/v2/schools?oin=%zz%1%", b"", 400, {"oin"}),
    "broken percent-encoding in the path": (b"GET /api/v2/schools/%zz%1%", b"", 400, {"id"}),
    "encoded NUL in the path": (b"GET /api/v2/schools/%00", b"", 400, {"id"}),
    "encoded invalid UTF-8 in the path": (b"GET /api/v2/schools/%FF%C0%AF", b"", 400, {"id"}),
    "raw UTF-8 in the path": (b"GET /api/v2/schools/\xc3\xa9", b"", 400, {"id"}),
    "raw UTF-8 in the query": (b"GET /api/v2/schools?oin=\xc3\xa9", b"", 400, {"oin"}),
    "path of 60 KB": (b"GET /api/v2/schools/" + b"a" * 60_000, b"", 400, {"id"}),
    "two slashes": (b"GET //api/v2/schools", b"", 404, set()),
    "dots": (b"GET /api/v2/../v2/schools", b"", 404, set()),
    "header of 64 KB": (b"GET /api/v2/schools", b"X-A: " + b"a" * 65_000, 200, set()),
    "header in no script": (b"GET /api/v2/schools", b"X-A: \xff\xfe\xc3\x28", 200, set()),
    "two keys": (b"GET /api/v2/schools", b"API-Key: osr_las", 401, set()),
    "TRACE": (b"TRACE /api/v2/schools", b"", 405, set()),
    "a method that nobody knows": (b"BREW /api/v2/mandates", b"", 405, set()),
    "10 MB for a read": (b"GET /api/v2/schools", TEN_MB, 200, set()),
    "10 MB for a method that it has not": (b"POST /api/v2/schools", TEN_MB, 405, set()),
    "10 MB": (CHANGE, TEN_MB, 400, {"body"}),
    "no body": (CHANGE, b"", 400, {"body"}),
    "length too short": (CHANGE, b"Content-Length: 1\r\n\r\n{}", 400, {"body"}),
    "asking to go on": (CHANGE, b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}", 400, {"body"}),
    "chunks": (CHANGE, CHUNKED + b'7\r\n{"url":\r\n3\r\n 1}\r\n0\r\n\r\n', 400, {"url"}),
    "chunks and a length": (CHANGE, b"Content-Length: 2\r\n" + CHUNKED + b'9\r\n{"url":1}\r\n0\r\n\r\n', 400, {"url"}),
    "chunks that are none": (CHANGE, CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n", 400, {"body"}),
    "no chunk at all": (CHANGE, CHUNKED + b"0\r\n\r\n", 400, {"body"}),
    "chunks of 100 KB": (CHANGE, CHUNKED + (b"6400\r\n" + b" " * 0x6400 + b"\r\n") * 4 + b"0\r\n\r\n", 400, {"body"}),
}  # fmt: skip


@pytest.mark.parametrize(("line", "rest", "status", "names"), REACH_THE_REGISTER.values(), ids=REACH_THE_REGISTER)
def test_what_reaches_the_register_is_answered_in_json(send, holds, endpoint_id, line, rest, status, names):
    before = holds()

    [answer] = send(request(line.replace(b"{id}", endpoint_id), rest))

    assert answer.status == status
    assert answer.body is not None
    if status == 400:
        assert answer.body["message"] == "Validation error(s)"
        assert set(answer.body["errors"]) == names
    assert holds() == before


REFUSED_BY_THE_SERVER = {
    "query of 1 MB": b"GET /api/v2/schools?name=" + b"a" * 1_000_000 + b" HTTP/1.1\r\nPROXY\r\n",
    "header of 1 MB": b"GET /api/v2/schools HTTP/1.1\r\nPROXY\r\nX-A: " + b"a" * 1_000_000 + b"\r\n\r\n",
    "200 headers": b"GET /api/v2/schools HTTP/1.1\r\nPROXY\r\n" + b"X-A: a\r\n" * 200 + b"\r\n",
    "raw bytes in the path": b"GET /api/v2/schools/\xff HTTP/1.1\r\nPROXY\r\n\r\n",
    "raw NUL in the path": b"GET /api/v2/schools/\x00 HTTP/1.1\r\nPROXY\r\n\r\n",
    "two lengths": b"POST /api/v2/endpoints HTTP/1.1\r\nPROXY\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
    "negative length": b"POST /api/v2/endpoints HTTP/1.1\r\nPROXY\r\nContent-Length: -1\r\n\r\n{}",
    "length that is no number": b"POST /api/v2/endpoints HTTP/1.1\r\nPROXY\r\nContent-Length: zeven\r\n\r\n{}",
    "another transfer encoding": b"POST /api/v2/endpoints HTTP/1.1\r\nPROXY\r\nTransfer-Encoding: gzip\r\n\r\n{}",
    "header without colon": b"GET /api/v2/schools HTTP/1.1\r\nPROXY\r\nnaam\r\n\r\n",
    "no HTTP version": b"GET /api/v2/schools\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
}


@pytest.mark.parametrize("sent", REFUSED_BY_THE_SERVER.values(), ids=REFUSED_BY_THE_SERVER)
def test_what_is_no_http_is_refused_without_the_register_seeing_it(send, holds, sent):
    before = holds()

    [answer] = send(sent)

    assert 400 <= answer.status < 500
    assert holds() == before


@pytest.mark.parametrize(
    "host", [b"", b"Host: onbekend.example", b"Host: \xff", b"Host: a b", b"Host: localhost\r\nHost: b"]
)
@pytest.mark.parametrize("path", [b"/api/v2/schools", b"/api/v2/mandates", b"/api/v2/onbekend"])
def test_an_odd_host_is_answered_in_json(send, path, host):
    [answer] = send(b"GET " + path + b" HTTP/1.1\r\nX-Forwarded-Proto: https\r\n" + (host and host + b"\r\n") + b"\r\n")

    assert 400 <= answer.status < 500
    assert answer.body is not None


@pytest.mark.parametrize("key", [b"osr_onbekend", b"a" * 60_000, b"osr_las, osr_las", b"osr_las\r\nAPI-Key: osr_las"])
def test_a_key_that_is_none_is_answered_with_401(send, as_proxy, key):
    [answer] = send(b"GET /api/v2/schools HTTP/1.1\r\n" + as_proxy + b"API-Key: " + key + b"\r\n\r\n")

    assert answer.status == 401
    assert answer.body is not None


@pytest.mark.parametrize("key", [b"", b"\xff\xfe", b"\xc3\xa9"])
def test_a_key_that_the_server_cannot_read_is_no_key(send, as_proxy, key):
    """The certificate alone will do to read, and not to change anything."""
    headers = b" HTTP/1.1\r\n" + as_proxy + b"API-Key: " + key + b"\r\n\r\n"

    assert send(b"GET /api/v2/schools" + headers)[0].status == 200
    [refused] = send(b"DELETE /api/v2/endpoints/1" + headers)
    assert (refused.status, refused.body) == (401, {"message": "An API key is required"})


def test_requests_in_one_go_are_answered_in_their_order(send):
    """Also behind a body that nobody reads: what is left of it is not taken for a request."""
    smuggled = b"GET /api/v2/services HTTP/1.1\r\nHost: localhost\r\n\r\n"
    requests = [
        request(b"GET /api/v2/schools?oin=x"),
        request(b"POST /api/v2/schools", b"Content-Length: %d\r\n\r\n%s" % (len(smuggled), smuggled)),
        request(b"GET /api/v2/schools/0"),
        request(b"PUT /api/v2/endpoints/0", b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
        request(MANDATES),
    ]

    answers = send(b"".join(requests), answers=5)

    assert [answer.status for answer in answers] == [400, 405, 404, 404, 200]
    assert answers[4].body["token"]


def test_head_has_the_headers_of_get_and_no_body(send):
    get, head = (send(request(method + b" /api/v2/schools"), method=method.decode())[0] for method in (b"GET", b"HEAD"))

    assert get.status == head.status == 200
    assert head.body is None
    assert head.headers["content-length"] == get.headers["content-length"]


def test_a_caller_that_leaves_halfway_leaves_nothing_behind(port, as_proxy, send, holds):
    before = holds()
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
            line.sendall(b"PUT /api/v2/endpoints/1 HTTP/1.1\r\n" + as_proxy + b"Content-Length: 100\r\n\r\n{")

    assert send(request(MANDATES))[0].status == 200
    assert holds()["endpoints"] == before["endpoints"]


def test_after_all_that_the_register_answers(send):
    [answer] = send(request(MANDATES))

    assert (answer.status, answer.body["token"]) == (200, GOOD["mandate_token"])


def request(line: bytes, rest: bytes = b"") -> bytes:
    """A request as the LAS sends it through nginx; `rest` begins with more headers, if any."""
    if b"\r\n\r\n" not in rest:
        rest += b"\r\n\r\n" if rest else b"\r\n"
    return line + b" HTTP/1.1\r\nPROXY\r\n" + rest
