"""The register as in production: a web server behind nginx, which has the configuration in `deploy/`."""

import grp
import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil

from osr.development import BASE_DIR
from tests.running import free_port

CONFIGURATION = BASE_DIR / "deploy" / "nginx" / "register.conf"
# A package puts nginx among the commands for administrators, which not everyone's PATH has.
_BESIDE_PATH = ("/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin")


def find_nginx() -> str | None:
    """Where nginx is on this machine, if it is."""
    return shutil.which("nginx", path=os.pathsep.join([os.environ.get("PATH", os.defpath), *_BESIDE_PATH]))


class Process:
    """A server that is started, waited for and stopped."""

    def __init__(
        self, command: list[str], *, log: Path, is_ready: Callable[[], bool], environment: dict[str, str] | None = None
    ) -> None:
        self._command, self._log, self._is_ready, self._environment = command, log, is_ready, environment

    def start(self) -> None:
        """Start it and wait until it is ready, at most half a minute."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=BASE_DIR, env=self._environment, stdout=log, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + 30
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise AssertionError(f"{self._command[0]} did not start:\n{self._log.read_text()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop it, and what it started; done when it has stopped already."""
        if self._process.poll() is not None:
            return
        children = psutil.Process(self._process.pid).children(recursive=True)
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for child in psutil.wait_procs(children, timeout=1)[1]:
            child.kill()


def register(port: int, *, database_url: str, folder: Path) -> Process:
    """The register in production mode: what it is not told here has the default, so certificates are required."""
    unset = ("OSR_", "DATABASE_", "DJANGO_", "REDIS_", "GRANIAN_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unset)}

    def is_ready() -> bool:
        try:
            with urllib.request.urlopen(f"http://localhost:{port}/health/ready", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False

    return Process(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
         "--workers", "1", "--log-level", "error", "osr.wsgi:application"],
        log=folder / "register.log",
        is_ready=is_ready,
        environment=kept | {
            "DATABASE_URL": database_url,
            "OSR_SECRET_KEY": "of-this-test-only",
            "OSR_HOSTS": "localhost",
            "OSR_TRUSTED_PROXIES": "127.0.0.1",
            "OSR_DATA_DIR": str(folder / "data"),
        },
    )  # fmt: skip


class Nginx(Process):
    """nginx with `deploy/nginx/register.conf`, on ports of its own, with everything it needs in `folder`.

    `tls` holds the files that belong in `deploy/tls`. With `clients-crl.pem` among them `ssl_crl` is switched on, as
    deploy/README.md says.
    """

    def __init__(self, executable: str, folder: Path, *, register_port: int, tls: dict[str, bytes]) -> None:
        self.port, self.plain_port = free_port(), free_port()
        self.folder = folder
        (folder / "tls").mkdir(parents=True)
        for name, content in tls.items():
            (folder / "tls" / name).write_bytes(content)
        (folder / "nginx.conf").write_text(_MAIN.replace("# user", _user()))
        (folder / "register.conf").write_text(self._moved(register_port, with_revocation="clients-crl.pem" in tls))
        super().__init__(
            [executable, "-p", str(folder), "-c", str(folder / "nginx.conf")],
            log=folder / "nginx.log",
            is_ready=self._listens,
        )

    def _moved(self, register_port: int, *, with_revocation: bool) -> str:
        """The configuration of the repository with other ports and folders; nothing else differs."""
        moved = {
            "server web:8000;": f"server 127.0.0.1:{register_port};",
            "listen 80;": f"listen 127.0.0.1:{self.plain_port};",
            "listen 443 ssl;": f"listen 127.0.0.1:{self.port} ssl;",
            "/etc/nginx/tls/": "tls/",  # to nginx: beside this file
            "/var/log/nginx/": "",
        } | ({"# ssl_crl ": "ssl_crl "} if with_revocation else {})
        text = CONFIGURATION.read_text()
        for written, here in moved.items():
            assert written in text, f"{CONFIGURATION.name} no longer holds {written!r}"
            text = text.replace(written, here)
        return text

    def _listens(self) -> bool:
        with socket.socket() as attempt:
            return attempt.connect_ex(("127.0.0.1", self.port)) == 0


# What the image's own nginx.conf has round the register's: among others an access log with whole requests.
_MAIN = """\
# user
daemon off;
worker_processes 1;
pid nginx.pid;
error_log error.log;
events {}
http {
    access_log access.log combined;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include register.conf;
}
"""


def _user() -> str:
    """Started as root nginx would work as another, who cannot enter the folder; anyone else stays who they are."""
    if os.geteuid() != 0:
        return ""
    return f"user {pwd.getpwuid(0).pw_name} {grp.getgrgid(os.getegid()).gr_name};"
