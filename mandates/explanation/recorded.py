"""The checks that the register really recorded, and whether the history explains their answers (D15, D17)."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from uuid import UUID

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from journal.models import Entry
from mandates.as_of import valid_on
from mandates.explanation.facts import Facts
from mandates.explanation.readers import ForSupport
from mandates.models import Check
from schools.numbers import is_oin
from services.models import ServiceVersion

# How many days before and after the day and the moment one looks, and how many checks at most.
_AROUND = timedelta(days=3)
_LOOK_THROUGH = 5_000
# How many checks are told one by one; more are counted.
_ONE_BY_ONE = 12
# What is written counts from its commit on, shortly after the moment that the journal has; and a check looks at the
# register just after the moment that it is recorded with.
_COMMIT = timedelta(seconds=5)
_LOOK = timedelta(seconds=1)


class Verdict(StrEnum):
    """Whether the history explains the recorded answer to a check."""

    AGREES = "agrees"
    DURING_CHANGE = "during_change"  # it was answered while something was just being changed
    DISAGREES = "disagrees"  # the register answered otherwise than it should have


@dataclass(frozen=True, kw_only=True)
class CheckLine:
    """Checks that got the same answer: one, or `count` of them from `first` up to `last`.

    They asked about `day`, or about days from `day` up to and including `last_day`. `number` is that of the last one.
    `named` is what was asked about when it was not what is explained.
    """

    number: UUID
    first: datetime
    last: datetime
    count: int
    caller: str
    day: date
    last_day: date
    mandated: bool
    verdict: Verdict = Verdict.AGREES
    named: str = ""


@dataclass(frozen=True, kw_only=True)
class RecordedChecks:
    """The checks about a school, service and supplier around a day and moment, oldest first.

    `nearby` are those about the same school by the same supplier, or about a supplier of its group, that asked
    something else. `periods` are the days that were looked at; `more` says that there were too many to look at all.
    """

    lines: Sequence[CheckLine]
    nearby: Sequence[CheckLine]
    periods: Sequence[tuple[date, date]]
    count: int
    disagreeing: int
    more: bool


def recorded_checks(facts: Facts, words: ForSupport) -> RecordedChecks:
    """The checks around the day and the moment of the question, each compared with what the history says."""
    periods = _periods(facts)
    about_school = Check.objects.filter(_of_school(facts), _within(periods))
    checks = list(about_school.filter(_of_question(facts)).order_by("-checked_at", "-id")[: _LOOK_THROUGH + 1])
    more = len(checks) > _LOOK_THROUGH
    judge = _judge(facts)
    judged = [(check, judge(check)) for check in reversed(checks[:_LOOK_THROUGH])]
    return RecordedChecks(
        lines=_lines(judged, words),
        nearby=_nearby(facts, about_school, words),
        periods=periods,
        count=len(judged),
        disagreeing=sum(verdict == Verdict.DISAGREES for _, verdict in judged),
        more=more,
    )


def line_of(check: Check, facts: Facts, words: ForSupport) -> CheckLine:
    """One check, compared with what the history says."""
    return _line([check], _judge(facts)(check), words)


# --- Which checks -----------------------------------------------------------------------------------------------------


def _periods(facts: Facts) -> list[tuple[date, date]]:
    """The days around the moment and, when they are others, those around the day."""
    days = sorted({facts.question.day, facts.day_of_moment})
    periods = [(day - _AROUND, day + _AROUND) for day in days]
    if len(periods) == 2 and periods[0][1] >= periods[1][0]:
        return [(periods[0][0], periods[1][1])]
    return periods


def _within(periods: Sequence[tuple[date, date]]) -> Q:
    within = Q()
    for first, last in periods:
        within |= Q(checked_at__gte=_beginning(first), checked_at__lt=_beginning(last + timedelta(days=1)))
    return within


def _beginning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _of_school(facts: Facts) -> Q:
    asked = facts.question.brin  # or the OIN of no school
    return Q(brin="", school_oin=asked) if is_oin(asked) else Q(brin=asked)


def _of_question(facts: Facts) -> Q:
    question = facts.question
    namespaces = list(facts.service.versions.values_list("namespace", flat=True)) if facts.service else []
    if question.namespace:
        namespaces.append(question.namespace)
    named = Q(service_code="", service_version_namespace__in=namespaces)
    if question.service_code:
        named |= Q(service_code=question.service_code)
    return Q(supplier_oin=question.supplier_oin) & named


def _nearby(facts: Facts, about_school: QuerySet, words: ForSupport) -> list[CheckLine]:
    """What else was asked: by the supplier itself, or about another supplier of its group."""
    oin = facts.question.supplier_oin
    group = list(facts.supplier.group.suppliers.values_list("oin", flat=True)) if facts.supplier else []
    checks = about_school.filter(Q(caller_oin=oin) | Q(supplier_oin__in=group)).exclude(_of_question(facts))
    groups = defaultdict(list)
    for check in checks.order_by("-checked_at", "-id")[:_LOOK_THROUGH]:
        service = check.service_code or check.service_version_namespace
        named = f"dienst {service[:60]}, {words.supplier(check.supplier_oin)}"
        groups[named, check.caller_oin, check.system_id, check.mandated].append(check)
    lines = [_line(list(reversed(those)), Verdict.AGREES, words, named=named) for (named, *_), those in groups.items()]
    return sorted(lines, key=lambda line: line.last)[-_ONE_BY_ONE:]


# --- Comparing --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Change:
    """Something that bears on the answer: written at `moment`, and in force `until` that at the latest."""

    moment: datetime
    until: datetime


def _judge(facts: Facts) -> Callable[[Check], Verdict]:
    """Compares checks with the history. Between two changes the answer about a day stays the same: asked once."""
    changes = _changes(facts)
    moments = [change.moment for change in changes]
    question = facts.question
    namespaces = _namespaces(facts)

    @cache
    def answer_in(stretch: int, day: date, day_of_moment: date) -> bool:
        """The answer from the change numbered `stretch` (0: before the first) until the next."""
        beginning = timezone.make_aware(datetime.combine(day_of_moment, time.max))
        moment = min(beginning, moments[stretch] - timedelta(microseconds=1)) if stretch < len(moments) else beginning
        valid = valid_on(day, as_of=moment, brin=question.brin, service_code=question.service_code)
        return any(then.supplier_oin == question.supplier_oin for then in valid)

    def answer(check: Check, stretch: int) -> bool:
        if check.service_version_namespace:
            known_since = namespaces.get(check.service_version_namespace)
            if known_since is None or known_since > check.checked_at:
                return False
        return answer_in(stretch, check.reference_date, timezone.localdate(check.checked_at))

    def judge(check: Check) -> Verdict:
        stretch = bisect_right(moments, check.checked_at)
        if answer(check, stretch) == check.mandated:
            return Verdict.AGREES
        earliest = latest = stretch
        while earliest and changes[earliest - 1].until + _COMMIT >= check.checked_at:
            earliest -= 1
        while latest < len(moments) and moments[latest] <= check.checked_at + _LOOK:
            latest += 1
        around = (answer(check, each) for each in range(earliest, latest + 1))
        return Verdict.DURING_CHANGE if check.mandated in around else Verdict.DISAGREES

    return judge


def _changes(facts: Facts) -> list[_Change]:
    """What was written about the school and the mandates, in the order of the journal."""
    of_school = Entry.objects.about("school", facts.question.brin)
    entries = sorted([*of_school, *(entry for history in facts.histories.values() for entry in history)], key=_moment)
    last = (
        Entry.objects.filter(transaction_id__in={entry.transaction_id for entry in entries})
        .order_by()
        .values_list("transaction_id")
        .annotate(Max("moment"))
    )
    until = dict(last)
    return [_Change(entry.moment, until[entry.transaction_id]) for entry in entries]


def _moment(entry: Entry) -> tuple[datetime, int]:
    return entry.moment, entry.pk


def _namespaces(facts: Facts) -> dict[str, datetime]:
    """Since when the register knows each namespace of the service."""
    namespaces = ServiceVersion.objects.filter(service=facts.service).values_list("namespace", flat=True)
    entries = Entry.objects.filter(
        subject_kind="service_version", subject_key__in=list(namespaces), before__isnull=True
    )
    return dict(entries.values_list("subject_key", "moment"))


# --- Telling ----------------------------------------------------------------------------------------------------------


def _lines(judged: Sequence[tuple[Check, Verdict]], words: ForSupport) -> list[CheckLine]:
    """One by one when there are few; else those that got the same answer together, of each day if not of too many."""
    if len(judged) <= _ONE_BY_ONE:
        return [_line([check], verdict, words) for check, verdict in judged]
    by_day = len({check.reference_date for check, _ in judged}) <= _ONE_BY_ONE
    groups = defaultdict(list)
    for check, verdict in judged:
        day = check.reference_date if by_day else None
        groups[check.caller_oin, check.system_id, day, check.mandated, verdict].append(check)
    lines = [_line(checks, verdict, words) for (*_, verdict), checks in groups.items()]
    return sorted(lines, key=lambda line: line.first)


def _line(checks: Sequence[Check], verdict: Verdict, words: ForSupport, named: str = "") -> CheckLine:
    first, last = checks[0], checks[-1]
    return CheckLine(
        number=last.id,
        first=first.checked_at,
        last=last.checked_at,
        count=len(checks),
        caller=words.caller(last.caller_oin, last.system_id),
        day=min(check.reference_date for check in checks),
        last_day=max(check.reference_date for check in checks),
        mandated=last.mandated,
        verdict=verdict,
        named=named,
    )
