"""Making room for an agreement: the one that was in force ends the day before (A2, A4)."""

from datetime import date, timedelta

from django.db.models import Q

from agreements.contents import digest_of
from agreements.models import Agreement, Document, Template
from journal.acts import Actor, Problem, act
from journal.clock import today
from schools.locking import patiently
from schools.models import Board
from services.wording import day_in_words


def lock_board(board: Board) -> Board:
    """The board, locked until the end of the transaction: its agreements and mandates change one at a time."""
    with patiently():
        return Board.objects.select_for_update(no_key=True).get(pk=board.pk)


def in_the_way(board: Board, kind: str, first_day: date) -> list[Problem]:
    """Why no agreement of `kind` (a code) can be in force from `first_day` on: a later one, or one that has ended."""
    return [
        Problem(
            "overlaps",
            f"{board} heeft al een overeenkomst {kind} vanaf {day_in_words(other.signed_on)}"
            + (f" tot en met {day_in_words(other.ended_on)}." if other.ended_on else "."),
        )
        for other in _on_or_after(board, kind, first_day)
        if other.signed_on > first_day or other.is_over(today())
    ]


def former_agreement(board: Board, kind: str, first_day: date) -> Agreement | None:
    """The agreement in whose place one from `first_day` on comes."""
    return _on_or_after(board, kind, first_day).first()


def supersede(former: Agreement, first_day: date, *, actor: Actor) -> None:
    """End `former` the day before `first_day`; one that began on that day covers no day any more."""
    former.ended_on = first_day - timedelta(days=1)
    with act("agreement.superseded", actor=actor):
        former.save(update_fields=["ended_on"])


def keep(pdf: bytes, *, actor: Actor) -> Document:
    """Store a document as it was signed."""
    with act("document.kept", actor=actor):
        return Document.objects.create(sha256=digest_of(pdf), content=pdf, made_on=today())


def has_version(former: Agreement | None, template: Template) -> bool:
    """Whether the board has signed this very text, without an end."""
    return former is not None and former.template_id == template.pk and former.ended_on is None


def _on_or_after(board: Board, kind: str, day: date):
    """The agreements in force on `day` or later, the first one first."""
    agreements = Agreement.objects.covering_some_day().filter(board=board, kind=kind)
    return agreements.filter(Q(ended_on=None) | Q(ended_on__gte=day)).order_by("signed_on")
