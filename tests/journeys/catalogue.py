"""Every page of the register, in every state that matters.

`make screenshots` makes a picture of each, wide and narrow; `test_every_page.py` tests each, and that no page is
missing here. A new page is one line in `STATES`: what its picture is called, its name in the URL configuration, who
looks, and where; then, if it must be filled in first, what is done there, in the words on the screen. The pages of
Kennisnet support are in `workplace_states.py`.
"""

from osr.development import BASE_DIR
from tests.journeys.states import (
    ANKE,
    BART,
    DIRK,
    ERIK,
    FATIMA,
    JOOST,
    LATER,
    LEAVING,
    NOBODY,
    WILLEMIJN,
    WITHOUT_BOARD,
    WITHOUT_ROLE,
    State,
    choose,
    fill,
    follow,
    forget_secret,
    forget_session,
    narrow,
    press,
    see_notice,
    state,
    tick,
    unfold,
)
from tests.journeys.workplace_states import WORKPLACE, WORKPLACE_NO_PAGES

_LEAVE_OPEN = (press("Volgende"),)  # nothing was chosen
_GRANT = (
    choose("Selecteer een LAS voor DOORSTROOM", "Klasboek (Klasboek Software BV)"),
    choose("Selecteer een toetssysteem voor DOORSTROOM", "Peilpunt (Toetsplein BV)"),
    press("Volgende"),
)
_TURN = press("Volgende pagina")
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
    state("start", "start", NOBODY, "/"),
    state("start-uitgelogd", "start", LEAVING, "/", *_SIGN_OUT),
    state("start-formulier-bewaard", "start", LEAVING, "/mandaten/toevoegen/", *_AFTER_THE_SESSION),
    state("inloggen", "openid_connect_login", NOBODY, "/inloggen/mijn-duo/login/"),
    state("inloggen-niet-gelukt", "socialaccount_login_cancelled", NOBODY, "/inloggen/afgebroken/"),
    state("geen-toegang-geen-rol", "openid_connect_callback", WITHOUT_ROLE, ""),
    state("geen-toegang-geen-bestuur", "openid_connect_callback", WITHOUT_BOARD, ""),
    state("geen-toegang-andere-rol", "mandates:overview", DIRK, "/mandaten/"),
    *(State(f"fout-{error}", "", NOBODY, f"/fout/{error}/", error=error) for error in _ERRORS),
    state("fout-403-ingelogd", "", ANKE, "/beheer/schools/board/"),
    state("fout-404-ingelogd", "", ANKE, "/bestaat-niet/"),
    state("fout-404-meer-besturen", "", BART, "/bestaat-niet/"),
    state("fout-csrf-ingelogd", "", ANKE, "/bestaat-niet/", forget_secret, press("Uitloggen")),
    state("handleiding", "manual", NOBODY, "/hulp/"),
    *(state(f"handleiding-{name}", "manual", NOBODY, f"/hulp/{name}/") for name in _CHAPTERS),
    state("leveranciers", "guide", NOBODY, "/leveranciers/"),
    *(state(f"leveranciers-{name}", "guide", NOBODY, f"/leveranciers/{name}/") for name in _GUIDE),
    state("toegankelijkheid", "accessibility", NOBODY, "/toegankelijkheid/"),
    state("privacy", "privacy", NOBODY, "/privacy/"),
    state("status", "status", NOBODY, "/status/"),
    state("inloggen-support", "account_login", NOBODY, "/beheer/inloggen/"),
    state("inloggen-support-niet-gelukt", "account_login", NOBODY, "/beheer/inloggen/", press("Verder")),
    state("link-van-support-werkt-niet", "support_set_up", NOBODY, "/beheer/inloggen/instellen/"),
    # Mandaten beheren
    state("mandaten-beheren", "mandates:overview", ANKE, "/mandaten/"),
    state("mandaten-beheren-mist", "mandates:overview", ANKE, "/mandaten/?mist=DOORSTROOM"),
    state("mandaten-beheren-niets-gevonden", "mandates:overview", ANKE, "/mandaten/?zoek=vuurtoren"),
    state("mandaten-beheren-meer-besturen", "mandates:overview", BART, "/mandaten/"),
    state("mandaten-beheren-zonder-overeenkomst", "mandates:overview", JOOST, "/mandaten/"),
    state("mandaten-beheren-zonder-scholen", "mandates:overview", ERIK, "/mandaten/"),
    state("mandaten-beheren-65-scholen", "mandates:overview", WILLEMIJN, "/mandaten/"),
    state("mandaten-beheren-65-scholen-laatste-pagina", "mandates:overview", WILLEMIJN, "/mandaten/?pagina=3"),
    state("alle-mandaten", "mandates:mandates", ANKE, "/mandaten/lijst/"),
    state("alle-mandaten-niets-gevonden", "mandates:mandates", ANKE, "/mandaten/lijst/?zoek=vuurtoren"),
    state("alle-mandaten-geen", "mandates:mandates", JOOST, "/mandaten/lijst/"),
    state("menu-open", "mandates:coverage", ANKE, "/overzicht/?zoek=zwolle", narrow, unfold("Menu")),
    # Overzicht
    state("overzicht", "mandates:coverage", ANKE, "/overzicht/"),
    state("overzicht-gezocht", "mandates:coverage", ANKE, "/overzicht/?zoek=zwolle&sorteer=ontbreekt"),
    state("overzicht-niets-gevonden", "mandates:coverage", ANKE, "/overzicht/?zoek=vuurtoren"),
    state("overzicht-een-school", "mandates:coverage", FATIMA, "/overzicht/"),
    state("overzicht-zonder-scholen", "mandates:coverage", ERIK, "/overzicht/"),
    state("overzicht-65-scholen", "mandates:coverage", WILLEMIJN, "/overzicht/?pagina=alle"),
    # School
    state("school", "mandates:school", ANKE, _FULL),
    state("school-zonder-mandaten", "mandates:school", ANKE, _HAD),
    state("school-beeindigd-getoond", "mandates:school", ANKE, _REVOKED, unfold("Toon beëindigde mandaten")),
    state("school-van-een-ander-bestuur", "mandates:school", ANKE, _ARRIVED),
    state("school-de-enige", "mandates:school", FATIMA, _ONLY),
    state("school-zonder-overeenkomst", "mandates:school", JOOST, "/scholen/99BU/"),
    state("school-lange-naam", "mandates:school", WILLEMIJN, _LONG),
    state("school-routeringskenmerken", "mandates:endpoints", ANKE, f"{_FULL}routeringskenmerken/"),
    state("school-routeringskenmerken-geen", "mandates:endpoints", ANKE, f"{_HAD}routeringskenmerken/"),
    state("school-tijdlijn", "mandates:timeline", ANKE, f"{_SWITCHING}tijdlijn/"),
    state("school-tijdlijn-leeg", "mandates:timeline", JOOST, "/scholen/99BU/tijdlijn/"),
    state("school-geschiedenis", "mandates:history", ANKE, f"{_ARRIVED}geschiedenis/"),
    state("school-geschiedenis-gezocht", "mandates:history", ANKE, f"{_FULL}geschiedenis/{_LONG_AGO}"),
    state("school-raadplegingen", "mandates:checks", ANKE, f"{_FULL}raadplegingen/"),
    state("school-raadplegingen-geen", "mandates:checks", FATIMA, f"{_ONLY}raadplegingen/"),
    # Mandaat toevoegen
    state("toevoegen-school", "mandates:grant", ANKE, f"{_FULL}mandaten/toevoegen/"),
    state("toevoegen-school-fout", "mandates:grant", ANKE, f"{_HAD}mandaten/toevoegen/", *_NO_SYSTEM),
    state("toevoegen-school-geen-overeenkomst", "mandates:grant", JOOST, "/scholen/99BU/mandaten/toevoegen/"),
    state("toevoegen", "mandates:grant_many", ANKE, "/mandaten/toevoegen/"),
    state("toevoegen-ingevuld", "mandates:grant_many", ANKE, "/mandaten/toevoegen/?mist=DOORSTROOM"),
    state("toevoegen-fout", "mandates:grant_many", ANKE, "/mandaten/toevoegen/", *_LEAVE_OPEN),
    state("toevoegen-controleren", "mandates:grant_many", ANKE, "/mandaten/toevoegen/?mist=DOORSTROOM", *_GRANT),
    state("toevoegen-klaar", "mandates:overview", ANKE, "/mandaten/toevoegen/?mist=DOORSTROOM", *_GRANT, *_CONFIRM),
    state("toevoegen-geen-overeenkomst", "mandates:grant_many", JOOST, "/mandaten/toevoegen/"),
    state("toevoegen-zonder-scholen", "mandates:grant_many", ERIK, "/mandaten/toevoegen/"),
    state("toevoegen-65-scholen", "mandates:grant_many", WILLEMIJN, "/mandaten/toevoegen/"),
    # Kopiëren
    state("kopieren", "mandates:copy", ANKE, _FULL, follow("Kopiëren")),
    state("kopieren-fout", "mandates:copy", ANKE, _FULL, follow("Kopiëren"), *_LEAVE_OPEN),
    state("kopieren-controleren", "mandates:copy", ANKE, _FULL, *_COPY),
    state("kopieren-klaar", "mandates:school", ANKE, _FULL, *_COPY, *_CONFIRM),
    state("kopieren-65-scholen", "mandates:copy", WILLEMIJN, _LONG, follow("Kopiëren")),
    # Wijzigen and Intrekken
    state("wijzigen", "mandates:change", ANKE, _FULL, follow("Wijzigen")),
    state("wijzigen-fout", "mandates:change", ANKE, _FULL, *_CHANGE_WRONG),
    state("wijzigen-klaar", "mandates:school", ANKE, _FULL, *_CHANGE),
    state("intrekken", "mandates:revoke", ANKE, _FULL, follow("Intrekken")),
    state("intrekken-klaar", "mandates:school", ANKE, _FULL, *_REVOKE),
    state("meerdere-wijzigen", "mandates:change_many", ANKE, "/mandaten/wijzigen/"),
    state("meerdere-wijzigen-niets-gevonden", "mandates:change_many", ANKE, "/mandaten/wijzigen/?zoek=vuurtoren"),
    state("meerdere-wijzigen-fout", "mandates:change_many", ANKE, "/mandaten/wijzigen/", *_LEAVE_OPEN),
    state("meerdere-wijzigen-controleren", "mandates:change_many", ANKE, "/mandaten/wijzigen/", *_CHANGE_MANY),
    state("meerdere-wijzigen-65-scholen", "mandates:change_many", WILLEMIJN, "/mandaten/wijzigen/", *_CHANGE_MANY),
    state("meerdere-wijzigen-pagina-2", "mandates:change_many", WILLEMIJN, "/mandaten/wijzigen/", *_CHANGE_MANY, _TURN),
    state("meerdere-wijzigen-klaar", "mandates:overview", ANKE, "/mandaten/wijzigen/", *_CHANGE_MANY, *_CONFIRM),
    state("meerdere-wijzigen-geen", "mandates:change_many", JOOST, "/mandaten/wijzigen/"),
    # Overstappen
    state("overstappen", "mandates:switch", ANKE, "/overstappen/"),
    state("overstappen-kiezen", "mandates:switch", ANKE, "/overstappen/", follow("Leerspoor")),
    state("overstappen-fout", "mandates:switch", ANKE, "/overstappen/", follow("Leerspoor"), *_LEAVE_OPEN),
    state("overstappen-controleren", "mandates:switch", ANKE, "/overstappen/", follow("Leerspoor"), *_SWITCH),
    state("overstappen-klaar", "mandates:overview", ANKE, "/overstappen/", follow("Leerspoor"), *_SWITCH, *_CONFIRM),
    state("overstappen-geen", "mandates:switch", JOOST, "/overstappen/"),
    # Over te nemen
    state("over-te-nemen", "mandates:take_over", ANKE, "/over-te-nemen/"),
    state("over-te-nemen-fout", "mandates:take_over", ANKE, "/over-te-nemen/", press("Gekozen mandaten overnemen")),
    state("over-te-nemen-controleren", "mandates:take_over", ANKE, "/over-te-nemen/", press("Alle", exact=False)),
    state("over-te-nemen-klaar", "mandates:take_over", ANKE, "/over-te-nemen/", press("Alle", exact=False), *_CONFIRM),
    state("over-te-nemen-geen", "mandates:take_over", FATIMA, "/over-te-nemen/"),
    # Geschiedenis, Overeenkomsten and Meldingen
    state("geschiedenis", "mandates:board_history", ANKE, "/geschiedenis/"),
    state("geschiedenis-niets-gevonden", "mandates:board_history", ANKE, f"/geschiedenis/{_LONG_AGO}"),
    state("geschiedenis-leeg", "mandates:board_history", JOOST, "/geschiedenis/"),
    state("overeenkomsten", "agreements:agreements", ANKE, "/overeenkomsten/"),
    state("overeenkomsten-niet-alle", "agreements:agreements", BART, "/overeenkomsten/"),
    state("overeenkomsten-tekenbevoegde", "agreements:agreements", DIRK, "/overeenkomsten/"),
    state("overeenkomsten-geen", "agreements:agreements", JOOST, "/overeenkomsten/"),
    state("meldingen", "notifications:preferences", ANKE, "/meldingen/"),
    state("overeenkomst", "agreements:agreement", ANKE, "/overeenkomsten/", follow("Meer over deze overeenkomst")),
    state("overeenkomst-aanvragen", "agreements:request", JOOST, "/overeenkomsten/aanvragen/OSO/"),
    state("overeenkomst-aanvragen-ligt-klaar", "agreements:request", JOOST, "/overeenkomsten/aanvragen/OSR/"),
    state("overeenkomst-tekenen", "agreements:sign", DIRK, "/overeenkomsten/", *_READ),
    state("overeenkomst-tekenen-fout", "agreements:sign", DIRK, "/overeenkomsten/", *_READ, press("Ondertekenen")),
    state("overeenkomst-weigeren", "agreements:decline", DIRK, "/overeenkomsten/", *_READ, follow("Weigeren")),
    state("privacybijsluiter", "agreements:annex", JOOST, "/overeenkomsten/privacybijsluiter/OSR/1/"),
    *WORKPLACE,
)

# Addresses that need not be in the list above, and why. `*` stands for anything.
NO_PAGES = {
    "osr.health.*": "for machines",
    "api.*": "for machines",
    "mandates:download_*": "a file",
    "agreements:*_pdf": "a file",
    "why_text_for_supplier": "a file",
    "*.RedirectView": "goes elsewhere",
    "notifications:for_board": "goes elsewhere",
    "socialaccount_signup": "goes elsewhere",
    "sign_out": "a button",
    "stop_acting": "a button",
    "switch_board": "a button",
    "mandates:undo": "a button",
    "notifications:unsubscribe": "its address is only in a mail: see test_notifications",
    "mandates:succession": "there only when a service is replaced: see test_succession",
    **WORKPLACE_NO_PAGES,
    "mfa_*": "only just after signing in: see test_support_sign_in",
    "account_reauthenticate": "only long after signing in: see test_support_sign_in",
    "support_*": "only with a link, or just after signing in: see test_support_sign_in",
}
