"""What Kennisnet support does with agreements: texts, offers, paper and ending, each on a page of its own (A1-A7)."""

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pypdf import PdfReader, PdfWriter

from accounts.models import SupportAccount
from agreements.actions import change_template, decline_offer, draft_template
from agreements.models import Agreement, Kind, Offer, Template
from journal.acts import Actor, ActorKind, act, register
from journal.clock import today
from journal.models import Entry
from mandates.actions import grant_mandates
from mandates.actions.grant import Choice
from mandates.models import Mandate
from mandates.wording import day_in_words
from tests import factories as make
from tests.agreements.boards import DAY, Kustlicht
from tests.mandates.test_pages import text_of
from tests.register import make_membership, make_support, sign_in_support

BODY = "# Artikel 1\n\nKennisnet en {bestuur}, bestuursnummer {bestuursnummer}, spreken dit af."
REASON = {"reason": "Gebeld door het bestuur"}
PLACE = "/beheer/agreements"


@pytest.fixture
def kustlicht(db) -> Kustlicht:
    return Kustlicht()


def of(role: str, name: str = "Iemand van support") -> Client:
    """The workplace as somebody with this role sees it."""
    client = Client()
    sign_in_support(client, make_support(name, role=role))
    return client


@pytest.fixture
def support(kustlicht) -> Client:
    return of(SupportAccount.Role.SUPPORT)


@pytest.fixture
def lead(kustlicht) -> Client:
    return of(SupportAccount.Role.LEAD)


def hidden(response) -> dict[str, str]:
    """What a preview sends along unseen, to be confirmed."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', response.content.decode())
    return dict(found)


def confirm(client: Client, address: str, seen, **fields):
    return client.post(address, {**fields, **hidden(seen)}, follow=True)


def pdf(password: str = "") -> SimpleUploadedFile:
    writer, content = PdfWriter(), BytesIO()
    writer.add_blank_page(width=595, height=842)
    if password:
        writer.encrypt(password)
    writer.write(content)
    return SimpleUploadedFile("overeenkomst.pdf", content.getvalue())


# --- Kinds and texts (A1, A4, A5) ---


def texts(**more) -> dict[str, str]:
    return {
        "title": "Overeenkomst OSR",
        "body": BODY,
        "changes": "Artikel 1 is korter.",
        "annex_service": "Het register houdt mandaten bij.",
        "annex_categories": "Naam van de OSR-beheerder\nFunctie van de tekenbevoegde",
    } | more


def test_a_kind_is_added_and_a_wrong_one_is_refused_with_everything_at_once(support):
    """A1"""
    wrong = support.post(f"{PLACE}/kind/toevoegen/", REASON | {"code": "O S O", "name": ""})
    right = support.post(f"{PLACE}/kind/toevoegen/", REASON | {"code": "rod", "name": "ROD"}, follow=True)

    assert wrong.status_code == 422
    assert "De soort ROD is toegevoegd." in text_of(right)
    assert Kind.objects.get(code="ROD").name == "ROD"


def test_a_version_is_drafted_from_the_one_before_changed_and_published(kustlicht, support):
    """A4, A5"""
    address = f"{PLACE}/kind/{kustlicht.osr.kind.pk}/nieuwe-versie/"
    begun = support.get(address).content.decode()
    support.post(address, REASON | texts())
    draft = Template.objects.get(kind="OSR", version=2)
    page = f"{PLACE}/template/{draft.pk}"
    support.post(f"{page}/bijwerken/", REASON | texts(title="Nieuwe titel", seen=draft.entry_id))
    done = support.post(f"{page}/publiceren/", REASON, follow=True)
    draft.refresh_from_db()

    assert "spreken af wat hier staat." in begun
    assert "OSR, versie 2 is gepubliceerd." in text_of(done)
    assert (draft.title, draft.published_on) == ("Nieuwe titel", today())
    assert draft.annex_categories == ["Naam van de OSR-beheerder", "Functie van de tekenbevoegde"]
    assert "Concept bijwerken" not in text_of(done)
    assert support.post(f"{page}/bijwerken/", REASON | texts(seen=draft.entry_id)).status_code == 422


def test_publishing_says_everything_that_is_wrong_at_once(kustlicht, support):
    """A4, A5"""
    body = "Tussen {bestuurr} en Kennisnet }\n\n{bestuursnummer}"
    draft = draft_template(actor=kustlicht.support(), kind=kustlicht.osr.kind, title="OSR", body=body)
    response = support.post(f"{PLACE}/template/{draft.pk}/publiceren/", REASON)
    text = text_of(response)

    assert response.status_code == 422
    for problem in (
        "Het veld {bestuurr} bestaat niet. Bedoelt u {bestuur}?",
        "In de tekst ontbreekt {bestuur}",
        "Regel 1: de accolade } staat alleen.",
        "Schrijf op wat er verandert ten opzichte van versie 1.",
        "Beschrijf in de privacybijsluiter wat de dienst doet.",
        "ten minste één categorie",
    ):
        assert problem in text
    draft.refresh_from_db()
    assert draft.published_on is None


def test_what_a_colleague_changed_meanwhile_is_not_overwritten(kustlicht, support):
    draft = draft_template(actor=kustlicht.support(), kind=kustlicht.osr.kind, title="OSR", body=BODY)
    draft.refresh_from_db()
    address = f"{PLACE}/template/{draft.pk}/bijwerken/"
    support.post(address, REASON | texts(title="Van de eerste", seen=draft.entry_id))
    late = support.post(address, REASON | texts(title="Van de tweede", seen=draft.entry_id))
    draft.refresh_from_db()

    assert late.status_code == 422
    assert "Een collega heeft het concept intussen veranderd." in text_of(late)
    assert 'value="Van de tweede"' in late.content.decode()
    assert draft.title == "Van de eerste"


def test_the_page_of_a_version_shows_what_changed_word_by_word(kustlicht, support):
    """A4"""
    body = kustlicht.osr.body.replace("spreken af wat hier staat", "spreken af wat hieronder staat")
    draft = make.TemplateFactory(kind="OSR", body=body, published_on=None)
    html = support.get(f"{PLACE}/template/{draft.pk}/change/").content.decode()

    assert '<ins><span class="visually-hidden">[nieuw: </span>hieronder<' in html
    assert '<del><span class="visually-hidden">[vervallen: </span>hier<' in html


def test_a_draft_can_be_seen_as_pdf_with_a_board_that_does_not_exist(kustlicht, support):
    """A4, A5"""
    draft = make.TemplateFactory(kind="OSR", published_on=None)
    example = support.get(f"{PLACE}/template/{draft.pk}/voorbeeld.pdf")
    annex = support.get(f"{PLACE}/template/{draft.pk}/privacybijsluiter.pdf")

    assert "Stichting Voorbeeld" in PdfReader(BytesIO(example.content)).pages[0].extract_text()
    assert annex.content.startswith(b"%PDF-")


def test_a_text_that_cannot_be_printed_says_why_instead_of_a_pdf(kustlicht, support):
    draft = make.TemplateFactory(kind="OSR", body=f"{BODY} 🦄", published_on=None)
    response = support.get(f"{PLACE}/template/{draft.pk}/voorbeeld.pdf")

    assert response.status_code == 422
    assert "🦄" in text_of(response)


# --- Offering (A2, A4) ---


def offered(**more) -> dict[str, str]:
    return (
        REASON
        | {"signatory": "anders", "name": "Dirk Bakker", "email": "dirk@kustlicht.example"}
        | {"respond_by": (today() + 20 * DAY).isoformat()}
        | more
    )


def test_a_request_is_offered_to_a_signatory_of_the_board(kustlicht, support):
    """A2"""
    offer = kustlicht.request()
    address = f"{PLACE}/offer/{offer.pk}/aanbieden/"
    choices = text_of(support.get(address))
    done = support.post(address, offered(signatory="voorstel", name="", email=""), follow=True)
    offer.refresh_from_db()

    assert "Dirk Bakker (dirk@kustlicht.example) Iemand anders: vul hieronder in wie" in choices
    assert "is aangeboden aan Dirk Bakker (dirk@kustlicht.example)." in text_of(done)
    assert (offer.status, offer.signatory_email) == ("offered", "dirk@kustlicht.example")


@pytest.mark.parametrize(
    ("wrong", "problems"),
    [
        ({"name": "", "email": ""}, ["Vul de naam in van wie tekent.", "Vul het e-mailadres in van wie tekent."]),
        ({"email": "dirk.kustlicht.example"}, ["dirk.kustlicht.example is geen e-mailadres."]),
        ({"respond_by": "2020-01-01"}, ["Kies een dag na vandaag"]),
        ({"respond_by": "30-02-2027"}, ["30 februari 2027 bestaat niet."]),
        ({"respond_by": ""}, ["Kies de dag waarop u uiterlijk antwoord wilt."]),
        ({"signatory": "niemand"}, ["niemand"]),
        ({"reason": " "}, ["Vul in waarom u dit doet."]),
    ],
)
def test_what_is_wrong_with_an_offer_is_said_and_nothing_is_sent(kustlicht, support, wrong, problems):
    """A2"""
    offer = kustlicht.request()
    response = support.post(f"{PLACE}/offer/{offer.pk}/aanbieden/", offered(**wrong))
    offer.refresh_from_db()

    assert response.status_code == 422
    for problem in problems:
        assert problem in text_of(response)
    assert offer.status == "requested"


def test_a_board_is_offered_what_it_did_not_ask_for(kustlicht, support):
    """A2"""
    address = f"/beheer/schools/board/{kustlicht.board.pk}/overeenkomst-aanbieden/"
    support.post(address, offered(kind=kustlicht.oso.kind.pk))
    again = support.post(address, offered(kind=kustlicht.oso.kind.pk))

    assert Offer.objects.get().status == "offered"
    assert again.status_code == 422
    assert "is al aangeboden op" in text_of(again)


def test_half_an_offer_is_no_offer(kustlicht, support):
    """A2: the request and the offer are one thing for support."""
    address = f"/beheer/schools/board/{kustlicht.board.pk}/overeenkomst-aanbieden/"
    support.post(address, offered(kind=kustlicht.oso.kind.pk, email="geen adres"))

    assert not Offer.objects.exists()


def test_reminding_withdrawing_and_offering_again(kustlicht, support):
    """A2"""
    offer = kustlicht.offer()
    page = f"{PLACE}/offer/{offer.pk}"
    reminded = support.post(f"{page}/herinneren/", REASON, follow=True)
    twice = support.post(f"{page}/herinneren/", REASON)
    withdrawn = support.post(f"{page}/intrekken/", REASON | {"reason": "Verkeerde persoon"}, follow=True)
    support.post(f"{page}/opnieuw-aanbieden/", offered())

    assert "De herinnering gaat naar Dirk Bakker" in text_of(reminded)
    assert "Vandaag is al een herinnering gestuurd." in text_of(twice)
    assert "Verkeerde persoon" in text_of(withdrawn)
    assert [each.status for each in Offer.objects.order_by("pk")] == ["withdrawn", "offered"]


def test_a_declined_one_shows_why_and_can_be_offered_again(kustlicht, support):
    """A2, A3"""
    offer = kustlicht.offer()
    decline_offer(actor=kustlicht.signing(kustlicht.dirk), offer=offer, reason="Artikel 3 klopt niet.")
    page = text_of(support.get(f"{PLACE}/offer/{offer.pk}/change/"))

    assert "Artikel 3 klopt niet." in page
    assert "Opnieuw aanbieden" in page
    assert "Herinneren" not in page


@pytest.mark.parametrize(
    ("status", "boards"),
    [
        ("", {"99105", "99106", "99107"}),
        ("open", {"99105", "99106"}),
        ("requested", {"99105"}),
        ("offered", {"99106"}),
        ("overdue", set()),
        ("declined", {"99107"}),
        ("onzin", {"99105", "99106", "99107"}),
    ],
)
def test_the_offers_are_filtered_and_downloaded_as_filtered(kustlicht, support, status, boards):
    """A2"""
    kustlicht.request()
    for number in ("99106", "99107"):
        other = Kustlicht.__new__(Kustlicht)
        other.__dict__ = kustlicht.__dict__ | {"board": make.BoardFactory(number=number)}
        make_membership(kustlicht.dirk, other.board, "signatory")
        offer = other.offer()
        if number == "99107":
            decline_offer(actor=other.signing(kustlicht.dirk), offer=offer, reason="Nee.")
    query = {"status": status} if status else {}
    csv = support.get(f"{PLACE}/offer/lijst.csv", query).content.decode()

    assert {line.split(";")[1] for line in csv.splitlines()[1:]} == boards
    assert support.get(f"{PLACE}/offer/", query).status_code == 200


def test_a_version_is_offered_to_all_boards_after_a_preview(kustlicht, support):
    """A4"""
    kustlicht.sign()
    without = make.BoardFactory(name="Stichting Zonder Tekenaar")
    make.AgreementFactory(board=without, kind="OSR")
    new = make.TemplateFactory(kind="OSR", changes="Nieuw.")
    address = f"{PLACE}/template/{new.pk}/aan-alle-besturen/"
    sent = REASON | {"respond_by": (today() + 20 * DAY).isoformat()}
    seen = support.post(address, sent)
    text = text_of(seen)

    assert not Offer.objects.filter(template=new).exists()
    assert "Krijgt de overeenkomst aangeboden (1)" in text
    assert "wordt aangeboden aan Dirk Bakker" in text
    assert "Komt bij de aanvragen: vul in wie tekent (1)" in text
    done = confirm(support, address, seen, **sent)
    assert "is aangeboden aan 1 bestuur. Van 1 bestuur is nog niet bekend wie er tekent." in text_of(done)
    assert sorted(Offer.objects.filter(template=new).values_list("status", flat=True)) == ["offered", "requested"]


def test_a_preview_that_no_longer_holds_is_named_and_nothing_is_offered(kustlicht, support):
    """A4"""
    kustlicht.sign()
    new = make.TemplateFactory(kind="OSR", changes="Nieuw.")
    address = f"{PLACE}/template/{new.pk}/aan-alle-besturen/"
    sent = REASON | {"respond_by": (today() + 20 * DAY).isoformat()}
    seen = support.post(address, sent)
    kustlicht.offer(new)
    done = confirm(support, address, seen, **sent)

    assert done.status_code == 422
    assert "Er is intussen iets veranderd." in text_of(done)
    assert "Stichting Kustlicht: was 'wordt aangeboden aan Dirk Bakker'" in text_of(done)
    assert Offer.objects.filter(template=new).count() == 1


def test_what_was_not_shown_by_us_is_not_confirmed(kustlicht, support, lead):
    """A4, A7"""
    agreement = kustlicht.sign()
    new = make.TemplateFactory(kind="OSR", changes="Nieuw.")
    day = (today() + 20 * DAY).isoformat()
    made_up = REASON | {"confirmed": "1", "seen": "verzonnen", "respond_by": day, "last_day": day}

    for client, address in (
        (support, f"{PLACE}/template/{new.pk}/aan-alle-besturen/"),
        (lead, f"{PLACE}/agreement/{agreement.pk}/beeindigen/"),
    ):
        assert "Bekijk eerst wat er gebeurt" in text_of(client.post(address, made_up))
    agreement.refresh_from_db()
    assert agreement.ended_on is None


# --- On paper (A6) ---


def on_paper(kustlicht, **more) -> dict:
    return (
        REASON
        | {
            "template": kustlicht.osr.pk,
            "signed_on": "2026-01-15",
            "name": "Bea Smit",
            "function": "bestuurder",
            "upload": pdf(),
        }
        | more
    )


def test_what_was_signed_on_paper_is_registered_with_its_scan(kustlicht, support):
    """A6"""
    offer = kustlicht.offer()
    address = f"/beheer/schools/board/{kustlicht.board.pk}/overeenkomst-op-papier/"
    done = support.post(address, on_paper(kustlicht), follow=True)
    agreement = Agreement.objects.get()
    offer.refresh_from_db()
    page = support.get(f"{PLACE}/agreement/{agreement.pk}/change/")

    assert "is geregistreerd, vanaf 15 januari 2026." in text_of(done)
    assert (agreement.on_paper, agreement.signatory_name) == (True, "Bea Smit")
    assert offer.status == "withdrawn"
    assert "Het bewaarde document is ongewijzigd. Het is een scan van papier" in text_of(page)
    assert support.get(f"{PLACE}/agreement/{agreement.pk}/overeenkomst.pdf").content.startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"upload": SimpleUploadedFile("brief.docx", b"PK geen PDF")}, "Dit bestand is geen PDF"),
        ({"upload": SimpleUploadedFile("groot.pdf", b"%PDF-" + b" " * 50_000_000)}, "Het bestand is 51 MB."),
        ({"upload": pdf("geheim")}, "Dit bestand is beveiligd met een wachtwoord."),
        ({"upload": SimpleUploadedFile("leeg.pdf", b"")}, "Het bestand is leeg."),
        ({"upload": ""}, "Kies het bestand met de getekende overeenkomst."),
        ({"signed_on": "30-2-2026"}, "30 februari 2026 bestaat niet."),
        ({"signed_on": "2099-01-01"}, "De dag van ondertekening ligt in de toekomst."),
        ({"template": ""}, "Kies welke versie is getekend."),
        ({"name": ""}, "Vul de naam in van wie heeft getekend."),
    ],
    ids=["no PDF", "50 MB", "encrypted", "empty", "none", "30 februari", "future", "no version", "no name"],
)
def test_a_wrong_upload_is_refused_in_words(kustlicht, support, wrong, problem):
    """A6"""
    address = f"/beheer/schools/board/{kustlicht.board.pk}/overeenkomst-op-papier/"
    response = support.post(address, on_paper(kustlicht, **wrong))

    assert response.status_code == 422
    assert problem in text_of(response)
    assert not Agreement.objects.exists()


# --- Ending (A7) ---


@pytest.fixture
def mandates(kustlicht) -> list[Mandate]:
    """Two mandates under OSR, one of which needs OSO as well."""
    for template in (kustlicht.osr, kustlicht.oso):
        kustlicht.sign(kustlicht.offer(template))
    return grant_mandates(
        actor=Actor(kind=ActorKind.ADMINISTRATOR, name="Joke", user_id=kustlicht.joke.pk, board_number="99105"),
        school=kustlicht.school,
        choices=[Choice(service=each, system=kustlicht.las) for each in (kustlicht.rio, kustlicht.overstap)],
        start_date=today(),
    )


def end_address(kind: str) -> str:
    return f"{PLACE}/agreement/{Agreement.objects.get(kind=kind).pk}/beeindigen/"


def test_ending_shows_which_mandates_end_and_ends_them_with_it(kustlicht, lead, mandates):
    """A7"""
    last_day = today() + 10 * DAY
    sent = REASON | {"last_day": last_day.isoformat()}
    seen = lead.post(end_address("OSR"), sent)
    text = text_of(seen)

    assert f"is {day_in_words(last_day)} de laatste dag van deze overeenkomst, en eindigen er 2 mandaten." in text
    assert "RIO (1)" in text
    assert f"De Duinroos (99ZA) Leerspoor eindigt op {day_in_words(last_day)}" in text
    assert Agreement.objects.get(kind="OSR").ended_on is None
    done = confirm(lead, end_address("OSR"), seen, **sent)
    assert f"eindigt op {day_in_words(last_day)}; 2 mandaten eindigen." in text_of(done)
    assert set(Mandate.objects.values_list("end_date", flat=True)) == {last_day}
    assert Entry.objects.get(type="agreement.ended").reason == REASON["reason"]


def test_only_the_mandates_that_need_it_end(kustlicht, lead, mandates):
    """A7"""
    sent = REASON | {"last_day": today().isoformat()}
    confirm(lead, end_address("OSO"), lead.post(end_address("OSO"), sent), **sent)

    assert dict(Mandate.objects.values_list("service__code", "end_date")) == {"RIO": None, "OSO-OV": today()}


def test_a_mandate_that_was_changed_meanwhile_is_named_and_nothing_ends(kustlicht, lead, mandates):
    """A7"""
    sent = REASON | {"last_day": (today() + 10 * DAY).isoformat()}
    seen = lead.post(end_address("OSR"), sent)
    with act("mandate.end_changed", actor=register("test")):
        Mandate.objects.filter(pk=mandates[0].pk).update(end_date=today())
    done = confirm(lead, end_address("OSR"), seen, **sent)

    assert done.status_code == 422
    assert "Het register is intussen veranderd. Er is niets opgeslagen; bekijk het opnieuw." in text_of(done)
    assert "99ZA, RIO, Leerspoor: was" in text_of(done)
    assert Agreement.objects.get(kind="OSR").ended_on is None
    again = lead.post(end_address("OSR"), sent)
    assert "eindigt er 1 mandaat" in text_of(again)


@pytest.mark.parametrize(
    ("day", "problem"),
    [
        ("", "Kies de laatste dag."),
        ("2020-01-01", "Wat daarvoor gold, verandert niet."),
        ("31-2-2027", "31 februari 2027 bestaat niet."),
    ],
)
def test_a_day_on_which_it_cannot_end_is_refused(kustlicht, lead, mandates, day, problem):
    """A7, D9"""
    response = lead.post(end_address("OSR"), REASON | {"last_day": day})

    assert response.status_code == 422
    assert problem in text_of(response)


def test_what_would_begin_another_agreement_is_said_before_one_ends(kustlicht, lead):
    """A7"""
    agreement = kustlicht.sign()
    kustlicht.offer(make.TemplateFactory(kind="OSR"))

    page = lead.post(f"{PLACE}/agreement/{agreement.pk}/beeindigen/", {**REASON, "last_day": today().isoformat()})

    assert "Let op: er ligt nog een aanbod open van OSR, versie 2." in text_of(page)


def test_what_a_colleague_changed_a_moment_ago_is_not_published_unseen(kustlicht, support):
    """A4: what is published never changes."""
    body = kustlicht.osr.body
    draft = draft_template(actor=kustlicht.support(), kind=kustlicht.osr.kind, title="Versie 2", body=body)
    draft.refresh_from_db()
    seen = draft.entry_id
    texts = {"body": draft.body, "changes": "Anders", "annex_service": "", "annex_categories": []}
    change_template(actor=kustlicht.support(), template=draft, title="Versie 2", **texts)

    response = support.post(f"{PLACE}/template/{draft.pk}/publiceren/", {**REASON, "seen": seen})

    draft.refresh_from_db()
    assert "Een collega heeft het concept intussen veranderd." in text_of(response)
    assert draft.published_on is None


def test_only_a_lead_ends_an_agreement(kustlicht, support, mandates):
    """A7"""
    assert support.get(end_address("OSR")).status_code == 403
    assert "Beëindigen" not in text_of(support.get(end_address("OSR").replace("beeindigen", "change")))


# --- Looking only, and the board's page ---


def test_a_reader_sees_everything_and_changes_nothing(kustlicht):
    agreement, requested = kustlicht.sign(), kustlicht.request(kustlicht.oso)
    draft = make.TemplateFactory(kind="OSR", published_on=None)
    reader = of(SupportAccount.Role.READER)
    for page in (
        "kind/",
        "template/",
        "offer/",
        "agreement/",
        f"kind/{kustlicht.osr.kind.pk}/change/",
        f"template/{draft.pk}/change/",
        f"template/{draft.pk}/voorbeeld.pdf",
        f"offer/{requested.pk}/change/",
        f"agreement/{agreement.pk}/change/",
        f"agreement/{agreement.pk}/overeenkomst.pdf",
    ):
        response = reader.get(f"{PLACE}/{page}")
        assert response.status_code == 200
        assert "object-tools" not in response.content.decode(errors="replace")
    for page in (
        "kind/toevoegen/",
        f"kind/{kustlicht.osr.kind.pk}/nieuwe-versie/",
        f"template/{draft.pk}/bijwerken/",
        f"template/{draft.pk}/publiceren/",
        f"template/{kustlicht.osr.pk}/aan-alle-besturen/",
        f"offer/{requested.pk}/aanbieden/",
        f"offer/{requested.pk}/intrekken/",
        f"agreement/{agreement.pk}/beeindigen/",
    ):
        assert reader.post(f"{PLACE}/{page}", REASON).status_code == 403
    for page in ("overeenkomst-aanbieden", "overeenkomst-op-papier"):
        assert reader.post(f"/beheer/schools/board/{kustlicht.board.pk}/{page}/", REASON).status_code == 403


@pytest.mark.parametrize("page", ["kind/", "offer/", "agreement/lijst.csv"])
def test_who_is_not_of_support_sees_none_of_it(kustlicht, page):
    client = Client()
    client.force_login(kustlicht.joke)

    assert client.get(f"{PLACE}/{page}").status_code in (302, 403)


def test_the_seal_of_a_signed_one_is_checked_in_words(kustlicht, support):
    """A3"""
    agreement = kustlicht.sign()
    text = text_of(support.get(f"{PLACE}/agreement/{agreement.pk}/change/"))

    assert "Het zegel klopt. Verzegeld door Onderwijs Serviceregister (ontwikkeling) op" in text


@pytest.mark.parametrize(
    ("content", "words"),
    [(lambda pdf: pdf.replace(b"/Title", b"/Titel", 1), "Het zegel klopt niet"), (lambda pdf: b"", "beschadigd")],
)
def test_a_seal_that_does_not_hold_is_told(kustlicht, support, monkeypatch, content, words):
    """A3"""
    agreement = kustlicht.sign()
    changed = content(bytes(agreement.document.content)) or None
    monkeypatch.setattr("mandates.workplace.agreements.intact", lambda document: changed)
    text = text_of(support.get(f"{PLACE}/agreement/{agreement.pk}/change/"))

    assert words in text
    if changed is None:
        assert support.get(f"{PLACE}/agreement/{agreement.pk}/overeenkomst.pdf").status_code == 404


def test_the_boards_page_tells_how_its_agreements_stand(kustlicht, support):
    kustlicht.sign()
    kustlicht.offer(kustlicht.oso)
    text = text_of(support.get(f"/beheer/schools/board/{kustlicht.board.pk}/change/"))

    assert f"van kracht, sinds {day_in_words(today())}" in text
    assert f"versie 1, aangeboden op {day_in_words(today())} : OSO aan Dirk Bakker" in text
    assert "Mag tekenen: Dirk Bakker." in text
    assert "Overeenkomst aanbieden" in text
