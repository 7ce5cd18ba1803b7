"""`manage.py end_support_account`: somebody leaves, and no lead can do it in the workplace."""

from collections.abc import Callable
from functools import partial

from accounts.actions import end_support_account
from accounts.management.accounts import AccountCommand, named_account
from accounts.models import SupportAccount
from journal.acts import Actor
from schools.management.support import Options


class Command(AccountCommand):
    help = "Beëindigt een account van Kennisnet support: de persoon is direct overal uitgelogd."

    def intent(self, options: Options, actor: Actor) -> Callable[[], SupportAccount]:
        """See `AccountCommand`."""
        return partial(end_support_account, actor=actor, account=named_account(options))
