"""Lines, areas and dots over slices of equal width, as paths of a drawing that is stretched to its plot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from lifetracker.web.charts.frame import Frame
from lifetracker.web.charts.scales import Values

# The inner drawing is stretched to the plot: a slice is two units wide, so that its middle is a whole number, and the plot
# is so many high, more than its pixels. Whole steps from point to point take a third of the bytes.
SLICE, HEIGHT = 2, 500
# More slices than these are too narrow to be pointed at on a phone.
MOST_PLACES = 92
# Beyond MOST_PLACES days each fourth point of a band is enough: a mean of 28 days hardly bends in between.
BAND_STEP = 4


class Stretch(NamedTuple):
    """What a value lies between, both ends in its unit."""

    low: float
    high: float


Stretches = Sequence[Stretch | None]

#: A place in the inner drawing.
Point = tuple[int, int]


def point_of(frame: Frame, at: float, value: float) -> Point:
    return round((at + 0.5) * SLICE), round(frame.share_down(value) * HEIGHT)


def runs(series: Sequence[object]) -> Iterator[list[int]]:
    """Yield the indices of what is known in a row."""
    for is_known, group in groupby(range(len(series)), key=lambda at: series[at] is not None):
        if is_known:
            yield list(group)


def through(points: Sequence[Point]) -> str:
    """Return a path through points: the first by its place, each other by its distance from the one before."""
    steps = [f"{x - before_x} {y - before_y}" for (before_x, before_y), (x, y) in pairwise(points)]
    begin = f"M{points[0][0]} {points[0][1]}"
    return f"{begin}l{' '.join(steps)}".replace(" -", "-") if steps else f"{begin}h0"


def path_of(frame: Frame, values: Values) -> str:
    """Return a line that breaks where a value is not known. One alone is a point: a piece of no length."""
    return "".join(
        through([point_of(frame, at, value) for at in run if (value := values[at]) is not None])
        for run in runs(values)
    )


def area_of(frame: Frame, stretches: Stretches, *, is_smooth: bool = True) -> str:
    """Return the area between lower and upper bounds, in pieces where one is not known. Of many slices each fourth is
    enough if the bounds are smooth."""
    step = BAND_STEP if is_smooth and frame.count > MOST_PLACES else 1
    return "".join(
        piece_of(frame, [(at, one) for at in few if (one := stretches[at]) is not None])
        for run in runs(stretches)
        if (few := thinned(run, step))
    )


def thinned(run: Sequence[int], step: int) -> list[int]:
    """Return each so many-th of the indices, and the last."""
    return [*run[:-1:step], run[-1]]


def piece_of(frame: Frame, run: Sequence[tuple[int, Stretch]]) -> str:
    """Return one piece, which reaches to the edges of its first and last slices."""
    ends = [(run[0][0] - 0.5, run[0][1]), *run, (run[-1][0] + 0.5, run[-1][1])]
    upper = [point_of(frame, at, one.high) for at, one in ends]
    lower = [point_of(frame, at, one.low) for at, one in reversed(ends)]
    return f"{through(upper + lower)}Z"


def dots_of(frame: Frame, values: Values, *, within: bool) -> str:
    """Return the dots within the domain, or those beyond it, which lie at the edge."""
    domain = frame.domain
    points = [
        point_of(frame, at, value)
        for at, value in enumerate(values)
        if value is not None and domain is not None and domain.holds(value) == within
    ]
    if not points:
        return ""
    steps = [
        f"m{x - before_x} {y - before_y}h0" for (before_x, before_y), (x, y) in pairwise(points)
    ]
    return f"M{points[0][0]} {points[0][1]}h0{''.join(steps)}".replace(" -", "-")


def inner_drawing(frame: Frame, paths: Iterable[tuple[str, str]]) -> SafeString:
    """Return paths, each with its class, in the drawing that is stretched; those that are empty are left out."""
    return format_html(
        '<svg width="100%" height="{}" y="{}" viewBox="0 0 {} {}" preserveAspectRatio="none">{}</svg>',
        frame.plot_height,
        frame.above,
        frame.count * SLICE,
        HEIGHT,
        format_html_join("", '<path class="{}" d="{}"/>', (path for path in paths if path[1])),
    )
