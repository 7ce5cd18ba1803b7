"""The link with which a person of support chooses a first password; a lead passes it on.

It works once, for as long as `PASSWORD_RESET_TIMEOUT` says, and no longer than until the account gets another password
or is reset. What makes it work stands behind the question mark, which neither the register nor nginx writes in a log.
"""

from urllib.parse import urlencode

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse

from accounts.models import SupportAccount


class _Links(PasswordResetTokenGenerator):
    key_salt = "accounts.set_up_links"


_links = _Links()


def path_for(account: SupportAccount) -> str:
    """The link, without the host before it."""
    question = {"wie": account.user.username, "code": _links.make_token(account.user)}
    return f"{reverse('support_set_up')}?{urlencode(question)}"


def account_of(username: str, code: str) -> SupportAccount | None:
    """Whose link this is; None when it does not work, or no longer."""
    accounts = SupportAccount.objects.select_related("user")
    account = accounts.filter(user__username=username, is_active=True, user__is_active=True).first()
    works = account and not account.user.has_usable_password() and _links.check_token(account.user, code)
    return account if works else None
