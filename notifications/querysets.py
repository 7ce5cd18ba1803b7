from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q


class MessageQuerySet(models.QuerySet):
    def due(self, now: datetime) -> Self:
        """The messages to be sent at `now`, those that wait longest first."""
        return self.filter(state="waiting", due_at__lte=now).order_by("due_at", "pk")

    def given_up(self) -> Self:
        """The messages that could not be delivered: for support to look at."""
        return self.filter(state="given_up")

    def that_tell(self) -> Self:
        """The messages that told their reader something, or still will."""
        return self.filter(state__in=["waiting", "sent"])

    def seen_by(self, user, board) -> Self:
        """What the page Meldingen lists: what went to this person for this board, or could not; the newest first."""
        return self.filter(~Q(subject=""), user=user, board=board, state__in=["sent", "given_up"]).order_by("-pk")
