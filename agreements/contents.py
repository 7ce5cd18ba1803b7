"""What is in the overeenkomst of a bestuur: the text of a version, filled in with the bestuur and its schools."""

from datetime import datetime
from hashlib import sha256

from django.db.models import Q

from agreements.documents import Contract, contract_pdf
from agreements.models import Offer, Template
from journal.clock import today
from schools.models import Board, School


def contract_of(
    board: Board,
    template: Template,
    *,
    signatory_name: str = "",
    signatory_function: str = "",
    signed_at: datetime | None = None,
) -> Contract:
    """The agreement of `board` in the words of `template`, with the schools that it governs today by name.

    As long as it is not signed it names nobody.
    """
    schools = School.objects.of_board(board.number).filter(Q(closed_on=None) | Q(closed_on__gte=today()))
    return Contract(
        title=template.title,
        kind=template.kind_id,
        version=template.version,
        board_name=str(board),
        board_number=board.number,
        schools=tuple(schools.order_by("name", "brin").values_list("brin", "name")),
        body=template.body,
        annex_service=template.annex_service,
        annex_categories=tuple(template.annex_categories),
        signatory_name=signatory_name,
        signatory_function=signatory_function,
        signed_at=signed_at,
    )


def example_of(template: Template) -> Contract:
    """The agreement of a board that does not exist, to see what a version looks like before it is published."""
    return Contract(
        title=template.title,
        kind=template.kind_id,
        version=template.version,
        board_name="Stichting Voorbeeld",
        board_number="00000",
        schools=(("00AA", "Voorbeeldschool"),),
        body=template.body,
        annex_service=template.annex_service,
        annex_categories=tuple(template.annex_categories),
    )


def offered_pdf(offer: Offer) -> bytes:
    """The agreement as the signatory reads it before signing (A3); the same until a text or a school changes."""
    return contract_pdf(contract_of(offer.board, offer.template))


def digest_of(pdf: bytes) -> str:
    """The SHA-256 of a document, in hexadecimal: what is signed must be what was shown."""
    return sha256(pdf).hexdigest()
