"""`manage.py demo_register`: write the fictional demo register as a register file (`osr.demo`)."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from journal.clock import today
from mandates.register_file import as_yaml
from osr.demo import demo_register


class Command(BaseCommand):
    help = "Schrijft het fictieve demoregister als registerbestand, met datums rond vandaag."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--output", metavar="FILE", help="schrijf naar dit bestand in plaats van het scherm")

    def handle(self, *args, output: str | None, **options) -> None:
        text = as_yaml(demo_register(today()))
        if output is None:
            self.stdout.write(text, ending="")
            return
        try:
            Path(output).write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{output} kan niet geschreven worden: {error.strerror}.") from error
