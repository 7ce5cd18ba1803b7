"""A fictional register of any size, and questions to it with the answers that they must get.

The rows are written by a superuser, with triggers off and in a few statements: what the triggers keep is true of them
by construction, and ten million mandates are there within minutes.
"""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

import psycopg
from psycopg.rows import namedtuple_row

from schools.numbers import school_oin
from services.keys import digest_of

SERVICES = 20
SUPPLIERS = 30
# For each service schools choose among so many systems, and change to the next one every year.
CHOICE = 5
SCHOOLS_PER_BOARD = 10

# The last system holds no mandate: to a question about its supplier the answer is no.
_WITHOUT_MANDATES = SUPPLIERS

_EVERYTHING_BUT_MANDATES = """
INSERT INTO schools_board (id, number, name, entry_id)
SELECT n, lpad(n::text, 5, '0'), 'Stichting Samenwerking ' || n, %(entry)s
  FROM generate_series(1, %(schools)s / %(schools_per_board)s) n;

INSERT INTO schools_school (id, brin, name, city, sector, board_id, entry_id)
SELECT n + 1, lpad((n / 676)::text, 2, '0') || chr(65 + n / 26 %% 26) || chr(65 + n %% 26),
       'Basisschool De Linde ' || n, 'Zwolle', 'po', n / %(schools_per_board)s + 1, %(entry)s
  FROM generate_series(0, %(schools)s - 1) n;

INSERT INTO agreements_agreement (board_id, kind, signed_on, entry_id)
SELECT id, 'OSR', '2010-01-01', %(entry)s FROM schools_board;

INSERT INTO services_service (id, code, name, description, level, roles, takes_endpoints, agreement_kind, is_active,
                              entry_id)
SELECT n, 'DIENST-' || n, 'Dienst ' || n, '', CASE n WHEN 0 THEN 'board' ELSE 'school' END, '{las}', n > 0, '', true,
       %(entry)s
  FROM generate_series(0, %(services)s) n;

INSERT INTO services_serviceversion (uuid, service_id, namespace, status, entry_id)
SELECT gen_random_uuid(), id, 'http://example.nl/dienst/' || id || '/v' || version, 'active', %(entry)s
  FROM services_service, generate_series(1, 2) version;

INSERT INTO services_suppliergroup (id, name, entry_id) VALUES (1, 'Leveranciers', %(entry)s);

INSERT INTO services_supplier (id, oin, name, group_id, connected_on, entry_id)
SELECT n, '00000099' || lpad(n::text, 12, '0'), 'Leverancier ' || n || ' BV', 1, '2010-01-01', %(entry)s
  FROM generate_series(1, %(suppliers)s) n;

INSERT INTO services_system (id, uuid, supplier_id, name, kind, entry_id)
SELECT id, gen_random_uuid(), id, 'Systeem ' || id, 'las', %(entry)s FROM services_supplier;

INSERT INTO services_qualification (system_id, service_id, qualified_on, entry_id)
SELECT system.id, service.id, '2010-01-01', %(entry)s FROM services_system system, services_service service;
"""

# Service 0 is of boards; a mandate for it lasts. The others are of schools: first every school gets one for service 1,
# then every school for service 2, and so on; when all services are done, so comes the year before.
_MANDATES = """
INSERT INTO mandates_mandate (uuid, token, service_id, system_id, board_id, granting_board_id, start_date, entry_id)
SELECT gen_random_uuid(), gen_random_uuid(), 0, 1 + id %% %(choice)s, id, id, current_date - 400, %(entry)s
  FROM schools_board;

INSERT INTO mandates_mandate (uuid, token, service_id, system_id, school_id, granting_board_id, start_date, end_date,
                              entry_id)
SELECT gen_random_uuid(), gen_random_uuid(), service,
       1 + (service * %(choice)s + (school + years) %% %(choice)s) %% (%(suppliers)s - 1),
       school + 1, school / %(schools_per_board)s + 1,
       current_date - 365 * (years + 1), CASE WHEN years > 0 THEN current_date - 365 * years - 1 END, %(entry)s
  FROM generate_series(0, %(mandates)s - 1 - (SELECT count(*) FROM schools_board)) n,
       LATERAL (SELECT n %% %(schools)s AS school, 1 + n / %(schools)s %% %(services)s AS service,
                       (n / (%(schools)s * %(services)s))::int AS years);
"""

_SAMPLE = """
SELECT school.brin, service.code, version.namespace, supplier.oin AS supplier_oin, mandate.id, mandate.token,
       mandate.start_date, mandate.school_id, mandate.board_id, mandate.service_id, mandate.system_id
  FROM mandates_mandate mandate
  JOIN schools_school school ON school.id = mandate.school_id OR school.board_id = mandate.board_id
  JOIN services_service service ON service.id = mandate.service_id
  JOIN services_serviceversion version ON version.service_id = service.id
  JOIN services_system system ON system.id = mandate.system_id
  JOIN services_supplier supplier ON supplier.id = system.supplier_id
 WHERE mandate.id = ANY(%s) AND mandate.end_date IS NULL
"""


@dataclass(frozen=True, kw_only=True)
class Question:
    """A check as a supplier's client puts it, and the status and body that it must get."""

    key: str
    school_oin: str
    supplier_oin: str
    service_code: str | None
    namespace: str | None
    status: int
    body: bytes

    @property
    def query(self) -> str:
        """The query string."""
        parameters = {
            "school_oin": self.school_oin,
            "supplier_oin": self.supplier_oin,
            "service_code": self.service_code,
            "service_version_namespace": self.namespace,
        }
        return urlencode({name: value for name, value in parameters.items() if value})


def fill(uri: str, *, schools: int, mandates: int) -> None:
    """Fill the empty register at `uri` (as superuser): so many schools and mandates, and what belongs to them.

    Schools are at most 67,600 (there are no more BRINs of two digits and two letters).
    """
    with psycopg.connect(uri, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET maintenance_work_mem = '1GB'")
        (entry,) = connection.execute(
            "INSERT INTO journal_entry (type, actor, reason, subject_kind, subject_key, after, boards, suppliers)"
            " VALUES ('bench.made', '{}', '', 'bench', 'bench', '{}', '{}', '{}') RETURNING id"
        ).fetchone()
        values = {
            "entry": entry,
            "schools": schools,
            "mandates": mandates,
            "schools_per_board": SCHOOLS_PER_BOARD,
            "services": SERVICES,
            "suppliers": SUPPLIERS,
            "choice": CHOICE,
        }
        connection.execute(_EVERYTHING_BUT_MANDATES, values)
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO services_apikey (system_id, name, digest, entry_id) VALUES (%s, 'sleutel', %s, %s)",
                [(system, digest_of(_key(system)), entry) for system in range(1, SUPPLIERS + 1)],
            )
        with _rebuilt_indexes(connection, "mandates_mandate"):
            connection.execute(_MANDATES, values)
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


@contextmanager
def _rebuilt_indexes(connection: psycopg.Connection, table: str) -> Iterator[None]:
    """Drop the indexes and constraints of the table and build them again at the end: many times faster."""
    constraints = connection.execute(
        "SELECT quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = %s::regclass AND contype IN ('x', 'u')",
        [table],
    ).fetchall()
    for name, _ in constraints:
        connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    indexes = connection.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = %s::regclass AND NOT indisprimary",
        [table],
    ).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    yield
    for _, definition in indexes:
        connection.execute(definition)
    for name, definition in constraints:
        connection.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def questions(uri: str, *, number: int) -> list[Question]:
    """So many questions about mandates all over the register at `uri`: yes (6 in 10), no (2), the own mandate (2).

    Half of them name the service by its code, half by the namespace of one of its versions.
    """
    chosen = random.Random(1)  # the same questions for whatever is compared
    with psycopg.connect(uri, row_factory=namedtuple_row) as connection:
        (most,) = connection.execute("SELECT max(id) FROM mandates_mandate WHERE end_date IS NULL").fetchone()
        numbers = [chosen.randint(1, most) for _ in range(number)]
        rows = connection.execute(_SAMPLE, [numbers]).fetchall()
    chosen.shuffle(rows)
    return [_question(row, chosen) for row in rows[:number]]


def _question(row, chosen: random.Random) -> Question:
    lot = chosen.random()
    by_code = chosen.random() < 0.5
    supplier_oin, asker, status, answer = row.supplier_oin, _WITHOUT_MANDATES, 200, {"mandated": True}
    if lot < 0.2:
        asker, answer = row.system_id, _own(row)
    elif lot < 0.4:
        supplier_oin, asker = f"00000099{_WITHOUT_MANDATES:012}", row.system_id
        status, answer = 404, {"message": "mandate not found"}
    return Question(
        key=_key(asker),
        school_oin=school_oin(row.brin),
        supplier_oin=supplier_oin,
        service_code=row.code if by_code else None,
        namespace=None if by_code else row.namespace,
        status=status,
        body=json.dumps(answer, separators=(",", ":")).encode(),
    )


def _own(row) -> dict:
    """What the mandated system itself is told (D10)."""
    holder = (
        {"school": {"href": f"/api/v2/schools/{row.school_id}"}}
        if row.school_id
        else {"board": {"href": f"/api/v2/boards/{row.board_id}"}}
    )
    return {
        "token": str(row.token),
        "start_date": row.start_date.isoformat(),
        "end_date": None,
        "_links": {
            "self": {"href": f"/api/v2/mandates/{row.id}"},
            **holder,
            "service": {"href": f"/api/v2/services/{row.service_id}"},
        },
    }


def _key(system: int) -> str:
    return f"osr_bench_{system}"
