"""The explanation itself: a value with the answer, the reasons, what happened and what was recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from journal.models import Entry
from mandates.explanation.facts import Facts, day_of
from mandates.explanation.questions import Question
from mandates.explanation.readers import ForSupport
from mandates.explanation.reasons import Reasons
from mandates.explanation.recorded import CheckLine, RecordedChecks, Verdict, line_of, recorded_checks
from mandates.models import Check, Mandate
from mandates.story import Difference, what
from mandates.wording import day_in_words, exact_moment_in_words

# How much of what happened is told: what lies nearest to the moment.
_MOST_EVENTS = 15


@dataclass(frozen=True, kw_only=True)
class ConcernedMandate:
    """A mandate that could make the answer yes, with the days that it had at the moment, and whether it did."""

    mandate: Mandate
    holder: str
    start_date: date | None
    end_date: date | None
    counted: bool

    @property
    def is_given(self) -> bool:
        """Whether it had been given by then."""
        return self.start_date is not None

    @property
    def covers_no_day(self) -> bool:
        """Whether it had been cancelled by then, or revoked on its first day."""
        return self.start_date is not None and self.end_date is not None and self.end_date < self.start_date


@dataclass(frozen=True, kw_only=True)
class Event:
    """One change that bears on the answer, in words."""

    moment: datetime
    what: str
    about: str
    by: str
    transaction_id: int
    differences: Sequence[Difference]


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Why the answer is yes or no.

    `opening` is the answer in one sentence; `reasons` say why, the first weighs most; `notes` are near misses and what
    else can go wrong. `mandates` are all of the supplier for the school and service, by start date. `before` and
    `after` are what happened up to and after the moment, oldest first; of what is not among them `earlier` and `later`
    say how much there is. `check` is the recorded check that is explained, if it is one, and `checks` are those around.
    """

    question: Question
    mandated: bool
    opening: str
    as_it_stood: str
    reasons: Sequence[str]
    notes: Sequence[str]
    mandates: Sequence[ConcernedMandate]
    before: Sequence[Event]
    earlier: int
    after: Sequence[Event]
    later: int
    check: CheckLine | None
    checks: RecordedChecks

    @property
    def is_incident(self) -> bool:
        """Whether the register recorded an answer that its history does not explain."""
        own = self.check is not None and self.check.verdict == Verdict.DISAGREES
        return own or self.checks.disagreeing > 0


def explain(question: Question, *, reader: type[ForSupport] = ForSupport, check: Check | None = None) -> Explanation:
    """The answer to `question` and the reasons for it, in the words that `reader` may read (D15).

    `check` is the recorded check that asked the question, if it is that what is to be explained.
    """
    facts = Facts(question)
    words = reader(facts)
    reasons = Reasons(facts, words)
    mandated = bool(facts.own)
    told = [entry for entry in facts.events if words.may_read(entry)]
    before = facts.until_then(told)
    after = told[len(before) :]
    return Explanation(
        question=question,
        mandated=mandated,
        opening=_opening(facts, mandated),
        as_it_stood=f"Zo stond het register er op {exact_moment_in_words(question.moment)}.",
        reasons=list(reasons.why_yes() if mandated else reasons.why_no()),
        notes=list(reasons.notes()),
        mandates=[_concerned(mandate, facts) for mandate in facts.mandates.values()],
        before=[_event(entry, words) for entry in before[-_MOST_EVENTS:]],
        earlier=max(0, len(before) - _MOST_EVENTS),
        after=[_event(entry, words) for entry in after[:_MOST_EVENTS]],
        later=max(0, len(after) - _MOST_EVENTS),
        check=line_of(check, facts, words) if check else None,
        checks=recorded_checks(facts, words),
    )


def _opening(facts: Facts, mandated: bool) -> str:
    question = facts.question
    supplier = f"{facts.supplier} (OIN {question.supplier_oin})" if facts.supplier else f"OIN {question.supplier_oin}"
    school = str(facts.school or f"school {question.brin}")
    service = question.service_code or question.namespace
    return (
        f"{'JA' if mandated else 'NEE'}: {supplier} heeft voor {school} {'een' if mandated else 'geen'} mandaat "
        f"voor {service} dat geldt op {day_in_words(question.day)}."
    )


def _concerned(mandate: Mandate, facts: Facts) -> ConcernedMandate:
    history = facts.until_then(facts.histories[str(mandate.uuid)])
    row = history[-1].after if history else {"start_date": None, "end_date": None}
    return ConcernedMandate(
        mandate=mandate,
        holder=f"heel bestuur {mandate.board.number}" if mandate.board else facts.question.brin,
        start_date=day_of(row["start_date"]),
        end_date=day_of(row["end_date"]),
        counted=any(then.uuid == mandate.uuid for then in facts.own),
    )


def _event(entry: Entry, words: ForSupport) -> Event:
    return Event(
        moment=entry.moment,
        what=what(entry),
        about=words.subject(entry),
        by=words.by(entry),
        transaction_id=entry.transaction_id,
        differences=list(words.differences(entry)),
    )
