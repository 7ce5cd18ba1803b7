"""Suppliers, systems and API keys in the workplace: lists, and for each a page that tells its whole story."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from journal.clock import today
from journal.workplace import RowAdmin, column
from mandates.check_history import newest_checks_by
from mandates.workplace.changes import SHOWN, newest
from mandates.workplace.supplier_pages import (
    AddSupplier,
    AddSystem,
    ChangeSupplier,
    ConnectSupplier,
    DisconnectSupplier,
    IssueKey,
    RecordTest,
    RenameSystem,
    RevokeKey,
    RotateKey,
    WithdrawQualification,
)
from mandates.workplace.usage import by_service, current_mandates, keys_of, standings_of, state_of_key, works
from services.models import ApiKey, Supplier, SupplierGroup, System

# What happens to mandates is told where they are: among a supplier's own changes it would be all there is to see.
_OF_MANDATES = ("mandate", "endpoint", "routing_id")


class _Choice(admin.SimpleListFilter):
    """A filter with two or more answers, each with the rows that it leaves."""

    answers: dict[str, tuple[str, Q]]

    def lookups(self, request, model_admin) -> Iterable[tuple[str, str]]:
        """The choices."""
        return [(value, label) for value, (label, _) in self.answers.items()]

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        """The rows of the choice."""
        return queryset.filter(self.answers[self.value()][1]) if self.value() in self.answers else queryset


class IsConnected(_Choice):
    """Whether the supplier signed the connection terms (A8)."""

    title = "aangesloten"
    parameter_name = "aangesloten"
    answers = {"ja": ("ja", Q(connected_on__isnull=False)), "nee": ("nee", Q(connected_on=None))}


class InGroup(admin.SimpleListFilter):
    """Of which group; most suppliers are a group of their own, and those are found by name."""

    title = "groep"
    parameter_name = "groep"
    path = "group"

    def lookups(self, request, model_admin) -> Iterable[tuple[str, str]]:
        """The groups with several suppliers."""
        groups = SupplierGroup.objects.annotate(count=Count("suppliers")).filter(count__gt=1).order_by("name")
        return [(str(group.pk), group.name) for group in groups]

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        """The rows of the choice."""
        asked = self.value() or ""
        return queryset.filter(**{self.path: int(asked)}) if asked.isdecimal() and len(asked) < 19 else queryset


class OfGroup(InGroup):
    """Of a supplier of which group."""

    path = "supplier__group"


class KeyWorks(admin.SimpleListFilter):
    """Whether a key opens the API now."""

    title = "werkt"
    parameter_name = "werkt"

    def lookups(self, request, model_admin) -> Iterable[tuple[str, str]]:
        """The choices."""
        return [("ja", "ja"), ("binnenkort", "nog hooguit 30 dagen"), ("nee", "nee")]

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        """The keys of the choice."""
        usable = ApiKey.objects.usable(timezone.now())
        match self.value():
            case "ja":
                return queryset.filter(pk__in=usable)
            case "binnenkort":
                return queryset.filter(pk__in=ApiKey.objects.expiring_soon(timezone.now()))
            case "nee":
                return queryset.exclude(pk__in=usable)
        return queryset


@admin.register(Supplier)
class SupplierAdmin(RowAdmin):
    """Suppliers: systems, how these stand with the services, keys, mandates, what changed and what was asked."""

    change_form_template = "admin/services/supplier.html"
    list_display = (
        column("naam", "name"),
        column("OIN", "oin"),
        column("groep", "group__name"),
        column("aangesloten op", "connected_on", empty="niet aangesloten"),
        column("systemen", "systems_count"),
    )
    list_filter = (IsConnected, InGroup)
    list_select_related = ("group",)
    search_fields = ("oin", "name__unaccent", "group__name__unaccent", "systems__name__unaccent")
    ordering = ("name",)
    pages = (ConnectSupplier(), AddSystem(), ChangeSupplier(), DisconnectSupplier(), AddSupplier())

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With the number of systems."""
        return super().get_queryset(request).annotate(systems_count=Count("systems", distinct=True))

    def story(self, request: HttpRequest, supplier: Supplier) -> dict[str, Any]:
        """Everything about the supplier."""
        systems = list(supplier.systems.select_related("supplier").order_by("name"))
        services, rows = standings_of(systems, today())
        return {
            "services": services,
            "rows": rows,
            "keys": keys_of(systems),
            "per_service": by_service(rows),
            "mandates": current_mandates(today(), system__supplier=supplier),
            "changes": newest(Q(suppliers__contains=[supplier.oin]) & ~Q(subject_kind__in=_OF_MANDATES)),
            "checks": newest_checks_by(supplier, SHOWN),
            "shown": SHOWN,
        }


@admin.register(System)
class SystemAdmin(RowAdmin):
    """Systems: qualifications and tests, keys, mandates, what changed and what was asked."""

    change_form_template = "admin/services/system.html"
    list_display = (
        column("naam", "name"),
        "display_kind",
        column("leverancier", "supplier__name"),
        column("diensten waarvoor gekwalificeerd", "qualifications_count"),
    )
    list_filter = ("kind", OfGroup)
    list_select_related = ("supplier",)
    search_fields = ("name__unaccent", "supplier__name__unaccent", "supplier__oin")
    ordering = ("name",)
    pages = (RecordTest(), WithdrawQualification(), IssueKey(), RenameSystem())

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With the number of qualifications that count."""
        counting = Q(qualifications__withdrawn_on=None) | Q(qualifications__withdrawn_on__gt=today())
        counting &= Q(qualifications__qualified_on__lte=today())
        count = Count("qualifications", filter=counting, distinct=True)
        return super().get_queryset(request).select_related("supplier").annotate(qualifications_count=count)

    @admin.display(description="soort", ordering="kind")
    def display_kind(self, system: System) -> str:
        """What it is."""
        return system.get_kind_display()

    def story(self, request: HttpRequest, system: System) -> dict[str, Any]:
        """Everything about the system."""
        _, (row,) = standings_of([system], today())
        return {
            "standings": row.standings,
            "tests": system.qualification_tests.select_related("service").order_by("-tested_on", "-pk"),
            "keys": keys_of([system]),
            "mandates": current_mandates(today(), system=system),
            "changes": newest(
                Q(subject_kind="system", subject_key=str(system.uuid))
                | Q(subject_kind="qualification", subject_key__startswith=f"{system.uuid}/")
                | Q(subject_kind="api_key", subject_key__in=_keys(system.api_keys))
                | Q(subject_kind="qualification_test", subject_key__in=_keys(system.qualification_tests))
            ),
            "checks": newest_checks_by(system.supplier, SHOWN, system=system),
            "shown": SHOWN,
        }


@admin.register(ApiKey)
class ApiKeyAdmin(RowAdmin):
    """API keys: of which system, until when; never the key itself."""

    change_form_template = "admin/services/key.html"
    list_display = (
        column("nummer", "pk"),
        column("naam", "name"),
        column("systeem", "system__name"),
        column("leverancier", "system__supplier__name"),
        "state",
    )
    list_filter = (KeyWorks,)
    list_select_related = ("system__supplier",)
    search_fields = ("name", "system__name__unaccent", "system__supplier__name__unaccent", "system__supplier__oin")
    ordering = ("-pk",)
    pages = (RotateKey(), RevokeKey())

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With the moment at which each came into the register."""
        return super().get_queryset(request).select_related("system__supplier").with_issued_at()

    @admin.display(description="werkt", ordering="expires_at")
    def state(self, key: ApiKey) -> str:
        """Whether it works, and until when."""
        return state_of_key(key, timezone.now())

    def story(self, request: HttpRequest, key: ApiKey) -> dict[str, Any]:
        """Everything about the key but the key."""
        return {
            "key": key,
            "state": state_of_key(key, timezone.now()),
            "works": works(key, timezone.now()),
            "changes": newest(Q(subject_kind="api_key", subject_key=str(key.pk))),
            "shown": SHOWN,
        }


def _keys(rows: Any) -> list[str]:
    """By what the journal knows these rows."""
    return [str(pk) for pk in rows.values_list("pk", flat=True)]
