from datetime import datetime
from typing import Self

from django.db import models
from django.db.models.expressions import RawSQL


class EntryQuerySet(models.QuerySet):
    def about(self, kind: str, key: str) -> Self:
        """The history of one row, oldest first."""
        return self.filter(subject_kind=kind, subject_key=key).order_by("id")

    def settled(self) -> Self:
        """The entries before which none can appear any more: those older than every transaction that still runs."""
        oldest_running = RawSQL("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint", [])
        return self.filter(transaction_id__lt=oldest_running)

    def after(self, transaction_id: int, entry_id: int) -> Self:
        """The entries that the feed gives after this one."""
        place = RawSQL("(%s::bigint, %s::bigint)", [transaction_id, entry_id])
        return self.alias(place=RawSQL("(transaction_id, id)", [])).filter(place__gt=place)

    def in_feed_order(self) -> Self:
        """By transaction, and within one by number."""
        return self.order_by("transaction_id", "id")

    def latest_of_each(self, moment: datetime) -> Self:
        """Of every row the last entry up to and including `moment`: the register as it stood then (D15)."""
        return (
            self.filter(moment__lte=moment)
            .order_by("subject_kind", "subject_key", "-id")
            .distinct("subject_kind", "subject_key")
        )
