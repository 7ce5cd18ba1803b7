from datetime import date

from django import template

register = template.Library()


@register.filter
def is_day(value: object) -> bool:
    """Whether a native date field can show `value`: nothing, or a day as 2026-12-01."""
    text = str(value or "")
    try:
        return not text or date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
