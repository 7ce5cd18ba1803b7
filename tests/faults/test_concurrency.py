"""Many at once, each with a connection of their own: the rules hold, and no deadlock reaches a person (R1, R5, D2)."""

import importlib
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from threading import Barrier, Event, Lock
from uuid import UUID

import pytest
from django.db import IntegrityError, OperationalError, connection

from journal.acts import Actor, ActorKind, Refused, register
from journal.clock import today
from journal.models import Entry
from mandates.actions import (
    ChangeEnd,
    ChangeStart,
    Copy,
    Grant,
    RegisterChanged,
    Registration,
    Revoke,
    Switch,
    TakeOver,
    carry_out,
    confirm,
    hand_out_routing_id,
    preview,
    register_endpoint,
    revoke_mandate,
    undo,
)
from mandates.actions.previews import Intent
from mandates.checks import Caller, check_mandate
from mandates.models import Endpoint, Mandate
from schools.actions import close_school, import_duo
from schools.duo import read_list
from schools.models import Board, School
from services.keys import digest_of
from tests import factories as make
from tests.faults import PATIENCE, Beside, at_once, dice, meeting_at, read, wait_until, waiting_for_a_lock
from tests.register import Regenboog
from tests.schools.lists import locations

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)
DUO = register("DUO-import")

# What each rule below is about: a mandate for RIO, given today.
GRANT = Grant(schools=("99AA",), choices=(("RIO", "Leerspoor"),), start_date=today())


@pytest.fixture
def regenboog(transactional_db) -> Regenboog:
    return Regenboog()


@pytest.fixture
def mandate(regenboog) -> Mandate:
    """The LAS has a mandate for RIO at 99AA, from before today."""
    return make.MandateFactory(
        school=regenboog.school, service=regenboog.rio, system=regenboog.las, start_date=today() - 10 * DAY
    )


def lock_board(number: str = "99001") -> None:
    Board.objects.select_for_update(no_key=True).get(number=number)


# --- The register as a whole, after many worked on it at once ---------------------------------------------------------


def assert_in_order() -> None:
    """D2, D14: no overlap; each row is as its last entry says; and each entry begins where the one before it ended."""
    overlaps = read(
        """
        SELECT one.uuid, other.uuid FROM mandates_mandate one JOIN mandates_mandate other
            ON one.id < other.id AND one.service_id = other.service_id AND one.system_id = other.system_id
           AND (one.school_id = other.school_id OR one.board_id = other.board_id)
           AND daterange(one.start_date, one.end_date, '[]') && daterange(other.start_date, other.end_date, '[]')
         WHERE one.end_date IS DISTINCT FROM one.start_date - 1
           AND other.end_date IS DISTINCT FROM other.start_date - 1
        """
    )
    other_than_their_last_entry = read(
        """
        SELECT mandate.uuid FROM mandates_mandate mandate
         WHERE NOT EXISTS (SELECT FROM journal_entry entry
                            WHERE entry.id = mandate.entry_id AND entry.subject_key = mandate.uuid::text
                              AND entry.after = to_jsonb(mandate) - ARRAY['entry_id', 'token'])
            OR EXISTS (SELECT FROM journal_entry later
                        WHERE later.subject_key = mandate.uuid::text AND later.id > mandate.entry_id)
        """
    )
    broken_chains = read(
        """
        SELECT subject_key FROM (
            SELECT subject_key, before, lag(after) OVER (PARTITION BY subject_kind, subject_key ORDER BY id) AS was
              FROM journal_entry) entry
         WHERE before IS DISTINCT FROM was
        """
    )
    assert (overlaps, other_than_their_last_entry, broken_chains) == ([], [], [])


def mandates_by_transaction() -> Counter[frozenset[str]]:
    """Which mandates were given or changed together, as the journal has it; leaving out what the test made itself."""
    together: dict[int, set[str]] = {}
    entries = Entry.objects.filter(subject_kind="mandate").exclude(type="mandate.made")
    for transaction_id, key in entries.values_list("transaction_id", "subject_key"):
        together.setdefault(transaction_id, set()).add(key)
    return Counter(map(frozenset, together.values()))


# --- Fifty at once (R5) -----------------------------------------------------------------------------------------------

ACTORS = 50
ACTS = 5
LOOKS = 4
SCHOOLS = ("99AA", "99AB", "99AC", "99AD", "99AE")
SERVICES = ("RIO", "DOORSTROOM")
SYSTEMS = ("Leerspoor", "Klasboek", "Schoolbord")


@dataclass
class Tally:
    """What became of the acts: how many succeeded or were refused, which mandates each changed, and what went wrong."""

    outcomes: Counter = field(default_factory=Counter)
    changed: Counter = field(default_factory=Counter)
    errors: list[Exception] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def do(self, act: Callable[[], set[UUID]]) -> bool:
        """Do one act as one request does: with a connection that is given back after it. Always true."""
        name = act.__name__
        try:
            mandates = act()
        except Refused:
            with self.lock:
                self.outcomes[name, "refused"] += 1
        except Exception as error:
            with self.lock:
                self.errors.append(error)
        else:
            with self.lock:
                self.outcomes[name, "done"] += 1
                if mandates:
                    self.changed[frozenset(map(str, mandates))] += 1
        finally:
            connection.close()
        return True

    def done(self, name: str) -> int:
        """How often this kind of act succeeded."""
        return self.outcomes[name, "done"]


@dataclass
class Beheerder:
    """Someone who does as she likes with the mandates of her board. Each act returns the mandates that it changed."""

    actor: Actor
    dice: random.Random
    schools: tuple[str, ...] = SCHOOLS

    def some_day(self) -> date:
        return today() + self.dice.choice([0, 0, 0, 1, 5, 20]) * DAY

    def some_end(self, start: date) -> date | None:
        return self.dice.choice([None, None, start, start + 3 * DAY, start + 30 * DAY])

    def some_schools(self) -> tuple[str, ...]:
        return tuple(self.dice.sample(self.schools, self.dice.randint(1, len(self.schools))))

    def some_mandates(self, most: int = 3) -> list[Mandate]:
        mine = list(Mandate.objects.of_board(self.actor.board_number).in_period(today(), None).order_by("pk"))
        if not mine:
            raise Refused([])
        return self.dice.sample(mine, min(len(mine), self.dice.randint(1, most)))

    def confirm(self, intent: Intent) -> set[UUID]:
        """Preview, and confirm; look again when the register has changed meanwhile, but not for ever."""
        for _ in range(LOOKS - 1):
            with suppress(RegisterChanged):
                return self._confirm(intent)
        return self._confirm(intent)

    def _confirm(self, intent: Intent) -> set[UUID]:
        seen = preview(intent, actor=self.actor)
        time.sleep(self.dice.choice([0, 0, 0.01]))
        given = confirm(seen, actor=self.actor)
        assert len(given) == sum(len(row.grants) for row in seen.rows)
        return {mandate.uuid for mandate in given} | {change.mandate for row in seen.rows for change in row.changes}

    def grant(self) -> set[UUID]:
        start = self.some_day()
        choice = self.dice.choice(SERVICES), self.dice.choice(SYSTEMS)
        intent = Grant(
            schools=(self.dice.choice(self.schools),),
            choices=(choice,),
            start_date=start,
            end_date=self.some_end(start),
        )
        return {mandate.uuid for mandate in carry_out(intent, actor=self.actor)}

    def grant_several(self) -> set[UUID]:
        start = self.some_day()
        choices = tuple((code, self.dice.choice(SYSTEMS)) for code in SERVICES)
        return self.confirm(
            Grant(schools=self.some_schools(), choices=choices, start_date=start, end_date=self.some_end(start))
        )

    def copy(self) -> set[UUID]:
        (source,) = self.some_mandates(most=1)
        others = tuple(brin for brin in self.schools if brin != source.school.brin)
        return self.confirm(Copy(mandate=source.uuid, schools=others))

    def switch(self) -> set[UUID]:
        old, new = self.dice.sample(SYSTEMS, 2)
        return self.confirm(
            Switch(schools=self.some_schools(), services=SERVICES, old=old, new=new, day=self.some_day())
        )

    def change_end(self) -> set[UUID]:
        chosen = tuple(mandate.uuid for mandate in self.some_mandates())
        return self.confirm(ChangeEnd(mandates=chosen, end_date=self.some_end(self.some_day())))

    def change_start(self) -> set[UUID]:
        chosen = tuple(mandate.uuid for mandate in self.some_mandates())
        return self.confirm(ChangeStart(mandates=chosen, start_date=self.some_day()))

    def revoke(self) -> set[UUID]:
        return self.confirm(Revoke(mandates=tuple(mandate.uuid for mandate in self.some_mandates())))

    def undo(self) -> set[UUID]:
        recent = Entry.objects.filter(subject_kind="mandate").exclude(type="mandate.made").order_by("-id")[:40]
        transactions = list(recent.values_list("transaction_id", flat=True))
        if not transactions:
            raise Refused([])
        done = undo(actor=self.actor, transaction_id=self.dice.choice(transactions))
        return {mandate.uuid for mandate in done}

    def register_endpoint(self) -> set[UUID]:
        (mandate,) = self.some_mandates(most=1)
        namespace = mandate.service.versions.get().namespace
        registration = replace(
            endpoint_of(mandate.school, namespace, number=self.dice.randint(1, 20)),
            start_date=max(mandate.start_date, today()),
            end_date=mandate.end_date,
        )
        register_endpoint(
            actor=supplier(mandate.system), system=mandate.system, token=mandate.token, registration=registration
        )
        return set()

    def take_over(self) -> set[UUID]:
        there = Mandate.objects.to_take_over(self.actor.board_number, today()).values_list("uuid", flat=True)
        return self.confirm(TakeOver(mandates=tuple(there)))

    def day(self) -> list[Callable[[], set[UUID]]]:
        """The acts of one day."""
        possible = [
            self.grant,
            self.grant_several,
            self.copy,
            self.copy,
            self.switch,
            self.change_end,
            self.change_start,
            self.revoke,
            self.undo,
            self.register_endpoint,
        ]
        return self.dice.choices(possible, k=ACTS)


def supplier(system) -> Actor:
    return Actor(kind=ActorKind.SUPPLIER, name=system.name)


def endpoint_of(school: School, namespace: str, *, number: int) -> Registration:
    return Registration(
        routing_id=f"{school.oin[:15]}00{number:03}",
        namespace=namespace,
        url="https://las.example.nl/berichten",
        start_date=today(),
    )


def five_schools_two_services_three_systems() -> Regenboog:
    regenboog = Regenboog()
    for brin in SCHOOLS[2:]:
        make.SchoolFactory(brin=brin, board=regenboog.board)
    make.ServiceVersionFactory(service=regenboog.test)
    third = make.SystemFactory(name="Schoolbord", supplier__oin="00000099000000000004")
    for service in (regenboog.rio, regenboog.test):
        make.QualificationFactory(system=third, service=service)
    return regenboog


def work_at_once(tally: Tally, *days: list[Callable[[], set[UUID]]]) -> None:
    """Let each of these days pass in a thread of its own."""

    def spend(day: list[Callable[[], set[UUID]]]) -> Callable[[], None]:
        return lambda: all(map(tally.do, day))

    assert at_once(*map(spend, days)) == [True] * len(days)


def test_fifty_at_once_change_the_same_mandates_and_every_rule_holds(transactional_db):
    """R5, D2, D11-D14: each act is done wholly, or refused in words; no deadlock or other error reaches anyone."""
    anke = five_schools_two_services_three_systems().anke
    tally = Tally()

    work_at_once(tally, *(Beheerder(anke, dice(seed)).day() for seed in range(ACTORS)))

    assert tally.errors == []
    assert tally.outcomes.total() == ACTORS * ACTS
    assert tally.done("grant")
    assert tally.done("revoke")
    assert tally.done("grant_several") + tally.done("copy") + tally.done("switch") > 1
    assert mandates_by_transaction() == tally.changed
    assert_in_order()


# --- While schools close and move (D19, D20) --------------------------------------------------------------------------

CLOSES, MOVES = "99AC", "99AB"


def two_boards() -> tuple[Regenboog, Actor]:
    """De Regenboog of above, and De Zonnebloem with an administrator and a school of her own."""
    regenboog = five_schools_two_services_three_systems()
    zonnebloem = make.BoardFactory(number="99002", name="Stichting De Zonnebloem")
    make.AgreementFactory(board=zonnebloem)
    make.SchoolFactory(brin="99AX", board=zonnebloem)
    return regenboog, Actor(kind=ActorKind.ADMINISTRATOR, name="Bram Smit", board_number="99002")


def move(brin: str, number: str) -> None:
    """Import a list in which the school stands under the board with this number."""
    row = f"{number};{brin};{brin}00;De Linde;DEVENTER"
    import_duo(actor=DUO, lists=[read_list(locations(row), source="lijst")], today=today())


def given_by_a_board_that_did_not_govern() -> list[tuple]:
    """The mandates that a board gave to a school that was not its own at that moment, by the order of the journal."""
    return read(
        """
        SELECT given.subject_key, given.actor->>'name' FROM journal_entry given
         WHERE given.subject_kind = 'mandate' AND given.before IS NULL
           AND given.after->>'granting_board_id' <> (
               SELECT school.after->>'board_id' FROM journal_entry school
                WHERE school.subject_kind = 'school' AND school.after->>'id' = given.after->>'school_id'
                  AND school.id < given.id
                ORDER BY school.id DESC LIMIT 1)
        """
    )


def valid_after_the_closing_day() -> list[tuple]:
    return read(
        """
        SELECT school.brin, mandate.uuid FROM mandates_mandate mandate
          JOIN schools_school school ON school.id = mandate.school_id
         WHERE coalesce(mandate.end_date, 'infinity') > greatest(school.closed_on, mandate.start_date - 1)
           AND school.closed_on IS NOT NULL
        """
    )


def test_schools_close_and_move_while_both_boards_change_their_mandates(transactional_db):
    """R5, D19, D20: nothing is valid after the closing day, and nothing given by a board that does not govern."""
    regenboog, bram = two_boards()
    tally = Tally()

    def move_to_and_fro() -> set[UUID]:
        for number in ("99002", "99001") * 4 + ("99002",):
            move(MOVES, number)
            time.sleep(0.05)
        return set()

    def close() -> set[UUID]:
        for days in (30, 20, 10):
            time.sleep(0.1)
            close_school(
                actor=register("tests"), school=School.objects.get(brin=CLOSES), closing_day=today() + days * DAY
            )
        return set()

    days = []
    for seed in range(20):
        actor, own = ((regenboog.anke, SCHOOLS), (bram, ("99AX", MOVES)))[seed % 2]
        beheerder = Beheerder(actor, dice(seed), own)
        days.append([part for act in beheerder.day() for part in (act, beheerder.take_over)])

    work_at_once(tally, [move_to_and_fro], [close], *days)

    assert tally.errors == []
    assert (tally.done("move_to_and_fro"), tally.done("close")) == (1, 1)
    assert tally.done("grant")
    assert tally.done("revoke")
    assert School.objects.get(brin=MOVES).board.number == "99002"
    assert valid_after_the_closing_day() == []
    assert given_by_a_board_that_did_not_govern() == []
    assert_in_order()


def test_a_school_that_is_closed_while_it_moves_keeps_no_mandate_given_at_that_moment(transactional_db, monkeypatch):
    """D19: whoever closes it waited for the import, and waits again for the board that governs the school by now."""
    _, bram = two_boards()
    school_as_seen_before = School.objects.get(brin=MOVES)
    move(MOVES, "99002")
    written, may_commit = Event(), Event()
    module = importlib.import_module("mandates.actions.previews")
    give = module._grant

    def give_slowly(*arguments) -> list[Mandate]:
        given = give(*arguments)
        written.set()
        assert may_commit.wait(PATIENCE)
        return given

    def close() -> School:
        return close_school(actor=register("tests"), school=school_as_seen_before, closing_day=today() + 10 * DAY)

    monkeypatch.setattr(module, "_grant", give_slowly)
    giving = Beside(
        lambda: carry_out(Grant(schools=(MOVES,), choices=(("RIO", "Leerspoor"),), start_date=today()), actor=bram)
    )
    assert written.wait(PATIENCE)
    closing = Beside(close)
    wait_until(lambda: waiting_for_a_lock() or not closing.is_alive())
    may_commit.set()
    giving.join()
    closing.join()

    assert len(giving.outcome) == 1
    assert closing.outcome.board.number == "99002"
    assert valid_after_the_closing_day() == []


# --- Two at the same moment -------------------------------------------------------------------------------------------


def assert_one_succeeds(outcomes: list, refusal: type[Refused], text: str) -> None:
    """Exactly one of the two did it; the other was told in Dutch."""
    (refused,) = (outcome for outcome in outcomes if isinstance(outcome, Exception))
    assert len(outcomes) == 2
    assert type(refused) is refusal
    assert text in str(refused)


def test_of_two_who_give_the_same_mandate_one_is_told_that_it_is_there(regenboog):
    """D2"""
    outcomes = meeting_at(lock_board, *[lambda: carry_out(GRANT, actor=regenboog.anke)] * 2)

    assert_one_succeeds(outcomes, Refused, "Leerspoor heeft voor RIO al een mandaat")
    assert Mandate.objects.count() == 1
    assert_in_order()


def test_without_the_lock_on_the_board_the_second_would_be_refused_without_words(regenboog, monkeypatch):
    """D2: the negative control of the test above. The database still refuses the overlap."""
    module = importlib.import_module("mandates.actions.previews")
    both = Barrier(2)
    carry = module._carry_out

    def when_both_have_looked(*arguments) -> list[Mandate]:
        both.wait(PATIENCE)
        return carry(*arguments)

    monkeypatch.setattr(module, "lock_own_board", lambda actor: module._own_board(actor, Board.objects.all()))
    monkeypatch.setattr(module, "_carry_out", when_both_have_looked)

    outcomes = at_once(*[lambda: carry_out(GRANT, actor=regenboog.anke)] * 2)

    (error,) = (outcome for outcome in outcomes if isinstance(outcome, Exception))
    assert isinstance(error, IntegrityError | OperationalError), "an overlap, or a deadlock over it"
    assert Mandate.objects.count() == 1


def test_of_two_who_revoke_a_mandate_one_is_told_that_it_has_ended(regenboog, mandate):
    """D9"""
    outcomes = meeting_at(lock_board, *[lambda: revoke_mandate(actor=regenboog.anke, mandate=mandate)] * 2)

    assert_one_succeeds(outcomes, Refused, "Dit mandaat is al beëindigd")
    assert Entry.objects.filter(type="mandate.revoked").count() == 1


def test_of_two_who_confirm_one_preview_one_is_told_what_changed(regenboog, mandate):
    """D11"""
    seen = preview(Copy(mandate=mandate.uuid, schools=("99AB",)), actor=regenboog.anke)

    outcomes = meeting_at(lock_board, *[lambda: confirm(seen, actor=regenboog.anke)] * 2)

    assert_one_succeeds(outcomes, RegisterChanged, "Het register is intussen veranderd")
    assert Mandate.objects.filter(school__brin="99AB").count() == 1


def test_of_two_who_undo_the_same_one_is_told_that_it_was_done(regenboog, mandate):
    """D13"""
    confirm(preview(Copy(mandate=mandate.uuid, schools=("99AB",)), actor=regenboog.anke), actor=regenboog.anke)
    copied = Entry.objects.get(type="mandate.copied").transaction_id

    outcomes = meeting_at(lock_board, *[lambda: undo(actor=regenboog.anke, transaction_id=copied)] * 2)

    assert_one_succeeds(outcomes, Refused, "Dit is al ongedaan gemaakt.")
    assert Entry.objects.filter(type="mandate.undone").count() == 1


def test_who_undoes_a_revocation_when_it_was_just_given_anew_is_told_that_it_is_there(regenboog, mandate):
    """D2, D13"""
    revoke_mandate(actor=regenboog.anke, mandate=mandate)
    revoked = Entry.objects.get(type="mandate.revoked").transaction_id

    outcomes = meeting_at(
        lock_board,
        lambda: carry_out(GRANT, actor=regenboog.anke),
        lambda: undo(actor=regenboog.anke, transaction_id=revoked),
    )

    assert_one_succeeds(outcomes, Refused, "al een mandaat")
    assert_in_order()


def test_of_two_who_take_over_a_mandate_one_is_told_that_it_was_taken_over(transactional_db):
    """D20"""
    regenboog, bram = two_boards()
    (mandate,) = carry_out(GRANT, actor=regenboog.anke)
    move("99AA", "99002")

    def take_over() -> list[Mandate]:
        return carry_out(TakeOver(mandates=(mandate.uuid,)), actor=bram)

    outcomes = meeting_at(lambda: lock_board("99002"), take_over, take_over)

    assert_one_succeeds(outcomes, Refused, "al overgenomen")
    assert Entry.objects.filter(type="mandate.taken_over").count() == 1
    assert_in_order()


def test_of_two_registrations_of_one_system_for_a_routing_id_one_is_told_that_it_is_taken(regenboog, mandate):
    """D18"""

    def registering() -> Endpoint:
        return register_endpoint(
            actor=supplier(regenboog.las),
            system=regenboog.las,
            token=mandate.token,
            registration=endpoint_of(regenboog.school, regenboog.rio_version.namespace, number=1),
        )

    outcomes = meeting_at(lambda: Mandate.objects.select_for_update().get(), registering, registering)

    assert_one_succeeds(outcomes, Refused, "al een afleveradres")
    assert Endpoint.objects.count() == 1


def test_of_two_systems_that_register_one_routing_id_one_is_told_that_it_is_taken(regenboog, mandate):
    """D18: each has a mandate of its own, so they meet at the school's routing ids only."""
    other = make.MandateFactory(school=regenboog.school, service=regenboog.rio, system=regenboog.other_las)
    registration = endpoint_of(regenboog.school, regenboog.rio_version.namespace, number=1)

    def registering(own: Mandate) -> Callable[[], Endpoint]:
        return lambda: register_endpoint(
            actor=supplier(own.system), system=own.system, token=own.token, registration=registration
        )

    outcomes = meeting_at(lock_routing_ids(regenboog), registering(mandate), registering(other))

    assert_one_succeeds(outcomes, Refused, "al een afleveradres")
    assert Endpoint.objects.count() == 1


def lock_routing_ids(regenboog: Regenboog) -> Callable[[], None]:
    return lambda: read("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", regenboog.school.oin) and None


def test_a_routing_id_is_never_handed_out_twice_however_many_ask_at_once(regenboog, mandate):
    """api-v2.md, Endpoints"""

    def asking() -> str:
        return hand_out_routing_id(actor=supplier(regenboog.las), system=regenboog.las, school=regenboog.school)

    outcomes = at_once(*[asking] * ACTORS)

    assert sorted(outcomes) == [f"0000000700099AA00{number:03}" for number in range(1, ACTORS + 1)]


def test_a_routing_id_that_is_just_being_registered_is_not_handed_out(regenboog, mandate):
    """api-v2.md, Endpoints"""

    def registering() -> Endpoint:
        return register_endpoint(
            actor=supplier(regenboog.las),
            system=regenboog.las,
            token=mandate.token,
            registration=endpoint_of(regenboog.school, regenboog.rio_version.namespace, number=1),
        )

    def asking() -> str:
        return hand_out_routing_id(actor=supplier(regenboog.las), system=regenboog.las, school=regenboog.school)

    endpoint, routing_id = meeting_at(lock_routing_ids(regenboog), registering, asking)

    assert (endpoint.routing_id, routing_id) == ("0000000700099AA00001", "0000000700099AA00002")


# --- After a confirmed revocation nobody hears yes (D16, R1) ----------------------------------------------------------

# How many checks fall wholly between a confirmed revocation and the next grant.
TRIALS = int(os.environ.get("OSR_RACE_TRIALS", "2000"))
CHECKS_PER_REVOCATION = 20
READERS_PER_SCHOOL = 2

Check = Callable[[Regenboog, School], bool]


def ask(regenboog: Regenboog, school: School) -> bool:
    """The register's own answer: is the LAS mandated for RIO at this school, today?"""
    return check_mandate(
        Caller(key_digest=digest_of(regenboog.TEST_KEY), certificate_oin=None),
        school_oin=school.oin,
        supplier_oin=regenboog.las.supplier.oin,
        day=today(),
        service_code="RIO",
    ).mandated


def ask_through_a_cache(seconds: float) -> Check:
    """What must not be: an answer that is remembered, however shortly."""
    remembered: dict[str, tuple[float, bool]] = {}

    def ask_or_remember(regenboog: Regenboog, school: School) -> bool:
        until, answer = remembered.get(school.brin, (0, False))
        if time.monotonic() < until:
            time.sleep(0.001)
            return answer
        answer = ask(regenboog, school)
        remembered[school.brin] = time.monotonic() + seconds, answer
        return answer

    return ask_or_remember


class Race:
    """One writer per school revokes and gives anew while readers ask; until there were enough trials, or one is stale.

    A trial is a check that is asked after a revocation was confirmed and answered before the mandate is given anew.
    """

    def __init__(self, regenboog: Regenboog, check: Check) -> None:
        """Run it."""
        self.regenboog, self.check = regenboog, check
        schools = [regenboog.school, regenboog.other_school]
        # Per school: how many times it was revoked, while it is; None while it is not.
        self.revoked: dict[str, int | None] = {school.brin: None for school in schools}
        # The answers of all trials; the trials of the school's present revocation; the times that it was heard yes of.
        self.answers: Counter[bool] = Counter()
        self.trials: Counter[str] = Counter()
        self.heard_yes: Counter[str] = Counter()
        self._counting = Lock()
        works = [partial(self.write, school) for school in schools]
        works += [partial(self.ask, school) for school in schools] * READERS_PER_SCHOOL
        assert at_once(*works) == [None] * len(works)

    def is_over(self) -> bool:
        return self.answers[True] > 0 or self.answers.total() >= TRIALS

    def write(self, school: School) -> None:
        """Give, wait until a reader heard yes, revoke, and wait until enough have asked; again and again."""
        anke, times = self.regenboog.anke, 0
        intent = Grant(schools=(school.brin,), choices=GRANT.choices, start_date=today())
        while not self.is_over():
            (mandate,) = carry_out(intent, actor=anke)
            heard = self.heard_yes[school.brin]
            self._wait_until(lambda heard=heard: self.heard_yes[school.brin] > heard)
            revoke_mandate(actor=anke, mandate=mandate)
            times += 1
            with self._counting:
                self.trials[school.brin] = 0
                self.revoked[school.brin] = times
            self._wait_until(lambda: self.trials[school.brin] >= CHECKS_PER_REVOCATION)
            self.revoked[school.brin] = None

    def _wait_until(self, is_so: Callable[[], bool]) -> None:
        wait_until(lambda: is_so() or self.is_over())

    def ask(self, school: School) -> None:
        """Ask, again and again."""
        while not self.is_over():
            before = self.revoked[school.brin]
            answer = self.check(self.regenboog, school)
            with self._counting:
                if before is None:
                    self.heard_yes[school.brin] += answer
                elif self.revoked[school.brin] == before:
                    self.trials[school.brin] += 1
                    self.answers[answer] += 1


def test_after_a_confirmed_revocation_no_check_says_yes(regenboog):
    """R1, D16: not once, while four ask all the time and two revoke and give anew."""
    race = Race(regenboog, ask)

    assert race.answers[True] == 0
    assert race.answers[False] >= TRIALS
    assert all(race.heard_yes.values()), "in between the answer was yes"


def test_a_cache_of_a_twentieth_of_a_second_would_say_yes_after_a_revocation(regenboog):
    """R1: the negative control of the test above."""
    race = Race(regenboog, ask_through_a_cache(seconds=0.05))

    assert race.answers[True] > 0
