"""Health: `live` says that the process answers, `ready` that it can do its work."""

from typing import NamedTuple

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe


class Standing(NamedTuple):
    """Whether the register works now, and how a badge says so (`components/status.html`)."""

    works: bool
    state: str
    label: str


@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and has every migration; else 503, with which of the two fails."""
    if problem := _problem():
        return JsonResponse({"status": "unavailable", "database": problem}, status=503)
    return JsonResponse({"status": "ok", "database": "ok"})


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """The same for people: whether the register works now; 503 when it does not. Says nothing about what fails."""
    works = standing().works
    return render(request, "status.html", {"works": works, "moment": timezone.now()}, status=200 if works else 503)


def standing() -> Standing:
    """Whether the register works now, for people; never raises because the database is away."""
    if _problem():
        return Standing(False, "missing", "Het register werkt nu niet")
    return Standing(True, "mandated", "Het register werkt")


def _problem() -> str:
    """What keeps the register from doing its work; empty when nothing does."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error:
        return "unreachable"
    return f"{len(waiting)} migrations to apply" if waiting else ""
