"""The numbers of the page of tracked time, for a range of days."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from django.utils import timezone

from lifetracker.days import ONE_DAY, days_from, local_date, midnight, monday_of
from lifetracker.metrics.series import Series, days_before, read_series
from lifetracker.metrics.verified import Stretch, Verified
from lifetracker.models import SyncState
from lifetracker.models.rows import plain_rows
from lifetracker.web.charts.scales import Unit, begin_of, slices, unit_of_bars
from lifetracker.web.ranges import Range
from time_logs.group_sums import Days, Seconds
from time_logs.metrics import HOUR, hours
from time_logs.models import TimeEntry
from time_logs.sentences import Opening, Week

#: What is usual on a weekday is the mean of so many of them, of which so many must be known.
USUAL_WEEKS, LEAST_KNOWN = 8, 4
#: Longer ranges are compared with the stretch before, and not with what is usual.
LONGEST_WITH_USUAL = 92

Key = Any


class Asked(NamedTuple):
    """What the page shows: a range, by what its hours are put together, and how long each column of the table is."""

    shown: Range
    by: str
    columns: Unit
    #: Whether all rows of the table are shown.
    is_whole: bool = False

    @property
    def unit(self) -> Unit:
        """Return what a column of the chart stands for."""
        return unit_of_bars(self.shown.days)


def stretches_of(asked: Asked) -> list[Days]:
    """Return the days of the range, cut wherever a column of the chart or of the table begins."""
    days = days_from(asked.shown.first, asked.shown.last)
    starts = {part.start for unit in (asked.unit, asked.columns) for part in slices(days, unit)}
    firsts = [days[start] for start in sorted(starts)]
    lasts = [*(day - ONE_DAY for day in firsts[1:]), asked.shown.last]
    return [Days(first, last) for first, last in zip(firsts, lasts, strict=True)]


def folded(seconds: Seconds, unit: Unit) -> dict[date, dict[Key, float]]:
    """Return the seconds of each day, week or month, by the day on which it begins, also before the range."""
    found: dict[date, dict[Key, float]] = {}
    for first, sums in seconds.items():
        into = found.setdefault(begin_of(first, unit), defaultdict(float))
        for key, length in sums.items():
            into[key] += length
    return found


def totals_of(seconds: Seconds) -> dict[Key, float]:
    """Return the seconds of each name in all stretches, the most first."""
    sums: dict[Key, float] = defaultdict(float)
    for one in seconds.values():
        for key, length in one.items():
            sums[key] += length
    return dict(sorted(sums.items(), key=lambda one: (-one[1], one[0])))


@dataclass(frozen=True, kw_only=True)
class RangeHours:
    """The hours of a range."""

    asked: Asked
    #: Of each stretch of the range, such that each entry counts once.
    seconds: Seconds
    #: The same by what the rows of the table are: an entry with two tags counts in two of them.
    row_seconds: Seconds
    #: Of the stretch of the same length before; None where it is not known as a whole.
    before: float | None
    #: The seconds of each row in a usual week; None where that is not known, or the columns are no weeks.
    usual_week: dict[Key, float] | None
    #: Of the last weeks, for what is usual on a weekday.
    recent: Series
    #: What Toggl was read of; None where it is not set up.
    verified: Stretch | None
    now: datetime

    @property
    def shown(self) -> Range:
        return self.asked.shown

    @cached_property
    def totals(self) -> dict[Key, float]:
        """Return the seconds by name, the most first."""
        return totals_of(self.seconds)

    @cached_property
    def by_stretch(self) -> dict[date, float]:
        """Return the seconds of each stretch: of its entries, each counted once."""
        return {first: math.fsum(sums.values()) for first, sums in self.seconds.items()}

    @property
    def total(self) -> float:
        return math.fsum(self.by_stretch.values())

    def is_known(self, first: date, last: date) -> bool:
        """Return whether the absence of an entry on one of these days is a fact."""
        if self.verified is None:
            return False
        begin, end = self.verified.days
        return begin <= last and first <= end

    def usual_on(self, day: date) -> float | None:
        """Return the mean hours of the same weekday in the weeks before a day; None where too few are known."""
        values = [self.recent.on(day - timedelta(weeks=back)) for back in range(1, USUAL_WEEKS + 1)]
        known = [value for value in values if value is not None]
        return math.fsum(known) / len(known) if len(known) >= LEAST_KNOWN else None

    def usual_of(self, first: date, last: date) -> float | None:
        """Return what is usual on these weekdays, by the weeks before the first of them; None where that of one of them
        is not known."""
        week = [self.usual_on(first + timedelta(days=at)) for at in range(7)]
        found = [week[at % 7] for at in range((last - first).days + 1)]
        known = [value for value in found if value is not None]
        return math.fsum(known) if len(known) == len(found) else None

    @cached_property
    def usual(self) -> float | None:
        """Return the hours that are usual on the days of the range; None where they are not known."""
        if self.shown.days > LONGEST_WITH_USUAL:
            return None
        return self.usual_of(self.shown.first, self.shown.last)


def range_hours(asked: Asked, states: Iterable[SyncState], now: datetime) -> RangeHours:
    """Read a range by four statements, one more where an entry may count twice in the table, and one for usual weeks."""
    shown, entries = asked.shown, TimeEntry.objects.all()
    stretches = stretches_of(asked)
    partition = "project" if asked.by == "tag" else asked.by
    seconds = entries.per_stretch(partition, stretches)
    verified = Verified(states)
    stretch = verified.of(hours)
    return RangeHours(
        asked=asked,
        seconds=seconds,
        row_seconds=seconds if asked.by == partition else entries.per_stretch(asked.by, stretches),
        before=seconds_before(shown, stretch),
        usual_week=usual_week(asked, stretch),
        recent=recent_series(shown, verified),
        verified=stretch,
        now=now,
    )


def seconds_before(shown: Range, verified: Stretch | None) -> float | None:
    """Return the seconds of the stretch before a range; None where not all of its days are known."""
    before = shown.before()
    if before is None or (verified and verified.days[0] > before.first):
        return None
    sums = TimeEntry.objects.all().per_stretch("project", [Days(before.first, before.last)])
    found = math.fsum(sums[before.first].values())
    return found or (0.0 if verified else None)


def usual_week(asked: Asked, verified: Stretch | None) -> dict[Key, float] | None:
    """Return the mean seconds by name of the weeks before that of the first day; None where not all of them were read,
    of all that there is, before which there is nothing, and where the columns are no weeks."""
    if asked.columns != "week" or asked.shown.is_all:
        return None
    monday = monday_of(asked.shown.first)
    first, last = days_before(monday, USUAL_WEEKS * 7), days_before(monday, 1)
    if verified is None or verified.days[0] > first:
        return None
    sums = TimeEntry.objects.all().per_stretch(asked.by, [Days(first, last)])[first]
    return {key: seconds / USUAL_WEEKS for key, seconds in sums.items()}


def recent_series(shown: Range, verified: Verified) -> Series:
    """Return the hours of the days that say what is usual in the range, and in the week of its last day."""
    begin = monday_of(shown.last)
    if shown.days <= LONGEST_WITH_USUAL:
        begin = min(begin, shown.first)
    first = days_before(begin, USUAL_WEEKS * 7)
    return read_series([hours], first, shown.last, verified)[hours.key]


def first_day() -> date | None:
    """Return the first day with an entry."""
    entries = TimeEntry.objects.happened().order_by("start")
    return entries.values_list("date", flat=True).first()


# --- So far ---------------------------------------------------------------------------------------


def usual_by_now(numbers: RangeHours) -> float | None:
    """Return the hours that are usual on the weekday of now up to this time on the clock; None where too few of the
    weekdays before are known."""
    today = local_date(numbers.now)
    days = [today - timedelta(weeks=back) for back in range(1, USUAL_WEEKS + 1)]
    known = [day for day in days if numbers.recent.on(day) is not None]
    if len(known) < LEAST_KNOWN:
        return None
    near = [one for day in known for one in (day - ONE_DAY, day)]
    spans = plain_rows(TimeEntry.objects.ended().filter(date__in=near).values_list("start", "end"))
    seconds = sum(within(spans, midnight(day), same_time_on(day, numbers.now)) for day in known)
    return seconds / HOUR / len(known)


def same_time_on(day: date, now: datetime) -> datetime:
    """Return when clocks show the time of now on another day."""
    local = timezone.localtime(now)
    return local.replace(year=day.year, month=day.month, day=day.day, fold=0).astimezone(UTC)


def within(spans: Iterable[tuple[datetime, datetime]], begin: datetime, end: datetime) -> float:
    """Return the seconds of entries that lie between two moments."""
    lengths = ((min(until, end) - max(start, begin)).total_seconds() for start, until in spans)
    return math.fsum(length for length in lengths if length > 0)


def opening_of(numbers: RangeHours, running: int) -> Opening:
    """Return what the first sentences are made of."""
    shown = numbers.shown
    ends_today = shown.last == shown.today
    by_now = usual_by_now(numbers) if ends_today else None
    return Opening(
        shown=shown,
        hours=numbers.total / HOUR,
        is_known=numbers.is_known(shown.first, shown.last),
        usual=so_far(numbers.usual, numbers, by_now) if ends_today else numbers.usual,
        before=None if numbers.before is None else numbers.before / HOUR,
        week=week_of(numbers, by_now) if ends_today and shown.days > 7 else None,
        running=running,
        now=numbers.now,
    )


def so_far(usual: float | None, numbers: RangeHours, by_now: float | None) -> float | None:
    """Return what is usual up to now, of what is usual up to the end of today."""
    whole_day = numbers.usual_on(numbers.shown.today)
    if usual is None or whole_day is None or by_now is None:
        return None
    return usual - whole_day + by_now


def week_of(numbers: RangeHours, by_now: float | None) -> Week:
    today = numbers.shown.today
    monday = monday_of(today)
    days = days_from(monday, today)
    values = [numbers.recent.on(day) for day in days]
    tracked = [
        value or numbers.recent.so_far.get(day) or 0.0
        for day, value in zip(days, values, strict=True)
    ]
    usual = so_far(numbers.usual_of(monday, today), numbers, by_now)
    return Week(math.fsum(tracked), usual)
