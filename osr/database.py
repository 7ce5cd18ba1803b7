"""Two roles in PostgreSQL: the owner of the tables migrates, the register works on them (D14).

The register's own role may add and change rows where the triggers let it, and delete only what is not the register's:
sessions, the error pages that were shown, and the like. The journal it can only read, and it cannot switch triggers
off: they are the owner's.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from accounts.models import ShownError
from journal.models import Entry
from mandates.models import Check
from schools.models import FormerBoard

_REGISTER = {"journal", "schools", "services", "accounts", "agreements", "mandates", "notifications"}
_CONNECTION_SETTINGS = ("USER", "PASSWORD", "HOST", "PORT")


@contextmanager
def as_owner(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Let `connection` work as the owner of the tables while the block runs."""
    own = {name: connection.settings_dict[name] for name in _CONNECTION_SETTINGS}
    _reconnect(connection, {name: settings.OSR_OWNER_DATABASE[name] for name in _CONNECTION_SETTINGS})
    try:
        yield
    finally:
        _reconnect(connection, own)


def _reconnect(connection: BaseDatabaseWrapper, as_whom: dict) -> None:
    connection.close()
    connection.close_pool()
    connection.settings_dict.update(as_whom)


def grant_rights(connection: BaseDatabaseWrapper, role: str) -> None:
    """Give the register's own role the rights it needs and no others. To be done as owner, after each migration."""
    with connection.cursor() as cursor:
        cursor.execute(_KEEP_FUNCTIONS.replace("{role}", f'"{role}"'))
        for statement, tables in _grants():
            names = sql.SQL(", ").join(sql.Identifier(table) for table in tables)
            cursor.execute(sql.SQL(statement).format(tables=names, role=sql.Identifier(role)))


# Functions may be called by everybody unless that is taken away: nobody but the triggers themselves needs theirs, and
# what works as the owner of the tables is for the register only.
_KEEP_FUNCTIONS = """
DO $$
DECLARE
    own record;
BEGIN
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    FOR own IN
        SELECT oid::regprocedure AS name, prorettype = 'trigger'::regtype AS is_for_triggers, prosecdef AS as_owner
          FROM pg_proc WHERE proowner = current_user::regrole AND pronamespace = 'public'::regnamespace
    LOOP
        IF own.is_for_triggers OR own.as_owner THEN
            EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', own.name);
        END IF;
        IF own.as_owner AND NOT own.is_for_triggers THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO {role}', own.name);
        END IF;
    END LOOP;
END $$
"""


def _grants() -> list[tuple[str, list[str]]]:
    tables = {model: model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    of_register = [table for model, table in tables.items() if model._meta.app_label in _REGISTER]
    others = [table for table in tables.values() if table not in of_register]
    others.append(settings.CACHES["default"]["LOCATION"])
    # The triggers write the first two; a check is written once. A register file may bring the former boards of the
    # schools that it brings: added, never changed. What error page was shown is noted once, and deleted in time.
    kept = [model._meta.db_table for model in (Entry, FormerBoard, Check, ShownError)]
    return [
        ("GRANT USAGE ON SCHEMA public TO {role}", []),
        ("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}", []),
        ("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}", []),
        ("GRANT INSERT, UPDATE ON {tables} TO {role}", [table for table in of_register if table not in kept]),
        ("GRANT INSERT ON {tables} TO {role}", [Check._meta.db_table, FormerBoard._meta.db_table]),
        ("GRANT INSERT, DELETE ON {tables} TO {role}", [ShownError._meta.db_table]),
        ("GRANT INSERT, UPDATE, DELETE ON {tables} TO {role}", others),
    ]
