from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery, TextField
from django.db.models.functions import Cast

from journal.models import Entry


class ServiceQuerySet(models.QuerySet):
    def active(self) -> Self:
        """The services for which mandates can be given, by code."""
        return self.filter(is_active=True).order_by("code")


class SystemQuerySet(models.QuerySet):
    def connected_for(self, service, day: date) -> Self:
        """The systems that may be chosen for `service` on `day` (D6).

        Their supplier signed the connection terms and the system is qualified for the service.
        """
        return self._connected(day, qualifications__service=service)

    def connections(self, services: Iterable, day: date) -> Self:
        """Each pair of the name of a system and the code of one of `services` for which it may be chosen on `day` (D6).

        What `connected_for` says of one service, said of many in one query.
        """
        return self._connected(day, qualifications__service__in=services).values_list(
            "name", "qualifications__service__code"
        )

    def _connected(self, day: date, **service) -> Self:
        return self.filter(
            Q(qualifications__withdrawn_on=None) | Q(qualifications__withdrawn_on__gt=day),
            supplier__connected_on__lte=day,
            qualifications__qualified_on__lte=day,
            **service,
        )


class SuccessionOfferQuerySet(models.QuerySet):
    def open_on(self, day: date) -> Self:
        """The offers that stand on `day`, both ends included."""
        return self.filter(offered_on__lte=day, until__gte=day)


class ApiKeyQuerySet(models.QuerySet):
    def usable(self, moment: datetime) -> Self:
        """The keys that open the API at `moment` (with time zone): not revoked, and not expired by then.

        The hot path says the same in SQL (`mandates.checks`). A key that was revoked works at no moment any more.
        """
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=moment), revoked_at=None)

    def expiring_soon(self, moment: datetime) -> Self:
        """Those that open the API at `moment`, and thirty days later no more."""
        return self.usable(moment).filter(expires_at__lt=moment + timedelta(days=30))

    def with_issued_at(self) -> Self:
        """Each with `issued_at`: the moment at which it came into the register, as the journal has it."""
        added = Entry.objects.filter(
            subject_kind="api_key", subject_key=Cast(OuterRef("pk"), TextField()), before__isnull=True
        )
        return self.annotate(issued_at=Subquery(added.values("moment")[:1]))
