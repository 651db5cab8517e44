"""The hours of a week: a row for each weekday, in the order of calendars, a cell for each hour of the day."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from lifetracker.web.charts.markup import joined, percent
from lifetracker.web.charts.steps import Steps
from lifetracker.web.clock import full_hour, weekdays

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HOURS = 24
# In pixels: a cell, the distance from one row to the next, and the room for the hours below.
CELL, ROW, BELOW = 24, 27, 23
# Of the width of an hour, what its cell takes.
BODY = 0.86
LABELLED = (0, 6, 12, 18)


def hour_grid(counts: Sequence[Sequence[int]], steps: Steps, *, sentence: str) -> SafeString:
    """Return seven rows of 24 cells, in the steps of how much there was. `counts` begin with Monday, whichever day is drawn
    first. `sentence` names the picture."""
    height = len(WEEKDAYS) * ROW + BELOW
    return format_html(
        '<div class="labelled"><ul class="weekdays" aria-hidden="true">{}</ul>'
        '<svg class="chart" height="{}" role="img" aria-label="{}">{}{}</svg></div>',
        format_html_join("", "<li>{}</li>", ((WEEKDAYS[day],) for day in weekdays())),
        height,
        sentence,
        joined(_row(counts[day], at, steps) for at, day in enumerate(weekdays())),
        _labels(height),
    )


def _row(row: Sequence[int], at: int, steps: Steps) -> SafeString:
    margin = (1 - BODY) / 2
    return format_html_join(
        "",
        '<rect class="{}" x="{}" width="{}" y="{}" height="{}" rx="4"/>',
        (
            (
                steps.fill(count),
                percent((hour + margin) / HOURS),
                percent(BODY / HOURS),
                at * ROW,
                CELL,
            )
            for hour, count in enumerate(row)
        ),
    )


def _labels(height: int) -> SafeString:
    hours = format_html_join(
        "",
        '<text x="{}" y="{}">{}</text>',
        ((percent(hour / HOURS), height - 4, full_hour(hour)) for hour in LABELLED),
    )
    return format_html(
        '{}<text class="end wide" x="100%" y="{}">{}</text>', hours, height - 4, full_hour(HOURS)
    )
