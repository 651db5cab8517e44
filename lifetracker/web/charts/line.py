"""Lines: a dot for each day, the mean of seven days, and the usual band behind them.

A day that is not known has no dot and breaks the line; a day without a usual breaks the band. The line is the mean of the
day and the six before, of which at least three must be known; `before` are the values of the days before the first, so that
the line does not begin late. Beyond 366 days a point is the mean of a week, beyond five years of a month, with a band from the
least to the most. Five days or more in a row outside the usual band are named. `places` lead from the day that is pointed at
to its page; beyond 92 days they are too narrow and left out, and the table behind the chart leads there.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Literal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from lifetracker.web.charts.frame import ABOVE, Frame, Place, Source, Words, plot
from lifetracker.web.charts.markup import NOTHING, percent
from lifetracker.web.charts.paths import (
    MOST_PLACES,
    Stretch,
    Stretches,
    area_of,
    dots_of,
    inner_drawing,
    path_of,
)
from lifetracker.web.charts.scales import (
    Domain,
    Unit,
    Values,
    buckets,
    check_same_length,
    day_labels,
    domain_of,
    drawable,
    known,
    mean,
    number_words,
    slices,
    unit_of_lines,
)

MEAN_DAYS = 7
# A mean of fewer known days would only repeat one of them.
LEAST_KNOWN = 3
# So many known days in a row on one side of the usual band are named.
OUTSIDE_FOR = 5
# Up to so many, dots are large.
FEW = 45
# The room over a plot that has words there, in pixels.
ROOM_FOR_WORDS = 24
# The width of such words, as a share of a wide and of a narrow chart.
WORDS, WORDS_ON_PHONES = 0.18, 0.45
# Lower charts have fewer ticks. In pixels.
LOW = 150


@dataclass(frozen=True)
class Outside:
    """Days in a row beyond the usual band; the indices of the first and the last."""

    first: int
    last: int
    side: Literal["above", "below"]

    @property
    def count(self) -> int:
        return self.last - self.first + 1


def line_chart(
    points: Values,
    days: Sequence[date],
    *,
    sentence: str,
    usual: Stretches = (),
    before: Values = (),
    places: Sequence[Place | None] = (),
    height: int = 210,
    domain: Domain | None = None,
    least_span: float = 0.0,
    tick_words: Words = number_words,
    noun: str = "night",
    empty: str = "Nothing is known of these days.",
    source: Source | None = None,
) -> SafeString:
    """Return the line of a metric over days in a row, of which each has a point, or None if it is not known.

    `height` is in pixels; `least_span` is in the unit of the points, as `domain` is, which is else found by `domain_of`.
    The days outside the usual are counted in `noun`."""
    check_same_length(days, points, usual, places)
    points, before = drawable(points), drawable(before)
    unit = unit_of_lines(len(days))
    line = _by_day(points, usual, before) if unit == "day" else _by(unit, days, points, usual)
    shown = days if unit == "day" else [days[part][0] for part in slices(days, unit)]
    domain = domain or _domain(line, least_span, 3 if height < LOW else 4)
    frame = Frame(shown, height, domain, above=ROOM_FOR_WORDS if line.outside else ABOVE)
    return plot(
        frame,
        _drawing(frame, line, noun) if known(points) else NOTHING,
        sentence=sentence,
        tick_words=tick_words,
        labels=day_labels(shown),
        places=places if len(days) <= MOST_PLACES else (),
        empty=empty,
        source=source,
    )


@dataclass(frozen=True)
class _Line:
    """The series of a chart, all of the same length."""

    dots: Values
    mean: Values
    usual: Stretches
    spread: Stretches
    outside: Sequence[Outside]


def _by_day(points: Values, usual: Stretches, before: Values) -> _Line:
    return _Line(
        dots=points,
        mean=moving_mean(points, before),
        usual=usual,
        spread=(),
        outside=outside_usual(points, usual),
    )


def _by(unit: Unit, days: Sequence[date], points: Values, usual: Stretches) -> _Line:
    parts = slices(days, unit)
    found = buckets(days, points, parts)
    return _Line(
        dots=(),
        mean=[one.mean for one in found],
        usual=[_mean_stretch(usual[part]) for part in parts] if usual else (),
        spread=[
            None if one.least is None or one.most is None else Stretch(one.least, one.most)
            for one in found
        ],
        outside=(),
    )


def _mean_stretch(stretches: Stretches) -> Stretch | None:
    low = mean([one.low for one in stretches if one])
    high = mean([one.high for one in stretches if one])
    return None if low is None or high is None else Stretch(low, high)


def _domain(line: _Line, least_span: float, intervals: int) -> Domain | None:
    """Return a domain that also holds the usual, and from the least to the most of weeks and months."""
    bounds = [bound for one in line.usual if one for bound in (one.low, one.high)]
    extremes = [bound for one in line.spread if one for bound in (one.low, one.high)]
    points = [*(line.dots or line.mean), *extremes]
    return domain_of(points, bounds=bounds, least_span=least_span, intervals=intervals)


def moving_mean(points: Values, before: Values = ()) -> list[float | None]:
    """Return for each known day the mean of it and the six before it; None if fewer than three are known.

    A day that is not known has no mean: a line through it would say that something was measured."""
    series = [*before, *points]
    means = []
    for at in range(len(before), len(series)):
        window = known(series[max(at - MEAN_DAYS + 1, 0) : at + 1])
        enough = series[at] is not None and len(window) >= LEAST_KNOWN
        means.append(math.fsum(window) / len(window) if enough else None)
    return means


def outside_usual(points: Values, usual: Stretches) -> list[Outside]:
    """Return where five known days or more in a row lie above or below their usual. An unknown day ends a row."""
    if not usual:
        return []
    sides = [_side(point, stretch) for point, stretch in zip(points, usual, strict=True)]
    rows = []
    for side, group in groupby(enumerate(sides), key=lambda pair: pair[1]):
        at = [index for index, _ in group]
        if side and len(at) >= OUTSIDE_FOR:
            rows.append(Outside(at[0], at[-1], side))
    return rows


def _side(point: float | None, stretch: Stretch | None) -> Literal["above", "below"] | None:
    if point is None or stretch is None or stretch.low <= point <= stretch.high:
        return None
    return "above" if point > stretch.high else "below"


# --- The drawing ----------------------------------------------------------------------------------


def _drawing(frame: Frame, line: _Line, noun: str) -> SafeString:
    few = " few" if frame.count <= FEW else ""
    paths = [
        ("usual-band", area_of(frame, line.usual)),
        ("spread", area_of(frame, line.spread)),
        (f"dots{few}", dots_of(frame, line.dots, within=True)),
        (f"dots beyond{few}", dots_of(frame, line.dots, within=False)),
        ("trend", path_of(frame, line.mean)),
    ]
    return inner_drawing(frame, paths) + _brackets(frame, line.outside, noun)


def _brackets(frame: Frame, rows: Sequence[Outside], noun: str) -> SafeString:
    """Return a line over each row outside, with its words where they lie on nothing else."""
    marks = [(row.first / frame.count, (row.last + 1) / frame.count) for row in rows]
    texts = _words_of(marks, [row.count for row in rows])
    return format_html_join(
        "",
        '<line class="event" x1="{}" x2="{}" y1="9" y2="9"><title>{}</title></line>{}',
        (
            (percent(start), percent(end), _outside_words(row, noun), _text(text, row, noun))
            for row, (start, end), text in zip(rows, marks, texts, strict=True)
        ),
    )


def _outside_words(row: Outside, noun: str) -> str:
    return f"{row.count} {noun}s {row.side} usual"


@dataclass(frozen=True)
class _Text:
    """Where the words of a row stand, as a share of the width, and whether they end there. A phone shows one."""

    place: float
    at_end: bool
    wide: bool


def _words_of(marks: Sequence[tuple[float, float]], counts: Sequence[int]) -> list[_Text | None]:
    """Return where the words of each mark stand, the longest row first; None if there is no room beside it."""
    texts: list[_Text | None] = [None] * len(marks)
    taken = list(marks)
    for at in sorted(range(len(marks)), key=lambda at: counts[at], reverse=True):
        others = [one for one in taken if one != marks[at]]
        for room, text in _rooms(marks[at], first=not any(texts)):
            if all(room[1] <= left or right <= room[0] for left, right in others):
                texts[at] = text
                taken.append(room)
                break
    return texts


def _rooms(
    mark: tuple[float, float], *, first: bool
) -> Iterator[tuple[tuple[float, float], _Text]]:
    """Yield where words have room in the chart: on the side with more of it, or on the other where it is wide."""
    before, after = mark[0] - 0.01, mark[1] + 0.01
    for at_end in (True, False) if before > 1 - after else (False, True):
        wide = not first or (before if at_end else 1 - after) < WORDS_ON_PHONES
        room = (before - WORDS, before) if at_end else (after, after + WORDS)
        if room[0] >= 0 and room[1] <= 1:
            yield room, _Text(before if at_end else after, at_end, wide)


def _text(text: _Text | None, row: Outside, noun: str) -> SafeString:
    if text is None:
        return NOTHING
    names = [name for name, on in (("end", text.at_end), ("wide", text.wide)) if on]
    return format_html(
        '<text{} x="{}" y="13">{}</text>',
        format_html(' class="{}"', " ".join(names)) if names else NOTHING,
        percent(text.place),
        _outside_words(row, noun),
    )
