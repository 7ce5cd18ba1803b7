"""Agreements that are offered, signed, declined and ended: who is mailed, and what (A2-A4, A6, A7)."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Membership, SupportAccount
from agreements.actions import (
    decline_offer,
    offer_agreement,
    register_on_paper,
    remind,
    request_agreement,
    sign_agreement,
    withdraw_offer,
)
from agreements.contents import digest_of, offered_pdf
from agreements.documents import contract_pdf, verify
from agreements.models import Agreement, Kind, Offer
from journal.acts import Actor, ActorKind, act
from journal.clock import today
from mandates.actions.end_agreement import end_agreement, preview_end_of_agreement
from mandates.wording import day_in_words
from notifications import sending
from notifications.letters import letter_for
from notifications.models import Message
from tests import factories as make
from tests.agreements.contracts import a_contract
from tests.notifications.conftest import news
from tests.register import make_support

DAY = timedelta(days=1)
IN_A_MONTH = today() + 30 * DAY


@pytest.fixture
def sam(regenboog) -> Actor:
    """A lead of Kennisnet support."""
    return make_support(role=SupportAccount.Role.LEAD).actor(reason="Gevraagd door het bestuur")


@pytest.fixture
def tineke(regenboog, colleague) -> Actor:
    """The tekenbevoegde of De Regenboog."""
    user = colleague("Tineke Smit", Membership.Role.SIGNATORY)
    return Actor(kind=ActorKind.SIGNATORY, name=user.name, user_id=user.pk, board_number="99001")


@pytest.fixture
def offer(regenboog, sam, tineke) -> Offer:
    """The OSO agreement, offered to Tineke Smit."""
    make.TemplateFactory(kind="OSO", title="Overeenkomst OSO")
    requested = request_agreement(actor=sam, board=regenboog.board, kind=Kind.objects.get(code="OSO"))
    return offer_agreement(
        actor=sam,
        offer=requested,
        signatory_name="Tineke Smit",
        signatory_email="tineke@regenboog.example",
        respond_by=IN_A_MONTH,
    )


def sign(offer: Offer, actor: Actor) -> Agreement:
    return sign_agreement(
        actor=actor,
        offer=offer,
        name=actor.name,
        function="Voorzitter",
        consent=True,
        document_digest=digest_of(offered_pdf(offer)),
    )


def by_kind(kind: Message.Kind) -> list[Message]:
    return [message for message in news() if message.kind == kind]


def said(letter) -> str:
    return " ".join(part for section in letter.sections for part in (section.text, *section.lines))


def test_an_offer_is_mailed_to_who_is_asked_to_sign(anke, offer):
    """A2: who need not have signed in before."""
    (message,) = news()

    assert (message.address, message.user) == ("tineke@regenboog.example", None)
    letter = letter_for(message)
    assert letter.subject == "Onderteken de OSO-overeenkomst van Stichting De Regenboog"
    assert f"uiterlijk op {day_in_words(IN_A_MONTH)}" in said(letter)
    assert "Overeenkomst OSO, versie 1" in said(letter)
    assert letter.sections[0].link.path == f"/overeenkomsten/aanbod/{offer.uuid}/"
    assert letter.topics == ()


def test_an_offer_to_several_goes_to_each_of_them(offer, sam):
    with act("offer.reminded", actor=sam):
        offer.signatory_email = "tineke@regenboog.example, piet@regenboog.example"
        offer.save()

    reminded = by_kind(Message.Kind.REMINDED)

    assert [message.address for message in reminded] == ["tineke@regenboog.example", "piet@regenboog.example"]


def test_a_new_version_says_that_the_old_one_stands_until_then(offer, regenboog):
    """A4"""
    make.AgreementFactory(board=regenboog.board, kind="OSO")

    assert "Tot die dag geldt de versie die uw bestuur eerder ondertekende" in said(letter_for(news()[0]))


def test_a_reminder_is_mailed(offer, sam):
    remind(actor=sam, offer=offer)

    (message,) = by_kind(Message.Kind.REMINDED)

    assert letter_for(message).subject == "Herinnering: onderteken de OSO-overeenkomst van Stichting De Regenboog"


def test_what_was_signed_meanwhile_is_not_asked_for_any_more(offer, sam, tineke):
    remind(actor=sam, offer=offer)
    sign(offer, tineke)

    asked = [message for message in news() if message.kind in (Message.Kind.OFFERED, Message.Kind.REMINDED)]

    assert [letter_for(message) for message in asked] == [None, None]


def test_what_need_not_be_signed_any_more_is_said_with_the_reason(offer, sam):
    withdraw_offer(actor=sam, offer=offer)

    (message,) = by_kind(Message.Kind.WITHDRAWN)

    letter = letter_for(message)
    assert letter.subject == "U hoeft de OSO-overeenkomst van Stichting De Regenboog niet meer te ondertekenen"
    assert "Gevraagd door het bestuur" in said(letter)


def test_who_signed_gets_a_receipt_with_the_sealed_pdf(offer, tineke):
    """A3"""
    agreement = sign(offer, tineke)
    (message,) = by_kind(Message.Kind.RECEIPT)
    assert message.user.name == "Tineke Smit"

    Message.objects.exclude(pk=message.pk).update(state=Message.State.DROPPED)
    sending.send_waiting()

    (email,) = mail.outbox
    ((name, content, kind),) = email.attachments
    assert name == f"overeenkomst-OSO-99001-{today()}.pdf"
    assert kind == "application/pdf"
    assert content == bytes(agreement.document.content)
    assert verify(content).intact


def test_the_others_of_the_board_hear_that_it_was_signed(anke, offer, tineke):
    sign(offer, tineke)

    (message,) = by_kind(Message.Kind.AGREED)

    assert message.user == anke
    letter = letter_for(message)
    assert letter.subject == "De OSO-overeenkomst van Stichting De Regenboog is ondertekend"
    assert "Tineke Smit, Voorzitter" in said(letter)
    assert letter.sections[0].link.path == f"/overeenkomsten/{Agreement.objects.get(kind='OSO').uuid}/"
    assert letter.attachments == ()


def test_all_of_the_board_hear_of_one_on_paper(anke, tineke, sam, regenboog):
    """A6"""
    register_on_paper(
        actor=sam,
        board=regenboog.board,
        template=make.TemplateFactory(kind="OSO"),
        signed_on=today(),
        signatory_name="Tineke Smit",
        signatory_function="Voorzitter",
        upload=SimpleUploadedFile("scan.pdf", contract_pdf(a_contract())),
    )

    messages = news()

    assert {(message.kind, message.user.name) for message in messages} == {
        (Message.Kind.AGREED, "Anke de Vries"),
        (Message.Kind.AGREED, "Tineke Smit"),
    }
    assert "op papier is ondertekend" in letter_for(messages[0]).opening


def test_support_hears_that_an_offer_was_declined_and_why(offer, tineke, settings):
    settings.OSR_SUPPORT_MAIL = "hulp@example.nl"
    decline_offer(actor=tineke, offer=offer, reason="Wij gebruiken OSO niet")

    (message,) = by_kind(Message.Kind.DECLINED)

    assert message.address == "hulp@example.nl"
    letter = letter_for(message)
    assert letter.subject == "Geweigerd: de OSO-overeenkomst van Stichting De Regenboog"
    assert "Wie: Tineke Smit" in said(letter)
    assert "Reden: Wij gebruiken OSO niet" in said(letter)


def test_all_of_the_board_hear_that_an_agreement_ended_and_what_with_it(anke, tineke, sam, regenboog, ending):
    """A7"""
    ending(300)
    shown = preview_end_of_agreement(
        actor=sam, agreement=regenboog.board.agreements.get(kind="OSR"), last_day=today() - DAY
    )
    end_agreement(actor=sam, shown=shown)

    messages = news()

    assert {message.user.name for message in messages} == {"Anke de Vries", "Tineke Smit"}
    assert {message.kind for message in messages} == {Message.Kind.AGREEMENT_ENDED}
    letter = letter_for(messages[0])
    assert letter.subject == "De OSR-overeenkomst van Stichting De Regenboog is beëindigd"
    assert "Er eindigt 1 mandaat mee." in said(letter)
    assert "Reden: Gevraagd door het bestuur" in said(letter)


def test_agreements_from_a_register_file_are_no_news(anke, regenboog):
    make.AgreementFactory(board=regenboog.board, kind="OSO")

    assert news() == []
