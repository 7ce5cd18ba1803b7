"""`manage.py copy_mandate`: give other schools of a board the mandate that one has (D4, D11)."""

from argparse import ArgumentParser

from mandates.actions import Copy
from mandates.management.on_behalf import OnBehalfCommand
from schools.management.support import Options


class Command(OnBehalfCommand):
    help = "Kopieert een mandaat namens een bestuur naar andere scholen van dat bestuur."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("UUID", nargs="?", help="het mandaat")
        parser.add_argument("--to", metavar="BRIN", nargs="+", help="de scholen die het ook krijgen")

    def intent(self, options: Options, board: str) -> Copy:
        """See `OnBehalfCommand`."""
        text = options.text("UUID")
        return Copy(mandate=options.uuid(text) if text else None, schools=options.brins("to"))
