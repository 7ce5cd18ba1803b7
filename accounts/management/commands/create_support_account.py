"""`manage.py create_support_account`: the first lead of support; the others are made in the workplace."""

from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial

from accounts.actions import open_support_account
from accounts.management.accounts import AccountCommand
from accounts.models import SupportAccount
from journal.acts import Actor
from schools.management.support import Options


class Command(AccountCommand):
    help = "Opent een account voor iemand van Kennisnet support en toont één keer de link om het in te stellen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--name", metavar="NAAM", help="de naam van de persoon")
        parser.add_argument("--email", metavar="ADRES", help="het e-mailadres van de persoon")
        parser.add_argument(
            "--role", choices=SupportAccount.Role.values, default="lead", help="wat die mag; lead als u niets kiest"
        )

    def intent(self, options: Options, actor: Actor) -> Callable[[], SupportAccount]:
        """See `AccountCommand`."""
        return partial(
            open_support_account,
            actor=actor,
            username=options.text("GEBRUIKERSNAAM"),
            name=options.text("name"),
            email=options.text("email"),
            role=SupportAccount.Role(options.text("role")),
        )
