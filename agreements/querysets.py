from datetime import date, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast, Coalesce

from journal.acts import Actor, ActorKind


class _OfBoards(models.QuerySet):
    """Rows that belong to one board each."""

    def visible_to(self, actor: Actor) -> Self:
        """What this actor may see: who acts for a board its own, support everything, anyone else nothing."""
        match actor.kind:
            case ActorKind.SUPPORT:
                return self.all()
            case ActorKind.ADMINISTRATOR | ActorKind.SIGNATORY:
                return self.filter(board__number=actor.board_number)
            case _:
                return self.none()


class AgreementQuerySet(_OfBoards):
    def in_force(self, day: date) -> Self:
        """The agreements in force on `day`; their last day counts."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=day), signed_on__lte=day)

    def covering_some_day(self) -> Self:
        """Those that were in force on some day, or will be: not superseded on the day on which they were signed."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=F("signed_on")))


class TemplateQuerySet(models.QuerySet):
    def published(self) -> Self:
        """The versions that were published, the newest first."""
        return self.filter(published_on__isnull=False).order_by("kind_id", "-version")

    def newest(self) -> Self:
        """Of each kind the newest version that was published."""
        return self.published().distinct("kind_id")


class OfferQuerySet(_OfBoards):
    def open(self) -> Self:
        """The offers that wait for somebody: for support to send them, or for a signature."""
        return self.filter(status__in=["requested", "offered"])

    def overdue(self, day: date) -> Self:
        """The offers that were not answered in time, as seen on `day`, the oldest first: cases for support (A4)."""
        return self.filter(status="offered", respond_by__lt=day).order_by("respond_by", "pk")

    def to_be_reminded_of(self, day: date, *, ahead: timedelta) -> Self:
        """The offers that on `day` are due to be answered within `ahead`, and of which nobody heard since they are."""
        since = Cast(F("respond_by") - ahead, models.DateField())
        return self.alias(heard_on=Coalesce("reminded_on", "offered_on")).filter(
            status="offered", respond_by__range=(day, day + ahead), heard_on__lt=since
        )
