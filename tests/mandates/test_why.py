"""Why an answer is or was yes or no: the explanation, and the command that prints it (D15)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from journal.acts import Actor, ActorKind, act, register
from journal.clock import today
from mandates.actions import ChangeEnd, Grant, Switch, carry_out, revoke_mandate
from mandates.checks import Caller, check_mandate
from mandates.explanation import Explanation, ForSupplier, Question, Verdict, as_text, explain, question_of
from mandates.models import Check, Mandate
from mandates.wording import day_in_words, exact_moment_in_words
from schools.actions import close_school
from schools.models import Board, FormerBoard, School
from schools.numbers import school_oin
from services.actions import issue_key, revoke_key
from services.keys import digest_of
from services.models import Qualification, Service, Supplier
from tests import factories as make
from tests.register import Regenboog

# Moments count, so each change is a transaction of its own, as it is for a person.
pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)
LEERSPOOR, KLASBOEK = "00000099000000000001", "00000099000000000002"
SUPPORT = Actor(kind=ActorKind.SUPPORT, name="Sam Jansen", board_number="99001", reason="Gebeld door Anke")


def now() -> datetime:
    """The database's clock: entries and checks carry its moments."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def why(reader=None, **asked) -> Explanation:
    """The explanation of a check about De Regenboog, RIO and Leerspoor BV, today and now unless said otherwise."""
    question = {"brin": "99AA", "service_code": "RIO", "supplier_oin": LEERSPOOR, "day": today(), "moment": now()}
    return explain(Question(**question | asked), **({"reader": reader} if reader else {}))


def given(regenboog: Regenboog, system: str = "Leerspoor", service: str = "RIO", **values) -> Mandate:
    """A mandate that Anke de Vries gave to De Regenboog, from today unless said otherwise."""
    grant = {"schools": ("99AA",), "choices": ((service, system),), "start_date": today()} | values
    (mandate,) = carry_out(Grant(**grant), actor=regenboog.anke if grant["start_date"] >= today() else SUPPORT)
    return mandate


def moment_of(mandate: Mandate) -> datetime:
    """When the mandate was last changed."""
    return Mandate.objects.get(pk=mandate.pk).entry.moment


def asked(key: str = Regenboog.LAS_KEY, **values) -> Check:
    """A check that was really made and recorded."""
    question = {"school_oin": school_oin("99AA"), "supplier_oin": LEERSPOOR, "day": today(), "service_code": "RIO"}
    answer = check_mandate(Caller(key_digest=digest_of(key), certificate_oin=None), **question | values)
    return Check.objects.get(id=answer.check_id)


def move(school: School) -> Board:
    """Let a school go to a board of its own, Stichting De Linde, as an import does (D20)."""
    linde = make.BoardFactory(number="99002", name="Stichting De Linde")
    make.AgreementFactory(board=linde, kind="OSR")
    with act("school.moved", actor=register("DUO-import")):
        school.board = linde
        school.save()
    return linde


def only_reason(**asked) -> str:
    """The reason for no, when there is one."""
    explanation = why(**asked)
    assert not explanation.mandated
    assert explanation.opening.startswith("NEE: ")
    (reason,) = explanation.reasons
    return reason


# --- Yes --------------------------------------------------------------------------------------------------------------


def test_yes_is_said_in_one_sentence_with_the_mandate_that_makes_it_so(regenboog):
    mandate = given(regenboog, end_date=today() + 30 * DAY)

    explanation = why()

    assert explanation.mandated
    assert explanation.opening == (
        f"JA: Leerspoor BV (OIN {LEERSPOOR}) heeft voor De Regenboog (99AA) een mandaat voor RIO "
        f"dat geldt op {day_in_words(today())}."
    )
    assert explanation.reasons == [
        f"Leerspoor heeft een mandaat vanaf {day_in_words(today())} tot en met {day_in_words(today() + 30 * DAY)}, "
        f"gegeven door bestuur 99001 op {exact_moment_in_words(moment_of(mandate))}. Mandaat {mandate.uuid}."
    ]
    assert [(each.mandate, each.counted, each.end_date) for each in explanation.mandates] == [
        (mandate, True, today() + 30 * DAY)
    ]
    assert explanation.notes == []


def test_yes_says_that_it_is_limited_to_a_location(regenboog):
    """D3"""
    given(regenboog, locations=("99AA01",))

    assert "Let op: het geldt alleen voor vestiging 99AA01." in why().reasons[1]


def test_yes_says_that_the_board_gave_it_for_all_its_schools(regenboog):
    """D1"""
    given(regenboog, service="BST")

    assert "Leerspoor heeft een mandaat voor heel bestuur 99001 vanaf" in why(service_code="BST").reasons[0]


def test_yes_in_the_grace_period_says_until_when(regenboog, settings):
    """D20: for a mandate of the school, and for one of its former board."""
    given(regenboog)
    given(regenboog, service="BST", start_date=today() - 5 * DAY)
    move(regenboog.school)
    last = day_in_words(today() + settings.OSR_GRACE_DAYS * DAY)

    assert f"van het vorige bestuur geldt daarna nog tot en met {last}" in why().reasons[1]
    assert f"telt voor deze school nog tot en met {last}" in why(service_code="BST").reasons[1]


def test_yes_warns_that_another_system_of_the_supplier_gets_no_token(regenboog):
    """D10: a check asks about a supplier, a mandate is of a system."""
    other = make.SystemFactory(name="Leerspoor Oud", supplier=regenboog.las.supplier)
    make.QualificationFactory(system=other, service=regenboog.rio)
    given(regenboog)

    assert [note for note in why().notes if "token" in note] == [
        "Leerspoor Oud, van dezelfde leverancier, heeft zelf geen mandaat: met een sleutel daarvan is het antwoord "
        "ook ja, maar zonder token."
    ]


# --- No: what the register does not know ------------------------------------------------------------------------------


def test_no_names_all_that_the_register_does_not_know(regenboog):
    unknown = why(brin="99ZZ", service_code="NIETS", supplier_oin="00000099000000000099")

    assert unknown.reasons == [
        "School 99ZZ staat niet in het register.",
        "De dienst NIETS bestaat niet.",
        "Er is geen leverancier met OIN 00000099000000000099.",
    ]


def test_no_because_it_was_not_in_the_register_at_that_moment(regenboog):
    """D15, D19: a school, service and supplier that came later."""
    before = now()
    school = make.SchoolFactory(brin="99AC", board=regenboog.board)
    service, system = make.ServiceFactory(code="ROD"), make.SystemFactory(supplier__oin="00000099000000000009")
    make.MandateFactory(school=school, service=service, system=system)

    explanation = why(brin="99AC", service_code="ROD", supplier_oin="00000099000000000009", moment=before)

    assert [reason.split(" stond toen")[0] for reason in explanation.reasons[:3]] == [
        "School 99AC",
        "De dienst ROD",
        "Leverancier 00000099000000000009",
    ]
    assert "is pas later gegeven, op" in explanation.reasons[3]


def test_no_because_the_namespace_is_of_another_service(regenboog):
    """D17: a check may name the service by the namespace of a version."""
    make.ServiceVersionFactory(service=regenboog.oso, namespace="http://example.nl/oso/1")
    given(regenboog)

    check = asked(service_code="RIO", namespace="http://example.nl/oso/1")
    explanation = explain(question_of(check), check=check)

    assert not check.mandated
    assert explanation.reasons == [
        "Er is gevraagd met namespace http://example.nl/oso/1. Die was toen niet van een versie van RIO."
    ]
    assert explanation.check.verdict == Verdict.AGREES


# --- No: the mandates -------------------------------------------------------------------------------------------------


def test_no_because_there_never_was_a_mandate_and_who_has_one(regenboog):
    given(regenboog, system="Klasboek")

    explanation = why()

    assert explanation.reasons == ["Voor deze school, dienst en leverancier is er nooit een mandaat gegeven."]
    assert explanation.notes == [f"Wel een mandaat op die dag: Klasboek (leverancier Klasboek BV, OIN {KLASBOEK})."]


def test_no_because_it_begins_later(regenboog):
    """D7"""
    mandate = given(regenboog, start_date=today() + 5 * DAY)

    begins = day_in_words(today() + 5 * DAY)
    assert only_reason() == f"Het mandaat van Leerspoor begint pas op {begins}. Mandaat {mandate.uuid}."


def test_no_because_it_was_given_until_an_earlier_day(regenboog):
    given(regenboog, start_date=today() - 5 * DAY, end_date=today() - DAY)

    reason = only_reason()

    assert f"gold tot en met {day_in_words(today() - DAY)}; zo is het gegeven op" in reason
    assert "door Sam Jansen (Kennisnet support, namens bestuur 99001), met als reden: Gebeld door Anke." in reason


def test_no_because_its_end_was_changed(regenboog):
    """D8"""
    mandate = given(regenboog)
    carry_out(ChangeEnd(mandates=(mandate.uuid,), end_date=today() + DAY), actor=regenboog.anke)

    assert f"is geëindigd op {day_in_words(today() + DAY)}; dat is bepaald op" in only_reason(day=today() + 2 * DAY)


def test_no_because_support_revoked_it_and_yes_before_that(regenboog):
    """D9: by whom, when and why; and what the answer was before."""
    mandate = given(regenboog, start_date=today() - DAY)
    before = now()
    revoke_mandate(actor=SUPPORT, mandate=mandate)

    reason = only_reason()

    assert "is ingetrokken op" in reason
    assert (
        "door Sam Jansen (Kennisnet support, namens bestuur 99001), met als reden: Gebeld door Anke. "
        f"Het gold tot en met {day_in_words(today() - DAY)}."
    ) in reason
    then = why(moment=before)
    assert then.mandated
    assert [event.what for event in then.after] == ["mandaat ingetrokken"]
    assert then.notes == [f"Er is daarna iets veranderd: wie nu over {day_in_words(today())} vraagt, hoort nee."]
    assert why(day=today() - DAY).mandated


@pytest.mark.parametrize(
    ("start", "how"), [(0, "is ingetrokken op de dag waarop het inging, op"), (1, "is geannuleerd op")]
)
def test_no_because_it_was_taken_back_before_it_counted(regenboog, start, how):
    """D9"""
    mandate = given(regenboog, start_date=today() + start * DAY)
    revoke_mandate(actor=regenboog.anke, mandate=mandate)

    reason = only_reason(day=today() + 2 * DAY)

    assert how in reason
    assert "Het gold op geen enkele dag." in reason


def test_no_because_it_was_given_only_later(regenboog):
    """D15"""
    before = now()
    given(regenboog)

    explanation = why(moment=before)

    assert "is pas later gegeven, op" in explanation.reasons[0]
    assert [each.is_given for each in explanation.mandates] == [False]
    assert explanation.notes == [f"Er is daarna iets veranderd: wie nu over {day_in_words(today())} vraagt, hoort ja."]


def test_no_because_the_board_went_over_to_another_system(regenboog):
    """D12"""
    given(regenboog, start_date=today() - 5 * DAY)
    intent = Switch(schools=("99AA",), services=("RIO",), old="Leerspoor", new="Klasboek", day=today())
    carry_out(intent, actor=regenboog.anke)

    assert "Het bestuur stapte over naar een ander systeem (Klasboek)." in only_reason()


def test_no_because_the_school_is_closed(regenboog):
    """D19"""
    given(regenboog)
    close_school(actor=SUPPORT, school=regenboog.school, closing_day=today())

    ended, closed = why(day=today() + DAY).reasons

    assert f"is geëindigd op {day_in_words(today())}; dat is bepaald op" in ended
    assert "Toen is vastgelegd dat de school sluit." in ended
    assert closed == f"De school is gesloten op {day_in_words(today())}."


def test_no_because_the_new_board_did_not_take_it_over(regenboog, settings):
    """D20: the school's own mandate, and that of the board for all its schools."""
    given(regenboog)
    given(regenboog, service="BST", start_date=today() - 5 * DAY)
    move(regenboog.school)
    last = today() + settings.OSR_GRACE_DAYS * DAY

    assert why(day=last).mandated
    assert why(day=last, service_code="BST").mandated
    assert f"liep af op {day_in_words(last)}: de school ging naar een ander bestuur" in only_reason(day=last + DAY)
    former = FormerBoard.objects.get()
    assert (
        "Het mandaat van Leerspoor voor heel bestuur 99001 telt niet meer voor deze school: die hoorde tot en met "
        f"{day_in_words(former.until)} bij dat bestuur, en daarna telde het nog tot en met {day_in_words(last)}."
    ) in only_reason(day=last + DAY, service_code="BST")


def test_no_because_the_former_board_gave_it_after_the_school_had_left(regenboog):
    """D20"""
    move(regenboog.school)
    given(regenboog, service="BST", schools=("99AB",))

    assert "bij dat bestuur, en het begon pas daarna." in only_reason(service_code="BST")


def test_no_because_the_school_was_not_yet_of_the_board(regenboog):
    """D1, D20"""
    linde = move(regenboog.school)
    make.MandateFactory(
        school=None, board=linde, service=regenboog.bst, system=regenboog.las, start_date=today() - 9 * DAY
    )

    day = today() - 5 * DAY
    reason = only_reason(day=day, service_code="BST")

    assert (
        f"bestuur 99002 telt niet voor deze school: die hoorde op {day_in_words(day)} niet bij dat bestuur." in reason
    )


def test_of_many_mandates_the_nearest_come_first(regenboog):
    for start in range(60, 0, -10):
        given(regenboog, start_date=today() - start * DAY, end_date=today() - (start - 5) * DAY)

    reasons = why().reasons

    assert f"gold tot en met {day_in_words(today() - 5 * DAY)};" in reasons[0]
    assert reasons[-1] == "Er zijn nog 1 andere mandaten, die verder van deze dag af liggen."


# --- No: it could not be given ----------------------------------------------------------------------------------------


def test_no_because_the_board_lacked_an_agreement(regenboog):
    """D5"""
    assert why(service_code="OSO-OV").reasons == [
        "Voor deze school, dienst en leverancier is er nooit een mandaat gegeven.",
        "Er was toen geen getekende overeenkomst OSO: bestuur 99001 kon daarom geen mandaat voor OSO-OV geven.",
    ]


def end_agreement(regenboog: Regenboog) -> None:
    """Let the agreement end yesterday, and the mandates with it."""
    with act("mandate.ended", actor=SUPPORT):
        Mandate.objects.update(end_date=today() - DAY)
        with act("agreement.ended", actor=SUPPORT):
            regenboog.board.agreements.update(ended_on=today() - DAY)


def test_no_because_it_ended_with_the_agreement(regenboog):
    """A7"""
    given(regenboog, start_date=today() - 9 * DAY)
    end_agreement(regenboog)

    assert "Toen is ook een overeenkomst van het bestuur beëindigd." in why().reasons[0]


def test_no_because_the_agreement_had_ended(regenboog):
    """D5, A7"""
    end_agreement(regenboog)

    assert (
        f"De overeenkomst OSR was geëindigd op {day_in_words(today() - DAY)}: "
        "bestuur 99001 kon daarom geen mandaat voor RIO geven."
    ) in why().reasons


def test_no_because_the_service_had_ended(regenboog):
    make.ServiceFactory(code="ROD", name="Register onderwijsdeelnemers")
    with act("service.ended", actor=register("tests")):
        Service.objects.filter(code="RIO").update(is_active=False, successor=Service.objects.get(code="ROD"))

    assert (
        "De dienst RIO was toen beëindigd: een bestuur kon er geen mandaat meer voor geven. "
        "De opvolger is ROD – Register onderwijsdeelnemers."
    ) in why().reasons


def test_no_because_the_supplier_or_its_system_was_not_connected(regenboog):
    """D6, A8"""
    with act("qualification.withdrawn", actor=register("tests")):
        Qualification.objects.filter(service=regenboog.rio).update(withdrawn_on=today())
    assert (
        "Geen systeem van Leerspoor BV was toen aangesloten voor RIO: een bestuur kon er geen kiezen." in why().reasons
    )

    with act("supplier.changed", actor=register("tests")):
        Supplier.objects.filter(oin=LEERSPOOR).update(connected_on=None)
    assert "Leerspoor BV had toen de aansluitvoorwaarden nog niet getekend" in why().reasons[1]


# --- What makes a call fail although the mandate is there -------------------------------------------------------------


def test_a_key_that_was_revoked_is_named(regenboog):
    given(regenboog)
    key = issue_key(actor=SUPPORT, system=regenboog.las, name="school").api_key
    revoke_key(actor=SUPPORT, key=key)

    explanation = why()

    assert explanation.mandated
    assert explanation.notes[0].startswith("De API-sleutel ‘school’ van Leerspoor was toen ingetrokken (op ")
    assert "geen enkele API-sleutel" not in "\n".join(explanation.notes)


def test_a_system_whose_only_key_had_expired_is_named(regenboog):
    with act("api_key.changed", actor=register("tests")):
        regenboog.las.api_keys.update(expires_at=timezone.now() - 300 * DAY)

    notes = why().notes

    assert "was toen verlopen (op " in notes[0]
    assert notes[1] == "Leerspoor had toen geen enkele API-sleutel die werkte."


def test_a_supplier_of_the_same_group_hints_at_the_wrong_oin(regenboog):
    with act("supplier.changed", actor=register("tests")):
        Supplier.objects.filter(oin=KLASBOEK).update(group=regenboog.las.supplier.group)
    given(regenboog, system="Klasboek")

    assert why().notes == [
        f"Klasboek BV (OIN {KLASBOEK}), van dezelfde leveranciersgroep, had die dag wel een mandaat: "
        "misschien is met het verkeerde OIN gevraagd."
    ]


def test_another_service_of_the_supplier_is_named(regenboog):
    given(regenboog, service="DOORSTROOM")

    assert "De leverancier had die dag voor deze school wel een mandaat voor: DOORSTROOM." in why().notes


def test_the_wrong_day_is_named(regenboog):
    given(regenboog)

    assert why(day=today() - DAY).notes == [
        f"Er is gevraagd over {day_in_words(today() - DAY)}. Over de dag van het moment zelf, "
        f"{day_in_words(today())}, was het antwoord ja: kijk of de goede peildatum is meegestuurd."
    ]


# --- The checks that were recorded (D17) ------------------------------------------------------------------------------


def test_the_recorded_checks_agree_with_the_history(regenboog):
    """D15, D17: before, between and after changes."""
    asked()
    mandate = given(regenboog)
    asked()
    asked(day=today() - DAY)
    asked(service_code=None, namespace="http://example.nl/rio/1")
    revoke_mandate(actor=regenboog.anke, mandate=mandate)
    asked()

    explanation = why()

    lines = explanation.checks.lines
    assert [(line.mandated, line.day) for line in lines] == [
        (False, today()),
        (True, today()),
        (False, today() - DAY),
        (True, today()),
        (False, today()),
    ]
    assert {line.verdict for line in lines} == {Verdict.AGREES}
    assert {line.caller for line in lines} == {"Leerspoor BV met Leerspoor"}
    assert not explanation.is_incident


def test_one_check_is_explained_by_its_number(regenboog):
    check = asked(key=Regenboog.TEST_KEY)
    given(regenboog)

    explanation = explain(question_of(check), check=check)

    assert not explanation.mandated
    assert "is pas later gegeven" in explanation.reasons[0]
    assert (explanation.check.caller, explanation.check.verdict) == ("Toetsplein BV met Toetsplein", Verdict.AGREES)


def test_a_check_about_no_school_is_explained(regenboog):
    check = asked(school_oin="00000003272448340204")

    explanation = explain(question_of(check), check=check)

    assert explanation.reasons[0] == "School 00000003272448340204 staat niet in het register."
    assert [line.number for line in explanation.checks.lines] == [check.id]


def test_hundreds_of_checks_are_counted(regenboog):
    for _ in range(20):
        asked()
    given(regenboog)
    for _ in range(20):
        asked()

    checks = why().checks

    assert [(line.count, line.mandated) for line in checks.lines] == [(20, False), (20, True)]
    assert checks.count == 40


def test_of_very_many_days_the_first_and_last_are_told(regenboog):
    for days in range(20):
        asked(day=today() - days * DAY)

    (line,) = why().checks.lines

    assert (line.count, line.day, line.last_day) == (20, today() - 19 * DAY, today())


def test_checks_of_other_days_are_left_out(regenboog):
    asked()

    assert why(day=today() + 30 * DAY).checks.count == 1
    assert [(first, last) for first, last in why(day=today() + 30 * DAY).checks.periods] == [
        (today() - 3 * DAY, today() + 3 * DAY),
        (today() + 27 * DAY, today() + 33 * DAY),
    ]


def test_what_was_asked_besides_is_told(regenboog):
    """Another service, and another OIN: what a supplier that gets no for an answer may have got wrong."""
    asked(service_code="OSO-OV")
    asked(supplier_oin=KLASBOEK)

    assert {line.named for line in why().checks.nearby} == {
        f"dienst OSO-OV, Leerspoor BV, OIN {LEERSPOOR}",
        f"dienst RIO, Klasboek BV, OIN {KLASBOEK}",
    }
    assert why().checks.count == 0


def recorded(moment: datetime, mandated: bool) -> Check:
    """A check in the log with an answer that the register did not give."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO mandates_check (id, checked_at, caller_oin, brin, school_oin, supplier_oin, service_code,"
            " service_version_namespace, reference_date, mandated)"
            " VALUES (uuidv7(), %s, %s, '99AA', %s, %s, 'RIO', '', %s, %s) RETURNING id",
            [moment, LEERSPOOR, school_oin("99AA"), LEERSPOOR, today(), mandated],
        )
        (number,) = cursor.fetchone()
    return Check.objects.get(id=number)


def test_an_answer_that_does_not_fit_is_an_incident(regenboog):
    """D16: said loudly, of that check and of those around it."""
    mandate = given(regenboog)
    revoke_mandate(actor=regenboog.anke, mandate=mandate)
    check = recorded(now() + timedelta(minutes=1), mandated=True)

    explanation = explain(question_of(check), check=check)

    assert explanation.is_incident
    assert explanation.check.verdict == Verdict.DISAGREES
    assert why().checks.disagreeing == 1
    text = "\n".join(as_text(explanation))
    assert "INCIDENT: het register gaf 1 antwoord dat niet bij de geschiedenis hoort." in text
    assert "KLOPT NIET met de geschiedenis" in text


def test_an_answer_given_while_a_change_was_being_written_is_no_incident(regenboog):
    """What a transaction writes counts when it commits, a moment after the journal wrote it."""
    mandate = given(regenboog)
    revoke_mandate(actor=regenboog.anke, mandate=mandate)
    check = recorded(moment_of(mandate) + timedelta(milliseconds=20), mandated=True)

    explanation = explain(question_of(check), check=check)

    assert explanation.check.verdict == Verdict.DURING_CHANGE
    assert not explanation.is_incident


def test_an_answer_given_during_a_long_change_is_no_incident(regenboog):
    mandate = given(regenboog)
    with transaction.atomic():
        revoke_mandate(actor=regenboog.anke, mandate=mandate)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.1)")
        make.LocationFactory(school=regenboog.school, code="99AA02")
    check = recorded(moment_of(mandate) + timedelta(milliseconds=5_050), mandated=True)

    assert explain(question_of(check), check=check).check.verdict == Verdict.DURING_CHANGE


# --- What happened ----------------------------------------------------------------------------------------------------


def test_events_tell_who_when_what_and_why(regenboog):
    """D14"""
    mandate = given(regenboog)
    revoke_mandate(actor=SUPPORT, mandate=mandate)

    granted, revoked = why().before[-2:]

    assert (granted.what, granted.about) == ("mandaat gegeven", "De Regenboog (99AA), RIO, Leerspoor")
    assert granted.by == "Anke de Vries (OSR-beheerder, namens bestuur 99001)"
    assert revoked.by == "Sam Jansen (Kennisnet support, namens bestuur 99001), met als reden: Gebeld door Anke"
    assert str(revoked.differences[0]) == f"einddatum: geen -> {day_in_words(today() - DAY)}"
    assert revoked.transaction_id == Mandate.objects.get().entry.transaction_id


def test_of_many_events_the_nearest_are_told(regenboog):
    mandate = given(regenboog)
    for days in range(1, 19):
        carry_out(ChangeEnd(mandates=(mandate.uuid,), end_date=today() + days * DAY), actor=regenboog.anke)

    explanation = why()

    assert (len(explanation.before), explanation.earlier) == (15, 5)
    assert f"-> {day_in_words(today() + 18 * DAY)}" in str(explanation.before[-1].differences[0])


def test_no_token_is_told(regenboog):
    """D10"""
    mandate = given(regenboog)
    asked()

    for reader in (None, ForSupplier):
        assert str(mandate.token) not in "\n".join(as_text(why(reader)))


# --- What a supplier reads (docs/decisions/024) -----------------------------------------------------------------------


def test_a_supplier_reads_no_names_reasons_agreements_or_other_suppliers(regenboog):
    mandate = given(regenboog)
    revoke_mandate(actor=SUPPORT, mandate=mandate)
    given(regenboog, system="Klasboek")
    asked()
    asked(key=Regenboog.TEST_KEY)
    asked(supplier_oin=KLASBOEK)
    close_school(actor=SUPPORT, school=regenboog.school, closing_day=today())

    text = "\n".join(as_text(why(ForSupplier)))

    for hidden in (
        "Anke", "Sam Jansen", "Gebeld", "Klasboek", KLASBOEK, "Toetsplein", "Agreement", str(mandate.uuid),
    ):  # fmt: skip
        assert hidden not in text
    assert "door Kennisnet support, namens het bestuur." in text
    assert "door de OSR-beheerder van het bestuur" in text
    assert "Wel een mandaat op die dag: een systeem van een andere leverancier." in text
    assert "een andere leverancier vroeg over" in text
    assert "Leerspoor BV met Leerspoor vroeg over" in text


def test_a_supplier_reads_nothing_of_the_agreements_of_a_board(regenboog):
    """A7"""
    given(regenboog, start_date=today() - 9 * DAY)
    end_agreement(regenboog)

    text = "\n".join(as_text(why(ForSupplier)))

    assert "Het bestuur kon dit mandaat toen niet geven. Het kan Kennisnet vragen wat daarvoor nodig is." in text
    assert "overeenkomst" not in text


def test_a_supplier_reads_of_a_switch_only_that_it_went_to_another_system(regenboog):
    given(regenboog, start_date=today() - 5 * DAY)
    intent = Switch(schools=("99AA",), services=("RIO",), old="Leerspoor", new="Klasboek", day=today())
    carry_out(intent, actor=regenboog.anke)

    assert why(ForSupplier).reasons[0].endswith("Het bestuur stapte over naar een ander systeem.")


def test_a_supplier_reads_which_oin_it_sent_itself(regenboog):
    asked(supplier_oin="00000099000000009999")

    (line,) = why(ForSupplier).checks.nearby

    assert line.named == "dienst RIO, onbekend, OIN 00000099000000009999"


# --- The command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def said(capsys) -> Callable[..., str]:
    """What the command writes."""

    def said(*arguments) -> str:
        call_command("why", *map(str, arguments))
        return capsys.readouterr().out

    return said


def test_the_command_prints_answer_reasons_events_and_checks(regenboog, said):
    given(regenboog)
    asked()

    lines = said("99aa", "rio", LEERSPOOR).splitlines()

    assert lines[0] == why().opening
    assert lines[1].startswith("Zo stond het register er op ")
    assert lines[2:4] == ["", "Waarom:"]
    assert [line for line in lines if line.endswith(":")][1:] == [
        "Wat er gebeurde:",
        f"Raadplegingen van {day_in_words(today() - 3 * DAY)} tot en met {day_in_words(today() + 3 * DAY)}:",
    ]
    assert lines[-1].endswith(
        f"Leerspoor BV met Leerspoor vroeg over {day_in_words(today())}, antwoord JA; klopt met deze uitleg"
    )


def test_the_command_explains_a_recorded_check(regenboog, said):
    check = asked()

    shown = said("--check", check.id)

    assert shown.startswith("NEE: ")
    assert f"Deze raadpleging: {exact_moment_in_words(check.checked_at)}: Leerspoor BV met Leerspoor vroeg" in shown


def test_the_command_prints_what_the_supplier_may_read(regenboog, said):
    given(regenboog)

    assert "de OSR-beheerder van het bestuur" in said("99AA", "RIO", LEERSPOOR, "--for-supplier")


def test_a_moment_without_time_zone_is_one_in_amsterdam(regenboog, said):
    given(regenboog)
    local = timezone.localtime(now())

    for moment in (f"{local:%Y-%m-%d %H:%M:%S.%f}", local.astimezone(timezone.get_fixed_timezone(-300)).isoformat()):
        shown = said("99AA", "RIO", LEERSPOOR, "--as-of", moment)

        assert f"Zo stond het register er op {exact_moment_in_words(local)}.\n" in shown


def problems(*arguments) -> list[str]:
    """The lines with which the command refuses."""
    with pytest.raises(CommandError) as refused:
        call_command("why", *map(str, arguments))
    return str(refused.value).splitlines()[:-1]


def test_what_is_wrong_with_a_question_is_told_at_once(regenboog):
    assert problems("99AA", "--day", "gisteren", "--as-of", "net") == [
        "DIENST ontbreekt.",
        "OIN ontbreekt.",
        '--as-of net is geen tijdstip. Schrijf een tijdstip als "2026-11-22 10:00".',
        "--day gisteren is geen datum. Schrijf een datum als 2026-08-31.",
    ]


@pytest.mark.parametrize(
    "moment", ["9999-12-31", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00+14:00", "2026-02-30 10:00", "26:00"]
)
def test_a_moment_that_no_calendar_has_is_said_in_words(regenboog, moment):
    assert problems("99AA", "RIO", LEERSPOOR, "--as-of", moment) == [
        f'--as-of {moment} is geen tijdstip. Schrijf een tijdstip als "2026-11-22 10:00".'
    ]


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-02-30"])
def test_a_day_that_no_calendar_has_is_said_in_words(regenboog, day):
    assert problems("99AA", "RIO", LEERSPOOR, "--day", day) == [
        f"--day {day} is geen datum. Schrijf een datum als 2026-08-31."
    ]


def test_of_a_moment_to_come_or_before_the_register_nothing_is_said(regenboog):
    (later,) = problems("99AA", "RIO", LEERSPOOR, "--as-of", "9998-12-31 23:59")
    (earlier,) = problems("99AA", "RIO", LEERSPOOR, "--as-of", "1999-01-01 10:00")

    assert "is nog niet geweest" in later
    assert "Toen was het register er nog niet: het begon op" in earlier


@pytest.mark.parametrize("number", ["abc", uuid4(), "ffffffff-ffff-7fff-bfff-ffffffffffff"])
def test_a_check_that_is_not_there_is_said(regenboog, number):
    (problem,) = problems("--check", number)

    assert problem.startswith(f"Er is geen raadpleging met nummer {number}.")


def test_a_check_and_a_question_are_not_asked_together(regenboog):
    assert problems("99AA", "--check", asked().id) == [
        "Geef --check, of een school, dienst en leverancier met een dag: niet allebei."
    ]
