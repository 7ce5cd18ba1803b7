"""The demo register: fictional, whole, and true on the day it is made for."""

import re
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from accounts.models import Membership
from agreements import contents
from agreements.actions import sign_agreement
from agreements.models import Agreement, Offer, Template
from journal.acts import Actor, ActorKind
from journal.clock import today
from journal.models import Entry
from mandates.actions import Grant, carry_out
from mandates.checks import Answer, Caller, check_mandate
from mandates.models import Check, Endpoint, Mandate
from mandates.overview import overview_of_board
from mandates.register_file import as_yaml, dump, load
from osr import demo, demo_agreements, demo_events
from schools.models import Board, Location, School
from services.keys import digest_of
from services.models import Service, Supplier, System
from tests import factories as make
from tests.register import make_membership


def load_demo(day: date) -> None:
    load({"demo.yaml": as_yaml(demo.demo_register(day)).encode()})


@pytest.fixture
def loaded(db) -> None:
    load_demo(today())


def test_the_demo_is_as_large_as_asked(loaded):
    assert Board.objects.count() >= 3
    assert School.objects.count() >= 45
    assert Location.objects.filter(school="99AA").count() == 6
    assert System.objects.count() == 6
    assert Supplier.objects.count() == 4
    assert {"BRON-PO", "VERZUIM", "RIO", "EINDTOETS", "OSO-OV", "DOORSTROOM"} <= set(
        Service.objects.values_list("code", flat=True)
    )


def test_nothing_in_the_demo_can_be_taken_for_real(loaded):
    assert not School.objects.exclude(brin__startswith="99").exists()
    assert not Board.objects.exclude(number__startswith="990").exists()
    assert not Supplier.objects.exclude(oin__startswith="00000099").exists()
    assert not Endpoint.objects.exclude(url__contains=".example.nl/").exists()
    assert all(user["email"].endswith(".example") for user in demo.demo_register(today())["users"])


def test_mandates_are_in_every_state(loaded):
    day = today()
    mandates = Mandate.objects.all()
    valid = mandates.valid_on(day)

    assert valid.filter(end_date=None).exists()
    assert valid.filter(end_date__gt=day + timedelta(days=30)).exists()
    assert valid.filter(end_date__lte=day + timedelta(days=30)).exists()
    assert valid.filter(locations__len__gt=0).exists()
    assert valid.filter(board__isnull=False).exists()
    assert mandates.filter(start_date__gt=day, end_date=None).exists()
    assert mandates.filter(end_date__lt=day - timedelta(days=30), end_date__gte=F("start_date")).exists()
    assert mandates.filter(end_date=day - timedelta(days=1), start_date__lt=day).exists()
    assert mandates.filter(start_date__gt=day, end_date__lt=F("start_date")).exists()
    assert School.objects.filter(mandates=None).exists()
    with_las = set(valid.filter(service__code="DOORSTROOM", system__kind="las").values_list("school", flat=True))
    with_test = valid.filter(service__code="DOORSTROOM", system__kind="toetssysteem").values_list("school", flat=True)
    assert with_las - set(with_test)


def test_boards_differ_in_their_agreements(loaded):
    """D5"""
    in_force = Agreement.objects.in_force(today())
    boards = Board.objects.all()

    assert boards.exclude(agreements__in=in_force.filter(kind="OSR")).filter(schools__isnull=False).exists()
    assert (
        boards.filter(agreements__in=in_force.filter(kind="OSR"))
        .exclude(agreements__in=in_force.filter(kind="OSO"))
        .exists()
    )


def test_the_bestuur_without_agreement_signs_one_and_gives_its_first_mandate(loaded):
    """A2, A3, D5: every kind has its text, and one is waiting to be signed."""
    demo_agreements.make_demo_agreements()
    offer = Offer.objects.get()
    dirk = make.UserFactory(name=offer.signatory_name, email=offer.signatory_email)
    make_membership(dirk, offer.board, Membership.Role.SIGNATORY)
    number = offer.board.number

    sign_agreement(
        actor=Actor(kind=ActorKind.SIGNATORY, name=str(dirk), user_id=dirk.pk, board_number=number),
        offer=offer,
        name=str(dirk),
        function="bestuurder",
        consent=True,
        document_digest=contents.digest_of(contents.offered_pdf(offer)),
    )

    assert {template.kind_id for template in Template.objects.published()} == {"OSR", "OSO", "VVA"}
    assert (number, offer.status) == ("99005", "offered")
    joost = Actor(kind=ActorKind.ADMINISTRATOR, name="Joost Hendriks", board_number=number)
    school = offer.board.schools.first()
    assert carry_out(Grant(schools=(school.brin,), choices=(("RIO", "Leerspoor"),), start_date=today()), actor=joost)


def test_the_check_of_the_demo_is_answered_with_yes(loaded):
    answer = check_mandate(
        Caller(key_digest=digest_of(demo.CHECK.api_key), certificate_oin=None),
        school_oin=demo.CHECK.school_oin,
        supplier_oin=demo.CHECK.supplier_oin,
        service_code=demo.CHECK.service_code,
        day=today(),
    )

    assert isinstance(answer, Answer)
    assert answer.mandated


def test_who_can_sign_in_is_an_administrator_of_the_largest_board():
    users = {user["email"]: user for user in demo.demo_register(today())["users"]}

    assert users[demo.SIGN_IN_AS]["boards"] == ["99001"]
    assert "beheerder" in users[demo.SIGN_IN_AS]["roles"]
    assert any(not user["roles"] for user in users.values())
    assert any(len(user["boards"]) == 2 for user in users.values())


def test_the_demo_loads_twice_without_a_change(loaded):
    entries, dumped = Entry.objects.count(), as_yaml(dump())

    load_demo(today())

    assert Entry.objects.count() == entries
    assert as_yaml(dump()) == dumped


@pytest.mark.parametrize(
    "day",
    [date(2028, 2, 29), date(2027, 7, 31), date(2027, 8, 1), date(2027, 11, 30), date(2027, 12, 1), date(2027, 1, 1)],
)
def test_the_demo_can_be_made_and_loaded_on_any_day(db, monkeypatch, day):
    for module in ("loading", "organisations"):
        monkeypatch.setattr(f"mandates.register_file.{module}.today", lambda: day)

    load_demo(day)

    assert overview_of_board(Board.objects.get(number="99001"), day).deadlines(day)


def test_the_command_writes_a_file_that_loads(db, tmp_path, capsys):
    file = tmp_path / "demo.yaml"

    call_command("demo_register", output=str(file))
    call_command("load_register", str(file), verbosity=0)
    call_command("demo_register")

    assert capsys.readouterr().out == file.read_text()
    assert School.objects.count() == len(re.findall(r"brin: 99", file.read_text()))
    with pytest.raises(CommandError, match="kan niet geschreven worden"):
        call_command("demo_register", output=str(tmp_path / "geen" / "map.yaml"))


def test_something_happened_in_the_demo(loaded):
    """D17, D20: its histories have something to tell, and a school is to be taken over."""
    demo_events.make_demo_events()

    done = set(Entry.objects.values_list("actor__kind", "type"))
    assert {
        ("administrator", "mandate.granted"),
        ("administrator", "mandate.copied"),
        ("support", "mandate.changed"),
        ("supplier", "endpoint.registered"),
        ("register", "mandate.grace_started"),
    } <= done
    assert Mandate.objects.to_take_over("99001", today()).count() == 4
    assert Check.objects.filter(brin="99AA", mandated=True).count() > 25
    assert Check.objects.filter(brin="99AA", mandated=False).exists()
