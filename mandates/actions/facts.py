"""What the rules look at: read once for a whole intention, in as many queries for one school as for a thousand."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.functional import cached_property

from agreements.gate import InForce
from journal.acts import Actor, ActorKind, Problem
from journal.clock import today
from mandates.models import Mandate
from mandates.wording import day_in_words
from schools.models import Board, School
from services.models import Service, System


class Facts:
    """The schools of `board` among `brins`, and their mandates, for these services and systems."""

    def __init__(
        self, board: Board, *, brins: Iterable[str], services: Iterable[str], systems: Iterable[str], since: date
    ) -> None:
        """Read what there is. `since` is the first day that matters: mandates that ended before it are left out."""
        self.board = board
        self.schools = {
            school.brin: school
            for school in School.objects.of_board(board.number)
            .filter(brin__in=set(brins))
            .select_related("board")
            .prefetch_related("locations")
        }
        self.services = {service.code: service for service in Service.objects.filter(code__in=set(services))}
        self.systems = {
            system.name: system for system in System.objects.filter(name__in=set(systems)).select_related("supplier")
        }
        self._mandates = defaultdict(list)
        mandates = (
            Mandate.objects.filter(
                Q(school__in=self.schools.values()) | Q(board=board), service__in=self.services.values()
            )
            .in_period(since, None)
            .prefetch_related("system")
            .order_by("start_date", "pk")
        )
        # What is here already is not read again with each of thousands of mandates.
        schools = {school.pk: school for school in self.schools.values()}
        services = {service.pk: service for service in self.services.values()}
        for mandate in mandates:
            mandate.school, mandate.service = schools.get(mandate.school_id), services[mandate.service_id]
            self._mandates[mandate.school.brin if mandate.school else board.number, mandate.service.code].append(
                mandate
            )

    @cached_property
    def connections(self) -> set[tuple[str, str]]:
        """The pairs of system and service that may be chosen today, by name and code (D6)."""
        return set(System.objects.filter(name__in=self.systems).connections(self.services.values(), today()))

    @cached_property
    def in_force(self) -> InForce:
        """Which agreements the board has on which days (D5)."""
        return InForce.of([self.board])

    def last_day(self, service: Service, school: School | None, start_date: date, end_date: date | None) -> date | None:
        """The last day of a mandate from `start_date`, meant to end on `end_date` (None: never).

        Not after its school closes (D19), nor after one of the agreements that it needs ends (D5, A7).
        """
        in_force_until = self.in_force.last_day(self.board.pk, service, start_date)
        days = [end_date, school.closed_on if school else None]
        # What is missing on the first day is a problem of its own.
        if start_date <= in_force_until < date.max:
            days.append(in_force_until)
        return min(filter(None, days), default=None)

    def holder_of(self, service: Service, school: School) -> str:
        """Who holds a mandate for `service`: the BRIN of the school, or the number of its board (D1)."""
        return school.brin if service.level == Service.Level.SCHOOL else self.board.number

    def mandates(self, holder: str, service: str) -> list[Mandate]:
        """The mandates of this holder for this service, by start date."""
        return self._mandates[holder, service]

    def overlapping(
        self, holder: str, service: str, system: str, start_date: date, end_date: date | None
    ) -> list[Mandate]:
        """Those of one system that are valid on some day of the period (D2)."""
        return [
            mandate
            for mandate in self.mandates(holder, service)
            if mandate.system.name == system
            and (end_date is None or mandate.start_date <= end_date)
            and (mandate.end_date is None or mandate.end_date >= start_date)
        ]


# --- The rules, each said once ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AgreementMissing(Problem):
    """That the board lacks agreements (D5), and of which kinds: a page says what to do about each."""

    kinds: tuple[str, ...] = ()


def date_problems(actor: Actor, start_date: date, end_date: date | None) -> list[Problem]:
    """D7: the start lies not in the past, but for support; the end not before the start."""
    problems = []
    if start_date < today() and actor.kind != ActorKind.SUPPORT:
        problems.append(Problem("start_in_past", "De startdatum ligt in het verleden. Kies vandaag of een latere dag."))
    if end_date is not None and end_date < start_date:
        problems.append(
            Problem(
                "dates_reversed", "De einddatum ligt vóór de startdatum. Kies een latere einddatum of laat die leeg."
            )
        )
    return problems


def nothing_chosen_problems(*, services: Collection, schools: Collection) -> list[Problem]:
    """That no service, or no school, was chosen."""
    problems = []
    if not services:
        problems.append(Problem("no_choice", "Kies ten minste één dienst."))
    if not schools:
        problems.append(Problem("no_school", "Kies ten minste één school."))
    return problems


def choice_problems(facts: Facts, pairs: Collection[tuple[str, str]], start_date: date) -> list[Problem]:
    """D5, D6: for each (service code, system name): both exist, the service goes on, the system is connected for it,
    and the board has the agreements on the day of giving and on the first day."""
    problems = []
    for code, name in pairs:
        service, system = facts.services.get(code), facts.systems.get(name)
        if service is None:
            problems.append(Problem("unknown_service", f"De dienst {code} bestaat niet."))
        elif not service.is_active:
            problems.append(
                Problem(
                    "service_ended", f"De dienst {code} is beëindigd. Er kan geen mandaat meer voor gegeven worden."
                )
            )
        if system is None:
            problems.append(Problem("unknown_system", f"Het systeem {name} bestaat niet."))
        elif service is not None and service.is_active and (name, code) not in facts.connections:
            problems.append(
                Problem("not_connected", f"{name} is niet aangesloten voor {code}. Kies een ander systeem.")
            )
    known = [facts.services[code] for code in dict.fromkeys(code for code, _ in pairs) if code in facts.services]
    for service in known:
        if kinds := facts.in_force.missing(facts.board.pk, service, {today(), start_date}):
            problems.append(
                AgreementMissing(
                    "agreement_missing",
                    f"Voor {service.code} mist {facts.board} de overeenkomst {' en '.join(kinds)}. "
                    "Vraag Kennisnet erom: op de pagina Overeenkomsten, of bij support@kennisnet.nl.",
                    tuple(kinds),
                )
            )
    return problems


def school_problem(school: School, start_date: date) -> str:
    """D19: after its closing day nothing begins. Empty when nothing is wrong."""
    if school.closed_on is None or start_date <= school.closed_on:
        return ""
    return f"{school.name} sluit op {day_in_words(school.closed_on)}. Na die dag kan er geen mandaat beginnen."


def already_in_words(mandate: Mandate) -> str:
    """That this mandate is there already."""
    return f"{mandate.system} heeft voor {mandate.service.code} al een mandaat {days_in_words(mandate)}."


def days_in_words(mandate: Mandate) -> str:
    """From when until when a mandate is given."""
    until = f" tot en met {day_in_words(mandate.end_date)}" if mandate.end_date else ""
    return f"vanaf {day_in_words(mandate.start_date)}{until}"
