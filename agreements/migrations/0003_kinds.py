"""Kinds of agreement are rows: OSR, OSO, VVA, and those that a board has already (A1)."""

import django.db.models.deletion
from django.db import migrations, models

from journal.acts import act, register
from journal.triggers import journaled

KINDS = [
    ("OSR", "Onderwijs Serviceregister", "De basis: zonder deze overeenkomst geeft een bestuur geen mandaten."),
    ("OSO", "Overstapservice Onderwijs", "Nodig voor diensten waarmee scholen overstapdossiers uitwisselen."),
    (
        "VVA",
        "Voorziening Vroegtijdig Aanmelden",
        "Nodig voor diensten waarmee scholen gegevens uitwisselen over aanmeldingen bij het mbo.",
    ),
]


def add_kinds(apps, editor) -> None:
    kind, agreement = apps.get_model("agreements", "Kind"), apps.get_model("agreements", "Agreement")
    others = set(agreement.objects.values_list("kind", flat=True)) - {code for code, *_ in KINDS}
    with act("kind.added", actor=register("het register zelf")):
        kind.objects.bulk_create(
            [kind(code=code, name=name, description=description) for code, name, description in KINDS]
            + [kind(code=code, name=code) for code in sorted(others)]
        )


class Migration(migrations.Migration):
    dependencies = [("agreements", "0002_journal"), ("journal", "0003_signatories")]

    operations = [
        migrations.CreateModel(
            name="Kind",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.TextField(unique=True)),
                ("name", models.TextField()),
                ("description", models.TextField(blank=True)),
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
            ],
        ),
        # The name of the constraint is now that of the kind itself.
        migrations.RemoveConstraint(model_name="agreement", name="agreement_kind_has_its_form"),
        migrations.AddConstraint(
            model_name="kind",
            constraint=models.CheckConstraint(
                condition=models.Q(("code__regex", "^[A-Z0-9][A-Z0-9_-]*$")), name="agreement_kind_has_its_form"
            ),
        ),
        migrations.AddConstraint(
            model_name="kind",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="agreement_kind_has_a_name"
            ),
        ),
        journaled("agreements_kind", kind="kind", key="NEW.code", fixed=["code"]),
        migrations.RunPython(add_kinds, migrations.RunPython.noop),
    ]
