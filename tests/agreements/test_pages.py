"""Overeenkomsten in the browser: what the bestuur has, what it lacks and whom to ask (A1, D5)."""

from datetime import timedelta

import pytest

from journal.clock import today
from tests import factories as make
from tests.mandates.test_pages import text_of
from tests.register import make_membership

PAGE = "/overeenkomsten/"


@pytest.fixture
def page(regenboog, client):
    """A browser in which Anke de Vries is signed in."""
    client.force_login(regenboog.person)
    return client


def test_the_agreements_of_the_board_stand_with_their_days(regenboog, page):
    """A1"""
    make.AgreementFactory(board=regenboog.board, kind="VVA", ended_on=today() + timedelta(days=3))
    text = text_of(page.get(PAGE))

    assert "OSR 1 januari 2019 geen van kracht" in text
    assert "loopt af op" in text


def test_what_is_missing_is_said_with_what_it_is_needed_for_and_whom_to_ask(page):
    """D5"""
    text = text_of(page.get(PAGE))

    assert "Uw bestuur mist de overeenkomst OSO . Daardoor kunt u geen mandaat geven voor OSO-OV." in text
    assert "support@kennisnet.nl" in text


def test_an_ended_agreement_stands_apart_and_counts_as_missing(regenboog, page):
    """A1, D5"""
    make.AgreementFactory(board=regenboog.board, kind="OSO", ended_on=today() - timedelta(days=1))
    text = text_of(page.get(PAGE))

    assert "Toon beëindigde overeenkomsten (1)" in text
    assert "mist de overeenkomst OSO" in text


def test_a_board_without_any_reads_that_nothing_can_be_given(client, db):
    """D5"""
    make.ServiceFactory(code="RIO")
    person, board = make.UserFactory(), make.BoardFactory()
    make_membership(person, board)
    client.force_login(person)

    text = text_of(client.get(PAGE))

    assert "Uw bestuur heeft nu geen overeenkomst." in text
    assert "mist de overeenkomst OSR" in text


def test_another_boards_agreements_are_not_shown(page):
    """D4"""
    make.AgreementFactory(kind="VVA", signed_on="2001-02-03")

    assert "3 februari 2001" not in text_of(page.get(PAGE))


def test_it_takes_a_fixed_number_of_queries(regenboog, page, django_assert_num_queries):
    for number in range(5):
        make.ServiceFactory(agreement_kind=f"KIND{number}")
    with django_assert_num_queries(7):
        page.get(PAGE)
