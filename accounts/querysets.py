from typing import Self

from django.db import models


class MembershipQuerySet(models.QuerySet):
    def active(self) -> Self:
        """The memberships that count now."""
        return self.filter(is_active=True)
