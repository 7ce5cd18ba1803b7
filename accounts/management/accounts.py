"""What the commands about the accounts of support have in common. They are for whoever manages the server: the first
lead, and a lead who cannot sign in any more, have nobody else to go to."""

from argparse import ArgumentParser
from collections.abc import Callable

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts import set_up_links
from accounts.models import SupportAccount
from journal.acts import Actor, ActorKind
from schools.management.support import Options, refusals_in_words


class AccountCommand(BaseCommand):
    """A command that changes an account of support."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("GEBRUIKERSNAAM", nargs="?", help="van het account")
        parser.add_argument("--by", metavar="NAAM", help="wie dit doet")
        parser.add_argument("--reason", metavar="REDEN", help="waarom; dit komt in de geschiedenis")

    def intent(self, options: Options, actor: Actor) -> Callable[[], SupportAccount]:
        """The action that the options ask for; not to be called when `options.problems` says what is wrong."""
        raise NotImplementedError

    def handle(self, *args, **given) -> None:
        options = Options(given)
        # Not as support: nobody has signed in here.
        name = f"{options.text('by')}, op de server"
        actor = Actor(kind=ActorKind.REGISTER, name=name, reason=options.text("reason"))
        do = self.intent(options, actor)
        options.refuse_if_wrong()
        with refusals_in_words():
            account = do()
        self.stdout.write(f"Gedaan: {account}, gebruikersnaam {account.user.username}.")
        if account.is_active and not account.user.has_usable_password():
            self.stdout.write(
                "Met deze link kiest de persoon een wachtwoord; daarna stelt die de tweede stap in. De link werkt één "
                f"keer, drie dagen lang:\n\n{settings.OSR_PUBLIC_URL}{set_up_links.path_for(account)}\n"
            )


def named_account(options: Options) -> SupportAccount | None:
    """The account with the user name that is given; None when `options.problems` says what is wrong."""
    username = options.text("GEBRUIKERSNAAM")
    account = SupportAccount.objects.select_related("user").filter(user__username=username).first()
    if username and account is None:
        options.problems.append(f"Er is geen account van support met gebruikersnaam {username}.")
    return account
