"""Which systems can be chosen (D6, A8), and API keys."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from journal.clock import today
from services.keys import digest_of, new_key
from services.models import System
from tests import factories as make

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_a_qualified_system_of_a_connected_supplier_can_be_chosen():
    """D6"""
    qualification = make.QualificationFactory()

    assert System.objects.connected_for(qualification.service, today()).get() == qualification.system


@pytest.mark.parametrize(
    "lacking",
    [
        {"system__supplier__connected_on": None},
        {"system__supplier__connected_on": today() + DAY},
        {"qualified_on": today() + DAY},
        {"qualified_on": today() - DAY, "withdrawn_on": today()},
    ],
)
def test_a_system_that_is_not_connected_or_not_qualified_cannot_be_chosen(lacking):
    """D6"""
    qualification = make.QualificationFactory(**lacking)

    assert not System.objects.connected_for(qualification.service, today()).exists()


def test_a_qualification_is_for_one_service():
    """D6"""
    make.QualificationFactory()

    assert not System.objects.connected_for(make.ServiceFactory(), today()).exists()


def test_keys_are_long_random_and_recognisable():
    keys = {new_key() for _ in range(100)}

    assert len(keys) == 100
    assert all(key.startswith("osr_") and len(key) == 4 + 43 for key in keys)


def test_the_register_keeps_only_the_digest_of_a_key():
    key = new_key()
    api_key = make.ApiKeyFactory(key=key)

    assert key not in str(vars(api_key))
    assert api_key.digest == digest_of(key)


@pytest.mark.parametrize(
    ("factory", "wrong"),
    [
        (make.SupplierFactory, {"oin": "0000009900000000000"}),
        (make.SupplierFactory, {"oin": "0000009900000000000a"}),
        (make.ServiceFactory, {"code": "kleine letters"}),
        (make.ServiceFactory, {"roles": []}),
        (make.ServiceFactory, {"roles": ["printer"]}),
        (make.ServiceFactory, {"level": "klas"}),
        (make.ServiceFactory, {"level": "board", "takes_endpoints": True}),
        (make.ServiceVersionFactory, {"namespace": "geen uri"}),
        (make.SystemFactory, {"kind": "printer"}),
        (make.BoardFactory, {"number": "1234"}),
        (make.SchoolFactory, {"brin": "99aa"}),
        (make.SchoolFactory, {"oa_id": "123B123"}),
        (make.LocationFactory, {"code": "98AA00"}),
        (make.AgreementFactory, {"signed_on": "2026-02-01", "ended_on": "2026-01-01"}),
    ],
)
def test_the_database_refuses_what_has_not_the_form(factory, wrong):
    """domain.md section 4"""
    with pytest.raises(IntegrityError), transaction.atomic():
        factory(**wrong)


def test_a_real_oin_whose_suffix_is_not_zero_is_accepted():
    """domain.md section 4"""
    assert make.SupplierFactory(oin="00000003272448340204").pk
