"""The pages on which people of Kennisnet support sign in, and set up and change what they sign in with.

allauth does the protocols; here stands who may come, what the session then holds, and what is written down.
"""

from collections.abc import Callable
from functools import wraps

import structlog
from allauth.account.decorators import reauthentication_required
from allauth.account.views import LoginView, PasswordChangeView, ReauthenticateView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.contrib import auth, messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import sessions, set_up_links
from accounts.actions import choose_password, note_factors
from accounts.addresses import address_of
from accounts.forms import PasswordForm
from accounts.models import SupportAccount
from journal.acts import Refused

log = structlog.get_logger(__name__)

# What counts as a second factor by itself, and from how many recovery codes on one is told to make new ones.
_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
_FEW_CODES = 3


def own_account_page(view: Callable) -> Callable:
    """A page on which a person of support arranges how they sign in: `request.own_account` is theirs.

    Also for who has no second factor yet, and so sees no other page. Once there is one, a session that has not shown
    it ends here: it may be of somebody who has nothing but the password.
    """

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("account_login"))
        accounts = SupportAccount.objects.select_related("user")
        request.own_account = accounts.filter(user=request.user, is_active=True).first()
        if request.own_account is None:
            raise PermissionDenied
        if not sessions.has_second_factor(request) and is_mfa_enabled(request.user, _FACTORS):
            auth.logout(request)
            return redirect("account_login")
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    return guarded


class SignIn(LoginView):
    """User name and password."""

    template_name = "accounts/support/sign_in.html"


class ShowSecondFactor(AuthenticateView):
    """The second step of signing in: a code, or a passkey."""

    template_name = "accounts/support/second_factor.html"

    def form_valid(self, form: Form) -> HttpResponse:
        """Signed in; with a recovery code one is told how many are left."""
        user = self.stage.login.user
        sessions.pass_second_factor(self.request, user.pk)
        response = super().form_valid(form)
        used = getattr(form, "authenticator", None)
        if used and used.type == Authenticator.Type.RECOVERY_CODES:
            used.refresh_from_db()
            left = _left(used)
            log.warning("recovery code used", username=user.username, left=left, address=address_of(self.request))
            messages.warning(self.request, _codes_left(left))
        return response

    def form_invalid(self, form: Form) -> HttpResponse:
        """Not signed in; the log tells."""
        username = self.stage.login.user.username
        log.warning("support sign-in failed", username=username, step="second factor", address=address_of(self.request))
        return super().form_invalid(form)

    def get_context_data(self, **kwargs) -> dict:
        """With what this person can show."""
        types = set(Authenticator.objects.filter(user=self.stage.login.user).values_list("type", flat=True))
        return super().get_context_data(**kwargs) | {
            "has_app": Authenticator.Type.TOTP in types,
            "has_passkey": Authenticator.Type.WEBAUTHN in types,
        }


@method_decorator(own_account_page, name="dispatch")
class Confirm(ReauthenticateView):
    """The password once more, before what one signs in with is changed."""

    template_name = "accounts/support/confirm.html"


@own_account_page
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """What this person signs in with; without a second factor, the choice between the two."""
    factors = list(Authenticator.objects.filter(user=request.user).order_by("pk"))
    codes = [factor for factor in factors if factor.type == Authenticator.Type.RECOVERY_CODES]
    context = {
        "app": next((factor for factor in factors if factor.type == Authenticator.Type.TOTP), None),
        "passkeys": [factor for factor in factors if factor.type == Authenticator.Type.WEBAUTHN],
        "codes_left": _left(codes[0]) if codes else 0,
        "few_codes": _FEW_CODES,
    }
    return render(request, "accounts/support/security.html", context)


class _ChangesFactors:
    """A change of second factors: in one transaction with the note of it in the journal, and in the log."""

    change: str

    def form_valid(self, form: Form) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            note_factors(account=self.request.own_account)
        sessions.pass_second_factor(self.request, self.request.user.pk)
        log.info(
            "second factor changed",
            username=self.request.user.username,
            change=self.change,
            address=address_of(self.request),
        )
        return response


# Not ActivateTOTPView's own way in: it sends away whoever has an app already, and a new telephone replaces the old one.
@method_decorator([own_account_page, reauthentication_required(app="allauth.mfa")], name="dispatch")
class UseApp(_ChangesFactors, ActivateTOTPView):
    """Set up an app that shows codes, or replace the one there is."""

    template_name = "accounts/support/app.html"
    change = "app set up"

    def dispatch(self, request, *args, **kwargs) -> HttpResponse:
        return super(ActivateTOTPView, self).dispatch(request, *args, **kwargs)

    def form_valid(self, form: Form) -> HttpResponse:
        with transaction.atomic():
            Authenticator.objects.filter(user=self.request.user, type=Authenticator.Type.TOTP).delete()
            response = super().form_valid(form)
        if not self.did_generate_recovery_codes:
            messages.success(self.request, "Vanaf nu logt u in met de codes van deze app.")
        else:
            sessions.show_recovery_codes(self.request)
        return response


@method_decorator(own_account_page, name="dispatch")
class StopUsingApp(_ChangesFactors, DeactivateTOTPView):
    """Sign in with passkeys only."""

    template_name = "accounts/support/app_remove.html"
    change = "app removed"

    def form_valid(self, form: Form) -> HttpResponse:
        response = super().form_valid(form)
        messages.success(self.request, "U logt niet meer in met codes van een app.")
        return response


@method_decorator(own_account_page, name="dispatch")
class AddPasskey(_ChangesFactors, AddWebAuthnView):
    """Add a passkey."""

    template_name = "accounts/support/passkey.html"
    change = "passkey added"

    def form_valid(self, form: Form) -> HttpResponse:
        response = super().form_valid(form)
        if not self.did_generate_recovery_codes:
            messages.success(self.request, f"De passkey {form.cleaned_data['name']} is toegevoegd.")
        else:
            sessions.show_recovery_codes(self.request)
        return response


@method_decorator(own_account_page, name="dispatch")
class RemovePasskey(_ChangesFactors, RemoveWebAuthnView):
    """Remove a passkey; not the last second factor."""

    template_name = "accounts/support/passkey_remove.html"
    success_url = reverse_lazy("mfa_index")
    change = "passkey removed"

    def form_valid(self, form: Form) -> HttpResponse:
        if not self.is_removable:
            raise PermissionDenied
        response = super().form_valid(form)
        messages.success(self.request, "De passkey is verwijderd.")
        return response

    @property
    def is_removable(self) -> bool:
        """Whether there is another second factor, besides recovery codes."""
        return Authenticator.objects.filter(user=self.request.user, type__in=_FACTORS).count() > 1


@method_decorator(own_account_page, name="dispatch")
class NewRecoveryCodes(_ChangesFactors, GenerateRecoveryCodesView):
    """Make recovery codes; those there were no longer work."""

    template_name = "accounts/support/recovery_codes_new.html"
    change = "recovery codes made"

    def form_valid(self, form: Form) -> HttpResponse:
        response = super().form_valid(form)
        sessions.show_recovery_codes(self.request)
        return response


@own_account_page
@require_safe
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """The codes that were just made, for who made them; afterwards nobody sees them again."""
    codes = _new_codes(request)
    return render(request, "accounts/support/recovery_codes.html", {"codes": codes}) if codes else redirect("mfa_index")


@own_account_page
@require_safe
def recovery_codes_file(request: HttpRequest) -> HttpResponse:
    """The same as a text file."""
    codes = _new_codes(request)
    if not codes:
        return redirect("mfa_index")
    lines = ["Herstelcodes van het Onderwijs Serviceregister", f"Account: {request.user.username}", "", *codes, ""]
    return HttpResponse(
        "\r\n".join(lines),
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="herstelcodes-osr.txt"'},
    )


@own_account_page
@require_POST
def recovery_codes_kept(request: HttpRequest) -> HttpResponse:
    """The codes lie somewhere safe: they are not shown any more."""
    sessions.hide_recovery_codes(request)
    return redirect("admin:index")


@method_decorator(own_account_page, name="dispatch")
class ChangePassword(PasswordChangeView):
    """Another password, for who knows the present one; other sessions of this person end."""

    template_name = "accounts/support/password.html"

    def form_valid(self, form: Form) -> HttpResponse:
        response = super().form_valid(form)
        log.info("password changed", username=self.request.user.username, address=address_of(self.request))
        messages.success(self.request, "Uw wachtwoord is gewijzigd. Op andere apparaten bent u uitgelogd.")
        return response

    def get_default_success_url(self) -> str:
        return reverse("mfa_index")


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """Choose a first password, with the link that a lead gave."""
    account = set_up_links.account_of(request.GET.get("wie", ""), request.GET.get("code", ""))
    if account is None:
        response = render(request, "accounts/support/set_up_over.html", status=410)
    elif request.method != "POST":
        form = PasswordForm(user=account.user)
        response = render(request, "accounts/support/set_up.html", {"account": account, "form": form})
    else:
        response = _set_up(request, account)
    add_never_cache_headers(response)
    return response


def _set_up(request: HttpRequest, account: SupportAccount) -> HttpResponse:
    form = PasswordForm(request.POST, user=account.user)
    if not form.is_valid():
        return render(request, "accounts/support/set_up.html", {"account": account, "form": form}, status=422)
    try:
        choose_password(account=account, password=form.cleaned_data["password1"])
    except Refused:
        return render(request, "accounts/support/set_up_over.html", status=410)
    log.info("password chosen", username=account.user.username, address=address_of(request))
    messages.success(request, "Uw wachtwoord is opgeslagen. Log ermee in; daarna stelt u de tweede stap in.")
    return redirect("account_login")


def _new_codes(request: HttpRequest) -> list[str]:
    if not sessions.shows_recovery_codes(request):
        return []
    codes = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.RECOVERY_CODES).first()
    return codes.wrap().get_unused_codes() if codes else []


def _left(codes: Authenticator) -> int:
    """How many codes are left; none when they cannot be read any more."""
    try:
        return len(codes.wrap().get_unused_codes())
    except ValidationError:
        return 0


def _codes_left(left: int) -> str:
    number = {0: "geen herstelcode", 1: "nog 1 herstelcode"}.get(left, f"nog {left} herstelcodes")
    advice = " Maak nieuwe, onder Beveiliging." if left <= _FEW_CODES else ""
    return f"U heeft een herstelcode gebruikt. U heeft {number} over.{advice}"
