"""The site on which Kennisnet support works: Django's admin, for who has an account of support."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, reverse

from accounts import sessions
from journal.workplace import RowAdmin
from osr.attention import what_waits

# What Django's admin has for itself and the register does in its own way, or not at all.
_NOT_HERE = {"password_change", "password_change_done", "view_on_site"}


class Workplace(AdminSite):
    """Everything that support manages, by app; what one may do there is decided in `journal.workplace`."""

    site_title = "Onderwijs Serviceregister"
    site_header = "Onderwijs Serviceregister"
    index_title = "Werkplek van Kennisnet support"
    site_url = None

    def has_permission(self, request: HttpRequest) -> bool:
        """Everyone of support may look."""
        return bool(request.support)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The first page: the search box, what waits for support, and the lists."""
        return super().index(request, {"attention": what_waits(), **(extra_context or {})})

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Where Django's admin sends whoever may not see a page: on to what is still to be done, if anything."""
        if request.support:
            return redirect("admin:index")
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next") or reverse("admin:index"), reverse("account_login"))
        if request.session.get(sessions.OF_SUPPORT):
            return redirect("mfa_index")
        raise PermissionDenied

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only what was made for the workplace: the tables that other packages bring along have no place in it."""
        if admin_class and issubclass(admin_class, RowAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Those of the admin that the workplace uses."""
        return [url for url in super().get_urls() if getattr(url, "name", None) not in _NOT_HERE]
