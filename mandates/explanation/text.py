"""An explanation as text: for a terminal, or to paste in a mail."""

from collections.abc import Iterator, Sequence

from mandates.explanation.explanation import Event, Explanation
from mandates.explanation.recorded import CheckLine, RecordedChecks, Verdict
from mandates.wording import day_in_words, exact_moment_in_words

VERDICTS = {
    Verdict.AGREES: "klopt met deze uitleg",
    Verdict.DURING_CHANGE: "gegeven terwijl er juist iets werd gewijzigd",
    Verdict.DISAGREES: "KLOPT NIET met de geschiedenis",
}


def as_text(explanation: Explanation) -> Iterator[str]:
    """The whole explanation, a line each; a blank line before each part."""
    yield explanation.opening
    yield explanation.as_it_stood
    if incident := incident_in_words(explanation):
        yield incident
    if explanation.check:
        yield f"Deze raadpleging: {_line(explanation.check)}."
    yield from _part("Waarom", explanation.reasons)
    yield from _part("Let op", explanation.notes)
    yield from _part("Wat er gebeurde", _events(explanation.before, explanation.earlier, "eerdere"))
    yield from _part("Daarna", _events(explanation.after, explanation.later, "latere"))
    yield from _part(f"Raadplegingen {periods_in_words(explanation.checks)}", _checks(explanation.checks))
    nearby = (f"{line.named}: {_line(line)}" for line in explanation.checks.nearby)
    yield from _part("Andere vragen over deze school in die dagen", nearby)


def incident_in_words(explanation: Explanation) -> str:
    """That the register gave an answer that its history does not explain; empty when it did not."""
    if not explanation.is_incident:
        return ""
    count = max(explanation.checks.disagreeing, 1)
    answers = (
        "1 antwoord dat niet bij de geschiedenis hoort"
        if count == 1
        else (f"{count} antwoorden die niet bij de geschiedenis horen")
    )
    return f"INCIDENT: het register gaf {answers}. Kennisnet zoekt uit hoe dat kan."


def periods_in_words(checks: RecordedChecks) -> str:
    """The days that were looked at."""
    return " en ".join(f"van {day_in_words(first)} tot en met {day_in_words(last)}" for first, last in checks.periods)


def _part(heading: str, lines: Iterator[str] | Sequence[str]) -> Iterator[str]:
    lines = list(lines)
    if lines:
        yield ""
        yield f"{heading}:"
        yield from lines


def _events(events: Sequence[Event], left_out: int, which: str) -> Iterator[str]:
    if left_out:
        yield f"(en {left_out} {which})"
    for event in events:
        yield f"{exact_moment_in_words(event.moment)}  {event.what}: {event.about}"
        yield f"    door {event.by}"
        yield from (f"    {difference}" for difference in event.differences)


def _checks(checks: RecordedChecks) -> Iterator[str]:
    if not checks.lines:
        yield "Er is in die dagen niets gevraagd over deze school, dienst en leverancier."
    if checks.more:
        yield f"Er zijn er meer; dit zijn de laatste {checks.count}."
    yield from (_line(line) for line in checks.lines)


def _line(line: CheckLine) -> str:
    when = exact_moment_in_words(line.first)
    if line.count > 1:
        when += f" tot {exact_moment_in_words(line.last)}, {line.count} keer"
    answer = "JA" if line.mandated else "NEE"
    days = day_in_words(line.day)
    if line.last_day != line.day:
        days += f" tot en met {day_in_words(line.last_day)}"
    told = f"{when}: {line.caller} vroeg over {days}, antwoord {answer}"
    return told if line.named else f"{told}; {VERDICTS[line.verdict]}"
