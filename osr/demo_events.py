"""What happened lately in the demo: changes in every way there is, and checks, so that its histories tell something."""

from datetime import timedelta

from journal.acts import Actor, ActorKind, act, register
from journal.clock import today
from mandates.actions import (
    ChangeEnd,
    Copy,
    Grant,
    Registration,
    carry_out,
    hand_out_routing_id,
    register_endpoint,
)
from mandates.checks import Caller, check_mandate
from mandates.models import Mandate
from schools.models import Board, School
from schools.numbers import school_oin
from services.keys import digest_of
from services.models import ServiceVersion, Supplier, System

_BOARD = "99001"
_ANKE = Actor(kind=ActorKind.ADMINISTRATOR, name="Anke de Vries", board_number=_BOARD)
_SUPPORT = Actor(
    kind=ActorKind.SUPPORT,
    name="Sam Jansen",
    board_number=_BOARD,
    reason="Gebeld door Anke de Vries: de school stopt na dit jaar met Leerspoor",
)
# Who asks with which key, about which service and whose system; how often about De Waterlelie, how often elsewhere.
_CHECKS = (
    ("osr_demo_toetsplein", "DOORSTROOM", "Leerspoor", 24, 3),
    ("osr_demo_overstapbrug", "OSO-OV", "Leerspoor", 5, 2),
    ("osr_demo_overstapbrug", "OSO-OV", "Meesterlijst", 3, 1),
    ("osr_demo_klasboek", "VERZUIM", "Klasboek", 6, 1),
)


def make_demo_events() -> None:
    """Let something happen in the demo register, just after it was loaded."""
    schools = list(School.objects.of_board(_BOARD).order_by("brin"))
    _move("RKBS De Brugwachter")
    carry_out(
        Grant(schools=(schools[20].brin,), choices=(("DOORSTROOM", "Klasboek"),), start_date=today()), actor=_ANKE
    )
    source = schools[9].mandates.valid_on(today()).get(service__code="DOORSTROOM", system__name="Leerspoor")
    carry_out(Copy(mandate=source.uuid, schools=(schools[12].brin, schools[16].brin)), actor=_ANKE)
    ending = Mandate.objects.valid_on(today()).get(school=schools[14], service__code="RIO")
    carry_out(ChangeEnd(mandates=(ending.uuid,), end_date=today() + timedelta(days=120)), actor=_SUPPORT)
    _register_address(schools[11])
    for key, service, system, often, elsewhere in _CHECKS:
        for number in range(often):
            _ask(key, "99AA", service, system, number)
        for school in schools[1 : 1 + elsewhere]:
            _ask(key, school.brin, service, system, 0)


def _move(name: str) -> None:
    """As an import of DUO's lists does (D20)."""
    school = School.objects.get(name=name)
    school.board = Board.objects.get(number=_BOARD)
    with act("school.moved", actor=register("DUO-import")):
        school.save()


def _register_address(school: School) -> None:
    mandate = Mandate.objects.valid_on(today()).get(school=school, service__code="OSO-OV")
    actor = Actor(kind=ActorKind.SUPPLIER, name=mandate.system.name, supplier_oin=mandate.system.supplier.oin)
    register_endpoint(
        actor=actor,
        system=mandate.system,
        token=mandate.token,
        registration=Registration(
            routing_id=hand_out_routing_id(actor=actor, system=mandate.system, school=school),
            namespace=ServiceVersion.objects.get(service=mandate.service).namespace,
            url=f"https://{mandate.system.name.lower()}.example.nl/oso/{school.brin.lower()}",
            start_date=today(),
        ),
    )


def _ask(key: str, brin: str, service: str, system: str, days_ago: int) -> None:
    check_mandate(
        Caller(key_digest=digest_of(key), certificate_oin=None),
        school_oin=school_oin(brin),
        supplier_oin=Supplier.objects.get(systems=System.objects.get(name=system)).oin,
        service_code=service,
        day=today() - timedelta(days=days_ago),
    )
