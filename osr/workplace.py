"""The site on which Kennisnet support works: Django's admin, for who has an account of support."""

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest


class Workplace(AdminSite):
    """Everything that support manages, by app; what one may do there is decided in `journal.workplace`."""

    site_title = "Onderwijs Serviceregister"
    site_header = "Onderwijs Serviceregister"
    index_title = "Werkplek van Kennisnet support"
    site_url = None

    def has_permission(self, request: HttpRequest) -> bool:
        """Everyone of support may look."""
        return bool(request.support)


class WorkplaceConfig(AdminConfig):
    """Makes it the admin of the register."""

    default_site = "osr.workplace.Workplace"
