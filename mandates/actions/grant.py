"""Giving mandates: one or several services, one or several schools (D1-D7, D13)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from journal.acts import Actor, Problem
from mandates.actions.facts import (
    Facts,
    already_in_words,
    choice_problems,
    date_problems,
    nothing_chosen_problems,
    school_problem,
)
from mandates.actions.previews import NewMandate, Outcome, Row, carry_out
from mandates.models import Mandate
from mandates.wording import day_in_words
from schools.models import Board, School
from services.models import Service, System


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A system chosen for a service."""

    service: Service
    system: System


@dataclass(frozen=True, kw_only=True)
class Grant:
    """The intention to give a mandate for each pair of service code and system name, for each school (BRIN).

    The holder follows from the service's level: the school, or its board (D1). `start_date` and the last valid day
    `end_date` are days in Europe/Amsterdam. `locations` are codes (BRIN6) to which the mandates of a single school are
    limited; None means all of them (D3).
    """

    schools: tuple[str, ...]
    choices: tuple[tuple[str, str], ...]
    start_date: date
    end_date: date | None = None
    locations: tuple[str, ...] | None = None

    grants_as = "mandate.granted"

    def plan(self, *, actor: Actor, board: Board) -> tuple[Sequence[Problem], Sequence[Row]]:
        """See `mandates.actions.previews.Intent`."""
        services, systems = {code for code, _ in self.choices}, {name for _, name in self.choices}
        facts = Facts(board, brins=self.schools, services=services, systems=systems, since=self.start_date)
        problems = [
            *date_problems(actor, self.start_date, self.end_date),
            *choice_problems(facts, self.choices, self.start_date),
            *self._location_problems(facts),
            *nothing_chosen_problems(services=self.choices, schools=self.schools),
        ]
        rows: dict[tuple[str, str, str], Row] = {}
        for brin in dict.fromkeys(self.schools):
            for code, name in dict.fromkeys(self.choices):
                if code in facts.services and name in facts.systems:
                    row = self._row(facts, brin, facts.services[code], facts.systems[name])
                    rows.setdefault((row.holder, code, name), row)
        return problems, list(rows.values())

    def _row(self, facts: Facts, brin: str, service: Service, system: System) -> Row:
        school = facts.schools.get(brin)
        if school is None:
            return refused(brin, service, system, not_of_board(brin))
        holder = facts.holder_of(service, school)
        at_school = service.level == Service.Level.SCHOOL
        if at_school and (problem := school_problem(school, self.start_date)):
            return refused(holder, service, system, problem)
        end_date = facts.last_day(service, school if at_school else None, self.start_date, self.end_date)
        if overlapping := facts.overlapping(holder, service.code, system.name, self.start_date, end_date):
            return Row(
                holder=holder,
                service=service.code,
                system=system.name,
                outcome=Outcome.HAS_ALREADY,
                text=self._already(overlapping[0]),
                warning=shorter_warning(overlapping, self.start_date, self.end_date),
            )
        new = NewMandate(
            school=brin if at_school else None,
            board=None if at_school else facts.board.number,
            service=service.code,
            system=system.name,
            start_date=self.start_date,
            end_date=end_date,
            locations=tuple(sorted(set(self.locations))) if self.locations else None,
        )
        text = "wordt toegevoegd"
        if end_date != self.end_date:
            closes = at_school and school.closed_on == end_date
            ends = "de dag waarop de school sluit" if closes else "de laatste dag van uw overeenkomst"
            text += f", tot en met {ends}: {day_in_words(end_date)}"
        return Row(
            holder=holder,
            service=service.code,
            system=system.name,
            outcome=Outcome.GRANTED,
            text=text,
            warning=other_system_warning(facts, new),
            grants=(new,),
        )

    def _already(self, mandate: Mandate) -> str:
        return already_in_words(mandate)

    def _location_problems(self, facts: Facts) -> list[Problem]:
        if not self.locations:
            return []
        if len(set(self.schools)) != 1:
            return [
                Problem("locations_of_several_schools", "Alleen voor één school tegelijk kunt u vestigingen kiezen.")
            ]
        problems = [
            Problem("board_level", f"{code} geldt voor het hele bestuur en kan niet tot vestigingen beperkt worden.")
            for code, service in facts.services.items()
            if service.level == Service.Level.BOARD
        ]
        for school in facts.schools.values():
            own = {location.code for location in school.locations.all()}
            problems += [
                Problem("unknown_location", f"{code} is geen vestiging van {school}.")
                for code in sorted(set(self.locations) - own)
            ]
        return problems


def grant_mandates(
    *,
    actor: Actor,
    school: School,
    choices: Sequence[Choice],
    start_date: date,
    end_date: date | None = None,
    locations: Sequence[str] | None = None,
) -> list[Mandate]:
    """Give a school a mandate for each of the choices: all of them, or none.

    For forms and dates see `Grant`. Raises `Refused` for each rule it goes against: D2, D3, D4, D5, D6, D7, D19.
    """
    intent = Grant(
        schools=(school.brin,),
        choices=tuple((choice.service.code, choice.system.name) for choice in choices),
        start_date=start_date,
        end_date=end_date,
        locations=tuple(locations) if locations else None,
    )
    return carry_out(intent, actor=actor)


def refused(holder: str, service: Service, system: System, why: str) -> Row:
    """A row to which nothing can happen."""
    return Row(holder=holder, service=service.code, system=system.name, outcome=Outcome.REFUSED, text=why)


def not_of_board(brin: str) -> str:
    """The same words for a school of another board and for one that does not exist: neither is told apart (D4)."""
    return f"De school {brin} hoort niet bij dit bestuur."


def shorter_warning(existing: Sequence[Mandate], start_date: date, end_date: date | None) -> str:
    """That what a holder has already begins later or ends earlier than was asked: then it is the dates to change."""
    if existing[0].start_date > start_date:
        return "Let op: dat begint later dan u vraagt. Wijzig de startdatum ervan als het eerder in moet gaan."
    ends = [mandate.end_date for mandate in existing]
    if None not in ends and (end_date is None or max(ends) < end_date):
        return "Let op: dat loopt eerder af dan u vraagt. Wijzig de einddatum ervan als het langer moet gelden."
    return ""


def other_system_warning(facts: Facts, new: NewMandate) -> str:
    """That another system of the same kind is mandated for the same service in the same period: no obstacle (D11)."""
    kind = facts.systems[new.system].kind
    others = [
        mandate
        for mandate in facts.mandates(new.school or new.board, new.service)
        if mandate.system.name != new.system
        and mandate.system.kind == kind
        and (new.end_date is None or mandate.start_date <= new.end_date)
        and (mandate.end_date is None or mandate.end_date >= new.start_date)
    ]
    if not others:
        return ""
    names = " en ".join(dict.fromkeys(mandate.system.name for mandate in others))
    until = f" tot en met {day_in_words(others[-1].end_date)}" if others[-1].end_date else ""
    return f"Let op: heeft al een mandaat voor {names}{until}."
