"""Cases: what support must look at after an import (D19, D20)."""

from collections.abc import Collection, Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone

from journal.acts import Actor, Problem, Refused, act
from journal.clock import today
from schools.models import Case, School


def open_cases(seen: Iterable[tuple[str, Case.Kind, str]], *, actor: Actor, day: date) -> list[Case]:
    """Open a case for each (BRIN, kind, what was seen), unless one of that kind is open for the school."""
    seen = list(seen)
    schools = dict(School.objects.filter(brin__in={brin for brin, _, _ in seen}).values_list("brin", "pk"))
    is_open = set(Case.objects.filter(school__in=schools.values(), closed_on=None).values_list("school__brin", "kind"))
    with act("case.opened", actor=actor):
        return Case.objects.bulk_create(
            Case(school_id=schools[brin], kind=kind, text=text, opened_on=day)
            for brin, kind, text in seen
            if (brin, kind) not in is_open
        )


def look_at_case(*, actor: Actor, case: Case) -> Case:
    """Support looked at a case and leaves it open; the reason says what was found.

    Raises `Refused` when it was settled before, or no reason is given.
    """
    if not actor.reason.strip():
        raise Refused([Problem("no_reason", "Zeg kort wat u zag.")])
    with transaction.atomic():
        case = _open(case)
        with act("case.looked_at", actor=actor):
            case.looked_at = timezone.now()
            case.save(update_fields=["looked_at"])
        return case


def settle_case(*, actor: Actor, case: Case) -> Case:
    """Support is done with a case. Raises `Refused` when it was settled before, or no reason is given."""
    if not actor.reason.strip():
        raise Refused([Problem("no_reason", "Zeg kort wat er met deze zaak is gedaan.")])
    with transaction.atomic():
        case = _open(case)
        with act("case.settled", actor=actor):
            case.closed_on = today()
            case.save(update_fields=["closed_on"])
        return case


def _open(case: Case) -> Case:
    """The case, locked. Raises `Refused` when it was settled before."""
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if case.closed_on is not None:
        raise Refused([Problem("settled_already", "Deze zaak is al afgehandeld.")])
    return case


def settle_cases_of(school: School, *, actor: Actor, kinds: Collection[Case.Kind]) -> None:
    """Settle the open cases of these kinds, because what was done to the school answers them."""
    with act("case.settled", actor=actor):
        Case.objects.filter(school=school, kind__in=kinds, closed_on=None).update(closed_on=today())
