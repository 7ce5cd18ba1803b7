"""How often a supplier may read (api-v2.md, General): per supplier, with `Retry-After`."""

import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
import time_machine
from django.core.exceptions import ImproperlyConfigured
from limits import parse

from api import limits, windows
from mandates.models import Check
from osr.settings import _limit
from tests import factories as make
from tests.running import free_port


@pytest.fixture
def ask(client, regenboog):
    """Ask for a path, as the toetsleverancier or with another key."""
    make.MandateFactory(school=regenboog.school, service=regenboog.rio, system=regenboog.las)
    check = {"school_oin": regenboog.school.oin, "supplier_oin": regenboog.las.supplier.oin, "service_code": "RIO"}

    def ask(path: str = "mandates", key: str = regenboog.TEST_KEY, **parameters):
        asked = check if path == "mandates" and not parameters else parameters
        return client.get(f"/api/v2/{path}", asked, headers={"API-Key": key})

    return ask


def test_checks_beyond_the_limit_are_refused_with_a_time_to_wait(settings, ask):
    settings.OSR_CHECK_LIMIT = parse("3/minute")
    ask()  # the first call with a key shows whose it is

    statuses = [ask().status_code for _ in range(4)]
    refused = ask()

    assert statuses == [200, 200, 200, 429]
    assert refused.json() == {"message": "Too many requests; try again later"}
    assert 1 <= int(refused.headers["Retry-After"]) <= 60


def test_a_refused_check_is_not_recorded(settings, ask):
    """D17: what is recorded is what was answered."""
    settings.OSR_CHECK_LIMIT = parse("1/minute")
    ask()

    answered = [ask().status_code for _ in range(5)].count(200)

    assert Check.objects.count() == 1 + answered


def test_the_systems_of_one_supplier_are_counted_together_and_others_apart(settings, regenboog, ask):
    settings.OSR_CHECK_LIMIT = parse("2/minute")
    make.ApiKeyFactory(system=make.SystemFactory(supplier=regenboog.test_system.supplier), key="osr_zuster")
    for key in (regenboog.TEST_KEY, "osr_zuster", regenboog.LAS_KEY):
        ask(key=key)

    assert [ask(key=key).status_code for key in (regenboog.TEST_KEY, "osr_zuster")] == [200, 200]
    assert [ask(key=key).status_code for key in (regenboog.TEST_KEY, "osr_zuster")] == [429, 429]
    assert ask(key=regenboog.LAS_KEY).status_code == 200


@pytest.mark.parametrize("path", ["mandates/1", "school-mandates", "endpoints", "endpoints/1"])
def test_reads_of_mandates_and_endpoints_are_limited(settings, ask, path):
    settings.OSR_READ_LIMIT = parse("2/minute")

    statuses = [ask(path, service_code="RIO").status_code for _ in range(3)]

    assert 429 not in statuses[:2]
    assert statuses[2] == 429


def test_schools_and_services_are_not_limited(settings, ask):
    settings.OSR_READ_LIMIT = parse("1/minute")

    assert [ask("schools").status_code for _ in range(3)] == [200] * 3


def test_an_address_that_keeps_failing_has_to_wait(settings, ask):
    """quality.md, Security: attempts with keys are limited; a key that works does not get round it."""
    settings.OSR_FAILURE_LIMIT = parse("3/minute")

    assert [ask(key=f"osr_gok{n}").status_code for n in range(4)] == [401, 401, 401, 429]
    assert ask("schools", key="osr_gok").status_code == 429
    assert ask().status_code == 429


def test_another_address_does_not_wait_for_it(settings, ask, client):
    """The address is the one that a trusted proxy names, and nobody else's word for it."""
    settings.OSR_FAILURE_LIMIT = parse("1/minute")
    settings.OSR_TRUSTED_PROXIES = frozenset({"127.0.0.1"})

    def status(forwarded: str, **more) -> int:
        return client.get(
            "/api/v2/schools", headers={"API-Key": "osr_gok", "X-Forwarded-For": forwarded}, **more
        ).status_code

    assert [status("192.0.2.1"), status("192.0.2.1"), status("192.0.2.2")] == [401, 429, 401]
    assert [status("192.0.2.8", REMOTE_ADDR="192.0.2.7"), status("192.0.2.9", REMOTE_ADDR="192.0.2.7")] == [401, 429]


def test_without_redis_the_process_counts_itself():
    """bar R6: a Redis that is gone refuses nobody and is not asked at every call."""
    counter = limits.Counter(f"redis://127.0.0.1:{free_port()}/0")
    limit = parse("2/minute")

    counter.count(limit, "check", "x")
    counter.count(limit, "check", "x")
    with pytest.raises(limits.TooMany):
        counter.count(limit, "check", "x")


@pytest.fixture
def redis_url(tmp_path):
    """A Redis server of its own."""
    server = shutil.which("redis-server")
    if server is None:
        pytest.skip("there is no redis-server; install it to try limits that processes share (Debian: redis-server)")
    port = free_port()
    process = subprocess.Popen(
        [server, "--port", str(port), "--dir", str(tmp_path), "--save", ""], stdout=subprocess.DEVNULL
    )
    url = f"redis://127.0.0.1:{port}/0"
    for _ in range(50):
        try:
            redis.Redis.from_url(url).ping()
            break
        except redis.ConnectionError:
            time.sleep(0.1)
    yield url
    process.terminate()
    process.wait()


def test_with_redis_all_processes_count_together(redis_url):
    limit = parse("2/minute")
    one, other = limits.Counter(redis_url), limits.Counter(redis_url)

    one.count(limit, "check", "x")
    other.count(limit, "check", "x")
    with pytest.raises(limits.TooMany) as refused:
        one.count(limit, "check", "x")
    assert 1 <= refused.value.seconds <= 60


@pytest.mark.parametrize("written", ["veel", "600", "600/eeuw", ""])
def test_a_limit_that_cannot_be_read_stops_the_start(monkeypatch, written):
    monkeypatch.setenv("OSR_READ_LIMIT", written)

    with pytest.raises(ImproperlyConfigured, match="OSR_READ_LIMIT"):
        _limit("OSR_READ_LIMIT", default="600/minute")


def test_a_window_that_is_over_counts_no_longer():
    with time_machine.travel("2026-11-22 12:00Z", tick=False) as clock:
        counter, limit = limits.Counter(), parse("2/minute")
        for _ in range(2):
            counter.count(limit, "check", "x")
        with pytest.raises(limits.TooMany) as refused:
            counter.count(limit, "check", "x")
        assert refused.value.seconds == 60
        clock.shift(61)
        counter.count(limit, "check", "x")
        counter.refuse_beyond(limit, "check", "x")


def test_names_whose_window_is_over_are_forgotten(monkeypatch):
    """Addresses are many: they do not fill the memory."""
    monkeypatch.setattr(windows, "_MANY", 10)
    with time_machine.travel("2026-11-22 12:00Z", tick=False) as clock:
        counter = windows.WindowsInMemory()
        for number in range(10):
            counter.incr(f"address-{number}", 60)
        clock.shift(61)
        counter.incr("another", 60)
    assert counter.reset() == 1


def test_no_call_is_missed_when_many_count_at_once():
    counter = windows.WindowsInMemory()
    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(lambda _: counter.incr("x", 60), range(2_000)))
    assert sorted(counts) == list(range(1, 2_001))
