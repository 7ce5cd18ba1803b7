"""The second factor of support; who may have a password; and where attempts to sign in are counted."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# A password is for support alone, and nobody is of support and of a board at once. The row of the person is locked, so
# that both cannot be made at the same moment.
RULES = """
CREATE FUNCTION accounts_only_support_has_a_password() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.password <> '' AND NOT starts_with(NEW.password, '!')
       AND NOT EXISTS (SELECT FROM accounts_supportaccount WHERE user_id = NEW.id) THEN
        RAISE EXCEPTION 'The register keeps no password of people of a board: user %.', NEW.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER only_support_has_a_password BEFORE INSERT OR UPDATE OF password ON accounts_user
    FOR EACH ROW EXECUTE FUNCTION accounts_only_support_has_a_password();

CREATE FUNCTION accounts_of_support_or_of_a_board() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM accounts_user WHERE id = NEW.user_id FOR NO KEY UPDATE;
    IF (TG_TABLE_NAME = 'accounts_membership'
        AND EXISTS (SELECT FROM accounts_supportaccount WHERE user_id = NEW.user_id))
       OR (TG_TABLE_NAME = 'accounts_supportaccount'
           AND EXISTS (SELECT FROM accounts_membership WHERE user_id = NEW.user_id)) THEN
        RAISE EXCEPTION 'Nobody is of support and of a board: user %.', NEW.user_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER of_support_or_of_a_board BEFORE INSERT ON accounts_membership
    FOR EACH ROW EXECUTE FUNCTION accounts_of_support_or_of_a_board();
CREATE TRIGGER of_support_or_of_a_board BEFORE INSERT ON accounts_supportaccount
    FOR EACH ROW EXECUTE FUNCTION accounts_of_support_or_of_a_board();
"""
NO_RULES = """
DROP FUNCTION accounts_of_support_or_of_a_board CASCADE;
DROP FUNCTION accounts_only_support_has_a_password CASCADE;
"""

# As Django's cache in the database wants it (the setting CACHES): all web workers count attempts together.
CACHE = """
CREATE TABLE osr_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX osr_cache_expires ON osr_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_roles")]

    operations = [
        migrations.AlterModelOptions(
            name="membership",
            options={"verbose_name": "persoon van een bestuur", "verbose_name_plural": "personen van besturen"},
        ),
        migrations.AlterModelOptions(
            name="supportaccount",
            options={"verbose_name": "account van support", "verbose_name_plural": "accounts van support"},
        ),
        migrations.AddField(
            model_name="supportaccount",
            name="factors",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), blank=True, default=list, size=None, verbose_name="tweede stap"
            ),
        ),
        migrations.AddField(
            model_name="supportaccount",
            name="resets",
            field=models.PositiveIntegerField(default=0),
        ),
        # What they are called on the screens of support.
        migrations.AlterField(
            model_name="membership",
            name="board",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="memberships",
                to="schools.board",
                verbose_name="bestuur",
            ),
        ),
        migrations.AlterField(
            model_name="membership",
            name="is_active",
            field=models.BooleanField(default=True, verbose_name="toegang"),
        ),
        migrations.AlterField(
            model_name="membership",
            name="role",
            field=models.TextField(
                choices=[("administrator", "OSR-beheerder"), ("signatory", "tekenbevoegde")], verbose_name="rol"
            ),
        ),
        migrations.AlterField(
            model_name="membership",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="memberships",
                to=settings.AUTH_USER_MODEL,
                verbose_name="persoon",
            ),
        ),
        migrations.AlterField(
            model_name="supportaccount",
            name="is_active",
            field=models.BooleanField(default=True, verbose_name="toegang"),
        ),
        migrations.AlterField(
            model_name="supportaccount",
            name="role",
            field=models.TextField(
                choices=[("reader", "lezer"), ("support", "support"), ("lead", "hoofd support")], verbose_name="rol"
            ),
        ),
        migrations.AlterField(
            model_name="supportaccount",
            name="user",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="support_account",
                to=settings.AUTH_USER_MODEL,
                verbose_name="persoon",
            ),
        ),
        migrations.RunSQL(sql=RULES, reverse_sql=NO_RULES),
        migrations.RunSQL(sql=CACHE, reverse_sql="DROP TABLE osr_cache"),
    ]
