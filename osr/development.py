"""The development values: what `make run` sets, written into the data folder so that `manage.py` finds them too."""

import os
from pathlib import Path

from dotenv import dotenv_values

BASE_DIR = Path(__file__).resolve().parent.parent


def data_dir() -> Path:
    """The data folder: `OSR_DATA_DIR`, or `var` in the checkout."""
    return Path(os.environ.get("OSR_DATA_DIR") or BASE_DIR / "var").resolve()


def settings_file() -> Path:
    """Where `make run` writes the settings of the register in this data folder."""
    return data_dir() / "development.env"


def read_settings() -> None:
    """Take over the development settings, when there are any, for what the environment leaves unset."""
    if settings_file().exists():
        for name, value in dotenv_values(settings_file()).items():
            os.environ.setdefault(name, value)
