"""Which agreements a board needs before a mandate (D5, A1)."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from agreements.gate import missing_agreements
from tests import factories as make

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 15)


@pytest.fixture
def oso():
    return make.ServiceFactory(code="OSO-OV", agreement_kind="OSO")


def test_a_board_without_agreements_misses_osr_and_the_services_own(oso):
    """D5"""
    assert missing_agreements(make.BoardFactory(), [oso], [DAY]) == {oso: ["OSR", "OSO"]}


def test_a_board_with_only_osr_misses_the_services_own(oso):
    """D5"""
    board = make.BoardFactory()
    make.AgreementFactory(board=board, kind="OSR")
    rio = make.ServiceFactory(code="RIO")

    assert missing_agreements(board, [oso, rio], [DAY]) == {oso: ["OSO"]}


def test_an_agreement_of_another_board_does_not_help(oso):
    make.AgreementFactory(kind="OSR")

    assert missing_agreements(make.BoardFactory(), [oso], [DAY])[oso] == ["OSR", "OSO"]


@pytest.mark.parametrize(
    ("signed_on", "ended_on", "missing"),
    [
        (DAY, None, False),
        (DAY, DAY, False),
        (date(2026, 6, 16), None, True),
        (date(2026, 1, 1), date(2026, 6, 14), True),
    ],
)
def test_an_agreement_counts_from_its_signing_up_to_and_including_its_last_day(signed_on, ended_on, missing):
    """A1; ended_on is the last day in force."""
    agreement = make.AgreementFactory(signed_on=signed_on, ended_on=ended_on)

    assert bool(missing_agreements(agreement.board, [make.ServiceFactory()], [DAY])) is missing


def test_an_agreement_must_hold_on_every_day_asked_about():
    """D5: a mandate that begins after the agreement ended would be one without agreement."""
    agreement = make.AgreementFactory(ended_on=date(2026, 6, 30))
    service = make.ServiceFactory()

    assert missing_agreements(agreement.board, [service], [DAY, date(2026, 7, 1)]) == {service: ["OSR"]}


def test_a_board_has_one_agreement_of_a_kind_at_a_time():
    """A1"""
    agreement = make.AgreementFactory(signed_on="2020-01-01")

    with pytest.raises(IntegrityError, match="one_agreement_per_board_and_kind"), transaction.atomic():
        make.AgreementFactory(board=agreement.board, signed_on="2026-01-01")
    assert make.AgreementFactory(board=agreement.board, kind="OSO").pk
