from typing import Self

from django.db import models


class EntryQuerySet(models.QuerySet):
    def about(self, kind: str, key: str) -> Self:
        """The history of one row, oldest first."""
        return self.filter(subject_kind=kind, subject_key=key).order_by("id")
