"""Mistakes in a form, as the summary above it tells them."""

from collections.abc import Iterable
from dataclasses import dataclass

from journal.acts import Problem as Refusal
from mandates.actions import AgreementMissing

# Where a page says what to do about agreements that are missing (`agreements/lacking.html`).
LACKING = "#overeenkomsten-nodig"


@dataclass(frozen=True)
class Problem:
    """A mistake in a form, and the field it is about (`href`; empty when it is about none)."""

    text: str
    href: str = ""


def told(refusals: Iterable[Refusal]) -> list[Problem]:
    """What a rule stands in the way of, for the summary above a form."""
    return [Problem(each.text, LACKING if isinstance(each, AgreementMissing) else "") for each in refusals]


def kinds_lacking(refusals: Iterable[Refusal]) -> set[str]:
    """The kinds of agreement (codes) of which the refusals say that they are missing."""
    return {kind for each in refusals if isinstance(each, AgreementMissing) for kind in each.kinds}
