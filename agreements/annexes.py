"""Which privacybijsluiter holds for a board (A5)."""

from datetime import date

from django.db.models import Exists, OuterRef

from agreements.gate import needed_for
from agreements.models import Agreement, Template
from schools.models import Board
from services.models import Service


def annexes_of(board: Board, day: date) -> dict[str, Template]:
    """Per kind of agreement (its code) the version whose annex holds for `board` on `day`; without the texts.

    That is the version it signed, or else the newest one. A kind without any published text is not in the answer.
    """
    signed = Agreement.objects.in_force(day).filter(board=board, template=OuterRef("pk"))
    templates = (
        Template.objects.filter(published_on__isnull=False)
        .annotate(is_signed=Exists(signed))
        .order_by("kind_id", "-is_signed", "-version")
        .distinct("kind_id")
        .only("kind_id", "version", "title")
    )
    return {template.kind_id: template for template in templates}


def kind_of_annex(service: Service) -> str:
    """The kind of agreement (its code) in whose annex `service` is described: its own, or else OSR."""
    return needed_for(service)[-1]
