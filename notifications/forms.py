"""Choosing what to be mailed about."""

from dataclasses import dataclass

from django import forms
from django.forms.boundfield import BoundField

from mandates.forms.problems import Problem
from notifications.models import Preference
from notifications.topics import ENDING_DAYS, Topic

_EXPLANATIONS = {
    Topic.ENDING: (
        "U leest op tijd dat een mandaat stopt. Heeft een ander mandaat het al overgenomen? Dan krijgt u niets."
    ),
    Topic.DEADLINES: (
        "Moet een dienst vóór een bepaalde dag geregeld zijn, en mist een school nog een mandaat? "
        "Dan leest u dat 30, 14 en 7 dagen van tevoren."
    ),
    Topic.REFUSED: (
        "Een leverancier vroeg of er voor een van uw scholen een mandaat is, en het antwoord was ‘nee’. "
        "Dit kan elke dag een mail zijn."
    ),
    Topic.TRANSFERS: (
        "Een school komt bij uw bestuur, of gaat weg. En: hoelang u de mandaten van het vorige bestuur "
        "nog kunt overnemen."
    ),
    Topic.SUPPORT: "Kennisnet support verandert een mandaat namens uw bestuur. U leest wat, wie en waarom.",
}


@dataclass(frozen=True)
class TopicLine:
    """A topic as the page shows it; `days`, how long before, belongs to one of them."""

    field: BoundField
    label: str
    explanation: str
    days: BoundField | None


class PreferencesForm(forms.Form):
    """A box per topic, and how many days before its end one is told of a mandate."""

    def __init__(self, *args, preference: Preference, **kwargs) -> None:
        initial = {topic.value: preference.wants(topic) for topic in Topic} | {"dagen": str(preference.ending_days)}
        super().__init__(*args, initial=initial, **kwargs)
        for topic in Topic:
            self.fields[topic.value] = forms.BooleanField(required=False, label=topic.label)
        self.fields["dagen"] = forms.TypedChoiceField(
            choices=[(str(days), f"{days} dagen van tevoren") for days in ENDING_DAYS],
            coerce=int,
            error_messages={"required": "Kies 7, 14 of 30 dagen.", "invalid_choice": "Kies 7, 14 of 30 dagen."},
        )

    def wanted(self) -> dict[Topic, bool]:
        """The topics, ticked or not, of a valid form."""
        return {topic: self.cleaned_data[topic.value] for topic in Topic}

    def lines(self) -> list[TopicLine]:
        """The topics as the page shows them."""
        return [
            TopicLine(
                field=self[topic.value],
                label=topic.label[0].upper() + topic.label[1:],
                explanation=_EXPLANATIONS[topic],
                days=self["dagen"] if topic == Topic.ENDING else None,
            )
            for topic in Topic
        ]

    def problems(self) -> list[Problem]:
        """What is wrong, each with the id of its field."""
        return [Problem(error, "#dagen") for error in (self.errors.get("dagen", ()) if self.is_bound else ())]
