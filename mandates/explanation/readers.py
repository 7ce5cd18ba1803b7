"""Who reads an explanation, and so in which words it is told.

Support reads everything. A supplier reads of its own mandates what happened and when, but no name of a person, no
reason that support wrote down for a bestuur, nothing of the agreements of the bestuur, and of other suppliers no more
than that there are some (docs/decisions/024-what-a-supplier-reads-of-an-explanation.md).
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from journal.acts import ActorKind
from journal.models import Entry
from mandates.as_of import MandateThen
from mandates.explanation.facts import Facts, columns_that_matter
from mandates.models import Mandate
from mandates.story import Story, who
from mandates.wording import exact_moment_in_words
from schools.models import Board, School
from services.models import Supplier, System

_KINDS = {ActorKind.ADMINISTRATOR: "de OSR-beheerder", ActorKind.SIGNATORY: "de tekenbevoegde"}
_NOT_FOR_SUPPLIERS = frozenset({"agreement"})
_ASK_KENNISNET = "Het bestuur kon dit mandaat toen niet geven. Het kan Kennisnet vragen wat daarvoor nodig is."
# What was asked stands as it was asked, however long.
_LONGEST = 60


class ForSupport(Story):
    """Tells Kennisnet support everything: who, why, and of whichever supplier."""

    for_supplier = False

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts.events)
        self.facts = facts

    def may_read(self, entry: Entry) -> bool:
        """Whether this reader is told that it happened."""
        return True

    def by(self, entry: Entry) -> str:
        """Who did it, in which role and why."""
        return who(entry)

    def number(self, mandate: Mandate) -> str:
        """By which support finds the mandate again."""
        return f" Mandaat {mandate.uuid}."

    def others(self, mandates: Sequence[MandateThen]) -> list[str]:
        """Whose mandates they are, of other suppliers than the one that was asked about."""
        return [
            f"Wel een mandaat op die dag: {mandate.system} (leverancier {self.supplier(mandate.supplier_oin)})."
            for mandate in mandates
        ]

    def switched_to(self, systems: Sequence[str]) -> str:
        """To which system the bestuur went over."""
        return f"een ander systeem ({', '.join(systems)})"

    def ended_with_agreement(self) -> str:
        """That the mandate ended because an agreement did (A7)."""
        return "Toen is ook een overeenkomst van het bestuur beëindigd."

    def lacks_agreement(self, lacking: list[str]) -> list[str]:
        """Why the bestuur could give no mandate; `lacking` says per agreement what is wrong with it."""
        return lacking

    def supplier(self, oin: str) -> str:
        """What a supplier is called."""
        name = self._suppliers.get(oin)
        return f"{name}, OIN {oin}" if name else f"onbekend, OIN {oin[:_LONGEST]}"

    def caller(self, oin: str, system_id: int | None) -> str:
        """Who asked, and with which system if it named one."""
        system = self._systems.get(system_id)
        return self._suppliers.get(oin, oin) + (f" met {system}" if system else "")

    @cached_property
    def _suppliers(self) -> dict[str, str]:
        return dict(Supplier.objects.values_list("oin", "name"))

    @cached_property
    def _systems(self) -> dict[int, str]:
        return dict(System.objects.values_list("pk", "name"))

    # --- What happened ---

    def subject(self, change: Any) -> str:
        row = change.after
        match change.subject_kind:
            case "mandate":
                return f"{self.holder(row)}, {self.services.get(row['service_id'])}, {self.systems[row['system_id']]}"
            case "qualification":
                return f"{self.systems.get(row['system_id'])} voor {self.services.get(row['service_id'])}"
            case "api_key":
                return f"‘{row['name']}’ van {self.systems.get(row['system_id'])}"
            case "agreement":
                return row["kind"]
            case "supplier":
                return row["name"]
        return change.subject_key

    def holder(self, row: dict) -> str:
        """For which school, or for which bestuur."""
        return self.schools.get(row["school_id"]) or f"heel bestuur {self.boards.get(row['board_id'])}"

    def left_out(self, change: Any) -> frozenset[str]:
        others = change.after.keys() - columns_that_matter(change.subject_kind)
        return super().left_out(change) | (frozenset() if change.subject_kind == "mandate" else frozenset(others))

    def in_words(self, column: str, row: dict) -> str:
        if column in ("expires_at", "revoked_at") and row.get(column):
            return exact_moment_in_words(datetime.fromisoformat(row[column]))
        return super().in_words(column, row)

    @cached_property
    def boards(self) -> dict[int, str]:
        boards = Board.objects.filter(pk__in=self.named("board_id", "granting_board_id"))
        return {board.pk: f"{board.number} ({board.name})" if board.name else board.number for board in boards}

    @cached_property
    def schools(self) -> dict[int, str]:
        return {school.pk: str(school) for school in School.objects.filter(pk__in=self.named("school_id"))}


class ForSupplier(ForSupport):
    """Tells the supplier that was asked about what concerns itself."""

    for_supplier = True

    def may_read(self, entry: Entry) -> bool:
        return entry.subject_kind not in _NOT_FOR_SUPPLIERS

    def by(self, entry: Entry) -> str:
        actor = entry.actor
        match actor["kind"]:
            case ActorKind.ADMINISTRATOR | ActorKind.SIGNATORY as kind:
                return f"{_KINDS[kind]} van het bestuur"
            case ActorKind.SUPPORT:
                return "Kennisnet support" + (", namens het bestuur" if actor.get("board_number") else "")
            case ActorKind.SUPPLIER:
                return "de leverancier zelf" if self._is_own(actor.get("supplier_oin")) else "een leverancier"
        return f"het register zelf ({actor['name']})"

    def number(self, mandate: Mandate) -> str:
        return ""

    def others(self, mandates: Sequence[MandateThen]) -> list[str]:
        return ["Wel een mandaat op die dag: een systeem van een andere leverancier."] if mandates else []

    def switched_to(self, systems: Sequence[str]) -> str:
        return "een ander systeem"

    def ended_with_agreement(self) -> str:
        return ""

    def lacks_agreement(self, lacking: list[str]) -> list[str]:
        return [_ASK_KENNISNET] if lacking else []

    def supplier(self, oin: str) -> str:
        is_other = oin in self._suppliers and not self._is_own(oin) and not self._is_of_group(oin)
        return "een andere leverancier" if is_other else super().supplier(oin)

    def caller(self, oin: str, system_id: int | None) -> str:
        return super().caller(oin, system_id) if self._is_own(oin) else "een andere leverancier"

    def _is_own(self, oin: str | None) -> bool:
        return oin == self.facts.question.supplier_oin

    def _is_of_group(self, oin: str) -> bool:
        """Legally a mandate is given to the group: its suppliers may know of each other."""
        supplier = self.facts.supplier
        return bool(supplier) and Supplier.objects.filter(oin=oin, group=supplier.group_id).exists()
