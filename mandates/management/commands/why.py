"""`manage.py why`: why a system is or was mandated for a school and a service, or not (D15)."""

from argparse import ArgumentParser
from datetime import datetime

from django.core.management.base import BaseCommand
from django.utils import timezone

from journal.clock import today
from mandates.management.explanation import Question, explain
from schools.management.support import Options


class Command(BaseCommand):
    help = "Legt uit waarom het antwoord op een raadpleging ja of nee is, of op een eerder moment was."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("BRIN", nargs="?", help="de school")
        parser.add_argument("DIENST", nargs="?", help="de code van de dienst")
        parser.add_argument("OIN", nargs="?", help="het OIN van de leverancier")
        parser.add_argument("--day", metavar="DATUM", help="de peildatum; anders de dag zelf")
        parser.add_argument(
            "--as-of", metavar="TIJDSTIP", help='zoals het register toen was, als "2026-11-22 10:00"; anders nu'
        )

    def handle(self, *args, **given) -> None:
        options = Options(given)
        brin, service, supplier = options.text("BRIN"), options.text("DIENST"), options.text("OIN")
        moment, day = _moment(options), options.day("day")
        options.refuse_if_wrong()
        question = Question(
            brin=brin.upper(),
            service_code=service.upper(),
            supplier_oin=supplier.upper(),
            day=day or (timezone.localdate(moment) if given["as_of"] else today()),
            moment=moment,
        )
        self.stdout.write("\n".join(explain(question)))


def _moment(options: Options) -> datetime:
    """The moment asked for, in Amsterdam unless it names its own time zone; now when none was."""
    text = options.given["as_of"]
    if not text:
        return timezone.now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        options.problems.append(f'--as-of {text} is geen tijdstip. Schrijf een tijdstip als "2026-11-22 10:00".')
        return timezone.now()
    return moment if moment.tzinfo else timezone.make_aware(moment)
