"""Choosing schools: many at once, with what each choice will do."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django import forms
from django.http import QueryDict

from schools.models import Board, School
from schools.numbers import BRIN

_LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Prospect:
    """What would happen to a school, or why it cannot be chosen."""

    text: str = ""
    warning: str = ""
    can_be_chosen: bool = True


@dataclass(frozen=True)
class SchoolLine:
    """A school as the page shows it. One that the search did not find stays ticked if it was, out of sight."""

    school: School
    prospect: Prospect
    is_chosen: bool
    is_found: bool


class SchoolsField(forms.Field):
    """The BRINs that were ticked, in the order of the page.

    One that is not on the page any more comes last: it closed or moved meanwhile, and is told of instead of left out in
    silence (D19, D20). What is no BRIN counts for nothing.
    """

    widget = forms.SelectMultiple
    default_error_messages = {"required": "Kies ten minste één school."}

    def __init__(self, *, schools: Sequence[School], **more) -> None:
        super().__init__(**more)
        self.schools = schools

    def to_python(self, value: Sequence[str] | None) -> tuple[str, ...]:
        chosen = {brin for brin in value or () if re.fullmatch(BRIN, brin)}
        listed = [school.brin for school in self.schools if school.brin in chosen]
        return (*listed, *sorted(chosen.difference(listed)))

    def validate(self, value: Sequence[str]) -> None:
        if self.required and not value:
            raise forms.ValidationError(self.error_messages["required"])


def words_of(data: Mapping[str, str]) -> str:
    """What was searched for."""
    return data.get("zoek", "").replace("\0", "").strip()[:_LONGEST_SEARCH]


def school_lines(
    schools: Sequence[School], data: QueryDict, board: Board, prospects: Mapping[str, Prospect] | None = None
) -> list[SchoolLine]:
    """The schools to choose from, as `data` (what was sent, or the address) has them; `prospects` are by BRIN."""
    prospects = prospects or {}
    words = words_of(data)
    found = {school.brin for school in schools}
    if words:
        found &= set(School.objects.of_board(board.number).matching(words).values_list("brin", flat=True))
    chosen = set(data.getlist("scholen"))
    match data.get("stap"):
        case "alles":
            chosen |= found
        case "niets":
            chosen -= found
    return [
        SchoolLine(school, prospect, prospect.can_be_chosen and school.brin in chosen, school.brin in found)
        for school in schools
        for prospect in [prospects.get(school.brin, Prospect())]
    ]
