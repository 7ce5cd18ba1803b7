"""The check walks the btree indexes that were made for it, whatever the planner knows of the values (P1, P3)."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection

from journal.clock import today
from mandates.checks import CHECK, Caller, check_mandate
from services.keys import digest_of
from tests import factories as make

SCHOOLS = 1_000
BY_SCHOOL, BY_BOARD = "mandate_check_by_school", "mandate_check_by_board"
QUESTION = {
    "key_digest": "0" * 64,
    "certificate_oin": None,
    "school_oin": "0000000700010AA00000",
    "brin": "10AA",
    "supplier_oin": "00000099000000000001",
    "service_code": "RIO",
    "namespace": None,
    "day": today(),
}


@pytest.fixture
def many_mandates(regenboog, run_sql) -> None:
    """A thousand schools with their boards, each with mandates of two systems for two services; and statistics of it.

    The triggers that keep the rules are off meanwhile: what they would see to makes no difference to a plan.
    """
    make.MandateFactory(school=None, board=regenboog.board, service=regenboog.bst, system=regenboog.las)
    las, other_las = regenboog.las.pk, regenboog.other_las.pk
    run_sql("SET LOCAL session_replication_role = replica", as_owner=True)
    run_sql(
        "INSERT INTO schools_board (number, name, entry_id) SELECT lpad(n::text, 5, '0'), 'Stichting ' || n, 1"
        " FROM generate_series(1, %s) n",
        SCHOOLS,
    )
    run_sql(
        "INSERT INTO schools_school (brin, name, city, sector, board_id, entry_id)"
        " SELECT 10 + n / 676 || chr(65 + n / 26 % 26) || chr(65 + n % 26), 'School ' || n, '', 'po', id, 1"
        "   FROM (SELECT id, number::int - 1 AS n FROM schools_board WHERE number < '90000') board",
    )
    run_sql(
        "INSERT INTO mandates_mandate (uuid, token, service_id, system_id, school_id, granting_board_id, start_date,"
        "                              end_date, entry_id)"
        " SELECT gen_random_uuid(), gen_random_uuid(), service, system, school.id, school.board_id, %s - years * 365,"
        "        CASE WHEN years > 1 THEN %s - (years - 1) * 365 - 1 END, 1"
        "   FROM schools_school school, unnest(%s) service, unnest(%s) system, generate_series(1, 3) years",
        today(),
        today(),
        [regenboog.rio.pk, regenboog.oso.pk],
        [las, other_las],
    )
    run_sql(
        "INSERT INTO mandates_mandate (uuid, token, service_id, system_id, board_id, granting_board_id, start_date,"
        "                              entry_id)"
        " SELECT gen_random_uuid(), gen_random_uuid(), %s, %s, id, id, %s, 1 FROM schools_board"
        "  WHERE number < '90000'",
        regenboog.bst.pk,
        las,
        today() - timedelta(days=400),
    )
    run_sql("SET LOCAL session_replication_role = DEFAULT", as_owner=True)
    run_sql("ANALYZE schools_board, schools_school, mandates_mandate", as_owner=True)


def plan(mode: str) -> Iterator[dict]:
    """All nodes of the plan of the very statement that checks run, prepared as psycopg prepares it."""
    order: list[str] = []

    def number(match: re.Match) -> str:
        if match[1] not in order:
            order.append(match[1])
        return f"${order.index(match[1]) + 1}"

    statement = re.sub(r"%\((\w+)\)s", number, CHECK)
    types = ", ".join("date" if name == "day" else "text" for name in order)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL plan_cache_mode = {mode}")
        cursor.execute(f"PREPARE question ({types}) AS {statement}")
        marks = ", ".join(["%s"] * len(order))
        cursor.execute(f"EXPLAIN (FORMAT json) EXECUTE question ({marks})", [QUESTION[name] for name in order])
        (explained,) = cursor.fetchone()
        cursor.execute("DEALLOCATE question")
    yield from _nodes((json.loads(explained) if isinstance(explained, str) else explained)[0]["Plan"])


def _nodes(node: dict) -> Iterator[dict]:
    yield node
    for below in node.get("Plans", []):
        yield from _nodes(below)


def walked(nodes: list[dict]) -> dict[str, str]:
    """How the plan gets at mandates: by which index, and by which columns of it; "" when by none."""
    return {
        node.get("Index Name", ""): node.get("Index Cond", "")
        for node in nodes
        if node.get("Relation Name") == "mandates_mandate" or "mandate" in node.get("Index Name", "")
    }


@pytest.mark.parametrize("mode", ["force_generic_plan", "force_custom_plan", "auto"])
def test_a_check_finds_a_mandate_through_its_own_two_indexes(many_mandates, mode):
    """P3: neither the exclusion constraints' GiST indexes nor a walk along all mandates."""
    found = walked(list(plan(mode)))

    assert found.keys() == {BY_SCHOOL, BY_BOARD}
    for holder, index in (("school", BY_SCHOOL), ("board", BY_BOARD)):
        for column in (f"{holder}_id", "service_id", "system_id", "start_date"):
            assert f"({column} " in found[index], f"{index} is not walked by {column}"


@pytest.mark.parametrize("index", [BY_SCHOOL, BY_BOARD])
def test_a_plan_without_one_of_the_indexes_is_noticed(many_mandates, run_sql, index):
    """P3: the test above can fail."""
    run_sql(f"DROP INDEX {index}", as_owner=True)

    assert walked(list(plan("force_generic_plan"))).keys() != {BY_SCHOOL, BY_BOARD}


def test_a_connection_prepares_the_check_and_soon_keeps_its_plan(many_mandates):
    """P1: a plan made anew for each check would take longer than the check; PostgreSQL tries five times."""
    for _ in range(20):
        check_mandate(
            Caller(key_digest=digest_of("osr_onbekend"), certificate_oin=None),
            school_oin="0000000700099AA00000",
            supplier_oin="00000099000000000001",
            service_code="RIO",
            day=today(),
        )

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement ~ 'INTO mandates_check'"
        )
        generic, custom = cursor.fetchone()
    assert custom <= 5
    assert generic >= 13
    # psycopg takes a longer statement apart anew for each check.
    assert len(CHECK) <= 4_096
