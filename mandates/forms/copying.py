"""The form that copies a mandate to other schools."""

from collections.abc import Sequence
from uuid import UUID

from django import forms

from mandates.actions import Copy
from mandates.forms.problems import Problem
from mandates.forms.schools import SchoolsField
from schools.models import School


class CopyForm(forms.Form):
    """To which schools."""

    def __init__(self, *args, mandate: UUID, schools: Sequence[School], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.mandate = mandate
        self.fields["scholen"] = SchoolsField(schools=schools)

    def intent(self) -> Copy:
        """What a valid form asks."""
        return Copy(mandate=self.mandate, schools=self.cleaned_data["scholen"])

    def problems(self) -> list[Problem]:
        """What is wrong."""
        return [Problem(error, "#scholen") for error in self.errors.get("scholen", ())]
