"""A whole register, started as `make run` starts it, for tests that use it from outside."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil

from osr.development import BASE_DIR


def free_port() -> int:
    """A port that is free now, below the range from which the system hands out its own."""
    while True:
        with socket.socket() as attempt:
            attempt.bind(("127.0.0.1", 0))
            port = attempt.getsockname()[1] % 10_000 + 20_000
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)):
                return port


class RunningRegister:
    """`python -m osr.stack` in a data folder and on ports of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.provider_port = free_port(), free_port()
        self.url = f"http://localhost:{self.port}"
        self.output = ""

    @property
    def environment(self) -> dict[str, str]:
        """An environment without any setting of the register but where it is."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("OSR_", "DATABASE_", "DJANGO_"))
        }
        return kept | {
            "OSR_PORT": str(self.port),
            "OSR_IDP_PORT": str(self.provider_port),
            "OSR_DATA_DIR": str(self.folder),
        }

    def start(self) -> None:
        """Start it and wait until it says how to begin, at most two minutes."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "osr.stack"],
            cwd=BASE_DIR,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output = ""
        threading.Thread(target=self._read, daemon=True).start()
        deadline = time.monotonic() + 120
        while "Stop: Ctrl-C" not in self.output:
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"The register did not start:\n{self.output}")
            time.sleep(0.1)

    def _read(self) -> None:
        for line in self._process.stdout:
            self.output += line

    def processes(self) -> list[psutil.Process]:
        """Every process that belongs to it: its children, and PostgreSQL."""
        children = psutil.Process(self._process.pid).children(recursive=True)
        pid_file = self.folder / "postgres" / "postmaster.pid"
        postgres = psutil.Process(int(pid_file.read_text().splitlines()[0]))
        return [*children, postgres, *postgres.children()]

    def stop(self) -> int:
        """Press Ctrl-C; returns the exit status once everything has stopped."""
        self._process.send_signal(signal.SIGINT)
        return self.wait()

    def wait(self) -> int:
        """Wait until it has stopped; returns the exit status."""
        return self._process.wait(timeout=60)

    def manage(self, *arguments: str) -> str:
        """Run a management command on it, as someone in another terminal would; returns what it prints."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=BASE_DIR,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
