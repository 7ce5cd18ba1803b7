"""The digital seal: whole it is valid, a changed byte shows, and without a key nothing is signed (A3)."""

import asyncio
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import tsp
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, NoEncryption, pkcs12
from cryptography.x509.oid import NameOID
from django.core import checks
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.timestamps import DummyTimeStamper
from pypdf import PdfReader, PdfWriter

from agreements.documents import SealCheck, contract_pdf, seal, verify
from agreements.documents.keys import check_seal
from journal.acts import Refused
from osr.development import seal_file
from tests.agreements.contracts import SIGNED_AT, a_contract, a_signed_contract, text_of
from tests.api.certificates import Holder, named, pem, self_signed

NOW = datetime.now(UTC)


def sealed_by_the_register(at: datetime = SIGNED_AT) -> bytes:
    return seal(contract_pdf(a_signed_contract(signed_at=at)), name="Anna de Vries", reason="Overeenkomst OSR", at=at)


@pytest.fixture(scope="module")
def sealed() -> bytes:
    return sealed_by_the_register()


# --- Whole and broken -----------------------------------------------------------------------------------------------


def test_a_sealed_document_is_valid_and_says_by_whom_and_when(sealed):
    """A3"""
    assert verify(sealed) == SealCheck(
        intact=True, trusted=True, signed_at=SIGNED_AT, sealer="Onderwijs Serviceregister (ontwikkeling)"
    )


def test_sealing_leaves_the_document_as_it_was(sealed):
    """A3: what was read is what was sealed; the seal comes after it."""
    document = contract_pdf(a_signed_contract())

    assert sealed.startswith(document)
    assert text_of(sealed) == text_of(document)


def test_the_seal_names_the_signatory_and_forbids_every_change(sealed):
    """A3: what readers show, and PAdES."""
    reader = PdfReader(BytesIO(sealed))

    [field] = reader.root_object["/AcroForm"]["/Fields"]
    signature = field.get_object()["/V"]
    assert signature["/SubFilter"] == "/ETSI.CAdES.detached"
    assert (signature["/Name"], signature["/Reason"]) == ("Anna de Vries", "Overeenkomst OSR")
    assert signature["/Location"] == "Onderwijs Serviceregister"
    certification = reader.root_object["/Perms"]["/DocMDP"]
    assert certification == signature
    # 1: no changes at all.
    assert signature["/Reference"][0]["/TransformParams"]["/P"] == 1


def test_a_changed_byte_anywhere_breaks_the_seal(sealed):
    """A3: in the document, in what the seal adds, and in the room that a signature leaves empty."""
    first, last = signature_room(sealed)
    places = [*range(0, first, 701), *range(last - 2_000, last, 101), *range(last, len(sealed), 29), len(sealed) - 1]

    unseen = [place for place in places if verify(flipped(sealed, place)).intact]

    assert unseen == []


def test_another_signature_value_breaks_the_seal(sealed):
    """A3: the last bytes of the signature itself."""
    first, last = signature_room(sealed)
    end = first + len(sealed[first:last].rstrip(b"0>"))

    assert not verify(flipped(sealed, end - 40)).intact


@pytest.mark.parametrize("added", [b"\n", b"%", b"x" * 1_000])
def test_bytes_after_the_end_break_the_seal(sealed, added):
    """A3"""
    assert not verify(sealed + added).intact


def test_a_change_that_is_added_after_the_seal_breaks_it(sealed):
    """A3: an incremental update leaves every sealed byte as it was, and shows another document."""
    writer = PdfWriter(BytesIO(sealed), incremental=True)
    writer.add_metadata({"/Title": "Een andere overeenkomst"})
    changed = BytesIO()
    writer.write(changed)

    assert changed.getvalue().startswith(sealed)
    assert not verify(changed.getvalue()).intact


def test_a_document_is_sealed_once(sealed):
    """A3: not even the register adds to a sealed document."""
    with pytest.raises(SigningError, match="filled already"):
        seal(sealed, name="Bram Jansen", reason="Nog eens", at=SIGNED_AT)


def test_a_seal_on_another_document_does_not_hold(sealed):
    """A3: cut from one and pasted into another that is exactly as long."""
    other = contract_pdf(a_signed_contract(signatory_name="Anne de Vries"))
    mine = contract_pdf(a_signed_contract())
    pasted = other[: len(mine)].ljust(len(mine)) + sealed[len(mine) :]

    assert not verify(pasted).intact


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"geen PDF", contract_pdf(a_contract())])
def test_what_has_no_seal_is_not_intact(content):
    assert verify(content) == SealCheck(intact=False, trusted=False, signed_at=None, sealer="")


def test_sealing_and_verifying_work_where_an_event_loop_runs_already():
    """As in tests that drive a browser, and in an asynchronous server."""

    async def within_a_loop() -> SealCheck:
        return verify(sealed_by_the_register())

    assert asyncio.run(within_a_loop()).trusted


def flipped(pdf: bytes, place: int) -> bytes:
    """With one bit of it changed."""
    changed = bytearray(pdf)
    changed[place] ^= 1
    return bytes(changed)


def signature_room(pdf: bytes) -> tuple[int, int]:
    """Where the signature stands in the file: from its `<` up to and including its `>`."""
    field = PdfReader(BytesIO(pdf)).root_object["/AcroForm"]["/Fields"][0].get_object()
    _, first, last, _ = field["/V"]["/ByteRange"]
    return int(first), int(last)


# --- By another's eyes ----------------------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="pdfsig (package poppler-utils) is not on this machine")
@pytest.mark.parametrize("is_changed", [False, True])
def test_another_reader_sees_the_same(sealed, tmp_path, is_changed):
    """A3: a PDF reader shows it valid, and a changed byte shows it broken."""
    file = tmp_path / "overeenkomst.pdf"
    file.write_bytes(flipped(sealed, 5_000) if is_changed else sealed)

    seen = subprocess.run(
        ["pdfsig", "-nocert", str(file)], capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"}
    ).stdout

    assert ("Signature is Valid." in seen) is not is_changed
    assert ("Digest Mismatch." in seen) is is_changed
    assert "Total document signed" in seen
    assert "ETSI.CAdES.detached" in seen


# --- Whose seal is trusted ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority() -> Holder:
    return self_signed(named((NameOID.COMMON_NAME, "Voorbeeld Root"))).issue(
        named((NameOID.COMMON_NAME, "Voorbeeld Zegels")), is_authority=True, days=(-1_000, 1_000)
    )


def seal_of(authority: Holder, days: tuple[int, int] = (-400, 400)) -> Holder:
    return authority.issue(named((NameOID.COMMON_NAME, "Zegel van Kennisnet")), days=days)


@pytest.fixture
def use_seal(settings, tmp_path):
    """Set the register's seal to that of a holder, as PKCS#12 with a password."""

    def use_seal(holder: Holder) -> None:
        file = tmp_path / "zegel.p12"
        file.write_bytes(
            pkcs12.serialize_key_and_certificates(
                b"zegel", holder.key, holder.certificate, holder.chain[1:], BestAvailableEncryption(b"geheim")
            )
        )
        settings.OSR_SEAL_PKCS12, settings.OSR_SEAL_PASSWORD = str(file), "geheim"

    return use_seal


def test_a_seal_of_a_stranger_is_intact_but_not_trusted(settings, tmp_path, sealed):
    """A3: anyone can make a certificate that bears our name."""
    (tmp_path / "stranger").mkdir()
    settings.OSR_SEAL_PKCS12 = str(seal_file(tmp_path / "stranger"))

    assert verify(sealed).intact
    assert not verify(sealed).trusted


def test_without_any_seal_of_its_own_the_register_trusts_none(settings, sealed):
    settings.OSR_SEAL_PKCS12 = ""

    assert verify(sealed).intact
    assert not verify(sealed).trusted


def test_what_was_sealed_with_a_former_key_stays_trusted(settings, tmp_path, sealed, authority, use_seal):
    """A3: keys are renewed; agreements last longer."""
    _, former, _ = pkcs12.load_key_and_certificates(Path(settings.OSR_SEAL_PKCS12).read_bytes(), None)
    use_seal(seal_of(authority))
    assert not verify(sealed).trusted

    settings.OSR_SEAL_TRUSTED = str(tmp_path / "trusted.pem")
    (tmp_path / "trusted.pem").write_bytes(pem(former))

    assert verify(sealed).trusted


def test_a_seal_by_a_certificate_of_an_authority_is_trusted(use_seal, authority):
    """A3: as PKIoverheid issues them."""
    use_seal(seal_of(authority))

    check = verify(sealed_by_the_register(NOW))

    assert (check.intact, check.trusted, check.sealer) == (True, True, "Zegel van Kennisnet")


def test_a_seal_of_another_customer_of_the_same_authority_is_not_trusted(use_seal, authority):
    """A3: an authority issues certificates to others as well."""
    use_seal(seal_of(authority))
    of_another = sealed_by_the_register(NOW)

    use_seal(seal_of(authority))

    assert verify(of_another).intact
    assert not verify(of_another).trusted


def test_what_was_sealed_while_the_certificate_was_valid_stays_valid_when_it_has_expired(use_seal, authority):
    """A3"""
    use_seal(seal_of(authority, days=(-400, -1)))

    assert verify(sealed_by_the_register(NOW - timedelta(days=100))).trusted


def test_the_key_and_its_certificates_may_be_two_files_in_pem(settings, tmp_path, authority):
    holder = seal_of(authority)
    (tmp_path / "key.pem").write_bytes(holder.private_key)
    (tmp_path / "chain.pem").write_bytes(pem(*holder.chain))
    settings.OSR_SEAL_PKCS12 = ""
    settings.OSR_SEAL_KEY, settings.OSR_SEAL_CERTIFICATE = str(tmp_path / "key.pem"), str(tmp_path / "chain.pem")

    assert verify(sealed_by_the_register(NOW)).trusted


# --- A moment that an authority confirms ----------------------------------------------------------------------------


@pytest.fixture
def timestamp_authority(tmp_path) -> Iterator[str]:
    """The address of one that answers as RFC 3161 says."""
    own = SimpleSigner.load_pkcs12(seal_file(tmp_path))
    stamper = DummyTimeStamper(own.signing_cert, own.signing_key)

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            answer = stamper.request_tsa_response(request).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_a_timestamp_authority_confirms_the_moment(settings, timestamp_authority):
    """A3: PAdES B-T."""
    without = sealed_by_the_register()
    settings.OSR_SEAL_TIMESTAMP_URL = timestamp_authority

    sealed = sealed_by_the_register()

    # id-aa-timeStampToken, 1.2.840.113549.1.9.16.2.14, as it stands in the signature.
    token = b"060B2A864886F70D010910020E"
    assert token in sealed
    assert token not in without
    assert verify(sealed).trusted


def test_when_the_timestamp_authority_does_not_answer_nothing_is_sealed(settings):
    settings.OSR_SEAL_TIMESTAMP_URL = "http://127.0.0.1:9/"

    with pytest.raises(Refused, match=r"Er is niets ondertekend. Probeer het") as refusal:
        sealed_by_the_register()
    assert refusal.value.problems[0].kind == "timestamp_unavailable"


# --- Without a key that can be used ---------------------------------------------------------------------------------


def no_seal(settings, *_) -> str:
    settings.OSR_SEAL_PKCS12 = ""
    return "There is no digital seal: set OSR_SEAL_PKCS12"


def a_file_that_is_not_there(settings, tmp_path, *_) -> str:
    settings.OSR_SEAL_PKCS12 = str(tmp_path / "weg.p12")
    return r"OSR_SEAL_PKCS12: .*/weg.p12 cannot be read \(No such file or directory\)"


def a_file_that_holds_no_key(settings, tmp_path, *_) -> str:
    settings.OSR_SEAL_PKCS12 = str(tmp_path / "zegel.p12")
    (tmp_path / "zegel.p12").write_bytes(b"geen sleutel")
    return "OSR_SEAL_PKCS12 is no PKCS#12 file, or OSR_SEAL_PASSWORD is not its password"


def a_wrong_password(settings, _, use_seal, authority) -> str:
    use_seal(seal_of(authority))
    settings.OSR_SEAL_PASSWORD = "geraden"
    return "OSR_SEAL_PKCS12 is no PKCS#12 file, or OSR_SEAL_PASSWORD is not its password"


def a_certificate_of_another_key(settings, tmp_path, _, authority) -> str:
    settings.OSR_SEAL_PKCS12 = ""
    (tmp_path / "key.pem").write_bytes(seal_of(authority).private_key)
    (tmp_path / "chain.pem").write_bytes(pem(seal_of(authority).certificate))
    settings.OSR_SEAL_KEY, settings.OSR_SEAL_CERTIFICATE = str(tmp_path / "key.pem"), str(tmp_path / "chain.pem")
    return "The private key in OSR_SEAL_KEY does not belong to the certificate of the seal"


def a_key_that_pades_does_not_know(settings, tmp_path, *_) -> str:
    settings.OSR_SEAL_PKCS12 = str(tmp_path / "zegel.p12")
    key = ed25519.Ed25519PrivateKey.generate()
    certificate = seal_of(self_signed(named())).certificate
    content = pkcs12.serialize_key_and_certificates(b"zegel", key, None, [certificate], NoEncryption())
    (tmp_path / "zegel.p12").write_bytes(content)
    return "OSR_SEAL_PKCS12 must hold both the seal's private key and its certificate"


def a_certificate_that_may_not_sign(_, __, use_seal, authority) -> str:
    use_seal(authority)
    return "The certificate of the seal is not meant for signing"


def an_expired_certificate(_, __, use_seal, authority) -> str:
    use_seal(seal_of(authority, days=(-10, -1)))
    return f"The certificate of the seal expired on {NOW - timedelta(days=1):%Y-%m-%d}"


def a_certificate_for_later(_, __, use_seal, authority) -> str:
    use_seal(seal_of(authority, days=(5, 10)))
    return f"The certificate of the seal is valid from {NOW + timedelta(days=5):%Y-%m-%d}"


@pytest.mark.parametrize(
    "break_it",
    [
        no_seal,
        a_file_that_is_not_there,
        a_file_that_holds_no_key,
        a_wrong_password,
        a_certificate_of_another_key,
        a_key_that_pades_does_not_know,
        a_certificate_that_may_not_sign,
        an_expired_certificate,
        a_certificate_for_later,
    ],
)
def test_without_a_usable_key_nothing_is_sealed_and_a_check_says_why(settings, tmp_path, use_seal, authority, break_it):
    """The person reads whom to ask, whoever runs the register what is wrong; the register itself starts."""
    problem = break_it(settings, tmp_path, use_seal, authority)

    with pytest.raises(Refused, match=r"Er is niets ondertekend. Vraag Kennisnet erom") as refusal:
        sealed_by_the_register(NOW)
    assert refusal.value.problems[0].kind == "seal_unavailable"
    [warning] = check_seal()
    assert warning.id == "agreements.W001"
    assert re.match(problem, warning.msg)


def test_a_certificate_that_soon_expires_is_warned_of_while_it_still_seals(use_seal, authority):
    use_seal(seal_of(authority, days=(-10, 30)))

    [warning] = check_seal()

    assert warning.id == "agreements.W002"
    assert verify(sealed_by_the_register(NOW)).trusted


def test_trusted_certificates_that_cannot_be_read_are_warned_of(settings, tmp_path):
    settings.OSR_SEAL_TRUSTED = str(tmp_path / "weg.pem")

    assert "OSR_SEAL_TRUSTED" in check_seal()[0].msg


def test_the_check_is_one_of_djangos_own():
    assert check_seal in checks.registry.registry.get_checks()
    assert check_seal() == []


# --- For development ------------------------------------------------------------------------------------------------


def test_the_seal_for_development_is_made_once_and_is_its_owners_only(tmp_path):
    file = seal_file(tmp_path)
    content = file.read_bytes()

    assert file.stat().st_mode & 0o777 == 0o600
    assert seal_file(tmp_path) == file
    assert file.read_bytes() == content
