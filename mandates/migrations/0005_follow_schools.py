"""Mandates follow their school: they end on its closing day, and run out when it moves to another board (D19, D20)."""

from django.db import migrations

FOLLOW_SCHOOLS = """
-- The last day for mandates of a school that closes on a day. Of one that turns out to have closed earlier, what was
-- valid in between stays so: the past does not change (D9).
CREATE FUNCTION mandates_last_day(closing_day date) RETURNS date STABLE LANGUAGE sql
    RETURN CASE WHEN closing_day IS NOT NULL THEN greatest(closing_day, osr_today() - 1) END;

-- Changes a mandate within an act of its own type, on behalf of whoever changes the school.
CREATE FUNCTION mandates_end_by(school bigint, last_day date, not_given_by bigint, type text) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    act text := current_setting('osr.act');
BEGIN
    PERFORM set_config('osr.act', jsonb_set(act::jsonb, '{type}', to_jsonb(type))::text, true);
    -- One that begins later is cancelled: it ends the day before it begins (D9).
    UPDATE mandates_mandate SET end_date = greatest(last_day, start_date - 1)
     WHERE school_id = school AND granting_board_id <> coalesce(not_given_by, 0)
       AND (end_date IS NULL OR end_date > greatest(last_day, start_date - 1));
    PERFORM set_config('osr.act', act, true);
END $$;

CREATE FUNCTION mandates_follow_school() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.closed_on IS NOT NULL AND NEW.closed_on IS DISTINCT FROM OLD.closed_on THEN
        PERFORM mandates_end_by(NEW.id, mandates_last_day(NEW.closed_on), NULL, 'mandate.ended');
    END IF;
    IF NEW.board_id <> OLD.board_id THEN
        PERFORM mandates_end_by(NEW.id, osr_today() + osr_grace_days(), NEW.board_id, 'mandate.grace_started');
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER mandates_follow AFTER UPDATE ON schools_school
    FOR EACH ROW WHEN (NEW.board_id <> OLD.board_id OR NEW.closed_on IS DISTINCT FROM OLD.closed_on)
    EXECUTE FUNCTION mandates_follow_school();

-- No mandate of a school goes on after its closing day (D19), nor is given anew by a board that does not govern it (D4).
CREATE FUNCTION mandates_mandate_of_school() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    last_day date;
    governing bigint;
BEGIN
    -- Whoever closes or moves a school locks its board, and so does whoever gives or changes its mandates.
    SELECT mandates_last_day(closed_on), board_id INTO last_day, governing FROM schools_school WHERE id = NEW.school_id;
    IF last_day IS NOT NULL AND greatest(last_day, NEW.start_date - 1) < coalesce(NEW.end_date, 'infinity') THEN
        PERFORM osr_refuse('After the closing day of its school no mandate is valid (D19).');
    END IF;
    -- A register file may bring what a former board gave while it governed the school, up to the day of the move.
    IF TG_OP = 'INSERT' AND NEW.granting_board_id <> governing
       AND coalesce(NEW.end_date, 'infinity') >= NEW.start_date
       AND NOT EXISTS (SELECT FROM schools_formerboard former
                        WHERE former.school_id = NEW.school_id AND former.board_id = NEW.granting_board_id
                          AND former.until >= NEW.start_date - 1
                          AND former.grace_until >= coalesce(NEW.end_date, 'infinity')) THEN
        PERFORM osr_refuse('A mandate is given by the board that governs the school (D4).');
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.granting_board_id <> governing
       AND (NEW.start_date < OLD.start_date OR coalesce(NEW.end_date, 'infinity') > coalesce(OLD.end_date, 'infinity'))
       AND NOT mandates_is_undone(OLD.entry_id, NEW) THEN
        PERFORM osr_refuse('What another board gave is taken over, not made to last (D20).');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER mandate_keeps_to_its_school BEFORE INSERT OR UPDATE ON mandates_mandate
    FOR EACH ROW WHEN (NEW.school_id IS NOT NULL) EXECUTE FUNCTION mandates_mandate_of_school();
"""

UNDO_FOLLOW_SCHOOLS = """
DROP FUNCTION mandates_mandate_of_school CASCADE;
DROP FUNCTION mandates_follow_school CASCADE;
DROP FUNCTION mandates_end_by;
DROP FUNCTION mandates_last_day;
"""


class Migration(migrations.Migration):
    dependencies = [("mandates", "0004_check_log"), ("schools", "0003_moves_and_cases")]
    operations = [migrations.RunSQL(FOLLOW_SCHOOLS, UNDO_FOLLOW_SCHOOLS)]
