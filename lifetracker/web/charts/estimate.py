"""An estimate over days: a line with its band, broken where too little is known, over the dots that it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.html import format_html
from django.utils.safestring import SafeString

from lifetracker.web.charts.frame import Frame, Place, Source, plot
from lifetracker.web.charts.line import FEW
from lifetracker.web.charts.markup import joined, percent, shape, short
from lifetracker.web.charts.paths import (
    MOST_PLACES,
    Stretches,
    area_of,
    dots_of,
    inner_drawing,
    path_of,
    runs,
)
from lifetracker.web.charts.scales import (
    Domain,
    Values,
    check_same_length,
    drawable,
    known,
    month_labels,
    percentile,
    rounded_outwards,
)

# Of the dots, those beyond these percentiles do not stretch the scale: one feast would flatten all the rest.
LEAST_PERCENT, MOST_PERCENT = 5, 95
# About so many ticks, as the chart is low.
TICKS = 3
# A stretch without an estimate is shaded from so many days on, and named where it takes this share of the width.
SHADED_FROM, NAMED_FROM = 3, 0.12


def estimate_chart(
    line: Values,
    band: Stretches,
    dots: Values,
    days: Sequence[date],
    *,
    sentence: str,
    gap_words: str = "too few",
    places: Sequence[Place | None] = (),
    height: int = 172,
    least_span: float = 0.0,
    empty: str = "Nothing is known of these days.",
    source: Source | None = None,
) -> SafeString:
    """Return the chart. `line`, `band` and `dots` have a value for each day, None where there is none. Days without an
    estimate have a ground of their own, with `gap_words` in it. `height` is in pixels, `least_span` in the unit of the
    values."""
    check_same_length(days, line, band, dots, places)
    line, dots = drawable(line), drawable(dots)
    frame = Frame(days, height, domain_of_estimate(line, band, dots, least_span))
    return plot(
        frame,
        _drawing(frame, line, band, dots, gap_words),
        sentence=sentence,
        labels=month_labels(days),
        places=places if len(days) <= MOST_PLACES else (),
        empty=empty,
        source=source,
    )


def domain_of_estimate(
    line: Values, band: Stretches, dots: Values, least_span: float
) -> Domain | None:
    """Return a domain that holds the line, its band and most of the dots; None where nothing is known."""
    bounds = [bound for one in band if one for bound in one]
    numbers = known(dots)
    ends = [percentile(numbers, one) for one in (LEAST_PERCENT, MOST_PERCENT)] if numbers else []
    held = [*known(line), *bounds, *ends]
    return rounded_outwards(min(held), max(held), least_span, TICKS) if held else None


def _drawing(
    frame: Frame, line: Values, band: Stretches, dots: Values, gap_words: str
) -> SafeString:
    few = " few" if frame.count <= FEW else ""
    paths = [
        ("usual-band", area_of(frame, band)),
        (f"dots{few}", dots_of(frame, dots, within=True)),
        (f"dots beyond{few}", dots_of(frame, dots, within=False)),
        ("trend", path_of(frame, line)),
    ]
    gaps = list(runs([True if one is None else None for one in line]))
    grounds = joined(_ground(frame, run) for run in gaps if len(run) >= SHADED_FROM)
    return format_html(
        "{}{}{}", grounds, inner_drawing(frame, paths), _names(frame, gaps, gap_words)
    )


def _ground(frame: Frame, run: Sequence[int]) -> SafeString:
    left, width = percent(run[0] / frame.count), percent(len(run) / frame.count)
    y, height = short(frame.above), short(frame.plot_height)
    return shape(
        f'<rect class="f-sunken" x="{left}" width="{width}" y="{y}" height="{height}" rx="6"/>'
    )


def _names(frame: Frame, gaps: Sequence[Sequence[int]], words: str) -> SafeString:
    """Return what gaps are called, at the foot of those that are wide enough."""
    wide = [run for run in gaps if len(run) >= NAMED_FROM * frame.count]
    y = frame.above + frame.plot_height - 8
    return joined(
        shape(f'<text class="mid-label" x="{percent(middle_of(run, frame.count))}" y="{y}">')
        + format_html("{}</text>", words)
        for run in wide
    )


def middle_of(run: Sequence[int], count: int) -> float:
    return (run[0] + run[-1] + 1) / 2 / count
