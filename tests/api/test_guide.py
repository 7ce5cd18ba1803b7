"""The supplier's guide is true: what it says to do is done here, and answered as it says (docs/leveranciers/).

Each page is followed from top to bottom, on registers that are started as the page says. `tests.api.guide` knows what
an example is and what may differ in an answer.
"""

import inspect
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import cached_property
from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings
from dotenv import dotenv_values

from journal.clock import today
from osr import views
from osr.demo import demo_register
from osr.development import BASE_DIR
from tests.api import behind_nginx
from tests.api.certificates import named, pem, self_signed, with_oin
from tests.api.guide import Command, Fence, File, Unreadable, Values, examples, is_answer
from tests.running import RunningRegister, free_port

GUIDE = BASE_DIR / "docs" / "leveranciers"
PAGES = sorted(GUIDE.glob("*.md"))
PRODUCTION = "https://osr.example.nl"
TOETSPLEIN = "00000099000000000003"
TRUST_STORE_PASSWORD = "of-this-test-only"


class Registers:
    """The registers that the guide speaks of, by their address; each is started when it is first needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._started: dict[str, RunningRegister] = {}
        self._production: behind_nginx.Process | None = None

    def start(self, environment: dict[str, str]) -> RunningRegister:
        """What `make run` with these variables starts: Makefile, `run`."""
        name = environment.get("OSR_PORT", "8000")
        if name not in self._started:
            # Known before it has started: `stop` stops it also when it does not get so far.
            self._started[name] = _WithSettings(self.folder / name, environment)
            self._started[name].start()
        return self._started[name]

    def here(self, text: str) -> str:
        """The text with the addresses that these registers have on this machine."""
        for there, here in self._addresses():
            text = text.replace(there, here)
        return text

    def there(self, text: str) -> str:
        """The text with the addresses that the guide gives them."""
        for there, here in self._addresses():
            text = text.replace(here, there)
        return text

    def _addresses(self) -> Iterator[tuple[str, str]]:
        for port, register in self._started.items():
            yield f"http://localhost:{port}", register.url
            yield f"http://localhost:{int(port) + 1000}", f"http://localhost:{register.provider_port}"

    @cached_property
    def production_port(self) -> int:
        """Where a register in production mode listens, for nginx only. It has the data of `make run`."""
        port = free_port()
        development = dotenv_values(self.start({}).folder / "development.env")
        folder = self.folder / "production"
        folder.mkdir()
        self._production = behind_nginx.register(port, database_url=development["DATABASE_URL"], folder=folder)
        self._production.start()
        return port

    def stop(self) -> None:
        if self._production:
            self._production.stop()
        # Each takes its time, and they know nothing of each other.
        with ThreadPoolExecutor() as pool:
            list(pool.map(RunningRegister.stop, self._started.values()))


class _WithSettings(RunningRegister):
    """A register that is told more than where it is."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        super().__init__(folder)
        self._settings = {
            name: value for name, value in settings.items() if name not in ("OSR_PORT", "OSR_IDP_PORT", "OSR_DATA_DIR")
        }

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | self._settings


class Reader:
    """Someone who follows one page: in a folder of their own, with the certificate that Toetsplein has."""

    def __init__(self, registers: Registers, folder: Path) -> None:
        self._registers = registers
        self._folder = folder
        self._values = Values(today())
        self._nginx: behind_nginx.Nginx | None = None
        self._suppliers_ca = self_signed(named((NameOID.COMMON_NAME, "Voorbeeld Services CA")))
        self._server_ca = self_signed(named((NameOID.COMMON_NAME, "Voorbeeld Server CA")))
        toetsplein = self._suppliers_ca.issue(with_oin(TOETSPLEIN))
        (folder / "toetsplein.pem").write_bytes(pem(toetsplein.certificate))
        (folder / "toetsplein.key").write_bytes(toetsplein.private_key)
        (folder / "server-ca").write_bytes(pem(self._server_ca.certificate))

    def follow(self, example: Command | File) -> None:
        """Do what an example says and compare the answer with what it says comes."""
        if isinstance(example, File):
            (self._folder / example.name).write_text(self._registers.here(example.text))
        elif (environment := example.started_register) is not None:
            self._expect(example, self._registers.start(environment).output)
        else:
            self._expect(example, self._run(example.text))

    def _expect(self, example: Command, printed: str) -> None:
        printed = self._registers.there(printed)
        assert is_answer(example.answer, printed, self._values), (
            f"{example.place}: the answer is another one than the guide says.\n\n{example.text}\n\n{printed}"
        )

    def _run(self, command: str) -> str:
        command = self._registers.here(self._values.fill_in(command))
        if PRODUCTION in command:
            command = command.replace(PRODUCTION, f"https://localhost:{self._production_port()}")
            if _runs("java", command):
                self._make_java_trust_the_server()
        done = subprocess.run(
            ["sh", "-e", "-c", command],
            cwd=self._folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n\n{done.stdout}{done.stderr}"
        return done.stdout

    def _make_java_trust_the_server(self) -> None:
        subprocess.run(
            ["keytool", "-importcert", "-noprompt", "-file", "server-ca", "-keystore", "trusted-by-java",
             "-storepass", TRUST_STORE_PASSWORD],
            cwd=self._folder,
            capture_output=True,
            check=True,
        )  # fmt: skip

    def _environment(self) -> dict[str, str]:
        """Nothing of this machine but its programs; the servers' authority is trusted as those of the system are."""
        server_ca = str(self._folder / "server-ca")
        beside_python = str(Path(sys.executable).parent)
        environment = {
            "PATH": os.pathsep.join([beside_python, os.environ.get("PATH", os.defpath)]),
            "HOME": str(self._folder),
            "LANG": "C.UTF-8",
            "NO_PROXY": "localhost",
            "CURL_CA_BUNDLE": server_ca,
            "SSL_CERT_FILE": server_ca,
        }
        if (trust_store := self._folder / "trusted-by-java").exists():
            environment["JDK_JAVA_OPTIONS"] = (
                f"-Djavax.net.ssl.trustStore={trust_store} -Djavax.net.ssl.trustStorePassword={TRUST_STORE_PASSWORD}"
            )
        return environment

    def _production_port(self) -> int:
        """nginx as in `deploy/`; it accepts what the authorities issue whose certificates are in `clients-ca.pem`."""
        if self._nginx is None:
            server = self._server_ca.issue(
                named((NameOID.COMMON_NAME, "localhost")), usage=ExtendedKeyUsageOID.SERVER_AUTH, hosts=("localhost",)
            )
            own_ca = self._folder / "clients-ca.pem"
            accepted = pem(self._suppliers_ca.certificate) + (own_ca.read_bytes() if own_ca.exists() else b"")
            self._nginx = behind_nginx.Nginx(
                behind_nginx.find_nginx(),
                self._folder / "nginx",
                register_port=self._registers.production_port,
                tls={"server.pem": pem(*server.chain), "server.key": server.private_key, "clients-ca.pem": accepted},
            )
            self._nginx.start()
        return self._nginx.port

    def stop(self) -> None:
        if self._nginx:
            self._nginx.stop()


def missing_for(command: str) -> str | None:
    """What this machine lacks for a command that not everybody can give."""
    if PRODUCTION in command and behind_nginx.find_nginx() is None:
        return "nginx"
    if _runs("java", command) and not _has_java():
        return "Java 11 or newer"
    if _runs("openssl", command) and shutil.which("openssl") is None:
        return "openssl"
    return None


def _runs(program: str, command: str) -> bool:
    return re.search(rf"(?:^|\s){program} ", command) is not None


def _has_java() -> bool:
    """Whether there is a Java that runs a file as it is; some systems have a `java` that only says there is none."""
    if shutil.which("java") is None:
        return False
    modules = subprocess.run(["java", "--list-modules"], capture_output=True, text=True, check=False)
    return "jdk.compiler@" in modules.stdout


@pytest.fixture(scope="module")
def registers(tmp_path_factory) -> Iterator[Registers]:
    registers = Registers(tmp_path_factory.mktemp("guide"))
    try:
        registers.start({})
        yield registers
    finally:
        registers.stop()


@pytest.fixture
def reader(registers, tmp_path) -> Iterator[Reader]:
    reader = Reader(registers, tmp_path)
    yield reader
    reader.stop()


# --- The guide --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_example_is_answered_as_the_guide_says(reader, page):
    for example in examples(page):
        if isinstance(example, Command) and (lacking := missing_for(example.text)):
            pytest.skip(f"{lacking} is not on this machine: {page.name} was followed down to {example.place} only")
        reader.follow(example)


def test_every_page_is_in_the_index():
    index = (GUIDE / "README.md").read_text()

    assert all(f"]({page.name})" in index for page in PAGES if page.name != "README.md")


def test_the_systems_of_the_guide_are_those_of_the_demo():
    index = (GUIDE / "README.md").read_text()

    for supplier in demo_register(today())["suppliers"]:
        for system in supplier["systems"]:
            (key,) = system["api_keys"]
            assert f"| {system['name']} | {supplier['name']} | `{supplier['oin']}` | `{key}` |" in index


def test_the_error_texts_of_the_guide_are_those_of_the_api():
    """The first column of its tables has every text that the API or nginx answers with, and none that nobody does."""
    page = (GUIDE / "fouten-en-limieten.md").read_text()
    told = {re.sub(r"\bid 7\b", "id {id}", text) for text in re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)}
    api = "".join(file.read_text() for file in (BASE_DIR / "api").rglob("*.py"))
    answered = set(re.findall(r'\b[45]\d\d, "([^"]+)"', api))
    raised = set(re.findall(r'\b(?:Unidentified|Forbidden|NotFound)\(f?"([^"]+)"', api))
    by_nginx = set(re.findall(r"""'{"message": "([^"]+)"}'""", behind_nginx.CONFIGURATION.read_text()))

    assert (answered | raised | by_nginx) - told == set()
    assert [text for text in told - by_nginx if text not in api + inspect.getsource(views)] == []


def test_the_limits_of_the_guide_are_the_defaults():
    page = (GUIDE / "fouten-en-limieten.md").read_text()
    limits = (settings.OSR_CHECK_LIMIT, settings.OSR_READ_LIMIT, settings.OSR_FAILURE_LIMIT)

    assert re.findall(r"\| (\d+) per minuut \|", page) == [str(limit.amount) for limit in limits]
    assert {limit.get_expiry() for limit in limits} == {60}


# --- Reading it -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        ("```json\n{}\n```", "page.md:1: no example has the marker 'json'"),
        ("```\ncurl\n```", "page.md:1: no example has the marker ''"),
        ("# Tekst\n\n    curl http://localhost", "page.md:3: write code between"),
        ("~~~sh\ncurl\n~~~", "page.md:1: write code between"),
        ("- Dit:\n  ```sh\n  curl\n  ```", "page.md:2: a fence begins at the start of a line"),
        ("```text\nja\n```", "page.md:1: an answer must come right below"),
        ("```sh\ntrue\n```\n```text\nja\n```\n```text\nja\n```", "page.md:7: an answer must come right below"),
        ("```sh\ntrue", "page.md:1: this fence has no end"),
        ("```python\nprint()\n```", "page.md:1: the first line must be"),
    ],
)
def test_a_fence_that_would_escape_is_an_error(tmp_path, page, problem):
    (tmp_path / "page.md").write_text(page)

    with pytest.raises(Unreadable, match=f"^{re.escape(problem)}"):
        examples(tmp_path / "page.md")


HTTP = "HTTP/1.1 200 OK\r\nserver: x\r\nretry-after: 5\r\n\r\n"
TOKEN = "fb6728a5-77c1-4e36-bfed-af39f2699a35"


@pytest.mark.parametrize(
    ("marker", "expected", "printed", "is_it"),
    [
        ("http", 'HTTP/1.1 200 OK\nRetry-After: 5\n\n{"a b": [1]}', HTTP + '{"a b":[1]}', True),
        ("http", "HTTP/1.1 200 OK\n\n{}", HTTP + "[]", False),
        ("http", "HTTP/1.1 200 OK\n\n{}", HTTP, False),
        ("http", "HTTP/1.1 200 OK", HTTP + "{}", False),
        ("http", "HTTP/1.1 201 Created\n\n{}", HTTP + "{}", False),
        ("http", "HTTP/1.1 200 OK\nRetry-After: 6\n\n{}", HTTP + "{}", False),
        ("http", "HTTP/1.1 200 OK\nAllow: GET\n\n{}", HTTP + "{}", False),
        ("http", 'HTTP/1.1 200 OK\n\n{"a b": 1}', HTTP + '{"ab":1}', False),
        ("http", 'HTTP/1.1 200 OK\n\n["<token>", "<token>"]', HTTP + f'["{TOKEN}","{TOKEN}"]', True),
        ("http", 'HTTP/1.1 200 OK\n\n["<token>", "<token>"]', HTTP + f'["{TOKEN}","{TOKEN[::-1]}"]', False),
        ("http", 'HTTP/1.1 200 OK\n\n["<token>"]', HTTP + '["geheim"]', False),
        ("http", 'HTTP/1.1 200 OK\n\n["<over 9 dagen>"]', HTTP + '["2026-12-01"]', True),
        ("http", 'HTTP/1.1 200 OK\n\n["<vandaag>"]', HTTP + '["2026-12-01"]', False),
        ("text", "...\nja\n...", "a\nja\nb\n", True),
        ("text", "...\nja\n...", "a\nnee\nb\n", False),
        ("text", "ja", "ja\nnee\n", False),
        ("text", "ja\nnee", "ja\n", False),
    ],
)
def test_an_answer_is_what_the_guide_says_or_not(marker, expected, printed, is_it):
    fence = Fence(marker=marker, text=expected, place="page.md:1")

    assert is_answer(fence, printed, Values(date(2026, 11, 22))) is is_it


def test_a_value_is_the_same_on_the_whole_page():
    values = Values(date(2026, 11, 22))

    assert values.match('"<token>"', f'"{TOKEN}"')
    assert values.fill_in("<token> <morgen>") == f"{TOKEN} 2026-11-23"
    assert not values.match('"<token>"', f'"{TOKEN[::-1]}"')


def test_a_value_that_no_answer_has_shown_cannot_be_given():
    with pytest.raises(Unreadable, match="no answer above"):
        Values(date(2026, 11, 22)).fill_in("<token>")
