"""Measurements: each prints its figures, and fails when a bar of the register is missed.

Importing this package starts a PostgreSQL of its own, with the settings that it comes with (what is committed is on
disk), and sets Django up on an empty register in it. Both are gone when the measurement ends.
"""

import atexit
import os
import tempfile
from pathlib import Path

import django
from django.core.management import call_command

from osr.stack.postgres import OWNER, EmbeddedPostgres

_folder = tempfile.TemporaryDirectory(prefix="osr-bench-", ignore_cleanup_errors=True)
_server = EmbeddedPostgres(Path(_folder.name) / "postgres")
atexit.register(_server.stop)
_server.create_database("osr")
os.environ.update(
    DATABASE_URL=_server.url("osr"),
    OSR_OWNER_DATABASE_URL=_server.url("osr", role=OWNER),
    DJANGO_SETTINGS_MODULE="osr.settings",
    OSR_SECRET_KEY="bench",  # noqa: S106 - it protects nothing
)
django.setup()
call_command("migrate", verbosity=0)
