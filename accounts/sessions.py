"""How long a person stays signed in, and whether support has shown its second factor (domain.md section 8).

Everything is in the session itself, so that asking costs no query. A session ends `OSR_SESSION_SECONDS` after signing
in, whatever is done in it: a right that the provider has withdrawn counts no longer than that. One of support ends
sooner, when nothing was done for `OSR_SUPPORT_SESSION_SECONDS`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

# Whether it is a session of support, with or without second factor.
OF_SUPPORT = "of_support"
_BEGAN = "began"
_SECOND_FACTOR = "second_factor"
_RECOVERY_CODES = "new_recovery_codes_until"
# How long new recovery codes can be looked at.
_LOOKING = timedelta(minutes=10)
# The end of a session of support is written down again when it has moved by this much.
_PRECISION = timedelta(minutes=1)


def begin(request: HttpRequest, *, of_support: bool) -> None:
    """Let the session in which somebody has just signed in end in time."""
    request.session[_BEGAN] = timezone.now().timestamp()
    request.session[OF_SUPPORT] = of_support
    limit(request)


def limit(request: HttpRequest) -> None:
    """Set the end of a session that has begun, from now."""
    if _BEGAN in request.session:
        request.session.set_expiry(_end(request))


def keep(request: HttpRequest) -> None:
    """Something was done in the session: one of support goes on a little longer. Looks at no session that the request
    did not look at itself."""
    if not request.session.accessed or not request.session.get(OF_SUPPORT):
        return
    if abs(request.session.get_expiry_date() - _end(request)) > _PRECISION:
        limit(request)


@contextmanager
def unnoticed(request: HttpRequest) -> Iterator[None]:
    """Look at the session without using it: it is the page asked for that decides whether it is kept and goes on."""
    was_accessed = request.session.accessed
    try:
        yield
    finally:
        request.session.accessed = was_accessed


def pass_second_factor(request: HttpRequest, user_id: int) -> None:
    """The person with this number has shown a second factor; it is asked for again in each session."""
    request.session[_SECOND_FACTOR] = user_id


def has_second_factor(request: HttpRequest) -> bool:
    """Whether the person that is signed in has shown a second factor in this session."""
    return request.session.get(_SECOND_FACTOR) == request.user.pk


def show_recovery_codes(request: HttpRequest) -> None:
    """New recovery codes were made in this session: here they may be seen, for ten minutes."""
    request.session[_RECOVERY_CODES] = (timezone.now() + _LOOKING).timestamp()


def hide_recovery_codes(request: HttpRequest) -> None:
    """The codes have been written down."""
    request.session.pop(_RECOVERY_CODES, None)


def shows_recovery_codes(request: HttpRequest) -> bool:
    """Whether the recovery codes may be seen in this session."""
    return timezone.now().timestamp() < request.session.get(_RECOVERY_CODES, 0)


def began_recently(request: HttpRequest, seconds: float) -> bool:
    """Whether the person signed in less than so many seconds ago."""
    return timezone.now().timestamp() - request.session.get(_BEGAN, 0) < seconds


def _end(request: HttpRequest) -> datetime:
    began = datetime.fromtimestamp(request.session[_BEGAN], tz=timezone.get_current_timezone())
    at_most = began + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    if not request.session[OF_SUPPORT]:
        return at_most
    return min(at_most, timezone.now() + timedelta(seconds=settings.OSR_SUPPORT_SESSION_SECONDS))
