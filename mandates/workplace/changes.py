"""The newest changes of a board, school or mandate, as Kennisnet support sees them: with names, reasons and all."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from journal.models import Entry
from mandates.models import Endpoint, Mandate
from mandates.story import Difference, Story, what, who
from schools.models import Case

SHOWN = 20


@dataclass(frozen=True)
class ChangeRow:
    """One change in words: what happened to what, by whom and why."""

    moment: datetime
    what: str
    subject: str
    who: str
    differences: list[Difference]


def newest(about: Q, most: int = SHOWN) -> list[ChangeRow]:
    """The newest `most` changes that `about` selects, the newest first."""
    story = Story(Entry.objects.filter(about).order_by("-id")[:most])
    return [
        ChangeRow(entry.moment, what(entry), story.subject(entry), who(entry), list(story.differences(entry)))
        for entry in story.changes
    ]


def about_board(number: str) -> Q:
    """The changes that concern the board with this number."""
    return Q(boards__contains=[number])


def about_school(brin: str) -> Q:
    """The changes of a school and of what belongs to it: vestigingen, cases, mandates and their endpoints."""
    return (
        Q(subject_kind="school", subject_key=brin)
        | Q(subject_kind="location", subject_key__startswith=brin)
        | _these("case", Case.objects.filter(school__brin=brin).values_list("pk", flat=True))
        | about_mandates(Mandate.objects.filter(school__brin=brin).values_list("uuid", flat=True))
    )


def about_mandates(uuids: Collection[UUID]) -> Q:
    """The changes of these mandates and of their endpoints."""
    endpoints = Endpoint.objects.filter(mandate__uuid__in=list(uuids)).values_list("uuid", flat=True)
    return _these("mandate", uuids) | about_endpoints(endpoints)


def about_endpoints(uuids: Iterable[UUID]) -> Q:
    """The changes of these endpoints."""
    return _these("endpoint", uuids)


def _these(kind: str, keys: Iterable) -> Q:
    return Q(subject_kind=kind, subject_key__in=[str(key) for key in keys])
