from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import override_settings

from mandates.models import Check
from osr.database import as_owner
from osr.stack.postgres import OWNER
from tests import register


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Test databases get the locale of the register: they are copies of an empty database that has it."""
    connection.settings_dict["TEST"]["TEMPLATE"] = "osr_empty"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> None:
    """Keeps beside the tables what the migrations put in them, such as the kinds of agreement."""
    with django_db_blocker.unblock(), as_owner(connection), connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True, include_views=False):
            cursor.execute(f"CREATE TABLE as_migrated.{table} AS TABLE {table}")


@pytest.fixture(autouse=True, scope="session")
def _may_be_emptied() -> Iterator[None]:
    """Tests that commit (`transaction=True`) are cleaned up by TRUNCATE, which the register itself refuses (D14).

    What the migrations had put in the tables is put back: no test depends on those that ran before it.
    """
    flush = DatabaseOperations.execute_sql_flush

    def flush_without_triggers(self, sql_list) -> None:
        without, again = (f"SET session_replication_role = {role}" for role in ("replica", "DEFAULT"))
        # Django does not know that these tables are ours.
        others = f"TRUNCATE {Check._meta.db_table}, {settings.CACHES['default']['LOCATION']}"
        with as_owner(self.connection):
            emptied = self.connection.introspection.django_table_names(only_existing=True, include_views=False)
            put_back = [f"INSERT INTO {table} TABLE as_migrated.{table} ON CONFLICT DO NOTHING" for table in emptied]
            # Numbers go on where they were: those that begin anew would be those of what is put back.
            emptying = [sql.replace(" RESTART IDENTITY", "") for sql in sql_list]
            flush(self, [without, *emptying, others, *put_back, again])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush_without_triggers)
        yield


@pytest.fixture(autouse=True, scope="session")
def _static_files_are_found_when_asked_for() -> Iterator[None]:
    """Each client of a test would first look through all of them."""
    with override_settings(WHITENOISE_AUTOREFRESH=True):
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
