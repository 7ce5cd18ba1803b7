"""The lists of a board as sheets, to be downloaded. A token is in none of them (D10)."""

from collections.abc import Iterable, Sequence
from datetime import date

from agreements.models import Agreement
from agreements.standings import Standing
from journal.downloads import MOST_ROWS, Cell, Coloured, Sheet
from journal.querysets import EntryQuerySet
from mandates.check_history import CheckRow
from mandates.connections import EndpointRow
from mandates.coverage import State, Status, end_in_words, status_of_mandate
from mandates.history import told_one_by_one
from mandates.models import Mandate
from mandates.overview import BoardOverview, SchoolStatus, ServiceStatus
from mandates.preview_lines import PreviewLine
from mandates.querysets import MandateQuerySet
from mandates.succession import Candidate as CandidateForSuccessor
from mandates.taking_over import Candidate
from schools.models import Board
from services.models import Service, SuccessionOffer

# As on the screens: the ground and the letters.
_COLOURS = {
    State.MANDATED: ("#E2F1E4", "#1D5A34"),
    State.ENDING: ("#FDF0CF", "#704900"),
    State.COMING: ("#E4EDF9", "#1F4A86"),
    State.PARTIAL: ("#FCE6D4", "#85400A"),
    State.MISSING: ("#FFFFFF", "#94271F"),
    State.ENDED: ("#EEEBE4", "#4A5659"),
}


_STATE_NAMES = {State.ENDING: "loopt af", State.COMING: "begint nog"}


def schools_sheet(overview: BoardOverview, schools: Iterable[SchoolStatus]) -> Sheet:
    """Mandaten beheren: these schools, and per service in full how things stand."""
    return Sheet(
        "Scholen",
        ["School", "BRIN", "OIN", "Plaats", "Vestigingen", "Sluit op", "Te regelen", *_codes(overview.services)],
        (
            [
                row.school.name,
                row.school.brin,
                row.school.oin,
                row.school.city,
                len(row.school.location_codes),
                row.school.closed_on,
                row.missing,
                *(_coloured(each.status) for each in row.services),
            ]
            for row in schools
        ),
    )


def coverage_sheet(overview: BoardOverview, schools: Iterable[SchoolStatus], board: Board) -> Sheet:
    """Overzicht: these schools against the services, one state per cell; in the last row the services of the board."""

    def rows() -> Iterable[list[Cell]]:
        for row in schools:
            yield [
                row.school.name,
                row.school.brin,
                row.school.city,
                *_states(row.services),
                *(None for _ in overview.board_services),
                row.missing,
            ]
        if overview.board_services:
            missing = len(overview.board_missing)
            without = (None for _ in overview.services)
            yield [f"Voor het hele bestuur: {board}", None, None, *without, *_states(overview.board_services), missing]

    board_services = [each.service for each in overview.board_services]
    codes = _codes([*overview.services, *board_services])
    return Sheet("Overzicht", ["School", "BRIN", "Plaats", *codes, "Te regelen"], rows())


def mandates_sheet(mandates: MandateQuerySet, day: date) -> Sheet:
    """These mandates, ended ones too, as they stand on `day`."""
    # Thousands of mandates share a few services, systems and schools: each of those is made once.
    found = (
        mandates.in_full()
        .select_related(None)
        .select_related("entry")
        .prefetch_related("service", "system__supplier", "school", "board")
        .order_by("school__name", "school__brin", "service__code", "start_date", "pk")
    )
    return Sheet(
        "Mandaten",
        [
            "School of bestuur",
            "BRIN of bestuursnummer",
            "Plaats",
            "Dienst",
            "Naam van de dienst",
            "Systeem",
            "Leverancier",
            "OIN van de leverancier",
            "Startdatum",
            "Einddatum",
            "Status",
            "Vestigingen",
            "Opmerking",
        ],
        (_mandate_cells(mandate, day) for mandate in found),
    )


def _mandate_cells(mandate: Mandate, day: date) -> list[Cell]:
    return [
        mandate.school.name if mandate.school else str(mandate.board),
        mandate.school.brin if mandate.school else mandate.board.number,
        mandate.school.city if mandate.school else None,
        mandate.service.code,
        mandate.service.name,
        mandate.system.name,
        mandate.system.supplier.name,
        mandate.system.supplier.oin,
        mandate.start_date,
        mandate.end_date,
        _coloured(status_of_mandate(mandate, day)),
        ", ".join(mandate.locations or ()) or ("alle" if mandate.school else None),
        end_in_words(mandate) if mandate.is_cancelled else None,
    ]


def endpoints_sheet(rows: Iterable[EndpointRow]) -> Sheet:
    """Routeringskenmerken of a school; a service without one has an empty row."""
    columns = [
        "Dienst",
        "Naam van de dienst",
        "Routeringskenmerk",
        "Adres (URL)",
        "Dienstversie",
        "Systeem",
        "Vestigingen",
        "Van",
        "Tot en met",
        "Opmerking",
    ]
    return Sheet("Routeringskenmerken", columns, map(_endpoint_cells, rows))


def _endpoint_cells(row: EndpointRow) -> list[Cell]:
    service, endpoint = [row.service.code, row.service.name], row.endpoint
    if endpoint is None:
        return [*service, *(None for _ in range(7)), "geen routeringskenmerk en geen adres"]
    mandate = endpoint.mandate
    return [
        *service,
        endpoint.routing_id,
        endpoint.url,
        endpoint.service_version.namespace,
        mandate.system.name,
        ", ".join(mandate.locations or ["alle"]),
        *((None, None) if row.never else (endpoint.shown_from, endpoint.shown_until)),
        "heeft op geen enkele dag gegolden" if row.never else None,
    ]


def checks_sheet(rows: Iterable[CheckRow]) -> Sheet:
    """Raadplegingen of a school: who asked what, and the answer."""
    return Sheet(
        "Raadplegingen",
        ["Wanneer", "Wie vroeg het", "Met systeem", "Dienst", "Over leverancier", "Over welke dag", "Antwoord"],
        (
            [
                row.check.checked_at,
                row.caller,
                row.system,
                row.service,
                row.supplier,
                row.check.reference_date,
                "ja" if row.check.mandated else "nee",
            ]
            for row in rows
        ),
    )


def history_sheet(entries: EntryQuerySet, board: Board) -> Sheet:
    """Geschiedenis: one row per change, the newest first, as `board` may see it (D14)."""
    return Sheet(
        "Geschiedenis",
        ["Wanneer", "Door", "Reden", "Wat", "Waarover", "School", "Was en werd"],
        (
            [
                change.moment,
                change.who,
                change.reason,
                change.told.what,
                change.told.about,
                change.told.school,
                "; ".join(map(_difference_in_words, change.told.differences)),
            ]
            for change in told_one_by_one(entries, board, MOST_ROWS)
        ),
    )


def _difference_in_words(difference) -> str:
    if difference.before is None:
        return f"{difference.name}: {difference.after}"
    return f"{difference.name}: was {difference.before}, is nu {difference.after}"


def take_over_sheet(candidates: Iterable[Candidate]) -> Sheet:
    """Over te nemen: the mandates of schools that came from another board (D20)."""
    return Sheet(
        "Over te nemen",
        [
            "School",
            "BRIN",
            "Plaats",
            "Van bestuur",
            "Sinds",
            "Dienst",
            "Naam van de dienst",
            "Systeem",
            "Leverancier",
            "Vestigingen",
            "Loopt af na",
            "Over te nemen",
        ],
        (
            [
                each.mandate.school.name,
                each.mandate.school.brin,
                each.mandate.school.city,
                str(each.mandate.granting_board),
                each.came_on,
                each.mandate.service.code,
                each.mandate.service.name,
                each.mandate.system.name,
                each.mandate.system.supplier.name,
                ", ".join(each.mandate.locations or ["alle"]),
                each.mandate.end_date,
                _take_over_in_words(each),
            ]
            for each in candidates
        ),
    )


def _take_over_in_words(candidate: Candidate | CandidateForSuccessor) -> str:
    if candidate.lacking_agreements:
        return f"nee: de overeenkomst {' en '.join(candidate.lacking_agreements)} ontbreekt"
    return candidate.problem or "ja"


def succession_sheet(candidates: Iterable[CandidateForSuccessor], offer: SuccessionOffer) -> Sheet:
    """Over te nemen for the successor of a service: what has not been taken over yet."""
    return Sheet(
        "Over te nemen",
        [
            "School",
            "BRIN",
            "Plaats",
            "Dienst",
            "Systeem",
            "Leverancier",
            "Vestigingen",
            "Startdatum",
            "Einddatum",
            "Opvolger",
            "Over te nemen",
        ],
        (
            [
                each.mandate.school.name if each.mandate.school else str(each.mandate.board),
                each.mandate.school.brin if each.mandate.school else each.mandate.board.number,
                each.mandate.school.city if each.mandate.school else None,
                offer.service.code,
                each.mandate.system.name,
                each.mandate.system.supplier.name,
                ", ".join(each.mandate.locations or ["alle"]) if each.mandate.school else None,
                each.mandate.start_date,
                each.mandate.end_date,
                offer.successor.code,
                _take_over_in_words(each),
            ]
            for each in candidates
        ),
    )


def agreements_sheet(standings: Iterable[Standing]) -> Sheet:
    """Overeenkomsten: per kind the one that counts, with how things stand, and then those from before."""

    def rows() -> Iterable[list[Cell]]:
        for each in standings:
            yield _agreement_cells(each, each.agreement, _in_words(each.status))
            if each.following:
                yield _agreement_cells(each, each.following, "begint nog")
            for earlier in each.earlier:
                yield _agreement_cells(each, earlier, "beëindigd")

    signed = ["Versie", "Getekend op", "Getekend door", "Functie", "Op papier", "Laatste dag"]
    return Sheet("Overeenkomsten", ["Soort", "Naam", "Stand", *signed, "Nodig voor", "Wacht op"], rows())


def _agreement_cells(standing: Standing, agreement: Agreement | None, status: str) -> list[Cell]:
    kind, waits = standing.kind, standing.offer.signatory_name if standing.is_offered else None
    needed = ", ".join(standing.needed_for)
    if agreement is None:
        return [kind.code, kind.name, status, *(None for _ in range(6)), needed, waits]
    return [
        kind.code,
        kind.name,
        status,
        agreement.template.version if agreement.template else None,
        agreement.signed_on,
        agreement.signatory_name,
        agreement.signatory_function,
        "ja" if agreement.on_paper else "nee",
        agreement.ended_on,
        needed,
        waits if agreement == standing.agreement else None,
    ]


def preview_sheet(lines: Iterable[PreviewLine], summary: Sequence[tuple[str, str]]) -> Sheet:
    """What will happen when something is confirmed, as its page says it; `summary` holds for all lines."""
    return Sheet(
        "Controle",
        [
            "School of bestuur",
            "Dienst",
            "Systeem",
            "Verandert er iets",
            "Wat er gebeurt",
            "Let op",
            *(term for term, _ in summary),
        ],
        (
            [
                line.holder,
                line.services,
                line.row.system,
                "ja" if line.row.does_something else "kan niet" if line.is_refused else "nee",
                line.row.text,
                line.row.warning or None,
                *(value for _, value in summary),
            ]
            for line in lines
        ),
    )


def progress_sheet(boards: Iterable[tuple[Board, int, int]]) -> Sheet:
    """How far each board is with a succession: its mandates for the old service, and those it has still to arrange."""
    return Sheet(
        "Opvolging",
        ["Bestuur", "Bestuursnummer", "Mandaten", "Geregeld", "Nog te regelen", "Stand"],
        (
            [
                str(board),
                board.number,
                mandates,
                mandates - pending,
                pending,
                "klaar" if not pending else "nog niet klaar",
            ]
            for board, mandates, pending in boards
        ),
    )


def _codes(services: Iterable[Service]) -> list[str]:
    return [service.code for service in services]


def _states(services: Iterable[ServiceStatus]) -> list[Coloured]:
    """The state alone, to count and to filter on."""
    return [
        _coloured(Status(each.status.state, _STATE_NAMES.get(each.status.state, each.status.label)))
        for each in services
    ]


def _coloured(status: Status) -> Coloured:
    return Coloured(_in_words(status), *_COLOURS[status.state])


def _in_words(status: Status) -> str:
    return f"{status.label}: {status.detail}" if status.detail else status.label
