from datetime import date

from django import template
from django.template import RequestContext
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html

from accounts import kept_forms

register = template.Library()


@register.filter
def is_day(value: object) -> bool:
    """Whether a native date field can show `value`: nothing, or a day as 2026-12-01."""
    text = str(value or "")
    try:
        return not text or date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


@register.simple_tag(takes_context=True)
def csrf_token(context: RequestContext) -> str:
    """Django's tag of this name, and on a page of a beheerder also for whom the form was made.

    Under Django's own name, so that no form can forget it: what is typed in it then survives the end of the session
    (`accounts.kept_forms`).
    """
    token = CsrfTokenNode().render(context)
    request = context.get("request")
    if getattr(request, "actor", None) is None:
        return token
    signed = kept_forms.sign(kept_forms.MadeFor.signed_in(request))
    return format_html('{}<input type="hidden" name="{}" value="{}">', token, kept_forms.MADE_FOR, signed)
