"""Wijzigen, Intrekken and Meerdere wijzigen in the browser (D8, D9, D13, D20)."""

import re
from datetime import timedelta

import pytest

from journal.acts import act, register
from journal.clock import today
from mandates.actions import ChangeEnd, carry_out, confirm, preview, revoke_mandate
from mandates.models import Mandate
from mandates.wording import day_in_words
from tests import factories as make
from tests.mandates.test_copying_pages import confirm as confirm_page
from tests.mandates.test_copying_pages import hidden_fields, step
from tests.mandates.test_pages import another_board, granted, text_of
from tests.register import make_membership

DAY = timedelta(days=1)
LATER = today() + 300 * DAY
MANY = "/mandaten/wijzigen/"
EACH_IN_ITS_OWN_TRANSACTION = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(regenboog, client):
    """A browser in which Anke de Vries is signed in."""
    client.force_login(regenboog.person)
    return client


@pytest.fixture
def mandate(regenboog) -> Mandate:
    """One that began a hundred days ago."""
    return granted(regenboog.school, regenboog.rio, regenboog.las)


def path_of(mandate: Mandate) -> str:
    return f"/mandaten/{mandate.uuid}/wijzigen/"


def save(page, mandate: Mandate, **fields):
    """Send the form as the page shows it, with what is different."""
    shown = page.get(path_of(mandate))
    return page.post(path_of(mandate), hidden_fields(shown) | fields, follow=True)


def dates(mandate: Mandate) -> tuple:
    mandate.refresh_from_db()
    return mandate.start_date, mandate.end_date


def undo(page, response, back: str):
    number = re.search(r'name="transactie" value="(\d+)"', response.content.decode())[1]
    return page.post("/ongedaan-maken/", {"transactie": number, "terug": back}, follow=True)


# --- Wijzigen ---------------------------------------------------------------------------------------------------------


@EACH_IN_ITS_OWN_TRANSACTION
def test_an_end_date_is_saved_told_and_undone(regenboog, page, mandate):
    """D8, D13"""
    assert path_of(mandate) in page.get("/scholen/99AA/").content.decode()

    saved = save(page, mandate, einddatum=LATER.isoformat())

    assert saved.redirect_chain == [("/scholen/99AA/", 302)]
    assert (
        f"Het mandaat voor RIO is gewijzigd. Het geldt vanaf {day_in_words(mandate.start_date)} tot en met"
        in text_of(saved)
    )
    assert dates(mandate)[1] == LATER
    assert "1 mandaat is weer zoals daarvoor" in text_of(undo(page, saved, "/scholen/99AA/"))
    assert dates(mandate)[1] is None


def test_an_end_date_is_removed_by_emptying_the_field(regenboog, page):
    """D8"""
    mandate = granted(regenboog.school, regenboog.rio, regenboog.las, end_date=LATER)
    assert f'value="{LATER.isoformat()}"' in page.get(path_of(mandate)).content.decode()

    assert "zonder einddatum" in text_of(save(page, mandate, einddatum=""))
    assert dates(mandate)[1] is None


def test_what_cannot_be_changed_is_shown_and_explained(page, mandate):
    """D8"""
    response = page.get(path_of(mandate))

    assert 'name="startdatum"' not in response.content.decode()
    for words in ("Dit staat vast", "al begonnen", "Trek dit mandaat dan in", "Overstappen"):
        assert words in text_of(response)


@EACH_IN_ITS_OWN_TRANSACTION
def test_start_and_end_change_together_and_are_undone_together(regenboog, page):
    """D8, D13: one act, also when neither of the two could change on its own."""
    mandate = granted(
        regenboog.school, regenboog.rio, regenboog.las, start_date=today() + 5 * DAY, end_date=today() + 9 * DAY
    )
    sent = {"startdatum": (today() + 20 * DAY).isoformat(), "einddatum": (today() + 29 * DAY).isoformat()}

    saved = save(page, mandate, **sent)

    assert dates(mandate) == (today() + 20 * DAY, today() + 29 * DAY)
    undo(page, saved, "/scholen/99AA/")
    assert dates(mandate) == (today() + 5 * DAY, today() + 9 * DAY)


def test_all_mistakes_are_said_at_once_and_what_was_typed_stays(regenboog, page):
    """D7, D8"""
    mandate = granted(regenboog.school, regenboog.rio, regenboog.las, start_date=today() + 5 * DAY)

    response = save(page, mandate, startdatum="gisteren", einddatum="30-2-2027")

    assert response.status_code == 422
    assert "Vul een datum in als dag-maand-jaar" in text_of(response)
    assert "30 februari 2027 bestaat niet." in text_of(response)
    assert 'href="#einddatum"' in response.content.decode()
    assert 'value="30-2-2027"' in response.content.decode()


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        (10, 9, "De einddatum ligt vóór de startdatum."),
        (-1, 9, "of een latere dag."),
        (5, -1, "De einddatum ligt in het verleden."),
        (None, 9, "Vul een startdatum in."),
    ],
)
def test_dates_that_cannot_be_are_refused_in_words(regenboog, page, start, end, text):
    """D7, D8"""
    mandate = granted(regenboog.school, regenboog.rio, regenboog.las, start_date=today() + 5 * DAY)
    start_date = "" if start is None else (today() + start * DAY).isoformat()

    response = save(page, mandate, startdatum=start_date, einddatum=(today() + end * DAY).isoformat())

    assert response.status_code == 422
    assert text in text_of(response)
    assert dates(mandate) == (today() + 5 * DAY, None)


def test_what_a_rule_refuses_is_said_and_nothing_typed_is_lost(regenboog, page):
    """D2"""
    mandate = granted(regenboog.school, regenboog.rio, regenboog.las, end_date=today() + 5 * DAY)
    granted(regenboog.school, regenboog.rio, regenboog.las, start_date=today() + 10 * DAY)

    response = save(page, mandate, einddatum=LATER.isoformat())

    assert response.status_code == 422
    assert "Er is al een mandaat voor dit systeem vanaf" in text_of(response)
    assert f'value="{LATER.isoformat()}"' in response.content.decode()


def test_a_mandate_does_not_outlast_its_school(regenboog, page):
    """D19"""
    school = make.SchoolFactory(brin="99AE", name="De Sluis", board=regenboog.board, closed_on=today() + 9 * DAY)
    mandate = granted(school, regenboog.rio, regenboog.las, end_date=today() + 5 * DAY)

    assert "De school sluit op" in text_of(save(page, mandate, einddatum=""))


def test_what_somebody_else_changed_meanwhile_is_said_first_and_not_overwritten(regenboog, page, mandate):
    """D8: nothing typed is lost, and whoever saves knows what was."""
    shown = page.get(path_of(mandate))
    intent = ChangeEnd(mandates=(mandate.uuid,), end_date=today() + 9 * DAY)
    confirm(preview(intent, actor=regenboog.anke), actor=regenboog.anke)

    response = page.post(path_of(mandate), hidden_fields(shown) | {"einddatum": LATER.isoformat()})

    assert response.status_code == 409
    assert "Anke de Vries heeft dit mandaat op" in text_of(response)
    assert f"tot en met {day_in_words(today() + 9 * DAY)}" in text_of(response)
    assert f'value="{LATER.isoformat()}"' in response.content.decode()
    assert dates(mandate)[1] == today() + 9 * DAY
    page.post(path_of(mandate), hidden_fields(response) | {"einddatum": LATER.isoformat()})
    assert dates(mandate)[1] == LATER


def test_a_mandate_that_was_revoked_meanwhile_stays_revoked(regenboog, page, mandate):
    """D9, D16"""
    shown = page.get(path_of(mandate))
    revoke_mandate(actor=regenboog.anke, mandate=mandate)

    response = page.post(path_of(mandate), hidden_fields(shown) | {"einddatum": LATER.isoformat()})

    assert response.status_code == 409
    assert re.search(r"Anke de Vries heeft dit mandaat op .* ingetrokken\. Uw wijziging is niet", text_of(response))
    assert f"U had ingevuld: einddatum {LATER.isoformat()}." in text_of(response)
    assert "/scholen/99AA/mandaten/toevoegen/?dienst=RIO" in response.content.decode()
    assert dates(mandate)[1] == today() - DAY


def test_a_mandate_that_began_meanwhile_keeps_its_start(regenboog, page, mandate):
    """D8: the page was opened the day before."""
    sent = {"gezien": f"{mandate.start_date}/", "startdatum": LATER.isoformat(), "einddatum": ""}

    response = page.post(path_of(mandate), sent)

    assert response.status_code == 422
    assert "Dit mandaat is al begonnen. De startdatum staat vast." in text_of(response)


def test_an_ended_mandate_offers_a_new_one_instead(regenboog, page):
    """D9"""
    mandate = granted(regenboog.school, regenboog.rio, regenboog.las, end_date=today() - DAY)

    response = page.get(path_of(mandate))

    assert "Dit mandaat is al beëindigd" in text_of(response)
    assert "Opslaan" not in text_of(response)


def test_what_was_typed_is_there_again_after_the_session_ended(regenboog, page, mandate):
    """And nothing is saved before the button is pressed again."""
    fields = hidden_fields(page.get(path_of(mandate))) | {"einddatum": LATER.isoformat()}
    page.logout()
    page.post(path_of(mandate), fields)
    page.force_login(regenboog.person)

    response = page.get(path_of(mandate))

    assert f'value="{LATER.isoformat()}"' in response.content.decode()
    assert dates(mandate)[1] is None
    page.post(path_of(mandate), hidden_fields(response) | {"einddatum": LATER.isoformat()})
    assert dates(mandate)[1] == LATER


def test_what_a_colleague_changed_while_one_was_signed_out_is_said_when_the_form_is_given_back(
    regenboog, page, mandate
):
    """D8"""
    fields = hidden_fields(page.get(path_of(mandate))) | {"einddatum": LATER.isoformat()}
    page.logout()
    page.post(path_of(mandate), fields)
    carry_out(ChangeEnd(mandates=(mandate.uuid,), end_date=today() + 5 * DAY), actor=regenboog.anke)
    page.force_login(regenboog.person)

    response = page.get(path_of(mandate))

    assert f"tot en met {day_in_words(today() + 5 * DAY)}. Wat u had ingevuld, staat er nog." in text_of(response)
    assert f'value="{LATER.isoformat()}"' in response.content.decode()


def test_saving_twice_changes_it_once(page, mandate):
    """A double click."""
    shown = hidden_fields(page.get(path_of(mandate))) | {"einddatum": LATER.isoformat()}
    page.post(path_of(mandate), shown, follow=True)

    again = page.post(path_of(mandate), shown, follow=True)

    assert "Dit was al gedaan. Er is niets dubbel veranderd." in text_of(again)
    assert "Ongedaan maken" in text_of(again)


def test_a_mandate_that_another_board_gave_can_only_end_earlier(regenboog, page, mandate):
    """D20"""
    other = make.BoardFactory(number="99002", name="Stichting De Overkant")
    make.AgreementFactory(board=other, kind="OSR")
    school = make.SchoolFactory(brin="99AF", name="De Brug", board=other)
    mandate = granted(school, regenboog.rio, regenboog.las, end_date=LATER)
    with act("school.moved", actor=register("test")):
        school.board = regenboog.board
        school.save()
    mandate.refresh_from_db()
    last_day = mandate.end_date

    shown = page.get(path_of(mandate))
    assert "gegeven door een ander bestuur: Stichting De Overkant" in text_of(shown)
    assert f'max="{last_day.isoformat()}"' in shown.content.decode()
    assert "Neem het over" in text_of(save(page, mandate, einddatum=""))
    assert "Neem het over" in text_of(save(page, mandate, einddatum=(last_day + DAY).isoformat()))
    save(page, mandate, einddatum=(today() + DAY).isoformat())
    assert dates(mandate)[1] == today() + DAY


@pytest.mark.parametrize("seen", ["", "/", "onzin/onzin", "2026-01-01"])
def test_a_page_that_was_never_shown_changes_nothing(page, mandate, seen):
    response = page.post(path_of(mandate), {"gezien": seen, "einddatum": LATER.isoformat()})

    assert response.status_code == 409
    assert dates(mandate)[1] is None


def test_another_boards_mandate_does_not_exist(regenboog, page):
    """D4"""
    elsewhere = granted(another_board(), regenboog.rio, regenboog.las)

    assert page.get(path_of(elsewhere)).status_code == 404
    assert page.post(path_of(elsewhere), {"einddatum": LATER.isoformat()}).status_code == 404


def test_the_mandate_of_the_board_itself_is_changed_too(regenboog, page):
    """D1"""
    mandate = make.MandateFactory(school=None, board=regenboog.board, service=regenboog.bst, system=regenboog.las)

    assert save(page, mandate, einddatum=LATER.isoformat()).redirect_chain == [("/mandaten/", 302)]
    assert dates(mandate)[1] == LATER


def test_changing_takes_a_fixed_number_of_queries(page, mandate, django_assert_num_queries):
    """P6"""
    with django_assert_num_queries(6):
        page.get(path_of(mandate))


# --- Intrekken --------------------------------------------------------------------------------------------------------


@EACH_IN_ITS_OWN_TRANSACTION
def test_revoking_offers_an_end_date_instead_says_who_hears_of_it_and_can_be_undone(page, mandate):
    """D9, D13"""
    path = f"/mandaten/{mandate.uuid}/intrekken/"
    shown = page.get(path)
    assert path_of(mandate) in shown.content.decode()
    assert "Liever een einddatum kiezen" in text_of(shown)
    assert "Wie krijgt dit te horen? De leverancier, Leerspoor BV" in text_of(shown)

    revoked = page.post(path, follow=True)

    assert "Het mandaat is ingetrokken." in text_of(revoked)
    undo(page, revoked, "/scholen/99AA/")
    assert dates(mandate)[1] is None


def test_revoking_tells_that_an_address_can_no_longer_be_found(regenboog, page, mandate):
    """D18"""
    path = f"/mandaten/{mandate.uuid}/intrekken/"
    assert "afleveradres" not in text_of(page.get(path))
    with act("endpoint.made", actor=register("test")):
        mandate.endpoints.create(
            service_version=regenboog.rio_version,
            routing_id="0000000700099AA00001",
            url="https://leerspoor.example/rio",
            start_date=today(),
        )

    assert "afleveradres" in text_of(page.get(path))


# --- Meerdere wijzigen ------------------------------------------------------------------------------------------------


@pytest.fixture
def three(regenboog) -> list[Mandate]:
    """As the page orders them: that of the board itself, then those of De Linde and De Regenboog for RIO."""
    return [
        make.MandateFactory(school=None, board=regenboog.board, service=regenboog.bst, system=regenboog.las),
        granted(regenboog.other_school, regenboog.rio, regenboog.other_las),
        granted(regenboog.school, regenboog.rio, regenboog.las),
    ]


def choose(page, name: str, mandates=(), **fields):
    return step(page, MANY, name, mandaten=[mandate.uuid.hex for mandate in mandates], **fields)


def ticked(response) -> set[str]:
    """What is chosen on the page, in sight or not."""
    html = response.content.decode()
    shown = re.search(r'name="getoond" value="([^"]*)"', html)[1].split()
    before = re.search(r'name="gekozen" value="([^"]*)"', html)[1].split()
    boxes = re.findall(r'name="mandaten" value="([^"]*)" checked', html)
    assert {uuid for uuid in before if uuid in shown} == set(boxes)
    return set(before)


@EACH_IN_ITS_OWN_TRANSACTION
def test_many_get_an_end_date_at_once_and_all_are_undone_at_once(page, three):
    """D13"""
    seen = choose(page, "volgende", three, wat="einddatum", einddatum=LATER.isoformat())
    assert "Dit gebeurt er (3)" in text_of(seen)
    assert f"eindigt op {day_in_words(LATER)}" in text_of(seen)
    assert all(dates(mandate)[1] is None for mandate in three)

    done = confirm_page(page, MANY, seen)

    assert f"3 mandaten eindigen nu op {day_in_words(LATER)}." in text_of(done)
    assert {dates(mandate)[1] for mandate in three} == {LATER}
    undo(page, done, "/mandaten/")
    assert {dates(mandate)[1] for mandate in three} == {None}


def test_many_lose_their_end_date(regenboog, page):
    """D13; what has none already is left as it is."""
    ending = granted(regenboog.school, regenboog.rio, regenboog.las, end_date=LATER)
    going_on = granted(regenboog.other_school, regenboog.rio, regenboog.las)

    seen = choose(page, "volgende", [ending, going_on], wat="geen-einddatum", einddatum="onzin")

    assert "Dit gebeurt er (1)" in text_of(seen)
    assert "heeft deze einddatum al" in text_of(seen)
    assert "1 mandaat heeft geen einddatum meer." in text_of(confirm_page(page, MANY, seen))


def test_many_are_revoked_at_once(page, three):
    """D9, D13"""
    seen = choose(page, "volgende", three[1:], wat="intrekken")

    assert "2 mandaten zijn ingetrokken." in text_of(confirm_page(page, MANY, seen))
    assert list(Mandate.objects.valid_on(today())) == three[:1]


def test_services_that_fare_alike_share_a_line_in_the_preview(regenboog, page):
    """A preview of 2,000 mandates stays readable."""
    two = [
        granted(regenboog.school, regenboog.rio, regenboog.las),
        granted(regenboog.school, regenboog.test, regenboog.las),
    ]

    seen = text_of(choose(page, "volgende", two, wat="intrekken"))

    assert "Dit gebeurt er (2)" in seen
    assert "DOORSTROOM, RIO Leerspoor is vanaf nu niet meer geldig" in seen


def test_nothing_chosen_is_said_at_once(page, three):
    response = choose(page, "volgende")

    assert response.status_code == 422
    for text in ("Kies ten minste één mandaat.", "Kies wat u wilt veranderen."):
        assert text in text_of(response)


@pytest.mark.parametrize(
    ("day", "text"),
    [
        ("", "Vul de einddatum in."),
        ("30-02-2027", "30 februari 2027 bestaat niet."),
        ((today() - DAY).isoformat(), "De einddatum ligt in het verleden."),
    ],
)
def test_a_day_that_cannot_be_is_said_and_what_was_ticked_stays(page, three, day, text):
    """D13"""
    response = choose(page, "volgende", three[:2], wat="einddatum", einddatum=day)

    assert response.status_code == 422
    assert text in text_of(response)
    assert ticked(response) == {mandate.uuid.hex for mandate in three[:2]}


def test_what_is_ticked_stays_ticked_when_the_list_gets_shorter(page, three):
    """Works without JavaScript: the form carries what is out of sight."""
    of_board, of_linde, of_regenboog = three

    found = choose(page, "filteren", [of_linde], zoek="zwolle", dienst="RIO", systeem="Leerspoor")
    assert of_regenboog.uuid.hex in found.content.decode()
    assert f"m-{of_linde.uuid.hex}" not in found.content.decode()
    assert ticked(found) == {of_linde.uuid.hex}

    fields = hidden_fields(found)
    both = page.post(MANY, fields | {"stap": "alles", "zoek": "zwolle"})
    assert ticked(both) == {of_linde.uuid.hex, of_regenboog.uuid.hex}
    fields = hidden_fields(both) | {"mandaten": [of_regenboog.uuid.hex]}
    only = page.post(MANY, fields | {"stap": "filteren", "alleen": "gekozen"})
    assert f"m-{of_board.uuid.hex}" not in only.content.decode()
    # What was ticked on the page and no longer is, is no longer chosen.
    none = page.post(MANY, hidden_fields(only) | {"stap": "niets", "zoek": ""})
    assert ticked(none) == set()


def test_what_is_ticked_on_one_page_of_the_list_counts_on_the_next(regenboog, page):
    """Lists of more than fifty have pages; all of it is one choice."""
    for _ in range(60):
        school = make.SchoolFactory(board=regenboog.board)
        granted(school, regenboog.rio, regenboog.las)
    first = page.get(MANY)
    shown = re.search(r'name="getoond" value="([^"]*)"', first.content.decode())[1].split()
    assert len(shown) == 50

    # By its number as well as by 'Volgende pagina'.
    assert first.content.decode().count('value="pagina-2"') == 2
    second = page.post(MANY, hidden_fields(first) | {"mandaten": shown[:3], "stap": "pagina-2"})
    assert "3 van 60 mandaten gekozen" in text_of(second)
    everything = page.post(MANY, hidden_fields(second) | {"stap": "alles"})
    assert "60 van 60 mandaten gekozen" in text_of(everything)
    ticks = re.findall(r'name="mandaten" value="([^"]*)" checked', everything.content.decode())
    seen = page.post(MANY, hidden_fields(everything) | {"mandaten": ticks, "wat": "intrekken", "stap": "volgende"})
    assert "Dit gebeurt er (60)" in text_of(seen)
    back = page.post(MANY, hidden_fields(seen) | {"stap": "terug"})
    assert len(ticked(back)) == 60
    assert re.search(r'id="wat-intrekken"[^>]* checked', back.content.decode())
    assert confirm_page(page, MANY, seen).status_code == 200
    assert not Mandate.objects.valid_on(today()).exists()


def test_what_was_chosen_is_there_again_after_the_session_ended(regenboog, page, three):
    fields = hidden_fields(choose(page, "filteren", three)) | {"wat": "intrekken", "stap": "volgende"}
    page.logout()
    page.post(MANY, fields | {"mandaten": [mandate.uuid.hex for mandate in three]})
    page.force_login(regenboog.person)

    response = page.get(MANY)

    assert ticked(response) == {mandate.uuid.hex for mandate in three}
    assert re.search(r'id="wat-intrekken"[^>]* checked', response.content.decode())


def test_confirming_twice_does_it_once(page, three):
    """A double click."""
    seen = choose(page, "volgende", three, wat="intrekken")
    confirm_page(page, MANY, seen)

    assert "Dit was al gedaan" in text_of(confirm_page(page, MANY, seen))


def test_an_end_date_that_somebody_else_chose_meanwhile_is_not_overwritten_unseen(regenboog, page, three):
    """D12: of each mandate the preview says until when it lasts now"""
    seen = choose(page, "volgende", three, wat="einddatum", einddatum=LATER.isoformat())
    carry_out(ChangeEnd(mandates=(three[0].uuid,), end_date=today() + 9 * DAY), actor=regenboog.anke)

    response = confirm_page(page, MANY, seen)

    assert response.status_code == 409
    assert f"(nu: {day_in_words(today() + 9 * DAY)})" in text_of(response)
    assert dates(three[0])[1] == today() + 9 * DAY


def test_what_somebody_else_changed_meanwhile_is_shown_before_it_happens(regenboog, page, three):
    """D13: exactly what was shown, or nothing."""
    seen = choose(page, "volgende", three, wat="einddatum", einddatum=LATER.isoformat())
    revoke_mandate(actor=regenboog.anke, mandate=three[1])

    response = confirm_page(page, MANY, seen)

    assert response.status_code == 409
    assert "Nu: De Linde (99AB), RIO, Klasboek: Dit mandaat is al beëindigd." in text_of(response)
    assert dates(three[0])[1] is None
    assert "2 mandaten eindigen nu op" in text_of(confirm_page(page, MANY, response))


def test_what_ended_while_one_was_choosing_is_told(regenboog, page, three):
    revoke_mandate(actor=regenboog.anke, mandate=three[1])

    response = choose(page, "filteren", three)

    assert "Eén mandaat dat u had gekozen, is intussen beëindigd" in text_of(response)
    assert ticked(response) == {three[0].uuid.hex, three[2].uuid.hex}


def test_another_boards_mandates_cannot_be_sent_along(regenboog, page, three):
    """D4"""
    elsewhere = granted(another_board(), regenboog.rio, regenboog.las)

    response = choose(page, "volgende", [three[0], elsewhere], wat="intrekken")

    assert response.status_code == 422
    assert "hoort niet bij dit bestuur" in text_of(response)
    assert ticked(response) == {three[0].uuid.hex}


@pytest.mark.parametrize("junk", ["", "onzin", "\0", "f" * 31, "%", "z" * 5_000])
def test_junk_is_answered(page, three, junk):
    fields = dict.fromkeys(("gekozen", "getoond", "mandaten", "dienst", "systeem", "zoek", "pagina", "wat"), junk)
    for name in ("filteren", "volgende", "bevestigen", "pagina-x", junk):
        assert step(page, MANY, name, **fields).status_code in (200, 422)
    assert page.get(MANY, fields).status_code == 200


def test_without_mandates_it_says_so(page):
    assert "geen mandaten om te wijzigen" in text_of(page.get(MANY))


def test_a_board_with_one_school_is_not_asked_for_schools(regenboog, client):
    lonely = make.SchoolFactory(brin="99XA")
    person = make.UserFactory()
    make_membership(person, lonely.board)
    granted(lonely, regenboog.rio, regenboog.las)
    client.force_login(person)

    assert 'name="zoek"' not in client.get(MANY).content.decode()


@pytest.mark.parametrize("schools", [2, 30])
def test_choosing_and_previewing_take_a_fixed_number_of_queries(regenboog, page, django_assert_num_queries, schools):
    """P6"""
    for _ in range(schools):
        granted(make.SchoolFactory(board=regenboog.board), regenboog.rio, regenboog.las)
    everything = " ".join(mandate.uuid.hex for mandate in Mandate.objects.all())

    with django_assert_num_queries(13):
        page.post(MANY, {"stap": "filteren", "zoek": "zwolle", "gekozen": everything})
    with django_assert_num_queries(12):
        page.post(MANY, {"stap": "volgende", "gekozen": everything, "wat": "einddatum", "einddatum": LATER.isoformat()})
