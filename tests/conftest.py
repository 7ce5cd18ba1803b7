from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.backends.postgresql.operations import DatabaseOperations

from mandates.models import Check
from osr.database import as_owner
from osr.stack.postgres import OWNER
from tests import register


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Test databases get the locale of the register: they are copies of an empty database that has it."""
    connection.settings_dict["TEST"]["TEMPLATE"] = "osr_empty"


@pytest.fixture(autouse=True, scope="session")
def _may_be_emptied() -> Iterator[None]:
    """Tests that commit (`transaction=True`) are cleaned up by TRUNCATE, which the register itself refuses (D14)."""
    flush = DatabaseOperations.execute_sql_flush

    def flush_without_triggers(self, sql_list) -> None:
        without, again = (f"SET session_replication_role = {role}" for role in ("replica", "DEFAULT"))
        # Django does not know that these tables are ours.
        others = f"TRUNCATE {Check._meta.db_table}, {settings.CACHES['default']['LOCATION']}"
        with as_owner(self.connection):
            flush(self, [without, *sql_list, others, again])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush_without_triggers)
        yield


@pytest.fixture
def run_sql(db) -> Callable[..., None]:
    """Carry out raw SQL as the register's own role or, with `as_owner`, as the one that owns the tables."""

    def run_sql(sql: str, *parameters, as_owner: bool = False) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what waits until the end would be in the way of DDL
            if as_owner:
                cursor.execute(f"SET LOCAL ROLE {OWNER}")
            cursor.execute(sql, parameters or None)
            cursor.execute("RESET ROLE")

    return run_sql


@pytest.fixture
def regenboog(db) -> "register.Regenboog":
    """A small register: one board with an agreement, two schools, services, suppliers and systems."""
    return register.Regenboog()
