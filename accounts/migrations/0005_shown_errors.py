"""The error pages that people were shown, so that support can look their numbers up (decision 030)."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_second_factor")]

    operations = [
        migrations.CreateModel(
            name="ShownError",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.TextField(unique=True, verbose_name="nummer")),
                (
                    "moment",
                    models.DateTimeField(db_index=True, default=django.utils.timezone.now, verbose_name="wanneer"),
                ),
                (
                    "status",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (400, "400, vraag niet begrepen"),
                            (403, "403, niet voor deze persoon"),
                            (404, "404, bestaat niet"),
                            (429, "429, te vaak geprobeerd"),
                            (500, "500, er ging iets mis"),
                            (503, "503, even niet bereikbaar"),
                        ],
                        verbose_name="foutpagina",
                    ),
                ),
                ("method", models.TextField(verbose_name="methode")),
                ("path", models.TextField(verbose_name="adres")),
                ("board_number", models.TextField(blank=True, verbose_name="bestuur")),
                ("exception", models.TextField(blank=True, verbose_name="soort fout")),
                ("where", models.TextField(blank=True, verbose_name="plaats in de code")),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shown_errors",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="persoon",
                    ),
                ),
            ],
            options={"verbose_name": "foutpagina", "verbose_name_plural": "foutpagina's"},
        ),
    ]
