"""Every address of the workplace for every kind of person (quality.md, Security; domain.md section 8).

The URL configuration itself is walked, so that a new page cannot be forgotten.
"""

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import Membership, SupportAccount
from tests import factories as make
from tests.mandates.test_pages import granted
from tests.register import make_membership, make_support, sign_in_support

pytestmark = pytest.mark.django_db

SIGN_IN, SECURITY = "/beheer/inloggen/", "/beheer/beveiliging/"
# Where one signs in, and so for everybody.
FOR_EVERYBODY = {"account_login", "mfa_authenticate", "support_set_up"}
# Where people of support arrange how they sign in, also when they cannot enter yet.
OWN_ACCOUNT = {
    "mfa_index",
    "account_reauthenticate",
    "support_password",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_add_webauthn",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
    "support_recovery_codes_file",
    "support_recovery_codes_kept",
    "mfa_generate_recovery_codes",
}
# What does for a part of an address that names no row.
_ANY = {"int": "1", "str": "csv", "slug": "csv", "uuid": "6f0d3c1e-5c7c-4c57-9d8c-0d6f3a0a0001"}
# These two are where Django's admin sends people on to signing in and out.
ON_THE_WAY = {"login", "logout"}


def patterns(found=None, before: str = "") -> Iterator[tuple[str, str, str]]:
    """Name and address of everything below /beheer/, with what is to be filled in as the configuration has it."""
    for one in found or get_resolver().url_patterns:
        address = before + str(one.pattern).lstrip("^")
        if isinstance(one, URLResolver):
            yield from patterns(one.url_patterns, address)
        elif isinstance(one, URLPattern) and address.startswith("beheer/"):
            yield one.name or "", address, getattr(one.callback, "__name__", "")


def filled_in(name: str, address: str) -> str:
    """The address, of a row that there is if the register has one."""
    label, _, rest = name.partition("_")
    models = [
        model
        for model in apps.get_models()
        if (model._meta.app_label, model._meta.model_name) == (label, rest.partition("_")[0])
    ]
    row = models[0].objects.first() if models else None
    key = str(row.pk) if row else "1"
    if "(?P<app_label>" in address:
        return "/beheer/accounts/"
    address = address.replace("(?P<url>.*)$", "nergens")
    address = re.sub(r"<\w+:(object_id|pk)>", key, address)
    address = re.sub(r"<(\w+):\w+>", lambda found: _ANY[found[1]], address)
    assert "<" not in address, f"{address}: say here what is to be filled in"
    return f"/{address}"


@pytest.fixture
def addresses(regenboog) -> dict[str, str]:
    """Every address of the workplace, by name, where possible of a row that is there."""
    granted(regenboog.school, regenboog.rio, regenboog.las)
    make_support("Rij van de lijst")
    return {address: name for name, pattern, _ in patterns() for address in [filled_in(name, pattern)]}


def action_pages(*, leads_only: bool | None = None) -> list[str]:
    """The names of the pages on which something is done; of leads only, of others only, or all."""
    return [
        f"{model._meta.app_label}_{model._meta.model_name}_{page.name}"
        for model, model_admin in admin.site._registry.items()
        for page in getattr(model_admin, "pages", ())
        if leads_only in (None, page.leads_only)
    ]


def ends_at(client: Client, address: str, method: str = "get") -> tuple[str, int]:
    """Where one comes out, and with which status."""
    response = getattr(client, method)(address, follow=True)
    last = response.redirect_chain[-1][0] if response.redirect_chain else address
    return last.partition("?")[0], response.status_code


def test_the_walk_finds_the_pages(addresses):
    """A walk that finds nothing proves nothing."""
    names = set(addresses.values())

    assert names >= FOR_EVERYBODY | OWN_ACCOUNT | set(action_pages())
    assert len(addresses) > 40


@pytest.mark.parametrize("headers", [{}, {"API-Key": "osr_las"}], ids=["nobody", "a supplier"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_who_is_not_signed_in_comes_to_signing_in(addresses, headers, method):
    client = Client(headers=headers)

    for address, name in addresses.items():
        if name not in FOR_EVERYBODY:
            assert ends_at(client, address, method) == (SIGN_IN, 200), (address, name)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", list(Membership.Role))
def test_people_of_a_board_are_refused(addresses, regenboog, role, method):
    person = make.UserFactory(name="Bert Jansen")
    make_membership(person, regenboog.board, role)
    client = Client()
    client.force_login(person)

    for address, name in addresses.items():
        if name not in FOR_EVERYBODY:
            assert ends_at(client, address, method)[1] == 403, (address, name)


@pytest.mark.parametrize("method", ["get", "post"])
def test_support_without_second_factor_comes_to_setting_one_up(addresses, method):
    client = Client()
    account = make_support(role=SupportAccount.Role.LEAD)
    sign_in_support(client, account)
    session = client.session
    del session["second_factor"]
    session.save()

    for address, name in addresses.items():
        if name not in FOR_EVERYBODY | OWN_ACCOUNT:
            assert ends_at(client, address, method) == (SECURITY, 200), (address, name)


def test_a_reader_sees_everything_and_does_nothing(addresses):
    client = Client()
    sign_in_support(client, make_support(role=SupportAccount.Role.READER))
    not_for_readers = {name for name in addresses.values() if name.endswith(("_add", "_delete"))} | set(action_pages())

    for address, name in addresses.items():
        if name in not_for_readers:
            assert client.get(address).status_code == 403, (address, name)
        elif name not in ON_THE_WAY | {"autocomplete"}:
            assert client.get(address).status_code != 403, (address, name)
    for address, name in addresses.items():
        if name in action_pages():
            assert client.post(address, {"reason": "Zomaar"}).status_code == 403, (address, name)


def test_support_does_everything_but_what_leads_do(addresses):
    client = Client()
    sign_in_support(client, make_support())

    for address, name in addresses.items():
        if name in action_pages(leads_only=True):
            assert client.get(address).status_code == 403, (address, name)
            assert client.post(address, {"reason": "Zomaar"}).status_code == 403, (address, name)
        elif name in action_pages(leads_only=False):
            # One that makes no sense for this row leads back to it.
            assert client.get(address).status_code in (200, 302, 404), (address, name)


def test_a_lead_does_everything(addresses):
    client = Client()
    sign_in_support(client, make_support(role=SupportAccount.Role.LEAD))

    for address, name in addresses.items():
        if name in action_pages():
            assert client.get(address).status_code in (200, 302, 404), (address, name)
