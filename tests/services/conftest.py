import pytest
from django.test import Client

from accounts.models import SupportAccount
from tests.register import make_support, sign_in_support


@pytest.fixture
def page(client) -> Client:
    """A browser in which somebody of support is signed in."""
    sign_in_support(client, make_support("Sam Jansen"))
    return client


@pytest.fixture
def lead(client) -> Client:
    """A browser in which the head of support is signed in."""
    sign_in_support(client, make_support("Loes Lead", role=SupportAccount.Role.LEAD))
    return client
