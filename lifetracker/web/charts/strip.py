"""The usual strip: a value against what is usual for the person, the same everywhere."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.html import format_html
from django.utils.safestring import SafeString

from lifetracker.metrics.statistics import words_of_deviation
from lifetracker.web.charts.markup import NOTHING, joined, linked, picture_attributes, short

# In units of the drawing, which is 96 x 14.
MIDDLE, HALF_WIDTH = 48.0, 46.0
# How many deviations the strip reaches to each side.
REACH = 3.2
# From so many deviations on, a value stands out.
STANDS_OUT = 1.5

Side = Literal["usual", "above", "below", "unknown"]


@dataclass(frozen=True)
class Measure:
    """A line of the list of strips. Values, mean and deviation have the same unit; None is not known."""

    name: str
    value: float | None
    #: Of the last 28 known days; None while fewer than 7 are known.
    mean: float | None
    deviation: float | None
    #: The value and the mean in words, without a unit: `7 h 04`, `65`.
    words: str
    mean_words: str = ""
    #: What stands behind them, in lighter type: `ms`.
    unit: str = ""
    #: The page of what the value was made of.
    href: str = ""
    #: Of a value that is not known before its day is over: what there is of it, in words. It is compared with nothing.
    so_far: str = ""


def side_of(value: float | None, mean: float | None, deviation: float | None) -> Side:
    """Return whether a value is usual, or 1.5 deviations or more above or below the mean."""
    if value is None or mean is None or deviation is None:
        return "unknown"
    if abs(value - mean) < STANDS_OUT * deviation or value == mean:
        return "usual"
    return "above" if value > mean else "below"


def usual_strip(
    value: float | None, mean: float | None, deviation: float | None, *, sentence: str = ""
) -> SafeString:
    """Return the strip as an SVG: the usual band (mean and one deviation to each side) and the value as a dot.

    Without a value there is no dot; without a mean or a deviation there is neither band nor dot, because then
    a place would say something that is not known. `sentence` names the picture; leave it out where the same
    stands in words beside it."""
    return format_html(
        '<svg class="strip{}" viewBox="0 0 96 14" {}><line class="axis" x1="2" x2="94" y1="7" y2="7"/>{}{}</svg>',
        " unknown" if value is None or mean is None else "",
        picture_attributes(sentence),
        NOTHING if mean is None or deviation is None else _band(),
        _dot(value, mean, deviation),
    )


def usual_list(measures: Sequence[Measure]) -> SafeString:
    """Return a list of names, strips and values. Which side a value is on is also said in words and by an arrow."""
    return format_html(
        '<ul class="usuals">{}</ul>',
        joined(_item(one) for one in measures),
    )


def _band() -> SafeString:
    half = HALF_WIDTH / REACH
    return format_html(
        '<rect class="band" x="{}" width="{}" y="3" height="8" rx="4"/>'
        '<line class="mean" x1="48" x2="48" y1="4" y2="10"/>',
        short(MIDDLE - half),
        short(2 * half),
    )


def _dot(value: float | None, mean: float | None, deviation: float | None) -> SafeString:
    side = side_of(value, mean, deviation)
    if value is None or mean is None or deviation is None:
        return NOTHING
    return format_html(
        '<circle class="pt{}" cx="{}" cy="7" r="5"/>',
        "" if side == "usual" else " off",
        short(MIDDLE + HALF_WIDTH * _share(value - mean, deviation)),
    )


def _share(difference: float, deviation: float) -> float:
    """Return how far from the middle a dot lies, from -1 to 1. If all days were equal, any other is at an end."""
    if deviation > 0:
        return min(max(difference / deviation / REACH, -1.0), 1.0)
    return float((difference > 0) - (difference < 0))


def _item(one: Measure) -> SafeString:
    side = side_of(one.value, one.mean, one.deviation)
    return format_html(
        '<li><span class="name">{}<span class="unseen">, {}</span></span>{}<span class="val{}">{}</span></li>',
        one.name,
        _comparison(one),
        usual_strip(one.value, one.mean, one.deviation),
        " off" if side in {"above", "below"} else "",
        _value(one, side),
    )


def _comparison(one: Measure) -> str:
    """Return in words what the strip shows, by the rule of every sentence on what is usual."""
    if one.value is None:
        return "still running" if one.so_far else "not known"
    if one.mean is None or one.deviation is None:
        return "too few days for a usual"
    usually = f", usually {one.mean_words} {one.unit}".rstrip() if one.mean_words else ""
    return f"{_words(one.value - one.mean, one.deviation)}{usually}"


def _words(difference: float, deviation: float) -> str:
    """Return the difference in words. If all days were equal, any other is as far away as can be."""
    if deviation > 0:
        return words_of_deviation(difference / deviation)
    return words_of_deviation(math.copysign(math.inf, difference) if difference else 0.0)


def _value(one: Measure, side: Side) -> SafeString:
    if one.value is None and not one.so_far:
        return format_html('<span class="missing">{}</span>', "not known")
    if one.value is None:
        return linked(format_html("{}<small> {}</small>", one.so_far, "so far"), one.href)
    arrow = {"above": "↑ ", "below": "↓ "}.get(side, "")
    unit = format_html("<small> {}</small>", one.unit) if one.unit else NOTHING
    return linked(format_html("{}{}{}", arrow, one.words, unit), one.href)
