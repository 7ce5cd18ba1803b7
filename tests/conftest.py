import pytest
from django.db import connection

from tests import register


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Test databases get the locale of the register: they are copies of an empty database that has it."""
    connection.settings_dict["TEST"]["TEMPLATE"] = "osr_empty"


@pytest.fixture(autouse=True)
def _may_be_emptied(monkeypatch) -> None:
    """Tests that commit (`transaction=True`) are cleaned up by TRUNCATE, which the register itself refuses (D14)."""
    flush = connection.ops.execute_sql_flush

    def flush_without_triggers(sql_list) -> None:
        flush(["SET session_replication_role = replica", *sql_list, "SET session_replication_role = DEFAULT"])

    monkeypatch.setattr(connection.ops, "execute_sql_flush", flush_without_triggers)


@pytest.fixture
def regenboog(db) -> "register.Regenboog":
    """A small register: one board with an agreement, two schools, services, suppliers and systems."""
    return register.Regenboog()
