"""What the database refuses about texts, offers and agreements, whoever asks (A2-A6, D14)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Membership
from agreements.contents import digest_of
from agreements.models import Agreement, Document, Offer
from journal.acts import Actor, ActorKind, act
from journal.clock import today
from tests import factories as make
from tests.register import make_membership

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
SUPPORT = Actor(kind=ActorKind.SUPPORT, name="Sam", reason="Gebeld")


@pytest.fixture
def board():
    return make.BoardFactory(number="99005")


@pytest.fixture
def template():
    return make.TemplateFactory()


@pytest.fixture
def dirk(board) -> Actor:
    user = make.UserFactory(name="Dirk Bakker")
    make_membership(user, board, Membership.Role.SIGNATORY)
    return Actor(kind=ActorKind.SIGNATORY, name="Dirk Bakker", user_id=user.pk, board_number=board.number)


@pytest.fixture
def offer(board, template) -> Offer:
    return put_offer(board, template)


def put_offer(board, template, actor: Actor = SUPPORT, **more) -> Offer:
    sent = {
        "status": "offered",
        "signatory_name": "Dirk Bakker",
        "signatory_email": "dirk@aanzee.example",
        "offered_on": today(),
        "respond_by": today() + 30 * DAY,
    }
    known = {"kind": template.kind, "requested_on": today(), "requested_by_name": "Sam"}
    with transaction.atomic(), act("offer.offered", actor=actor):
        return Offer.objects.create(board=board, template=template, **known | sent | more)


def change(row, actor: Actor = SUPPORT, **values) -> None:
    with transaction.atomic(), act("something.changed", actor=actor):
        type(row).objects.filter(pk=row.pk).update(**values)


def put_document(content: bytes = b"%PDF-1.7") -> Document:
    with act("agreement.signed", actor=make.TESTS):
        return Document.objects.create(sha256=digest_of(content), content=content, made_on=today())


def signed_by(actor: Actor, board, template) -> dict:
    return {
        "board": board,
        "kind": template.kind,
        "template": template,
        "signed_on": today(),
        "signatory_name": "Dirk Bakker",
        "signatory_function": "voorzitter",
        "signed_by_id": actor.user_id,
        "document": put_document(),
    }


def sign(offer: Offer, actor: Actor, **more) -> Agreement:
    """As the action does, without asking anything."""
    values = signed_by(actor, offer.board, offer.template)
    with transaction.atomic(), act("agreement.signed", actor=actor):
        agreement = Agreement.objects.create(**values | more)
        Offer.objects.filter(pk=offer.pk).update(status="signed", agreement=agreement, closed_on=today())
        connection.check_constraints()
    return agreement


# --- Texts (A4) ---


@pytest.mark.parametrize("version", [1, 3])
def test_versions_of_a_kind_have_no_gaps(template, version):
    """A4"""
    with pytest.raises(IntegrityError, match="without gaps"), transaction.atomic():
        make.TemplateFactory(version=version)
    assert make.TemplateFactory(version=2).pk
    assert make.TemplateFactory(kind="OSO").version == 1


def test_there_is_one_draft_of_a_kind(template):
    """A4"""
    make.TemplateFactory(published_on=None)

    with pytest.raises(IntegrityError, match="one_draft_template_per_kind"), transaction.atomic():
        make.TemplateFactory(published_on=None)


@pytest.mark.parametrize("lacking", [{"body": ""}, {"annex_service": ""}, {"annex_categories": []}])
def test_only_what_is_complete_is_published(lacking):
    """A4, A5"""
    draft = make.TemplateFactory(published_on=None, **lacking)

    with pytest.raises(IntegrityError, match="published_template_is_complete"):
        change(draft, published_on=today())


def test_a_published_text_never_changes(template):
    """A4"""
    for values in ({"body": "Anders"}, {"annex_categories": ["Adres"]}, {"published_on": None}):
        with pytest.raises(IntegrityError, match="never changes"):
            change(template, **values)
    draft = make.TemplateFactory(published_on=None)
    change(draft, body="Anders")


def test_a_version_stays_what_it_is_and_nothing_is_deleted(template, offer, run_sql):
    """D14"""
    draft = make.TemplateFactory(published_on=None)
    for row, values in ((draft, {"version": 9}), (offer, {"board": make.BoardFactory()})):
        with pytest.raises(IntegrityError, match="D14"):
            change(row, **values)
    put_document()
    for table in ("template", "offer", "document", "kind"):
        with pytest.raises(IntegrityError, match="D14"):
            run_sql(f"DELETE FROM agreements_{table}", as_owner=True)


# --- Documents (A3) ---


def test_a_document_is_what_its_digest_says_and_never_changes():
    """A3"""
    document = put_document()

    for values in ({"content": b"%PDF-2.0"}, {"sha256": "0" * 64}, {"made_on": today() - DAY}):
        with pytest.raises(IntegrityError):
            change(document, **values)
    with pytest.raises(IntegrityError, match="is_what_its_sha256_says"), act("agreement.signed", actor=make.TESTS):
        Document.objects.create(sha256="0" * 64, content=b"%PDF", made_on=today())


# --- Offers (A2) ---


def test_a_board_has_one_open_offer_of_a_kind(board, template, offer):
    """A2"""
    with pytest.raises(IntegrityError, match="one_open_offer_per_board_and_kind"):
        put_offer(board, template)
    assert put_offer(make.BoardFactory(), template).pk
    assert put_offer(board, make.TemplateFactory(kind="OSO")).pk


def test_a_draft_and_a_text_of_another_kind_are_not_offered(board, template):
    """A4"""
    with pytest.raises(IntegrityError, match="draft is not offered"):
        put_offer(board, make.TemplateFactory(published_on=None))
    with pytest.raises(IntegrityError, match="of its own kind"):
        put_offer(board, template, kind=make.KindFactory(code="OSO"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"signatory_email": "dirk"},
        {"signatory_email": "dirk@aanzee.example,els@aanzee.example"},
        {"signatory_name": ""},
        {"respond_by": today() - DAY},
        {"respond_by": None},
        {"offered_on": None},
        {"closed_on": today()},
        {"withdrawn_reason": "Nee"},
        {"status": "signed"},
        {"status": "declined"},
        {"status": "withdrawn"},
        {"status": "lost"},
    ],
)
def test_an_offer_that_makes_no_sense_is_refused(board, template, wrong):
    """A2"""
    with pytest.raises(IntegrityError):
        put_offer(board, template, **wrong)


WITHDRAWN = {"status": "withdrawn", "withdrawn_reason": "Verkeerd bestuur", "closed_on": today()}
DECLINED = {"status": "declined", "declined_reason": "Artikel 4", "closed_on": today()}


def test_steps_are_taken_in_order(board, template, dirk):
    """A2"""
    requested = put_offer(board, template, status="requested")
    with pytest.raises(IntegrityError, match="does not go from requested to declined"):
        change(requested, dirk, **DECLINED)
    with pytest.raises(IntegrityError, match="does not go from requested to signed"):
        sign(requested, dirk)
    change(requested, status="offered")
    with pytest.raises(IntegrityError, match="does not go from offered to requested"):
        change(requested, status="requested")
    with pytest.raises(IntegrityError, match="text of what was offered stays"):
        change(requested, template=make.TemplateFactory())
    sign(requested, dirk)


@pytest.mark.parametrize("end", ["signed", "declined", "withdrawn"])
def test_what_is_signed_declined_or_withdrawn_is_final(offer, dirk, end):
    """A2: a withdrawn offer gets no signature."""
    if end == "signed":
        sign(offer, dirk)
    else:
        change(offer, *([dirk] if end == "declined" else []), **(DECLINED if end == "declined" else WITHDRAWN))

    for values in ({"status": "offered", "closed_on": None}, {"respond_by": today() + 90 * DAY}, {"closed_on": None}):
        with pytest.raises(IntegrityError, match=f"was {end} stays so"):
            change(offer, **values)
    if end != "signed":
        with pytest.raises(IntegrityError, match=f"was {end} stays so"):
            sign(offer, dirk)


def test_only_support_offers_and_withdraws_and_with_a_reason(board, template, offer, dirk):
    """A2"""
    without_reason = Actor(kind=ActorKind.SUPPORT, name="Sam", reason=" ")
    administrator = Actor(kind=ActorKind.ADMINISTRATOR, name="Joost", board_number=board.number)
    other = make.BoardFactory()

    for actor in (dirk, administrator, without_reason):
        with pytest.raises(IntegrityError, match="A2"):
            change(offer, actor, **WITHDRAWN)
        with pytest.raises(IntegrityError, match="A2"):
            put_offer(other, template, actor)
    with pytest.raises(IntegrityError, match="requests its own"):
        put_offer(other, template, administrator, status="requested")
    change(offer, **WITHDRAWN)
    assert put_offer(board, template, administrator, status="requested").pk


# --- Signing (A3, A6) ---


def test_only_a_signatory_of_the_board_signs_under_their_own_name(board, offer, dirk):
    """A3"""
    other = make.UserFactory()
    make_membership(other, make.BoardFactory(), Membership.Role.SIGNATORY)
    make_membership(other, board, Membership.Role.ADMINISTRATOR)
    claiming = Actor(kind=ActorKind.SIGNATORY, name="Piet", user_id=other.pk, board_number=board.number)
    wrong = [
        claiming,
        Actor(kind=ActorKind.ADMINISTRATOR, name="Dirk", user_id=dirk.user_id, board_number=board.number),
        Actor(kind=ActorKind.SUPPORT, name="Sam", user_id=dirk.user_id, reason="Namens Dirk"),
        Actor(kind=ActorKind.REGISTER, name="taak", user_id=dirk.user_id),
    ]

    for actor in wrong:
        with pytest.raises(IntegrityError, match="A3"):
            sign(offer, actor)
    with pytest.raises(IntegrityError, match="their own name"):
        sign(offer, dirk, signed_by_id=other.pk)
    with act("membership.ended", actor=make.TESTS):
        Membership.objects.filter(user=dirk.user_id).update(is_active=False)
    with pytest.raises(IntegrityError, match="A3"):
        sign(offer, dirk)


def test_what_is_signed_is_what_was_offered(offer, dirk):
    """A3"""
    newer = make.TemplateFactory()

    with pytest.raises(IntegrityError, match="What was signed is what was offered"):
        sign(offer, dirk, template=newer)
    with pytest.raises(IntegrityError, match="published text of the same kind"):
        sign(offer, dirk, template=make.TemplateFactory(kind="OSO"))


def test_nothing_is_signed_that_was_not_offered(board, template, dirk):
    """A2: asked at the end of the transaction."""
    with transaction.atomic():
        with act("agreement.signed", actor=dirk):
            Agreement.objects.create(**signed_by(dirk, board, template))
        with pytest.raises(IntegrityError, match="was offered"):
            connection.check_constraints()
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    "lacking", [{"signatory_name": ""}, {"signatory_function": ""}, {"document": None}, {"template": None}]
)
def test_what_is_signed_here_is_complete(offer, dirk, lacking):
    """A3"""
    with pytest.raises(IntegrityError, match=r"agreement_signed_here_is_complete|what was offered"):
        sign(offer, dirk, **lacking)


def put_paper(board, template, actor: Actor = SUPPORT, **more) -> Agreement:
    values = {
        "kind": template.kind,
        "template": template,
        "signed_on": today(),
        "signatory_name": "Dirk Bakker",
        "on_paper": True,
        "document": put_document(),
    }
    with transaction.atomic(), act("agreement.registered", actor=actor):
        return Agreement.objects.create(board=board, **values | more)


def test_support_registers_on_paper_only(board, template):
    """A6"""
    for wrong in ({"on_paper": False}, {"signed_on": today() + DAY}, {"document": None}, {"signatory_name": ""}):
        with pytest.raises(IntegrityError, match=r"A6|agreement_on_paper_has_its_scan"):
            put_paper(board, template, **wrong)
    administrator = Actor(kind=ActorKind.ADMINISTRATOR, name="Joost", board_number=board.number)
    for actor in (administrator, Actor(kind=ActorKind.SUPPORT, name="Sam")):
        with pytest.raises(IntegrityError, match=r"A3|A6"):
            put_paper(board, template, actor)
    assert put_paper(board, template).pk


def test_an_agreement_comes_in_the_place_of_the_one_that_ended_the_day_before(board, template):
    """A4"""
    ended = make.AgreementFactory(board=board, ended_on=today() - 2 * DAY)
    elsewhere = make.AgreementFactory(ended_on=today() - DAY)

    for former in (ended, elsewhere):
        with pytest.raises(IntegrityError, match="ended the day before"):
            put_paper(board, template, supersedes=former)
    assert put_paper(board, template, signed_on=today() - DAY, supersedes=ended).pk


def test_of_an_agreement_only_the_last_day_changes_and_not_by_a_beheerder(board, template, dirk):
    """A2, A7, D14"""
    agreement = put_paper(board, template)
    for values in ({"signatory_name": "Els"}, {"on_paper": False}, {"document": put_document(b"%PDF-2")}):
        with pytest.raises(IntegrityError, match="D14"):
            change(agreement, **values)
    administrator = Actor(kind=ActorKind.ADMINISTRATOR, name="Joost", board_number=board.number)
    for actor in (administrator, Actor(kind=ActorKind.SUPPORT, name="Sam")):
        with pytest.raises(IntegrityError, match="A7"):
            change(agreement, actor, ended_on=today())
    with pytest.raises(IntegrityError, match="agreement_ends_no_earlier"):
        change(agreement, ended_on=today() - 2 * DAY)
    change(agreement, ended_on=today() - DAY)
