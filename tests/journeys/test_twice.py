"""Double clicks and the back button do nothing twice, and nothing is then called wrong (D11, D12, D13, D20)."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx2
import pytest
from playwright.sync_api import Error, Locator, Page, expect

from tests.journeys.states import LATER, TODAY, Step, choose, fill, follow, press, tick
from tests.journeys.test_first_mandate import sign_in
from tests.running import RunningRegister

BOARD, FORMER, SINCE = "99091", "99092", "2024-08-01"
LIES = "lies@deboomgaard.example"
KLASBOEK = "Klasboek (Klasboek Software BV)"
ALREADY = r"Dit was al (gedaan|opgeslagen)\. Er is niets dubbel \w+\.|Dit was al ongedaan gemaakt\."
NOTHING_TO_DO = "Er is niets te doen: bij geen van uw keuzes verandert er iets."
# At each side of each tree a school: a tree is there for one deed, a side for one way of doing it again.
NORTH, EAST, SOUTH, WEST = SIDES = "Noord", "Oost", "Zuid", "West"


@dataclass(frozen=True)
class Deed:
    """Something that a beheerder does with a last button.

    `tree`: of the schools to which it is done. `path` (with the BRIN) and `steps` (for a school of this name): what
    comes before that button, which is called `button`, perhaps with the school behind it. `told`: what is said
    afterwards; `again`: what is read by who comes back with the back button, and presses that button again where it is
    still there.
    """

    name: str
    tree: str
    path: str
    steps: Callable[[str], tuple[Step, ...]]
    told: str
    button: str = "Bevestigen"
    again: str = NOTHING_TO_DO

    def school(self, side: str) -> str:
        return f"De {self.tree} {side}"

    def brin(self, side: str) -> str:
        return f"99{self.tree[0]}{side[0]}"

    def last_button(self, page: Page, side: str) -> Locator:
        return page.get_by_role("button", name=re.compile(f"^{self.button}( ?:.*{self.school(side)})?$"))


def box(name: str) -> Step:
    """Tick the only box that has this in its name."""
    return lambda page: page.get_by_role("checkbox", name=name).check()


def switch(day: object) -> Callable[[str], tuple[Step, ...]]:
    return lambda school: (
        follow("Leerspoor"),
        choose("Naar welk systeem?", KLASBOEK),
        fill("Op welke dag begint het nieuwe systeem?", day),
        box(school),
        press("Volgende"),
    )


VERZUIM = (tick("VERZUIM"), choose("Selecteer een systeem voor VERZUIM", KLASBOEK))
SWITCHED = "De overstap is opgeslagen"
COPYING = Deed(
    "kopiëren",
    "Hazelaar",
    "/scholen/99RO/",
    lambda school: (follow("Kopiëren"), box(school), press("Volgende")),
    "Het mandaat is gekopieerd naar 1 school",
)
TAKING_OVER = Deed(
    "overnemen",
    "Linde",
    "/over-te-nemen/",
    lambda school: (box(school), press("Gekozen mandaten overnemen")),
    "Het mandaat is overgenomen",
    again=ALREADY,
)
TAKING_OVER_AT_ONCE = Deed(
    "meteen overnemen",
    "Populier",
    "/over-te-nemen/",
    lambda school: (),
    "Het mandaat is overgenomen",
    "Overnemen",
    again="Over te nemen",
)
LETTING_END = Deed(
    "laten aflopen",
    "Taxus",
    "/over-te-nemen/",
    lambda school: (),
    "U laat het mandaat voor RIO van De Taxus",
    "Laten aflopen",
    again="U laat dit aflopen",
)
UNDOING = Deed(
    "ongedaan maken",
    "Olijf",
    "/scholen/{brin}/mandaten/toevoegen/",
    lambda school: (*VERZUIM, press("Opslaan")),
    "Ongedaan gemaakt: 1 mandaat",
    "Ongedaan maken",
)
DEEDS = (
    Deed(
        "toevoegen aan één school",
        "Fijnspar",
        "/scholen/{brin}/mandaten/toevoegen/",
        lambda school: VERZUIM,
        "Het mandaat is opgeslagen",
        "Opslaan",
        again=ALREADY,
    ),
    Deed(
        "toevoegen aan meer scholen",
        "Goudenregen",
        "/mandaten/toevoegen/",
        lambda school: (*VERZUIM, box(school), press("Volgende")),
        "Het mandaat is opgeslagen",
    ),
    COPYING,
    Deed("later overstappen", "Iep", "/overstappen/", switch(LATER), SWITCHED),
    Deed("vandaag overstappen", "Jeneverbes", "/overstappen/", switch(TODAY), SWITCHED),
    Deed(
        "meerdere wijzigen",
        "Kornoelje",
        "/mandaten/wijzigen/?zoek={brin}",
        lambda school: (box(school), tick("Een einddatum zetten"), fill("Einddatum", LATER), press("Volgende")),
        "1 mandaat eindigt nu op",
    ),
    TAKING_OVER,
    TAKING_OVER_AT_ONCE,
    Deed(
        "wijzigen",
        "Meidoorn",
        "/scholen/{brin}/",
        lambda school: (follow("Wijzigen"), fill("Einddatum", LATER)),
        "Het mandaat voor RIO is gewijzigd",
        "Opslaan",
        again="Het mandaat heeft deze datums al. Er is niets veranderd.",
    ),
    Deed(
        "intrekken",
        "Notenboom",
        "/scholen/{brin}/",
        lambda school: (follow("Intrekken"),),
        "Het mandaat is ingetrokken",
        "Intrekken",
        again="Dit mandaat is al beëindigd",
    ),
)
MOVED = (TAKING_OVER, TAKING_OVER_AT_ONCE, LETTING_END)
SCHOOLS = [
    {"brin": deed.brin(side), "name": deed.school(side), "board": FORMER if deed in MOVED else BOARD}
    for deed in (*DEEDS, LETTING_END, UNDOING)
    for side in SIDES
]
REGISTER = {
    "boards": [
        {"number": number, "name": name, "agreements": [{"kind": "OSR", "signed_on": "2019-01-01"}]}
        for number, name in ((BOARD, "Stichting De Boomgaard"), (FORMER, "Stichting De Akker"))
    ],
    "schools": [*SCHOOLS, {"brin": "99RO", "name": "De Robinia", "board": BOARD}],
    "mandates": [
        {"school": school["brin"], "service": "RIO", "system": "Leerspoor", "start_date": SINCE} for school in SCHOOLS
    ]
    # The one that is copied; with it there are two systems, of which one chooses the one to leave.
    + [{"school": "99RO", "service": "BRON-PO", "system": "Klasboek", "start_date": SINCE}],
}
MOVE = f"""
from journal.acts import act, register
from schools.models import Board, School
for school in School.objects.filter(board__number="{FORMER}"):
    school.board = Board.objects.get(number="{BOARD}")
    with act("school.moved", actor=register("DUO-import")):
        school.save()
"""


@pytest.fixture(scope="module")
def register(running_register, tmp_path_factory) -> RunningRegister:
    """The running register with the schools and their OSR-beheerder; some have just come from another board."""
    file = tmp_path_factory.mktemp("files") / "register.yaml"
    file.write_text(json.dumps(REGISTER))  # JSON is YAML as well
    running_register.manage("load_register", str(file))
    running_register.manage("shell", "-v", "0", "-c", MOVE)
    person = {"name": "Lies Bosman", "email": LIES, "roles": ["OSR-toegang"], "boards": [BOARD]}
    httpx2.put(f"http://localhost:{running_register.provider_port}/users/{LIES}", json=person).raise_for_status()
    return running_register


@pytest.fixture(scope="module")
def signed_in(_browser, register: RunningRegister) -> list:
    """The cookies of Lies Bosman, who has signed in."""
    context = _browser.new_context(locale="nl-NL")
    page = context.new_page()
    sign_in(page, register, LIES)
    page.wait_for_url("**/mandaten/")
    cookies = context.cookies()
    context.close()
    return cookies


@pytest.fixture
def lies(page: Page, signed_in: list) -> Page:
    """A browser in which Lies Bosman has signed in."""
    page.context.add_cookies(signed_in)
    return page


def come_to_the_button(page: Page, register: RunningRegister, deed: Deed, side: str) -> Locator:
    """Do everything that comes before the last button, which is returned."""
    page.goto(register.url + deed.path.format(brin=deed.brin(side)))
    for step in deed.steps(deed.school(side)):
        step(page)
    last = deed.last_button(page, side)
    expect(last).to_be_visible()
    return last


def changes(page: Page, register: RunningRegister, deed: Deed, side: str) -> int:
    """How many times something was done to the school, as its history tells."""
    history = page.request.get(f"{register.url}/scholen/{deed.brin(side)}/geschiedenis/")
    return history.text().count("<article ")


def double_click(last: Locator) -> None:
    last.dblclick(delay=60)


def send_at_once(last: Locator) -> None:
    """As two clicks do that come so fast that the register is still busy with the first."""
    last.evaluate("button => { const send = () => button.form.requestSubmit(button); send(); setTimeout(send, 20); }")


@contextmanager
def slow_line(page: Page) -> Iterator[list[str]]:
    """Answers take a while, so that the page is still there when the button is pressed again; gives what was sent."""
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    line = page.context.new_cdp_session(page)
    conditions = {"offline": False, "latency": 300, "downloadThroughput": -1, "uploadThroughput": -1}
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", conditions)
    yield sent
    line.detach()


def expect_calm(page: Page, told: str) -> None:
    """This is told, and nothing is called wrong."""
    notices = page.get_by_role("status")
    expect(notices).to_contain_text(re.compile(told))
    expect(notices.locator(".utrecht-alert--warning, .utrecht-alert--error")).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)


def expect_one_change(
    page: Page, register: RunningRegister, deed: Deed, side: str, press_twice: Callable[[Locator], None]
) -> None:
    """Press the last button twice: what it does is done once, and that is told."""
    last = come_to_the_button(page, register, deed, side)
    before = changes(page, register, deed, side)
    with slow_line(page) as sent:
        press_twice(last)
        expect_calm(page, f"{deed.told}|{ALREADY}")

    assert len(sent) == 2
    assert changes(page, register, deed, side) == before + 1


def go_back(page: Page) -> None:
    """Use the back button. What was the answer to a form was not kept: then the browser sends that form again."""
    try:
        page.go_back()
    except Error:
        page.wait_for_url("chrome-error:**")
        page.reload()


twice = pytest.mark.parametrize(
    ("side", "press_twice"), [(NORTH, double_click), (EAST, send_at_once)], ids=["double click", "at once"]
)


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.name)
@twice
def test_what_is_pressed_twice_is_done_once_and_can_be_undone(
    lies: Page, register: RunningRegister, deed: Deed, side: str, press_twice: Callable[[Locator], None]
):
    """D11, D12, D13, D20: double clicks and the back button do nothing twice."""
    expect_one_change(lies, register, deed, side, press_twice)

    lies.get_by_role("status").get_by_role("button", name="Ongedaan maken").click()
    expect(lies.get_by_role("status")).to_contain_text("Ongedaan gemaakt")


@pytest.mark.parametrize("deed", [LETTING_END, UNDOING], ids=lambda deed: deed.name)
@twice
def test_what_is_pressed_twice_and_has_no_way_back_is_done_once(
    lies: Page, register: RunningRegister, deed: Deed, side: str, press_twice: Callable[[Locator], None]
):
    """D13, D20: double clicks and the back button do nothing twice."""
    expect_one_change(lies, register, deed, side, press_twice)


@pytest.mark.parametrize("deed", [*DEEDS, LETTING_END, UNDOING], ids=lambda deed: deed.name)
def test_a_page_that_was_left_open_does_nothing_again(lies: Page, register: RunningRegister, deed: Deed):
    """D11, D12, D13, D20: the old page, as a browser that keeps pages gives it back."""
    last = come_to_the_button(lies, register, deed, WEST)
    before = changes(lies, register, deed, WEST)
    with lies.context.expect_page() as other:
        last.click(modifiers=["Control"])  # the answer comes in a tab of its own
    expect(other.value.get_by_role("status")).to_contain_text(re.compile(deed.told))
    last.click()

    expect_calm(lies, ALREADY)
    assert changes(lies, register, deed, WEST) == before + 1


@pytest.mark.parametrize("deed", [*DEEDS, LETTING_END], ids=lambda deed: deed.name)
def test_after_the_back_button_nothing_is_done_again_and_the_page_says_so(
    lies: Page, register: RunningRegister, deed: Deed
):
    """D11, D12, D13, D20: double clicks and the back button do nothing twice."""
    come_to_the_button(lies, register, deed, SOUTH).click()
    expect(lies.get_by_role("status")).to_contain_text(re.compile(deed.told))
    before = changes(lies, register, deed, SOUTH)
    go_back(lies)
    if (last := deed.last_button(lies, SOUTH)).count():
        last.click()

    expect(lies.locator("body")).to_contain_text(re.compile(deed.again))
    expect(lies.get_by_role("alert")).to_have_count(0)
    assert changes(lies, register, deed, SOUTH) == before


def test_after_the_back_button_the_history_does_not_offer_to_undo_again(lies: Page, register: RunningRegister):
    """D13"""
    come_to_the_button(lies, register, UNDOING, SOUTH)
    tabs = lies.get_by_role("navigation", name="Over deze school")
    tabs.get_by_role("link", name="Geschiedenis").click()
    undo = lies.get_by_role("main").get_by_role("button", name="Ongedaan maken")
    undo.click()
    expect_calm(lies, UNDOING.told)
    go_back(lies)

    expect(lies.get_by_role("main").get_by_role("article")).not_to_have_count(0)
    expect(undo).to_have_count(0)
