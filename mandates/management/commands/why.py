"""`manage.py why`: why a system is or was mandated for a school and a service, or not (D15)."""

from argparse import ArgumentParser
from datetime import datetime

from django.core.management.base import BaseCommand
from django.utils import timezone

from mandates.explanation import (
    ForSupplier,
    ForSupport,
    Question,
    as_text,
    explain,
    find_check,
    moment_problem,
    no_such_check,
    question_of,
)
from mandates.models import Check
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
        parser.add_argument("--check", metavar="NUMMER", help="leg deze raadpleging uit, in plaats van BRIN DIENST OIN")
        parser.add_argument(
            "--for-supplier", action="store_true", help="wat de leverancier mag lezen, om in een mail te plakken"
        )

    def handle(self, *args, **given) -> None:
        options = Options(given)
        check = _check(options)
        question = question_of(check) if check else _question(options)
        options.refuse_if_wrong()
        reader = ForSupplier if given["for_supplier"] else ForSupport
        self.stdout.write("\n".join(as_text(explain(question, reader=reader, check=check))))


def _check(options: Options) -> Check | None:
    """The recorded check that was asked for; a question besides it would be another one."""
    if not options.given["check"]:
        return None
    others = [name for name in ("BRIN", "DIENST", "OIN", "day", "as_of") if options.given[name]]
    if others:
        options.problems.append("Geef --check, of een school, dienst en leverancier met een dag: niet allebei.")
    check = find_check(options.given["check"])
    if check is None:
        options.problems.append(no_such_check(options.given["check"]))
    options.refuse_if_wrong()
    return check


def _question(options: Options) -> Question:
    brin, service, supplier = options.text("BRIN"), options.text("DIENST"), options.text("OIN")
    moment, day = _moment(options), options.day("day")
    return Question(
        brin=brin.upper(),
        service_code=service.upper(),
        supplier_oin=supplier.upper(),
        day=day or timezone.localdate(moment),
        moment=moment,
    )


def _moment(options: Options) -> datetime:
    """The moment asked for, in Amsterdam unless it names its own time zone; now when none was."""
    text = options.given["as_of"]
    if not text:
        return timezone.now()
    try:
        moment = datetime.fromisoformat(text)
        if not 1900 <= moment.year <= 9998:  # as for days: beyond, it is no moment in every time zone
            raise ValueError(moment)
    except ValueError:
        options.problems.append(f'--as-of {text} is geen tijdstip. Schrijf een tijdstip als "2026-11-22 10:00".')
        return timezone.now()
    moment = moment if moment.tzinfo else timezone.make_aware(moment)
    if problem := moment_problem(moment):
        options.problems.append(f"--as-of {text}: {problem}")
    return moment
