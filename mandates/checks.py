"""The hot path: 'is this system mandated for this school and this service, on this day?' (D3, D9, D17).

One SQL statement does it all: it recognises the caller, looks for a valid mandate, and records question and answer.
Nothing is cached (D16), and what cannot be recorded raises before anything is answered.
"""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from uuid import UUID

import psycopg
from django.db import connection
from psycopg.rows import namedtuple_row

from schools.numbers import brin_of

# `caller` is empty when key or certificate is not known; `admitted` also when they are of different suppliers.
# A key names its system and so its supplier; a certificate alone names a supplier.
_CHECK = """
WITH caller AS (
    SELECT key.system_id, supplier.oin
      FROM services_apikey key
      JOIN services_system system ON system.id = key.system_id
      JOIN services_supplier supplier ON supplier.id = system.supplier_id
     WHERE key.digest = %(key_digest)s
       AND key.revoked_at IS NULL
       AND (key.expires_at IS NULL OR key.expires_at > now())
    UNION ALL
    SELECT NULL, supplier.oin
      FROM services_supplier supplier
     WHERE %(key_digest)s::text IS NULL AND supplier.oin = %(certificate_oin)s
), admitted AS (
    SELECT * FROM caller WHERE %(certificate_oin)s::text IS NULL OR oin = %(certificate_oin)s
), service AS (
    SELECT id FROM services_service
     WHERE (%(service_code)s::text IS NULL OR code = %(service_code)s)
       AND (%(namespace)s::text IS NULL
            OR id IN (SELECT service_id FROM services_serviceversion WHERE namespace = %(namespace)s))
), school AS (
    SELECT id, board_id FROM schools_school WHERE brin = %(brin)s
), board AS (
    -- The board that governed the school on the day: the first to leave it on that day or later, else today's.
    (SELECT former.board_id AS id, NULL::date AS given_until
       FROM school JOIN schools_formerboard former ON former.school_id = school.id AND former.until >= %(day)s
      ORDER BY former.until LIMIT 1)
    UNION ALL
    SELECT board_id, NULL FROM school
     WHERE NOT EXISTS (SELECT FROM schools_formerboard WHERE school_id = school.id AND until >= %(day)s)
    UNION ALL
    -- And, in the grace period after a move, what the former board had given by then (D20).
    SELECT former.board_id, former.until
      FROM school JOIN schools_formerboard former ON former.school_id = school.id
     WHERE former.until < %(day)s AND former.grace_until >= %(day)s
), party AS (
    SELECT system.id FROM services_system system
      JOIN services_supplier supplier ON supplier.id = system.supplier_id
     WHERE supplier.oin = %(supplier_oin)s
), valid AS (
    SELECT mandate.* FROM school JOIN mandates_mandate mandate ON mandate.school_id = school.id
     WHERE mandate.service_id IN (SELECT id FROM service) AND mandate.system_id IN (SELECT id FROM party)
       AND mandate.start_date <= %(day)s AND (mandate.end_date IS NULL OR mandate.end_date >= %(day)s)
    UNION ALL
    SELECT mandate.* FROM board JOIN mandates_mandate mandate ON mandate.board_id = board.id
     WHERE (board.given_until IS NULL OR mandate.start_date <= board.given_until)
       AND mandate.service_id IN (SELECT id FROM service) AND mandate.system_id IN (SELECT id FROM party)
       AND mandate.start_date <= %(day)s AND (mandate.end_date IS NULL OR mandate.end_date >= %(day)s)
), answer AS (
    SELECT valid.*, coalesce(valid.system_id = admitted.system_id, false) AS is_own
      FROM valid, admitted
     ORDER BY is_own DESC, valid.id
     LIMIT 1
), recorded AS (
    INSERT INTO mandates_check (id, caller_oin, system_id, brin, school_oin, supplier_oin, service_code,
                                service_version_namespace, reference_date, mandated, mandate_id)
    SELECT uuidv7(), admitted.oin, admitted.system_id, coalesce(%(brin)s, ''), %(school_oin)s, %(supplier_oin)s,
           coalesce(%(service_code)s, ''), coalesce(%(namespace)s, ''), %(day)s, answer.id IS NOT NULL, answer.id
      FROM admitted LEFT JOIN answer ON true
    RETURNING id
)
SELECT EXISTS (SELECT FROM caller) AS is_known, EXISTS (SELECT FROM admitted) AS is_admitted,
       (SELECT id FROM recorded) AS check_id,
       answer.id, answer.token, answer.start_date, answer.end_date, answer.school_id, answer.board_id,
       answer.service_id, answer.is_own
  FROM (VALUES (true)) always LEFT JOIN answer ON true
"""


class Refusal(Enum):
    """Why a caller gets no answer at all."""

    UNKNOWN_KEY = "unknown key"
    UNKNOWN_CERTIFICATE = "unknown certificate"
    KEY_OF_ANOTHER_SUPPLIER = "key of another supplier"


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who asks: the digest of its API key (see `services.keys`), the OIN of its certificate, or both."""

    key_digest: str | None
    certificate_oin: str | None


@dataclass(frozen=True, kw_only=True)
class OwnMandate:
    """What the mandated system itself may know of its mandate (D10)."""

    id: int
    token: UUID
    start_date: date
    end_date: date | None
    school_id: int | None
    board_id: int | None
    service_id: int


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The recorded answer to a check. `own` is filled only when the caller is the mandated system itself."""

    check_id: UUID
    mandated: bool
    own: OwnMandate | None


def check_mandate(
    caller: Caller,
    *,
    school_oin: str,
    supplier_oin: str,
    day: date,
    service_code: str | None = None,
    namespace: str | None = None,
) -> Answer | Refusal:
    """Whether a system of the supplier holds a mandate for the school and service that is valid on `day`.

    `school_oin` and `supplier_oin` are 20 characters; `day` is a date in Europe/Amsterdam. The service is named by its
    code, by the namespace of any of its versions, or by both, which must then agree. Unknown numbers are answered
    with no. Raises `django.db.DatabaseError` when the check cannot be recorded; then there is no answer (D17).
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection, row_factory=namedtuple_row) as cursor:
        row = cursor.execute(
            _CHECK,
            {
                "key_digest": caller.key_digest,
                "certificate_oin": caller.certificate_oin,
                "school_oin": school_oin,
                "brin": brin_of(school_oin),
                "supplier_oin": supplier_oin,
                "service_code": service_code,
                "namespace": namespace,
                "day": day,
            },
        ).fetchone()
    if not row.is_known:
        return Refusal.UNKNOWN_CERTIFICATE if caller.key_digest is None else Refusal.UNKNOWN_KEY
    if not row.is_admitted:
        return Refusal.KEY_OF_ANOTHER_SUPPLIER
    own = None
    if row.is_own:
        own = OwnMandate(
            id=row.id,
            token=row.token,
            start_date=row.start_date,
            end_date=row.end_date,
            school_id=row.school_id,
            board_id=row.board_id,
            service_id=row.service_id,
        )
    return Answer(check_id=row.check_id, mandated=row.id is not None, own=own)
