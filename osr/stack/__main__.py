"""`make run`: the register with everything it needs, on this machine, until Ctrl-C.

Set-up first (database, migrations, demo), then the processes; `honcho` starts them and stops all when one stops.
"""

import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import fasteners
import psutil
import psycopg
from honcho import manager as honcho_manager
from honcho.manager import Manager
from honcho.printer import Printer

from osr.development import BASE_DIR, data_dir, read_settings, write_settings
from osr.stack.postgres import OWNER, EmbeddedPostgres, PostgresError

FREE_MEGABYTES_NEEDED = 300
DATABASE = "osr"

# A Celery worker takes a few seconds to leave; honcho would kill it after five.
honcho_manager.KILL_WAIT = 20


class CannotStart(Exception):
    """Why the register cannot start, in one line that says what to do."""


def main() -> int:
    """Start everything and wait; returns the exit status."""
    for stop_signal in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(stop_signal, lambda number, frame: sys.exit(128 + number))
    try:
        web_port = _port("OSR_PORT", 8000)
        provider_port = _port("OSR_IDP_PORT", web_port + 1000)
        with _own_data_folder():
            if web_port == provider_port:
                raise CannotStart(f"OSR_PORT and OSR_IDP_PORT are both {web_port}: give each a port of its own.")
            _refuse_taken("OSR_PORT", web_port)
            _refuse_taken("OSR_IDP_PORT", provider_port)
            with _database() as addresses:
                return _serve(addresses, web_port, provider_port)
    except (CannotStart, PostgresError, OSError, psycopg.OperationalError) as error:
        print(f"The register cannot start. {str(error).splitlines()[0]}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


@contextmanager
def _database() -> Iterator[dict[str, str]]:
    """The settings that say which database to use: those given, else an embedded one until the block ends."""
    if url := os.environ.get("DATABASE_URL"):
        yield {"DATABASE_URL": url, "OSR_OWNER_DATABASE_URL": os.environ.get("OSR_OWNER_DATABASE_URL", url)}
        return
    postgres = EmbeddedPostgres(data_dir() / "postgres")
    done = threading.Event()
    try:
        postgres.create_database(DATABASE)
        threading.Thread(target=_stop_without, args=(postgres.pid, done), daemon=True).start()
        yield {
            "DATABASE_URL": postgres.url(DATABASE),
            "OSR_OWNER_DATABASE_URL": postgres.url(DATABASE, role=OWNER),
        }
    finally:
        done.set()
        postgres.stop()


def _stop_without(postgres_pid: int, done: threading.Event) -> None:
    """Stop everything when PostgreSQL is gone: a register that answers nothing but 503 helps nobody."""
    while not done.wait(1):
        if not psutil.pid_exists(postgres_pid):
            print("PostgreSQL has stopped, so the register stops. Start it again with `make run`.", file=sys.stderr)
            os.kill(os.getpid(), signal.SIGTERM)
            return


def _serve(database: dict[str, str], web_port: int, provider_port: int) -> int:
    provider_url = f"http://localhost:{provider_port}"
    web_url = f"http://localhost:{web_port}"
    write_settings(database=database, web_url=web_url, identity_provider_url=provider_url)
    read_settings()
    prepared = subprocess.run(
        [sys.executable, "manage.py", "prepare_demo", "--web", web_url, "--provider", provider_url],
        cwd=BASE_DIR,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if prepared.returncode:
        raise CannotStart("The database could not be made ready; see the lines above.")

    manager = Manager(Printer(sys.stdout))
    for name, command in _processes(web_port, provider_port).items():
        manager.add_process(name, f"exec {shlex.join(command)}", cwd=str(BASE_DIR), env=_process_environment())
    threading.Thread(target=_welcome_when_ready, args=(web_port, prepared.stdout), daemon=True).start()
    manager.loop()
    return manager.returncode or 0


def _processes(web_port: int, provider_port: int) -> dict[str, list[str]]:
    """The commands of the stack, by name."""
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "--app", "osr.celery", "--quiet"]
    return {
        "web": [*python, "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(web_port),
                "--workers", "1", "--blocking-threads", "8", "--log-level", "error", "osr.wsgi:application"],
        "worker": [*celery, "worker", "--pool", "solo", "--without-gossip", "--without-mingle",
                   "--loglevel", "warning"],
        "beat": [*celery, "beat", "--schedule", str(data_dir() / "beat"), "--pidfile=", "--loglevel", "warning"],
        "mijn-duo": [*python, "oidc_provider_mock", "--port", str(provider_port), "--user-claims-file",
                     str(data_dir() / "persons.json")],
    }  # fmt: skip


def _process_environment() -> dict[str, str]:
    # Celery would refuse nothing, but warn at length, when a developer happens to be root.
    return {**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1", "PYTHONWARNINGS": "ignore::UserWarning"}


def _port(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CannotStart(f"{name}={text} is not a port: give a number from 1 to 65535.")
    return int(text)


def _refuse_taken(name: str, port: int) -> None:
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", port))
        except PermissionError:
            raise CannotStart(f"Port {port} is not allowed for this user; choose one above 1023 with {name}.") from None
        except OSError:
            raise CannotStart(
                f"Port {port} is taken. Stop what uses it, or choose another: {name}={port + 1} make run"
            ) from None


@contextmanager
def _own_data_folder() -> Iterator[None]:
    """Hold the data folder while the block runs: a second register in it would be the same one twice."""
    folder = data_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(f"{folder} cannot be the data folder: {error.strerror}.") from None
    free_megabytes = shutil.disk_usage(folder).free // 2**20
    if free_megabytes < FREE_MEGABYTES_NEEDED:
        raise CannotStart(
            f"The disk is too full: {folder} has {free_megabytes} MB free and needs {FREE_MEGABYTES_NEEDED} MB."
        )
    lock = fasteners.InterProcessLock(folder / "running.lock")
    if not lock.acquire(blocking=False):
        raise CannotStart(f"A register already runs in {folder}. Choose another folder with OSR_DATA_DIR.")
    try:
        yield
    finally:
        lock.release()


def _welcome_when_ready(web_port: int, welcome: str) -> None:
    """Print the welcome once the register answers; if something is wrong, its own log line tells."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{web_port}/health/ready", timeout=5):
                print(welcome, flush=True)
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())
