"""`manage.py undo_change`: undo what was confirmed in one transaction, on behalf of a board (D4, D12, D13)."""

from argparse import ArgumentParser
from functools import partial

from mandates.actions import undo
from mandates.management.on_behalf import add_board, board_number
from mandates.management.rehearsal import rehearse, repeat
from mandates.story import Story
from schools.management.support import Options, SupportCommand, refusals_in_words


class Command(SupportCommand):
    help = "Maakt namens een bestuur ongedaan wat in één keer aan mandaten is veranderd."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("TRANSACTIE", nargs="?", help="het nummer dat de opdracht gaf; show_history toont het ook")
        add_board(parser)
        super().add_arguments(parser)

    def handle(self, *args, **given) -> None:
        options = Options(given)
        number = options.text("TRANSACTIE")
        if number and not number.isdecimal():
            options.problems.append(f"{number} is geen nummer van een transactie.")
        actor = options.actor(board_number(options))
        options.refuse_if_wrong()
        do = partial(undo, actor=actor, transaction_id=int(number))
        with refusals_in_words():
            rehearsed = rehearse(do)
        story = Story(rehearsed)
        for change in rehearsed:
            self.stdout.write(f"  {story.subject(change)}")
            for difference in story.differences(change):
                self.stdout.write(f"      {difference}")
        if not self.may_go_on(options):
            return
        with refusals_in_words():
            repeat(do, rehearsed=rehearsed)
        self.stdout.write(f"Gedaan: transactie {number} is ongedaan gemaakt.")
