"""A service stays what its mandates and endpoints were given for (D1, D18)."""

from django.db import migrations

RULES = """
CREATE FUNCTION mandates_service_keeps() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.level <> OLD.level AND EXISTS (SELECT FROM mandates_mandate WHERE service_id = NEW.id) THEN
        PERFORM osr_refuse('The level of a service stays once there are mandates for it (D1).');
    END IF;
    IF OLD.takes_endpoints AND NOT NEW.takes_endpoints AND EXISTS (
        SELECT FROM mandates_endpoint endpoint JOIN mandates_mandate mandate ON mandate.id = endpoint.mandate_id
         WHERE mandate.service_id = NEW.id) THEN
        PERFORM osr_refuse('A service goes on taking endpoints once there are some for it (D18).');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER service_keeps_to_its_mandates BEFORE UPDATE ON services_service
    FOR EACH ROW EXECUTE FUNCTION mandates_service_keeps();
"""


class Migration(migrations.Migration):
    dependencies = [("mandates", "0010_agreements_end"), ("services", "0004_suppliers_and_succession")]
    operations = [migrations.RunSQL(RULES, "DROP FUNCTION mandates_service_keeps CASCADE")]
