"""Every page of the register, in every state that matters.

`make screenshots` makes a picture of each, wide and narrow; `test_every_page.py` tests each, and that no page is
missing here. A new page is one line in `STATES`: what its picture is called, its name in the URL configuration, who
looks, and where; then, if it must be filled in first, what is done there, in the words on the screen.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from playwright.sync_api import Page

from osr.development import BASE_DIR
from tests.running import RunningRegister

LATER = date.today() + timedelta(days=300)

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
    """Follow the first link of this name in the content."""
    return lambda page: page.get_by_role("main").get_by_role("link", name=name).first.click()


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


def _state(name: str, route: str, who: Who, path: str, *steps: Step) -> State:
    return State(name, route, who, path, steps)


_LEAVE_OPEN = (press("Volgende"),)  # nothing was chosen
_GRANT = (
    choose("Selecteer een LAS voor DOORSTROOM", "Klasboek (Klasboek Software BV)"),
    choose("Selecteer een toetssysteem voor DOORSTROOM", "Peilpunt (Toetsplein BV)"),
    press("Volgende"),
)
_COPY = (follow("Kopiëren"), press("Alles selecteren"), press("Volgende"))
_CHANGE_MANY = (
    press("Alles selecteren", exact=False),
    tick("Een einddatum zetten"),
    fill("Einddatum", LATER),
    press("Volgende"),
)
_SWITCH = (
    choose("Naar welk systeem?", "Klasboek (Klasboek Software BV)"),
    fill("Op welke dag begint het nieuwe systeem?", LATER),
    press("Alles selecteren"),
    press("Volgende"),
)
_CONFIRM = (press("Bevestigen"), see_notice)
_READ = (follow("Lezen en ondertekenen"),)
_SIGN_OUT = (press("Uitloggen"), see_notice)
_AFTER_THE_SESSION = (forget_session, press("Volgende"), see_notice)
_NO_SYSTEM = (tick("RIO"), press("Opslaan"))
_CHANGE = (follow("Wijzigen"), fill("Einddatum", LATER), press("Opslaan"), see_notice)
_CHANGE_WRONG = (follow("Wijzigen"), fill("Einddatum", "2020-01-01"), press("Opslaan"))
_REVOKE = (follow("Intrekken"), press("Intrekken"), see_notice)
_LONG_AGO = "?van=2019-01-01&tot=2019-02-01"

# Of the demo's largest bestuur: a school with everything, one that had mandates, one with a mandate that was revoked,
# one that moves to another system, one that came from another bestuur. Then the school of a bestuur that has no other,
# and one with a long name.
_FULL, _HAD, _REVOKED, _SWITCHING, _ARRIVED, _ONLY, _LONG = (
    f"/scholen/{brin}/" for brin in ("99AA", "99AC", "99AD", "99AF", "99BW", "99BT", "99CA")
)
_GUIDE = sorted(path.stem for path in (BASE_DIR / "docs" / "leveranciers").glob("*.md") if path.stem != "README")
_CHAPTERS = sorted(
    path.stem
    for path in (BASE_DIR / "templates" / "manual").glob("*.html")
    if path.stem not in ("index", "page", "picture")
)
_ERRORS = sorted(path.stem for path in (BASE_DIR / "templates" / "errors").glob("*.html") if path.stem != "error")

STATES = (
    # Everyone
    _state("start", "start", NOBODY, "/"),
    _state("start-uitgelogd", "start", LEAVING, "/", *_SIGN_OUT),
    _state("start-formulier-bewaard", "start", LEAVING, "/mandaten/toevoegen/", *_AFTER_THE_SESSION),
    _state("inloggen", "openid_connect_login", NOBODY, "/inloggen/mijn-duo/login/"),
    _state("inloggen-niet-gelukt", "socialaccount_login_cancelled", NOBODY, "/inloggen/afgebroken/"),
    _state("geen-toegang-geen-rol", "openid_connect_callback", WITHOUT_ROLE, ""),
    _state("geen-toegang-geen-bestuur", "openid_connect_callback", WITHOUT_BOARD, ""),
    _state("geen-toegang-andere-rol", "mandates:overview", DIRK, "/mandaten/"),
    *(State(f"fout-{error}", "", NOBODY, f"/fout/{error}/", error=error) for error in _ERRORS),
    _state("handleiding", "manual", NOBODY, "/hulp/"),
    *(_state(f"handleiding-{name}", "manual", NOBODY, f"/hulp/{name}/") for name in _CHAPTERS),
    _state("leveranciers", "guide", NOBODY, "/leveranciers/"),
    *(_state(f"leveranciers-{name}", "guide", NOBODY, f"/leveranciers/{name}/") for name in _GUIDE),
    _state("toegankelijkheid", "accessibility", NOBODY, "/toegankelijkheid/"),
    _state("privacy", "privacy", NOBODY, "/privacy/"),
    _state("status", "status", NOBODY, "/status/"),
    _state("inloggen-support", "account_login", NOBODY, "/beheer/inloggen/"),
    _state("inloggen-support-niet-gelukt", "account_login", NOBODY, "/beheer/inloggen/", press("Verder")),
    _state("link-van-support-werkt-niet", "support_set_up", NOBODY, "/beheer/inloggen/instellen/"),
    # Mandaten beheren
    _state("mandaten-beheren", "mandates:overview", ANKE, "/mandaten/"),
    _state("mandaten-beheren-mist", "mandates:overview", ANKE, "/mandaten/?mist=DOORSTROOM"),
    _state("mandaten-beheren-niets-gevonden", "mandates:overview", ANKE, "/mandaten/?zoek=vuurtoren"),
    _state("mandaten-beheren-meer-besturen", "mandates:overview", BART, "/mandaten/"),
    _state("mandaten-beheren-zonder-overeenkomst", "mandates:overview", JOOST, "/mandaten/"),
    _state("mandaten-beheren-zonder-scholen", "mandates:overview", ERIK, "/mandaten/"),
    _state("mandaten-beheren-65-scholen", "mandates:overview", WILLEMIJN, "/mandaten/"),
    _state("mandaten-beheren-65-scholen-laatste-pagina", "mandates:overview", WILLEMIJN, "/mandaten/?pagina=3"),
    _state("menu-open", "mandates:coverage", ANKE, "/overzicht/?zoek=zwolle", narrow, unfold("Menu")),
    # Overzicht
    _state("overzicht", "mandates:coverage", ANKE, "/overzicht/"),
    _state("overzicht-gezocht", "mandates:coverage", ANKE, "/overzicht/?zoek=zwolle&sorteer=ontbreekt"),
    _state("overzicht-niets-gevonden", "mandates:coverage", ANKE, "/overzicht/?zoek=vuurtoren"),
    _state("overzicht-een-school", "mandates:coverage", FATIMA, "/overzicht/"),
    _state("overzicht-zonder-scholen", "mandates:coverage", ERIK, "/overzicht/"),
    _state("overzicht-65-scholen", "mandates:coverage", WILLEMIJN, "/overzicht/?pagina=alle"),
    # School
    _state("school", "mandates:school", ANKE, _FULL),
    _state("school-zonder-mandaten", "mandates:school", ANKE, _HAD),
    _state("school-beeindigd-getoond", "mandates:school", ANKE, _REVOKED, unfold("Toon beëindigde mandaten")),
    _state("school-van-een-ander-bestuur", "mandates:school", ANKE, _ARRIVED),
    _state("school-de-enige", "mandates:school", FATIMA, _ONLY),
    _state("school-zonder-overeenkomst", "mandates:school", JOOST, "/scholen/99BU/"),
    _state("school-lange-naam", "mandates:school", WILLEMIJN, _LONG),
    _state("school-routeringskenmerken", "mandates:endpoints", ANKE, f"{_FULL}routeringskenmerken/"),
    _state("school-routeringskenmerken-geen", "mandates:endpoints", ANKE, f"{_HAD}routeringskenmerken/"),
    _state("school-tijdlijn", "mandates:timeline", ANKE, f"{_SWITCHING}tijdlijn/"),
    _state("school-tijdlijn-leeg", "mandates:timeline", JOOST, "/scholen/99BU/tijdlijn/"),
    _state("school-geschiedenis", "mandates:history", ANKE, f"{_ARRIVED}geschiedenis/"),
    _state("school-geschiedenis-gezocht", "mandates:history", ANKE, f"{_FULL}geschiedenis/{_LONG_AGO}"),
    _state("school-raadplegingen", "mandates:checks", ANKE, f"{_FULL}raadplegingen/"),
    _state("school-raadplegingen-geen", "mandates:checks", FATIMA, f"{_ONLY}raadplegingen/"),
    # Mandaat toevoegen
    _state("toevoegen-school", "mandates:grant", ANKE, f"{_FULL}mandaten/toevoegen/"),
    _state("toevoegen-school-fout", "mandates:grant", ANKE, f"{_HAD}mandaten/toevoegen/", *_NO_SYSTEM),
    _state("toevoegen-school-geen-overeenkomst", "mandates:grant", JOOST, "/scholen/99BU/mandaten/toevoegen/"),
    _state("toevoegen", "mandates:grant_many", ANKE, "/mandaten/toevoegen/"),
    _state("toevoegen-ingevuld", "mandates:grant_many", ANKE, "/mandaten/toevoegen/?mist=DOORSTROOM"),
    _state("toevoegen-fout", "mandates:grant_many", ANKE, "/mandaten/toevoegen/", *_LEAVE_OPEN),
    _state("toevoegen-controleren", "mandates:grant_many", ANKE, "/mandaten/toevoegen/?mist=DOORSTROOM", *_GRANT),
    _state("toevoegen-klaar", "mandates:overview", ANKE, "/mandaten/toevoegen/?mist=DOORSTROOM", *_GRANT, *_CONFIRM),
    _state("toevoegen-geen-overeenkomst", "mandates:grant_many", JOOST, "/mandaten/toevoegen/"),
    _state("toevoegen-zonder-scholen", "mandates:grant_many", ERIK, "/mandaten/toevoegen/"),
    _state("toevoegen-65-scholen", "mandates:grant_many", WILLEMIJN, "/mandaten/toevoegen/"),
    # Kopiëren
    _state("kopieren", "mandates:copy", ANKE, _FULL, follow("Kopiëren")),
    _state("kopieren-fout", "mandates:copy", ANKE, _FULL, follow("Kopiëren"), *_LEAVE_OPEN),
    _state("kopieren-controleren", "mandates:copy", ANKE, _FULL, *_COPY),
    _state("kopieren-klaar", "mandates:school", ANKE, _FULL, *_COPY, *_CONFIRM),
    _state("kopieren-65-scholen", "mandates:copy", WILLEMIJN, _LONG, follow("Kopiëren")),
    # Wijzigen and Intrekken
    _state("wijzigen", "mandates:change", ANKE, _FULL, follow("Wijzigen")),
    _state("wijzigen-fout", "mandates:change", ANKE, _FULL, *_CHANGE_WRONG),
    _state("wijzigen-klaar", "mandates:school", ANKE, _FULL, *_CHANGE),
    _state("intrekken", "mandates:revoke", ANKE, _FULL, follow("Intrekken")),
    _state("intrekken-klaar", "mandates:school", ANKE, _FULL, *_REVOKE),
    _state("meerdere-wijzigen", "mandates:change_many", ANKE, "/mandaten/wijzigen/"),
    _state("meerdere-wijzigen-niets-gevonden", "mandates:change_many", ANKE, "/mandaten/wijzigen/?zoek=vuurtoren"),
    _state("meerdere-wijzigen-fout", "mandates:change_many", ANKE, "/mandaten/wijzigen/", *_LEAVE_OPEN),
    _state("meerdere-wijzigen-controleren", "mandates:change_many", ANKE, "/mandaten/wijzigen/", *_CHANGE_MANY),
    _state("meerdere-wijzigen-klaar", "mandates:overview", ANKE, "/mandaten/wijzigen/", *_CHANGE_MANY, *_CONFIRM),
    _state("meerdere-wijzigen-geen", "mandates:change_many", JOOST, "/mandaten/wijzigen/"),
    # Overstappen
    _state("overstappen", "mandates:switch", ANKE, "/overstappen/"),
    _state("overstappen-kiezen", "mandates:switch", ANKE, "/overstappen/", follow("Leerspoor")),
    _state("overstappen-fout", "mandates:switch", ANKE, "/overstappen/", follow("Leerspoor"), *_LEAVE_OPEN),
    _state("overstappen-controleren", "mandates:switch", ANKE, "/overstappen/", follow("Leerspoor"), *_SWITCH),
    _state("overstappen-klaar", "mandates:overview", ANKE, "/overstappen/", follow("Leerspoor"), *_SWITCH, *_CONFIRM),
    _state("overstappen-geen", "mandates:switch", JOOST, "/overstappen/"),
    # Over te nemen
    _state("over-te-nemen", "mandates:take_over", ANKE, "/over-te-nemen/"),
    _state("over-te-nemen-fout", "mandates:take_over", ANKE, "/over-te-nemen/", press("Gekozen mandaten overnemen")),
    _state("over-te-nemen-controleren", "mandates:take_over", ANKE, "/over-te-nemen/", press("Alle", exact=False)),
    _state("over-te-nemen-klaar", "mandates:take_over", ANKE, "/over-te-nemen/", press("Alle", exact=False), *_CONFIRM),
    _state("over-te-nemen-geen", "mandates:take_over", FATIMA, "/over-te-nemen/"),
    # Geschiedenis, Overeenkomsten and Meldingen
    _state("geschiedenis", "mandates:board_history", ANKE, "/geschiedenis/"),
    _state("geschiedenis-niets-gevonden", "mandates:board_history", ANKE, f"/geschiedenis/{_LONG_AGO}"),
    _state("geschiedenis-leeg", "mandates:board_history", JOOST, "/geschiedenis/"),
    _state("overeenkomsten", "agreements:agreements", ANKE, "/overeenkomsten/"),
    _state("overeenkomsten-niet-alle", "agreements:agreements", BART, "/overeenkomsten/"),
    _state("overeenkomsten-tekenbevoegde", "agreements:agreements", DIRK, "/overeenkomsten/"),
    _state("overeenkomsten-geen", "agreements:agreements", JOOST, "/overeenkomsten/"),
    _state("meldingen", "notifications:preferences", ANKE, "/meldingen/"),
    _state("overeenkomst", "agreements:agreement", ANKE, "/overeenkomsten/", follow("Meer over deze overeenkomst")),
    _state("overeenkomst-aanvragen", "agreements:request", JOOST, "/overeenkomsten/aanvragen/OSO/"),
    _state("overeenkomst-aanvragen-ligt-klaar", "agreements:request", JOOST, "/overeenkomsten/aanvragen/OSR/"),
    _state("overeenkomst-tekenen", "agreements:sign", DIRK, "/overeenkomsten/", *_READ),
    _state("overeenkomst-tekenen-fout", "agreements:sign", DIRK, "/overeenkomsten/", *_READ, press("Ondertekenen")),
    _state("overeenkomst-weigeren", "agreements:decline", DIRK, "/overeenkomsten/", *_READ, follow("Weigeren")),
    _state("privacybijsluiter", "agreements:annex", JOOST, "/overeenkomsten/privacybijsluiter/OSR/1/"),
    # Kennisnet support
    _state("werkplek", "admin:index", SUPPORT, "/beheer/"),
    _state("werkplek-besturen", "admin:schools_board_changelist", SUPPORT, "/beheer/schools/board/"),
    _state("werkplek-zoeken", "workplace_search", SUPPORT, "/beheer/zoeken/?q=zwolle"),
    _state("waarom", "why", SUPPORT, "/beheer/waarom/"),
)

# Addresses that need not be in the list above, and why. `*` stands for anything.
NO_PAGES = {
    "osr.health.*": "for machines",
    "api.*": "for machines",
    "mandates:download_*": "a file",
    "agreements:*_pdf": "a file",
    "why_text_for_supplier": "a file",
    "why_for_supplier": "only with an answer: see test_why_page.py",
    "*.RedirectView": "goes elsewhere",
    "notifications:for_board": "goes elsewhere",
    "socialaccount_signup": "goes elsewhere",
    "sign_out": "a button",
    "stop_acting": "a button",
    "switch_board": "a button",
    "mandates:undo": "a button",
    "notifications:unsubscribe": "its address is only in a mail: see test_notifications",
    "mandates:succession": "there only when a service is replaced: see test_succession",
    "admin:*": "Django makes them alike: one of a kind is in the list",
    "mfa_*": "only just after signing in: see test_support_sign_in",
    "account_reauthenticate": "only long after signing in: see test_support_sign_in",
    "support_*": "only with a link, or just after signing in: see test_support_sign_in",
}
