"""A form does its work once, also when it is sent twice: by a double click, a reload, or the back button.

Each form that is shown has a key of its own. The session remembers the keys of those whose work was done, each with the
number under which the journal keeps it: so the second answer can say the same as the first, and offer to undo it.
Where a form has buttons that each do work of their own, such as one beside each row, `button` says which was pressed.
"""

import secrets

from django.contrib import messages
from django.http import HttpRequest

# The hidden field of the key.
FIELD = "sleutel"

_SESSION_KEY = "gedaan"
_MOST_REMEMBERED = 20


def new_key() -> str:
    """A key for a form that is about to be shown."""
    return secrets.token_urlsafe(12)


def is_done(request: HttpRequest, button: str = "") -> bool:
    """Whether the work of the form that was sent was done already."""
    return _number_of(request, button) is not None


def is_done_meanwhile(request: HttpRequest, button: str = "") -> bool:
    """The same, also when the first of two clicks did it a moment ago, in another process."""
    request.session = type(request.session)(request.session.session_key)
    return is_done(request, button)


def remember(request: HttpRequest, number: int = 0, button: str = "") -> None:
    """That the work of this form was done; `number` is that of its transaction, 0 when it cannot be undone."""
    if key := _key_of(request, button):
        done = [*request.session.get(_SESSION_KEY, ()), [key, number]]
        request.session[_SESSION_KEY] = done[-_MOST_REMEMBERED:]
        request.session.save()


def say_done_already(
    request: HttpRequest, text: str = "Dit was al gedaan. Er is niets dubbel veranderd.", button: str = ""
) -> None:
    """Tell so calmly, with the means to undo what the first one did."""
    messages.info(request, text, extra_tags=str(_number_of(request, button) or ""))


def _number_of(request: HttpRequest, button: str) -> int | None:
    return dict(request.session.get(_SESSION_KEY, ())).get(_key_of(request, button))


def _key_of(request: HttpRequest, button: str) -> str:
    key = request.POST.get(FIELD, "")
    return f"{key} {button}" if key and button else key
