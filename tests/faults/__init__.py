"""What can go wrong while many work at once: each work in a thread with a connection of its own, that commits."""

import random
import time
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from django.db import connection, transaction

# How long something that happens within milliseconds may take on a busy machine.
PATIENCE = 30

Work = Callable[[], Any]


class Beside(Thread):
    """Some work in a thread of its own. `outcome` is what it returned or raised, to be read after `join()`."""

    def __init__(self, work: Work, *, start_with: Barrier | None = None) -> None:
        """Begin with the work, at once or when all who share the barrier are ready."""
        super().__init__(daemon=True)
        self.work, self.start_with, self.outcome = work, start_with, None
        self.start()

    def run(self) -> None:
        """Do the work."""
        try:
            if self.start_with:
                self.start_with.wait(PATIENCE)
            self.outcome = self.work()
        except Exception as error:
            self.outcome = error
        finally:
            connection.close()


def at_once(*works: Work) -> list:
    """Let all works begin at the same moment; returns the outcome of each: what it returned or raised."""
    barrier = Barrier(len(works))
    return _outcomes([Beside(work, start_with=barrier) for work in works])


def meeting_at(lock: Work, *works: Work) -> list:
    """Let all works come to the lock that `lock` takes before one of them gets it; returns the outcome of each.

    That they meet is certain: they are let in only when all stand in the queue, and then in this order.
    """
    beside = []
    with transaction.atomic():
        lock()
        for work in works:
            beside.append(Beside(work))
            wait_until(lambda: len(waiting_for_a_lock()) == len(beside))
    return _outcomes(beside)


def _outcomes(beside: list[Beside]) -> list:
    for each in beside:
        each.join(2 * PATIENCE)
        assert not each.is_alive(), "it does not end"
    return [each.outcome for each in beside]


def dice(seed: int) -> random.Random:
    """Chances that fall the same way for the same seed."""
    return random.Random(seed)


def waiting_for_a_lock() -> list[int]:
    """The process ids of the connections that wait for a lock that another holds.

    From `pg_locks`: what `pg_stat_activity` says stays the same within one transaction.
    """
    return [pid for (pid,) in read("SELECT DISTINCT pid FROM pg_locks WHERE NOT granted")]


def wait_until(is_so: Work) -> None:
    """Wait until `is_so()`, and fail when that takes too long."""
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.005)


def read(sql: str, *parameters) -> list[tuple]:
    """The rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)
        return cursor.fetchall()
