"""Changing mandates: one function per thing a user can intend.

Each checks the right (D4), locks the board, changes the rows within one act, or raises `Refused` with all problems at
once and changes nothing. Whatever a caller forgets to check, the database refuses.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from accounts.rights import may_manage_mandates
from agreements.gate import missing_agreements
from journal.acts import Actor, ActorKind, Refused, act
from journal.clock import today
from mandates.models import Mandate
from mandates.wording import day_in_words
from schools.models import Board, School
from services.models import Service, System

NOT_YOURS = "U mag geen mandaten beheren voor {board}. Alleen een OSR-beheerder van dat bestuur mag dat."


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A system chosen for a service."""

    service: Service
    system: System


def grant_mandates(
    *,
    actor: Actor,
    school: School,
    choices: Sequence[Choice],
    start_date: date,
    end_date: date | None = None,
    locations: Sequence[str] | None = None,
) -> list[Mandate]:
    """Give a mandate for each of the choices: all of them, or none.

    The holder follows from the service's level: the school, or its board (D1). `start_date` and the last valid day
    `end_date` are days in Europe/Amsterdam; without `end_date` the mandates stay valid. `locations` are codes (BRIN6)
    of the school's locations to which the mandates are limited; None means all of them (D3).

    Raises `Refused` for each rule it goes against: D2, D3, D4, D5, D6, D7.
    """
    with transaction.atomic():
        board = _lock_board(school.board_id)
        school = School.objects.get(pk=school.pk)
        if school.board_id != board.pk or not may_manage_mandates(actor, board):
            raise Refused([NOT_YOURS.format(board=board)])
        problems = [
            *_date_problems(actor, start_date, end_date),
            *_school_problems(school, start_date),
            *_location_problems(school, choices, locations),
            *_agreement_problems(board, choices, start_date),
            *_system_problems(choices),
            *_overlap_problems(school, choices, start_date, end_date),
        ]
        if not choices:
            problems.append("Kies ten minste één dienst.")
        if problems:
            raise Refused(problems)
        with act("mandate.granted", actor=actor):
            return Mandate.objects.bulk_create(
                Mandate(
                    service=choice.service,
                    system=choice.system,
                    school=school if choice.service.level == Service.Level.SCHOOL else None,
                    board=board if choice.service.level == Service.Level.BOARD else None,
                    granting_board=board,
                    start_date=start_date,
                    end_date=end_date,
                    locations=sorted(set(locations)) if locations else None,
                )
                for choice in choices
            )


def revoke_mandate(*, actor: Actor, mandate: Mandate) -> Mandate:
    """Revoke a mandate at once: it is not valid today or later; for days before today it was (D9).

    A mandate that had not started is cancelled: it was never valid on any day. Returns the mandate as it has become.
    Raises `Refused` when the actor may not, or when the mandate has ended already.
    """
    with transaction.atomic():
        holder_board = mandate.school.board_id if mandate.school_id else mandate.board_id
        board = _lock_board(holder_board)
        mandate = Mandate.objects.select_related("school", "board", "service", "system__supplier").get(pk=mandate.pk)
        if (mandate.school or mandate).board_id != board.pk or not may_manage_mandates(actor, board):
            raise Refused([NOT_YOURS.format(board=board)])
        if not Mandate.objects.current_and_coming(today()).filter(pk=mandate.pk).exists():
            raise Refused(["Dit mandaat is al beëindigd. Er is niets veranderd."])
        started = mandate.start_date <= today()
        mandate.end_date = max(mandate.start_date, today()) - timedelta(days=1)
        with act("mandate.revoked" if started else "mandate.cancelled", actor=actor):
            mandate.save(update_fields=["end_date"])
        return mandate


def _lock_board(pk: int) -> Board:
    """The board, locked until the end of the transaction: changes to mandates of one board wait for each other."""
    return Board.objects.select_for_update(no_key=True).get(pk=pk)


def _date_problems(actor: Actor, start_date: date, end_date: date | None) -> list[str]:
    problems = []
    if start_date < today() and actor.kind != ActorKind.SUPPORT:
        problems.append("De startdatum ligt in het verleden. Kies vandaag of een latere dag.")
    if end_date is not None and end_date < start_date:
        problems.append("De einddatum ligt vóór de startdatum. Kies een latere einddatum of laat die leeg.")
    return problems


def _school_problems(school: School, start_date: date) -> list[str]:
    if school.closed_on is None or start_date <= school.closed_on:
        return []
    return [f"{school} sluit op {day_in_words(school.closed_on)}. Na die dag kan er geen mandaat beginnen."]


def _location_problems(school: School, choices: Sequence[Choice], locations: Sequence[str] | None) -> list[str]:
    if not locations:
        return []
    problems = [
        f"{choice.service.code} geldt voor het hele bestuur en kan niet tot vestigingen beperkt worden."
        for choice in choices
        if choice.service.level == Service.Level.BOARD
    ]
    own = set(school.locations.values_list("code", flat=True))
    problems += [f"{code} is geen vestiging van {school}." for code in sorted(set(locations) - own)]
    return problems


def _agreement_problems(board: Board, choices: Sequence[Choice], start_date: date) -> list[str]:
    missing = missing_agreements(board, [choice.service for choice in choices], {today(), max(today(), start_date)})
    return [
        f"Voor {service.code} mist {board} de overeenkomst {' en '.join(kinds)}. "
        "Vraag Kennisnet erom: support@kennisnet.nl of 0800-321 22 33."
        for service, kinds in missing.items()
    ]


def _system_problems(choices: Sequence[Choice]) -> list[str]:
    problems = []
    for choice in choices:
        if not choice.service.is_active:
            problems.append(f"De dienst {choice.service.code} is beëindigd.")
        elif not System.objects.connected_for(choice.service, today()).filter(pk=choice.system.pk).exists():
            problems.append(f"{choice.system} is niet aangesloten voor {choice.service.code}. Kies een ander systeem.")
    return problems


def _overlap_problems(school: School, choices: Sequence[Choice], start_date: date, end_date: date | None) -> list[str]:
    problems = []
    for choice in choices:
        existing = Mandate.objects.held_by(school, choice.service).overlapping(start_date, end_date)
        if mandate := existing.filter(system=choice.system).first():
            until = f" tot en met {day_in_words(mandate.end_date)}" if mandate.end_date else ""
            problems.append(
                f"{choice.system} heeft voor {choice.service.code} al een mandaat vanaf "
                f"{day_in_words(mandate.start_date)}{until}. Kies een andere periode."
            )
    return problems
