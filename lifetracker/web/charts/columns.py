"""Columns: one value, parts of a whole against a line, or bars that float between two times."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple, Unpack

from django.utils.html import format_html
from django.utils.safestring import SafeString

from lifetracker.web.charts.frame import Frame, PlotOptions, SliceOptions, plot
from lifetracker.web.charts.free import Stretch, free_ground
from lifetracker.web.charts.markup import NOTHING, joined, percent, shape, short
from lifetracker.web.charts.scales import (
    Domain,
    Values,
    check_same_length,
    clock_words,
    domain_from_zero,
    drawable,
    known,
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


class Floating(NamedTuple):
    """A bar from one time to another, in minutes after a midnight; the evening before is negative.

    For a week, `start` and `end` are the middle ones, `earliest` and `latest` the extremes."""

    start: float
    end: float
    earliest: float | None = None
    latest: float | None = None

    @property
    def least(self) -> float:
        return self.start if self.earliest is None else min(self.earliest, self.start)

    @property
    def most(self) -> float:
        return self.end if self.latest is None else max(self.latest, self.end)


def columns(
    values: Values,
    days: Sequence[date],
    *,
    fill: str,
    marks: Values = (),
    strong: int | None = None,
    open_at: Collection[int] = (),
    height: int = 174,
    domain: Domain | None = None,
    **options: Unpack[PlotOptions],
) -> SafeString:
    """Return a column for each value, from zero up, or down if it is negative.

    `days` are the first days of what the columns stand for (days, weeks or months). A value that is not known is a
    dotted stub, a zero a thin line. `marks` are drawn as short lines over the columns, such as the hardest day of a
    week. `fill` is a colour of `charts.css` (`strain`), `strong` the index of the one column in full colour, if not
    all are, `open_at` the indices of those that are not complete yet, which are paler. `height` is in pixels, `domain`
    in the unit of the values, and the options are those of `plot`."""
    check_same_length(days, values, marks)
    values, marks = drawable(values), drawable(marks)
    frame = Frame(days, height, domain or domain_from_zero([*values, *marks]))
    drawn = format_html("{}{}", _single(frame, values, fill, strong, open_at), _lines(frame, marks))
    return plot(frame, drawn, **options)


def stacked_columns(
    parts: Sequence[Part],
    days: Sequence[date],
    *,
    line: Values = (),
    expected: Values = (),
    ringed: Collection[int] = (),
    free: Sequence[Stretch] = (),
    strong: int | None = None,
    height: int = 174,
    domain: Domain | None = None,
    **options: Unpack[PlotOptions],
) -> SafeString:
    """Return columns of parts that lie on one another, such as the stages of sleep, none of them negative.

    `line` has a value for each column, such as the sleep that was needed, which is drawn across it. A column of
    which a part is not known is a dotted stub: its height would be wrong. `expected` is how high a column is likely to
    become, such as that of today, which is dotted from its top on. `ringed` are the indices of columns that are to be
    looked at, `free` the first and the last of stretches that are free. The rest is as in `columns`."""
    check_same_length(days, line, expected, *(part.values for part in parts))
    parts, line = [replace(part, values=drawable(part.values)) for part in parts], drawable(line)
    totals = [_total(parts, at) for at in range(len(days))]
    frame = Frame(days, height, domain or domain_from_zero([*totals, *line, *expected]))
    drawn = format_html(
        "{}{}{}{}{}",
        free_ground(frame, free),
        _stacks(frame, parts, totals, strong),
        _expected(frame, totals, expected),
        _rings(frame, totals, ringed),
        _lines(frame, line),
    )
    return plot(frame, drawn, **options)


def opposed_columns(
    above: Values,
    below: Values,
    days: Sequence[date],
    *,
    fills: tuple[str, str],
    height: int = 208,
    **options: Unpack[PlotOptions],
) -> SafeString:
    """Return two columns for each value, from zero up and from zero down, such as what was added and deleted.

    Neither is negative. `fills` are their colours. Where one of the two is not known there is a dotted stub. The rest
    is as in `columns`."""
    check_same_length(days, above, below)
    lowest = [None if value is None else -value for value in below]
    frame = Frame(days, height, domain_from_zero([*above, *lowest]))
    drawn = joined(
        _opposed(frame, at, up, down, fills)
        for at, (up, down) in enumerate(zip(above, lowest, strict=True))
    )
    return plot(frame, format_html("{}{}", drawn, _baseline(frame)), **options)


def floating_bars(
    bars: Sequence[Floating | None],
    days: Sequence[date],
    *,
    fill: str = "rem",
    around: str = "light",
    height: int = 174,
    domain: Domain | None = None,
    **options: Unpack[SliceOptions],
) -> SafeString:
    """Return bars from one time of day to another, the earlier at the top, such as from bed to waking.

    Extremes are a paler bar behind, in the colour `around`. A bar that is not known is a dotted stub at the foot.
    `domain` is in minutes, as the bars are. The rest is as in `columns`."""
    check_same_length(days, bars)
    found = [bar for bar in bars if bar]
    frame = Frame(days, height, domain or clock_domain(found), downwards=True)
    return plot(frame, _floating(frame, bars, fill, around), tick_words=clock_words, **options)


def clock_domain(bars: Sequence[Floating]) -> Domain | None:
    """Return from when to when bars reach, rounded outwards to whole steps of a clock. None without bars."""
    if not bars:
        return None
    low = min(bar.least for bar in bars)
    high = max(bar.most for bar in bars)
    wanted = (high - low) / (MOST_CLOCK_TICKS - 1)
    step = next((step for step in CLOCK_STEPS if step >= wanted), CLOCK_STEPS[-1])
    first = math.floor(low / step) * step
    return Domain(first, max(math.ceil(high / step) * step, first + step), step)


def _total(parts: Sequence[Part], at: int) -> float | None:
    values = [part.values[at] for part in parts]
    numbers = known(values)
    return math.fsum(numbers) if numbers and len(numbers) == len(values) else None


# --- The drawing ----------------------------------------------------------------------------------


def _single(
    frame: Frame, values: Values, fill: str, strong: int | None, open_at: Collection[int]
) -> SafeString:
    return joined(
        _stub(frame, at)
        if value is None
        else _bar(
            frame, at, 0, value, f"f-{fill} f-open" if at in open_at else _fill(fill, at, strong)
        )
        for at, value in enumerate(values)
    )


def _opposed(
    frame: Frame, at: int, up: float | None, down: float | None, fills: tuple[str, str]
) -> SafeString:
    if up is None or down is None:
        return _stub(frame, at)
    pairs = zip((up, down), fills, strict=True)
    return joined(_bar(frame, at, 0, value, f"f-{fill}") for value, fill in pairs if value)


def _baseline(frame: Frame) -> SafeString:
    line = '<line class="baseline" x1="0" x2="100%" y1="{0}" y2="{0}"/>'
    return format_html(line, short(frame.down(0)))


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


def _expected(frame: Frame, totals: Values, expected: Values) -> SafeString:
    """Return what is dotted over a column, up to what it is expected to become."""
    return joined(
        _bar(frame, at, totals[at] or 0.0, value, "f-none", gap=2 * GAP)
        for at, value in enumerate(expected)
        if value is not None and value > (totals[at] or 0.0)
    )


def _rings(frame: Frame, totals: Values, ringed: Collection[int]) -> SafeString:
    return joined(
        _bar(frame, at, 0.0, totals[at] or 0.0, "ringed asks", round_by=3) for at in sorted(ringed)
    )


def _floating(frame: Frame, bars: Sequence[Floating | None], fill: str, around: str) -> SafeString:
    return joined(
        _stub(frame, at)
        if bar is None
        else _extremes(frame, at, bar, around)
        + _bar(frame, at, bar.start, bar.end, f"f-{fill}", round_by=3)
        for at, bar in enumerate(bars)
    )


def _extremes(frame: Frame, at: int, bar: Floating, around: str) -> SafeString:
    if bar.earliest is None and bar.latest is None:
        return NOTHING
    return _bar(frame, at, bar.least, bar.most, f"f-{around} f-whisk", round_by=3)


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
    body = _body(frame)
    x, width = percent(frame.across(at) - body / 2), percent(body)
    return shape(
        f'<rect class="{kind}" x="{x}" width="{width}" y="{short(top)}" height="{short(height)}"'
        f' rx="{short(round_by)}"/>'
    )


def _body(frame: Frame) -> float:
    """Return the width of a column, as a share of the whole."""
    return (WIDE_BODY if frame.count <= WIDE_SLICES else BODY) / frame.count


def _lines(frame: Frame, values: Values) -> SafeString:
    """Return a short line at each value that is known."""
    return joined(_line(frame, at, value) for at, value in enumerate(values) if value is not None)


def _line(frame: Frame, at: int, value: float) -> SafeString:
    half = (_body(frame) + OVER / frame.count) / 2
    left, right = percent(frame.across(at) - half), percent(frame.across(at) + half)
    y = short(frame.down(value))
    return shape(f'<line class="need" x1="{left}" x2="{right}" y1="{y}" y2="{y}"/>')


def _fill(fill: str, at: int, strong: int | None) -> str:
    return f"f-{fill}" if strong is None or at == strong else f"f-{fill} f-mild"
