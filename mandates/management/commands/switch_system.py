"""`manage.py switch_system`: let schools of a board go over from one system to another (D4, D12)."""

from argparse import ArgumentParser

from mandates.actions import Switch
from mandates.management.on_behalf import OnBehalfCommand
from schools.management.support import Options
from schools.models import School


class Command(OnBehalfCommand):
    help = (
        "Laat scholen namens hun bestuur overstappen naar een ander systeem: het oude mandaat eindigt de dag ervoor, "
        "het nieuwe begint op de dag zelf."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--school", metavar="BRIN", nargs="+", help="de scholen")
        parser.add_argument("--all-schools", action="store_true", help="alle scholen van het bestuur die open zijn")
        parser.add_argument("--service", metavar="DIENST", nargs="+", help="de diensten")
        parser.add_argument("--from", metavar="SYSTEEM", help="het huidige systeem")
        parser.add_argument("--to", metavar="SYSTEEM", help="het nieuwe systeem")
        parser.add_argument("--on", metavar="DATUM", help="de eerste dag van het nieuwe systeem")

    def intent(self, options: Options, board: str) -> Switch:
        """See `OnBehalfCommand`."""
        return Switch(
            schools=_schools(options, board),
            services=tuple(code.upper() for code in options.texts("service")),
            old=options.text("from"),
            new=options.text("to"),
            day=options.needed_day("on"),
        )


def _schools(options: Options, board: str) -> tuple[str, ...]:
    if not options.given["all_schools"]:
        return options.brins("school")
    if options.given["school"]:
        options.problems.append("Kies --school of --all-schools, niet allebei.")
    return tuple(School.objects.of_board(board).filter(closed_on=None).order_by("brin").values_list("brin", flat=True))
