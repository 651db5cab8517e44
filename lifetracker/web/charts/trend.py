"""A value that is measured now and then: its dots, the trend through them, where it may go, and where it is to go.

Other than in `line.py`, the line is given and not a mean of seven days, and slices may lie ahead. What is not known has no
dot. The line leads over short gaps, as a trend does, and breaks at long ones (`bridged`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from itertools import pairwise

from django.utils.html import format_html
from django.utils.safestring import SafeString

from lifetracker.web.charts.frame import Frame, Place, Source, Words, plot
from lifetracker.web.charts.line import FEW, LOW
from lifetracker.web.charts.markup import NOTHING, percent, short
from lifetracker.web.charts.paths import (
    MOST_PLACES,
    Stretches,
    area_of,
    dots_of,
    inner_drawing,
    path_of,
)
from lifetracker.web.charts.scales import (
    Domain,
    Values,
    check_same_length,
    day_labels,
    domain_of,
    known,
    number_words,
)

#: What is aimed at may be so many times as far away as all else is high; farther, it is left out of the scale.
FARTHEST_AIM = 2.0


@dataclass(frozen=True, kw_only=True)
class Series:
    """What is drawn, each with a value for every slice, or left out. `dots`: what was measured. `line`: the trend, or the
    mean of a week or month. `spread`: from the least to the most of it. `ahead` and `ahead_band`: the forecast. `aim`:
    where a goal leads."""

    line: Values
    dots: Values = ()
    spread: Stretches = ()
    ahead: Values = ()
    ahead_band: Stretches = ()
    aim: Values = ()

    def each(self) -> Iterable[Sequence[object]]:
        return (getattr(self, one.name) for one in fields(self))

    @property
    def is_known(self) -> bool:
        return bool(known(self.line) or known(self.dots))


def trend_chart(
    series: Series,
    days: Sequence[date],
    *,
    sentence: str,
    places: Sequence[Place | None] = (),
    height: int = 240,
    least_span: float = 0.0,
    tick_words: Words = number_words,
    empty: str = "Nothing is known of these days.",
    source: Source | None = None,
) -> SafeString:
    """Return the chart. `days`: of each slice the first day. `height` is in pixels, `least_span` in the unit of the values.
    A line across marks where the forecast begins."""
    check_same_length(days, *series.each(), places)
    frame = Frame(days, height, domain_with_aim(series, least_span, 3 if height < LOW else 4))
    return plot(
        frame,
        _drawing(frame, series) if series.is_known else NOTHING,
        sentence=sentence,
        tick_words=tick_words,
        labels=day_labels(days),
        places=places if len(days) <= MOST_PLACES else (),
        empty=empty,
        source=source,
    )


def domain_with_aim(series: Series, least_span: float, intervals: int) -> Domain | None:
    """Return a domain that holds all that is drawn, and the aim unless that is far away."""
    bands = [one for one in (*series.spread, *series.ahead_band) if one]
    bounds = [bound for one in bands for bound in one]
    values = [*series.dots, *series.line]
    domain = domain_of(values, bounds=bounds, least_span=least_span, intervals=intervals)
    aims = [one for one in series.aim if one is not None]
    if domain is None or not aims:
        return domain
    high = domain.high - domain.low
    if (
        domain.low - min(aims) > high * FARTHEST_AIM
        or max(aims) - domain.high > high * FARTHEST_AIM
    ):
        return domain
    return domain_of(values, bounds=[*bounds, *aims], least_span=least_span, intervals=intervals)


def holds_aim(series: Series, least_span: float) -> bool:
    """Return whether any of the aim lies within the scale."""
    domain = domain_with_aim(series, least_span, 4)
    return domain is not None and any(one is not None and domain.holds(one) for one in series.aim)


def _drawing(frame: Frame, series: Series) -> SafeString:
    few = " few" if frame.count <= FEW else ""
    within: Values = [
        one if one is not None and frame.domain and frame.domain.holds(one) else None
        for one in series.aim
    ]
    drawing = inner_drawing(
        frame,
        [
            ("spread", area_of(frame, series.spread, is_smooth=False)),
            ("ahead-band", area_of(frame, series.ahead_band)),
            ("aimed", path_of(frame, within) if known(within) else ""),
            (f"dots{few}", dots_of(frame, series.dots, within=True)),
            (f"dots beyond{few}", dots_of(frame, series.dots, within=False)),
            ("trend", path_of(frame, series.line)),
            ("ahead", path_of(frame, series.ahead)),
        ],
    )
    return drawing + _today(frame, series.ahead)


def _today(frame: Frame, ahead: Values) -> SafeString:
    """Return a line where the forecast begins."""
    at = next((at for at, one in enumerate(ahead) if one is not None), None)
    if at is None:
        return NOTHING
    return format_html(
        '<line class="begins" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>',
        percent(frame.across(at)),
        short(frame.above),
        short(frame.above + frame.plot_height),
    )


def bridged(values: Values, longest: int) -> list[float | None]:
    """Return the values with straight lines over what is not known between two that are at most so many slices apart."""
    found = list(values)
    places = [at for at, value in enumerate(values) if value is not None]
    for before, after in pairwise(places):
        low, high = values[before], values[after]
        if low is None or high is None or not 1 < after - before <= longest:
            continue
        for at in range(before + 1, after):
            found[at] = low + (high - low) * (at - before) / (after - before)
    return found
