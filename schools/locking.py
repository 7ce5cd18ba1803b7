"""Taking turns: who changes what is a board's locks that board first (docs/decisions/014-previews-are-values.md)."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection
from psycopg.errors import LockNotAvailable

from journal.acts import Problem, Refused

# How long a person waits for someone else's change. Longer, and one slow import could hold every thread of a web
# server.
LONGEST_WAIT = "10s"


@contextmanager
def patiently() -> Iterator[None]:
    """In the block rows are waited for, and locked until the end of the transaction.

    Raises `Refused` when the turn does not come within `LONGEST_WAIT`.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LONGEST_WAIT])
            yield
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            busy = "Er wordt op dit moment iets anders gewijzigd voor dit bestuur. Probeer het over een minuut opnieuw."
            raise Refused([Problem("busy", busy)]) from error
        raise
