"""The rules of mandates (domain.md, D1-D13, D16, D19, D20, A7) as plain Python: what the register is compared with.

No database, no Django, nothing clever: a world of values, and per intention what it would do or which rule it goes
against. `FOREVER` stands for 'no end date', so that days can simply be compared.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

FOREVER = date.max
DAY = timedelta(days=1)
GRACE = timedelta(days=30)


class Refused(Exception):
    """What was asked goes against these rules."""


@dataclass(frozen=True)
class Actor:
    kind: str  # administrator, support or supplier
    board: str | None
    reason: str = ""


@dataclass(frozen=True)
class School:
    board: str
    locations: frozenset[str]
    closing_day: date = FOREVER
    # Whom it was under before: board, and the last day of that.
    formerly: tuple[tuple[str, date], ...] = ()


@dataclass(frozen=True)
class Mandate:
    number: int
    holder: str  # a BRIN, or the number of a board (D1)
    service: str
    system: str
    given_by: str
    start: date
    end: date
    locations: tuple[str, ...] | None
    meant_until: date | None = None  # the end before a move or the end of an agreement cut it short (D20, A7)
    changed_in: int = 0  # the transaction that last changed it

    def overlaps(self, start: date, end: date) -> bool:
        return max(self.start, start) <= min(self.end, end)

    def valid_on(self, day: date) -> bool:
        return self.start <= day <= self.end

    def is_within(self, other: "Mandate") -> bool:
        """Whether the other covers all the locations of this one (D3)."""
        return not other.locations or bool(self.locations and set(self.locations) <= set(other.locations))

    def ended(self, last_day: date) -> "Mandate":
        """Valid no later than `last_day`; one that begins later is cancelled, and covers no day (D9)."""
        return replace(self, end=min(self.end, max(last_day, self.start - DAY)))

    def cut_short(self, last_day: date) -> "Mandate":
        """The same, by something that the board that gave it did not mean (D20, A7)."""
        return replace(self.ended(last_day), meant_until=self.meant_until or self.end)


Change = tuple[Mandate | None, Mandate]  # a mandate before and after; nothing before: it is given


@dataclass(frozen=True)
class Plan:
    """What an intention would do: per row its changes, or the rule in the way. With `problems` nothing can be done."""

    problems: tuple[str, ...]
    rows: tuple[tuple[Change, ...] | str, ...]

    def does(self) -> list:
        """Per row what becomes of which mandates; it may become the same of one that was otherwise."""
        return [
            row if isinstance(row, str) else [replace(after, changed_in=0, meant_until=None) for _, after in row]
            for row in self.rows
        ]


@dataclass
class World:
    today: date
    board_services: frozenset[str]
    needs: dict[str, str]  # the agreement that a service needs besides OSR
    connected: set[tuple[str, str]]  # (system, service)
    agreements: dict[tuple[str, str], list[tuple[date, date]]]  # (board, kind): from and up to which days
    schools: dict[str, School]
    mandates: dict[int, Mandate] = field(default_factory=dict)
    undoable: dict[int, tuple[date, str, tuple[Change, ...]]] = field(default_factory=dict)

    # --- Questions ----------------------------------------------------------------------------------------------------

    def valid(self, brin: str, service: str, day: date) -> list[Mandate]:
        """The mandates that count for a school and service on `day`."""
        if service not in self.board_services:
            return [each for each in self._of(brin, service) if each.valid_on(day)]
        return [
            each
            for each in self.mandates.values()
            if each.service == service and each.valid_on(day) and self._counts_for(each, self.schools[brin], day)
        ]

    def _counts_for(self, mandate: Mandate, school: School, day: date) -> bool:
        """D1, D20: the board's that governed the school that day, and for a while what a former one had given."""
        governed = [board for board, until in school.formerly if until >= day] or [school.board]
        return mandate.holder == governed[0] or any(
            mandate.holder == board and until < day <= until + DAY + GRACE and mandate.start <= until
            for board, until in school.formerly
        )

    def _of(self, holder: str, service: str, system: str | None = None) -> list[Mandate]:
        found = [
            each
            for each in self.mandates.values()
            if (each.holder, each.service) == (holder, service) and system in (None, each.system)
        ]
        return sorted(found, key=lambda each: (each.start, each.number))

    def belongs_to(self, mandate: Mandate, board: str | None) -> bool:
        """Whose a mandate is today: the board's that governs the school, or that holds it (D4)."""
        return board == (self.schools[mandate.holder].board if mandate.holder in self.schools else mandate.holder)

    def may_take_over(self, mandate: Mandate, board: str) -> bool:
        """D20"""
        return self.belongs_to(mandate, board) and mandate.given_by != board and mandate.overlaps(self.today, FOREVER)

    # --- Intentions ---------------------------------------------------------------------------------------------------

    def give(self, actor: Actor, schools, choices, start, end=FOREVER, locations=None) -> Plan:
        """D1-D7, D13"""
        problems = self._dates(actor, start, end) + self._choices(actor.board, choices, start)
        if locations and (
            len(set(schools)) > 1
            or any(service in self.board_services for service, _ in choices)
            or any(self._is_of(brin, actor) and not self.schools[brin].locations >= set(locations) for brin in schools)
        ):
            problems.append("D3")
        rows = {}
        for brin in schools:
            for service, system in choices:
                holder = actor.board if service in self.board_services and self._is_of(brin, actor) else brin
                rows[holder, service, system] = (
                    self._new(actor, holder, service, system, start, end, locations)
                    if self._is_of(brin, actor)
                    else "D4"
                )
        return Plan(tuple(problems), tuple(rows.values()))

    def copy(self, actor: Actor, mandate: Mandate, schools) -> Plan:
        """D11"""
        if (
            not self.belongs_to(mandate, actor.board)
            or mandate.holder not in self.schools
            or self.is_over(mandate)
            or mandate.holder in schools
        ):
            return Plan(("D11",), ())
        choices = [(mandate.service, mandate.system)]
        return self.give(actor, schools, choices, max(self.today, mandate.start), mandate.end)

    def switch(self, actor: Actor, schools, services, old: str, new: str, day: date) -> Plan:
        """D12"""
        problems = self._dates(actor, day, FOREVER) + self._choices(
            actor.board, [(each, new) for each in services], day
        )
        if old == new:
            return Plan((*problems, "D12"), ())
        rows = {}
        for brin in schools:
            for service in services:
                if not self._is_of(brin, actor):
                    rows[brin, service] = "D4"
                    continue
                holder = actor.board if service in self.board_services else brin
                rows[holder, service] = self._switched(actor, holder, service, old, new, day)
        return Plan(tuple(problems), tuple(rows.values()))

    def _switched(self, actor: Actor, holder: str, service: str, old: str, new: str, day: date):
        if day > self._closing_day(holder):
            return "D19"
        running = [each for each in self._of(holder, service, old) if each.overlaps(day - DAY, day)]
        if not running:
            return "D12: there is nothing to switch from"
        ending = [each for each in self._of(holder, service, old) if each.overlaps(day, FOREVER)]
        if any(max(each.start, day) < self.today for each in ending):
            return "D9: the past does not change"
        wanted = self._wanted(actor, holder, service, ending or running[-1:], new, day)
        if not wanted:
            return "D19"
        there = [each for each in self._of(holder, service, new) if each.overlaps(wanted[0].start, wanted[-1].end)]
        given: tuple[Change, ...] = ()
        if not there:
            given = tuple((None, each) for each in wanted)
        elif there[-1].start > wanted[0].start or there[-1].end < wanted[-1].end:
            return "D2"
        elif not all(each.is_within(there[0]) for each in wanted):
            return "D3"
        return tuple((each, each.ended(day - DAY)) for each in ending) + given or "D12: done already"

    def _wanted(self, actor: Actor, holder: str, service: str, old, new: str, day: date) -> list[Mandate]:
        """D3, D12: the days from `day` on, and the locations, that the old mandates have or would have had."""
        limit, agreed_until = self._closing_day(holder), self._agreed_until(actor.board, service, day)
        if agreed_until >= day:
            limit = min(limit, agreed_until)
        wanted: list[Mandate] = []
        for each in old:
            start, end = max(each.start, day), each.end
            if start > limit:
                break
            # What another board gave, or what ends just before the day, was not meant to run out (D20).
            if each is old[-1] and (each.given_by != actor.board or end < day):
                end = FOREVER
            new_one = self._mandate(actor, holder, service, new, start, min(end, limit), each.locations)
            if wanted and wanted[-1].end + DAY == start and wanted[-1].locations == each.locations:
                wanted[-1] = replace(wanted[-1], end=new_one.end)
            else:
                wanted.append(new_one)
        return wanted

    def change_end(self, actor: Actor, mandates, end: date) -> Plan:
        """D8"""

        def changed(mandate: Mandate):
            return self._with_dates(mandate, replace(mandate, end=end))

        return self._change(actor, mandates, changed, ["D9"] * (end < self.today))

    def change_start(self, actor: Actor, mandates, start: date) -> Plan:
        """D8"""

        def changed(mandate: Mandate):
            return "D8" if mandate.start <= self.today else self._with_dates(mandate, replace(mandate, start=start))

        return self._change(actor, mandates, changed, ["D7"] * (start < self.today))

    def revoke(self, actor: Actor, mandates) -> Plan:
        """D9"""
        return self._change(actor, mandates, lambda each: ((each, each.ended(self.today - DAY)),), [])

    def _change(self, actor: Actor, mandates, changed, problems: list[str]) -> Plan:
        if not all(self.belongs_to(each, actor.board) for each in mandates):
            return Plan(("D4",), ())
        return Plan(tuple(problems), tuple("D8" if self.is_over(each) else changed(each) for each in mandates))

    def _with_dates(self, before: Mandate, after: Mandate) -> tuple[Change, ...] | str:
        if (after.start, after.end) == (before.start, before.end):
            return ()
        if after.end < after.start:
            return "D7"
        if (after.start < before.start or after.end > before.end) and not self.belongs_to(before, before.given_by):
            return "D20: what another board gave is taken over, not made to last"
        if after.end > self._closing_day(after.holder):
            return "D19"
        if self._lacks_an_agreement(before, after):
            return "D5"
        return self._clashes(after) or ((before, after),)

    def take_over(self, actor: Actor, mandates) -> Plan:
        """D20"""
        problems = ["D20"] if not all(self.may_take_over(each, actor.board) for each in mandates) else []
        choices = [(each.service, each.system) for each in mandates if self.may_take_over(each, actor.board)]
        problems += self._choices(actor.board, choices, self.today)
        return Plan(tuple(problems), tuple(self._taken_over(actor, each) for each in mandates))

    def _taken_over(self, actor: Actor, old: Mandate):
        ended = old.ended(self.today - DAY)
        start, end = max(self.today, old.start), min(old.meant_until or old.end, self._closing_day(old.holder))
        same = self._of(old.holder, old.service, old.system)
        if self.today > self._closing_day(old.holder):
            return "D19"
        if any(each.overlaps(self.today, FOREVER) for each in same if each.number != old.number):
            return "D2"
        agreed_until = self._agreed_until(actor.board, old.service, start)
        if agreed_until < start:
            return "D5"
        end = min(end, agreed_until)
        new = self._mandate(actor, old.holder, old.service, old.system, start, end, old.locations)
        return (old, ended), (None, new)

    # --- What happens -------------------------------------------------------------------------------------------------

    def may(self, actor: Actor) -> bool:
        """D4"""
        return actor.board is not None and (
            actor.kind == "administrator" or (actor.kind == "support" and bool(actor.reason))
        )

    def carry_out(self, number: int, actor: Actor, plan: Plan, *, every_row: bool) -> tuple[Change, ...]:
        """Do what can be done of a plan, or with `every_row` all of it; as transaction `number`. All or nothing."""
        cannot = [row for row in plan.rows if isinstance(row, str)]
        changes = tuple(change for row in plan.rows if not isinstance(row, str) for change in row)
        if not self.may(actor) or plan.problems or (every_row and cannot) or not changes:
            raise Refused
        written = self._write(number, changes, by=actor.board)
        self.undoable[number] = (self.today, actor.board, written)
        return written

    def undo(self, number: int, actor: Actor, undone: int) -> tuple[Change, ...]:
        """D13: within the day, or as long as it makes no difference up to today."""
        day, board, changes = self.undoable.get(undone, (self.today, None, ()))
        if not self.may(actor) or board != actor.board:
            raise Refused
        if not all(self.belongs_to(after, actor.board) for _, after in changes):
            raise Refused
        if any(self.mandates[after.number].changed_in != undone for _, after in changes):
            raise Refused
        if day != self.today and any(_first_day_that_differs(*change) <= self.today for change in changes):
            raise Refused
        back = tuple(
            (after, after.ended(max(after.start, self.today) - DAY) if before is None else before)
            for before, after in changes
        )
        if any(before.end == after.end < self.today and before.start == after.start for before, after in back):
            raise Refused  # D9: it has already been
        as_it_was = dict(self.mandates)
        written = self._write(number, back, by=actor.board)
        if any(
            self._breaks_a_rule(before, after)
            for before, after in written
            if after.end > before.end or after.start != before.start
        ):
            self.mandates = as_it_was
            raise Refused
        return written

    def _breaks_a_rule(self, before: Mandate, restored: Mandate) -> bool:
        """D2, D5, D19: what happened since leaves no room for it."""
        return (
            bool(self._clashes(restored))
            or restored.end > self._closing_day(restored.holder)
            or self._lacks_an_agreement(before, restored)
        )

    def close(self, number: int, actor: Actor, brin: str, day: date) -> tuple[Change, ...]:
        """D19: what was valid on days before today stays so (D9)."""
        school = self.schools[brin]
        if actor.kind != "support" or not actor.reason or school.closing_day == day:
            raise Refused
        self.schools[brin] = replace(school, closing_day=day)
        held = [each for each in self.mandates.values() if each.holder == brin]
        ended = [(each, each.ended(max(day, self.today - DAY))) for each in held]
        return self._write(number, [(before, after) for before, after in ended if after != before])

    def move(self, number: int, brin: str, board: str) -> tuple[Change, ...]:
        """D20"""
        school = self.schools[brin]
        formerly = school.formerly
        yesterday = self.today - DAY
        if school.board != board and yesterday not in [until for _, until in formerly]:
            formerly += ((school.board, yesterday),)
        self.schools[brin] = replace(school, board=board, formerly=formerly)
        given = [each for each in self.mandates.values() if each.holder == brin and each.given_by != board]
        ended = [(each, each.cut_short(self.today + GRACE)) for each in given]
        return self._write(number, [(before, after) for before, after in ended if after.end != before.end])

    def sign(self, agreement: tuple[str, str]) -> None:
        """A4: an agreement is in force from today on; the one in whose place it comes ended yesterday."""
        former = [(signed_on, min(until, self.today - DAY)) for signed_on, until in self.agreements[agreement]]
        self.agreements[agreement] = [each for each in former if each[0] <= each[1]] + [(self.today, FOREVER)]

    def end_agreement(
        self, number: int, actor: Actor, agreement: tuple[str, str], last_day: date
    ) -> tuple[Change, ...]:
        """A7: with all mandates that need it; those that begin later cover no day."""
        board, kind = agreement
        running = [(signed_on, until) for signed_on, until in self.agreements[agreement] if until >= self.today]
        if actor.kind != "support" or not actor.reason or not running:
            raise Refused
        [(signed_on, until)] = running
        if last_day < max(self.today, signed_on) - DAY or last_day >= until:
            raise Refused
        others = [each for each in self.agreements[agreement] if each not in running]
        self.agreements[agreement] = others + [(signed_on, last_day)] * (last_day >= signed_on)
        needing = [
            each
            for each in self.mandates.values()
            if each.given_by == board and kind in ("OSR", self.needs.get(each.service)) and each.start <= each.end
        ]
        return self._write(number, [(each, each.cut_short(last_day)) for each in needing if each.end > last_day])

    def _write(self, number: int, changes: Iterable[Change], by: str | None = None) -> tuple[Change, ...]:
        written = []
        for before, after in changes:
            after = replace(after, number=after.number or len(self.mandates) + 1, changed_in=number)
            if before and before.end != after.end and before.given_by == by:
                after = replace(after, meant_until=None)  # what it says now is what it means (D20)
            self.mandates[after.number] = after
            written.append((before, after))
        return tuple(written)

    # --- The rules that several share ---------------------------------------------------------------------------------

    def _is_of(self, brin: str, actor: Actor) -> bool:
        return self.schools[brin].board == actor.board

    def is_over(self, mandate: Mandate) -> bool:
        return mandate.end < max(self.today, mandate.start)

    def _closing_day(self, holder: str) -> date:
        return self.schools[holder].closing_day if holder in self.schools else FOREVER

    def _dates(self, actor: Actor, start: date, end: date) -> list[str]:
        """D7"""
        return ["D7"] * (end < start or (start < self.today and actor.kind != "support"))

    def _choices(self, board: str | None, choices: Iterable[tuple[str, str]], start: date) -> list[str]:
        """D5, D6"""
        problems = []
        for service, system in choices:
            if (system, service) not in self.connected:
                problems.append("D6")
            kinds = {"OSR", self.needs.get(service, "OSR")}
            if not all(self._in_force(board, kind, day) for kind in kinds for day in (self.today, start)):
                problems.append("D5")
        return problems

    def _in_force(self, board: str | None, kind: str, day: date) -> bool:
        return any(signed_on <= day <= last_day for signed_on, last_day in self.agreements.get((board, kind), []))

    def _agreed_until(self, board: str | None, service: str, start: date) -> date:
        """D5, A7: the last day, without a break from `start` on, on which a board has all that a service needs."""
        return min(self._in_force_until(board, kind, start) for kind in {"OSR", self.needs.get(service, "OSR")})

    def _in_force_until(self, board: str | None, kind: str, start: date) -> date:
        until = start - DAY
        for signed_on, last_day in sorted(self.agreements.get((board, kind), [])):
            if until < FOREVER and signed_on <= until + DAY:
                until = max(until, last_day)
        return until

    def _lacks_an_agreement(self, before: Mandate, after: Mandate) -> bool:
        """D5: on some day that the mandate gets; those that it had are not asked about again."""
        gets = [(after.start, min(after.end, before.start - DAY))]
        if before.end < FOREVER:
            gets.append((max(after.start, before.end + DAY), after.end))
        return any(
            self._agreed_until(after.given_by, after.service, first) < last for first, last in gets if first <= last
        )

    def _new(self, actor: Actor, holder, service, system, start, end, locations) -> tuple[Change, ...] | str:
        if start > self._closing_day(holder):
            return "D19"
        end = min(end, self._closing_day(holder))
        agreed_until = self._agreed_until(actor.board, service, start)
        if agreed_until >= start:
            end = min(end, agreed_until)
        new = self._mandate(actor, holder, service, system, start, end, locations)
        return self._clashes(new) or ((None, new),)

    def _mandate(self, actor: Actor, holder, service, system, start, end, locations) -> Mandate:
        return Mandate(0, holder, service, system, actor.board, start, end, locations)

    def _clashes(self, mandate: Mandate) -> str:
        """D2"""
        others = [
            each
            for each in self._of(mandate.holder, mandate.service, mandate.system)
            if each.number != mandate.number and each.start <= each.end
        ]
        return "D2" if any(each.overlaps(mandate.start, mandate.end) for each in others) else ""


def _first_day_that_differs(before: Mandate | None, after: Mandate) -> date:
    if before is None or before.start != after.start:
        return min(after.start, before.start if before else FOREVER)
    return min(before.end, after.end) + DAY
