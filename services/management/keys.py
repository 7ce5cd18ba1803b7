"""What the commands about API keys have in common: finding a system or a key, and what they say about it."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.db import transaction

from schools.management.support import Options, SupportCommand, refusals_in_words
from services.actions import IssuedKey, end_of_day
from services.models import ApiKey, System
from services.wording import moment_in_words


class KeyCommand(SupportCommand):
    """A command that changes API keys: it tries first, shows what would come of it, asks, and does it."""

    def intent(self, options: Options) -> Callable[[], Any]:
        """The action that the options ask for; not to be called when `options.problems` says what is wrong."""
        raise NotImplementedError

    def preview(self, outcome: Any) -> Iterator[str]:
        """What will happen, a line each, from what the action returned when it was tried."""
        raise NotImplementedError

    def done(self, outcome: Any) -> Iterator[str]:
        """What has happened, a line each, from what the action returned."""
        raise NotImplementedError

    def handle(self, *args, **given) -> None:
        options = Options(given)
        do = self.intent(options)
        options.refuse_if_wrong()
        with refusals_in_words():
            outcome = _try(do)
        self.stdout.write("\n".join(self.preview(outcome)))
        if not self.may_go_on(options):
            return
        with refusals_in_words():
            outcome = do()
        self.stdout.write("\n".join(self.done(outcome)))


def _try(do: Callable[[], Any]) -> Any:
    """What `do` returns; nothing has changed afterwards, and a key that it made opens nothing."""
    with transaction.atomic():
        outcome = do()
        transaction.set_rollback(True)
    return outcome


def named_system(options: Options) -> System | None:
    """The system with the name that is given; None when `options.problems` says what is wrong."""
    name = options.text("SYSTEEM")
    system = System.objects.select_related("supplier").filter(name=name).first()
    if name and system is None:
        options.problems.append(f"Systeem {name} staat niet in het register.")
    return system


def numbered_key(options: Options) -> ApiKey | None:
    """The key with the number that is given; None when `options.problems` says what is wrong."""
    number = options.text("NUMMER")
    keys = ApiKey.objects.select_related("system__supplier")
    key = keys.filter(pk=number).first() if number.isdecimal() else None
    if number and key is None:
        options.problems.append(f"Er is geen API-sleutel met nummer {number}.")
    return key


def add_last_day(parser: ArgumentParser) -> None:
    """The option that says how long a new key works."""
    parser.add_argument(
        "--last-day", metavar="DATUM", help="de laatste dag waarop de nieuwe sleutel werkt; anders zo laat als mag"
    )


def expiry(options: Options) -> datetime | None:
    """The moment at which the last day that is given is over; None when none was given."""
    day = options.day("last_day")
    return None if day is None else end_of_day(day)


def of_supplier(system: System) -> str:
    """A system and whose it is."""
    return f"{system} van {system.supplier} ({system.supplier.oin})"


def until(key: ApiKey) -> str:
    """Until when a key works that was neither revoked nor has expired."""
    return "werkt zonder einddatum" if key.expires_at is None else f"werkt tot {moment_in_words(key.expires_at)}"


def in_clear(issued: IssuedKey) -> Iterator[str]:
    """The only time that a key is shown."""
    yield f"Dit is sleutel {issued.api_key.pk}. Hij wordt niet nog eens getoond; het register bewaart hem niet:"
    yield ""
    yield issued.secret
    yield ""
    yield "Geef hem de leverancier langs een veilige weg, niet per gewone mail."
