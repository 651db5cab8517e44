"""Reads the series of a goal's metric: once, and no farther back than what is shown needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from django.utils import timezone

from goals.courses import HORIZON, OLDEST_VALUE, RATE_DAYS, course_of
from goals.models import FreePeriod, Goal
from goals.odds import KNOWN_DAYS
from goals.pace import windows_before
from goals.plan import Direction, Kind, Per, Plan, Rule, Span
from goals.progress import Moment, Past, Progress, Status, past_of, periods_before, progress_in
from goals.tally import Measured, Tally
from goals.validation import bounds_of_day
from goals.weekdays import weekdays_of
from goals.words import summary_of
from lifetracker.days import ONE_DAY, local_date_and_hour
from lifetracker.metrics.declaration import Known, Metric
from lifetracker.metrics.registry import UnknownMetric, find_metric, metric_of
from lifetracker.metrics.series import Series, SeriesReader, read_series
from lifetracker.metrics.verified import Stretch, Verified
from lifetracker.sync.streams import Source

HOURS = 24
GONE = "What this goal measures is not there any more: it was deleted. Bring it back, or delete the goal."
#: What nobody is asked to sleep in a day, unless one of the days before had more: in hours.
LONGEST_SLEEP = 11.0
SLEEPS = ("whoop.sleep_hours", "whoop.sleep_with_naps")


class Shown(NamedTuple):
    """What is asked for of goals beside where they stand: so many `periods` before the present one, whether the odds
    are drawn, which takes longest, and whether each is drawn from its beginning."""

    periods: int = 0
    odds: bool = True
    whole: bool = False


#: Only where they stand, and the odds.
NOTHING_MORE = Shown()
NO_METRICS: Mapping[str, Metric] = {}


class Standing(NamedTuple):
    """`unverified`: why the records of which services are not complete, by their titles. `past`: the periods before the
    present one, newest first, None where nothing was asked for; `tally`: what their days added. Both only where they
    are asked for."""

    goal: Goal
    plan: Plan
    progress: Progress
    is_over: bool
    unverified: dict[str, str]
    past: Sequence[Past | None] = ()
    tally: Tally | None = None

    @property
    def summary(self) -> str:
        if self.unverified:
            return " ".join(self.unverified.values())
        return summary_of(self.plan, self.progress, self.goal.unit, is_over=self.is_over)


def standing_of(goal: Goal) -> Standing:
    """Return where a goal stands now."""
    return standings_of({goal: goal.rules()})[0]


def standings_of(
    goals: Mapping[Goal, tuple[Rule, ...]],
    day: date | None = None,
    verified: Verified | None = None,
    shown: Shown = NOTHING_MORE,
    known: Mapping[str, Metric] = NO_METRICS,
) -> list[Standing]:
    """Return where goals with their rules stand now, or stood at the end of an earlier day. What they are made of is read
    together: goals on any number of metrics cost as many statements as there are kinds of rows.

    `verified` is what the syncs have read, and `known` are metrics by their key, for who knows them already."""
    today, hour = local_date_and_hour(timezone.now(), timezone.get_current_timezone())
    look = Look(today, min(day or today, today), hour, verified or Verified(), shown)
    free = FreePeriod.objects.spans_of(
        {goal.pk: Span(goal.start, farthest(goal, look.day)) for goal in goals}
    )
    plans = {goal.pk: plan_of(goal, rules, free[goal.pk]) for goal, rules in goals.items()}
    metrics = found_metrics({goal.metric for goal in goals}, known)
    reader = read_together([(plans[goal.pk], metrics[goal.metric]) for goal in goals], look)
    return [standing_in(goal, plans[goal.pk], metrics[goal.metric], reader, look) for goal in goals]


class Look(NamedTuple):
    """When goals are looked at: on `day`, of which `hour` is over if it is today."""

    today: date
    day: date
    hour: int
    verified: Verified
    shown: Shown

    def moment(self, goal: Goal, metric: Metric) -> Moment:
        share_left = 1 - self.hour / HOURS if self.day == self.today else 0.0
        seed = f"{goal.pk} {self.day}"
        odds = self.shown.odds
        return Moment(
            today=self.day,
            share_left=share_left,
            seed=seed,
            has_odds=odds,
            day_holds=day_holds_of(metric),
        )

    def last_day(self, plan: Plan) -> date:
        """Return the day on which a goal is looked at: of one that is over its last one."""
        return min(self.day, plan.last_day or date.max)


def day_holds_of(metric: Metric) -> tuple[float | None, float | None]:
    """Return the least and the most that one day can sensibly hold of a metric."""
    least, most = bounds_of_day(metric)
    return (least, LONGEST_SLEEP) if metric.key in SLEEPS else (least, most)


def found_metrics(
    keys: Collection[str], known: Mapping[str, Metric]
) -> dict[str, Metric | UnknownMetric]:
    """Return the metrics with these keys, or why there is none."""
    found: dict[str, Metric | UnknownMetric] = {}
    for key in keys:
        try:
            found[key] = known.get(key) or metric_of(key)
        except UnknownMetric as error:
            found[key] = error
    return found


def read_together(goals: Iterable[tuple[Plan, Metric | UnknownMetric]], look: Look) -> SeriesReader:
    """Return what has read the series of goals, back to their start where that tells its value."""
    reader = SeriesReader(look.verified, look.day)
    for plan, metric in goals:
        if not isinstance(metric, UnknownMetric):
            reader.want(metric, first_read(plan, look))
    reader.read()
    return reader


def first_read(plan: Plan, look: Look) -> date:
    """Return the first day of those that tell where a goal stands, and how it came there as far as that is shown."""
    last = look.last_day(plan)
    found = [first_needed(plan, last), *first_of_start(plan, last)]
    if look.shown.periods and (periods := periods_before(plan, last, look.shown.periods)):
        found.append(periods[-1].first - timedelta(days=OLDEST_VALUE))
    if look.shown.whole and plan.kind is Kind.REACH:
        found.append(min(plan.start, last) - timedelta(days=OLDEST_VALUE))
    return min(found)


def first_of_start(plan: Plan, last: date) -> list[date]:
    """Return the first day of those that tell the value at the start of a goal; none where nothing has to."""
    if plan.kind is not Kind.REACH or plan.start_value is not None or plan.start > last:
        return []
    return [plan.start - timedelta(days=OLDEST_VALUE)]


def standing_in(
    goal: Goal, plan: Plan, metric: Metric | UnknownMetric, reader: SeriesReader, look: Look
) -> Standing:
    day = look.last_day(plan)
    is_over = day < look.day
    if isinstance(metric, UnknownMetric):
        period = plan.period_of(day)
        unknown = Progress(day=day, period=period, status=Status.UNKNOWN, reason=GONE)
        return Standing(goal, plan, unknown, is_over, {})
    series = reader.series_of(metric.key).until(day)
    plan = with_start(plan, metric, series, look.verified)
    verified = span_of(series.verified)
    tally = Tally(plan, measured_of(series.since(first_needed(plan, day)), plan, look.today), day)
    progress = progress_in(course_of(plan, tally, day), look.moment(goal, metric), verified)
    missing = {}
    if progress.status is Status.UNKNOWN:
        missing = reasons(metric, look.verified, first_verified(plan, progress), day)
    if not look.shown.periods:
        return Standing(goal, plan, progress, is_over, missing)
    first = first_read(plan, look)
    if first < tally.span.first:
        tally = Tally(plan, measured_of(series.since(first), plan, look.today), day)
    past = [
        past_of(plan, tally, period, verified)
        for period in periods_before(plan, day, look.shown.periods)
    ]
    return Standing(goal, plan, progress, is_over, missing, past, tally)


def history_of(goal: Goal, number: int) -> list[Past]:
    """Return so many of the periods before the present one, newest first, without those in which nothing was asked
    for."""
    today, _ = local_date_and_hour(timezone.now(), timezone.get_current_timezone())
    free = FreePeriod.objects.spans_of({goal.pk: Span(goal.start, farthest(goal, today))})
    plan = plan_of(goal, goal.rules(), free[goal.pk])
    day = min(today, plan.last_day or date.max)
    periods = periods_before(plan, day, number)
    metric = find_metric(goal.metric)
    if metric is None or not periods:
        return []
    margin = timedelta(days=OLDEST_VALUE if plan.kind is Kind.REACH else 0)
    verified = Verified()
    first = periods[-1].first - margin
    series = read_series([metric], first, periods[0].last, verified)[metric.key]
    plan = with_start(plan, metric, series, verified)
    tally = Tally(plan, measured_of(series, plan, today), day)
    found = (past_of(plan, tally, period, span_of(series.verified)) for period in periods)
    return [one for one in found if one is not None]


def plan_of(goal: Goal, rules: tuple[Rule, ...], free: tuple[Span, ...]) -> Plan:
    """Return what a goal asks for. `free`: its free days up to where slack is counted."""
    return Plan(
        kind=Kind(goal.kind),
        direction=Direction(goal.direction),
        start=goal.start,
        rules=rules,
        per=Per(goal.per) if goal.per else None,
        rolling_days=goal.rolling_days or 0,
        weekdays=weekdays_of(goal.weekdays),
        start_value=goal.start_value,
        free=free,
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
    partly = frozenset(day for day in series.so_far if day < today)
    return Measured(
        series.first,
        values,
        frozenset(unsettled),
        least=partly | series.partly_known,
        grows=metric.additive,
    )


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
