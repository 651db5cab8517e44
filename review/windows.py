"""The windows that a period is compared with: the same days of the periods before it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from lifetracker.days import FIRST_DAY, ONE_DAY, days_from
from lifetracker.metrics.declaration import Absent, Known, Metric
from lifetracker.metrics.series import Series
from review.periods import Length, Period
from review.sections import Look
from review.usual import Rule, Usual, typical, usual_of, window_mean

RULES = {
    Length.WEEK: Rule(windows=12, least=6, share=(4, 7)),
    Length.MONTH: Rule(windows=12, least=4, share=(1, 2)),
    Length.YEAR: Rule(windows=5, least=4, share=(1, 2)),
}


class Before(NamedTuple):
    """What the days of an earlier period that are compared came to, as the review of that period says it: its marked days
    count, too. `is_sum` and `least` as in `Compared`; `is_whole`: whether they are the whole period."""

    metric: Metric
    value: float
    is_sum: bool
    least: float | None
    first: date
    last: date
    is_whole: bool

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


class Compared(NamedTuple):
    """What a metric came to in a period. Amounts are those of a day, or of the whole period where `is_sum`.

    `least`: where some days of a sum are unknown, the sum of the others; `value` is that of a day then. `before`: what the
    period before came to; None where that is not known."""

    metric: Metric
    value: float
    days: int
    known_days: int
    is_sum: bool
    usual: Usual | None
    before: Before | None
    values: list[float | None]
    least: float | None = None


def first_read(period: Period) -> date:
    """Return the first day of the periods that one is compared with."""
    found = period
    for _ in range(RULES[period.length].windows):
        if found.first <= FIRST_DAY:
            break
        found = found.before()
    return found.first


def is_summed(metric: Metric) -> bool:
    """Return whether what a person wants to know is the sum of days, such as of workouts, and not their mean, such as of
    sleep. A day without a record of it has none then; of what is yes or no, days are counted."""
    return metric.additive and (metric.absent is Absent.ZERO or metric.is_yes_no)


def last_settled(look: Look, series: Series) -> date:
    """Return the last day of the period whose value cannot change any more: today only what is known on waking."""
    last = look.last
    if last < look.today:
        return last
    is_settled = series.metric.known is Known.ON_WAKING and series.on(last) is not None
    return last if is_settled else last - ONE_DAY


def compared(look: Look, series: Series, excluded: Collection[date]) -> Compared | None:
    """Return how a period lies to those before it, by a series that begins with the first of these; None where no day is
    known. `excluded`: days that stay out of the usual."""
    metric, period, rule = series.metric, look.period, RULES[look.period.length]
    last = last_settled(look, series)
    values = days_of(series, period.first, last)
    known = [value for value in values if value is not None]
    value = typical(metric, known)
    if value is None:
        return None
    # A sum is compared as that of the whole period, and told of a day where days are unknown.
    times = len(values) if is_summed(metric) else 1
    is_sum, least = sum_of(metric, values)
    means = means_before(look, series, last, excluded)
    usual = before = None
    if rule.is_enough(len(known), len(values)):
        earlier = [mean * times for mean in means if mean is not None]
        usual = usual_of(metric, value * times, earlier, rule)
        before = before_of(look, series, last) if means and means[0] is not None else None
    shown = times if is_sum else 1
    return Compared(
        metric=metric,
        value=value * shown,
        days=len(values),
        known_days=len(known),
        is_sum=is_sum,
        usual=usual.over(times / shown) if usual else None,
        before=before,
        values=values,
        least=least,
    )


def sum_of(metric: Metric, values: list[float | None]) -> tuple[bool, float | None]:
    """Return whether days are told as their sum, and what this is at least where days are unknown."""
    known = [value for value in values if value is not None]
    is_sum, is_whole = is_summed(metric), len(known) == len(values)
    is_least = is_sum and not is_whole and metric.bounds[0] == 0
    return is_sum and is_whole, sum(known) if is_least else None


def before_of(look: Look, series: Series, last: date) -> Before | None:
    """Return what the days of the period before came to that are compared with those up to `last`."""
    first, until = windows_before(look, last)[0]
    values = days_of(series, first, until)
    value = typical(series.metric, [value for value in values if value is not None])
    if value is None:
        return None
    is_sum, least = sum_of(series.metric, values)
    return Before(
        metric=series.metric,
        value=value * (len(values) if is_sum else 1),
        is_sum=is_sum,
        least=least,
        first=first,
        last=until,
        is_whole=until == look.period.before().last,
    )


def windows_before(look: Look, last: date) -> list[tuple[date, date]]:
    """Return the same days of each earlier period, newest first: of a running week, which is known up to `last`, the same
    weekdays, of a running month or year its first days."""
    period = look.period
    found: list[tuple[date, date]] = []
    while len(found) < RULES[period.length].windows and period.first > FIRST_DAY:
        period = period.before()
        until = period.last
        if last < look.period.last:
            until = min(until, period.first + (last - look.period.first))
        found.append((period.first, until))
    return found


def means_before(
    look: Look, series: Series, last: date, excluded: Collection[date]
) -> list[float | None]:
    """Return what a day of each of these came to, newest first, as far back as the series goes."""
    found = []
    for first, until in windows_before(look, last):
        if first < series.first:
            break
        values = [
            None if day in excluded else value
            for day, value in zip(
                days_from(first, until), days_of(series, first, until), strict=True
            )
        ]
        found.append(window_mean(series.metric, values, RULES[look.period.length]))
    return found


def days_of(series: Series, first: date, last: date) -> list[float | None]:
    begin = (first - series.first).days
    return series.values[begin : begin + (last - first).days + 1]
