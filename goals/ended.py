"""How goals ended within a stretch of days: for the review of a week, a month or a year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from goals.courses import OLDEST_VALUE
from goals.models import FreePeriod, Goal
from goals.plan import Kind, Per, Plan, Rule, Span, month_of, week_of
from goals.progress import Past, past_of
from goals.reading import farthest, found_metrics, measured_of, plan_of, span_of, with_start
from goals.tally import Tally
from lifetracker.days import ONE_DAY
from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.registry import UnknownMetric
from lifetracker.metrics.series import SeriesReader
from lifetracker.metrics.verified import Verified


class Days(NamedTuple):
    """The days that are looked back on, up to the last one that has come, and the day that has come."""

    span: Span
    is_running: bool

    @property
    def over(self) -> Span:
        """Return those of the days that are over."""
        last = self.span.last - ONE_DAY if self.is_running else self.span.last
        return Span(self.span.first, last)


class Ended(NamedTuple):
    """The periods of a goal that ended within the days, oldest first, without those in which nothing was asked for. None
    where what it measures is gone."""

    goal: Goal
    plan: Plan
    past: list[Past] | None


def ended_within(
    goals: Mapping[Goal, tuple[Rule, ...]], days: Days, verified: Verified
) -> list[Ended]:
    """Return how goals ended: by one statement for their free periods, and as many for what they measure as there are kinds
    of rows."""
    free = FreePeriod.objects.spans_of(
        {goal.pk: Span(goal.start, farthest(goal, days.span.last)) for goal in goals}
    )
    plans = {goal: plan_of(goal, rules, free[goal.pk]) for goal, rules in goals.items()}
    metrics = found_metrics({goal.metric for goal in goals}, {})
    reader = SeriesReader(verified, days.span.last)
    for goal, plan in plans.items():
        metric = metrics[goal.metric]
        if not isinstance(metric, UnknownMetric):
            reader.want(metric, first_read(plan, days))
    reader.read()
    return [
        Ended(goal, plan, past_periods(plan, metrics[goal.metric], reader, days, verified))
        for goal, plan in plans.items()
    ]


def periods_in(plan: Plan, days: Days) -> list[Span]:
    """Return the periods that ended within the days, oldest first. Of a value to reach, and of a window that rolls, how it
    stood at their end."""
    over = days.over & Span(plan.start, plan.last_day or days.over.last)
    if not over:
        return []
    if plan.kind is Kind.REACH:
        return [over]
    if plan.per is Per.DAY:
        return [Span(day, day) for day in over.days]
    if plan.per in {Per.WEEK, Per.MONTH}:
        return ended_calendar_periods(plan, days.over)
    return [plan.period_of(over.last)]


def ended_calendar_periods(plan: Plan, over: Span) -> list[Span]:
    of_day = week_of if plan.per is Per.WEEK else month_of
    found, period = [], of_day(over.first)
    while period.last <= over.last:
        found.append(period)
        period = of_day(period.last + ONE_DAY)
    return found


def first_read(plan: Plan, days: Days) -> date:
    first = min([days.span.first, *(period.first for period in periods_in(plan, days)[:1])])
    return first - timedelta(days=OLDEST_VALUE if plan.kind is Kind.REACH else 0)


def past_periods(
    plan: Plan, metric: Metric | UnknownMetric, reader: SeriesReader, days: Days, verified: Verified
) -> list[Past] | None:
    if isinstance(metric, UnknownMetric):
        return None
    periods = periods_in(plan, days)
    if not periods:
        return []
    series = reader.series_of(metric.key)
    plan = with_start(plan, metric, series, verified)
    today = days.span.last + (0 if days.is_running else 1) * ONE_DAY
    series = series.since(first_read(plan, days)).until(periods[-1].last)
    tally = Tally(plan, measured_of(series, plan, today), periods[-1].last)
    found = (past_of(plan, tally, period, span_of(series.verified)) for period in periods)
    return [past for past in found if past is not None]
