"""Waiting one's turn has an end (R5)."""

import threading

import pytest
from django.db import connection, transaction

from journal.acts import Refused
from journal.clock import today
from mandates.actions import grant_mandates
from mandates.models import Mandate
from schools import locking
from schools.models import Board


@pytest.mark.django_db(transaction=True)
def test_who_waits_too_long_is_told_so_and_can_try_again(regenboog, monkeypatch):
    """R5: nobody waits for ever behind a change that takes long."""
    monkeypatch.setattr(locking, "LONGEST_WAIT", "200ms")
    held, done = threading.Event(), threading.Event()

    def hold_the_board() -> None:
        with transaction.atomic():
            Board.objects.select_for_update(no_key=True).get(pk=regenboog.board.pk)
            held.set()
            done.wait(30)
        connection.close()

    def give() -> list[Mandate]:
        return grant_mandates(
            actor=regenboog.anke, school=regenboog.school, choices=[regenboog.rio_by_las()], start_date=today()
        )

    holder = threading.Thread(target=hold_the_board)
    holder.start()
    held.wait(30)
    try:
        with pytest.raises(Refused, match="Probeer het over een minuut opnieuw"):
            give()
    finally:
        done.set()
        holder.join()

    assert len(give()) == 1
