"""Who may see a page."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers

from accounts import kept_forms
from accounts.middleware import actor_of
from accounts.models import Membership
from accounts.providers import named
from accounts.views import no_access

_KEPT = "U was uitgelogd. Er is nog niets veranderd. Log opnieuw in: dan staat er weer wat u had ingevuld."
_NOT_KEPT = "U was uitgelogd. Er is niets veranderd. Log opnieuw in en doe het nog een keer."
_GIVEN_BACK = "U was uitgelogd. Er is nog niets veranderd. Kijk na wat hier staat en ga daarna verder."
_OTHER_BOARD = (
    "Er is nog niets veranderd. U had dit formulier ingevuld voor een ander bestuur. "
    "Kies dat bestuur en open de pagina opnieuw: dan staat er weer wat u had ingevuld."
)


def administrator_page(view: Callable) -> Callable:
    """A page for OSR-beheerders: `request.actor` and `request.board` are those acted for.

    Who is not signed in goes to the start page and comes back after signing in; who is no OSR-beheerder of the board is
    told whom to ask. `request.kept` holds the fields of a form that was sent to this page after the session had ended,
    else None: a page with a form shows them again, and does nothing with them (`accounts.kept_forms`).
    """
    return _page_for(Membership.Role.ADMINISTRATOR)(view)


def signatory_page(view: Callable) -> Callable:
    """A page for the tekenbevoegde of a board (A3); the rest is as for an `administrator_page`."""
    return _page_for(Membership.Role.SIGNATORY)(view)


def board_page(view: Callable) -> Callable:
    """A page for whoever acts for a board, as OSR-beheerder or as tekenbevoegde; the rest is as above.

    Who is both acts here as OSR-beheerder.
    """
    return _page_for(Membership.Role.ADMINISTRATOR, Membership.Role.SIGNATORY)(view)


def _page_for(*roles: Membership.Role) -> Callable[[Callable], Callable]:
    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not request.user.is_authenticated:
                return _sign_in_first(request)
            actors = [actor for role in roles if (actor := actor_of(request, role))]
            if not actors:
                reason = "no_right" if request.membership else "no_board"
                return no_access(request, reason=reason, provider=named(request.user.provider_id), roles=roles)
            request.actor, request.board = actors[0], request.membership.board
            if request.method == "POST" and _is_for_another_board(request):
                return _for_another_board(request)
            request.kept, is_new = kept_forms.given_back(request)
            if is_new:
                messages.warning(request, _GIVEN_BACK)
            response = view(request, *args, **kwargs)
            if request.kept is not None and response.status_code == 405:
                # A button without a page of its own: there is nothing to show again.
                response = redirect(settings.LOGIN_REDIRECT_URL)
            # On a shared computer the back button must not show it after signing out.
            add_never_cache_headers(response)
            return response

        guarded.gives_forms_back = True
        return guarded

    return decorate


def sent_from_an_ended_session(request: HttpRequest) -> HttpResponse | None:
    """The answer to a form that carries the secret of an earlier session; None when there is nothing to give back."""
    if not getattr(request.resolver_match.func, "gives_forms_back", False):
        return None
    if not request.user.is_authenticated:
        return _sign_in_first(request)
    owner = kept_forms.made_for(request)
    if owner is None or not request.membership or owner.user != request.user.pk or not kept_forms.keep(request):
        return None
    if owner != kept_forms.MadeFor.signed_in(request):
        return _for_another_board(request)
    return redirect(request.get_full_path())


def _is_for_another_board(request: HttpRequest) -> bool:
    """Whether the form was made when this person acted for another board: the choice was changed in another window."""
    owner = kept_forms.made_for(request)
    return owner is not None and owner.board != request.board.number


def _for_another_board(request: HttpRequest) -> HttpResponse:
    """Nothing is done for a board that the person did not see on the page."""
    kept_forms.keep(request)
    messages.warning(request, _OTHER_BOARD)
    return redirect(settings.LOGIN_REDIRECT_URL)


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        messages.warning(request, _KEPT if kept_forms.keep(request) else _NOT_KEPT)
    return redirect_to_login(request.get_full_path())
