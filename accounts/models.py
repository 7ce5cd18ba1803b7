from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin, UserManager
from django.db import models
from django.db.models import Q

from accounts.querysets import MembershipQuerySet
from journal.models import Recorded
from schools.models import Board


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signed in. The identity provider knows who it is; the register keeps no password."""

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

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="memberships")
    role = models.TextField(choices=Role)
    is_active = models.BooleanField(default=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "board", "role"], name="one_membership_per_person_board_and_role"),
            models.CheckConstraint(condition=Q(role__in=["administrator"]), name="membership_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()} van {self.board}"
