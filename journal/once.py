"""A form does its work once, also when it is sent twice: by a double click, a reload, or the back button.

Each form that is shown has a key of its own. The session remembers the keys of those whose work was done, each with the
number under which the journal keeps it: so the second answer can say the same as the first, and offer to undo it.
"""

import secrets

from django.contrib import messages
from django.http import HttpRequest

# The hidden field of the key.
FIELD = "sleutel"
# Buttons beside the rows of one form: what each of them does is work of its own.
ROW_BUTTONS = ("overnemen", "laten-aflopen")

_SESSION_KEY = "gedaan"
_MOST_REMEMBERED = 20
_LONGEST_ROW = 100


def new_key() -> str:
    """A key for a form that is about to be shown."""
    return secrets.token_urlsafe(12)


def is_done(request: HttpRequest) -> bool:
    """Whether the work of the form that was sent was done already."""
    return _number_of(request) is not None


def is_done_meanwhile(request: HttpRequest) -> bool:
    """The same, also when the first of two clicks did it a moment ago, in another process."""
    request.session = type(request.session)(request.session.session_key)
    return is_done(request)


def remember(request: HttpRequest, number: int = 0) -> None:
    """That the work of this form was done; `number` is that of its transaction, 0 when it cannot be undone."""
    if key := _key_of(request):
        done = [*request.session.get(_SESSION_KEY, ()), [key, number]]
        request.session[_SESSION_KEY] = done[-_MOST_REMEMBERED:]
        request.session.save()


def say_done_already(request: HttpRequest, text: str = "Dit was al gedaan. Er is niets dubbel veranderd.") -> None:
    """Tell so calmly, with the means to undo what the first one did."""
    messages.info(request, text, extra_tags=str(_number_of(request) or ""))


def _number_of(request: HttpRequest) -> int | None:
    return dict(request.session.get(_SESSION_KEY, ())).get(_key_of(request))


def _key_of(request: HttpRequest) -> str:
    """The key of the work: that of the form and, of a button beside a row, which row."""
    key = request.POST.get(FIELD, "")
    rows = [f" {name} {request.POST[name]}" for name in ROW_BUTTONS if name in request.POST]
    return key and key + "".join(rows)[:_LONGEST_ROW]
