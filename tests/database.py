"""pytest plugin: a PostgreSQL of its own for the tests, started before Django reads its settings.

Tests run as the register's own role, on the same server version and locale as `make run`. Two things differ: nothing
is flushed to disk, and the owner of the tables may switch triggers off, to clean up behind tests that commit.

When several processes test side by side, each has a server: the feed of one waits for every transaction of its server.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from osr.development import seal_file
from osr.stack.postgres import OWNER, ROLE, EmbeddedPostgres

_folder: Path | None = None
_server: EmbeddedPostgres | None = None


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    global _folder, _server
    _folder = Path(tempfile.mkdtemp(prefix="osr-tests-"))
    _server = EmbeddedPostgres(_folder / "postgres")
    for statement in (
        "ALTER SYSTEM SET fsync = off",
        "ALTER SYSTEM SET synchronous_commit = off",
        "ALTER SYSTEM SET full_page_writes = off",
        "SELECT pg_reload_conf()",
        f"GRANT SET ON PARAMETER session_replication_role TO {OWNER}",
        f"ALTER ROLE {ROLE} CREATEDB",
        # Tests may become the owner, to see that the triggers hold even then.
        f"GRANT {OWNER} TO {ROLE} WITH INHERIT FALSE, SET TRUE",
    ):
        _server.superuser_do(statement)
    _server.create_database("osr")
    # Test databases are made by the register's role as copies of this one, and filled by the owner.
    _server.create_database("osr_empty")
    for statement in (
        "ALTER DATABASE osr_empty IS_TEMPLATE true",
        f"ALTER SCHEMA public OWNER TO {OWNER}",
        f"CREATE SCHEMA as_migrated AUTHORIZATION {OWNER}",  # see tests/conftest.py
        "CREATE EXTENSION btree_gist",
        "CREATE EXTENSION unaccent",
    ):
        _server.superuser_do(statement, database="osr_empty")
    os.environ.update(
        DATABASE_URL=_server.url("osr"),
        OSR_OWNER_DATABASE_URL=_server.url("osr", role=OWNER),
        DJANGO_SETTINGS_MODULE="osr.settings",
        OSR_DEVELOPMENT="true",
        OSR_SECRET_KEY="tests",
        OSR_HOSTS="localhost,127.0.0.1,testserver",
        OSR_DATA_DIR=str(_folder / "data"),
        OSR_CLIENT_CERTIFICATE="optional",
        OSR_TRUSTED_PROXIES="127.0.0.1",
        OSR_MIJN_DUO_URL="http://localhost:9",
        OSR_MIJN_DUO_CLIENT_ID="tests",
        OSR_MIJN_DUO_CLIENT_SECRET="tests",
        OSR_EHERKENNING_URL="http://localhost:9",
        OSR_EHERKENNING_CLIENT_ID="tests",
        OSR_EHERKENNING_CLIENT_SECRET="tests",
        OSR_SEAL_PKCS12=str(seal_file(_folder)),
        OSR_LOG_LEVEL="ERROR",
        # So that the other processes of pytest-xdist load this as early: `-p` comes too late there.
        PYTEST_PLUGINS="tests.database",
        # playwright keeps an event loop in the thread of the tests; Django would take that for asynchronous code
        DJANGO_ALLOW_ASYNC_UNSAFE="true",
    )


def pytest_unconfigure() -> None:
    if _server:
        _server.stop()
    if _folder:
        shutil.rmtree(_folder, ignore_errors=True)
