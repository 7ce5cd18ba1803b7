"""Certificates for tests, in the shape of PKIoverheid: a root, an authority below it, and what that one issues."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier


def named(*attributes: tuple[ObjectIdentifier, str]) -> x509.Name:
    """A subject with a name in it and these attributes."""
    organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Voorbeeld BV")
    return x509.Name([organisation, *(x509.NameAttribute(oid, value) for oid, value in attributes)])


def with_oin(oin: str) -> x509.Name:
    """A subject as PKIoverheid writes it: the OIN in serialNumber, OID 2.5.4.5."""
    return named((NameOID.COMMON_NAME, "voorbeeld.example"), (NameOID.SERIAL_NUMBER, oin))


@dataclass(frozen=True)
class Holder:
    """Who has a certificate and its private key. `issuer` is None when it is self-signed."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    issuer: "Holder | None"

    def issue(
        self,
        subject: x509.Name,
        *,
        is_authority: bool = False,
        days: tuple[int, int] = (-1, 1),
        usage: ObjectIdentifier = ExtendedKeyUsageOID.CLIENT_AUTH,
        hosts: tuple[str, ...] = (),
    ) -> "Holder":
        """A certificate signed by this holder, valid from and until so many days from now.

        Nothing asks whether this holder may issue: tests also need what a supplier made himself.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _sign(subject, key, issuer=self, is_authority=is_authority, days=days, usage=usage, hosts=hosts)
        return Holder(certificate=certificate, key=key, issuer=self)

    @property
    def chain(self) -> list[x509.Certificate]:
        """The own certificate and those between it and its root; for a root its own."""
        above = self.issuer.chain if self.issuer and self.issuer.issuer else []
        return [self.certificate, *above]

    @property
    def private_key(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def write(self, file: Path, *, only_own: bool = False) -> Path:
        """Write what TLS needs to show this certificate: key and chain, or with `only_own` no chain."""
        file.write_bytes(self.private_key + pem(*([self.certificate] if only_own else self.chain)))
        return file

    def revocation_list(self, *revoked: "Holder") -> bytes:
        """The list of what this authority has revoked, in PEM."""
        now = datetime.now(UTC)
        builder = x509.CertificateRevocationListBuilder(
            issuer_name=self.certificate.subject, last_update=now - timedelta(hours=1), next_update=now + timedelta(1)
        )
        for holder in revoked:
            entry = x509.RevokedCertificateBuilder(holder.certificate.serial_number, now - timedelta(hours=1))
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.PEM)


def self_signed(subject: x509.Name, *, is_authority: bool = True) -> Holder:
    """A root, or whatever else has nobody above it."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _sign(subject, key, is_authority=is_authority)
    return Holder(certificate=certificate, key=key, issuer=None)


def pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates)


def _sign(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    *,
    issuer: Holder | None = None,
    is_authority: bool,
    days: tuple[int, int] = (-1, 1),
    usage: ObjectIdentifier = ExtendedKeyUsageOID.CLIENT_AUTH,
    hosts: tuple[str, ...] = (),
) -> x509.Certificate:
    now = datetime.now(UTC)
    signing_key = issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not is_authority,
                key_cert_sign=is_authority,
                crl_sign=is_authority,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    )
    if not is_authority:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    if hosts:
        names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(signing_key, hashes.SHA256())
