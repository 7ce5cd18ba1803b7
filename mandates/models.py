from datetime import date
from uuid import uuid4

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from journal.days import DayBefore, Days
from journal.models import Recorded
from mandates.querysets import EndpointQuerySet, MandateQuerySet
from schools import numbers
from schools.models import Board, School
from services.models import Service, ServiceVersion, System


class Mandate(Recorded):
    """A system may exchange messages for a school (or board) for a service, from a day, perhaps to a day.

    `end_date` is the last valid day. Revoking sets it to the day before, so a mandate that was cancelled before it
    began ends the day before its start and covers no day at all; no flag can be forgotten in a check (D9). Which row
    ended by revocation stands in the journal.

    Kept by the database: one holder, of the service's level (D1); no overlap (D2); locations are the school's own
    (D3); who gives and changes it, under which agreement, for which system, from when (D4-D7); of an existing row only
    the dates change, and never the past (D8, D9); it keeps to its school (D19, D20).
    """

    uuid = models.UUIDField(unique=True, default=uuid4, editable=False)
    token = models.UUIDField(
        unique=True, default=uuid4, editable=False, help_text="For the mandated system only (D10)."
    )
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="mandates", verbose_name="dienst")
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="mandates", verbose_name="systeem")
    school = models.ForeignKey(
        School, null=True, blank=True, on_delete=models.PROTECT, related_name="mandates", db_index=False
    )
    board = models.ForeignKey(
        Board, null=True, blank=True, on_delete=models.PROTECT, related_name="mandates", db_index=False
    )
    # The board that gave it: when its school moves to another board, this one stays (D20).
    granting_board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="granted_mandates")
    start_date = models.DateField("vanaf")
    end_date = models.DateField("tot en met", null=True, blank=True)
    # Codes (BRIN6) of the locations it is limited to; null: all of the school's (D3).
    locations = ArrayField(models.TextField(), null=True, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = "mandaat"
        verbose_name_plural = "mandaten"
        constraints = [
            models.CheckConstraint(
                condition=Q(school__isnull=False, board__isnull=True) | Q(school__isnull=True, board__isnull=False),
                name="mandate_has_one_holder",
            ),
            models.CheckConstraint(
                condition=Q(board__isnull=True) | Q(board=F("granting_board")),
                name="board_mandate_is_given_by_its_board",
            ),
            models.CheckConstraint(
                condition=Q(end_date__isnull=True) | Q(end_date__gte=DayBefore("start_date")),
                name="mandate_ends_no_earlier_than_the_day_before_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(locations__isnull=True) | Q(locations__len__gt=0),
                name="mandate_is_limited_to_some_location",
            ),
            models.CheckConstraint(
                condition=Q(locations__isnull=True) | Q(school__isnull=False),
                name="only_a_school_mandate_has_locations",
            ),
            ExclusionConstraint(
                name="no_two_mandates_for_one_school_service_and_system_on_one_day",
                expressions=[
                    ("school", RangeOperators.EQUAL),
                    ("service", RangeOperators.EQUAL),
                    ("system", RangeOperators.EQUAL),
                    (Days("start_date", "end_date"), RangeOperators.OVERLAPS),
                ],
                condition=Q(school__isnull=False),
            ),
            ExclusionConstraint(
                name="no_two_mandates_for_one_board_service_and_system_on_one_day",
                expressions=[
                    ("board", RangeOperators.EQUAL),
                    ("service", RangeOperators.EQUAL),
                    ("system", RangeOperators.EQUAL),
                    (Days("start_date", "end_date"), RangeOperators.OVERLAPS),
                ],
                condition=Q(board__isnull=False),
            ),
        ]
        indexes = [
            # What a check walks: plain columns in a btree, not the GiST index of the exclusion constraint.
            models.Index(fields=["school", "service", "system", "start_date"], name="mandate_check_by_school"),
            models.Index(fields=["board", "service", "system", "start_date"], name="mandate_check_by_board"),
        ]

    def __str__(self) -> str:
        return f"{self.service.code} door {self.system} voor {self.school or self.board}"

    def is_over(self, day: date) -> bool:
        """Whether it is valid neither on `day` nor on a later day: it has ended or was cancelled."""
        return self.end_date is not None and (self.end_date < day or self.is_cancelled)

    def covers(self, start_date: date, end_date: date | None) -> bool:
        """Whether it is valid on every day from `start_date` up to and including `end_date` (None: for ever)."""
        if self.start_date > start_date:
            return False
        return self.end_date is None or (end_date is not None and self.end_date >= end_date)

    @property
    def is_cancelled(self) -> bool:
        """Whether it was cancelled before it began: it covers no day."""
        return self.end_date is not None and self.end_date < self.start_date


class Endpoint(Recorded):
    """The address at which a mandated system receives a school's messages for one service version (D18).

    Kept by the database: https, the routing id's form and school, the version's service and that it takes endpoints,
    and at most one endpoint per routing id and version on any day.
    """

    uuid = models.UUIDField(unique=True, default=uuid4, editable=False)
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="endpoints")
    service_version = models.ForeignKey(ServiceVersion, on_delete=models.PROTECT, related_name="endpoints")
    routing_id = models.TextField()
    url = models.TextField()
    attributes = models.TextField(blank=True)
    start_date = models.DateField()
    end_date = models.DateField(null=True, blank=True)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(routing_id__regex=numbers.ROUTING_ID) & ~Q(routing_id__endswith="00000"),
                name="endpoint_routing_id_has_its_form",
            ),
            models.CheckConstraint(condition=Q(url__regex=r"^https://[^\s/]+\S*$"), name="endpoint_url_is_https"),
            models.CheckConstraint(
                condition=Q(end_date__isnull=True) | Q(end_date__gte=DayBefore("start_date")),
                name="endpoint_ends_no_earlier_than_the_day_before_it_starts",
            ),
            ExclusionConstraint(
                name="one_endpoint_per_routing_id_and_version_on_one_day",
                expressions=[
                    ("routing_id", RangeOperators.EQUAL),
                    ("service_version", RangeOperators.EQUAL),
                    (Days("start_date", "end_date"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.routing_id} {self.url}"

    @property
    def shown_from(self) -> date:
        """The first day on which it and its mandate both count."""
        return max(self.start_date, self.mandate.start_date)

    @property
    def shown_until(self) -> date | None:
        """The last day on which it and its mandate both count (None: no end); before `shown_from`: there is none."""
        return min(filter(None, [self.end_date, self.mandate.end_date]), default=None)

    def is_shown_in(self, start_date: date, end_date: date | None) -> bool:
        """Whether it is shown on some day from `start_date` up to and including `end_date` (None: for ever) (D18)."""
        first = max(self.shown_from, start_date)
        last = min(filter(None, [self.shown_until, end_date]), default=None)
        return last is None or first <= last


class RoutingId(Recorded):
    """A routing id that was handed out to a system, so that nobody else is given the same (api-v2.md, Endpoints)."""

    routing_id = models.TextField(unique=True)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="routing_ids")
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="routing_ids")
    handed_out_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(routing_id__regex=numbers.HANDED_OUT_ROUTING_ID), name="handed_out_routing_id_has_its_form"
            ),
        ]

    def __str__(self) -> str:
        return self.routing_id


class LetEnd(Recorded):
    """That a board lets a mandate end which came along with a school from another board (D20).

    It says only that the board has decided: the mandate itself does not change, and can still be taken over.
    """

    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="let_ends")
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="let_ends")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mandate", "board"], name="a_board_lets_a_mandate_end_once")]

    def __str__(self) -> str:
        return f"{self.mandate} loopt af"


class Check(models.Model):
    """One question to the register and its answer, recorded before it was answered (D17).

    The table is partitioned by month; `mandates.check_log` makes and drops the partitions. Rows are written by the one
    statement in `mandates.checks` and never changed. The question stands as it was asked: what it names need not exist.
    """

    pk = models.CompositePrimaryKey("checked_at", "id")
    id = models.UUIDField(editable=False)
    checked_at = models.DateTimeField(db_default=Now())
    caller_oin = models.TextField(help_text="OIN of the supplier that asked.")
    system = models.ForeignKey(
        System,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        help_text="The system that asked, when it named itself with an API key.",
    )
    brin = models.TextField(blank=True, help_text="The school asked about; empty when the OIN is no school's.")
    school_oin = models.TextField()
    supplier_oin = models.TextField()
    service_code = models.TextField(blank=True)
    service_version_namespace = models.TextField(blank=True)
    reference_date = models.DateField()
    mandated = models.BooleanField()
    mandate = models.ForeignKey(
        Mandate,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        help_text="The mandate that made the answer yes.",
    )

    class Meta:
        managed = False
        db_table = "mandates_check"

    def __str__(self) -> str:
        return f"{self.caller_oin} over {self.school_oin} op {self.reference_date}: {'ja' if self.mandated else 'nee'}"
