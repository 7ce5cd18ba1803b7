"""How Kennisnet support signs in: a password and always a second factor (domain.md section 8; quality.md, Security)."""

import re
import time
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from structlog.testing import capture_logs

from accounts import set_up_links
from accounts.actions import note_factors
from accounts.models import SupportAccount
from accounts.sealed_secrets import seal, unseal
from journal.models import Entry
from tests.mandates.test_pages import text_of
from tests.register import SupportAccountFactory, make_membership, make_support, sign_in_support

pytestmark = pytest.mark.django_db

SIGN_IN, SECOND, SECURITY = "/beheer/inloggen/", "/beheer/inloggen/tweede-stap/", "/beheer/beveiliging/"
APP, PASSKEY, CODES = f"{SECURITY}app/", f"{SECURITY}passkey/", f"{SECURITY}herstelcodes/"
PASSWORD = "een lang wachtwoord van Sam"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _fast_passwords(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def sam() -> SupportAccount:
    """Sam of support, with a password and no second factor yet."""
    account = make_support()
    account.user.username = "sam"
    account.user.set_password(PASSWORD)
    account.user.save()
    return account


@pytest.fixture
def sam_with_app(sam) -> SupportAccount:
    """Sam, who signs in with an app that shows codes."""
    give_app(sam)
    return sam


def give_app(account: SupportAccount) -> None:
    Authenticator.objects.create(user=account.user, type="totp", data={"secret": seal(SECRET)})
    codes = {"seed": seal("1f" * 40), "used_mask": 0}
    Authenticator.objects.create(user=account.user, type="recovery_codes", data=codes)
    note_factors(account=account)


def code(secret: str = SECRET) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def give_password(client: Client, password: str = PASSWORD, username: str = "sam", **more):
    return client.post(SIGN_IN, {"login": username, "password": password, **more})


# --- Signing in -------------------------------------------------------------------------------------------------------


def test_a_password_alone_leads_to_setting_up_the_second_factor_and_nowhere_else(client, sam):
    assert give_password(client).url == SECURITY
    assert "Stel uw tweede stap in" in text_of(client.get(SECURITY))

    for path in ("/beheer/", "/beheer/accounts/supportaccount/"):
        assert client.get(path, follow=True).redirect_chain[-1] == (SECURITY, 302)
    assert client.get("/").url == SECURITY
    assert client.get("/mandaten/").status_code == 403


def test_setting_up_an_app_opens_the_workplace_and_gives_recovery_codes_once(client, sam):
    give_password(client)
    page = client.get(APP)
    secret = re.search(r"Sleutel: <code[^>]*>(\w+)<", page.content.decode())[1]
    assert "<svg" in page.content.decode()
    assert "data:" not in page.content.decode()

    codes = client.post(APP, {"code": code(secret)}, follow=True)

    shown = re.findall(r"(\d{4}) (\d{4})</code>", codes.content.decode())
    assert len(shown) == 10
    file = client.get(f"{CODES}bestand/")
    assert all("".join(one) in file.content.decode() for one in shown)
    assert "attachment" in file.headers["Content-Disposition"]
    assert client.get("/beheer/").status_code == 200
    client.post(f"{CODES}bewaard/")
    assert client.get(CODES).url == SECURITY
    assert client.get(f"{CODES}bestand/").url == SECURITY


def test_recovery_codes_are_shown_in_the_session_that_made_them_only(client, sam_with_app):
    give_password(client)
    client.post(SECOND, {"code": code()})
    client.post(f"{CODES}maken/")
    assert client.get(CODES).status_code == 200

    another = Client()
    sign_in_support(another, sam_with_app)

    assert another.get(CODES).url == SECURITY
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert client.get(CODES).url == SECURITY


def test_who_set_up_a_second_factor_shows_it_each_time(client, sam_with_app):
    assert give_password(client).url == SECOND
    assert client.get("/beheer/").status_code == 302

    assert client.post(SECOND, {"code": code()}).url == "/beheer/"
    assert client.get("/beheer/").status_code == 200


def test_one_goes_on_to_the_page_one_asked_for(client, sam_with_app):
    there = client.get("/beheer/accounts/membership/", follow=True)
    assert there.redirect_chain[-1][0] == f"{SIGN_IN}?next=/beheer/accounts/membership/"
    assert 'name="next" value="/beheer/accounts/membership/"' in there.content.decode()

    give_password(client, next="/beheer/accounts/membership/")

    assert client.post(SECOND, {"code": code()}).url == "/beheer/accounts/membership/"


def test_one_is_not_sent_on_to_another_site(client, sam_with_app):
    give_password(client, next="https://elders.example/")

    assert client.post(SECOND, {"code": code()}).url == "/beheer/"


def test_a_code_works_once(client, sam_with_app):
    now = code()
    give_password(client)
    client.post(SECOND, {"code": now})
    other = Client()
    give_password(other)

    assert "Deze code klopt niet" in text_of(other.post(SECOND, {"code": now}))


def test_a_recovery_code_works_once_and_tells_how_many_are_left(client, sam_with_app):
    recovery = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    give_password(client)
    client.post(SECOND, {"code": recovery})

    assert "U heeft nog 9 herstelcodes over." in text_of(client.get("/beheer/"))
    other = Client()
    give_password(other)
    assert other.post(SECOND, {"code": recovery}).status_code == 200


def test_few_recovery_codes_are_warned_about(client, sam_with_app):
    codes = Authenticator.objects.get(type="recovery_codes")
    codes.data["used_mask"] = 0b0001111111
    codes.save()
    sign_in_support(client, sam_with_app)

    assert "U heeft nog 3 herstelcodes. Dat zijn er weinig" in text_of(client.get(SECURITY))


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(client, sam):
    wrong, unknown = give_password(client, "verkeerd"), give_password(client, username="niemand")

    assert wrong.status_code == unknown.status_code == 200
    told = "De gebruikersnaam en het wachtwoord horen niet bij elkaar."
    assert told in text_of(wrong)
    assert told in text_of(unknown)
    assert client.get("/beheer/").status_code == 302


# --- Attempts are limited ---------------------------------------------------------------------------------------------


def test_attempts_with_a_password_are_limited_for_all_browsers_together(sam):
    for _ in range(5):
        give_password(Client(), "verkeerd")

    refused = give_password(Client())  # with the right one

    assert re.search(r"Probeer het om \d\d\.\d\d uur opnieuw", text_of(refused))
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert give_password(Client()).status_code == 302


def test_attempts_with_a_code_are_limited(client, sam_with_app):
    give_password(client)
    for _ in range(5):
        client.post(SECOND, {"code": "000000"})

    assert re.search(r"Probeer het om \d\d\.\d\d uur opnieuw", text_of(client.post(SECOND, {"code": code()})))
    assert client.get("/beheer/").status_code == 302


def test_an_address_that_tries_too_often_has_to_wait_a_minute(client, sam):
    for number in range(30):
        client.post(SIGN_IN, {"login": f"naam{number}", "password": ""})

    refused = give_password(client)

    assert refused.status_code == 429
    assert "Wacht een minuut" in text_of(refused)
    assert refused.headers["Retry-After"] == "60"
    assert give_password(Client(REMOTE_ADDR="192.0.2.7")).status_code == 302


def test_the_log_tells_who_signed_in_and_who_failed_and_never_what_was_typed(client, sam_with_app):
    with capture_logs() as logs:
        give_password(client, "verkeerd")
        give_password(client, "verkeerd", username="mijnwachtwoord")
        give_password(client)
        client.post(SECOND, {"code": "000000"})
        client.post(SECOND, {"code": code()})

    told = [(log["event"], log.get("username"), log.get("step")) for log in logs if log["event"].startswith("support")]
    assert told == [
        ("support sign-in failed", "sam", "password"),
        ("support sign-in failed", None, "password"),
        ("support sign-in failed", "sam", "second factor"),
        ("support signed in", "sam", None),
    ]
    assert all(log["address"] == "127.0.0.1" for log in logs)
    assert "verkeerd" not in str(logs)
    assert "mijnwachtwoord" not in str(logs)


# --- Sessions are short -----------------------------------------------------------------------------------------------


def test_a_session_of_support_ends_when_nothing_is_done(client, sam_with_app):
    sign_in_support(client, sam_with_app)

    with time_machine.travel(timezone.now() + timedelta(minutes=29)):
        assert client.get("/beheer/").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=58)):
        assert client.get("/beheer/").status_code == 200  # it went on
    with time_machine.travel(timezone.now() + timedelta(minutes=89)):
        assert client.get("/beheer/").status_code == 302


def test_a_session_of_support_ends_after_eight_hours_whatever_is_done(client, sam_with_app):
    sign_in_support(client, sam_with_app)
    began = timezone.now()

    statuses = []
    for minutes in range(20, 8 * 60 + 20, 20):
        with time_machine.travel(began + timedelta(minutes=minutes, seconds=1)):
            statuses.append(client.get("/beheer/").status_code)

    assert statuses == [200] * 23 + [302]


def test_a_session_without_second_factor_is_as_short(client, sam):
    give_password(client)

    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        assert client.get(SECURITY).url == f"{SIGN_IN}?next={SECURITY}"


# --- Changing what one signs in with ----------------------------------------------------------------------------------


def test_a_session_with_the_password_alone_cannot_add_a_second_factor_to_one_there_is(client, sam):
    """Somebody else may know the password, and have waited."""
    give_password(client)
    give_app(sam)

    assert client.get(APP).url == SIGN_IN
    assert "_auth_user_id" not in client.session


def test_the_password_is_asked_again_before_a_second_factor_changes(client, sam_with_app):
    sign_in_support(client, sam_with_app)
    for path in (APP, PASSKEY, f"{CODES}maken/", f"{SECURITY}app/verwijderen/"):
        assert client.get(path).status_code == 200  # just signed in

    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        for path in (APP, PASSKEY, f"{CODES}maken/", f"{SECURITY}app/verwijderen/"):
            assert client.get(path).url.startswith(f"{SECURITY}bevestigen/")
        wrong = client.post(f"{SECURITY}bevestigen/?next={APP}", {"password": "verkeerd"})
        assert "Dit is niet uw wachtwoord." in text_of(wrong)
        assert client.post(f"{SECURITY}bevestigen/?next={APP}", {"password": PASSWORD}).url == APP
        assert client.get(APP).status_code == 200


def test_another_telephone_replaces_the_one_there_was(client, sam_with_app):
    sign_in_support(client, sam_with_app)
    secret = re.search(r"Sleutel: <code[^>]*>(\w+)<", client.get(APP).content.decode())[1]

    assert client.post(APP, {"code": code(secret)}).url == SECURITY

    other = Client()
    give_password(other)
    assert other.post(SECOND, {"code": code()}).status_code == 200
    assert other.post(SECOND, {"code": code(secret)}).url == "/beheer/"


def test_the_only_second_factor_cannot_be_removed(client, sam_with_app):
    sign_in_support(client, sam_with_app)

    refused = client.post(f"{SECURITY}app/verwijderen/")

    assert "Dit is uw enige tweede stap." in text_of(refused)
    assert Authenticator.objects.filter(type="totp").exists()


def test_the_only_passkey_cannot_be_removed(client, sam):
    passkey = Authenticator.objects.create(user=sam.user, type="webauthn", data={"name": "laptop"})
    sign_in_support(client, sam)

    assert client.post(f"{PASSKEY}{passkey.pk}/verwijderen/").status_code == 403
    assert Authenticator.objects.filter(pk=passkey.pk).exists()


def test_a_passkey_of_somebody_else_is_not_found(client, sam_with_app):
    other = make_support("Rik de Wit")
    passkey = Authenticator.objects.create(user=other.user, type="webauthn", data={"name": "laptop"})
    sign_in_support(client, sam_with_app)

    assert client.post(f"{PASSKEY}{passkey.pk}/verwijderen/").status_code == 404


def test_the_history_tells_when_a_second_factor_changed(client, sam):
    give_password(client)
    secret = re.search(r"Sleutel: <code[^>]*>(\w+)<", client.get(APP).content.decode())[1]
    client.post(APP, {"code": code(secret)})

    entry = Entry.objects.filter(type="support_account.second_factor_changed").last()

    assert entry.actor["name"] == "Sam Jansen"
    assert entry.before["factors"] == []
    assert [words.split()[0] for words in entry.after["factors"]] == ["app", "herstelcodes"]
    assert secret not in str(entry.after)


def test_changing_the_password_ends_other_sessions(client, sam_with_app):
    sign_in_support(client, sam_with_app)
    other = Client()
    sign_in_support(other, sam_with_app)
    new = "nog een lang wachtwoord van Sam"

    done = client.post(
        f"{SECURITY}wachtwoord/", {"oldpassword": PASSWORD, "password1": new, "password2": new}, follow=True
    )

    assert "Uw wachtwoord is gewijzigd." in text_of(done)
    assert other.get("/beheer/").status_code == 302
    assert client.get("/beheer/").status_code == 200
    assert give_password(Client(), new).url == SECOND


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("te kort", "Dit wachtwoord is te kort. Neem er een van ten minste 14 tekens."),
        ("12345678901234567", "cijfers"),
        ("sam.jansen.sam.jansen", "lijkt te veel op"),
    ],
)
def test_a_weak_password_is_refused(client, sam_with_app, password, told):
    sam_with_app.user.username = "sam.jansen.sam"
    sam_with_app.user.save()
    sign_in_support(client, sam_with_app)

    refused = client.post(
        f"{SECURITY}wachtwoord/", {"oldpassword": PASSWORD, "password1": password, "password2": password}
    )

    assert refused.status_code == 200
    assert told in text_of(refused)
    sam_with_app.user.refresh_from_db()
    assert sam_with_app.user.check_password(PASSWORD)


def test_another_password_is_typed_twice(client, sam_with_app):
    sign_in_support(client, sam_with_app)

    refused = client.post(
        f"{SECURITY}wachtwoord/", {"oldpassword": PASSWORD, "password1": "iets langs en nieuws", "password2": "anders"}
    )

    assert "Dit is niet hetzelfde wachtwoord." in text_of(refused)


def test_recovery_codes_come_with_a_second_factor(client, sam):
    give_password(client)

    assert "als u een tweede stap heeft" in text_of(client.post(f"{CODES}maken/"))


# --- The set-up link --------------------------------------------------------------------------------------------------


def new_account() -> SupportAccount:
    account = make_support()
    account.user.set_unusable_password()
    account.user.save()
    return account


def choose(client: Client, link: str, password: str = PASSWORD):
    return client.post(link, {"password1": password, "password2": password})


def test_a_set_up_link_gives_a_password_once(client):
    account = new_account()
    link = set_up_links.path_for(account)
    assert "Kies uw wachtwoord" in text_of(client.get(link))

    assert choose(client, link).url == SIGN_IN

    assert give_password(client, username=account.user.username).url == SECURITY
    again = Client().get(link)
    assert again.status_code == 410
    assert "Vraag anders een hoofd support om een nieuwe link." in text_of(again)
    assert choose(Client(), link, "weer een ander wachtwoord").status_code == 410


def test_a_set_up_link_gives_one_password_also_to_two_at_once(client, monkeypatch):
    account = new_account()
    link = set_up_links.path_for(account)
    monkeypatch.setattr("accounts.support_views.set_up_links.account_of", lambda *question: account)

    assert choose(client, link).status_code == 302
    assert choose(client, link, "weer een ander wachtwoord").status_code == 410
    account.user.refresh_from_db()
    assert account.user.check_password(PASSWORD)


def test_a_set_up_link_works_for_three_days(client):
    link = set_up_links.path_for(new_account())

    with time_machine.travel(timezone.now() + timedelta(days=3, hours=2)):
        assert client.get(link).status_code == 410


def test_a_set_up_link_of_an_account_that_has_ended_does_not_work(client):
    account = new_account()
    link = set_up_links.path_for(account)
    account.user.is_active = False
    account.user.save()

    assert client.get(link).status_code == 410


@pytest.mark.parametrize("question", ["", "?wie=sam", "?wie=sam&code=onzin", "?wie=niemand&code=abc-def", "?code=%00"])
def test_half_a_set_up_link_opens_nothing(client, sam, question):
    assert client.get(f"/beheer/inloggen/instellen/{question}").status_code == 410


def test_both_passwords_must_be_the_same_and_good_enough(client):
    link = set_up_links.path_for(new_account())

    different = client.post(link, {"password1": PASSWORD, "password2": "iets anders"})
    weak = choose(client, link, "kort")

    assert "Dit is niet hetzelfde wachtwoord." in text_of(different)
    assert different.status_code == weak.status_code == 422
    assert "ten minste 14 tekens" in text_of(weak)


# --- What the database refuses ----------------------------------------------------------------------------------------


def test_people_of_a_board_cannot_have_a_password(client, regenboog):
    regenboog.person.set_password(PASSWORD)

    with pytest.raises(IntegrityError, match="keeps no password"), transaction.atomic():
        regenboog.person.save()
    assert give_password(client, username=regenboog.person.username).status_code == 200
    assert "_auth_user_id" not in client.session


def test_nobody_is_of_support_and_of_a_board(regenboog):
    with pytest.raises(IntegrityError, match="of support and of a board"), transaction.atomic():
        SupportAccountFactory(user=regenboog.person)
    with pytest.raises(IntegrityError, match="of support and of a board"), transaction.atomic():
        make_membership(make_support().user, regenboog.board)


def test_secrets_are_sealed_with_the_secret_key(settings, sam_with_app):
    sealed = Authenticator.objects.get(type="totp").data["secret"]
    assert SECRET not in sealed
    assert unseal(sealed) == SECRET

    settings.SECRET_KEY = "another"

    with pytest.raises(ValueError, match="another key"):
        unseal(sealed)


def test_with_another_secret_key_one_is_told_whom_to_ask(client, settings, sam_with_app):
    settings.SECRET_KEY = "another"
    give_password(client)

    told = client.post(SECOND, {"code": code()})

    assert "Vraag een hoofd support om die te wissen." in text_of(told)
    assert client.get("/beheer/").status_code == 302


# --- What allauth has besides -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "account_signup",
        "account_email",
        "account_reset_password",
        "account_set_password",
        "account_request_login_code",
        "account_logout",
        "mfa_reauthenticate",
        "mfa_login_webauthn",
        "socialaccount_connections",
        "admin:password_change",
    ],
)
def test_pages_that_are_not_needed_have_no_address(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)
