"""Overeenkomsten, as the OSR-beheerder sees them: which the bestuur has, and which it lacks (A1, D5)."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import administrator_page
from agreements.gate import missing_agreements
from agreements.models import Agreement
from journal.clock import today
from services.models import Service


@dataclass(frozen=True)
class Lacking:
    """A kind of agreement that the board lacks, and the codes of the services that cannot do without it."""

    kind: str
    services: list[str]


@administrator_page
@require_safe
def agreements(request: HttpRequest) -> HttpResponse:
    """The agreements of the board: in force, to begin and ended; and those it lacks for the services there are."""
    rows = list(request.board.agreements.order_by("kind", "-signed_on"))
    return render(
        request,
        "agreements/agreements.html",
        {
            "current": [row for row in rows if not _is_over(row, today())],
            "ended": [row for row in rows if _is_over(row, today())],
            "lacking": _lacking(request, today()),
            "today": today(),
        },
    )


def _is_over(agreement: Agreement, day: date) -> bool:
    return agreement.ended_on is not None and agreement.ended_on < day


def _lacking(request: HttpRequest, day: date) -> list[Lacking]:
    by_kind: dict[str, list[str]] = {}
    for service, kinds in missing_agreements(request.board, Service.objects.active(), {day}).items():
        for kind in kinds:
            by_kind.setdefault(kind, []).append(service.code)
    return [Lacking(kind, services) for kind, services in by_kind.items()]
