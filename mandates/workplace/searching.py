"""The one search box of the workplace: what support has in hand, a number, a name or a piece of a token, is enough."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import ShownError
from mandates.models import Mandate
from schools import numbers
from schools.models import Board, School
from services.models import Service, Supplier, System

# How many of each kind are shown; the list of that kind shows the others.
SHOWN = 10
# The first characters of a UUID, or of a token: fewer say nothing. Of a token so few or all of it: who could go on from
# a part of it, character by character, would have it (D10).
_LEAST, _MOST_OF_TOKEN, _WHOLE = 6, 8, 32


@dataclass(frozen=True)
class Hit:
    """Something that was found: what it is called, what tells it from others, and where it is shown."""

    title: str
    details: str
    url: str


@dataclass(frozen=True)
class Hits:
    """What was found of one kind. `more` is the address of all of them, when there are more than are shown."""

    heading: str
    hits: list[Hit]
    more: str


def search(text: str, *, among_tokens: bool = False) -> list[Hits]:
    """What the register holds that `text` may mean: BRIN or BRIN6, OIN, board number, name, the number of an error page
    as it is read out, the first characters of a mandate's UUID or, `among_tokens`, the first six to eight of its token,
    or all of it.

    Kinds of which nothing was found are not in the answer.
    """
    wanted = " ".join(text.split())
    if not wanted:
        return []
    found = [*(kind(wanted) for kind in _KINDS), _mandates(wanted, among_tokens)]
    return [hits for hits in found if hits]


def _hits(heading: str, rows: QuerySet, text: str, hit: Callable[[Any], Hit], model_name: str) -> Hits | None:
    found = list(rows[: SHOWN + 1])
    if not found:
        return None
    everything = f"{reverse(f'admin:{model_name}_changelist')}?{urlencode({'q': text})}"
    more = everything if len(found) > SHOWN else ""
    return Hits(heading, [hit(row) for row in found[:SHOWN]], more)


def _boards(text: str) -> Hits | None:
    wanted = Q(name__unaccent__icontains=text)
    if text.isascii() and text.isdigit() and len(text) <= 5:
        wanted |= Q(number=text.zfill(5))
    return _hits(
        "Besturen",
        Board.objects.filter(wanted).order_by("name", "number"),
        text,
        lambda board: Hit(str(board), board.number, _address("schools_board", board)),
        "schools_board",
    )


def _schools(text: str) -> Hits | None:
    brin = _brin_in(text.upper())
    schools = School.objects.filter(brin=brin) if brin else School.objects.matching(text)
    return _hits(
        "Scholen",
        schools.select_related("board").order_by("name", "brin"),
        text,
        lambda school: Hit(
            school.name, f"{school.brin}, {school.city}, {school.board}", _address("schools_school", school)
        ),
        "schools_school",
    )


def _brin_in(code: str) -> str | None:
    """The BRIN that a BRIN, the code of a vestiging, the OIN of a school or a routing id names."""
    if re.fullmatch(numbers.BRIN, code) or re.fullmatch(numbers.LOCATION_CODE, code):
        return code[:4]
    return code[11:15] if re.fullmatch(numbers.ROUTING_ID, code) else None


def _suppliers(text: str) -> Hits | None:
    return _hits(
        "Leveranciers",
        Supplier.objects.filter(
            Q(oin=text.upper()) | Q(name__unaccent__icontains=text) | Q(group__name__unaccent__icontains=text)
        ).order_by("name"),
        text,
        lambda supplier: Hit(supplier.name, supplier.oin, _address("services_supplier", supplier)),
        "services_supplier",
    )


def _systems(text: str) -> Hits | None:
    return _hits(
        "Systemen",
        System.objects.filter(name__unaccent__icontains=text).select_related("supplier").order_by("name"),
        text,
        lambda system: Hit(
            system.name, f"{system.get_kind_display()} van {system.supplier}", _address("services_system", system)
        ),
        "services_system",
    )


def _services(text: str) -> Hits | None:
    return _hits(
        "Diensten",
        Service.objects.filter(Q(code__icontains=text) | Q(name__icontains=text)).order_by("code"),
        text,
        lambda service: Hit(service.code, service.name, _address("services_service", service)),
        "services_service",
    )


def _shown_errors(text: str) -> Hits | None:
    reference = re.sub(r"[\s-]", "", text).upper()
    if not re.fullmatch("[2-9A-Z]{8}", reference):
        return None
    return _hits(
        "Foutpagina’s",
        ShownError.objects.filter(reference=reference),
        text,
        lambda error: Hit(
            error.read_out,
            f"{timezone.localtime(error.moment):%d-%m-%Y %H:%M}, {error.get_status_display()}",
            _address("accounts_shownerror", error),
        ),
        "accounts_shownerror",
    )


def _mandates(text: str, among_tokens: bool) -> Hits | None:
    digits = text.lower().replace("-", "")
    if not re.fullmatch(f"[0-9a-f]{{{_LEAST},{_WHOLE}}}", digits):
        return None
    # From the first to the last that begins so: that way the index of a table of millions does it.
    between = (UUID(digits.ljust(_WHOLE, "0")), UUID(digits.ljust(_WHOLE, "f")))
    wanted = Q(uuid__range=between)
    if among_tokens and (len(digits) <= _MOST_OF_TOKEN or len(digits) == _WHOLE):
        wanted |= Q(token__range=between)
    return _hits(
        "Mandaten",
        Mandate.objects.filter(wanted).in_full().order_by("pk"),
        text,
        lambda mandate: Hit(str(mandate), str(mandate.uuid), _address("mandates_mandate", mandate)),
        "mandates_mandate",
    )


_KINDS = (_boards, _schools, _suppliers, _systems, _services, _shown_errors)


def _address(model: str, row: Any) -> str:
    return reverse(f"admin:{model}_change", args=[row.pk])
