"""The accounts of Kennisnet support: opening, changing, resetting and ending them (domain.md section 8, D14)."""

import re
from io import StringIO
from threading import Barrier, Thread

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from accounts.actions import (
    change_support_role,
    end_support_account,
    note_factors,
    open_support_account,
    reopen_support_account,
    reset_second_factor,
)
from accounts.models import SupportAccount
from accounts.sealed_secrets import seal
from journal.acts import Actor, ActorKind, Refused
from journal.models import Entry
from tests.mandates.test_pages import text_of
from tests.register import make_support, sign_in_support

pytestmark = pytest.mark.django_db

ROLE = SupportAccount.Role
LIST = "/beheer/accounts/supportaccount/"


@pytest.fixture
def hanna() -> SupportAccount:
    """The lead of support."""
    return make_support("Hanna de Boer", role=ROLE.LEAD)


@pytest.fixture
def by_hanna(hanna) -> Actor:
    return hanna.actor(reason="Afgesproken in het overleg")


@pytest.fixture
def sam() -> SupportAccount:
    return make_support()


def opened(actor: Actor, **changes) -> SupportAccount:
    person = {"username": "nina", "name": "Nina Smit", "email": "nina@kennisnet.example", "role": ROLE.SUPPORT}
    return open_support_account(actor=actor, **{**person, **changes})


def problems_of(excinfo) -> list[str]:
    return [problem.kind for problem in excinfo.value.problems]


# --- Opening and changing ---------------------------------------------------------------------------------------------


def test_a_lead_opens_an_account_without_a_password(by_hanna):
    account = opened(by_hanna)

    assert account.is_active
    assert not account.user.has_usable_password()
    entry = Entry.objects.get(type="support_account.opened")
    assert (entry.subject_key, entry.actor["name"], entry.reason) == (
        "nina",
        "Hanna de Boer",
        "Afgesproken in het overleg",
    )


def test_everything_that_is_wrong_with_a_new_account_is_told_at_once(hanna):
    with pytest.raises(Refused) as excinfo:
        opened(hanna.actor(reason=" "), username="Nina:Smit", name="", email="nina")

    assert problems_of(excinfo) == ["no_reason", "wrong_username", "no_text", "wrong_address"]


def test_a_user_name_is_given_once(by_hanna):
    opened(by_hanna)

    with pytest.raises(Refused) as excinfo:
        opened(by_hanna, username=" NINA ")

    assert problems_of(excinfo) == ["username_taken"]


def test_another_role_counts_at_once(client, by_hanna, sam):
    sign_in_support(client, sam)
    assert client.get(f"{LIST}openen/").status_code == 403

    change_support_role(actor=by_hanna, account=sam, role=ROLE.LEAD)

    assert client.get(f"{LIST}openen/").status_code == 200


@pytest.mark.parametrize("role", [ROLE.READER, ROLE.SUPPORT])
def test_only_a_lead_manages_accounts(sam, role):
    other = make_support("Rik de Wit", role=role)
    actor = other.actor(reason="Zomaar")

    for action in (end_support_account, reset_second_factor, reopen_support_account):
        with pytest.raises(Refused) as excinfo:
            action(actor=actor, account=sam)
        assert problems_of(excinfo) == ["not_allowed"]
    with pytest.raises(Refused):
        opened(actor)


def test_somebody_who_was_a_lead_no_longer_manages_accounts(by_hanna, hanna, sam):
    """The right is looked at when it is used."""
    other = make_support("Loes Vos", role=ROLE.LEAD)
    change_support_role(actor=other.actor(reason="Andere taken"), account=hanna, role=ROLE.SUPPORT)

    with pytest.raises(Refused):
        end_support_account(actor=by_hanna, account=sam)


@pytest.mark.parametrize("action", [end_support_account, reset_second_factor])
def test_nobody_ends_or_resets_their_own_account(by_hanna, hanna, action):
    make_support("Loes Vos", role=ROLE.LEAD)

    with pytest.raises(Refused) as excinfo:
        action(actor=by_hanna, account=hanna)

    assert problems_of(excinfo) == ["own_account"]


def test_nobody_gives_themselves_another_role(by_hanna, hanna):
    make_support("Loes Vos", role=ROLE.LEAD)

    with pytest.raises(Refused) as excinfo:
        change_support_role(actor=by_hanna, account=hanna, role=ROLE.READER)

    assert problems_of(excinfo) == ["own_account"]


def on_the_server() -> Actor:
    return Actor(kind=ActorKind.REGISTER, name="beheerder, op de server", reason="Vertrekt")


def test_one_lead_stays(hanna):
    for change in (
        lambda: end_support_account(actor=on_the_server(), account=hanna),
        lambda: change_support_role(actor=on_the_server(), account=hanna, role=ROLE.SUPPORT),
    ):
        with pytest.raises(Refused) as excinfo:
            change()
        assert problems_of(excinfo) == ["last_lead"]


@pytest.mark.django_db(transaction=True)
def test_two_leads_who_end_each_other_at_the_same_moment_leave_one():
    hanna, loes = (make_support(name, role=ROLE.LEAD) for name in ("Hanna de Boer", "Loes Vos"))
    barrier, refused = Barrier(2), []

    def end(actor: SupportAccount, account: SupportAccount) -> None:
        barrier.wait()
        try:
            end_support_account(actor=actor.actor(reason="Weg ermee"), account=account)
        except Refused as error:
            refused.append(error)
        connection.close()

    threads = [Thread(target=end, args=pair) for pair in ((hanna, loes), (loes, hanna))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert SupportAccount.objects.filter(is_active=True, role=ROLE.LEAD).count() == 1


# --- Ending and resetting ---------------------------------------------------------------------------------------------


def test_ending_an_account_ends_its_sessions_at_once_and_keeps_the_name(client, by_hanna, sam):
    """D14: what they did stays theirs."""
    sign_in_support(client, sam)
    assert client.get("/beheer/").status_code == 200

    end_support_account(actor=by_hanna, account=sam)

    assert client.get("/beheer/", follow=True).redirect_chain[-1][0].startswith("/beheer/inloggen/")
    sam.user.refresh_from_db()
    assert not sam.user.has_usable_password()
    assert str(sam.user) == "Sam Jansen"


def test_resetting_takes_password_factors_and_sessions_and_is_told_each_time(client, by_hanna, sam):
    sam.user.set_password("een lang wachtwoord van Sam")
    sam.user.save()
    Authenticator.objects.create(user=sam.user, type="totp", data={"secret": seal("JBSWY3DPEHPK3PXP")})
    note_factors(account=sam)
    sign_in_support(client, sam)

    for _ in range(2):
        reset_second_factor(actor=by_hanna, account=sam)

    assert client.get("/beheer/").status_code == 302
    assert not Authenticator.objects.filter(user=sam.user).exists()
    sam.user.refresh_from_db()
    assert not sam.user.has_usable_password()
    assert Entry.objects.filter(type="support_account.second_factor_reset").count() == 2


def test_an_ended_account_opened_again_begins_anew(by_hanna, sam):
    end_support_account(actor=by_hanna, account=sam)

    account = reopen_support_account(actor=by_hanna, account=sam)

    assert account.is_active
    assert account.factors == []
    with pytest.raises(Refused) as excinfo:
        reopen_support_account(actor=by_hanna, account=sam)
    assert problems_of(excinfo) == ["is_active"]


def test_an_ended_account_is_not_changed(by_hanna, sam):
    end_support_account(actor=by_hanna, account=sam)

    for change in (
        lambda: end_support_account(actor=by_hanna, account=sam),
        lambda: reset_second_factor(actor=by_hanna, account=sam),
        lambda: change_support_role(actor=by_hanna, account=sam, role=ROLE.READER),
    ):
        with pytest.raises(Refused) as excinfo:
            change()
        assert problems_of(excinfo) == ["not_active"]


# --- In the workplace -------------------------------------------------------------------------------------------------


def test_the_lead_opens_an_account_and_sees_the_link_once(client, hanna):
    sign_in_support(client, hanna)
    form = {"username": "nina", "name": "Nina Smit", "email": "nina@kennisnet.example", "role": "support"}

    shown = client.post(f"{LIST}openen/", {**form, "reason": "Nieuwe collega"})

    link = re.search(r"http://testserver(/beheer/inloggen/instellen/\?\S+?)<", shown.content.decode())[1]
    assert "no-store" in shown.headers["Cache-Control"]
    assert "Kies uw wachtwoord" in text_of(Client().get(link.replace("&amp;", "&")))
    account = SupportAccount.objects.get(user__username="nina")
    page = client.get(f"{LIST}{account.pk}/change/")
    assert "Account geopend" in text_of(page)
    assert "instellen" not in page.content.decode()


def test_the_list_tells_who_has_a_second_factor(client, hanna, sam):
    Authenticator.objects.create(user=sam.user, type="totp", data={"secret": seal("JBSWY3DPEHPK3PXP")})
    note_factors(account=sam)
    sign_in_support(client, hanna)

    html = client.get(LIST).content.decode()

    rows = re.findall(r"<tr>.*?</tr>", html, flags=re.S)
    with_factor = {
        name: "icon-yes" in row.split("field-last_sign_in")[0]
        for name in ("Sam", "Hanna")
        for row in rows
        if name in row
    }
    assert with_factor == {"Sam": True, "Hanna": False}


def test_the_own_account_cannot_be_ended_on_its_page(client, hanna):
    make_support("Loes Vos", role=ROLE.LEAD)
    sign_in_support(client, hanna)

    refused = client.post(f"{LIST}{hanna.pk}/beeindigen/", {"reason": "Ik ga weg"})

    assert refused.status_code == 422
    assert "Dit is uw eigen account." in text_of(refused)
    assert client.get("/beheer/").status_code == 200


def test_the_history_of_an_account_tells_who_and_why(client, by_hanna, hanna, sam):
    change_support_role(actor=by_hanna, account=sam, role=ROLE.READER)
    sign_in_support(client, hanna)

    page = text_of(client.get(f"{LIST}{sam.pk}/change/"))

    assert "Rol gewijzigd Hanna de Boer Afgesproken in het overleg" in page


# --- On the server ----------------------------------------------------------------------------------------------------


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_the_first_lead_is_made_on_the_server():
    printed = run(
        "create_support_account", "hanna", "--name", "Hanna de Boer", "--email", "hanna@kennisnet.example",
        "--by", "Piet", "--reason", "Eerste account",
    )  # fmt: skip

    account = SupportAccount.objects.get(user__username="hanna")
    assert account.role == ROLE.LEAD
    path = re.search(r"https?://[^/]+(\S+)", printed)[1]
    assert "Kies uw wachtwoord" in text_of(Client().get(path))
    assert Entry.objects.get(type="support_account.opened").actor["name"] == "Piet, op de server"


def test_the_server_resets_the_only_lead(hanna):
    printed = run("reset_second_factor", hanna.user.username, "--by", "Piet", "--reason", "Telefoon kwijt")

    assert "/beheer/inloggen/instellen/?wie=" in printed


def test_the_server_ends_an_account(hanna, sam):
    printed = run("end_support_account", sam.user.username, "--by", "Piet", "--reason", "Weg")

    assert "instellen" not in printed
    sam.refresh_from_db()
    assert not sam.is_active


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["create_support_account"], ["GEBRUIKERSNAAM", "--name", "--email", "--by", "--reason"]),
        (["reset_second_factor", "niemand", "--by", "P", "--reason", "R"], ["niemand"]),
        (["end_support_account", "niemand"], ["niemand", "--by", "--reason"]),
    ],
)
def test_a_command_tells_all_that_is_wrong(arguments, told):
    with pytest.raises(CommandError) as excinfo:
        run(*arguments)

    assert all(word in str(excinfo.value) for word in told)
    assert "Er is niets veranderd." in str(excinfo.value)


def test_the_code_of_an_app_is_shown_in_development_only(settings, sam):
    settings.OSR_DEVELOPMENT = False

    with pytest.raises(CommandError, match="ontwikkelomgeving"):
        run("totp_code", sam.user.username)
