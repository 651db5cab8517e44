"""Why the value of a day is unknown, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import groupby
from typing import NamedTuple

from lifetracker import days
from lifetracker.metrics.declaration import Computed, Metric
from lifetracker.metrics.registry import metric_of
from lifetracker.metrics.series import Series, last_whole_day
from lifetracker.metrics.verified import Verified, models_of
from lifetracker.sync.coverage import streams_of

NOT_COME = "This day has not come yet."
NO_RECORD = "There is no record of this day."
NO_RECORD_YET = "There is no record of this day yet."
WITHOUT_VALUE = "The records of this day give no such value."
PARTLY_KNOWN = "A part of it is not known."
TOO_FEW = "Too few of the days before it are known."


class Missing(NamedTuple):
    """Days in a row that are unknown for the same reason, both ends included."""

    first: date
    last: date
    reason: str


class Reach(NamedTuple):
    """What the services behind a metric are called, whether one is set up, and from which day to which they were read:
    the last is before the first where nothing was; None where no service sends such records."""

    names: str
    is_configured: bool
    days: tuple[date, date] | None

    def why_not(self, day: date) -> str:
        """Return why there may be a record of a day that is not stored; empty where there cannot."""
        has = "have" if " and " in self.names else "has"
        if not self.names:
            return ""
        if not self.is_configured:
            return f"{self.names} {'are' if has == 'have' else 'is'} not set up."
        if self.days is None or self.days[1] < self.days[0]:
            return f"{self.names} {has} not been synced yet."
        if day < self.days[0]:
            return f"{self.names} {has} been synced back to {self.days[0]}, not further."
        if day > self.days[1]:
            return f"{self.names} {has} been synced up to {self.days[1]}, not further."
        return ""


class Reasons:
    """Says why days are unknown, by series that have been read: those that a metric is computed from, and the one that
    says where a missing record means zero, must be among them."""

    def __init__(self, verified: Verified, series: Mapping[str, Series]) -> None:
        self._verified = verified
        self._series = series
        self._today = days.today()
        self._reaches: dict[str, Reach] = {}

    def missing(self, metric: Metric, first: date, last: date) -> list[Missing]:
        """Return the unknown days from `first` to `last`, oldest first."""
        every = days.days_from(first, last)
        found = []
        for reason, same in groupby(every, lambda day: self.why(metric, day)):
            if reason:
                stretch = list(same)
                found.append(Missing(stretch[0], stretch[-1], reason))
        return found

    def why(self, metric: Metric, day: date) -> str:
        """Return why the value of a day is unknown; empty where it is known."""
        series = self._series[metric.key]
        if series.on(day) is not None:
            return ""
        if day > self._today:
            return NOT_COME
        if day in series.partly_known and day not in series.open_days:
            return PARTLY_KNOWN
        if day in series.so_far:
            is_whole = day <= last_whole_day(metric, series.verified)
            return metric.why_open if is_whole else self._reach_of(metric).why_not(day)
        if isinstance(metric.series, Computed):
            return self._why_not_computed(metric, day)
        return WITHOUT_VALUE if day in series.valueless else self._why_no_record(metric, day)

    def _why_not_computed(self, metric: Metric, day: date) -> str:
        for key in metric.inputs:
            one = metric_of(key)
            if reason := self.why(one, day):
                return f"{one.label}: {reason}"
        return TOO_FEW

    def _why_no_record(self, metric: Metric, day: date) -> str:
        none = NO_RECORD_YET if day == self._today else NO_RECORD
        if reason := self._reach_of(metric).why_not(day):
            return f"{none} {reason}"
        if metric.zero_where and self._series[metric.zero_where].on(day) is None:
            shown_by = metric_of(metric.zero_where).label
            return f"{none} Without {shown_by} it is not known whether there was none."
        return none

    def _reach_of(self, metric: Metric) -> Reach:
        if metric.key not in self._reaches:
            configured = self._verified.sources_of(metric)
            every = {one.name: one for model in models_of(metric) for one, _ in streams_of(model)}
            names = " and ".join(one.title for one in configured or every.values())
            stretch = self._series[metric.key].verified
            reach = Reach(names, bool(configured), stretch.days if stretch else None)
            self._reaches[metric.key] = reach
        return self._reaches[metric.key]
