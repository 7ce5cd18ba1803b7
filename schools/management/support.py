"""What the commands of Kennisnet support have in common: who does it and why, a preview, and the question."""

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from journal.acts import Actor, ActorKind, Refused


class Options:
    """The options of a command as they were given, read so that all that is wrong with them is told at once."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.given = given
        self.problems: list[str] = []

    def text(self, name: str) -> str:
        """The text of an option that cannot be missed."""
        text = (self.given[name] or "").strip()
        if not text:
            self.problems.append(f"{_spelled(name)} ontbreekt.")
        return text

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of an option that takes one or more."""
        texts = tuple(self.given[name] or ())
        if not texts:
            self.problems.append(f"{_spelled(name)} ontbreekt.")
        return texts

    def brins(self, name: str) -> tuple[str, ...]:
        """One or more BRINs, or codes of locations, in upper case."""
        return tuple(text.upper() for text in self.texts(name))

    def day(self, name: str) -> date | None:
        """A day, or None when the option was not given."""
        if not self.given[name]:
            return None
        try:
            day = date.fromisoformat(self.given[name])
            if not 1900 <= day.year <= 9998:  # as the database has it; beyond, the day before or after is none
                raise ValueError(day)
            return day
        except ValueError:
            self.problems.append(
                f"{_spelled(name)} {self.given[name]} is geen datum. Schrijf een datum als 2026-08-31."
            )
            return None

    def needed_day(self, name: str) -> date | None:
        """A day that cannot be missed; None when `problems` says what is wrong."""
        return self.day(name) if self.text(name) else None

    def uuids(self, name: str) -> tuple[UUID, ...]:
        """One or more mandates, by their UUID."""
        return tuple(uuid for text in self.texts(name) if (uuid := self.uuid(text)))

    def uuid(self, text: str) -> UUID | None:
        """The UUID that `text` is."""
        try:
            return UUID(text)
        except ValueError:
            self.problems.append(f"{text} is geen UUID van een mandaat.")
            return None

    def actor(self, board_number: str | None = None) -> Actor:
        """Support, with name and reason, on behalf of the board with this number if there is one (D4)."""
        return Actor(
            kind=ActorKind.SUPPORT, name=self.text("by"), board_number=board_number, reason=self.text("reason")
        )

    def refuse_if_wrong(self) -> None:
        """Raise `CommandError` when anything is wrong."""
        if self.problems:
            raise refusal(self.problems)


def _spelled(name: str) -> str:
    return f"--{name.replace('_', '-')}" if name.islower() else name


def refusal(problems: Iterable[object]) -> CommandError:
    """All problems, one a line, and that nothing has changed."""
    return CommandError("\n".join([*dict.fromkeys(map(str, problems)), "Er is niets veranderd."]))


@contextmanager
def refusals_in_words() -> Iterator[None]:
    """What an action or the database refuses in the block becomes a `CommandError` in Dutch."""
    try:
        yield
    except Refused as refused:
        raise refusal(refused.problems) from refused
    except DatabaseError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        because = getattr(diagnosis, "message_primary", None) or str(error)
        raise refusal([f"De database weigert dit ({because})."]) from error


class SupportCommand(BaseCommand):
    """A command with which Kennisnet support changes the register, under a name and with a reason (D4)."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--by", metavar="NAAM", help="wie dit doet; het bestuur ziet deze naam")
        parser.add_argument("--reason", metavar="REDEN", help="waarom; het bestuur ziet deze reden")
        parser.add_argument("--yes", action="store_true", help="vraag niet om bevestiging")
        parser.add_argument("--dry-run", action="store_true", help="laat alleen zien wat er zou gebeuren")

    def may_go_on(self, options: Options) -> bool:
        """After the preview: whether to do it. Raises `CommandError` when the answer is no."""
        if options.given["dry_run"]:
            self.stdout.write("Dit was een proef (--dry-run): er is niets veranderd.")
            return False
        if not options.given["yes"] and not _says_yes():
            raise CommandError("Gestopt. Er is niets veranderd.")
        return True


def _says_yes() -> bool:
    try:
        return input("Doorgaan? [j/N] ").strip().lower() in ("j", "ja")
    except EOFError:
        return False
