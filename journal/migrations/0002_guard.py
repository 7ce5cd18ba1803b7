"""The journal guards itself: entries come from changes, and stay as they are (D14)."""

from django.db import migrations

from journal.triggers import GUARD_JOURNAL, NUMBER_ENTRY, UNGUARD_JOURNAL


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [migrations.RunSQL(GUARD_JOURNAL + NUMBER_ENTRY, UNGUARD_JOURNAL)]
