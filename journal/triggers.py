"""The triggers that keep rule D14: no row changes silently, none is deleted, and history stays as it was.

Migrations use `journaled()` for each table of the register. The triggers are our own because those of
django-pgtrigger can be switched off by any session (`docs/decisions/002-journal-by-trigger.md`).
"""

from collections.abc import Sequence

from django.db import migrations

NUMBER_ENTRY = """
-- Before a change: number its entry. An update that changes nothing keeps the old number and writes no entry.
CREATE OR REPLACE FUNCTION journal_number_entry() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        NEW.entry_id := OLD.entry_id;
        IF NEW IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    IF coalesce(current_setting('osr.act', true), '') = '' THEN
        RAISE EXCEPTION 'Nothing changes silently (D14): this % on % belongs to no act.', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation', HINT = 'Use journal.acts.act.';
    END IF;
    IF coalesce(current_setting('osr.act')::jsonb->>'type', '') = ''
       OR coalesce(current_setting('osr.act')::jsonb->'actor'->>'name', '') = ''
       OR coalesce(current_setting('osr.act')::jsonb->'actor'->>'kind', '')
          NOT IN ('administrator', 'signatory', 'support', 'supplier', 'register') THEN
        RAISE EXCEPTION 'An act says what is done and by whom (D14).' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    NEW.entry_id := nextval(pg_get_serial_sequence('public.journal_entry', 'id'));
    RETURN NEW;
END $$;
"""

GUARD_JOURNAL = """
CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'Nothing is deleted from the register (D14): % on % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION journal_refuse_direct_entry() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'The journal writes itself (D14): change a row of the register inside an act.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER journal_entry_stays BEFORE UPDATE OR DELETE ON journal_entry
    FOR EACH ROW EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER journal_entry_is_not_emptied BEFORE TRUNCATE ON journal_entry
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER journal_entry_comes_from_a_change BEFORE INSERT ON journal_entry
    FOR EACH ROW EXECUTE FUNCTION journal_refuse_direct_entry();

-- What a row is known by, and whose it is, stays: past answers and history go by it (D14, D15).
CREATE FUNCTION journal_keep() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    FOR column_number IN 0 .. TG_NARGS - 1 LOOP
        IF to_jsonb(NEW)->TG_ARGV[column_number] IS DISTINCT FROM to_jsonb(OLD)->TG_ARGV[column_number] THEN
            RAISE EXCEPTION '% of % stays as it is (D14).', TG_ARGV[column_number], TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;
"""

UNGUARD_JOURNAL = """
DROP FUNCTION journal_keep CASCADE;
DROP FUNCTION journal_number_entry;
DROP FUNCTION journal_refuse_direct_entry CASCADE;
DROP FUNCTION journal_refuse CASCADE;
"""

# After a change: write the entry, with the row as it has become. The function works as the owner of the tables: the
# running register itself may only read the journal. {key}, {boards} and {suppliers} are SQL over NEW (and
# OLD, which is null for a new row).
_WRITE_ENTRY = """
CREATE OR REPLACE FUNCTION {table}_write_entry() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    act jsonb := current_setting('osr.act')::jsonb;
    hidden text[] := '{hidden}';
BEGIN
    IF TG_RELID <> 'public.{table}'::regclass THEN
        RAISE EXCEPTION 'The journal is about the register''s own tables (D14).'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    INSERT INTO journal_entry (id, type, actor, reason, subject_kind, subject_key, before, after, boards, suppliers)
    VALUES (NEW.entry_id, act->>'type', (act->'actor') - 'reason', act->'actor'->>'reason', '{kind}', {key},
            to_jsonb(OLD) - hidden, to_jsonb(NEW) - hidden, {boards}, {suppliers});
    RETURN NULL;
END $$;
"""

_JOURNALED = """
CREATE TRIGGER zz_number_entry BEFORE INSERT OR UPDATE ON {table}
    FOR EACH ROW EXECUTE FUNCTION journal_number_entry();
CREATE TRIGGER write_entry_of_new AFTER INSERT ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_write_entry();
CREATE TRIGGER write_entry_of_changed AFTER UPDATE ON {table}
    FOR EACH ROW WHEN (NEW IS DISTINCT FROM OLD) EXECUTE FUNCTION {table}_write_entry();
CREATE TRIGGER keeps_what_it_is BEFORE UPDATE ON {table}
    FOR EACH ROW EXECUTE FUNCTION journal_keep({kept});
CREATE TRIGGER is_not_deleted BEFORE DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER is_not_emptied BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse();
"""

_UNJOURNALED = """
DROP TRIGGER zz_number_entry ON {table};
DROP TRIGGER keeps_what_it_is ON {table};
DROP TRIGGER is_not_deleted ON {table};
DROP TRIGGER is_not_emptied ON {table};
DROP FUNCTION {table}_write_entry CASCADE;
"""

NOBODY = "'{}'"


def journaled(
    table: str,
    *,
    kind: str,
    key: str,
    boards: str = NOBODY,
    suppliers: str = NOBODY,
    secret: Sequence[str] = (),
    fixed: Sequence[str] = (),
) -> migrations.RunSQL:
    """The migration step that puts `table` (a model that is `journal.models.Recorded`) under the journal.

    `kind` names its rows in the journal. `key` (text), `boards` (board numbers) and `suppliers` (OINs, both text[])
    are SQL expressions over NEW and OLD. Columns named in `secret` are left out of what is remembered; those in
    `fixed`, and the id, never change.
    """
    kept = ", ".join(f"'{column}'" for column in ["id", *fixed])
    return migrations.RunSQL(
        sql=_write_entry(table, kind=kind, key=key, boards=boards, suppliers=suppliers, secret=secret)
        + _JOURNALED.format(table=table, kept=kept),
        reverse_sql=_UNJOURNALED.format(table=table),
    )


def journaled_otherwise(
    table: str, *, kind: str, key: str, boards: str = NOBODY, suppliers: str = NOBODY, secret: Sequence[str] = ()
) -> migrations.RunSQL:
    """The migration step that lets a table that is under the journal write its entries by other expressions.

    They say the same: undoing the step leaves them. For the arguments see `journaled`.
    """
    return migrations.RunSQL(
        sql=_write_entry(table, kind=kind, key=key, boards=boards, suppliers=suppliers, secret=secret),
        reverse_sql=migrations.RunSQL.noop,
    )


def _write_entry(table: str, *, kind: str, key: str, boards: str, suppliers: str, secret: Sequence[str]) -> str:
    hidden = "{" + ",".join(["entry_id", *secret]) + "}"
    return _WRITE_ENTRY.format(table=table, kind=kind, key=key, boards=boards, suppliers=suppliers, hidden=hidden)
