"""Who acts for which board changes with a journal entry only (D14)."""

from django.db import migrations

from journal.triggers import journaled


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("journal", "0002_guard"), ("schools", "0002_journal")]

    operations = [
        journaled(
            "accounts_membership",
            kind="membership",
            key="NEW.id::text",
            boards="ARRAY(SELECT number FROM schools_board WHERE id = NEW.board_id)",
            fixed=["user_id", "board_id", "role"],
        ),
    ]
