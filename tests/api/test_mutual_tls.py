"""Who calls, over real TLS: nginx as `deploy/` configures it, before the register in production mode.

The rules are those of api-v2.md, 'Who calls'; that `Client-Cert` counts from a trusted proxy only is tested in
`test_callers`. What nginx keeps out is answered by nginx, with its own words but in JSON as well.
"""

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.core.management import call_command
from django.db import connection

from tests import factories as make
from tests.api import behind_nginx
from tests.api.behind_nginx import Nginx, Process
from tests.api.certificates import Holder, named, pem, self_signed, with_oin
from tests.api.test_callers import nginx as escaped
from tests.api.test_callers import rfc9440
from tests.faults import wait_until
from tests.register import Regenboog
from tests.running import free_port

# For the database only: no test here touches it, the register in its own process does.
pytestmark = pytest.mark.django_db

LEERSPOOR, TOETSPLEIN, UNKNOWN = "00000099000000000001", "00000099000000000003", "00000099000000000077"
CERTIFICATE_REQUIRED = (401, {"message": "A client certificate is required"})
NOT_VERIFIED = (401, {"message": "The client certificate could not be verified"})
MANDATED = (200, {"mandated": True})


@dataclass(frozen=True)
class Authorities:
    """A root with, below it, the authority that issues to suppliers: PKIoverheid in small."""

    root: Holder
    suppliers: Holder

    @classmethod
    def new(cls) -> "Authorities":
        top = self_signed(named((NameOID.COMMON_NAME, "Voorbeeld Root CA")))
        return cls(top, top.issue(named((NameOID.COMMON_NAME, "Voorbeeld Services CA")), is_authority=True))

    @property
    def trusted(self) -> bytes:
        return pem(self.root.certificate, self.suppliers.certificate)


@dataclass(frozen=True, repr=False)
class Stack:
    """What runs: the register, nginx before it, and the authorities whose certificates nginx accepts."""

    register: Process
    register_port: int
    nginx: Nginx
    executable: str
    authorities: Authorities
    server_files: dict[str, bytes]
    folder: Path

    def holder(self, oin: str) -> Holder:
        """A supplier with a certificate as it should be."""
        return self.authorities.suppliers.issue(with_oin(oin))


@pytest.fixture(scope="module")
def nginx_executable() -> str:
    """Before the stack, so that nothing is started for tests that are skipped."""
    if (executable := behind_nginx.find_nginx()) is None:
        pytest.skip(
            "nginx is not installed, so its configuration is not tried: apt install nginx, or brew install nginx"
        )
    return executable


@pytest.fixture(scope="module")
def regenboog(nginx_executable, django_db_setup, django_db_blocker) -> Iterator[Regenboog]:
    """De Regenboog with a mandate of the LAS for RIO, where another process sees it: committed."""
    with django_db_blocker.unblock():
        try:
            regenboog = Regenboog()
            make.MandateFactory(school=regenboog.school, service=regenboog.rio, system=regenboog.las)
            yield regenboog
        finally:
            call_command("flush", verbosity=0, interactive=False)


@pytest.fixture(scope="module")
def stack(nginx_executable, regenboog, tmp_path_factory) -> Iterator[Stack]:
    """nginx and the register, started once for all tests here."""
    folder = tmp_path_factory.mktemp("mutual-tls")
    database = connection.settings_dict
    register_port = free_port()
    register = behind_nginx.register(
        register_port,
        database_url=f"postgres://{database['USER']}@{quote(database['HOST'], safe='')}/{database['NAME']}",
        folder=folder,
    )
    authorities = Authorities.new()
    server_ca = self_signed(named((NameOID.COMMON_NAME, "Voorbeeld Server CA")))
    server = server_ca.issue(
        named((NameOID.COMMON_NAME, "localhost")), usage=ExtendedKeyUsageOID.SERVER_AUTH, hosts=("localhost",)
    )
    (folder / "server-ca.pem").write_bytes(pem(server_ca.certificate))
    server_files = {"server.pem": pem(*server.chain), "server.key": server.private_key}
    nginx = Nginx(
        nginx_executable,
        folder / "nginx",
        register_port=register_port,
        tls=server_files | {"clients-ca.pem": authorities.trusted},
    )
    stack = Stack(
        register=register,
        register_port=register_port,
        nginx=nginx,
        executable=nginx_executable,
        authorities=authorities,
        server_files=server_files,
        folder=folder,
    )
    register.start()
    try:
        nginx.start()
        try:
            yield stack
        finally:
            nginx.stop()
    finally:
        register.stop()


@pytest.fixture
def connect(stack, tmp_path) -> Callable[..., HTTPSConnection]:
    """A connection to nginx over TLS, showing the certificate of `holder` if there is one."""

    def connect(
        holder: Holder | None = None,
        *,
        only_own: bool = False,
        nginx: Nginx = stack.nginx,
        version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
    ) -> HTTPSConnection:
        context = ssl.create_default_context(cafile=str(stack.folder / "server-ca.pem"))
        context.minimum_version = context.maximum_version = version
        if holder:
            context.load_cert_chain(holder.write(tmp_path / "client.pem", only_own=only_own))
        return HTTPSConnection("localhost", nginx.port, context=context, timeout=10)

    return connect


@pytest.fixture
def ask(connect, question) -> Callable[..., tuple[int, dict]]:
    """Ask whether Leerspoor is mandated for RIO at De Regenboog; returns status and JSON of the answer."""

    def ask(
        holder: Holder | None = None, *, key: str | None = None, headers: dict[str, str] | None = None, **how
    ) -> tuple[int, dict]:
        with closing(connect(holder, **how)) as to_nginx:
            to_nginx.request("GET", question, headers=(headers or {}) | ({"API-Key": key} if key else {}))
            return read(to_nginx.getresponse())

    return ask


@pytest.fixture
def question(regenboog) -> str:
    parameters = {"school_oin": regenboog.school.oin, "supplier_oin": LEERSPOOR, "service_code": "RIO"}
    return f"/api/v2/mandates?{urlencode(parameters)}"


def read(response: HTTPResponse) -> tuple[int, dict]:
    assert response.getheader("Content-Type") == "application/json"
    return response.status, json.loads(response.read())


# --- Who has a right certificate --------------------------------------------------------------------------------------


def test_the_mandated_system_gets_its_token_by_certificate_and_key(stack, regenboog, ask):
    status, own = ask(stack.holder(LEERSPOOR), key=regenboog.LAS_KEY)

    assert status == 200
    assert "token" in own


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["TLS-1.2", "TLS-1.3"])
def test_a_supplier_is_answered_by_certificate_alone(stack, ask, version):
    assert ask(stack.holder(TOETSPLEIN), version=version) == MANDATED


@pytest.mark.parametrize("only_own", [True, False], ids=["own", "chain"])
def test_a_supplier_may_send_the_authoritys_certificate_along_or_not(stack, ask, only_own):
    assert ask(stack.holder(TOETSPLEIN), only_own=only_own) == MANDATED


def test_a_certificate_with_very_much_in_it_and_a_long_chain_will_do(stack, ask):
    """The header that carries it is some 30 kB."""
    authority = stack.authorities.suppliers
    for number in range(2):
        authority = authority.issue(named((NameOID.COMMON_NAME, f"Voorbeeld CA {number}")), is_authority=True)
    hosts = tuple(f"school-{number}.leerlingvolgsysteem.toetsplein.example" for number in range(400))

    assert ask(authority.issue(with_oin(TOETSPLEIN), hosts=hosts)) == MANDATED


def test_a_certificate_of_another_supplier_than_the_keys_is_refused(stack, regenboog, ask):
    status, _ = ask(stack.holder(TOETSPLEIN), key=regenboog.LAS_KEY)

    assert status == 403


def test_a_certificate_of_an_unknown_party_is_refused(stack, ask):
    status, _ = ask(stack.holder(UNKNOWN))

    assert status == 403


@pytest.mark.parametrize(
    "lookalike",
    [
        (NameOID.COMMON_NAME, f"serialNumber={TOETSPLEIN}"),
        (NameOID.ORGANIZATION_IDENTIFIER, TOETSPLEIN),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, f"x/serialNumber={TOETSPLEIN},2.5.4.5={TOETSPLEIN}"),
    ],
    ids=["commonName", "organizationIdentifier", "organizationalUnitName"],
)
def test_an_oin_in_a_lookalike_attribute_does_not_count(stack, ask, lookalike):
    assert ask(stack.authorities.suppliers.issue(named(lookalike))) == (
        401,
        {"message": "The client certificate must hold one OIN (subject serialNumber)"},
    )


# --- Who has none, or one that is worth nothing -----------------------------------------------------------------------


def test_without_certificate_a_key_is_worth_nothing(regenboog, ask):
    assert ask(key=regenboog.LAS_KEY) == CERTIFICATE_REQUIRED


def _of_another_authority(stack: Stack) -> Holder:
    """Of the same name as the real one."""
    return Authorities.new().suppliers.issue(with_oin(LEERSPOOR))


def _expired(stack: Stack) -> Holder:
    return stack.authorities.suppliers.issue(with_oin(LEERSPOOR), days=(-30, -1))


def _not_yet_valid(stack: Stack) -> Holder:
    return stack.authorities.suppliers.issue(with_oin(LEERSPOOR), days=(1, 30))


def _self_signed(stack: Stack) -> Holder:
    return self_signed(with_oin(LEERSPOOR), is_authority=False)


def _issued_by_another_supplier(stack: Stack) -> Holder:
    """Toetsplein has a right certificate, but may not issue."""
    return stack.holder(TOETSPLEIN).issue(with_oin(LEERSPOOR))


def _for_servers_only(stack: Stack) -> Holder:
    return stack.authorities.suppliers.issue(with_oin(LEERSPOOR), usage=ExtendedKeyUsageOID.SERVER_AUTH)


@pytest.mark.parametrize(
    "made",
    [
        _of_another_authority,
        _expired,
        _not_yet_valid,
        _self_signed,
        _issued_by_another_supplier,
        _for_servers_only,
    ],
    ids=lambda made: made.__name__.strip("_"),
)
def test_a_certificate_that_cannot_be_verified_is_refused_in_json(stack, regenboog, ask, made):
    assert ask(made(stack), key=regenboog.LAS_KEY) == NOT_VERIFIED


@pytest.mark.parametrize("written", [rfc9440, escaped], ids=["RFC-9440", "escaped-PEM"])
@pytest.mark.parametrize("header", ["Client-Cert", "Client_Cert"])
def test_who_has_no_certificate_cannot_write_one_in_a_header(stack, regenboog, ask, header, written):
    """The certificate itself is right: it is no secret, only its private key is."""
    forged = {header: written(stack.holder(LEERSPOOR).certificate)}

    assert ask(headers=forged, key=regenboog.LAS_KEY) == CERTIFICATE_REQUIRED


@pytest.mark.parametrize("header", ["Client-Cert", "Client_Cert"])
def test_who_has_a_certificate_cannot_write_anothers_in_a_header(stack, regenboog, ask, header):
    forged = {header: rfc9440(stack.holder(LEERSPOOR).certificate)}

    status, _ = ask(stack.holder(TOETSPLEIN), headers=forged, key=regenboog.LAS_KEY)

    assert status == 403


def test_a_caller_is_never_taken_for_the_one_before(stack, ask):
    """nginx keeps its connections to the register, and callers share them."""
    assert ask(stack.holder(TOETSPLEIN)) == MANDATED
    assert ask() == CERTIFICATE_REQUIRED
    assert ask(stack.holder(UNKNOWN))[0] == 403


def test_a_revoked_certificate_is_refused_where_revocation_lists_are_used(stack, ask):
    """As deploy/README.md tells to: `ssl_crl` switched on, with the lists of every authority."""
    authorities, revoked = stack.authorities, stack.holder(TOETSPLEIN)
    lists = authorities.root.revocation_list() + authorities.suppliers.revocation_list(revoked)
    nginx = Nginx(
        stack.executable,
        stack.folder / "with-revocation",
        register_port=stack.register_port,
        tls=stack.server_files | {"clients-ca.pem": authorities.trusted, "clients-crl.pem": lists},
    )
    nginx.start()
    try:
        assert ask(revoked, nginx=nginx) == NOT_VERIFIED
        assert ask(stack.holder(TOETSPLEIN), nginx=nginx) == MANDATED
    finally:
        nginx.stop()


# --- What else nginx does ---------------------------------------------------------------------------------------------


def test_plain_http_is_sent_to_https(stack, question):
    with closing(HTTPConnection("localhost", stack.nginx.plain_port, timeout=10)) as plain:
        plain.request("GET", question)
        response = plain.getresponse()

    assert response.status == 301
    assert response.getheader("Location") == f"https://localhost{question}"


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/%68ealth/ready", "//health/ready"])
def test_probes_are_not_for_outside(connect, path):
    with closing(connect()) as to_nginx:
        to_nginx.request("GET", path)

        assert to_nginx.getresponse().status == 404


def test_the_access_log_holds_paths_without_query(stack, connect):
    """A query may hold a code with which someone signs in; over plain HTTP as well."""
    for path, connection_to_nginx in (
        ("/over-tls", connect()),
        ("/over-http", HTTPConnection("localhost", stack.nginx.plain_port, timeout=10)),
    ):
        with closing(connection_to_nginx):
            connection_to_nginx.request("GET", f"{path}?code=secret")
            connection_to_nginx.getresponse().read()
    log = stack.nginx.folder / "access.log"
    # nginx answers first and writes then
    wait_until(lambda: "/over-tls" in log.read_text() and "/over-http" in log.read_text())

    assert "secret" not in log.read_text()


def test_a_body_that_is_too_large_is_refused_in_json(stack, connect):
    with closing(connect(stack.holder(LEERSPOOR))) as to_nginx:
        to_nginx.request("POST", "/api/v2/endpoints", body=b"x" * 2**21)

        assert read(to_nginx.getresponse()) == (413, {"message": "The request body is too large"})


def test_while_the_register_is_down_suppliers_read_so_in_json(stack, connect, ask, question):
    stack.register.stop()
    try:
        with closing(connect(stack.holder(TOETSPLEIN))) as to_nginx:
            to_nginx.request("GET", question)
            response = to_nginx.getresponse()
            assert read(response) == (503, {"message": "The register is temporarily unavailable"})
            assert response.getheader("Retry-After") == "5"
    finally:
        stack.register.start()

    assert ask(stack.holder(TOETSPLEIN)) == MANDATED
