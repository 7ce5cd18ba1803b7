"""Besturen that the demo does not have and the pages must stand: a large one, one without schools, and two of which
DUO's list tells something new."""

import json
from datetime import date
from pathlib import Path

import httpx2

from schools.numbers import school_oin
from tests.running import RunningRegister

LARGEST, WITHOUT_SCHOOLS = "99065", "99066"
LARGEST_BOARD = "Stichting voor Protestants-Christelijk en Interconfessioneel Primair Onderwijs Rijn en Gelderse Vallei"
LONG_NAME = "School voor Openbaar Jenaplanonderwijs De Oecumenische Samenwerkingsgemeenschap Bestevaerstraat"
SCHOOLS = 65

# Special schools, of which the demo has none, on DUO's next list: one went to another bestuur, one is gone, one is new.
SPECIAL_LIST = "\r\n".join(
    [
        "SOORT PRIMAIR ONDERWIJS;BEVOEGD GEZAG NUMMER;INSTELLINGSCODE;VESTIGINGSCODE;VESTIGINGSNAAM;PLAATSNAAM;CLUSTER",
        "SO;99067;99YA;99YA00;De Aalscholver;LEERDAM;3",
        "SO;99068;99YB;99YB00;De Kleine Zwaan;CULEMBORG;3",
        "SO;99068;99YD;99YD00;De Grutto;TIEL;3",
        "",
    ]
)
_SPECIAL_SCHOOLS = (("99YA", "De Aalscholver"), ("99YB", "De Kleine Zwaan"), ("99YC", "De Roerdomp"))
_SINCE = date(2020, 8, 1)
_OSO_NAMESPACE = "http://xml.eld.nl/schemas/Overstapservice/20180404"
# Who signs in: e-mail address, name, boards, and whether Mijn DUO gives the role.
_PERSONS = (
    ("willemijn@rijnvallei.example", "Willemijn van den Oudenrijn-Bolderheij", [LARGEST], True),
    ("erik@nogniets.example", "Erik Postma", [WITHOUT_SCHOOLS], True),
    ("noor@elders.example", "Noor Smit", ["99999"], True),
)


def add_boards(register: RunningRegister) -> None:
    """Add the besturen to the running demo, and to its identity provider the persons who work for them.

    Then DUO's list comes, which leaves cases for support. Once is enough for a register.
    """
    file = Path(register.folder) / "boards.yaml"
    if file.exists():
        return
    file.write_text(json.dumps(_register(), default=str))  # JSON is YAML as well
    register.manage("load_register", str(file))
    special = Path(register.folder) / "so_vestigingen.csv"
    special.write_text(SPECIAL_LIST, encoding="windows-1252", newline="")
    register.manage("import_duo", str(special), "--allow-many-gone")
    for email, name, boards, has_role in _PERSONS:
        person = {"email": email, "name": name, "boards": boards, "roles": ["OSR-toegang"] if has_role else []}
        httpx2.put(f"http://localhost:{register.provider_port}/users/{email}", json=person).raise_for_status()


def _register() -> dict[str, list]:
    signed = [{"kind": kind, "signed_on": _SINCE} for kind in ("OSR", "OSO")]
    brins = [f"99{chr(67 + number // 26)}{chr(65 + number % 26)}" for number in range(SCHOOLS)]
    return {
        "boards": [
            {"number": LARGEST, "name": LARGEST_BOARD, "agreements": signed},
            {"number": WITHOUT_SCHOOLS, "name": "Stichting Nog Geen Scholen", "agreements": signed[:1]},
            {"number": "99067", "name": "Stichting Speciaal Onderwijs De Linge", "agreements": signed[:1]},
            {"number": "99068", "name": "Stichting Speciaal Onderwijs De Waal", "agreements": signed[:1]},
        ],
        "schools": [
            *(_school(number, brin) for number, brin in enumerate(brins)),
            *(
                {"brin": brin, "name": name, "board": "99067", "sector": "so", "locations": [f"{brin}00"]}
                for brin, name in _SPECIAL_SCHOOLS
            ),
        ],
        "mandates": [
            *(mandate for number, brin in enumerate(brins) for mandate in _mandates(number, brin)),
            *(
                {"school": brin, "service": "RIO", "system": "Leerspoor", "start_date": _SINCE}
                for brin, _ in _SPECIAL_SCHOOLS
            ),
        ],
        "endpoints": [
            {
                "school": brin,
                "service": "OSO-OV",
                "system": "Leerspoor",
                "namespace": _OSO_NAMESPACE,
                "routing_id": f"{school_oin(brin)[:15]}{1:05}",
                "url": f"https://leerspoor.example.nl/oso/administraties/{brin.lower()}/overstapdossiers/ontvangen",
                "start_date": _SINCE,
            }
            for brin in brins[::2]
        ],
    }


def _school(number: int, brin: str) -> dict:
    name = LONG_NAME if number == 0 else f"PCBS De Akker {number + 1}"
    # The first also has mandates for more vestigingen than are written out.
    locations = [f"{brin}{location:02}" for location in range(1 if number else 6)]
    return {"brin": brin, "name": name, "board": LARGEST, "city": "Veenendaal", "locations": locations}


def _mandates(number: int, brin: str) -> list[dict]:
    given = [(service, "Leerspoor") for service in ("BRON-PO", "RIO", "VERZUIM", "OSO-OV", "DOORSTROOM")]
    if number % 5:
        given.append(("DOORSTROOM", "Toetsplein"))
    limit = {} if number else {"locations": [f"{brin}{location:02}" for location in range(5)]}
    return [
        {"school": brin, "service": service, "system": system, "start_date": _SINCE, **limit}
        for service, system in given
    ]
