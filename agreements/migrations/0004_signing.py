"""Templates, offers and documents; what is known of an agreement besides its days (A2-A6)."""

import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import agreements.models


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0003_kinds"),
        ("journal", "0003_signatories"),
        ("schools", "0003_moves_and_cases"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.TextField()),
                ("content", models.BinaryField()),
                ("made_on", models.DateField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Offer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "status",
                    models.TextField(
                        choices=[
                            ("requested", "aangevraagd"),
                            ("offered", "aangeboden"),
                            ("signed", "ondertekend"),
                            ("declined", "geweigerd"),
                            ("withdrawn", "ingetrokken"),
                        ]
                    ),
                ),
                ("requested_on", models.DateField()),
                ("requested_by_name", models.TextField()),
                ("signatory_name", models.TextField(blank=True)),
                ("signatory_email", models.TextField(blank=True)),
                ("offered_on", models.DateField(blank=True, null=True)),
                ("respond_by", models.DateField(blank=True, null=True)),
                ("reminded_on", models.DateField(blank=True, null=True)),
                ("closed_on", models.DateField(blank=True, null=True)),
                ("declined_reason", models.TextField(blank=True)),
                ("withdrawn_reason", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="Template",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                ("title", models.TextField()),
                ("body", models.TextField(blank=True)),
                ("changes", models.TextField(blank=True, help_text="What changed against the version before.")),
                (
                    "annex_service",
                    models.TextField(blank=True, help_text="What the service does: the privacybijsluiter (A5)."),
                ),
                (
                    "annex_categories",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list),
                ),
                ("published_on", models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="agreement",
            name="agreement_ends_after_it_was_signed",
        ),
        migrations.AddField(
            model_name="agreement",
            name="on_paper",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="agreement",
            name="signatory_function",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="agreement",
            name="signatory_name",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="agreement",
            name="signed_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="signed_agreements",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="agreement",
            name="supersedes",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="superseded_by",
                to="agreements.agreement",
            ),
        ),
        migrations.AddField(
            model_name="agreement",
            name="uuid",
            field=models.UUIDField(
                db_default=django.contrib.postgres.functions.RandomUUID(), editable=False, unique=True
            ),
        ),
        migrations.AlterField(
            model_name="agreement",
            name="kind",
            field=models.ForeignKey(
                db_column="kind",
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="agreements",
                to="agreements.kind",
                to_field="code",
            ),
        ),
        migrations.AddField(
            model_name="document",
            name="entry",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="journal.entry",
            ),
        ),
        migrations.AddField(
            model_name="agreement",
            name="document",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="agreement",
                to="agreements.document",
            ),
        ),
        migrations.AddField(
            model_name="offer",
            name="agreement",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="offer",
                to="agreements.agreement",
            ),
        ),
        migrations.AddField(
            model_name="offer",
            name="board",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="offers", to="schools.board"
            ),
        ),
        migrations.AddField(
            model_name="offer",
            name="entry",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="journal.entry",
            ),
        ),
        migrations.AddField(
            model_name="offer",
            name="kind",
            field=models.ForeignKey(
                db_column="kind",
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="offers",
                to="agreements.kind",
                to_field="code",
            ),
        ),
        migrations.AddField(
            model_name="template",
            name="entry",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="journal.entry",
            ),
        ),
        migrations.AddField(
            model_name="template",
            name="kind",
            field=models.ForeignKey(
                db_column="kind",
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="templates",
                to="agreements.kind",
                to_field="code",
            ),
        ),
        migrations.AddField(
            model_name="offer",
            name="template",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="offers",
                to="agreements.template",
            ),
        ),
        migrations.AddField(
            model_name="agreement",
            name="template",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="agreements",
                to="agreements.template",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_on__gte", agreements.models.DayBefore("signed_on"))),
                name="agreement_ends_no_earlier_than_the_day_before_it_was_signed",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("signed_by__isnull", True),
                    models.Q(
                        ("document__isnull", False),
                        ("on_paper", False),
                        ("template__isnull", False),
                        models.Q(("signatory_name", ""), ("signatory_function", ""), _connector="OR", _negated=True),
                    ),
                    _connector="OR",
                ),
                name="agreement_signed_here_is_complete",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("on_paper", False),
                    models.Q(("document__isnull", False), models.Q(("signatory_name", ""), _negated=True)),
                    _connector="OR",
                ),
                name="agreement_on_paper_has_its_scan",
            ),
        ),
        migrations.AddConstraint(
            model_name="template",
            constraint=models.UniqueConstraint(fields=("kind", "version"), name="one_template_per_kind_and_version"),
        ),
        migrations.AddConstraint(
            model_name="template",
            constraint=models.UniqueConstraint(
                condition=models.Q(("published_on__isnull", True)), fields=("kind",), name="one_draft_template_per_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="template",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("published_on__isnull", True),
                    models.Q(
                        ("title", ""),
                        ("body", ""),
                        ("annex_service", ""),
                        ("annex_categories", []),
                        _connector="OR",
                        _negated=True,
                    ),
                    _connector="OR",
                ),
                name="published_template_is_complete",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["requested", "offered"])),
                fields=("board", "kind"),
                name="one_open_offer_per_board_and_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["requested", "offered", "signed", "declined", "withdrawn"])),
                name="offer_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["requested", "withdrawn"]),
                    models.Q(
                        ("offered_on__isnull", False),
                        ("respond_by__gte", models.F("offered_on")),
                        ("respond_by__isnull", False),
                        models.Q(("signatory_name", ""), ("signatory_email", ""), _connector="OR", _negated=True),
                    ),
                    _connector="OR",
                ),
                name="offer_is_sent_to_somebody_who_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("signatory_email", ""),
                    ("signatory_email__regex", "^[^@\\s,]+@[^@\\s,]+(, [^@\\s,]+@[^@\\s,]+)*$"),
                    _connector="OR",
                ),
                name="offer_addresses_have_their_form",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_on__isnull", True), ("status__in", ["requested", "offered"])),
                    models.Q(("closed_on__isnull", False), ("status__in", ["signed", "declined", "withdrawn"])),
                    _connector="OR",
                ),
                name="closed_offer_has_its_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("agreement__isnull", False), ("status", "signed")),
                    models.Q(models.Q(("status", "signed"), _negated=True), ("agreement__isnull", True)),
                    _connector="OR",
                ),
                name="signed_offer_has_its_agreement",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "declined"), models.Q(("declined_reason", ""), _negated=True)),
                    models.Q(models.Q(("status", "declined"), _negated=True), ("declined_reason", "")),
                    _connector="OR",
                ),
                name="declined_offer_has_its_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "withdrawn"), models.Q(("withdrawn_reason", ""), _negated=True)),
                    models.Q(models.Q(("status", "withdrawn"), _negated=True), ("withdrawn_reason", "")),
                    _connector="OR",
                ),
                name="withdrawn_offer_has_its_reason",
            ),
        ),
    ]
