"""Why the answer to a check is or was yes or no, in Dutch, from the register and its journal (D15)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from journal.models import Entry
from mandates.as_of import MandateThen, valid_on
from mandates.models import Mandate
from mandates.story import Story, moment_in_words, who
from mandates.wording import day_in_words
from schools.models import FormerBoard, School
from services.models import Service, Supplier


@dataclass(frozen=True, kw_only=True)
class Question:
    """A check: about `day` (in Europe/Amsterdam), as the register stood at `moment` (with time zone)."""

    brin: str
    service_code: str
    supplier_oin: str
    day: date
    moment: datetime


def explain(question: Question) -> Iterator[str]:
    """The answer, the reasons for it, and what happened to the mandates it depends on; a line each."""
    valid = valid_on(question.day, as_of=question.moment, brin=question.brin, service_code=question.service_code)
    own = [mandate for mandate in valid if mandate.supplier_oin == question.supplier_oin]
    yield (
        f"{'JA' if own else 'NEE'}: {question.brin}, {question.service_code}, {question.supplier_oin}, "
        f"op {day_in_words(question.day)}, zoals het register er stond op {moment_in_words(question.moment)}."
    )
    unknown = list(_unknown(question))
    if unknown:
        yield from unknown
        return
    mandates = list(_concerned(question))
    entries = _entries(mandates)
    if own:
        yield from _why_yes(own, mandates)
    else:
        yield from _why_no(question, mandates, entries)
        yield from _who_else(valid)
    yield from _what_happened(question, entries)


def _unknown(question: Question) -> Iterator[str]:
    """What the register does not know: then there is no mandate either."""
    if not School.objects.filter(brin=question.brin).exists():
        yield f"School {question.brin} staat niet in het register."
    if not Service.objects.filter(code=question.service_code).exists():
        yield f"De dienst {question.service_code} bestaat niet."
    if not Supplier.objects.filter(oin=question.supplier_oin).exists():
        yield f"Er is geen leverancier met OIN {question.supplier_oin}."


def _concerned(question: Question):
    """All mandates that could make the answer yes: of the school, or of a board that governs or governed it."""
    boards = FormerBoard.objects.filter(school__brin=question.brin).values("board")
    return (
        Mandate.objects.filter(
            Q(school__brin=question.brin) | Q(board__schools__brin=question.brin) | Q(board__in=boards),
            service__code=question.service_code,
            system__supplier__oin=question.supplier_oin,
        )
        .select_related("system", "board", "granting_board")
        .distinct()
        .order_by("start_date", "pk")
    )


def _entries(mandates: list[Mandate]) -> list[Entry]:
    keys = [str(mandate.uuid) for mandate in mandates]
    return list(Entry.objects.filter(subject_kind="mandate", subject_key__in=keys).order_by("id"))


def _why_yes(own: list[MandateThen], mandates: list[Mandate]) -> Iterator[str]:
    by_uuid = {mandate.uuid: mandate for mandate in mandates}
    for then in own:
        mandate = by_uuid[then.uuid]
        until = f"tot en met {day_in_words(then.end_date)}" if then.end_date else "zonder einddatum"
        holder = f" voor heel bestuur {mandate.board.number}" if mandate.board else ""
        yield (
            f"{then.system} heeft een mandaat{holder} vanaf {day_in_words(then.start_date)} {until}, "
            f"gegeven door bestuur {mandate.granting_board.number} ({then.uuid})."
        )
        if mandate.locations:
            yield f"Let op: het geldt alleen voor vestiging {', '.join(sorted(mandate.locations))}."


def _why_no(question: Question, mandates: list[Mandate], entries: list[Entry]) -> Iterator[str]:
    school = _school_then(question)
    if school is None:
        yield f"School {question.brin} stond toen nog niet in het register."
        return
    if school["closed_on"] and date.fromisoformat(school["closed_on"]) < question.day:
        yield f"De school is gesloten op {day_in_words(date.fromisoformat(school['closed_on']))}."
    if not mandates:
        yield "Voor deze school, dienst en leverancier is er nooit een mandaat gegeven."
    for mandate in mandates:
        history = [entry for entry in entries if entry.subject_key == str(mandate.uuid)]
        yield f"{mandate.system} ({mandate.uuid}): {_why_not_by(mandate, history, question)}"


def _school_then(question: Question) -> dict | None:
    entry = Entry.objects.about("school", question.brin).filter(moment__lte=question.moment).last()
    return entry and entry.after


def _why_not_by(mandate: Mandate, history: list[Entry], question: Question) -> str:
    """Why this mandate, as it stood at the moment, was not valid on the day."""
    then = [entry for entry in history if entry.moment <= question.moment]
    if not then:
        return f"is pas later gegeven, op {moment_in_words(history[0].moment)}."
    start, end = (_day(then[-1].after[column]) for column in ("start_date", "end_date"))
    if end and end < start:
        ended = _last_change_of_end(then)
        return f"is geannuleerd op {moment_in_words(ended.moment)} door {who(ended)}. Het gold op geen enkele dag."
    if start > question.day:
        return f"begint pas op {day_in_words(start)}."
    if end and end < question.day:
        return _why_ended(end, _last_change_of_end(then))
    return f"is van bestuur {mandate.board.number}, en telt op {day_in_words(question.day)} niet voor deze school."


def _why_ended(end: date, ended: Entry) -> str:
    when, last = moment_in_words(ended.moment), day_in_words(end)
    if ended.before is None:
        return f"gold tot en met {last}; zo is het gegeven op {when} door {who(ended)}."
    if ended.type == "mandate.revoked":
        return f"is ingetrokken op {when} door {who(ended)}. Het gold tot en met {last}."
    if ended.type == "mandate.grace_started":
        return (
            f"liep af op {last}: de school ging naar een ander bestuur (vastgelegd op {when}), "
            "en dat nam het mandaat niet over."
        )
    return f"is geëindigd op {last}; dat is bepaald op {when} door {who(ended)}."


def _last_change_of_end(entries: list[Entry]) -> Entry:
    """The entry that gave the mandate the last day that it has."""
    changes = [entry for entry in entries if (entry.before or {}).get("end_date") != entry.after["end_date"]]
    return changes[-1] if changes else entries[0]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _who_else(valid: list[MandateThen]) -> Iterator[str]:
    for mandate in valid:
        yield f"Wel een mandaat op die dag: {mandate.system} (leverancier {mandate.supplier_oin})."


def _what_happened(question: Question, entries: list[Entry]) -> Iterator[str]:
    then = [entry for entry in entries if entry.moment <= question.moment]
    if then:
        yield "\nWat er gebeurde:"
        yield from Story(then).tell()
    if len(entries) > len(then):
        yield "\nDaarna:"
        yield from Story(entries[len(then) :]).tell()
