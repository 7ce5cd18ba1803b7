"""What the pages of the OSR-beheerder take. A form says what is missing or unreadable; the rules are the actions'."""

from mandates.forms.copying import CopyForm
from mandates.forms.days import DayField
from mandates.forms.granting import GrantForm
from mandates.forms.problems import Problem

__all__ = ["CopyForm", "DayField", "GrantForm", "Problem"]
