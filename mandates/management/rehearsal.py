"""Doing something once as a rehearsal, to show what it would change, and then for good if it still does just that."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.db import connection, transaction

from journal.acts import Problem, Refused, transaction_number
from journal.models import Entry


class Change(NamedTuple):
    """What happened to one row, as the journal tells it."""

    type: str
    subject_kind: str
    subject_key: str
    before: dict[str, Any] | None
    after: dict[str, Any]


def rehearse(do: Callable[[], object]) -> list[Change]:
    """What `do` would change; nothing has changed afterwards. Whatever it raises is raised here too."""
    with transaction.atomic():
        changes = _changes(do)
        connection.check_constraints()
        transaction.set_rollback(True)
    return changes


def repeat(do: Callable[[], object], *, rehearsed: list[Change]) -> int:
    """Do it for good; returns the number of the transaction.

    Raises `Refused` when it would now change something else than it did in the rehearsal; then nothing has changed.
    """
    with transaction.atomic():
        if _changes(do) != rehearsed:
            raise Refused([Problem("changed_meanwhile", "Het register is intussen veranderd. Bekijk het opnieuw.")])
        return transaction_number()


def _changes(do: Callable[[], object]) -> list[Change]:
    entries = Entry.objects.filter(transaction_id=transaction_number()).order_by("id")
    earlier = set(entries.values_list("pk", flat=True))
    do()
    return [
        Change(entry.type, entry.subject_kind, entry.subject_key, entry.before, entry.after)
        for entry in entries.exclude(pk__in=earlier)
    ]
