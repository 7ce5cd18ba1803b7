"""`manage.py revoke_mandates`: revoke mandates of a board at once (D4, D9)."""

from argparse import ArgumentParser

from mandates.actions import Revoke
from mandates.management.on_behalf import OnBehalfCommand
from schools.management.support import Options


class Command(OnBehalfCommand):
    help = "Trekt mandaten namens een bestuur in: zij gelden vanaf nu niet meer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("UUID", nargs="*", help="de mandaten")

    def intent(self, options: Options, board: str) -> Revoke:
        """See `OnBehalfCommand`."""
        return Revoke(mandates=options.uuids("UUID"))
