"""Pages of the OSR-beheerder for a board of 65 schools and 2,000 mandates (bar P6), and her downloads.

.venv/bin/python -m bench.pages
"""

import gc
import logging
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from statistics import median, quantiles

from django.db import connection
from django.http import HttpResponse
from django.test import Client, override_settings

from accounts.models import Membership, User
from agreements.models import OSR, Agreement
from bench import machine, server
from journal.acts import Actor, ActorKind, act, register
from journal.clock import today
from journal.models import Entry
from mandates.actions import ChangeEnd, carry_out
from mandates.models import Mandate
from schools.models import Board, Location, School
from services.models import Qualification, Service, SuccessionOffer, Supplier, SupplierGroup, System, SystemKind

SCHOOLS, MANDATES, SERVICES, SYSTEMS = 65, 2_000, 12, 4
# Of the first school: its vestigingen, of which its mandates leave one out, and how often others asked about it.
LOCATIONS, CHECKS = 40, 100_000
# What the board changed since, one by one and then at once; and the schools that came from another board.
CHANGES, ARRIVALS = 500, 5
SUCCESSOR = "OPVOLGER"
ROUNDS = 60
MOST_MILLISECONDS = 100

PAGES = {
    "Mandaten beheren": "/mandaten/",
    "Mandaten beheren, all on one page": "/mandaten/?pagina=alle",
    "Alle mandaten": "/mandaten/lijst/",
    "Alle mandaten, all on one page": "/mandaten/lijst/?pagina=alle",
    "Overzicht": "/overzicht/",
    "Overzicht, sorted and searched": "/overzicht/?zoek=linde&sorteer=ontbreekt",
    "Overzicht, all on one page": "/overzicht/?pagina=alle",
    "School": "/scholen/00AA/",
    "Tijdlijn": "/scholen/00AA/tijdlijn/",
    "Tijdlijn, all years": "/scholen/00AA/tijdlijn/?jaren=alle",
    "Routeringskenmerken": "/scholen/00AA/routeringskenmerken/",
    "Geschiedenis of a school": "/scholen/00AA/geschiedenis/",
    "Geschiedenis": "/geschiedenis/",
    "Geschiedenis of one service": "/geschiedenis/?dienst=DIENST-3",
    "Geschiedenis, searched by school": "/geschiedenis/?zoek=linde",
    "Geschiedenis of one confirmation": "/geschiedenis/?bevestiging={confirmation}",
    "Geschiedenis of one, all on one page": "/geschiedenis/?bevestiging={confirmation}&pagina=alle",
    "Raadplegingen": "/scholen/00AA/raadplegingen/",
    "Raadplegingen, the oldest": "/scholen/00AA/raadplegingen/?na=20000101T000000.000000_" + "0" * 32,
    "Raadplegingen of one supplier": "/scholen/00AA/raadplegingen/?leverancier=00000099000000000003",
    "Over te nemen": "/over-te-nemen/",
    "Over te nemen for a successor": "/over-te-nemen/DIENST-0/",
    "Meerdere wijzigen": "/mandaten/wijzigen/",
    "Mandaat toevoegen, one school": "/scholen/00AA/mandaten/toevoegen/",
    "Mandaat toevoegen, several schools": "/mandaten/toevoegen/",
    "Overstappen, from which system": "/overstappen/",
    "Overstappen": "/overstappen/?van={system}",
    "Kopiëren": "/mandaten/{mandate}/kopieren/",
    "Wijzigen": "/mandaten/{mandate}/wijzigen/",
    "Intrekken": "/mandaten/{mandate}/intrekken/",
    "Overeenkomsten": "/overeenkomsten/",
    "Meldingen": "/meldingen/",
}
# Long pages for on paper, and files: measured, without a bar.
FILES = {
    "scholen.csv": "/downloads/scholen.csv",
    "scholen.xlsx": "/downloads/scholen.xlsx",
    "overzicht.xlsx": "/downloads/overzicht.xlsx",
    "mandaten.csv": "/downloads/mandaten.csv",
    "mandaten.xlsx": "/downloads/mandaten.xlsx",
    "geschiedenis.csv": "/downloads/geschiedenis.csv",
}

# The test client stands where nginx does, and finds the style sheets in their folders.
_WITHOUT_NGINX = {
    "ALLOWED_HOSTS": ["localhost"],
    "STORAGES": {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}},
}


@dataclass(frozen=True)
class Measured:
    """What was asked for: milliseconds of each round, queries, and the size of the answer."""

    name: str
    milliseconds: list[float]
    queries: int
    kilobytes: int

    @property
    def p95(self) -> float:
        """The 95th percentile, in milliseconds."""
        return quantiles(self.milliseconds, n=20)[-1]


def main() -> int:
    """Measure, print and judge; returns the exit status."""
    logging.disable(logging.INFO)  # a line per request
    client = Client(HTTP_HOST="localhost")
    client.force_login(_make_board())
    print(machine())
    print(
        f"A board of {School.objects.count()} schools with {Mandate.objects.count():,} mandates for {SERVICES}"
        f" services; {ROUNDS} rounds\n"
    )
    board = Board.objects.get(number="99001")
    mandate = Mandate.objects.filter(granting_board=board).current_and_coming(today()).order_by("pk").first()
    in_addresses = {
        "mandate": mandate.uuid,
        "system": mandate.system.uuid,
        "confirmation": Entry.objects.latest("pk").transaction_id,
    }
    gc.collect()
    gc.freeze()  # as a web worker does (osr.wsgi)
    with override_settings(**_WITHOUT_NGINX):
        pages = [
            _measured(name, partial(client.get, address.format(**in_addresses), secure=True))
            for name, address in PAGES.items()
        ] + [
            _measured(name, partial(client.post, address, fields | {"stap": "volgende"}, secure=True))
            for name, (address, fields) in _previews(board).items()
        ]
        files = [_measured(name, partial(client.get, address, secure=True)) for name, address in FILES.items()]
    print("                                      median      p95   queries       kB")
    print("\n".join(_line(each) for each in [*pages, *files]))
    missed = [f"P6 is missed: {each.name} takes {each.p95:.0f} ms" for each in pages if each.p95 >= MOST_MILLISECONDS]
    print("\n" + "\n".join(missed or [f"P6 is met: every page under {MOST_MILLISECONDS} ms (p95)."]))
    return 1 if missed else 0


def _measured(name: str, ask: Callable[[], HttpResponse]) -> Measured:
    queries, milliseconds = [], []

    def count(execute, *args):
        queries.append(1)
        return execute(*args)

    with connection.execute_wrapper(count):
        response = ask()
    if response.status_code != 200:
        raise RuntimeError(f"{name} answers {response.status_code}")
    for _ in range(ROUNDS):
        began = time.perf_counter()
        ask()
        milliseconds.append((time.perf_counter() - began) * 1000)
    return Measured(name, milliseconds, len(queries), len(response.content) // 1024)


def _previews(board: Board) -> dict[str, tuple[str, dict[str, object]]]:
    """Forms filled in with as much as there is to choose: the address and the fields."""
    current = list(Mandate.objects.of_board(board.number).current_and_coming(today()).order_by("pk"))
    brins = list(board.schools.order_by("brin").values_list("brin", flat=True))
    codes = list(Service.objects.exclude(code=SUCCESSOR).order_by("code").values_list("code", flat=True))
    old, *_, new = System.objects.order_by("pk")
    day = (today() + timedelta(days=30)).isoformat()
    return {
        f"Preview: {len(current)} mandates": (
            "/mandaten/wijzigen/",
            {"mandaten": [each.uuid.hex for each in current], "wat": "einddatum", "einddatum": day},
        ),
        f"Preview: copy to {len(brins) - 1} schools": (
            f"/mandaten/{current[0].uuid}/kopieren/",
            {"scholen": [brin for brin in brins if brin != current[0].school.brin]},
        ),
        f"Preview: switch {len(brins)} schools": (
            "/overstappen/",
            {"van": str(old.uuid), "naar": str(new.uuid), "dienst": codes, "scholen": brins, "dag": day},
        ),
        f"Preview: give to {len(brins)} schools": (
            "/mandaten/toevoegen/",
            {"dienst": codes[:2], "scholen": brins, "startdatum": day}
            | {f"systeem-{code}": str(old.uuid) for code in codes[:2]},
        ),
    }


def _line(each: Measured) -> str:
    return f"{each.name:36} {median(each.milliseconds):5.0f} ms {each.p95:5.0f} ms {each.queries:9} {each.kilobytes:8,}"


def _make_board() -> User:
    """The board with all it has, and its OSR-beheerder."""
    with act("bench.made", actor=register("bench")):
        board = Board.objects.create(number="99001", name="Stichting De Regenboog")
        Agreement.objects.create(board=board, kind_id=OSR, signed_on="2015-01-01")
        brins = [f"{number // 26:02}A{chr(65 + number % 26)}" for number in range(SCHOOLS)]
        schools = School.objects.bulk_create(
            School(brin=brin, name=f"De Linde {brin}", city="Zwolle", board=board) for brin in brins
        )
        Location.objects.bulk_create(
            Location(code=f"{brin}{site:02}", school_id=brin, name="De Linde")
            for brin in brins
            for site in range(LOCATIONS if brin == brins[0] else 2)
        )
        services = Service.objects.bulk_create(
            Service(code=f"DIENST-{number}", name=f"Dienst {number}", roles=[SystemKind.LAS])
            for number in range(SERVICES)
        )
        successor = Service.objects.create(code=SUCCESSOR, name="Opvolger van dienst 0", roles=[SystemKind.LAS])
        systems = _make_systems([*services, successor])
        Mandate.objects.bulk_create(_mandates(board, schools, services, systems))
        _make_arrivals(board, services, systems[-1])
        _offer_succession(services[0], successor)
        person = User.objects.create(username="anke", name="Anke de Vries")
        Membership.objects.create(user=person, board=board, role=Membership.Role.ADMINISTRATOR)
    _make_changes(Actor(kind=ActorKind.ADMINISTRATOR, name="Anke de Vries", board_number=board.number))
    with connection.cursor() as cursor:
        cursor.execute(_CHECKS, [CHECKS])
    server.superuser_do("VACUUM ANALYZE", database="osr")  # the register's own role does not own the tables
    return person


# Over three months, one of fifty by the supplier that one looks for.
_CHECKS = """
INSERT INTO mandates_check (id, checked_at, caller_oin, brin, school_oin, supplier_oin, service_code,
                            service_version_namespace, reference_date, mandated)
SELECT uuidv7(), now() - number * interval '75 seconds', '000000990000000000' || lpad((number %% 50)::text, 2, '0'),
       '00AA', '', '00000099000000000001', 'DIENST-' || (number %% 12), '', current_date, true
  FROM generate_series(1, %s) number
"""


def _make_changes(anke: Actor) -> None:
    """Changes of end dates, each a confirmation of its own; and then of as many mandates in one confirmation."""
    running = list(Mandate.objects.of_board(anke.board_number).filter(end_date=None).order_by("pk")[:CHANGES])
    for number, mandate in enumerate(running):
        carry_out(ChangeEnd(mandates=(mandate.uuid,), end_date=today() + timedelta(days=number)), actor=anke)
    at_once = tuple(mandate.uuid for mandate in running)
    carry_out(ChangeEnd(mandates=at_once, end_date=today() + timedelta(days=2 * CHANGES)), actor=anke)


def _make_arrivals(board: Board, services: list[Service], system: System) -> None:
    """Schools that came from another board last, with a mandate for each service."""
    former = Board.objects.create(number="99002", name="Stichting De Overkant")
    Agreement.objects.create(board=former, kind_id=OSR, signed_on="2015-01-01")
    brins = [f"99A{chr(65 + number)}" for number in range(ARRIVALS)]
    schools = School.objects.bulk_create(
        School(brin=brin, name=f"De Wilg {brin}", city="Zwolle", board=former) for brin in brins
    )
    Mandate.objects.bulk_create(
        Mandate(school=school, service=service, system=system, granting_board=former, start_date="2020-01-01")
        for school in schools
        for service in services
    )
    School.objects.filter(board=former).update(board=board)


def _offer_succession(service: Service, successor: Service) -> None:
    """The mandates for a service can be taken over for another."""
    service.successor = successor
    service.save()
    SuccessionOffer.objects.create(
        service=service,
        successor=successor,
        offered_on=today(),
        starts_on=today(),
        until=today() + timedelta(days=60),
    )


def _make_systems(services: Iterable[Service]) -> list[System]:
    group = SupplierGroup.objects.create(name="Leerspoor")
    systems = []
    for number in range(SYSTEMS):
        supplier = Supplier.objects.create(
            oin=f"0000009900000000000{number}", name=f"Leverancier {number} BV", group=group, connected_on="2015-01-01"
        )
        systems.append(System.objects.create(name=f"Systeem {number}", kind=SystemKind.LAS, supplier=supplier))
    Qualification.objects.bulk_create(
        Qualification(system=system, service=service, qualified_on="2015-01-01")
        for system in systems
        for service in services
    )
    return systems


def _mandates(board: Board, schools: list[School], services: list[Service], systems: list[System]) -> list[Mandate]:
    """Spread over the schools: of each service first ended years ago, then what counts now, some with an end."""
    begin = today() - timedelta(days=8 * 365)
    all_but_one = [f"{schools[0].brin}{site:02}" for site in range(LOCATIONS - 1)]
    mandates = []
    for round_ in range(SYSTEMS):
        for service_number, service in enumerate(services):
            for number, school in enumerate(schools):
                is_last = round_ == SYSTEMS - 1 or (number + service_number) % 5 == 0
                start = begin + timedelta(days=700 * round_)
                end = None if is_last and (number + 1) % 3 else start + timedelta(days=699)
                mandates.append(
                    Mandate(
                        school=school,
                        service=service,
                        system=systems[round_],
                        granting_board=board,
                        start_date=start,
                        end_date=end,
                        locations=all_but_one if number == 0 else None,
                    )
                )
    return mandates[:MANDATES]


if __name__ == "__main__":
    sys.exit(main())
