"""`manage.py api_keys`: the API keys of a system or of all, with nothing of the keys themselves."""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from schools.management.support import Options
from services.management.keys import named_system, of_supplier, until
from services.models import ApiKey
from services.wording import moment_in_words


class Command(BaseCommand):
    help = "Toont de API-sleutels van een systeem of van alle: naam, uitgegeven, tot wanneer. Nooit de sleutel zelf."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("SYSTEEM", nargs="?", help="alleen van dit systeem")

    def handle(self, *args, **given) -> None:
        options = Options(given)
        keys = ApiKey.objects.with_issued_at().select_related("system__supplier").order_by("system__name", "pk")
        if given["SYSTEEM"] is not None:
            keys = keys.filter(system=named_system(options))
            if options.problems:
                raise CommandError("\n".join(options.problems))
        self.stdout.write("\n".join(_lines(list(keys), timezone.now())) or "Er zijn geen API-sleutels.")


def _lines(keys: list[ApiKey], moment: datetime) -> Iterator[str]:
    for system, own in groupby(keys, key=lambda key: key.system):
        yield f"{of_supplier(system)}:"
        own = list(own)
        for key in own:
            told = [f"uitgegeven op {moment_in_words(key.issued_at)}", _life(key, moment)]
            newer = next((other for other in own if other.name == key.name and other.pk > key.pk), None)
            if newer is not None:
                told.append(f"opgevolgd door {newer.pk}")
            yield f"{key.pk:>6}  {key.name}: {', '.join(told)}"


def _life(key: ApiKey, moment: datetime) -> str:
    if key.revoked_at is not None:
        return f"ingetrokken op {moment_in_words(key.revoked_at)}"
    if key.expires_at is not None and key.expires_at <= moment:
        return f"verlopen op {moment_in_words(key.expires_at)}"
    return until(key)
