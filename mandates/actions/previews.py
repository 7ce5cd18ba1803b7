"""A preview is a value: what an intention would do, row by row, each with its outcome and why (D11, D12, D13).

`preview()` makes one without changing anything. `confirm()` does exactly what a preview says, in one transaction, or
refuses when the register has changed meanwhile and names what changed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from django.db import connection, transaction

from accounts.rights import may_manage_mandates
from journal.acts import Actor, Problem, Refused, act
from journal.clock import today
from mandates.models import Mandate
from schools.locking import patiently
from schools.models import Board, School
from services.models import Service, System


class Outcome(StrEnum):
    """What happens to a row when the preview is confirmed."""

    GRANTED = "granted"
    SWITCHED = "switched"
    TAKEN_OVER = "taken_over"
    CHANGED = "changed"
    REVOKED = "revoked"
    ENDED = "ended"
    CANCELLED = "cancelled"
    UNCHANGED = "unchanged"
    HAS_ALREADY = "has_already"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class NewMandate:
    """A mandate to be given. Either `school` (BRIN) or `board` (number) holds it (D1)."""

    school: str | None
    board: str | None
    service: str
    system: str
    start_date: date
    end_date: date | None
    locations: tuple[str, ...] | None


@dataclass(frozen=True, kw_only=True)
class NewDates:
    """The dates that an existing mandate gets, and the type under which the journal remembers it."""

    mandate: UUID
    start_date: date
    end_date: date | None
    type: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a preview: `holder` is a BRIN or a board number, `service` a code, `system` a name.

    `text` says in Dutch what will happen, or why it cannot; `warning` what to know besides.
    """

    holder: str
    service: str
    system: str
    outcome: Outcome
    text: str
    warning: str = ""
    grants: tuple[NewMandate, ...] = ()
    changes: tuple[NewDates, ...] = ()

    @property
    def does_something(self) -> bool:
        """Whether confirming changes anything for this row."""
        return bool(self.grants or self.changes)

    def problem(self) -> Problem:
        """Why nothing happens to this row."""
        return Problem(self.outcome, f"{self.holder}: {self.text}")


class Intent(Protocol):
    """Something that a beheerder can intend, as a value: codes, names and days, no rows of the database."""

    # Under which type the journal remembers the mandates that it gives.
    grants_as: str

    def plan(self, *, actor: Actor, board: Board) -> tuple[Sequence[Problem], Sequence[Row]]:
        """What stands in the way of all of it, and what would happen row by row, as the register stands now."""


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What `intent` would do now. With `problems` it cannot be confirmed at all."""

    intent: Intent
    problems: tuple[Problem, ...]
    rows: tuple[Row, ...]


class RegisterChanged(Refused):
    """The register is no longer as it was when the preview was made; the problems name what is different."""


def preview(intent: Intent, *, actor: Actor) -> Preview:
    """What `intent` would do if `actor` confirmed it now. Raises `Refused` when the actor may not (D4)."""
    return _preview(intent, actor, _own_board(actor, Board.objects.all()))


def confirm(preview: Preview, *, actor: Actor) -> list[Mandate]:
    """Do exactly what the preview says; returns the mandates that were given.

    Raises `RegisterChanged` when it would now do something else than it says, and `Refused` when it has problems or
    does nothing at all; then nothing has changed.
    """
    with transaction.atomic():
        now = _preview(preview.intent, actor, lock_own_board(actor))
        if now != preview:
            new_problems = [problem for problem in now.problems if problem not in preview.problems]
            raise RegisterChanged(differences(preview.rows, now.rows, new_problems))
        return _carry_out(now, actor)


def carry_out(intent: Intent, *, actor: Actor) -> list[Mandate]:
    """Do all of `intent` without a preview, or nothing: raises `Refused` when any row of it cannot be done."""
    with transaction.atomic():
        now = _preview(intent, actor, lock_own_board(actor))
        cannot = [row.problem() for row in now.rows if row.outcome in (Outcome.REFUSED, Outcome.HAS_ALREADY)]
        if cannot:
            raise Refused([*now.problems, *cannot])
        return _carry_out(now, actor)


def lock_own_board(actor: Actor) -> Board:
    """The board that the actor acts for, locked until the end of the transaction.

    Whatever changes mandates of a board or of its schools does this first, and so waits its turn: no two such changes
    run at once, and none can wait for another in a circle. Raises `Refused` when the actor may not (D4), and when the
    turn does not come in time (`schools.locking`).
    """
    with patiently():
        return _own_board(actor, Board.objects.select_for_update(no_key=True))


def _own_board(actor: Actor, boards) -> Board:
    board = boards.filter(number=actor.board_number or "").first()
    if board is None or not may_manage_mandates(actor, board):
        whose = f" voor {board}" if board else ""
        raise Refused(
            [
                Problem(
                    "not_allowed",
                    f"U mag geen mandaten beheren{whose}. Dat mag alleen een OSR-beheerder van het bestuur zelf.",
                )
            ]
        )
    return board


def _preview(intent: Intent, actor: Actor, board: Board) -> Preview:
    problems, rows = intent.plan(actor=actor, board=board)
    return Preview(intent=intent, problems=tuple(problems), rows=tuple(rows))


def differences(before: Iterable[Row], now: Iterable[Row], new_problems: Iterable[Problem] = ()) -> list[Problem]:
    """In words, per row, what a preview said before and what holds now."""
    said = {(row.holder, row.service, row.system): row for row in before}
    holds = {(row.holder, row.service, row.system): row for row in now}
    texts = [problem.text for problem in new_problems]
    for key in sorted(said.keys() | holds.keys()):
        was, is_now = said.get(key), holds.get(key)
        if was != is_now:
            holder, service, system = key
            was_text = was.text if was else "stond er niet bij"
            now_text = is_now.text if is_now else "staat er niet meer bij"
            texts.append(f"{holder}, {service}, {system}: was '{was_text}', is nu '{now_text}'.")
    return [
        Problem("changed_meanwhile", "Het register is intussen veranderd. Er is niets opgeslagen; bekijk het opnieuw."),
        *(Problem("changed_meanwhile", text) for text in texts),
    ]


def _carry_out(preview: Preview, actor: Actor) -> list[Mandate]:
    if preview.problems:
        raise Refused(preview.problems)
    grants = [grant for row in preview.rows for grant in row.grants]
    changes = [change for row in preview.rows for change in row.changes]
    if not grants and not changes:
        raise Refused([Problem("nothing_to_do", "Er is niets te doen. Er is niets veranderd.")])
    # First what ends, then what begins: a switch leaves no day with two (D2, D12).
    change_dates(changes, actor=actor)
    return _grant(grants, actor, preview.intent.grants_as) if grants else []


_CHANGE_DATES = """
UPDATE mandates_mandate SET start_date = changed.start_date, end_date = changed.end_date
FROM unnest(%s::uuid[], %s::date[], %s::date[]) AS changed (uuid, start_date, end_date)
WHERE mandates_mandate.uuid = changed.uuid
"""


def change_dates(changes: Iterable[NewDates], *, actor: Actor) -> None:
    """Give mandates their new dates: one statement per type of change, however many mandates."""
    by_type: dict[str, list[NewDates]] = {}
    for change in changes:
        by_type.setdefault(change.type, []).append(change)
    for type, of_type in sorted(by_type.items()):
        with act(type, actor=actor), connection.cursor() as cursor:
            cursor.execute(
                _CHANGE_DATES,
                [
                    [change.mandate for change in of_type],
                    [change.start_date for change in of_type],
                    [change.end_date for change in of_type],
                ],
            )


def _grant(grants: Sequence[NewMandate], actor: Actor, type: str) -> list[Mandate]:
    services = {service.code: service for service in Service.objects.filter(code__in={new.service for new in grants})}
    systems = {system.name: system for system in System.objects.filter(name__in={new.system for new in grants})}
    schools = {school.brin: school for school in School.objects.filter(brin__in={new.school for new in grants})}
    board = Board.objects.get(number=actor.board_number)
    with act(type, actor=actor):
        return Mandate.objects.bulk_create(
            Mandate(
                service=services[new.service],
                system=systems[new.system],
                school=schools[new.school] if new.school else None,
                board=board if new.board else None,
                granting_board=board,
                start_date=new.start_date,
                end_date=new.end_date,
                locations=list(new.locations) if new.locations else None,
            )
            for new in grants
        )


def ending(mandate: Mandate, last_day: date, *, type: str = "mandate.ended") -> NewDates:
    """The dates of `mandate` when it is valid up to and including `last_day`.

    A mandate that begins after `last_day` is cancelled: it ends the day before it begins, and covers no day (D9).
    """
    if mandate.start_date > last_day:
        kind = type if mandate.start_date <= today() else "mandate.cancelled"
        return NewDates(
            mandate=mandate.uuid, start_date=mandate.start_date, end_date=_day_before(mandate.start_date), type=kind
        )
    return NewDates(mandate=mandate.uuid, start_date=mandate.start_date, end_date=last_day, type=type)


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)
