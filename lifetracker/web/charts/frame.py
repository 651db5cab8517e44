"""What surrounds a chart: lines across, words at the right and below, and what is chosen with the pointer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from lifetracker.web.charts.markup import NOTHING, percent, picture_attributes, short
from lifetracker.web.charts.scales import (
    Domain,
    Label,
    check_same_length,
    day_labels,
    number_words,
)

# In pixels: the room above the plot, and below it for a line of words.
ABOVE, BELOW = 6, 24
# The width of a digit of the axis, and of the axis at least, so that charts below one another are equally wide.
DIGIT, AXIS = 6.6, 38
# Where no domain is known, the axes stay: so many lines without a number.
EMPTY_LINES = 3

#: What is written at a tick: a value in the unit of the chart becomes words.
Words = Callable[[float], str]


@dataclass(frozen=True)
class Place:
    """Where one day, week or month of a chart leads to, and what is said of it when it is pointed at."""

    href: str
    #: Such as `Fri 27 Nov: 65 ms, usually 55 to 73`.
    words: str


@dataclass(frozen=True)
class Frame:
    """The plot of a chart: `count` slices of equal width from left to right, `height` pixels with its words."""

    days: Sequence[date]
    height: int
    domain: Domain | None
    #: Whether the least value is at the top, as times of day are.
    downwards: bool = False
    #: The room over the plot, in pixels.
    above: int = ABOVE

    @property
    def count(self) -> int:
        return len(self.days)

    @property
    def plot_height(self) -> int:
        return self.height - self.above - BELOW

    def across(self, at: float) -> float:
        """Return the middle of a slice, as a share of the width."""
        return (at + 0.5) / self.count

    def share_down(self, value: float) -> float:
        """Return how far below the top of the plot a value lies, from 0 to 1."""
        if self.domain is None:
            return 1.0
        share = self.domain.share(value)
        return share if self.downwards else 1 - share

    def down(self, value: float) -> float:
        """Return how far below the top of the drawing a value lies, in pixels."""
        return self.above + self.plot_height * self.share_down(value)


def plot(
    frame: Frame,
    drawing: SafeString,
    *,
    sentence: str,
    tick_words: Words = number_words,
    labels: Sequence[Label] | None = None,
    places: Sequence[Place | None] = (),
    empty: str = "",
    table: str = "",
    column: int = 0,
) -> SafeString:
    """Return a whole chart: the drawing between its axes, and the links over it.

    `sentence` names the picture. `empty` is written across if nothing is known. `table` is the id of the table
    behind the chart and `column` which of its columns is drawn, for what reads it there."""
    check_same_length(frame.days, places)
    shown = day_labels(frame.days) if labels is None else labels
    return format_html(
        '<div class="plot"><svg class="chart" height="{}" {}{}>{}{}{}{}</svg>{}{}</div>',
        frame.height,
        picture_attributes(sentence),
        _source(table, column),
        _gridlines(frame),
        drawing,
        _words_below(frame, shown),
        _words_across(frame, empty) if frame.domain is None else NOTHING,
        _hits(frame, places),
        _axis(frame, tick_words),
    )


def _source(table: str, column: int) -> SafeString:
    if not table:
        return NOTHING
    return format_html(' data-points="{}" data-column="{}"', table, column)


def _ticks(frame: Frame) -> list[float]:
    return frame.domain.ticks() if frame.domain else []


def _gridlines(frame: Frame) -> SafeString:
    heights = [frame.down(tick) for tick in _ticks(frame)] or [
        frame.above + frame.plot_height * at / (EMPTY_LINES - 1) for at in range(EMPTY_LINES)
    ]
    return format_html_join(
        "",
        '<line class="gridline" x1="0" x2="100%" y1="{0}" y2="{0}"/>',
        ((short(height),) for height in heights),
    )


def _axis(frame: Frame, words: Words) -> SafeString:
    """Return the axis in a drawing of its own, so that no word lies on a line."""
    texts = [(short(frame.down(tick) + 4), words(tick)) for tick in _ticks(frame)]
    width = max((len(text) for _, text in texts), default=0) * DIGIT + 4
    return format_html(
        '<svg class="axis" width="{}" height="{}" aria-hidden="true">{}</svg>',
        max(round(width), AXIS),
        frame.height,
        format_html_join("", '<text x="100%" y="{}">{}</text>', texts),
    )


def _words_below(frame: Frame, labels: Sequence[Label]) -> SafeString:
    """Return the words below: each under the middle of its day while days are wide, else from its beginning on."""
    return format_html_join(
        "",
        '<text{} x="{}" y="{}">{}{}</text>',
        (
            (
                _label_class(frame, label),
                percent(
                    frame.across(label.at) if _days_are_wide(frame) else label.at / frame.count
                ),
                frame.height - 4,
                label.text,
                format_html('<tspan class="wide">{}</tspan>', label.rest)
                if label.rest
                else NOTHING,
            )
            for label in labels
        ),
    )


def _days_are_wide(frame: Frame) -> bool:
    return frame.count <= 14


def _label_class(frame: Frame, label: Label) -> SafeString:
    names = [
        name for name, on in (("mid-label", _days_are_wide(frame)), ("wide", label.wide)) if on
    ]
    return format_html(' class="{}"', " ".join(names)) if names else NOTHING


def _words_across(frame: Frame, empty: str) -> SafeString:
    return format_html(
        '<text class="mid-label" x="50%" y="{}">{}</text>',
        short(frame.above + frame.plot_height / 2 - 8),
        empty,
    )


def _hits(frame: Frame, places: Sequence[Place | None]) -> SafeString:
    """Return a link over each slice that leads somewhere.

    A picture holds nothing that can be reached by keys, and hundreds of stops help nobody: who uses keys or hears
    the page finds the same links in the table behind the chart."""
    if not any(places):
        return NOTHING
    width = percent(1 / frame.count)
    return format_html(
        '<svg class="hits" height="{}" aria-hidden="true">{}</svg>',
        frame.height - BELOW,
        format_html_join(
            "",
            '<a href="{}" tabindex="-1"><rect x="{}" width="{}" height="100%"/><title>{}</title></a>',
            (
                (place.href, percent(at / frame.count), width, place.words)
                for at, place in enumerate(places)
                if place
            ),
        ),
    )
