from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from journal.models import Recorded
from schools import numbers
from schools.querysets import BoardQuerySet, CaseQuerySet, ListImportQuerySet, SchoolQuerySet


class Sector(models.TextChoices):
    PO = "po", "primair onderwijs"
    VO = "vo", "voortgezet onderwijs"
    SO = "so", "speciaal onderwijs"
    MBO = "mbo", "middelbaar beroepsonderwijs"


class Board(Recorded):
    """A bestuur: it governs schools and gives their mandates."""

    number = models.TextField("nummer", unique=True, validators=[RegexValidator(numbers.BOARD_NUMBER)])
    # DUO's list of schools has numbers only; the name comes from its list of besturen, and may be unknown until then.
    name = models.TextField("naam", blank=True)

    objects = BoardQuerySet.as_manager()

    class Meta:
        verbose_name = "bestuur"
        verbose_name_plural = "besturen"
        constraints = [
            models.CheckConstraint(condition=Q(number__regex=numbers.BOARD_NUMBER), name="board_number_is_five_digits"),
        ]

    def __str__(self) -> str:
        return self.name or f"Bestuur {self.number}"


class School(Recorded):
    """A school: one BRIN. Mandates are given per school."""

    brin = models.TextField("BRIN", unique=True, validators=[RegexValidator(numbers.BRIN)])
    name = models.TextField("naam")
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="schools", verbose_name="bestuur")
    city = models.TextField("plaats", blank=True, help_text="Where its main site stands, as DUO spells it.")
    sector = models.TextField("sector", choices=Sector, default=Sector.PO)
    oa_id = models.TextField(null=True, blank=True, validators=[RegexValidator(numbers.OA_ID)])
    closed_on = models.DateField(
        "gesloten op", null=True, blank=True, help_text="The day on which it closes; its mandates end on it (D19)."
    )
    # The day on which an imported list no longer held the school: support looks at it, it is not closed by that (D19).
    missing_since = models.DateField("niet in de lijst sinds", null=True, blank=True)

    objects = SchoolQuerySet.as_manager()

    class Meta:
        verbose_name = "school"
        verbose_name_plural = "scholen"
        constraints = [
            models.CheckConstraint(condition=Q(brin__regex=numbers.BRIN), name="school_brin_has_its_form"),
            models.CheckConstraint(condition=Q(oa_id__regex=numbers.OA_ID), name="school_oa_id_has_its_form"),
            models.CheckConstraint(condition=Q(sector__in=Sector.values), name="school_sector_is_known"),
            models.CheckConstraint(condition=~Q(name=""), name="school_has_a_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.brin})"

    @property
    def oin(self) -> str:
        """The school's OIN: always derived from the BRIN."""
        return numbers.school_oin(self.brin)


class Location(Recorded):
    """A vestiging: a site of a school.

    Its code is the BRIN and two digits; they do not say which site is the main one.
    """

    code = models.TextField(unique=True, validators=[RegexValidator(numbers.LOCATION_CODE)])
    school = models.ForeignKey(
        School, to_field="brin", db_column="brin", on_delete=models.PROTECT, related_name="locations"
    )
    name = models.TextField()
    city = models.TextField(blank=True)
    missing_since = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=numbers.LOCATION_CODE), name="location_code_has_its_form"),
            models.CheckConstraint(
                condition=Q(code__startswith=models.F("school")), name="location_code_begins_with_its_brin"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class FormerBoard(models.Model):
    """A board that governed a school until it moved to another (D20).

    The database writes it when a school's `board` changes, and nobody changes it; the move itself is in the journal.

    For days up to and including `until` it was the school's board. Its board-level mandates go on counting for the
    school up to and including `grace_until`.
    """

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="former_boards")
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="+")
    until = models.DateField(help_text="The last day on which it governed the school.")
    grace_until = models.DateField(help_text="The last day on which its mandates still count.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "until"], name="one_former_board_per_school_and_day"),
            models.CheckConstraint(condition=Q(grace_until__gte=F("until")), name="grace_period_follows_the_move"),
        ]

    def __str__(self) -> str:
        return f"{self.school} viel tot en met {self.until} onder {self.board}"


class Case(Recorded):
    """Something about a school that support must look at (D19, D20); opened by an import, closed by support."""

    class Kind(models.TextChoices):
        MOVED = "moved", "naar een ander bestuur"
        GONE = "gone", "niet meer in de lijst van DUO"
        MERGED = "merged", "mogelijk een vestiging van een andere school geworden"

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="cases")
    kind = models.TextField("soort", choices=Kind)
    text = models.TextField(help_text="What was seen, in Dutch.")
    opened_on = models.DateField("sinds")
    looked_at = models.DateTimeField("bekeken op", null=True, blank=True, help_text="When support last looked at it.")
    closed_on = models.DateField(
        "afgehandeld op", null=True, blank=True, help_text="The day on which support was done with it."
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = "zaak"
        verbose_name_plural = "zaken"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["moved", "gone", "merged"]), name="case_kind_is_known"),
            models.CheckConstraint(
                condition=Q(closed_on__gte=F("opened_on")), name="case_is_closed_after_it_was_opened"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school}: {self.get_kind_display()}"


class ListImport(Recorded):
    """DUO's lists that were brought to the register, and what became of them: a line in the log of imports.

    Prepared by support, it keeps the lists until it is decided on. What it changed stands in the journal, under
    `transaction_number`.
    """

    class State(models.TextChoices):
        PREPARED = "prepared", "wacht op toepassen"
        APPLIED = "applied", "toegepast"
        DROPPED = "dropped", "niet gedaan"
        REFUSED = "refused", "geweigerd"

    state = models.TextField("stand", choices=State)
    prepared_at = models.DateTimeField("klaargezet op")
    prepared_by = models.TextField("klaargezet door")
    decided_at = models.DateTimeField("besloten op", null=True, blank=True)
    decided_by = models.TextField("besloten door", blank=True)
    files = models.JSONField(help_text="Of each file its name, SHA-256, kind, and numbers of rows and of bad rows.")
    contents = ArrayField(models.BinaryField(), null=True, blank=True, help_text="The files, until it is decided.")
    counts = models.JSONField(default=dict, help_text="How much was new, changed, moved, gone and returned.")
    refusal = models.TextField(blank=True, help_text="Why it was refused, in Dutch.")
    transaction_number = models.BigIntegerField(null=True, blank=True)

    objects = ListImportQuerySet.as_manager()

    class Meta:
        verbose_name = "import van DUO"
        verbose_name_plural = "imports van DUO"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["prepared", "applied", "dropped", "refused"]), name="list_import_state_is_known"
            ),
            # It is decided on once, by somebody; only until then are the lists themselves needed.
            models.CheckConstraint(
                condition=Q(state="prepared", decided_at=None, decided_by="", contents__isnull=False)
                | (~Q(state="prepared") & Q(decided_at__isnull=False, contents=None) & ~Q(decided_by="")),
                name="list_import_keeps_lists_until_decided",
            ),
            models.CheckConstraint(
                condition=Q(state="applied", transaction_number__isnull=False)
                | (~Q(state="applied") & Q(transaction_number=None)),
                name="list_import_that_was_applied_has_its_transaction",
            ),
            models.CheckConstraint(
                condition=(Q(state="refused") & ~Q(refusal="")) | (~Q(state="refused") & Q(refusal="")),
                name="list_import_that_was_refused_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"Import {self.pk}"
