"""Registering an agreement that was signed on paper (A6)."""

from datetime import date

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.rights import may_offer_agreements
from agreements.actions.offering import withdraw
from agreements.actions.superseding import (
    former_agreement,
    has_version,
    in_the_way,
    keep,
    lock_board,
    supersede,
)
from agreements.documents import read_uploaded_pdf
from agreements.models import Agreement, Offer, Template
from journal.acts import Actor, Problem, Refused, act
from journal.clock import today
from schools.locking import patiently
from schools.models import Board
from services.wording import day_in_words


def register_on_paper(
    *,
    actor: Actor,
    board: Board,
    template: Template,
    signed_on: date,
    signatory_name: str,
    signatory_function: str,
    upload: UploadedFile,
) -> Agreement:
    """Register what `board` signed on paper on `signed_on`; returns the agreement, in force from that day on.

    `upload` is the scan, a PDF. It comes in the place of the agreement that was in force, and of an open offer of its
    kind and of no later version, which is withdrawn. Raises `Refused` when the actor may not, for a text that is not
    published, a day in the future, without name or function, for a file that is no such PDF, when this version or a
    later one was signed already, and when it would overlap another agreement.
    """
    if not may_offer_agreements(actor):
        raise Refused([Problem("not_allowed", "Alleen Kennisnet support registreert overeenkomsten op papier.")])
    name, function = " ".join(signatory_name.split()), " ".join(signatory_function.split())
    problems = _problems(template, signed_on, name, function)
    try:
        pdf = read_uploaded_pdf(upload)
    except Refused as refused:
        problems += refused.problems
    with transaction.atomic():
        board = lock_board(board)
        with patiently():
            offers = Offer.objects.select_for_update(of=("self",)).select_related("template").open()
            waiting = offers.filter(board=board, kind=template.kind_id).first()
        former = former_agreement(board, template.kind_id, signed_on)
        problems += in_the_way(board, template.kind_id, signed_on)
        if has_version(former, template):
            when = day_in_words(former.signed_on)
            problems.append(Problem("signed_already", f"{board} heeft deze versie al ondertekend op {when}."))
        if former and former.template and former.template.version > template.version:
            problems.append(
                Problem(
                    "older_version",
                    f"{board} heeft al een nieuwere versie ondertekend: versie {former.template.version}. "
                    "Een oudere komt daar niet voor in de plaats.",
                )
            )
        if problems:
            raise Refused(problems)
        if former:
            supersede(former, signed_on, actor=actor)
        with act("agreement.registered", actor=actor):
            agreement = Agreement.objects.create(
                board=board,
                kind_id=template.kind_id,
                template=template,
                signed_on=signed_on,
                signatory_name=name,
                signatory_function=function,
                on_paper=True,
                document=keep(pdf, actor=actor),
                supersedes=former,
            )
        if waiting and waiting.template.version <= template.version:
            withdraw(waiting, actor=actor, reason=f"Op papier ondertekend op {day_in_words(signed_on)}.")
    return agreement


def _problems(template: Template, signed_on: date, name: str, function: str) -> list[Problem]:
    problems = []
    if template.published_on is None:
        problems.append(Problem("draft", f"{template} is nog een concept. Publiceer de tekst eerst."))
    if signed_on > today():
        problems.append(Problem("in_future", "De dag van ondertekening ligt in de toekomst."))
    if not name:
        problems.append(Problem("name_missing", "Vul de naam in van wie heeft getekend."))
    if not function:
        problems.append(Problem("function_missing", "Vul de functie in van wie heeft getekend."))
    return problems
