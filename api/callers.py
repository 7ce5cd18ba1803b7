"""Who calls: an API key names a system, a client certificate names a supplier (architecture.md, 'Who calls').

TLS ends at the proxy, which passes the certificate in the `Client-Cert` header. That header counts only when the call
comes from an address in `OSR_TRUSTED_PROXIES`.
"""

import base64
import binascii
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import unquote

from cryptography import x509
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.http import HttpRequest
from django.utils.timezone import now

from accounts.addresses import address_of
from api import limits
from journal.acts import Actor, ActorKind
from mandates.checks import Caller, Refusal
from mandates.models import Mandate
from schools.numbers import is_oin
from services.keys import digest_of
from services.models import ApiKey, Supplier, System


class Unidentified(Exception):
    """The call does not say well enough who makes it; the text tells the caller what is missing."""


class NotAdmitted(Exception):
    """The caller names itself, but the register does not know it so; `refusal` tells why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, kw_only=True)
class Recognised:
    """A caller whom the register knows: the supplier and, when it gave an API key, its system."""

    supplier: Supplier
    system: System | None

    def owns(self, mandate: Mandate) -> bool:
        """Whether the calling system is the mandated one; a supplier without API key names no system (D10, D18)."""
        return self.system is not None and self.system.pk == mandate.system_id

    @property
    def actor(self) -> Actor:
        """The caller as the journal names it."""
        return Actor(kind=ActorKind.SUPPLIER, name=str(self.system or self.supplier), supplier_oin=self.supplier.oin)


def identify(request: HttpRequest) -> Caller:
    """The caller as the request names it; whether the register knows it is for the check itself to find out.

    Raises `Unidentified` when neither key nor certificate is given, when production demands a certificate and there is
    none, and when the certificate cannot be read or holds no OIN.
    """
    key = request.META.get("HTTP_API_KEY") or request.META.get("HTTP_X_API_KEY")
    if key and not key.isascii():
        raise Unidentified("The API key holds characters that no key has")
    oin = _certificate_oin(request)
    if oin is None and settings.OSR_CLIENT_CERTIFICATE == "required":
        raise Unidentified("A client certificate is required")
    if oin is None and not key:
        raise Unidentified("An API key or a client certificate is required")
    return Caller(key_digest=digest_of(key) if key else None, certificate_oin=oin)


def recognise(caller: Caller) -> Recognised:
    """The supplier and system that a caller names; the check asks the same in its one statement.

    Raises `NotAdmitted` for a key that is unknown, expired or revoked, for a certificate of no supplier, and when the
    two are of different suppliers.
    """
    if caller.key_digest is None:
        supplier = Supplier.objects.filter(oin=caller.certificate_oin).first()
        if supplier is None:
            raise NotAdmitted(Refusal.UNKNOWN_CERTIFICATE)
        return Recognised(supplier=supplier, system=None)
    key = ApiKey.objects.usable(now()).select_related("system__supplier").filter(digest=caller.key_digest).first()
    if key is None:
        raise NotAdmitted(Refusal.UNKNOWN_KEY)
    if caller.certificate_oin not in (None, key.system.supplier.oin):
        raise NotAdmitted(Refusal.KEY_OF_ANOTHER_SUPPLIER)
    return Recognised(supplier=key.system.supplier, system=key.system)


def refuse_after_failures(request: HttpRequest) -> None:
    """Raise `limits.TooMany` for an address from which too many calls named nobody, or nobody whom we know."""
    limits.failed_calls.refuse_beyond(settings.OSR_FAILURE_LIMIT, address_of(request))


def count_failure(request: HttpRequest) -> None:
    """Count a call that named nobody, or nobody whom the register knows."""
    with suppress(limits.TooMany):
        limits.failed_calls.count(settings.OSR_FAILURE_LIMIT, address_of(request))


def _certificate_oin(request: HttpRequest) -> str | None:
    """The OIN in the certificate's subject: the attribute with OID 2.5.4.5, not the certificate's own serial number."""
    header = request.META.get("HTTP_CLIENT_CERT")
    if not header or request.META.get("REMOTE_ADDR") not in settings.OSR_TRUSTED_PROXIES:
        return None
    try:
        subject = _read_certificate(header).subject  # which is only looked into here, so it can be broken as well
    except (ValueError, binascii.Error) as error:
        raise Unidentified("The client certificate cannot be read") from error
    oins = subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    if len(oins) != 1 or not is_oin(str(oins[0].value)):
        raise Unidentified("The client certificate must hold one OIN (subject serialNumber)")
    return oins[0].value


def _read_certificate(header: str) -> x509.Certificate:
    """Both forms in use: RFC 9440 (`:base64 of DER:`) and nginx's url-escaped PEM."""
    header = header.strip()
    if header.startswith(":") and header.endswith(":") and len(header) > 1:
        return x509.load_der_x509_certificate(base64.b64decode(header[1:-1], validate=True))
    return x509.load_pem_x509_certificate(unquote(header).encode())
