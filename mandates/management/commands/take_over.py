"""`manage.py take_over`: let a board take over the mandates of schools that came to it (D4, D20)."""

from argparse import ArgumentParser

from journal.clock import today
from mandates.actions import TakeOver
from mandates.management.on_behalf import OnBehalfCommand
from mandates.models import Mandate
from schools.management.support import Options


class Command(OnBehalfCommand):
    help = "Neemt namens het nieuwe bestuur van scholen de mandaten over die het vorige bestuur gaf."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("BRIN", nargs="*", help="de scholen")
        parser.add_argument("--service", metavar="DIENST", nargs="+", help="alleen voor deze diensten")

    def intent(self, options: Options, board: str) -> TakeOver:
        """See `OnBehalfCommand`."""
        brins = options.brins("BRIN")
        mandates = Mandate.objects.to_take_over(board, today()).filter(school__brin__in=brins)
        if options.given["service"]:
            mandates = mandates.filter(service__code__in=[code.upper() for code in options.given["service"]])
        found = list(mandates.order_by("school__brin", "service__code", "pk").values_list("uuid", "school__brin"))
        nothing = sorted(set(brins) - {brin for _, brin in found})
        options.problems += [f"Bij school {brin} is voor dit bestuur niets over te nemen." for brin in nothing]
        return TakeOver(mandates=tuple(uuid for uuid, _ in found))
