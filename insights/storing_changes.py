"""Looks for changes of the mean of each metric, and stores what comes of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np

from insights.changes import (
    MOST_LOOKS,
    SETTLED_DAYS,
    Change,
    Daily,
    Seen,
    follow,
    weekly_ends,
)
from insights.inputs import Inputs, is_logarithmic
from insights.models import InsightRun, MetricChange, MetricChangeTest
from insights.states import OPEN_CHANGES, ChangeState
from insights.statistics.means import Means
from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.statistics import HOURS_A_DAY

#: So many of the days since the first one before are drawn.
MOST_POINTS = 200


class ComparedMetric(NamedTuple):
    """A metric with its series and what is usual for it."""

    metric: Metric
    series: Daily
    usual: float


def metrics_to_compare(inputs: Inputs) -> Iterator[ComparedMetric]:
    """Yield the metrics whose means are compared: all that take part but yes and no, of which four weeks hold too few days."""
    panel = inputs.panel
    for row, metric in enumerate(inputs.metrics):
        if not metric.is_yes_no:
            yield ComparedMetric(
                metric, Daily(panel.values[row], panel.first), inputs.usual[metric.key]
            )


def look_for_changes(inputs: Inputs, run: InsightRun) -> None:
    """Look at what is due of each metric, and store what it says and which metrics were looked at."""
    last, since = run.last_day, looked_up_to(run)
    newest = newest_changes()
    keys = []
    for one in metrics_to_compare(inputs):
        ends = weekly_ends(last, since.get(one.metric.key))
        if not ends:
            continue
        keys.append(one.metric.key)
        stored = newest.get(one.metric.key)
        for seen in follow(one.series, change_of(stored) if stored else None, ends):
            is_new = seen.change.state is ChangeState.MAYBE
            stored = store(seen, None if is_new else stored, one, run)
    end_others(keys, last)
    run.compared = keys
    run.save(update_fields=["compared"])


def end_others(compared: Sequence[str], last: date) -> None:
    """End open changes of metrics that take no part any more, such as that of a project which is gone."""
    seen_by = last - timedelta(days=SETTLED_DAYS)
    others = MetricChange.objects.filter(found_on__lte=seen_by).exclude(metric__in=compared)
    others.filter(state=ChangeState.CHANGED).update(state=ChangeState.SETTLED)
    others.waiting().update(state=ChangeState.TAKEN_BACK)


def looked_up_to(run: InsightRun) -> dict[str, date]:
    """Return the last day up to which each metric was looked at, of the looks of the last twelve weeks."""
    begin = run.last_day - timedelta(weeks=MOST_LOOKS)
    runs = InsightRun.objects.filter(last_day__gte=begin).order_by("last_day")
    rows = runs.values_list("last_day", "compared")
    return {key: day for day, keys in rows for key in keys}


def newest_changes() -> dict[str, MetricChange]:
    """Return the newest change of each metric."""
    return {one.metric: one for one in MetricChange.objects.defer("points").order_by("pk")}


def change_of(one: MetricChange) -> Change:
    return Change(
        state=ChangeState(one.state),
        base=one.base,
        found_on=one.found_on,
        tested_on=one.tested_on,
        around=one.around,
        size=one.size,
        is_gradual=one.is_gradual,
        confirmed_on=one.confirmed_on,
    )


def store(
    seen: Seen, stored: MetricChange | None, compared: ComparedMetric, run: InsightRun
) -> MetricChange:
    """Store what a look says: a new change, or what became of one that is stored."""
    change, metric = seen.change, compared.metric
    values: dict[str, Any] = {
        "state": change.state,
        "base": change.base,
        "around": change.around,
        "is_gradual": change.is_gradual,
        "found_on": change.found_on,
        "tested_on": change.tested_on,
        "confirmed_on": change.confirmed_on,
        "size": change.size,
        "metric_name": metric.label[:200],
        "unit": metric.unit[:40],
        "decimals": metric.decimals,
        "is_clock": metric.circular,
    }
    if seen.means is not None and change.state in {*OPEN_CHANGES, ChangeState.SETTLED}:
        # What went back, or did not hold, keeps the numbers by which it was seen.
        values |= numbers_of(seen.means, compared) | {"points": points_of(change, compared)}
    one = stored or MetricChange(metric=metric.key)
    for name, value in values.items():
        setattr(one, name, value)
    one.save()
    add_test(one, run, seen, compared)
    return one


def numbers_of(means: Means, compared: ComparedMetric) -> dict[str, Any]:
    """Return the means and their difference in the unit of the metric."""
    before, after = in_unit(means, compared)
    low, high = means.interval()
    difference = float(means.difference[0])
    if is_logarithmic(compared.metric):
        low, high = (before * math.expm1(one) for one in (low, high))
        difference = after - before
    return {
        "before": before,
        "after": after,
        "difference": difference,
        "low": low,
        "high": high,
        "known_before": int(means.known_before[0]),
        "known_after": int(means.known_after[0]),
        "is_large": abs(difference) >= compared.metric.smallest,
    }


def in_unit(means: Means, compared: ComparedMetric) -> tuple[float, float]:
    before, after = (shown(float(one[0]), compared) for one in (means.before, means.after))
    return before, after


def shown(value: float, compared: ComparedMetric) -> float:
    """Return a number of a series as it is reckoned in the unit of its metric."""
    if compared.metric.circular:
        return (compared.usual + value) % HOURS_A_DAY
    return math.exp(value) if is_logarithmic(compared.metric) else value


def points_of(change: Change, compared: ComparedMetric) -> list[tuple[str, float]]:
    """Return the known days from the first one before on with their values. Hours of the clock are those after the midnight
    before or after which they are, so that 0:30 is near 23:30."""
    start, end = (compared.series.position(one) for one in (change.base, change.tested_on))
    values = compared.series.between(start, end + 1)
    known: Sequence[int] = np.flatnonzero(~np.isnan(values))[-MOST_POINTS:].tolist()
    found = []
    for at in known:
        value = float(values[at])
        value = compared.usual + value if compared.metric.circular else shown(value, compared)
        found.append((f"{change.base + timedelta(days=at)}", round(value, 3)))
    return found


def add_test(one: MetricChange, run: InsightRun, seen: Seen, compared: ComparedMetric) -> None:
    before, after = in_unit(seen.means, compared) if seen.means else (None, None)
    MetricChangeTest.objects.create(
        change=one,
        run=run,
        state=seen.change.state,
        last_day=seen.change.tested_on,
        before=before,
        after=after,
        z=float(seen.means.z[0]) if seen.means else None,
    )
