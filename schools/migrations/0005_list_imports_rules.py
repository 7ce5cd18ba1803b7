"""Imports are decided on once, and the journal keeps them; and an import is as fast in any register.

The entries of a school, a vestiging and a case looked their board up by a join or in order of number. Where PostgreSQL
believes that the tables are small, as they were before an import filled them, it then goes through all boards, or all
boards and schools, for every row: an import of the country took an hour. One row looked up by its key has one way only.
"""

from django.db import migrations

from journal.triggers import journaled, journaled_otherwise

DECIDED_ONCE = """
CREATE FUNCTION schools_list_import_is_decided_once() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.state <> 'prepared' THEN
        RAISE EXCEPTION 'An import is decided on once (D14).' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER list_import_is_decided_once BEFORE UPDATE ON schools_listimport
    FOR EACH ROW EXECUTE FUNCTION schools_list_import_is_decided_once();
"""

_BOARD_OF_SCHOOL = "ARRAY[(SELECT number FROM schools_board WHERE id = (SELECT board_id FROM schools_school WHERE {}))]"
# A move concerns both boards (D20).
_BOARDS_OF_MOVE = (
    "ARRAY(SELECT DISTINCT number FROM unnest(ARRAY[(SELECT number FROM schools_board WHERE id = NEW.board_id),"
    " (SELECT number FROM schools_board WHERE id = OLD.board_id)]) number WHERE number IS NOT NULL ORDER BY number)"
)


class Migration(migrations.Migration):
    dependencies = [("schools", "0004_list_imports"), ("journal", "0003_signatories")]

    operations = [
        journaled(
            "schools_listimport",
            kind="list_import",
            key="NEW.id::text",
            secret=["contents"],
            fixed=["prepared_at", "prepared_by", "files"],
        ),
        migrations.RunSQL(DECIDED_ONCE, "DROP FUNCTION schools_list_import_is_decided_once CASCADE"),
        journaled_otherwise("schools_school", kind="school", key="NEW.brin", boards=_BOARDS_OF_MOVE),
        journaled_otherwise(
            "schools_location", kind="location", key="NEW.code", boards=_BOARD_OF_SCHOOL.format("brin = NEW.brin")
        ),
        journaled_otherwise(
            "schools_case", kind="case", key="NEW.id::text", boards=_BOARD_OF_SCHOOL.format("id = NEW.school_id")
        ),
    ]
