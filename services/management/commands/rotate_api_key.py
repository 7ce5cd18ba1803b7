"""`manage.py rotate_api_key`: replace an API key; the old one works on for a while (quality.md, Security)."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from schools.management.support import Options
from services.actions import IssuedKey, rotate_key
from services.management.keys import KeyCommand, add_last_day, expiry, in_clear, numbered_key, of_supplier, until


class Command(KeyCommand):
    help = "Vervangt een API-sleutel door een nieuwe, die één keer wordt getoond. De oude werkt nog even."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("NUMMER", nargs="?", help="de sleutel, zie api_keys")
        parser.add_argument("--overlap", metavar="DAGEN", help="hoelang de oude nog werkt; anders zo lang als mag")
        add_last_day(parser)
        super().add_arguments(parser)

    def intent(self, options: Options) -> Callable[[], IssuedKey]:
        """See `KeyCommand`."""
        key, overlap, expires_at = numbered_key(options), _overlap(options), expiry(options)
        return partial(rotate_key, actor=options.actor(), key=key, overlap=overlap, expires_at=expires_at)

    def preview(self, outcome: IssuedKey) -> Iterator[str]:
        """See `KeyCommand`."""
        old, new = outcome.replaced, outcome.api_key
        yield f"{of_supplier(new.system)} krijgt een nieuwe sleutel die {new.name} heet en {until(new)}."
        yield f"De oude, nummer {old.pk}, {until(old)}."

    def done(self, outcome: IssuedKey) -> Iterator[str]:
        """See `KeyCommand`."""
        yield from in_clear(outcome)
        yield f"De oude, nummer {outcome.replaced.pk}, {until(outcome.replaced)}."


def _overlap(options: Options) -> timedelta | None:
    days = options.given["overlap"]
    if days is None:
        return None
    if not days.isdecimal() or len(days) > 4:
        options.problems.append(f"--overlap {days} is geen aantal dagen.")
        return None
    return timedelta(days=int(days))
