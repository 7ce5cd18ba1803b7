"""A check in registers of 10 thousand to 10 million mandates: does it stay as fast? (bar P3).

.venv/bin/python -m bench.growth [--most MANDATES]
"""

import argparse
import random
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import batched
from statistics import median

import psycopg
from django.db import connection
from psycopg import sql

from bench import machine, server
from bench.checks.client import Measured, ask
from bench.checks.servers import OURS, served
from bench.filling import Question, fill, questions
from journal.clock import today
from mandates.checks import CHECK
from schools.numbers import brin_of
from services.keys import digest_of

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
# The same in each register: only the mandates grow. Ten million of them are ten years of twenty services.
SCHOOLS = 50_000
QUESTIONS = 2_000
SLICE = 100

ROUNDS = 5
CONNECTIONS = 16
SECONDS_TO_WARM_UP = 1
SECONDS = 2.5
MOST_LOSS = 0.20


@dataclass
class Register:
    """One size: its database, what is asked of it, and what was measured."""

    mandates: int
    name: str
    asked: list[Question]
    statement: list[float] = field(default_factory=list)  # microseconds per check, one figure per slice
    http: list[Measured] = field(default_factory=list)


def main() -> int:
    """Fill, measure, print and judge; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=max(SIZES), help="leave out registers with more mandates")
    most = parser.parse_args().most
    registers = [_filled(mandates) for mandates in SIZES if mandates <= most]
    for _ in range(ROUNDS):
        _by_statement(registers)
        # In another order each time: what the machine does besides is not always to the cost of the same.
        for register in random.sample(registers, len(registers)):
            register.http.append(_by_http(register))
    print(machine())
    print(
        f"{SCHOOLS:,} schools; {ROUNDS} rounds, each {QUESTIONS:,} checks by statement on one connection (median of"
        f" slices of {SLICE}),\nand {SECONDS:g} s over HTTP on {CONNECTIONS} connections (best of rounds)\n"
    )
    print("  mandates   statement    over HTTP      p50      p99")
    for register in registers:
        print(_line(register))
    missed = _missed(registers)
    print("\n" + "\n".join(missed or [f"P3 is met: at most {MOST_LOSS:.0%} lost."]))
    return 1 if missed else 0


def _filled(mandates: int) -> Register:
    """A register of so many mandates, in a database of its own that is a copy of the empty one."""
    name = f"osr_{mandates}"
    began = time.perf_counter()
    connection.close()  # nobody may be in the database that is copied
    server.superuser_do(sql.SQL("CREATE DATABASE {} TEMPLATE osr").format(sql.Identifier(name)))
    uri = server.superuser_url(name)
    fill(uri, schools=SCHOOLS, mandates=mandates)
    register = Register(mandates=mandates, name=name, asked=questions(uri, number=QUESTIONS))
    print(f"{mandates:,} mandates filled in {time.perf_counter() - began:.0f} s", file=sys.stderr)
    return register


def _by_statement(registers: list[Register]) -> None:
    """Measure the very statement, prepared and committed one by one, on one connection to each register.

    A slice of the questions to one register, then to the next, again and again: what else the machine does then costs
    all of them the same.
    """
    with ExitStack() as stack:
        connections = [stack.enter_context(_connect(register)) for register in registers]
        for slice_of_questions in batched(range(QUESTIONS), SLICE):
            for register, own_connection in zip(registers, connections, strict=True):
                parameters = [_parameters(register.asked[number]) for number in slice_of_questions]
                began = time.perf_counter()
                for each in parameters:
                    own_connection.execute(CHECK, each).fetchone()
                register.statement.append((time.perf_counter() - began) / len(parameters) * 1e6)


def _connect(register: Register) -> psycopg.Connection:
    """A connection as the register itself opens it."""
    return psycopg.connect(
        server.url(register.name),
        autocommit=True,
        prepare_threshold=1,
    )


def _parameters(question: Question) -> dict:
    return {
        "key_digest": digest_of(question.key),
        "certificate_oin": None,
        "school_oin": question.school_oin,
        "brin": brin_of(question.school_oin),
        "supplier_oin": question.supplier_oin,
        "service_code": question.service_code,
        "namespace": question.namespace,
        "day": today(),
    }


def _by_http(register: Register) -> Measured:
    with served(OURS, database_url=server.url(register.name)) as port:
        ask(port, register.asked, connections=CONNECTIONS, seconds=SECONDS_TO_WARM_UP)
        return ask(port, register.asked, connections=CONNECTIONS, seconds=SECONDS)


def _line(register: Register) -> str:
    best = _best(register)
    p50, p99 = (best.percentile(percent) * 1000 for percent in (50, 99))
    statement = median(register.statement)
    return f"{register.mandates:>10,} {statement:8,.0f} us {best.per_second:10,.0f}/s {p50:5.1f} ms {p99:5.1f} ms"


def _missed(registers: list[Register]) -> list[str]:
    """In which ways P3 is missed: each larger register is held against the smallest."""
    missed = []
    smallest = registers[0]
    for register in registers[1:]:
        for way, kept in (
            ("by statement", median(smallest.statement) / median(register.statement)),
            ("over HTTP", _best(register).per_second / _best(smallest).per_second),
        ):
            print(f"{register.mandates:>10,} mandates {way}: {kept:.0%} of the speed of {smallest.mandates:,}")
            if kept < 1 - MOST_LOSS:
                missed.append(f"P3 is missed: with {register.mandates:,} mandates {way} {1 - kept:.0%} is lost.")
    return missed


def _best(register: Register) -> Measured:
    """The round over HTTP that was least disturbed."""
    return max(register.http, key=lambda each: each.per_second)


if __name__ == "__main__":
    sys.exit(main())
