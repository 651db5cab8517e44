"""The dots of a result: one for each pair, and the estimate with its interval below them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString

from lifetracker.web.charts.markup import joined, percent, picture_attributes, shape
from lifetracker.web.charts.scales import Domain, domain_of

# In pixels: a row, the room for the interval below the dots, and that of the words of the axis.
ROW, BAR, AXIS = 16, 26, 20
RADIUS = 4
# Of the width, what is left free at both sides, so that no dot and no word is cut.
EDGE = 0.06


def dot_plot(
    pairs: Sequence[float | None],
    estimate: float,
    limits: tuple[float, float] | None,
    *,
    words: Callable[[float], str],
    sentence: str,
) -> SafeString:
    """Return a row with a dot for each pair, from the first at the top; a pair that is not known has an empty row with a
    dotted line. Below them lies the interval, with a mark at the estimate. `words` say a value at the axis."""
    known = [one for one in pairs if one is not None]
    domain = domain_of(known, bounds=(0.0, estimate, *(limits or ()))) or Domain(-1.0, 1.0, 1.0)
    height = len(pairs) * ROW + BAR
    return format_html(
        '<svg class="chart dot-plot" height="{}" {}>{}{}{}{}</svg>',
        height + AXIS,
        picture_attributes(sentence),
        axis(domain, height, words),
        joined(dot(at, value, domain) for at, value in enumerate(pairs)),
        interval_bar(domain, estimate, limits, len(pairs) * ROW + BAR // 2),
        zero_line(domain, height),
    )


def across(domain: Domain, value: float) -> str:
    return percent(EDGE + (1 - 2 * EDGE) * domain.share(value))


def dot(at: int, value: float | None, domain: Domain) -> SafeString:
    y = at * ROW + ROW // 2
    if value is None:
        ends = percent(EDGE), percent(1 - EDGE)
        return shape(
            f'<line class="unknown-pair" x1="{ends[0]}" x2="{ends[1]}" y1="{y}" y2="{y}"/>'
        )
    return shape(f'<circle class="f-ink" cx="{across(domain, value)}" cy="{y}" r="{RADIUS}"/>')


def interval_bar(
    domain: Domain, estimate: float, limits: tuple[float, float] | None, y: int
) -> SafeString:
    middle = shape(
        f'<circle class="f-accent" cx="{across(domain, estimate)}" cy="{y}" r="{RADIUS + 2}"/>'
    )
    if limits is None:
        return middle
    low, high = (across(domain, one) for one in limits)
    bar = shape(f'<line class="effect-interval" x1="{low}" x2="{high}" y1="{y}" y2="{y}"/>')
    return joined([bar, middle])


def zero_line(domain: Domain, height: int) -> SafeString:
    x = across(domain, 0.0)
    return shape(f'<line class="no-effect" x1="{x}" x2="{x}" y1="0" y2="{height}"/>')


def axis(domain: Domain, height: int, words: Callable[[float], str]) -> SafeString:
    return joined(
        format_html(
            '<text class="tick" x="{}" y="{}" text-anchor="middle">{}</text>',
            across(domain, value),
            height + AXIS - 5,
            words(value),
        )
        for value in domain.ticks()
    )
