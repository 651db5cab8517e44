"""A week as rows of days under one clock, with bars from one time to another, such as blocks of work."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.dateformat import format as format_date
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from lifetracker.web.charts.frame import Place, hit
from lifetracker.web.charts.markup import NOTHING, joined, percent, picture_attributes, shape, short
from lifetracker.web.clock import hour_label

# In pixels: a row, a bar in it, and the room above for the hours.
ROW, BAR, ABOVE = 27, 16, 18
# The hours that are shown where there is nothing, and the most of them that are written.
FIRST, LAST, MOST_WORDS = 8.0, 18.0, 7


@dataclass(frozen=True)
class WeekBar:
    """A bar on a day, from one hour to another, in a colour of `charts.css` (`work`)."""

    day: date
    start: float
    end: float
    fill: str
    place: Place


def week_chart(bars: Sequence[WeekBar], days: Sequence[date], *, sentence: str) -> SafeString:
    """Return the rows of these days, with the whole hours around all bars."""
    low = math.floor(min((bar.start for bar in bars), default=FIRST))
    high = math.ceil(max((bar.end for bar in bars), default=LAST))
    span = Span(low, max(high, low + 1))
    height = ABOVE + ROW * len(days)
    return format_html(
        '<div class="week-rows"><ul class="names" aria-hidden="true">{}</ul><div class="plot">'
        '<svg class="chart" height="{}" {}>{}{}</svg>{}</div></div>',
        joined(format_html("<li>{}</li>", format_date(day, "D")) for day in days),
        height,
        picture_attributes(sentence),
        _hours(span, height),
        joined(_bar(bar, list(days).index(bar.day), span) for bar in bars),
        _hits(bars, days, span, height),
    )


@dataclass(frozen=True)
class Span:
    """The hours from the left to the right edge."""

    low: int
    high: int

    def across(self, hour: float) -> float:
        return (hour - self.low) / (self.high - self.low)


def _hours(span: Span, height: int) -> SafeString:
    step = math.ceil((span.high - span.low) / MOST_WORDS)
    step += step > 1 and step % 2
    return format_html_join(
        "",
        '<line class="gridline" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/><text class="mid-label" x="{0}" y="10">{3}</text>',
        (
            (percent(span.across(hour)), ABOVE - 4, height, hour_label(hour))
            for hour in range(span.low, span.high + 1, step)
        ),
    )


def _area(bar: WeekBar, row: int, span: Span, top: float, height: float) -> str:
    left = span.across(bar.start)
    width = max(span.across(bar.end) - left, 0.004)
    return (
        f'x="{percent(left)}" width="{percent(width)}" '
        f'y="{short(ABOVE + ROW * row + top)}" height="{short(height)}"'
    )


def _bar(bar: WeekBar, row: int, span: Span) -> SafeString:
    return shape(
        f'<rect class="f-{bar.fill}" {_area(bar, row, span, (ROW - BAR) / 2, BAR)} rx="4"/>'
    )


def _hits(bars: Sequence[WeekBar], days: Sequence[date], span: Span, height: int) -> SafeString:
    if not bars:
        return NOTHING
    return format_html(
        '<svg class="hits" height="{}" aria-hidden="true">{}</svg>',
        height,
        joined(
            hit(
                bar.place.href, bar.place.words, _area(bar, list(days).index(bar.day), span, 0, ROW)
            )
            for bar in bars
        ),
    )
