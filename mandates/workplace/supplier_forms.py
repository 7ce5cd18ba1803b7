"""Forms about suppliers, their systems, qualifications and API keys."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings

from journal.clock import today
from mandates.wording import day_in_words
from mandates.workplace.fields import CatalogueForm, Day, line
from services.actions import LONGEST_KEY_NAME, end_of_day
from services.models import Service, Supplier, SupplierGroup, System, SystemKind


class _WithGroup(CatalogueForm):
    """A supplier and its group: one that exists, a new one, or its own."""

    name = line("Naam", required="Vul de naam van de leverancier in.")
    group = forms.ModelChoiceField(
        SupplierGroup.objects.order_by("name"),
        label="Leveranciersgroep",
        required=False,
        to_field_name="name",
        empty_label="geen andere: de leverancier is zijn eigen groep",
        help_text="De koepel waaraan een mandaat juridisch wordt gegeven.",
    )
    new_group = line("Of een nieuwe groep", help_text="Alleen invullen als de groep er nog niet bij staat.")

    def clean(self) -> None:
        """One group."""
        if self.cleaned_data.get("group") and self.cleaned_data.get("new_group"):
            self.add_error("new_group", "Kies een groep die er is, of vul een nieuwe in. Niet allebei.")

    @property
    def group_name(self) -> str:
        """The name of the group that was chosen or filled in; empty for none."""
        group = self.cleaned_data["group"]
        return group.name if group else self.cleaned_data["new_group"]


class AddSupplierForm(_WithGroup):
    oin = line(
        "OIN",
        required="Vul het OIN in.",
        help_text="20 tekens, zoals in het certificaat. Het begint met 00000001 (RSIN), 00000003 (KvK), 00000004 "
        "(SubOIN) of 00000099 (test). Het verandert nooit meer.",
    )
    field_order = ("oin", "name", "group", "new_group")


class ChangeSupplierForm(_WithGroup):
    def values_of(self, row: Supplier) -> dict[str, Any]:
        """See `CatalogueForm`."""
        return {"name": row.name, "group": row.group.name}


class ConnectForm(CatalogueForm):
    connected_on = Day(
        label="Aansluitvoorwaarden getekend op",
        help_text="De dag waarop de leverancier de aansluitvoorwaarden met bijlage OSR tekende.",
        error_messages={"required": "Vul in op welke dag de aansluitvoorwaarden zijn getekend."},
    )


class SystemForm(CatalogueForm):
    name = line("Naam", required="Vul de naam van het systeem in.", help_text="Zoals scholen het systeem kennen.")
    kind = forms.ChoiceField(label="Soort", choices=SystemKind)


class RenameSystemForm(CatalogueForm):
    name = line("Naam", required="Vul de naam van het systeem in.")

    def values_of(self, row: System) -> dict[str, Any]:
        """See `CatalogueForm`."""
        return {"name": row.name}


class TestForm(CatalogueForm):
    __test__ = False  # no test of pytest

    service = forms.ModelChoiceField(
        Service.objects.active(),
        label="Dienst",
        to_field_name="code",
        empty_label="– kies een dienst –",
        error_messages={"required": "Kies voor welke dienst het systeem is getest."},
    )
    tested_on = Day(label="Getest op", error_messages={"required": "Vul in op welke dag het systeem is getest."})
    passed = forms.TypedChoiceField(
        label="Resultaat",
        choices=[("", "– kies –"), ("ja", "geslaagd"), ("nee", "niet geslaagd")],
        coerce=lambda value: value == "ja",
        error_messages={"required": "Kies het resultaat."},
        help_text="Een test die niet is geslaagd, wordt bewaard. Het systeem kan er niet door worden gekozen.",
    )
    tested_by = line(
        "Afgenomen door",
        required="Vul in wie de test heeft afgenomen.",
        help_text="Persoon of organisatie.",
    )


class WithdrawForm(CatalogueForm):
    service = forms.ModelChoiceField(
        Service.objects.none(),
        label="Dienst",
        to_field_name="code",
        empty_label="– kies een dienst –",
        error_messages={"required": "Kies een dienst."},
    )
    first_day = Day(
        label="Telt niet meer vanaf",
        help_text="De eerste dag waarop niemand het systeem nog voor deze dienst kan kiezen.",
        error_messages={"required": "Vul in vanaf welke dag de kwalificatie niet meer telt."},
    )

    def __init__(self, *args, services: Iterable[Service], **kwargs) -> None:
        """`services` are those for which the system is qualified."""
        super().__init__(*args, **kwargs)
        self.fields["service"].queryset = services

    def values_of(self, row: System) -> dict[str, Any]:
        """See `CatalogueForm`."""
        return {"first_day": today()}


class _WithLastDay(CatalogueForm):
    """How long a new key works."""

    last_day = Day(label="Laatste dag waarop de sleutel werkt", required=False)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        longest = today() + timedelta(days=settings.OSR_API_KEY_DAYS)
        self.fields["last_day"].help_text = f"Leeg: tot en met {day_in_words(longest)}, de langste tijd die mag."

    @property
    def expires_at(self) -> datetime | None:
        """The moment at which the last day is over; None when none was chosen."""
        day = self.cleaned_data["last_day"]
        return end_of_day(day) if day else None


class IssueKeyForm(_WithLastDay):
    name = line(
        "Naam",
        longest=LONGEST_KEY_NAME,
        required="Geef de sleutel een naam.",
        help_text="Waar het systeem draait, bijvoorbeeld productie. Zo herkent men de sleutel later.",
    )
    field_order = ("name", "last_day")


class RotateKeyForm(_WithLastDay):
    overlap = forms.IntegerField(
        label="De oude sleutel werkt nog (dagen)",
        min_value=0,
        error_messages={
            "required": "Vul in hoeveel dagen de oude sleutel nog werkt.",
            "invalid": "Vul een aantal dagen in.",
            "min_value": "Vul 0 of meer dagen in.",
        },
    )
    field_order = ("overlap", "last_day")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        longest = settings.OSR_API_KEY_OVERLAP_DAYS
        self.initial["overlap"] = longest
        self.fields["overlap"].max_value = longest
        self.fields["overlap"].help_text = f"Hooguit {longest} dagen. Met 0 werkt hij meteen niet meer."
