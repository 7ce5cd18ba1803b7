"""Ending an agreement, with the mandates that need it (A7)."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.rights import may_end_agreements
from agreements.gate import InForce
from agreements.models import OSR, Agreement
from journal.acts import Actor, Problem, Refused, act
from journal.clock import today
from mandates.actions.previews import NewDates, Outcome, RegisterChanged, Row, change_dates, differences
from mandates.models import Mandate
from mandates.wording import day_in_words
from schools.locking import patiently
from schools.models import Board

_ENDED = "mandate.agreement_ended"


@dataclass(frozen=True, kw_only=True)
class EndOfAgreement:
    """What ending an agreement would do now, mandate by mandate; a value, like `mandates.actions.previews.Preview`.

    `agreement` is which one, `board` a number, `kind` the code of its kind, `last_day` the last one on which it is in
    force.
    """

    agreement: UUID
    board: str
    kind: str
    last_day: date
    rows: tuple[Row, ...]


def preview_end_of_agreement(*, actor: Actor, agreement: Agreement, last_day: date) -> EndOfAgreement:
    """What would happen if `agreement` ended after `last_day`; nothing does yet.

    Mandates that need it get that last day too; those that begin later are cancelled. Yesterday as last day ends it at
    once. Raises `Refused` when the actor may not, when it is over or ends no later already, and for a day before
    yesterday: the past does not change (D9).
    """
    _refuse_who_may_not(actor)
    if problems := _problems(agreement, last_day):
        raise Refused(problems)
    return _preview(agreement, last_day)


def end_agreement(*, actor: Actor, shown: EndOfAgreement) -> Agreement:
    """Do exactly what the preview says, in one transaction; returns the agreement as it has become.

    Raises `RegisterChanged` when it would now do something else, and `Refused` as the preview does; then nothing has
    changed.
    """
    _refuse_who_may_not(actor)
    with transaction.atomic():
        _lock(shown.board)
        agreement = Agreement.objects.select_related("board").get(uuid=shown.agreement)
        if problems := _problems(agreement, shown.last_day):
            raise Refused(problems)
        now = _preview(agreement, shown.last_day)
        if now != shown:
            raise RegisterChanged(differences(shown.rows, now.rows))
        agreement.ended_on = shown.last_day
        with act("agreement.ended", actor=actor):
            agreement.save(update_fields=["ended_on"])
        change_dates([change for row in now.rows for change in row.changes], actor=actor)
    return agreement


def _refuse_who_may_not(actor: Actor) -> None:
    if not may_end_agreements(actor):
        raise Refused(
            [
                Problem(
                    "not_allowed", "Alleen een hoofd van Kennisnet support beëindigt een overeenkomst, met een reden."
                )
            ]
        )


def _lock(number: str) -> None:
    """Lock the board, with all boards whose schools have mandates that it gave (D20), in a fixed order."""
    given = Mandate.objects.filter(granting_board__number=number)
    with patiently():
        boards = Board.objects.filter(Q(number=number) | Q(pk__in=given.values("school__board"))).order_by("pk")
        list(boards.select_for_update(no_key=True))


def _problems(agreement: Agreement, last_day: date) -> list[Problem]:
    if agreement.is_over(today()):
        ended = day_in_words(agreement.ended_on)
        return [Problem("is_over", f"Deze overeenkomst is al geëindigd, op {ended}. Kijk welke nu van kracht is.")]
    yesterday = today() - timedelta(days=1)
    if last_day < yesterday:
        return [
            Problem(
                "in_past",
                f"Kies {day_in_words(yesterday)} om de overeenkomst meteen te beëindigen, of een latere dag. "
                "Wat daarvoor gold, verandert niet.",
            )
        ]
    if last_day < agreement.signed_on - timedelta(days=1):
        return [Problem("before_signing", f"De overeenkomst begint pas op {day_in_words(agreement.signed_on)}.")]
    if agreement.ended_on and agreement.ended_on <= last_day:
        return [Problem("ends_already", f"De overeenkomst eindigt al op {day_in_words(agreement.ended_on)}.")]
    return []


def _preview(agreement: Agreement, last_day: date) -> EndOfAgreement:
    in_force = InForce(
        (board, kind, signed_on, last_day if pk == agreement.pk else ended_on)
        for pk, board, kind, signed_on, ended_on in Agreement.objects.filter(board=agreement.board).values_list(
            "pk", "board_id", "kind", "signed_on", "ended_on"
        )
    )
    rows = [
        row
        for mandate in needing(agreement).filter(Q(end_date=None) | Q(end_date__gt=last_day))
        if (row := _row(mandate, last_day, in_force))
    ]
    return EndOfAgreement(
        agreement=agreement.uuid,
        board=agreement.board.number,
        kind=agreement.kind_id,
        last_day=last_day,
        rows=tuple(rows),
    )


def needing(agreement: Agreement) -> QuerySet[Mandate]:
    """The mandates that need an agreement of this kind of this board: those that it gave (D5)."""
    mandates = Mandate.objects.filter(granting_board=agreement.board)
    if agreement.kind_id != OSR:
        mandates = mandates.filter(service__agreement_kind=agreement.kind_id)
    return mandates.select_related("school", "board", "service", "system").order_by(
        "school__name", "school__brin", "service__code", "system__name", "start_date", "pk"
    )


def _row(mandate: Mandate, last_day: date, in_force: InForce) -> Row | None:
    """What happens to a mandate; None when it was cancelled, or another agreement holds on the days that remain."""
    if mandate.is_cancelled:
        return None
    first_day = max(mandate.start_date, last_day + timedelta(days=1))
    until = in_force.last_day(mandate.granting_board_id, mandate.service, first_day)
    if until >= (mandate.end_date or date.max):
        return None
    day_before = mandate.start_date - timedelta(days=1)
    is_cancelled = last_day < mandate.start_date
    return Row(
        holder=mandate.school.brin if mandate.school else mandate.board.number,
        service=mandate.service.code,
        system=mandate.system.name,
        outcome=Outcome.CANCELLED if is_cancelled else Outcome.ENDED,
        text="wordt geannuleerd en is nooit geldig" if is_cancelled else f"eindigt op {day_in_words(last_day)}",
        changes=(
            NewDates(
                mandate=mandate.uuid,
                start_date=mandate.start_date,
                end_date=max(last_day, day_before),
                type=_ENDED,
            ),
        ),
    )
