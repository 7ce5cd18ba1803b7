"""A tekenbevoegde acts too: the journal knows that kind of actor (A3)."""

from django.db import migrations

from journal.triggers import NUMBER_ENTRY


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_guard")]
    operations = [migrations.RunSQL(NUMBER_ENTRY, migrations.RunSQL.noop)]
