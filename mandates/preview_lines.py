"""What a preview says, line by line: on its page, and in its file (D12)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mandates.actions import Outcome, Row


@dataclass(frozen=True)
class PreviewLine:
    """A row of a preview as it is shown, or several that differ in their service only."""

    row: Row
    holder: str
    services: str
    mandates: int = 1

    @property
    def is_refused(self) -> bool:
        """Whether a rule stands in the way; else there is just nothing to do."""
        return self.row.outcome == Outcome.REFUSED


def lines_of(rows: Iterable[Row], names: Mapping[str, str], *, joins_services: bool) -> list[PreviewLine]:
    """The lines of `rows`; `names` says how a person calls each holder.

    `joins_services`: what happens alike to several services of a holder is said on one line.
    """
    alike: dict[tuple | int, list[Row]] = {}
    for number, row in enumerate(rows):
        key = (row.holder, row.system, row.text, row.warning, row.outcome) if joins_services else number
        alike.setdefault(key, []).append(row)
    return [
        PreviewLine(of_line[0], names.get(of_line[0].holder, of_line[0].holder), _services(of_line), len(of_line))
        for of_line in alike.values()
    ]


def _services(rows: Sequence[Row]) -> str:
    codes = Counter(row.service for row in rows)
    return ", ".join(code if count == 1 else f"{code} ({count} mandaten)" for code, count in codes.items())
