"""What surrounds a chart: lines across, words at the right and below, and what is chosen with the pointer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Required, TypedDict

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from lifetracker.web.charts.markup import (
    NOTHING,
    escaped,
    joined,
    percent,
    picture_attributes,
    shape,
    short,
)
from lifetracker.web.charts.scales import (
    Domain,
    Label,
    check_same_length,
    day_labels,
    number_words,
)

# In pixels: the room above the plot, and below it for a line of words.
ABOVE, BELOW = 6, 24
# From the plot down to the foot of the words below it.
WORDS_DOWN = 20
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
class Source:
    """Where the numbers of a chart stand on the page: what follows the pointer reads them there."""

    #: The id of the table behind the chart, which has a row for each slice.
    table: str
    #: Which of its columns are drawn, counted from 1, the first after the names.
    columns: Sequence[int]
    #: What stands behind a value: `ms`.
    unit: str = ""
    #: The column that says what is usual; 0 if none does.
    usual: int = 0


@dataclass(frozen=True)
class Frame:
    """The plot of a chart: `count` slices of equal width from left to right, `height` pixels with its words."""

    days: Sequence[date]
    height: int
    domain: Domain | None
    #: Whether the least value is at the top, as times of day are.
    downwards: bool = False
    #: The room over the plot and below it, in pixels.
    above: int = ABOVE
    below: int = BELOW

    @property
    def count(self) -> int:
        return len(self.days)

    @property
    def plot_height(self) -> int:
        return self.height - self.above - self.below

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


NOTHING_KNOWN = "Nothing is known of these days."


class SliceOptions(TypedDict, total=False):
    """What charts hand on to `plot`, those with a clock at the right too."""

    #: Names the picture.
    sentence: Required[str]
    labels: Sequence[Label] | None
    #: Where the slices lead to.
    places: Sequence[Place | None]
    #: Is written across if nothing is known.
    empty: str
    source: Source | None


class PlotOptions(SliceOptions, total=False):
    """The same, and how a tick is written."""

    tick_words: Words


def plot(
    frame: Frame,
    drawing: SafeString,
    *,
    sentence: str,
    tick_words: Words = number_words,
    labels: Sequence[Label] | None = None,
    places: Sequence[Place | None] = (),
    empty: str = NOTHING_KNOWN,
    source: Source | None = None,
) -> SafeString:
    """Return a whole chart: the drawing between its axes, and the links over it. Without a domain nothing is drawn.

    `PlotOptions` says what the rest is."""
    check_same_length(frame.days, places)
    shown = day_labels(frame.days) if labels is None else labels
    return format_html(
        '<div class="plot"><svg class="chart" height="{}" {}{}>{}{}{}{}</svg>{}{}</div>',
        frame.height,
        picture_attributes(sentence),
        _source(frame, source),
        _gridlines(frame),
        drawing if frame.domain else NOTHING,
        _words_below(frame, shown),
        _words_across(frame, empty) if frame.domain is None else NOTHING,
        slice_hits(places, frame.height - frame.below),
        _axis(frame, tick_words),
    )


def _source(frame: Frame, source: Source | None) -> SafeString:
    """Return which numbers are drawn, and for a single one between which values the plot lies, and where."""
    if source is None:
        return NOTHING
    found = format_html(
        ' data-points="{}" data-columns="{}"', source.table, " ".join(map(str, source.columns))
    )
    if source.unit:
        found += format_html(' data-unit="{}"', source.unit)
    if source.usual:
        found += format_html(' data-usual="{}"', source.usual)
    if frame.domain is None or len(source.columns) > 1 or frame.downwards:
        return found
    ends = (frame.domain.low, frame.domain.high, frame.above, frame.above + frame.plot_height)
    return found + format_html(' data-plot="{}"', " ".join(f"{end:g}" for end in ends))


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
                frame.height - frame.below + WORDS_DOWN,
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


def slice_hits(places: Sequence[Place | None], height: int) -> SafeString:
    """Return a link over each slice that leads somewhere; each slice has its place, and `height` is in pixels.

    A picture holds nothing that can be reached by keys, and hundreds of stops help nobody: who uses keys or hears
    the page finds the same links in the table behind the chart."""
    if not any(places):
        return NOTHING
    width = percent(1 / len(places))
    return format_html(
        '<svg class="hits" height="{}" aria-hidden="true">{}</svg>',
        height,
        joined(
            hit(place.href, place.words, f'x="{percent(at / len(places))}" width="{width}"')
            for at, place in enumerate(places)
            if place
        ),
    )


def hit(href: str, words: str, area: str) -> SafeString:
    """Return a link over a drawing. `area` has the attributes of its rectangle, whose height is in the styles."""
    return shape(
        f'<a href="{escaped(href)}" tabindex="-1"><rect {area}/><title>{escaped(words)}</title></a>'
    )
