"""`manage.py close_school`: close a school, with its mandates (D19)."""

from argparse import ArgumentParser
from collections.abc import Iterator
from functools import partial

from mandates.management.rehearsal import Change, rehearse, repeat
from mandates.story import Story
from mandates.wording import day_in_words
from schools.actions import close_school
from schools.management.support import Options, SupportCommand, refusals_in_words
from schools.models import School


class Command(SupportCommand):
    help = "Sluit een school: op die dag eindigen haar mandaten, en wat later zou beginnen vervalt."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("BRIN", nargs="?", help="de school")
        parser.add_argument("DATUM", nargs="?", help="de laatste dag waarop zij open is")
        super().add_arguments(parser)

    def handle(self, *args, **given) -> None:
        options = Options(given)
        brin = options.text("BRIN").upper()
        day = options.needed_day("DATUM")
        school = School.objects.filter(brin=brin).first()
        if brin and school is None:
            options.problems.append(f"School {brin} staat niet in het register.")
        actor = options.actor()
        options.refuse_if_wrong()
        do = partial(close_school, actor=actor, school=school, closing_day=day)
        with refusals_in_words():
            rehearsed = rehearse(do)
        self.stdout.write(f"{school} sluit op {day_in_words(day)}.")
        self.stdout.write("\n".join(_lines(rehearsed)))
        if not self.may_go_on(options):
            return
        with refusals_in_words():
            number = repeat(do, rehearsed=rehearsed)
        self.stdout.write(
            f"Gedaan: transactie {number}. De mandaten komen niet vanzelf terug: geef ze zo nodig opnieuw."
        )


def _lines(changes: list[Change]) -> Iterator[str]:
    story = Story(changes)
    mandates = [change for change in changes if change.subject_kind == "mandate"]
    cancelled = [change for change in mandates if change.after["end_date"] < change.after["start_date"]]
    ending = [change for change in mandates if change not in cancelled]
    for title, some in (("Mandaten die eindigen", ending), ("Mandaten die nooit ingaan", cancelled)):
        yield f"{title}: {len(some)}"
        for change in some:
            yield f"  {story.subject(change)}"
            yield from (f"      {difference}" for difference in story.differences(change))
    cases = [change for change in changes if change.subject_kind == "case"]
    yield from (f"Zaak afgehandeld: {story.subject(change)}" for change in cases)
