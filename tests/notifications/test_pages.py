"""Meldingen: what an OSR-beheerder is mailed about, to which address, and what was sent (screens.md)."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from journal.acts import Actor, ActorKind, Refused
from journal.clock import today
from journal.models import Entry
from mandates.wording import day_in_words
from notifications import sending, unsubscribing
from notifications.actions import choose_topics
from notifications.models import Message, Preference
from notifications.topics import Topic
from notifications.unsubscribing import Wish
from tests import factories as make
from tests.mandates.test_pages import text_of
from tests.notifications.conftest import ADDRESS
from tests.register import make_membership

PAGE = "/meldingen/"
EVERYTHING = {"ending": "on", "deadlines": "on", "refused": "on", "transfers": "on", "support": "on", "dagen": "30"}


@pytest.fixture
def page(anke, client) -> Client:
    """A browser in which Anke de Vries, OSR-beheerder of De Regenboog, is signed in."""
    client.force_login(anke)
    return client


def ticked(response) -> list[str]:
    """The names of the boxes that are ticked."""
    return re.findall(r'type="checkbox" id="(\w+)" name="\w+" checked', response.content.decode())


def sent_message(user, board, subject="1 mandaat loopt af", **different) -> Message:
    now = timezone.now()
    given = {"state": Message.State.SENT, "sent_at": now, "sent_to": ADDRESS, "subject": subject}
    about = str(Message.objects.count())
    return Message.objects.create(
        kind=Message.Kind.DIGEST,
        about=about,
        user=user,
        board=board,
        give_up_at=now + timedelta(days=7),
        **given | different,
    )


# --- The page ---


def test_everything_is_on_but_refused_checks_until_one_chooses(page):
    response = page.get(PAGE)

    assert ticked(response) == ["ending", "deadlines", "transfers", "support"]
    assert '<option value="30" selected>' in response.content.decode()
    assert not Preference.objects.exists()


def test_what_one_chooses_is_saved(page, anke, regenboog):
    response = page.post(PAGE, {"ending": "on", "refused": "on", "dagen": "7"}, follow=True)

    assert "Uw meldingen zijn opgeslagen." in text_of(response)
    assert ticked(response) == ["ending", "refused"]
    assert '<option value="7" selected>' in response.content.decode()
    entry = Entry.objects.get(subject_kind="preference")
    assert (entry.type, entry.actor["name"], entry.boards) == ("preference.chosen", "Anke de Vries", ["99001"])


def test_saving_the_same_again_writes_no_history(page):
    """D14"""
    for _ in range(2):
        page.post(PAGE, EVERYTHING)

    assert Entry.objects.filter(subject_kind="preference").count() == 1


@pytest.mark.parametrize("days", ["", "8", "veel", "\0"])
def test_days_that_cannot_be_chosen_are_told_and_nothing_is_saved(page, days):
    response = page.post(PAGE, EVERYTHING | {"dagen": days})

    assert response.status_code == 422
    assert "Kies 7, 14 of 30 dagen." in text_of(response)
    assert not Preference.objects.exists()


def test_it_says_where_the_mail_goes(page):
    assert f"De mail gaat naar dit adres: {ADDRESS}" in text_of(page.get(PAGE))


def test_without_an_address_it_says_so_and_what_to_do(page, anke):
    anke.email = ""
    anke.save()

    text = text_of(page.get(PAGE))

    assert "U krijgt nu geen mail: wij hebben geen e-mailadres van u." in text
    assert "log daarna hier opnieuw in" in text


def test_it_says_that_agreements_are_always_mailed(page):
    assert "Mail over overeenkomsten kunt u niet uitzetten" in text_of(page.get(PAGE))


def test_nothing_sent_yet_is_said(page):
    assert "Er is nog geen bericht aan u gestuurd." in text_of(page.get(PAGE))


def test_the_last_messages_are_listed_with_day_and_subject(page, anke, regenboog, colleague):
    for number in range(11):
        sent_message(anke, regenboog.board, f"Bericht {number}")
    sent_message(colleague(), regenboog.board, "Voor een collega")
    sent_message(anke, make.BoardFactory(), "Voor een ander bestuur")

    text = text_of(page.get(PAGE))

    assert f"Bericht 10 {day_in_words(today())}" in text
    assert "Bericht 1 " in text
    assert "Bericht 0 " not in text
    assert "Voor een" not in text


def test_a_message_that_could_not_be_delivered_is_listed_as_such(page, anke, regenboog):
    sent_message(anke, regenboog.board, state=Message.State.GIVEN_UP, sent_at=None, problem="SMTP: 550")

    text = text_of(page.get(PAGE))

    assert f"niet gelukt: {ADDRESS} neemt geen mail aan" in text
    assert "550" not in text


def test_it_is_about_the_board_that_is_chosen_in_the_header(page, anke, regenboog):
    other = make.BoardFactory(number="99002", name="Stichting De Overkant")
    make_membership(anke, other)
    page.post(reverse("switch_board"), {"board": "99002"})

    response = page.post(PAGE, {"dagen": "14"}, follow=True)

    assert "Kies waarover u mail krijgt voor Stichting De Overkant" in text_of(response)
    assert Preference.objects.get().board == other


def test_it_is_in_the_menu_of_a_beheerder_and_not_of_a_tekenbevoegde(page, client, colleague):
    assert f'href="{PAGE}" aria-current="page"' in page.get(PAGE).content.decode()

    client.force_login(colleague("Tineke Smit", Membership.Role.SIGNATORY))
    assert client.get(PAGE).status_code == 403
    assert f'href="{PAGE}"' not in client.get("/overeenkomsten/").content.decode()


@pytest.mark.parametrize("messages", [1, 10])
def test_it_takes_a_fixed_number_of_queries(page, anke, regenboog, messages, django_assert_num_queries):
    for _ in range(messages):
        sent_message(anke, regenboog.board)
    page.get(PAGE)

    with django_assert_num_queries(6):
        page.get(PAGE)


def test_a_form_of_before_the_session_ended_comes_back_filled_in(page, anke):
    """Nothing typed is lost (docs/decisions/022-forms-that-outlive-their-session.md)."""
    made_for = re.search(r'name="gemaakt-voor" value="([^"]+)"', page.get(PAGE).content.decode())[1]
    page.logout()
    page.post(PAGE, {"gemaakt-voor": made_for, "refused": "on", "dagen": "7"})
    page.force_login(anke)

    response = page.get(PAGE)

    assert ticked(response) == ["refused"]
    assert not Preference.objects.exists()


# --- Whose choice it is ---


@pytest.mark.parametrize("kind", [ActorKind.SUPPORT, ActorKind.SIGNATORY, ActorKind.SUPPLIER, ActorKind.REGISTER])
def test_only_an_osr_beheerder_chooses(anke, kind):
    actor = Actor(kind=kind, name="Iemand", user_id=anke.pk, board_number="99001", reason="Zomaar")

    with pytest.raises(Refused):
        choose_topics(actor=actor, wanted={Topic.ENDING: False})


def test_who_has_lost_the_role_chooses_no_more(regenboog, anke):
    other = make.BoardFactory(number="99002")
    actor = Actor(kind=ActorKind.ADMINISTRATOR, name="Anke", user_id=anke.pk, board_number=other.number)

    with pytest.raises(Refused):
        choose_topics(actor=actor, wanted={Topic.ENDING: False})


# --- From a mail into the register ---


def link_in(email, name: str) -> str:
    """The path behind a link in a mail."""
    url = re.search(rf'href="([^"]+)">{name}</a>', email.alternatives[0][0])[1].replace("&amp;", "&")
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


@pytest.fixture
def email(page, ending, digest):
    """A digest that Anke got."""
    mandate = ending(20)
    digest(f"ending/{mandate.uuid}/{mandate.end_date}")
    sending.send_waiting()
    return mail.outbox[0]


def test_one_unsubscribes_with_one_click_and_one_button(page, email):
    response = page.get(link_in(email, "Afmelden"), follow=True)
    assert "geen mail meer over mandaten die aflopen, voor Stichting De Regenboog?" in text_of(response)
    assert not Preference.objects.exists()  # a GET changes nothing

    response = page.post(response.request["PATH_INFO"], follow=True)

    assert "U krijgt geen mail meer over mandaten die aflopen." in text_of(response)
    assert ticked(response) == ["deadlines", "transfers", "support"]


def test_unsubscribing_works_after_signing_in(page, email, anke):
    link = link_in(email, "Afmelden")
    page.logout()

    response = page.get(link)
    assert urlsplit(response["Location"]).path == "/"
    assert "next=" in response["Location"]

    page.force_login(anke)
    assert page.get(link, follow=True).status_code == 200


def test_a_link_in_a_mail_opens_the_board_that_it_is_about(page, email, anke):
    other = make.BoardFactory(number="99002", name="Stichting De Overkant")
    make_membership(anke, other)
    page.post(reverse("switch_board"), {"board": "99002"})
    assert page.get("/scholen/99AA/").status_code == 404

    response = page.get(link_in(email, "Naar De Regenboog"), follow=True)

    assert response.redirect_chain == [("/scholen/99AA/", 302)]
    assert response.status_code == 200


def test_an_address_keeps_what_is_asked(page):
    response = page.get("/bestuur/99001/mandaten/?mist=RIO&zoek=de%20linde")

    assert response["Location"] == "/mandaten/?mist=RIO&zoek=de+linde"


@pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example/", "https://evil.example/"])
def test_a_link_leads_nowhere_but_into_the_register(page, path):
    response = page.get(f"/bestuur/99001/{path}")

    assert response.status_code == 404 or re.match(r"/[^/\\]", response["Location"])


def test_for_a_board_of_others_nothing_is_opened(page):
    make.BoardFactory(number="99002")

    response = page.get("/bestuur/99002/meldingen/", follow=True)

    assert "U werkt niet voor het bestuur met nummer 99002." in text_of(response)
    assert "mail krijgt voor Stichting De Regenboog" in text_of(response)


@pytest.mark.parametrize("whose", ["of somebody else", "for another board", "made up"])
def test_a_link_to_unsubscribe_is_of_use_to_one_person_and_board_only(page, anke, colleague, whose):
    user, board = (colleague() if whose == "of somebody else" else anke), "99001"
    if whose == "for another board":
        board = "99002"
    signed = unsubscribing.sign(Wish(user.pk, board, (Topic.ENDING,)))
    if whose == "made up":
        signed = signed[:-1] + ("A" if signed[-1] != "A" else "B")

    response = page.post(reverse("notifications:unsubscribe", args=[signed]), follow=True)

    assert "Deze link is niet voor u" in text_of(response)
    assert not Preference.objects.exists()
