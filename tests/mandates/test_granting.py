"""Giving mandates: one or several services, one or several schools (D1-D7, D13, D19)."""

from datetime import timedelta

import pytest

from journal.acts import Actor, ActorKind, Refused, act, register
from journal.clock import today
from journal.models import Entry
from mandates.actions import Choice, Grant, Outcome, RegisterChanged, confirm, grant_mandates, preview
from mandates.models import Mandate
from tests import factories as make

DAY = timedelta(days=1)


@pytest.fixture
def give(regenboog):
    """Give De Regenboog a mandate for RIO, with whatever is different."""

    def give(**different) -> list[Mandate]:
        given = {
            "actor": regenboog.anke,
            "school": regenboog.school,
            "choices": [regenboog.rio_by_las()],
            "start_date": today(),
        }
        return grant_mandates(**given | different)

    return give


def kinds(refused) -> list[str]:
    return [problem.kind for problem in refused.value.problems]


def test_a_mandate_is_given_to_the_school_for_a_school_level_service(regenboog, give):
    """D1"""
    (mandate,) = give()

    assert (mandate.school, mandate.board, mandate.granting_board) == (regenboog.school, None, regenboog.board)
    assert (mandate.start_date, mandate.end_date, mandate.locations) == (today(), None, None)
    assert Entry.objects.about("mandate", str(mandate.uuid)).get().type == "mandate.granted"


def test_a_mandate_is_given_to_the_board_for_a_board_level_service(regenboog, give):
    """D1"""
    (mandate,) = give(choices=[Choice(service=regenboog.bst, system=regenboog.las)])

    assert (mandate.school, mandate.board) == (None, regenboog.board)


def test_each_mandate_has_a_token_of_its_own(regenboog, give):
    """D10"""
    mandates = give(choices=[regenboog.rio_by_las(), Choice(service=regenboog.test, system=regenboog.las)])

    assert len({mandate.token for mandate in mandates}) == 2


def test_nothing_is_saved_when_one_of_the_choices_is_refused(regenboog, give):
    """D5, D7, D13: all problems at once, and all or nothing."""
    with pytest.raises(Refused) as refused:
        give(
            choices=[regenboog.rio_by_las(), Choice(service=regenboog.oso, system=regenboog.las)],
            start_date=today() - DAY,
            locations=["99AB00"],
        )

    assert kinds(refused) == ["start_in_past", "agreement_missing", "unknown_location"]
    assert not Mandate.objects.exists()


# --- Who may (D4) -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "actor",
    [
        Actor(kind=ActorKind.ADMINISTRATOR, name="Bas", board_number="99002"),
        Actor(kind=ActorKind.ADMINISTRATOR, name="Bas"),
        Actor(kind=ActorKind.SUPPORT, name="Sam", board_number="99001"),
        Actor(kind=ActorKind.SUPPLIER, name="Leerspoor", supplier_oin="00000099000000000001"),
        register("import"),
    ],
)
def test_nobody_else_gives_a_mandate_for_the_school(give, actor):
    """D4"""
    make.BoardFactory(number="99002")

    with pytest.raises(Refused):
        give(actor=actor)
    assert not Mandate.objects.exists()


def test_support_gives_one_on_the_boards_behalf_with_a_reason_that_is_recorded(give):
    """D4"""
    sam = Actor(kind=ActorKind.SUPPORT, name="Sam", board_number="99001", reason="Gebeld door Anke")

    (mandate,) = give(actor=sam)

    entry = Entry.objects.about("mandate", str(mandate.uuid)).get()
    assert (entry.actor["name"], entry.reason, entry.boards) == ("Sam", "Gebeld door Anke", ["99001"])


def test_a_school_of_another_board_is_not_told_from_one_that_does_not_exist(regenboog):
    """D4"""
    make.SchoolFactory(brin="99ZA")
    intent = Grant(schools=("99ZA", "99ZZ"), choices=(("RIO", "Leerspoor"),), start_date=today())

    rows = preview(intent, actor=regenboog.anke).rows

    assert [row.text for row in rows] == [
        "De school 99ZA hoort niet bij dit bestuur.",
        "De school 99ZZ hoort niet bij dit bestuur.",
    ]


# --- What must be in order (D5, D6, D7, D19) --------------------------------------------------------------------------


def test_an_agreement_that_ends_before_the_mandate_begins_is_missing(regenboog, give):
    """D5"""
    with act("agreement.ended", actor=register("test")):
        regenboog.board.agreements.update(ended_on=today() + 5 * DAY)

    assert give(start_date=today() + 5 * DAY)
    with pytest.raises(Refused) as refused:
        give(start_date=today() + 6 * DAY, school=regenboog.other_school)
    assert kinds(refused) == ["agreement_missing"]
    assert "support@kennisnet.nl" in str(refused.value)


@pytest.mark.parametrize(("system", "kind"), [("Toetsplein", "not_connected"), ("Bestaat niet", "unknown_system")])
def test_only_a_connected_system_can_be_chosen(regenboog, system, kind):
    """D6"""
    intent = Grant(schools=("99AA",), choices=(("RIO", system),), start_date=today())

    found = preview(intent, actor=regenboog.anke)

    assert [problem.kind for problem in found.problems] == [kind]


def test_a_service_that_ended_or_does_not_exist_cannot_be_chosen(regenboog):
    with act("service.ended", actor=register("test")):
        regenboog.rio.is_active = False
        regenboog.rio.save()
    intent = Grant(schools=("99AA",), choices=(("RIO", "Leerspoor"), ("NIETS", "Leerspoor")), start_date=today())

    found = preview(intent, actor=regenboog.anke)

    assert [problem.kind for problem in found.problems] == ["service_ended", "unknown_service"]


def test_only_support_gives_a_mandate_from_a_past_day(give):
    """D7"""
    sam = Actor(kind=ActorKind.SUPPORT, name="Sam", board_number="99001", reason="Papier lag nog op de post")

    (mandate,) = give(actor=sam, start_date=today() - 10 * DAY)
    assert mandate.start_date == today() - 10 * DAY
    with pytest.raises(Refused) as refused:
        give(start_date=today() - DAY, end_date=today() - 5 * DAY)
    assert kinds(refused) == ["start_in_past", "dates_reversed", "has_already"]


def test_after_the_closing_day_of_the_school_nothing_begins(regenboog, give):
    """D19"""
    with act("school.closed", actor=register("test")):
        regenboog.school.closed_on = today() + 10 * DAY
        regenboog.school.save()

    with pytest.raises(Refused) as refused:
        give(start_date=today() + 11 * DAY)
    assert "sluit op" in str(refused.value)


def test_before_the_closing_day_a_mandate_lasts_until_it(regenboog, give):
    """D19"""
    closing_day = today() + 10 * DAY
    with act("school.closed", actor=register("test")):
        regenboog.school.closed_on = closing_day
        regenboog.school.save()

    (mandate,) = give()

    assert mandate.end_date == closing_day


def test_the_same_mandate_twice_is_refused_in_words(give):
    """D2: also when the same form is sent twice."""
    give()

    with pytest.raises(Refused) as refused:
        give()
    assert kinds(refused) == ["has_already"]
    assert "Leerspoor heeft voor RIO al een mandaat" in str(refused.value)
    assert Mandate.objects.count() == 1


# --- Several at once (D13) --------------------------------------------------------------------------------------------


def several(regenboog) -> Grant:
    return Grant(
        schools=("99AA", "99AB"),
        choices=(("RIO", "Leerspoor"), ("BST", "Leerspoor"), ("DOORSTROOM", "Toetsplein")),
        start_date=today(),
    )


def test_a_preview_tells_each_row_and_changes_nothing(regenboog, give):
    """D13"""
    give(end_date=today() + 3 * DAY)
    entries = Entry.objects.count()

    found = preview(several(regenboog), actor=regenboog.anke)

    assert [(row.holder, row.service, row.outcome) for row in found.rows] == [
        ("99AA", "RIO", Outcome.HAS_ALREADY),
        ("99001", "BST", Outcome.GRANTED),
        ("99AA", "DOORSTROOM", Outcome.GRANTED),
        ("99AB", "RIO", Outcome.GRANTED),
        ("99AB", "DOORSTROOM", Outcome.GRANTED),
    ]
    assert Entry.objects.count() == entries


def test_confirming_does_exactly_what_the_preview_says(regenboog):
    """D13"""
    found = preview(several(regenboog), actor=regenboog.anke)

    mandates = confirm(found, actor=regenboog.anke)

    assert len(mandates) == 5
    assert len({entry.transaction_id for entry in Entry.objects.filter(type="mandate.granted")}) == 1


def test_a_preview_is_not_confirmed_when_the_register_changed_meanwhile(regenboog, give):
    """D13: it names what changed."""
    found = preview(several(regenboog), actor=regenboog.anke)
    give()

    with pytest.raises(RegisterChanged) as changed:
        confirm(found, actor=regenboog.anke)

    assert "99AA, RIO, Leerspoor: was 'wordt toegevoegd'" in str(changed.value)
    assert Mandate.objects.count() == 1


def test_what_someone_else_previewed_cannot_be_confirmed(regenboog):
    """D4"""
    make.BoardFactory(number="99002")
    found = preview(several(regenboog), actor=regenboog.anke)

    with pytest.raises(Refused):
        confirm(found, actor=Actor(kind=ActorKind.ADMINISTRATOR, name="Bas", board_number="99002"))
    assert not Mandate.objects.exists()


def test_without_anything_to_do_nothing_is_confirmed(regenboog, give):
    give()
    found = preview(Grant(schools=("99AA",), choices=(("RIO", "Leerspoor"),), start_date=today()), actor=regenboog.anke)

    with pytest.raises(Refused) as refused:
        confirm(found, actor=regenboog.anke)
    assert kinds(refused) == ["nothing_to_do"]


@pytest.mark.parametrize(("lacking", "kind"), [({"choices": ()}, "no_choice"), ({"schools": ()}, "no_school")])
def test_without_services_or_schools_it_says_what_to_choose(regenboog, lacking, kind):
    intent = Grant(**{"schools": ("99AA",), "choices": (("RIO", "Leerspoor"),), "start_date": today()} | lacking)

    assert [problem.kind for problem in preview(intent, actor=regenboog.anke).problems] == [kind]


def test_another_system_for_the_same_service_is_a_warning_no_obstacle(regenboog, give):
    """D2, D11"""
    give(choices=[Choice(service=regenboog.rio, system=regenboog.other_las)])

    (row,) = preview(
        Grant(schools=("99AA",), choices=(("RIO", "Leerspoor"),), start_date=today()), actor=regenboog.anke
    ).rows

    assert row.outcome == Outcome.GRANTED
    assert row.warning == "Let op: heeft al een mandaat voor Klasboek."


def test_a_toetssysteem_beside_a_las_gives_no_warning(regenboog, give):
    """D2: the test needs both."""
    give(choices=[Choice(service=regenboog.test, system=regenboog.las)])

    (row,) = preview(
        Grant(schools=("99AA",), choices=(("DOORSTROOM", "Toetsplein"),), start_date=today()), actor=regenboog.anke
    ).rows

    assert row.warning == ""


def test_a_limit_to_locations_is_for_one_school_and_no_board_level_service(regenboog):
    """D3"""
    found = preview(
        Grant(schools=("99AA", "99AB"), choices=(("RIO", "Leerspoor"),), start_date=today(), locations=("99AA01",)),
        actor=regenboog.anke,
    )
    assert [problem.kind for problem in found.problems] == ["locations_of_several_schools"]
    found = preview(
        Grant(schools=("99AA",), choices=(("BST", "Leerspoor"),), start_date=today(), locations=("99AA01",)),
        actor=regenboog.anke,
    )
    assert [problem.kind for problem in found.problems] == ["board_level"]
