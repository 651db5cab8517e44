"""Series with all that is said beside their values: the usual, rolling means, and why days are unknown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property

from lifetracker.metrics.declaration import Metric, Values
from lifetracker.metrics.reasons import Missing, Reasons
from lifetracker.metrics.registry import metrics_of
from lifetracker.metrics.series import Series, days_before, read_series
from lifetracker.metrics.statistics import ROLLING, USUAL_DAYS, Usual, rolling_means
from lifetracker.metrics.verified import Stretch, Verified
from lifetracker.models import excluded_days


@dataclass(frozen=True, kw_only=True)
class Described:
    """The asked days of a metric. `whole` begins earlier, with the days that the usual and the rolling means need."""

    series: Series
    whole: Series
    excluded: set[date]
    reasons: Reasons

    @property
    def metric(self) -> Metric:
        return self.series.metric

    @cached_property
    def usual(self) -> list[Usual | None]:
        return self.whole.usual(self.excluded)[self._before :]

    @cached_property
    def rolling(self) -> dict[int, Values]:
        """Return the means of each day and the days before it, by how many days these are in all."""
        return {
            length: rolling_means(self.metric, self.whole.values, length)[self._before :]
            for length in ROLLING
        }

    @property
    def missing(self) -> list[Missing]:
        return self.reasons.missing(self.metric, self.series.first, self.series.last)

    @property
    def verified_until(self) -> datetime | None:
        return end_of(self.series.verified)

    @property
    def _before(self) -> int:
        return (self.series.first - self.whole.first).days


def end_of(stretch: Stretch | None) -> datetime | None:
    """Return up to when a stretch was read; None where there is none, or nothing of it was read."""
    return stretch.end.astimezone(UTC) if stretch and stretch.start < stretch.end else None


def describe(
    metrics: Sequence[Metric], first: date, last: date, excluded: set[date] | None = None
) -> dict[str, Described]:
    """Return the days from `first` to `last` of the metrics, by key, with the same statements for any number of days.

    `excluded`: days that stay out of the usual, for who has asked for them already."""
    verified = Verified()
    begin = days_before(first, USUAL_DAYS)
    found = read_series(list(with_inputs(metrics).values()), begin, last, verified)
    excluded = excluded_days(begin, last) if excluded is None else excluded
    reasons = Reasons(verified, found)
    return {
        metric.key: Described(
            series=found[metric.key].since(first),
            whole=found[metric.key],
            excluded=excluded,
            reasons=reasons,
        )
        for metric in metrics
    }


def with_inputs(metrics: Iterable[Metric]) -> dict[str, Metric]:
    """Return the metrics, those that they are computed from, and those that say where nothing means zero."""
    found: dict[str, Metric] = {}
    for metric in metrics:
        found[metric.key] = metric
        found |= with_inputs(metrics_of({*metric.inputs, metric.zero_where} - {""}))
    return found
