"""The three servers that are compared, each with the machine's two cores and connections that are kept."""

import http.client
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from osr.development import BASE_DIR
from tests.running import free_port

# A worker per core, and as many threads together as the client has connections.
WORKERS = 2
THREADS = 8

_SERVED = Path(__file__).parent / "served"
_SECONDS_TO_START = 30

_GRANIAN = ("granian", "--interface", "wsgi", "--workers", str(WORKERS), "--blocking-threads", str(THREADS),
            "--no-ws", "--log-level", "error")  # fmt: skip

OURS, USUAL, BARE = "the register", "the usual stack", "the bare callable"

_COMMANDS = {
    # As the image runs it (Dockerfile).
    OURS: (*_GRANIAN, "osr.wsgi:application"),
    # With threads, because gunicorn's synchronous workers close the connection after each answer.
    USUAL: ("gunicorn", "--worker-class", "gthread", "--workers", str(WORKERS), "--threads", str(THREADS),
            "--keep-alive", "75", "--log-level", "error", "usual.wsgi:application"),
    BARE: (*_GRANIAN, "bare:application"),
}  # fmt: skip


@contextmanager
def served(name: str, *, database_url: str) -> Iterator[int]:
    """Run the server with this name on the database; gives its port, and stops it when the block ends."""
    port = free_port()
    program, *arguments = _COMMANDS[name]
    address = ["--bind", f"127.0.0.1:{port}"] if program == "gunicorn" else ["--host", "127.0.0.1", "--port", str(port)]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(  # noqa: S603 - the commands above
            [sys.executable, "-m", program, *address, *arguments],
            cwd=BASE_DIR,
            env=_environment(database_url),
            stdout=log,
            stderr=log,
        )
        try:
            _wait_for(process, name, port)
            yield port
        finally:
            process.terminate()
            process.wait(timeout=30)


def _environment(database_url: str) -> dict[str, str]:
    """The settings of production, but that an API key alone will do: TLS and certificates are the proxy's work."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OSR_", "DJANGO_"))}
    return kept | {
        "PYTHONPATH": os.pathsep.join([str(BASE_DIR), str(_SERVED)]),
        "DATABASE_URL": database_url,
        "OSR_SECRET_KEY": "bench",
        "OSR_HOSTS": "localhost",
        "OSR_CLIENT_CERTIFICATE": "optional",
        "OSR_CHECK_LIMIT": "1000000000/minute",  # counted all the same
    }


def _wait_for(process: subprocess.Popen, name: str, port: int) -> None:
    """Wait until the server answers, whatever it answers."""
    deadline = time.monotonic() + _SECONDS_TO_START
    while process.poll() is None and time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/")
            connection.getresponse()
        except OSError:
            time.sleep(0.1)
        else:
            return
        finally:
            connection.close()
    raise RuntimeError(f"{name} does not start: {' '.join(_COMMANDS[name])}")
