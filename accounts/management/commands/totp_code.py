"""`manage.py totp_code`: what the app of a demo account of support shows now. For development only."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

# Of a code, in seconds; and how long one needs to type it over: when less is left, the next code is waited for.
_PERIOD, _TIME_TO_TYPE = 30, 10


class Command(BaseCommand):
    help = "Toont de code waarmee een account van support nu kan inloggen. Alleen in een ontwikkelomgeving."

    def add_arguments(self, parser) -> None:
        parser.add_argument("GEBRUIKERSNAAM")

    def handle(self, *, GEBRUIKERSNAAM: str, **options) -> None:  # noqa: N803 - so the argument is called on the screen
        if not settings.OSR_DEVELOPMENT:
            raise CommandError("Dit kan alleen in een ontwikkelomgeving.")
        app = Authenticator.objects.filter(user__username=GEBRUIKERSNAAM, type=Authenticator.Type.TOTP).first()
        if app is None:
            raise CommandError(f"{GEBRUIKERSNAAM} heeft geen app ingesteld.")
        if (left := _PERIOD - time.time() % _PERIOD) < _TIME_TO_TYPE:
            time.sleep(left)
        counter = int(time.time()) // _PERIOD
        self.stdout.write(format_hotp_value(hotp_value(decrypt(app.data["secret"]), counter)))
