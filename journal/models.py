from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Cast

from journal.querysets import EntryQuerySet


class Entry(models.Model):
    """One change to one row of the register: who, when, why, before and after (D14).

    Written by the triggers of `journal.triggers` only; the database refuses to add an entry by hand, to change or to
    delete one. `before` is null for a new row. Secrets (mandate tokens, key digests) are left out of both.
    """

    moment = models.DateTimeField(db_default=models.Func(function="clock_timestamp"))
    # pg_current_xact_id(): all entries of one act share it, and the feed reads in the order (transaction_id, id).
    transaction_id = models.BigIntegerField(
        db_default=Cast(Cast(models.Func(function="pg_current_xact_id"), models.TextField()), models.BigIntegerField())
    )
    type = models.TextField(help_text="What happened, for instance `mandate.granted`.")
    actor = models.JSONField(help_text="Who did it, as `journal.acts.Actor` writes it.")
    reason = models.TextField(blank=True)
    subject_kind = models.TextField(help_text="What kind of row changed, for instance `mandate`.")
    subject_key = models.TextField(help_text="Its lasting key: a BRIN, an OIN, a mandate's UUID.")
    before = models.JSONField(null=True)
    after = models.JSONField()
    boards = ArrayField(models.TextField(), help_text="Numbers of the boards whom it concerns.")
    suppliers = ArrayField(models.TextField(), help_text="OINs of the suppliers whom it concerns.")

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entries"
        indexes = [
            models.Index(fields=["transaction_id", "id"], name="journal_entry_feed"),
            models.Index(fields=["subject_kind", "subject_key", "id"], name="journal_entry_subject"),
            GinIndex(fields=["boards"], name="journal_entry_boards"),
            GinIndex(fields=["suppliers"], name="journal_entry_suppliers"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.subject_key} ({self.moment:%Y-%m-%d %H:%M})"


class Recorded(models.Model):
    """A row of the register: it points to the entry of the change that last touched it, and cannot be deleted.

    `entry` is set by the database; what is written there by hand is overwritten.
    """

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+", editable=False, db_index=False)

    class Meta:
        abstract = True
