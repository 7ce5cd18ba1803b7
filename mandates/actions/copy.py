"""Copying a mandate to other schools of the beheerder (D11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from journal.acts import Actor, Problem
from journal.clock import today
from mandates.actions.facts import days_in_words
from mandates.actions.grant import Grant
from mandates.actions.previews import Row
from mandates.models import Mandate
from mandates.wording import only_for
from schools.models import Board


@dataclass(frozen=True, kw_only=True)
class Copy:
    """The intention to give other schools (BRINs) the mandate that one school has.

    The copies begin today, or on the day on which the mandate itself begins when that lies in the future, and end when
    it ends. A limit to locations is not copied: those are the school's own.
    """

    mandate: UUID
    schools: tuple[str, ...]

    grants_as = "mandate.copied"

    def plan(self, *, actor: Actor, board: Board) -> tuple[Sequence[Problem], Sequence[Row]]:
        """See `mandates.actions.previews.Intent`."""
        source = (
            Mandate.objects.of_board(board.number)
            .filter(uuid=self.mandate)
            .select_related("service", "system", "school")
            .first()
        )
        if source is None:
            return [Problem("unknown_mandate", "Dit mandaat hoort niet bij dit bestuur.")], []
        if source.school is None:
            return [Problem("board_level", f"{source.service.code} geldt al voor het hele bestuur.")], []
        if source.is_over(today()):
            return [Problem("mandate_ended", "Dit mandaat is al beëindigd en kan niet gekopieerd worden.")], []
        grant = _GrantToOthers(
            schools=self.schools,
            choices=((source.service.code, source.system.name),),
            start_date=max(today(), source.start_date),
            end_date=source.end_date,
        )
        problems, rows = grant.plan(actor=actor, board=board)
        if source.school.brin in self.schools:
            problems = [
                *problems,
                Problem("copy_onto_itself", f"{source.school} heeft dit mandaat zelf. Kies andere scholen."),
            ]
        return problems, rows


class _GrantToOthers(Grant):
    """What is there already is told of as the mandate that is copied: whose it is stands above the list."""

    def _already(self, mandate: Mandate) -> str:
        only = f", {only_for(mandate.locations)}" if mandate.locations else ""
        return f"heeft dit mandaat al, {days_in_words(mandate)}{only}"
