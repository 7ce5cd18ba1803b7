"""Overeenkomsten in the browser: what the bestuur has, lacks and can do about it; asking for one (A1, A2, A5, D5)."""

from datetime import timedelta

import pytest

from accounts.models import Membership
from agreements.actions import decline_offer, withdraw_offer
from agreements.documents import verify
from agreements.models import Document, Offer, Template
from journal.acts import act, register
from journal.clock import today
from journal.models import Entry
from mandates.wording import day_in_words
from tests import factories as make
from tests.agreements.boards import DAY, Kustlicht, signed_in
from tests.mandates.test_pages import text_of
from tests.register import make_membership

PAGE = "/overeenkomsten/"
REQUEST = "/overeenkomsten/aanvragen/OSR/"


@pytest.fixture
def kustlicht(db) -> Kustlicht:
    return Kustlicht()


@pytest.fixture
def page(kustlicht):
    """A browser in which Joke, OSR-beheerder, is signed in."""
    return signed_in(kustlicht.joke)


@pytest.fixture
def signatory(kustlicht):
    """A browser in which Dirk, tekenbevoegde, is signed in."""
    return signed_in(kustlicht.dirk)


def section(response, code: str) -> str:
    """What the page says of one kind."""
    html = response.content.decode()
    begin = html.index(f'aria-labelledby="{code}"')
    part = html[html.rindex("<section", 0, begin) : html.index("</section>", begin)]
    return text_of(type("Part", (), {"content": part.encode()}))


# --- How things stand (A1, A2) ---


def test_each_kind_says_how_it_stands_osr_first_then_what_services_need(kustlicht, page):
    """A1"""
    make.KindFactory(code="AAA")
    response = page.get(PAGE)
    html = response.content.decode()

    assert [html.index(f'id="{code}"') for code in ("OSR", "OSO", "AAA", "VVA")] == sorted(
        html.index(f'id="{code}"') for code in ("OSR", "OSO", "AAA", "VVA")
    )
    assert "ontbreekt" in section(response, "OSO")
    assert "Nodig voor OSO-OV." in section(response, "OSO")
    assert "nu niet nodig" in section(response, "VVA")
    assert "Uw bestuur mist de overeenkomst OSO . Daardoor kunt u geen mandaat geven voor OSO-OV." in text_of(response)


def test_a_signed_one_says_since_when_by_whom_and_which_version(kustlicht, page):
    """A2"""
    kustlicht.sign()
    text = section(page.get(PAGE), "OSR")

    assert f"van kracht : sinds {day_in_words(today())}" in text
    assert "Versie 1" in text
    assert "Getekend door Dirk Bakker, voorzitter" in text
    assert "Overeenkomst aanvragen" not in text


def test_one_that_ends_says_its_last_day_and_can_be_asked_for_again(kustlicht, page):
    """A7"""
    last_day = today() + 3 * DAY
    make.AgreementFactory(board=kustlicht.board, kind="OSR", ended_on=last_day)
    text = section(page.get(PAGE), "OSR")

    assert f"loopt af : laatste dag {day_in_words(last_day)}" in text
    assert "Overeenkomst aanvragen" in text


def test_an_offered_one_says_for_whom_since_when_and_by_when(kustlicht, page):
    """A2, A4"""
    kustlicht.offer()
    text = section(page.get(PAGE), "OSR")

    assert "wacht op ondertekening" in text
    assert f"ligt sinds {day_in_words(today())} klaar voor Dirk Bakker" in text
    assert f"uiterlijk op {day_in_words(today() + 30 * DAY)}" in text
    assert "Lezen en ondertekenen" not in text


def test_who_may_sign_goes_to_it_from_here(kustlicht, signatory):
    """A3"""
    offer = kustlicht.offer()

    assert f'href="/overeenkomsten/aanbod/{offer.uuid}/"' in signatory.get(PAGE).content.decode()


def test_who_is_beheerder_and_tekenbevoegde_goes_to_it_too(kustlicht, page):
    """A3"""
    make_membership(kustlicht.joke, kustlicht.board, Membership.Role.SIGNATORY)
    kustlicht.offer()

    assert "Lezen en ondertekenen" in text_of(page.get(PAGE))


def test_a_declined_one_says_why_and_can_be_asked_for_again(kustlicht, page):
    """A2"""
    decline_offer(actor=kustlicht.signing(kustlicht.dirk), offer=kustlicht.offer(), reason="Artikel 3 klopt niet.")
    text = section(page.get(PAGE), "OSR")

    assert f"geweigerd : op {day_in_words(today())}" in text
    assert "Artikel 3 klopt niet." in text
    assert "Overeenkomst aanvragen" in text


def test_a_newer_text_is_told_of(kustlicht, page):
    """A4"""
    kustlicht.sign()
    make.TemplateFactory(kind="OSR", changes="Artikel 4 is nieuw.")

    assert "Er is een nieuwere tekst: versie 2. Overeenkomst aanvragen" in section(page.get(PAGE), "OSR")


def test_earlier_ones_are_folded_away(kustlicht, page):
    """A2, A4: the one that was replaced on the day it was signed too."""
    make.AgreementFactory(board=kustlicht.board, kind="OSR", ended_on=today() - 40 * DAY)
    kustlicht.sign()
    make.TemplateFactory(kind="OSR", changes="Nieuw.")
    kustlicht.sign()
    text = section(page.get(PAGE), "OSR")

    assert "Toon eerdere overeenkomsten (2)" in text
    assert "geen: dezelfde dag vervangen door een nieuwe" in text


def test_without_a_text_it_says_whom_to_ask(kustlicht, page):
    make.ServiceFactory(code="MBO", agreement_kind="VVA")

    assert "Er is nog geen tekst voor deze overeenkomst. Vraag Kennisnet erom" in section(page.get(PAGE), "VVA")


def test_the_names_of_who_may_sign_are_told(kustlicht, page):
    """A3"""
    kustlicht.signatory("Bea Smit", "bea@kustlicht.example")

    assert "overeenkomsten lezen en ondertekenen: Bea Smit Dirk Bakker" in text_of(page.get(PAGE))


def test_with_nobody_who_may_sign_it_says_how_to_arrange_that(kustlicht, page, settings):
    """A3"""
    kustlicht.dirk.is_active = False
    kustlicht.dirk.save()
    text = text_of(page.get(PAGE))

    assert "Het register kent nog geen tekenbevoegde" in text
    assert settings.OSR_SIGNATORY_ROLE in text


def test_another_boards_agreements_are_not_shown(page):
    make.AgreementFactory(kind="VVA", signed_on="2001-02-03")

    assert "3 februari 2001" not in text_of(page.get(PAGE))


@pytest.mark.parametrize("number", [1, 6])
def test_the_page_takes_a_fixed_number_of_queries(kustlicht, page, number, django_assert_num_queries):
    """P6"""
    kustlicht.sign()
    kustlicht.offer(kustlicht.oso)
    for each in range(number):
        make.ServiceFactory(agreement_kind=f"KIND{each}")
        make.AgreementFactory(board=kustlicht.board, kind=f"KIND{each}")
        kustlicht.signatory(f"Tekenaar {each}", f"tekenaar{each}@kustlicht.example")
    with django_assert_num_queries(10):
        page.get(PAGE)


# --- The list as a file ---


def test_the_list_is_a_file_with_earlier_ones_and_what_is_on_its_way(kustlicht, page):
    make.AgreementFactory(board=kustlicht.board, kind="OSR", ended_on=today() - 40 * DAY)
    kustlicht.sign()
    kustlicht.offer(kustlicht.oso)
    csv = page.get("/downloads/overeenkomsten.csv").content.decode("utf-8-sig").splitlines()
    excel = page.get("/downloads/overeenkomsten.xlsx")

    assert csv[0].startswith("Soort;Naam;Stand;Versie;Getekend op")
    assert csv[1].startswith(
        f"OSR;Onderwijs Serviceregister;van kracht: sinds {day_in_words(today())};1;{today()};Dirk"
    )
    assert csv[2].startswith("OSR;Onderwijs Serviceregister;beëindigd;;2019-01-01")
    assert csv[3].endswith("OSO-OV;Dirk Bakker")
    assert [line.split(";")[0] for line in csv[1:]] == ["OSR", "OSR", "OSO", "VVA"]
    assert excel.content.startswith(b"PK")


def test_the_tekenbevoegde_gets_the_file_as_well(signatory):
    assert signatory.get("/downloads/overeenkomsten.csv").status_code == 200


# --- One agreement, and its document (A3) ---


def test_the_signed_document_is_given_sealed(kustlicht, page):
    """A3"""
    agreement = kustlicht.sign()
    response = page.get(f"/overeenkomsten/{agreement.uuid}/overeenkomst.pdf")

    assert response.headers["Content-Disposition"].startswith("attachment; ")
    assert verify(response.content).trusted
    assert not verify(response.content.replace(b"/Title", b"/Titel", 1)).intact


def test_a_document_that_is_not_what_it_was_is_refused_and_logged(kustlicht, page, monkeypatch, caplog):
    """A3: the database keeps what was signed; what a disk makes of it shows."""
    agreement = kustlicht.sign()
    monkeypatch.setattr(Document, "content", b"%PDF-1.7 iets anders", raising=False)
    monkeypatch.setattr("agreements.downloads.digest_of", lambda content: "0" * 64)
    response = page.get(f"/overeenkomsten/{agreement.uuid}/overeenkomst.pdf")

    assert response.status_code == 500
    assert "Dit document is beschadigd" in text_of(response)
    assert "PDF-" not in text_of(response)
    assert "document.damaged" in caplog.text


@pytest.mark.parametrize("tail", ["", "overeenkomst.pdf"])
def test_another_boards_agreement_is_not_there(kustlicht, tail):
    agreement = kustlicht.sign()
    stranger = make.UserFactory(name="Van elders")
    make_membership(stranger, make.BoardFactory())

    assert signed_in(stranger).get(f"/overeenkomsten/{agreement.uuid}/{tail}").status_code == 404


def test_an_agreement_without_document_has_a_page_and_no_download(kustlicht, page):
    agreement = make.AgreementFactory(board=kustlicht.board, kind="OSR")
    response = page.get(f"/overeenkomsten/{agreement.uuid}/")

    assert "Deze overeenkomst is van kracht, voor alle scholen van Stichting Kustlicht." in text_of(response)
    assert "Download" not in text_of(response)
    assert page.get(f"/overeenkomsten/{agreement.uuid}/overeenkomst.pdf").status_code == 404


# --- The privacybijsluiter on its own (A5) ---


def test_the_privacy_annex_is_a_page_and_a_pdf(page):
    """A5"""
    address = "/overeenkomsten/privacybijsluiter/OSR/1/"

    assert "Naam en e-mailadres van de OSR-beheerder" in text_of(page.get(address))
    assert page.get(f"{address}privacybijsluiter.pdf").content.startswith(b"%PDF-")


def test_of_a_draft_there_is_no_privacy_annex_yet(page):
    """A4"""
    make.TemplateFactory(kind="OSR", published_on=None)

    assert page.get("/overeenkomsten/privacybijsluiter/OSR/2/").status_code == 404
    assert page.get("/overeenkomsten/privacybijsluiter/XYZ/1/").status_code == 404


# --- Asking for one (A2) ---


def test_one_asks_and_kennisnet_reads_the_remark(kustlicht, page):
    """A2"""
    form = text_of(page.get(REQUEST))
    done = page.post(REQUEST, {"opmerking": "  Graag vóór 1 januari.  "}, follow=True)
    offer = Offer.objects.get()

    assert "Kennisnet legt de overeenkomst klaar voor Dirk Bakker" in form
    assert "De overeenkomst OSR is aangevraagd." in text_of(done)
    assert (offer.status, offer.requested_by_name) == ("requested", "Joke Hendriks")
    assert Entry.objects.get(type="offer.requested").reason == "Graag vóór 1 januari."


def test_a_double_click_asks_once_and_says_so(page):
    page.post(REQUEST, {"opmerking": ""})
    again = page.post(REQUEST, {"opmerking": ""}, follow=True)

    assert Offer.objects.count() == 1
    assert f"is al aangevraagd op {day_in_words(today())}" in text_of(again)


def test_what_was_asked_for_or_signed_already_is_said_before_one_asks(kustlicht, page):
    offer = kustlicht.request()
    assert "is op" in text_of(page.get(REQUEST))
    assert "<textarea" not in page.get(REQUEST).content.decode()

    withdraw_offer(actor=kustlicht.support(), offer=offer)
    kustlicht.sign()
    assert "Uw bestuur heeft de nieuwste versie al." in text_of(page.get(REQUEST))
    assert "heeft de nieuwste versie al ondertekend" in text_of(page.post(REQUEST, follow=True))


def test_without_a_text_nothing_can_be_asked_for(page):
    response = page.post("/overeenkomsten/aanvragen/VVA/", {"opmerking": "Graag"})

    assert response.status_code == 422
    assert "Er is nog geen tekst voor de overeenkomst VVA." in text_of(response)
    assert not Offer.objects.exists()


def test_a_kind_that_does_not_exist_is_not_there(page):
    assert page.get("/overeenkomsten/aanvragen/XYZ/").status_code == 404


def test_a_remark_that_is_too_long_is_refused_and_kept(page):
    response = page.post(REQUEST, {"opmerking": "x" * 1_001})

    assert response.status_code == 422
    assert "x" * 1_001 in response.content.decode()
    assert not Offer.objects.exists()


def test_the_tekenbevoegde_may_ask_too(signatory):
    signatory.post(REQUEST, {"opmerking": ""})

    assert Offer.objects.get().requested_by_name == "Dirk Bakker"


def test_who_acts_for_no_board_sees_nothing(kustlicht):
    stranger = signed_in(make.UserFactory(name="Zonder rol"))

    for address in (PAGE, REQUEST, "/overeenkomsten/privacybijsluiter/OSR/1/", "/downloads/overeenkomsten.csv"):
        assert "U heeft nog geen toegang" in text_of(stranger.get(address))


# --- The gate in place (D5, A5) ---


GRANT = "/scholen/99ZA/mandaten/toevoegen/"


def test_the_form_says_what_is_missing_who_may_sign_and_how_to_ask(kustlicht, page):
    """D5"""
    response = page.get(GRANT)
    text = text_of(response)

    assert "Uw bestuur mist overeenkomsten OSR – Onderwijs Serviceregister, nodig voor elk mandaat." in text
    assert "Vraag de overeenkomst OSO aan" in text
    assert "Voor uw bestuur kan tekenen: Dirk Bakker." in text
    assert 'href="/overeenkomsten/aanvragen/OSR/"' in response.content.decode()


def test_the_form_says_for_whom_it_waits(kustlicht, page):
    """D5"""
    kustlicht.offer()
    text = text_of(page.get(GRANT))

    assert f"De overeenkomst OSR, versie 1, ligt sinds {day_in_words(today())} klaar voor Dirk Bakker." in text
    assert "Onderteken nu" not in text
    assert "Vraag de overeenkomst OSR aan" not in text


def test_who_may_sign_is_sent_to_it_from_the_form(kustlicht, page):
    """D5"""
    make_membership(kustlicht.joke, kustlicht.board, Membership.Role.SIGNATORY)
    offer = kustlicht.offer()

    assert "Onderteken nu de overeenkomst OSR" in text_of(page.get(GRANT))
    assert f'href="/overeenkomsten/aanbod/{offer.uuid}/"' in page.get(GRANT).content.decode()


def test_a_board_with_osr_only_is_told_what_oso_needs(kustlicht, page):
    """D5"""
    kustlicht.sign()
    text = text_of(page.get(GRANT))

    assert "Uw bestuur mist een overeenkomst OSO – Overstapservice Onderwijs, nodig voor OSO-OV." in text
    assert "nodig voor elk mandaat" not in text


def test_nothing_missing_is_nothing_said(kustlicht, page):
    kustlicht.sign()
    kustlicht.sign(kustlicht.offer(kustlicht.oso))

    assert "Uw bestuur mist" not in text_of(page.get(GRANT))


def test_each_service_links_to_the_privacy_annex_that_holds(kustlicht, page):
    """A5: of the version that was signed, else of the newest; of the service's own agreement, else of OSR."""
    kustlicht.sign()
    make.TemplateFactory(kind="OSR", changes="Nieuw.")
    make.TemplateFactory(kind="OSO", changes="Nieuw.")
    html = page.get(GRANT).content.decode()

    assert Template.objects.count() == 4
    assert 'href="/overeenkomsten/privacybijsluiter/OSR/1/"' in html
    assert 'href="/overeenkomsten/privacybijsluiter/OSO/2/"' in html


def test_an_agreement_that_ends_before_the_start_says_what_to_do_as_well(kustlicht, page):
    """D5: the refusal comes from the action; the next step stands beside it."""
    make.AgreementFactory(board=kustlicht.board, kind="OSR", ended_on=today() + 5 * DAY)
    sent = {
        "dienst": "RIO",
        "systeem-RIO": str(kustlicht.las.uuid),
        "startdatum": (today() + timedelta(days=10)).isoformat(),
        "einddatum": "",
    }
    response = page.post(GRANT, sent)

    assert "Voor RIO mist Stichting Kustlicht de overeenkomst OSR." in text_of(response)
    assert 'href="#overeenkomsten-nodig"' in response.content.decode()
    assert f"loopt af: de laatste dag is {day_in_words(today() + 5 * DAY)}." in text_of(response)
    assert "Vraag de overeenkomst OSR aan" in text_of(response)


@pytest.mark.parametrize("address", ["/mandaten/{uuid}/kopieren/", "/overstappen/", "/over-te-nemen/"])
def test_copying_switching_and_taking_over_say_it_too(kustlicht, page, address):
    """D5, D11, D12, D20: of a mandate that came along with a school, given by its former board."""
    school = make.SchoolFactory(brin="99ZZ", name="De Vuurtoren")
    make.LocationFactory(school=school)
    mandate = make.MandateFactory(school=school, service=kustlicht.rio, system=kustlicht.las)
    school.board = kustlicht.board
    with act("school.moved", actor=register("DUO-import")):
        school.save()
    response = page.get(address.format(uuid=mandate.uuid))

    assert response.status_code == 200
    assert "Vraag de overeenkomst OSR aan" in text_of(response)
