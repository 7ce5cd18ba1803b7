"""Where a request comes from."""

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The address of whoever sent the request: what a trusted proxy says, else who is at the other end."""
    address = request.META.get("REMOTE_ADDR", "")
    if address in settings.OSR_TRUSTED_PROXIES:
        return request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or address
    return address
