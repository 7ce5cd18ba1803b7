"""The catalogue's pages of Kennisnet support: the lists, a row of each, and what can be done with it."""

from playwright.sync_api import Page

from tests.journeys.boards import SPECIAL_LIST
from tests.journeys.states import LATER, SUPPORT, State, Step, choose, fill, follow, press, state

_ADMIN = "/beheer/"
_LEERSPOOR = "00000099000000000001"
_WHY = f"?school=99AA&dienst=RIO&oin={_LEERSPOOR}"
_REASON = fill("Reden", "Gebeld door Anke de Vries")
_WHAT_HAPPENS = press("Bekijk wat er gebeurt")


def _open_row(name: str) -> Step:
    """Follow the first link in the list with these words, to the page of the row."""

    def step(page: Page) -> None:
        with page.expect_navigation():
            page.locator("#result_list tbody a", has_text=name).first.click()

    return step


def _send_list(page) -> None:
    """Send DUO's list of special schools once more, on which the one that was new has gone to another bestuur."""
    moved = SPECIAL_LIST.replace("99068;99YD", "99067;99YD").encode("windows-1252")
    page.get_by_label("Lijsten van DUO").set_input_files(
        {"name": "so_vestigingen.csv", "mimeType": "text/csv", "buffer": moved}
    )
    _REASON(page)
    press("Verschillen bekijken")(page)


class _Table:
    """The pages about one table: its list, and those of the row that is found there."""

    def __init__(self, model: str, name: str, *, found: str = "", row: str = "") -> None:
        """`model` as in addresses, `name` of the pictures; `found` narrows the list, `row` is the link of the row."""
        self._model, self._name, self._row = model, name, row
        self._path = f"{_ADMIN}{model.replace('_', '/')}/"
        self._found = f"{self._path}{found}"

    def rows(self, name: str = "", query: str = "") -> State:
        """The list, or with `query` what is found in it."""
        return self._state(name, "changelist", self._path + query)

    def row(self) -> State:
        """The page of the row."""
        return self._state("een", "change", self._found, _open_row(self._row))

    def on_list(self, page: str, *steps: Step, name: str = "") -> State:
        """A page of the list, such as one to add a row."""
        return self._state(name or page, page, f"{self._path}{page}/", *steps)

    def on_row(self, page: str, title: str, *steps: Step, name: str = "") -> State:
        """A page on which something is done with the row."""
        return self._state(name or page, page, self._found, _open_row(self._row), follow(title), *steps)

    def _state(self, name: str, page: str, path: str, *steps: Step) -> State:
        return state(
            "-".join(filter(None, ("werkplek", self._name, name))), f"admin:{self._model}_{page}", SUPPORT, path, *steps
        )


_BOARDS = _Table("schools_board", "besturen", found="?q=99001", row="99001")
_SCHOOLS = _Table("schools_school", "scholen", found="?q=99AA", row="OBS De Waterlelie")
_MOVED = _Table("schools_case", "zaken", found="?q=99YB", row="De Kleine Zwaan")
_GONE = _Table("schools_case", "zaken-weg", found="?q=99YC", row="De Roerdomp")
_IMPORTS = _Table("schools_listimport", "imports")
_MANDATES = _Table("mandates_mandate", "mandaten", found="?q=99AA")
_SERVICES = _Table("services_service", "diensten", found="?q=BRON", row="BRON-PO")
_VERSIONS = _Table("services_serviceversion", "dienstversies", found="?q=Overstap", row="http")
_SUCCESSIONS = _Table("services_successionoffer", "opvolging")
_SUPPLIERS = _Table("services_supplier", "leveranciers", found="?q=Leerspoor", row="Leerspoor BV")
_SYSTEMS = _Table("services_system", "systemen", found="?q=Leerspoor", row="Leerspoor")
_KEYS = _Table("services_apikey", "sleutels", found="?q=Leerspoor")
_KINDS = _Table("agreements_kind", "soorten", row="VVA")
_TEXTS = _Table("agreements_template", "teksten", found="?q=OSO", row="OSO")
_OFFERS = _Table("agreements_offer", "aanbod", found="?q=99005")
_AGREEMENTS = _Table("agreements_agreement", "overeenkomsten", found="?q=99001")
_PEOPLE = _Table("accounts_membership", "personen")
_ACCOUNTS = _Table("accounts_supportaccount", "accounts", row="sam")
_ERRORS = _Table("accounts_shownerror", "foutpaginas")
_MESSAGES = _Table("notifications_message", "berichten")
_PREFERENCES = _Table("notifications_preference", "voorkeuren")

WORKPLACE = (
    state("werkplek", "admin:index", SUPPORT, _ADMIN),
    state("werkplek-zoeken", "workplace_search", SUPPORT, f"{_ADMIN}zoeken/?q=zwolle"),
    state("werkplek-zoeken-niets-gevonden", "workplace_search", SUPPORT, f"{_ADMIN}zoeken/?q=vuurtoren"),
    # Besturen and schools
    _BOARDS.rows(),
    _BOARDS.row(),
    _BOARDS.on_row("overeenkomst-aanbieden", "Overeenkomst aanbieden"),
    _BOARDS.on_row("overeenkomst-op-papier", "Overeenkomst op papier registreren"),
    _BOARDS.on_row(
        "overeenkomst-op-papier", "Overeenkomst op papier registreren", press("Registreren"), name="op-papier-fout"
    ),
    _BOARDS.on_row("namens", "Handelen namens dit bestuur"),
    _SCHOOLS.rows(),
    _SCHOOLS.rows("niets-gevonden", "?q=vuurtoren"),
    _SCHOOLS.row(),
    _SCHOOLS.on_row("sluiten", "School sluiten"),
    _MOVED.rows(),
    _MOVED.row(),
    _MOVED.on_row("bekeken", "Als bekeken aanmerken"),
    _MOVED.on_row("afhandelen", "Zaak afhandelen"),
    _GONE.row(),
    _GONE.on_row("school-sluiten", "School sluiten"),
    _GONE.on_row(
        "school-sluiten",
        "School sluiten",
        fill("Laatste dag waarop de school open is", LATER),
        _REASON,
        press("Bekijken wat er gebeurt"),
        name="school-sluiten-controleren",
    ),
    # DUO's lists
    _IMPORTS.rows(),
    _IMPORTS.row(),
    _IMPORTS.on_list("klaarzetten"),
    _IMPORTS.on_list("klaarzetten", press("Verschillen bekijken"), name="klaarzetten-fout"),
    state(
        "werkplek-imports-toepassen",
        "admin:schools_listimport_toepassen",
        SUPPORT,
        f"{_ADMIN}schools/listimport/klaarzetten/",
        _send_list,
    ),
    state(
        "werkplek-imports-niet-doen",
        "admin:schools_listimport_niet-doen",
        SUPPORT,
        f"{_ADMIN}schools/listimport/?state__exact=prepared",
        _open_row(""),
        follow("Niet doen"),
    ),
    # Mandaten
    _MANDATES.rows(),
    _MANDATES.row(),
    # Diensten
    _SERVICES.rows(),
    _SERVICES.row(),
    _SERVICES.on_list("toevoegen"),
    _SERVICES.on_list("toevoegen", press("Dienst toevoegen"), name="toevoegen-fout"),
    _SERVICES.on_row("wijzigen", "Naam en eisen wijzigen"),
    _SERVICES.on_row("niveau", "Niveau en afleveradressen wijzigen"),
    _SERVICES.on_row("beeindigen", "Dienst beëindigen"),
    _SERVICES.on_row("beeindigen", "Dienst beëindigen", _REASON, _WHAT_HAPPENS, name="beeindigen-controleren"),
    _SERVICES.on_row("versie-toevoegen", "Dienstversie toevoegen"),
    _SERVICES.on_row("opvolger", "Opvolger vastleggen"),
    _VERSIONS.rows(),
    _VERSIONS.row(),
    _VERSIONS.on_row("beeindigen", "Dienstversie beëindigen"),
    _SUCCESSIONS.rows(),
    # Leveranciers
    _SUPPLIERS.rows(),
    _SUPPLIERS.row(),
    _SUPPLIERS.on_list("toevoegen"),
    _SUPPLIERS.on_list("toevoegen", press("Leverancier toevoegen"), name="toevoegen-fout"),
    _SUPPLIERS.on_row("wijzigen", "Naam of groep wijzigen"),
    _SUPPLIERS.on_row("afsluiten", "Afsluiten"),
    _SUPPLIERS.on_row("systeem-toevoegen", "Systeem toevoegen"),
    _SYSTEMS.rows(),
    _SYSTEMS.row(),
    _SYSTEMS.on_row("hernoemen", "Naam wijzigen"),
    _SYSTEMS.on_row("test-vastleggen", "Kwalificatietest vastleggen"),
    _SYSTEMS.on_row("kwalificatie-intrekken", "Kwalificatie intrekken"),
    _SYSTEMS.on_row(
        "kwalificatie-intrekken",
        "Kwalificatie intrekken",
        choose("Dienst", "RIO – RIO"),
        _REASON,
        _WHAT_HAPPENS,
        name="kwalificatie-intrekken-controleren",
    ),
    _SYSTEMS.on_row("sleutel-uitgeven", "API-sleutel uitgeven"),
    _KEYS.rows(),
    _KEYS.row(),
    _KEYS.on_row("vervangen", "Sleutel vervangen"),
    _KEYS.on_row("intrekken", "Sleutel intrekken"),
    # Overeenkomsten
    _KINDS.rows(),
    _KINDS.row(),
    _KINDS.on_list("toevoegen"),
    _KINDS.on_row("nieuwe-versie", "Nieuwe versie van de tekst opstellen"),
    _TEXTS.rows(),
    _TEXTS.row(),
    _TEXTS.on_row("aan-alle-besturen", "Aan alle besturen aanbieden"),
    _TEXTS.on_row(
        "aan-alle-besturen",
        "Aan alle besturen aanbieden",
        _REASON,
        press("Bekijk wie de overeenkomst krijgt"),
        name="aan-alle-besturen-controleren",
    ),
    _OFFERS.rows(),
    _OFFERS.row(),
    _OFFERS.on_row("herinneren", "Herinneren"),
    _OFFERS.on_row("intrekken", "Intrekken"),
    _AGREEMENTS.rows(),
    _AGREEMENTS.row(),
    _AGREEMENTS.on_row("beeindigen", "Beëindigen"),
    _AGREEMENTS.on_row(
        "beeindigen",
        "Beëindigen",
        fill("Laatste dag", LATER),
        _REASON,
        press("Bekijk wat er eindigt"),
        name="beeindigen-controleren",
    ),
    # Who work here, and mail
    _PEOPLE.rows(),
    _ACCOUNTS.rows(),
    _ACCOUNTS.row(),
    _ACCOUNTS.on_list("openen"),
    _ACCOUNTS.on_row("rol", "Rol wijzigen"),
    _ACCOUNTS.on_row("beeindigen", "Account beëindigen"),
    _ACCOUNTS.on_row("tweede-stap-wissen", "Wachtwoord en tweede stap wissen"),
    _ERRORS.rows(),
    _MESSAGES.rows(),
    _PREFERENCES.rows(),
    # Waarom?
    state("waarom", "why", SUPPORT, f"{_ADMIN}waarom/"),
    state("waarom-fout", "why", SUPPORT, f"{_ADMIN}waarom/", press("Leg uit")),
    state("waarom-ja", "why", SUPPORT, f"{_ADMIN}waarom/{_WHY}"),
    state("waarom-nee", "why", SUPPORT, f"{_ADMIN}waarom/{_WHY.replace('99AA', '99AX')}"),
    state("waarom-voor-de-leverancier", "why_for_supplier", SUPPORT, f"{_ADMIN}waarom/leverancier/{_WHY}"),
)

# Addresses of the workplace that need not be in the list above, and why. `*` stands for anything.
WORKPLACE_NO_PAGES = {
    "admin:*_add": "Django makes it, and nobody may: rows are added on pages of our own",
    "admin:*_delete": "Django makes it, and nobody may (D14)",
    "admin:*_history": "goes elsewhere",
    "admin:*_download": "a file",
    "admin:*_file": "a file",
    "admin:*_document": "a file",
    "admin:*_example": "a file",
    "admin:*_annex": "a file",
    "admin:app_list": "Django makes it, of the page that is the first here",
    "admin:autocomplete": "for scripts",
    "admin:jsi18n": "for scripts",
    "admin:*catch_all_view": "goes elsewhere",
    "admin:*RedirectView": "goes elsewhere",
    "admin:login": "goes elsewhere",
    "admin:logout": "a button",
    "admin:accounts_membership_*": "there only when somebody of a bestuur was here: see test_losing_a_role",
    "admin:accounts_shownerror_change": "there only when somebody saw one: see site/test_error_numbers",
    "admin:accounts_supportaccount_heropenen": "only of an account that has ended: see test_support_accounts",
    "admin:agreements_offer_aanbieden": "only of a request: see test_agreements",
    "admin:agreements_offer_opnieuw-aanbieden": "only of one that was declined: see test_workplace_pages",
    "admin:agreements_template_bijwerken": "only of a draft: see test_workplace_pages",
    "admin:agreements_template_publiceren": "only of a draft: see test_workplace_pages",
    "admin:notifications_message_*": "there only when mail was sent: see notifications/test_workplace",
    "admin:notifications_preference_change": "there only when somebody chose: see notifications/test_workplace",
    "admin:schools_listimport_differences": "only of a long list: see test_import_pages",
    "admin:services_service_hervatten": "only of one that has ended: see test_service_pages",
    "admin:services_service_mandaten-aanbieden": "only when a service is replaced: see test_succession",
    "admin:services_successionoffer_*": "only when a service is replaced: see test_succession",
    "admin:services_supplier_aansluiten": "only of one that is not connected: see test_connecting_a_supplier",
}
