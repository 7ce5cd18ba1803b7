"""Kennisnet support acting on behalf of a board, on the board's own pages (D4).

It begins with a reason, which stands in the history of everything that is done until it stops, and which the board
sees. It stops by itself when the session ends, and after an hour at the latest.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.http import HttpRequest
from django.utils import timezone

from schools.models import Board

log = structlog.get_logger(__name__)

LONGEST = timedelta(hours=1)

_SESSION_KEY = "on_behalf"


@dataclass(frozen=True)
class OnBehalf:
    """The board (number) on whose behalf support acts, why, and until when."""

    board_number: str
    reason: str
    until: datetime


def begin(request: HttpRequest, board: Board, *, reason: str) -> None:
    """Act on behalf of `board` from now on; instead of another one, if need be."""
    until = timezone.now() + LONGEST
    request.session[_SESSION_KEY] = {"board": board.number, "reason": reason, "until": until.isoformat()}
    log.info("acting on behalf begins", board=board.number, user=request.user.username)


def stop(request: HttpRequest) -> None:
    """Act on behalf of nobody any more."""
    if kept := request.session.pop(_SESSION_KEY, None):
        log.info("acting on behalf ends", board=kept["board"], user=request.user.username)


def current(request: HttpRequest) -> OnBehalf | None:
    """On whose behalf the session says that support acts; who may do so is not looked at here."""
    kept = request.session.get(_SESSION_KEY)
    if kept is None:
        return None
    on_behalf = OnBehalf(kept["board"], kept["reason"], datetime.fromisoformat(kept["until"]))
    return on_behalf if timezone.now() < on_behalf.until else None
