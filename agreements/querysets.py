from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q


class AgreementQuerySet(models.QuerySet):
    def in_force(self, day: date) -> Self:
        """The agreements in force on `day`; their last day counts."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=day), signed_on__lte=day)
