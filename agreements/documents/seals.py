"""The digital seal on a document, and whether it still holds: PAdES (A3)."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

import structlog
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.timestamps import HTTPTimeStamper, TimestampRequestError
from pyhanko.sign.validation import KeyUsageConstraints, async_validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from agreements.documents.keys import SealKey, seal_key, trusted_certificates, validity_problem
from journal.acts import Problem, Refused

_FIELD = "Zegel"
_HASHES = {"sha256": SHA256, "sha384": SHA384, "sha512": SHA512}
_LOCATION = "Onderwijs Serviceregister"
_USAGE = KeyUsageConstraints({"digital_signature", "non_repudiation"}, match_all_key_usages=False)
_NO_SEAL = (
    "Het register kan de overeenkomst nu niet verzegelen. Er is niets ondertekend. "
    "Vraag Kennisnet erom: support@kennisnet.nl of 0800-321 22 33."
)
_NO_TIMESTAMP = (
    "Het register kan de tijd van ondertekening nu niet laten vastleggen. Er is niets ondertekend. "
    "Probeer het over een paar minuten opnieuw."
)

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class SealCheck:
    """What the seal on a document says.

    `intact`: there is one, and nothing in the file has changed or was added since. `trusted`: moreover, the register
    trusts the certificate that it was made with, which was valid at that moment. `signed_at` and `sealer` (the name in
    the certificate) are what the seal claims; only those of a trusted seal mean anything. They are None and empty when
    there is no seal that can be read.
    """

    intact: bool
    trusted: bool
    signed_at: datetime | None
    sealer: str


def seal(pdf: bytes, *, name: str, reason: str, at: datetime) -> bytes:
    """The document with the register's seal on it; every later change shows in any PDF reader (A3).

    `name` is who signed, `reason` why, `at` the moment: readers show all three. Where a timestamp authority is set, it
    confirms the moment. The document itself stays as it is, its tags included: the seal is appended.

    Raises `Refused` when the register has no key that is valid at that moment, or the authority does not answer.
    """
    try:
        key = seal_key()
        if problem := validity_problem(key.certificate, at):
            raise ImproperlyConfigured(problem)
    except ImproperlyConfigured as error:
        logger.error("seal.unavailable", problem=str(error))
        raise Refused([Problem("seal_unavailable", _NO_SEAL)]) from error
    authority = settings.OSR_SEAL_TIMESTAMP_URL
    sealer = _Sealer(
        at,
        PdfSignatureMetadata(
            field_name=_FIELD,
            name=name,
            reason=reason,
            location=_LOCATION,
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
        ),
        signer=_KeySigner(key),
        timestamper=HTTPTimeStamper(authority) if authority else None,
        new_field_spec=SigFieldSpec(
            _FIELD,
            # PDF/UA wants what is not tagged off the page.
            invis_sig_settings=InvisSigSettings(box_out_of_bounds=True),
            readable_field_name="Digitaal zegel van het Onderwijs Serviceregister",
        ),
    )
    try:
        return _carry_out(sealer.async_sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)))).getvalue()
    except (TimestampRequestError, OSError) as error:
        logger.error("seal.no_timestamp", problem=str(error))
        raise Refused([Problem("timestamp_unavailable", _NO_TIMESTAMP)]) from error


def verify(pdf: bytes) -> SealCheck:
    """Whether the seal on the document holds (A3). Never raises because of what is in the file."""
    # Of a file that someone changed nothing is certain, not even which error reading it gives.
    try:
        signature = PdfFileReader(BytesIO(pdf)).embedded_regular_signatures[0]
        signed_at = signature.self_reported_timestamp
        sealer = signature.signer_cert.subject.native.get("common_name", "")
    except Exception:
        return SealCheck(intact=False, trusted=False, signed_at=None, sealer="")
    context = ValidationContext(
        trust_roots=[_as_pyhanko(certificate) for certificate in trusted_certificates()],
        moment=signed_at,
        allow_fetching=False,
    )
    try:
        status = _carry_out(async_validate_pdf_signature(signature, context, key_usage_settings=_USAGE))
        timestamp = status.timestamp_validity
        intact = (
            status.intact
            and status.valid
            and status.coverage == SignatureCoverageLevel.ENTIRE_FILE
            and (timestamp is None or (timestamp.intact and timestamp.valid))
            and _is_as_written(pdf, signature)
        )
    except Exception:
        return SealCheck(intact=False, trusted=False, signed_at=signed_at, sealer=sealer)
    return SealCheck(intact, intact and status.trusted, signed_at, sealer)


class _Sealer(PdfSigner):
    """Says the moment it is given, not that of the clock."""

    def __init__(self, at: datetime, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self._at = at

    def init_signing_session(self, *args, **kwargs) -> PdfSigningSession:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self._at
        return session


class _KeySigner(Signer):
    """Signs with a key that was read before: pyhanko's own would check it anew for every signature, for 0.1 s."""

    def __init__(self, key: SealKey) -> None:
        certificates = SimpleCertificateStore()
        certificates.register_multiple(_as_pyhanko(certificate) for certificate in key.chain)
        super().__init__(signing_cert=_as_pyhanko(key.certificate), cert_registry=certificates)
        self._key = key.key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        hashing = _HASHES[digest_algorithm]()
        if isinstance(self._key, RSAPrivateKey):
            return self._key.sign(data, PKCS1v15(), hashing)
        return self._key.sign(data, ECDSA(hashing))


def _carry_out[T](work: Coroutine[object, object, T]) -> T:
    """The result of what pyhanko does in an event loop; on a thread of its own, as this one may have a loop already."""
    with ThreadPoolExecutor(max_workers=1) as threads:
        return threads.submit(asyncio.run, work).result()


def _as_pyhanko(certificate: x509.Certificate):
    return next(iter(load_certs_from_pemder_data(certificate.public_bytes(Encoding.DER))))


def _is_as_written(pdf: bytes, signature: EmbeddedPdfSignature) -> bool:
    """Whether the signature stands in the file as it was put there, and the room that was left over is still empty.

    It is the one place that no signature covers. What is left in it that nothing covers is no part of the document,
    such as the number of the signature's own version.
    """
    content = signature.pkcs7_content
    # It says its own length: in two bytes, as a signature with its certificates is longer than 255.
    says_length, end = content[1] == 0x82, 4 + int.from_bytes(content[2:4])
    first, length, second, _ = signature.byte_range
    is_plain = pdf[first + length : second] == b"<" + content.hex().upper().encode() + b">"
    return says_length and is_plain and not any(content[end:])
