from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q


class ServiceQuerySet(models.QuerySet):
    def active(self) -> Self:
        """The services for which mandates can be given, by code."""
        return self.filter(is_active=True).order_by("code")


class SystemQuerySet(models.QuerySet):
    def connected_for(self, service, day: date) -> Self:
        """The systems that may be chosen for `service` on `day` (D6).

        Their supplier signed the connection terms and the system is qualified for the service.
        """
        return self.filter(
            Q(qualifications__withdrawn_on=None) | Q(qualifications__withdrawn_on__gt=day),
            supplier__connected_on__lte=day,
            qualifications__service=service,
            qualifications__qualified_on__lte=day,
        )
