"""`make run` as a newcomer meets it: it starts, keeps its data, stops, and says in one line why it cannot start."""

import shlex
import socket
import subprocess
import sys

import psutil
import pytest

from osr.development import BASE_DIR
from tests.running import RunningRegister


def run_stack(**environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "osr.stack"],
        cwd=BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def fresh(tmp_path) -> RunningRegister:
    return RunningRegister(tmp_path / "data")


def test_it_starts_answers_the_printed_curl_stops_and_keeps_its_data(fresh):
    fresh.start()
    try:
        (curl,) = [line.strip() for line in fresh.output.splitlines() if "curl -H" in line]
        answered = subprocess.run([*shlex.split(curl), "--silent"], capture_output=True, text=True, check=True)
        assert answered.stdout == '{"mandated":true}'
        assert "anke.devries@" in fresh.output
        boards = "from schools.models import Board; print('boards:', Board.objects.count())"
        before = fresh.manage("shell", "-v0", "-c", boards)
        processes = fresh.processes()
        names = " ".join(" ".join(process.cmdline()) for process in processes)
        assert all(part in names for part in ("granian", "worker", "beat", "oidc_provider_mock", "postgres"))
    finally:
        fresh.stop()
    _, alive = psutil.wait_procs(processes, timeout=5)
    assert alive == []

    fresh.start()
    try:
        assert fresh.manage("shell", "-v0", "-c", boards) == before
    finally:
        fresh.stop()


def test_a_folder_with_a_space_in_its_path_will_do(tmp_path):
    register = RunningRegister(tmp_path / "my data" / "osr")
    register.start()
    register.stop()


def test_when_postgresql_is_gone_everything_stops_and_starts_again(fresh):
    fresh.start()
    postgres = int((fresh.folder / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    psutil.Process(postgres).kill()

    assert fresh.wait() != 0
    assert "PostgreSQL has stopped" in fresh.output

    fresh.start()
    fresh.stop()


def test_one_port_for_both_is_refused_in_one_line(fresh):
    done = run_stack(**fresh.environment | {"OSR_IDP_PORT": str(fresh.port)})

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "a port of its own" in done.stderr


@pytest.mark.parametrize("character", ["'", '"', "$", "%"])
def test_a_folder_that_postgresql_cannot_take_is_said_in_one_line(fresh, tmp_path, character):
    done = run_stack(**fresh.environment | {"OSR_DATA_DIR": str(tmp_path / f"my{character}data")})

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "OSR_DATA_DIR" in done.stderr


def test_a_taken_port_is_said_in_one_line(fresh):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", fresh.port))
        taken.listen()

        done = run_stack(**fresh.environment)

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"Port {fresh.port} is taken" in done.stderr
    assert "OSR_PORT=" in done.stderr


@pytest.mark.parametrize("port", ["http", "0", "70000", "-1"])
def test_a_port_that_is_none_is_said_in_one_line(fresh, port):
    done = run_stack(**fresh.environment | {"OSR_PORT": port})

    assert done.returncode == 1
    assert done.stderr == f"The register cannot start. OSR_PORT={port} is not a port: give a number from 1 to 65535.\n"


def test_a_data_folder_that_cannot_be_made_is_said_in_one_line(fresh, tmp_path):
    (tmp_path / "file").write_text("")

    done = run_stack(**fresh.environment | {"OSR_DATA_DIR": str(tmp_path / "file" / "data")})

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1


def test_a_python_that_is_too_old_is_said_in_one_line(tmp_path):
    """Whichever Python is asked for by name."""
    old = tmp_path / "python-old"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)

    done = subprocess.run(
        ["sh", "requirements/find-python.sh"],
        cwd=BASE_DIR,
        env={"PYTHON": str(old), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "3.12" in done.stderr
