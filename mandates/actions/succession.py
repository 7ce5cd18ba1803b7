"""Taking over the mandates for a service that is replaced, for its successor (docs/decisions/028-succession.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise
from uuid import UUID

from journal.acts import Actor, Problem
from journal.clock import today
from mandates.actions.facts import Facts, already_in_words, choice_problems, school_problem
from mandates.actions.grant import other_system_warning, refused, shorter_warning
from mandates.actions.previews import NewMandate, Outcome, Row
from mandates.models import Mandate
from mandates.wording import day_in_words, only_for
from schools.models import Board
from services.models import SuccessionOffer


@dataclass(frozen=True, kw_only=True)
class Succeed:
    """The intention of a board to give, for the successor of `service` (a code), what it gives for that service.

    Each holder gets a new mandate for the same system, with a token of its own. It begins on the day that the offer of
    support says, or today when that is later; it ends when the old one does, unless that was to end before. The old
    mandates stay as they are.
    """

    service: str
    mandates: tuple[UUID, ...]

    grants_as = "mandate.granted"

    def plan(self, *, actor: Actor, board: Board) -> tuple[Sequence[Problem], Sequence[Row]]:
        """See `mandates.actions.previews.Intent`."""
        offer = SuccessionOffer.objects.open_on(today()).filter(service__code=self.service).first()
        if offer is None:
            return [Problem("offer_closed", f"De mandaten voor {self.service} staan niet meer ter overname.")], []
        wanted = set(self.mandates)
        chains = [
            chain
            for chain in _chains(Mandate.objects.of_board(board.number).filter(service=offer.service))
            if wanted & {mandate.uuid for mandate in chain}
        ]
        found = {mandate.uuid for chain in chains for mandate in chain}
        pairs = list(dict.fromkeys((offer.successor.code, chain[0].system.name) for chain in chains))
        facts = Facts(
            board,
            brins={chain[0].school.brin for chain in chains if chain[0].school},
            services={offer.successor.code},
            systems={name for _, name in pairs},
            since=today(),
        )
        problems = choice_problems(facts, pairs, max(today(), offer.starts_on))
        if wanted - found:
            problems.append(Problem("nothing_to_take_over", "Een van de mandaten is niet over te nemen."))
        if not wanted:
            problems.append(Problem("no_mandate", "Kies ten minste één mandaat."))
        return problems, [_row(facts, offer, chain) for chain in chains]


def _chains(mandates) -> list[list[Mandate]]:
    """Those that follow each other, for one holder and one system; by school."""
    ordered = (
        mandates.current_and_coming(today())
        .select_related("school", "board", "system")
        .order_by("school__name", "school__brin", "system__name", "system_id", "start_date", "pk")
    )
    return [list(own) for _, own in groupby(ordered, key=lambda each: (each.school_id, each.system_id))]


def _row(facts: Facts, offer: SuccessionOffer, chain: Sequence[Mandate]) -> Row:
    first, last = chain[0], chain[-1]
    school, system, successor = first.school, facts.systems[first.system.name], facts.services[offer.successor.code]
    holder = school.brin if school else facts.board.number
    start_date = max(today(), offer.starts_on, first.start_date)
    if school and (problem := school_problem(school, start_date)):
        return refused(holder, successor, system, problem)
    if lacking := facts.in_force.missing(facts.board.pk, successor, {start_date}):
        why = f"op {day_in_words(start_date)} is uw overeenkomst {' en '.join(lacking)} niet meer van kracht"
        return refused(holder, successor, system, why)
    if not _goes_on_alike(chain):
        why = f"{system.name} heeft er na elkaar verschillende voor {offer.service.code}, of met een onderbreking"
        return refused(holder, successor, system, f"{why}; voeg het mandaat voor {successor.code} zelf toe")
    end_date = facts.last_day(successor, school, start_date, _meant_end(last, facts.board, start_date))
    if overlapping := facts.overlapping(holder, successor.code, system.name, start_date, end_date):
        return Row(
            holder=holder,
            service=successor.code,
            system=system.name,
            outcome=Outcome.HAS_ALREADY,
            text=already_in_words(overlapping[0]),
            warning=shorter_warning(overlapping, start_date, end_date),
        )
    new = NewMandate(
        school=school.brin if school else None,
        board=None if school else facts.board.number,
        service=successor.code,
        system=system.name,
        start_date=start_date,
        end_date=end_date,
        locations=tuple(last.locations) if last.locations else None,
    )
    until = f"tot en met {day_in_words(end_date)}" if end_date else "zonder einddatum"
    only = f", {only_for(last.locations)}" if last.locations else ""
    begins = f"krijgt een mandaat vanaf {day_in_words(start_date)}, {until}{only}"
    return Row(
        holder=holder,
        service=successor.code,
        system=system.name,
        outcome=Outcome.GRANTED,
        text=f"{begins}; {offer.service.code} blijft zoals het is",
        warning=other_system_warning(facts, new),
        grants=(new,),
    )


def _goes_on_alike(chain: Sequence[Mandate]) -> bool:
    """Whether each follows the one before without a day between, for the same locations: then one can succeed all."""
    return all(
        before.end_date is not None
        and before.end_date + timedelta(days=1) == after.start_date
        and before.locations == after.locations
        for before, after in pairwise(chain)
    )


def _meant_end(mandate: Mandate, board: Board, start_date: date) -> date | None:
    """The end that the board itself chose. What ends before the successor begins, or because another board gave it and
    its school moved (D20), was not meant to end there."""
    if mandate.end_date is None or mandate.end_date < start_date or mandate.granting_board_id != board.pk:
        return None
    return mandate.end_date
