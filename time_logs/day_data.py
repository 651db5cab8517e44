"""The time entries of a day and of the days before it, read once for all that shows them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.utils import timezone

from lifetracker.days import ONE_DAY, elapsed, midnight, split_by_day
from lifetracker.models.rows import plain_rows
from lifetracker.web.cards import Visit, last_days, since_monday
from lifetracker.web.lanes import stretch_of, until
from lifetracker.web.sentences import isolated
from time_logs.models import TimeEntry

COLUMNS = ("pk", "start", "end", "project", "description")


class Entry(NamedTuple):
    pk: int
    start: datetime
    #: None while it is running.
    end: datetime | None
    project: str
    description: str

    @property
    def name(self) -> str:
        return isolated(self.project or self.description) or "Untitled"


@dataclass(frozen=True)
class DayEntries:
    """Entries of the last days, oldest first, and what they come to. `until`: now, or the end of a day that is over."""

    day: date
    entries: list[Entry]
    until: datetime
    #: Seconds of each of the last days, without what is running.
    per_day: dict[date, float]

    @property
    def running(self) -> list[Entry]:
        """Return what was still going on at the end, the newest first."""
        return [one for one in reversed(self.entries) if one.end is None]

    @property
    def running_seconds(self) -> float:
        """Return what of the running entries lies within the day."""
        begin = midnight(self.day)
        parts = (elapsed(max(one.start, begin), self.until).total_seconds() for one in self.running)
        return sum(max(part, 0.0) for part in parts)

    @property
    def seconds(self) -> float:
        """Return the time of the day, with what is running up to now."""
        return self.per_day[self.day] + self.running_seconds

    @property
    def week_seconds(self) -> float:
        """Return what has ended in the week since Monday."""
        return sum(self.per_day[one] for one in since_monday(list(self.per_day)))


def entries_of_day(visit: Visit) -> DayEntries:
    """Read the entries of a day and the days before it by one statement."""
    drawn = last_days(visit.day)
    end = stretch_of(visit.day).end
    rows = TimeEntry.objects.happened().reaching(midnight(drawn[0]), end)
    # Bounds and an order of all of them would keep the database from its indexes.
    found = [Entry(*row) for row in plain_rows(rows.order_by().values_list(*COLUMNS))]
    entries = [one for one in found if one.start < end]
    entries.sort(key=lambda one: (one.start, one.pk))
    last = until(visit, stretch_of(visit.day))
    return DayEntries(visit.day, entries, last, seconds_per_day(entries, drawn))


def seconds_per_day(entries: list[Entry], drawn: list[date]) -> dict[date, float]:
    """Return the seconds of what has ended on each of the days, split at midnight."""
    zone = timezone.get_current_timezone()
    begin, end = midnight(drawn[0], zone), midnight(drawn[-1] + ONE_DAY, zone)
    totals: dict[date, float] = defaultdict(float)
    for one in entries:
        if one.end:
            for day, seconds in split_by_day(max(one.start, begin), min(one.end, end), zone):
                totals[day] += seconds
    return {day: totals[day] for day in drawn}
