"""Columns: one value, parts of a whole against a line, or bars that float between two times."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from lifetracker.web.charts.frame import Frame, Place, Words, plot
from lifetracker.web.charts.markup import NOTHING, joined, percent, short
from lifetracker.web.charts.scales import (
    Domain,
    Label,
    Values,
    check_same_length,
    clock_words,
    domain_from_zero,
    known,
    number_words,
)

# Of the width of a slice, what a column takes, and less where slices are wide; a line takes a little more.
BODY, WIDE_BODY, OVER = 0.74, 0.5, 0.16
WIDE_SLICES = 10
# The height of the dotted stub where a value is not known, and of a column of zero, in pixels.
STUB, ZERO = 10.0, 1.5
# The gap between two parts of a column, in pixels.
GAP = 1.2
# Steps of a clock, in minutes.
CLOCK_STEPS = (15, 30, 60, 120, 180, 240, 360, 720)
MOST_CLOCK_TICKS = 5


@dataclass(frozen=True)
class Part:
    """A part of stacked columns, from the bottom up: its colour (`deep`) and its value for each column."""

    fill: str
    values: Values


@dataclass(frozen=True)
class Floating:
    """A bar from one time to another, in minutes after a midnight; the evening before is negative.

    For a week, `start` and `end` are the middle ones, `earliest` and `latest` the extremes."""

    start: float
    end: float
    earliest: float | None = None
    latest: float | None = None


def columns(
    values: Values,
    days: Sequence[date],
    *,
    sentence: str,
    fill: str,
    marks: Values = (),
    strong: int | None = None,
    places: Sequence[Place | None] = (),
    height: int = 174,
    domain: Domain | None = None,
    tick_words: Words = number_words,
    labels: Sequence[Label] | None = None,
    empty: str = "Nothing is known of these days.",
    table: str = "",
    column: int = 0,
) -> SafeString:
    """Return a column for each value, from zero up, or down if it is negative.

    `days` are the first days of what the columns stand for (days, weeks or months). A value that is not known is a
    dotted stub, a zero a thin line. `marks` are drawn as short lines over the columns, such as the hardest day of a
    week. `fill` is a colour of `charts.css` (`strain`), `strong` the index of the one column in full colour, if not
    all are. `height` is in pixels, `domain` in the unit of the values."""
    check_same_length(days, values, marks, places)
    frame = Frame(days, height, domain or domain_from_zero([*values, *marks]))
    drawn = format_html("{}{}", _single(frame, values, fill, strong), _lines(frame, marks))
    return plot(
        frame,
        drawn if frame.domain else NOTHING,
        sentence=sentence,
        tick_words=tick_words,
        labels=labels,
        places=places,
        empty=empty,
        table=table,
        column=column,
    )


def stacked_columns(
    parts: Sequence[Part],
    days: Sequence[date],
    *,
    sentence: str,
    line: Values = (),
    strong: int | None = None,
    places: Sequence[Place | None] = (),
    height: int = 174,
    domain: Domain | None = None,
    tick_words: Words = number_words,
    labels: Sequence[Label] | None = None,
    empty: str = "Nothing is known of these days.",
    table: str = "",
    column: int = 0,
) -> SafeString:
    """Return columns of parts that lie on one another, such as the stages of sleep, none of them negative.

    `line` has a value for each column, such as the sleep that was needed, which is drawn across it. A column of
    which a part is not known is a dotted stub: its height would be wrong. The rest is as in `columns`."""
    check_same_length(days, line, places, *(part.values for part in parts))
    totals = [_total(parts, at) for at in range(len(days))]
    frame = Frame(days, height, domain or domain_from_zero([*totals, *line]))
    drawn = format_html("{}{}", _stacks(frame, parts, totals, strong), _lines(frame, line))
    return plot(
        frame,
        drawn if frame.domain else NOTHING,
        sentence=sentence,
        tick_words=tick_words,
        labels=labels,
        places=places,
        empty=empty,
        table=table,
        column=column,
    )


def floating_bars(
    bars: Sequence[Floating | None],
    days: Sequence[date],
    *,
    sentence: str,
    fill: str = "rem",
    around: str = "light",
    places: Sequence[Place | None] = (),
    height: int = 174,
    domain: Domain | None = None,
    labels: Sequence[Label] | None = None,
    empty: str = "Nothing is known of these days.",
    table: str = "",
    column: int = 0,
) -> SafeString:
    """Return bars from one time of day to another, the earlier at the top, such as from bed to waking.

    Extremes are a paler bar behind, in the colour `around`. A bar that is not known is a dotted stub at the foot.
    `domain` is in minutes, as the bars are. The rest is as in `columns`."""
    check_same_length(days, bars, places)
    found = [bar for bar in bars if bar]
    frame = Frame(days, height, domain or clock_domain(found), downwards=True)
    return plot(
        frame,
        _floating(frame, bars, fill, around) if frame.domain else NOTHING,
        sentence=sentence,
        tick_words=clock_words,
        labels=labels,
        places=places,
        empty=empty,
        table=table,
        column=column,
    )


def clock_domain(bars: Sequence[Floating]) -> Domain | None:
    """Return from when to when bars reach, rounded outwards to whole steps of a clock. None without bars."""
    if not bars:
        return None
    low = min(_least(bar) for bar in bars)
    high = max(_most(bar) for bar in bars)
    wanted = (high - low) / (MOST_CLOCK_TICKS - 1)
    step = next((step for step in CLOCK_STEPS if step >= wanted), CLOCK_STEPS[-1])
    first = math.floor(low / step) * step
    return Domain(first, max(math.ceil(high / step) * step, first + step), step)


def _least(bar: Floating) -> float:
    return bar.start if bar.earliest is None else min(bar.earliest, bar.start)


def _most(bar: Floating) -> float:
    return bar.end if bar.latest is None else max(bar.latest, bar.end)


def _total(parts: Sequence[Part], at: int) -> float | None:
    values = [part.values[at] for part in parts]
    numbers = known(values)
    return math.fsum(numbers) if numbers and len(numbers) == len(values) else None


# --- The drawing ----------------------------------------------------------------------------------


def _single(frame: Frame, values: Values, fill: str, strong: int | None) -> SafeString:
    return joined(
        _stub(frame, at) if value is None else _bar(frame, at, 0, value, _fill(fill, at, strong))
        for at, value in enumerate(values)
    )


def _stacks(frame: Frame, parts: Sequence[Part], totals: Values, strong: int | None) -> SafeString:
    return joined(
        _stub(frame, at) if total is None else _stack(frame, parts, at, strong)
        for at, total in enumerate(totals)
    )


def _stack(frame: Frame, parts: Sequence[Part], at: int, strong: int | None) -> SafeString:
    pieces, below = [], 0.0
    for part in parts:
        value = part.values[at] or 0.0
        if value > 0:
            pieces.append(
                _bar(frame, at, below, below + value, _fill(part.fill, at, strong), gap=GAP)
            )
        below += value
    return joined(pieces)


def _floating(frame: Frame, bars: Sequence[Floating | None], fill: str, around: str) -> SafeString:
    return joined(
        _stub(frame, at)
        if bar is None
        else format_html(
            "{}{}",
            _extremes(frame, at, bar, around),
            _bar(frame, at, bar.start, bar.end, f"f-{fill}", round_by=3),
        )
        for at, bar in enumerate(bars)
    )


def _extremes(frame: Frame, at: int, bar: Floating, around: str) -> SafeString:
    if bar.earliest is None and bar.latest is None:
        return NOTHING
    return _bar(frame, at, _least(bar), _most(bar), f"f-{around} f-whisk", round_by=3)


def _bar(
    frame: Frame,
    at: int,
    start: float,
    end: float,
    kind: str,
    *,
    gap: float = 0.0,
    round_by: float = 2,
) -> SafeString:
    """Return a rectangle between two values in a slice, at least as high as a zero is drawn."""
    top, bottom = sorted((frame.down(start), frame.down(end)))
    height = max(bottom - top - gap, ZERO)
    return _rect(frame, at, kind, min(top, bottom - height), height, round_by=round_by)


def _stub(frame: Frame, at: int) -> SafeString:
    """Return what is drawn where a value is not known."""
    return _rect(frame, at, "f-none", frame.above + frame.plot_height - STUB, STUB)


def _rect(
    frame: Frame, at: int, kind: str, top: float, height: float, *, round_by: float = 2
) -> SafeString:
    return format_html(
        '<rect class="{}" x="{}" width="{}" y="{}" height="{}" rx="{}"/>',
        kind,
        percent(frame.across(at) - _body(frame) / 2),
        percent(_body(frame)),
        short(top),
        short(height),
        short(round_by),
    )


def _body(frame: Frame) -> float:
    """Return the width of a column, as a share of the whole."""
    return (WIDE_BODY if frame.count <= WIDE_SLICES else BODY) / frame.count


def _lines(frame: Frame, values: Values) -> SafeString:
    """Return a short line at each value that is known."""
    half = (_body(frame) + OVER / frame.count) / 2 if frame.count else 0.0
    return format_html_join(
        "",
        '<line class="need" x1="{0}" x2="{1}" y1="{2}" y2="{2}"/>',
        (
            (
                percent(frame.across(at) - half),
                percent(frame.across(at) + half),
                short(frame.down(value)),
            )
            for at, value in enumerate(values)
            if value is not None
        ),
    )


def _fill(fill: str, at: int, strong: int | None) -> str:
    return f"f-{fill}" if strong is None or at == strong else f"f-{fill} f-mild"
