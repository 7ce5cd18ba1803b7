"""The messages in the workplace of Kennisnet support: what went to whom, and what could not be delivered."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import SupportAccount
from notifications.models import Message
from tests.mandates.test_pages import text_of
from tests.register import make_support, sign_in_support

MESSAGES = "admin:notifications_message"


@pytest.fixture
def given_up(digest) -> Message:
    """A message that could not be delivered."""
    message = digest("ending/0/2026-12-31")
    message.state, message.problem = Message.State.GIVEN_UP, "SMTPRecipientsRefused: 550 No such user"
    message.save()
    return message


@pytest.fixture
def workplace(client, db) -> Client:
    """A browser in which somebody of support is signed in."""
    sign_in_support(client, make_support())
    return client


def again(message: Message) -> str:
    return reverse(f"{MESSAGES}_opnieuw", args=[message.pk])


def test_what_could_not_be_delivered_is_found_with_the_reason(workplace, given_up):
    text = text_of(workplace.get(reverse(f"{MESSAGES}_changelist"), {"state__exact": "given_up"}))
    assert "Anke de Vries" in text
    assert "niet te bezorgen" in text

    page = workplace.get(reverse(f"{MESSAGES}_change", args=[given_up.pk]))
    assert "550 No such user" in text_of(page)
    assert again(given_up) in page.content.decode()


def test_support_has_it_sent_again_with_a_reason(workplace, given_up):
    assert "Vul in waarom u dit doet." in text_of(workplace.post(again(given_up), {"reason": ""}))

    response = workplace.post(again(given_up), {"reason": "Het adres is verbeterd bij Mijn DUO"}, follow=True)

    assert "Het bericht wordt opnieuw verstuurd." in text_of(response)
    given_up.refresh_from_db()
    assert given_up.state == "waiting"
    assert (given_up.handled_by, given_up.handled_because) == ("Sam Jansen", "Het adres is verbeterd bij Mijn DUO")


def test_support_lets_it_be_with_a_reason(workplace, given_up):
    address = reverse(f"{MESSAGES}_laten-rusten", args=[given_up.pk])

    workplace.post(address, {"reason": "Werkt daar niet meer"})

    given_up.refresh_from_db()
    assert (given_up.state, given_up.handled_because) == ("dropped", "Werkt daar niet meer")


def test_what_waits_or_was_sent_is_not_sent_again(workplace, digest):
    message = digest("ending/0/2026-12-31")

    assert again(message) not in workplace.get(reverse(f"{MESSAGES}_change", args=[message.pk])).content.decode()
    response = workplace.post(again(message), {"reason": "Zomaar"}, follow=True)
    assert "Het bericht wordt opnieuw verstuurd." not in text_of(response)


def test_a_reader_sends_nothing_again(client, given_up):
    sign_in_support(client, make_support(role=SupportAccount.Role.READER))

    assert client.post(again(given_up), {"reason": "Zomaar"}).status_code == 403


def test_what_somebody_is_mailed_about_can_be_looked_up(workplace, anke, regenboog):
    workplace_list = workplace.get(reverse("admin:notifications_preference_changelist"))

    assert workplace_list.status_code == 200


def test_support_that_acts_for_a_board_reads_whose_choice_it_is(client, regenboog):
    """D4: what a person is mailed about is that person's."""
    account = make_support(role=SupportAccount.Role.LEAD)
    sign_in_support(client, account)
    client.post(reverse("admin:schools_board_namens", args=[regenboog.board.pk]), {"reason": "Gebeld"})

    response = client.get("/meldingen/")

    assert "kiest iedere OSR-beheerder van Stichting De Regenboog zelf" in text_of(response)
    assert client.post("/meldingen/", {"dagen": "7"}).status_code == 200
    assert not account.user.mail_preferences.exists()
