"""A form that was sent after its session had ended: nothing typed is lost, and nothing happens by itself.

Every form on a page of a beheerder carries, signed, for whom it was made: the person and the board. When it comes in
after the session ended, its fields are kept in the new session, on the server. Whoever then signs in as that same
person, for that same board, gets the page back filled in, and presses the button again. A page is given back by GET,
and a GET changes nothing: so no page can do something with what was kept before the person saw it.
"""

from dataclasses import asdict, dataclass, field
from typing import Self

from django.core import signing
from django.http import HttpRequest, QueryDict

from accounts.middleware import BOARD_SESSION_KEY
from journal import once

# The hidden field that says for whom a form was made.
MADE_FOR = "gemaakt-voor"
# How long a page may have stood open: over a weekend and a few days more.
LONGEST_OPEN = 7 * 24 * 60 * 60
# How many characters are kept. A thousand schools and services chosen are about 12,000.
MOST_CHARACTERS = 100_000

_SALT = "accounts.kept_forms"
_SESSION_KEY = "kept_form"
_NOT_KEPT = {MADE_FOR, once.FIELD, "csrfmiddlewaretoken"}


@dataclass(frozen=True, kw_only=True)
class MadeFor:
    """The person (primary key) and the board (number) for which a page was made."""

    user: int
    board: str

    @classmethod
    def signed_in(cls, request: HttpRequest) -> Self:
        """The person that is signed in now, and the board acted for."""
        return cls(user=request.user.pk, board=request.membership.board.number)


@dataclass(frozen=True, kw_only=True)
class _Kept:
    made_for: MadeFor
    path: str
    fields: list[tuple[str, list[str]]] = field(repr=False)
    # Whether the person has seen it back: then it goes when another page is opened.
    was_shown: bool = False


def sign(made_for: MadeFor) -> str:
    """The value of the hidden field."""
    return signing.dumps([made_for.user, made_for.board], salt=_SALT)


def made_for(request: HttpRequest) -> MadeFor | None:
    """For whom the form was made that was sent; None when it does not say, or not believably."""
    try:
        user, board = signing.loads(request.POST.get(MADE_FOR, ""), salt=_SALT, max_age=LONGEST_OPEN)
    except signing.BadSignature:
        return None
    return MadeFor(user=user, board=board)


def keep(request: HttpRequest) -> bool:
    """Keep the form that was sent until the person it was made for is back; tells whether it was kept.

    Not kept is what says not for whom it was made, so that a stranger can store nothing, and what is too large.
    """
    owner = made_for(request)
    fields = [(name, values) for name, values in request.POST.lists() if name not in _NOT_KEPT]
    if owner is None or sum(len(name) + sum(map(len, values)) for name, values in fields) > MOST_CHARACTERS:
        return False
    _store(request, _Kept(made_for=owner, path=request.path, fields=fields))
    if not request.user.is_authenticated:
        # After signing in one acts again for this board, if one still may.
        request.session[BOARD_SESSION_KEY] = owner.board
    return True


def given_back(request: HttpRequest) -> tuple[QueryDict | None, bool]:
    """The fields that were kept for this page, this person and this board, or None; and whether that is for the
    first time."""
    kept = _stored(request)
    if kept is None:
        return None, False
    is_here, is_sent = kept.path == request.path, request.method == "POST"
    if kept.made_for.user != request.user.pk or (is_here and is_sent) or (not is_here and kept.was_shown):
        del request.session[_SESSION_KEY]
        return None, False
    if is_sent or not is_here or kept.made_for != MadeFor.signed_in(request):
        return None, False
    if not kept.was_shown:
        _store(request, _Kept(made_for=kept.made_for, path=kept.path, fields=kept.fields, was_shown=True))
    fields = QueryDict(mutable=True)
    for name, values in kept.fields:
        fields.setlist(name, values)
    return fields, not kept.was_shown


def _store(request: HttpRequest, kept: _Kept) -> None:
    request.session[_SESSION_KEY] = asdict(kept)


def _stored(request: HttpRequest) -> _Kept | None:
    stored = request.session.get(_SESSION_KEY)
    return stored and _Kept(**{**stored, "made_for": MadeFor(**stored["made_for"])})
