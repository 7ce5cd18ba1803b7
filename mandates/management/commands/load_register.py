"""`manage.py load_register FILE...`: bring the register to what register files say (`docs/register-file.md`)."""

import sys
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from journal.acts import Refused
from mandates.register_file import Summary, load


class Command(BaseCommand):
    help = (
        "Brengt het register naar wat de bestanden zeggen: voegt toe wat ontbreekt, wijzigt wat verschilt, en laat de "
        "rest met rust. Alles of niets: bij een fout verandert er niets."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="registerbestand (YAML); - leest standaardinvoer")
        parser.add_argument("--dry-run", action="store_true", help="zeg wat er zou veranderen, en verander niets")

    def handle(self, *args, files: list[str], dry_run: bool, **options) -> None:
        try:
            summary = load(dict(_read(file) for file in files), dry_run=dry_run)
        except Refused as refused:
            count = len(refused.problems)
            found = "Eén fout" if count == 1 else f"{count} fouten"
            raise CommandError(
                "\n".join([f"{found}; er is niets veranderd.", *(problem.text for problem in refused.problems)])
            ) from refused
        if options["verbosity"] > 0:
            self.stdout.write(_in_words(summary, dry_run=dry_run))


def _read(file: str) -> tuple[str, bytes]:
    """The name by which problems call the file, and its content."""
    if file == "-":
        return "standaardinvoer", sys.stdin.buffer.read()
    try:
        return file, Path(file).read_bytes()
    except FileNotFoundError as error:
        raise CommandError(f"Het bestand {file} bestaat niet. Er is niets veranderd.") from error
    except OSError as error:
        raise CommandError(f"{file} kan niet gelezen worden: {error.strerror}. Er is niets veranderd.") from error


def _in_words(summary: Summary, *, dry_run: bool) -> str:
    lines = ["Proef: er is niets veranderd. Laden zou dit doen:"] if dry_run else []
    lines += [
        f"{one.label + ':':21}{one.added:>6} toegevoegd{one.changed:>6} gewijzigd{one.unchanged:>6} ongewijzigd"
        for one in summary.tables
        if one.added or one.changed or one.unchanged
    ]
    if summary.users:
        lines.append(f"Gebruikers ({summary.users}) komen van de identiteitsprovider en worden niet opgeslagen.")
    return "\n".join(lines) or "De bestanden noemen niets."
