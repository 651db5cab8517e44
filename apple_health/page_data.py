"""What the page of Apple Health shows of a range: days, and their weeks or months."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cached_property
from operator import itemgetter
from statistics import fmean
from typing import NamedTuple

from django.db.models import Min

from apple_health.models import AppleDay, AppleNight
from lifetracker.days import days_from
from lifetracker.web.charts.scales import Unit, Values, means, slices, unit_of_bars
from lifetracker.web.ranges import Range

#: In the order of `DayFigures`.
COLUMNS = ("steps", "active_energy_kcal", "resting_heart_rate", "hrv_sdnn", "mindful_min")

#: By when a sleep began, and its id.
NEWEST = itemgetter(1, 0)


class DayFigures(NamedTuple):
    date: date
    steps: int | None
    active_energy_kcal: float | None
    resting_heart_rate: float | None
    hrv_sdnn: float | None
    mindful_min: float | None


class RangeFigures:
    """The days and the nights of a range, by two statements however long it is."""

    def __init__(self, shown: Range) -> None:
        self.shown = shown
        self.days = days_from(shown.first, shown.last)
        rows = AppleDay.objects.live().filter(date__range=(shown.first, shown.last))
        found = map(DayFigures._make, rows.order_by().values_list("date", *COLUMNS))
        self._by_day = {one.date: one for one in found}
        nights = AppleNight.objects.all().counted().filter(date__range=(shown.first, shown.last))
        columns = ("pk", "start_time", "date", "nap", "asleep_min")
        sleeps = list(nights.order_by().values_list(*columns))
        #: The sleeps that count, the newest first.
        self.sleep_ids = [pk for pk, *_ in sorted(sleeps, key=NEWEST, reverse=True)]
        self._asleep = {
            day: minutes for *_, day, nap, minutes in sleeps if not nap and minutes is not None
        }

    def __bool__(self) -> bool:
        return bool(self._by_day or self._asleep)

    def values(self, of: Callable[[DayFigures], float | None]) -> list[float | None]:
        """Return a figure of each day; None where it is unknown."""
        known = {day: of(one) for day, one in self._by_day.items()}
        return [known.get(day) for day in self.days]

    @cached_property
    def steps(self) -> list[float | None]:
        return self.values(lambda one: one.steps)

    @cached_property
    def resting_heart_rate(self) -> list[float | None]:
        return self.values(lambda one: one.resting_heart_rate)

    @cached_property
    def sdnn(self) -> list[float | None]:
        return self.values(lambda one: one.hrv_sdnn)

    @cached_property
    def mindful(self) -> list[float | None]:
        return self.values(lambda one: one.mindful_min)

    @cached_property
    def energy(self) -> list[float | None]:
        """Return the active energy in kcal."""
        return self.values(lambda one: one.active_energy_kcal)

    @cached_property
    def asleep(self) -> list[float | None]:
        """Return the hours of sleep of each night that counts."""
        minutes = (self._asleep.get(day) for day in self.days)
        return [None if one is None else one / 60 for one in minutes]

    @cached_property
    def unit(self) -> Unit:
        return unit_of_bars(len(self.days))

    @cached_property
    def firsts(self) -> list[date]:
        """Return the first day of each column."""
        return [self.days[part.start] for part in slices(self.days, self.unit)]

    def columns(self, values: Values) -> list[float | None]:
        """Return the mean day of each day, week or month."""
        return means(values, slices(self.days, self.unit))


def mean_of(values: Values) -> float | None:
    known = [one for one in values if one is not None]
    return fmean(known) if known else None


def known_days(values: Values) -> int:
    return sum(one is not None for one in values)


def first_day() -> date | None:
    """Return the first day of all that there is."""
    found = (
        model._default_manager.filter(deleted_at=None).aggregate(first=Min("date"))["first"]
        for model in (AppleDay, AppleNight)
    )
    return min((day for day in found if day), default=None)
