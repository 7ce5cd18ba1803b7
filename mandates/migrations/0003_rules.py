"""Rules of mandates and endpoints that no constraint can say, kept by triggers (D1, D3, D8, D9, D18)."""

from django.db import migrations

RULES = """
CREATE FUNCTION osr_refuse(problem text) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '%', problem USING ERRCODE = 'integrity_constraint_violation';
END $$;

-- Days that a calendar has: others would break every question about the mandate.
ALTER TABLE mandates_mandate ADD CONSTRAINT mandate_days_are_of_this_era
    CHECK (start_date BETWEEN '1900-01-01' AND '9998-12-31' AND end_date BETWEEN '1899-12-31' AND '9998-12-31');
ALTER TABLE mandates_endpoint ADD CONSTRAINT endpoint_days_are_of_this_era
    CHECK (start_date BETWEEN '1900-01-01' AND '9998-12-31' AND end_date BETWEEN '1899-12-31' AND '9998-12-31');

CREATE FUNCTION mandates_mandate_new() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    service_level text := (SELECT level FROM services_service WHERE id = NEW.service_id);
    foreign_locations text[];
BEGIN
    IF (service_level = 'school') <> (NEW.school_id IS NOT NULL) THEN
        PERFORM osr_refuse(format('A mandate for this service is given for a %s (D1).', service_level));
    END IF;
    IF NEW.locations IS NOT NULL THEN
        foreign_locations := ARRAY(
            SELECT unnest(NEW.locations) EXCEPT
            SELECT code FROM schools_location JOIN schools_school USING (brin) WHERE schools_school.id = NEW.school_id);
        IF cardinality(foreign_locations) > 0 THEN
            PERFORM osr_refuse(format('%s is not a location of the school (D3).', foreign_locations));
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER mandate_is_by_the_rules BEFORE INSERT ON mandates_mandate
    FOR EACH ROW EXECUTE FUNCTION mandates_mandate_new();

-- Whether a mandate gets back the dates that it had before its last change, by undoing that (D13).
CREATE FUNCTION mandates_is_undone(last_entry bigint, changed mandates_mandate) RETURNS boolean STABLE LANGUAGE sql
    RETURN coalesce(current_setting('osr.act', true)::jsonb->>'type' = 'mandate.undone', false)
           AND EXISTS (SELECT FROM journal_entry
                        WHERE id = last_entry AND (before->>'start_date')::date = changed.start_date
                          AND (before->>'end_date')::date IS NOT DISTINCT FROM changed.end_date);

CREATE FUNCTION mandates_mandate_change() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF (OLD.id, OLD.uuid, OLD.token, OLD.service_id, OLD.system_id, OLD.school_id, OLD.board_id, OLD.granting_board_id,
        OLD.locations)
       IS DISTINCT FROM
       (NEW.id, NEW.uuid, NEW.token, NEW.service_id, NEW.system_id, NEW.school_id, NEW.board_id, NEW.granting_board_id,
        NEW.locations) THEN
        PERFORM osr_refuse('Of a mandate only the dates change; end it and give a new one (D8).');
    END IF;
    -- A start that was brought forward to today may be undone today (D13).
    IF OLD.start_date <> NEW.start_date
       AND (NEW.start_date < osr_today() OR OLD.start_date < osr_today()
            OR (OLD.start_date = osr_today() AND NOT mandates_is_undone(OLD.entry_id, NEW))) THEN
        PERFORM osr_refuse('The start date of a mandate changes only while it lies in the future (D8).');
    END IF;
    -- What was valid or not on a past day stays so: revoking takes today away, not the days before (D9).
    IF OLD.end_date IS DISTINCT FROM NEW.end_date
       AND least(OLD.end_date, NEW.end_date) < osr_today() - 1 AND NEW.start_date <= osr_today() THEN
        PERFORM osr_refuse('The past of a mandate does not change (D9).');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER mandate_changes_by_the_rules BEFORE UPDATE ON mandates_mandate
    FOR EACH ROW EXECUTE FUNCTION mandates_mandate_change();

CREATE FUNCTION mandates_endpoint_rules() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    mandated_brin text;
    mandated_service bigint;
    takes_endpoints boolean;
BEGIN
    SELECT school.brin, service.id, service.takes_endpoints INTO mandated_brin, mandated_service, takes_endpoints
      FROM mandates_mandate mandate
      JOIN services_service service ON service.id = mandate.service_id
      LEFT JOIN schools_school school ON school.id = mandate.school_id
     WHERE mandate.id = NEW.mandate_id;
    IF mandated_brin IS NULL OR NOT takes_endpoints THEN
        PERFORM osr_refuse('The service of this mandate takes no endpoints (D18).');
    END IF;
    IF NOT EXISTS (SELECT FROM services_serviceversion version
                    WHERE version.id = NEW.service_version_id AND version.service_id = mandated_service) THEN
        PERFORM osr_refuse('The service version is of another service than the mandate (D18).');
    END IF;
    IF substr(NEW.routing_id, 12, 4) <> mandated_brin THEN
        PERFORM osr_refuse('The routing id is of another school than the mandate (D18).');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER endpoint_is_by_the_rules BEFORE INSERT OR UPDATE ON mandates_endpoint
    FOR EACH ROW EXECUTE FUNCTION mandates_endpoint_rules();
"""

UNDO_RULES = """
ALTER TABLE mandates_endpoint DROP CONSTRAINT endpoint_days_are_of_this_era;
ALTER TABLE mandates_mandate DROP CONSTRAINT mandate_days_are_of_this_era;
DROP FUNCTION mandates_endpoint_rules CASCADE;
DROP FUNCTION mandates_mandate_change CASCADE;
DROP FUNCTION mandates_is_undone;
DROP FUNCTION mandates_mandate_new CASCADE;
DROP FUNCTION osr_refuse;
"""


class Migration(migrations.Migration):
    dependencies = [("mandates", "0002_journal"), ("schools", "0003_moves_and_cases")]
    operations = [migrations.RunSQL(RULES, UNDO_RULES)]
