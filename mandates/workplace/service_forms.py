"""Forms about services, their versions and their succession."""

from typing import Any

from django import forms

from agreements.models import OSR, Kind
from mandates.workplace.fields import CatalogueForm, Day, line
from services.models import Service, SystemKind


class _Described(CatalogueForm):
    """What a service is called, asks for, and before when."""

    name = line("Naam", required="Vul de naam van de dienst in.")
    description = forms.CharField(label="Omschrijving", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    roles = forms.MultipleChoiceField(
        label="Nodig is een",
        choices=SystemKind,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Kies ten minste één soort systeem dat de dienst nodig heeft."},
    )
    agreement_kind = forms.ChoiceField(label="Overeenkomst naast OSR", required=False)
    deadline = Day(label="Mandaat regelen vóór", required=False, help_text="Leeg laten mag.")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        kinds = list(Kind.objects.exclude(code=OSR).order_by("code").values_list("code", "name"))
        # What stands there already can stay, whether or not there is such an agreement yet.
        present = self.row.agreement_kind if self.row else ""
        if present and present not in dict(kinds):
            kinds.append((present, present))
        self.fields["agreement_kind"].choices = [
            ("", "geen"),
            *((code, f"{code} – {name}" if name != code else code) for code, name in kinds),
        ]

    def values_of(self, row: Service) -> dict[str, Any]:
        """See `CatalogueForm`."""
        names = ("name", "description", "roles", "agreement_kind", "deadline")
        return {name: getattr(row, name) for name in names}

    def described(self) -> dict[str, Any]:
        """What was filled in, as the actions take it."""
        return {
            name: self.cleaned_data[name] for name in ("name", "description", "roles", "agreement_kind", "deadline")
        }


class _Shaped(CatalogueForm):
    """Who a mandate is given for, and whether there are endpoints."""

    level = forms.ChoiceField(label="Mandaat per", choices=Service.Level)
    takes_endpoints = forms.BooleanField(
        label="Leveranciers registreren afleveradressen",
        required=False,
        help_text="Kan alleen als het mandaat per school is.",
    )


class AddServiceForm(_Shaped, _Described):
    code = line(
        "Code",
        longest=30,
        required="Vul de code van de dienst in.",
        help_text="Hoofdletters, cijfers, - en _. Bijvoorbeeld ROD-PO. De code verandert nooit meer.",
    )
    field_order = ("code", "name", "description", "level", "takes_endpoints", "roles", "agreement_kind", "deadline")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("roles", [SystemKind.LAS])


class ChangeServiceForm(_Described):
    pass


class ReshapeServiceForm(_Shaped):
    def values_of(self, row: Service) -> dict[str, Any]:
        """See `CatalogueForm`."""
        return {"level": row.level, "takes_endpoints": row.takes_endpoints}


class VersionForm(CatalogueForm):
    namespace = line(
        "Namespace",
        longest=500,
        required="Vul de namespace van de dienstversie in.",
        help_text="De URI waarmee leveranciers de versie noemen, bijvoorbeeld http://xml.eld.nl/schemas/rod-po/1.",
    )


class SuccessorForm(CatalogueForm):
    successor = forms.ModelChoiceField(
        Service.objects.none(), label="Opvolger", required=False, to_field_name="code", empty_label="geen"
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successor"].queryset = Service.objects.active().exclude(pk=self.row.pk)

    def values_of(self, row: Service) -> dict[str, Any]:
        """See `CatalogueForm`."""
        return {"successor": row.successor and row.successor.code}


class OfferSuccessionForm(CatalogueForm):
    starts_on = Day(
        label="Nieuwe mandaten beginnen op",
        help_text="Vandaag of later. Wie later overneemt, krijgt mandaten vanaf die dag.",
        error_messages={"required": "Vul in op welke dag de nieuwe mandaten beginnen."},
    )
    until = Day(
        label="Laatste dag van het aanbod",
        help_text="Tot en met deze dag zien besturen het aanbod.",
        error_messages={"required": "Vul in tot en met welke dag besturen kunnen overnemen."},
    )
