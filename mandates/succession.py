"""What a board can take over for the successor of a service (docs/decisions/028-succession.md)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from agreements.gate import missing_agreements
from journal.acts import Actor
from mandates.actions import Outcome, Row, Succeed, preview
from mandates.models import Mandate
from schools.models import Board, School
from services.models import SuccessionOffer, System


@dataclass(frozen=True)
class Candidate:
    """A mandate for the service that is replaced, what would come of it, and what stands in the way if anything.

    `needs_other_system`: its system cannot be chosen for the successor (D6). Of mandates that follow each other for
    one holder and system it is the first.
    """

    mandate: Mandate
    text: str
    warning: str
    lacking_agreements: Sequence[str]
    problem: str
    needs_other_system: bool

    @property
    def can_be_taken_over(self) -> bool:
        """Whether no rule stands in the way (D5, D6, D19)."""
        return not self.lacking_agreements and not self.problem


@dataclass(frozen=True)
class Holder:
    """A school with its candidates, or the board itself (`school` None)."""

    school: School | None
    candidates: Sequence[Candidate]

    @property
    def key(self) -> str:
        """What names it in a form: the BRIN, or `bestuur`."""
        return self.school.brin if self.school else "bestuur"

    @property
    def takeable(self) -> int:
        """How many of them can be taken over."""
        return sum(each.can_be_taken_over for each in self.candidates)


def candidates_for_succession(actor: Actor, board: Board, offer: SuccessionOffer, day: date) -> list[Candidate]:
    """What `board` can take over by `offer` on `day`, by school; in a fixed number of queries."""
    successor = offer.successor
    mandates = list(
        Mandate.objects.of_board(board.number)
        .of_offer(offer, day)
        .to_succeed(day)
        .select_related("school", "board", "service", "system__supplier")
        .order_by("school__name", "school__brin", "system__name", "system_id", "start_date", "pk")
    )
    firsts = [next(chain) for _, chain in groupby(mandates, key=lambda each: (each.school_id, each.system_id))]
    if not firsts:
        return []
    lacking = missing_agreements(board, [successor], {day, max(day, offer.starts_on)}).get(successor, [])
    connected = set(System.objects.filter(mandates__in=firsts).connected_for(successor, day))
    intent = Succeed(service=offer.service.code, mandates=tuple(mandate.uuid for mandate in firsts))
    rows = {(row.holder, row.system): row for row in preview(intent, actor=actor).rows}
    return [
        _candidate(
            mandate,
            rows[mandate.school.brin if mandate.school else board.number, mandate.system.name],
            lacking,
            offer,
            mandate.system in connected,
        )
        for mandate in firsts
    ]


def by_holder(candidates: Iterable[Candidate]) -> list[Holder]:
    """The candidates per school, in their own order."""
    return [Holder(school, list(own)) for school, own in groupby(candidates, key=lambda each: each.mandate.school)]


def _candidate(
    mandate: Mandate, row: Row, lacking: Sequence[str], offer: SuccessionOffer, is_connected: bool
) -> Candidate:
    successor = offer.successor
    if not successor.is_active:
        problem = f"De dienst {successor.code} is beëindigd. U kunt er geen mandaat meer voor geven."
    elif not is_connected:
        problem = f"{mandate.system} is niet aangesloten voor {successor.code}."
    else:
        problem = f"Kan niet: {row.text}" if row.outcome != Outcome.GRANTED else ""
    return Candidate(
        mandate=mandate,
        text=row.text,
        warning=row.warning,
        lacking_agreements=lacking,
        problem=problem,
        needs_other_system=successor.is_active and not is_connected,
    )
