"""Why the value of a day is unknown, in words."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
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


class Cause(enum.Enum):
    """What somebody would have to do so that the value were known."""

    READ_SERVICE = enum.auto()
    SET_UP_SERVICE = enum.auto()
    RECORD_IT = enum.auto()
    #: It follows from the records that there are.
    NONE = enum.auto()


class Reason(NamedTuple):
    """Why the value of a day is unknown.

    `words`: what is so of the day; empty where `more` alone says it. `more`: a sentence behind it, with `{}` where the day
    `limit` stands. `of`: the label of the metric that is unknown, where that is one from which the value is computed."""

    cause: Cause
    words: str = ""
    more: str = ""
    limit: date | None = None
    of: str = ""

    def said(self, written: Callable[[date], str] = str) -> str:
        """Return it in words. `written`: how a day is written."""
        more = self.more.replace("{}", written(self.limit)) if self.limit else self.more
        text = " ".join(filter(None, [self.words, more]))
        return f"{self.of}: {text}" if self.of else text


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

    def why_not(self, day: date) -> Reason | None:
        """Return why there may be a record of a day that is not stored; None where there cannot."""
        if not self.names:
            return None
        is_one = " and " not in self.names
        has = f"{self.names} {'has' if is_one else 'have'}"
        if not self.is_configured:
            more = f"{self.names} {'is' if is_one else 'are'} not set up."
            return Reason(Cause.SET_UP_SERVICE, more=more)
        if self.days is None or self.days[1] < self.days[0]:
            return Reason(Cause.READ_SERVICE, more=f"{has} not been synced yet.")
        first, last = self.days
        if day < first:
            more = f"{has} been synced back to {{}}, not further."
            return Reason(Cause.READ_SERVICE, more=more, limit=first)
        if day > last:
            more = f"{has} been synced up to {{}}, not further."
            return Reason(Cause.READ_SERVICE, more=more, limit=last)
        return None


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
        """Return why the value of a day is unknown, in words; empty where it is known."""
        reason = self.reason(metric, day)
        return reason.said() if reason else ""

    def reason(self, metric: Metric, day: date) -> Reason | None:
        """Return why the value of a day is unknown; None where it is known."""
        series = self._series[metric.key]
        if series.on(day) is not None:
            return None
        if day > self._today:
            return Reason(Cause.NONE, NOT_COME)
        if day in series.partly_known and day not in series.open_days:
            return Reason(Cause.NONE, PARTLY_KNOWN)
        if day in series.so_far:
            is_whole = day <= last_whole_day(metric, series.verified)
            why_open = Reason(Cause.NONE, metric.why_open)
            return why_open if is_whole else self._reach_of(metric).why_not(day)
        if isinstance(metric.series, Computed):
            return self._reason_of_computed(metric, day)
        has_record = day in series.valueless
        without_value = Reason(Cause.NONE, WITHOUT_VALUE)
        return without_value if has_record else self._reason_of_no_record(metric, day)

    def _reason_of_computed(self, metric: Metric, day: date) -> Reason:
        for key in metric.inputs:
            one = metric_of(key)
            if reason := self.reason(one, day):
                of = f"{one.label}: {reason.of}" if reason.of else one.label
                return reason._replace(of=of)
        return Reason(Cause.NONE, TOO_FEW)

    def _reason_of_no_record(self, metric: Metric, day: date) -> Reason:
        none = NO_RECORD_YET if day == self._today else NO_RECORD
        if reason := self._reach_of(metric).why_not(day):
            return reason._replace(words=none)
        if metric.zero_where and self._series[metric.zero_where].on(day) is None:
            shown_by = metric_of(metric.zero_where).label
            more = f"Without {shown_by} it is not known whether there was none."
            return Reason(Cause.NONE, none, more)
        return Reason(Cause.RECORD_IT, none)

    def _reach_of(self, metric: Metric) -> Reach:
        if metric.key not in self._reaches:
            configured = self._verified.sources_of(metric)
            every = {one.name: one for model in models_of(metric) for one, _ in streams_of(model)}
            names = " and ".join(one.title for one in configured or every.values())
            stretch = self._series[metric.key].verified
            reach = Reach(names, bool(configured), stretch.days if stretch else None)
            self._reaches[metric.key] = reach
        return self._reaches[metric.key]
