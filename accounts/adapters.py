"""How allauth signs people in here.

People of a bestuur: through their identity provider only, and with a right to enter only. Kennisnet support: with a
password and a second factor (domain.md section 8).
"""

from datetime import timedelta

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts import providers, sealed_secrets, sessions
from accounts.actions import follow_provider
from accounts.addresses import address_of
from accounts.claims import Person, read_claims
from accounts.models import SupportAccount, User
from accounts.providers import Provider
from accounts.views import no_access, sign_in_failed

log = structlog.get_logger(__name__)

# The longest that one waits after too many attempts (ACCOUNT_RATE_LIMITS).
_WAIT = timedelta(minutes=5)


class SignIn(DefaultAccountAdapter):
    """Signing in, for everybody; there is no sign-up."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "De gebruikersnaam en het wachtwoord horen niet bij elkaar. Typ ze opnieuw.",
        "incorrect_password": "Dit is niet uw wachtwoord. Typ het opnieuw.",
        "enter_current_password": "Dit is niet uw wachtwoord van nu. Typ het opnieuw.",
    }

    def is_open_for_signup(self, request) -> bool:
        return False

    def add_message(self, *args, **kwargs) -> None:
        """allauth's own notices ('ingelogd als ...') are not shown: the header says who is signed in."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whose attempts are counted together."""
        return address_of(request)

    def validation_error(self, code: str, *args) -> ValidationError:
        """What is wrong, in Dutch; after too many attempts also when one may try again."""
        if code in ("too_many_login_attempts", "rate_limited"):
            again = timezone.localtime() + _WAIT + timedelta(minutes=1)
            text = (
                "U heeft te vaak iets ingevuld dat niet klopte. "
                f"Probeer het om {date_format(again, 'H.i')} uur opnieuw: eerder lukt het niet."
            )
            return ValidationError(text, code=code)
        return super().validation_error(code, *args)

    def pre_login(self, request, user, *, signal_kwargs=None, **kwargs):
        """Take over the boards that the provider names; without one that the register knows nobody enters."""
        response = super().pre_login(request, user, signal_kwargs=signal_kwargs, **kwargs)
        if response or not signal_kwargs:
            return response
        account = signal_kwargs["sociallogin"].account
        person, provider = _person(account)
        if not follow_provider(user, person, provider):
            return no_access(request, reason="no_board", provider=provider, board_numbers=person.board_numbers)
        return None

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Nobody is told here that an account has ended."""
        return redirect("start")

    def login(self, request: HttpRequest, user: User) -> None:
        """Begin the session; it ends in time."""
        super().login(request, user)
        # The database lets nobody else have a password.
        of_support = user.has_usable_password()
        sessions.begin(request, of_support=of_support)
        if of_support:
            log.info(
                "support signed in",
                username=user.username,
                second_factor=sessions.has_second_factor(request),
                address=address_of(request),
            )

    def authentication_failed(self, request: HttpRequest, **credentials) -> None:
        """Tell the log; not what was typed, when it is nobody's name: that may well be a password."""
        username = credentials.get("username", "")
        is_known = SupportAccount.objects.filter(user__username=username).exists()
        log.warning(
            "support sign-in failed",
            username=username if is_known else None,
            step="password",
            address=address_of(request),
        )

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where one begins after signing in; who has no second factor yet sets one up first."""
        if not request.session.get(sessions.OF_SUPPORT):
            return reverse("start")
        return reverse("admin:index" if sessions.has_second_factor(request) else "mfa_index")

    def is_reauthentication_required(self, *, app: str, **kwargs) -> bool:
        """Whether the password is asked for again before a second factor is changed: not right after signing in."""
        return not sessions.began_recently(self.request, settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)

    def get_reauthentication_methods(self, user: User) -> list[dict]:
        """The password: whoever sits down at an open screen does not know it."""
        return [{"id": "reauthenticate", "description": "Wachtwoord", "url": reverse("account_reauthenticate")}]


class ProviderSignIn(DefaultSocialAccountAdapter):
    """Signing in with the claims of Mijn DUO or eHerkenning."""

    def is_open_for_signup(self, request, sociallogin) -> bool:
        return True

    def populate_user(self, request, sociallogin, data):
        user = sociallogin.user
        # The provider's own subject: names and addresses change, and are no key. Somebody who comes through both
        # providers is two users.
        user.username = f"{sociallogin.account.provider}:{sociallogin.account.uid}"
        return user

    def pre_social_login(self, request, sociallogin) -> None:
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            # Who comes through both providers is two users (docs/decisions/027-who-enters.md).
            raise PermissionDenied
        person, provider = _person(sociallogin.account)
        if person.may_enter:
            return
        if sociallogin.is_existing:
            follow_provider(sociallogin.user, person, provider)
        raise ImmediateHttpResponse(no_access(request, reason="no_role", provider=provider))

    def on_authentication_error(self, request, provider, error=None, exception=None, extra_context=None) -> None:
        raise ImmediateHttpResponse(sign_in_failed(request, provider=providers.named(provider.sub_id)))


def _person(account) -> tuple[Person, Provider]:
    provider = providers.named(account.provider)
    return read_claims(account.get_provider_account().get_user_data(), provider), provider


class SecondFactor(DefaultMFAAdapter):
    """The second factor of support: an app that shows codes, passkeys, and recovery codes."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "Deze code klopt niet, of is verlopen. Typ de code die u nu ziet.",
        "cannot_generate_recovery_codes": "U kunt pas herstelcodes maken als u een tweede stap heeft.",
        "cannot_delete_authenticator": "Dit is uw enige tweede stap. Voeg eerst een passkey toe.",
    }

    def encrypt(self, text: str) -> str:
        """Secrets are not readable in the database or in a copy of it."""
        return sealed_secrets.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; a `ValidationError` when it was sealed with another OSR_SECRET_KEY."""
        try:
            return sealed_secrets.unseal(encrypted_text)
        except ValueError as error:
            text = "Uw tweede stap is niet meer te lezen. Vraag een hoofd support om die te wissen."
            raise ValidationError(text, code="unreadable") from error

    def build_totp_svg(self, url: str) -> str:
        """The QR code as an element of the page: the Content-Security-Policy takes no pictures in an address."""
        svg = super().build_totp_svg(url)
        return svg[svg.index("<svg") :]

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """One stays, besides the recovery codes."""
        factors = Authenticator.objects.filter(user=authenticator.user_id)
        others = factors.exclude(pk=authenticator.pk).exclude(type=Authenticator.Type.RECOVERY_CODES)
        return others.exists()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """For whom a passkey is: the host under which the page was opened (one of OSR_HOSTS)."""
        return super().get_public_key_credential_rp_entity() | {"name": settings.MFA_TOTP_ISSUER}
