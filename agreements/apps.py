from django.apps import AppConfig
from django.core.checks import register

from agreements.documents.keys import check_seal


class AgreementsConfig(AppConfig):
    name = "agreements"
    verbose_name = "Overeenkomsten"

    def ready(self) -> None:
        register(check_seal)
