"""The accounts of Kennisnet support in the demo. Everyone can read their password here: for development only."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.conf import settings

from accounts.actions import choose_password, note_factors, open_support_account
from accounts.models import SupportAccount
from accounts.sealed_secrets import seal
from journal.acts import Actor, ActorKind

PASSWORD = "alleen voor de demo"  # noqa: S105 - it opens nothing but a demo

# What the app of each shows its codes by: made up, and the same for all.
_SECRET = "ONLYFORTHEDEMOONLYFORTHEDEMO2345"  # noqa: S105


@dataclass(frozen=True, kw_only=True)
class DemoAccount:
    """Somebody of support."""

    username: str
    name: str
    role: SupportAccount.Role


ACCOUNTS = (
    DemoAccount(username="hanna", name="Hanna de Boer", role=SupportAccount.Role.LEAD),
    DemoAccount(username="sam", name="Sam Jansen", role=SupportAccount.Role.SUPPORT),
    DemoAccount(username="rik", name="Rik de Wit", role=SupportAccount.Role.READER),
)


def make_demo_accounts() -> None:
    """Open the accounts, unless there are accounts already; each with the password and an app that shows codes."""
    if not settings.OSR_DEVELOPMENT or SupportAccount.objects.exists():
        return
    actor = Actor(kind=ActorKind.REGISTER, name="demo", reason="Voor de demo")
    for person in ACCOUNTS:
        account = open_support_account(
            actor=actor,
            username=person.username,
            name=person.name,
            email=f"{person.username}@kennisnet.example",
            role=person.role,
        )
        choose_password(account=account, password=PASSWORD)
        Authenticator.objects.create(user=account.user, type=Authenticator.Type.TOTP, data={"secret": seal(_SECRET)})
        note_factors(account=account)
