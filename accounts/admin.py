"""Who may enter, in the workplace: the accounts of support, the people of besturen, and which error pages they saw."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from accounts import providers, set_up_links
from accounts.actions import (
    LONGEST_NAME,
    change_support_role,
    end_membership,
    end_support_account,
    open_support_account,
    reopen_support_account,
    reset_second_factor,
)
from accounts.models import Membership, ShownError, SupportAccount
from journal.acts import Actor
from journal.models import Entry
from journal.workplace import ActionPage, ReasonForm, RowAdmin
from schools.models import Board

_EVENTS = {
    "support_account.opened": "Account geopend",
    "support_account.role_changed": "Rol gewijzigd",
    "support_account.ended": "Account beëindigd",
    "support_account.reopened": "Account heropend",
    "support_account.second_factor_reset": "Wachtwoord en tweede stap gewist",
    "support_account.second_factor_changed": "Tweede stap ingesteld of gewijzigd",
}
_ENTRIES_SHOWN = 50

# What an error page means, for who has somebody on the telephone.
_MEANS = {
    ShownError.Status.BAD_REQUEST: "Het adres of het formulier was niet volledig, of te groot.",
    ShownError.Status.FORBIDDEN: (
        "De persoon mag dit niet, of het formulier was verlopen: bij soort fout staat dan ‘ExpiredForm’."
    ),
    ShownError.Status.NOT_FOUND: (
        "De pagina bestaat niet, of gaat over iets van een ander bestuur dan waarvoor de persoon toen werkte."
    ),
    ShownError.Status.TOO_MANY_ATTEMPTS: "Vanaf één internetadres is te vaak achter elkaar geprobeerd om in te loggen.",
    ShownError.Status.FAILED: (
        "Er zit een fout in het register. Geef het nummer door aan wie het register beheert: daarmee staat in het log "
        "van de server wat er misging. Vraag de persoon na te kijken of alles is opgeslagen."
    ),
    ShownError.Status.UNAVAILABLE: (
        "De databank gaf even geen antwoord. Er is niets half opgeslagen: de persoon kan het opnieuw doen."
    ),
}
_ERRORS_SHOWN = 10


class OwnReasonForm(ReasonForm):
    """About support itself: no bestuur sees it."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = "Waarom u dit doet. Dit staat in de geschiedenis van het account."


class AccountForm(OwnReasonForm):
    """A new person of support."""

    name = forms.CharField(label="Naam", max_length=LONGEST_NAME)
    username = forms.CharField(
        label="Gebruikersnaam",
        max_length=50,
        help_text="Kleine letters, cijfers, punten en streepjes, zoals sam.jansen. Deze verandert niet meer.",
    )
    email = forms.EmailField(label="E-mailadres", max_length=LONGEST_NAME)
    role = forms.ChoiceField(label="Rol", choices=SupportAccount.Role)


class RoleForm(OwnReasonForm):
    """Another role."""

    role = forms.ChoiceField(label="Rol", choices=SupportAccount.Role)


class _GivesLink(ActionPage):
    """Something after which the person begins with a set-up link, which is shown once."""

    leads_only = True
    form_class = OwnReasonForm
    done_already = "Dit was al gedaan. De link wordt niet nog een keer getoond; geef zo nodig een nieuwe."

    def carry_out(self, request: HttpRequest, actor: Actor, form: forms.Form, row: Any) -> HttpResponse:
        """See `ActionPage`."""
        account = self.act(actor, form, row)
        context = {
            **admin.site.each_context(request),
            "title": "Geef deze link aan de persoon",
            "opts": SupportAccount._meta,
            "account": account,
            "link": request.build_absolute_uri(set_up_links.path_for(account)),
            "back": reverse("admin:accounts_supportaccount_change", args=[account.pk]),
        }
        return TemplateResponse(request, "admin/accounts/set_up_link.html", context)

    def act(self, actor: Actor, form: forms.Form, row: Any) -> SupportAccount:
        """Do it, by an action of the register. Raises `Refused`."""
        raise NotImplementedError


class OpenAccount(_GivesLink):
    """A new account."""

    name = "openen"
    title = "Account openen"
    button = "Openen"
    explanation = (
        "Daarna ziet u één keer een link. Geef die aan de persoon: daarmee kiest die een wachtwoord, en stelt die de "
        "tweede stap van het inloggen in. De link werkt één keer, en drie dagen."
    )
    form_class = AccountForm
    on_row = False

    def act(self, actor: Actor, form: forms.Form, row: Any) -> SupportAccount:
        """See `_GivesLink`."""
        fields = {name: form.cleaned_data[name] for name in ("username", "name", "email", "role")}
        return open_support_account(actor=actor, **fields)


class ResetSecondFactor(_GivesLink):
    """For who lost the second factor, or forgot the password."""

    name = "tweede-stap-wissen"
    title = "Wachtwoord en tweede stap wissen"
    button = "Wissen"
    explanation = (
        "Voor wie de telefoon, de sleutel of het wachtwoord kwijt is. Ga eerst na dat u de persoon zelf spreekt. Die "
        "is direct overal uitgelogd, en begint opnieuw met een link die u daarna één keer ziet."
    )

    def is_offered(self, row: SupportAccount) -> bool:
        """See `ActionPage`."""
        return row.is_active

    def act(self, actor: Actor, form: forms.Form, row: SupportAccount) -> SupportAccount:
        """See `_GivesLink`."""
        return reset_second_factor(actor=actor, account=row)


class ReopenAccount(_GivesLink):
    """An account that was ended."""

    name = "heropenen"
    title = "Account heropenen"
    button = "Heropenen"
    explanation = "De persoon begint opnieuw, met een link die u daarna één keer ziet. De rol is die van vroeger."

    def is_offered(self, row: SupportAccount) -> bool:
        """See `ActionPage`."""
        return not row.is_active

    def act(self, actor: Actor, form: forms.Form, row: SupportAccount) -> SupportAccount:
        """See `_GivesLink`."""
        return reopen_support_account(actor=actor, account=row)


class ChangeRole(ActionPage):
    """Another role."""

    name = "rol"
    title = "Rol wijzigen"
    explanation = (
        "Een lezer kijkt alleen. Support verandert ook. Een hoofd support beëindigt ook overeenkomsten, handelt namens "
        "besturen en beheert deze accounts. De nieuwe rol geldt direct."
    )
    form_class = RoleForm
    leads_only = True

    def form_kwargs(self, row: SupportAccount) -> dict[str, Any]:
        """See `ActionPage`."""
        return {"initial": {"role": row.role}}

    def is_offered(self, row: SupportAccount) -> bool:
        """See `ActionPage`."""
        return row.is_active

    def do(self, actor: Actor, form: forms.Form, row: SupportAccount) -> str:
        """See `ActionPage`."""
        account = change_support_role(actor=actor, account=row, role=form.cleaned_data["role"])
        return f"{account.user} is nu {account.get_role_display()}."


class EndAccount(ActionPage):
    """Somebody leaves."""

    name = "beeindigen"
    title = "Account beëindigen"
    button = "Beëindigen"
    explanation = (
        "De persoon is direct overal uitgelogd en kan niet meer inloggen. Wat die gedaan heeft, blijft op naam staan."
    )
    form_class = OwnReasonForm
    leads_only = True

    def is_offered(self, row: SupportAccount) -> bool:
        """See `ActionPage`."""
        return row.is_active

    def do(self, actor: Actor, form: forms.Form, row: SupportAccount) -> str:
        """See `ActionPage`."""
        end_support_account(actor=actor, account=row)
        return f"Het account van {row.user} is beëindigd."


@admin.register(SupportAccount)
class SupportAccountAdmin(RowAdmin):
    """The people of support: what they may do, and whether they have a second factor."""

    change_form_template = "admin/accounts/support_account.html"
    list_display = ("username", "name", "role", "has_second_factor", "last_sign_in", "is_active")
    list_display_links = ("username", "name")
    list_filter = ("role", "is_active")
    search_fields = ("user__username", "user__name__unaccent", "user__email")
    ordering = ("-is_active", "user__name")
    pages = (OpenAccount(), ChangeRole(), ResetSecondFactor(), EndAccount(), ReopenAccount())

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With the person."""
        return super().get_queryset(request).select_related("user")

    def story(self, request: HttpRequest, row: SupportAccount) -> dict[str, Any]:
        """See `RowAdmin`."""
        entries = Entry.objects.about("support_account", row.user.username).order_by("-id")[:_ENTRIES_SHOWN]
        changes = [{"entry": entry, "what": _EVENTS.get(entry.type, entry.type)} for entry in entries]
        return {"changes": changes, "is_own": row.pk == request.support.pk}

    @admin.display(description="gebruikersnaam", ordering="user__username")
    def username(self, row: SupportAccount) -> str:
        """What they sign in with."""
        return row.user.username

    @admin.display(description="naam", ordering="user__name")
    def name(self, row: SupportAccount) -> str:
        """Who it is."""
        return row.user.name

    @admin.display(description="tweede stap", boolean=True)
    def has_second_factor(self, row: SupportAccount) -> bool:
        """Whether they can sign in at all."""
        return bool(row.factors)

    @admin.display(description="laatst ingelogd", ordering="user__last_login", empty_value="nog nooit")
    def last_sign_in(self, row: SupportAccount) -> Any:
        """When they last signed in."""
        return row.user.last_login and timezone.localdate(row.user.last_login)


class EndAccess(ActionPage):
    """Take the access of somebody to a board away, at once."""

    name = "beeindigen"
    title = "Toegang beëindigen"
    button = "Toegang beëindigen"
    explanation = (
        "De persoon kan vanaf nu niets meer doen voor dit bestuur, ook niet in een venster dat nog open staat. Let op: "
        "noemt Mijn DUO of eHerkenning de persoon bij de volgende keer inloggen weer, dan komt de toegang terug. Laat "
        "de rol of machtiging dus ook daar weghalen, door het bestuur."
    )

    def is_offered(self, row: Membership) -> bool:
        """See `ActionPage`."""
        return row.is_active

    def board_number(self, row: Membership) -> str:
        """See `ActionPage`."""
        return row.board.number

    def do(self, actor: Actor, form: forms.Form, row: Membership) -> str:
        """See `ActionPage`."""
        end_membership(actor=actor, membership=row)
        return f"{row.user} is geen {row.get_role_display()} van {row.board} meer."


@admin.register(Membership)
class MembershipAdmin(RowAdmin):
    """Who acts for which board, as the providers say; the only thing to do here is to end it."""

    change_form_template = "admin/accounts/membership.html"
    list_display = ("person", "board_and_number", "role", "provider", "last_sign_in", "is_active")
    list_display_links = ("person",)
    list_filter = ("is_active", "role")
    search_fields = ("user__name__unaccent", "user__email", "board__number", "board__name__unaccent")
    ordering = ("-is_active", "user__name", "board__name")
    pages = (EndAccess(),)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With the person and the board."""
        return super().get_queryset(request).select_related("user", "board")

    def story(self, request: HttpRequest, row: Membership) -> dict[str, Any]:
        """See `RowAdmin`."""
        others = row.user.memberships.exclude(pk=row.pk).select_related("board").order_by("board__name", "role")
        return {"provider": providers.named(row.user.provider_id), "others": others}

    @admin.display(description="naam", ordering="user__name")
    def person(self, row: Membership) -> str:
        """Who it is."""
        return str(row.user)

    @admin.display(description="bestuur", ordering="board__name")
    def board_and_number(self, row: Membership) -> str:
        """Which board."""
        return f"{row.board} ({row.board.number})"

    @admin.display(description="logt in met")
    def provider(self, row: Membership) -> str:
        """Who says that they act for the board."""
        return providers.named(row.user.provider_id).name

    @admin.display(description="laatst ingelogd", ordering="user__last_login", empty_value="nog nooit")
    def last_sign_in(self, row: Membership) -> Any:
        """When they last signed in."""
        return row.user.last_login and timezone.localdate(row.user.last_login)


@admin.register(ShownError)
class ShownErrorAdmin(RowAdmin):
    """Which error page somebody was shown, by the number that they read out; there is nothing to do here."""

    change_form_template = "admin/accounts/shown_error.html"
    list_display = ("number", "moment", "status", "path", "who", "board_number", "method")
    list_display_links = ("number",)
    list_filter = ("status",)
    search_fields = ("reference", "person__name__unaccent", "person__email", "path")
    ordering = ("-moment", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With the person."""
        return super().get_queryset(request).select_related("person")

    def story(self, request: HttpRequest, row: ShownError) -> dict[str, Any]:
        """See `RowAdmin`."""
        story = {"means": _MEANS.get(row.status, ""), "board": Board.objects.numbered(row.board_number).first()}
        if row.person is None:
            return story
        return story | {
            "account": SupportAccount.objects.select_related("user").filter(user=row.person).first(),
            "memberships": row.person.memberships.select_related("board", "user").order_by("-is_active", "board__name"),
            "others": row.person.shown_errors.exclude(pk=row.pk).order_by("-moment", "-pk")[:_ERRORS_SHOWN],
        }

    @admin.display(description="nummer", ordering="reference")
    def number(self, row: ShownError) -> str:
        """As it is read out."""
        return row.read_out

    @admin.display(description="persoon", ordering="person__name")
    def who(self, row: ShownError) -> str:
        """Who saw it."""
        return str(row.person) if row.person else "niet ingelogd"
