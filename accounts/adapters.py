"""How allauth signs people in here: through their identity provider only, and with the access role only."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter

from accounts.actions import follow_provider
from accounts.claims import read_claims
from accounts.views import no_access, sign_in_failed


class NoPasswords(DefaultAccountAdapter):
    """The register has no passwords and no sign-up of its own."""

    def is_open_for_signup(self, request) -> bool:
        return False

    def add_message(self, *args, **kwargs) -> None:
        """allauth's own notices ('ingelogd als ...') are not shown: the header says who is signed in."""

    def pre_login(self, request, user, *, signal_kwargs=None, **kwargs):
        """Take over the boards that the provider names; without one that the register knows nobody enters."""
        response = super().pre_login(request, user, signal_kwargs=signal_kwargs, **kwargs)
        if response:
            return response
        person = read_claims(signal_kwargs["sociallogin"].account.get_provider_account().get_user_data())
        if not follow_provider(user, person):
            return no_access(request, reason="no_board", board_numbers=person.board_numbers)
        return None


class ProviderSignIn(DefaultSocialAccountAdapter):
    """Signing in with the claims of Mijn DUO."""

    def is_open_for_signup(self, request, sociallogin) -> bool:
        return True

    def populate_user(self, request, sociallogin, data):
        user = sociallogin.user
        # The provider's own subject: names and addresses change, and are no key.
        user.username = f"{sociallogin.account.provider}:{sociallogin.account.uid}"
        return user

    def pre_social_login(self, request, sociallogin) -> None:
        person = read_claims(sociallogin.account.get_provider_account().get_user_data())
        if person.may_enter:
            return
        if sociallogin.is_existing:
            follow_provider(sociallogin.user, person)
        raise ImmediateHttpResponse(no_access(request, reason="no_role"))

    def on_authentication_error(self, request, provider, error=None, exception=None, extra_context=None) -> None:
        raise ImmediateHttpResponse(sign_in_failed(request))
