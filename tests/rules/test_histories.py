"""Random histories of the register, compared step by step with the model of its rules (D1-D16, D19, D20, A4, A7).

`OSR_HISTORIES=thousands` looks much longer than `make test` does.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from functools import partial
from itertools import product
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from agreements.models import Agreement
from journal import acts
from journal.as_of import register_as_of
from journal.models import Entry
from mandates import actions
from mandates.actions.previews import Intent
from mandates.as_of import valid_on
from mandates.checks import Caller, check_mandate
from mandates.models import Mandate
from schools.actions import close_school, import_duo
from schools.duo import ListedLocation, ListedSchool, LocationList
from schools.models import Board, School, Sector
from schools.numbers import school_oin
from services.keys import digest_of
from services.models import Qualification
from tests import factories as make
from tests.rules import model
from tests.rules.model import DAY, FOREVER, Actor, Plan, World

LONG = os.environ.get("OSR_HISTORIES") == "thousands"
PROFILE = settings(
    max_examples=150 if LONG else 25,
    stateful_step_count=50 if LONG else 40,
    deadline=None,
    phases=(Phase.generate, Phase.shrink),
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)

# --- A world so small that histories collide --------------------------------------------------------------------------

FIRST_DAY = date(2026, 3, 16)
WEST, EAST = "99001", "99002"
BRINS = {"99AA": WEST, "99AB": WEST, "99BA": EAST, "99BB": EAST}
LOCATIONS = {"99AA": ("99AA00", "99AA01"), "99AB": ("99AB00",), "99BA": ("99BA00",), "99BB": ("99BB00",)}
RIO, OSO, BST = "RIO", "OSO-OV", "BST"
SERVICES = (RIO, OSO, BST)
# Two systems of one supplier: who asks about a supplier asks about both.
LEERSPOOR, TOETSPLEIN, KLASBOEK = "Leerspoor", "Toetsplein", "Klasboek"
SUPPLIERS = {LEERSPOOR: "00000099000000000001", TOETSPLEIN: "00000099000000000001", KLASBOEK: "00000099000000000002"}
CONNECTED = {(system, service) for system in (LEERSPOOR, KLASBOEK) for service in SERVICES} | {(TOETSPLEIN, RIO)}
SIGNED_ON = FIRST_DAY - 20 * DAY
AGREEMENTS = {(WEST, "OSR"): True, (WEST, "OSO"): True, (EAST, "OSR"): True, (EAST, "OSO"): False}

ANKE, BRAM = Actor("administrator", WEST), Actor("administrator", EAST)
SUPPORT, SUPPORT_EAST = Actor("support", WEST, "op verzoek"), Actor("support", EAST, "op verzoek")
ACTORS = (
    *(ANKE,) * 4,
    *(BRAM,) * 3,
    *(SUPPORT,) * 2,
    *(SUPPORT_EAST,) * 2,
    Actor("support", WEST),
    Actor("administrator", None),
    Actor("supplier", WEST),
)


def a_world() -> World:
    return World(
        today=FIRST_DAY,
        board_services=frozenset({BST}),
        needs={OSO: "OSO"},
        connected=set(CONNECTED),
        agreements={each: [(SIGNED_ON, FOREVER)] * is_signed for each, is_signed in AGREEMENTS.items()},
        schools={brin: model.School(board, frozenset(LOCATIONS[brin])) for brin, board in BRINS.items()},
    )


def make_the_same_in_the_register() -> None:
    boards = {number: make.BoardFactory(number=number) for number in (WEST, EAST)}
    for (board, kind), is_signed in AGREEMENTS.items():
        if is_signed:
            make.AgreementFactory(board=boards[board], kind=kind, signed_on=SIGNED_ON)
    for brin, board in BRINS.items():
        school = make.SchoolFactory(brin=brin, name=f"School {brin}", board=boards[board])
        for code in LOCATIONS[brin]:
            make.LocationFactory(school=school, code=code, name=school.name)
    services = {
        RIO: make.ServiceFactory(code=RIO),
        OSO: make.ServiceFactory(code=OSO, agreement_kind="OSO"),
        BST: make.ServiceFactory(code=BST, level="board", takes_endpoints=False),
    }
    suppliers = {oin: make.SupplierFactory(oin=oin) for oin in set(SUPPLIERS.values())}
    for name, oin in SUPPLIERS.items():
        kind = "toetssysteem" if name == TOETSPLEIN else "las"
        system = make.SystemFactory(name=name, kind=kind, supplier=suppliers[oin])
        make.ApiKeyFactory(system=system, key=f"osr_{name}")
        for service in SERVICES:
            if (name, service) in CONNECTED:
                make.QualificationFactory(system=system, service=services[service])


# --- Days that pass ---------------------------------------------------------------------------------------------------

# Within the transaction of the test: what day it is, and which transaction a journal entry is of, are settings. It is
# noon, and the real clock goes on from there.
_CLOCK = """
CREATE OR REPLACE FUNCTION osr_today() RETURNS date STABLE LANGUAGE sql
    RETURN current_setting('osr.test_today')::date;
CREATE FUNCTION osr_test_moment() RETURNS timestamptz VOLATILE LANGUAGE sql
    RETURN (current_setting('osr.test_today')::date + time '12:00') AT TIME ZONE 'Europe/Amsterdam'
           + (clock_timestamp() - now());
ALTER TABLE journal_entry
    ALTER COLUMN moment SET DEFAULT osr_test_moment(),
    ALTER COLUMN transaction_id SET DEFAULT current_setting('osr.test_transaction')::bigint;
"""


class Clock:
    """What day it is, for the database and for Django alike."""

    def __init__(self) -> None:
        self.day = FIRST_DAY

    def now(self) -> datetime:
        return datetime.combine(self.day, time(12), ZoneInfo("Europe/Amsterdam"))

    def set(self, day: date, number: int) -> None:
        """It is `day`, and what happens now is transaction `number`."""
        self.day = day
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('osr.test_today', %s, true), set_config('osr.test_transaction', %s, true)",
                [day.isoformat(), str(number)],
            )


@pytest.fixture
def clock(run_sql, monkeypatch) -> Clock:
    clock = Clock()
    run_sql(_CLOCK, as_owner=True)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    monkeypatch.setattr("django.utils.timezone.now", clock.now)
    clock.set(FIRST_DAY, 0)
    return clock


# --- What can happen --------------------------------------------------------------------------------------------------

actors = st.sampled_from(ACTORS)
brin = st.sampled_from(list(BRINS))
some_brins = st.lists(brin, min_size=1, max_size=3, unique=True)
service = st.sampled_from(SERVICES)
system = st.sampled_from((LEERSPOOR, LEERSPOOR, KLASBOEK, KLASBOEK, TOETSPLEIN))
choices = st.lists(st.tuples(service, system), min_size=1, max_size=2)
place = st.integers(0, 12)
places = st.lists(place, min_size=1, max_size=3)
# Mostly people do what makes sense: with schools and mandates of their own, on days to come.
sensibly = st.sampled_from((True, True, True, True, False))
rarely = st.sampled_from((False, False, False, True))
start = st.sampled_from((0, 0, 0, 1, 2, 10, 31, -1, -10))
end = st.sampled_from((None, None, None, 0, 1, 5, 10, 11, 30, 40, -1, -5))
offset = st.sampled_from((-31, -11, -10, -2, -1, 0, 1, 2, 5, 9, 10, 11, 30, 31, 32))
way = st.sampled_from(("at once", "confirmed", "confirmed", "later"))


class Histories(RuleBasedStateMachine):
    """The register and the model side by side."""

    clock: Clock
    steps = 0
    changes = 0

    def __init__(self) -> None:
        super().__init__()
        self.world = a_world()
        self.number = 0  # of the last transaction
        self.uuids: dict[int, UUID] = {}
        self.previewed: tuple[Actor, Callable[[], Plan], Plan, actions.Preview] | None = None
        self.remembered: list[tuple[datetime, World]] = []
        self.entries = 0
        self.example = transaction.atomic()
        self.example.__enter__()
        self.clock.set(FIRST_DAY, 0)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    # --- Intentions about mandates ---

    @initialize(given=st.lists(st.tuples(brin, service, system, start, end), min_size=2, max_size=5))
    def begin_with_some(self, given) -> None:
        for each, service, system, start, end in given:
            actor = Actor("administrator", BRINS[each])
            self._give(actor, [each], True, [(service, system)], start, end, None, "confirmed")

    @rule(
        actor=actors, brins=some_brins, sensibly=sensibly, choices=choices, start=start, end=end, limited=place, way=way
    )
    def give(self, actor, brins, sensibly, choices, start, end, limited, way) -> None:
        """D1-D7, D13"""
        self._give(actor, brins, sensibly, choices, start, end, limited, way)

    def _give(self, actor, brins, sensibly, choices, start, end, limited, way) -> None:
        brins = self._schools(actor, brins, sensibly)
        first, last = self.world.today + start * DAY, self._day(end)
        if sensibly:
            first = max(first, self.world.today) if actor.kind != "support" else first
            last = max(first, last)
            choices = [each for each in choices if each[::-1] in self.world.connected] or [(RIO, LEERSPOOR)]
        locations = {0: LOCATIONS[brins[0]][-1:], 1: ("99AA01",)}.get(limited)
        intent = actions.Grant(
            schools=tuple(brins), choices=tuple(choices), start_date=first, end_date=_or_none(last), locations=locations
        )
        self._intend(actor, intent, lambda: self.world.give(actor, brins, choices, first, last, locations), way)

    @precondition(lambda self: self.world.mandates)
    @rule(actor=actors, place=place, brins=some_brins, sensibly=sensibly, way=way)
    def copy(self, actor, place, brins, sensibly, way) -> None:
        """D11"""
        [number] = self._mandates(actor, [place], sensibly)
        if sensibly:
            holder = self.world.mandates[number].holder
            own = [brin for brin, school in self.world.schools.items() if school.board == actor.board]
            brins = [brin for brin in own if brin != holder] or brins
        intent = actions.Copy(mandate=self.uuids[number], schools=tuple(brins))
        self._intend(actor, intent, lambda: self.world.copy(actor, self.world.mandates[number], brins), way)

    @precondition(lambda self: self.world.mandates)
    @rule(
        actor=actors,
        place=place,
        sensibly=sensibly,
        brins=some_brins,
        service=service,
        new=system,
        start=start,
        way=way,
    )
    def switch(self, actor, place, sensibly, brins, service, new, start, way) -> None:
        """D12: away from the system of some mandate, mostly at its own school."""
        [number] = self._mandates(actor, [place], sensibly)
        mandate = self.world.mandates[number]
        old, day = mandate.system, self.world.today + start * DAY
        brins = self._schools(actor, brins, sensibly)
        wanted = list(dict.fromkeys((mandate.service, service)))
        if sensibly:
            brins = [mandate.holder] if mandate.holder in BRINS else brins
            wanted = wanted[:1]
            new = {LEERSPOOR: KLASBOEK}.get(old, LEERSPOOR)
        intent = actions.Switch(schools=tuple(brins), services=tuple(wanted), old=old, new=new, day=day)
        plan = partial(self.world.switch, actor, brins, wanted, old, new, day)
        for _, after in self._intend(actor, intent, plan, way):
            valid = Mandate.objects.filter(service__code=after.service, system__name__in=(old, new)).valid_on(day)
            held = valid.filter(school__brin=after.holder) | valid.filter(board__number=after.holder)
            assert list(held.values_list("system__name", flat=True)) == [new]

    @precondition(lambda self: self.world.mandates)
    @rule(actor=actors, places=places, sensibly=sensibly, end=end, way=way)
    def change_end(self, actor, places, sensibly, end, way) -> None:
        """D8"""
        last = self._day(abs(end) if sensibly and end else end)
        self._change_end(actor, self._mandates(actor, places, sensibly), last, way)

    def _change_end(self, actor, numbers, last, way="confirmed") -> None:
        intent = actions.ChangeEnd(mandates=self._of_register(numbers), end_date=_or_none(last))
        self._intend(actor, intent, lambda: self.world.change_end(actor, self._of_model(numbers), last), way)

    @precondition(lambda self: self.world.mandates)
    @rule(actor=actors, places=places, sensibly=sensibly, start=start, way=way)
    def change_start(self, actor, places, sensibly, start, way) -> None:
        """D8"""
        first = self.world.today + start * DAY
        ahead = [number for number, each in self.world.mandates.items() if self.world.today < each.start <= each.end]
        self._change_start(actor, self._mandates(actor, places, sensibly, among=ahead), first, way)

    def _change_start(self, actor, numbers, first, way="confirmed") -> None:
        intent = actions.ChangeStart(mandates=self._of_register(numbers), start_date=first)
        self._intend(actor, intent, lambda: self.world.change_start(actor, self._of_model(numbers), first), way)

    @precondition(lambda self: self.world.mandates)
    @rule(actor=actors, places=places, sensibly=sensibly, way=way)
    def revoke(self, actor, places, sensibly, way) -> None:
        """D9, D16"""
        numbers = self._mandates(actor, places, sensibly)
        intent = actions.Revoke(mandates=self._of_register(numbers))
        for _, after in self._intend(actor, intent, lambda: self.world.revoke(actor, self._of_model(numbers)), way):
            for day in (self.world.today, self.world.today + DAY, max(after.start, self.world.today)):
                assert not Mandate.objects.valid_on(day).filter(uuid=self.uuids[after.number]).exists()

    @precondition(lambda self: any(self._to_take_over(board) for board in (WEST, EAST)))
    @rule(actor=actors, places=places, sensibly=sensibly, way=way)
    def take_over(self, actor, places, sensibly, way) -> None:
        """D20"""
        if sensibly and not self._to_take_over(actor.board):
            actor = replace(actor, board=EAST if self._to_take_over(EAST) else WEST)
        numbers = self._mandates(actor, places, sensibly, among=self._to_take_over(actor.board))
        intent = actions.TakeOver(mandates=self._of_register(numbers))
        self._intend(actor, intent, lambda: self.world.take_over(actor, self._of_model(numbers)), way)

    @precondition(lambda self: self.number)
    @rule(actor=actors, place=place, sensibly=sensibly)
    def undo(self, actor, place, sensibly) -> None:
        """D13, D14"""
        numbers = list(range(1, self.number + 1))
        if sensibly:
            numbers = [each for each in numbers if each in self.world.undoable] or numbers
        undone = numbers[-1 - place % len(numbers)]
        if sensibly and undone in self.world.undoable:
            actor = replace(actor, board=self.world.undoable[undone][1])
        self._undo(actor, undone)

    def _undo(self, actor, undone) -> None:
        self._happen(
            partial(actions.undo, actor=_of_register(actor), transaction_id=undone),
            lambda: self.world.undo(self.number, actor, undone),
        )

    @precondition(lambda self: self.previewed)
    @rule()
    def confirm_what_was_previewed_before(self) -> None:
        """D11: what was previewed is done exactly so, or not at all."""
        (actor, plan, was, preview), self.previewed = self.previewed, None
        by = _of_register(actor)
        # It may do the same and still say something else, a warning for instance: then it is refused as well.
        now = plan()
        is_the_same = now.does() == was.does() and actions.preview(preview.intent, actor=by) == preview
        self._happen(
            lambda: actions.confirm(preview, actor=by),
            lambda: self.world.carry_out(self.number, actor, now, every_row=False) if is_the_same else _refuse(),
        )

    # --- What else happens ---

    @rule(days=st.sampled_from((1, 1, 1, 2, 5, 9, 10, 31)))
    def days_pass(self, days) -> None:
        self.world.today += days * DAY
        self._happen(None, None)

    @rule(brin=brin, moves=sensibly, left_out=st.sampled_from((None, None, *BRINS)), taken_over=st.booleans())
    def import_the_lists(self, brin, moves, left_out, taken_over) -> None:
        """D19, D20: a school may move; one that left the list is not closed by that."""
        board = self.world.schools[brin].board
        if moves:
            board = EAST if board == WEST else WEST
        boards = {each: school.board for each, school in self.world.schools.items()} | {brin: board}
        listed = {
            each: ListedSchool(
                each, boards[each], {code: ListedLocation(code, f"School {each}", "Zwolle") for code in LOCATIONS[each]}
            )
            for each in BRINS
            if each != left_out or each == brin
        }
        lists = [LocationList("po.csv", Sector.PO, listed, frozenset(), [])]
        self._happen(
            lambda: import_duo(actor=acts.register("import"), lists=lists, today=self.world.today),
            lambda: self.world.move(self.number, brin, board),
        )
        if taken_over and self._to_take_over(board):
            self.take_over(Actor("administrator", board), [0, 1, 2], True, "confirmed")

    @rule(actor=actors, brin=brin, day=offset, rarely=rarely)
    def close(self, actor, brin, day, rarely) -> None:
        """D19"""
        if not rarely:
            return
        closing_day = self.world.today + day * DAY
        self._happen(
            lambda: close_school(
                actor=_of_register(actor), school=School.objects.get(brin=brin), closing_day=closing_day
            ),
            lambda: self.world.close(self.number, actor, brin, closing_day),
        )

    @rule(agreement=st.sampled_from(list(AGREEMENTS)))
    def agreement_is_signed(self, agreement) -> None:
        """A4: perhaps in the place of one that is in force."""
        board, kind = agreement
        in_force = Agreement.objects.in_force(self.world.today).filter(board__number=board, kind=kind)

        def change() -> None:
            with acts.act("agreement.signed", actor=make.TESTS):
                in_force.update(ended_on=self.world.today - DAY)
                make.AgreementFactory(
                    board=Board.objects.get(number=board), kind=kind, signed_on=self.world.today, ended_on=None
                )

        self.world.sign(agreement)
        self._happen(change, tuple)

    @rule(
        actor=actors,
        agreement=st.sampled_from(list(AGREEMENTS)),
        day=st.sampled_from((-2, -1, 0, 5, 10, 40)),
        rarely=rarely,
    )
    def agreement_ends(self, actor, agreement, day, rarely) -> None:
        """A7"""
        if not rarely:
            return
        board, kind = agreement
        last_day = self.world.today + day * DAY
        by = _of_register(actor)

        def end() -> None:
            running = Agreement.objects.covering_some_day().exclude(ended_on__lt=self.world.today)
            signed = running.filter(board__number=board, kind=kind).first()
            if signed is None:
                raise acts.Refused([])
            shown = actions.preview_end_of_agreement(actor=by, agreement=signed, last_day=last_day)
            actions.end_agreement(actor=by, shown=shown)

        self._happen(end, lambda: self.world.end_agreement(self.number, actor, agreement, last_day))

    @rule(pair=st.sampled_from(sorted(CONNECTED)), rarely=rarely)
    def qualification_is_withdrawn_or_given_back(self, pair, rarely) -> None:
        """D6"""
        if pair in self.world.connected and not rarely:
            return
        system, service = pair
        self.world.connected ^= {pair}
        withdrawn_on = None if pair in self.world.connected else self.world.today

        def change() -> None:
            with acts.act("qualification.changed", actor=make.TESTS):
                Qualification.objects.filter(system__name=system, service__code=service).update(
                    withdrawn_on=withdrawn_on
                )

        self._happen(change, tuple)

    # --- Questions ---

    @rule(brin=brin, service=service, system=system, day=offset)
    def ask(self, brin, service, system, day) -> None:
        """The check, and the list of mandates that are valid on a day."""
        day = self.world.today + day * DAY
        self._ask(brin, service, system, day)
        valid = {self.uuids[each.number] for each in self.world.mandates.values() if each.valid_on(day)}
        assert set(Mandate.objects.valid_on(day).values_list("uuid", flat=True)) == valid

    @precondition(lambda self: self.remembered)
    @rule(place=place, brin=brin, service=service, day=offset)
    def ask_as_of(self, place, brin, service, day) -> None:
        """D15: the register as it stood at a moment, and what was valid then."""
        moment, world = self.remembered[-1 - place % len(self.remembered)]
        stood = register_as_of(moment).get("mandate", {})
        assert {key: (row["start_date"], row["end_date"]) for key, row in stood.items()} == {
            str(self.uuids[each.number]): (each.start.isoformat(), each.end.isoformat() if each.end < FOREVER else None)
            for each in world.mandates.values()
        }
        for offset in (day, 0):
            on = world.today + offset * DAY
            found = [each.uuid for each in valid_on(on, as_of=moment, brin=brin, service_code=service)]
            expected = [self.uuids[each.number] for each in world.valid(brin, service, on)]
            assert sorted(found) == sorted(expected), (brin, service, on, moment)

    # --- The machinery ---

    def _intend(self, actor: Actor, intent: Intent, plan: Callable[[], Plan], way: str) -> Sequence[model.Change]:
        """Let `actor` intend something, in one of the ways; returns what changed."""
        by = _of_register(actor)
        if not self.world.may(actor):
            return self._happen(partial(actions.carry_out, intent, actor=by), _refuse)
        expected = plan()
        preview = actions.preview(intent, actor=by)
        assert bool(preview.problems) == bool(expected.problems), (preview.problems, expected.problems)
        if not preview.problems:
            does = [bool(row) and not isinstance(row, str) for row in expected.rows]
            assert [row.does_something for row in preview.rows] == does, (preview.rows, expected.rows)
        if way == "later":
            self.previewed = (actor, plan, expected, preview)
            return self._happen(None, None)
        if way == "confirmed":
            act = partial(actions.confirm, preview, actor=by)
        else:
            act = partial(actions.carry_out, intent, actor=by)
        return self._happen(act, lambda: self.world.carry_out(self.number, actor, expected, every_row=way == "at once"))

    def _happen(self, act: Callable | None, expected: Callable | None):
        """Let one thing happen in both; returns what changed. Both refuse it, or both do the same."""
        type(self).steps += 1
        if act is None:
            self.clock.set(self.world.today, self.number)
            self._compare(())
            return ()
        self.number += 1
        self.clock.set(self.world.today, self.number)
        changes = self._or_refused(expected, model.Refused)
        happened = self._or_refused(lambda: (act(), True))
        assert (happened is not None) == (changes is not None), f"expected {changes or 'a refusal'}"
        type(self).changes += changes is not None
        self._compare(changes or ())
        return changes or ()

    def _or_refused(self, act: Callable, refusal: type[Exception] = acts.Refused):
        try:
            with transaction.atomic():
                return act()
        except refusal:
            return None

    def _compare(self, changes: Sequence[model.Change]) -> None:
        """The register holds what the model holds, and nothing that was is lost."""
        rows = {row[0]: row[1:] for row in Mandate.objects.order_by("pk").values_list(
            "uuid", "school__brin", "board__number", "service__code", "system__name", "granting_board__number",
            "start_date", "end_date", "locations",
        )}  # fmt: skip
        new = {
            (row[0] or row[1], row[2], row[3]): uuid for uuid, row in rows.items() if uuid not in self.uuids.values()
        }
        given = [each for number, each in self.world.mandates.items() if number not in self.uuids]
        assert sorted(new) == sorted((each.holder, each.service, each.system) for each in given)
        self.uuids |= {each.number: new[each.holder, each.service, each.system] for each in given}
        assert rows == {self.uuids[each.number]: _as_row(each) for each in self.world.mandates.values()}
        self._look_at_the_journal()
        self._look_at_days()
        for before, after in changes:
            self._ask_about(before, after)
        with connection.cursor() as cursor:
            cursor.execute("SELECT osr_test_moment()")
            [moment] = cursor.fetchone()
        world = replace(self.world, mandates=dict(self.world.mandates), schools=dict(self.world.schools))
        self.remembered.append((moment, world))

    def _look_at_the_journal(self) -> None:
        """D14: it only grows, and each row points to its last entry."""
        entries = Entry.objects.count()
        assert entries >= self.entries
        self.entries = entries
        with connection.cursor() as cursor:
            # What is checked at the end of a transaction elsewhere.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
            cursor.execute(
                "SELECT count(*) FROM mandates_mandate mandate WHERE entry_id IS DISTINCT FROM (SELECT max(id)"
                " FROM journal_entry WHERE subject_kind = 'mandate' AND subject_key = mandate.uuid::text)"
            )
            assert cursor.fetchone() == (0,)

    def _look_at_days(self) -> None:
        """D2, D9, D19, D20, said of the register as it is, whatever the model thinks of it."""
        with connection.cursor() as cursor:
            cursor.execute(_TWO_ON_ONE_DAY)
            assert not cursor.fetchall()
        if not self.remembered:
            return
        then = self.remembered[-1][1]
        for mandate in then.mandates.values():
            assert self._past(self.world.mandates[mandate.number], then.today) == self._past(mandate, then.today)

    def _past(self, mandate: model.Mandate, today: date) -> tuple[date, date] | None:
        """The days before `today` on which it was valid: the first and the last."""
        last = min(mandate.end, today - DAY)
        return (mandate.start, last) if mandate.start <= last else None

    def _ask_about(self, before: model.Mandate | None, after: model.Mandate) -> None:
        brins = [after.holder] if after.holder in BRINS else list(BRINS)
        today = self.world.today
        edges = {today - DAY, today, after.start - DAY, after.start, after.end}
        if before:
            edges |= {before.start, before.end}
        edges |= {day + DAY for day in (after.end, today) if day < FOREVER}
        for brin in brins:
            for day in sorted(edges - {FOREVER}):
                self._ask(brin, after.service, after.system, day)

    def _ask(self, brin: str, service: str, system: str, day: date) -> None:
        """The answer to a check, and what the system sees of its own mandate (D10)."""
        answer = check_mandate(
            Caller(key_digest=digest_of(f"osr_{system}"), certificate_oin=None),
            school_oin=school_oin(brin),
            supplier_oin=SUPPLIERS[system],
            day=day,
            service_code=service,
        )
        valid = [each for each in self.world.valid(brin, service, day) if SUPPLIERS[each.system] == SUPPLIERS[system]]
        assert answer.mandated == bool(valid), (brin, service, system, day)
        own = {(each.start, _or_none(each.end)) for each in valid if each.system == system}
        assert (answer.own is None) == (not own)
        assert answer.own is None or (answer.own.start_date, answer.own.end_date) in own

    def _day(self, offset: int | None) -> date:
        return FOREVER if offset is None else self.world.today + offset * DAY

    def _schools(self, actor: Actor, brins: list[str], sensibly: bool) -> list[str]:
        if not sensibly:
            return brins
        governed = [brin for brin, school in self.world.schools.items() if school.board == actor.board]
        return [brin for brin in brins if brin in governed] or governed[:1] or brins

    def _mandates(self, actor: Actor, where: list[int], sensibly: bool, among: Sequence[int] = ()) -> list[int]:
        numbers = list(among) or list(self.world.mandates)
        if sensibly:
            held = [each for each in numbers if self.world.belongs_to(self.world.mandates[each], actor.board)]
            lasting = [each for each in held if not self.world.is_over(self.world.mandates[each])]
            numbers = lasting or held or numbers
        return list(dict.fromkeys(numbers[-1 - place % len(numbers)] for place in where))

    def _to_take_over(self, board: str | None) -> list[int]:
        return [number for number, each in self.world.mandates.items() if self.world.may_take_over(each, board)]

    def _of_register(self, numbers: list[int]) -> tuple:
        return tuple(self.uuids[number] for number in numbers)

    def _of_model(self, numbers: list[int]) -> list[model.Mandate]:
        return [self.world.mandates[number] for number in numbers]


_TWO_ON_ONE_DAY = """
SELECT FROM mandates_mandate one JOIN mandates_mandate other
    ON one.id < other.id AND one.service_id = other.service_id AND one.system_id = other.system_id
   AND (one.school_id = other.school_id OR one.board_id = other.board_id)
   AND greatest(one.start_date, other.start_date)
       <= least(coalesce(one.end_date, 'infinity'), coalesce(other.end_date, 'infinity'))
   AND coalesce(one.end_date >= one.start_date, true) AND coalesce(other.end_date >= other.start_date, true)
"""


def _refuse() -> None:
    raise model.Refused


def _or_none(day: date) -> date | None:
    return None if day == FOREVER else day


def _of_register(actor: Actor) -> acts.Actor:
    return acts.Actor(
        kind=acts.ActorKind(actor.kind), name="Anke de Vries", board_number=actor.board, reason=actor.reason
    )


def _as_row(mandate: model.Mandate) -> tuple:
    brin, board = (mandate.holder, None) if mandate.holder in BRINS else (None, mandate.holder)
    locations = list(mandate.locations) if mandate.locations else None
    return (
        brin, board, mandate.service, mandate.system, mandate.given_by, mandate.start, _or_none(mandate.end), locations,
    )  # fmt: skip


def test_the_register_does_what_the_rules_say_whatever_happens(clock):
    """D1-D16, D19, D20 (R7)"""
    make_the_same_in_the_register()
    machine = type("Histories", (Histories,), {"clock": clock})
    run_state_machine_as_test(machine, settings=PROFILE)
    print(f"{machine.steps} steps, {machine.changes} of them changed the register")


# --- Histories that chance seldom finds -------------------------------------------------------------------------------


class Story(Histories):
    """A history that is written out: each sentence happens to the register and to the model. Days count from today."""

    def given(self, actor=ANKE, service=RIO, system=LEERSPOOR, start=0, end=None, school="99AA") -> None:
        self._give(actor, [school], False, [(service, system)], start, end, None, "confirmed")

    def ends(self, end, number=1, actor=ANKE) -> None:
        self._change_end(actor, [number], self._day(end))

    def starts(self, start, number=1) -> None:
        self._change_start(ANKE, [number], self._day(start))

    def revoked(self) -> None:
        self.revoke(ANKE, [0], False, "confirmed")

    def switched(self, day, actor=ANKE) -> None:
        self.switch(actor, len(self.world.mandates) - 1, True, ["99AA"], RIO, KLASBOEK, day, "confirmed")

    def moved(self, taken_over=False) -> None:
        self.import_the_lists("99AA", True, None, taken_over)

    def closed(self, day) -> None:
        self.close(SUPPORT, "99AA", day, True)

    def later(self, days) -> None:
        self.days_pass(days)

    def undone(self, number=None, actor=ANKE) -> None:
        self._undo(actor, number or self.number)

    def asked_as_of_each_moment(self) -> None:
        for place, day in product(range(len(self.remembered)), (-1, 0, 1)):
            self.ask_as_of(place, "99AA", BST, day)


STORIES = {
    "undo_what_has_been_given_away_since": lambda it: (it.given(), it.ends(5), it.given(start=6), it.undone(2)),
    "undo_a_revocation_after_giving_anew": lambda it: (it.given(), it.revoked(), it.given(), it.undone(2)),
    "undo_of_a_board_level_revocation": lambda it: (
        it.given(service=BST), it.revoked(), it.given(service=BST), it.undone(2)
    ),
    "undo_past_the_closing_day": lambda it: (it.given(), it.ends(5), it.closed(10), it.undone(2)),
    "undo_of_a_closing": lambda it: (it.given(), it.closed(10), it.undone()),
    "undo_by_the_next_board": lambda it: (it.given(), it.ends(5), it.moved(), it.undone(2, BRAM)),
    "undo_a_revocation_by_the_next_board": lambda it: (it.given(), it.revoked(), it.moved(), it.undone(2, BRAM)),
    "undo_a_cancellation_by_the_next_board": lambda it: (
        it.given(start=40), it.revoked(), it.moved(), it.undone(2, BRAM)
    ),
    "undo_within_the_grace_period": lambda it: (it.given(), it.moved(), it.ends(3, actor=BRAM), it.undone(3, BRAM)),
    "undo_a_taking_over": lambda it: (it.given(), it.moved(taken_over=True), it.undone(actor=BRAM)),
    "undo_a_taking_over_ahead": lambda it: (it.given(start=5), it.moved(taken_over=True), it.undone(actor=BRAM)),
    "undo_what_has_been": lambda it: (it.given(actor=SUPPORT, start=-10, end=-5), it.undone()),
    "undo_what_was_given_afterwards": lambda it: (it.given(actor=SUPPORT, start=-10), it.undone()),
    "undo_a_later_start_on_the_former_one": lambda it: (it.given(start=5), it.starts(10), it.later(5), it.undone(2)),
    "undo_an_earlier_start_that_has_come": lambda it: (it.given(start=10), it.starts(5), it.later(5), it.undone(2)),
    "undo_an_earlier_start_of_today": lambda it: (it.given(start=10), it.starts(0), it.undone(2)),
    "undo_a_later_start_after_giving_another": lambda it: (
        it.given(start=5), it.starts(20), it.given(end=10), it.undone(2)
    ),
    "undo_a_switch_before_its_day": lambda it: (it.given(), it.switched(5), it.later(2), it.undone(2)),
    "undo_a_switch_on_its_day": lambda it: (it.given(), it.switched(5), it.later(5), it.undone(2)),
    "undo_a_switch_of_today": lambda it: (it.given(), it.switched(0), it.undone(), it.undone()),
    "switch_in_the_past": lambda it: (it.given(actor=SUPPORT, start=-10), it.switched(-5, SUPPORT)),
    "take_over_what_was_shortened_at_home": lambda it: (
        it.given(), it.moved(), it.later(2), it.moved(), it.ends(20), it.later(1), it.moved(taken_over=True)
    ),
    "take_over_what_was_lengthened_at_home": lambda it: (
        it.given(), it.moved(), it.later(2), it.moved(), it.ends(60), it.later(1), it.moved(taken_over=True)
    ),
    "take_over_what_was_shortened_away": lambda it: (
        it.given(), it.moved(), it.ends(3, actor=BRAM), it.take_over(BRAM, [0], True, "confirmed")
    ),
    "as_of_before_a_move_that_day": lambda it: (
        it.given(service=BST), it.later(2), it.moved(), it.asked_as_of_each_moment()
    ),
    "as_of_after_coming_home": lambda it: (
        it.given(service=BST), it.later(1), it.moved(), it.later(1), it.moved(), it.asked_as_of_each_moment()
    ),
}  # fmt: skip


@pytest.mark.parametrize("story", STORIES)
def test_the_register_does_what_the_rules_say_in_this_history(clock, story):
    """D8, D9, D12, D13, D15, D19, D20"""
    make_the_same_in_the_register()
    machine = type("Story", (Story,), {"clock": clock})()
    try:
        STORIES[story](machine)
    finally:
        machine.teardown()
