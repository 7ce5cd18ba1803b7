"""Changing mandates that are there: their dates, or revoking them (D8, D9, D13)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.utils.functional import SimpleLazyObject

from agreements.gate import InForce
from journal.acts import Actor, Problem
from journal.clock import today
from mandates.actions.previews import NewDates, Outcome, Row, carry_out, ending
from mandates.models import Mandate
from mandates.wording import day_in_words
from schools.models import Board

_ENDED = "Dit mandaat is al beëindigd. Er is niets veranderd."


class _ChangeOfMandates:
    """What the changes have in common: they go through mandates of the board, one row each."""

    mandates: tuple[UUID, ...]
    grants_as = "mandate.granted"  # they give none

    def plan(self, *, actor: Actor, board: Board) -> tuple[Sequence[Problem], Sequence[Row]]:
        """See `mandates.actions.previews.Intent`."""
        wanted = list(dict.fromkeys(self.mandates))
        # Thousands of mandates share a few schools, services and systems: each of those is read once.
        found = {
            mandate.uuid: mandate
            for mandate in Mandate.objects.of_board(board.number)
            .with_uuids(wanted)
            .prefetch_related("school", "board", "service", "system")
        }
        problems = list(self.problems(actor))
        if not wanted:
            problems.append(Problem("no_mandate", "Kies ten minste één mandaat."))
        problems += [
            Problem("unknown_mandate", "Een van de mandaten hoort niet bij dit bestuur.")
            for uuid in wanted
            if uuid not in found
        ][:1]
        around = _Around(board, today(), found.values())
        rows = [self._row(found[uuid], around) for uuid in wanted if uuid in found]
        return problems, rows

    def problems(self, actor: Actor) -> Sequence[Problem]:
        """What is wrong with the intention itself."""
        return ()

    def _row(self, mandate: Mandate, around: "_Around") -> Row:
        raise NotImplementedError


class _Around:
    """What a change of mandates is judged by: the board that asks, the day, and the mandates that stay."""

    def __init__(self, board: Board, day: date, mandates: Iterable[Mandate]) -> None:
        self.board, self.day, self._mandates = board, day, mandates

    @cached_property
    def others(self) -> Callable[[Mandate], Sequence["Span"]]:
        """See `by_subject`; not read when nobody asks."""
        return by_subject(self._mandates)

    @cached_property
    def in_force(self) -> InForce:
        """The agreements of the boards that gave the mandates; not read when no mandate gets more days."""
        return SimpleLazyObject(lambda: InForce.of({mandate.granting_board_id for mandate in self._mandates}))

    def end_problem(self, mandate: Mandate, start_date: date, end_date: date | None) -> str:
        """See `end_problem` below."""
        return end_problem(mandate, self.board, start_date, end_date, self.others(mandate), self.in_force)


class Span(NamedTuple):
    """From when until when some mandate is valid."""

    pk: int
    start_date: date
    end_date: date | None


def by_subject(mandates: Iterable[Mandate]) -> Callable[[Mandate], Sequence[Span]]:
    """Per mandate the other ones of the same holder, service and system, read in one query."""
    mandates = list(mandates)
    same = Mandate.objects.filter(
        system__in={mandate.system_id for mandate in mandates}, service__in={mandate.service_id for mandate in mandates}
    )
    same = same.filter(school__in={mandate.school_id for mandate in mandates if mandate.school_id}) | same.filter(
        board__in={mandate.board_id for mandate in mandates if mandate.board_id}
    )
    subjects: dict[tuple, list[Span]] = {}
    for *subject, pk, start_date, end_date in same.order_by("start_date", "pk").values_list(
        "school_id", "board_id", "service_id", "system_id", "pk", "start_date", "end_date"
    ):
        subjects.setdefault(tuple(subject), []).append(Span(pk, start_date, end_date))
    return lambda mandate: [other for other in subjects[_subject(mandate)] if other.pk != mandate.pk]


def _subject(mandate: Mandate) -> tuple:
    return mandate.school_id, mandate.board_id, mandate.service_id, mandate.system_id


def _row(mandate: Mandate, outcome: Outcome, text: str, *changes: NewDates) -> Row:
    return Row(
        holder=mandate.school.brin if mandate.school else mandate.board.number,
        service=mandate.service.code,
        system=mandate.system.name,
        outcome=outcome,
        text=text,
        changes=changes,
    )


@dataclass(frozen=True, kw_only=True)
class Revoke(_ChangeOfMandates):
    """The intention to revoke mandates at once: not valid today or later; for days before today they were (D9).

    A mandate that had not started is cancelled: it was never valid on any day.
    """

    mandates: tuple[UUID, ...]

    def _row(self, mandate: Mandate, around: _Around) -> Row:
        if mandate.is_over(around.day):
            return _row(mandate, Outcome.REFUSED, _ENDED)
        dates = ending(mandate, around.day - timedelta(days=1), type="mandate.revoked")
        if dates.type == "mandate.cancelled":
            return _row(mandate, Outcome.CANCELLED, "wordt geannuleerd en is nooit geldig", dates)
        return _row(mandate, Outcome.REVOKED, "is vanaf nu niet meer geldig", dates)


@dataclass(frozen=True, kw_only=True)
class ChangeEnd(_ChangeOfMandates):
    """The intention to give mandates another last day; None lets them go on (D8).

    A mandate that another board gave (D20) can only end earlier: to let it last, the present board takes it over.
    """

    mandates: tuple[UUID, ...]
    end_date: date | None

    def problems(self, actor: Actor) -> Sequence[Problem]:
        """See above."""
        if self.end_date is not None and self.end_date < today():
            return [
                Problem(
                    "end_in_past",
                    "De einddatum ligt in het verleden. Kies vandaag of een latere dag, of trek het mandaat in.",
                )
            ]
        return ()

    def _row(self, mandate: Mandate, around: _Around) -> Row:
        if mandate.is_over(around.day):
            return _row(mandate, Outcome.REFUSED, _ENDED)
        if self.end_date == mandate.end_date:
            return _row(mandate, Outcome.UNCHANGED, "heeft deze einddatum al")
        problem = around.end_problem(mandate, mandate.start_date, self.end_date)
        if problem:
            return _row(mandate, Outcome.REFUSED, problem)
        until = f"eindigt op {day_in_words(self.end_date)}" if self.end_date else "krijgt geen einddatum"
        if mandate.end_date:
            until += f" (nu: {day_in_words(mandate.end_date)})"
        dates = NewDates(
            mandate=mandate.uuid, start_date=mandate.start_date, end_date=self.end_date, type="mandate.changed"
        )
        return _row(mandate, Outcome.CHANGED, until, dates)


@dataclass(frozen=True, kw_only=True)
class ChangeStart(_ChangeOfMandates):
    """The intention to let mandates that have not begun begin on another day, today or later (D8)."""

    mandates: tuple[UUID, ...]
    start_date: date

    def problems(self, actor: Actor) -> Sequence[Problem]:
        """See above."""
        if self.start_date < today():
            return [Problem("start_in_past", "De startdatum ligt in het verleden. Kies vandaag of een latere dag.")]
        return ()

    def _row(self, mandate: Mandate, around: _Around) -> Row:
        if mandate.is_over(around.day):
            return _row(mandate, Outcome.REFUSED, _ENDED)
        if mandate.start_date <= around.day:
            return _row(mandate, Outcome.REFUSED, "is al begonnen; de startdatum staat vast")
        if self.start_date == mandate.start_date:
            return _row(mandate, Outcome.UNCHANGED, "heeft deze startdatum al")
        problem = around.end_problem(mandate, self.start_date, mandate.end_date)
        if problem:
            return _row(mandate, Outcome.REFUSED, problem)
        dates = NewDates(
            mandate=mandate.uuid, start_date=self.start_date, end_date=mandate.end_date, type="mandate.changed"
        )
        return _row(mandate, Outcome.CHANGED, f"begint op {day_in_words(self.start_date)}", dates)


@dataclass(frozen=True, kw_only=True)
class ChangeDates(_ChangeOfMandates):
    """The intention to give one mandate these dates, both at once; no `end_date` lets it go on (D8).

    `seen` are the dates that the person saw: when somebody else changed them meanwhile, nothing happens.
    """

    mandate: UUID
    start_date: date
    end_date: date | None
    seen: tuple[date, date | None]

    @property
    def mandates(self) -> tuple[UUID, ...]:
        """The one that changes."""
        return (self.mandate,)

    def _row(self, mandate: Mandate, around: _Around) -> Row:
        if mandate.is_over(around.day):
            return _row(mandate, Outcome.REFUSED, _ENDED)
        if (self.start_date, self.end_date) == (mandate.start_date, mandate.end_date):
            return _row(mandate, Outcome.UNCHANGED, "heeft deze datums al")
        if self.seen != (mandate.start_date, mandate.end_date):
            return _row(mandate, Outcome.REFUSED, "Dit mandaat is intussen veranderd. Er is niets opgeslagen.")
        if problem := self._problem(mandate) or around.end_problem(mandate, self.start_date, self.end_date):
            return _row(mandate, Outcome.REFUSED, problem)
        until = f"tot en met {day_in_words(self.end_date)}" if self.end_date else "zonder einddatum"
        dates = NewDates(
            mandate=mandate.uuid, start_date=self.start_date, end_date=self.end_date, type="mandate.changed"
        )
        return _row(mandate, Outcome.CHANGED, f"geldt vanaf {day_in_words(self.start_date)} {until}", dates)

    def _problem(self, mandate: Mandate) -> str:
        """Why these dates are no longer to be had: they are past, or the mandate has begun (D7, D8); else empty."""
        if self.start_date != mandate.start_date:
            if mandate.start_date <= today():
                return "Dit mandaat is al begonnen. De startdatum staat vast."
            if self.start_date < today():
                return "De startdatum ligt in het verleden. Kies vandaag of een latere dag."
        if self.end_date is not None and self.end_date < today():
            return "De einddatum ligt in het verleden. Kies vandaag of een latere dag, of trek het mandaat in."
        return ""


def end_problem(
    mandate: Mandate,
    board: Board,
    start_date: date,
    end_date: date | None,
    others: Sequence[Span],
    in_force: InForce,
) -> str:
    """Why `mandate` cannot be valid from `start_date` up to and including `end_date`; else empty.

    Rules D2, D5, D7, D19 and D20. `others` are those of the same holder, service and system; `in_force` are the
    agreements of the board that gave it.
    """
    if end_date is not None and end_date < start_date:
        return f"De einddatum ligt vóór de startdatum ({day_in_words(start_date)})."
    last_day = mandate.school.closed_on if mandate.school else None
    if last_day and (end_date is None or end_date > last_day):
        return f"De school sluit op {day_in_words(last_day)}. Het mandaat kan niet later eindigen."
    lasts_longer = mandate.end_date is not None and (end_date is None or end_date > mandate.end_date)
    if mandate.granting_board_id != board.pk and (lasts_longer or start_date < mandate.start_date):
        return "Dit mandaat is door een ander bestuur gegeven. Neem het over als het langer moet gelden."
    for other in others:
        if (end_date is None or other.start_date <= end_date) and (
            other.end_date is None or (other.end_date >= start_date and other.end_date >= other.start_date)
        ):
            return f"Er is al een mandaat voor dit systeem vanaf {day_in_words(other.start_date)}."
    return _agreement_problem(mandate, start_date, end_date, in_force)


def _agreement_problem(mandate: Mandate, start_date: date, end_date: date | None, in_force: InForce) -> str:
    """That on a day which the mandate would get an agreement is missing that it needs (D5); else empty."""
    for first_day, last_day in days_it_gets(mandate.start_date, mandate.end_date, start_date, end_date):
        until = in_force.last_day(mandate.granting_board_id, mandate.service, first_day)
        if until >= last_day:
            continue
        day = until + timedelta(days=1)
        kinds = " en ".join(in_force.missing(mandate.granting_board_id, mandate.service, {day}))
        if in_force.missing(mandate.granting_board_id, mandate.service, {until}):
            return f"Op {day_in_words(day)} is er geen overeenkomst {kinds} van kracht. Kies andere datums."
        return f"De overeenkomst {kinds} geldt tot en met {day_in_words(until)}. Het mandaat kan niet langer gelden."
    return ""


def days_it_gets(
    had_from: date, had_until: date | None, start_date: date, end_date: date | None
) -> Iterator[tuple[date, date]]:
    """The days that a mandate gets when its dates change, as the first and last of each row; `date.max` is no end."""
    last_day = end_date or date.max
    if had_until is not None and had_until < had_from:
        # It was cancelled: it had no day.
        yield start_date, last_day
        return
    if start_date < had_from:
        yield start_date, min(last_day, had_from - timedelta(days=1))
    if had_until is not None and had_until < last_day:
        yield max(start_date, had_until + timedelta(days=1)), last_day


def revoke_mandate(*, actor: Actor, mandate: Mandate) -> Mandate:
    """Revoke one mandate at once (see `Revoke`); returns it as it has become.

    Raises `Refused` when the actor may not (D4), or when the mandate has ended already.
    """
    carry_out(Revoke(mandates=(mandate.uuid,)), actor=actor)
    return Mandate.objects.get(pk=mandate.pk)
