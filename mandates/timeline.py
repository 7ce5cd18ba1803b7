"""Tijdlijn: the mandates of a school over the school years, as a chart that the server draws and in words.

Places in the chart are percentages of its width, so that it fits any screen and sheet of paper without getting
smaller letters.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from mandates.coverage import State
from mandates.models import Mandate
from mandates.overview import MandateRow
from mandates.wording import day_in_words, only_for
from services.models import Service, System

YEARS_BACK = 6
YEARS_AHEAD = 2
# How far the chart goes when all years are asked for: a year must stay wide enough to see.
_MOST_YEARS_BACK = 30
_MOST_YEARS_AHEAD = 10
# Narrow screens have room for the names of so many years.
_NAMES_ON_NARROW = 9
_DAY = timedelta(days=1)
_THINNEST = 0.4  # percent: a mandate of one day must be seen too


@dataclass(frozen=True)
class Year:
    """A school year, from 1 August up to and including 31 July, and where it stands in the chart."""

    first_day: date
    x: str
    middle: str
    is_named_on_narrow: bool

    @property
    def name(self) -> str:
        """As schools say it, both years with a dash between them."""
        return f"{self.first_day.year}–{self.first_day.year + 1}"


@dataclass(frozen=True)
class Bar:
    """The days of one mandate that the chart shows. It may have begun before the first and go on after the last."""

    state: State
    x: str
    width: str
    words: str
    is_limited: bool
    began_before: bool
    goes_on: bool


@dataclass(frozen=True)
class Line:
    """A service and a system: their mandates follow one another, for they cannot overlap (D2)."""

    service: Service
    system: System
    is_of_board: bool
    bars: list[Bar]

    @property
    def words(self) -> str:
        """What the line shows."""
        return "; ".join(bar.words for bar in self.bars)


@dataclass(frozen=True)
class TimelineRow:
    """A mandate in the table below the chart."""

    mandate: Mandate
    row: MandateRow
    period: str


@dataclass(frozen=True)
class Timeline:
    """The chart, and the table that says the same in words.

    `outside` is how many mandates the chart leaves out: those that ended before its first day or begin after its last.
    """

    years: list[Year]
    lines: list[Line]
    rows: list[TimelineRow]
    today_x: str
    today_anchor: str
    can_show_more: bool
    outside: int

    @property
    def first_day(self) -> date:
        """The first day that the chart shows."""
        return self.years[0].first_day

    @property
    def last_day(self) -> date:
        """The last day that the chart shows."""
        return _next_year(self.years[-1].first_day) - _DAY

    @property
    def states(self) -> list[State]:
        """The states that the chart shows, for its legend."""
        shown = {bar.state for line in self.lines for bar in line.bars}
        return [state for state in (State.MANDATED, State.ENDING, State.COMING, State.ENDED) if state in shown]

    @property
    def shows_limited(self) -> bool:
        """Whether a mandate is shown that is for some locations only."""
        return any(bar.is_limited for line in self.lines for bar in line.bars)

    @property
    def shows_open_ends(self) -> bool:
        """Whether a mandate is shown that goes on after the last day."""
        return any(bar.goes_on for line in self.lines for bar in line.bars)

    @property
    def has_many_years(self) -> bool:
        """Whether there are too many years for their names in full."""
        return len(self.years) > YEARS_BACK + 1 + YEARS_AHEAD


def first_day_of_school_year(day: date) -> date:
    """1 August of the school year in which `day` lies."""
    return date(day.year if day.month >= 8 else day.year - 1, 8, 1)


def timeline_of(rows: Sequence[MandateRow], day: date, *, all_years: bool = False) -> Timeline:
    """The timeline of these mandates as seen on `day`.

    It runs from the school year of the first mandate, but no more than six years back unless `all_years`, up to two
    years ahead.
    """
    rows = sorted(rows, key=_in_order)
    shown = [row for row in rows if not row.mandate.is_cancelled]
    years, can_show_more = _years([row.mandate for row in shown], day, all_years=all_years)
    first_day, end = years[0], _next_year(years[-1])
    scale = _Scale(first_day, end)
    lines = _lines(shown, scale)
    named = -(-len(years) // _NAMES_ON_NARROW)
    return Timeline(
        years=[
            Year(year, scale.percent(year), scale.percent(year + timedelta(days=182)), number % named == 0)
            for number, year in enumerate(years)
        ],
        lines=lines,
        rows=[TimelineRow(row.mandate, row, period_in_words(row)) for row in rows],
        today_x=scale.percent(day),
        today_anchor=_anchor(scale.share(day)),
        can_show_more=can_show_more,
        outside=len(shown) - sum(len(line.bars) for line in lines),
    )


def _in_order(row: MandateRow) -> tuple:
    mandate = row.mandate
    return mandate.service.code, mandate.start_date, mandate.system.name, mandate.pk


def period_in_words(row: MandateRow) -> str:
    """From when to when a mandate counts: 'van 1 augustus 2025 tot en met 31 juli 2026'."""
    start, end = row.mandate.start_date, row.mandate.end_date
    if row.mandate.is_cancelled:
        return f"zou beginnen op {day_in_words(start)}; {row.end}"
    if end is None:
        return f"vanaf {day_in_words(start)}, zonder einddatum"
    if start == end:
        return f"alleen op {day_in_words(start)}"
    return f"van {day_in_words(start)} tot en met {day_in_words(end)}"


class _Scale:
    """Places of days in the chart, which runs from `first_day` up to but not including `end`."""

    def __init__(self, first_day: date, end: date) -> None:
        self.first_day, self.end = first_day, end
        self._days = (end - first_day).days

    def share(self, day: date) -> float:
        return min(max((day - self.first_day).days / self._days, 0), 1)

    def percent(self, day: date) -> str:
        return f"{100 * self.share(day):.3f}%"

    def bar(self, row: MandateRow) -> Bar | None:
        """The bar of a mandate, or None when none of its days is shown."""
        start, last_day = row.mandate.start_date, row.mandate.end_date
        if start >= self.end or (last_day is not None and last_day < self.first_day):
            return None
        goes_on = last_day is None or last_day >= self.end
        left, right = self.share(start), 1 if goes_on else self.share(last_day + _DAY)
        width = max(100 * (right - left), _THINNEST)
        reach = f", {only_for(row.mandate.locations)}" if row.mandate.locations else ""
        return Bar(
            state=row.status.state,
            x=f"{min(100 * left, 100 - width):.3f}%",
            width=f"{width:.3f}%",
            words=f"{period_in_words(row)} ({row.status.label}{reach})",
            is_limited=bool(row.mandate.locations),
            began_before=start < self.first_day,
            goes_on=goes_on,
        )


def _lines(rows: Iterable[MandateRow], scale: _Scale) -> list[Line]:
    bars = defaultdict(list)
    for row in rows:
        if bar := scale.bar(row):
            bars[row.mandate.service, row.mandate.system, row.mandate.board_id is not None].append(bar)
    return [Line(*key, of_line) for key, of_line in bars.items()]


def _years(mandates: Sequence[Mandate], day: date, *, all_years: bool) -> tuple[list[date], bool]:
    """The first days of the school years to show, and whether there are earlier or later ones to ask for."""
    now = first_day_of_school_year(day)
    starts = [first_day_of_school_year(mandate.start_date) for mandate in mandates]
    earliest, latest = min([now, *starts]), max([now, *starts])
    back, ahead = (_MOST_YEARS_BACK, _MOST_YEARS_AHEAD) if all_years else (YEARS_BACK, YEARS_AHEAD)
    shown_first = max(earliest, _years_from(now, -back))
    shown_last = max(_years_from(now, YEARS_AHEAD), min(latest, _years_from(now, ahead)))
    shown = [date(year, 8, 1) for year in range(shown_first.year, shown_last.year + 1)]
    return shown, earliest < shown_first or latest > shown_last


def _years_from(first_day: date, years: int) -> date:
    return first_day.replace(year=first_day.year + years)


def _next_year(first_day: date) -> date:
    return _years_from(first_day, 1)


def _anchor(share: float) -> str:
    """How a word beside the line of today stands, so that it stays within the chart."""
    if share < 0.12:
        return "start"
    return "end" if share > 0.88 else "middle"
