"""Django's `migrate`, carried out by the owner of the tables, who then gives the register its rights."""

from django.core.management.commands.migrate import Command as Migrate
from django.db import connections

from osr.database import as_owner, grant_rights


class Command(Migrate):
    def handle(self, *args, **options) -> None:
        connection = connections[options["database"]]
        role = connection.settings_dict["USER"]
        with as_owner(connection):
            super().handle(*args, **options)
            if role != connection.settings_dict["USER"]:
                grant_rights(connection, role)
