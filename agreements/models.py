from datetime import date
from uuid import uuid4

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from agreements.querysets import AgreementQuerySet, OfferQuerySet, TemplateQuerySet
from journal.models import Recorded
from schools.models import Board

# The agreement that every board needs (A1).
OSR = "OSR"
# What stands between the e-mail addresses of an offer that is sent to several people.
BETWEEN_ADDRESSES = ", "
_ADDRESSES = r"^[^@\s,]+@[^@\s,]+(, [^@\s,]+@[^@\s,]+)*$"


class AgreementDays(models.Func):
    """The days on which an agreement is in force, as a daterange; `ended_on` is the last of them."""

    template = "daterange(%(expressions)s + 1)"


class DayBefore(models.Func):
    """The day before a date."""

    template = "(%(expressions)s - 1)"
    output_field = models.DateField()


class Kind(Recorded):
    """A kind of overeenkomst, known by its code: OSR, OSO, VVA, and what support adds (A1)."""

    code = models.TextField(unique=True)
    name = models.TextField()
    description = models.TextField(blank=True)

    class Meta:
        verbose_name = "soort overeenkomst"
        verbose_name_plural = "soorten overeenkomst"
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Z0-9][A-Z0-9_-]*$"), name="agreement_kind_has_its_form"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="agreement_kind_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.code


def _of_kind(related_name: str) -> models.ForeignKey:
    """A reference to a kind by its code: the column holds the code itself."""
    return models.ForeignKey(
        Kind,
        on_delete=models.PROTECT,
        to_field="code",
        db_column="kind",
        db_index=False,
        related_name=related_name,
    )


class Template(Recorded):
    """A version of the text of a kind of agreement, with its privacy annex (A4, A5).

    Without `published_on` it is a draft: the next version of its kind, of which there is one at most. Kept by the
    database: versions are numbered without gaps, and one that is published never changes.
    """

    kind = _of_kind("templates")
    version = models.PositiveIntegerField()
    title = models.TextField()
    # Markdown with fields in braces (`agreements.documents.texts`).
    body = models.TextField(blank=True)
    changes = models.TextField(blank=True, help_text="What changed against the version before.")
    annex_service = models.TextField(blank=True, help_text="What the service does: the privacybijsluiter (A5).")
    annex_categories = ArrayField(models.TextField(), default=list, blank=True)
    published_on = models.DateField(null=True, blank=True)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        verbose_name = "tekst van een overeenkomst"
        verbose_name_plural = "teksten van overeenkomsten"
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="one_template_per_kind_and_version"),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(published_on__isnull=True), name="one_draft_template_per_kind"
            ),
            models.CheckConstraint(
                condition=Q(published_on__isnull=True)
                | ~(Q(title="") | Q(body="") | Q(annex_service="") | Q(annex_categories=[])),
                name="published_template_is_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind_id}, versie {self.version}"


class Document(Recorded):
    """A PDF as it was signed, byte by byte (A3, A6). It never changes; the database checks its SHA-256."""

    sha256 = models.TextField()
    content = models.BinaryField()
    made_on = models.DateField()

    def __str__(self) -> str:
        return self.sha256


class Agreement(Recorded):
    """A signed overeenkomst of a board: one per kind at a time, for all its schools (A1).

    In force from `signed_on` up to and including `ended_on`. One that was superseded on the day on which it was signed
    ends the day before, and covers no day at all. Signed in the register it has all there is to know; one from before
    that, or from a register file, has its days only.
    """

    uuid = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="agreements")
    kind = _of_kind("agreements")
    template = models.ForeignKey(
        Template, null=True, blank=True, on_delete=models.PROTECT, related_name="agreements", db_index=False
    )
    signed_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True, help_text="The last day on which it is in force.")
    signatory_name = models.TextField(blank=True, default="", db_default="")
    signatory_function = models.TextField(blank=True, default="", db_default="")
    # The tekenbevoegde who signed it in the browser; none for one on paper (A3, A6).
    signed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="signed_agreements", db_index=False
    )
    on_paper = models.BooleanField(default=False, db_default=False)
    document = models.OneToOneField(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="agreement")
    # The one in whose place it came (A4).
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = "overeenkomst"
        verbose_name_plural = "overeenkomsten"
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on__gte=DayBefore("signed_on")),
                name="agreement_ends_no_earlier_than_the_day_before_it_was_signed",
            ),
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True)
                | Q(template__isnull=False, document__isnull=False, on_paper=False)
                & ~(Q(signatory_name="") | Q(signatory_function="")),
                name="agreement_signed_here_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(on_paper=False) | Q(document__isnull=False) & ~Q(signatory_name=""),
                name="agreement_on_paper_has_its_scan",
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
        return f"{self.kind_id}-overeenkomst van {self.board}"

    def is_over(self, day: date) -> bool:
        """Whether it is in force neither on `day` nor on a later day."""
        return self.ended_on is not None and (self.ended_on < day or self.ended_on < self.signed_on)


class Offer(Recorded):
    """An agreement on its way to a signature: requested, offered to the signatory, and signed or not (A2).

    `respond_by` is the date until which the agreement that is in force stands; nothing ends by itself after it (A4).
    Kept by the database: the order of the steps, who may take them, one open offer per board and kind.
    """

    class Status(models.TextChoices):
        REQUESTED = "requested", "aangevraagd"
        OFFERED = "offered", "aangeboden"
        SIGNED = "signed", "ondertekend"
        DECLINED = "declined", "geweigerd"
        WITHDRAWN = "withdrawn", "ingetrokken"

    OPEN = (Status.REQUESTED, Status.OFFERED)

    uuid = models.UUIDField(unique=True, default=uuid4, editable=False)
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="offers")
    kind = _of_kind("offers")
    # The newest version when it was requested; the one that was newest when it was offered.
    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="offers", db_index=False)
    status = models.TextField(choices=Status)
    requested_on = models.DateField()
    requested_by_name = models.TextField()
    # To whom it is sent: one person, or all who may sign for the board (`addresses`).
    signatory_name = models.TextField(blank=True)
    signatory_email = models.TextField(blank=True)
    offered_on = models.DateField(null=True, blank=True)
    respond_by = models.DateField(null=True, blank=True)
    reminded_on = models.DateField(null=True, blank=True)
    # The day on which it was signed, declined or withdrawn.
    closed_on = models.DateField(null=True, blank=True)
    declined_reason = models.TextField(blank=True)
    withdrawn_reason = models.TextField(blank=True)
    agreement = models.OneToOneField(Agreement, null=True, blank=True, on_delete=models.PROTECT, related_name="offer")

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = "aanbod van een overeenkomst"
        verbose_name_plural = "aangeboden overeenkomsten"
        constraints = [
            models.UniqueConstraint(
                fields=["board", "kind"],
                condition=Q(status__in=["requested", "offered"]),
                name="one_open_offer_per_board_and_kind",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["requested", "offered", "signed", "declined", "withdrawn"]),
                name="offer_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["requested", "withdrawn"])
                | Q(offered_on__isnull=False, respond_by__isnull=False, respond_by__gte=F("offered_on"))
                & ~(Q(signatory_name="") | Q(signatory_email="")),
                name="offer_is_sent_to_somebody_who_has_time",
            ),
            models.CheckConstraint(
                condition=Q(signatory_email="") | Q(signatory_email__regex=_ADDRESSES),
                name="offer_addresses_have_their_form",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["requested", "offered"], closed_on__isnull=True)
                | Q(status__in=["signed", "declined", "withdrawn"], closed_on__isnull=False),
                name="closed_offer_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(status="signed", agreement__isnull=False) | ~Q(status="signed") & Q(agreement__isnull=True),
                name="signed_offer_has_its_agreement",
            ),
            models.CheckConstraint(
                condition=(Q(status="declined") & ~Q(declined_reason=""))
                | (~Q(status="declined") & Q(declined_reason="")),
                name="declined_offer_has_its_reason",
            ),
            models.CheckConstraint(
                condition=(Q(status="withdrawn") & ~Q(withdrawn_reason=""))
                | (~Q(status="withdrawn") & Q(withdrawn_reason="")),
                name="withdrawn_offer_has_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} voor {self.board}"

    @property
    def is_open(self) -> bool:
        """Whether it still waits for somebody."""
        return self.status in self.OPEN

    @property
    def addresses(self) -> list[str]:
        """The e-mail addresses to which it is sent."""
        return self.signatory_email.split(BETWEEN_ADDRESSES) if self.signatory_email else []

    def is_overdue(self, day: date) -> bool:
        """Whether it was not answered in time, as seen on `day` (A4)."""
        return self.status == self.Status.OFFERED and self.respond_by < day
