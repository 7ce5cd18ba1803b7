"""A board without any agreement, and who may ask for one, offer it and sign it."""

from datetime import timedelta

from django.test import Client

from accounts.models import Membership, SupportAccount
from agreements.actions import offer_agreement, request_agreement, sign_agreement
from agreements.contents import digest_of, offered_pdf
from agreements.models import Agreement, Offer, Template
from journal.acts import Actor, ActorKind
from journal.clock import today
from tests import factories as make
from tests.register import make_membership, make_support

DAY = timedelta(days=1)


class Kustlicht:
    """Stichting Kustlicht: a beheerder (Joke), a tekenbevoegde (Dirk), one school, and a text of OSR and of OSO."""

    def __init__(self) -> None:
        self.board = make.BoardFactory(number="99105", name="Stichting Kustlicht")
        self.school = make.SchoolFactory(brin="99ZA", name="De Duinroos", board=self.board)
        make.LocationFactory(school=self.school)
        self.joke = make.UserFactory(name="Joke Hendriks", email="joke@kustlicht.example")
        make_membership(self.joke, self.board)
        self.dirk = self.signatory("Dirk Bakker", "dirk@kustlicht.example")
        self.osr = make.TemplateFactory(kind="OSR", title="Overeenkomst Onderwijs Serviceregister")
        self.oso = make.TemplateFactory(kind="OSO", title="Overeenkomst Overstapservice")
        self.rio = make.ServiceFactory(code="RIO")
        self.overstap = make.ServiceFactory(code="OSO-OV", agreement_kind="OSO")
        self.las = make.SystemFactory(name="Leerspoor")
        for service in (self.rio, self.overstap):
            make.QualificationFactory(system=self.las, service=service)
        self.sam = make_support()

    def signatory(self, name: str, email: str):
        user = make.UserFactory(name=name, email=email)
        make_membership(user, self.board, Membership.Role.SIGNATORY)
        return user

    def signing(self, user) -> Actor:
        """`user`, acting as tekenbevoegde."""
        return Actor(kind=ActorKind.SIGNATORY, name=str(user), user_id=user.pk, board_number=self.board.number)

    def support(self, role: SupportAccount.Role = SupportAccount.Role.SUPPORT) -> Actor:
        account = self.sam if role == SupportAccount.Role.SUPPORT else make_support("Loes Lead", role=role)
        return account.actor(reason="Gebeld door het bestuur")

    def request(self, template: Template | None = None) -> Offer:
        return request_agreement(actor=self.support(), board=self.board, kind=(template or self.osr).kind)

    def offer(self, template: Template | None = None, **more) -> Offer:
        """An offer that waits for Dirk's signature."""
        given = {
            "signatory_name": "Dirk Bakker",
            "signatory_email": "dirk@kustlicht.example",
            "respond_by": today() + 30 * DAY,
        }
        return offer_agreement(actor=self.support(), offer=self.request(template), **given | more)

    def sign(self, offer: Offer | None = None, user=None) -> Agreement:
        """The agreement, signed by Dirk or by `user`."""
        offer, user = offer or self.offer(), user or self.dirk
        return sign_agreement(
            actor=self.signing(user),
            offer=offer,
            name=str(user),
            function="voorzitter",
            consent=True,
            document_digest=digest_of(offered_pdf(offer)),
        )


def signed_in(user) -> Client:
    """A browser in which `user` is signed in."""
    client = Client()
    client.force_login(user)
    return client
