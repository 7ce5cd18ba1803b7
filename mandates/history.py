"""Geschiedenis: what a board sees of the journal, and in which words (D14; docs/decisions/021-what-a-board-sees.md)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Count, F, Max, Q, TextField, Window
from django.db.models.functions import Cast, RowNumber
from django.utils import timezone

from accounts.models import User
from journal.acts import ActorKind
from journal.models import Entry
from journal.querysets import EntryQuerySet
from mandates.actions.undo import undoable
from mandates.models import Endpoint, LetEnd, Mandate
from mandates.story import Difference, Story, what
from mandates.stretches import Place, Stretch, stretch_of
from schools.models import Board, School
from services.models import Service

# How many changes of one confirmation a list shows; the others stand on a page of their own.
_AT_FIRST = 10
# What the page calls those who act for Kennisnet.
_SUPPORT = ("kennisnet", "support")
# What a board's history is about; support's cases are support's.
_OF_BOARD = (
    "mandate",
    "let_end",
    "endpoint",
    "routing_id",
    "school",
    "location",
    "board",
    "agreement",
    "offer",
    "membership",
)
# Columns that the page does not tell, or tells in the line above the differences.
_LEFT_OUT = frozenset({"granting_board_id", "handed_out_at", "school_id", "signatory_email", "brin", "number"})
_TOLD_ABOVE = {
    "agreement": frozenset({"board_id", "kind"}),
    "offer": frozenset({"board_id", "kind", "closed_on"}),
    "membership": frozenset({"board_id", "role", "is_active"}),
    "routing_id": frozenset({"routing_id"}),
}
_TOLD_ABOVE_OF_NEW = {
    "school": frozenset({"board_id", "name"}),
    "location": frozenset({"code", "name"}),
}


@dataclass(frozen=True)
class Told:
    """One change as the page tells it. `school` is empty when it is about the whole board."""

    what: str
    about: str
    school: str
    differences: Sequence[Difference]


@dataclass(frozen=True)
class Confirmation:
    """What was done in one go: by whom, why, and what changed.

    `count` is how many changes there are of those that are looked for, `total` how many the board may see in all.
    """

    transaction_id: int
    moment: datetime
    who: str
    reason: str
    told: Sequence[Told]
    count: int
    total: int
    can_be_undone: bool

    @property
    def more(self) -> int:
        """How many changes of those that are looked for are not told here."""
        return self.count - len(self.told)

    @property
    def untold(self) -> int:
        """How many changes in all are not told here."""
        return self.total - len(self.told)

    @property
    def elsewhere(self) -> int:
        """How many changes there are besides those that are looked for."""
        return self.total - self.count


@dataclass(frozen=True)
class ToldAlone:
    """One change, with when, by whom and why."""

    moment: datetime
    who: str
    reason: str
    told: Told


@dataclass(frozen=True)
class Asked:
    """What a history is narrowed to: words, a service, and days in Europe/Amsterdam (both included)."""

    words: str = ""
    service: Service | None = None
    first_day: date | None = None
    last_day: date | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether less than everything is asked for."""
        return any((self.words, self.service, self.first_day, self.last_day))


def entries_about_school(school: School, asked: Asked) -> EntryQuerySet:
    """What concerns the board that governs `school` today, and what the register says of the school itself.

    What a former board did there is not this board's, unless it is about what this board gave.
    """
    mandates = Mandate.objects.filter(Q(school=school) | Q(board=school.board_id))
    endpoints = Endpoint.objects.filter(mandate__school=school)
    if asked.service:
        mandates, endpoints = mandates.filter(service=asked.service), endpoints.filter(mandate__service=asked.service)
    of_mandates = list(mandates.values_list("uuid", flat=True))
    of_board = _these("mandate", of_mandates) | _these("let_end", of_mandates)
    of_board |= _these("endpoint", endpoints.values_list("uuid", flat=True))
    itself = Q()
    if not asked.service:
        of_board |= _these("routing_id", school.routing_ids.values_list("routing_id", flat=True))
        itself = _these("school", [school.brin]) | _these("location", school.locations.values_list("code", flat=True))
    of_board &= Q(boards__contains=[school.board.number])
    entries = Entry.objects.filter(of_board | itself if itself else of_board)
    for word in asked.words.split():
        entries = entries.filter(_done_by(word, school.board))
    return _within(entries, asked)


def entries_about_board(board: Board, asked: Asked) -> EntryQuerySet:
    """What concerns `board`: its own changes, and what happened to its schools and to what it gave."""
    entries = Entry.objects.filter(boards__contains=[board.number], subject_kind__in=_OF_BOARD)
    if asked.service:
        endpoints = Endpoint.objects.filter(mandate__service=asked.service, mandate__school__board=board)
        let_end = LetEnd.objects.filter(mandate__service=asked.service, board=board)
        entries = entries.filter(
            Q(subject_kind="mandate", after__service_id=asked.service.pk)
            | Q(subject_kind="endpoint", subject_key__in=endpoints.values_list(Cast("uuid", TextField())))
            | Q(subject_kind="let_end", subject_key__in=let_end.values_list(Cast("mandate__uuid", TextField())))
        )
    for word in asked.words.split():
        entries = entries.filter(_done_by(word, board) | _about_schools(word, board))
    return _within(entries, asked)


def _done_by(word: str, board: Board) -> Q:
    """What was done by somebody whose name, as the page tells it, holds the word; of another board it tells none."""
    is_named = Q(actor__board_number=board.number) | Q(actor__kind__in=[ActorKind.SUPPLIER, ActorKind.REGISTER])
    is_named |= Q(actor__kind=ActorKind.SUPPORT, actor__board_number=None)
    done = Q(actor__name__icontains=word) & is_named
    return done | Q(actor__kind=ActorKind.SUPPORT) if word.casefold() in _SUPPORT else done


def _about_schools(word: str, board: Board) -> Q:
    """What is about schools of `board`, now or before, whose name, BRIN or place holds the word."""
    governed = School.objects.filter(Q(board=board) | Q(former_boards__board=board))
    schools = dict(governed.matching(word).values_list("pk", "brin"))
    of_schools = {"mandate__school__in": list(schools)}
    endpoints = Endpoint.objects.filter(**of_schools).values_list(Cast("uuid", TextField()))
    let_end = LetEnd.objects.filter(**of_schools).values_list(Cast("mandate__uuid", TextField()))
    return (
        Q(subject_kind__in=["mandate", "routing_id"], after__school_id__in=list(schools))
        | Q(subject_kind="endpoint", subject_key__in=endpoints)
        | Q(subject_kind="let_end", subject_key__in=let_end)
        | Q(subject_kind="location", after__brin__in=list(schools.values()))
        | _these("school", schools.values())
    )


def _these(kind: str, keys: Iterable) -> Q:
    return Q(subject_kind=kind, subject_key__in=[str(key) for key in keys])


def _within(entries: EntryQuerySet, asked: Asked) -> EntryQuerySet:
    if asked.first_day:
        entries = entries.filter(moment__gte=beginning_of(asked.first_day))
    if asked.last_day:
        entries = entries.filter(moment__lt=beginning_of(asked.last_day + timedelta(days=1)))
    return entries


def beginning_of(day: date) -> datetime:
    """The first moment of a day in Europe/Amsterdam."""
    return timezone.make_aware(datetime.combine(day, time.min))


def confirmations(entries: EntryQuerySet, board: Board, place: Place | None) -> Stretch:
    """The confirmations in which `entries` came about, as `board` may see them; the newest first."""
    groups = entries.order_by().values("transaction_id").annotate(last=Max("pk"), count=Count("pk"))
    stretch = stretch_of(groups, "last", place, lambda group: group["last"])
    numbers = [group["transaction_id"] for group in stretch.rows]
    first_of_each = (
        entries.filter(transaction_id__in=numbers)
        .annotate(number=Window(RowNumber(), partition_by=F("transaction_id"), order_by="pk"))
        .filter(number__lte=_AT_FIRST)
        .order_by("pk")
    )
    counts = {group["transaction_id"]: group["count"] for group in stretch.rows}
    return Stretch(_told(list(first_of_each), counts, board), stretch.newer, stretch.older)


def one_confirmation(entries: Sequence[Entry], count: int, board: Board) -> Confirmation:
    """The confirmation of which `entries`, at least one, are some of the `count` changes."""
    (confirmation,) = _told(entries, {entries[0].transaction_id: count}, board)
    return confirmation


def told_one_by_one(entries: EntryQuerySet, board: Board, most: int) -> list[ToldAlone]:
    """The newest `most` of these changes, one by one, as `board` may see them."""
    newest = list(entries.order_by("-pk")[:most])
    story = _StoryForBoard(newest, board)
    return [ToldAlone(entry.moment, story.who(entry), story.reason(entry), story.told(entry)) for entry in newest]


def _told(entries: Sequence[Entry], counts: dict[int, int], board: Board) -> list[Confirmation]:
    """The confirmations of `entries`, in the order of `counts`, which says how many changes each has in all."""
    story = _StoryForBoard(entries, board)
    own = {entry.transaction_id for entry in entries if entry.actor.get("board_number") == board.number}
    can_be_undone = undoable(own, board_number=board.number)
    totals = _totals(counts, board)
    by_transaction: dict[int, list[Entry]] = {}
    for entry in entries:
        by_transaction.setdefault(entry.transaction_id, []).append(entry)
    return [
        Confirmation(
            transaction_id=number,
            moment=of_this[-1].moment,
            who=story.who(of_this[-1]),
            reason=story.reason(of_this[-1]),
            told=[story.told(entry) for entry in of_this],
            count=count,
            # What the register says of a school itself may be about no board.
            total=max(count, totals.get(number, 0)),
            can_be_undone=number in can_be_undone,
        )
        for number, count in counts.items()
        for of_this in [by_transaction[number]]
    ]


def _totals(transaction_ids: Iterable[int], board: Board) -> dict[int, int]:
    """How many changes the board may see of each of these confirmations."""
    of_board = entries_about_board(board, Asked()).filter(transaction_id__in=list(transaction_ids))
    return dict(of_board.order_by().values_list("transaction_id").annotate(Count("pk")))


class _StoryForBoard(Story):
    """Tells entries to the beheerders of one board: in names instead of numbers, and no names of other people."""

    def __init__(self, entries: Collection[Entry], board: Board) -> None:
        super().__init__(entries)
        self.board = board

    @cached_property
    def boards(self) -> dict[int, str]:
        boards = Board.objects.filter(pk__in=self.named("board_id"))
        return {board.pk: str(board) for board in boards}

    @cached_property
    def schools(self) -> dict[int, str]:
        return {pk: str(school) for pk, school in self._schools.items()}

    @cached_property
    def _schools(self) -> dict[int, School]:
        held = {school_id for school_id, *_ in self._mandates.values()}
        return School.objects.in_bulk({*self.named("school_id"), *held} - {None})

    @cached_property
    def _by_brin(self) -> dict[str, str]:
        brins = self.named("brin")
        return {school.brin: str(school) for school in School.objects.filter(brin__in=brins)} if brins else {}

    @cached_property
    def _mandates(self) -> dict[int, tuple[int | None, str, str]]:
        """Of the mandates that other rows are about, such as endpoints: school, service and system."""
        mandates = Mandate.objects.filter(pk__in=self.named("mandate_id"))
        fields = ("pk", "school_id", "service__code", "system__name")
        return {pk: tuple(rest) for pk, *rest in mandates.values_list(*fields)}

    @cached_property
    def _people(self) -> dict[int, str]:
        return {user.pk: str(user) for user in User.objects.filter(pk__in=self.named("user_id"))}

    def told(self, entry: Entry) -> Told:
        """The entry, for the page."""
        about, school = self._about(entry)
        return Told(_what(entry), about, school, list(self.differences(entry)))

    def _about(self, entry: Entry) -> tuple[str, str]:
        """What an entry is about, and of which school; empty when it is the board's."""
        row = entry.after
        match entry.subject_kind:
            case "mandate":
                about = f"{self.services.get(row['service_id'])}, {self.systems.get(row['system_id'])}"
                if row["board_id"]:
                    about += ", voor het hele bestuur"
                return about, self.schools.get(row["school_id"], "")
            case "endpoint" | "let_end":
                school, service, system = self._mandates[row["mandate_id"]]
                return f"{service}, {system}", self.schools.get(school, "")
            case "routing_id":
                return row["routing_id"], self.schools.get(row["school_id"], "")
            case "location":
                return f"{row['code']} {row['name']}", self._by_brin.get(row["brin"], "")
            case "school":
                return "", f"{row['name']} ({row['brin']})"
            case "agreement" | "offer":
                return row["kind"], ""
            case "membership":
                return f"{self._people.get(row['user_id'])}, {self.in_words('role', row)}", ""
        return "", ""

    def left_out(self, change: Any) -> frozenset[str]:
        above = _TOLD_ABOVE if change.before is not None else _TOLD_ABOVE | _TOLD_ABOVE_OF_NEW
        return super().left_out(change) | _LEFT_OUT | above.get(change.subject_kind, frozenset())

    def goes_without_saying(self, column: str, row: dict) -> bool:
        # That a mandate has no last day is worth saying; what a school does not have is not.
        return super().goes_without_saying(column, row) and column != "end_date"

    def in_words(self, column: str, row: dict) -> str:
        if column == "end_date" and row["end_date"] and row["end_date"] < row["start_date"]:
            return "vanaf de eerste dag niet geldig"
        return super().in_words(column, row)

    def who(self, entry: Entry) -> str:
        """Who did it; of another board not the person."""
        actor = entry.actor
        number = actor.get("board_number")
        whose = "het vorige bestuur" if self._is_of_former_board(entry) else "een ander bestuur"
        match actor["kind"]:
            case ActorKind.ADMINISTRATOR:
                return f"{actor['name']}, OSR-beheerder" if number == self.board.number else whose
            case ActorKind.SIGNATORY:
                return f"{actor['name']}, tekenbevoegde" if number == self.board.number else whose
            case ActorKind.SUPPORT if number in (None, self.board.number):
                return f"Kennisnet support ({actor['name']}){', namens uw bestuur' if number else ''}"
            case ActorKind.SUPPORT:
                return f"Kennisnet support, namens {whose}"
            case ActorKind.SUPPLIER:
                return f"de leverancier ({actor['name']})"
        return f"het register zelf ({actor['name']})"

    def reason(self, entry: Entry) -> str:
        """Why, as support said; what it said about another board is that board's."""
        return entry.reason if entry.actor.get("board_number") in (None, self.board.number) else ""

    def _is_of_former_board(self, entry: Entry) -> bool:
        """Whether what another board changed is of a school that this board governs now: then it was there before."""
        school = self._schools.get(entry.after.get("school_id"))
        return school is not None and school.board_id == self.board.pk


def _what(entry: Entry) -> str:
    """What happened, as the beginning of a sentence."""
    told = what(entry)
    return told[0].upper() + told[1:]
