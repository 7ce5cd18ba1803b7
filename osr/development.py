"""The development values: what `make run` sets, written into the data folder so that `manage.py` finds them too."""

import os
import secrets
from pathlib import Path

from dotenv import dotenv_values

BASE_DIR = Path(__file__).resolve().parent.parent


def data_dir() -> Path:
    """The data folder: `OSR_DATA_DIR`, or `var` in the checkout."""
    return Path(os.environ.get("OSR_DATA_DIR") or BASE_DIR / "var").resolve()


def _settings_file() -> Path:
    return data_dir() / "development.env"


def read_settings() -> None:
    """Take over the development settings, when there are any, for what the environment leaves unset."""
    for name, value in dotenv_values(_settings_file()).items():
        os.environ.setdefault(name, value)


def write_settings(*, database: dict[str, str], identity_provider_url: str) -> None:
    """Write the settings of a development register into its data folder, readable by its owner only.

    `database` holds `DATABASE_URL` and `OSR_OWNER_DATABASE_URL`.

    The secret key is made once per data folder and kept, so that people stay signed in over a restart.
    """
    kept = dotenv_values(_settings_file())
    settings = {
        "OSR_DEVELOPMENT": "true",
        "OSR_SECRET_KEY": kept.get("OSR_SECRET_KEY") or secrets.token_urlsafe(48),
        "OSR_HOSTS": "localhost,127.0.0.1",
        "OSR_CLIENT_CERTIFICATE": "optional",
        "OSR_TRUSTED_PROXIES": "127.0.0.1,::1",
        "OSR_DATA_DIR": str(data_dir()),
        **database,
        "OSR_MIJN_DUO_URL": identity_provider_url,
        "OSR_MIJN_DUO_CLIENT_ID": "osr-development",
        "OSR_MIJN_DUO_CLIENT_SECRET": "osr-development",
    }
    _settings_file().touch(mode=0o600)
    _settings_file().write_text("".join(f"{name}='{value}'\n" for name, value in settings.items()))
