"""Undoing what was confirmed: within the day, or as long as none of it has begun (D12, D13, D14)."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from agreements.gate import InForce
from journal.acts import Actor, Problem, Refused
from journal.clock import today
from journal.models import Entry
from mandates.actions.change import by_subject, end_problem
from mandates.actions.previews import NewDates, change_dates, lock_own_board
from mandates.models import Mandate
from mandates.wording import last_change

# What can be undone: what a person confirms about mandates. What else changes them has its own way back.
_UNDOABLE = frozenset(
    f"mandate.{what}" for what in ("granted", "copied", "taken_over", "changed", "ended", "revoked", "cancelled")
)


class _Done(NamedTuple):
    entry: Entry
    mandate: Mandate


def undo(*, actor: Actor, transaction_id: int) -> list[Mandate]:
    """Undo all that one confirmation did to mandates, as a new change; returns the mandates as they have become.

    `transaction_id` is that of the journal entries of the confirmation. What it gave is cancelled or, when it was
    valid today already, revoked; what it changed gets its former dates back.

    Raises `Refused` when the actor may not (D4), when it was not done today and some of it has begun, when one of the
    mandates has changed since, and when its former dates are no longer free (D2) or its school (D19) or an agreement
    that it needs (D5) ends before they do: then nothing is undone.
    """
    with transaction.atomic():
        board = lock_own_board(actor)
        related = ("service", "system", "school", "board", "granting_board", "entry")
        mandates = Mandate.objects.of_board(board.number).select_related(*related)
        done = _what_was_done([transaction_id], board.number, mandates).get(transaction_id)
        if not done:
            raise Refused([Problem("nothing_to_undo", "Er is niets om ongedaan te maken.")])
        problems = [*_later_changes(done), *_too_late(done), *_only_past(done)] or _no_way_back(done)
        if problems:
            raise Refused(problems)
        # First what was given, then what it replaced: no day has two (D2).
        given = [_taken_back(mandate) for entry, mandate in done if entry.before is None]
        with_former_dates = [_restored(entry, mandate) for entry, mandate in done if entry.before is not None]
        change_dates(given, actor=actor)
        change_dates(with_former_dates, actor=actor)
        return list(Mandate.objects.filter(pk__in=[mandate.pk for _, mandate in done]))


def undoable(transaction_ids: Collection[int], *, board_number: str) -> set[int]:
    """Those of these confirmations that a person acting for the board can undo now, as far as they themselves tell.

    For lists: whether former dates are still free is looked at only when it comes to undoing.
    """
    mandates = Mandate.objects.of_board(board_number).only("uuid", "start_date", "end_date", "entry_id")
    return {
        number
        for number, done in _what_was_done(transaction_ids, board_number, mandates).items()
        if not (_changed_since(done) or _is_too_late(done) or _with_only_past(done))
    }


def _what_was_done(
    transaction_ids: Collection[int], board_number: str, mandates: QuerySet[Mandate]
) -> dict[int, list[_Done]]:
    """What each confirmation did to `mandates`; without those that did something else too, or that another board did.

    What the former board of a school took away, the new one must not give back: it takes over or gives anew (D20).
    """
    entries: dict[int, dict[str, Entry]] = {}
    changes = Entry.objects.filter(transaction_id__in=transaction_ids).defer("reason", "boards", "suppliers")
    for entry in changes.order_by("id"):
        of_this = entries.setdefault(entry.transaction_id, {})
        if entry.type not in _UNDOABLE or entry.actor["board_number"] != board_number:
            of_this[""] = entry  # the key of no mandate
        of_this[entry.subject_key] = entry
    only_mandates = {number: of_this for number, of_this in entries.items() if "" not in of_this}
    keys = {key for of_this in only_mandates.values() for key in of_this}
    found = {str(mandate.uuid): mandate for mandate in mandates.filter(uuid__in=keys)}
    return {
        number: [_Done(entry, found[key]) for key, entry in of_this.items()]
        for number, of_this in only_mandates.items()
        if of_this.keys() <= found.keys()
    }


def _changed_since(done: Sequence[_Done]) -> list[Mandate]:
    return [mandate for entry, mandate in done if mandate.entry_id != entry.pk]


def _later_changes(done: Sequence[_Done]) -> list[Problem]:
    changed = _changed_since(done)
    if not changed:
        return []
    if len(changed) == len(done) and all(mandate.entry.type == "mandate.undone" for mandate in changed):
        return [Problem("undone_already", "Dit is al ongedaan gemaakt.")]
    first, others = changed[0], len(changed) - 1
    and_others = f" En {others} {'ander mandaat ook' if others == 1 else 'andere mandaten ook'}." if others else ""
    return [
        Problem(
            "changed_since",
            f"Het mandaat {first} is daarna nog veranderd. {last_change(first)}{and_others} "
            "Er is niets ongedaan gemaakt.",
        )
    ]


def _no_way_back(done: Sequence[_Done]) -> list[Problem]:
    """What came in the place of the former dates meanwhile: another mandate (D2), or a closing day (D19)."""
    changed = [(mandate, _restored(entry, mandate)) for entry, mandate in done if entry.before is not None]
    undone = {mandate.pk for _, mandate in done}
    others = by_subject(mandate for mandate, _ in changed)
    in_force = InForce.of({mandate.granting_board_id for mandate, _ in changed})
    problems = []
    for mandate, dates in changed:
        staying = [other for other in others(mandate) if other.pk not in undone]
        # What this board itself made shorter it may make as long again, whoever gave it (D20).
        problem = end_problem(mandate, mandate.granting_board, dates.start_date, dates.end_date, staying, in_force)
        if problem:
            problems.append(Problem("no_way_back", f"{mandate} kan niet terug naar de oude datums. {problem}"))
    return problems


def _with_only_past(done: Sequence[_Done]) -> list[Mandate]:
    """What support gave for days that are past stays as it is: the past does not change (D7, D9)."""
    return [
        mandate
        for entry, mandate in done
        if entry.before is None and mandate.is_over(today()) and not mandate.is_cancelled
    ]


def _only_past(done: Sequence[_Done]) -> list[Problem]:
    return [
        Problem("only_past", f"Het mandaat {mandate} gold alleen op dagen die voorbij zijn. Dat verandert niet meer.")
        for mandate in _with_only_past(done)
    ]


def _is_too_late(done: Sequence[_Done]) -> bool:
    done_today = all(timezone.localdate(entry.moment) == today() for entry, _ in done)
    return not (done_today or all(_lies_ahead(entry) for entry, _ in done))


def _too_late(done: Sequence[_Done]) -> list[Problem]:
    if not _is_too_late(done):
        return []
    return [
        Problem(
            "too_late",
            "Dit is niet vandaag gedaan, en een deel ervan geldt al. Geef een nieuw mandaat of trek het in.",
        )
    ]


def _lies_ahead(entry: Entry) -> bool:
    """Whether up to today the mandate is as it would have been without this change."""
    before, after = entry.before, entry.after
    if before is None:
        return date.fromisoformat(after["start_date"]) > today()
    starts = {before["start_date"], after["start_date"]}
    ends = {before["end_date"], after["end_date"]}
    # Valid today or not: a start counts from its day on, an end up to and including its day.
    return (len(starts) == 1 or all(date.fromisoformat(day) > today() for day in starts)) and all(
        day is None or date.fromisoformat(day) >= today() for day in ends
    )


def _taken_back(mandate: Mandate) -> NewDates:
    """The dates of a mandate as if it had not been given; days before today on which it was valid stay so (D9)."""
    end_date = max(mandate.start_date, today()) - timedelta(days=1)
    return NewDates(mandate=mandate.uuid, start_date=mandate.start_date, end_date=end_date, type="mandate.undone")


def _restored(entry: Entry, mandate: Mandate) -> NewDates:
    before = entry.before
    return NewDates(
        mandate=mandate.uuid,
        start_date=date.fromisoformat(before["start_date"]),
        end_date=date.fromisoformat(before["end_date"]) if before["end_date"] else None,
        type="mandate.undone",
    )
