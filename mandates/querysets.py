from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q


class MandateQuerySet(models.QuerySet):
    def valid_on(self, day: date) -> Self:
        """The mandates that are valid on `day`, a day in Europe/Amsterdam."""
        return self.filter(Q(end_date=None) | Q(end_date__gte=day), start_date__lte=day)

    def current_and_coming(self, day: date) -> Self:
        """The mandates that are valid on `day` or on a later day: neither ended nor cancelled."""
        return self.filter(Q(end_date=None) | (Q(end_date__gte=day) & Q(end_date__gte=F("start_date"))))

    def of_board(self, number: str | None) -> Self:
        """The mandates of the board with this number and of the schools it governs today."""
        if not number:
            return self.none()
        return self.filter(Q(school__board__number=number) | Q(board__number=number))

    def held_by(self, school, service) -> Self:
        """The mandates that count for `school` and `service`: its own, or its board's when the service is board-level."""
        holder = {"board": school.board_id} if service.level == "board" else {"school": school}
        return self.filter(service=service, **holder)

    def overlapping(self, start_date: date, end_date: date | None) -> Self:
        """The mandates that are valid on some day from `start_date` up to and including `end_date` (None: for ever)."""
        mandates = self.filter(Q(end_date=None) | (Q(end_date__gte=start_date) & Q(end_date__gte=F("start_date"))))
        return mandates if end_date is None else mandates.filter(start_date__lte=end_date)
