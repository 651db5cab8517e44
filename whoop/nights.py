"""The last nights, each of them as one: its stages, and the sleep that was needed."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any, NamedTuple

from lifetracker.days import ONE_DAY, days_from
from lifetracker.metrics.series import days_before
from lifetracker.models.rows import plain_rows
from lifetracker.web.cards import Visit
from whoop.models import WhoopSleep

#: The nights that are drawn.
NIGHTS = 14
#: The parts of the need, whose sum is the sleep that WHOOP says was needed.
NEEDS = ("need_baseline_min", "need_from_debt_min", "need_from_strain_min", "need_from_nap_min")
COLUMNS = (
    "date",
    "nap",
    "total_sleep_hours",
    "score_state",
    "start_time",
    "end_time",
    "utc_offset_min",
    "deep_sleep_min",
    "rem_sleep_min",
    "light_sleep_min",
    "awake_min",
    *NEEDS,
    "sleep_efficiency",
    "sleep_consistency",
)


class Night(NamedTuple):
    """The main sleep of a day, or all of them together. The offset is in minutes east of UTC, stages and needs are in
    minutes, shares in percent; None is not known."""

    start: datetime
    end: datetime
    offset: int
    deep: float | None
    rem: float | None
    light: float | None
    awake: float | None
    #: With what WHOOP adds for debt and strain, less naps.
    need: float | None
    debt: float | None
    efficiency: float | None
    consistency: float | None

    @property
    def asleep(self) -> float | None:
        """Return the minutes of all stages; None where one is not known."""
        return sum_of([self.deep, self.rem, self.light])

    @property
    def short_by(self) -> float:
        """Return by how many minutes it was shorter than needed; zero also where that is not known."""
        if self.asleep is None or self.need is None:
            return 0.0
        return max(self.need - self.asleep, 0.0)


def drawn_nights(last: date) -> list[date]:
    return days_from(days_before(last, NIGHTS - 1), last)


class Sleep(NamedTuple):
    """A night or a nap. `hours`: what was slept; None is not known."""

    date: date
    nap: bool
    hours: float | None
    score_state: str
    night: Night


def sleeps_of(visit: Visit) -> list[Sleep]:
    """Read the sleeps of two weeks up to a day, and what of the next one began in its evening, oldest first."""
    stretch = (days_before(visit.day, NIGHTS - 1), visit.day + ONE_DAY)
    # In an order that the database is not asked for: it would walk through all rows to keep it.
    rows = WhoopSleep.objects.happened().filter(date__range=stretch).order_by()
    found = [sleep_of(*row) for row in plain_rows(rows.values_list(*COLUMNS))]
    return sorted(found, key=lambda one: one.night.start)


def sleep_of(day: date, nap: bool, hours: float | None, score_state: str, *columns: Any) -> Sleep:
    start, end, offset, deep, rem, light, awake, *needs, efficiency, consistency = columns
    stages = (deep, rem, light, awake)
    night = Night(start, end, offset, *stages, sum_of(needs), needs[1], efficiency, consistency)
    return Sleep(day, nap, hours, score_state, night)


def nights_of(visit: Visit) -> dict[date, Night]:
    """Return the nights of two weeks up to a day, by day."""
    found: dict[date, list[Night]] = defaultdict(list)
    for one in visit.once(sleeps_of):
        if not one.nap and one.date <= visit.day:
            found[one.date].append(one.night)
    return {on: together(nights) for on, nights in found.items()}


def sum_of(parts: list[float | None]) -> float | None:
    """Return the sum; None where a part is not known."""
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None


def together(nights: list[Night]) -> Night:
    """Return a day's nights as one: what was slept in all of them, against what was needed once."""
    if len(nights) == 1:
        return nights[0]
    first = min(nights, key=lambda one: one.start)
    return Night(
        start=first.start,
        end=max(one.end for one in nights),
        offset=first.offset,
        deep=sum_of([one.deep for one in nights]),
        rem=sum_of([one.rem for one in nights]),
        light=sum_of([one.light for one in nights]),
        awake=sum_of([one.awake for one in nights]),
        need=largest([one.need for one in nights]),
        debt=largest([one.debt for one in nights]),
        efficiency=mean_of([one.efficiency for one in nights]),
        consistency=mean_of([one.consistency for one in nights]),
    )


def largest(values: list[float | None]) -> float | None:
    return None if None in values else max(value for value in values if value is not None)


def mean_of(values: list[float | None]) -> float | None:
    total = sum_of(values)
    return None if total is None else total / len(values)
