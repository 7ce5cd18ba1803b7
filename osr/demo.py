"""The demo register: fictional besturen, schools, systems and mandates in every state.

It can't be mistaken for the real register: BRINs begin with 99, board numbers with 990, suppliers' OINs have the test
prefix 00000099, and every address is under an example domain. It is made for a day, so that 'ends within a month' and
'revoked yesterday' are true on that day.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from mandates.register_file import InLine, Quoted
from schools.numbers import school_oin

_LARGE, _MEDIUM, _SMALL, _SINGLE, _WITHOUT_AGREEMENT = "99001", "99002", "99003", "99004", "99005"

_BOARD_NAMES = {
    _LARGE: "Stichting De Vecht Openbaar Onderwijs",
    _MEDIUM: "Stichting Katholiek Onderwijs De Brug",
    _SMALL: "Vereniging Christelijk Onderwijs Het Baken",
    _SINGLE: "Stichting Vrije School De Kastanje",
    _WITHOUT_AGREEMENT: "Stichting Nieuw Onderwijs Aan Zee",
}

_SCHOOLS = {
    _LARGE: """
        OBS De Waterlelie, Zwolle
        OBS De Regenboog, Zwolle
        OBS De Vuurvogel, Zwolle
        OBS Het Kompas, Zwolle
        OBS De Wilgentuin, Zwolle
        OBS De Stadshagen, Zwolle
        OBS De Kleine Kapitein, Hasselt
        OBS De Zwarte Waterschool, Zwartsluis
        OBS De Wijde Blik, Genemuiden
        OBS De Springplank, Dalfsen
        OBS De Polhaar, Dalfsen
        OBS De Tweemaster, Kampen
        OBS De Hanze, Kampen
        OBS De Morgenzon, Kampen
        OBS De Driemaster, IJsselmuiden
        OBS De Sleutelbloem, Ommen
        OBS De Vlinderhof, Ommen
        OBS De Rietvink, Nieuwleusen
        OBS De Meander, Hattem
        OBS De Boomgaard, Wezep
        OBS De Zonnewijzer, Heino
        OBS De Toermalijn, Raalte
        OBS De Korenbloem, Wijhe
        OBS De Uiterwaard, Olst""",
    _MEDIUM: """
        KBS De Vlieger, Deventer
        KBS Sint Jozef, Deventer
        KBS De Zonnebloem, Deventer
        KBS De Wegwijzer, Deventer
        KBS De Sleutel, Bathmen
        KBS Sint Bernardus, Holten
        KBS De Kiezel, Rijssen
        KBS De Marke, Nijverdal
        KBS De Schatkamer, Hellendoorn
        KBS Sint Martinus, Twello
        KBS De Horizon, Voorst
        KBS De Linde, Zutphen
        KBS De Luchtballon, Zutphen
        KBS Het Mozaïek, Lochem
        KBS De Parel, Gorssel""",
    _SMALL: """
        CBS De Ark, Meppel
        CBS De Rank, Meppel
        CBS De Fontein, Steenwijk
        CBS Het Anker, Vollenhove
        CBS De Lichtboei, Blokzijl
        CBS De Zaaier, Staphorst""",
    _SINGLE: "Vrije School De Kastanje, Apeldoorn",
    _WITHOUT_AGREEMENT: """
        Basisschool De Duinroos, Egmond aan Zee
        Basisschool De Strandloper, Castricum""",
}

_LEERSPOOR, _KLASBOEK, _MEESTERLIJST = "Leerspoor", "Klasboek", "Meesterlijst"
_TOETSPLEIN, _PEILPUNT, _OVERSTAPBRUG = "Toetsplein", "Peilpunt", "Overstapbrug"

_LEERSPOOR_OIN = "00000099000000000001"
_OSO_NAMESPACE = "http://xml.eld.nl/schemas/Overstapservice/20180404"


@dataclass(frozen=True, kw_only=True)
class Check:
    """A check to try: who asks (an API key), and about whom."""

    api_key: str
    school_oin: str
    service_code: str
    supplier_oin: str


# A toetssysteem asks whether the LAS of De Waterlelie may send it pupils: the answer is yes.
CHECK = Check(
    api_key="osr_demo_toetsplein",
    school_oin=school_oin("99AA"),
    service_code="DOORSTROOM",
    supplier_oin=_LEERSPOOR_OIN,
)

# Whom to sign in as first: she is OSR-beheerder of the largest bestuur.
SIGN_IN_AS = "anke.devries@devecht.example"


@dataclass(frozen=True, kw_only=True)
class ByEHerkenning:
    """Somebody who signs in through eHerkenning: for which boards, and with which roles there."""

    name: str
    email: str
    boards: tuple[str, ...]
    roles: tuple[str, ...]


BY_EHERKENNING = (
    ByEHerkenning(name="Greet Mulder", email="greet@hetbaken.example", boards=(_SMALL,), roles=("beheerder",)),
    ByEHerkenning(name="Wim Postma", email="wim@debrug.example", boards=(_MEDIUM,), roles=("tekenbevoegde",)),
)


def demo_register(day: date) -> dict[str, list]:
    """The demo register as it is on `day`, in the layout of a register file (`mandates.register_file.as_yaml`)."""
    return _Demo(day).register()


def _brin(number: int) -> str:
    return f"99{chr(65 + number // 26)}{chr(65 + number % 26)}"


class _Demo:
    """Makes the demo register for one day."""

    def __init__(self, day: date) -> None:
        self.day = day
        self.schools: dict[str, list[dict]] = {}
        self.mandates: list[dict] = []
        self.endpoints: list[dict] = []
        # School years begin on 1 August; this one began on:
        self.school_year = date(day.year if day.month >= 8 else day.year - 1, 8, 1)

    def register(self) -> dict[str, list]:
        self._make_schools()
        self._mandates_of_large_board()
        self._mandates_of_medium_board()
        self._mandates_of_small_boards()
        self._school_that_moves()
        return {
            "boards": self._boards(),
            "schools": [school for schools in self.schools.values() for school in schools],
            "services": self._services(),
            "supplier_groups": [InLine(name="Klasboek Groep")],
            "suppliers": self._suppliers(),
            "mandates": self.mandates,
            "endpoints": self.endpoints,
            "users": self._users(),
        }

    def _years_ago(self, years: int) -> date:
        """The first day of a school year."""
        return self.school_year.replace(year=self.school_year.year - years)

    def _in(self, days: int) -> date:
        return self.day + timedelta(days=days)

    def _boards(self) -> list[dict]:
        osr = InLine(kind="OSR", signed_on=self._years_ago(7))
        oso = InLine(kind="OSO", signed_on=self._years_ago(6))
        ended = InLine(kind="OSO", signed_on=self._years_ago(6), ended_on=self._years_ago(1) - timedelta(days=1))
        agreements = {_LARGE: [osr, oso], _MEDIUM: [osr, oso], _SMALL: [osr, ended], _SINGLE: [osr]}
        return [
            {"number": Quoted(number), "name": name, "agreements": agreements.get(number, [])}
            for number, name in _BOARD_NAMES.items()
        ]

    def _make_schools(self) -> None:
        brins = (_brin(number) for number in range(26 * 26))
        for board, listed in _SCHOOLS.items():
            self.schools[board] = []
            for line in listed.strip().splitlines():
                name, city = line.strip().split(", ")
                brin = next(brins)
                self.schools[board].append(
                    InLine(brin=brin, name=name, board=Quoted(board), city=city, locations=[f"{brin}00"])
                )
        large, medium = self.schools[_LARGE], self.schools[_MEDIUM]
        large[0]["locations"] += [
            InLine(code="99AA01", name="De Waterlelie, locatie Aa-landen", city="Zwolle"),
            InLine(code="99AA02", name="De Waterlelie, locatie Berkum", city="Zwolle"),
            InLine(code="99AA04", name="De Waterlelie, locatie Ittersum", city="Zwolle"),
            InLine(code="99AA05", name="De Waterlelie, taalklas", city="Zwolle"),
            InLine(code="99AA07", name="De Waterlelie, locatie Windesheim", city="Windesheim"),
        ]
        for school, name in ((large[6], "Kleine Kapitein"), (large[21], "Toermalijn"), (medium[0], "Vlieger")):
            brin, city = school["brin"], school["city"]
            school["locations"].append(InLine(code=f"{brin}01", name=f"De {name}, nevenvestiging", city=city))
        large[0]["oa_id"] = "990A001"

    def _services(self) -> list[dict]:
        # Near enough to be told of.
        deadline = self.day + timedelta(days=28)

        def service(code: str, name: str, description: str, namespace: str, **more) -> dict:
            return {
                "code": code,
                "name": name,
                "description": description,
                **more,
                "versions": [InLine(namespace=Quoted(namespace), status="active")],
            }

        return [
            service(
                "BRON-PO",
                "BRON PO",
                "Gegevens van leerlingen uitwisselen met DUO",
                "http://example.nl/schemas/bron-po/4",
                endpoints=False,
            ),
            service(
                "VERZUIM",
                "Verzuim",
                "Verzuim melden bij DUO",
                "http://example.nl/schemas/verzuim/3",
                endpoints=False,
            ),
            service(
                "RIO",
                "RIO",
                "Registratie van de inrichting van het onderwijs",
                "http://example.nl/schemas/rio/4",
            ),
            service(
                "EINDTOETS",
                "Logistiek Proces Eindtoets PO",
                "Leerlingen aanmelden voor de eindtoets en resultaten ophalen",
                "http://example.nl/schemas/eindtoets/2",
                endpoints=False,
                roles=["las", "toetssysteem"],
                active=False,
                successor="DOORSTROOM",
            ),
            service(
                "DOORSTROOM",
                "Logistiek proces doorstroomtoets po",
                "Leerlingen aanmelden voor de doorstroomtoets en resultaten ophalen",
                "http://example.nl/schemas/doorstroomtoets/1",
                roles=["las", "toetssysteem"],
                deadline=deadline,
            ),
            service(
                "OSO-OV",
                "OSO Overstap",
                "Overstapdossiers uitwisselen tussen scholen",
                _OSO_NAMESPACE,
                agreement="OSO",
            ),
            service(
                "BST",
                "Bestuursrapportage (fictief)",
                "Cijfers over alle scholen van het bestuur",
                "http://example.nl/schemas/bestuursrapportage/1",
                level="board",
            ),
        ]

    def _suppliers(self) -> list[dict]:
        def system(name: str, kind: str, services: list) -> dict:
            return {"name": name, "kind": kind, "services": services, "api_keys": [f"osr_demo_{name.lower()}"]}

        def supplier(oin: str, name: str, *systems: dict, **more) -> dict:
            connected_on = self._years_ago(6)
            return {"oin": Quoted(oin), "name": name, **more, "connected_on": connected_on, "systems": list(systems)}

        everything = ["BRON-PO", "VERZUIM", "RIO", "EINDTOETS", "DOORSTROOM", "OSO-OV", "BST"]
        older = ["BRON-PO", "RIO", InLine(code="EINDTOETS", withdrawn_on=self._years_ago(1))]
        return [
            supplier(_LEERSPOOR_OIN, "Leerspoor BV", system(_LEERSPOOR, "las", everything)),
            supplier(
                "00000099000000000002",
                "Klasboek Software BV",
                system(_KLASBOEK, "las", everything),
                system(_MEESTERLIJST, "las", older),
                group="Klasboek Groep",
            ),
            supplier(
                "00000099000000000003",
                "Toetsplein BV",
                system(_TOETSPLEIN, "toetssysteem", ["EINDTOETS", "DOORSTROOM"]),
                system(_PEILPUNT, "toetssysteem", ["DOORSTROOM"]),
            ),
            supplier("00000099000000000004", "Overstapbrug BV", system(_OVERSTAPBRUG, "overstap", ["OSO-OV"])),
        ]

    def _give(self, school: dict, service: str, system: str, start: date, end: date | None = None, **more) -> None:
        mandate = InLine(school=school["brin"], service=service, system=system, start_date=start)
        if end:
            mandate["end_date"] = end
        self.mandates.append(InLine(mandate | more))

    def _give_board(self, board: str, service: str, system: str, start: date) -> None:
        self.mandates.append(InLine(board=Quoted(board), service=service, system=system, start_date=start))

    def _register_address(self, school: dict, system: str, start: date, administration: int = 1) -> None:
        brin = school["brin"]
        self.endpoints.append(
            InLine(
                school=brin,
                service="OSO-OV",
                system=system,
                namespace=Quoted(_OSO_NAMESPACE),
                routing_id=Quoted(f"{school_oin(brin)[:15]}{administration:05}"),
                url=Quoted(f"https://{system.lower()}.example.nl/oso/{brin.lower()}"),
                attributes="LAS" if system != _OVERSTAPBRUG else "OVERSTAP",
                start_date=start,
            )
        )

    def _mandates_of_large_board(self) -> None:
        """Every state there is; `special` are the schools at which one differs from what is usual."""
        schools = self.schools[_LARGE]
        since = self._years_ago(3)
        special = {school["brin"] for school in schools[:8]} | {schools[-1]["brin"]}
        for number, school in enumerate(schools):
            if school["brin"] in special:
                continue
            las = _LEERSPOOR if number < 17 else _KLASBOEK
            for service in ("BRON-PO", "RIO", "VERZUIM"):
                self._give(school, service, las, since)
            self._give(school, "EINDTOETS", las, since, self._years_ago(1) - timedelta(days=1))
            self._give(school, "EINDTOETS", _TOETSPLEIN, since, self._years_ago(1) - timedelta(days=1))
            if number % 4:
                self._give(school, "DOORSTROOM", las, self._years_ago(1))
            if number % 4 > 1:  # a quarter of the schools has the LAS only, and so is half mandated
                self._give(school, "DOORSTROOM", _TOETSPLEIN, self._years_ago(1))
            if number % 3:
                self._give(school, "OSO-OV", las, since)
            if number % 3 == 1:  # the others have not registered an address yet
                self._register_address(school, las, since)
        self._special_schools(schools, since)
        self._give_board(_LARGE, "BST", _LEERSPOOR, since)

    def _special_schools(self, schools: list[dict], since: date) -> None:
        waterlelie, ending, without, revoked, cancelled, switching, until_summer, older = schools[:8]

        # All in order; one service by a second LAS as well, for two of the six vestigingen.
        for service in ("BRON-PO", "RIO", "VERZUIM", "OSO-OV", "DOORSTROOM"):
            self._give(waterlelie, service, _LEERSPOOR, since)
        self._give(waterlelie, "DOORSTROOM", _TOETSPLEIN, since)
        self._give(waterlelie, "VERZUIM", _KLASBOEK, self.school_year, locations=["99AA05", "99AA07"])
        self._give(waterlelie, "OSO-OV", _OVERSTAPBRUG, self.school_year, locations=["99AA05"])
        self._register_address(waterlelie, _LEERSPOOR, since)
        self._register_address(waterlelie, _OVERSTAPBRUG, self.school_year, administration=2)

        # Ends within a month.
        self._give(ending, "RIO", _LEERSPOOR, since, self._in(20))
        self._give(ending, "BRON-PO", _LEERSPOOR, since)
        self._give(ending, "DOORSTROOM", _PEILPUNT, self._years_ago(1), self._in(9))

        # Had mandates, and has none now.
        for service in ("BRON-PO", "RIO", "EINDTOETS"):
            self._give(without, service, _MEESTERLIJST, since, self._years_ago(1) - timedelta(days=1))

        # Revoked today: yesterday was its last valid day.
        self._give(revoked, "OSO-OV", _LEERSPOOR, since, self._in(-1))
        self._give(revoked, "RIO", _LEERSPOOR, since)

        # Cancelled before it began: it was never valid on any day.
        self._give(cancelled, "DOORSTROOM", _PEILPUNT, self._in(30), self._in(29))
        self._give(cancelled, "DOORSTROOM", _TOETSPLEIN, self._in(30))
        self._give(cancelled, "RIO", _LEERSPOOR, since)

        # Goes from one LAS to another in two weeks.
        for service in ("BRON-PO", "RIO", "VERZUIM"):
            self._give(switching, service, _LEERSPOOR, since, self._in(13))
            self._give(switching, service, _KLASBOEK, self._in(14))

        # Valid up to a day further on.
        for service in ("BRON-PO", "RIO"):
            self._give(until_summer, service, _LEERSPOOR, since, self._in(200))
        self._give(until_summer, "DOORSTROOM", _LEERSPOOR, self._in(45))

        # Still works with the older LAS, which cannot do everything.
        for service in ("BRON-PO", "RIO"):
            self._give(older, service, _MEESTERLIJST, since)

    def _mandates_of_medium_board(self) -> None:
        since = self._years_ago(2)
        for number, school in enumerate(self.schools[_MEDIUM]):
            if number >= 12:  # these have nothing yet
                continue
            for service in ("BRON-PO", "RIO", "VERZUIM", "OSO-OV"):
                self._give(school, service, _KLASBOEK, since)
            if number < 9:
                self._register_address(school, _KLASBOEK, since)
            if number < 7:
                self._give(school, "DOORSTROOM", _KLASBOEK, self.school_year)
            if number < 4:
                self._give(school, "DOORSTROOM", _PEILPUNT, self.school_year)
        self._give_board(_MEDIUM, "BST", _KLASBOEK, since)

    def _mandates_of_small_boards(self) -> None:
        since = self._years_ago(4)
        for number, school in enumerate(self.schools[_SMALL]):
            self._give(school, "RIO", _MEESTERLIJST, since)
            if number < 3:
                self._give(school, "BRON-PO", _MEESTERLIJST, since)
        (kastanje,) = self.schools[_SINGLE]
        for service in ("BRON-PO", "RIO", "DOORSTROOM"):
            self._give(kastanje, service, _LEERSPOOR, self._years_ago(1))

    def _school_that_moves(self) -> None:
        """A school with mandates, which `osr.demo_events` moves to the largest bestuur (D20)."""
        brin = _brin(sum(len(schools) for schools in self.schools.values()))
        school = InLine(
            brin=brin, name="RKBS De Brugwachter", board=Quoted(_MEDIUM), city="Wezep", locations=[f"{brin}00"]
        )
        self.schools[_MEDIUM].append(school)
        for service in ("BRON-PO", "RIO", "VERZUIM", "OSO-OV"):
            self._give(school, service, _KLASBOEK, self._years_ago(2))
        self._register_address(school, _KLASBOEK, self._years_ago(2))

    def _users(self) -> list[dict]:
        def user(name: str, email: str, boards: list[str], roles: list[str]) -> InLine:
            return InLine(name=name, email=email, boards=[Quoted(number) for number in boards], roles=roles)

        return [
            user("Anke de Vries", SIGN_IN_AS, [_LARGE], ["beheerder", "tekenbevoegde"]),
            user("Bart Jansen", "bart.jansen@debrug.example", [_MEDIUM, _SMALL], ["beheerder"]),
            user("Fatima El Amrani", "fatima@dekastanje.example", [_SINGLE], ["beheerder", "tekenbevoegde"]),
            user("Joost Hendriks", "joost@aanzee.example", [_WITHOUT_AGREEMENT], ["beheerder"]),
            user("Dirk Bakker", "dirk.bakker@aanzee.example", [_WITHOUT_AGREEMENT], ["tekenbevoegde"]),
            user("Karin Visser", "karin.visser@devecht.example", [_LARGE], []),
        ]
