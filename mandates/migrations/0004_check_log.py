"""The log of checks (D17): partitioned by month, written once, read by caller and by school."""

from django.db import migrations

from journal.clock import today
from mandates.check_log import make_partitions

CHECK_LOG = """
CREATE TABLE mandates_check (
    id uuid NOT NULL,
    checked_at timestamptz NOT NULL DEFAULT now(),
    caller_oin text NOT NULL,
    system_id bigint,
    brin text NOT NULL,
    school_oin text NOT NULL,
    supplier_oin text NOT NULL,
    service_code text NOT NULL,
    service_version_namespace text NOT NULL,
    reference_date date NOT NULL,
    mandated boolean NOT NULL,
    mandate_id bigint,
    PRIMARY KEY (checked_at, id)
) PARTITION BY RANGE (checked_at);

CREATE INDEX mandates_check_by_school ON mandates_check (brin, checked_at);
CREATE INDEX mandates_check_by_caller ON mandates_check (caller_oin, checked_at);
CREATE TABLE mandates_check_default PARTITION OF mandates_check DEFAULT;

-- The running register does not own the table: these make and drop its partitions on its behalf.
CREATE FUNCTION mandates_make_check_partition(first_day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    month date := date_trunc('month', first_day);
    next_month date := month + interval '1 month';
BEGIN
    -- What the default partition holds already stays there.
    IF EXISTS (SELECT FROM mandates_check_default
                WHERE checked_at >= month::timestamp AT TIME ZONE 'UTC'
                  AND checked_at < next_month::timestamp AT TIME ZONE 'UTC') THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF mandates_check FOR VALUES FROM (%L) TO (%L)',
                   to_char(month, '"mandates_check_"YYYY_MM'), month || ' UTC', next_month || ' UTC');
END $$;

CREATE FUNCTION mandates_drop_check_partitions(before_month date) RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    partition text;
BEGIN
    -- Whoever asks: what is less than a year old stays.
    before_month := least(before_month, date_trunc('month', now() - interval '1 year')::date);
    FOR partition IN
        SELECT inhrelid::regclass::text FROM pg_inherits
         WHERE inhparent = 'mandates_check'::regclass
           AND inhrelid::regclass::text ~ '^mandates_check_[0-9]{4}_[0-9]{2}$'
           AND inhrelid::regclass::text < to_char(before_month, '"mandates_check_"YYYY_MM')
         ORDER BY 1
    LOOP
        EXECUTE format('DROP TABLE %I', partition);
        RETURN NEXT partition;
    END LOOP;
END $$;

CREATE TRIGGER check_stays BEFORE UPDATE OR DELETE ON mandates_check
    FOR EACH ROW EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER checks_are_not_emptied BEFORE TRUNCATE ON mandates_check
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse();
"""


def make_first_partitions(apps, schema_editor) -> None:
    make_partitions(today())


class Migration(migrations.Migration):
    dependencies = [("mandates", "0003_rules")]
    operations = [
        migrations.RunSQL(
            CHECK_LOG,
            "DROP TABLE mandates_check; DROP FUNCTION mandates_make_check_partition, mandates_drop_check_partitions",
        ),
        migrations.RunPython(make_first_partitions, migrations.RunPython.noop),
    ]
