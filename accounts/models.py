from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin, UserManager
from django.db import models
from django.db.models import Q

from accounts.querysets import MembershipQuerySet
from journal.acts import Actor, ActorKind
from journal.models import Recorded
from schools.models import Board


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in.

    Of people of a bestuur the identity provider knows who they are, and the register keeps no password. Kennisnet
    support has an account of the register's own, with a password and a second factor (domain.md section 8).
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


class Membership(Recorded):
    """A person acts for a board. Set at each sign-in to what the identity provider says then (domain.md section 8)."""

    class Role(models.TextChoices):
        ADMINISTRATOR = "administrator", "OSR-beheerder"
        SIGNATORY = "signatory", "tekenbevoegde"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="memberships")
    role = models.TextField(choices=Role)
    is_active = models.BooleanField(default=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
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

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="support_account")
    role = models.TextField(choices=Role)
    is_active = models.BooleanField(default=True)

    class Meta:
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
