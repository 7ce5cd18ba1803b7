"""`manage.py issue_api_key`: give a system an API key, shown once (quality.md, Security)."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from functools import partial

from schools.management.support import Options
from services.actions import IssuedKey, issue_key
from services.management.keys import KeyCommand, add_last_day, expiry, in_clear, named_system, of_supplier, until


class Command(KeyCommand):
    help = "Geeft een systeem een API-sleutel. De sleutel wordt één keer getoond."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("SYSTEEM", nargs="?", help="het systeem")
        parser.add_argument("NAAM", nargs="?", help="hoe de sleutel heet, bijvoorbeeld productie")
        add_last_day(parser)
        super().add_arguments(parser)

    def intent(self, options: Options) -> Callable[[], IssuedKey]:
        """See `KeyCommand`."""
        system, name = named_system(options), options.text("NAAM")
        expires_at = expiry(options)
        return partial(issue_key, actor=options.actor(), system=system, name=name, expires_at=expires_at)

    def preview(self, outcome: IssuedKey) -> Iterator[str]:
        """See `KeyCommand`."""
        key = outcome.api_key
        yield f"{of_supplier(key.system)} krijgt een sleutel die {key.name} heet en {until(key)}."

    def done(self, outcome: IssuedKey) -> Iterator[str]:
        """See `KeyCommand`."""
        yield from in_clear(outcome)
