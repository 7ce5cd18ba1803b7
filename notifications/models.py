from datetime import timedelta
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from journal.models import Recorded
from notifications.querysets import MessageQuerySet
from notifications.topics import ENDING_DAYS, Topic
from schools.models import Board

# How long a message is tried before support is asked to look at it.
GIVE_UP_AFTER = timedelta(days=7)


class Preference(Recorded):
    """What a person wants to be mailed about, for one of the boards that the person acts for.

    Who has no row gets what the defaults say. Mail about agreements cannot be turned off.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="mail_preferences", verbose_name="persoon")
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="+", verbose_name="bestuur")
    ending = models.BooleanField(Topic.ENDING.label, default=True)
    ending_days = models.PositiveSmallIntegerField("dagen van tevoren", default=30)
    deadlines = models.BooleanField(Topic.DEADLINES.label, default=True)
    # Suppliers often ask about a school that is none of theirs yet: a daily mail about that is for who asks for it.
    refused = models.BooleanField(Topic.REFUSED.label, default=False)
    transfers = models.BooleanField(Topic.TRANSFERS.label, default=True)
    support = models.BooleanField(Topic.SUPPORT.label, default=True)

    class Meta:
        verbose_name = "voorkeur voor meldingen"
        verbose_name_plural = "voorkeuren voor meldingen"
        constraints = [
            models.UniqueConstraint(fields=["user", "board"], name="one_preference_per_person_and_board"),
            models.CheckConstraint(condition=Q(ending_days__in=ENDING_DAYS), name="ending_days_can_be_chosen"),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.board}"

    def wants(self, topic: Topic) -> bool:
        """Whether the person is to be mailed about `topic`."""
        return getattr(self, topic.value)


class Message(models.Model):
    """A message to one person about one thing, and whether it went.

    It says what it is about, not in which words: those are made when it is sent, from the journal and the register as
    they are then. The database keeps that there is one per person, board, kind and subject; that what was sent is never
    sent again; and that none disappears.

    No row of the register, and not under the journal: it changes with every attempt, and holds addresses.
    """

    class Kind(models.TextChoices):
        DIGEST = "digest", "dagelijks overzicht"
        CHANGED_BY_SUPPORT = "changed_by_support", "wijziging door support"
        SCHOOLS_MOVED = "schools_moved", "school naar ander bestuur"
        OFFERED = "offered", "overeenkomst aangeboden"
        REMINDED = "reminded", "herinnering om te tekenen"
        WITHDRAWN = "withdrawn", "aanbod ingetrokken"
        DECLINED = "declined", "overeenkomst geweigerd"
        RECEIPT = "receipt", "ontvangstbewijs van ondertekening"
        AGREED = "agreed", "overeenkomst van kracht"
        AGREEMENT_ENDED = "agreement_ended", "overeenkomst beëindigd"

    class State(models.TextChoices):
        WAITING = "waiting", "wacht op verzending"
        SENT = "sent", "verzonden"
        GIVEN_UP = "given_up", "niet te bezorgen"
        DROPPED = "dropped", "niet meer nodig"

    uuid = models.UUIDField(unique=True, default=uuid4, editable=False, help_text="Names it in its Message-ID.")
    kind = models.TextField("soort", choices=Kind)
    about = models.TextField(help_text="A day, the number of a transaction or that of a journal entry.")
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="+", verbose_name="bestuur")
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="persoon"
    )
    # Of who need not have signed in yet: the tekenbevoegde whom an agreement is offered to, or support.
    address = models.TextField("adres", blank=True)
    # What a digest tells, as `notifications.digests` names it.
    items = ArrayField(models.TextField(), default=list, blank=True)

    state = models.TextField("hoe het ervoor staat", choices=State, default=State.WAITING)
    made_at = models.DateTimeField("gemaakt op", default=timezone.now)
    due_at = models.DateTimeField("volgende poging vanaf", default=timezone.now)
    give_up_at = models.DateTimeField()
    attempts = models.PositiveIntegerField("pogingen", default=0)
    sent_at = models.DateTimeField("verzonden op", null=True, blank=True)
    sent_to = models.TextField("verzonden aan", blank=True)
    subject = models.TextField("onderwerp", blank=True)
    # Why the last attempt failed, or why it was not sent.
    problem = models.TextField("wat er mis was", blank=True)
    # Who of support dealt with one that could not be delivered, and why.
    handled_by = models.TextField("afgehandeld door", blank=True)
    handled_because = models.TextField("reden", blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = "bericht"
        verbose_name_plural = "berichten"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "about", "board", "user", "address"],
                nulls_distinct=False,
                name="one_message_per_person_and_subject",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, address="") | (Q(user__isnull=True) & ~Q(address="")),
                name="message_is_for_a_person_or_an_address",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "sent", "given_up", "dropped"]), name="message_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="message_that_was_sent_says_when",
            ),
            models.CheckConstraint(condition=Q(give_up_at__gt=F("made_at")), name="message_is_tried_for_a_while"),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="waiting"), name="message_waiting"),
            models.Index(fields=["board", "user", "-id"], name="message_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} voor {self.user or self.address}, {self.board}"


class Progress(models.Model):
    """How far the mail has come: up to where the journal was read, and for which day digests were made. One row."""

    transaction_id = models.BigIntegerField()
    entry_id = models.BigIntegerField()
    digests_made_on = models.DateField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="mail_has_one_progress")]

    def __str__(self) -> str:
        return f"{self.transaction_id}:{self.entry_id}"
