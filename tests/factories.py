"""Makes rows of the register for tests, each within an act of its own (D14)."""

import factory

from accounts.models import User
from agreements.models import Agreement, Kind, Template
from journal.acts import act, register
from mandates.models import Mandate
from schools.models import Board, Location, School
from services.keys import digest_of
from services.models import ApiKey, Qualification, Service, ServiceVersion, Supplier, SupplierGroup, System

TESTS = register("tests")


class RecordedFactory(factory.django.DjangoModelFactory):
    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        with act(f"{model_class._meta.model_name}.made", actor=TESTS):
            return super()._create(model_class, *args, **kwargs)


class BoardFactory(RecordedFactory):
    class Meta:
        model = Board

    number = factory.Sequence(lambda n: f"{10_000 + n}")
    name = factory.Sequence(lambda n: f"Stichting Samenwerking {n}")


def _letters(n: int) -> str:
    return chr(65 + n // 26 % 26) + chr(65 + n % 26)


class SchoolFactory(RecordedFactory):
    class Meta:
        model = School

    brin = factory.Sequence(lambda n: f"{90 + n // 676:02}{_letters(n)}")
    name = factory.Sequence(lambda n: f"Basisschool De Linde {n}")
    board = factory.SubFactory(BoardFactory)
    city = "Zwolle"


class LocationFactory(RecordedFactory):
    class Meta:
        model = Location

    school = factory.SubFactory(SchoolFactory)
    code = factory.LazyAttribute(lambda location: f"{location.school.brin}00")
    name = factory.LazyAttribute(lambda location: location.school.name)
    city = "Zwolle"


class KindFactory(RecordedFactory):
    class Meta:
        model = Kind
        django_get_or_create = ("code",)

    code = "OSR"
    name = factory.LazyAttribute(lambda kind: f"Overeenkomst {kind.code}")


class _OfKindFactory(RecordedFactory):
    """What is of a kind of agreement: named by its code, which exists from then on."""

    class Meta:
        abstract = True

    kind = "OSR"

    @classmethod
    def _create(cls, model_class, *args, kind, **kwargs):
        return super()._create(model_class, *args, kind=KindFactory(code=kind), **kwargs)


class AgreementFactory(_OfKindFactory):
    class Meta:
        model = Agreement

    board = factory.SubFactory(BoardFactory)
    signed_on = "2019-01-01"


class TemplateFactory(_OfKindFactory):
    class Meta:
        model = Template

    version = factory.LazyAttribute(lambda template: Template.objects.filter(kind=template.kind).count() + 1)
    title = factory.LazyAttribute(lambda template: f"Overeenkomst {template.kind}")
    body = "## Partijen\n\nKennisnet en {bestuur}, bestuursnummer {bestuursnummer}, spreken af wat hier staat."
    annex_service = "Het register houdt bij welk systeem namens welke school gegevens mag uitwisselen."
    annex_categories = ["Naam en e-mailadres van de OSR-beheerder"]
    published_on = "2020-01-01"


class ServiceFactory(RecordedFactory):
    class Meta:
        model = Service

    code = factory.Sequence(lambda n: f"DIENST-{n}")
    name = factory.LazyAttribute(lambda service: f"Dienst {service.code}")
    roles = ["las"]


class ServiceVersionFactory(RecordedFactory):
    class Meta:
        model = ServiceVersion

    service = factory.SubFactory(ServiceFactory)
    namespace = factory.Sequence(lambda n: f"http://xml.eld.nl/schemas/dienst/{n}")


class SupplierGroupFactory(RecordedFactory):
    class Meta:
        model = SupplierGroup

    name = factory.Sequence(lambda n: f"Leveranciersgroep {n}")


class SupplierFactory(RecordedFactory):
    class Meta:
        model = Supplier

    oin = factory.Sequence(lambda n: f"00000099{n + 500_000:012}")
    name = factory.Sequence(lambda n: f"Leverancier {n} BV")
    group = factory.SubFactory(SupplierGroupFactory)
    connected_on = "2019-01-01"


class SystemFactory(RecordedFactory):
    class Meta:
        model = System

    name = factory.Sequence(lambda n: f"LAS {n}")
    kind = "las"
    supplier = factory.SubFactory(SupplierFactory)


class QualificationFactory(RecordedFactory):
    class Meta:
        model = Qualification

    system = factory.SubFactory(SystemFactory)
    service = factory.SubFactory(ServiceFactory)
    qualified_on = "2019-01-01"


class ApiKeyFactory(RecordedFactory):
    class Meta:
        model = ApiKey

    class Params:
        key = "osr_sleutel"

    name = "sleutel"
    system = factory.SubFactory(SystemFactory)
    digest = factory.LazyAttribute(lambda api_key: digest_of(api_key.key))


class MandateFactory(RecordedFactory):
    class Meta:
        model = Mandate

    school = factory.SubFactory(SchoolFactory)
    granting_board = factory.LazyAttribute(
        lambda mandate: mandate.board if mandate.school is None else mandate.school.board
    )
    board = None
    service = factory.SubFactory(ServiceFactory)
    system = factory.SubFactory(SystemFactory)
    start_date = "2026-01-01"

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        """With what it needs, where that is not there: the board's agreements (D5) and the qualification (D6)."""
        service, system, board = kwargs["service"], kwargs["system"], kwargs["granting_board"]
        for kind in filter(None, ["OSR", service.agreement_kind]):
            if not board.agreements.filter(kind=kind).exists():
                AgreementFactory(board=board, kind=kind)
        if not system.qualifications.filter(service=service).exists():
            QualificationFactory(system=system, service=service)
        return super()._create(model_class, *args, **kwargs)


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"mijn-duo:persoon-{n}")
    name = "Anke de Vries"
