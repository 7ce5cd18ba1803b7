"""Why the answer is yes or no, and what else is good to know."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.utils import timezone

from journal.models import Entry
from mandates.as_of import MandateThen, valid_on
from mandates.explanation.facts import Facts, day_of
from mandates.explanation.readers import ForSupport
from mandates.models import Mandate
from mandates.wording import day_in_words, exact_moment_in_words, only_for
from services.models import System
from services.wording import moment_in_words

# How many mandates are told apart, and how many keys.
_MOST = 5
# How long ago a key may have stopped to be a cause of what goes wrong now.
_LATELY = timedelta(days=60)


class Reasons:
    """Finds the reasons in `facts`, and tells them in the words of a reader."""

    def __init__(self, facts: Facts, words: ForSupport) -> None:
        self.facts, self.question, self.words = facts, facts.question, words

    # --- Yes ---

    def why_yes(self) -> Iterator[str]:
        """The mandates that make it yes, and for whom they hold."""
        for then in self.facts.own:
            mandate = self.facts.mandates[str(then.uuid)]
            history = self.facts.histories[str(then.uuid)]
            until = f"tot en met {day_in_words(then.end_date)}" if then.end_date else "zonder einddatum"
            given = history[0]
            yield (
                f"{then.system} heeft een mandaat{_for_board(mandate)} vanaf {day_in_words(then.start_date)} {until}, "
                f"gegeven door bestuur {mandate.granting_board.number} op {exact_moment_in_words(given.moment)}."
                f"{self.words.number(mandate)}"
            )
            yield from self._within_grace(mandate, history)
            if mandate.locations:
                yield (
                    f"Let op: het geldt {only_for(mandate.locations)}. "
                    "Het register antwoordt per school, dus ook wie iets van een andere vestiging wil, hoort ja."
                )

    def _within_grace(self, mandate: Mandate, history: list[Entry]) -> Iterator[str]:
        """D20: that it counts for some days only, because the school went to another board."""
        ended = _last_change_of_end(self.facts.until_then(history))
        if ended.type == "mandate.grace_started":
            yield (
                f"De school ging naar een ander bestuur (vastgelegd op {moment_in_words(ended.moment)}). Het mandaat "
                f"van het vorige bestuur geldt daarna nog tot en met {day_in_words(day_of(ended.after['end_date']))}."
            )
        for former in self.facts.former_boards:
            if mandate.board_id == former.board_id and former.until < self.question.day <= former.grace_until:
                yield (
                    f"De school hoorde tot en met {day_in_words(former.until)} bij dat bestuur. Het mandaat van dat "
                    f"bestuur telt voor deze school nog tot en met {day_in_words(former.grace_until)}."
                )

    # --- No ---

    def why_no(self) -> Iterator[str]:
        """What stood in the way, the nearest first: of the register, of the mandates, of the school."""
        yield from self._unknown()
        yield from self._not_yet_known()
        yield from self._other_namespace()
        yield from self._mandates_that_do_not_count()
        yield from self._school_is_closed()
        if self.facts.school_then and self.facts.service_then and self.facts.supplier_then and not self.facts.own:
            yield from self._could_not_be_given()

    def _unknown(self) -> Iterator[str]:
        if self.facts.school is None:
            yield f"School {self.question.brin} staat niet in het register."
        if self.facts.service is None:
            named = self.question.service_code or f"met namespace {self.question.namespace}"
            yield f"De dienst {named} bestaat niet."
        if self.facts.supplier is None:
            yield f"Er is geen leverancier met OIN {self.question.supplier_oin}."

    def _not_yet_known(self) -> Iterator[str]:
        for thing, then, kind, key, name in (
            (self.facts.school, self.facts.school_then, "school", self.question.brin, "School"),
            (self.facts.service, self.facts.service_then, "service", self.question.service_code, "De dienst"),
            (self.facts.supplier, self.facts.supplier_then, "supplier", self.question.supplier_oin, "Leverancier"),
        ):
            if thing and not then:
                since = exact_moment_in_words(self.facts.first_seen(kind, key).moment)
                yield f"{name} {key} stond toen nog niet in het register: pas sinds {since}."

    def _other_namespace(self) -> Iterator[str]:
        if self.facts.service and not self.facts.names_the_service:
            yield (
                f"Er is gevraagd met namespace {self.question.namespace}. Die was toen niet van een versie van "
                f"{self.question.service_code}."
            )

    def _mandates_that_do_not_count(self) -> Iterator[str]:
        if not (self.facts.school and self.facts.service and self.facts.supplier):
            return
        mandates = sorted(self.facts.mandates.values(), key=self._distance)
        if not self.facts.mandates:
            yield "Voor deze school, dienst en leverancier is er nooit een mandaat gegeven."
        valid = {then.uuid for then in self.facts.valid}
        mandates = [mandate for mandate in mandates if mandate.uuid not in valid]
        for mandate in mandates[:_MOST]:
            history = self.facts.histories[str(mandate.uuid)]
            why_not = self._why_not(mandate, history)
            yield f"Het mandaat van {mandate.system}{_for_board(mandate)} {why_not}{self.words.number(mandate)}"
        if len(mandates) > _MOST:
            yield f"Er zijn nog {len(mandates) - _MOST} andere mandaten, die verder van deze dag af liggen."

    def _distance(self, mandate: Mandate) -> tuple[int, int]:
        """How many days it lies from the day that was asked about; of as near ones the last given first."""
        day = self.question.day
        if mandate.end_date and mandate.end_date < day:
            return (day - mandate.end_date).days, -mandate.pk
        return max((mandate.start_date - day).days, 0), -mandate.pk

    def _by(self, entry: Entry) -> str:
        return self.words.by(entry)

    def _why_not(self, mandate: Mandate, history: list[Entry]) -> str:
        """Why this mandate, as it stood at the moment, was not valid on the day."""
        then = self.facts.until_then(history)
        if not then:
            return f"is pas later gegeven, op {exact_moment_in_words(history[0].moment)} door {self._by(history[0])}."
        start, end = (day_of(then[-1].after[column]) for column in ("start_date", "end_date"))
        if end and end < start:
            return self._why_cancelled(_last_change_of_end(then))
        if start > self.question.day:
            return f"begint pas op {day_in_words(start)}."
        if end and end < self.question.day:
            return self._why_ended(end, _last_change_of_end(then))
        return self._why_not_for_this_school(mandate, start)

    def _why_cancelled(self, ended: Entry) -> str:
        when = exact_moment_in_words(ended.moment)
        done = {
            "mandate.revoked": "ingetrokken op de dag waarop het inging,",
            "mandate.undone": "teruggedraaid",
        }.get(ended.type, "geannuleerd")
        return f"is {done} op {when} door {self._by(ended)}. Het gold op geen enkele dag."

    def _why_ended(self, end: date, ended: Entry) -> str:
        when, last = exact_moment_in_words(ended.moment), day_in_words(end)
        if ended.before is None:
            return f"gold tot en met {last}; zo is het gegeven op {when} door {self._by(ended)}."
        match ended.type:
            case "mandate.revoked":
                return f"is ingetrokken op {when} door {self._by(ended)}. Het gold tot en met {last}."
            case "mandate.undone":
                return f"is teruggedraaid op {when} door {self._by(ended)}. Het gold tot en met {last}."
            case "mandate.grace_started":
                return (
                    f"liep af op {last}: de school ging naar een ander bestuur (vastgelegd op {when}), "
                    "en dat nam het mandaat niet over."
                )
        ended_on = f"is geëindigd op {last}; dat is bepaald op {when} door {self._by(ended)}."
        return f"{ended_on} {self._together_with(ended, end)}".rstrip()

    def _together_with(self, ended: Entry, end: date) -> str:
        """What happened in the same confirmation: the school closed, or the bestuur went over to another system."""
        if any(
            entry.before and entry.before["closed_on"] != entry.after["closed_on"]
            for entry in self.facts.together_with(ended, "school").filter(subject_key=self.question.brin)
        ):
            return "Toen is vastgelegd dat de school sluit."
        if any(
            entry.before and entry.before["ended_on"] != entry.after["ended_on"]
            for entry in self.facts.together_with(ended, "agreement")
        ):
            return self.words.ended_with_agreement()
        given = [
            entry.after["system_id"]
            for entry in self.facts.together_with(ended, "mandate")
            if entry.before is None
            and all(entry.after[column] == ended.after[column] for column in ("school_id", "board_id", "service_id"))
            and entry.after["start_date"] == (end + timedelta(days=1)).isoformat()
        ]
        systems = list(System.objects.filter(pk__in=given).order_by("name").values_list("name", flat=True))
        return f"Het bestuur stapte over naar {self.words.switched_to(systems)}." if systems else ""

    def _why_not_for_this_school(self, mandate: Mandate, start: date) -> str:
        """D1, D20: a mandate for a whole board whose day it is, but which is not this school's."""
        day = self.question.day
        for former in reversed(self.facts.former_boards):
            if former.board_id != mandate.board_id or former.until >= day:
                continue
            if former.grace_until < day:
                return (
                    f"telt niet meer voor deze school: die hoorde tot en met {day_in_words(former.until)} bij dat "
                    f"bestuur, en daarna telde het nog tot en met {day_in_words(former.grace_until)}."
                )
            if start > former.until:
                return (
                    f"telt niet voor deze school: die hoorde tot en met {day_in_words(former.until)} bij dat bestuur, "
                    "en het begon pas daarna."
                )
        return f"telt niet voor deze school: die hoorde op {day_in_words(day)} niet bij dat bestuur."

    def _school_is_closed(self) -> Iterator[str]:
        school = self.facts.school_then
        if school and school["closed_on"] and day_of(school["closed_on"]) < self.question.day:
            yield f"De school is gesloten op {day_in_words(day_of(school['closed_on']))}."

    def _could_not_be_given(self) -> Iterator[str]:
        """D5, D6: what kept the bestuur from giving a mandate that day."""
        code, supplier = self.question.service_code, self.facts.supplier_then
        if not self.facts.service_then["is_active"]:
            successor = self.facts.service.successor
            instead = f" De opvolger is {successor}." if successor else ""
            yield f"De dienst {code} was toen beëindigd: een bestuur kon er geen mandaat meer voor geven.{instead}"
        connected_on = day_of(supplier["connected_on"])
        if connected_on is None or connected_on > self.facts.day_of_moment:
            yield (
                f"{supplier['name']} had toen de aansluitvoorwaarden nog niet getekend: "
                "een bestuur kon geen systeem van deze leverancier kiezen."
            )
        elif not self.facts.connected_then:
            yield (
                f"Geen systeem van {supplier['name']} was toen aangesloten voor {code}: een bestuur kon er geen kiezen."
            )
        yield from self.words.lacks_agreement(list(self._agreements_that_lack()))

    def _agreements_that_lack(self) -> Iterator[str]:
        board, today = self.facts.board_then, self.facts.day_of_moment
        for kind, rows in self.facts.agreements_then.items():
            if any(_is_in_force(row, today) for row in rows):
                continue
            so = f"bestuur {board.number} kon daarom geen mandaat voor {self.question.service_code} geven"
            ended = [day_of(row["ended_on"]) for row in rows if row["ended_on"] and day_of(row["ended_on"]) < today]
            if ended:
                yield f"De overeenkomst {kind} was geëindigd op {day_in_words(max(ended))}: {so}."
            else:
                yield f"Er was toen geen getekende overeenkomst {kind}: {so}."

    # --- What else is good to know ---

    def notes(self) -> Iterator[str]:
        """Near misses, and what makes a call fail although the answer is yes."""
        yield from self._other_suppliers()
        if self.facts.own:
            yield from self._without_a_token()
        elif self.facts.services_mandated:
            codes = ", ".join(self.facts.services_mandated)
            yield f"De leverancier had die dag voor deze school wel een mandaat voor: {codes}."
        yield from self._another_day()
        yield from self._keys_that_stopped()
        yield from self._answer_now()

    def _other_suppliers(self) -> Iterator[str]:
        if self.facts.own:
            return
        others = [then for then in self.facts.valid if then.supplier_oin != self.question.supplier_oin]
        group = self.facts.supplier and self.facts.supplier.group
        same = group.suppliers.filter(oin__in=[then.supplier_oin for then in others]).order_by("oin") if group else []
        of_group = [supplier.oin for supplier in same]
        for supplier in same:
            yield (
                f"{supplier.name} (OIN {supplier.oin}), van dezelfde leveranciersgroep, had die dag wel een mandaat: "
                "misschien is met het verkeerde OIN gevraagd."
            )
        yield from self.words.others([then for then in others if then.supplier_oin not in of_group])

    def _without_a_token(self) -> Iterator[str]:
        """D10: who asks about the supplier hears yes, but only the mandated system sees its token."""
        mandated = {then.system for then in self.facts.own}
        others = [system.name for system in self.facts.connected_then if system.name not in mandated]
        if others:
            yield (
                f"{' en '.join(others)}, van dezelfde leverancier, heeft zelf geen mandaat: met een sleutel daarvan is "
                "het antwoord ook ja, maar zonder token."
            )

    def _another_day(self) -> Iterator[str]:
        """That the day asked about was another than that of asking, and that this makes the difference."""
        if self.question.day == self.facts.day_of_moment:
            return
        there = self._is_mandated(self.facts.day_of_moment, self.question.moment)
        if there != bool(self.facts.own):
            yield (
                f"Er is gevraagd over {day_in_words(self.question.day)}. Over de dag van het moment zelf, "
                f"{day_in_words(self.facts.day_of_moment)}, was het antwoord {'ja' if there else 'nee'}: "
                "kijk of de goede peildatum is meegestuurd."
            )

    def _answer_now(self) -> Iterator[str]:
        now = timezone.now()
        if not any(entry.moment > self.question.moment for entry in self.words.changes):
            return
        if self._is_mandated(self.question.day, now) != bool(self.facts.own):
            yield (
                f"Er is daarna iets veranderd: wie nu over {day_in_words(self.question.day)} vraagt, "
                f"hoort {'nee' if self.facts.own else 'ja'}."
            )

    def _is_mandated(self, day: date, moment: datetime) -> bool:
        valid: list[MandateThen] = valid_on(
            day, as_of=moment, brin=self.question.brin, service_code=self.question.service_code
        )
        return self.facts.names_the_service and any(then.supplier_oin == self.question.supplier_oin for then in valid)

    def _keys_that_stopped(self) -> Iterator[str]:
        """Keys that opened nothing any more: a call with one is refused, whatever the mandates say."""
        moment = self.question.moment
        working = {system.pk for system, row in self.facts.keys_then if _stopped_at(row, moment) is None}
        stopped = [
            (system, row, at)
            for system, row in self.facts.keys_then
            if (at := _stopped_at(row, moment)) and (system.pk not in working or at > moment - _LATELY)
        ]
        for system, row, at in stopped[-_MOST:]:
            how = "ingetrokken" if row["revoked_at"] else "verlopen"
            yield (
                f"De API-sleutel ‘{row['name']}’ van {system} was toen {how} (op {exact_moment_in_words(at)}). "
                "Een aanroep met die sleutel wordt geweigerd (401) en staat niet bij de raadplegingen."
            )
        for system in {system.pk: system for system, _, _ in stopped if system.pk not in working}.values():
            yield f"{system} had toen geen enkele API-sleutel die werkte."


def _for_board(mandate: Mandate) -> str:
    return f" voor heel bestuur {mandate.board.number}" if mandate.board else ""


def _last_change_of_end(entries: list[Entry]) -> Entry:
    """The entry that gave the mandate the last day that it has."""
    changes = [entry for entry in entries if (entry.before or {}).get("end_date") != entry.after["end_date"]]
    return changes[-1] if changes else entries[0]


def _is_in_force(agreement: dict, day: date) -> bool:
    ended_on = day_of(agreement["ended_on"])
    return day_of(agreement["signed_on"]) <= day and (ended_on is None or ended_on >= day)


def _stopped_at(key: dict, moment: datetime) -> datetime | None:
    """When a key stopped working; None when it still worked at the moment."""
    ends = [datetime.fromisoformat(key[column]) for column in ("revoked_at", "expires_at") if key[column]]
    past = [end for end in ends if end <= moment]
    return min(past, default=None)
