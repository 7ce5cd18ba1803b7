from datetime import UTC, date, datetime
from uuid import uuid4

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from journal.days import DayBefore, Days
from journal.models import Recorded
from schools import numbers
from services.querysets import ApiKeyQuerySet, ServiceQuerySet, SuccessionOfferQuerySet, SystemQuerySet

# The code of a service, or of a kind of agreement; and the URI that names a version.
CODE = r"^[A-Z0-9][A-Z0-9_-]*$"
NAMESPACE = r"^[a-z][a-z0-9+.-]*:\S+$"


class SystemKind(models.TextChoices):
    """What a system is, and so which role it can play for a service."""

    LAS = "las", "LAS"
    TEST = "toetssysteem", "toetssysteem"
    TRANSFER = "overstap", "overstapsysteem"
    OTHER = "overig", "overig systeem"


class Service(Recorded):
    """A dienst, for instance RIO. Services are data: support adds one without a release.

    No service succeeds itself, by way of others either: the database keeps that.
    """

    class Level(models.TextChoices):
        SCHOOL = "school", "school"
        BOARD = "board", "bestuur"

    code = models.TextField(unique=True)
    name = models.TextField()
    description = models.TextField(blank=True)
    level = models.TextField(
        "mandaat per", choices=Level, default=Level.SCHOOL, help_text="Who a mandate is given for (D1)."
    )
    # Which kinds of system it needs; the doorstroomtoets needs a LAS and a toetssysteem.
    roles = ArrayField(models.TextField(choices=SystemKind), default=list)
    takes_endpoints = models.BooleanField(default=True)
    agreement_kind = models.TextField(
        blank=True, help_text="The agreement it needs besides OSR, for instance OSO (D5)."
    )
    deadline = models.DateField(null=True, blank=True, help_text="Mandate before this day.")
    is_active = models.BooleanField("loopt", default=True)
    successor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors")

    objects = ServiceQuerySet.as_manager()

    class Meta:
        verbose_name = "dienst"
        verbose_name_plural = "diensten"
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=CODE), name="service_code_has_its_form"),
            models.CheckConstraint(condition=Q(level__in=["school", "board"]), name="service_level_is_known"),
            models.CheckConstraint(
                condition=Q(roles__contained_by=SystemKind.values) & Q(roles__len__gt=0),
                name="service_roles_are_known",
            ),
            models.CheckConstraint(
                condition=Q(level="school") | Q(takes_endpoints=False), name="board_level_service_takes_no_endpoints"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} – {self.name}"


class ServiceVersion(Recorded):
    """A dienstversie: its namespace is what suppliers name it by."""

    class Status(models.TextChoices):
        ACTIVE = "active", "actief"
        ENDED = "ended", "beëindigd"

    uuid = models.UUIDField(unique=True, default=uuid4, editable=False)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="versions", verbose_name="dienst")
    namespace = models.TextField(unique=True)
    status = models.TextField("stand", choices=Status, default=Status.ACTIVE)

    class Meta:
        verbose_name = "dienstversie"
        verbose_name_plural = "dienstversies"
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["active", "ended"]), name="service_version_status_is_known"),
            models.CheckConstraint(condition=Q(namespace__regex=NAMESPACE), name="service_version_namespace_is_a_uri"),
        ]

    def __str__(self) -> str:
        return self.namespace


class SupplierGroup(Recorded):
    """The umbrella organisation to which, legally, a mandate is given."""

    name = models.TextField(unique=True)

    class Meta:
        verbose_name = "leveranciersgroep"
        verbose_name_plural = "leveranciersgroepen"
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="supplier_group_has_a_name")]

    def __str__(self) -> str:
        return self.name


class Supplier(Recorded):
    """A leverancier, known by its OIN."""

    oin = models.TextField(unique=True, validators=[RegexValidator(numbers.OIN)])
    name = models.TextField()
    group = models.ForeignKey(SupplierGroup, on_delete=models.PROTECT, related_name="suppliers", verbose_name="groep")
    connected_on = models.DateField(
        null=True, blank=True, help_text="The day on which it signed the connection terms (A8)."
    )

    class Meta:
        verbose_name = "leverancier"
        verbose_name_plural = "leveranciers"
        constraints = [
            models.CheckConstraint(condition=Q(oin__regex=numbers.OIN), name="supplier_oin_has_its_form"),
            models.CheckConstraint(condition=~Q(name=""), name="supplier_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class System(Recorded):
    """A software package of a supplier: the party that is mandated."""

    uuid = models.UUIDField(unique=True, default=uuid4, editable=False)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="systems")
    name = models.TextField(unique=True)
    kind = models.TextField("soort", choices=SystemKind)
    services = models.ManyToManyField(Service, through="Qualification", related_name="systems")

    objects = SystemQuerySet.as_manager()

    class Meta:
        verbose_name = "systeem"
        verbose_name_plural = "systemen"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=SystemKind.values), name="system_kind_is_known"),
            models.CheckConstraint(condition=~Q(name=""), name="system_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Qualification(Recorded):
    """A system passed the qualification test of a service (A8); withdrawn, it can no longer be chosen (D6).

    Which tests it took is in `QualificationTest`. Kept by the database: who gives one, but for a register file, has a
    test that was passed on that day.
    """

    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="qualifications")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="qualifications")
    qualified_on = models.DateField()
    withdrawn_on = models.DateField(null=True, blank=True, help_text="The first day on which it counts no longer.")

    class Meta:
        verbose_name = "kwalificatie"
        verbose_name_plural = "kwalificaties"
        constraints = [
            models.UniqueConstraint(fields=["system", "service"], name="one_qualification_per_system_and_service"),
            models.CheckConstraint(
                condition=Q(withdrawn_on__gte=F("qualified_on")), name="qualification_is_withdrawn_after_it_was_given"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.system} voor {self.service.code}"


class QualificationTest(Recorded):
    """A system took the qualification test of a service: on which day, by whom it was tested, and passed or not (A8).

    It stays as it was recorded. Only a test that was passed qualifies the system.
    """

    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="qualification_tests")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="qualification_tests")
    tested_on = models.DateField()
    passed = models.BooleanField()
    tested_by = models.TextField(help_text="Who tested it: a person or an organisation.")

    class Meta:
        verbose_name = "kwalificatietest"
        verbose_name_plural = "kwalificatietests"
        constraints = [
            models.UniqueConstraint(
                fields=["system", "service", "tested_on", "passed", "tested_by"], name="one_record_per_test"
            ),
            models.CheckConstraint(condition=Q(tested_by__regex=r"\S"), name="qualification_test_says_by_whom"),
        ]

    def __str__(self) -> str:
        return f"{self.system} voor {self.service.code}, {'geslaagd' if self.passed else 'niet geslaagd'}"


class SuccessionOffer(Recorded):
    """The mandates for `service` are offered to all boards to be taken over for its `successor`.

    Nothing is inherited: each board gives its own mandates, and those for `service` stay as they are. The offer stands
    from `offered_on` up to and including `until`; closed early, `until` becomes the day before. The mandates for the
    successor begin on `starts_on`, or on the day of taking over when that is later.

    Kept by the database: one offer for a service on any day, and to its successor only.
    """

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="succession_offers")
    successor = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    offered_on = models.DateField()
    starts_on = models.DateField()
    until = models.DateField()

    objects = SuccessionOfferQuerySet.as_manager()

    class Meta:
        verbose_name = "aanbod van opvolging"
        verbose_name_plural = "aanbod van opvolging"
        constraints = [
            models.CheckConstraint(condition=~Q(service=F("successor")), name="succession_offer_is_to_another_service"),
            models.CheckConstraint(
                condition=Q(until__gte=DayBefore("offered_on")), name="succession_offer_ends_after_it_begins"
            ),
            ExclusionConstraint(
                name="one_succession_offer_per_service_on_one_day",
                expressions=[
                    ("service", RangeOperators.EQUAL),
                    (Days("offered_on", "until"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service.code} wordt {self.successor.code}"

    def is_open(self, day: date) -> bool:
        """Whether boards can take over on `day`."""
        return self.offered_on <= day <= self.until


_THIS_ERA = (datetime(1900, 1, 1, tzinfo=UTC), datetime(9998, 12, 31, tzinfo=UTC))


class ApiKey(Recorded):
    """A key with which a system calls the API. Only its SHA-256 is kept; the key itself is shown once.

    Keys of one system that share a name follow each other up. Only a key from a register file may have no `expires_at`;
    it and `revoked_at` never move to a later moment (docs/decisions/019-api-keys.md).
    """

    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="api_keys")
    name = models.TextField(help_text="What its owner calls it; a key that replaces another takes over its name.")
    digest = models.TextField(unique=True, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="The first moment at which it works no longer.")
    revoked_at = models.DateTimeField(null=True, blank=True, help_text="When it was taken away, for good.")

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "API-sleutel"
        verbose_name_plural = "API-sleutels"
        constraints = [
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="api_key_digest_is_sha256"),
            models.CheckConstraint(condition=Q(name__regex=r"\S"), name="api_key_has_a_name"),
            # Moments that a calendar has in every time zone.
            models.CheckConstraint(
                condition=(Q(expires_at=None) | Q(expires_at__range=_THIS_ERA))
                & (Q(revoked_at=None) | Q(revoked_at__range=_THIS_ERA)),
                name="api_key_moments_are_of_this_era",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} van {self.system}"
