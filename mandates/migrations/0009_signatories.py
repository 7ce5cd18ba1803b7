"""A tekenbevoegde signs agreements, and gives and changes no mandates (D4)."""

from django.db import migrations

SIGNATORIES = """
CREATE OR REPLACE FUNCTION mandates_mandate_actor() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    actor jsonb := nullif(current_setting('osr.act', true), '')::jsonb->'actor';
    governing text;
BEGIN
    IF actor->>'kind' = 'administrator' THEN
        SELECT number INTO governing FROM schools_board WHERE id = coalesce(
            NEW.board_id, (SELECT board_id FROM schools_school WHERE id = NEW.school_id));
        IF actor->>'board_number' IS DISTINCT FROM governing THEN
            PERFORM osr_refuse('Only the board that governs the school today gives or changes its mandates (D4).');
        END IF;
        IF TG_OP = 'INSERT' AND NEW.start_date < osr_today() THEN
            PERFORM osr_refuse('Only support gives a mandate from a past day (D7).');
        END IF;
    ELSIF actor->>'kind' = 'support' AND coalesce(trim(actor->>'reason'), '') = '' THEN
        PERFORM osr_refuse('Support gives and changes mandates with a reason (D4, D7).');
    ELSIF actor->>'kind' = 'supplier' THEN
        PERFORM osr_refuse('A supplier gives and changes no mandates (D4).');
    ELSIF actor->>'kind' = 'signatory' THEN
        PERFORM osr_refuse('A signatory gives and changes no mandates (D4).');
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("mandates", "0008_endpoint_days"), ("journal", "0003_signatories")]
    # What it was before lets a signatory through; nobody acts as one there.
    operations = [migrations.RunSQL(SIGNATORIES, migrations.RunSQL.noop)]
