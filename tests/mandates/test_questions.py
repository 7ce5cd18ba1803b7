"""Who may see what (D4, D10), and whether a school is complete for a service (D3; domain.md section 5)."""

from datetime import timedelta

import pytest

from journal.acts import Actor, ActorKind, register
from journal.clock import today
from mandates.coverage import Holding, filled_roles
from mandates.models import Mandate
from tests import factories as make

DAY = timedelta(days=1)


@pytest.fixture
def two_boards(regenboog) -> tuple[Mandate, Mandate]:
    """A mandate of De Regenboog for the LAS, and one of another board for another system."""
    own = make.MandateFactory(school=regenboog.school, service=regenboog.rio, system=regenboog.las)
    other = make.MandateFactory(
        school=make.SchoolFactory(board=make.BoardFactory(number="99002")),
        service=regenboog.rio,
        system=regenboog.other_las,
    )
    return own, other


@pytest.mark.parametrize(
    ("actor", "seen"),
    [
        (Actor(kind=ActorKind.ADMINISTRATOR, name="Anke", board_number="99001"), [0]),
        (Actor(kind=ActorKind.ADMINISTRATOR, name="Bas", board_number="99002"), [1]),
        (Actor(kind=ActorKind.ADMINISTRATOR, name="Cas", board_number="99003"), []),
        (Actor(kind=ActorKind.ADMINISTRATOR, name="Niemand"), []),
        (Actor(kind=ActorKind.SUPPLIER, name="Leerspoor", supplier_oin="00000099000000000001"), [0]),
        (Actor(kind=ActorKind.SUPPLIER, name="Klasboek", supplier_oin="00000099000000000002"), [1]),
        (Actor(kind=ActorKind.SUPPLIER, name="Niemand"), []),
        (Actor(kind=ActorKind.SUPPORT, name="Sam"), [0, 1]),
        (register("import"), []),
    ],
    ids=lambda value: value.name if isinstance(value, Actor) else "",
)
def test_boards_and_suppliers_see_their_own_and_nobody_elses(two_boards, actor, seen):
    """D4, D10"""
    assert set(Mandate.objects.visible_to(actor)) == {two_boards[index] for index in seen}


@pytest.fixture
def toets():
    return make.ServiceFactory.build(code="DOORSTROOM", roles=["las", "toetssysteem"])


def test_a_school_is_complete_when_each_role_is_filled(toets):
    """LAS yes, toetssysteem no."""
    las = Holding("las", today(), None, None)
    test = Holding("toetssysteem", today() + DAY, None, None)

    assert filled_roles(toets, [], today()) == {"las": False, "toetssysteem": False}
    assert filled_roles(toets, [las], today()) == {"las": True, "toetssysteem": False}
    assert filled_roles(toets, [las, test], today()) == {"las": True, "toetssysteem": False}
    assert filled_roles(toets, [las, test], today() + DAY) == {"las": True, "toetssysteem": True}


def test_a_role_is_filled_when_all_locations_are_covered_together(toets):
    """D3"""
    north = Holding("las", today(), None, ["99AA00"])
    south = Holding("las", today(), today() + DAY, ["99AA01"])
    locations = ["99AA00", "99AA01"]

    assert not filled_roles(toets, [north], today(), locations)["las"]
    assert filled_roles(toets, [north, south], today(), locations)["las"]
    assert not filled_roles(toets, [north, south], today() + 2 * DAY, locations)["las"]


def test_a_service_with_one_role_is_filled_by_any_system_that_was_qualified():
    """D6: an overstapsysteem for OSO, for instance."""
    service = make.ServiceFactory.build(roles=["las"])

    assert filled_roles(service, [Holding("overstap", today(), None, None)], today()) == {"las": True}
