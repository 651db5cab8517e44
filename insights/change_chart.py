"""The days of a change: a dot for each, the means before and after, and the day of the change."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.safestring import SafeString

from insights.change_words import value_words
from insights.chart import Side, across, axes, dot, down, drawing, marks, mean_line, shares
from insights.models import MetricChange
from insights.sentences import lower_first
from lifetracker.metrics.statistics import HOURS_A_DAY
from lifetracker.web.charts.markup import shape
from lifetracker.web.sentences import date_words
from lifetracker.web.units import chosen_unit, in_chosen_unit
from lifetracker.words import counted

#: What is compared, as in `statistics/means.py`, which loads numpy.
BEFORE_DAYS, AFTER_DAYS = 56, 28


def change_chart(one: MetricChange) -> SafeString:
    """Return the chart of a change; nothing where it has no days."""
    if len(one.points) < 2:
        return SafeString("")
    days = [date.fromisoformat(day) for day, _ in one.points]
    length = max((days[-1] - one.base).days, 1)
    means = [near(one, value) for value in (one.before, one.after)]
    side = side_of(one, [*(value for _, value in one.points), *means])
    *levels, before, after = shares(side)

    def share(day: date) -> float:
        return min(max((day - one.base).days / length, 0.0), 1.0)

    below = [(share(day), f"{day:%-d %b}") for day in (one.base, days[-1])]
    last_before = one.base + timedelta(days=BEFORE_DAYS - 1)
    first_after = days[-1] - timedelta(days=AFTER_DAYS - 1)
    return drawing(
        change_picture_words(one),
        axes(below, marks(side), ("", side.title)),
        *(dot(share(day), level) for day, level in zip(days, levels, strict=True)),
        place_of(one, across(share(one.around))),
        mean_line(share(one.base), share(last_before), before),
        mean_line(share(first_after), share(days[-1]), after),
    )


def side_of(one: MetricChange, values: list[float]) -> Side:
    shown = [in_chosen_unit(value, one.unit).value for value in values]
    unit = chosen_unit(one.unit)
    return Side(one.metric_name, unit, one.decimals, one.is_clock, shown)


def near(one: MetricChange, value: float) -> float:
    """Return a mean beside the days that are drawn: hours of the clock go beyond midnight there."""
    if not one.is_clock:
        return value
    middle: float = one.points[0][1]
    return value + HOURS_A_DAY * round((middle - value) / HOURS_A_DAY)


def place_of(one: MetricChange, x: str) -> SafeString:
    """Return the line at the day of the change; what came bit by bit has none."""
    if one.is_gradual:
        return SafeString("")
    return shape(f'<line class="begins" x1="{x}" x2="{x}" y1="{down(1)}" y2="{down(0)}"/>')


def change_picture_words(one: MetricChange) -> str:
    """Return in words what the chart shows."""
    before, after = (value_words(one, value) for value in (one.before, one.after))
    return (
        f"{counted(len(one.points), 'day')} of {lower_first(one.metric_name)} from {date_words(one.base)} on: "
        f"{before} on average before, {after} on the newest."
    )
