"""A board says of a mandate that came along that it lets it end (D20)."""

import django.db.models.deletion
from django.db import migrations, models

from journal.triggers import journaled


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0003_signatories"),
        ("mandates", "0012_names"),
        ("schools", "0004_list_imports"),
    ]

    operations = [
        migrations.CreateModel(
            name="LetEnd",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "board",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="let_ends", to="schools.board"
                    ),
                ),
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
                    "mandate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="let_ends", to="mandates.mandate"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("mandate", "board"), name="a_board_lets_a_mandate_end_once")
                ],
            },
        ),
        journaled(
            "mandates_letend",
            kind="let_end",
            key="(SELECT uuid::text FROM mandates_mandate WHERE id = NEW.mandate_id)",
            boards="ARRAY(SELECT number FROM schools_board WHERE id = NEW.board_id)",
            fixed=["mandate_id", "board_id"],
        ),
    ]
