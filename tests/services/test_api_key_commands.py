"""The commands with which support manages API keys (docs/support-commands.md; quality.md, Security)."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from journal.clock import today
from journal.models import Entry
from services.keys import digest_of
from services.models import ApiKey, System
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

DAY = timedelta(days=1)
SAM = ("--by", "Sam Jansen", "--reason", "Nieuwe aansluiting")


@pytest.fixture
def noon():
    with time_machine.travel("2026-11-22T11:00:00Z", tick=False):
        yield


@pytest.fixture
def system(db) -> System:
    return make.SystemFactory(name="Toetsplein", supplier__name="Toetsplein BV", supplier__oin="00000099000000000003")


@pytest.fixture
def said(capsys):
    """What a command writes."""

    def said(*arguments) -> str:
        call_command(*map(str, arguments))
        shown = capsys.readouterr()
        assert shown.err == ""
        return shown.out

    return said


@pytest.fixture
def key(system, said) -> ApiKey:
    said("issue_api_key", "Toetsplein", "productie", *SAM, "--yes")
    return system.api_keys.get()


def refusal(*arguments) -> list[str]:
    """The lines with which a command refuses; checks that nothing has changed then."""
    before = Entry.objects.count()
    with pytest.raises(CommandError) as refused:
        call_command(*map(str, arguments))
    assert refused.value.returncode == 1
    assert Entry.objects.count() == before
    *problems, nothing_changed = str(refused.value).splitlines()
    assert nothing_changed.endswith("Er is niets veranderd.")
    return problems


def secrets_in(shown: str) -> list[str]:
    """The lines that hold a key in clear, and nothing else."""
    secrets = [line for line in shown.splitlines() if line.startswith("osr_")]
    assert shown.count("osr_") == len(secrets)
    return secrets


def test_a_key_is_issued_and_shown_once(system, said):
    shown = said("issue_api_key", "Toetsplein", "productie", *SAM, "--yes")

    key = system.api_keys.get()
    (secret,) = secrets_in(shown)
    assert key.digest == digest_of(secret)
    assert (key.entry.actor["kind"], key.entry.actor["name"], key.entry.reason) == (
        "support",
        "Sam Jansen",
        "Nieuwe aansluiting",
    )
    assert shown == (
        "Toetsplein van Toetsplein BV (00000099000000000003) krijgt een sleutel die productie heet en werkt tot "
        "23 november 2027 00:00.\n"
        f"Dit is sleutel {key.pk}. Hij wordt niet nog eens getoond; het register bewaart hem niet:\n"
        "\n"
        f"{secret}\n"
        "\n"
        "Geef hem de leverancier langs een veilige weg, niet per gewone mail.\n"
    )
    assert secrets_in(said("api_keys")) == []


def test_a_key_may_get_an_earlier_last_day(system, said):
    """The last day is one on which it works, as everywhere in the register."""
    shown = said("issue_api_key", "Toetsplein", "proef", "--last-day", "2026-12-31", *SAM, "--yes")

    assert "werkt tot 1 januari 2027 00:00." in shown


@pytest.mark.parametrize(
    "command",
    [("issue_api_key", "Toetsplein", "proef"), ("rotate_api_key", "NUMMER"), ("revoke_api_key", "NUMMER")],
)
def test_a_dry_run_shows_what_would_happen_and_changes_nothing(key, said, command):
    before = Entry.objects.count()

    shown = said(*[key.pk if word == "NUMMER" else word for word in command], *SAM, "--dry-run")

    assert "Toetsplein BV" in shown
    assert shown.endswith("Dit was een proef (--dry-run): er is niets veranderd.\n")
    assert secrets_in(shown) == []
    assert Entry.objects.count() == before
    assert ApiKey.objects.get() == key


@pytest.mark.parametrize("answer", ["", "n", "nee"])
def test_only_yes_goes_on_after_the_preview(key, monkeypatch, answer, capsys):
    monkeypatch.setattr("builtins.input", lambda question: answer)

    assert refusal("rotate_api_key", key.pk, *SAM) == []
    assert secrets_in(capsys.readouterr().out) == []

    monkeypatch.setattr("builtins.input", lambda question: "j")
    call_command("rotate_api_key", str(key.pk), *SAM)
    assert ApiKey.objects.count() == 2


def test_a_key_is_rotated_with_an_overlap(system, key, said):
    shown = said("rotate_api_key", key.pk, "--overlap", "7", *SAM, "--yes")

    new = system.api_keys.last()
    (secret,) = secrets_in(shown)
    assert new.digest == digest_of(secret)
    assert shown == (
        "Toetsplein van Toetsplein BV (00000099000000000003) krijgt een nieuwe sleutel die productie heet en werkt tot "
        "23 november 2027 00:00.\n"
        f"De oude, nummer {key.pk}, werkt tot 29 november 2026 12:00.\n"
        f"Dit is sleutel {new.pk}. Hij wordt niet nog eens getoond; het register bewaart hem niet:\n"
        "\n"
        f"{secret}\n"
        "\n"
        "Geef hem de leverancier langs een veilige weg, niet per gewone mail.\n"
        f"De oude, nummer {key.pk}, werkt tot 29 november 2026 12:00.\n"
    )


def test_a_key_is_revoked(key, said):
    shown = said("revoke_api_key", key.pk, *SAM, "--yes")

    key.refresh_from_db()
    assert key.revoked_at == timezone.now()
    assert shown == (
        f"Sleutel {key.pk}, die productie heet, van Toetsplein van Toetsplein BV (00000099000000000003)\n"
        "werkt meteen niet meer en komt niet terug.\n"
        f"Gedaan: sleutel {key.pk} is ingetrokken.\n"
    )


def test_keys_are_listed_with_their_lives_and_nothing_secret(system, key, said):
    other = make.SystemFactory(name="Leerspoor", supplier=system.supplier)
    said("issue_api_key", "Toetsplein", "proef", *SAM, "--yes")
    proef = system.api_keys.get(name="proef")
    said("rotate_api_key", key.pk, "--overlap", "0", *SAM, "--yes")
    said("revoke_api_key", proef.pk, *SAM, "--yes")
    new = system.api_keys.last()
    endless = make.ApiKeyFactory(system=other, name="uit een registerbestand")

    lines = said("api_keys").splitlines()

    assert [_without_moment_of_issue(line) for line in lines] == [
        "Leerspoor van Toetsplein BV (00000099000000000003):",
        f"{endless.pk:>6}  uit een registerbestand: werkt zonder einddatum",
        "Toetsplein van Toetsplein BV (00000099000000000003):",
        f"{key.pk:>6}  productie: verlopen op 22 november 2026 12:00, opgevolgd door {new.pk}",
        f"{proef.pk:>6}  proef: ingetrokken op 22 november 2026 12:00",
        f"{new.pk:>6}  productie: werkt tot 23 november 2027 00:00",
    ]
    assert said("api_keys", "Leerspoor").splitlines() == lines[:2]
    digests = ApiKey.objects.values_list("digest", flat=True)
    assert not any(digest[:8] in "\n".join(lines) for digest in digests)


def _without_moment_of_issue(line: str) -> str:
    """The journal goes by the clock of the database, which does not stand still."""
    before, found, after = line.partition("uitgegeven op ")
    return before + after.partition(", ")[2] if found else line


def test_the_list_tells_when_a_key_was_issued_also_when_it_changed_later(key, said):
    said("revoke_api_key", key.pk, *SAM, "--yes")

    moment = timezone.localtime(Entry.objects.about("api_key", str(key.pk)).first().moment)

    assert f"uitgegeven op {moment.day} " in (shown := said("api_keys"))
    assert f"{moment:%Y %H:%M}, ingetrokken op" in shown


def test_without_keys_it_says_so(system, said):
    assert said("api_keys") == said("api_keys", "Toetsplein") == "Er zijn geen API-sleutels.\n"


def test_a_list_of_an_unknown_system_says_so(db):
    with pytest.raises(CommandError, match="Systeem Toetsprein staat niet in het register"):
        call_command("api_keys", "Toetsprein")


def test_all_that_is_missing_is_told_at_once(db):
    who = ["--by ontbreekt.", "--reason ontbreekt."]

    assert refusal("issue_api_key") == ["SYSTEEM ontbreekt.", "NAAM ontbreekt.", *who]
    assert refusal("rotate_api_key") == ["NUMMER ontbreekt.", *who]
    assert refusal("revoke_api_key") == ["NUMMER ontbreekt.", *who]


def test_what_is_not_understood_is_told_at_once(key):
    assert refusal("issue_api_key", "Toetsprein", "proef", "--last-day", "morgen", *SAM) == [
        "Systeem Toetsprein staat niet in het register.",
        "--last-day morgen is geen datum. Schrijf een datum als 2026-08-31.",
    ]
    assert refusal("rotate_api_key", "x", "--overlap", "-1", "--last-day", "2026-02-30", *SAM) == [
        "Er is geen API-sleutel met nummer x.",
        "--overlap -1 is geen aantal dagen.",
        "--last-day 2026-02-30 is geen datum. Schrijf een datum als 2026-08-31.",
    ]
    for number in ("0", "9" * 30, key.digest, "productie"):
        assert refusal("revoke_api_key", number, *SAM) == [f"Er is geen API-sleutel met nummer {number}."]


def test_what_the_rules_refuse_is_told_before_the_question(key):
    """All of it, also in a rehearsal."""
    day = today() + 366 * DAY
    assert refusal("issue_api_key", "Toetsplein", "productie", "--last-day", day, *SAM, "--dry-run") == [
        f"Dit systeem heeft al een sleutel die productie heet, nummer {key.pk}. Vervang die of kies een andere naam.",
        "Een sleutel werkt hooguit 365 dagen: tot 23 november 2027 00:00.",
    ]
    assert refusal("rotate_api_key", key.pk, "--overlap", "31", *SAM, "--dry-run") == [
        "De oude sleutel werkt nog 0 tot 30 dagen naast de nieuwe, niet langer.",
    ]


def test_a_key_that_is_replaced_during_the_question_is_not_replaced_again(key, monkeypatch, capsys):
    def meanwhile(question: str) -> str:
        call_command("rotate_api_key", str(key.pk), *SAM, "--yes")
        capsys.readouterr()
        return "j"

    monkeypatch.setattr("builtins.input", meanwhile)

    with pytest.raises(CommandError, match="al vervangen"):
        call_command("rotate_api_key", str(key.pk), *SAM)
    assert secrets_in(capsys.readouterr().out) == []
    assert ApiKey.objects.count() == 2
