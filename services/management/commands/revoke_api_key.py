"""`manage.py revoke_api_key`: take an API key away, at once and for good."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from functools import partial

from schools.management.support import Options
from services.actions import revoke_key
from services.management.keys import KeyCommand, numbered_key, of_supplier
from services.models import ApiKey


class Command(KeyCommand):
    help = "Trekt een API-sleutel in: hij werkt meteen niet meer, en komt nooit terug."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("NUMMER", nargs="?", help="de sleutel, zie api_keys")
        super().add_arguments(parser)

    def intent(self, options: Options) -> Callable[[], ApiKey]:
        """See `KeyCommand`."""
        return partial(revoke_key, key=numbered_key(options), actor=options.actor())

    def preview(self, outcome: ApiKey) -> Iterator[str]:
        """See `KeyCommand`."""
        yield f"Sleutel {outcome.pk}, die {outcome.name} heet, van {of_supplier(outcome.system)}"
        yield "werkt meteen niet meer en komt niet terug."

    def done(self, outcome: ApiKey) -> Iterator[str]:
        """See `KeyCommand`."""
        yield f"Gedaan: sleutel {outcome.pk} is ingetrokken."
