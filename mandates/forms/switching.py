"""The form that switches to another system."""

from dataclasses import dataclass

from django import forms

from journal.clock import today
from mandates.actions import Switch
from mandates.forms.days import DayField
from mandates.forms.problems import Problem
from mandates.forms.schools import SchoolsField
from mandates.switching import Switchable, SwitchableService
from mandates.wording import day_in_words


@dataclass(frozen=True)
class ServiceLine:
    """A service as the page shows it: ticked or not."""

    offer: SwitchableService
    is_chosen: bool


class SwitchForm(forms.Form):
    """To which system, for which services and schools, and on which day (D12)."""

    def __init__(self, *args, switchable: Switchable, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.switchable = switchable
        self.offers = [service for service in switchable.services if service.can_be_chosen]
        self.fields["naar"] = forms.ChoiceField(
            choices=[(str(new.system.uuid), new.system.name) for new in switchable.new_systems],
            error_messages={
                "required": "Kies het nieuwe systeem.",
                "invalid_choice": "Dit systeem kan niet meer gekozen worden. Kies een ander systeem.",
            },
        )
        self.fields["dienst"] = forms.MultipleChoiceField(
            choices=[(offer.service.code, offer.service.code) for offer in self.offers],
            error_messages={
                "required": "Kies ten minste één dienst.",
                "invalid_choice": "De dienst %(value)s kan niet meer gekozen worden.",
            },
        )
        self.fields["dag"] = DayField(error_messages={"required": "Vul in op welke dag het nieuwe systeem begint."})
        self.fields["scholen"] = SchoolsField(schools=switchable.all_schools, required=False)

    def clean(self) -> None:
        new = self._new_system()
        chosen = [offer for offer in self.offers if offer.service.code in self.cleaned_data.get("dienst", ())]
        for offer in chosen:
            if new and offer.service.code in new.not_for:
                self.add_error(
                    "dienst",
                    f"{new.system.name} is niet aangesloten voor {offer.service.code}. "
                    "Haal het vinkje bij die dienst weg of kies een ander systeem.",
                )
        day = self.cleaned_data.get("dag")
        if day and day < today():
            self.add_error("dag", f"Kies vandaag ({day_in_words(today())}) of een latere dag.")
        asks_for_schools = not chosen or any(not offer.is_of_board for offer in chosen)
        if asks_for_schools and self.switchable.schools and not self.cleaned_data.get("scholen"):
            self.add_error("scholen", self.fields["scholen"].error_messages["required"])

    def intent(self) -> Switch:
        """What a valid form asks."""
        # A mandate of the board itself goes over in the name of no school in particular: any will do (D1).
        schools = self.cleaned_data["scholen"] or tuple(school.brin for school in self.switchable.all_schools[:1])
        return Switch(
            schools=schools,
            services=tuple(self.cleaned_data["dienst"]),
            old=self.switchable.old.name,
            new=self._new_system().system.name,
            day=self.cleaned_data["dag"],
        )

    def service_lines(self) -> list[ServiceLine]:
        """The services with what was ticked."""
        ticked = self["dienst"].value() or ()
        return [ServiceLine(offer, offer.service.code in ticked) for offer in self.switchable.services]

    def problems(self) -> list[Problem]:
        """What is wrong, in the order of the page."""
        first = self.offers[0].service.code if self.offers else ""
        hrefs = {"naar": "#naar", "dienst": f"#dienst-{first}", "dag": "#dag", "scholen": "#scholen"}
        return [Problem(error, href) for name, href in hrefs.items() for error in self.errors.get(name, ())]

    def _new_system(self):
        uuid = self.cleaned_data.get("naar")
        return next((new for new in self.switchable.new_systems if str(new.system.uuid) == uuid), None)
