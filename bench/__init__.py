"""Measurements: each prints its figures, and fails when a bar of the register is missed.

Importing this package starts a PostgreSQL of its own, with the settings that it comes with (what is committed is on
disk), and sets Django up on an empty register in it. Both are gone when the measurement ends.
"""

import atexit
import os
import platform
import tempfile
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection

from osr.stack.postgres import OWNER, EmbeddedPostgres

_folder = tempfile.TemporaryDirectory(prefix="osr-bench-", ignore_cleanup_errors=True)
server = EmbeddedPostgres(Path(_folder.name) / "postgres")
atexit.register(server.stop)
server.create_database("osr")
os.environ.update(
    DATABASE_URL=server.url("osr"),
    OSR_OWNER_DATABASE_URL=server.url("osr", role=OWNER),
    DJANGO_SETTINGS_MODULE="osr.settings",
    OSR_SECRET_KEY="bench",  # noqa: S106 - it protects nothing
)
django.setup()
call_command("migrate", verbosity=0)


def machine() -> str:
    """What the figures were measured on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), current_setting('fsync')")
        version, fsync = cursor.fetchone()
    return f"Python {platform.python_version()}, PostgreSQL {version} with fsync {fsync}, {os.cpu_count()} cores"
