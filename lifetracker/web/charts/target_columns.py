"""Columns of a few days against what was aimed at, each with its number below it: never on the line of the target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Literal, NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString

from lifetracker.web.charts.columns import STUB, ZERO
from lifetracker.web.charts.frame import BELOW, Frame, Place, Source, plot
from lifetracker.web.charts.markup import escaped, joined, percent, shape, short
from lifetracker.web.charts.scales import (
    Domain,
    Values,
    check_same_length,
    drawable,
    known,
    step_for,
)

# Of the width of a day, what a column takes, and how round it is, in pixels.
BODY, ROUND = 0.78, 4
# Under the words, in pixels, a line of numbers.
NUMBERS = 18
# How much higher than the highest column the plot is, and about how many ticks it has.
HEADROOM, TICKS = 1.12, 3
# A tick that lies nearer to a target than this part of the plot gives way to it, and so does a second target.
TOO_NEAR = 0.12

#: Whole; still going on; only a part of what there was.
State = Literal["whole", "open", "part"]
CLASSES: dict[State, str] = {"whole": "f-{}", "open": "f-{} f-open", "part": "f-none"}


class TargetColumn(NamedTuple):
    """`value`: None where nothing is known. `words`: the number below it, such as `1,893` or `780+`."""

    value: float | None
    words: str
    state: State = "whole"


@dataclass(frozen=True)
class TargetDomain(Domain):
    """A domain in which the targets are written at its side."""

    targets: tuple[float, ...] = ()

    def ticks(self) -> list[float]:
        """Return the multiples of the step that leave room for the targets, and these."""
        shown: list[float] = []
        for target in self.targets:
            if not any(self.is_near(target, other) for other in shown):
                shown.append(target)
        free = [
            tick for tick in super().ticks() if not any(self.is_near(tick, one) for one in shown)
        ]
        return sorted([*free, *shown])

    def is_near(self, one: float, other: float) -> bool:
        return abs(one - other) < TOO_NEAR * (self.high - self.low)


def target_columns(
    bars: Sequence[TargetColumn],
    days: Sequence[date],
    *,
    targets: Values,
    fill: str,
    sentence: str,
    places: Sequence[Place | None] = (),
    height: int = 190,
    source: Source | None = None,
) -> SafeString:
    """Return a column for each day, none of them negative. One that is only a part is dotted, and so is the stub of a day
    of which nothing is known. `targets`: that of each day, None where there is none; a line leads over neighbouring days
    with the same. `fill` is a colour of `charts.css`, `height` in pixels."""
    check_same_length(days, bars, targets, places)
    values = drawable([bar.value for bar in bars])
    frame = Frame(days, height, domain_with(values, targets), below=BELOW + NUMBERS)
    drawing = format_html(
        "{}{}{}",
        joined(
            _column(frame, at, value, CLASSES[bar.state].format(fill))
            for at, (bar, value) in enumerate(zip(bars, values, strict=True))
        ),
        _targets(frame, targets),
        _numbers(frame, bars),
    )
    return plot(frame, drawing, sentence=sentence, places=places, source=source)


def domain_with(values: Values, targets: Values) -> TargetDomain | None:
    """Return a domain from zero that holds all values and targets; None where there are none."""
    aims = tuple(dict.fromkeys(known(targets)))
    held = [*known(values), *aims]
    if not held:
        return None
    high = max(held) * HEADROOM or 1.0
    return TargetDomain(0.0, high, step_for(high, TICKS), aims)


def _column(frame: Frame, at: int, value: float | None, kind: str) -> SafeString:
    """Return a column from zero up, a thin line where nothing was; a dotted stub where that is not known."""
    foot = frame.above + frame.plot_height
    height = STUB if value is None else max(foot - frame.down(value), ZERO)
    x, width = percent(frame.across(at) - BODY / 2 / frame.count), percent(BODY / frame.count)
    return shape(
        f'<rect class="{"f-none" if value is None else kind}" x="{x}" width="{width}"'
        f' y="{short(foot - height)}" height="{short(height)}" rx="{short(min(ROUND, height / 2))}"/>'
    )


def _targets(frame: Frame, targets: Values) -> SafeString:
    """Return a line over each stretch of days with the same target."""
    runs = [[at for at, _ in group] for _, group in groupby(enumerate(targets), lambda one: one[1])]
    return joined(
        _target(frame, run[0], run[-1], target)
        for run in runs
        if (target := targets[run[0]]) is not None
    )


def _target(frame: Frame, first: int, last: int, target: float) -> SafeString:
    left, right = percent(first / frame.count), percent((last + 1) / frame.count)
    y = short(frame.down(target))
    return shape(f'<line class="need" x1="{left}" x2="{right}" y1="{y}" y2="{y}"/>')


def _numbers(frame: Frame, bars: Sequence[TargetColumn]) -> SafeString:
    y = frame.height - 4
    return joined(
        shape(
            f'<text class="mid-label strong below" x="{percent(frame.across(at))}" y="{y}">{escaped(bar.words)}</text>'
        )
        for at, bar in enumerate(bars)
    )
