"""What is printed holds everything, or says what it leaves out (screens.md: a board's own list on paper)."""

import csv
import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.boards import LARGEST_BOARD, SCHOOLS, add_boards
from tests.journeys.states import WILLEMIJN
from tests.running import RunningRegister


@pytest.fixture
def paper(page: Page, running_register: RunningRegister) -> Page:
    """Mandaten beheren as it is printed, of a bestuur with 65 schools."""
    add_boards(running_register)
    WILLEMIJN.sign_in(page, running_register)
    page.emulate_media(media="print")
    return page


def test_the_printed_list_holds_every_mandate_that_the_bestuur_has_now(paper: Page, running_register: RunningRegister):
    file = paper.request.get(f"{running_register.url}/downloads/mandaten.csv").body().decode("utf-8-sig")
    mandates = {
        (line["BRIN of bestuursnummer"], line["Dienst"]) for line in csv.DictReader(file.splitlines(), delimiter=";")
    }
    assert len({brin for brin, _ in mandates}) == SCHOOLS

    paper.goto(f"{running_register.url}/mandaten/?pagina=alle")
    printed = set()
    for row in paper.locator("tbody tr").all():
        brin = row.locator(".osr-school .osr-number").inner_text()
        for item in row.locator(".osr-statuses__item").all():
            service, status = item.inner_text().split("\n")[:2]
            if item.is_visible() and "ontbreekt" not in status:
                printed.add((brin, service.strip()))

    assert mandates <= printed


@pytest.mark.parametrize("path", ["/mandaten/", "/overzicht/"])
def test_one_page_of_a_long_list_says_on_paper_that_there_is_more(paper: Page, running_register: RunningRegister, path):
    paper.goto(running_register.url + path)

    expect(paper.get_by_text("Dit is pagina 1 van 3.")).to_be_visible()
    paper.goto(f"{running_register.url}{path}?pagina=alle")
    expect(paper.get_by_text("Dit is pagina")).to_have_count(0)


@pytest.mark.parametrize(
    "path", ["/mandaten/", "/overzicht/", "/mandaten/wijzigen/", "/geschiedenis/", "/overeenkomsten/", "/scholen/99CA/"]
)
def test_paper_says_whose_it_is_and_of_which_day(paper: Page, running_register: RunningRegister, path):
    paper.goto(running_register.url + path)

    expect(paper.get_by_text(re.compile(f"{re.escape(LARGEST_BOARD)} .99065., \\d+ \\w+ \\d{{4}}"))).to_be_visible()


def test_a_page_that_lies_on_its_side_has_no_empty_sheet_before_it(paper: Page, running_register: RunningRegister):
    """The whole sheet turns, not only the table on it."""
    paper.goto(f"{running_register.url}/overzicht/")

    assert paper.evaluate("getComputedStyle(document.body).page") == "lying"
