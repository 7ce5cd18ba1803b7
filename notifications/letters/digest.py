"""The daily message: what ends or must be done, and what was refused."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.text import capfirst

from journal.clock import today
from mandates.models import Mandate
from mandates.overview import Deadline
from mandates.taking_over import Arrival
from mandates.wording import day_in_words
from notifications.digests import Refused, arrivals_in, deadlines_of, ending_mandates, refused_checks
from notifications.letters.letter import Letter, Link, Section, in_a_row, one_line, why_administrator
from notifications.models import Message
from notifications.recipients import preference_of
from notifications.topics import Topic
from schools.models import School
from services.models import ServiceVersion, Supplier

# How many schools or questions are named; the page has them all.
_MOST = 12
# What was asked stands as it was asked, however long.
_LONGEST_NAME = 60

# A topic with what the subject says of it, and its sections.
_Part = tuple[Topic, str, list[Section]]


def digest(message: Message) -> Letter | None:
    """What of its items still holds, and what the person still wants to be mailed about."""
    items: dict[str, list[list[str]]] = defaultdict(list)
    for item in message.items:
        kind, *rest = item.split("/")
        items[kind].append(rest)
    parts = [*_ending(message, items["ending"]), *_deadlines(message, items["deadline"])]
    parts += [*_grace(message, items["grace"]), *_refused(message, items["refused"])]
    preference = preference_of(message.user, message.board)
    parts = [part for part in parts if preference.wants(part[0])]
    if not parts:
        return None
    topics = list(dict.fromkeys(topic for topic, *_ in parts))
    summary = in_a_row([said for _, said, _ in parts])
    return Letter(
        subject=f"{summary[0].upper()}{summary[1:]} – {message.board}",
        opening=f"Dit is er te melden over {message.board}.",
        sections=[section for *_, sections in parts for section in sections],
        why=why_administrator(message, topics),
        topics=topics,
    )


def _ending(message: Message, items: Sequence[Sequence[str]]) -> list[_Part]:
    days = {uuid: date.fromisoformat(day) for uuid, day in items}
    mandates = [
        mandate
        for mandate in ending_mandates(message.board, today())
        .with_uuids(days)
        .select_related("school", "board", "service", "system")
        .order_by("end_date", "service__code", "system__name", "school__name")
        if mandate.end_date == days[str(mandate.uuid)]
    ]
    if not mandates:
        return []
    alike: dict[tuple, list[Mandate]] = defaultdict(list)
    for mandate in mandates:
        alike[mandate.end_date, mandate.service, mandate.system].append(mandate)
    lines = [
        f"{day_in_words(day)}: {service.code}, {system.name}, voor {_holders(those)}"
        for (day, service, system), those in alike.items()
    ]
    schools = {mandate.school for mandate in mandates}
    if len(schools) == 1 and (school := schools.pop()):
        link = Link(f"Naar {school.name}", reverse("mandates:school", args=[school.brin]))
    else:
        link = Link("Mandaten wijzigen", reverse("mandates:change_many"))
    section = Section(
        heading="Mandaten die aflopen",
        text=(
            "Bij elk mandaat staat de laatste geldige dag. Daarna mag het systeem voor die dienst geen gegevens meer "
            "uitwisselen. Moet het langer? Kies dan een latere einddatum."
        ),
        lines=lines,
        link=link,
    )
    said = "1 mandaat loopt af" if len(mandates) == 1 else f"{len(mandates)} mandaten lopen af"
    return [(Topic.ENDING, said, [section])]


def _holders(mandates: Sequence[Mandate]) -> str:
    names = [str(mandate.school) if mandate.school else "het hele bestuur" for mandate in mandates]
    if len(names) > _MOST:
        names = [*names[: _MOST - 1], f"{len(names) - _MOST + 1} andere scholen"]
    return in_a_row(names)


def _deadlines(message: Message, items: Sequence[Sequence[str]]) -> list[_Part]:
    told = {(code, day) for code, day, _ in items}
    if not told:
        return []
    still = [
        each
        for each in deadlines_of(message.board, today())
        if (each.service.code, each.service.deadline.isoformat()) in told
    ]
    if not still:
        return []
    said = f"de deadline van {still[0].service.code} komt eraan"
    if len(still) > 1:
        said = f"{len(still)} deadlines komen eraan"
    return [(Topic.DEADLINES, said, [_deadline(each) for each in still])]


def _deadline(deadline: Deadline) -> Section:
    service = deadline.service
    which = f"?{urlencode({'mist': service.code})}" if deadline.is_for_several else ""
    return Section(
        heading=f"{service.name}: regel dit vóór {day_in_words(service.deadline)}",
        text=f"{capfirst(deadline.who)} {deadline.verb} nog een mandaat.",
        link=Link("Toon wat er mist", f"{reverse('mandates:overview')}{which}"),
    )


def _grace(message: Message, items: Sequence[Sequence[str]]) -> list[_Part]:
    if not items:
        return []
    arrivals = arrivals_in(message.board, {brin for brin, *_ in items}, today())
    if not arrivals:
        return []
    section = Section(
        heading="Over te nemen",
        text="De mandaten van het vorige bestuur gelden niet lang meer. Neem ze over, of laat ze aflopen.",
        lines=[arrival_in_words(each) for each in arrivals],
        link=Link("Mandaten overnemen", reverse("mandates:take_over")),
    )
    count = sum(each.mandates for each in arrivals)
    said = "1 mandaat is nog over te nemen" if count == 1 else f"{count} mandaten zijn nog over te nemen"
    return [(Topic.TRANSFERS, said, [section])]


def arrival_in_words(arrival: Arrival) -> str:
    """A school that came, and until when the mandates that came along hold."""
    mandates = "1 mandaat geldt" if arrival.mandates == 1 else f"{arrival.mandates} mandaten gelden"
    return f"{arrival.name} ({arrival.brin}): {mandates} nog tot en met {day_in_words(arrival.last_day)}"


def _refused(message: Message, items: Sequence[Sequence[str]]) -> list[_Part]:
    days = [date.fromisoformat(day) for (day,) in items]
    refused = refused_checks(message.board, days)
    if not refused:
        return []
    brins = sorted({each.brin for each in refused})
    lines = _questions(refused)
    if len(lines) > _MOST:
        lines = [*lines[:_MOST], f"en nog {len(lines) - _MOST} andere vragen"]
    if len(brins) == 1:
        link = Link("Naar de raadplegingen van deze school", reverse("mandates:checks", args=brins))
    else:
        link = Link("Naar uw scholen", reverse("mandates:overview"))
    section = Section(
        heading="Geweigerde raadplegingen",
        text=(
            f"Een leverancier vroeg {_when(days)} of er een mandaat is, en het antwoord was ‘nee’. "
            "Had het ‘ja’ moeten zijn? Geef dan een mandaat. Anders hoeft u niets te doen."
        ),
        lines=lines,
        link=link,
    )
    times = sum(each.times for each in refused)
    said = "1 raadpleging is geweigerd" if times == 1 else f"{times} raadplegingen zijn geweigerd"
    return [(Topic.REFUSED, said, [section])]


def _when(days: Collection[date]) -> str:
    first, last = min(days), max(days)
    if first == last:
        return "gisteren" if last == today() - timedelta(days=1) else f"op {day_in_words(last)}"
    return f"van {day_in_words(first)} tot en met {day_in_words(last)}"


def _questions(refused: Sequence[Refused]) -> list[str]:
    oins = {oin for each in refused for oin in (each.caller_oin, each.supplier_oin)}
    suppliers = dict(Supplier.objects.filter(oin__in=oins).values_list("oin", "name"))
    schools = {school.brin: str(school) for school in School.objects.filter(brin__in={each.brin for each in refused})}
    namespaces = {each.namespace for each in refused if not each.service_code}
    codes = dict(ServiceVersion.objects.filter(namespace__in=namespaces).values_list("namespace", "service__code"))

    def in_words(each: Refused) -> str:
        service = each.service_code or codes.get(each.namespace, each.namespace)
        caller, supplier = (suppliers.get(oin, f"een onbekende leverancier ({_short(oin)})") for oin in _oins(each))
        times = "één keer" if each.times == 1 else f"{each.times} keer"
        return f"{schools[each.brin]}, {_short(service)}: {caller} vroeg {times} naar een mandaat van {supplier}"

    return [in_words(each) for each in refused]


def _oins(each: Refused) -> tuple[str, str]:
    return each.caller_oin, each.supplier_oin


def _short(text: str) -> str:
    return one_line(text)[:_LONGEST_NAME]
