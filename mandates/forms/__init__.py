"""What the pages of the OSR-beheerder take. A form says what is missing or unreadable; the rules are the actions'."""

from mandates.forms.changing import ChangeForm, ChangeManyForm
from mandates.forms.copying import CopyForm
from mandates.forms.days import DayField
from mandates.forms.granting import GrantForm, GrantManyForm
from mandates.forms.problems import Problem
from mandates.forms.switching import SwitchForm

__all__ = [
    "ChangeForm",
    "ChangeManyForm",
    "CopyForm",
    "DayField",
    "GrantForm",
    "GrantManyForm",
    "Problem",
    "SwitchForm",
]
