from django.contrib.admin.apps import AdminConfig


class WorkplaceConfig(AdminConfig):
    """Makes the workplace the admin of the register. In a file of its own: it is read before there are tables."""

    default_site = "osr.workplace.Workplace"
