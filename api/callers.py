"""Who calls: an API key names a system, a client certificate names a supplier (architecture.md, 'Who calls').

TLS ends at the proxy, which passes the certificate in the `Client-Cert` header. That header counts only when the call
comes from an address in `OSR_TRUSTED_PROXIES`.
"""

import base64
import binascii
from urllib.parse import unquote

from cryptography import x509
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.http import HttpRequest

from mandates.checks import Caller
from services.keys import digest_of


class Unidentified(Exception):
    """The call does not say well enough who makes it; the text tells the caller what is missing."""


def identify(request: HttpRequest) -> Caller:
    """The caller as the request names it; whether the register knows it is for the check itself to find out.

    Raises `Unidentified` when neither key nor certificate is given, when production demands a certificate and there is
    none, and when the certificate cannot be read or holds no OIN.
    """
    key = request.headers.get("API-Key") or request.headers.get("X-API-Key")
    oin = _certificate_oin(request)
    if oin is None and settings.OSR_CLIENT_CERTIFICATE == "required":
        raise Unidentified("A client certificate is required")
    if oin is None and not key:
        raise Unidentified("An API key or a client certificate is required")
    return Caller(key_digest=digest_of(key) if key else None, certificate_oin=oin)


def _certificate_oin(request: HttpRequest) -> str | None:
    """The OIN in the certificate's subject: the attribute with OID 2.5.4.5, not the certificate's own serial number."""
    header = request.headers.get("Client-Cert")
    if not header or request.META.get("REMOTE_ADDR") not in settings.OSR_TRUSTED_PROXIES:
        return None
    try:
        certificate = _read_certificate(header)
    except (ValueError, binascii.Error) as error:
        raise Unidentified("The client certificate cannot be read") from error
    oins = certificate.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    if len(oins) != 1:
        raise Unidentified("The client certificate must hold one OIN (subject serialNumber)")
    return oins[0].value


def _read_certificate(header: str) -> x509.Certificate:
    """Both forms in use: RFC 9440 (`:base64 of DER:`) and nginx's url-escaped PEM."""
    header = header.strip()
    if header.startswith(":") and header.endswith(":") and len(header) > 1:
        return x509.load_der_x509_certificate(base64.b64decode(header[1:-1], validate=True))
    return x509.load_pem_x509_certificate(unquote(header).encode())
