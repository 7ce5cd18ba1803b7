"""API keys: giving a system one, rotating and revoking it (quality.md, Security; docs/decisions/019-api-keys.md)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from journal.acts import Actor, Problem, act
from journal.clock import today
from services.actions.gate import no_reason, refuse_if, refuse_unless_support
from services.keys import digest_of, new_key
from services.models import ApiKey, System
from services.querysets import ApiKeyQuerySet
from services.wording import moment_in_words

# In a list on a screen or in a terminal a longer name is no name any more.
LONGEST_KEY_NAME = 60
# One per place where a system runs. More names that work at once are forgotten keys rather than places.
MOST_NAMES = 10


@dataclass(frozen=True, kw_only=True)
class IssuedKey:
    """A key that was just made, and the one that it replaces if there is one.

    `secret` is the key in clear. It is shown once and stored nowhere, so it is not in the repr either.
    """

    api_key: ApiKey
    secret: str = field(repr=False)
    replaced: ApiKey | None = None


def issue_key(*, actor: Actor, system: System, name: str, expires_at: datetime | None = None) -> IssuedKey:
    """Give `system` an API key under a name that none of its working keys has.

    It works until `expires_at` (with time zone), else as long as a key may: to the end of the day that is
    OSR_API_KEY_DAYS from today. Raises `Refused` with all that is wrong; also unless support does it with a reason,
    and when the supplier did not sign the connection terms (A8).
    """
    refuse_unless_support(actor, "API-sleutels")
    name = name.strip()
    with transaction.atomic():
        system = _lock(system)
        moment = timezone.now()
        expires_at = expires_at or _longest_life()
        usable = system.api_keys.usable(moment)
        refuse_if(
            no_reason(actor, "het uitgeven van een API-sleutel"),
            _not_connected(system),
            _wrong_name(name, usable),
            _too_many(usable),
            _wrong_expiry(expires_at, moment),
        )
        return _issue(actor, system, name, expires_at)


def rotate_key(
    *, actor: Actor, key: ApiKey, overlap: timedelta | None = None, expires_at: datetime | None = None
) -> IssuedKey:
    """Give the key's system a new one under the same name; the old one works on for `overlap`, then no longer.

    Without `overlap` it is OSR_API_KEY_OVERLAP_DAYS, which is also the longest. The old key never works longer than it
    would have. `expires_at` is of the new key, as for `issue_key`. Raises `Refused` with all that is wrong; also when
    the key works no longer or was replaced before.
    """
    refuse_unless_support(actor, "API-sleutels")
    with transaction.atomic():
        system, key = _lock_with(key)
        moment = timezone.now()
        overlap = timedelta(days=settings.OSR_API_KEY_OVERLAP_DAYS) if overlap is None else overlap
        expires_at = expires_at or _longest_life()
        refuse_if(
            no_reason(actor, "het vervangen van deze API-sleutel"),
            _not_connected(system),
            _not_to_be_replaced(key, system.api_keys.usable(moment)),
            _wrong_overlap(overlap),
            _wrong_expiry(expires_at, moment),
        )
        if key.expires_at is None or key.expires_at > moment + overlap:
            with act("api_key.replaced", actor=actor):
                key.expires_at = moment + overlap
                key.save(update_fields=["expires_at"])
        return _issue(actor, system, key.name, expires_at, replaced=key)


def revoke_key(*, actor: Actor, key: ApiKey) -> ApiKey:
    """Take a key away: from now on it opens nothing, and it never comes back. Returns the key as it has become.

    Raises `Refused` when it was revoked before, and unless support does it with a reason.
    """
    refuse_unless_support(actor, "API-sleutels")
    with transaction.atomic():
        _, key = _lock_with(key)
        refuse_if(no_reason(actor, "het intrekken van deze API-sleutel"), _revoked_before(key))
        with act("api_key.revoked", actor=actor):
            key.revoked_at = timezone.now()
            key.save(update_fields=["revoked_at"])
        return key


def end_of_day(day: date) -> datetime:
    """The moment at which `day` is over in Europe/Amsterdam: the expiry of a key for which it is the last day."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def _longest_life() -> datetime:
    return end_of_day(today() + timedelta(days=settings.OSR_API_KEY_DAYS))


def _lock(system: System) -> System:
    """The system as it is now. Whatever changes its keys does this first, and so waits its turn."""
    return System.objects.select_for_update(no_key=True, of=("self",)).select_related("supplier").get(pk=system.pk)


def _lock_with(key: ApiKey) -> tuple[System, ApiKey]:
    """A key and its system as they are now, both locked: a register file changes keys without locking systems."""
    system = _lock(key.system)
    return system, system.api_keys.select_for_update(no_key=True, of=("self",)).get(pk=key.pk)


def _issue(actor: Actor, system: System, name: str, expires_at: datetime, replaced: ApiKey | None = None) -> IssuedKey:
    secret = new_key()
    with act("api_key.issued", actor=actor):
        api_key = ApiKey.objects.create(system=system, name=name, digest=digest_of(secret), expires_at=expires_at)
    return IssuedKey(api_key=api_key, secret=secret, replaced=replaced)


# --- What stands in the way -------------------------------------------------------------------------------------------


def _not_connected(system: System) -> Iterator[Problem]:
    """A8: who did not sign the terms gets no key."""
    supplier = system.supplier
    if supplier.connected_on is None or supplier.connected_on > today():
        yield Problem("not_connected", f"{supplier} heeft de aansluitvoorwaarden nog niet getekend.")


def _wrong_name(name: str, usable: ApiKeyQuerySet) -> Iterator[Problem]:
    if not name:
        yield Problem("no_name", "Geef de sleutel een naam, zodat men hem later herkent.")
    elif len(name) > LONGEST_KEY_NAME:
        yield Problem("long_name", f"De naam van een sleutel heeft hooguit {LONGEST_KEY_NAME} tekens.")
    elif not name.isprintable():
        yield Problem("wrong_name", "In de naam van een sleutel staan alleen zichtbare tekens en spaties.")
    elif (namesake := usable.filter(name__iexact=name).last()) is not None:
        taken = f"Dit systeem heeft al een sleutel die {namesake.name} heet, nummer {namesake.pk}."
        yield Problem("name_taken", f"{taken} Vervang die of kies een andere naam.")


def _too_many(usable: ApiKeyQuerySet) -> Iterator[Problem]:
    """Counted by name: that a key is being replaced does not make it two."""
    if usable.values("name").distinct().count() >= MOST_NAMES:
        text = f"Dit systeem heeft al {MOST_NAMES} sleutels die werken. Trek er eerst een in."
        yield Problem("too_many", text)


def _wrong_expiry(expires_at: datetime, moment: datetime) -> Iterator[Problem]:
    if expires_at <= moment:
        yield Problem("expired_already", "De sleutel zou al verlopen zijn. Kies een dag die nog komt.")
    elif expires_at > _longest_life():
        days = settings.OSR_API_KEY_DAYS
        yield Problem("long_life", f"Een sleutel werkt hooguit {days} dagen: tot {moment_in_words(_longest_life())}.")


def _wrong_overlap(overlap: timedelta) -> Iterator[Problem]:
    days = settings.OSR_API_KEY_OVERLAP_DAYS
    if not timedelta(0) <= overlap <= timedelta(days=days):
        yield Problem("wrong_overlap", f"De oude sleutel werkt nog 0 tot {days} dagen naast de nieuwe, niet langer.")


def _revoked_before(key: ApiKey) -> Iterator[Problem]:
    if key.revoked_at is not None:
        since = moment_in_words(key.revoked_at)
        yield Problem("revoked_already", f"Deze sleutel is al ingetrokken, op {since}.")


def _not_to_be_replaced(key: ApiKey, usable: ApiKeyQuerySet) -> Iterator[Problem]:
    """Of a name the newest key is the one to replace, and at most two work at once."""
    if not usable.filter(pk=key.pk).exists():
        text = "Deze sleutel werkt niet meer en kan niet worden vervangen. Geef een nieuwe sleutel uit."
        yield Problem("not_usable", text)
        return
    namesakes = usable.filter(name=key.name).exclude(pk=key.pk).order_by("pk")
    if (newer := namesakes.filter(pk__gt=key.pk).last()) is not None:
        yield Problem("replaced_already", f"Deze sleutel is al vervangen, door nummer {newer.pk}.")
    elif (older := namesakes.last()) is not None:
        text = f"Nummer {older.pk}, de vorige sleutel die {older.name} heet, werkt nog. Trek die eerst in."
        yield Problem("overlap_runs", text)
