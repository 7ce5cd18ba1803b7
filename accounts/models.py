from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin, UserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.querysets import MembershipQuerySet
from journal.acts import Actor, ActorKind
from journal.models import Recorded
from schools.models import Board


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in.

    Of people of a bestuur the identity provider knows who they are, and the register keeps no password: the database
    refuses it. Kennisnet support has an account of the register's own, with a password and a second factor (domain.md
    section 8). Nobody is both.
    """

    username = models.TextField(unique=True)
    name = models.TextField(blank=True)
    email = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def provider_id(self) -> str:
        """Through which identity provider this person signs in (`accounts.providers`); empty for support."""
        provider_id, colon, _ = self.username.partition(":")
        return provider_id if colon else ""


class Membership(Recorded):
    """A person acts for a board. Set at each sign-in to what the identity provider says then (domain.md section 8)."""

    class Role(models.TextChoices):
        ADMINISTRATOR = "administrator", "OSR-beheerder"
        SIGNATORY = "signatory", "tekenbevoegde"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships", verbose_name="persoon")
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="memberships", verbose_name="bestuur")
    role = models.TextField("rol", choices=Role)
    is_active = models.BooleanField("toegang", default=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "persoon van een bestuur"
        verbose_name_plural = "personen van besturen"
        constraints = [
            models.UniqueConstraint(fields=["user", "board", "role"], name="one_membership_per_person_board_and_role"),
            models.CheckConstraint(
                condition=Q(role__in=["administrator", "signatory"]), name="membership_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()} van {self.board}"


class SupportAccount(Recorded):
    """A person of Kennisnet support, and what they may do in the workplace."""

    class Role(models.TextChoices):
        READER = "reader", "lezer"
        SUPPORT = "support", "support"
        LEAD = "lead", "hoofd support"

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="support_account", verbose_name="persoon")
    role = models.TextField("rol", choices=Role)
    is_active = models.BooleanField("toegang", default=True)
    # What they show besides their password, in words; the secrets themselves are kept by allauth.
    factors = ArrayField(models.TextField(), default=list, blank=True, verbose_name="tweede stap")
    # How often their password and second factor were taken away, so that each time is a change that the journal tells.
    resets = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "account van support"
        verbose_name_plural = "accounts van support"
        constraints = [
            models.CheckConstraint(condition=Q(role__in=["reader", "support", "lead"]), name="support_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}"

    @property
    def may_change(self) -> bool:
        """Whether this person may change anything; a reader only looks."""
        return self.is_active and self.role in (self.Role.SUPPORT, self.Role.LEAD)

    @property
    def leads(self) -> bool:
        """Whether this person may also end agreements and act on behalf of a board."""
        return self.is_active and self.role == self.Role.LEAD

    def actor(self, *, reason: str, board_number: str | None = None) -> Actor:
        """This person as who acts: for this reason, on behalf of the board with this number if there is one (D4)."""
        return Actor(
            kind=ActorKind.SUPPORT,
            name=str(self.user),
            user_id=self.user_id,
            board_number=board_number,
            reason=reason.strip(),
        )


class ShownError(models.Model):
    """An error page that somebody was shown, under the number on it that they read out to support.

    It is no part of the register: nobody decided anything, so it is not under the journal, and it goes after
    `OSR_ERROR_DAYS`. It says where it went wrong and never with what: no query string, form, header or message.
    """

    class Status(models.IntegerChoices):
        BAD_REQUEST = 400, "400, vraag niet begrepen"
        FORBIDDEN = 403, "403, niet voor deze persoon"
        NOT_FOUND = 404, "404, bestaat niet"
        TOO_MANY_ATTEMPTS = 429, "429, te vaak geprobeerd"
        FAILED = 500, "500, er ging iets mis"
        UNAVAILABLE = 503, "503, even niet bereikbaar"

    reference = models.TextField("nummer", unique=True)
    moment = models.DateTimeField("wanneer", default=timezone.now, db_index=True)
    status = models.PositiveSmallIntegerField("foutpagina", choices=Status)
    method = models.TextField("methode")
    path = models.TextField("adres")
    person = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="shown_errors", verbose_name="persoon"
    )
    # For which board the person acted then; empty when for none.
    board_number = models.TextField("bestuur", blank=True)
    # Of what was raised: its class, and the innermost `module:function:line` of the register's own code.
    exception = models.TextField("soort fout", blank=True)
    where = models.TextField("plaats in de code", blank=True)

    class Meta:
        verbose_name = "foutpagina"
        verbose_name_plural = "foutpagina's"

    def __str__(self) -> str:
        return f"Foutpagina {self.read_out}"

    @property
    def read_out(self) -> str:
        """The number in two groups, as one reads it out."""
        return f"{self.reference[:4]} {self.reference[4:]}"
