"""The gate before a mandate, kept by the database: who gives it, under which agreement, for which system (D4-D7)."""

from django.db import migrations

GATE = """
CREATE FUNCTION mandates_mandate_actor() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
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
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER mandate_is_given_by_who_may BEFORE INSERT OR UPDATE ON mandates_mandate
    FOR EACH ROW EXECUTE FUNCTION mandates_mandate_actor();

-- Whether a board has an agreement of this kind in force on a day; its last day counts (A1).
CREATE FUNCTION agreements_in_force(of_board bigint, of_kind text, on_day date) RETURNS boolean STABLE LANGUAGE sql
    RETURN EXISTS (SELECT FROM agreements_agreement
                    WHERE board_id = of_board AND kind = of_kind AND signed_on <= on_day
                      AND (ended_on IS NULL OR ended_on >= on_day));

CREATE FUNCTION mandates_mandate_gate() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    needed text;
    first_day date := least(NEW.start_date, osr_today());
BEGIN
    FOR needed IN
        SELECT unnest(ARRAY['OSR', agreement_kind]) FROM services_service WHERE id = NEW.service_id
    LOOP
        -- On its first day, and for one that begins later on the day of giving as well.
        IF needed <> '' AND NOT (agreements_in_force(NEW.granting_board_id, needed, NEW.start_date)
                                 AND agreements_in_force(NEW.granting_board_id, needed, first_day)) THEN
            PERFORM osr_refuse(format('The board has no %s agreement in force (D5).', needed));
        END IF;
    END LOOP;
    IF NOT EXISTS (
        SELECT FROM services_qualification qualification
          JOIN services_system system ON system.id = qualification.system_id
          JOIN services_supplier supplier ON supplier.id = system.supplier_id
         WHERE qualification.system_id = NEW.system_id AND qualification.service_id = NEW.service_id
           AND qualification.qualified_on <= osr_today() AND supplier.connected_on <= osr_today()
           AND (qualification.withdrawn_on IS NULL OR qualification.withdrawn_on > first_day)) THEN
        PERFORM osr_refuse('The system is not connected for the service (D6).');
    END IF;
    RETURN NEW;
END $$;

-- One that covers no day (D9) goes nowhere, so it needs no gate: a register file may bring it as it was.
CREATE TRIGGER mandate_passes_the_gate BEFORE INSERT ON mandates_mandate
    FOR EACH ROW WHEN (NEW.end_date IS NULL OR NEW.end_date >= NEW.start_date)
    EXECUTE FUNCTION mandates_mandate_gate();
"""

UNDO_GATE = """
DROP FUNCTION mandates_mandate_gate CASCADE;
DROP FUNCTION agreements_in_force;
DROP FUNCTION mandates_mandate_actor CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("mandates", "0005_follow_schools"),
        ("agreements", "0002_journal"),
        ("services", "0002_journal"),
    ]
    operations = [migrations.RunSQL(GATE, UNDO_GATE)]
