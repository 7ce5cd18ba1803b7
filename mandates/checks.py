"""The hot path: 'is this system mandated for this school and this service, on this day?' (D3, D9, D17).

One SQL statement does it all: it recognises the caller, looks for a valid mandate, and records question and answer.
Nothing is cached (D16), and what cannot be recorded raises before anything is answered.
"""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from uuid import UUID

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

from schools.numbers import brin_of

# `caller` is empty when key or certificate is not known; `admitted` also when they are of different suppliers.
# A key names its system and so its supplier; a certificate alone names a supplier.
#
# What a mandate is looked up by is `int` here, the columns are `bigint`. A btree compares the two, GiST can not: so no
# planner, whatever it thinks of the table, takes the index of an exclusion constraint instead of the ones made for this
# (tests/mandates/test_query_plan.py).
_STATEMENT = """
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
     WHERE code = %(service_code)s
       AND (%(namespace)s::text IS NULL
            OR id = (SELECT service_id FROM services_serviceversion WHERE namespace = %(namespace)s))
    UNION ALL
    SELECT service_id FROM services_serviceversion WHERE %(service_code)s::text IS NULL AND namespace = %(namespace)s
), school AS (
    SELECT id::int, board_id FROM schools_school WHERE brin = %(brin)s
), board AS (
    -- The board that governed the school on the day: the first to leave it on that day or later, else today's.
    SELECT coalesce((SELECT former.board_id FROM schools_formerboard former
                      WHERE former.school_id = school.id AND former.until >= %(day)s
                      ORDER BY former.until LIMIT 1), school.board_id)::int AS id,
           NULL::date AS given_until
      FROM school
    UNION ALL
    -- And, in the grace period after a move, what the former board had given by then (D20).
    SELECT former.board_id::int, former.until
      FROM school JOIN schools_formerboard former ON former.school_id = school.id
     WHERE former.until < %(day)s AND former.grace_until >= %(day)s
), asked AS (
    SELECT service.id::int AS service_id, system.id::int AS system_id
      FROM service CROSS JOIN services_system system
      JOIN services_supplier supplier ON supplier.id = system.supplier_id
     WHERE supplier.oin = %(supplier_oin)s
), answer AS (
    SELECT valid.*, coalesce(valid.system_id = admitted.system_id, false) AS is_own
      FROM admitted, asked, LATERAL (
            -- Of one holder, service and system no two are valid on one day (D2): the last to begin is tried first.
            (SELECT mandate.id, token, start_date, end_date, school_id, board_id, service_id, system_id
               FROM mandates_mandate mandate
              WHERE mandate.school_id = (SELECT id FROM school)
                AND mandate.service_id = asked.service_id AND mandate.system_id = asked.system_id
                AND mandate.start_date <= %(day)s AND (mandate.end_date IS NULL OR mandate.end_date >= %(day)s)
              ORDER BY mandate.start_date DESC LIMIT 1)
            UNION ALL
            SELECT of_board.*
              FROM board, LATERAL (
                SELECT mandate.id, token, start_date, end_date, school_id, board_id, service_id, system_id
                  FROM mandates_mandate mandate
                 WHERE mandate.board_id = board.id
                   AND mandate.service_id = asked.service_id AND mandate.system_id = asked.system_id
                   AND mandate.start_date <= %(day)s AND (mandate.end_date IS NULL OR mandate.end_date >= %(day)s)
                   AND (board.given_until IS NULL OR mandate.start_date <= board.given_until)
                 ORDER BY mandate.start_date DESC LIMIT 1) of_board
           ) valid
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
SELECT EXISTS (SELECT FROM caller) AS is_known, (SELECT oin FROM admitted) AS caller_oin,
       (SELECT id FROM recorded) AS check_id, answer.is_own,
       answer.id, answer.token, answer.start_date, answer.end_date, answer.school_id, answer.board_id, answer.service_id
  FROM (VALUES (true)) always LEFT JOIN answer ON true
"""
# psycopg remembers how it reads a statement of up to 4,096 characters; a longer one it would take apart every time.
CHECK = " ".join(line.partition("--")[0].strip() for line in _STATEMENT.splitlines()).strip()


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


@dataclass(frozen=True)
class OwnMandate:
    """What the mandated system itself may know of its mandate (D10); in the order in which the statement tells it."""

    id: int
    token: UUID
    start_date: date
    end_date: date | None
    school_id: int | None
    board_id: int | None
    service_id: int


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The recorded answer to a check, with the OIN of the supplier that asked.

    `own` is filled only when the caller is the mandated system itself.
    """

    check_id: UUID
    caller_oin: str
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
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    with database.wrap_database_errors, psycopg.Cursor(database.connection) as cursor:
        row = cursor.execute(
            CHECK,
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
    is_known, caller_oin, check_id, is_own, *mandate = row
    if not is_known:
        return Refusal.UNKNOWN_CERTIFICATE if caller.key_digest is None else Refusal.UNKNOWN_KEY
    if caller_oin is None:
        return Refusal.KEY_OF_ANOTHER_SUPPLIER
    return Answer(
        check_id=check_id,
        caller_oin=caller_oin,
        mandated=is_own is not None,
        own=OwnMandate(*mandate) if is_own else None,
    )
