from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations

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
        flush(self, [without, *sql_list, again])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush_without_triggers)
        yield


@pytest.fixture
def regenboog(db) -> "register.Regenboog":
    """A small register: one board with an agreement, two schools, services, suppliers and systems."""
    return register.Regenboog()
