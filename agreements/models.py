from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from agreements.querysets import AgreementQuerySet
from journal.models import Recorded
from schools.models import Board

# The agreement that every board needs (A1).
OSR = "OSR"


class AgreementDays(models.Func):
    """The days on which an agreement is in force, as a daterange; `ended_on` is the last of them."""

    template = "daterange(%(expressions)s + 1)"


class Agreement(Recorded):
    """A signed overeenkomst of a board: one per kind at a time, for all its schools (A1)."""

    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="agreements")
    kind = models.TextField(help_text="OSR (always needed), OSO, VVA, ...")
    signed_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True, help_text="The last day on which it is in force.")

    objects = AgreementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__regex=r"^[A-Z0-9][A-Z0-9_-]*$"), name="agreement_kind_has_its_form"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__gte=F("signed_on")), name="agreement_ends_after_it_was_signed"
            ),
            ExclusionConstraint(
                name="one_agreement_per_board_and_kind",
                expressions=[
                    ("board", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (AgreementDays("signed_on", "ended_on"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}-overeenkomst van {self.board}"
