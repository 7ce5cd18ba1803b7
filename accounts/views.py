from collections.abc import Callable, Sequence
from functools import wraps

import structlog
from allauth.socialaccount.providers.openid_connect.views import login
from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe
from requests import RequestException

from accounts import on_behalf, providers, sessions
from accounts.middleware import BOARD_SESSION_KEY
from accounts.models import Membership
from accounts.providers import Provider

log = structlog.get_logger(__name__)


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The start page: what the register is, and signing in. Who is signed in goes on to the mandates."""
    if home := _home(request):
        return redirect(home)
    following = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(following, allowed_hosts=None):
        following = ""
    return render(request, "accounts/start.html", {"next": following, "providers": providers.configured()})


def _home(request: HttpRequest) -> str:
    """Where a signed-in person begins: the name of the page; empty for who has nothing to do here."""
    if request.membership:
        return "mandates:overview" if request.membership.is_administrator else "agreements:agreements"
    if request.support:
        return "admin:index"
    # Of support, and without a second factor yet.
    return "mfa_index" if request.user.is_authenticated and request.session.get(sessions.OF_SUPPORT) else ""


def no_access(
    request: HttpRequest,
    *,
    reason: str,
    provider: Provider,
    board_numbers: Sequence[str] = (),
    roles: Sequence[Membership.Role] = (),
) -> HttpResponse:
    """The page for who may not enter: which role or board is missing, and who can give it (domain.md section 8).

    `reason` is `no_role`, `no_board`, or `no_right` for who has another role than the `roles` that the page is for;
    `board_numbers` are the boards that the provider named.
    """
    context = {
        "reason": reason,
        "provider": provider,
        "board_numbers": board_numbers,
        "roles": [role.label for role in roles],
    }
    response = render(request, "accounts/no_access.html", context, status=403)
    # As on every page with a name in its header.
    add_never_cache_headers(response)
    return response


def sign_in_at_provider(request: HttpRequest, provider_id: str) -> HttpResponse:
    """On to the provider; when that cannot be reached, a page that says so."""
    try:
        return login(request, provider_id)
    except RequestException as error:
        log.warning("provider cannot be reached", provider=provider_id, why=type(error).__name__)
        return sign_in_failed(request, providers.named(provider_id))


def sign_in_failed(request: HttpRequest, provider: Provider | None = None) -> HttpResponse:
    """Signing in was broken off, refused or did not succeed at the provider (of which it may not be known which)."""
    context = {"provider": provider, "providers": [provider] if provider else providers.configured()}
    return render(request, "accounts/sign_in_failed.html", context, status=401)


def _a_button(view: Callable) -> Callable:
    """What is done by a button only; who comes by its address, from a history or by reloading, goes to the start."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        return view(request) if request.method == "POST" else redirect("start")

    return guarded


@_a_button
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session here."""
    auth.logout(request)
    messages.success(request, "U bent uitgelogd.")
    return redirect("start")


@_a_button
def switch_board(request: HttpRequest) -> HttpResponse:
    """Act for another of the person's boards from now on."""
    number = request.POST.get("board", "")
    if any(membership.board.number == number for membership in request.memberships):
        request.session[BOARD_SESSION_KEY] = number
    return redirect("start")


@_a_button
def stop_acting(request: HttpRequest) -> HttpResponse:
    """Support no longer acts on behalf of a board; back to where that began."""
    on_behalf.stop(request)
    messages.success(request, "U handelt niet meer namens het bestuur.")
    return redirect("start")
