"""What the register says of itself: how accessible it is, and what it does with personal data."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The toegankelijkheidsverklaring."""
    return render(request, "statements/accessibility.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """The privacyverklaring."""
    return render(request, "statements/privacy.html")
