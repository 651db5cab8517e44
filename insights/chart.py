"""The dots of a finding: each is a day, by its action and its outcome."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString

from insights.models import Finding
from insights.sentences import lower_first
from lifetracker.web.charts.markup import joined, picture_attributes, shape, short
from lifetracker.web.units import in_chosen_unit
from lifetracker.words import counted

# In units of the drawing: the plot, and the room around it.
WIDTH, HEIGHT = 320.0, 110.0
LEFT, RIGHT, TOP, BOTTOM = 8.0, 8.0, 8.0, 8.0
RADIUS = "2.4"
#: Where the days with no and those with yes stand, and how wide they are spread, as shares of the width.
NO_AT, YES_AT, SPREAD = 0.25, 0.75, 0.16
#: Steps that never repeat, so that the dots of one side hardly cover each other.
GOLDEN = 0.6180339887


class Dot(NamedTuple):
    x: float
    y: float


def dots_of(finding: Finding) -> list[Dot]:
    """Return the days as shares of the plot, from the left and from the bottom."""
    points = finding.points
    ys = shares([y for _, _, y in points])
    if finding.is_yes_no:
        xs = [
            (YES_AT if x > 0.5 else NO_AT) + SPREAD * ((number * GOLDEN) % 1 - 0.5) * 2
            for number, (_, x, _) in enumerate(points)
        ]
    else:
        xs = shares([x for _, x, _ in points])
    return [Dot(x, y) for x, y in zip(xs, ys, strict=True)]


def shares(values: Sequence[float]) -> list[float]:
    least, most = min(values), max(values)
    span = most - least or 1.0
    return [(one - least) / span for one in values]


def dot_plot(finding: Finding) -> SafeString:
    """Return the chart of a finding; nothing where it has no days."""
    if len(finding.points) < 2:
        return SafeString("")
    dots = dots_of(finding)
    return format_html(
        '<svg class="chart dots" viewBox="0 0 320 110" {}>'
        '<line class="baseline" x1="{}" x2="{}" y1="{}" y2="{}"/>{}{}</svg>',
        picture_attributes(picture_words(finding)),
        short(LEFT),
        short(WIDTH - RIGHT),
        short(HEIGHT - BOTTOM / 2),
        short(HEIGHT - BOTTOM / 2),
        joined(shape(f'<circle {place(one)} r="{RADIUS}"/>') for one in dots),
        means(finding, dots),
    )


def place(one: Dot) -> str:
    return f'cx="{short(across(one.x))}" cy="{short(down(one.y))}"'


def across(share: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * share


def down(share: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share


def halves(finding: Finding) -> tuple[list[int], list[int]]:
    """Return the positions of the days with no, or with less than usual, and of the others."""
    values = [x for _, x, _ in finding.points]
    middle = 0.5 if finding.is_yes_no else fmean(values)
    less = [at for at, x in enumerate(values) if x <= middle]
    return less, [at for at in range(len(values)) if at not in set(less)]


def means(finding: Finding, dots: Sequence[Dot]) -> SafeString:
    """Return the mean of each half as a short line, between the dots that it is of."""
    lines = []
    for half in halves(finding):
        if half:
            y = short(down(fmean(dots[at].y for at in half)))
            xs = sorted(dots[at].x for at in half)
            ends = (xs[len(xs) // 10], xs[-1 - len(xs) // 10])
            first, last = (short(across(one)) for one in ends)
            lines.append(shape(f'<line class="half" x1="{first}" x2="{last}" y1="{y}" y2="{y}"/>'))
    return joined(lines)


def picture_words(finding: Finding) -> str:
    """Return in words what the chart shows."""
    less, more = halves(finding)
    ys = [y for _, _, y in finding.points]
    sides = ("no", "yes") if finding.is_yes_no else ("less than usual", "more than usual")
    said = [
        f"{counted(len(half), 'day')} with {side}: {lower_first(finding.outcome_name)} "
        f"{outcome_words(fmean(ys[at] for at in half), finding)} on average"
        for half, side in zip((less, more), sides, strict=True)
        if half
    ]
    return f"{finding.action_name}. {'; '.join(said)}."


def outcome_words(value: float, finding: Finding) -> str:
    shown, unit = in_chosen_unit(value, finding.unit)
    return f"{shown:,.{max(finding.decimals, 1)}f} {unit}".strip()
