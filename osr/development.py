"""The development values: what `make run` sets, written into the data folder so that `manage.py` finds them too."""

import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from cryptography.x509.oid import NameOID
from dotenv import dotenv_values

BASE_DIR = Path(__file__).resolve().parent.parent

# Of the certificate of a seal: it signs, and whoever signed cannot deny it.
_USAGE = x509.KeyUsage(
    digital_signature=True,
    content_commitment=True,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)


def data_dir() -> Path:
    """The data folder: `OSR_DATA_DIR`, or `var` in the checkout."""
    return Path(os.environ.get("OSR_DATA_DIR") or BASE_DIR / "var").resolve()


def mail_folder(folder: Path) -> Path:
    """Where mail goes that is sent from the data folder `folder`: each message a file."""
    return folder / "mail"


def _settings_file() -> Path:
    return data_dir() / "development.env"


def read_settings() -> None:
    """Take over the development settings, when there are any, for what the environment leaves unset."""
    for name, value in dotenv_values(_settings_file()).items():
        os.environ.setdefault(name, value)


def write_settings(*, database: dict[str, str], web_url: str, identity_provider_url: str) -> None:
    """Write the settings of a development register into its data folder, readable by its owner only.

    `database` holds `DATABASE_URL` and `OSR_OWNER_DATABASE_URL`.

    The secret key is made once per data folder and kept, so that people stay signed in over a restart; so is the key of
    the digital seal, so that documents sealed before it stay valid.
    """
    kept = dotenv_values(_settings_file())
    settings = {
        "OSR_DEVELOPMENT": "true",
        "OSR_SECRET_KEY": kept.get("OSR_SECRET_KEY") or secrets.token_urlsafe(48),
        "OSR_HOSTS": "localhost,127.0.0.1",
        "OSR_CLIENT_CERTIFICATE": "optional",
        "OSR_TRUSTED_PROXIES": "127.0.0.1,::1",
        "OSR_DATA_DIR": str(data_dir()),
        "OSR_SEAL_PKCS12": str(seal_file(data_dir())),
        "OSR_PUBLIC_URL": web_url,
        "OSR_MAIL_URL": f"file://{quote(str(mail_folder(data_dir())))}",
        **database,
        "OSR_MIJN_DUO_URL": identity_provider_url,
        "OSR_MIJN_DUO_CLIENT_ID": "osr-development",
        "OSR_MIJN_DUO_CLIENT_SECRET": "osr-development",
        # The same server plays both: a person has the claims of one of them, or of both.
        "OSR_EHERKENNING_URL": identity_provider_url,
        "OSR_EHERKENNING_CLIENT_ID": "osr-development-eherkenning",
        "OSR_EHERKENNING_CLIENT_SECRET": "osr-development",
    }
    _settings_file().touch(mode=0o600)
    _settings_file().write_text("".join(f"{name}='{value}'\n" for name, value in settings.items()))


def seal_file(folder: Path) -> Path:
    """The key of a digital seal for development: `seal.p12` in `folder`, made when it is not there yet.

    Without password and readable by its owner only; the certificate is signed by itself, so nobody else trusts it.
    """
    path = folder / "seal.p12"
    if path.exists():
        return path
    # Not an elliptic one: the file would call itself PDF 2.0, which PDF/UA-1 does not know.
    key = rsa.generate_private_key(public_exponent=65_537, key_size=3_072)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "NL"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Ontwikkeling, niet voor echt gebruik"),
            x509.NameAttribute(NameOID.COMMON_NAME, "Onderwijs Serviceregister (ontwikkeling)"),
        ]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # The demo register signs on days that have been.
        .not_valid_before(datetime(2000, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime.now(UTC) + timedelta(days=3_650))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_USAGE, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
    content = pkcs12.serialize_key_and_certificates(b"seal", key, certificate, None, NoEncryption())
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_bytes(content)
    # There is never half a key, also when this is stopped halfway.
    return new.replace(path)
