"""`manage.py change_mandates`: give mandates of a board another first or last day (D4, D8)."""

from argparse import ArgumentParser

from mandates.actions import ChangeEnd, ChangeStart
from mandates.management.on_behalf import OnBehalfCommand
from schools.management.support import Options


class Command(OnBehalfCommand):
    help = "Geeft mandaten namens een bestuur een andere einddatum, of een andere startdatum zolang zij niet begonnen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("UUID", nargs="*", help="de mandaten")
        parser.add_argument("--end-date", metavar="DATUM", help="de nieuwe laatste dag")
        parser.add_argument("--no-end-date", action="store_true", help="geen einddatum meer")
        parser.add_argument("--start-date", metavar="DATUM", help="de nieuwe eerste dag")

    def intent(self, options: Options, board: str) -> ChangeEnd | ChangeStart | None:
        """See `OnBehalfCommand`."""
        mandates = options.uuids("UUID")
        start_date, end_date = options.day("start_date"), options.day("end_date")
        given = [options.given[name] for name in ("start_date", "end_date", "no_end_date")]
        if sum(map(bool, given)) != 1:
            options.problems.append("Geef --end-date, --no-end-date of --start-date: een van de drie.")
        if start_date:
            return ChangeStart(mandates=mandates, start_date=start_date)
        return ChangeEnd(mandates=mandates, end_date=end_date)
