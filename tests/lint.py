"""Django's own checks, as `make lint` runs them: no migration missing, and the production settings pass `--deploy`."""

import os
import secrets
import sys
import tempfile
from pathlib import Path

from osr.development import seal_file

# Production: nothing set but what has no default.
os.environ.update(
    DJANGO_SETTINGS_MODULE="osr.settings",
    OSR_SECRET_KEY=secrets.token_urlsafe(64),
    OSR_HOSTS="register.example",
    OSR_DEVELOPMENT="false",
    DATABASE_URL="postgres://localhost:1/none",
)

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection


def main() -> None:
    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        settings.OSR_SEAL_PKCS12 = str(seal_file(Path(folder)))
        call_command("check", deploy=True, fail_level="WARNING")
    # Without a database there is no history to compare with, only models with migrations: that is what counts here.
    connection.settings_dict["ENGINE"] = "django.db.backends.dummy"
    call_command("makemigrations", check=True, dry_run=True)


if __name__ == "__main__":
    sys.exit(main())
