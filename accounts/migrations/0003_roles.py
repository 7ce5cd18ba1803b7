"""The tekenbevoegde (A3), and the accounts of Kennisnet support; both change with a journal entry only (D14)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from journal.triggers import journaled


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_journal"), ("journal", "0003_signatories")]

    operations = [
        migrations.AlterField(
            model_name="membership",
            name="role",
            field=models.TextField(choices=[("administrator", "OSR-beheerder"), ("signatory", "tekenbevoegde")]),
        ),
        migrations.RemoveConstraint(model_name="membership", name="membership_role_is_known"),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=Q(role__in=["administrator", "signatory"]), name="membership_role_is_known"
            ),
        ),
        migrations.CreateModel(
            name="SupportAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.TextField(choices=[("reader", "lezer"), ("support", "support"), ("lead", "hoofd support")]),
                ),
                ("is_active", models.BooleanField(default=True)),
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
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="support_account",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(role__in=["reader", "support", "lead"]), name="support_role_is_known"
                    )
                ],
            },
        ),
        journaled(
            "accounts_supportaccount",
            kind="support_account",
            key="(SELECT username FROM accounts_user WHERE id = NEW.user_id)",
            fixed=["user_id"],
        ),
    ]
