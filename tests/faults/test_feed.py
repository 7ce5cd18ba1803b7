"""The feed misses nothing, whatever the order in which writers commit (D14, D16)."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

import pytest
from django.db import transaction

from journal.acts import act, register
from journal.feed import START, read_feed
from journal.models import Entry
from schools.models import Board
from tests.faults import PATIENCE, Beside, at_once, dice, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

TESTS = register("tests")

# A way to read: from a place, at most so many entries; returns their ids and the place to read on from.
Reader = Callable[[object, int], tuple[list[int], object]]


def by_feed(cursor, limit: int) -> tuple[list[int], object]:
    """As suppliers read: `journal.feed`."""
    page = read_feed(cursor or START, limit=limit)
    return [entry.pk for entry in page.entries], page.next


def by_number(last, limit: int) -> tuple[list[int], object]:
    """As one would at first: by number alone."""
    ids = list(Entry.objects.filter(pk__gt=last or 0).order_by("pk").values_list("pk", flat=True)[:limit])
    return ids, ids[-1] if ids else last


def by_transaction_and_number(place, limit: int) -> tuple[list[int], object]:
    """In the order of the feed, but without stopping before the oldest transaction that still runs."""
    entries = list(Entry.objects.after(*(place or (0, 0))).in_feed_order()[:limit])
    return [entry.pk for entry in entries], (entries[-1].transaction_id, entries[-1].pk) if entries else place


def add_board(number: str) -> None:
    with act("board.added", actor=TESTS):
        Board.objects.create(number=number)


@contextmanager
def open_act_adding(number: str) -> Iterator[None]:
    """Another connection has written its entry, and commits only after the block."""
    written, may_commit = Event(), Event()

    def add_slowly() -> None:
        with transaction.atomic():
            add_board(number)
            written.set()
            assert may_commit.wait(PATIENCE)

    slow = Beside(add_slowly)
    assert written.wait(PATIENCE)
    yield
    may_commit.set()
    slow.join()
    assert slow.outcome is None


def read_while_an_earlier_entry_commits_late(read: Reader) -> list[str]:
    """What a reader has seen that reads before and after a late commit: the numbers of the boards that were added."""
    _, place = read(None, 10)  # past what the migrations put in
    with open_act_adding("99101"):
        add_board("99102")
        early, place = read(place, 10)
    late, _ = read(place, 10)
    return [Entry.objects.get(pk=pk).subject_key for pk in early + late]


def test_an_entry_that_commits_late_is_still_to_come_in_the_feed():
    """D14: its number is the lower one; the feed waits for it."""
    assert read_while_an_earlier_entry_commits_late(by_feed) == ["99101", "99102"]


@pytest.mark.parametrize("careless", [by_number, by_transaction_and_number])
def test_a_reader_who_does_not_wait_loses_an_entry_that_commits_late(careless):
    """The negative control of the test above: by number alone the entry is lost for ever, and by transaction too."""
    assert read_while_an_earlier_entry_commits_late(careless) == ["99102"]


def test_an_act_that_is_rolled_back_leaves_the_feed_running():
    """D14: it leaves a hole in the numbers, for which nobody waits."""
    _, place = by_feed(None, 10)  # past what the migrations put in
    with transaction.atomic():
        add_board("99101")
        transaction.set_rollback(True)
    add_board("99102")

    ids, place = by_feed(place, 10)

    assert [Entry.objects.get(pk=pk).subject_key for pk in ids] == ["99102"]
    assert by_feed(place, 10) == ([], place)


def test_every_entry_is_read_once_and_in_order_while_eight_write():
    """D14: in pages of seven, with acts that overlap, that take turns or that are rolled back."""
    writers, acts = 8, 40
    seen: list[int] = []
    seen_meanwhile = 0

    def write(writer: int) -> Callable[[], None]:
        pauses = dice(writer)

        def write() -> None:
            for number in range(acts):
                with transaction.atomic():
                    for part in range(pauses.randint(1, 3)):
                        add_board(f"{writer}{part}{number:03}")
                        time.sleep(pauses.choice([0, 0, 0.001, 0.01]))
                    transaction.set_rollback(pauses.random() < 0.1)

        return write

    writing = Beside(lambda: at_once(*(write(writer) for writer in range(writers))))
    place = None

    def read_on() -> bool:
        nonlocal place, seen_meanwhile
        is_done = not writing.is_alive()
        ids, place = by_feed(place, 7)
        seen.extend(ids)
        seen_meanwhile = seen_meanwhile if is_done else len(seen)
        return is_done and not ids and len(seen) >= Entry.objects.count()

    wait_until(read_on)

    assert writing.outcome == [None] * writers
    assert seen == list(Entry.objects.order_by("transaction_id", "pk").values_list("pk", flat=True))
    assert len(seen) > writers * acts
    assert seen_meanwhile > writers
