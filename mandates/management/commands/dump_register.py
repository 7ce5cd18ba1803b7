"""`manage.py dump_register`: write the register as a register file (`docs/register-file.md`)."""

import os
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from mandates.register_file import as_yaml, dump


class Command(BaseCommand):
    help = (
        "Schrijft het hele register als registerbestand (YAML). GEHEIM: er staan de tokens van de mandaten in. Gebruik "
        "--output; dat bestand is alleen voor u leesbaar."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--output", metavar="FILE", help="schrijf naar dit bestand (0600) in plaats van het scherm")

    def handle(self, *args, output: str | None, **options) -> None:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")  # one moment for all tables
            text = as_yaml(dump())
        if output is None:
            self.stdout.write(text, ending="")
            return
        try:
            write_secret(Path(output), text)
        except OSError as error:
            raise CommandError(f"{output} kan niet geschreven worden: {error.strerror}.") from error


def write_secret(path: Path, text: str) -> None:
    """Write `text` to a file that only its owner can read, also when the file was there already."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
