"""The lists of a board as files, CSV or Excel. What a list of schools or of events is narrowed to, its file is too."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.access import administrator_page, board_page
from agreements.standings import standings_of
from journal.clock import today
from journal.downloads import MOST_ROWS, FileKind, as_download
from mandates.changeable import changeable_of
from mandates.check_history import AskedChecks, newest_checks
from mandates.connections import connections_of
from mandates.forms.changing import filter_of
from mandates.forms.narrowing import NarrowingForm
from mandates.history import Asked, entries_about_board, entries_about_school
from mandates.models import Mandate
from mandates.overview import mandates_of_school, overview_of_board
from mandates.selection import selection_of
from mandates.sheets import (
    agreements_sheet,
    checks_sheet,
    coverage_sheet,
    endpoints_sheet,
    history_sheet,
    mandates_sheet,
    schools_sheet,
    succession_sheet,
    take_over_sheet,
)
from mandates.succession import candidates_for_succession
from mandates.taking_over import candidates_for
from mandates.views.board import school_of_board
from services.models import Service, SuccessionOffer, Supplier


def file_kind(name: str) -> FileKind:
    """The kind of file with this name; 404 when there is none."""
    try:
        return FileKind(name)
    except ValueError:
        raise Http404 from None


@administrator_page
@require_safe
def schools(request: HttpRequest, kind: str) -> HttpResponse:
    """Mandaten beheren: the schools that were found, and how things stand with each."""
    wanted, overview = file_kind(kind), overview_of_board(request.board, today())
    sheet = schools_sheet(overview, selection_of(overview, request.board, request.GET).schools)
    return as_download(sheet, wanted, name=f"scholen-{request.board.number}", day=today())


@administrator_page
@require_safe
def coverage(request: HttpRequest, kind: str) -> HttpResponse:
    """Overzicht: the schools that were found against the services."""
    wanted, overview = file_kind(kind), overview_of_board(request.board, today())
    sheet = coverage_sheet(overview, selection_of(overview, request.board, request.GET).schools, request.board)
    return as_download(sheet, wanted, name=f"overzicht-{request.board.number}", day=today())


@administrator_page
@require_safe
def board_mandates(request: HttpRequest, kind: str) -> HttpResponse:
    """All mandates of the board and of its schools, ended ones too."""
    wanted, number = file_kind(kind), request.board.number
    sheet = mandates_sheet(Mandate.objects.of_board(number), today())
    return as_download(sheet, wanted, name=f"mandaten-{number}", day=today())


@administrator_page
@require_safe
def changeable(request: HttpRequest, kind: str) -> HttpResponse:
    """Meerdere wijzigen: the mandates that can still change, narrowed as the list is."""
    wanted, board = file_kind(kind), request.board
    found = filter_of(request.GET).found(changeable_of(board, today()), (), board)
    sheet = mandates_sheet(Mandate.objects.with_uuids(each.uuid for each in found), today())
    return as_download(sheet, wanted, name=f"lopende-mandaten-{board.number}", day=today())


@administrator_page
@require_safe
def school_mandates(request: HttpRequest, brin: str, kind: str) -> HttpResponse:
    """All mandates of one school, and of its board for the services that are given to the board; ended ones too."""
    wanted, school = file_kind(kind), school_of_board(request, brin)
    sheet = mandates_sheet(mandates_of_school(school), today())
    return as_download(sheet, wanted, name=f"mandaten-{school.brin}", day=today())


@administrator_page
@require_safe
def endpoints(request: HttpRequest, brin: str, kind: str) -> HttpResponse:
    """Routeringskenmerken of a school, also those that count no longer (D18)."""
    wanted, school = file_kind(kind), school_of_board(request, brin)
    sheet = endpoints_sheet(connections_of(school, today(), with_former=True).rows)
    return as_download(sheet, wanted, name=f"routeringskenmerken-{school.brin}", day=today())


@administrator_page
@require_safe
def checks(request: HttpRequest, brin: str, kind: str) -> HttpResponse:
    """Raadplegingen of a school, narrowed as its page is; the newest (D17)."""
    wanted, school = file_kind(kind), school_of_board(request, brin)
    form = NarrowingForm(request.GET, services=list(Service.objects.all()), suppliers=list(Supplier.objects.all()))
    asked = AskedChecks(form.service, form.supplier, form.cleaned_data.get("van"), form.cleaned_data.get("tot"))
    sheet = checks_sheet(newest_checks(school, asked, MOST_ROWS))
    return as_download(sheet, wanted, name=f"raadplegingen-{school.brin}", day=today())


@administrator_page
@require_safe
def school_history(request: HttpRequest, brin: str, kind: str) -> HttpResponse:
    """Geschiedenis of a school, narrowed as its page is; the newest (D14)."""
    wanted, school = file_kind(kind), school_of_board(request, brin)
    sheet = history_sheet(entries_about_school(school, _asked(request)), request.board)
    return as_download(sheet, wanted, name=f"geschiedenis-{school.brin}", day=today())


@administrator_page
@require_safe
def board_history(request: HttpRequest, kind: str) -> HttpResponse:
    """Geschiedenis of the board, narrowed as its page is; the newest (D14)."""
    wanted = file_kind(kind)
    sheet = history_sheet(entries_about_board(request.board, _asked(request)), request.board)
    return as_download(sheet, wanted, name=f"geschiedenis-{request.board.number}", day=today())


def _asked(request: HttpRequest) -> Asked:
    form = NarrowingForm(request.GET, services=list(Service.objects.all()))
    return Asked(form.words, form.service, form.cleaned_data.get("van"), form.cleaned_data.get("tot"))


@administrator_page
@require_safe
def take_over(request: HttpRequest, kind: str) -> HttpResponse:
    """Over te nemen: all mandates that came from another board (D20)."""
    wanted = file_kind(kind)
    sheet = take_over_sheet(candidates_for(request.actor, request.board, today()))
    return as_download(sheet, wanted, name=f"over-te-nemen-{request.board.number}", day=today())


@administrator_page
@require_safe
def succession(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Over te nemen for the successor of a service: what the board has not taken over yet."""
    wanted = file_kind(kind)
    offers = SuccessionOffer.objects.open_on(today()).select_related("service", "successor")
    offer = get_object_or_404(offers, service__code=code)
    sheet = succession_sheet(candidates_for_succession(request.actor, request.board, offer, today()), offer)
    return as_download(sheet, wanted, name=f"over-te-nemen-{code.lower()}-{request.board.number}", day=today())


@board_page
@require_safe
def agreements(request: HttpRequest, kind: str) -> HttpResponse:
    """Overeenkomsten: those of the board, earlier ones too, and what is on its way or missing."""
    wanted = file_kind(kind)
    sheet = agreements_sheet(standings_of(request.board, today()))
    return as_download(sheet, wanted, name=f"overeenkomsten-{request.board.number}", day=today())
