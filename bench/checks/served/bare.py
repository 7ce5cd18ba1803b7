"""The limit: a bare WSGI callable that runs the register's own statement, and nothing else.

It reads the query and the key, has the one statement recognise, answer and record, and writes the body. No framework,
no checks of what was asked, no log, no headers.
"""

import os
import threading
from datetime import date
from urllib.parse import parse_qs

import orjson
import psycopg

from mandates.checks import CHECK
from schools.numbers import brin_of
from services.keys import digest_of

_own = threading.local()


def _connection() -> psycopg.Connection:
    """The connection of this thread, kept for as long as it lives."""
    if not hasattr(_own, "connection"):
        _own.connection = psycopg.connect(
            os.environ["DATABASE_URL"],
            autocommit=True,
            prepare_threshold=1,
        )
    return _own.connection


def application(environ, start_response):
    asked = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
    with _connection().cursor() as cursor:
        row = cursor.execute(
            CHECK,
            {
                "key_digest": digest_of(environ["HTTP_API_KEY"]),
                "certificate_oin": None,
                "school_oin": asked["school_oin"],
                "brin": brin_of(asked["school_oin"]),
                "supplier_oin": asked["supplier_oin"],
                "service_code": asked.get("service_code"),
                "namespace": asked.get("service_version_namespace"),
                "day": date.today(),
            },
        ).fetchone()
    status, body = _answer(row)
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def _answer(row: tuple) -> tuple[str, bytes]:
    _, _, _, is_own, mandate_id, token, start_date, end_date, school_id, board_id, service_id = row
    if mandate_id is None:
        return "404 Not Found", b'{"message":"mandate not found"}'
    if not is_own:
        return "200 OK", b'{"mandated":true}'
    links = {"self": {"href": f"/api/v2/mandates/{mandate_id}"}}
    if school_id is not None:
        links["school"] = {"href": f"/api/v2/schools/{school_id}"}
    else:
        links["board"] = {"href": f"/api/v2/boards/{board_id}"}
    links["service"] = {"href": f"/api/v2/services/{service_id}"}
    return "200 OK", orjson.dumps({"token": token, "start_date": start_date, "end_date": end_date, "_links": links})
