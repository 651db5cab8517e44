"""Reads the series of a goal's metric: once, and no farther back than what is shown needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from django.utils import timezone

from goals.courses import HORIZON, OLDEST_VALUE, RATE_DAYS
from goals.models import Goal
from goals.odds import KNOWN_DAYS
from goals.pace import windows_before
from goals.plan import Direction, Kind, Per, Plan, Span
from goals.progress import Moment, Past, Progress, Status, past_of, periods_before, progress_of
from goals.tally import Measured, Tally
from goals.words import summary_of
from lifetracker.days import ONE_DAY, local_date_and_hour
from lifetracker.metrics.declaration import Known, Metric
from lifetracker.metrics.registry import UnknownMetric, metric_of
from lifetracker.metrics.series import Series, read_series
from lifetracker.metrics.verified import Stretch, Verified
from lifetracker.sync.streams import Source

HOURS = 24


class Standing(NamedTuple):
    """`unverified`: why the records of which services are not complete, by their titles."""

    goal: Goal
    plan: Plan
    progress: Progress
    is_over: bool
    unverified: dict[str, str]

    @property
    def summary(self) -> str:
        if self.unverified:
            return " ".join(self.unverified.values())
        return summary_of(self.plan, self.progress, self.goal.unit, is_over=self.is_over)


def standing_of(goal: Goal) -> Standing:
    """Return where a goal stands now."""
    today, hour = local_date_and_hour(timezone.now(), timezone.get_current_timezone())
    moment = Moment(today=today, share_left=1 - hour / HOURS, seed=f"{goal.pk} {today}")
    plan = plan_of(goal, today)
    day = min(today, plan.last_day or date.max)
    try:
        metric = metric_of(goal.metric)
    except UnknownMetric as error:
        period = plan.period_of(day)
        unknown = Progress(day=day, period=period, status=Status.UNKNOWN, reason=str(error))
        return Standing(goal, plan, unknown, day < today, {})
    verified = Verified()
    series = read_series([metric], first_needed(plan, day), day, verified)[metric.key]
    plan = with_start(plan, metric, series, verified)
    measured = measured_of(series, plan, today)
    progress = progress_of(plan, measured, moment, span_of(series.verified))
    missing = {}
    if progress.status is Status.UNKNOWN:
        missing = reasons(metric, verified, first_verified(plan, progress), day)
    return Standing(goal, plan, progress, day < today, missing)


def history_of(goal: Goal, number: int) -> list[Past]:
    """Return so many of the periods before the present one, newest first, without those in which nothing was asked
    for."""
    today, _ = local_date_and_hour(timezone.now(), timezone.get_current_timezone())
    plan = plan_of(goal, today)
    day = min(today, plan.last_day or date.max)
    periods = periods_before(plan, day, number)
    try:
        metric = metric_of(goal.metric)
    except UnknownMetric:
        return []
    if not periods:
        return []
    margin = timedelta(days=OLDEST_VALUE if plan.kind is Kind.REACH else 0)
    verified = Verified()
    first = periods[-1].first - margin
    series = read_series([metric], first, periods[0].last, verified)[metric.key]
    plan = with_start(plan, metric, series, verified)
    tally = Tally(plan, measured_of(series, plan, today), day)
    found = (past_of(plan, tally, period, span_of(series.verified)) for period in periods)
    return [one for one in found if one is not None]


def plan_of(goal: Goal, today: date) -> Plan:
    """Return what a goal asks for, with the days that are free up to where slack is counted."""
    return Plan(
        kind=Kind(goal.kind),
        direction=Direction(goal.direction),
        start=goal.start,
        rules=goal.rules(),
        per=Per(goal.per) if goal.per else None,
        rolling_days=goal.rolling_days or 0,
        start_value=goal.start_value,
        free=goal.free_spans(Span(goal.start, farthest(goal, today))),
    )


def farthest(goal: Goal, today: date) -> date:
    ahead = max(today, goal.start) + timedelta(days=2 * HORIZON)
    return max(ahead, goal.end or ahead)


def first_needed(plan: Plan, day: date) -> date:
    """Return the first day that says something of where a goal stands."""
    ahead = day + timedelta(days=max(plan.rolling_days - 1, 0))
    rest = Span(day, max(ahead, plan.period_of(day).last))
    recent = day - timedelta(days=max(KNOWN_DAYS, RATE_DAYS, OLDEST_VALUE))
    period = day if plan.kind is Kind.REACH else plan.period_of(day).first
    before = plan.period_of(day - ONE_DAY).first if plan.per is Per.ROLLING else day
    return min(windows_before(rest)[-1].first - ONE_DAY, recent, period, before)


def measured_of(series: Series, plan: Plan, today: date) -> Measured:
    metric = series.metric
    values = list(series.values)
    unsettled = set(series.so_far)
    if metric.known is not Known.ON_WAKING:
        unsettled.add(today)
    if metric.additive and plan.kind in {Kind.TOTAL, Kind.DAYS}:
        for day, value in series.so_far.items():
            if series.first <= day <= series.last:
                values[(day - series.first).days] = value
    return Measured(series.first, values, frozenset(unsettled), grows=metric.additive)


def with_start(plan: Plan, metric: Metric, series: Series, verified: Verified) -> Plan:
    """Return the plan of a value to reach with what the metric was at its start: the newest value of the four weeks
    up to then, else the first one of the four weeks after."""
    if plan.kind is not Kind.REACH or plan.start_value is not None or plan.start > series.last:
        return plan
    margin = timedelta(days=OLDEST_VALUE)
    around = Span(plan.start - margin, min(plan.start + margin, series.last))
    if around.first < series.first:
        series = read_series([metric], around.first, around.last, verified)[metric.key]
    known = [(day, value) for day in around.days if (value := series.on(day)) is not None]
    before = [value for day, value in known if day <= plan.start]
    after = [value for day, value in known if day > plan.start]
    value = before[-1] if before else after[0] if after else None
    return replace(plan, start_value=value)


# --- What was read --------------------------------------------------------------------------------


def span_of(stretch: Stretch | None) -> Span | None:
    return Span(*stretch.days) if stretch else None


def first_verified(plan: Plan, progress: Progress) -> date:
    if plan.kind is Kind.REACH:
        return progress.day
    return max(progress.period.first, plan.start)


def reasons(metric: Metric, verified: Verified, first: date, last: date) -> dict[str, str]:
    """Return what is missing of which service."""
    found = {
        source.title: reason_of(source, stretch, first, last)
        for source, stretch in verified.by_source(metric)
    }
    return {title: reason for title, reason in found.items() if reason}


def reason_of(source: Source, stretch: Stretch, first: date, last: date) -> str:
    begin, end = stretch.days
    if end < begin:
        return f"{source.title} has not been synced yet."
    if end < last:
        return f"{source.title} has been synced up to {end}, not to {last}."
    if first < begin:
        return f"{source.title} has been synced back to {begin}, not to {first}."
    return ""
