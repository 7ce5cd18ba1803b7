from collections.abc import Iterator
from datetime import date

from django import template
from django.core.paginator import Page
from django.template import Context, RequestContext
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html_join

from accounts import kept_forms
from journal import once
from mandates.wording import are_many, only_for
from osr import health

register = template.Library()
register.filter("are_many", are_many)
register.filter("only_for", only_for)


@register.filter
def is_day(value: object) -> bool:
    """Whether a native date field can show `value`: nothing, or a day as 2026-12-01."""
    text = str(value or "")
    try:
        return not text or date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


@register.filter
def elided(page: Page) -> Iterator[int | str]:
    """The numbers of the pages around this one, with the first and the last, and an ellipsis for those between."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)


@register.filter
def at(name: str, value: object) -> dict[str, object]:
    """For `querystring`: a parameter whose name is known to the page only."""
    return {name: value}


@register.filter
def numbered(step: str, number: object) -> str:
    """What a button of a list within a form asks: `pagina-2`."""
    return f"{step}-{number}"


@register.simple_block_tag(takes_context=True)
def component(context: Context, content: str, part: str, /, **values: object) -> str:
    """`components/<part>.html` with these values only, and with what stands inside the tag as its `content`."""
    partial = context.template.engine.get_template(f"components/{part}.html")
    return partial.render(context.new(values | {"content": content}))


@register.simple_tag
def register_standing() -> health.Standing:
    """Whether the register works now, as the status page says it."""
    return health.standing()


@register.simple_tag(takes_context=True)
def csrf_token(context: RequestContext) -> str:
    """Django's tag of this name, and on a page of a beheerder also for whom the form was made, and its key.

    Under Django's own name, so that no form can forget it: what is typed in it then survives the end of the session
    (`accounts.kept_forms`), and it does its work once (`journal.once`).
    """
    token = CsrfTokenNode().render(context)
    request = context.get("request")
    if getattr(request, "actor", None) is None:
        return token
    signed = kept_forms.sign(kept_forms.MadeFor.signed_in(request))
    hidden = ((kept_forms.MADE_FOR, signed), (once.FIELD, once.new_key()))
    return token + format_html_join("", '<input type="hidden" name="{}" value="{}">', hidden)
