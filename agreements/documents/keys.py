"""The key of the register's digital seal, from the settings (docs/settings.md)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12
from cryptography.x509 import Certificate, ExtensionNotFound, KeyUsage, load_pem_x509_certificates
from django.conf import settings
from django.core.checks import CheckMessage, Warning
from django.core.exceptions import ImproperlyConfigured

# What Django calls the warning that the certificate of the seal expires soon.
EXPIRES_SOON = "agreements.W002"
_WARN_BEFORE = timedelta(days=60)

_Read = tuple[PrivateKeyTypes | None, Certificate | None, list[Certificate]]


@dataclass(frozen=True)
class SealKey:
    """A private key, its certificate, and the certificates that vouch for it."""

    key: RSAPrivateKey | EllipticCurvePrivateKey
    certificate: Certificate
    chain: list[Certificate]


def seal_key() -> SealKey:
    """The key of the seal, read anew each time, so that a renewed one counts at once.

    Raises `ImproperlyConfigured` with what is wrong when there is none or it cannot be used.
    """
    key, certificate, chain = _read()
    if key is None or certificate is None:
        raise ImproperlyConfigured(f"{_source()} must hold both the seal's private key and its certificate.")
    if not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey):
        raise ImproperlyConfigured(f"The private key in {_source()} must be an RSA key or an elliptic one.")
    if key.public_key() != certificate.public_key():
        raise ImproperlyConfigured(f"The private key in {_source()} does not belong to the certificate of the seal.")
    if not _may_seal(certificate):
        raise ImproperlyConfigured(
            "The certificate of the seal is not meant for signing: its key usage is neither digitalSignature nor "
            "nonRepudiation."
        )
    return SealKey(key, certificate, chain)


def validity_problem(certificate: Certificate, at: datetime) -> str:
    """That the certificate is not valid at the moment `at`; empty when it is."""
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if at > ends:
        return f"The certificate of the seal expired on {ends:%Y-%m-%d}."
    if at < begins:
        return f"The certificate of the seal is valid from {begins:%Y-%m-%d}, not yet on {at:%Y-%m-%d}."
    return ""


def trusted_certificates() -> list[Certificate]:
    """The certificates whose seals the register trusts: its own, and those in `OSR_SEAL_TRUSTED`.

    Not who issued its own: that authority issues certificates to others as well. Raises `ImproperlyConfigured` when
    that file cannot be read. A key that is not in order counts as none.
    """
    trusted = []
    if settings.OSR_SEAL_TRUSTED:
        trusted += _certificates("OSR_SEAL_TRUSTED", settings.OSR_SEAL_TRUSTED)
    try:
        return [*trusted, seal_key().certificate]
    except ImproperlyConfigured:
        return trusted


def check_seal(**_: object) -> list[CheckMessage]:
    """Django's system check: whether agreements can be sealed, now and in the coming two months."""
    hint = "Until then nobody can sign an agreement. See 'The digital seal' in docs/settings.md."
    now = datetime.now(UTC)
    try:
        trusted_certificates()
        certificate = seal_key().certificate
    except ImproperlyConfigured as error:
        return [Warning(str(error), hint=hint, id="agreements.W001")]
    if problem := validity_problem(certificate, now):
        return [Warning(problem, hint=hint, id="agreements.W001")]
    if validity_problem(certificate, now + _WARN_BEFORE):
        ends = f"{certificate.not_valid_after_utc:%Y-%m-%d}"
        return [Warning(f"The certificate of the seal expires on {ends}. Renew it.", id=EXPIRES_SOON)]
    return []


def _read() -> _Read:
    if settings.OSR_SEAL_PKCS12:
        return _from_pkcs12(_content("OSR_SEAL_PKCS12", settings.OSR_SEAL_PKCS12), settings.OSR_SEAL_PASSWORD)
    if settings.OSR_SEAL_KEY:
        certificate, *chain = _certificates("OSR_SEAL_CERTIFICATE", settings.OSR_SEAL_CERTIFICATE)
        key = _from_pem(_content("OSR_SEAL_KEY", settings.OSR_SEAL_KEY), settings.OSR_SEAL_PASSWORD)
        return key, certificate, chain
    raise ImproperlyConfigured(
        "There is no digital seal: set OSR_SEAL_PKCS12, or OSR_SEAL_KEY and OSR_SEAL_CERTIFICATE."
    )


# An RSA key is checked when it is loaded, for a tenth of a second: once for each content of the file.
@lru_cache(maxsize=2)
def _from_pkcs12(content: bytes, password: str) -> _Read:
    try:
        return pkcs12.load_key_and_certificates(content, password.encode() or None)
    except (ValueError, TypeError) as error:
        raise ImproperlyConfigured(
            "OSR_SEAL_PKCS12 is no PKCS#12 file, or OSR_SEAL_PASSWORD is not its password."
        ) from error


@lru_cache(maxsize=2)
def _from_pem(content: bytes, password: str) -> PrivateKeyTypes:
    try:
        return load_pem_private_key(content, password.encode() or None)
    except (ValueError, TypeError) as error:
        raise ImproperlyConfigured(
            "OSR_SEAL_KEY is no private key in PEM, or OSR_SEAL_PASSWORD is not its password."
        ) from error


def _source() -> str:
    return "OSR_SEAL_PKCS12" if settings.OSR_SEAL_PKCS12 else "OSR_SEAL_KEY"


def _content(name: str, path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}: {path} cannot be read ({error.strerror}).") from error


def _certificates(name: str, path: str) -> list[Certificate]:
    try:
        return load_pem_x509_certificates(_content(name, path))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {path} holds no certificates in PEM.") from error


def _may_seal(certificate: Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(KeyUsage).value
    except ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment
