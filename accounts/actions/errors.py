"""Remembering which error page somebody was shown, under the number on it that they read out to support."""

import os
import time
from datetime import timedelta
from threading import Lock
from traceback import walk_tb
from types import FrameType

import structlog
from django.conf import settings
from django.db import Error, connection, transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts import sessions
from accounts.models import ShownError

log = structlog.get_logger()

# What a path is kept of. A longer piece of it is no name of ours but something signed, such as the link in a mail.
_LONGEST_PATH, _LONGEST_PIECE, _LONGEST_METHOD = 300, 40, 10


class Allowance:
    """So many in a minute, and no more; counted in this process."""

    def __init__(self, most: int) -> None:
        self._most, self._used, self._ends_at, self._lock = most, 0, 0.0, Lock()

    def admits(self) -> bool:
        """Whether there is room for one more, which then counts."""
        with self._lock:
            if time.monotonic() >= self._ends_at:
                self._used, self._ends_at = 0, time.monotonic() + 60
            self._used += 1
            return self._used <= self._most


_not_signed_in = Allowance(30)


def note_error(
    *, request: HttpRequest, status: int, exception: BaseException | None = None, has_waited: bool = False
) -> None:
    """Remember that who sent `request` is shown an error page; `exception` is what led to it, if known.

    `has_waited`: the database was asked for something in vain. When it is gone, it is not asked once more.

    Never makes things worse: raises nothing, and when it cannot be noted the log says so, with the same number. Of
    people who are not signed in at most thirty a minute are noted by each process, so that who tries all addresses does
    not fill the table. What went wrong in the register itself (500 and above) is always noted.
    """
    reference = getattr(request, "reference", "")
    # Of two error pages in one request, the second because of the first, the first tells what went wrong.
    if not reference or getattr(request, "error_is_noted", False):
        return
    request.error_is_noted = True
    path, method = _path(request), (request.method or "")[:_LONGEST_METHOD]
    event = log.bind(reference=reference, status=status, method=method, path=path)
    if has_waited and not _is_connected():
        event.warning("error page not noted", why="the database is gone")
        return
    try:
        person, board_number = _who(request)
        if person is None and status < ShownError.Status.FAILED and not _not_signed_in.admits():
            return
        with transaction.atomic():
            ShownError.objects.create(
                reference=reference,
                status=status,
                method=method,
                path=path,
                person_id=person,
                board_number=board_number,
                exception=_name(exception) if exception else "",
                where=_place(exception) if exception else "",
            )
    except Error as error:
        event.warning("error page not noted", why=_name(error))
    except Exception:
        # A fault of our own, such as a session that nobody foresaw: still no reason to show no page at all.
        event.exception("error page not noted")


def forget_errors() -> int:
    """Delete what was noted more than `OSR_ERROR_DAYS` ago; returns how many error pages."""
    before = timezone.now() - timedelta(days=settings.OSR_ERROR_DAYS)
    deleted, _ = ShownError.objects.filter(moment__lt=before).delete()
    return deleted


def _is_connected() -> bool:
    """Whether this thread has a connection to the database that was not broken off."""
    return connection.connection is not None and not connection.connection.closed


def _who(request: HttpRequest) -> tuple[int | None, str]:
    """The person (primary key) and the board (number) acted for, as far as they can be known."""
    if not hasattr(request, "user"):
        return None, ""
    person, board_number = None, ""
    try:
        with sessions.unnoticed(request):
            if request.user.is_authenticated:
                person = request.user.pk
                board_number = request.membership.board.number if request.membership else ""
    except Error:
        raise
    except Exception as error:
        # Perhaps this is just what went wrong on the page.
        log.warning("who saw an error page is not known", why=_name(error))
    return person, board_number


def _path(request: HttpRequest) -> str:
    """The path, without what may be secret and without what PostgreSQL keeps no text of."""
    pieces = ("…" if len(piece) > _LONGEST_PIECE else piece for piece in request.path.split("/"))
    return "".join(sign if sign.isprintable() else "�" for sign in "/".join(pieces))[:_LONGEST_PATH]


def _name(error: BaseException) -> str:
    """The full name of the exception's class."""
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _place(error: BaseException) -> str:
    """The innermost place in the register's own code through which the exception came; empty when through none."""
    places = [
        f"{frame.f_globals.get('__name__', '')}:{frame.f_code.co_qualname}:{line}"
        for frame, line in walk_tb(error.__traceback__)
        if _is_own(frame)
    ]
    return places[-1] if places else ""


def _is_own(frame: FrameType) -> bool:
    """Whether it runs code of the register, and not of a package that is installed below its folder."""
    file = frame.f_code.co_filename
    return file.startswith(f"{settings.BASE_DIR}{os.sep}") and "site-packages" not in file
