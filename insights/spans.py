"""When what a metric tells of begins and ends."""

from __future__ import annotations

from dataclasses import dataclass

from lifetracker.metrics.declaration import Known, Metric


@dataclass(frozen=True)
class Span:
    """When what a metric tells of begins and ends, in days from the midnight before its day."""

    begin: float
    end: float


#: A day has a night before it, which ends on waking. What is settled before that night belongs to the evening before.
EVENING_BEFORE, NIGHT, DAY = Span(-0.5, -0.3), Span(-0.3, 0.3), Span(0.3, 0.7)


def span_of(metric: Metric) -> Span:
    if metric.before_night:
        return EVENING_BEFORE
    return NIGHT if metric.known is Known.ON_WAKING else DAY
