"""Overeenkomst tekenen in the browser: reading, signing, declining, and all that can go wrong meanwhile (A3, A4)."""

import re
import threading
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection

from agreements.actions import decline_offer, withdraw_offer
from agreements.documents import verify
from agreements.models import Agreement, Offer
from journal.clock import today
from mandates.wording import day_in_words
from tests import factories as make
from tests.accounts.test_session_ended import end_session, secrets_on, sign_in
from tests.agreements.boards import DAY, Kustlicht, signed_in
from tests.mandates.test_pages import text_of
from tests.register import make_membership


@pytest.fixture
def kustlicht(db) -> Kustlicht:
    return Kustlicht()


@pytest.fixture
def page(kustlicht):
    """A browser in which Dirk, tekenbevoegde, is signed in."""
    return signed_in(kustlicht.dirk)


def address(offer: Offer, tail: str = "") -> str:
    return f"/overeenkomsten/aanbod/{offer.uuid}/{tail}"


def filled_in(response, **more) -> dict[str, str]:
    """The form of this page, filled in as it should be but for `more`."""
    shown = re.search(r'name="document" value="(\w*)"', response.content.decode())[1]
    return {"naam": "Dirk Bakker", "functie": "voorzitter", "akkoord": "ja", "document": shown} | more


# --- Reading (A3, A5) ---


def test_the_agreement_is_in_the_page_as_pdf_and_as_text(kustlicht, page):
    """A3, A5"""
    offer = kustlicht.offer()
    response = page.get(address(offer))
    text = text_of(response)

    assert f'<object class="osr-document" data="{address(offer, "overeenkomst.pdf")}"' in response.content.decode()
    assert "Kennisnet en Stichting Kustlicht, bestuursnummer 99105, spreken af wat hier staat." in text
    assert "De Duinroos ( 99ZA )" in text
    assert "Categorieën persoonsgegevens Naam en e-mailadres van de OSR-beheerder" in text
    assert 'value="Dirk Bakker"' in response.content.decode()


def test_only_this_page_may_show_a_document_of_ours_and_only_ours(kustlicht, page):
    """quality.md, 'Security'"""
    offer = kustlicht.offer()
    shows, document = page.get(address(offer)), page.get(address(offer, "overeenkomst.pdf"))

    assert "object-src 'self'; frame-src 'self'" in shows.headers["Content-Security-Policy"]
    assert shows.headers["X-Frame-Options"] == "DENY"
    assert document.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert document.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'self'"
    assert document.headers["Content-Disposition"].startswith("inline")
    assert "object-src" not in page.get("/overeenkomsten/").headers["Content-Security-Policy"]


def test_the_document_can_be_kept_before_it_is_signed(kustlicht, page):
    response = page.get(address(kustlicht.offer(), "overeenkomst.pdf"), {"download": ""})

    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.content.startswith(b"%PDF-")


def test_a_new_version_says_what_changes_and_what_holds_until_then(kustlicht, page):
    """A4"""
    kustlicht.sign()
    new = make.TemplateFactory(kind="OSR", changes="Artikel 4 is **nieuw**.")
    response = page.get(address(kustlicht.offer(new)))

    assert "Wat verandert er ten opzichte van de versie die u hebt? Artikel 4 is nieuw ." in text_of(response)
    assert "<strong>nieuw</strong>" in response.content.decode()
    assert f"de overeenkomst van {day_in_words(today())}. Die wordt vervangen als u tekent" in text_of(response)


def test_who_passed_over_a_version_reads_what_that_changed_as_well(kustlicht, page):
    """A4"""
    kustlicht.sign()
    make.TemplateFactory(kind="OSR", changes="Artikel 4 is nieuw.")
    newest = make.TemplateFactory(kind="OSR", changes="Artikel 5 vervalt.")

    text = text_of(page.get(address(kustlicht.offer(newest))))

    assert "Versie 2 Artikel 4 is nieuw. Versie 3 Artikel 5 vervalt." in text


def test_who_never_had_one_reads_of_no_changes(kustlicht, page):
    """A4"""
    newest = make.TemplateFactory(kind="OSR", changes="Artikel 5 vervalt.")

    assert "Wat verandert er" not in text_of(page.get(address(kustlicht.offer(newest))))


def test_what_is_typed_in_a_text_stays_text(kustlicht, page):
    """quality.md, 'Security'"""
    odd = make.TemplateFactory(kind="VVA", body="# <script>\n\n{bestuur} {bestuursnummer} <img src=x onerror=alert(1)>")
    html = page.get(address(kustlicht.offer(odd))).content.decode()

    assert "<img src=x" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html


# --- Signing (A3) ---


def test_one_signs_and_gets_the_sealed_document(kustlicht, page):
    """A3"""
    offer = kustlicht.offer()
    done = page.post(address(offer), filled_in(page.get(address(offer))), follow=True)
    agreement = Agreement.objects.get()
    document = page.get(f"/overeenkomsten/{agreement.uuid}/overeenkomst.pdf")

    assert "De overeenkomst OSR is ondertekend." in text_of(done)
    assert (agreement.signatory_name, agreement.signatory_function) == ("Dirk Bakker", "voorzitter")
    assert agreement.signed_by == kustlicht.dirk
    assert verify(document.content).trusted


def test_everything_that_is_missing_is_said_at_once_and_nothing_is_lost(kustlicht, page):
    """A3"""
    offer = kustlicht.offer()
    sent = filled_in(page.get(address(offer)), naam=" ", functie="")
    del sent["akkoord"]
    response = page.post(address(offer), sent)
    text = text_of(response)

    assert response.status_code == 422
    for problem in (
        "Vul uw volledige naam in.",
        "Vul uw functie in.",
        "Geef aan dat u akkoord gaat namens het bestuur.",
    ):
        assert text.count(problem) == 2  # in the summary and beside the field
    assert not Agreement.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("functie", "x" * 201, "hoogstens 200 tekens"),
        ("functie", "x" * 1_001, "1000 tekens"),
        ("naam", "Dirk\x00Bakker", "niet toegestaan"),
        ("naam", "Dirk 🦄", "Deze tekens kunnen niet in de PDF staan: 🦄"),
    ],
)
def test_what_cannot_stand_in_the_document_is_refused(kustlicht, page, field, value, problem):
    offer = kustlicht.offer()
    response = page.post(address(offer), filled_in(page.get(address(offer)), **{field: value}))

    assert response.status_code == 422
    assert problem.lower() in text_of(response).lower()
    assert not Agreement.objects.exists()


def test_a_double_click_signs_once(kustlicht, page):
    """A3"""
    offer = kustlicht.offer()
    sent = filled_in(page.get(address(offer)))
    page.post(address(offer), sent)
    again = page.post(address(offer), sent, follow=True)

    assert "U had deze overeenkomst al ondertekend. Er is niets dubbel gedaan." in text_of(again)
    assert Agreement.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_signatories_at_once_one_signs_and_the_other_reads_who_was_first():
    """A2, A3: each in a thread of their own."""
    kustlicht = Kustlicht()
    bea, offer = kustlicht.signatory("Bea Smit", "bea@kustlicht.example"), kustlicht.offer()
    browsers = {user.name: signed_in(user) for user in (kustlicht.dirk, bea)}
    sent = {name: filled_in(browser.get(address(offer)), naam=name) for name, browser in browsers.items()}
    together, answers = threading.Barrier(2), {}

    def sign(name: str) -> None:
        together.wait()
        answers[name] = browsers[name].post(address(offer), sent[name])
        connection.close()

    threads = [threading.Thread(target=sign, args=(name,)) for name in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    agreement = Agreement.objects.get()
    (late,) = [answer for answer in answers.values() if answer.status_code != 302]

    assert late.status_code == 409
    assert f"{agreement.signatory_name}, voorzitter, heeft de overeenkomst OSR" in text_of(late)


# --- Bad luck in words ---


def test_a_colleague_who_was_first_is_named_with_the_moment(kustlicht, page):
    """A3"""
    offer = kustlicht.offer()
    sent = filled_in(page.get(address(offer)))
    kustlicht.sign(offer, kustlicht.signatory("Bea Smit", "bea@kustlicht.example"))
    late = page.post(address(offer), sent)

    assert late.status_code == 409
    for response in (late, page.get(address(offer))):
        assert "Bea Smit, voorzitter, heeft de overeenkomst OSR, versie 1, ondertekend op" in text_of(response)
    assert Agreement.objects.count() == 1


def test_a_withdrawn_offer_cannot_be_signed_and_says_why(kustlicht, page):
    """A2"""
    offer = kustlicht.offer()
    sent = filled_in(page.get(address(offer)))
    withdraw_offer(actor=kustlicht.support(), offer=offer)
    response = page.post(address(offer), sent)

    assert response.status_code == 409
    assert "Deze overeenkomst is ingetrokken" in text_of(response)
    assert "De reden: Gebeld door het bestuur" in text_of(response)
    assert page.get(address(offer, "overeenkomst.pdf")).status_code == 404


def test_a_declined_and_a_requested_one_say_so(kustlicht, page):
    """A2"""
    declined = kustlicht.offer()
    decline_offer(actor=kustlicht.signing(kustlicht.dirk), offer=declined, reason="Te duur.")
    requested = kustlicht.request(kustlicht.oso)

    assert "De reden: Te duur." in text_of(page.get(address(declined)))
    assert "ligt nog niet klaar" in text_of(page.get(address(requested)))


@pytest.mark.parametrize("tail", ["", "weigeren/", "overeenkomst.pdf"])
def test_an_offer_of_another_board_is_not_there(kustlicht, tail):
    offer = kustlicht.offer()
    stranger, board = make.UserFactory(name="Van elders"), make.BoardFactory()
    make_membership(stranger, board, "signatory")

    assert signed_in(stranger).get(address(offer, tail)).status_code == 404
    assert signed_in(stranger).post(address(offer, tail)).status_code in (404, 405)


@pytest.mark.parametrize("tail", ["", "weigeren/"])
def test_who_is_beheerder_only_reads_which_role_it_takes(kustlicht, tail):
    """A3"""
    response = signed_in(kustlicht.joke).get(address(kustlicht.offer(), tail))

    assert "Deze pagina is voor de tekenbevoegde van Stichting Kustlicht." in text_of(response)


def test_who_is_beheerder_only_may_read_the_text(kustlicht):
    offer = kustlicht.offer()

    assert signed_in(kustlicht.joke).get(address(offer, "overeenkomst.pdf")).status_code == 200


def test_a_document_that_changed_meanwhile_must_be_read_and_agreed_to_again(kustlicht, page):
    """A3: what is signed is what was shown; here a school came."""
    offer = kustlicht.offer()
    sent = filled_in(page.get(address(offer)))
    make.SchoolFactory(brin="99ZC", name="De Vloedlijn", board=kustlicht.board)
    response = page.post(address(offer), sent)
    html = response.content.decode()

    assert response.status_code == 422
    assert "Het document is intussen veranderd. Er is niets ondertekend." in text_of(response)
    assert "De Vloedlijn" in text_of(response)
    assert 'value="voorzitter"' in html
    assert 'value="ja" required>' in html  # not ticked any more
    assert filled_in(response)["document"] != sent["document"]
    assert page.post(address(offer), filled_in(response)).status_code == 302


def test_another_mistake_does_not_hide_that_the_document_changed(kustlicht, page):
    """A3"""
    offer = kustlicht.offer()
    sent = filled_in(page.get(address(offer)), functie="")
    make.SchoolFactory(brin="99ZC", name="De Vloedlijn", board=kustlicht.board)
    first = page.post(address(offer), sent)
    second = page.post(address(offer), filled_in(first, functie="voorzitter"))

    assert "Vul uw functie in." in text_of(first)
    assert "Het document is intussen veranderd." in text_of(second)
    assert not Agreement.objects.exists()


def test_without_a_seal_nothing_is_signed_and_it_says_whom_to_ask(kustlicht, page, settings):
    """A3"""
    offer = kustlicht.offer()
    sent = filled_in(page.get(address(offer)))
    settings.OSR_SEAL_PKCS12 = ""
    response = page.post(address(offer), sent)

    assert response.status_code == 422
    assert "Het register kan de overeenkomst nu niet verzegelen. Er is niets ondertekend." in text_of(response)
    assert 'value="voorzitter"' in response.content.decode()
    assert not Agreement.objects.exists()


def test_a_document_that_cannot_be_made_is_told_calmly(kustlicht, page):
    offer = kustlicht.offer()
    make.SchoolFactory(brin="99ZD", name="De 🦄", board=kustlicht.board)

    for tail in ("", "overeenkomst.pdf"):
        response = page.get(address(offer, tail))
        assert response.status_code == 409
        assert "Het document kan nu niet worden gemaakt" in text_of(response)


def test_what_was_typed_survives_the_end_of_the_session(kustlicht, page):
    """Nothing is signed by itself: the button is pressed again."""
    offer = kustlicht.offer()
    shown = page.get(address(offer))
    sent = filled_in(shown, functie="lid van het bestuur") | secrets_on(shown)
    end_session(page)
    page.post(address(offer), sent)
    sign_in(page, kustlicht.dirk)
    back = page.get(address(offer))

    assert not Agreement.objects.exists()
    assert 'value="lid van het bestuur"' in back.content.decode()
    assert filled_in(back)["document"] == sent["document"]


def test_an_overdue_offer_can_still_be_signed_and_says_so(kustlicht, page):
    """A4: nothing ends by itself."""
    with time_machine.travel(datetime.now(UTC) - 9 * DAY):
        offer = kustlicht.offer(respond_by=today() + DAY)
    response = page.get(address(offer))

    assert "die dag is voorbij; u kunt nog tekenen" in text_of(response)


# --- Declining (A3) ---


def test_declining_asks_for_a_reason_and_tells_it(kustlicht, page):
    """A3"""
    offer = kustlicht.offer()
    without = page.post(address(offer, "weigeren/"), {"reden": "  "})
    done = page.post(address(offer, "weigeren/"), {"reden": "Artikel 3 klopt niet."}, follow=True)
    again = page.post(address(offer, "weigeren/"), {"reden": "Nog eens."})
    offer.refresh_from_db()

    assert without.status_code == 422
    assert "Vul in waarom u niet tekent." in text_of(without)
    assert "U hebt de overeenkomst OSR geweigerd." in text_of(done)
    assert (offer.status, offer.declined_reason) == ("declined", "Artikel 3 klopt niet.")
    assert again.status_code == 409
    assert "De reden: Artikel 3 klopt niet." in text_of(again)
