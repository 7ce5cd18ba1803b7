"""What the database keeps of API keys: a name, and an end that only comes nearer (docs/decisions/019-api-keys.md)."""

from datetime import UTC, datetime

from django.db import migrations, models

THIS_ERA = (datetime(1900, 1, 1, tzinfo=UTC), datetime(9998, 12, 31, tzinfo=UTC))

# Register files could bring keys without a name, and with an end that not every time zone has.
REPAIR = """
SELECT set_config('osr.act', '{"type": "api_key.changed", "actor": {"kind": "register", "name": "migratie",
    "reason": "Elke sleutel heeft een naam en een einde dat op een kalender staat."}}', true);
UPDATE services_apikey SET name = 'sleutel ' || id WHERE name !~ '\\S';
UPDATE services_apikey SET expires_at = '9998-12-31 00:00Z' WHERE expires_at > '9998-12-31 00:00Z';
UPDATE services_apikey SET revoked_at = '9998-12-31 00:00Z' WHERE revoked_at > '9998-12-31 00:00Z';
UPDATE services_apikey SET expires_at = '1900-01-01 00:00Z' WHERE expires_at < '1900-01-01 00:00Z';
UPDATE services_apikey SET revoked_at = '1900-01-01 00:00Z' WHERE revoked_at < '1900-01-01 00:00Z';
SELECT set_config('osr.act', '', true);
SET CONSTRAINTS ALL IMMEDIATE;  -- what waits until the end would be in the way of what follows
SET CONSTRAINTS ALL DEFERRED;
"""

RULES = """
CREATE FUNCTION services_apikey_rules() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.expires_at IS NULL
           AND nullif(current_setting('osr.act', true), '')::jsonb->'actor'->>'kind' <> 'register' THEN
            RAISE EXCEPTION 'An API key that someone gives has an end.'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at THEN
        RAISE EXCEPTION 'An API key that was revoked stays so.' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.expires_at IS NOT NULL AND (NEW.expires_at IS NULL OR NEW.expires_at > OLD.expires_at) THEN
        RAISE EXCEPTION 'An API key never works longer than it would have.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER api_key_is_by_the_rules BEFORE INSERT OR UPDATE ON services_apikey
    FOR EACH ROW EXECUTE FUNCTION services_apikey_rules();
"""


class Migration(migrations.Migration):
    dependencies = [("services", "0002_journal")]

    operations = [
        migrations.AlterField(
            model_name="apikey",
            name="name",
            field=models.TextField(
                help_text="What its owner calls it; a key that replaces another takes over its name."
            ),
        ),
        migrations.AlterField(
            model_name="apikey",
            name="expires_at",
            field=models.DateTimeField(
                blank=True, null=True, help_text="The first moment at which it works no longer."
            ),
        ),
        migrations.AlterField(
            model_name="apikey",
            name="revoked_at",
            field=models.DateTimeField(blank=True, null=True, help_text="When it was taken away, for good."),
        ),
        migrations.RunSQL(REPAIR, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(condition=models.Q(name__regex=r"\S"), name="api_key_has_a_name"),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("expires_at", None), ("expires_at__range", THIS_ERA), _connector="OR"),
                    models.Q(("revoked_at", None), ("revoked_at__range", THIS_ERA), _connector="OR"),
                ),
                name="api_key_moments_are_of_this_era",
            ),
        ),
        migrations.RunSQL(RULES, "DROP FUNCTION services_apikey_rules CASCADE"),
    ]
