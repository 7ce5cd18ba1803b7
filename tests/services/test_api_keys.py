"""API keys: given by support, shown once, rotated with an overlap, revoked for good (quality.md, Security; D14, A8)."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from journal.acts import Actor, ActorKind, Refused, act, register
from journal.clock import today
from journal.models import Entry
from mandates.checks import Answer, Caller, Refusal, check_mandate
from mandates.register_file import as_yaml, dump, load
from services.actions import (
    LONGEST_KEY_NAME,
    MOST_NAMES,
    IssuedKey,
    end_of_day,
    issue_key,
    revoke_key,
    rotate_key,
)
from services.keys import digest_of
from services.models import ApiKey, System
from tests import factories as make
from tests.faults import meeting_at
from tests.register import Regenboog

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
TOETSPLEIN = "00000099000000000003"
SAM = Actor(kind=ActorKind.SUPPORT, name="Sam Jansen", reason="Nieuwe aansluiting")
MEMORY = replace(SAM, reason="")
# A declared act, for what the database keeps by itself.
DECLARED = """
SELECT set_config('osr.act', '{"type": "api_key.changed", "actor": {"kind": "support", "name": "Sam"}}', true);
"""


@pytest.fixture
def system(db) -> System:
    return make.SystemFactory(name="Toetsplein", supplier__name="Toetsplein BV", supplier__oin=TOETSPLEIN)


@pytest.fixture
def issued(system) -> IssuedKey:
    return issue_key(actor=SAM, system=system, name="productie")


def problems_of(action, **arguments) -> set[str]:
    """The kinds of problem for which an action is refused; checks that nothing has changed then."""
    before = Entry.objects.count()
    with pytest.raises(Refused) as refused:
        action(**{"actor": SAM} | arguments)
    assert Entry.objects.count() == before
    assert all(problem.text.endswith(".") for problem in refused.value.problems)
    return {problem.kind for problem in refused.value.problems}


def opens(secret: str) -> bool:
    """Whether the API knows the key, now."""
    response = Client().get(
        "/api/v2/mandates",
        {"school_oin": "0000000700099AA00000", "supplier_oin": "00000099000000000001", "service_code": "RIO"},
        headers={"API-Key": secret},
    )
    assert response.status_code in (401, 404)
    return response.status_code == 404


# --- Issuing ----------------------------------------------------------------------------------------------------------


def test_support_gives_a_system_a_key_that_opens_the_api(system, issued):
    assert opens(issued.secret)
    assert issued.secret.startswith("osr_")
    assert issued.api_key.system == system
    assert issued.api_key.digest == digest_of(issued.secret)
    assert not opens(issued.secret[:-1])


def test_a_key_works_a_year_unless_a_sooner_day_is_chosen(system, issued):
    sooner = end_of_day(today() + 90 * DAY)

    assert issued.api_key.expires_at == end_of_day(today() + 365 * DAY)
    assert issue_key(actor=SAM, system=system, name="proef", expires_at=sooner).api_key.expires_at == sooner


@time_machine.travel("2026-03-20T12:00:00Z", tick=False)
def test_the_last_day_of_a_key_ends_at_midnight_in_amsterdam(settings, system):
    """Also when the clocks went forward since."""
    settings.OSR_API_KEY_DAYS = 10

    issued = issue_key(actor=SAM, system=system, name="productie")

    assert issued.api_key.expires_at == datetime(2026, 3, 30, 22, tzinfo=UTC)


def test_all_that_is_wrong_with_a_key_is_said_at_once(system):
    """A8: the supplier did not sign the terms either."""
    with act("supplier.changed", actor=make.TESTS):
        type(system.supplier).objects.update(connected_on=None)
    for number in range(MOST_NAMES):
        make.ApiKeyFactory(system=system, name=f"locatie {number}", key=f"osr_{number}")

    asked = {"actor": MEMORY, "system": system, "name": " \t", "expires_at": timezone.now()}

    kinds = {"no_reason", "not_connected", "no_name", "too_many", "expired_already"}
    assert problems_of(issue_key, **asked) == kinds


@pytest.mark.parametrize("connected_on", [None, today() + DAY])
def test_a_supplier_that_did_not_sign_the_terms_gets_no_key(connected_on):
    """A8"""
    system = make.SystemFactory(supplier__connected_on=connected_on)

    assert problems_of(issue_key, system=system, name="productie") == {"not_connected"}
    key = make.ApiKeyFactory(system=system)
    assert problems_of(rotate_key, key=key) == {"not_connected"}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("", "no_name"),
        ("x" * (LONGEST_KEY_NAME + 1), "long_name"),
        ("pro\nductie", "wrong_name"),
        ("Productie ", "name_taken"),
    ],
)
def test_a_key_has_a_name_of_its_own_within_its_system(system, issued, name, kind):
    assert problems_of(issue_key, system=system, name=name) == {kind}


def test_a_name_is_free_for_another_system_and_when_its_key_works_no_longer(system, issued):
    issue_key(actor=SAM, system=make.SystemFactory(), name="productie")
    revoke_key(actor=SAM, key=issued.api_key)

    again = issue_key(actor=SAM, system=system, name="productie")

    assert opens(again.secret)
    assert not opens(issued.secret)


def test_a_key_does_not_work_longer_than_a_key_may(system, issued):
    late = end_of_day(today() + 366 * DAY)

    assert problems_of(issue_key, system=system, name="proef", expires_at=late) == {"long_life"}
    assert problems_of(rotate_key, key=issued.api_key, expires_at=late) == {"long_life"}
    assert problems_of(rotate_key, key=issued.api_key, expires_at=timezone.now()) == {"expired_already"}


def test_a_system_has_so_many_working_keys_and_no_more(system):
    """What works no longer does not count, and a key that is being replaced counts once."""
    make.ApiKeyFactory(system=system, name="oud", key="osr_oud", revoked_at=timezone.now())
    make.ApiKeyFactory(system=system, name="ouder", key="osr_ouder", expires_at=timezone.now() - DAY)
    first, *_ = [issue_key(actor=SAM, system=system, name=f"locatie {number}") for number in range(MOST_NAMES)]

    assert problems_of(issue_key, system=system, name="nog een") == {"too_many"}
    assert rotate_key(actor=SAM, key=first.api_key)
    revoke_key(actor=SAM, key=system.api_keys.get(name="locatie 1"))
    assert issue_key(actor=SAM, system=system, name="nog een")


@pytest.mark.parametrize("kind", [ActorKind.ADMINISTRATOR, ActorKind.SUPPLIER, ActorKind.REGISTER])
def test_only_support_has_to_do_with_keys(system, issued, kind):
    """Who may not learns nothing of the keys there are."""
    actor = Actor(kind=kind, name="Anke de Vries", board_number="99001", reason="Zomaar")

    assert problems_of(issue_key, actor=actor, system=system, name="productie") == {"not_allowed"}
    assert problems_of(rotate_key, actor=actor, key=issued.api_key) == {"not_allowed"}
    assert problems_of(revoke_key, actor=actor, key=issued.api_key) == {"not_allowed"}


def test_support_says_why(system, issued):
    """D14"""
    assert problems_of(issue_key, actor=MEMORY, system=system, name="proef") == {"no_reason"}
    assert problems_of(rotate_key, actor=MEMORY, key=issued.api_key) == {"no_reason"}
    assert problems_of(revoke_key, actor=MEMORY, key=issued.api_key) == {"no_reason"}


# --- Rotating ---------------------------------------------------------------------------------------------------------


def test_old_and_new_key_both_work_during_the_overlap(issued):
    # The check goes by the clock of the database, which does not travel; so the rotation is what lies in the past.
    with time_machine.travel(timezone.now() - 3 * DAY, tick=False):
        new = rotate_key(actor=SAM, key=issued.api_key, overlap=4 * DAY)

    assert opens(issued.secret)
    assert opens(new.secret)


def test_after_the_overlap_only_the_new_key_works(issued):
    with time_machine.travel(timezone.now() - 3 * DAY, tick=False):
        new = rotate_key(actor=SAM, key=issued.api_key, overlap=2 * DAY)

    assert not opens(issued.secret)
    assert opens(new.secret)


def test_without_overlap_the_old_key_stops_at_once(issued):
    with time_machine.travel(timezone.now() - DAY, tick=False):
        new = rotate_key(actor=SAM, key=issued.api_key, overlap=timedelta(0))
        assert new.replaced.expires_at == timezone.now()

    assert not opens(issued.secret)
    assert opens(new.secret)


def test_a_new_key_has_the_system_and_the_name_of_the_old_one_and_a_year_of_its_own(issued):
    with time_machine.travel(timezone.now() + 300 * DAY, tick=False):
        new = rotate_key(actor=SAM, key=issued.api_key)
        assert new.api_key.expires_at == end_of_day(today() + 365 * DAY)
        assert new.replaced.expires_at == timezone.now() + 30 * DAY

    assert (new.api_key.system, new.api_key.name) == (issued.api_key.system, "productie")
    assert new.replaced == issued.api_key
    assert new.secret != issued.secret


def test_an_overlap_never_lets_a_key_work_longer_than_it_would(issued):
    expires_at = issued.api_key.expires_at

    with time_machine.travel(expires_at - 10 * DAY, tick=False):
        rotate_key(actor=SAM, key=issued.api_key)

    issued.api_key.refresh_from_db()
    assert issued.api_key.expires_at == expires_at
    assert issued.api_key.entry.type == "api_key.issued"


def test_a_key_without_end_gets_one_when_it_is_replaced(system):
    key = make.ApiKeyFactory(system=system)

    with time_machine.travel(timezone.now(), tick=False):
        rotate_key(actor=SAM, key=key, overlap=DAY)
        key.refresh_from_db()
        assert key.expires_at == timezone.now() + DAY


@pytest.mark.parametrize("overlap", [timedelta(seconds=-1), timedelta(days=30, seconds=1), timedelta.max])
def test_an_overlap_has_its_bounds(issued, overlap):
    assert problems_of(rotate_key, key=issued.api_key, overlap=overlap) == {"wrong_overlap"}


def test_a_key_that_works_no_longer_is_not_replaced(system, issued):
    expired = make.ApiKeyFactory(system=system, name="oud", key="osr_oud", expires_at=timezone.now() - DAY)
    revoke_key(actor=SAM, key=issued.api_key)

    assert problems_of(rotate_key, key=expired) == {"not_usable"}
    assert problems_of(rotate_key, key=issued.api_key) == {"not_usable"}


def test_a_key_is_replaced_once_and_the_next_time_it_is_the_new_one(issued):
    """At most two keys of one name work at once."""
    second = rotate_key(actor=SAM, key=issued.api_key)

    assert problems_of(rotate_key, key=issued.api_key) == {"replaced_already"}
    assert problems_of(rotate_key, key=second.api_key) == {"overlap_runs"}

    with time_machine.travel(timezone.now() + 31 * DAY, tick=False):
        assert rotate_key(actor=SAM, key=second.api_key).replaced == second.api_key


def test_a_new_key_that_leaked_is_revoked_and_the_old_one_replaced_again(issued):
    leaked = rotate_key(actor=SAM, key=issued.api_key)
    revoke_key(actor=SAM, key=leaked.api_key)

    third = rotate_key(actor=SAM, key=issued.api_key)

    assert [opens(each.secret) for each in (issued, leaked, third)] == [True, False, True]


# --- Revoking ---------------------------------------------------------------------------------------------------------


def test_a_revoked_key_works_no_longer_from_that_moment(issued):
    """D16"""
    assert opens(issued.secret)

    revoke_key(actor=SAM, key=issued.api_key)

    assert not opens(issued.secret)


def test_a_revoked_key_never_comes_back(issued, run_sql):
    """D14: not by an action, and the database keeps it as well, also from who owns the tables."""
    revoke_key(actor=SAM, key=issued.api_key)

    assert problems_of(revoke_key, key=issued.api_key) == {"revoked_already"}
    for moment in ("NULL", "now() + interval '1 day'", "now() - interval '1 day'"):
        change = f"UPDATE services_apikey SET revoked_at = {moment}"
        with pytest.raises(IntegrityError, match="stays so"):
            run_sql(DECLARED + change, as_owner=True)
    assert not opens(issued.secret)


def test_a_key_that_is_being_replaced_can_be_revoked_before_its_overlap_ends(issued):
    new = rotate_key(actor=SAM, key=issued.api_key)

    revoke_key(actor=SAM, key=issued.api_key)

    assert not opens(issued.secret)
    assert opens(new.secret)


# --- What the database keeps ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("expires_at = NULL", "never works longer"),
        ("expires_at = expires_at + interval '1 second'", "never works longer"),
        ("name = ''", "api_key_has_a_name"),
        ("name = E' \\t'", "api_key_has_a_name"),
        ("digest = repeat('a', 64)", "D14"),
        ("system_id = system_id + 1", "D14"),
        ("expires_at = '-infinity'", "api_key_moments_are_of_this_era"),
        ("revoked_at = 'infinity'", "api_key_moments_are_of_this_era"),
    ],
)
def test_the_database_keeps_what_a_key_is_and_that_it_ends_no_later(issued, run_sql, change, why):
    """D14"""
    with pytest.raises(IntegrityError, match=why):
        run_sql(DECLARED + f"UPDATE services_apikey SET {change}")


def test_a_key_may_end_sooner(issued):
    with act("api_key.changed", actor=register("registerbestand")):
        ApiKey.objects.update(expires_at=timezone.now() - DAY)

    assert not opens(issued.secret)


def test_only_a_register_file_brings_a_key_without_end(system):
    def bring(actor: Actor) -> ApiKey:
        with act("api_key.added", actor=actor):
            return ApiKey.objects.create(system=system, name="proef", digest=digest_of("osr_proef"))

    for kind in (ActorKind.SUPPORT, ActorKind.SUPPLIER, ActorKind.ADMINISTRATOR):
        with pytest.raises(IntegrityError, match="has an end"), transaction.atomic():
            bring(Actor(kind=kind, name="Sam Jansen"))
    assert bring(register("registerbestand")).expires_at is None


# --- What is remembered, and what never -------------------------------------------------------------------------------


def test_every_change_to_a_key_is_remembered_with_whom_it_concerns(system, issued):
    """D14"""
    new = rotate_key(actor=replace(SAM, reason="Jaarlijks"), key=issued.api_key)
    revoke_key(actor=replace(SAM, reason="Gelekt"), key=issued.api_key)

    def story(key: ApiKey) -> list[tuple[str, str, str]]:
        entries = Entry.objects.about("api_key", str(key.pk))
        assert all(entry.suppliers == [system.supplier.oin] for entry in entries)
        return [(entry.type, entry.actor["name"], entry.reason) for entry in entries]

    assert story(issued.api_key) == [
        ("api_key.issued", "Sam Jansen", "Nieuwe aansluiting"),
        ("api_key.replaced", "Sam Jansen", "Jaarlijks"),
        ("api_key.revoked", "Sam Jansen", "Gelekt"),
    ]
    assert story(new.api_key) == [("api_key.issued", "Sam Jansen", "Jaarlijks")]


def test_a_key_stands_in_no_journal_log_query_row_or_repr(system, caplog):
    """quality.md, Security: shown once, stored as SHA-256; of the digest the journal keeps nothing either."""
    with caplog.at_level(logging.DEBUG), CaptureQueriesContext(connection) as queries:
        issued = issue_key(actor=SAM, system=system, name="productie")
        new = rotate_key(actor=SAM, key=issued.api_key)
        opens(new.secret)
        revoke_key(actor=SAM, key=new.api_key)

    entries = str(list(Entry.objects.values()))
    rows = str(list(ApiKey.objects.values()))
    said = f"{issued!r} {issued} {issued.api_key!r} {vars(issued.api_key)} {new!r} {new.replaced!r}"
    everywhere = "\n".join([entries, rows, said, caplog.text, *(query["sql"] for query in queries.captured_queries)])
    assert digest_of(new.secret) in everywhere
    for key in (issued, new):
        assert key.secret not in everywhere
        assert key.secret.removeprefix("osr_") not in everywhere
        assert digest_of(key.secret) not in entries
        assert digest_of(key.secret) not in said.replace(str(vars(issued.api_key)), "")


# --- Keys in a register file ------------------------------------------------------------------------------------------


def load_keys(keys: str) -> None:
    """Load a register file with these keys of the system."""
    suppliers = f'suppliers: [{{oin: "{TOETSPLEIN}", systems: [{{name: Toetsplein, api_keys: [{keys}]}}]}}]'
    load({"register.yaml": suppliers.encode()})


def test_keys_that_a_file_does_not_name_do_not_replace_each_other(system):
    load_keys("osr_een, osr_twee")
    load_keys("osr_een, osr_drie")

    assert sorted(system.api_keys.values_list("name", flat=True)) == [
        "uit een registerbestand",
        "uit een registerbestand (2)",
        "uit een registerbestand (3)",
    ]
    for key in system.api_keys.all():
        assert rotate_key(actor=SAM, key=key)


@pytest.mark.parametrize("later", ["", "2027-01-01T00:00:00.000001Z"])
def test_a_file_does_not_let_a_key_work_longer(system, later):
    load_keys("{key: osr_een, expires_at: 2027-01-01T00:00:00Z}")

    with pytest.raises(Refused, match="een sleutel werkt nooit langer dan hij al zou"):
        load_keys(f"{{key: osr_een, expires_at: {later}}}")
    load_keys("{key: osr_een, expires_at: 2026-01-01T00:00:00Z}")
    assert not opens("osr_een")


def test_a_file_gives_a_key_no_empty_name(system):
    with pytest.raises(Refused, match="deze tekst is leeg"):
        load_keys("{key: osr_een, name: ' '}")


def test_dumped_and_loaded_keys_work_and_are_replaced_as_before(system):
    with transaction.atomic():
        issued = [issue_key(actor=SAM, system=system, name=name) for name in ("a", "b", "c", "d", "e")]
        new = [rotate_key(actor=SAM, key=each.api_key) for each in issued]
        revoke_key(actor=SAM, key=issued[0].api_key)
        dumped = as_yaml(dump())
        transaction.set_rollback(True)
    assert not ApiKey.objects.exists()

    load({"register.yaml": dumped.encode()})

    assert as_yaml(dump()) == dumped
    assert [opens(each.secret) for each in issued] == [False, True, True, True, True]
    assert all(opens(each.secret) for each in new)
    for each in issued[1:]:
        key = ApiKey.objects.get(digest=digest_of(each.secret))
        assert problems_of(rotate_key, key=key) == {"replaced_already"}


# --- Which keys work --------------------------------------------------------------------------------------------------


def test_usable_says_the_same_as_the_check(regenboog):
    now = timezone.now()
    moments = (None, now - DAY, now + DAY)
    keys = {f"osr_{n}": (moments[n % 3], moments[n // 3]) for n in range(9)}
    for key, (expires_at, revoked_at) in keys.items():
        make.ApiKeyFactory(system=regenboog.las, key=key, expires_at=expires_at, revoked_at=revoked_at)

    usable = set(ApiKey.objects.usable(now).values_list("digest", flat=True))

    for key in keys:
        caller = Caller(key_digest=digest_of(key), certificate_oin=None)
        answer = check_mandate(
            caller, school_oin=regenboog.school.oin, supplier_oin=regenboog.las.supplier.oin, day=today()
        )
        assert isinstance(answer, Answer) == (digest_of(key) in usable)
        assert isinstance(answer, Answer) or answer is Refusal.UNKNOWN_KEY
    assert len(usable & {digest_of(key) for key in keys}) == 2


def test_a_key_works_up_to_the_moment_at_which_it_expires(system):
    key = make.ApiKeyFactory(system=system, expires_at="2026-06-01T00:00Z")
    end = datetime(2026, 6, 1, tzinfo=UTC)

    assert ApiKey.objects.usable(end - timedelta(microseconds=1)).get() == key
    assert not ApiKey.objects.usable(end).exists()


# --- Many at once -----------------------------------------------------------------------------------------------------


@pytest.fixture
def committed(transactional_db) -> IssuedKey:
    regenboog = Regenboog()
    return issue_key(actor=SAM, system=regenboog.las, name="productie")


def lock_system_of(issued: IssuedKey):
    return lambda: System.objects.select_for_update(no_key=True).get(pk=issued.api_key.system_id)


@pytest.mark.django_db(transaction=True)
def test_of_two_rotations_at_once_one_is_told_that_the_other_was_first(committed):
    outcomes = meeting_at(lock_system_of(committed), *[lambda: rotate_key(actor=SAM, key=committed.api_key)] * 2)

    (new,) = [outcome for outcome in outcomes if isinstance(outcome, IssuedKey)]
    (refused,) = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert [problem.kind for problem in refused.problems] == ["replaced_already"]
    assert list(ApiKey.objects.filter(name="productie").order_by("pk")) == [committed.api_key, new.api_key]


@pytest.mark.django_db(transaction=True)
def test_of_two_keys_of_one_name_at_once_one_is_refused(committed):
    system = committed.api_key.system

    outcomes = meeting_at(lock_system_of(committed), *[lambda: issue_key(actor=SAM, system=system, name="proef")] * 2)

    assert [problem.kind for problem in outcomes[1].problems] == ["name_taken"]
    assert system.api_keys.filter(name="proef").get() == outcomes[0].api_key


@pytest.mark.django_db(transaction=True)
def test_a_key_that_is_revoked_while_it_is_replaced_gets_no_successor(committed):
    outcomes = meeting_at(
        lock_system_of(committed),
        lambda: revoke_key(actor=SAM, key=committed.api_key),
        lambda: rotate_key(actor=SAM, key=committed.api_key),
    )

    assert [problem.kind for problem in outcomes[1].problems] == ["not_usable"]
    assert ApiKey.objects.filter(name="productie").get().revoked_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_key_that_a_register_file_revokes_meanwhile_is_not_replaced(committed):
    """A register file does not lock systems: the key itself is locked too."""

    def revoke_as_a_file_does() -> None:
        with act("api_key.revoked", actor=register("registerbestand")):
            ApiKey.objects.filter(pk=committed.api_key.pk).update(revoked_at=timezone.now())

    (outcome,) = meeting_at(revoke_as_a_file_does, lambda: rotate_key(actor=SAM, key=committed.api_key))

    assert [problem.kind for problem in outcome.problems] == ["not_usable"]
