"""'Valid on day d, as the register stood at moment t': any past answer can be explained (D15)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone

# Mandates never change holder, service or system (D8), so today's rows tell which ones to look at; their dates come
# from the journal. Of a board-level service the board is the one that governed the school on the day (D1, D20), as far
# as was known at the moment.
_VALID_ON = """
WITH school AS (
    SELECT school.id, (entry.after->>'board_id')::bigint AS board_id
      FROM schools_school school
      JOIN LATERAL (SELECT after FROM journal_entry
                     WHERE subject_kind = 'school' AND subject_key = school.brin AND moment <= %(moment)s
                     ORDER BY id DESC LIMIT 1) entry ON true
     WHERE school.brin = %(brin)s
), former AS (
    SELECT former.* FROM schools_formerboard former JOIN school ON school.id = former.school_id
     WHERE former.until < %(day_of_moment)s
), board AS (
    (SELECT board_id AS id, NULL::date AS given_until FROM former WHERE until >= %(day)s ORDER BY until LIMIT 1)
    UNION ALL
    SELECT board_id, NULL FROM school WHERE NOT EXISTS (SELECT FROM former WHERE until >= %(day)s)
    UNION ALL
    SELECT board_id, until FROM former WHERE until < %(day)s AND grace_until >= %(day)s
)
SELECT mandate.uuid, system.name, supplier.oin, at_moment.start_date, at_moment.end_date
  FROM mandates_mandate mandate
  JOIN services_service service ON service.id = mandate.service_id AND service.code = %(service_code)s
  JOIN services_system system ON system.id = mandate.system_id
  JOIN services_supplier supplier ON supplier.id = system.supplier_id
  JOIN LATERAL (SELECT (after->>'start_date')::date AS start_date, (after->>'end_date')::date AS end_date
                  FROM journal_entry
                 WHERE subject_kind = 'mandate' AND subject_key = mandate.uuid::text AND moment <= %(moment)s
                 ORDER BY id DESC LIMIT 1) at_moment ON true
 WHERE (mandate.school_id = (SELECT id FROM school)
        OR EXISTS (SELECT FROM board WHERE board.id = mandate.board_id
                      AND (board.given_until IS NULL OR at_moment.start_date <= board.given_until)))
   AND at_moment.start_date <= %(day)s AND (at_moment.end_date IS NULL OR at_moment.end_date >= %(day)s)
 ORDER BY system.name
"""


@dataclass(frozen=True)
class MandateThen:
    """A mandate as it stood at a moment; days in Europe/Amsterdam, `end_date` is the last valid one."""

    uuid: UUID
    system: str
    supplier_oin: str
    start_date: date
    end_date: date | None


def valid_on(day: date, *, as_of: datetime, brin: str, service_code: str) -> list[MandateThen]:
    """The mandates for a school and service that were valid on `day`, as the register stood at the moment `as_of`.

    `as_of` has a time zone; a moment in the future gives the register as it stands now.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _VALID_ON,
            {
                "brin": brin,
                "service_code": service_code,
                "day": day,
                "moment": as_of,
                "day_of_moment": timezone.localdate(as_of),
            },
        )
        return [MandateThen(*row) for row in cursor.fetchall()]
