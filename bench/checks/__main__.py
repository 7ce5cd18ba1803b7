"""`python -m bench.checks`: the three servers in turn, several rounds, on one register."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from bench import machine, server
from bench.checks.client import Measured, ask
from bench.checks.servers import BARE, OURS, USUAL, WORKERS, served
from bench.filling import Question, fill, questions
from mandates.models import Check

SCHOOLS = 2_000
MANDATES = 10_000
CONNECTIONS = 16
ROUNDS = 5
SECONDS_TO_WARM_UP = 1
SECONDS = 4

AT_LEAST_OF_USUAL = 8
AT_LEAST_OF_BARE = 0.6
MOST_P99_SECONDS = 0.010


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Of one server: the medians of its rounds, but the p99 of all answers of all rounds together."""

    per_second: float
    p50: float
    p99: float


def main() -> int:
    """Measure, print and judge; returns the exit status."""
    fill(server.superuser_url("osr"), schools=SCHOOLS, mandates=MANDATES)
    asked = questions(server.superuser_url("osr"), number=5_000)
    rounds: dict[str, list[Measured]] = {name: [] for name in (OURS, USUAL, BARE)}
    for _ in range(ROUNDS):
        for name, measured in rounds.items():
            measured.append(_measure(name, asked))
    print(machine())
    print(
        f"{SCHOOLS:,} schools, {MANDATES:,} mandates; {CONNECTIONS} connections, {WORKERS} workers;"
        f" {ROUNDS} rounds of {SECONDS} s\n"
    )
    figures = {name: _figures(measured) for name, measured in rounds.items()}
    print("                     checks/s       p50       p99")
    for name, of_server in figures.items():
        p50, p99 = _milliseconds(of_server.p50), _milliseconds(of_server.p99)
        print(f"{name:<18} {of_server.per_second:>10,.0f} {p50} {p99}")
    print()
    missed = list(_missed(figures))
    print("\n".join(missed or ["P1 is met."]))
    return 1 if missed else 0


def _measure(name: str, asked: list[Question]) -> Measured:
    """One server in one round: each answer is right, and as many checks are recorded as were answered."""
    with served(name, database_url=os.environ["DATABASE_URL"]) as port:
        warming = ask(port, asked, connections=CONNECTIONS, seconds=SECONDS_TO_WARM_UP)
        recorded = _recorded()
        measured = ask(port, asked, connections=CONNECTIONS, seconds=SECONDS)
        answered, written = len(measured.durations), _recorded() - recorded
    if not warming.durations or answered != written:
        sys.exit(f"{name} answered {answered} questions and recorded {written}")
    return measured


def _recorded() -> int:
    return Check.objects.count()


def _figures(measured: list[Measured]) -> Figures:
    together = Measured(
        seconds=sum(each.seconds for each in measured),
        durations=tuple(duration for each in measured for duration in each.durations),
    )
    return Figures(
        per_second=median(each.per_second for each in measured),
        p50=together.percentile(50),
        p99=together.percentile(99),
    )


def _missed(figures: dict[str, Figures]) -> Iterator[str]:
    """In which ways P1 is missed."""
    ours = figures[OURS]
    of_usual, of_bare = ours.per_second / figures[USUAL].per_second, ours.per_second / figures[BARE].per_second
    print(f"{of_usual:.1f} times {USUAL} (bar: {AT_LEAST_OF_USUAL})")
    print(f"{of_bare:.0%} of {BARE} (bar: {AT_LEAST_OF_BARE:.0%})")
    print(f"p99 {_milliseconds(ours.p99)} (bar: {_milliseconds(MOST_P99_SECONDS)})\n")
    if of_usual < AT_LEAST_OF_USUAL:
        yield f"P1 is missed: {of_usual:.1f} times {USUAL}."
    if of_bare < AT_LEAST_OF_BARE:
        yield f"P1 is missed: {of_bare:.0%} of {BARE}."
    if ours.p99 >= MOST_P99_SECONDS:
        yield f"P1 is missed: p99 is {_milliseconds(ours.p99)}."


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:6.1f} ms"


if __name__ == "__main__":
    sys.exit(main())
