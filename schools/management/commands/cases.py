"""`manage.py cases`: what support must look at after an import, and saying that it is done (D19, D20)."""

from argparse import ArgumentParser

from schools.actions import settle_case
from schools.management.support import Options, SupportCommand, refusals_in_words
from schools.models import Case


class Command(SupportCommand):
    help = "Toont de open zaken over scholen; met --settle handelt u er een af."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--settle", metavar="NUMMER", help="handel deze zaak af (met --by en --reason)")
        super().add_arguments(parser)

    def handle(self, *args, **given) -> None:
        if given["settle"]:
            self._settle(Options(given))
            return
        cases = list(Case.objects.open())
        self.stdout.write("\n".join(map(_line, cases)) or "Er zijn geen open zaken.")

    def _settle(self, options: Options) -> None:
        number = options.given["settle"]
        case = Case.objects.select_related("school__board").filter(pk=number).first() if number.isdecimal() else None
        if case is None:
            options.problems.append(f"Er is geen zaak {number}.")
        actor = options.actor()
        options.refuse_if_wrong()
        self.stdout.write(_line(case))
        if not self.may_go_on(options):
            return
        with refusals_in_words():
            settle_case(actor=actor, case=case)
        self.stdout.write("Gedaan: deze zaak is afgehandeld.")


def _line(case: Case) -> str:
    school = case.school
    return (
        f"{case.pk:>6}  {case.opened_on:%d-%m-%Y}  {school} van bestuur {school.board.number} ({school.board}): "
        f"{case.get_kind_display()}. {case.text}"
    )
