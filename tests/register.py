"""A small register that tests start from: Stichting De Regenboog, her schools, and the systems she can choose."""

from types import SimpleNamespace

from django.test import Client

from accounts import sessions
from accounts.models import Membership, SupportAccount
from journal.acts import Actor, ActorKind
from mandates.actions import Choice
from tests import factories as make


class Regenboog:
    """One board with an OSR agreement, two schools, two services, a LAS, a toetssysteem and a third party that asks."""

    LAS_KEY = "osr_las"
    TEST_KEY = "osr_toets"

    def __init__(self) -> None:
        self.board = make.BoardFactory(number="99001", name="Stichting De Regenboog")
        make.AgreementFactory(board=self.board, kind="OSR")
        self.school = make.SchoolFactory(brin="99AA", name="De Regenboog", board=self.board, city="Zwolle")
        self.other_school = make.SchoolFactory(brin="99AB", name="De Linde", board=self.board, city="Deventer")
        for code in ("99AA00", "99AA01"):
            make.LocationFactory(school=self.school, code=code)
        make.LocationFactory(school=self.other_school)

        self.rio = make.ServiceFactory(code="RIO", name="Registratie Instellingen en Opleidingen")
        self.rio_version = make.ServiceVersionFactory(service=self.rio, namespace="http://example.nl/rio/1")
        self.oso = make.ServiceFactory(code="OSO-OV", name="OSO Overstap", agreement_kind="OSO")
        self.bst = make.ServiceFactory(code="BST", name="Bestuursdienst", level="board", takes_endpoints=False)
        self.test = make.ServiceFactory(code="DOORSTROOM", name="Doorstroomtoets", roles=["las", "toetssysteem"])

        self.las = make.SystemFactory(
            name="Leerspoor", supplier__name="Leerspoor BV", supplier__oin="00000099000000000001"
        )
        self.other_las = make.SystemFactory(
            name="Klasboek", supplier__name="Klasboek BV", supplier__oin="00000099000000000002"
        )
        self.test_system = make.SystemFactory(
            name="Toetsplein", kind="toetssysteem", supplier__name="Toetsplein BV", supplier__oin="00000099000000000003"
        )
        for system in (self.las, self.other_las):
            for service in (self.rio, self.oso, self.bst, self.test):
                make.QualificationFactory(system=system, service=service)
        make.QualificationFactory(system=self.test_system, service=self.test)
        make.ApiKeyFactory(system=self.las, key=self.LAS_KEY)
        make.ApiKeyFactory(system=self.test_system, key=self.TEST_KEY)

        self.person = make.UserFactory(name="Anke de Vries")
        make_membership(self.person, self.board)
        self.anke = Actor(
            kind=ActorKind.ADMINISTRATOR, name="Anke de Vries", user_id=self.person.pk, board_number=self.board.number
        )

    def rio_by_las(self) -> Choice:
        """The LAS, chosen for RIO."""
        return Choice(service=self.rio, system=self.las)


class MembershipFactory(make.RecordedFactory):
    class Meta:
        model = Membership

    role = Membership.Role.ADMINISTRATOR


def make_membership(user, board, role: Membership.Role = Membership.Role.ADMINISTRATOR) -> Membership:
    """Let `user` act for `board`, as OSR-beheerder or in another role."""
    return MembershipFactory(user=user, board=board, role=role)


class SupportAccountFactory(make.RecordedFactory):
    class Meta:
        model = SupportAccount

    role = SupportAccount.Role.SUPPORT


def make_support(
    name: str = "Sam Jansen", *, role: SupportAccount.Role = SupportAccount.Role.SUPPORT
) -> SupportAccount:
    """A person of Kennisnet support, with their account."""
    return SupportAccountFactory(user=make.UserFactory(name=name), role=role)


def sign_in_support(client: Client, account: SupportAccount) -> None:
    """Sign a person of support in, with the second factor shown, in no time: no password is asked."""
    client.force_login(account.user)
    request = SimpleNamespace(session=client.session)
    sessions.begin(request, of_support=True)
    sessions.pass_second_factor(request, account.user_id)
    request.session.save()
