"""From a text to a signed agreement: drafting, requesting, offering, signing and what goes wrong (A1-A6)."""

import threading
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader, PdfWriter

from accounts.models import Membership, SupportAccount
from agreements.actions import (
    OfferOutcome,
    OffersChanged,
    add_kind,
    change_template,
    decline_offer,
    draft_template,
    offer_agreement,
    offer_to_all_boards,
    preview_offer_to_all_boards,
    publish_template,
    register_on_paper,
    remind,
    request_agreement,
    sign_agreement,
    suggested_signatories,
    withdraw_offer,
)
from agreements.contents import digest_of, offered_pdf
from agreements.documents import verify
from agreements.models import Agreement, Offer, Template
from journal.acts import Actor, ActorKind, Refused, act
from journal.clock import today
from journal.models import Entry
from mandates.models import Mandate
from schools.models import Board
from tests import factories as make
from tests.register import make_membership, make_support

DAY = timedelta(days=1)
IN_A_MONTH = today() + 30 * DAY
BODY = "## Afspraken\n\nKennisnet en {bestuur} ({bestuursnummer}) spreken het volgende af."


class AanZee:
    """A board without any agreement, a tekenbevoegde, and people of support."""

    def __init__(self) -> None:
        self.board = make.BoardFactory(number="99005", name="Stichting Aan Zee")
        self.school = make.SchoolFactory(brin="99ZA", name="De Duinroos", board=self.board)
        self.dirk = self.signatory("Dirk Bakker", "dirk@aanzee.example")
        self.support = make_support().actor(reason="Gebeld door het bestuur")
        self.osr = make.KindFactory(code="OSR")

    def signatory(self, name: str, email: str) -> Actor:
        user = make.UserFactory(name=name, email=email)
        make_membership(user, self.board, Membership.Role.SIGNATORY)
        return Actor(kind=ActorKind.SIGNATORY, name=name, user_id=user.pk, board_number=self.board.number)

    def offer(self, template: Template | None = None, **more) -> Offer:
        """An offer that waits for the signature of Dirk."""
        template = template or Template.objects.first() or make.TemplateFactory(body=BODY)
        offer = request_agreement(actor=self.support, board=self.board, kind=template.kind)
        return offer_agreement(
            actor=self.support,
            offer=offer,
            **{"signatory_name": "Dirk Bakker", "signatory_email": "dirk@aanzee.example", "respond_by": IN_A_MONTH}
            | more,
        )

    def sign(self, offer: Offer, **more) -> Agreement:
        """Dirk signs what he was shown."""
        given = {
            "actor": self.dirk,
            "offer": offer,
            "name": "Dirk Bakker",
            "function": "voorzitter",
            "consent": True,
            "document_digest": digest_of(offered_pdf(offer)),
        }
        return sign_agreement(**given | more)


@pytest.fixture
def aan_zee(db) -> AanZee:
    return AanZee()


def scan(pages: int = 1) -> SimpleUploadedFile:
    writer, content = PdfWriter(), BytesIO()
    for _ in range(pages):
        writer.add_blank_page(width=595, height=842)
    writer.write(content)
    return SimpleUploadedFile("overeenkomst.pdf", content.getvalue())


def kinds(refused) -> list[str]:
    return [problem.kind for problem in refused.value.problems]


def types_since(entry: int) -> list[str]:
    return list(Entry.objects.filter(pk__gt=entry).order_by("pk").values_list("type", flat=True))


# --- Texts (A1, A4, A5) ---


def complete(**more) -> dict:
    return {
        "title": "Overeenkomst OSR",
        "body": BODY,
        "changes": "Artikel 4 is nieuw.",
        "annex_service": "Het register houdt mandaten bij.",
        "annex_categories": ["Naam van de OSR-beheerder"],
    } | more


def test_a_version_is_drafted_changed_and_published(aan_zee):
    """A4"""
    draft = draft_template(actor=aan_zee.support, kind=aan_zee.osr, title="  Overeenkomst   OSR ")
    changed = change_template(actor=aan_zee.support, template=draft, **complete(annex_categories=[" Naam ", ""]))
    published = publish_template(actor=aan_zee.support, template=draft)

    assert (draft.title, draft.version, draft.published_on) == ("Overeenkomst OSR", 1, None)
    assert changed.annex_categories == ["Naam"]
    assert published.published_on == today()
    assert [each.type for each in Entry.objects.filter(subject_kind="template").order_by("pk")] == [
        "template.drafted",
        "template.changed",
        "template.published",
    ]


def test_versions_of_a_kind_are_numbered_one_after_the_other(aan_zee):
    """A4: a draft is the next one, and there is one at most."""
    for version in (1, 2):
        draft = draft_template(actor=aan_zee.support, kind=aan_zee.osr, **complete())
        with pytest.raises(Refused) as refused:
            draft_template(actor=aan_zee.support, kind=aan_zee.osr, title="Nog een")
        assert publish_template(actor=aan_zee.support, template=draft).version == version
        assert kinds(refused) == ["draft_exists"]


def test_all_that_a_draft_misses_is_said_at_once(aan_zee):
    """A4, A5"""
    make.TemplateFactory()
    draft = draft_template(actor=aan_zee.support, kind=aan_zee.osr, title="Overeenkomst", body="Voor {bestuurder}")

    with pytest.raises(Refused) as refused:
        publish_template(actor=aan_zee.support, template=draft)

    assert kinds(refused) == [
        "body", "body", "body", "changes_missing", "annex_service_missing", "annex_categories_missing",
    ]  # fmt: skip
    assert "{bestuurder} bestaat niet" in str(refused.value)


def test_what_cannot_stand_in_the_pdf_is_not_published(aan_zee):
    """A3: nobody is to find that out when signing."""
    draft = draft_template(actor=aan_zee.support, kind=aan_zee.osr, **complete(title="Overeenkomst \U0001f9a9"))

    with pytest.raises(Refused, match="kunnen niet in de PDF staan"):
        publish_template(actor=aan_zee.support, template=draft)


def test_a_published_version_never_changes(aan_zee):
    """A4"""
    template = make.TemplateFactory()

    for do, given in ((change_template, complete()), (publish_template, {})):
        with pytest.raises(Refused) as refused:
            do(actor=aan_zee.support, template=template, **given)
        assert kinds(refused) == ["already_published"]


def test_support_adds_a_kind(aan_zee):
    """A1"""
    kind = add_kind(actor=aan_zee.support, code="rod", name="Register Onderwijsdeelnemers")

    assert kind.code == "ROD"
    with pytest.raises(Refused) as refused:
        add_kind(actor=aan_zee.support, code="ROD", name=" ")
    assert kinds(refused) == ["code_taken", "name_missing"]
    with pytest.raises(Refused) as refused:
        add_kind(actor=aan_zee.support, code="rod vo", name="ROD VO")
    assert kinds(refused) == ["code_form"]


# --- Requesting and offering (A2) ---


def administrator(board: Board) -> Actor:
    return Actor(kind=ActorKind.ADMINISTRATOR, name="Joost Hendriks", user_id=1, board_number=board.number)


def test_a_beheerder_and_a_tekenbevoegde_request_an_agreement_of_their_own_board(aan_zee):
    """A2"""
    make.TemplateFactory()

    offer = request_agreement(actor=administrator(aan_zee.board), board=aan_zee.board, kind=aan_zee.osr)
    withdraw_offer(actor=aan_zee.support, offer=offer)
    again = request_agreement(actor=aan_zee.dirk, board=aan_zee.board, kind=aan_zee.osr)

    assert (offer.status, offer.requested_on, offer.requested_by_name) == ("requested", today(), "Joost Hendriks")
    assert again.requested_by_name == "Dirk Bakker"
    with pytest.raises(Refused) as refused:
        request_agreement(actor=administrator(make.BoardFactory()), board=aan_zee.board, kind=aan_zee.osr)
    assert kinds(refused) == ["not_allowed"]


def test_nothing_is_requested_without_a_text_twice_or_when_the_newest_is_in_force(aan_zee):
    """A2, A4"""
    with pytest.raises(Refused) as no_text:
        request_agreement(actor=aan_zee.dirk, board=aan_zee.board, kind=aan_zee.osr)
    offer = aan_zee.offer()
    with pytest.raises(Refused) as twice:
        request_agreement(actor=aan_zee.dirk, board=aan_zee.board, kind=aan_zee.osr)
    aan_zee.sign(offer)
    with pytest.raises(Refused) as signed:
        request_agreement(actor=aan_zee.dirk, board=aan_zee.board, kind=aan_zee.osr)

    assert [*kinds(no_text), *kinds(twice), *kinds(signed)] == ["no_text", "open_offer", "newest_in_force"]


def test_support_offers_it_to_the_signatory_in_the_newest_text(aan_zee):
    """A2, A4"""
    make.TemplateFactory()
    offer = request_agreement(actor=aan_zee.dirk, board=aan_zee.board, kind=aan_zee.osr)
    newest = make.TemplateFactory()

    offered = offer_agreement(
        actor=aan_zee.support,
        offer=offer,
        signatory_name="Dirk  Bakker",
        signatory_email="dirk@aanzee.example; els@aanzee.example",
        respond_by=IN_A_MONTH,
    )

    assert (offered.status, offered.template, offered.offered_on) == ("offered", newest, today())
    assert (offered.signatory_name, offered.addresses) == (
        "Dirk Bakker",
        ["dirk@aanzee.example", "els@aanzee.example"],
    )
    [entry] = Entry.objects.filter(type="offer.offered")
    assert (entry.boards, entry.reason) == (["99005"], "Gebeld door het bestuur")


def test_all_that_is_wrong_with_an_offer_is_said_at_once(aan_zee):
    """A2"""
    offer = aan_zee.offer()

    with pytest.raises(Refused) as refused:
        offer_agreement(
            actor=aan_zee.support, offer=offer, signatory_name=" ", signatory_email="dirk", respond_by=today()
        )

    assert kinds(refused) == ["not_requested", "name_missing", "email_form", "respond_by"]


def test_only_support_with_a_reason_and_an_account_that_may_change_offers(aan_zee):
    """A2"""
    make.TemplateFactory()
    offer = request_agreement(actor=aan_zee.dirk, board=aan_zee.board, kind=aan_zee.osr)
    reader = make_support("Lezer", role=SupportAccount.Role.READER)

    for actor in (aan_zee.dirk, reader.actor(reason="Gebeld"), make_support("Sam").actor(reason=" ")):
        for do in (remind, withdraw_offer):
            with pytest.raises(Refused) as refused:
                do(actor=actor, offer=offer)
            assert kinds(refused) == ["not_allowed"]


def test_a_reminder_is_sent_once_a_day_and_only_while_somebody_has_to_answer(aan_zee):
    """A2"""
    offer = aan_zee.offer()

    assert remind(actor=aan_zee.support, offer=offer).reminded_on == today()
    with pytest.raises(Refused) as twice:
        remind(actor=aan_zee.support, offer=offer)
    aan_zee.sign(offer)
    with pytest.raises(Refused) as signed:
        remind(actor=aan_zee.support, offer=offer)

    assert [*kinds(twice), *kinds(signed)] == ["reminded_today", "not_offered"]


def test_support_withdraws_an_offer_with_its_reason(aan_zee):
    """A2"""
    offer = withdraw_offer(actor=aan_zee.support, offer=aan_zee.offer())

    assert (offer.status, offer.withdrawn_reason, offer.closed_on) == (
        "withdrawn",
        "Gebeld door het bestuur",
        today(),
    )
    with pytest.raises(Refused) as refused:
        withdraw_offer(actor=aan_zee.support, offer=offer)
    assert kinds(refused) == ["not_open"]


def test_an_offer_that_was_not_answered_in_time_stands_and_is_shown_to_support(aan_zee):
    """A4: nothing ends by itself."""
    offer = aan_zee.offer()

    assert not Offer.objects.overdue(IN_A_MONTH).exists()
    assert Offer.objects.overdue(IN_A_MONTH + DAY).get() == offer
    assert offer.is_overdue(IN_A_MONTH + DAY)
    assert aan_zee.sign(offer)
    assert not Offer.objects.overdue(IN_A_MONTH + DAY).exists()


# --- Signing (A3) ---


def test_the_signatory_signs_what_was_shown(aan_zee):
    """A3: the agreement is in force from today on, and the sealed document is kept."""
    offer = aan_zee.offer()
    last = Entry.objects.latest("pk").pk

    agreement = aan_zee.sign(offer)

    offer.refresh_from_db()
    assert (offer.status, offer.agreement, offer.closed_on) == ("signed", agreement, today())
    assert (agreement.signed_on, agreement.ended_on, agreement.template) == (today(), None, offer.template)
    assert (agreement.signatory_name, agreement.signatory_function) == ("Dirk Bakker", "voorzitter")
    assert (agreement.signed_by_id, agreement.on_paper) == (aan_zee.dirk.user_id, False)
    content = bytes(agreement.document.content)
    assert agreement.document.sha256 == digest_of(content)
    assert verify(content).intact
    text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    assert "Dirk Bakker" in text
    assert "De Duinroos" in text
    assert sorted(types_since(last)) == ["agreement.signed", "document.kept", "offer.signed"]


def test_the_journal_remembers_the_signing_but_not_the_document_itself(aan_zee):
    """D14: who, when and which document, by its SHA-256."""
    agreement = aan_zee.sign(aan_zee.offer())

    signed = Entry.objects.get(subject_kind="agreement")
    assert (signed.actor["name"], signed.boards) == ("Dirk Bakker", ["99005"])
    document = Entry.objects.get(subject_kind="document")
    assert document.after["sha256"] == agreement.document.sha256
    assert "content" not in document.after


def test_name_function_and_consent_are_all_needed(aan_zee):
    """A3"""
    with pytest.raises(Refused) as refused:
        aan_zee.sign(aan_zee.offer(), name=" ", function="", consent=False)

    assert kinds(refused) == ["name_missing", "function_missing", "consent_missing"]
    assert not Agreement.objects.exists()


def test_what_was_not_shown_is_not_signed(aan_zee):
    """A3: a school was added after the document was shown."""
    offer = aan_zee.offer()
    shown = digest_of(offered_pdf(offer))
    make.SchoolFactory(board=aan_zee.board)

    with pytest.raises(Refused) as refused:
        aan_zee.sign(offer, document_digest=shown)

    assert kinds(refused) == ["document_changed"]
    assert not Agreement.objects.exists()


def test_the_second_of_two_signatories_hears_who_signed_and_when(aan_zee):
    """A3"""
    els = aan_zee.signatory("Els Vos", "els@aanzee.example")
    offer = aan_zee.offer()
    aan_zee.sign(offer)

    with pytest.raises(Refused) as refused:
        aan_zee.sign(offer, actor=els, name="Els Vos")

    assert kinds(refused) == ["offer_signed"]
    assert "Dirk Bakker heeft deze overeenkomst al ondertekend op" in str(refused.value)
    assert Agreement.objects.count() == 1


def test_only_a_signatory_of_the_board_signs(aan_zee):
    """A3"""
    offer = aan_zee.offer()
    elsewhere = AanZeeElsewhere()
    former = aan_zee.signatory("Oud-voorzitter", "oud@aanzee.example")
    with act("membership.ended", actor=make.TESTS):
        Membership.objects.filter(user=former.user_id).update(is_active=False)

    for actor in (
        aan_zee.support,
        administrator(aan_zee.board),
        elsewhere.signatory,
        elsewhere.claiming(aan_zee.board),
        former,
    ):
        for do in (aan_zee.sign, lambda offer, actor: decline_offer(actor=actor, offer=offer, reason="Nee")):
            with pytest.raises(Refused) as refused:
                do(offer, actor=actor)
            assert kinds(refused) == ["not_allowed"]


class AanZeeElsewhere:
    """A tekenbevoegde of another board."""

    def __init__(self) -> None:
        self.user, board = make.UserFactory(name="Piet"), make.BoardFactory()
        make_membership(self.user, board, Membership.Role.SIGNATORY)
        self.signatory = self.claiming(board)

    def claiming(self, board: Board) -> Actor:
        """Piet, who says that he acts for this board."""
        return Actor(kind=ActorKind.SIGNATORY, name="Piet", user_id=self.user.pk, board_number=board.number)


@pytest.mark.parametrize("close", [withdraw_offer, None])
def test_what_was_withdrawn_or_declined_is_not_signed(aan_zee, close):
    """A2"""
    offer = aan_zee.offer()
    if close:
        close(actor=aan_zee.support, offer=offer)
    else:
        decline_offer(actor=aan_zee.dirk, offer=offer, reason="Artikel 4 klopt niet")

    with pytest.raises(Refused) as refused:
        aan_zee.sign(offer)

    assert kinds(refused) == ["offer_withdrawn" if close else "offer_declined"]


def test_the_signatory_declines_with_a_reason(aan_zee):
    """A3"""
    offer = aan_zee.offer()
    with pytest.raises(Refused) as refused:
        decline_offer(actor=aan_zee.dirk, offer=offer, reason=" ")

    declined = decline_offer(actor=aan_zee.dirk, offer=offer, reason="Artikel 4 klopt niet")

    assert kinds(refused) == ["reason_missing"]
    assert (declined.status, declined.declined_reason) == ("declined", "Artikel 4 klopt niet")
    assert aan_zee.offer().status == "offered"


def test_a_new_version_comes_in_the_place_of_the_old_one_and_mandates_stay(aan_zee):
    """A4: not a day without, and no mandate changes."""
    old = make.AgreementFactory(board=aan_zee.board, signed_on="2019-01-01")
    mandate = make.MandateFactory(school=aan_zee.school)
    mandate.refresh_from_db()

    new = aan_zee.sign(aan_zee.offer())

    old.refresh_from_db()
    assert (old.ended_on, new.supersedes) == (today() - DAY, old)
    assert old.entry.type == "agreement.superseded"
    connection.check_constraints()
    assert Mandate.objects.get(pk=mandate.pk).entry_id == mandate.entry_id


def test_a_version_signed_on_the_day_of_the_one_before_leaves_that_no_day(aan_zee):
    """A4, as D9 for mandates."""
    first = aan_zee.sign(aan_zee.offer())
    second = aan_zee.sign(aan_zee.offer(make.TemplateFactory(body=BODY)))

    first.refresh_from_db()
    assert (first.signed_on, first.ended_on) == (today(), today() - DAY)
    assert list(Agreement.objects.in_force(today())) == [second]
    assert list(Agreement.objects.covering_some_day()) == [second]


def test_an_agreement_that_was_going_to_end_goes_on_when_it_is_signed_anew(aan_zee):
    """A2"""
    old = make.AgreementFactory(board=aan_zee.board, ended_on=today() + 5 * DAY)

    aan_zee.sign(aan_zee.offer())

    old.refresh_from_db()
    assert old.ended_on == today() - DAY


@pytest.mark.django_db(transaction=True)
def test_of_two_who_sign_at_once_one_signs():
    """A3: one agreement, and the other hears who was first."""
    aan_zee = AanZee()
    els = aan_zee.signatory("Els Vos", "els@aanzee.example")
    offer = aan_zee.offer()
    together, heard = threading.Barrier(2), []

    def sign(actor: Actor) -> None:
        together.wait(30)
        try:
            heard.append(aan_zee.sign(offer, actor=actor, name=actor.name))
        except Refused as refused:
            heard.append(refused)
        finally:
            connection.close()

    threads = [threading.Thread(target=sign, args=[actor]) for actor in (aan_zee.dirk, els)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    [agreement] = Agreement.objects.all()
    [refused] = [each for each in heard if isinstance(each, Refused)]
    assert f"{agreement.signatory_name} heeft deze overeenkomst al ondertekend" in str(refused)


# --- To all boards (A4) ---


@pytest.fixture
def boards(aan_zee) -> dict[str, Board]:
    """Boards that stand differently towards version 2."""
    first, second = make.TemplateFactory(body=BODY), make.TemplateFactory(body=BODY)
    named = ("Alfa", "Bravo", "Charlie", "Delta", "Echo")
    boards = {name: make.BoardFactory(number=f"9910{place}", name=name) for place, name in enumerate(named)}
    for name in ("Alfa", "Bravo", "Charlie", "Delta"):
        make.AgreementFactory(board=boards[name], template=second if name == "Charlie" else first)
    for name in ("Ann", "Bob"):
        user = make.UserFactory(name=name, email=f"{name.lower()}@example.nl")
        make_membership(user, boards["Alfa"], Membership.Role.SIGNATORY)
    offer = request_agreement(actor=aan_zee.support, board=boards["Delta"], kind=aan_zee.osr)
    assert offer.template == second
    return boards


def to_all(aan_zee, respond_by: date = IN_A_MONTH):
    return preview_offer_to_all_boards(
        actor=aan_zee.support, template=Template.objects.get(version=2), respond_by=respond_by
    )


def test_a_new_version_is_offered_to_every_board_with_one_in_force(aan_zee, boards):
    """A4: the preview says who gets it and who not, and why."""
    shown = to_all(aan_zee)

    assert [(row.name, row.outcome) for row in shown.rows] == [
        ("Alfa", OfferOutcome.OFFERED),
        ("Bravo", OfferOutcome.NO_SIGNATORY),
        ("Charlie", OfferOutcome.PASSED_OVER),
        ("Delta", OfferOutcome.PASSED_OVER),
    ]
    assert shown.rows[0].signatory_email == "ann@example.nl, bob@example.nl"
    assert "heeft deze versie al ondertekend" in shown.rows[2].text
    assert "al aangevraagd" in shown.rows[3].text
    offers = offer_to_all_boards(actor=aan_zee.support, shown=shown)
    assert {(offer.board.name, offer.status, offer.respond_by) for offer in offers} == {
        ("Alfa", "offered", IN_A_MONTH),
        ("Bravo", "requested", None),
    }
    assert Agreement.objects.in_force(today()).filter(board=boards["Alfa"]).exists()


def test_who_signed_the_one_before_is_asked_first(aan_zee):
    """A4: of the people who may sign now."""
    aan_zee.signatory("Anna", "anna@aanzee.example")
    assert suggested_signatories(aan_zee.board, aan_zee.osr).email == "anna@aanzee.example, dirk@aanzee.example"

    aan_zee.sign(aan_zee.offer())
    make.TemplateFactory(body=BODY)

    assert [row.signatory_name for row in to_all(aan_zee).rows] == ["Dirk Bakker"]
    assert suggested_signatories(aan_zee.board, aan_zee.osr).email == "dirk@aanzee.example"
    assert suggested_signatories(make.BoardFactory(), aan_zee.osr) is None


def test_what_changed_since_the_preview_is_not_done(aan_zee, boards):
    """A4"""
    shown = to_all(aan_zee)
    request_agreement(actor=aan_zee.support, board=boards["Alfa"], kind=aan_zee.osr)

    with pytest.raises(OffersChanged, match="Alfa: was 'wordt aangeboden aan Ann en Bob'"):
        offer_to_all_boards(actor=aan_zee.support, shown=shown)
    assert not Offer.objects.filter(status="offered").exists()


def test_a_draft_an_old_version_and_no_time_are_refused(aan_zee, boards):
    """A4"""
    draft = draft_template(actor=aan_zee.support, kind=aan_zee.osr, title="Versie 3")

    for version, problems in ((3, ["respond_by", "draft"]), (1, ["respond_by", "not_newest"])):
        template = Template.objects.get(version=version)
        with pytest.raises(Refused) as refused:
            preview_offer_to_all_boards(actor=aan_zee.support, template=template, respond_by=today())
        assert kinds(refused) == problems
    assert draft.version == 3


def test_offering_to_all_takes_as_many_statements_for_many_boards(aan_zee, boards):
    """P4"""

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            offer_to_all_boards(actor=aan_zee.support, shown=to_all(aan_zee))
        return len(captured)

    few = statements()
    for _ in range(30):
        agreement = make.AgreementFactory(template=Template.objects.get(version=1))
        user = make.UserFactory(email="iemand@example.nl")
        make_membership(user, agreement.board, Membership.Role.SIGNATORY)
    make.AgreementFactory()

    assert statements() == few
    assert Offer.objects.filter(status="offered").count() == 31


# --- On paper (A6) ---


def on_paper(aan_zee, **more) -> Agreement:
    given = {
        "actor": aan_zee.support,
        "board": aan_zee.board,
        "template": Template.objects.first() or make.TemplateFactory(),
        "signed_on": today() - 10 * DAY,
        "signatory_name": "Dirk Bakker",
        "signatory_function": "voorzitter",
        "upload": scan(),
    }
    return register_on_paper(**given | more)


def test_support_registers_what_was_signed_on_paper(aan_zee):
    """A6"""
    agreement = on_paper(aan_zee)

    assert (agreement.signed_on, agreement.on_paper, agreement.signed_by) == (today() - 10 * DAY, True, None)
    assert bytes(agreement.document.content).startswith(b"%PDF")
    assert Entry.objects.get(subject_kind="agreement").type == "agreement.registered"
    with pytest.raises(Refused) as refused:
        on_paper(aan_zee, actor=aan_zee.dirk)
    assert kinds(refused) == ["not_allowed"]


def test_all_that_is_wrong_with_a_paper_agreement_is_said_at_once(aan_zee):
    """A6"""
    make.AgreementFactory(board=aan_zee.board, signed_on=today() - DAY)
    with pytest.raises(Refused) as refused:
        on_paper(
            aan_zee,
            signatory_name="",
            signatory_function=" ",
            upload=SimpleUploadedFile("brief.pdf", b"geen pdf"),
        )
    with pytest.raises(Refused) as in_future:
        on_paper(aan_zee, signed_on=today() + DAY, template=make.TemplateFactory(kind="OSO", published_on=None))

    assert kinds(refused) == ["name_missing", "function_missing", "not_a_pdf", "overlaps"]
    assert kinds(in_future) == ["draft", "in_future"]
    assert Agreement.objects.count() == 1


def test_paper_comes_in_the_place_of_what_was_in_force_and_of_an_open_offer(aan_zee):
    """A6, A2"""
    old = make.AgreementFactory(board=aan_zee.board, signed_on="2019-01-01")
    offer = aan_zee.offer()

    agreement = on_paper(aan_zee)

    old.refresh_from_db()
    offer.refresh_from_db()
    assert (old.ended_on, agreement.supersedes) == (today() - 11 * DAY, old)
    assert offer.status == "withdrawn"
    assert "Op papier ondertekend op" in offer.withdrawn_reason
    with pytest.raises(Refused) as again:
        on_paper(aan_zee, signed_on=today())
    assert kinds(again) == ["signed_already"]


def test_an_older_text_on_paper_comes_in_the_place_of_nothing_newer(aan_zee):
    """A4, A6: neither of what was signed, nor of what is offered."""
    first = make.TemplateFactory(body=BODY)
    newest = make.TemplateFactory(body=BODY)
    offer = aan_zee.offer(newest)

    on_paper(aan_zee, template=first)

    offer.refresh_from_db()
    assert offer.status == "offered"
    aan_zee.sign(offer)
    with pytest.raises(Refused) as refused:
        on_paper(aan_zee, template=first, signed_on=today())
    assert kinds(refused) == ["older_version"]


def test_paper_does_not_change_an_agreement_that_has_ended(aan_zee):
    """A6: it would overlap."""
    make.AgreementFactory(board=aan_zee.board, signed_on="2019-01-01", ended_on=today() - 5 * DAY)

    with pytest.raises(Refused) as refused:
        on_paper(aan_zee)

    assert kinds(refused) == ["overlaps"]
    assert on_paper(aan_zee, signed_on=today() - 4 * DAY).supersedes is None


# --- Who sees what ---


def test_a_board_sees_its_own_agreements_and_offers(aan_zee):
    """Screens: a board never sees another's."""
    aan_zee.sign(aan_zee.offer())
    supplier = Actor(kind=ActorKind.SUPPLIER, name="LAS", supplier_oin="00000099000000000001")
    other = administrator(make.BoardFactory())

    for rows in (Agreement.objects, Offer.objects):
        seen = [
            rows.all().visible_to(actor).count()
            for actor in (aan_zee.dirk, administrator(aan_zee.board), aan_zee.support, other, supplier)
        ]
        assert seen == [1, 1, 1, 0, 0]
