"""What the register knew at the moment that a question is about, from the journal alone (D15)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property

from django.db.models import Q, QuerySet
from django.utils import timezone

from agreements.models import OSR
from journal.models import Entry
from journal.querysets import EntryQuerySet
from mandates.as_of import MandateThen, valid_on
from mandates.explanation.questions import Question
from mandates.models import Mandate
from schools.models import Board, FormerBoard, School
from services.models import ApiKey, Service, ServiceVersion, Supplier, System


class Facts:
    """All that bears on the answer to `question`; each read when it is first asked for.

    What ends on `_then` is the row as the journal has it at the moment of the question; None when there was none yet.
    """

    def __init__(self, question: Question) -> None:
        self.question = question
        self.day_of_moment = timezone.localdate(question.moment)

    # --- School, service, supplier ---

    @cached_property
    def school(self) -> School | None:
        """The school that was asked about."""
        return School.objects.filter(brin=self.question.brin).first()

    @cached_property
    def service(self) -> Service | None:
        """The service that was asked about."""
        services = Service.objects.select_related("successor")
        return services.filter(code=self.question.service_code).first()

    @cached_property
    def supplier(self) -> Supplier | None:
        """The supplier whose system was asked about."""
        return Supplier.objects.filter(oin=self.question.supplier_oin).first()

    @cached_property
    def systems(self) -> list[System]:
        """The systems of the supplier."""
        return list(System.objects.filter(supplier=self.supplier).order_by("name")) if self.supplier else []

    @cached_property
    def school_then(self) -> dict | None:
        return self._row("school", self.question.brin)

    @cached_property
    def service_then(self) -> dict | None:
        return self._row("service", self.question.service_code)

    @cached_property
    def supplier_then(self) -> dict | None:
        return self._row("supplier", self.question.supplier_oin)

    @cached_property
    def names_the_service(self) -> bool:
        """Whether the namespace that was asked with, if any, was one of the service."""
        namespace = self.question.namespace
        if not namespace:
            return True
        version = ServiceVersion.objects.filter(namespace=namespace, service=self.service)
        return bool(self.service) and version.exists() and self._row("service_version", namespace) is not None

    @cached_property
    def board_then(self) -> Board | None:
        """The board that governed the school."""
        return Board.objects.get(pk=self.school_then["board_id"]) if self.school_then else None

    @cached_property
    def former_boards(self) -> list[FormerBoard]:
        """The boards that had governed the school by then, the first to leave it first."""
        former = FormerBoard.objects.filter(school__brin=self.question.brin, until__lt=self.day_of_moment)
        return list(former.select_related("board").order_by("until"))

    # --- Mandates ---

    @cached_property
    def valid(self) -> list[MandateThen]:
        """The mandates of whichever system that were valid."""
        return valid_on(
            self.question.day,
            as_of=self.question.moment,
            brin=self.question.brin,
            service_code=self.question.service_code,
        )

    @cached_property
    def own(self) -> list[MandateThen]:
        """The mandates that make the answer yes."""
        if not self.names_the_service:
            return []
        return [mandate for mandate in self.valid if mandate.supplier_oin == self.question.supplier_oin]

    @cached_property
    def mandates(self) -> dict[str, Mandate]:
        """By UUID, all that could make the answer yes: of the school, or of a board that governs or governed it."""
        boards = FormerBoard.objects.filter(school__brin=self.question.brin).values("board")
        mandates = Mandate.objects.filter(
            Q(school__brin=self.question.brin) | Q(board__schools__brin=self.question.brin) | Q(board__in=boards),
            service__code=self.question.service_code,
            system__supplier__oin=self.question.supplier_oin,
        )
        mandates = mandates.select_related("system", "board", "granting_board").distinct().order_by("start_date", "pk")
        return {str(mandate.uuid): mandate for mandate in mandates}

    @cached_property
    def histories(self) -> dict[str, list[Entry]]:
        """The whole history of each of the mandates, by UUID, oldest first."""
        histories = defaultdict(list)
        for entry in Entry.objects.filter(subject_kind="mandate", subject_key__in=self.mandates).order_by("id"):
            histories[entry.subject_key].append(entry)
        return histories

    def until_then(self, entries: Iterable[Entry]) -> list[Entry]:
        """Those of the entries that were there at the moment."""
        return [entry for entry in entries if entry.moment <= self.question.moment]

    def together_with(self, entry: Entry, kind: str) -> EntryQuerySet:
        """What changed of this kind in the same confirmation as `entry`."""
        return Entry.objects.filter(
            transaction_id=entry.transaction_id, subject_kind=kind, boards__overlap=entry.boards
        ).order_by("id")

    @cached_property
    def services_mandated(self) -> list[str]:
        """The other services for which the supplier had a mandate of the school itself that was valid."""
        others = Mandate.objects.filter(school=self.school, system__supplier=self.supplier).exclude(
            service=self.service
        )
        codes = {str(uuid): code for uuid, code in others.values_list("uuid", "service__code")}
        rows = self._rows("mandate", codes)
        return sorted({codes[key] for key, row in rows.items() if _counts_on(row, self.question.day)})

    # --- What a board needs to give a mandate ---

    @cached_property
    def agreements_then(self) -> dict[str, list[dict]]:
        """Per kind that the service needs, OSR first, the agreements of the board as they were."""
        rows = self._rows("agreement", self._agreements).values()
        return {kind: [row for row in rows if row["kind"] == kind] for kind in self._needed}

    @cached_property
    def _needed(self) -> list[str]:
        kind = self.service_then["agreement_kind"] if self.service_then else ""
        return [OSR, kind] if kind else [OSR]

    @cached_property
    def _agreements(self) -> list[str]:
        """The keys of all agreements that the board ever had of the kinds that are needed."""
        if not self.board_then:
            return []
        return _keys(self.board_then.agreements.filter(kind__in=self._needed))

    @cached_property
    def connected_then(self) -> list[System]:
        """The systems of the supplier that could be chosen for the service (D6)."""
        keys = {f"{system.uuid}/{self.question.service_code}": system for system in self.systems}
        rows = self._rows("qualification", keys)
        return [
            system
            for key, system in keys.items()
            if key in rows and self._counts_today(rows[key]["qualified_on"], rows[key]["withdrawn_on"])
        ]

    def _counts_today(self, first: str, until: str | None) -> bool:
        today = self.day_of_moment.isoformat()
        return first <= today and (until is None or until > today)

    # --- API keys ---

    @cached_property
    def keys_then(self) -> list[tuple[System, dict]]:
        """The API keys of the supplier's systems as they were, each with its system."""
        systems = {system.pk: system for system in self.systems}
        rows = self._rows("api_key", self._api_keys)
        return [(systems[row["system_id"]], row) for row in sorted(rows.values(), key=lambda row: row["id"])]

    @cached_property
    def _api_keys(self) -> list[str]:
        return _keys(ApiKey.objects.filter(system__in=self.systems))

    # --- The journal ---

    @cached_property
    def events(self) -> list[Entry]:
        """What happened, before the moment and after it, that bears on the answer; oldest first."""
        kinds = {
            "school": [self.question.brin],
            "service": [self.question.service_code],
            "supplier": [self.question.supplier_oin],
            "qualification": [f"{system.uuid}/{self.question.service_code}" for system in self.systems],
            "api_key": self._api_keys,
            "agreement": self._agreements,
        }
        about = Q()
        for kind, keys in kinds.items():
            if keys:
                about |= Q(subject_kind=kind, subject_key__in=keys)
        around = [entry for entry in Entry.objects.filter(about) if self._matters(entry)]
        mandates = [entry for history in self.histories.values() for entry in history]
        return sorted(around + mandates, key=lambda entry: entry.pk)

    def _matters(self, entry: Entry) -> bool:
        """Of what was there already only what became of it."""
        if entry.before is None:
            return entry.moment > self.question.moment or entry.subject_kind == "agreement"
        columns = _THAT_MATTER[entry.subject_kind]
        return any(entry.before.get(column) != entry.after.get(column) for column in columns)

    def _row(self, kind: str, key: str) -> dict | None:
        return self._rows(kind, [key]).get(key)

    def _rows(self, kind: str, keys: Iterable[str]) -> dict[str, dict]:
        """The rows with these keys as they were at the moment; those that were there."""
        entries = Entry.objects.filter(subject_kind=kind, subject_key__in=list(keys))
        return dict(entries.latest_of_each(self.question.moment).values_list("subject_key", "after"))

    def first_seen(self, kind: str, key: str) -> Entry | None:
        """The entry with which a row came into the register."""
        return Entry.objects.about(kind, key).first()


_THAT_MATTER = {
    "school": ("board_id", "closed_on"),
    "service": ("is_active", "level", "agreement_kind"),
    "supplier": ("connected_on",),
    "qualification": ("qualified_on", "withdrawn_on"),
    "api_key": ("expires_at", "revoked_at"),
    "agreement": ("signed_on", "ended_on"),
}


def columns_that_matter(kind: str) -> Sequence[str]:
    """Of a row of this kind the columns that bear on an answer."""
    return _THAT_MATTER.get(kind, ())


def day_of(text: str | None) -> date | None:
    """A day as the journal keeps it."""
    return date.fromisoformat(text) if text else None


def _keys(rows: QuerySet) -> list[str]:
    """The keys by which the journal knows rows that have no other."""
    return [str(pk) for pk in rows.order_by("pk").values_list("pk", flat=True)]


def _counts_on(row: dict, day: date) -> bool:
    start, end = row["start_date"], row["end_date"]
    return start <= day.isoformat() and (end is None or end >= day.isoformat())
