"""Agreements change with a journal entry only (D14)."""

from django.db import migrations

from journal.triggers import journaled


class Migration(migrations.Migration):
    dependencies = [("agreements", "0001_initial"), ("journal", "0002_guard")]

    operations = [
        journaled(
            "agreements_agreement",
            kind="agreement",
            key="NEW.id::text",
            boards="ARRAY(SELECT number FROM schools_board WHERE id = NEW.board_id)",
            fixed=["board_id", "kind", "signed_on"],
        ),
    ]
