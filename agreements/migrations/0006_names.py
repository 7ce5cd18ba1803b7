"""What the workplace of support calls the tables of agreements."""

from django.db import migrations

_NAMES = {
    "kind": ("soort overeenkomst", "soorten overeenkomst"),
    "template": ("tekst van een overeenkomst", "teksten van overeenkomsten"),
    "offer": ("aanbod van een overeenkomst", "aangeboden overeenkomsten"),
    "agreement": ("overeenkomst", "overeenkomsten"),
}


class Migration(migrations.Migration):
    dependencies = [("agreements", "0005_signing_rules")]

    operations = [
        migrations.AlterModelOptions(name=name, options={"verbose_name": one, "verbose_name_plural": several})
        for name, (one, several) in _NAMES.items()
    ]
