"""Switching from one system to another: the old ends the day before, the new begins on the day (D12)."""

from collections.abc import Sequence
from dataclasses import dataclass
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
from mandates.wording import day_in_words
from schools.models import Board
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
        # What the new system gets: from the day on, as long as the old one would have lasted. What runs out because
        # another board gave it, or because it ends just before the day, was not meant to end there.
        last = (old or running)[-1]
        was_to_end = old and last.granting_board_id == facts.board.pk
        end_date = facts.last_day(
            service, school if at_school else None, self.day, last.end_date if was_to_end else None
        )
        new_ones = facts.overlapping(holder, service.code, new.name, self.day, end_date)
        if any(mandate.start_date > self.day for mandate in new_ones):
            begins = day_in_words(min(mandate.start_date for mandate in new_ones if mandate.start_date > self.day))
            return refused(holder, service, new, f"{new.name} heeft al een mandaat dat op {begins} begint")
        ends = tuple(ending(mandate, day_before) for mandate in old)
        if not new_ones:
            grants = (self._new_mandate(facts, brin, service, last, end_date),)
            text = f"{self.old} eindigt op {day_in_words(day_before)}, {new.name} begint op {day_in_words(self.day)}"
        elif self._lasts(new_ones, end_date):
            grants = ()
            text = f"{self.old} eindigt op {day_in_words(day_before)}; {new.name} heeft al een mandaat"
        else:
            return refused(
                holder,
                service,
                new,
                f"{new.name} heeft al een mandaat, dat op {day_in_words(new_ones[-1].end_date)} eindigt",
            )
        if not ends and not grants:
            return Row(
                holder=holder,
                service=service.code,
                system=new.name,
                outcome=Outcome.HAS_ALREADY,
                text="is al overgestapt",
            )
        return Row(
            holder=holder,
            service=service.code,
            system=new.name,
            outcome=Outcome.SWITCHED,
            text=text,
            grants=grants,
            changes=ends,
        )

    def _lasts(self, mandates: Sequence[Mandate], end_date: date | None) -> bool:
        """Whether these mandates of the new system cover all days that the old one would have."""
        last = mandates[-1].end_date
        return last is None or (end_date is not None and last >= end_date)

    def _new_mandate(
        self, facts: Facts, brin: str, service: Service, old: Mandate, end_date: date | None
    ) -> NewMandate:
        is_school = service.level == Service.Level.SCHOOL
        return NewMandate(
            school=brin if is_school else None,
            board=None if is_school else facts.board.number,
            service=service.code,
            system=self.new,
            start_date=self.day,
            end_date=end_date,
            locations=tuple(old.locations) if old.locations else None,
        )
