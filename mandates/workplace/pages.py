"""Besturen, schools and mandates in the workplace: lists, and for each a page that tells its whole story."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Count, Exists, F, Func, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse

from accounts import on_behalf
from agreements.models import OSR, Agreement
from agreements.standings import standings_of, who_may_sign
from journal.acts import Actor
from journal.clock import today
from journal.workplace import ActionPage, RowAdmin
from mandates.check_history import newest_checks_of_schools
from mandates.coverage import status_of_mandate
from mandates.models import Endpoint, Mandate
from mandates.overview import page_of_school
from mandates.workplace.agreement_pages import OfferToBoard, RegisterOnPaper
from mandates.workplace.cases import CloseThisSchool
from mandates.workplace.changes import SHOWN, about_board, about_endpoints, about_mandates, about_school, newest
from schools.models import Board, Case, School


class ActOnBehalf(ActionPage):
    """Support-lead goes on to the board's own pages, and acts there on its behalf (D4)."""

    name = "namens"
    title = "Handelen namens dit bestuur"
    button = "Verder naar de pagina's van het bestuur"
    explanation = (
        "U gaat naar de pagina's van de OSR-beheerder van dit bestuur en kunt daar alles wat die kan, ten hoogste een "
        "uur lang. Bij alles wat u verandert, staan uw naam en de reden in de geschiedenis. Het bestuur ziet ze."
    )
    leads_only = True

    def board_number(self, row: Board) -> str:
        """See `ActionPage`."""
        return row.number

    def carry_out(self, request: HttpRequest, actor: Actor, form: Any, row: Board) -> str:
        """See `ActionPage`."""
        on_behalf.begin(request, row, reason=actor.reason)
        return f"U handelt nu namens {row}."

    def destination(self, admin_of: RowAdmin, row: Board) -> str:
        """See `ActionPage`."""
        return reverse("mandates:overview")


class HasOsr(admin.SimpleListFilter):
    """Whether a board has the agreement that every board needs (A1)."""

    title = "overeenkomst OSR"
    parameter_name = "osr"

    def lookups(self, request, model_admin) -> Iterable[tuple[str, str]]:
        """The choices."""
        return [("ja", "geldig"), ("nee", "ontbreekt")]

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        """The boards of the choice."""
        in_force = Exists(Agreement.objects.in_force(today()).filter(board=OuterRef("pk"), kind=OSR))
        match self.value():
            case "ja":
                return queryset.filter(in_force)
            case "nee":
                return queryset.exclude(in_force)
        return queryset


@admin.register(Board)
class BoardAdmin(RowAdmin):
    """Besturen: schools, agreements, people, mandates, what changed and who asked."""

    change_form_template = "admin/schools/board.html"
    list_display = ("number", "name", "schools_governed", "valid_mandates")
    list_display_links = ("number", "name")
    list_filter = (HasOsr,)
    search_fields = ("number", "name__unaccent")
    ordering = ("name", "number")
    pages = (OfferToBoard(), RegisterOnPaper(), ActOnBehalf())

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With the numbers of schools and of valid mandates."""
        valid = (
            Mandate.objects.valid_on(today()).order_by().annotate(count=Func("pk", function="count")).values("count")
        )
        return (
            super()
            .get_queryset(request)
            .annotate(
                schools_count=Count("schools"),
                own_mandates=Subquery(valid.filter(board=OuterRef("pk"))),
                mandates_of_schools=Subquery(valid.filter(school__board=OuterRef("pk"))),
            )
        )

    @admin.display(description="scholen", ordering="schools_count")
    def schools_governed(self, board: Board) -> int:
        """How many schools it governs."""
        return board.schools_count

    @admin.display(description="geldige mandaten", ordering=F("own_mandates") + F("mandates_of_schools"))
    def valid_mandates(self, board: Board) -> int:
        """How many mandates count for it today: its own and those of its schools."""
        return board.own_mandates + board.mandates_of_schools

    def story(self, request: HttpRequest, board: Board) -> dict[str, Any]:
        """Everything about the board."""
        valid = Mandate.objects.of_board(board.number).valid_on(today())
        brins = list(board.schools.values_list("brin", flat=True))
        return {
            "standings": standings_of(board, today()),
            "signatories": who_may_sign(board),
            "people": board.memberships.select_related("user").order_by("-is_active", "user__name"),
            "schools": board.schools.annotate(
                valid=Count("mandates", filter=Q(mandates__in=valid), distinct=True)
            ).order_by("name", "brin"),
            "per_service": valid.values("service__code", "service__name")
            .annotate(count=Count("pk"))
            .order_by("service__code"),
            "to_take_over": Mandate.objects.to_take_over(board.number, today()).count(),
            "cases": Case.objects.open().filter(school__board=board),
            "changes": newest(about_board(board.number)),
            "checks": newest_checks_of_schools(brins, SHOWN),
            "shown": SHOWN,
            "today": today(),
        }


@admin.register(School)
class SchoolAdmin(RowAdmin):
    """Schools: mandates, addresses, former boards, cases, what changed and who asked."""

    change_form_template = "admin/schools/school.html"
    list_display = ("brin", "name", "city", "board", "sector", "closed_on", "missing_since")
    list_display_links = ("brin", "name")
    list_filter = ("sector", ("closed_on", admin.EmptyFieldListFilter), ("missing_since", admin.EmptyFieldListFilter))
    list_select_related = ("board",)
    search_fields = ("brin", "name__unaccent", "city__unaccent", "board__number", "locations__code")
    ordering = ("name", "brin")
    pages = (CloseThisSchool(),)

    def story(self, request: HttpRequest, school: School) -> dict[str, Any]:
        """Everything about the school."""
        locations = school.locations.order_by("code")
        page = page_of_school(school, [location.code for location in locations], today())
        return {
            "current": page.current,
            "ended": page.ended,
            "missing": page.missing,
            "locations": locations,
            "former_boards": school.former_boards.select_related("board").order_by("-until"),
            "endpoints": Endpoint.objects.filter(mandate__school=school)
            .shown_on(today(), or_later=True)
            .select_related("mandate__system", "mandate__service", "service_version")
            .order_by("routing_id"),
            "cases": school.cases.order_by("-opened_on"),
            "changes": newest(about_school(school.brin)),
            "checks": newest_checks_of_schools([school.brin], SHOWN),
            "shown": SHOWN,
            "today": today(),
        }


@admin.register(Mandate)
class MandateAdmin(RowAdmin):
    """Mandates: what each says, and how it came to be so; its token is for the mandated system alone (D10)."""

    change_form_template = "admin/mandates/mandate.html"
    list_display = ("holder", "service", "system", "start_date", "end_date", "state")
    list_filter = ("service", "system")
    list_select_related = ("school", "board", "service", "system", "entry")
    search_fields = (
        "school__brin",
        "school__name__unaccent",
        "school__board__number",
        "board__number",
        "service__code",
        "system__name",
    )
    show_full_result_count = False  # of millions nobody waits for the number
    ordering = ("-pk",)

    @admin.display(description="school of bestuur")
    def holder(self, mandate: Mandate) -> str:
        """Who holds it (D1)."""
        return str(mandate.school or mandate.board)

    @admin.display(description="status")
    def state(self, mandate: Mandate) -> str:
        """How things stand with it today."""
        return status_of_mandate(mandate, today()).label

    def story(self, request: HttpRequest, mandate: Mandate) -> dict[str, Any]:
        """Everything about the mandate."""
        endpoints = mandate.endpoints.select_related("service_version").order_by("start_date")
        return {
            "mandate": mandate,
            "status": status_of_mandate(mandate, today()),
            "endpoints": endpoints,
            "changes": newest(
                about_mandates([mandate.uuid]) | about_endpoints(endpoints.values_list("uuid", flat=True)), 200
            ),
            "today": today(),
        }
