"""`manage.py grant_mandates`: give mandates on behalf of a board (D4, D13)."""

from argparse import ArgumentParser

from journal.clock import today
from mandates.actions import Grant
from mandates.management.on_behalf import OnBehalfCommand
from schools.management.support import Options


class Command(OnBehalfCommand):
    help = "Geeft mandaten namens een bestuur: voor elke school elk gekozen systeem."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--school", metavar="BRIN", nargs="+", help="de scholen")
        parser.add_argument("--choice", metavar="DIENST=SYSTEEM", nargs="+", help='bijvoorbeeld "RIO=Voorbeeld LAS"')
        parser.add_argument("--start-date", metavar="DATUM", help="de eerste dag; anders vandaag")
        parser.add_argument("--end-date", metavar="DATUM", help="de laatste dag; anders geen einddatum")
        parser.add_argument("--location", metavar="BRIN6", nargs="+", help="alleen deze vestigingen van de ene school")

    def intent(self, options: Options, board: str) -> Grant:
        """See `OnBehalfCommand`."""
        return Grant(
            schools=options.brins("school"),
            choices=tuple(_choice(text, options) for text in options.texts("choice")),
            start_date=options.day("start_date") or today(),
            end_date=options.day("end_date"),
            locations=options.brins("location") if options.given["location"] else None,
        )


def _choice(text: str, options: Options) -> tuple[str, str]:
    service, _, system = text.partition("=")
    if not service.strip() or not system.strip():
        options.problems.append(f"--choice {text}: schrijf de dienst en het systeem als DIENST=SYSTEEM.")
    return service.strip().upper(), system.strip()
