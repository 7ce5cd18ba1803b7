"""What the forms of support about suppliers and services are made of."""

from datetime import date
from typing import Any

from django import forms

from journal.models import Recorded
from journal.workplace import ReasonForm
from mandates.forms.days import DayField, of_this_era
from services.actions import LONGEST_NAME


class Day(DayField):
    """A day of this era, asked for with the calendar of the browser."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def to_python(self, value: Any) -> date | None:
        """The day; raises `ValidationError` that says which day does not exist."""
        return value if isinstance(value, date) else of_this_era(super().to_python(value))


def line(label: str, *, help_text: str = "", required: str = "", longest: int = LONGEST_NAME) -> forms.CharField:
    """A line of text; `required` is what is said when it is missing, empty when it may be."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=longest,
        required=bool(required),
        error_messages={
            "required": required,
            "max_length": "Dit zijn %(show_value)d tekens. Er passen er hooguit %(limit_value)d.",
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "vTextField"}),
    )


class CatalogueForm(ReasonForm):
    """A form about suppliers, systems or services, with what is the case as its beginning.

    What it says of `row` goes along unseen (`seen`), so that what somebody else changed meanwhile is not overwritten.
    """

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, row: Recorded | None = None, initial: dict[str, Any] | None = None, **kwargs) -> None:
        """`row` is what the form is about; `initial` adds to what follows from it."""
        self.row = row
        known = {"seen": row.entry_id, **self.values_of(row)} if row else {}
        super().__init__(*args, initial=known | (initial or {}), **kwargs)
        self.fields["reason"].help_text = "Waarom u dit doet. Dit staat in de geschiedenis."
        for name, field in self.fields.items():
            if field.help_text:
                field.widget.attrs["aria-describedby"] = f"id_{name}_helptext"

    def values_of(self, row: Any) -> dict[str, Any]:
        """What the fields hold before anybody changes them."""
        return {}

    def look_again(self) -> None:
        """From now on the form is about the row as it has become: the person has been told what is different."""
        if self.row is not None:
            self.row.refresh_from_db()
            self.data = self.data.copy()
            self.data["seen"] = self.row.entry_id
