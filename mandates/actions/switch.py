"""Switching from one system to another: the old ends the day before, the new begins on the day (D12)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from journal.acts import Actor, Problem
from journal.clock import today
from mandates.actions.facts import (
    Facts,
    choice_problems,
    date_problems,
    nothing_chosen_problems,
    school_problem,
)
from mandates.actions.grant import not_of_board, refused
from mandates.actions.previews import NewMandate, Outcome, Row, ending
from mandates.models import Mandate
from mandates.wording import day_in_words, only_for
from schools.models import Board, School
from services.models import Service, System


@dataclass(frozen=True, kw_only=True)
class Switch:
    """The intention to go over, for schools (BRINs) and services (codes), from system `old` to system `new` (names).

    The old system's mandates end the day before `day`, and the new system's begin on `day`: no gap and no overlap. The
    new mandates end when the old ones would have, and keep their limit to locations.
    """

    schools: tuple[str, ...]
    services: tuple[str, ...]
    old: str
    new: str
    day: date

    grants_as = "mandate.granted"

    def plan(self, *, actor: Actor, board: Board) -> tuple[Sequence[Problem], Sequence[Row]]:
        """See `mandates.actions.previews.Intent`."""
        day_before = self.day - timedelta(days=1)
        facts = Facts(board, brins=self.schools, services=self.services, systems=(self.old, self.new), since=day_before)
        problems = [
            *date_problems(actor, self.day, None),
            *choice_problems(facts, [(code, self.new) for code in dict.fromkeys(self.services)], self.day),
        ]
        if self.old not in facts.systems:
            problems.append(Problem("unknown_system", f"Het systeem {self.old} bestaat niet."))
        if self.old == self.new:
            problems.append(Problem("same_system", "Kies een ander systeem dan het huidige."))
        problems += nothing_chosen_problems(services=self.services, schools=self.schools)
        if self.old not in facts.systems or self.new not in facts.systems or self.old == self.new:
            return problems, []
        rows: dict[tuple[str, str], Row] = {}
        for brin in dict.fromkeys(self.schools):
            for code in dict.fromkeys(self.services):
                if code in facts.services:
                    row = self._row(facts, brin, facts.services[code], facts.systems[self.new])
                    rows.setdefault((row.holder, code), row)
        return problems, list(rows.values())

    def _row(self, facts: Facts, brin: str, service: Service, new: System) -> Row:
        school = facts.schools.get(brin)
        if school is None:
            return refused(brin, service, new, not_of_board(brin))
        holder = facts.holder_of(service, school)
        at_school = service.level == Service.Level.SCHOOL
        if at_school and (problem := school_problem(school, self.day)):
            return refused(holder, service, new, problem)
        day_before = self.day - timedelta(days=1)
        running = facts.overlapping(holder, service.code, self.old, day_before, self.day)
        old = facts.overlapping(holder, service.code, self.old, self.day, None)
        if not running:
            return refused(holder, service, new, f"heeft op {day_in_words(self.day)} geen mandaat voor {self.old}")
        if any(max(mandate.start_date, self.day) < today() for mandate in old):
            return refused(holder, service, new, f"{self.old} had op dagen vóór vandaag een mandaat; dat blijft zo")
        wanted = self._wanted(facts, school if at_school else None, service, old or running[-1:])
        if not wanted:
            begins = day_in_words(old[0].start_date)
            why = f"{self.old} heeft pas vanaf {begins} een mandaat; dan kan {new.name} er geen meer hebben"
            return refused(holder, service, new, why)
        there = facts.overlapping(holder, service.code, new.name, wanted[0].start_date, wanted[-1].end_date)
        if there and (problem := _does_not_do(there, wanted, new)):
            return refused(holder, service, new, problem)
        ends = tuple(ending(mandate, day_before) for mandate in old)
        if not ends and there:
            return Row(
                holder=holder,
                service=service.code,
                system=new.name,
                outcome=Outcome.HAS_ALREADY,
                text="is al overgestapt",
            )
        begins = f"{new.name} heeft al een mandaat" if there else _in_words(wanted)
        return Row(
            holder=holder,
            service=service.code,
            system=new.name,
            outcome=Outcome.SWITCHED,
            text=f"{self.old} eindigt op {day_in_words(day_before)}{';' if there else ','} {begins}",
            grants=() if there else wanted,
            changes=ends,
        )

    def _wanted(
        self, facts: Facts, school: School | None, service: Service, old: Sequence[Mandate]
    ) -> tuple[NewMandate, ...]:
        """What the new system gets from the day on: the days and the locations that the old one had, and no others."""
        # Its school closes, or an agreement ends (D5, D19).
        limit = facts.last_day(service, school, self.day, None)
        wanted: list[NewMandate] = []
        for mandate in old:
            start_date, end_date = max(mandate.start_date, self.day), mandate.end_date
            if limit is not None and start_date > limit:
                break
            if mandate is old[-1] and (
                mandate.granting_board_id != facts.board.pk or (end_date is not None and end_date < self.day)
            ):
                # What runs out because another board gave it (D20), or ends just before the day, was not meant to.
                end_date = None
            end_date = min(filter(None, (end_date, limit)), default=None)
            new = NewMandate(
                school=school.brin if school else None,
                board=None if school else facts.board.number,
                service=service.code,
                system=self.new,
                start_date=start_date,
                end_date=end_date,
                locations=tuple(mandate.locations) if mandate.locations else None,
            )
            if wanted and _goes_on(wanted[-1], new):
                wanted[-1] = replace(wanted[-1], end_date=end_date)
            else:
                wanted.append(new)
        return tuple(wanted)


def _goes_on(before: NewMandate, after: NewMandate) -> bool:
    """Whether two mandates are better given as one."""
    follows = before.end_date is not None and before.end_date + timedelta(days=1) == after.start_date
    return follows and before.locations == after.locations


def _does_not_do(there: Sequence[Mandate], wanted: Sequence[NewMandate], new: System) -> str:
    """Why the mandates that the new system has already do not do for all that the old one had; empty when they do."""
    first, last = there[0], there[-1]
    if last.start_date > wanted[0].start_date:
        begins = min(mandate.start_date for mandate in there if mandate.start_date > wanted[0].start_date)
        return f"{new.name} heeft al een mandaat dat op {day_in_words(begins)} begint"
    until = wanted[-1].end_date
    if last.end_date is not None and (until is None or last.end_date < until):
        return f"{new.name} heeft al een mandaat, dat op {day_in_words(last.end_date)} eindigt"
    if first.locations and not all(each.locations and set(each.locations) <= set(first.locations) for each in wanted):
        return (
            f"{new.name} heeft al een mandaat, {only_for(first.locations)}. "
            "Trek dat eerst in: dan krijgt het er een voor alles waarvoor het oude systeem er een had"
        )
    return ""


def _in_words(wanted: Sequence[NewMandate]) -> str:
    """What the new system gets."""
    texts = []
    for each in wanted:
        text = f"begint op {day_in_words(each.start_date)}"
        if each.end_date:
            text += f" en eindigt op {day_in_words(each.end_date)}"
        if each.locations:
            text += f", {only_for(each.locations)}"
        texts.append(text)
    return f"{wanted[0].system} {'; en '.join(texts)}"
