"""`manage.py show_history`: what happened to a school, a mandate or a board (D14)."""

import re
from argparse import ArgumentParser
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from journal.models import Entry
from mandates.models import Endpoint, Mandate
from mandates.story import Story
from schools import numbers
from schools.models import Case

_LAST = 100


class Command(BaseCommand):
    help = "Laat zien wat er met een school, mandaat of bestuur is gebeurd: wanneer, door wie, waarom en wat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("subject", metavar="BRIN|UUID|BESTUURSNUMMER", help="waarover")
        parser.add_argument(
            "--last",
            type=int,
            default=_LAST,
            metavar="AANTAL",
            help=f"hoeveel gebeurtenissen; anders de laatste {_LAST}",
        )

    def handle(self, *args, subject: str, last: int, **options) -> None:
        entries = Entry.objects.filter(_about(subject))
        count = entries.count()
        if not count:
            raise CommandError(f"Over {subject} staat niets in de geschiedenis.")
        shown = list(entries.order_by("-id")[: max(last, 1)])
        if count > len(shown):
            self.stdout.write(f"De laatste {len(shown)} van {count}; toon meer met --last {count}.")
        self.stdout.write("\n".join(Story(reversed(shown)).tell()))


def _about(subject: str) -> Q:
    """The entries about a school and what belongs to it, about a mandate and its endpoints, or of interest to a board.

    Raises `CommandError` when it is none of those.
    """
    if re.fullmatch(numbers.BOARD_NUMBER, subject):
        return Q(boards__contains=[subject])
    brin = subject.upper()
    if re.fullmatch(numbers.BRIN, brin):
        return (
            Q(subject_kind="school", subject_key=brin)
            | Q(subject_kind="location", subject_key__startswith=brin)
            | _these("case", Case.objects.filter(school__brin=brin).values_list("pk", flat=True))
            | _mandates(Mandate.objects.filter(school__brin=brin).values_list("uuid", flat=True))
        )
    try:
        uuid = UUID(subject)
    except ValueError:
        raise CommandError(f"{subject} is geen BRIN, geen UUID van een mandaat en geen bestuursnummer.") from None
    return _mandates([uuid]) | _these("endpoint", [uuid])


def _mandates(uuids) -> Q:
    endpoints = Endpoint.objects.filter(mandate__uuid__in=list(uuids)).values_list("uuid", flat=True)
    return _these("mandate", uuids) | _these("endpoint", endpoints)


def _these(kind: str, keys) -> Q:
    return Q(subject_kind=kind, subject_key__in=[str(key) for key in keys])
