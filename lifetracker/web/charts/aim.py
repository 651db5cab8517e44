"""A line towards a target, beside what its owner came to: free days shaded, the line as it was before a change, and
where most of the draws end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.html import format_html
from django.utils.safestring import SafeString

from lifetracker.web.charts.frame import Frame, Place, Source, Words, plot
from lifetracker.web.charts.free import Stretch, free_ground
from lifetracker.web.charts.line import FEW
from lifetracker.web.charts.markup import NOTHING, percent, short
from lifetracker.web.charts.paths import (
    dots_of,
    inner_drawing,
    path_of,
    point_of,
    through,
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

# The room over a plot for the word "today", and its width, in pixels.
ABOVE, TODAY_WIDTH = 26, 52


@dataclass(frozen=True, kw_only=True)
class Aim:
    """Series of the same length, a value for each slice; None where there is none. `before`: the line without its last
    change. `free`: the first and the last slice of stretches that are free. `today`: the slice of today where days follow
    it. `ends`: between which two values eight of ten draws lie at the last slice."""

    own: Values
    line: Values
    before: Values = ()
    free: Sequence[Stretch] = ()
    today: int | None = None
    ends: tuple[float, float] | None = None
    #: What there is on the slice of today, where the draws begin.
    now: float | None = None


def aim_chart(
    aim: Aim,
    days: Sequence[date],
    *,
    sentence: str,
    from_zero: bool = False,
    places: Sequence[Place | None] = (),
    height: int = 236,
    tick_words: Words = number_words,
    source: Source | None = None,
    empty: str = "Nothing is known of these days.",
) -> SafeString:
    """Return the chart. `days`: the first day of each slice. `from_zero`: whether the axis begins at zero."""
    check_same_length(days, aim.own, aim.line, aim.before, places)
    frame = Frame(days, height, domain_for(aim, from_zero=from_zero), above=ABOVE)
    return plot(
        frame,
        format_html("{}{}{}", free_ground(frame, aim.free), _lines(frame, aim), _today(frame, aim)),
        sentence=sentence,
        tick_words=tick_words,
        labels=day_labels(days),
        places=places,
        source=source,
        empty=empty,
    )


def domain_for(aim: Aim, *, from_zero: bool) -> Domain | None:
    lines = known([*aim.line, *aim.before])
    bounds = [*lines, *(aim.ends or ()), *([0.0] if from_zero else [])]
    return domain_of([*known(aim.own), *lines], bounds=bounds)


# --- The drawing ----------------------------------------------------------------------------------


def _cone(frame: Frame, aim: Aim) -> str:
    if aim.ends is None or aim.today is None or aim.now is None:
        return ""
    last = frame.count - 1
    corners = [(aim.today, aim.now), (last, aim.ends[0]), (last, aim.ends[1])]
    return f"{through([point_of(frame, at, value) for at, value in corners])}Z"


def _end(frame: Frame, line: Values) -> str:
    """Return the point at which the line ends."""
    known_at = [at for at, value in enumerate(line) if value is not None]
    if not known_at:
        return ""
    return dots_of(frame, [*[None] * known_at[-1], line[known_at[-1]]], within=True)


def _lines(frame: Frame, aim: Aim) -> SafeString:
    if frame.domain is None:
        return NOTHING
    is_few = frame.count <= FEW
    paths = [
        ("odds", _cone(frame, aim)),
        ("asked-before", path_of(frame, aim.before)),
        ("asked", path_of(frame, aim.line)),
        ("trend", path_of(frame, aim.own)),
        ("dots few", dots_of(frame, aim.own, within=True) if is_few else ""),
        ("asked-end", _end(frame, aim.line)),
    ]
    return inner_drawing(frame, paths)


def _today(frame: Frame, aim: Aim) -> SafeString:
    """Return the line of today with its word, which stays within the chart at both ends."""
    if aim.today is None:
        return NOTHING
    share = frame.across(aim.today)
    shift = short(-TODAY_WIDTH * share)
    return format_html(
        '<line class="now-line" x1="{0}" x2="{0}" y1="18" y2="{1}"/>'
        '<rect class="f-ink" x="{0}" width="{2}" y="0" height="20" rx="10" transform="translate({3} 0)"/>'
        '<text class="mid-label now-label" x="{0}" y="14" transform="translate({4} 0)">today</text>',
        percent(share),
        frame.above + frame.plot_height,
        TODAY_WIDTH,
        shift,
        short(TODAY_WIDTH / 2 - TODAY_WIDTH * share),
    )
