"""`manage.py import_duo FILE...`: bring the register to what DUO's lists say (D19)."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from journal.acts import Refused, register
from journal.clock import today
from schools.actions import (
    GivenFile,
    ImportSummary,
    ManyGone,
    SchoolReport,
    import_at_once,
    import_duo,
    log_refused_import,
    read_files,
)
from schools.actions.duo_import import Progress
from schools.duo import BoardList, LocationList

IMPORT = register("DUO-import")


class Command(BaseCommand):
    help = (
        "Leest lijsten van vestigingen (po, vo, sbo/so/vso) en van besturen van DUO, in één keer: alles of niets. "
        "Een school die in geen lijst van haar sector meer staat, wordt gemarkeerd en niet gesloten."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path, help="een CSV-bestand van DUO")
        parser.add_argument("--dry-run", action="store_true", help="laat zien wat er zou veranderen en verander niets")
        parser.add_argument("--strict", action="store_true", help="weiger alles als er een rij fout is")
        parser.add_argument(
            "--allow-many-gone", action="store_true", help="ook als er opvallend veel scholen ontbreken in een lijst"
        )

    def handle(
        self, *, files: list[Path], dry_run: bool, strict: bool, allow_many_gone: bool, verbosity: int, **options
    ) -> None:
        given, unread = _read(files, quiet=verbosity == 0)

        def refuse(text: str) -> CommandError:
            if not dry_run:
                log_refused_import(actor=IMPORT, files=given, because=text)
            return CommandError(text)

        try:
            lists = read_files(given)
        except Refused as refused:
            unread += [problem.text for problem in refused.problems]
        if unread:
            raise refuse("\n".join([*unread, "Er is niets veranderd."]))
        problems = [problem for each in lists for problem in each.problems]
        for problem in problems:
            self.stderr.write(str(problem))
        if strict and problems:
            raise refuse(f"Geweigerd: {_count(len(problems), 'foute rij', 'foute rijen')}. Er is niets veranderd.")
        with tqdm(desc="Verwerken", unit=" rijen", disable=verbosity == 0) as bar:

            def show(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            try:
                summary = self._import(given, lists, show, dry_run=dry_run, allow_many_gone=allow_many_gone)
            except ManyGone as refused:
                raise refuse(f"{refused}\nKlopt de lijst toch? Geef dan --allow-many-gone.") from None
            except Refused as refused:
                raise refuse(f"{refused}\nEr is niets veranderd.") from None
        self.stdout.write("\n".join(_lines(summary, dry_run=dry_run)))

    def _import(
        self,
        files: list[GivenFile],
        lists: list[LocationList | BoardList],
        progress: Progress,
        *,
        dry_run: bool,
        allow_many_gone: bool,
    ) -> ImportSummary:
        if dry_run:
            return import_duo(
                actor=IMPORT,
                lists=lists,
                today=today(),
                dry_run=True,
                allow_many_gone=allow_many_gone,
                progress=progress,
            )
        return import_at_once(
            actor=IMPORT, files=files, lists=lists, allow_many_gone=allow_many_gone, progress=progress
        )


def _read(files: list[Path], *, quiet: bool) -> tuple[list[GivenFile], list[str]]:
    """The files that can be read, and of the others why not."""
    given, refusals = [], []
    for file in tqdm(files, desc="Lezen", unit=" lijst", disable=quiet):
        try:
            given.append(GivenFile(file.name, file.read_bytes()))
        except OSError as error:
            refusals.append(f"{file} is niet te lezen: {_why(error)}.")
    return given, refusals


def _why(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "het bestand bestaat niet"
    if isinstance(error, IsADirectoryError):
        return "het is een map"
    if isinstance(error, PermissionError):
        return "u mag het niet lezen"
    return str(error)


def _lines(summary: ImportSummary, *, dry_run: bool) -> Iterator[str]:
    """The summary for support: totals, counts, and a line for every school that came, moved, went or returned."""
    if summary.listed_schools:
        yield (
            f"In de lijsten: {_count(summary.listed_boards, 'bestuur', 'besturen')}, "
            f"{_count(summary.listed_schools, 'school', 'scholen')}, "
            f"{_count(summary.listed_locations, 'vestiging', 'vestigingen')}."
        )
    yield (
        f"Scholen:      {_number(len(summary.new))} nieuw, {_number(len(summary.changed))} gewijzigd, "
        f"{_number(len(summary.moved))} naar een ander bestuur, {_number(len(summary.gone))} niet meer in de lijst, "
        f"{_number(len(summary.returned))} terug in de lijst."
    )
    yield (
        f"Vestigingen:  {_number(summary.new_locations)} nieuw, {_number(summary.changed_locations)} gewijzigd, "
        f"{_number(summary.gone_locations)} niet meer in de lijst, "
        f"{_number(summary.returned_locations)} terug in de lijst."
    )
    yield (
        f"Besturen:     {_number(len(summary.new_boards))} nieuw, "
        f"{_number(len(summary.renamed_boards))} met een nieuwe naam."
    )
    if summary.unknown_boards:
        yield (
            f"Overgeslagen: {_count(len(summary.unknown_boards), 'bestuur', 'besturen')} "
            "uit de besturenlijst zonder school in het register."
        )
    if summary.problems:
        yield f"Overgeslagen: {_count(len(summary.problems), 'foute rij', 'foute rijen')}; zie de meldingen."
    yield from _section("Nieuw", summary.new, summary)
    yield from _section("Naar een ander bestuur", summary.moved, summary)
    yield from _section("Niet meer in de lijst: gemarkeerd, niet gesloten", summary.gone, summary)
    yield from _section("Terug in de lijst", summary.returned, summary)
    if dry_run:
        yield "\nDit was een proef (--dry-run): er is niets veranderd."


def _section(title: str, schools: list[SchoolReport], summary: ImportSummary) -> Iterator[str]:
    if schools:
        yield f"\n{title} ({_number(len(schools))}):"
    for school in schools:
        place = f", {school.city}" if school.city else ""
        board = _board(school.board, summary)
        if school.previous_board:
            board = f"van {_board(school.previous_board, summary)} naar {board}"
        yield f"  {school.brin}  {school.name}{place}: {board}"


def _board(number: str, summary: ImportSummary) -> str:
    name = summary.board_names.get(number)
    return f"{number} {name}" if name else number


def _count(count: int, one: str, many: str) -> str:
    return f"{_number(count)} {one if count == 1 else many}"


def _number(count: int) -> str:
    return f"{count:,}".replace(",", ".")
