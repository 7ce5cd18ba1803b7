"""A school of forty vestigingen under one BRIN, and a mandate that is limited to all but one of them (D3)."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.test import Client

from journal.clock import today
from mandates.models import Mandate
from schools.models import School
from tests import factories as make
from tests.mandates.test_copying_pages import confirm, hidden_fields, step
from tests.mandates.test_coverage_pages import cells_of
from tests.mandates.test_downloads import Workbook
from tests.mandates.test_pages import granted, text_of
from tests.mandates.test_school_tabs import address as register_address
from tests.register import Regenboog, make_support, sign_in_support

DAY = timedelta(days=1)
CODES = [f"99AC{number:02}" for number in range(40)]
LEFT_OUT = "99AC17"
CHOSEN = [code for code in CODES if code != LEFT_OUT]
LIMIT = ", ".join(CHOSEN)
# How many they are; their codes are folded below it.
FOLDED = f"Alleen voor 39 vestigingen {LIMIT}"

SCHOOL = "/scholen/99AC/"
GRANT = f"{SCHOOL}mandaten/toevoegen/"
SWITCH = "/overstappen/"
# Of each page: what it says of a mandate for all of the forty but one, and how many queries it takes (P6).
PAGES = {
    SCHOOL: (FOLDED, 9),
    f"{SCHOOL}tijdlijn/": (FOLDED, 9),
    f"{SCHOOL}routeringskenmerken/": (FOLDED, 11),
    GRANT: (", alleen voor 39 vestigingen.", 19),
    "/mandaten/{uuid}/wijzigen/": (f"Vestigingen {FOLDED}", 6),
    "/mandaten/{uuid}/intrekken/": (f"Vestigingen {FOLDED}", 8),
    "/mandaten/{uuid}/kopieren/": (f"{FOLDED} De kopie geldt voor alle vestigingen van de andere school.", 17),
    "/mandaten/wijzigen/": (f", geen einddatum {FOLDED}", 12),
    "/mandaten/": ("RIO deels : alleen 39 van 40 vestigingen", 9),
    "/overzicht/": ("RIO voor Het Kompas: deels : alleen 39 van 40 vestigingen", 8),
    f"{SCHOOL}mandaten.csv": (f";{LIMIT};", 9),
    f"{SCHOOL}routeringskenmerken.csv": (f";{LIMIT};", 8),
    "/downloads/mandaten.csv": (f";{LIMIT};", 8),
    "/downloads/scholen.csv": ("deels: alleen 39 van 40 vestigingen", 7),
}

two_and_forty = pytest.mark.parametrize("codes", [CODES[:2], CODES], ids=["two", "forty"])


def school_with(regenboog: Regenboog, codes: list[str]) -> School:
    """Het Kompas, with vestigingen of these codes."""
    school = make.SchoolFactory(brin="99AC", name="Het Kompas", board=regenboog.board)
    for code in codes:
        make.LocationFactory(school=school, code=code, name=f"Het Kompas {code[-2:]}")
    return school


def limited(regenboog: Regenboog, school: School, codes: list[str]) -> Mandate:
    """A mandate of Leerspoor for RIO for these vestigingen, with an address."""
    mandate = granted(school, regenboog.rio, regenboog.las, locations=codes)
    register_address(mandate, namespace=regenboog.rio_version.namespace)
    return mandate


@pytest.fixture
def page(regenboog, client) -> Client:
    """A browser in which Anke de Vries is signed in."""
    client.force_login(regenboog.person)
    return client


@pytest.fixture
def kompas(regenboog) -> School:
    return school_with(regenboog, CODES)


@pytest.fixture
def mandate(regenboog, kompas) -> Mandate:
    return limited(regenboog, kompas, CHOSEN)


def filled_in(regenboog: Regenboog, codes: list[str]) -> dict[str, object]:
    """What the form of Mandaat toevoegen sends: RIO for Leerspoor, with these vestigingen ticked."""
    return {
        "dienst": ["RIO"],
        "systeem-RIO": str(regenboog.las.uuid),
        "startdatum": today().isoformat(),
        "vestiging": codes,
    }


def give(page: Client, regenboog: Regenboog, codes: list[str]):
    """Fill in and send Mandaat toevoegen."""
    return page.post(GRANT, hidden_fields(page.get(GRANT)) | filled_in(regenboog, codes), follow=True)


# --- Choosing ---------------------------------------------------------------------------------------------------------


def test_the_page_of_the_school_lists_all_forty_folded(kompas, page):
    html = page.get(SCHOOL).content.decode()

    (list_of_locations,) = re.findall(r'<details class="[^"]*osr-locations"(.*?)</details>', html, re.S)
    assert not list_of_locations.split(">")[0].strip()  # not `open`
    assert "<summary>40 vestigingen</summary>" in list_of_locations
    assert re.findall(r"99AC\d\d", list_of_locations) == CODES


def test_all_but_one_can_be_chosen_and_that_is_saved_and_shown(regenboog, kompas, page):
    """D3"""
    form = page.get(GRANT)
    assert re.findall(r'name="vestiging" value="(\w+)"', form.content.decode()) == CODES
    assert "Kiest u niets, dan geldt het mandaat voor alle 40 vestigingen." in text_of(form)

    done = give(page, regenboog, CHOSEN)

    assert "Het mandaat is opgeslagen." in text_of(done)
    assert Mandate.objects.get().locations == CHOSEN
    assert f"{FOLDED} Leerspoor" in text_of(done)
    assert "deels : alleen 39 van 40 vestigingen" in text_of(done)


@pytest.mark.parametrize("codes", [[], CODES], ids=["none", "all"])
def test_none_and_all_of_them_limit_nothing(regenboog, kompas, page, codes):
    """D3: a vestiging that is added later is covered too."""
    done = give(page, regenboog, codes)

    assert Mandate.objects.get().locations is None
    assert "Alleen voor" not in text_of(done)


def test_what_was_chosen_stays_chosen_when_something_else_is_wrong(regenboog, kompas, page):
    sent = {"dienst": ["RIO"], "startdatum": today().isoformat(), "vestiging": CHOSEN}
    response = page.post(GRANT, hidden_fields(page.get(GRANT)) | sent)

    assert response.status_code == 422
    assert re.findall(r'name="vestiging" value="(\w+)" checked', response.content.decode()) == CHOSEN


@pytest.mark.parametrize(("step", "ticked"), [("alles", CODES), ("niets", [])])
def test_all_or_none_can_be_ticked_without_javascript_and_nothing_is_saved_yet(regenboog, kompas, page, step, ticked):
    """screens.md: every page works without JavaScript."""
    sent = {"dienst": ["RIO"], "startdatum": "morgen", "einddatum": "2099-12-01", "vestiging": CODES[:2], "stap": step}
    response = page.post(GRANT, hidden_fields(page.get(GRANT)) | sent)
    html = response.content.decode()

    assert response.status_code == 200
    assert "Er is nog niets opgeslagen" not in html  # nobody asked yet whether it is right
    assert re.findall(r'name="vestiging" value="(\w+)" checked', html) == ticked
    assert re.search(r'name="dienst" value="RIO"[^>]* checked', html)
    assert "2099-12-01" in html
    assert not Mandate.objects.exists()


def test_of_a_few_vestigingen_one_ticks_each(regenboog, page):
    school_with(regenboog, CODES[:3])

    assert "Alles selecteren" not in text_of(page.get(GRANT))


def test_enter_in_a_field_saves(kompas, page):
    """Not: ticks all of them. A browser presses the first button of the form."""
    (form,) = re.findall(rf'<form method="post" action="{GRANT}".*?</form>', page.get(GRANT).content.decode(), re.S)

    assert re.findall(r"<button[^>]*>", form)[0] == '<button type="submit" hidden>'


def test_a_vestiging_of_another_school_is_refused_among_forty(regenboog, kompas, page):
    """D3"""
    done = give(page, regenboog, [*CHOSEN, "99AA00"])

    assert "99AA00 is geen vestiging van deze school." in text_of(done)
    assert not Mandate.objects.exists()


def test_a_second_mandate_for_the_last_one_makes_the_service_whole(regenboog, kompas, mandate, page):
    """D3: limited mandates count together."""
    granted(kompas, regenboog.rio, regenboog.other_las, locations=[LEFT_OUT])

    text = text_of(page.get(SCHOOL))

    assert f"Alleen voor vestiging {LEFT_OUT} Klasboek" in text
    assert "deels" not in text
    state, said, _ = cells_of(page.get("/overzicht/"))["Het Kompas", "RIO"]
    assert (state, said) == ("mandated", "gemandateerd (mandaat bekijken)")


# --- What each page says ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", PAGES)
def test_the_limit_is_said(mandate, page, address):
    """D3"""
    words, _ = PAGES[address]
    response = page.get(address.format(uuid=mandate.uuid))

    assert words in (response.content.decode() if address.endswith(".csv") else text_of(response))


@two_and_forty
@pytest.mark.parametrize("address", PAGES)
def test_forty_vestigingen_take_as_many_queries_as_two(regenboog, page, address, codes, django_assert_num_queries):
    """P6"""
    _, queries = PAGES[address]
    mandate = limited(regenboog, school_with(regenboog, codes), codes[:-1])

    with django_assert_num_queries(queries):
        response = page.get(address.format(uuid=mandate.uuid))
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        (CODES[:1], "Alleen voor vestiging 99AC00"),
        (CODES[:3], "Alleen voor vestigingen 99AC00, 99AC01, 99AC02"),
        (CODES[:4], "Alleen voor 4 vestigingen"),
    ],
)
def test_up_to_three_are_written_out_and_more_are_folded(regenboog, kompas, page, codes, words):
    """D3"""
    granted(kompas, regenboog.rio, regenboog.las, locations=codes)

    html = page.get(SCHOOL).content.decode()

    tag = "details" if len(codes) > 3 else "span"
    (reach,) = re.findall(rf'<{tag} class="osr-reach">(.*?)</{tag}>', html, re.S)
    assert words in reach
    assert re.findall(r"99AC\d\d", reach) == codes


def test_support_sees_them_folded_too(mandate, client):
    sign_in_support(client, make_support())

    for path in (
        f"/beheer/mandates/mandate/{mandate.pk}/change/",
        f"/beheer/schools/school/{mandate.school_id}/change/",
    ):
        assert FOLDED in text_of(client.get(path))


def test_the_timeline_draws_a_narrow_bar_and_tells_a_screen_reader_which(mandate, page):
    html = page.get(f"{SCHOOL}tijdlijn/").content.decode()

    assert "smal: niet voor alle vestigingen" in html
    (described,) = re.findall(r"<desc [^>]*>(.*?)</desc>", html, re.S)
    assert "alleen voor 39 vestigingen" in described


def test_the_history_tells_which(mandate, page):
    """D14"""
    told = [text for text in text_of(page.get(f"{SCHOOL}geschiedenis/?dienst=RIO")).split("Mandaat") if LIMIT in text]

    assert len(told) == 1
    assert f"Vestigingen {FOLDED} Startdatum" in told[0]


def test_the_excel_file_has_them_in_one_cell_that_is_not_too_wide(mandate, page):
    book = Workbook(page.get(f"{SCHOOL}mandaten.xlsx").content)
    header, row = book.rows()

    (column,) = (name for name, title in header.items() if title == "Vestigingen")
    assert row[column] == LIMIT
    widths = [float(each.get("width")) for each in book.page.iter() if each.tag.endswith("}col")]
    assert max(widths) < 70


def test_the_csv_file_has_them_in_one_field(mandate, page):
    content = page.get(f"{SCHOOL}mandaten.csv").content.decode("utf-8-sig")

    (row,) = csv.DictReader(io.StringIO(content, newline=""), delimiter=";")
    assert row["Vestigingen"] == LIMIT


# --- What is done with it ---------------------------------------------------------------------------------------------


def switch(regenboog: Regenboog) -> dict[str, object]:
    """What the form of Overstappen sends: RIO of Het Kompas goes over to Klasboek."""
    return {
        "van": str(regenboog.las.uuid),
        "naar": str(regenboog.other_las.uuid),
        "dienst": ["RIO"],
        "scholen": ["99AC"],
        "dag": (today() + 10 * DAY).isoformat(),
    }


def test_switching_keeps_the_limit_and_says_so_beforehand(regenboog, mandate, page):
    """D3, D12"""
    seen = step(page, SWITCH, "volgende", **switch(regenboog))
    assert re.search(rf"Klasboek begint op .*, alleen voor {len(CHOSEN)} vestigingen", text_of(seen))
    confirm(page, SWITCH, seen)

    assert Mandate.objects.get(system=regenboog.other_las).locations == CHOSEN


@two_and_forty
def test_switching_forty_takes_as_many_queries_as_two(regenboog, page, codes, django_assert_num_queries):
    """P6"""
    limited(regenboog, school_with(regenboog, codes), codes[:-1])

    with django_assert_num_queries(12):
        page.get(SWITCH)
    with django_assert_num_queries(21):
        seen = step(page, SWITCH, "volgende", **switch(regenboog))
    with django_assert_num_queries(56):
        page.post(SWITCH, hidden_fields(seen) | {"stap": "bevestigen"})


@two_and_forty
def test_giving_for_all_but_one_takes_as_many_queries_for_forty_as_for_two(
    regenboog, page, codes, django_assert_num_queries
):
    """P6"""
    school_with(regenboog, codes)
    sent = hidden_fields(page.get(GRANT)) | filled_in(regenboog, codes[:-1])

    with django_assert_num_queries(41):
        page.post(GRANT, sent)
    assert Mandate.objects.get().locations == codes[:-1]


def test_a_copy_is_for_all_vestigingen_of_the_other_school(regenboog, mandate, page):
    """D3, D11: those of the source are its own."""
    path = f"/mandaten/{mandate.uuid}/kopieren/"

    confirm(page, path, step(page, path, "volgende", scholen=["99AA"]))

    assert Mandate.objects.get(school=regenboog.school).locations is None


def test_an_end_date_leaves_the_limit_as_it_is(mandate, page):
    """D8"""
    path = f"/mandaten/{mandate.uuid}/wijzigen/"

    page.post(path, hidden_fields(page.get(path)) | {"einddatum": (today() + 30 * DAY).isoformat()})

    mandate.refresh_from_db()
    assert (mandate.locations, mandate.end_date) == (CHOSEN, today() + 30 * DAY)
