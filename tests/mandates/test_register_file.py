"""The register file: `load_register` and `dump_register` (docs/register-file.md)."""

import stat
import uuid
from datetime import date, timedelta
from io import StringIO
from itertools import pairwise

import pytest
from django.conf import settings as settings_of_site
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agreements.models import Agreement, Kind
from journal.acts import Actor, ActorKind, Refused
from journal.clock import today
from journal.models import Entry
from mandates.models import Endpoint, Mandate
from mandates.register_file import Summary, as_yaml, dump, load
from schools.actions import close_school, settle_case
from schools.actions.cases import open_cases
from schools.models import Board, Case, FormerBoard, Location, School
from services.keys import digest_of
from services.models import ApiKey, Qualification, Service, Supplier, System
from tests import factories as make

REGISTER = """
boards:
  - {number: "99001", name: Stichting De Regenboog, agreements: [{kind: OSR, signed_on: 2019-01-01},
      {kind: OSO, signed_on: 2019-01-01, ended_on: 2022-12-31}]}
  - {number: "99002", name: Stichting De Linde}
schools:
  - {brin: 99AA, name: De Regenboog, board: "99001", city: Zwolle, locations: [99AA00, 99AA01]}
  - {brin: 99AB, name: De Linde, board: "99001"}
  - {brin: 99ZZ, name: De Beuk, board: "99002"}
supplier_groups:
  - name: Leerspoor Groep
suppliers:
  - oin: "00000099000000000001"
    name: Leerspoor BV
    group: Leerspoor Groep
    connected_on: 2019-01-01
    systems:
      - {name: Leerspoor, kind: las, services: all, api_keys: [osr_leerspoor]}
      - {name: Klasboek, kind: las, services: [RIO, {code: OSO-OV, qualified_on: 2019-02-01, withdrawn_on: 2021-01-01}]}
  - oin: "00000099000000000002"
    name: Nieuwkomer BV
    systems: [{name: Nieuwkomer, kind: las, services: [RIO]}]
services:
  - {code: RIO, name: RIO, versions: [{namespace: "http://example.nl/rio/1", status: active}]}
  - {code: OSO-OV, name: OSO Overstap, agreement: OSO, versions: [{namespace: "http://example.nl/oso/1"}]}
  - {code: BST, name: Bestuursdienst, level: board}
mandates:
  - {school: 99AA, service: RIO, system: Leerspoor, start_date: 2020-01-01, locations: [99AA01]}
  - {board: "99001", service: BST, system: Leerspoor, start_date: 2020-01-01}
endpoints:
  - {school: 99AA, service: RIO, system: Leerspoor, namespace: "http://example.nl/rio/1",
     routing_id: "0000000700099AA00001", url: "https://leerspoor.example.nl/rio", start_date: 2020-01-01}
users:
  - {name: Anke de Vries, email: anke@regenboog.example, boards: ["99001"], roles: [beheerder, tekenbevoegde]}
"""


def load_text(text: str, **options) -> Summary:
    return load({"register.yaml": text.encode()}, **options)


def problems_of(text: str) -> list[str]:
    """What loading `text` is refused for; checks that nothing has changed then."""
    before = Entry.objects.count()
    with pytest.raises(Refused) as refused:
        load_text(text)
    assert Entry.objects.count() == before
    return [problem.text for problem in refused.value.problems]


def counts(summary: Summary) -> tuple[int, int]:
    """How many rows were added and changed."""
    return sum(table.added for table in summary.tables), sum(table.changed for table in summary.tables)


def mandate_of(brin: str = "99AB", **values) -> str:
    """A file with one mandate, by Leerspoor for RIO since 2020 unless said otherwise."""
    values = {"school": brin, "service": "RIO", "system": "Leerspoor", "start_date": "2020-01-01"} | values
    return "mandates: [{" + ", ".join(f"{key}: {value}" for key, value in values.items() if value) + "}]"


@pytest.fixture
def loaded(db) -> None:
    load_text(REGISTER)


# --- What loading does ---


def test_what_is_missing_is_added(db):
    load_text(REGISTER)

    assert set(School.objects.values_list("brin", "board__number")) == {
        ("99AA", "99001"),
        ("99AB", "99001"),
        ("99ZZ", "99002"),
    }
    mandate = Mandate.objects.get(school__brin="99AA")
    assert (mandate.service.code, mandate.system.name, mandate.locations) == ("RIO", "Leerspoor", ["99AA01"])
    assert mandate.granting_board.number == "99001"
    assert Endpoint.objects.get().mandate == mandate
    assert Mandate.objects.get(board__number="99001").service.code == "BST"


def test_what_a_file_leaves_out_of_a_new_item_has_its_default(loaded):
    assert Location.objects.get(school="99AB").code == "99AB00"
    assert Location.objects.get(school="99AB").name == "De Linde"
    assert Supplier.objects.get(name="Nieuwkomer BV").group.name == "Nieuwkomer BV"
    assert Service.objects.get(code="RIO").roles == ["las"]
    assert Service.objects.get(code="RIO").takes_endpoints
    assert not Service.objects.get(code="BST").takes_endpoints
    assert set(System.objects.get(name="Leerspoor").qualifications.values_list("service__code", flat=True)) == {
        "RIO",
        "OSO-OV",
        "BST",
    }
    assert Qualification.objects.get(system__name="Leerspoor", service__code="RIO").qualified_on == date(2019, 1, 1)


def test_an_api_key_is_kept_as_its_hash_only(loaded):
    assert ApiKey.objects.get().digest == digest_of("osr_leerspoor")
    assert "osr_leerspoor" not in as_yaml(dump())


def test_loading_twice_changes_nothing(loaded):
    """Nor does it add to the journal (D14)."""
    entries = Entry.objects.count()

    assert counts(load_text(REGISTER)) == (0, 0)
    assert Entry.objects.count() == entries


def test_what_differs_is_changed_and_the_rest_is_left_alone(loaded):
    untouched = Mandate.objects.values_list("token", "entry").order_by("pk")
    before = list(untouched)

    summary = load_text('schools: [{brin: 99AA, name: De Nieuwe Regenboog}]\nboards: [{number: "99002", name: X}]')

    assert counts(summary) == (0, 2)
    school = School.objects.get(brin="99AA")
    assert (school.name, school.city, school.board.number) == ("De Nieuwe Regenboog", "Zwolle", "99001")
    assert school.entry.type == "school.changed"
    assert school.entry.actor["name"] == "registerbestand register.yaml"
    assert list(untouched) == before


def test_an_empty_value_takes_away_what_an_absent_one_leaves(loaded):
    load_text("schools: [{brin: 99AB, oa_id: 990A001}, {brin: 99AA, oa_id: 990A002}]")

    load_text("schools: [{brin: 99AB, oa_id: }, {brin: 99AA}]")

    assert School.objects.get(brin="99AB").oa_id is None
    assert School.objects.get(brin="99AA").oa_id == "990A002"


def test_several_files_are_one_register(db):
    boards, rest = REGISTER.split("schools:", 1)

    load({"b.yaml": ("schools:" + rest).encode(), "a.yaml": boards.encode()})

    assert School.objects.get(brin="99ZZ").board.number == "99002"


def test_lower_case_brins_are_read(loaded):
    assert counts(load_text("schools: [{brin: 99aa, name: De Regenboog}]")) == (0, 0)


def test_a_dry_run_checks_everything_and_changes_nothing(db):
    before = Entry.objects.count()
    assert counts(load_text(REGISTER, dry_run=True))[0] > 20
    assert Entry.objects.count() == before
    with pytest.raises(Refused):
        load_text('schools: [{brin: 99AA, name: X, board: "99009"}]', dry_run=True)


def test_a_revoked_key_stays_revoked(loaded):
    keys = """suppliers: [{oin: "00000099000000000001", systems: [
      {name: Leerspoor, api_keys: [{digest: DIGEST, revoked_at: }]}]}]""".replace("DIGEST", digest_of("osr_leerspoor"))
    load_text(keys.replace("revoked_at:", "revoked_at: 2026-01-01T00:00:00Z"))

    assert "deze sleutel is ingetrokken en blijft dat" in problems_of(keys)[0]
    assert counts(load_text(REGISTER)) == (0, 0)


def test_every_change_says_in_the_journal_what_it_is(loaded):
    load_text(
        """
        schools: [{brin: 99AB, board: "99002"}]
        boards: [{number: "99001", agreements: [{kind: VVA, signed_on: 2020-01-01, ended_on: 2021-01-01}]}]
        suppliers: [{oin: "00000099000000000001", systems: [
            {name: Leerspoor, services: [{code: OSO-OV, withdrawn_on: 2026-01-01}],
             api_keys: [{digest: DIGEST, revoked_at: 2026-01-01T00:00:00Z}]}]}]
        """.replace("DIGEST", digest_of("osr_leerspoor"))
    )

    assert School.objects.get(brin="99AB").entry.type == "school.moved"
    assert Agreement.objects.get(kind="VVA").entry.type == "agreement.signed"
    assert ApiKey.objects.get().entry.type == "api_key.revoked"
    withdrawn = Qualification.objects.get(system__name="Leerspoor", service__code="OSO-OV")
    assert withdrawn.entry.type == "qualification.withdrawn"


def test_statements_do_not_grow_with_the_mandates(loaded):
    def file(first: int, count: int) -> str:
        days = [date(2000, 1, 1) + timedelta(days=2 * n) for n in range(first, first + count)]
        agreement = "{kind: OSR, signed_on: 1999-01-01, ended_on: 2018-12-31}"
        boards = f'boards: [{{number: "99001", agreements: [{agreement}]}}]'
        mandates = "".join(
            f"\n  - {{school: 99AB, service: RIO, system: Leerspoor, start_date: {day}, end_date: {day}}}"
            for day in days
        )
        return f"{boards}\nmandates:{mandates}"

    load_text(file(0, 1))
    with CaptureQueriesContext(connection) as few:
        load_text(file(10, 2))
    with CaptureQueriesContext(connection) as many:
        load_text(file(100, 400))

    assert len(many) == len(few)


# --- Dump, then load ---


def test_dump_then_load_gives_the_same_register(db):
    in_ten_days = today() + timedelta(days=10)
    with transaction.atomic():
        load_text(REGISTER)
        load_text(mandate_of(start_date=in_ten_days, end_date=in_ten_days - timedelta(days=1)))
        load_text(mandate_of(start_date=in_ten_days, end_date=in_ten_days, token=uuid.uuid4()))
        load_text(mandate_of("99AA", end_date=in_ten_days))
        load_text(
            """schools: [{brin: 99AA, board: "99002", missing_since: 2026-08-01}, {brin: 99AB, closed_on: 2999-07-31},
                {brin: 99ZZ, closed_on: 2026-07-31}]"""
        )
        load_text(
            "services: [{code: RIO, active: false, successor: OSO-OV, deadline: 2026-12-01, description: 'a: b'}]"
        )
        dumped = as_yaml(dump())
        transaction.set_rollback(True)  # nothing can be deleted (D14): this is how a second, empty register comes about
    assert not Board.objects.exists()

    load_text(dumped)

    assert as_yaml(dump()) == dumped
    assert counts(load_text(dumped)) == (0, 0)
    assert Mandate.objects.get(school__brin="99AA").granting_board.number == "99001"
    assert School.objects.get(brin="99AA").board.number == "99002"
    assert Mandate.objects.filter(school__brin="99AB", start_date=in_ten_days).count() == 2


def test_dump_then_load_gives_the_same_moves_closings_and_cases(db):
    """D9, D19, D20: a school that moved twice, one that was closed with hindsight, cases that look alike."""
    in_ten_days = today() + timedelta(days=10)
    sam = Actor(kind=ActorKind.SUPPORT, name="Sam", reason="Brief van DUO")
    with transaction.atomic():
        load_text(REGISTER)
        load_text(mandate_of(end_date=None))
        load_text(mandate_of(start_date=in_ten_days, system="Klasboek"))
        load_text(former_of("99AA", until="2019-07-31", grace_until="2019-08-30"))
        load_text('schools: [{brin: 99AA, board: "99002"}]')
        close_school(actor=sam, school=School.objects.get(brin="99AB"), closing_day=date(2026, 7, 31))
        gone, moved = ("99ZZ", Case.Kind.GONE, "Staat niet meer in de lijst."), ("99AA", Case.Kind.MOVED, "Naar 99002.")
        open_cases([gone, moved], actor=sam, day=today())
        settle_case(actor=sam, case=Case.objects.get(kind="gone"))
        open_cases([gone], actor=sam, day=today())
        dumped = as_yaml(dump())
        transaction.set_rollback(True)
    assert not Board.objects.exists()

    load_text(dumped)

    assert as_yaml(dump()) == dumped
    assert counts(load_text(dumped)) == (0, 0)
    assert [former.board.number for former in FormerBoard.objects.order_by("until")] == ["99002", "99001"]
    assert Mandate.objects.get(school__brin="99AA").end_date == FormerBoard.objects.last().grace_until
    assert Mandate.objects.get(school__brin="99AB", system__name="Leerspoor").end_date == today() - timedelta(days=1)
    assert Mandate.objects.get(school__brin="99AB", system__name="Klasboek").is_cancelled
    assert list(Case.objects.filter(school__brin="99ZZ").order_by("pk").values_list("closed_on", flat=True)) == [
        today(),
        None,
    ]


def test_dump_then_load_gives_the_same_cancelled_mandate_of_a_school_that_moved(db):
    """D9, D20: it would have begun after the grace period, and covers no day."""
    later = today() + timedelta(days=100)
    with transaction.atomic():
        load_text(REGISTER)
        load_text(mandate_of(start_date=later))
        load_text('schools: [{brin: 99AB, board: "99002"}]')
        dumped = as_yaml(dump())
        transaction.set_rollback(True)

    load_text(dumped)

    assert as_yaml(dump()) == dumped
    assert Mandate.objects.get(school__brin="99AB").is_cancelled


_names = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf"]), min_size=1).filter(str.strip)
_offsets = st.lists(st.integers(-60, 60), min_size=1, max_size=8, unique=True).map(sorted)


@st.composite
def registers(draw) -> dict:
    """Registers with names of any text, and per school and system mandates that follow each other with gaps or not."""
    names = draw(st.lists(_names, min_size=6, max_size=6, unique=True))
    schools = [
        {"brin": f"99A{letter}", "name": name, "board": "99001", "city": draw(_names)}
        for letter, name in zip("ABC", names[:3], strict=True)
    ]
    mandates = []
    for school in schools:
        for system in names[3:5]:
            starts = [today() + timedelta(days=offset) for offset in draw(_offsets)]
            for start, following in pairwise([*starts, None]):
                mandate = {"school": school["brin"], "service": "RIO", "system": system, "start_date": start}
                if following or draw(st.booleans()):
                    longest = (following - start).days - 1 if following else 30
                    mandate["end_date"] = start + timedelta(days=draw(st.integers(-1, longest)))
                mandates.append(mandate)
    return {
        "boards": [
            {"number": "99001", "name": names[5], "agreements": [{"kind": "OSR", "signed_on": date(2019, 1, 1)}]}
        ],
        "schools": schools,
        "services": [{"code": "RIO", "name": draw(_names), "description": draw(st.just("") | _names)}],
        "suppliers": [
            {
                "oin": "00000099000000000001",
                "name": names[0],
                "connected_on": date(2019, 1, 1),
                "systems": [{"name": name, "kind": "las", "services": ["RIO"]} for name in names[3:5]],
            }
        ],
        "mandates": draw(st.permutations(mandates)),
    }


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(register=registers())
def test_any_register_survives_dump_and_load(db, register):
    with transaction.atomic():
        load_text(as_yaml(register))
        dumped = as_yaml(dump())
        transaction.set_rollback(True)
    with transaction.atomic():
        load_text(dumped)
        assert as_yaml(dump()) == dumped
        assert counts(load_text(dumped)) == (0, 0)
        assert counts(load_text(as_yaml(register))) == (0, 0)
        transaction.set_rollback(True)


def test_a_dump_is_sorted_and_quotes_its_numbers(loaded):
    text = as_yaml(dump())

    assert text.index("99AA") < text.index("99AB") < text.index("99ZZ")
    assert 'number: "99001"' in text
    assert '  - {brin: 99AB, name: De Linde, board: "99001", sector: po, locations: [99AB00]}' in text.splitlines()


def test_the_example_in_the_documentation_is_a_register(db):
    documentation = (settings_of_site.BASE_DIR / "docs" / "register-file.md").read_text()
    example = documentation.split("```yaml\n")[1].split("```")[0]

    load_text(example)

    assert Mandate.objects.get().granting_board.number == "40170"
    assert counts(load_text(example)) == (0, 0)


# --- What the file itself must be ---


def test_all_errors_are_told_at_once_with_their_places(loaded):
    text = """boards:
  - {number: 40169, name: Stichting Voorbeeld}
schools:
  - {brin: 99AC, name: De Es, board: "99009"}
mandates:
  - {school: 99AB, service: RIO, system: Leerspoor, start_date: 2019-02-30}
  - {school: 99AX, service: RIO, system: Leerspoor, start_date: 2020-01-01}
  - {school: 99AB, service: RIO, system: Leerspoor, start_date: 2020-01-01, eind_date: 2021-01-01}
"""

    assert problems_of(text) == [
        'boards[1].number (regel 2): zet aanhalingstekens om het nummer: "40169"',
        "schools[1].board (regel 4): bestuur 99009 staat niet in het register of in dit bestand",
        "mandates[1].start_date (regel 6): 2019-02-30 is geen bestaande datum",
        "mandates[2].school (regel 7): school 99AX staat niet in het register of in dit bestand",
        "mandates[3].eind_date (regel 8): deze sleutel bestaat niet; bedoelt u end_date?",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "regel 1: het bestand is leeg"),
        ("# niets", "regel 1: het bestand is leeg"),
        ("- a", "regel 1: dit is geen registerbestand"),
        ("hallo", "regel 1: dit is geen registerbestand"),
        ("boards:\n\t- a", "regel 2: dit is geen geldige YAML"),
        ("boards: []\n---\nschools: []", "dit is geen geldige YAML"),
        ("boards: []\nboards: []", "boards (regel 2): deze sleutel staat hier al op regel 1"),
        ("boards: {}", "boards (regel 1): hier hoort een lijst"),
        ("bords: []", "bords (regel 1): deze sleutel bestaat niet; bedoelt u boards?"),
        ("boards: [{name: X}]", "boards[1] (regel 1): number ontbreekt"),
        ("boards: [99001]", "boards[1] (regel 1): hier horen sleutels"),
        ("boards: [{number: 01234}]", 'zet aanhalingstekens om het nummer: "01234"'),
        ("boards: [{number: 12_345}]", "aanhalingstekens"),
        ('boards: [{number: "1234"}]', "1234 klopt niet: een bestuursnummer"),
        ('boards: [{number: "99001", name: no}]', 'zet er aanhalingstekens om: "no"'),
        (
            'boards: [{number: "99002", agreements: [{kind: OSR, signed_on: 2020-01-02, ended_on: 2020-01-01}]}]',
            "ended_on ligt vóór signed_on",
        ),
        ('boards: [{number: "99003"}, {number: "99003"}]', "boards[2] (regel 1): dit staat ook al op regel 1"),
        ("schools: [{brin: 99E1}]", "99E1 klopt niet: een BRIN"),
        ("schools: [{brin: 1.5e+3}]", "leest YAML niet als tekst"),
        ("schools: [{brin: 99AC}]", "name ontbreekt; deze school staat nog niet in het register"),
        ("schools: [{brin: 99AC}]", "board ontbreekt; deze school staat nog niet in het register"),
        ("schools: [{brin: 99AA, sector: wo}]", "wo kan hier niet; kies uit po, vo, so, mbo"),
        ("schools: [{brin: 99AA, locations: [99AB01]}]", "vestiging 99AB01 begint niet met de BRIN"),
        ("schools: [{brin: 99AA, locations: [99AA05, 99AA05]}]", "dit staat ook al op regel 1"),
        ("schools: [{brin: 99AA, closed_on: 2026-7-31}]", "hier hoort een datum als 2026-08-31"),
        ("schools: [{brin: 99AA, closed_on: 31-07-2026}]", "hier hoort een datum als 2026-08-31"),
        ("schools: [{brin: 99AA, name: }]", "de waarde ontbreekt"),
        ('schools: [{brin: 99AA, name: "a\\0b"}]', "teken dat geen tekst is"),
        ("suppliers: [{oin: 00000001003214345000, name: X}]", "zet aanhalingstekens om het nummer"),
        ('suppliers: [{oin: "00000099000000000003", name: X, group: Y}]', "leveranciersgroep Y staat niet"),
        ('suppliers: [{oin: "00000099000000000002", systems: [{name: Leerspoor}]}]', "is al van leverancier Leerspoor"),
        ('suppliers: [{oin: "00000099000000000002", systems: [{name: X}]}]', "kind ontbreekt"),
        (
            'suppliers: [{oin: "00000099000000000002", systems: [{name: Nieuwkomer, api_keys: [osr_leerspoor]}]}]',
            "deze sleutel is al van systeem Leerspoor",
        ),
        ('suppliers: [{oin: "00000099000000000002", systems: [{name: Nieuwkomer, services: [X]}]}]', "dienst X staat"),
        ("services: [{code: RIO, roles: []}]", "noem ten minste één rol"),
        ("services: [{code: RIO, roles: [las, las]}]", "las staat hier al"),
        ("services: [{code: RIO, level: board}]", "het niveau kan niet meer veranderen"),
        ("services: [{code: RIO, endpoints: false}]", "de dienst blijft endpoints nemen"),
        ("services: [{code: RIO, endpoints: ja}]", "hier hoort true of false"),
        ("services: [{code: BST, endpoints: true}]", "neemt geen endpoints"),
        ("services: [{code: RIO, successor: OSO-OV}, {code: OSO-OV, successor: RIO}]", "volgt zo zichzelf op"),
        ('services: [{code: BST, versions: ["http://example.nl/rio/1"]}]', "deze dienstversie is al van dienst RIO"),
        ("mandates: [{service: RIO, system: Leerspoor, start_date: 2020-01-01}]", "noem school of board"),
        (mandate_of(board='"99001"'), "noem school of board"),
        (mandate_of(token="abc"), "hier hoort een UUID"),
        (mandate_of(end_date="2019-12-30"), "end_date ligt vóór start_date"),
        (mandate_of(system="ParnaSys"), "systeem ParnaSys staat niet in het register of in dit bestand"),
        ("users: [{name: A, email: a@b.example, boards: [], roles: [baas]}]", "baas kan hier niet"),
        ('users: [{name: A, email: a@b.example, boards: ["99009"], roles: []}]', "bestuur 99009 staat niet"),
        ("users: !!python/object/apply:os.system [true]", "hier hoort een lijst"),
        ("boards: &a [*a]", "hier horen sleutels"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_in_a_sentence(loaded, text, problem):
    assert problem in "\n".join(problems_of(text))


def test_several_files_are_named_with_their_errors(loaded):
    with pytest.raises(Refused) as refused:
        load({"a.yaml": b"boards: {}", "b.yaml": b"schools: {}"})

    assert [problem.text for problem in refused.value.problems] == [
        "a.yaml: boards (regel 1): hier hoort een lijst",
        "b.yaml: schools (regel 1): hier hoort een lijst",
    ]


def test_a_byte_order_mark_is_no_error_and_other_encodings_are(db):
    load({"register.yaml": b"\xef\xbb\xbf" + REGISTER.encode()})

    with pytest.raises(Refused, match="geen tekstbestand in UTF-8"):
        load({"register.yaml": REGISTER.encode("utf-16")})


# --- The rules of mandates ---


def test_the_level_of_the_service_decides_who_holds_the_mandate(loaded):
    """D1"""
    assert "BST is een dienst op bestuursniveau" in problems_of(mandate_of(service="BST"))[0]
    assert "RIO is een dienst op schoolniveau" in problems_of(mandate_of(brin="", board='"99001"'))[0]


@pytest.mark.parametrize(
    ("start", "end"), [("2020-06-01", "2020-06-30"), ("2019-06-01", None), ("2019-06-01", "2020-01-01")]
)
def test_two_mandates_for_one_system_cannot_overlap_with_the_register(loaded, start, end):
    """D2"""
    (problem,) = problems_of(mandate_of("99AA", start_date=start, end_date=end))

    assert "twee mandaten kunnen niet op dezelfde dag gelden" in problem


def test_two_mandates_for_one_system_cannot_overlap_within_a_file(loaded):
    """D2"""
    text = """mandates:
  - {school: 99AB, service: RIO, system: Leerspoor, start_date: 2020-01-01, end_date: 2020-12-31}
  - {school: 99AB, service: RIO, system: Leerspoor, start_date: 2020-12-31}
"""

    (problem,) = problems_of(text)

    assert problem.startswith("mandates[2] (regel 3)")
    assert "(op regel 2)" in problem


def test_other_systems_and_cancelled_mandates_do_not_overlap(loaded):
    """D2, D9"""
    load_text(mandate_of("99AA", system="Klasboek"))
    load_text(mandate_of("99AA", start_date="2021-01-01", end_date="2020-12-31"))

    assert Mandate.objects.filter(school__brin="99AA").count() == 3


def test_a_mandate_is_limited_to_locations_of_its_own_school(loaded):
    """D3"""
    assert problems_of(mandate_of(locations="[99AA01]")) == [
        "mandates[1].locations (regel 1): 99AA01 is geen vestiging van school 99AB"
    ]
    assert "noem ten minste één vestiging" in problems_of(mandate_of(locations="[]"))[0]
    assert (
        "geldt voor het hele bestuur"
        in problems_of(
            mandate_of(
                brin="",
                board='"99001"',
                service="BST",
                system="Leerspoor",
                start_date="2018-01-01",
                end_date="2017-12-31",
                locations="[99AA01]",
            )
        )[0]
    )


def test_a_mandate_needs_the_osr_agreement_on_the_day_it_begins(loaded):
    """D5, also for a mandate that ended long ago."""
    lacking = "heeft op 2018-12-31 geen OSR-overeenkomst"

    assert lacking in problems_of(mandate_of(start_date="2018-12-31", end_date="2019-06-30"))[0]
    assert "bestuur 99002" in problems_of(mandate_of("99ZZ"))[0]
    load_text(mandate_of(start_date="2019-01-01", end_date="2019-06-30"))


def test_a_mandate_needs_the_agreement_of_its_service(loaded):
    """D5: OSO ended on the last day of 2022."""
    assert "geen OSO-overeenkomst" in problems_of(mandate_of(service="OSO-OV", start_date="2023-01-01"))[0]
    load_text(mandate_of(service="OSO-OV", start_date="2022-12-31", end_date="2022-12-31"))


@pytest.mark.parametrize("end_date", ["2023-01-01", ""])
def test_a_mandate_needs_the_agreement_of_its_service_on_all_its_days(loaded, end_date):
    """D5: OSO ended on the last day of 2022."""
    [problem] = problems_of(mandate_of(service="OSO-OV", end_date=end_date))

    assert "bestuur 99001 heeft op 2023-01-01 geen OSO-overeenkomst die van kracht is" in problem


def test_a_mandate_is_not_made_to_last_longer_than_its_agreements(loaded):
    """D5, A7"""
    soon = today() + timedelta(days=10)
    load_text(
        f'boards: [{{number: "99002", agreements: [{{kind: OSR, signed_on: 2019-01-01, ended_on: {soon}}}]}}]\n'
        + mandate_of("99ZZ", end_date=soon)
    )

    [problem] = problems_of(mandate_of("99ZZ", end_date=soon + timedelta(days=1)))

    assert "mandates[1].end_date" in problem
    assert f"bestuur 99002 heeft op {soon + timedelta(days=1)} geen OSR-overeenkomst" in problem
    load_text(mandate_of("99ZZ", end_date=soon - timedelta(days=1)))


def test_a_kind_of_agreement_that_the_register_does_not_know_is_added(loaded):
    """A1"""
    load_text('boards: [{number: "99001", agreements: [{kind: NIEUW, signed_on: 2020-01-01}]}]')

    assert Kind.objects.get(code="NIEUW").entry.type == "kind.added"


def test_an_agreement_that_was_replaced_on_its_first_day_is_not_in_a_dump(loaded):
    """A4: it covers no day, and a file that names the day means the one that came in its place."""
    board = Board.objects.get(number="99002")
    make.AgreementFactory(board=board, signed_on="2020-01-01", ended_on="2019-12-31")
    make.AgreementFactory(board=board, signed_on="2020-01-01")

    [dumped] = [each for each in dump()["boards"] if each["number"] == "99002"]

    assert dumped["agreements"] == [{"kind": "OSR", "signed_on": date(2020, 1, 1)}]
    assert counts(load_text(as_yaml(dump()))) == (0, 0)


def test_a_coming_mandate_needs_the_agreement_today_and_on_its_start(loaded):
    """D5"""
    soon, later = today() + timedelta(days=10), today() + timedelta(days=20)
    agreement = 'boards: [{number: "99002", agreements: [{kind: OSR, signed_on: DAY, ended_on: END}]}]\n'
    mandate = mandate_of("99ZZ", start_date=later)

    assert f"op {today()}" in problems_of(agreement.replace("DAY", str(soon)).replace("END", "") + mandate)[0]
    assert f"op {later}" in problems_of(agreement.replace("DAY", "2019-01-01").replace("END", str(soon)) + mandate)[0]
    load_text(agreement.replace("DAY", "2019-01-01").replace("END", "") + mandate)


def test_only_a_connected_and_qualified_system_is_mandated(loaded):
    """D6"""
    assert "leverancier Nieuwkomer BV is niet aangesloten" in problems_of(mandate_of(system="Nieuwkomer"))[0]
    assert (
        "Klasboek is niet gekwalificeerd voor BST"
        in problems_of(mandate_of(brin="", board='"99001"', service="BST", system="Klasboek"))[0]
    )


def test_a_system_whose_qualification_was_withdrawn_keeps_its_older_mandates_only(loaded):
    """D6, A8"""
    assert (
        "geldt niet meer sinds 2021-01-01"
        in problems_of(mandate_of(service="OSO-OV", system="Klasboek", start_date="2021-01-01", end_date="2022-12-31"))[
            0
        ]
    )
    load_text(mandate_of(service="OSO-OV", system="Klasboek", start_date="2020-12-31", end_date="2022-12-31"))


def test_of_an_existing_mandate_only_dates_change(loaded):
    """D8"""
    token = Mandate.objects.get(school__brin="99AA").token
    text = mandate_of("99AB", token=token, system="Klasboek", service="OSO-OV", locations="[99AB00]")

    problems = problems_of(text)

    assert [problem.split(" ")[0] for problem in problems] == [
        f"mandates[1].{key}" for key in ("school", "service", "system", "locations")
    ]
    assert "alleen de datums" in problems[0]


def test_the_end_of_a_mandate_changes_and_an_absent_end_leaves_it(loaded):
    """D8"""
    load_text(mandate_of("99AA", end_date=today() + timedelta(days=30)))
    assert Mandate.objects.get(school__brin="99AA").entry.type == "mandate.changed"

    assert counts(load_text(mandate_of("99AA"))) == (0, 0)
    load_text(mandate_of("99AA", end_date=today() - timedelta(days=1)))
    assert Mandate.objects.get(school__brin="99AA").entry.type == "mandate.ended"


def test_the_past_of_a_mandate_does_not_change(loaded):
    """D9"""
    (problem,) = problems_of(mandate_of("99AA", end_date=today() - timedelta(days=2)))

    assert "het verleden van een mandaat verandert niet" in problem


def test_the_start_of_a_mandate_changes_only_while_it_lies_in_the_future(loaded):
    """D8"""
    token, later = uuid.uuid4(), today() + timedelta(days=20)
    load_text(mandate_of(token=token, start_date=later))

    load_text(mandate_of(token=token, start_date=later + timedelta(days=1)))
    assert Mandate.objects.get(token=token).start_date == later + timedelta(days=1)
    assert "in de toekomst" in problems_of(mandate_of(token=token, start_date=today()))[0]


def test_one_mandate_can_make_room_for_another_in_one_file(loaded):
    """D2 holds on the way too: the one that gets shorter goes first."""
    first, second = uuid.uuid4(), uuid.uuid4()
    day = today() + timedelta(days=20)

    def two(switch: date) -> str:
        return f"""mandates:
  - {{school: 99AB, service: RIO, system: Leerspoor, start_date: {switch}, token: {second}}}
  - {{school: 99AB, service: RIO, system: Leerspoor, start_date: 2020-01-01, token: {first},
     end_date: {switch - timedelta(days=1)}}}
"""

    load_text(two(day))
    for switch in (day - timedelta(days=9), day + timedelta(days=9)):
        load_text(two(switch))
        assert Mandate.objects.get(token=second).start_date == switch


def test_a_cancelled_mandate_stands_beside_the_one_given_anew(loaded):
    """D9"""
    text = f"""mandates:
  - {{school: 99AB, service: RIO, system: Leerspoor, start_date: {today()}}}
  - {{school: 99AB, service: RIO, system: Leerspoor, start_date: {today()}, end_date: {today() - timedelta(days=1)}}}
"""
    load_text(text)

    assert Mandate.objects.filter(school__brin="99AB").count() == 2
    assert counts(load_text(text)) == (0, 0)


def test_which_of_two_mandates_with_one_start_is_meant_follows_from_the_end(loaded):
    """D9: the one that ends so, and else the one that was not cancelled."""
    yesterday = today() - timedelta(days=1)
    load_text(mandate_of(start_date=today(), end_date=yesterday))
    load_text(mandate_of(start_date=today(), token=uuid.uuid4()))
    cancelled, valid = Mandate.objects.filter(school__brin="99AB").order_by("pk")

    assert counts(load_text(mandate_of(start_date=today(), end_date=yesterday))) == (0, 0)
    assert counts(load_text(mandate_of(start_date=today(), end_date=today()))) == (0, 1)
    valid.refresh_from_db()
    cancelled.refresh_from_db()
    assert (cancelled.end_date, valid.end_date) == (yesterday, today())


def test_a_cancelled_mandate_is_not_revived_by_a_file_that_names_no_end(loaded):
    """D9"""
    later = today() + timedelta(days=20)
    load_text(mandate_of(start_date=later, end_date=later - timedelta(days=1)))

    assert counts(load_text(mandate_of(start_date=later))) == (0, 0)


def test_no_mandate_goes_on_after_the_closing_day_of_its_school(loaded):
    """D19"""
    closing = today() + timedelta(days=10)
    text = f"schools: [{{brin: 99AB, closed_on: {closing}}}]\n"

    assert f"sluit op {closing}" in problems_of(text + mandate_of(start_date=closing + timedelta(days=1)))[0]
    assert f"sluit op {closing}" in problems_of(text + mandate_of(end_date=closing + timedelta(days=1)))[0]
    load_text(text + mandate_of(end_date=closing))
    assert f"sluit op {closing}" in problems_of(mandate_of(end_date=closing + timedelta(days=1)))[0]


def test_what_was_valid_until_a_school_turned_out_to_be_closed_stays_so(loaded):
    """D9, D19: yesterday is the last day that it can have been."""
    text = "schools: [{brin: 99AB, closed_on: 2025-07-31}]\n"

    assert "sluit op 2025-07-31" in problems_of(text + mandate_of())[0]
    assert "sluit op 2025-07-31" in problems_of(text + mandate_of(end_date=today()))[0]
    load_text(text + mandate_of(end_date=today() - timedelta(days=1)))


def test_mandates_end_when_a_file_closes_their_school(loaded):
    """D19: the database sees to it; a file that wants it otherwise is refused."""
    text = "schools: [{brin: 99AA, closed_on: 2025-07-31}]\n"
    token = Mandate.objects.get(school__brin="99AA").token

    assert "sluit op 2025-07-31" in problems_of(text + mandate_of("99AA", token=token, end_date=today()))[0]
    load_text(text)

    assert Mandate.objects.get(school__brin="99AA").end_date == today() - timedelta(days=1)


def test_a_mandate_of_a_school_that_moved_stays_that_of_the_board_that_gave_it(loaded):
    """D20"""
    load_text('schools: [{brin: 99AB, board: "99002"}]\n' + mandate_of(end_date=today(), granted_by='"99001"'))

    assert Mandate.objects.get(school__brin="99AB").granting_board.number == "99001"
    assert (
        "geeft dat bestuur zelf"
        in problems_of(
            mandate_of(
                brin="",
                board='"99001"',
                service="BST",
                start_date="2019-01-01",
                end_date="2019-01-02",
                granted_by='"99002"',
            )
        )[0]
    )


def test_what_another_board_gave_ends_within_the_grace_period(loaded, settings):
    """D4, D20: said before the database refuses it."""
    last = today() + timedelta(days=settings.OSR_GRACE_DAYS)
    move = 'boards: [{number: "99001"}]\nschools: [{brin: 99AB, board: "99002"}]\n'
    given = {"granted_by": '"99001"'}

    assert problems_of(move + mandate_of(**given)) == [
        "mandates[1].granted_by (regel 3): school 99AB valt onder bestuur 99002; een mandaat van bestuur 99001 eindigt "
        f"uiterlijk op {last}"
    ]
    (problem,) = problems_of(move + mandate_of(**given, end_date=last + timedelta(days=1)))
    assert problem.startswith("mandates[1].end_date (regel 3)")
    load_text(move + mandate_of(**given, end_date=last))


def test_what_another_board_gave_ends_earlier_not_later(loaded, settings):
    """D20: also when the file itself moves the school."""
    last = today() + timedelta(days=settings.OSR_GRACE_DAYS)
    move = 'schools: [{brin: 99AA, board: "99002"}]\n'
    refusal = f"het eindigt uiterlijk op {last}, of dat bestuur geeft een nieuw"

    assert refusal in problems_of(move + mandate_of("99AA", end_date=last + timedelta(days=1)))[0]
    load_text(move)
    assert Mandate.objects.get(school__brin="99AA").end_date == last
    assert refusal in problems_of(mandate_of("99AA", end_date=last + timedelta(days=1)))[0]
    load_text(mandate_of("99AA", end_date=today()))
    assert Mandate.objects.get(school__brin="99AA").end_date == today()


# --- Former boards and cases ---


def former_of(brin: str = "99AB", board: str = '"99002"', until="2026-01-31", grace_until="2026-03-02") -> str:
    """A file with one former board of a school."""
    former = f"{{board: {board}, until: {until}, grace_until: {grace_until}}}"
    return f"schools: [{{brin: {brin}, former_boards: [{former}]}}]"


def test_a_former_board_is_added_and_then_stays(loaded):
    """D14, D20"""
    load_text(former_of())

    former = FormerBoard.objects.get()
    assert (former.school.brin, former.board.number) == ("99AB", "99002")
    assert (former.until, former.grace_until) == (date(2026, 1, 31), date(2026, 3, 2))
    assert counts(load_text(former_of())) == (0, 0)
    assert counts(load_text("schools: [{brin: 99AB, name: De Linde}]")) == (0, 0)


def test_the_register_itself_cannot_change_a_former_board(loaded, run_sql):
    """D14: it may add one, from a register file; its role has no other right."""
    load_text(former_of())

    for statement in ("UPDATE schools_formerboard SET until = until - 1", "DELETE FROM schools_formerboard"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            run_sql(statement)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (former_of(board='"99001"'), "former_boards[1].board (regel 1): school 99AB viel tot en met 2026-01-31 onder"),
        (former_of(grace_until="2026-03-03"), "former_boards[1].grace_until (regel 1): school 99AB viel tot en met"),
        ("schools: [{brin: 99AB, former_boards: []}]", "schools[1].former_boards (regel 1): school 99AB viel"),
        ("schools: [{brin: 99AB, former_boards: }]", "dat blijft in het register"),
        (former_of(brin="99AA", board='"99009"'), "bestuur 99009 staat niet in het register of in dit bestand"),
        (former_of(brin="99AA", grace_until="2026-01-30"), "grace_until ligt vóór until"),
        (former_of(brin="99AA", until="2999-01-01", grace_until="2999-01-02"), "ligt vóór vandaag"),
        (former_of(brin="99AA", board="99002"), "zet aanhalingstekens om het nummer"),
    ],
)
def test_what_is_wrong_with_a_former_board_is_said_in_a_sentence(loaded, text, problem):
    """D14, D20"""
    load_text(former_of())

    assert problem in "\n".join(problems_of(text))


def test_the_database_remembers_the_board_that_a_school_leaves_through_a_file(loaded, settings):
    """D20: loading such a file twice changes nothing, and it may tell of the same former board itself."""
    until, grace_until = today() - timedelta(days=1), today() + timedelta(days=settings.OSR_GRACE_DAYS)
    move = 'schools: [{brin: 99AB, board: "99002", former_boards: [FORMER]}]'
    older = '{board: "99002", until: 2020-07-31, grace_until: 2020-08-30}'
    itself = f'{{board: "99001", until: {until}, grace_until: {grace_until}}}'

    load_text(move.replace("FORMER", f"{older}, {itself}"))

    assert list(FormerBoard.objects.order_by("until").values_list("board__number", "until", "grace_until")) == [
        ("99002", date(2020, 7, 31), date(2020, 8, 30)),
        ("99001", until, grace_until),
    ]
    assert counts(load_text(move.replace("FORMER", f"{older}, {itself}"))) == (0, 0)
    assert counts(load_text(move.replace("FORMER", older))) == (0, 0)


def case_of(**values) -> str:
    """A file with one case of 99AB."""
    values = {"school": "99AB", "kind": "gone", "text": "Weg.", "opened_on": "2026-08-01"} | values
    return "cases: [{" + ", ".join(f"{key}: {value}" for key, value in values.items() if value is not None) + "}]"


def test_a_case_is_opened_and_settled(loaded):
    """D14, D19"""
    load_text(case_of())
    case = Case.objects.get()
    assert (case.school.brin, case.kind, case.text, case.closed_on) == ("99AB", "gone", "Weg.", None)
    assert case.entry.type == "case.opened"
    assert counts(load_text(case_of())) == (0, 0)

    load_text(case_of(closed_on="2026-08-02"))

    case.refresh_from_db()
    assert (case.closed_on, case.entry.type) == (date(2026, 8, 2), "case.settled")
    assert counts(load_text(case_of())) == (0, 0)
    assert "deze zaak is afgehandeld op 2026-08-02 en blijft dat" in problems_of(case_of(closed_on=""))[0]
    assert "deze zaak is afgehandeld op 2026-08-02 en blijft dat" in problems_of(case_of(closed_on="2026-08-03"))[0]


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"school": "99AX"}, "school 99AX staat niet in het register of in dit bestand"),
        ({"kind": "kwijt"}, "kwijt kan hier niet; kies uit moved, gone, merged"),
        ({"text": None}, "text ontbreekt"),
        ({"closed_on": "2026-07-31"}, "closed_on ligt vóór opened_on"),
    ],
)
def test_what_is_wrong_with_a_case_is_said_in_a_sentence(loaded, values, problem):
    assert problem in "\n".join(problems_of(case_of(**values)))


# --- The rules of agreements ---


def test_a_board_has_one_agreement_of_a_kind_at_a_time(loaded):
    """A1"""
    text = 'boards: [{number: "99001", agreements: [{kind: OSR, signed_on: 2020-01-01}]}]'

    assert "heeft op 2020-01-01 al een OSR-overeenkomst" in problems_of(text)[0]


def test_an_agreement_does_not_end_under_mandates_that_need_it(loaded):
    """A7"""
    end = 'boards: [{number: "99001", agreements: [{kind: OSR, signed_on: 2019-01-01, ended_on: DAY}]}]\n'.replace(
        "DAY", str(today())
    )

    assert "2 mandaten van bestuur 99001 hebben na" in problems_of(end)[0]
    load_text(
        end
        + "mandates:\n"
        + f"  - {{school: 99AA, service: RIO, system: Leerspoor, start_date: 2020-01-01, end_date: {today()}}}\n"
        + f'  - {{board: "99001", service: BST, system: Leerspoor, start_date: 2020-01-01, end_date: {today()}}}\n'
    )
    assert Agreement.objects.get(kind="OSR").entry.type == "agreement.ended"


# --- The rules of endpoints ---


def endpoint_of(**values) -> str:
    """A file with one endpoint more at 99AA."""
    values = {
        "school": "99AA",
        "service": "RIO",
        "system": "Leerspoor",
        "namespace": '"http://example.nl/rio/1"',
        "routing_id": '"0000000700099AA00002"',
        "url": '"https://leerspoor.example.nl/tweede"',
        "start_date": "2020-01-01",
    } | values
    return "endpoints: [{" + ", ".join(f"{key}: {value}" for key, value in values.items() if value) + "}]"


def test_an_endpoint_is_added_and_changed(loaded):
    """D18"""
    load_text(endpoint_of())
    load_text(endpoint_of(url='"https://leerspoor.example.nl/derde"', end_date="2026-01-01"))

    endpoint = Endpoint.objects.get(routing_id__endswith="2")
    assert (endpoint.url, endpoint.end_date) == ("https://leerspoor.example.nl/derde", date(2026, 1, 1))


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"url": '"http://leerspoor.example.nl"'}, "een afleveradres begint met https://"),
        ({"url": ""}, "url ontbreekt"),
        ({"routing_id": '"0000000700099AB00002"'}, "dit routeringskenmerk is niet van school 99AA"),
        ({"routing_id": '"0000000700099AA00000"'}, "klopt niet: een routeringskenmerk"),
        ({"routing_id": "00000007000121200002"}, "leest YAML niet als tekst"),
        ({"routing_id": '"0000000700099AA00001"', "start_date": "2021-01-01"}, "al een endpoint"),
        ({"namespace": '"http://example.nl/oso/1"'}, "deze dienstversie is van dienst OSO-OV"),
        ({"namespace": '"http://example.nl/rio/9"'}, "dienstversie http://example.nl/rio/9 staat niet"),
        ({"service": "BST"}, "is op bestuursniveau en neemt geen endpoints"),
        ({"system": "Klasboek"}, "Klasboek heeft op 2020-01-01 geen mandaat voor 99AA en RIO"),
        ({"start_date": "2019-12-31"}, "Leerspoor heeft op 2019-12-31 geen mandaat"),
        ({"mandate": str(uuid.uuid4())}, "dit mandaat is er niet"),
    ],
)
def test_an_endpoint_keeps_its_rules(loaded, values, problem):
    """D18"""
    assert problem in "\n".join(problems_of(endpoint_of(**values)))


# --- What the database refuses ---


def test_what_only_the_database_refuses_is_told_in_a_sentence_too(loaded, monkeypatch):
    """D2: the exclusion constraint, with the check before it taken away."""
    monkeypatch.setattr("mandates.register_file.mandates.overlaps", lambda *_: ())

    (problem,) = problems_of(mandate_of("99AA", start_date="2021-01-01"))

    assert problem.startswith("mandaten: de database weigert dit (")


# --- The commands ---


def test_the_command_says_what_it_did(db, tmp_path):
    file, said = tmp_path / "register.yaml", StringIO()
    file.write_text(REGISTER)

    call_command("load_register", str(file), stdout=said)

    assert "scholen:                  3 toegevoegd     0 gewijzigd     0 ongewijzigd" in said.getvalue()
    assert "Gebruikers (1)" in said.getvalue()


def test_the_command_says_what_is_wrong_and_that_nothing_changed(db, tmp_path):
    file = tmp_path / "register.yaml"
    file.write_text(REGISTER + "\nboards: []\nx: 1\n")

    with pytest.raises(CommandError, match="2 fouten; er is niets veranderd"):
        call_command("load_register", str(file))
    with pytest.raises(CommandError, match="bestaat niet"):
        call_command("load_register", str(tmp_path / "weg.yaml"))
    with pytest.raises(CommandError, match="kan niet gelezen worden"):
        call_command("load_register", str(tmp_path))
    assert not Board.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_dumped_file_is_for_its_owner_only(tmp_path):
    """D10: it holds the tokens of the mandates."""
    load_text(REGISTER)
    file, screen = tmp_path / "dump.yaml", StringIO()
    file.write_text("van iedereen")
    file.chmod(0o644)

    call_command("dump_register", output=str(file))
    call_command("dump_register", stdout=screen)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text() == screen.getvalue()
    assert str(Mandate.objects.get(school__brin="99AA").token) in screen.getvalue()
    assert [path.name for path in tmp_path.iterdir()] == ["dump.yaml"]


@pytest.mark.parametrize("deceiving", ["\\x1b[31m", "\\u202E", "\\x07", "\\x85"])
def test_a_name_that_steers_a_screen_or_turns_the_reading_direction_is_refused(db, deceiving):
    file = f'boards:\n  - {{number: "99001", name: "Stichting {deceiving}Regenboog"}}\n'

    assert problems_of(file) == ["boards[1].name (regel 2): deze tekst bevat een teken dat geen tekst is"]
