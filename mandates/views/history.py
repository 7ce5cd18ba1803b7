"""Geschiedenis: of one school, and of the whole board (D14)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import administrator_page
from journal.querysets import EntryQuerySet
from mandates.forms.narrowing import NarrowingForm
from mandates.history import (
    Asked,
    confirmations,
    entries_about_board,
    entries_about_school,
    one_confirmation,
)
from mandates.paging import page_of
from mandates.stretches import place_in
from mandates.views.board import school_of_board, school_page
from services.models import Service

# In an address: only what this one confirmation did.
_ONE_CONFIRMATION = "bevestiging"
_MOST_DIGITS = 18


@administrator_page
@require_safe
def of_school(request: HttpRequest, brin: str) -> HttpResponse:
    """What happened to a school of the board."""
    school = school_of_board(request, brin)
    form = _form(request)
    entries = entries_about_school(school, Asked() if _ONE_CONFIRMATION in request.GET else _asked(form))
    return _page(request, form, entries, school_page(request, school))


@administrator_page
@require_safe
def of_board(request: HttpRequest) -> HttpResponse:
    """What happened to the board, its schools and what it gave."""
    form = _form(request)
    asked = Asked() if _ONE_CONFIRMATION in request.GET else _asked(form)
    return _page(request, form, entries_about_board(request.board, asked), {})


def _page(
    request: HttpRequest, form: NarrowingForm, entries: EntryQuerySet, context: dict[str, object]
) -> HttpResponse:
    template = "mandates/history_of_school.html" if context else "mandates/history_of_board.html"
    if _ONE_CONFIRMATION in request.GET:
        context |= _one(request, entries)
    else:
        place = place_in(request.GET, _number)
        context |= {
            "form": form,
            "problems": form.problems(),
            "is_narrowed": _asked(form).is_narrowed,
            "stretch": confirmations(entries, request.board, place),
            "is_first": place is None,
        }
    return render(request, template, context)


def _one(request: HttpRequest, entries: EntryQuerySet) -> dict[str, object]:
    """All that one confirmation changed, in pages."""
    try:
        of_this = entries.filter(transaction_id=_number(request.GET[_ONE_CONFIRMATION])).order_by("pk")
    except ValueError:
        raise Http404 from None
    page = page_of(of_this, request.GET.get("pagina"))
    if not page.object_list:
        raise Http404
    return {"page": page, "confirmation": one_confirmation(list(page), page.paginator.count, request.board)}


def _form(request: HttpRequest) -> NarrowingForm:
    return NarrowingForm(request.GET, services=list(Service.objects.order_by("code")))


def _asked(form: NarrowingForm) -> Asked:
    return Asked(form.words, form.service, form.cleaned_data.get("van"), form.cleaned_data.get("tot"))


def _number(text: str) -> int:
    """A number that the journal may have; raises `ValueError` for what is none."""
    if not (text.isascii() and text.isdigit()) or len(text) > _MOST_DIGITS:
        raise ValueError(text)
    return int(text)
