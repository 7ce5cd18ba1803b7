"""What a long list is narrowed to: words, a service, a supplier, days. Empty fields narrow nothing."""

from collections.abc import Sequence
from datetime import date

from django import forms

from mandates.forms.days import DayField, of_this_era
from mandates.forms.problems import Problem
from mandates.forms.schools import words_of
from services.models import Service, Supplier


class NarrowingForm(forms.Form):
    """Sent along in the address of the list. What cannot be read is told, and narrows nothing."""

    def __init__(self, *args, services: Sequence[Service], suppliers: Sequence[Supplier] = (), **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.services, self.suppliers = services, suppliers
        self.fields["dienst"] = forms.CharField(required=False, max_length=100)
        self.fields["leverancier"] = forms.CharField(required=False, max_length=20)
        self.fields["van"] = DayField(required=False)
        self.fields["tot"] = DayField(required=False)
        self.full_clean()

    def clean_van(self) -> date | None:
        """The first day."""
        return of_this_era(self.cleaned_data["van"])

    def clean_tot(self) -> date | None:
        """The last day."""
        return of_this_era(self.cleaned_data["tot"])

    def clean(self) -> None:
        first_day, last_day = self.cleaned_data.get("van"), self.cleaned_data.get("tot")
        if first_day and last_day and last_day < first_day:
            self.add_error("tot", "Deze dag ligt vóór de eerste dag. Kies een latere dag.")

    @property
    def words(self) -> str:
        """What is searched for, where the list has a search field."""
        return words_of(self.data)

    @property
    def service(self) -> Service | None:
        """The service that was chosen, if there is such a one."""
        return next((each for each in self.services if each.code == self.cleaned_data.get("dienst")), None)

    @property
    def supplier(self) -> Supplier | None:
        """The supplier that was chosen, if there is such a one."""
        return next((each for each in self.suppliers if each.oin == self.cleaned_data.get("leverancier")), None)

    def problems(self) -> list[Problem]:
        """What is wrong, in the order of the page, each with the id of its field."""
        return [Problem(error, f"#{name}") for name in ("van", "tot") for error in self.errors.get(name, ())]
