"""Days, as a form takes them."""

import re
from datetime import date

from django import forms

_DAY_FORMS = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"),
    re.compile(r"(?P<day>\d{1,2})[-/. ](?P<month>\d{1,2})[-/. ](?P<year>\d{4})"),
)
_MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni",
    "juli", "augustus", "september", "oktober", "november", "december",
)  # fmt: skip


class DayField(forms.Field):
    """A day, as a native date field sends it (2026-12-01) or as people write it (1-12-2026)."""

    def to_python(self, value: str | None) -> date | None:
        """The day; raises `ValidationError` that names a day that does not exist."""
        text = (value or "").strip()
        if not text:
            return None
        parts = next((match for form in _DAY_FORMS if (match := form.fullmatch(text))), None)
        if parts is None:
            raise forms.ValidationError("Vul een datum in als dag-maand-jaar, bijvoorbeeld 1-12-2026.")
        year, month, day = int(parts["year"]), int(parts["month"]), int(parts["day"])
        try:
            return date(year, month, day)
        except ValueError:
            in_words = f"{day} {_MONTHS[month - 1]} {year}" if 1 <= month <= 12 else f"De datum {day}-{month}-{year}"
            raise forms.ValidationError(f"{in_words} bestaat niet.") from None


def of_this_era(day: date | None) -> date | None:
    """The day, if moments of it can be reckoned with in every time zone; raises `ValidationError` when not."""
    if day and not 1900 <= day.year <= 9998:
        raise forms.ValidationError("Kies een jaar vanaf 1900.")
    return day
