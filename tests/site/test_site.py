"""Health, logs, error answers, and settings that are safe when nothing is set."""

import logging
import os
import subprocess
import sys

import pytest
from django.db import OperationalError
from django.test import Client

from osr.development import BASE_DIR
from tests.mandates.test_pages import text_of


def test_live_answers_without_the_database(client):
    assert client.get("/health/live").json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_says_that_the_database_is_there(client):
    assert client.get("/health/ready").json() == {"status": "ok", "database": "ok"}


@pytest.mark.django_db
def test_not_ready_while_a_migration_waits(client, run_sql):
    run_sql(
        "DELETE FROM django_migrations WHERE name = (SELECT max(name) FROM django_migrations WHERE app = 'mandates')",
        as_owner=True,
    )

    response = client.get("/health/ready")

    assert response.status_code == 503
    assert response.json()["database"] == "1 migrations to apply"


@pytest.fixture
def without_database(monkeypatch):
    def gone(*args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.ensure_connection", gone)
    monkeypatch.setattr("django.db.backends.postgresql.base.DatabaseWrapper.cursor", gone)


CHECK = "school_oin=0000000700099AA00000&supplier_oin=00000099000000000001&service_code=RIO"


@pytest.mark.parametrize("path", ["/health/ready", f"/api/v2/mandates?{CHECK}"])
def test_without_database_the_answer_is_503_in_json(without_database, path):
    """D17: what cannot be recorded is not answered."""
    response = Client(raise_request_exception=False).get(path, headers={"API-Key": "osr_sleutel"})

    assert response.status_code == 503
    assert response.headers["Content-Type"] == "application/json"


@pytest.mark.django_db
def test_the_start_page_tells_that_the_register_works(client):
    """screens.md: 'status of the service'."""
    text = text_of(client.get("/"))

    assert "Het register werkt" in text
    assert "U kunt inloggen en leveranciers kunnen mandaten controleren." in text


def test_without_database_the_start_page_tells_that_the_register_does_not_work(without_database):
    """screens.md: 'status of the service'; as the status page says it."""
    response = Client(raise_request_exception=False).get("/")
    text = text_of(response)

    assert response.status_code == 200
    assert "Het register werkt nu niet" in text
    assert "U kunt nu niet inloggen. Dat ligt niet aan u." in text
    assert "Het register werkt nu niet" in text_of(Client().get("/status/"))


@pytest.mark.django_db
def test_the_start_page_takes_two_queries(client, django_assert_num_queries):
    with django_assert_num_queries(2):  # whether the table of migrations is there, and which were applied
        client.get("/")


def test_without_database_a_page_says_calmly_that_nothing_was_saved(without_database):
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "een-lopende-sessie"

    response = client.get("/mandaten/")

    assert response.status_code == 503
    assert response.headers["X-Reference"] in response.content.decode()


@pytest.mark.django_db
def test_every_answer_has_a_reference_that_is_in_the_log(client, caplog):
    with caplog.at_level(logging.INFO, logger="osr.request"):
        response = client.get("/bestaat-niet")

    assert response.headers["X-Reference"] in caplog.text
    assert response.headers["X-Reference"] in response.content.decode()


@pytest.mark.django_db
def test_the_log_holds_no_keys_codes_or_query_strings(client, caplog):
    with caplog.at_level(logging.DEBUG):
        client.get("/api/v2/mandates?school_oin=geheim", headers={"API-Key": "osr_zeer_geheim"})
        client.get("/inloggen/mijn-duo/login/callback/?code=geheime-code&state=x")

    assert "geheim" not in caplog.text


@pytest.mark.parametrize("development", ["true", "false"])
def test_a_traceback_in_the_log_tells_where_and_not_with_what(development):
    """quality.md, Secrets: local variables hold keys and passwords."""
    done = in_production(
        "import django; django.setup(); import logging\n"
        "def fail(password):\n    raise ValueError('mis')\n"
        "try: fail('zeer-' + 'geheim')\nexcept ValueError: logging.getLogger('osr').exception('misgegaan')",
        OSR_SECRET_KEY="sleutel",
        OSR_DEVELOPMENT=development,
    )

    assert "misgegaan" in done.stderr
    assert "ValueError" in done.stderr
    assert "zeer-geheim" not in done.stderr


@pytest.mark.django_db
def test_signed_in_pages_are_not_kept_by_the_browser(client, regenboog):
    client.force_login(regenboog.person)

    assert "no-store" in client.get("/scholen/99AA/").headers["Cache-Control"]


@pytest.mark.django_db
def test_pages_carry_the_security_headers(client):
    headers = client.get("/").headers

    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"


def in_production(code: str, **environment: str) -> subprocess.CompletedProcess:
    """Run `code` with the settings as they are when only `environment` is set."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OSR_", "DATABASE_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=BASE_DIR,
        env=kept | {"DJANGO_SETTINGS_MODULE": "osr.settings"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_does_not_start_without_a_secret_of_its_own():
    done = in_production("import django; django.setup()")

    assert done.returncode
    assert "OSR_SECRET_KEY is not set" in done.stderr


def test_with_nothing_else_set_the_settings_are_those_of_production():
    done = in_production(
        "from django.conf import settings as s;"
        "print(s.DEBUG, s.OSR_CLIENT_CERTIFICATE, s.OSR_TRUSTED_PROXIES, s.SECURE_SSL_REDIRECT,"
        " s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0, s.ALLOWED_HOSTS)",
        OSR_SECRET_KEY="geheim",
    )

    assert done.stdout.strip() == "False required frozenset() True True True []"
