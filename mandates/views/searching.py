"""Zoeken in the workplace: one box for everything that support may have in hand."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from journal.workplace import support_page
from mandates.workplace.searching import search

_LONGEST = 200


@support_page
@require_safe
def workplace_search(request: HttpRequest) -> HttpResponse:
    """What was found; when that is one thing, the thing itself."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:_LONGEST]
    found = search(text)
    hits = [hit for kind in found for hit in kind.hits]
    if len(hits) == 1:
        return redirect(hits[0].url)
    context = {**admin.site.each_context(request), "title": "Zoeken", "text": text, "found": found}
    return TemplateResponse(request, "admin/search.html", context)
