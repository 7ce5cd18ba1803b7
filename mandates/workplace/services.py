"""Services, their versions and their succession in the workplace: lists, and for each a page with its whole story."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path

from journal.clock import today
from journal.downloads import FileKind, as_download
from journal.workplace import RowAdmin, column
from mandates.paging import page_of
from mandates.sheets import progress_sheet
from mandates.workplace.changes import SHOWN, newest
from mandates.workplace.service_pages import (
    AddService,
    AddVersion,
    ChangeService,
    CloseOffer,
    EndService,
    EndVersion,
    OfferSuccession,
    ReshapeService,
    ResumeService,
    SetSuccessor,
)
from mandates.workplace.succession import progress_of
from mandates.workplace.usage import current_mandates, endpoints_shown, systems_for
from services.models import Service, ServiceVersion, SuccessionOffer


@admin.register(Service)
class ServiceAdmin(RowAdmin):
    """Services: what they ask for, versions, systems, mandates, succession and what changed."""

    change_form_template = "admin/services/service.html"
    list_display = (
        column("code", "code"),
        column("naam", "name"),
        "display_level",
        column("regelen vóór", "deadline"),
        "display_is_active",
        column("opvolger", "successor__code"),
    )
    list_filter = (("is_active", admin.BooleanFieldListFilter), "level")
    list_select_related = ("successor",)
    search_fields = ("code", "name__unaccent", "description__unaccent", "versions__namespace")
    ordering = ("-is_active", "code")
    pages = (
        ChangeService(),
        ReshapeService(),
        AddVersion(),
        SetSuccessor(),
        OfferSuccession(),
        EndService(),
        ResumeService(),
        AddService(),
    )

    @admin.display(description="mandaat per", ordering="level")
    def display_level(self, service: Service) -> str:
        """Who a mandate is given for (D1)."""
        return service.get_level_display()

    @admin.display(description="stand", ordering="is_active")
    def display_is_active(self, service: Service) -> str:
        """Whether mandates can be given for it."""
        return "loopt" if service.is_active else "beëindigd"

    def story(self, request: HttpRequest, service: Service) -> dict[str, Any]:
        """Everything about the service."""
        versions = service.versions.order_by("-status", "namespace")
        return {
            "service": service,
            "versions": [(version, endpoints_shown(today(), service_version=version)) for version in versions],
            "systems": systems_for(service, today()),
            "mandates": current_mandates(today(), service=service),
            "roles": [dict(service._meta.get_field("roles").base_field.choices)[role] for role in service.roles],
            "predecessors": service.predecessors.order_by("code"),
            "offers": service.succession_offers.select_related("successor").order_by("-offered_on", "-pk"),
            "changes": newest(
                Q(subject_kind="service", subject_key=service.code)
                | Q(subject_kind="service_version", subject_key__in=[version.namespace for version in versions])
                | Q(
                    subject_kind="succession_offer",
                    subject_key__in=[str(pk) for pk in service.succession_offers.values_list("pk", flat=True)],
                )
            ),
            "shown": SHOWN,
            "today": today(),
        }


@admin.register(ServiceVersion)
class ServiceVersionAdmin(RowAdmin):
    """Versions of services, by their namespace."""

    change_form_template = "admin/services/version.html"
    list_display = (column("namespace", "namespace"), column("dienst", "service__code"), "display_status")
    list_filter = ("status", "service")
    list_select_related = ("service",)
    search_fields = ("namespace", "service__code", "service__name__unaccent")
    ordering = ("service__code", "namespace")
    pages = (EndVersion(),)

    @admin.display(description="stand", ordering="status")
    def display_status(self, version: ServiceVersion) -> str:
        """Whether endpoints can be registered for it."""
        return version.get_status_display()

    def story(self, request: HttpRequest, version: ServiceVersion) -> dict[str, Any]:
        """Everything about the version."""
        return {
            "version": version,
            "endpoints": endpoints_shown(today(), service_version=version),
            "changes": newest(Q(subject_kind="service_version", subject_key=version.namespace)),
            "shown": SHOWN,
        }


@admin.register(SuccessionOffer)
class SuccessionOfferAdmin(RowAdmin):
    """Mandates that were offered to all boards for the successor of their service, and how far each board is."""

    change_form_template = "admin/services/offer.html"
    list_display = (
        "display_title",
        column("aangeboden op", "offered_on"),
        column("nieuwe mandaten vanaf", "starts_on"),
        column("tot en met", "until"),
        "display_state",
    )
    list_select_related = ("service", "successor")
    search_fields = ("service__code", "service__name__unaccent", "successor__code", "successor__name__unaccent")
    ordering = ("-offered_on", "-pk")
    pages = (CloseOffer(),)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With both services."""
        return super().get_queryset(request).select_related("service", "successor")

    def get_urls(self) -> list[URLPattern]:
        """With the file of the boards; before the others, because those take any text for a key."""
        download = self.admin_site.admin_view(self.download_boards)
        name = "services_successionoffer_boards"
        return [path("<int:number>/besturen.<str:kind>", download, name=name), *super().get_urls()]

    @admin.display(description="opvolging", ordering="service__code")
    def display_title(self, offer: SuccessionOffer) -> str:
        """Which service is replaced by which."""
        return str(offer)

    @admin.display(description="stand")
    def display_state(self, offer: SuccessionOffer) -> str:
        """Whether boards can take over today."""
        return "loopt" if offer.is_open(today()) else "gesloten"

    def story(self, request: HttpRequest, offer: SuccessionOffer) -> dict[str, Any]:
        """How far each board is; narrowed to those that have something left, or are done, and to a name."""
        progress = progress_of(offer, today())
        words, asked = request.GET.get("zoek", "").strip()[:100], request.GET.get("stand", "")
        found = [
            each
            for each in progress
            if asked not in ("klaar", "open") or each.is_done == (asked == "klaar")
            if words.casefold() in f"{each.board.name} {each.board.number}".casefold()
        ]
        return {
            "offer": offer,
            "is_open": offer.is_open(today()),
            "boards": len(progress),
            "boards_done": sum(each.is_done for each in progress),
            "mandates": sum(each.mandates for each in progress),
            "mandates_done": sum(each.done for each in progress),
            "page": page_of(found, request.GET.get("pagina")),
            "words": words,
            "asked": asked,
            "changes": newest(Q(subject_kind="succession_offer", subject_key=str(offer.pk))),
            "shown": SHOWN,
        }

    def download_boards(self, request: HttpRequest, number: int, kind: str) -> HttpResponse:
        """How far each board is, as a file."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        offer = get_object_or_404(self.get_queryset(request), pk=number)
        if kind not in list(FileKind):
            raise Http404
        sheet = progress_sheet((each.board, each.mandates, each.pending) for each in progress_of(offer, today()))
        return as_download(sheet, FileKind(kind), name=f"opvolging-{offer.service.code.lower()}", day=today())
