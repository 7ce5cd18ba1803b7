"""Who may see a page."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.utils.cache import add_never_cache_headers

from accounts.middleware import actor_of
from accounts.views import no_access


def administrator_page(view: Callable) -> Callable:
    """A page for OSR-beheerders: `request.actor` and `request.board` are those acted for.

    Who is not signed in goes to the start page and comes back after signing in; who acts for no board is told whom
    to ask.
    """

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        actor = actor_of(request)
        if actor is None:
            return no_access(request, reason="no_board")
        request.actor, request.board = actor, request.membership.board
        response = view(request, *args, **kwargs)
        # On a shared computer the back button must not show it after signing out.
        add_never_cache_headers(response)
        return response

    return guarded
