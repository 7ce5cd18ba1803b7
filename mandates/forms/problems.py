"""Mistakes in a form, as the summary above it tells them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """A mistake in a form, and the field it is about (`href`; empty when it is about none)."""

    text: str
    href: str = ""
