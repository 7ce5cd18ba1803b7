"""Who may change suppliers, systems and services, and that they take turns."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import connection, transaction

from journal.acts import Actor, ActorKind, Problem, Refused
from journal.models import Entry, Recorded
from services.wording import day_in_words, moment_in_words

# Longer, and a name fits no list any more.
LONGEST_NAME = 100
_LONGEST_TEXT = 2_000


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """One transaction, begun when nobody else changes suppliers, systems or services.

    What is looked at in it, for instance whether a name is free, stays so until it ends. Support is a few people: one
    turn for all of it costs nobody anything.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('services', 0))")
        yield


def refuse_unless_support(actor: Actor, what: str) -> None:
    """Who may not is told so and no more: the other problems would say something about what there is."""
    if actor.kind != ActorKind.SUPPORT:
        raise Refused([Problem("not_allowed", f"Alleen Kennisnet support beheert {what}.")])


def refuse_if(*checks: Iterable[Problem]) -> None:
    """Raise `Refused` with all problems of all checks, if there are any."""
    problems = [problem for check in checks for problem in check]
    if problems:
        raise Refused(problems)


def no_reason(actor: Actor, what: str) -> Iterator[Problem]:
    """D14: support says why."""
    if not actor.reason.strip():
        yield Problem("no_reason", f"Geef een reden op voor {what}.")


def wrong_text(text: str, what: str, *, may_be_empty: bool = False, longest: int = LONGEST_NAME) -> Iterator[Problem]:
    """That a name or another line of text is missing, too long, or holds what nobody sees."""
    if not text and not may_be_empty:
        yield Problem("no_text", f"Vul {what} in.")
    elif len(text) > longest:
        yield Problem("long_text", f"Er staan te veel tekens in {what}: {len(text)}. Er passen er {longest}.")
    elif not all(character.isprintable() or character in "\r\n" for character in text):
        yield Problem("wrong_text", f"Er staan tekens in {what} die niemand ziet. Typ de tekst opnieuw.")
    elif longest == LONGEST_NAME and not text.isprintable():
        yield Problem("wrong_text", f"Zet {what} op één regel.")


def wrong_description(text: str) -> Iterator[Problem]:
    """What is wrong with a text of several lines."""
    yield from wrong_text(text, "de omschrijving", may_be_empty=True, longest=_LONGEST_TEXT)


def not_yet(day: date, latest: date, what: str) -> Iterator[Problem]:
    """That something that happened would lie in the future."""
    if day > latest:
        yield Problem("in_future", f"{what} kan niet later zijn dan vandaag, {day_in_words(latest)}.")


def changed_meanwhile(row: Recorded, seen: int | None, columns: Mapping[str, str]) -> Iterator[Problem]:
    """That somebody else changed `row` since the change `seen` (the number of its entry), by whom and what it is now.

    `columns` are those that matter, with what they are called. Whoever did not look first has `seen` None.
    """
    if seen is None or row.entry_id == seen:
        return
    entry = Entry.objects.get(pk=row.entry_id)
    then = Entry.objects.about(entry.subject_kind, entry.subject_key).filter(pk=seen).first()
    changed = [
        f"{name} is nu {_shown(entry.after[column])}"
        for column, name in columns.items()
        if then is None or then.after[column] != entry.after[column]
    ]
    by_whom = f"{entry.actor['name']} heeft dit intussen gewijzigd, op {moment_in_words(entry.moment)}"
    what = f": {'; '.join(changed)}" if changed else ""
    yield Problem("changed_meanwhile", f"{by_whom}{what}. Kijk na of uw wijziging nog klopt en sla dan opnieuw op.")


def _shown(value: Any) -> str:
    match value:
        case None | "" | []:
            return "leeg"
        case bool():
            return "ja" if value else "nee"
        case list():
            return ", ".join(map(str, value))
        case str():
            return f"'{value}'"
    return "een andere"
