"""Bringing the register to what register files say: all of it, or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from django.db import DatabaseError, connection, transaction
from django.db.models import Q

from journal.acts import Problem, Refused, register
from journal.clock import today
from mandates.register_file.layout import REGISTER
from mandates.register_file.mandates import MandatesOfFile, bring_endpoints
from mandates.register_file.organisations import (
    bring_boards,
    bring_cases,
    bring_schools,
    bring_services,
    bring_suppliers,
)
from mandates.register_file.reading import Item, Problems, read_document
from mandates.register_file.tables import Register, refused_by_database
from schools.models import Board, School

# Two loads at once wait for each other; any number does, as long as nothing else takes it.
_TURN = 0x6F737266


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What loading did with one kind of row; `label` is its name in Dutch. Rows the file does not name do not count."""

    label: str
    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What loading did, per kind of row; `users` counts the people named, of whom nothing is stored."""

    tables: list[Loaded]
    users: int


def load(files: Mapping[str, bytes], *, dry_run: bool = False) -> Summary:
    """Bring the register to what the files say together; `files` is their content by name.

    What is missing is added, what differs is changed, and what the files do not name stays as it is. With `dry_run`
    everything is done and checked, and then undone. Raises `Refused` with every problem and its place, as
    `mandates[3].school (regel 57): ...`; then nothing has changed.
    """
    problems = Problems(files)
    read = [read_document(content, name, REGISTER, problems) for name, content in files.items()]
    if None in read:
        raise Refused(Problem("register_file", text) for text in problems.sentences())
    sections = {name: [item for document in read for item in document.get(name, [])] for name in REGISTER.keys}
    with transaction.atomic():
        _lock(sections)
        there = Register(problems, today())
        bring_boards(sections["boards"], there, problems)
        bring_schools(sections["schools"], there, problems)
        bring_cases(sections["cases"], there, problems)
        bring_services(sections["services"], there, problems)
        bring_suppliers(sections["supplier_groups"], sections["suppliers"], there, problems)
        mandates = MandatesOfFile(there, problems, today())
        mandates.bring(sections["mandates"], sections["endpoints"])
        bring_endpoints(sections["endpoints"], mandates, there, problems)
        for user in sections["users"]:
            _check_user(user, there, problems)
        if problems:
            raise Refused(Problem("register_file", text) for text in problems.sentences())
        # Boards read this in their history: where the file stood is none of their business.
        actor = register(f"registerbestand {', '.join(PurePath(name).name for name in files)}")
        for table in there.tables():
            table.write(actor)
        _ask_what_waits_until_the_end()
        if dry_run:
            transaction.set_rollback(True)
    return Summary(
        tables=[
            Loaded(
                label=table.label,
                added=len(table.new),
                changed=len(table.before),
                unchanged=len(table.named) - len(table.new) - len(table.before),
            )
            for table in there.tables()
        ],
        users=len(sections["users"]),
    )


def _ask_what_waits_until_the_end() -> None:
    """Let the database look now at what it looks at when all is done: a rehearsal has no end."""
    try:
        connection.check_constraints()
    except DatabaseError as error:
        raise refused_by_database("registerbestand", error) from error


def _lock(sections: dict[str, list[Item]]) -> None:
    """Wait for another load, and for who changes mandates of the boards concerned; then make those wait (D2, D5)."""
    numbers = {item.get("number") for item in sections["boards"]}
    numbers |= {item.get(key) for key in ("board", "granted_by") for item in sections["mandates"]}
    numbers |= {item.get("board") for item in sections["schools"]}  # a school that moves concerns both boards
    brins = {item.get("brin") for item in sections["schools"]}
    brins |= {item.get("school") for name in ("mandates", "endpoints") for item in sections[name]}
    governing = School.objects.filter(brin__in=brins - {None}).values("board")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])
    boards = Board.objects.filter(Q(number__in=numbers - {None}) | Q(pk__in=governing)).order_by("pk")
    list(boards.select_for_update(no_key=True))


def _check_user(item: Item, there: Register, problems: Problems) -> None:
    """People come from the identity provider; here only what a file says of them is checked."""
    for number in item.get("boards", []):
        if number not in there.boards.rows:
            problems.add(item.at("boards"), f"bestuur {number} staat niet in het register of in dit bestand")
