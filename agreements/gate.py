"""The gate before a mandate: which agreements a board must have in force (D5)."""

from collections.abc import Iterable
from datetime import date

from agreements.models import OSR, Agreement
from schools.models import Board
from services.models import Service


def missing_agreements(board: Board, services: Iterable[Service], days: Iterable[date]) -> dict[Service, list[str]]:
    """Per service the kinds of agreement that `board` lacks for it on any of `days`; OSR first.

    Services for which nothing is missing are not in the answer.
    """
    in_force = [
        set(Agreement.objects.in_force(day).filter(board=board).values_list("kind", flat=True)) for day in set(days)
    ]
    held = set.intersection(*in_force)
    missing = {}
    for service in services:
        needed = [OSR, service.agreement_kind] if service.agreement_kind else [OSR]
        if lacking := [kind for kind in needed if kind not in held]:
            missing[service] = lacking
    return missing
