"""Nothing changes silently, nothing is deleted (D14)."""

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, transaction

from journal.acts import Actor, ActorKind, act, register
from journal.models import Entry, Recorded
from schools.models import Board
from tests import factories as make

pytestmark = pytest.mark.django_db

RECORDED = [model for model in apps.get_models() if issubclass(model, Recorded)]


def test_a_change_is_remembered_with_who_when_why_before_and_after():
    """D14"""
    board = make.BoardFactory(number="99001", name="Stichting De Regenboog")
    support = Actor(kind=ActorKind.SUPPORT, name="Sam", user_id=7, board_number="99001", reason="Naam was verouderd")

    with act("board.changed", actor=support):
        board.name = "Stichting Regenboog"
        board.save()

    entry = Entry.objects.about("board", "99001").last()
    assert entry.type == "board.changed"
    assert entry.actor["name"] == "Sam"
    assert entry.reason == "Naam was verouderd"
    assert entry.before["name"] == "Stichting De Regenboog"
    assert entry.after["name"] == "Stichting Regenboog"
    assert entry.boards == ["99001"]
    board.refresh_from_db()
    assert board.entry == entry


def test_a_new_row_has_an_entry_without_before():
    """D14"""
    make.BoardFactory(number="99001")

    assert Entry.objects.about("board", "99001").get().before is None


def test_a_change_outside_an_act_is_refused(run_sql):
    """D14: also by raw SQL."""
    board = make.BoardFactory(name="Stichting De Regenboog")

    with pytest.raises(IntegrityError, match="belongs to no act"):
        run_sql("UPDATE schools_board SET name = 'Stil veranderd'")

    board.refresh_from_db()
    assert board.name == "Stichting De Regenboog"


def test_an_act_ends_with_its_block():
    """D14: what comes after the block belongs to no act, in the same transaction too."""
    board = make.BoardFactory()
    with act("board.changed", actor=register("test")):
        pass

    with pytest.raises(IntegrityError), transaction.atomic():
        Board.objects.filter(pk=board.pk).update(name="Stil veranderd")


def test_an_act_that_fails_leaves_neither_change_nor_entry():
    """D14"""
    entries = Entry.objects.count()

    def add_one_board_twice() -> None:
        with act("board.added", actor=register("test")):
            Board.objects.create(number="99001")
            Board.objects.create(number="99001")

    with pytest.raises(IntegrityError):
        add_one_board_twice()

    assert Entry.objects.count() == entries
    assert not Board.objects.exists()
    with pytest.raises(IntegrityError, match="belongs to no act"), transaction.atomic():
        Board.objects.create(number="99002")


def test_within_nested_acts_the_innermost_counts():
    with act("outer", actor=register("test")):
        with act("inner", actor=register("test")):
            Board.objects.create(number="99001")
        Board.objects.create(number="99002")

    assert Entry.objects.about("board", "99001").get().type == "inner"
    assert Entry.objects.about("board", "99002").get().type == "outer"


def test_saving_a_row_as_it_was_writes_no_entry():
    board = make.BoardFactory()
    entries = Entry.objects.count()

    with act("board.changed", actor=register("test")):
        board.save()

    assert Entry.objects.count() == entries


def test_one_statement_over_many_rows_writes_an_entry_for_each():
    boards = make.BoardFactory.create_batch(3)

    with act("board.changed", actor=register("test")):
        Board.objects.update(name="Stichting Samen")

    for board in boards:
        assert Entry.objects.about("board", board.number).last().after["name"] == "Stichting Samen"


def test_the_entry_of_a_row_cannot_be_chosen_by_hand():
    first, second = make.BoardFactory.create_batch(2)
    first.refresh_from_db()

    with act("board.changed", actor=register("test")):
        Board.objects.filter(pk=second.pk).update(name="Ander", entry=first.entry)

    second.refresh_from_db()
    assert second.entry != first.entry
    assert second.entry.subject_key == second.number


WRITING_HISTORY = pytest.mark.parametrize(
    "sql",
    [
        "UPDATE journal_entry SET reason = 'anders'",
        "DELETE FROM journal_entry",
        "TRUNCATE journal_entry CASCADE",
        "INSERT INTO journal_entry (type, actor, reason, subject_kind, subject_key, after, boards, suppliers)"
        " VALUES ('mandate.granted', '{}', '', 'mandate', 'verzonnen', '{}', '{}', '{}')",
    ],
)


@WRITING_HISTORY
def test_the_register_itself_has_no_right_to_write_history(run_sql, sql):
    """D14: also against raw SQL by the application's own role."""
    make.BoardFactory()
    before = list(Entry.objects.values())

    with pytest.raises(ProgrammingError, match="permission denied"):
        run_sql(sql)

    assert list(Entry.objects.values()) == before


@WRITING_HISTORY
def test_not_even_the_owner_of_the_tables_writes_history_by_hand(run_sql, sql):
    """D14"""
    make.BoardFactory()
    before = list(Entry.objects.values())

    with pytest.raises(IntegrityError, match="D14"):
        run_sql(sql, as_owner=True)

    assert list(Entry.objects.values()) == before


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE mandates_mandate DISABLE TRIGGER ALL",
        "ALTER TABLE journal_entry DISABLE TRIGGER journal_entry_stays",
        "DROP TRIGGER is_not_deleted ON mandates_mandate",
        "ALTER TABLE mandates_mandate DROP CONSTRAINT mandate_has_one_holder",
        "CREATE OR REPLACE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "SET session_replication_role = replica",
        "DROP TABLE journal_entry CASCADE",
    ],
)
def test_the_register_itself_cannot_switch_its_rules_off(run_sql, sql):
    """D14"""
    with pytest.raises(ProgrammingError, match=r"must be owner|permission denied"):
        run_sql(sql)


@pytest.mark.parametrize("model", RECORDED, ids=lambda model: model._meta.label)
def test_every_table_of_the_register_is_under_the_journal(model):
    """D14: a new table that forgets its triggers fails here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgenabled = 'O'",
            [model._meta.db_table],
        )
        triggers = {name for (name,) in cursor.fetchall()}

    assert triggers >= {
        "zz_number_entry",
        "write_entry_of_new",
        "write_entry_of_changed",
        "is_not_deleted",
        "is_not_emptied",
    }


@pytest.mark.parametrize("table", ["mandates_mandate", "schools_school", "agreements_agreement", "mandates_check"])
@pytest.mark.parametrize("how", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_nothing_is_deleted_from_the_register(regenboog, run_sql, table, how):
    """D14: the register itself has no right to, and the triggers stop the owner of the tables as well."""
    mandate = make.MandateFactory(school=regenboog.school, service=regenboog.rio, system=regenboog.las)
    run_sql(
        "INSERT INTO mandates_check SELECT uuidv7(), now(), '', NULL, '', '', '', '', '', now(), true, %s", mandate.pk
    )

    with pytest.raises(ProgrammingError, match="permission denied"):
        run_sql(how.format(table))
    with pytest.raises(IntegrityError, match="D14"):
        run_sql(how.format(table), as_owner=True)


def test_secrets_are_not_remembered(regenboog):
    """D10: the token is shown to the mandated system only; of an API key not even the digest is kept in history."""
    mandate = make.MandateFactory(school=regenboog.school, service=regenboog.rio, system=regenboog.las)

    assert str(mandate.token) not in str(list(Entry.objects.values()))
    assert regenboog.las.api_keys.get().digest not in str(list(Entry.objects.values()))


def test_a_moved_school_concerns_both_boards(regenboog):
    """D20"""
    new_board = make.BoardFactory(number="99002")

    with act("school.moved", actor=register("test")):
        regenboog.school.board = new_board
        regenboog.school.save()

    assert Entry.objects.about("school", "99AA").last().boards == ["99001", "99002"]


def test_a_mandate_concerns_the_board_and_the_supplier(regenboog):
    mandate = make.MandateFactory(school=regenboog.school, service=regenboog.rio, system=regenboog.las)

    entry = Entry.objects.about("mandate", str(mandate.uuid)).get()
    assert entry.boards == ["99001"]
    assert entry.suppliers == ["00000099000000000001"]


# --- Going round the journal (D14) ------------------------------------------------------------------------------------

ACT = '{"type": "mandate.changed", "actor": {"kind": "register", "name": "x", "reason": ""}}'


def test_a_table_that_looks_like_the_journal_leads_nobody_astray(regenboog, run_sql):
    """D14: a temporary table comes first on the search path of whoever makes one."""
    mandate = make.MandateFactory(school=regenboog.school, service=regenboog.rio, system=regenboog.las)
    mandate.refresh_from_db()

    run_sql(
        "SET CONSTRAINTS ALL DEFERRED;"
        f"CREATE TEMP TABLE journal_entry (id bigint GENERATED BY DEFAULT AS IDENTITY (START {mandate.entry_id}));"
        f"SELECT set_config('osr.act', '{ACT}', true);"
        "UPDATE public.mandates_mandate SET end_date = '2040-01-01'; DROP TABLE pg_temp.journal_entry",
        as_owner=True,
    )

    assert Entry.objects.about("mandate", str(mandate.uuid)).last().after["end_date"] == "2040-01-01"


def test_nobody_forges_an_entry_through_a_table_of_their_own(run_sql):
    """D14: neither the register's own role, nor the owner of the tables."""
    sql = (
        "CREATE TEMP TABLE forged (LIKE public.schools_board);"
        "CREATE TRIGGER forge AFTER INSERT ON forged FOR EACH ROW EXECUTE FUNCTION schools_board_write_entry();"
        f"SELECT set_config('osr.act', '{ACT}', true);"
        "INSERT INTO forged (id, number, name, entry_id) VALUES (1, '99001', 'Vals', 900000001)"
    )

    with pytest.raises(ProgrammingError, match="permission denied"):
        run_sql(sql)
    with pytest.raises(IntegrityError, match="D14"):
        run_sql(sql, as_owner=True)


def test_the_registers_functions_are_closed_and_look_only_in_its_own_schema():
    """D14: a new function that forgets one of the two fails here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, prosecdef, prorettype = 'trigger'::regtype, coalesce(proconfig::text, ''),"
            " has_function_privilege('public', oid, 'EXECUTE'), prosqlbody IS NOT NULL"
            " FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proowner = 'osr_owner'::regrole"
        )
        functions = cursor.fetchall()

    assert len(functions) > 15
    for name, as_owner, for_triggers, settings, everybody, is_bound in functions:
        assert is_bound or "search_path=public, pg_temp" in settings, name
        assert not (everybody and (as_owner or for_triggers)), name
