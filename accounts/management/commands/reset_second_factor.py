"""`manage.py reset_second_factor`: for the only lead, who lost the second factor or the password."""

from collections.abc import Callable
from functools import partial

from accounts.actions import reset_second_factor
from accounts.management.accounts import AccountCommand, named_account
from accounts.models import SupportAccount
from journal.acts import Actor
from schools.management.support import Options


class Command(AccountCommand):
    help = "Wist het wachtwoord en de tweede stap van een account, toont één keer een link voor nieuwe."

    def intent(self, options: Options, actor: Actor) -> Callable[[], SupportAccount]:
        """See `AccountCommand`."""
        return partial(reset_second_factor, actor=actor, account=named_account(options))
