"""Closing a school: only support says so, or DUO with a closing date; absence from a list does not (D19)."""

from datetime import date, timedelta

from django.db import transaction

from journal.acts import Actor, ActorKind, Problem, Refused, act
from journal.clock import today
from schools.actions.cases import settle_cases_of
from schools.actions.duo_import import wait_for_imports
from schools.models import Board, Case, School

# A closing day that lies further back is more likely a slip of the pen.
LONGEST_AGO = timedelta(days=366)


def close_school(*, actor: Actor, school: School, closing_day: date) -> School:
    """Close a school on `closing_day`, a day in Europe/Amsterdam; returns the school.

    Its mandates end on that day, and those that would begin later are cancelled: the database sees to it. When the day
    lies in the past they end at once, and days on which they were valid stay so (D9). Raises `Refused` unless support
    does it with a reason, or the register itself.
    """
    if actor.kind not in (ActorKind.SUPPORT, ActorKind.REGISTER):
        raise Refused([Problem("not_allowed", "Alleen Kennisnet support kan een school sluiten.")])
    if actor.kind == ActorKind.SUPPORT and not actor.reason.strip():
        raise Refused([Problem("no_reason", "Geef een reden op voor het sluiten van deze school.")])
    if closing_day < today() - LONGEST_AGO:
        raise Refused([Problem("long_ago", "Deze dag is meer dan een jaar geleden. Controleer het jaartal.")])
    with transaction.atomic():
        # Who gives or changes mandates of the school waits until this is done. While no import runs, its board is the
        # one that governs it: not necessarily the one of when `school` was read.
        wait_for_imports()
        Board.objects.select_for_update(no_key=True, of=("self",)).get(schools=school.pk)
        school = School.objects.select_for_update(no_key=True).get(pk=school.pk)
        if school.closed_on == closing_day:
            raise Refused([Problem("closed_already", f"{school} sluit al op die dag.")])
        with act("school.closed", actor=actor):
            school.closed_on = closing_day
            school.save(update_fields=["closed_on"])
        settle_cases_of(school, actor=actor, kinds=(Case.Kind.GONE, Case.Kind.MERGED))
        return school
