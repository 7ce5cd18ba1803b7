"""Tests of qualification (A8), and services that succeed others."""

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

import journal.days
from journal.triggers import journaled

RULES = """
-- A8: who qualifies a system has a test that it passed on that day. A register file brings qualifications without.
CREATE FUNCTION services_qualification_rules() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF nullif(current_setting('osr.act', true), '')::jsonb->'actor'->>'kind' IS DISTINCT FROM 'register'
       AND (TG_OP = 'INSERT' OR NEW.qualified_on <> OLD.qualified_on)
       AND NOT EXISTS (SELECT FROM services_qualificationtest test
                        WHERE test.system_id = NEW.system_id AND test.service_id = NEW.service_id
                          AND test.tested_on = NEW.qualified_on AND test.passed) THEN
        RAISE EXCEPTION 'A system qualifies by a test that it passed on that day (A8).'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER qualification_is_by_the_rules BEFORE INSERT OR UPDATE ON services_qualification
    FOR EACH ROW EXECUTE FUNCTION services_qualification_rules();

CREATE FUNCTION services_service_succession() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        WITH RECURSIVE later (id) AS (
            SELECT NEW.successor_id
             UNION
            SELECT service.successor_id FROM services_service service JOIN later ON later.id = service.id
             WHERE service.id <> NEW.id)
        SELECT FROM later WHERE id = NEW.id) THEN
        RAISE EXCEPTION 'A service does not succeed itself, by way of others either.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

-- Once all is there: a register file may bring a chain of services in any order.
CREATE CONSTRAINT TRIGGER service_does_not_succeed_itself AFTER INSERT OR UPDATE ON services_service
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.successor_id IS NOT NULL) EXECUTE FUNCTION services_service_succession();

CREATE FUNCTION services_successionoffer_rules() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM services_service service JOIN services_service successor
                              ON successor.id = service.successor_id AND successor.level = service.level
                    WHERE service.id = NEW.service_id AND successor.id = NEW.successor_id) THEN
        RAISE EXCEPTION 'Mandates are offered for the successor of their service, which has the same level (D1).'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER succession_offer_is_by_the_rules BEFORE INSERT ON services_successionoffer
    FOR EACH ROW EXECUTE FUNCTION services_successionoffer_rules();
"""

UNDO_RULES = """
DROP FUNCTION services_successionoffer_rules CASCADE;
DROP FUNCTION services_service_succession CASCADE;
DROP FUNCTION services_qualification_rules CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0003_signatories"),
        ("services", "0003_api_keys"),
    ]

    operations = [
        BtreeGistExtension(),
        migrations.AlterField(
            model_name="service",
            name="is_active",
            field=models.BooleanField(default=True, verbose_name="loopt"),
        ),
        migrations.AlterField(
            model_name="service",
            name="level",
            field=models.TextField(
                choices=[("school", "school"), ("board", "bestuur")],
                default="school",
                help_text="Who a mandate is given for (D1).",
                verbose_name="mandaat per",
            ),
        ),
        migrations.AlterField(
            model_name="serviceversion",
            name="service",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="versions",
                to="services.service",
                verbose_name="dienst",
            ),
        ),
        migrations.AlterField(
            model_name="serviceversion",
            name="status",
            field=models.TextField(
                choices=[("active", "actief"), ("ended", "beëindigd")], default="active", verbose_name="stand"
            ),
        ),
        migrations.AlterField(
            model_name="supplier",
            name="group",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="suppliers",
                to="services.suppliergroup",
                verbose_name="groep",
            ),
        ),
        migrations.AlterField(
            model_name="system",
            name="kind",
            field=models.TextField(
                choices=[
                    ("las", "LAS"),
                    ("toetssysteem", "toetssysteem"),
                    ("overstap", "overstapsysteem"),
                    ("overig", "overig systeem"),
                ],
                verbose_name="soort",
            ),
        ),
        migrations.AlterModelOptions(
            name="apikey",
            options={"verbose_name": "API-sleutel", "verbose_name_plural": "API-sleutels"},
        ),
        migrations.AlterModelOptions(
            name="qualification",
            options={"verbose_name": "kwalificatie", "verbose_name_plural": "kwalificaties"},
        ),
        migrations.AlterModelOptions(
            name="service",
            options={"verbose_name": "dienst", "verbose_name_plural": "diensten"},
        ),
        migrations.AlterModelOptions(
            name="serviceversion",
            options={"verbose_name": "dienstversie", "verbose_name_plural": "dienstversies"},
        ),
        migrations.AlterModelOptions(
            name="supplier",
            options={"verbose_name": "leverancier", "verbose_name_plural": "leveranciers"},
        ),
        migrations.AlterModelOptions(
            name="suppliergroup",
            options={"verbose_name": "leveranciersgroep", "verbose_name_plural": "leveranciersgroepen"},
        ),
        migrations.AlterModelOptions(
            name="system",
            options={"verbose_name": "systeem", "verbose_name_plural": "systemen"},
        ),
        migrations.CreateModel(
            name="QualificationTest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tested_on", models.DateField()),
                ("passed", models.BooleanField()),
                ("tested_by", models.TextField(help_text="Who tested it: a person or an organisation.")),
                (
                    "entry",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="journal.entry",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="qualification_tests",
                        to="services.service",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="qualification_tests",
                        to="services.system",
                    ),
                ),
            ],
            options={
                "verbose_name": "kwalificatietest",
                "verbose_name_plural": "kwalificatietests",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("system", "service", "tested_on", "passed", "tested_by"), name="one_record_per_test"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tested_by__regex", "\\S")), name="qualification_test_says_by_whom"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SuccessionOffer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("offered_on", models.DateField()),
                ("starts_on", models.DateField()),
                ("until", models.DateField()),
                (
                    "entry",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="journal.entry",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="succession_offers",
                        to="services.service",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="services.service"
                    ),
                ),
            ],
            options={
                "verbose_name": "aanbod van opvolging",
                "verbose_name_plural": "aanbod van opvolging",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("service", models.F("successor")), _negated=True),
                        name="succession_offer_is_to_another_service",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__gte", journal.days.DayBefore("offered_on"))),
                        name="succession_offer_ends_after_it_begins",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("service", "="), (journal.days.Days("offered_on", "until"), "&&")],
                        name="one_succession_offer_per_service_on_one_day",
                    ),
                ],
            },
        ),
        journaled(
            "services_qualificationtest",
            kind="qualification_test",
            key="NEW.id::text",
            suppliers="ARRAY(SELECT supplier.oin FROM services_supplier supplier"
            " JOIN services_system system ON system.supplier_id = supplier.id WHERE system.id = NEW.system_id)",
            fixed=["system_id", "service_id", "tested_on", "passed", "tested_by"],
        ),
        journaled(
            "services_successionoffer",
            kind="succession_offer",
            key="NEW.id::text",
            fixed=["service_id", "successor_id", "offered_on", "starts_on"],
        ),
        migrations.RunSQL(RULES, UNDO_RULES),
    ]
