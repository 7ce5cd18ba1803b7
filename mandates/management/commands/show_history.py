"""`manage.py show_history`: what happened to a school, a mandate or a board (D14)."""

import re
from argparse import ArgumentParser
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from journal.models import Entry
from mandates.story import Story
from mandates.workplace.changes import about_board, about_endpoints, about_mandates, about_school
from schools import numbers

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
        return about_board(subject)
    if re.fullmatch(numbers.BRIN, subject.upper()):
        return about_school(subject.upper())
    try:
        uuid = UUID(subject)
    except ValueError:
        raise CommandError(f"{subject} is geen BRIN, geen UUID van een mandaat en geen bestuursnummer.") from None
    return about_mandates([uuid]) | about_endpoints([uuid])
