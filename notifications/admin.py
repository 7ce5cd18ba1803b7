"""The messages in the workplace of Kennisnet support: what went to whom, and what could not be delivered."""

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest

from journal.acts import Actor
from journal.workplace import ActionPage, ReasonForm, RowAdmin
from notifications.actions import leave_unsent, send_again
from notifications.models import Message, Preference


class HandlingForm(ReasonForm):
    """A form with only the reason."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = "Waarom u dit doet. Dit blijft bij het bericht staan."


class _Handling(ActionPage):
    """Deal with a message that could not be delivered."""

    form_class = HandlingForm

    def is_offered(self, row: Message) -> bool:
        """See `ActionPage`."""
        return row.state == Message.State.GIVEN_UP

    def board_number(self, row: Message) -> str:
        """See `ActionPage`."""
        return row.board.number


class SendAgain(_Handling):
    """Have it sent again."""

    name = "opnieuw"
    title = "Opnieuw versturen"
    button = "Opnieuw versturen"
    explanation = "Het bericht gaat naar het adres dat nu bekend is. Los eerst op wat er mis was."

    def do(self, actor: Actor, form: Form, row: Message) -> str:
        """See `ActionPage`."""
        send_again(actor=actor, message=row)
        return "Het bericht wordt opnieuw verstuurd."


class LeaveUnsent(_Handling):
    """Let it be."""

    name = "laten-rusten"
    title = "Niet meer versturen"
    button = "Niet meer versturen"
    explanation = "Het bericht wordt niet meer verstuurd en staat niet meer bij wat op u wacht."

    def do(self, actor: Actor, form: Form, row: Message) -> str:
        """See `ActionPage`."""
        leave_unsent(actor=actor, message=row)
        return "Het bericht wordt niet meer verstuurd."


@admin.register(Message)
class MessageAdmin(RowAdmin):
    """What was mailed to whom, and how that went."""

    pages = (SendAgain(), LeaveUnsent())
    list_display = ("made_at", "state", "kind", "board", "reader")
    list_filter = ("state", "kind")
    search_fields = ("board__number", "board__name", "user__name", "user__email", "address", "subject")
    ordering = ("-pk",)
    # What it is about and tells are keys, for the register itself.
    exclude = ("uuid", "about", "items", "give_up_at")

    @admin.display(description="Aan")
    def reader(self, row: Message) -> str:
        """Who reads it: a person, or an address."""
        return str(row.user or row.address)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With the board and the person."""
        return super().get_queryset(request).select_related("board", "user")


@admin.register(Preference)
class PreferenceAdmin(RowAdmin):
    """What people chose to be mailed about."""

    list_display = ("user", "board", "ending", "ending_days", "deadlines", "refused", "transfers", "support")
    search_fields = ("board__number", "board__name", "user__name", "user__email")
    ordering = ("board__number", "user__name")
    exclude = ("entry",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With the board and the person."""
        return super().get_queryset(request).select_related("board", "user")
