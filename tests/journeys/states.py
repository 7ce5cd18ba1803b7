"""What the catalogue of pages is written in: who looks at a page, and what is done there, as the screen words it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Page

from tests.running import RunningRegister

# The day in Amsterdam, where the register is; around midnight this machine has another.
TODAY = datetime.now(ZoneInfo("Europe/Amsterdam")).date()
LATER = TODAY + timedelta(days=300)

# The narrowest that a page must stand: also what is left of 1280 x 1024 at 400 % zoom (WCAG 1.4.10).
NARROW = {"width": 320, "height": 256}

# As in `osr.demo_accounts`, which cannot be imported without a database.
_PASSWORD_OF_SUPPORT = "alleen voor de demo"

Step = Callable[[Page], object]


@dataclass(frozen=True)
class Who:
    """Somebody who looks, and how one comes in; each has a browser of their own."""

    name: str
    sign_in: Callable[[Page, RunningRegister], None] | None = None


def _through_mijn_duo(email: str) -> Callable[[Page, RunningRegister], None]:
    def sign_in(page: Page, register: RunningRegister) -> None:
        page.goto(register.url)
        page.get_by_role("button", name="Inloggen").first.click()
        page.get_by_label("Subject").fill(email)
        page.get_by_role("button", name="Authorize", exact=True).click()
        page.wait_for_url(f"{register.url}/**")

    return sign_in


def _with_second_factor(username: str) -> Callable[[Page, RunningRegister], None]:
    def sign_in(page: Page, register: RunningRegister) -> None:
        page.goto(f"{register.url}/beheer/")
        page.get_by_label("Gebruikersnaam").fill(username)
        page.get_by_label("Wachtwoord").fill(_PASSWORD_OF_SUPPORT)
        page.get_by_role("button", name="Verder").click()
        page.get_by_label("Code").fill(register.manage("totp_code", username).strip())
        page.keyboard.press("Enter")
        page.get_by_role("heading", level=1, name="Werkplek").wait_for()

    return sign_in


NOBODY = Who("nobody")
WITHOUT_ROLE = Who("without the role", _through_mijn_duo("karin.visser@devecht.example"))
WITHOUT_BOARD = Who("of a board that is not in the register", _through_mijn_duo("noor@elders.example"))
LEAVING = Who("beheerder who signs out", _through_mijn_duo("anke.devries@devecht.example"))
ANKE = Who("beheerder of 25 schools", _through_mijn_duo("anke.devries@devecht.example"))
BART = Who("beheerder of two boards", _through_mijn_duo("bart.jansen@debrug.example"))
DIRK = Who("tekenbevoegde", _through_mijn_duo("dirk.bakker@aanzee.example"))
FATIMA = Who("beheerder of one school", _through_mijn_duo("fatima@dekastanje.example"))
JOOST = Who("beheerder of a board without agreement", _through_mijn_duo("joost@aanzee.example"))
WILLEMIJN = Who("beheerder of 65 schools", _through_mijn_duo("willemijn@rijnvallei.example"))
SUPPORT = Who("Kennisnet support", _with_second_factor("hanna"))
ERIK = Who("beheerder of a board without schools", _through_mijn_duo("erik@nogniets.example"))


def press(name: str, *, exact: bool = True) -> Step:
    """Press the first button of this name that is seen; unless `exact`, one whose name has these words in it."""
    return lambda page: page.get_by_role("button", name=name, exact=exact).first.click()


def follow(name: str) -> Step:
    """Follow the first link of this name in the content, to the page that it leads to."""

    def step(page: Page) -> None:
        with page.expect_navigation():
            page.get_by_role("main").get_by_role("link", name=name).first.click()

    return step


def tick(name: str) -> Step:
    """Tick the first box, or choose the first option, of this name that is seen."""
    return lambda page: page.get_by_label(name).locator("visible=true").first.check()


def fill(name: str, text: object) -> Step:
    """Fill in the first field of this name."""
    fields = "input:not([type=radio], [type=checkbox]), textarea"
    return lambda page: page.get_by_label(name).and_(page.locator(fields)).first.fill(str(text))


def choose(name: str, option: str) -> Step:
    """Choose from the first list of this name that is seen."""
    return lambda page: page.get_by_label(name).locator("visible=true").first.select_option(label=option)


def unfold(name: str) -> Step:
    """Open what is folded away under these words."""
    return lambda page: page.locator("summary", has_text=name).click()


def narrow(page: Page) -> None:
    """On a small screen from here on: the menu is folded away there."""
    page.set_viewport_size(NARROW)


def see_notice(page: Page) -> None:
    """Wait for the notice; a script reads it out by putting it there once more."""
    page.wait_for_load_state()
    page.get_by_role("status").get_by_role("paragraph").first.wait_for()


def forget_session(page: Page) -> None:
    """Be signed out in the meantime."""
    page.context.clear_cookies(name="sessionid")


def forget_secret(page: Page) -> None:
    """No longer have the cookie that goes with each form."""
    page.context.clear_cookies(name="csrftoken")


@dataclass(frozen=True)
class State:
    """A page in a state.

    `name`: of its picture. `route`: the page's name in the URL configuration, empty where the register has no such
    address. `path`: where one begins; `steps`: what one does from there. `error`: the template that is shown instead.
    """

    name: str
    route: str
    who: Who
    path: str
    steps: tuple[Step, ...] = ()
    error: str = ""


def state(name: str, route: str, who: Who, path: str, *steps: Step) -> State:
    return State(name, route, who, path, steps)
