"""Agreements on their way: offered, signed, declined and ended. Nobody can unsubscribe from these (A2, A3, A7)."""

from django.urls import reverse

from agreements.models import Agreement, Offer
from journal.clock import today
from journal.models import Entry
from mandates.wording import day_in_words
from notifications.letters.letter import Attachment, Letter, Link, Section
from notifications.models import Message

_CANNOT_BE_TURNED_OFF = "Mail over overeenkomsten kunt u niet uitzetten."


def offered(message: Message) -> Letter | None:
    """To the tekenbevoegde: there is something to sign; None when it is no longer."""
    offer = _offer(message)
    return _to_sign(offer, f"Onderteken de {_agreement(offer)}") if _waits_for_a_signature(offer) else None


def reminded(message: Message) -> Letter | None:
    """To the tekenbevoegde: it is not signed yet."""
    offer = _offer(message)
    return _to_sign(offer, f"Herinnering: onderteken de {_agreement(offer)}") if _waits_for_a_signature(offer) else None


def withdrawn(message: Message) -> Letter | None:
    """To the tekenbevoegde: it need not be signed any more; None when another one has come in its place (A4)."""
    offer = _offer(message)
    if Offer.objects.filter(board=offer.board, kind=offer.kind_id, status=Offer.Status.OFFERED).exists():
        return None
    return Letter(
        subject=f"U hoeft de {_agreement(offer)} niet meer te ondertekenen",
        opening=f"Kennisnet vroeg u om de {_agreement(offer)} te ondertekenen. Dat hoeft niet meer.",
        sections=[Section(heading="Waarom", text=offer.withdrawn_reason)],
        why=_why_signatory(offer),
    )


def declined(message: Message) -> Letter | None:
    """To Kennisnet support: the board does not sign, and why."""
    entry, offer = _entry(message), _offer(message)
    return Letter(
        subject=f"Geweigerd: de {_agreement(offer)}",
        opening=f"{offer.board} ({offer.board.number}) ondertekent de {_agreement(offer, of_board=False)} niet.",
        sections=[
            Section(
                heading="Wie en waarom",
                lines=[
                    f"Wie: {entry.actor['name']}",
                    f"Wanneer: {day_in_words(offer.closed_on)}",
                    f"Versie: {offer.template.version}",
                    f"Reden: {offer.declined_reason}",
                ],
                link=Link("Naar de werkplek", reverse("admin:index"), for_board=False),
            )
        ],
        why="Het register stuurt elke geweigerde overeenkomst naar Kennisnet support.",
    )


def receipt(message: Message) -> Letter | None:
    """To who signed: the proof of it, with the sealed PDF (A3)."""
    agreement = _signed(message)
    what = _agreement(agreement)
    return Letter(
        subject=f"Ontvangstbewijs: u hebt de {what} ondertekend",
        opening=f"U hebt op {day_in_words(agreement.signed_on)} de {what} ondertekend.",
        sections=[
            Section(
                heading="De ondertekende overeenkomst",
                text=(
                    "Die vindt u in de bijlage. Er zit een digitaal zegel op: een PDF-lezer laat zien dat er niets "
                    "aan is veranderd. Bewaar hem goed."
                ),
                lines=[
                    f"Naam: {agreement.signatory_name}",
                    f"Functie: {agreement.signatory_function}",
                    f"Versie: {agreement.template.version}",
                ],
                link=Link("Naar de overeenkomst", reverse("agreements:agreement", args=[agreement.uuid])),
            ),
            Section(heading="Hebt u dit niet gedaan?", text="Neem dan direct contact op met Kennisnet support."),
        ],
        why=f"U krijgt deze mail omdat u hebt ondertekend. {_CANNOT_BE_TURNED_OFF}",
        attachments=[
            Attachment(
                f"overeenkomst-{agreement.kind_id}-{agreement.board.number}-{agreement.signed_on}.pdf",
                bytes(agreement.document.content),
            )
        ],
    )


def agreed(message: Message) -> Letter | None:
    """To the others of the board: there is an agreement."""
    agreement = _signed(message)
    signed = (
        f"Kennisnet heeft de {_agreement(agreement)} geregistreerd, die op papier is ondertekend."
        if agreement.on_paper
        else f"De {_agreement(agreement)} is ondertekend."
    )
    return Letter(
        subject=f"De {_agreement(agreement)} is ondertekend",
        opening=signed,
        sections=[
            Section(
                heading="Door wie en wanneer",
                lines=[
                    ", ".join(filter(None, [agreement.signatory_name, agreement.signatory_function])),
                    day_in_words(agreement.signed_on),
                ],
                link=Link("Naar de overeenkomst", reverse("agreements:agreement", args=[agreement.uuid])),
            )
        ],
        why=_why_of_board(agreement),
    )


def agreement_ended(message: Message) -> Letter | None:
    """To all of the board: an agreement has ended, and how many mandates with it (A7)."""
    entry, agreement = _entry(message), _signed(message)
    with_it = Entry.objects.filter(transaction_id=entry.transaction_id, actor=entry.actor, subject_kind="mandate")
    mandates = with_it.values("subject_key").distinct().count()
    ends = "is beëindigd" if agreement.is_over(today()) else f"eindigt na {day_in_words(agreement.ended_on)}"
    meaning = {0: "Er eindigen geen mandaten mee.", 1: "Er eindigt 1 mandaat mee."}
    return Letter(
        subject=f"De {_agreement(agreement)} {ends}",
        opening=f"De {_agreement(agreement)} {ends}.",
        sections=[
            Section(
                heading="Wat dit betekent",
                text=meaning.get(mandates, f"Er eindigen {mandates} mandaten mee."),
                lines=[
                    f"Laatste dag: {day_in_words(agreement.ended_on)}",
                    *([f"Reden: {entry.reason}"] if entry.reason else []),
                ],
                link=Link("Naar de overeenkomst", reverse("agreements:agreement", args=[agreement.uuid])),
            )
        ],
        why=_why_of_board(agreement),
    )


def _to_sign(offer: Offer, subject: str) -> Letter:
    text = f"Log in, lees de overeenkomst en onderteken hem. Doe dit uiterlijk op {day_in_words(offer.respond_by)}."
    if Agreement.objects.in_force(today()).filter(board=offer.board, kind=offer.kind_id).exists():
        text += " Tot die dag geldt de versie die uw bestuur eerder ondertekende."
    return Letter(
        subject=subject,
        opening=f"Kennisnet vraagt u om de {_agreement(offer)} te ondertekenen.",
        sections=[
            Section(
                heading="Wat u doet",
                text=text,
                lines=[
                    f"Overeenkomst: {offer.template.title}, versie {offer.template.version}",
                    f"Bestuur: {offer.board} ({offer.board.number})",
                ],
                link=Link("Lezen en ondertekenen", reverse("agreements:sign", args=[offer.uuid])),
            ),
            Section(
                heading="Bent u niet de tekenbevoegde?",
                text="Laat het Kennisnet support weten. Dan vragen wij de juiste persoon.",
            ),
        ],
        why=_why_signatory(offer),
    )


def _entry(message: Message) -> Entry:
    return Entry.objects.get(pk=int(message.about))


def _offer(message: Message) -> Offer:
    offers = Offer.objects.select_related("board", "template")
    return offers.get(pk=_entry(message).after["id"])


def _signed(message: Message) -> Agreement:
    agreements = Agreement.objects.select_related("board", "template", "document")
    return agreements.get(pk=_entry(message).after["id"])


def _waits_for_a_signature(offer: Offer) -> bool:
    return offer.status == Offer.Status.OFFERED


def _agreement(row: Offer | Agreement, *, of_board: bool = True) -> str:
    return f"{row.kind_id}-overeenkomst" + (f" van {row.board}" if of_board else "")


def _why_signatory(offer: Offer) -> str:
    return f"U krijgt deze mail omdat Kennisnet u kent als tekenbevoegde van {offer.board}. {_CANNOT_BE_TURNED_OFF}"


def _why_of_board(agreement: Agreement) -> str:
    return f"U krijgt deze mail omdat u in het register voor {agreement.board} werkt. {_CANNOT_BE_TURNED_OFF}"
