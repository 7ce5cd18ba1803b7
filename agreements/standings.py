"""How things stand with the agreements of a board, kind by kind, and what can be done about it (A1, A2, D5)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from accounts.models import Membership, User
from agreements.models import OSR, Agreement, Kind, Offer, Template
from schools.models import Board
from services.models import Service
from services.wording import day_in_words

# What of a template is too much to read for a list.
_TEXTS = ("body", "changes", "annex_service", "annex_categories")


class State(StrEnum):
    """What the state looks like: the name of its icon and of its colours (`components/status.html`)."""

    IN_FORCE = "mandated"
    ENDING = "ending"
    COMING = "coming"
    WAITING = "partial"
    MISSING = "missing"
    NONE = "ended"


class Status(NamedTuple):
    """How things stand in a few words, and since or until when."""

    state: State
    label: str
    detail: str = ""


@dataclass(frozen=True)
class Standing:
    """How things stand with one kind of agreement of a board on a day.

    `needed_for` are the codes of the services that need it besides OSR. `agreement` is the one in force, or else the
    one that begins later; `following` comes after the one in force. `offer` waits for somebody; `declined` is the last
    offer when that was declined. `earlier` are over, the newest first. `newest` is the newest text, if there is any.
    """

    day: date
    kind: Kind
    needed_for: Sequence[str]
    agreement: Agreement | None
    following: Agreement | None
    offer: Offer | None
    declined: Offer | None
    earlier: Sequence[Agreement]
    newest: Template | None

    @property
    def is_in_force(self) -> bool:
        """Whether the board has it today."""
        return self.agreement is not None and self.agreement.signed_on <= self.day

    @property
    def is_missing(self) -> bool:
        """Whether the board needs it and has it not (D5)."""
        return not self.is_in_force and (self.kind.code == OSR or bool(self.needed_for))

    @property
    def is_offered(self) -> bool:
        """Whether it waits for a signature."""
        return self.offer is not None and self.offer.status == Offer.Status.OFFERED

    @property
    def is_overdue(self) -> bool:
        """Whether it waits for a signature longer than was asked (A4)."""
        return self.offer is not None and self.offer.is_overdue(self.day)

    @property
    def has_newer_version(self) -> bool:
        """Whether there is a newer text than the one that was signed (A4)."""
        signed = self.agreement and self.agreement.template
        return bool(signed and self.newest and self.newest.version > signed.version)

    @property
    def can_be_requested(self) -> bool:
        """Whether it makes sense to ask for it now (A2)."""
        if self.offer or self.following or self.newest is None:
            return False
        return self.agreement is None or self.agreement.ended_on is not None or self.has_newer_version

    @property
    def status(self) -> Status:
        """How things stand, as a mark beside the name."""
        if self.is_in_force:
            last_day = self.agreement.ended_on
            if last_day:
                return Status(State.ENDING, "loopt af", f"laatste dag {day_in_words(last_day)}")
            return Status(State.IN_FORCE, "van kracht", f"sinds {day_in_words(self.agreement.signed_on)}")
        if self.agreement:
            return Status(State.COMING, "begint nog", f"op {day_in_words(self.agreement.signed_on)}")
        if self.is_offered:
            return Status(State.WAITING, "wacht op ondertekening", f"sinds {day_in_words(self.offer.offered_on)}")
        if self.offer:
            return Status(State.WAITING, "aangevraagd", f"op {day_in_words(self.offer.requested_on)}")
        if self.declined:
            return Status(State.MISSING, "geweigerd", f"op {day_in_words(self.declined.closed_on)}")
        if self.is_missing:
            return Status(State.MISSING, "ontbreekt")
        if self.earlier:
            return Status(State.NONE, "beëindigd", f"laatste dag {day_in_words(self.earlier[0].ended_on)}")
        return Status(State.NONE, "nu niet nodig")


@dataclass(frozen=True)
class Lacking:
    """The kinds of agreement that a board lacks, how things stand with each, and who may sign for it."""

    standings: Sequence[Standing]
    signatories: Sequence[User]


def standings_of(board: Board, day: date) -> list[Standing]:
    """Every kind of agreement: OSR first, then those that services need, then the others; in five queries."""
    needed: dict[str, list[str]] = {}
    for code, kind in Service.objects.active().order_by("code").values_list("code", "agreement_kind"):
        needed.setdefault(kind, []).append(code)
    agreements, offers = _by_kind(_agreements(board)), _by_kind(board.offers.select_related("template").order_by("pk"))
    newest = {template.kind_id: template for template in Template.objects.newest().defer(*_TEXTS)}
    kinds = sorted(Kind.objects.all(), key=lambda kind: (kind.code != OSR, kind.code not in needed, kind.code))
    return [
        _standing(
            day,
            kind,
            [] if kind.code == OSR else needed.get(kind.code, []),
            agreements.get(kind.code, []),
            offers.get(kind.code, []),
            newest.get(kind.code),
        )
        for kind in kinds
    ]


def lacking_of(board: Board, kinds: Collection[str], day: date) -> Lacking | None:
    """What to know about the `kinds` (codes) that `board` lacks; None, without a question, when it lacks none."""
    if not kinds:
        return None
    return Lacking(
        [standing for standing in standings_of(board, day) if standing.kind.code in kinds], who_may_sign(board)
    )


def who_may_sign(board: Board) -> list[User]:
    """The people who may sign for `board` now, by name (A3)."""
    memberships = (
        Membership.objects.of_people_who_come()
        .filter(board=board, role=Membership.Role.SIGNATORY)
        .select_related("user")
        .order_by("user__name", "user__pk")
    )
    return [membership.user for membership in memberships]


def _agreements(board: Board):
    texts = [f"template__{name}" for name in _TEXTS]
    return board.agreements.select_related("template").defer(*texts).order_by("-signed_on", "-pk")


def _by_kind(rows) -> dict[str, list]:
    by_kind: dict[str, list] = {}
    for row in rows:
        by_kind.setdefault(row.kind_id, []).append(row)
    return by_kind


def _standing(
    day: date,
    kind: Kind,
    needed_for: Sequence[str],
    agreements: Sequence[Agreement],
    offers: Sequence[Offer],
    newest: Template | None,
) -> Standing:
    # The newest first; what is not over is what counts today, and what begins later.
    present = [agreement for agreement in reversed(agreements) if not agreement.is_over(day)]
    last = offers[-1] if offers else None
    return Standing(
        day=day,
        kind=kind,
        needed_for=needed_for,
        agreement=present[0] if present else None,
        following=present[1] if len(present) > 1 else None,
        offer=last if last and last.is_open else None,
        declined=last if last and last.status == Offer.Status.DECLINED else None,
        earlier=[agreement for agreement in agreements if agreement.is_over(day)],
        newest=newest,
    )
