"""Who calls, by certificate: the OIN in the subject's serialNumber (2.5.4.5), from a trusted proxy only."""

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from django.test import RequestFactory

from api.callers import Unidentified, identify
from mandates.models import Check
from tests import factories as make

OIN = "00000099000000000003"


def certificate(*attributes: x509.NameAttribute) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "toetsplein.example"), *attributes])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(int(OIN))
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )


def oin_attribute(oin: str = OIN) -> x509.NameAttribute:
    return x509.NameAttribute(NameOID.SERIAL_NUMBER, oin)


def rfc9440(certificate: x509.Certificate) -> str:
    return f":{base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()}:"


def nginx(certificate: x509.Certificate) -> str:
    return quote(certificate.public_bytes(Encoding.PEM).decode())


def request(address: str = "127.0.0.1", **headers):
    return RequestFactory().get("/api/v2/mandates", REMOTE_ADDR=address, headers=headers)


@pytest.mark.parametrize("written", [rfc9440, nginx])
def test_both_forms_of_the_header_name_the_oin(written):
    header = written(certificate(oin_attribute()))

    assert identify(request(**{"Client-Cert": header})).certificate_oin == OIN


def test_the_header_counts_from_a_trusted_proxy_only():
    header = rfc9440(certificate(oin_attribute()))

    with pytest.raises(Unidentified):
        identify(request("192.0.2.7", **{"Client-Cert": header}))


@pytest.mark.parametrize(
    "attribute",
    [
        x509.NameAttribute(NameOID.COMMON_NAME, f"serialNumber={OIN}"),
        x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, OIN),
        x509.NameAttribute(NameOID.USER_ID, OIN),
    ],
)
def test_an_oin_in_a_lookalike_attribute_does_not_count(attribute):
    """The certificate's own serial number is the OIN as well; that does not count either."""
    with pytest.raises(Unidentified, match="OIN"):
        identify(request(**{"Client-Cert": rfc9440(certificate(attribute))}))


def test_a_certificate_with_two_oins_names_nobody():
    two = certificate(oin_attribute(), oin_attribute("00000099000000000001"))

    with pytest.raises(Unidentified, match="one OIN"):
        identify(request(**{"Client-Cert": rfc9440(two)}))


@pytest.mark.parametrize("header", ["onzin", ":b256:", "::", ":", ":AAAA:", "-----BEGIN CERTIFICATE-----", "%00", "é"])
def test_a_header_that_is_no_certificate_is_refused(header):
    with pytest.raises(Unidentified):
        identify(request(**{"Client-Cert": header}))


@pytest.fixture
def ask_with_certificate(client, regenboog):
    make.MandateFactory(school=regenboog.school, service=regenboog.rio, system=regenboog.las)

    def ask(oin: str, key: str | None = None):
        headers = {"Client-Cert": rfc9440(certificate(oin_attribute(oin)))} | ({"API-Key": key} if key else {})
        return client.get(
            "/api/v2/mandates",
            {"school_oin": regenboog.school.oin, "supplier_oin": regenboog.las.supplier.oin, "service_code": "RIO"},
            headers=headers,
        )

    return ask


def test_a_certificate_alone_names_the_supplier(ask_with_certificate):
    assert ask_with_certificate(OIN).json() == {"mandated": True}
    assert Check.objects.get().caller_oin == OIN


def test_key_and_certificate_of_one_supplier_are_answered(regenboog, ask_with_certificate):
    assert "token" in ask_with_certificate("00000099000000000001", regenboog.LAS_KEY).json()


def test_a_key_of_another_supplier_than_the_certificates_is_refused(regenboog, ask_with_certificate):
    """A stolen key is worth nothing without its supplier's certificate."""
    assert ask_with_certificate(OIN, regenboog.LAS_KEY).status_code == 403
    assert not Check.objects.exists()


def test_a_certificate_of_an_unknown_party_is_refused(ask_with_certificate):
    assert ask_with_certificate("00000099000000000077").status_code == 403
