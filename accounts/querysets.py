from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

# Who does no more than arrange the yearly test signs in once a year.
_LATELY = timedelta(days=400)


class MembershipQuerySet(models.QuerySet):
    def active(self) -> Self:
        """The memberships that count now."""
        return self.filter(is_active=True)

    def of_people_who_come(self) -> Self:
        """Those that count now, of people who signed in lately: whom to write to, and to ask for a signature.

        Who has left does not sign in any more, so the provider cannot take the role away here.
        """
        lately = timezone.now() - _LATELY
        return self.active().filter(Q(user__last_login=None) | Q(user__last_login__gte=lately), user__is_active=True)
