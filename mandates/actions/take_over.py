"""Taking over the mandates of a school that came from another board (D20)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from journal.acts import Actor, Problem
from journal.clock import today
from journal.models import Entry
from mandates.actions.facts import Facts, choice_problems, school_problem
from mandates.actions.grant import refused
from mandates.actions.previews import NewMandate, Outcome, Row, ending
from mandates.models import Endpoint, Mandate
from mandates.wording import day_in_words
from schools.models import Board

# What ends a mandate earlier than the board that gave it meant (D20, A7).
_CUT_SHORT = {"mandate.grace_started", "mandate.agreement_ended"}


@dataclass(frozen=True, kw_only=True)
class TakeOver:
    """The intention of a school's new board to give, under its own agreement, the mandates that the old board gave.

    Each gets a new mandate from today on, with a token of its own; the old one ends yesterday. It lasts as long as the
    old board meant it to before the school moved.
    """

    mandates: tuple[UUID, ...]

    grants_as = "mandate.taken_over"

    def plan(self, *, actor: Actor, board: Board) -> tuple[Sequence[Problem], Sequence[Row]]:
        """See `mandates.actions.previews.Intent`."""
        wanted = list(dict.fromkeys(self.mandates))
        found = {
            mandate.uuid: mandate
            for mandate in Mandate.objects.to_take_over(board.number, today())
            .filter(uuid__in=wanted)
            .select_related("school", "service", "system__supplier", "granting_board")
        }
        problems = [
            Problem("nothing_to_take_over", "Een van de mandaten is niet over te nemen, of al overgenomen.")
            for uuid in wanted
            if uuid not in found
        ][:1]
        if not wanted:
            problems.append(Problem("no_mandate", "Kies ten minste één mandaat."))
        pairs = list(dict.fromkeys((mandate.service.code, mandate.system.name) for mandate in found.values()))
        facts = Facts(
            board,
            brins={mandate.school.brin for mandate in found.values()},
            services={code for code, _ in pairs},
            systems={name for _, name in pairs},
            since=today(),
        )
        problems += choice_problems(facts, pairs, today())
        ends = _ends_before_the_move(found.values())
        with_endpoint = set(
            Endpoint.objects.filter(mandate__in=found.values())
            .shown_on(today(), or_later=True)
            .values_list("mandate", flat=True)
        )
        return problems, [
            self._row(facts, found[uuid], ends, has_endpoint=found[uuid].pk in with_endpoint)
            for uuid in wanted
            if uuid in found
        ]

    def _row(self, facts: Facts, mandate: Mandate, ends: dict[str, date | None], *, has_endpoint: bool) -> Row:
        others = [
            other
            for other in facts.overlapping(
                mandate.school.brin, mandate.service.code, mandate.system.name, today(), None
            )
            if other.pk != mandate.pk
        ]
        if problem := school_problem(mandate.school, today()):
            return refused(mandate.school.brin, mandate.service, mandate.system, problem)
        if others:
            return refused(
                mandate.school.brin, mandate.service, mandate.system, "heeft al een eigen mandaat voor dit systeem"
            )
        start_date = max(today(), mandate.start_date)
        if lacking := facts.in_force.missing(facts.board.pk, mandate.service, {start_date}):
            return refused(
                mandate.school.brin,
                mandate.service,
                mandate.system,
                f"op {day_in_words(start_date)} is uw overeenkomst {' en '.join(lacking)} niet meer van kracht",
            )
        end_date = facts.last_day(mandate.service, mandate.school, start_date, ends[str(mandate.uuid)])
        until = f"tot en met {day_in_words(end_date)}" if end_date else "zonder einddatum"
        new = NewMandate(
            school=mandate.school.brin,
            board=None,
            service=mandate.service.code,
            system=mandate.system.name,
            start_date=start_date,
            end_date=end_date,
            locations=tuple(mandate.locations) if mandate.locations else None,
        )
        return Row(
            holder=mandate.school.brin,
            service=mandate.service.code,
            system=mandate.system.name,
            outcome=Outcome.TAKEN_OVER,
            text=f"wordt overgenomen, {until}",
            warning=_endpoint_warning(mandate) if has_endpoint else "",
            grants=(new,),
            changes=(ending(mandate, today() - timedelta(days=1)),),
        )


def _endpoint_warning(mandate: Mandate) -> str:
    """That its endpoint counts no longer: that was registered with the token of the old mandate (D18)."""
    return (
        f"Let op: het afleveradres hoort bij het oude mandaat. Vraag {mandate.system.supplier} om het vandaag opnieuw "
        "te registreren."
    )


def _ends_before_the_move(mandates: Collection[Mandate]) -> dict[str, date | None]:
    """Per mandate (UUID as text) the end that the board that gave it meant it to have; as the journal remembers it.

    That is what it was when its school moved or an agreement ended, or what that board made of it afterwards, if the
    school came back for a while.
    """
    ends = {str(mandate.uuid): mandate.end_date for mandate in mandates}
    gave = {str(mandate.uuid): mandate.granting_board.number for mandate in mandates}
    cut_short: set[str] = set()
    for entry in Entry.objects.filter(subject_kind="mandate", subject_key__in=ends, before__isnull=False).order_by(
        "id"
    ):
        key, before, after = entry.subject_key, entry.before["end_date"], entry.after["end_date"]
        if entry.type in _CUT_SHORT:
            if key not in cut_short:
                ends[key] = _day(before)
                cut_short.add(key)
        elif entry.actor["board_number"] == gave[key] and before != after:
            ends[key] = _day(after)
            cut_short.discard(key)
    return ends


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
