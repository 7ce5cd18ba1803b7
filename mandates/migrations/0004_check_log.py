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
        migrations.RunSQL(CHECK_LOG, "DROP TABLE mandates_check"),
        migrations.RunPython(make_first_partitions, migrations.RunPython.noop),
    ]
