"""Imports of DUO's lists in steps: prepared, shown, then applied or dropped; and the log of them all (D14, D19)."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils import timezone

from journal.acts import Actor, ActorKind, Problem, Refused, act, transaction_number
from journal.clock import today
from schools.actions.duo_import import ImportSummary, Progress, differences_with, import_duo, wait_for_imports
from schools.duo import BoardList, LocationList, UnreadableList, read_list
from schools.models import ListImport


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file as it was given: its name, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the log remembers of a file: `kind` is a sector, `besturen`, or empty when it was no list."""

    name: str
    sha256: str
    kind: str
    rows: int
    bad_rows: int


class DecidedAlready(Refused):
    """The import was applied or dropped before."""


def read_files(files: Sequence[GivenFile]) -> list[LocationList | BoardList]:
    """The lists in these files. Raises `Refused` with a problem for each file that is no list of DUO."""
    lists, problems = [], []
    for file in files:
        try:
            lists.append(read_list(file.content, source=file.name))
        except UnreadableList as unreadable:
            problems.append(Problem("unreadable", str(unreadable)))
    if problems:
        raise Refused(problems)
    return lists


def lists_of(waiting: ListImport) -> list[LocationList | BoardList]:
    """The lists that an import keeps until it is decided on. Raises `DecidedAlready`."""
    if waiting.contents is None:
        raise _decided_already(ListImport.objects.get(pk=waiting.pk))
    return read_files(
        [
            GivenFile(facts["name"], bytes(content))
            for facts, content in zip(waiting.files, waiting.contents, strict=True)
        ]
    )


def prepare_import(*, actor: Actor, files: Sequence[GivenFile]) -> ListImport:
    """Keep these files as an import that waits to be looked at; of the schools nothing changes yet.

    Raises `Refused` unless support does it with a reason, when a file is no list of DUO, and when lists contradict
    each other.
    """
    _refuse_others(actor)
    if not files:
        raise Refused([Problem("no_files", "Kies minstens één lijst.")])
    lists = read_files(files)
    summary = differences_with(lists, today=today())
    with act("list_import.prepared", actor=actor):
        return ListImport.objects.create(
            state=ListImport.State.PREPARED,
            prepared_at=timezone.now(),
            prepared_by=actor.name,
            files=_facts(files, lists),
            contents=[file.content for file in files],
            counts=counts_of(summary),
        )


def apply_import(*, actor: Actor, waiting: ListImport, shown: str, allow_many_gone: bool = False) -> ListImport:
    """Bring the register to what the lists of a prepared import say, exactly as was shown; returns the import.

    `shown` is the fingerprint of the differences that were shown. Waits for another import that runs. Raises
    `ChangedMeanwhile` when the differences have become others, `ManyGone` (see `import_duo`), `DecidedAlready`, and
    `Refused` unless support does it with a reason; then nothing has changed, and the import goes on waiting.
    """
    _refuse_others(actor)
    with transaction.atomic():
        wait_for_imports()
        waiting = _undecided(waiting)
        summary = import_duo(
            actor=actor, lists=lists_of(waiting), today=today(), allow_many_gone=allow_many_gone, shown=shown
        )
        waiting.counts = counts_of(summary)
        waiting.transaction_number = transaction_number()
        return _decide(waiting, ListImport.State.APPLIED, actor)


def drop_import(*, actor: Actor, waiting: ListImport) -> ListImport:
    """Do not do a prepared import; its lists are not kept. Raises as `apply_import` does."""
    _refuse_others(actor)
    with transaction.atomic():
        return _decide(_undecided(waiting), ListImport.State.DROPPED, actor)


def import_at_once(
    *,
    actor: Actor,
    files: Sequence[GivenFile],
    lists: Sequence[LocationList | BoardList],
    allow_many_gone: bool = False,
    progress: Progress = lambda done, total: None,
) -> ImportSummary:
    """Import lists without showing the differences first, and log it. `lists` are those read from `files`.

    For the raises see `import_duo`.
    """
    with transaction.atomic():
        summary = import_duo(
            actor=actor, lists=lists, today=today(), allow_many_gone=allow_many_gone, progress=progress
        )
        _log(
            actor,
            ListImport.State.APPLIED,
            files=_facts(files, lists),
            counts=counts_of(summary),
            transaction_number=transaction_number(),
        )
    return summary


def log_refused_import(*, actor: Actor, files: Sequence[GivenFile], because: str) -> ListImport:
    """Log that an import was refused, and why; for imports at which nobody is looking."""
    return _log(actor, ListImport.State.REFUSED, files=_facts(files, []), refusal=because)


def counts_of(summary: ImportSummary) -> dict[str, int]:
    """How much of what differs, for instance `{"school.new": 3}`."""
    return dict(Counter(f"{each.subject}.{each.kind}" for each in summary.differences))


def _refuse_others(actor: Actor) -> None:
    if actor.kind != ActorKind.SUPPORT:
        raise Refused([Problem("not_allowed", "Alleen Kennisnet support kan lijsten van DUO importeren.")])
    if not actor.reason.strip():
        raise Refused([Problem("no_reason", "Vul in waarom u dit doet.")])


def _undecided(waiting: ListImport) -> ListImport:
    """The import, locked. Raises `DecidedAlready`."""
    waiting = ListImport.objects.select_for_update(of=("self",)).get(pk=waiting.pk)
    if waiting.state != ListImport.State.PREPARED:
        raise _decided_already(waiting)
    return waiting


def _decided_already(decided: ListImport) -> DecidedAlready:
    text = f"Over deze import is al besloten, door {decided.decided_by}: {decided.get_state_display()}."
    return DecidedAlready([Problem("decided_already", text)])


def _decide(waiting: ListImport, state: ListImport.State, actor: Actor) -> ListImport:
    with act(f"list_import.{state}", actor=actor):
        waiting.state, waiting.contents = state, None
        waiting.decided_at, waiting.decided_by = timezone.now(), actor.name
        waiting.save(update_fields=["state", "contents", "decided_at", "decided_by", "counts", "transaction_number"])
    return waiting


def _log(actor: Actor, state: ListImport.State, **facts) -> ListImport:
    now = timezone.now()
    with act(f"list_import.{state}", actor=actor):
        return ListImport.objects.create(
            state=state,
            prepared_at=now,
            prepared_by=actor.name,
            decided_at=now,
            decided_by=actor.name,
            **facts,
        )


def _facts(files: Sequence[GivenFile], lists: Sequence[LocationList | BoardList]) -> list[dict]:
    found = lists or [None] * len(files)  # of files that were refused nothing is known but their names
    return [asdict(_facts_of(file, each)) for file, each in zip(files, found, strict=True)]


def _facts_of(file: GivenFile, found: LocationList | BoardList | None) -> FileFacts:
    sha256 = hashlib.sha256(file.content).hexdigest()
    match found:
        case LocationList():
            kind, rows = str(found.sector), sum(len(school.locations) for school in found.schools.values())
        case BoardList():
            kind, rows = "besturen", len(found.names)
        case None:
            return FileFacts(file.name, sha256, "", 0, 0)
    return FileFacts(file.name, sha256, kind, rows, len(found.problems))
