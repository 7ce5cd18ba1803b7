"""What the workplace calls a mandate and its columns; nothing changes in the tables."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mandates", "0011_services_keep_their_mandates"),
        ("services", "0004_suppliers_and_succession"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="mandate",
            options={"verbose_name": "mandaat", "verbose_name_plural": "mandaten"},
        ),
        migrations.AlterField(
            model_name="mandate",
            name="end_date",
            field=models.DateField(blank=True, null=True, verbose_name="tot en met"),
        ),
        migrations.AlterField(
            model_name="mandate",
            name="service",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="mandates",
                to="services.service",
                verbose_name="dienst",
            ),
        ),
        migrations.AlterField(
            model_name="mandate",
            name="start_date",
            field=models.DateField(verbose_name="vanaf"),
        ),
        migrations.AlterField(
            model_name="mandate",
            name="system",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="mandates",
                to="services.system",
                verbose_name="systeem",
            ),
        ),
    ]
