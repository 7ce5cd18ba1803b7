"""Routing ids are handed out under the journal (D14), and endpoints keep to the days of their mandate (D18)."""

from django.db import migrations

from journal.triggers import journaled

KEEP_TO_MANDATE = """
-- A supplier registers no day on which its mandate is not valid. The mandate may be shortened later: the endpoint is
-- then shown for the days that are left, and may only get shorter itself.
CREATE FUNCTION mandates_endpoint_days() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    asked daterange := daterange(NEW.start_date, NEW.end_date + 1);
    mandated daterange;
BEGIN
    IF current_setting('osr.act', true)::jsonb->'actor'->>'kind' IS DISTINCT FROM 'supplier' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.mandate_id = NEW.mandate_id THEN
        IF asked <@ daterange(OLD.start_date, OLD.end_date + 1) THEN
            RETURN NEW;
        END IF;
    END IF;
    SELECT daterange(start_date, end_date + 1) INTO mandated FROM mandates_mandate WHERE id = NEW.mandate_id;
    IF NOT asked <@ mandated THEN
        PERFORM osr_refuse('The mandate is not valid on every day of the endpoint (D18).');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER endpoint_keeps_to_its_mandate BEFORE INSERT OR UPDATE ON mandates_endpoint
    FOR EACH ROW EXECUTE FUNCTION mandates_endpoint_days();

-- A routing id is one of its school.
CREATE FUNCTION mandates_routingid_school() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF substr(NEW.routing_id, 12, 4) IS DISTINCT FROM (SELECT brin FROM schools_school WHERE id = NEW.school_id) THEN
        PERFORM osr_refuse('The routing id is of another school (D18).');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER routing_id_is_of_its_school BEFORE INSERT ON mandates_routingid
    FOR EACH ROW EXECUTE FUNCTION mandates_routingid_school();
"""

LET_GO = """
DROP FUNCTION mandates_routingid_school CASCADE;
DROP FUNCTION mandates_endpoint_days CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("mandates", "0007_routingid")]

    operations = [
        journaled(
            "mandates_routingid",
            kind="routing_id",
            key="NEW.routing_id",
            boards="ARRAY(SELECT number FROM schools_board WHERE id IN"
            " (SELECT board_id FROM schools_school WHERE id = NEW.school_id))",
            suppliers="ARRAY(SELECT supplier.oin FROM services_supplier supplier"
            " JOIN services_system system ON system.supplier_id = supplier.id"
            " WHERE system.id = NEW.system_id OR system.id = OLD.system_id ORDER BY 1)",
            fixed=["routing_id", "school_id"],
        ),
        migrations.RunSQL(KEEP_TO_MANDATE, LET_GO),
    ]
