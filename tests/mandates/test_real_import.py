"""The real lists of 2021 and 2026, with mandates on 2,000 schools in between (D14, D19, D20)."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import F

from agreements.models import Agreement
from journal.acts import Actor, ActorKind, act, register
from journal.clock import today
from journal.models import Entry
from mandates.actions import TakeOver, confirm, preview
from mandates.models import Mandate
from schools.actions import close_school, import_duo
from schools.duo import read_list
from schools.models import Board, Case, School
from tests import factories as make

LISTS = settings.BASE_DIR.parent / "shared" / "data"
IMPORT = register("DUO-import")
SUPPORT = Actor(kind=ActorKind.SUPPORT, name="Sam", reason="DUO bevestigt de sluiting")

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not LISTS.exists(), reason="the real lists do not lie beside this checkout"),
]


@pytest.fixture
def import_list(run_sql):
    """Imports a list, and lets PostgreSQL see how large the tables have become; by itself it sees what is committed."""

    def import_list(name: str) -> None:
        import_duo(actor=IMPORT, lists=[read_list((LISTS / name).read_bytes(), source=name)], today=today())
        connection.check_constraints()
        run_sql("ANALYZE", as_owner=True)
        connection.check_constraints()

    return import_list


@pytest.fixture
def qualification():
    return make.QualificationFactory()


@pytest.fixture
def before(qualification, import_list) -> dict[int, int]:
    """Import 2021, give 2,000 schools a mandate, import 2026; per mandate the board that gave it."""
    import_list("po_vestigingen_2021-10-01.csv")
    with act("agreement.signed", actor=IMPORT):
        Agreement.objects.bulk_create(
            Agreement(board=board, kind_id="OSR", signed_on="2019-01-01") for board in Board.objects.all()
        )
    with act("mandate.granted", actor=IMPORT):
        Mandate.objects.bulk_create(
            Mandate(
                school=school,
                service=qualification.service,
                system=qualification.system,
                granting_board_id=school.board_id,
                start_date="2022-01-01",
            )
            for school in School.objects.order_by("brin")[:2000]
        )
    given_by = dict(Mandate.objects.values_list("pk", "granting_board"))
    import_list("po_vestigingen_2026-08-04.csv")
    return given_by


def test_no_mandate_is_lost_left_on_a_closed_school_or_under_a_board_that_never_gave_it(before):
    """D19, D20"""
    moved = Mandate.objects.exclude(granting_board=F("school__board"))
    stayed = Mandate.objects.filter(granting_board=F("school__board"))

    assert len(before) == 2000
    assert dict(Mandate.objects.values_list("pk", "granting_board")) == before
    assert moved.count() > 100
    # All of them still hold today; those of schools that moved run out with the grace period.
    assert Mandate.objects.valid_on(today()).count() == 2000
    assert set(moved.values_list("end_date", flat=True)) == {today() + timedelta(days=30)}
    assert set(stayed.values_list("end_date", flat=True)) == {None}
    assert Entry.objects.filter(type="mandate.grace_started").count() == moved.count()

    # Schools that left the list are flagged and put before support; closed when support says so.
    gone = School.objects.filter(mandates__isnull=False).exclude(missing_since=None)
    assert gone.count() > 50
    assert Case.objects.open().filter(school__in=gone, kind__in=["gone", "merged"]).count() == gone.count()
    for school in gone:
        close_school(actor=SUPPORT, school=school, closing_day=today() - timedelta(days=1))
    closed = Mandate.objects.exclude(school__closed_on=None)
    assert closed.count() == gone.count()
    assert not closed.valid_on(today()).exists()
    assert Mandate.objects.valid_on(today()).count() == 2000 - closed.count()


def test_a_new_board_takes_over_all_that_came_to_it(before):
    """D20"""
    board = (
        Board.objects.filter(schools__mandates__granting_board__isnull=False)
        .exclude(schools__mandates__granting_board=F("pk"))
        .order_by("number")
        .first()
    )
    with act("agreement.signed", actor=IMPORT):
        if not board.agreements.exists():
            Agreement.objects.create(board=board, kind_id="OSR", signed_on="2019-01-01")
    actor = Actor(kind=ActorKind.ADMINISTRATOR, name="Bas", board_number=board.number)
    waiting = list(Mandate.objects.to_take_over(board.number, today()))
    assert waiting

    taken_over = confirm(preview(TakeOver(mandates=tuple(each.uuid for each in waiting)), actor=actor), actor=actor)

    assert {each.school_id for each in taken_over} == {each.school_id for each in waiting}
    assert {(each.granting_board, each.end_date) for each in taken_over} == {(board, None)}
    assert not Mandate.objects.to_take_over(board.number, today()).exists()
    for old in waiting:
        old.refresh_from_db()
        assert old.end_date == today() - timedelta(days=1)
