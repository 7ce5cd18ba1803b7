"""Tijdlijn: the mandates of a school over the school years, as a chart and in words."""

import re
from datetime import date

import pytest
import time_machine

from mandates.actions import revoke_mandate
from mandates.coverage import State, Status
from mandates.models import Mandate
from mandates.overview import MandateRow, page_of_school
from mandates.timeline import Timeline, first_day_of_school_year, timeline_of
from tests import factories as make
from tests.mandates.test_pages import another_board, granted, text_of

TIMELINE = "/scholen/99AA/tijdlijn/"
NOW = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def _on_a_known_day():
    with time_machine.travel("2026-11-22T12:00:00+01:00", tick=False):
        yield


@pytest.fixture
def page(regenboog, client):
    """A browser in which Anke de Vries is signed in."""
    client.force_login(regenboog.person)
    return client


def timeline(school, *, all_years: bool = False) -> Timeline:
    shown = page_of_school(school, [], NOW)
    return timeline_of([*shown.current, *shown.ended], NOW, all_years=all_years)


def years_of(shown: Timeline) -> tuple[int, int]:
    """The first and the last school year of the chart, by the year in which it begins."""
    return shown.years[0].first_day.year, shown.years[-1].first_day.year


def percents(*values: str) -> list[float]:
    return [float(value.removesuffix("%")) for value in values]


# --- Where everything stands in the chart ---


@pytest.mark.parametrize(
    ("day", "year"), [(date(2026, 8, 1), 2026), (date(2026, 7, 31), 2025), (date(2027, 1, 1), 2026)]
)
def test_a_school_year_runs_from_1_august_up_to_and_including_31_july(day, year):
    assert first_day_of_school_year(day) == date(year, 8, 1)


def test_the_chart_runs_from_the_first_mandate_to_two_years_ahead(regenboog):
    granted(regenboog.school, regenboog.rio, regenboog.las, start_date=date(2024, 3, 1))

    shown = timeline(regenboog.school)

    assert years_of(shown) == (2023, 2028)
    assert (shown.first_day, shown.last_day) == (date(2023, 8, 1), date(2029, 7, 31))
    assert not shown.can_show_more


def test_it_goes_six_years_back_unless_all_years_are_asked_for(regenboog):
    granted(regenboog.school, regenboog.rio, regenboog.las, start_date=date(2019, 3, 1), end_date=date(2019, 7, 31))
    granted(regenboog.school, regenboog.oso, regenboog.las, start_date=date(2019, 3, 1))

    some, every = timeline(regenboog.school), timeline(regenboog.school, all_years=True)

    assert (years_of(some), some.can_show_more, some.outside) == ((2020, 2028), True, 1)
    assert [line.service.code for line in some.lines] == ["OSO-OV"]
    assert some.lines[0].bars[0].began_before
    assert (years_of(every), every.can_show_more, every.outside) == ((2018, 2028), False, 0)
    assert len(some.rows) == len(every.rows) == 2  # the table leaves nothing out


def test_a_mandate_far_ahead_is_shown_with_all_years(regenboog):
    granted(regenboog.school, regenboog.rio, regenboog.las, start_date=date(2031, 8, 1))

    assert (years_of(timeline(regenboog.school)), timeline(regenboog.school).outside) == ((2026, 2028), 1)
    assert years_of(timeline(regenboog.school, all_years=True)) == (2026, 2031)


@pytest.mark.parametrize("start", [date(1900, 1, 1), date(9998, 12, 31)])
def test_days_at_the_ends_of_the_calendar_do_not_make_the_chart_endless(regenboog, start):
    mandate = Mandate(pk=1, service=regenboog.rio, system=regenboog.las, start_date=start, end_date=date.max)
    row = MandateRow(mandate, Status(State.MANDATED, "gemandateerd"), "")

    shown = timeline_of([row], NOW, all_years=True)

    assert len(shown.years) <= 41
    assert len(shown.rows) == 1


def test_a_bar_stands_on_its_days(regenboog):
    """One school year of the three that are shown: a third."""
    granted(regenboog.school, regenboog.rio, regenboog.las, start_date=date(2027, 8, 1), end_date=date(2028, 7, 31))

    (bar,) = timeline(regenboog.school).lines[0].bars
    days = (date(2029, 8, 1) - date(2026, 8, 1)).days

    assert percents(bar.x, bar.width) == pytest.approx([100 * 365 / days, 100 * 366 / days], abs=0.01)
    assert not bar.goes_on
    assert not bar.began_before


@pytest.mark.parametrize("end", [None, date(2029, 8, 1), date(9998, 12, 31)])
def test_what_does_not_end_within_the_chart_goes_on(regenboog, end):
    granted(regenboog.school, regenboog.rio, regenboog.las, start_date=date(2026, 9, 1), end_date=end)

    (bar,) = timeline(regenboog.school).lines[0].bars

    assert bar.goes_on
    assert sum(percents(bar.x, bar.width)) == pytest.approx(100)


def test_a_mandate_of_one_day_can_be_seen(regenboog):
    granted(regenboog.school, regenboog.rio, regenboog.las, start_date=date(2026, 8, 1), end_date=date(2026, 8, 1))

    (bar,) = timeline(regenboog.school).lines[0].bars

    assert percents(bar.width) == [0.4]
    assert bar.words == "alleen op 1 augustus 2026 (beëindigd)"


def test_mandates_that_follow_one_another_share_a_line_and_systems_do_not(regenboog):
    """D2"""
    granted(regenboog.school, regenboog.rio, regenboog.las, start_date=date(2024, 8, 1), end_date=date(2025, 7, 31))
    granted(regenboog.school, regenboog.rio, regenboog.las, start_date=date(2025, 8, 1))
    granted(regenboog.school, regenboog.rio, regenboog.other_las, start_date=date(2026, 8, 1), locations=["99AA01"])

    first, second = timeline(regenboog.school).lines

    assert (first.system, len(first.bars)) == (regenboog.las, 2)
    assert second.bars[0].is_limited
    assert second.words == "vanaf 1 augustus 2026, zonder einddatum (gemandateerd, alleen voor vestiging 99AA01)"


def test_a_cancelled_mandate_is_in_the_words_only(regenboog):
    """D9: it was valid on no day."""
    revoke_mandate(
        actor=regenboog.anke,
        mandate=granted(regenboog.school, regenboog.rio, regenboog.las, start_date=date(2027, 1, 1)),
    )

    shown = timeline(regenboog.school)

    assert (shown.lines, shown.outside) == ([], 0)
    assert shown.rows[0].period == "zou beginnen op 1 januari 2027; nooit geldig geweest"


# --- The page ---


def test_the_chart_says_in_words_what_it_shows(page, regenboog):
    """WCAG 1.1.1"""
    granted(regenboog.school, regenboog.rio, regenboog.las, start_date=date(2024, 8, 1), end_date=date(2026, 12, 12))

    response = page.get(TIMELINE)

    html = response.content.decode()
    assert '<title id="lijn-1">RIO, Leerspoor</title>' in html
    words = "van 1 augustus 2024 tot en met 12 december 2026"
    assert f'<desc id="lijn-1-dagen">{words} (loopt af op 12 december 2026)</desc>' in html
    assert 'aria-labelledby="lijn-1 lijn-1-dagen"' in html
    assert f"RIO Registratie Instellingen en Opleidingen Leerspoor {words} loopt af op 12 december 2026" in text_of(
        response
    )


def test_every_state_has_its_own_pattern(page, regenboog):
    """Not colour alone (WCAG 1.4.1): it reads in black and white."""
    for service, dates in (
        (regenboog.rio, {}),
        (regenboog.oso, {"end_date": date(2026, 12, 1)}),
        (regenboog.test, {"start_date": date(2026, 12, 1)}),
    ):
        granted(regenboog.school, service, regenboog.las, **dates)
    granted(regenboog.school, regenboog.rio, regenboog.other_las, end_date=date(2026, 11, 1))

    html = page.get(TIMELINE).content.decode()

    for state, word in (
        ("mandated", "nu geldig"),
        ("ending", "nu geldig, loopt af"),
        ("coming", "begint later"),
        ("ended", "voorbij"),
    ):
        assert f'<pattern id="vulling-{state}"' in html
        assert html.count(f'fill="url(#vulling-{state})"') == 2  # the bar, and the legend
        assert word in text_of(page.get(TIMELINE))


def test_numbers_in_the_chart_have_a_point_whatever_the_language(page, regenboog):
    """A comma would make an SVG unreadable."""
    granted(regenboog.school, regenboog.rio, regenboog.las)

    places = re.findall(r' (?:x|x1|x2|width)="([^"]*)"', page.get(TIMELINE).content.decode())

    assert places
    assert all(re.fullmatch(r"-?\d+(\.\d+)?%?", place) for place in places)


def test_mandates_of_the_board_are_shown_with_its_schools(page, regenboog):
    """D1"""
    make.MandateFactory(school=None, board=regenboog.board, service=regenboog.bst, system=regenboog.las)

    html = page.get(TIMELINE).content.decode()

    assert "BST, Leerspoor, voor het hele bestuur</title>" in html


def test_all_years_can_be_asked_for_and_left_again(page, regenboog):
    granted(regenboog.school, regenboog.rio, regenboog.las, start_date=date(2019, 1, 1), end_date=date(2019, 7, 31))

    some, every = page.get(TIMELINE), page.get(TIMELINE, {"jaren": "alle"})

    assert 'href="?jaren=alle"' in some.content.decode()
    assert "1 mandaat valt buiten deze jaren." in text_of(some)
    assert "In deze jaren heeft deze school geen mandaten." in text_of(some)
    assert "Tijdlijn van de schooljaren 2018–2019 tot en met 2028–2029" in text_of(every)
    assert "Toon minder jaren" in text_of(every)


@pytest.mark.parametrize("asked", ["onzin", "\0", "-1"])
def test_any_other_choice_of_years_shows_the_usual_ones(page, asked):
    assert page.get(TIMELINE, {"jaren": asked}).status_code == 200


def test_a_school_without_mandates_reads_how_to_begin(page):
    response = page.get(TIMELINE)

    assert "Deze school heeft nog nooit een mandaat gehad." in text_of(response)
    assert "/scholen/99AA/mandaten/toevoegen/" in response.content.decode()
    assert '<svg class="osr-timeline__chart"' not in response.content.decode()


def test_a_closed_school_is_not_offered_its_first_mandate(page, regenboog):
    """D19"""
    make.SchoolFactory(board=regenboog.board, brin="99AC", closed_on=date(2026, 11, 1))

    assert "/mandaten/toevoegen/" not in page.get("/scholen/99AC/tijdlijn/").content.decode()


@pytest.mark.parametrize("brin", ["99ZZ", "99XX", "onzin"])
def test_the_school_of_another_board_does_not_exist(page, regenboog, brin):
    """D4"""
    granted(another_board(), regenboog.rio, regenboog.las)

    assert page.get(f"/scholen/{brin}/tijdlijn/").status_code == 404


def test_names_are_shown_as_text(page, regenboog):
    system = make.SystemFactory(name="<b>Las & Co</b>")
    granted(regenboog.school, regenboog.rio, system)

    html = page.get(TIMELINE).content.decode()

    assert "&lt;b&gt;Las &amp; Co&lt;/b&gt;</title>" in html
    assert "<b>Las" not in html


def test_the_page_holds_no_inline_script_or_style_and_no_token(page, regenboog):
    """D10; the content security policy refuses the others."""
    granted(regenboog.school, regenboog.rio, regenboog.las)

    html = page.get(TIMELINE).content.decode()

    assert not re.search(r"<style|<script(?![^>]* src=)| style=| on\w+=", html)
    assert str(Mandate.objects.get().token) not in html


@pytest.mark.parametrize("mandates", [1, 10])
def test_it_takes_a_fixed_number_of_queries(page, regenboog, mandates, django_assert_num_queries):
    """P6"""
    for number in range(mandates):
        granted(regenboog.school, make.ServiceFactory(), make.SystemFactory(name=f"Systeem {number}"))

    with django_assert_num_queries(9):
        page.get(TIMELINE)
