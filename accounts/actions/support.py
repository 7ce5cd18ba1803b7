"""The accounts of Kennisnet support: opening, changing and ending them, and what they sign in with.

The lead of support does it, with a reason. Never for their own account, and one lead stays: whoever could lock
themselves out would have to come to whoever manages the server. There a command does the same, in the name of the
register.
"""

import re
from collections.abc import Iterator

from allauth.mfa.models import Authenticator
from django.db import connection, transaction

from accounts.models import SupportAccount, User
from journal.acts import Actor, ActorKind, Problem, Refused, act
from services.actions.gate import LONGEST_NAME, no_reason, refuse_if, wrong_text

# Never as the name of a person of a board, which has a colon in it.
_USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,49}")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

type Role = SupportAccount.Role


def open_support_account(*, actor: Actor, username: str, name: str, email: str, role: Role) -> SupportAccount:
    """Open an account for a new person of support, without a password: they choose one through a set-up link.

    Raises `Refused` with all that is wrong; also unless a lead does it with a reason.
    """
    username, name, email = username.strip().lower(), name.strip(), email.strip()
    with transaction.atomic():
        _lock_accounts()
        refuse_unless_lead(actor)
        refuse_if(
            no_reason(actor, "het openen van een account"),
            _wrong_username(username),
            wrong_text(name, "de naam"),
            _wrong_address(email),
        )
        user = User(username=username, name=name, email=email)
        user.set_unusable_password()
        user.save()
        with act("support_account.opened", actor=actor):
            return SupportAccount.objects.create(user=user, role=role)


def change_support_role(*, actor: Actor, account: SupportAccount, role: Role) -> SupportAccount:
    """Give the account another role; it counts from the very next thing the person does. Raises `Refused`."""
    with transaction.atomic():
        account = _locked(actor, account)
        same = [Problem("same_role", f"{account.user} is al {account.get_role_display()}.")]
        refuse_if(
            no_reason(actor, "het wijzigen van de rol"),
            _own_account(actor, account),
            same if account.role == role else [],
            _last_lead(account) if role != SupportAccount.Role.LEAD else [],
            _not_active(account),
        )
        account.role = role
        with act("support_account.role_changed", actor=actor):
            account.save(update_fields=["role"])
    return account


def end_support_account(*, actor: Actor, account: SupportAccount) -> SupportAccount:
    """End the account: all its sessions end at once, and its password and second factor are gone. Raises `Refused`.

    What the person did stays theirs.
    """
    with transaction.atomic():
        account = _locked(actor, account)
        refuse_if(
            no_reason(actor, "het beëindigen van het account"),
            _own_account(actor, account),
            _last_lead(account),
            _not_active(account),
        )
        _forget_credentials(account, is_active=False)
        account.is_active = False
        with act("support_account.ended", actor=actor):
            account.save(update_fields=["is_active", "factors"])
    return account


def reopen_support_account(*, actor: Actor, account: SupportAccount) -> SupportAccount:
    """Open an account again that was ended; the person begins with a set-up link, as at first. Raises `Refused`."""
    with transaction.atomic():
        account = _locked(actor, account)
        active = [Problem("is_active", f"Het account van {account.user} is niet beëindigd.")]
        refuse_if(no_reason(actor, "het heropenen van het account"), active if account.is_active else [])
        User.objects.filter(pk=account.user_id).update(is_active=True)
        account.is_active = True
        with act("support_account.reopened", actor=actor):
            account.save(update_fields=["is_active"])
    return account


def reset_second_factor(*, actor: Actor, account: SupportAccount) -> SupportAccount:
    """Take the second factor and the password away; the person sets both up anew, through a set-up link.

    Both, since a password alone would let whoever knows it choose the new second factor. All sessions end at once.
    Raises `Refused`.
    """
    with transaction.atomic():
        account = _locked(actor, account)
        refuse_if(no_reason(actor, "het wissen van de tweede stap"), _own_account(actor, account), _not_active(account))
        _forget_credentials(account, is_active=True)
        account.resets += 1
        with act("support_account.second_factor_reset", actor=actor):
            account.save(update_fields=["factors", "resets"])
    return account


def choose_password(*, account: SupportAccount, password: str) -> None:
    """Give an account without a password the one that the person chose, valid as `AUTH_PASSWORD_VALIDATORS` have it.

    The set-up link with which it was chosen no longer works. Raises `Refused` when it was used a moment before.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=account.user_id)
        if user.has_usable_password():
            raise Refused([Problem("has_password", "Deze link is al gebruikt.")])
        user.set_password(password)
        user.save(update_fields=["password"])


def note_factors(*, account: SupportAccount) -> SupportAccount:
    """Write down in the journal which second factors the person now has, after they changed them themselves."""
    with transaction.atomic():
        account = SupportAccount.objects.select_for_update(of=["self"]).select_related("user").get(pk=account.pk)
        account.factors = [_in_words(factor) for factor in Authenticator.objects.filter(user=account.user_id)]
        with act("support_account.second_factor_changed", actor=account.actor(reason="")):
            account.save(update_fields=["factors"])
    return account


def refuse_unless_lead(actor: Actor) -> None:
    """Raise `Refused` for who is no lead of support now; the register itself, from a command, may."""
    if actor.kind == ActorKind.REGISTER:
        return
    is_lead = SupportAccount.objects.filter(
        user=actor.user_id, is_active=True, role=SupportAccount.Role.LEAD, user__is_active=True
    ).exists()
    if actor.kind != ActorKind.SUPPORT or not is_lead:
        raise Refused([Problem("not_allowed", "Alleen een hoofd support beheert de accounts van support.")])


def _lock_accounts() -> None:
    """Changes of accounts take turns, so that two leads cannot end each other at the same moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('support_accounts', 0))")


def _locked(actor: Actor, account: SupportAccount) -> SupportAccount:
    _lock_accounts()
    refuse_unless_lead(actor)
    return SupportAccount.objects.select_for_update(of=["self"]).select_related("user").get(pk=account.pk)


def _forget_credentials(account: SupportAccount, *, is_active: bool) -> None:
    """No password and no second factor any more; without the password no session goes on."""
    Authenticator.objects.filter(user=account.user_id).delete()
    account.factors = []
    account.user.set_unusable_password()
    account.user.is_active = is_active
    account.user.save(update_fields=["password", "is_active"])


def _in_words(factor: Authenticator) -> str:
    match factor.type:
        case Authenticator.Type.TOTP:
            return f"app van {factor.created_at:%Y-%m-%d}"
        case Authenticator.Type.WEBAUTHN:
            return f"passkey {factor.wrap().name} van {factor.created_at:%Y-%m-%d}"
    return f"herstelcodes van {factor.created_at:%Y-%m-%d}"


def _wrong_username(username: str) -> Iterator[Problem]:
    if not _USERNAME.fullmatch(username):
        yield Problem(
            "wrong_username",
            "Een gebruikersnaam heeft 2 tot 50 tekens: kleine letters, cijfers, punten en streepjes. "
            "Begin met een letter.",
        )
    elif User.objects.filter(username=username).exists():
        yield Problem("username_taken", f"De gebruikersnaam {username} bestaat al. Kies een andere.")


def _wrong_address(email: str) -> Iterator[Problem]:
    if not _ADDRESS.fullmatch(email) or len(email) > LONGEST_NAME:
        yield Problem("wrong_address", "Vul een e-mailadres in, zoals sam.jansen@kennisnet.nl.")


def _own_account(actor: Actor, account: SupportAccount) -> Iterator[Problem]:
    if actor.user_id == account.user_id:
        yield Problem("own_account", "Dit is uw eigen account. Vraag een ander hoofd support om dit te doen.")


def _last_lead(account: SupportAccount) -> Iterator[Problem]:
    leads = SupportAccount.objects.filter(is_active=True, role=SupportAccount.Role.LEAD)
    if account.is_active and account.leads and not leads.exclude(pk=account.pk).exists():
        yield Problem(
            "last_lead", f"{account.user} is het enige hoofd support. Maak eerst iemand anders ook hoofd support."
        )


def _not_active(account: SupportAccount) -> Iterator[Problem]:
    if not account.is_active:
        yield Problem("not_active", f"Het account van {account.user} is beëindigd.")
