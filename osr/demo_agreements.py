"""The agreements of the demo: a published text of every kind, and an offer that waits to be signed.

The texts are in `demo_texts`, one file per kind: a title, the articles and, under a heading of its own, the
privacybijsluiter, which ends with the categories of personal data as a list.
"""

from datetime import timedelta
from pathlib import Path

from agreements.actions import draft_template, offer_agreement, publish_template, request_agreement
from agreements.models import Kind
from journal.acts import Actor, ActorKind
from journal.clock import today
from schools.models import Board

_TEXTS = Path(__file__).parent / "demo_texts"
_ANNEX = "\n# Privacybijsluiter\n"
_TIME_TO_SIGN = timedelta(days=30)
# The bestuur without agreement, and its people.
_BOARD = "99005"
_JOOST = Actor(kind=ActorKind.ADMINISTRATOR, name="Joost Hendriks", board_number=_BOARD)
_DIRK, _DIRKS_ADDRESS = "Dirk Bakker", "dirk.bakker@aanzee.example"
_SUPPORT = Actor(kind=ActorKind.SUPPORT, name="Sam Jansen", reason="Eerste overeenkomsten van de demo")


def make_demo_agreements() -> None:
    """Publish the texts, and offer one to the tekenbevoegde of the bestuur that has no agreement yet."""
    for file in sorted(_TEXTS.glob("*.md")):
        _publish(Kind.objects.get(code=file.stem), file.read_text())
    _offer()


def _publish(kind: Kind, text: str) -> None:
    agreement, annex = text.split(_ANNEX)
    title, body = agreement.removeprefix("# ").split("\n", 1)
    service, categories = annex.split("\n- ", 1)
    draft = draft_template(
        actor=_SUPPORT,
        kind=kind,
        title=title,
        body=body,
        annex_service=service,
        annex_categories=categories.split("\n- "),
    )
    publish_template(actor=_SUPPORT, template=draft)


def _offer() -> None:
    offer = request_agreement(actor=_JOOST, board=Board.objects.get(number=_BOARD), kind=Kind.objects.get(code="OSR"))
    offer_agreement(
        actor=_SUPPORT,
        offer=offer,
        signatory_name=_DIRK,
        signatory_email=_DIRKS_ADDRESS,
        respond_by=today() + _TIME_TO_SIGN,
    )
