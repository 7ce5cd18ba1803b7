"""What support does for a board: the same intentions as its OSR-beheerder has, with a name and a reason (D4)."""

import re
from argparse import ArgumentParser
from collections.abc import Iterator

from django.db import transaction

from journal.acts import transaction_number
from mandates.actions import Outcome, Preview, Row, confirm, preview
from mandates.actions.previews import Intent
from schools import numbers
from schools.management.support import Options, SupportCommand, refusal, refusals_in_words
from schools.models import Board, School


def board_number(options: Options) -> str:
    """The number of a board that the register knows, from `--board`."""
    number = options.text("board")
    if number and not re.fullmatch(numbers.BOARD_NUMBER, number):
        options.problems.append(f"--board {number} is geen bestuursnummer: dat heeft vijf cijfers.")
    elif number and not Board.objects.numbered(number).exists():
        options.problems.append(f"Bestuur {number} staat niet in het register.")
    return number


def add_board(parser: ArgumentParser) -> None:
    """The option that says for which board support acts."""
    parser.add_argument("--board", metavar="NUMMER", help="het bestuur namens wie u dit doet")


class OnBehalfCommand(SupportCommand):
    """A command that carries out one intention: it shows the preview, asks, and does exactly what was shown."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_board(parser)
        super().add_arguments(parser)

    def intent(self, options: Options, board: str) -> Intent | None:
        """What the options ask for the board with this number; None when `options.problems` says what is wrong."""
        raise NotImplementedError

    def handle(self, *args, **given) -> None:
        options = Options(given)
        number = board_number(options)
        actor = options.actor(number)
        intent = self.intent(options, number)
        options.refuse_if_wrong()
        with refusals_in_words():
            shown = preview(intent, actor=actor)
        _refuse_what_cannot_be_done(shown)
        self.stdout.write("\n".join(_lines(shown, Board.objects.get(number=number))))
        if not self.may_go_on(options):
            return
        with refusals_in_words(), transaction.atomic():
            confirm(shown, actor=actor)
            number_of_change = transaction_number()
        self.stdout.write(f"Gedaan: transactie {number_of_change}.")
        self.stdout.write(
            f"Ongedaan maken: manage.py undo_change {number_of_change} --board {number} --by NAAM --reason REDEN"
        )


def _refuse_what_cannot_be_done(shown: Preview) -> None:
    """Raise `CommandError` when confirming would be refused, or would do nothing at all."""
    does_something = any(row.does_something for row in shown.rows)
    if does_something and not shown.problems:
        return
    cannot = [f"{row.holder}, {row.service}, {row.system}: {row.text}" for row in shown.rows if not row.does_something]
    raise refusal([*shown.problems, *cannot])


def _lines(shown: Preview, board: Board) -> Iterator[str]:
    names = dict(School.objects.filter(brin__in={row.holder for row in shown.rows}).values_list("brin", "name"))
    names[board.number] = "het hele bestuur"
    yield f"Namens bestuur {board.number} ({board}):"
    for row in shown.rows:
        holder = f"{row.holder} {names.get(row.holder, '')}".rstrip()
        yield f"  {holder}, {row.service}, {row.system}: {_outcome(row)}"
        if row.warning:
            yield f"      {row.warning}"
    changing = sum(row.does_something for row in shown.rows)
    yield f"Er verandert iets in {changing} van {len(shown.rows)} regels."


def _outcome(row: Row) -> str:
    return f"kan niet: {row.text}" if row.outcome == Outcome.REFUSED else row.text
