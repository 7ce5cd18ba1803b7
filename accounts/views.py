from collections.abc import Sequence

from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import BOARD_SESSION_KEY
from accounts.models import Membership


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The start page: what the register is, and signing in. Who is signed in goes on to the mandates."""
    if home := _home(request):
        return redirect(home)
    following = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(following, allowed_hosts=None):
        following = ""
    return render(request, "accounts/start.html", {"next": following})


def _home(request: HttpRequest) -> str:
    """Where a signed-in person begins: the name of the page; empty for who has nothing to do here."""
    if request.membership:
        return "mandates:overview" if request.membership.is_administrator else "agreements:agreements"
    return "admin:index" if request.support else ""


def no_access(
    request: HttpRequest, *, reason: str, board_numbers: Sequence[str] = (), roles: Sequence[Membership.Role] = ()
) -> HttpResponse:
    """The page for who may not enter: which role or board is missing, and who can give it (domain.md section 8).

    `reason` is `no_role`, `no_board`, or `no_right` for who has another role than the `roles` that the page is for;
    `board_numbers` are the boards that the provider named.
    """
    context = {"reason": reason, "board_numbers": board_numbers, "roles": [role.label for role in roles]}
    return render(request, "accounts/no_access.html", context, status=403)


def sign_in_failed(request: HttpRequest) -> HttpResponse:
    """Signing in was broken off, refused or did not succeed at the provider."""
    return render(request, "accounts/sign_in_failed.html", status=401)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session here."""
    auth.logout(request)
    messages.success(request, "U bent uitgelogd.")
    return redirect("start")


@require_POST
def switch_board(request: HttpRequest) -> HttpResponse:
    """Act for another of the person's boards from now on."""
    number = request.POST.get("board", "")
    if any(membership.board.number == number for membership in request.memberships):
        request.session[BOARD_SESSION_KEY] = number
    return redirect("start")
