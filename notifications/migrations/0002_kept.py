"""Preferences change with a journal entry only (D14); a message is sent once; mail begins with what happens from now."""

from django.db import migrations

from journal.triggers import journaled

KEEP_MESSAGES = """
CREATE FUNCTION notifications_sent_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'What was sent stays as it is, and is not sent again.'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER sent_stays BEFORE UPDATE ON notifications_message
    FOR EACH ROW WHEN (OLD.state = 'sent') EXECUTE FUNCTION notifications_sent_stays();
CREATE TRIGGER keeps_what_it_is BEFORE UPDATE ON notifications_message FOR EACH ROW EXECUTE FUNCTION
    journal_keep('id', 'uuid', 'kind', 'about', 'board_id', 'user_id', 'address', 'items', 'made_at');
CREATE TRIGGER is_not_deleted BEFORE DELETE ON notifications_message
    FOR EACH ROW EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER is_not_emptied BEFORE TRUNCATE ON notifications_message
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER is_not_deleted BEFORE DELETE ON notifications_progress
    FOR EACH ROW EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER is_not_emptied BEFORE TRUNCATE ON notifications_progress
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse();
"""

LET_GO = """
DROP TRIGGER is_not_emptied ON notifications_progress;
DROP TRIGGER is_not_deleted ON notifications_progress;
DROP TRIGGER is_not_emptied ON notifications_message;
DROP TRIGGER is_not_deleted ON notifications_message;
DROP TRIGGER keeps_what_it_is ON notifications_message;
DROP FUNCTION notifications_sent_stays CASCADE;
"""

# Just before the oldest transaction that still runs: what was settled by then is no news.
BEGIN_HERE = """
INSERT INTO notifications_progress (id, transaction_id, entry_id)
VALUES (1, pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1, 9223372036854775807);
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial"), ("journal", "0003_signatories")]

    operations = [
        migrations.RunSQL(BEGIN_HERE, migrations.RunSQL.noop),
        journaled(
            "notifications_preference",
            kind="preference",
            key="(SELECT username FROM accounts_user WHERE id = NEW.user_id)"
            " || ' ' || (SELECT number FROM schools_board WHERE id = NEW.board_id)",
            boards="ARRAY(SELECT number FROM schools_board WHERE id = NEW.board_id)",
            fixed=["user_id", "board_id"],
        ),
        migrations.RunSQL(KEEP_MESSAGES, LET_GO),
    ]
