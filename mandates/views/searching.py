"""Zoeken in the workplace: one box for everything that support may have in hand."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from journal.workplace import support_page
from mandates.workplace.searching import search

_LONGEST = 200


@support_page
@require_http_methods(["GET", "HEAD", "POST"])
def workplace_search(request: HttpRequest) -> HttpResponse:
    """What was found; when that is one thing, the thing itself.

    What is typed is sent, so that a token never stands in an address, and is looked for only then.
    """
    is_sent = request.method == "POST"
    text = (request.POST if is_sent else request.GET).get("q", "").replace("\x00", "").strip()[:_LONGEST]
    found = search(text, among_tokens=is_sent)
    hits = [hit for kind in found for hit in kind.hits]
    if len(hits) == 1:
        return redirect(hits[0].url)
    context = {**admin.site.each_context(request), "title": "Zoeken", "text": text, "found": found}
    return TemplateResponse(request, "admin/search.html", context)
