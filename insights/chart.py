"""The dots of a finding: each is a day, by its action and its outcome."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from django.utils.html import format_html
from django.utils.safestring import SafeString

from insights.models import Finding
from insights.sentences import both_sides, lower_first
from lifetracker.metrics.registry import find_metric
from lifetracker.metrics.statistics import HOURS_A_DAY
from lifetracker.web.charts.markup import joined, picture_attributes, shape, short
from lifetracker.web.charts.scales import Domain, number_words, step_for
from lifetracker.web.sentences import clock_of
from lifetracker.web.units import chosen_unit, in_chosen_unit
from lifetracker.words import counted

# In units of the drawing: the plot, and the room around it for the numbers of the axes and what they are of.
WIDTH, HEIGHT = 320.0, 164.0
LEFT, RIGHT, TOP, BOTTOM = 34.0, 12.0, 22.0, 36.0
RADIUS = "2.2"
#: So many at most lie between the numbers of an axis.
INTERVALS = 5
#: Free at both ends, as a share of what the values reach over.
ROOM = 0.05
#: Where the days with no and those with yes stand, and how wide they are spread, as shares of the width.
NO_AT, YES_AT, SPREAD = 0.25, 0.75, 0.16
#: Steps that never repeat, so that the dots of one side hardly cover each other.
GOLDEN = 0.6180339887


@dataclass(frozen=True)
class Side:
    """The action or the outcome of a finding: its values in the unit that its owner reads, and how they are written."""

    name: str
    unit: str
    decimals: int
    is_clock: bool
    values: list[float]

    @property
    def domain(self) -> Domain:
        """Return from where to where its values lie, with some room: not to the next round number, so that dots fill it."""
        low, high = min(self.values), max(self.values)
        room = (high - low) * ROOM or 1.0
        return Domain(low - room, high + room, step_for(high - low + 2 * room, INTERVALS))

    @property
    def title(self) -> str:
        return f"{self.name}, {self.unit}" if self.unit and not self.is_clock else self.name

    def tick(self, value: float) -> str:
        return clock_of(value % HOURS_A_DAY) if self.is_clock else number_words(value)

    def words(self, value: float) -> str:
        if self.is_clock:
            return clock_of(value % HOURS_A_DAY)
        return f"{value:,.{self.decimals}f} {self.unit}".strip()


def action_of(finding: Finding) -> Side:
    """Return the action; of a metric that is gone nobody knows the unit."""
    metric = find_metric(finding.action)
    unit, is_clock = (metric.unit, metric.circular) if metric else ("", False)
    decimals = metric.decimals if metric else 1
    values = [in_chosen_unit(x, unit).value for _, x, _ in finding.points]
    return Side(finding.action_name, chosen_unit(unit), decimals, is_clock, values)


def outcome_of(finding: Finding) -> Side:
    metric = find_metric(finding.outcome)
    values = [in_chosen_unit(y, finding.unit).value for _, _, y in finding.points]
    decimals, is_clock = max(finding.decimals, 1), bool(metric and metric.circular)
    return Side(finding.outcome_name, chosen_unit(finding.unit), decimals, is_clock, values)


# --- The drawing ------------------------------------------------------------------------------------


def dot_plot(finding: Finding) -> SafeString:
    """Return the chart of a finding; nothing where it has no days."""
    if len(finding.points) < 2:
        return SafeString("")
    action, outcome = action_of(finding), outcome_of(finding)
    xs = beside_each_other(action.values) if finding.is_yes_no else shares(action)
    ys = shares(outcome)
    below = [(NO_AT, "no"), (YES_AT, "yes")] if finding.is_yes_no else marks(action)
    return drawing(
        f"{finding}. {halves_words(finding)}",
        axes(below, marks(outcome), (action.title, outcome.title)),
        *map(dot, xs, ys),
        *means(halves(finding), xs, ys),
    )


def drawing(words: str, *parts: SafeString) -> SafeString:
    """Return a chart of these parts. `words` say what it shows."""
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" {}>{}</svg>',
        *(short(WIDTH), short(HEIGHT), picture_attributes(words), joined(parts)),
    )


def dot(x: float, y: float) -> SafeString:
    """Return a day. `x` and `y` are shares of the plot, from the left and from below."""
    return shape(f'<circle cx="{across(x)}" cy="{down(y)}" r="{RADIUS}"/>')


def mean_line(first: float, last: float, y: float) -> SafeString:
    """Return a mean from one place to another, all as shares of the plot."""
    place = down(y)
    return shape(
        f'<line class="half" x1="{across(first)}" x2="{across(last)}" y1="{place}" y2="{place}"/>'
    )


def shares(side: Side) -> list[float]:
    domain = side.domain
    return [domain.share(one) for one in side.values]


def beside_each_other(answers: Sequence[float]) -> list[float]:
    """Return where days with no and with yes stand, spread so that they do not cover each other."""
    return [
        (YES_AT if one > 0.5 else NO_AT) + SPREAD * ((number * GOLDEN) % 1 - 0.5) * 2
        for number, one in enumerate(answers)
    ]


def marks(side: Side) -> list[tuple[float, str]]:
    domain = side.domain
    return [(domain.share(one), side.tick(one)) for one in domain.ticks()]


def axes(
    below: Sequence[tuple[float, str]], beside: Sequence[tuple[float, str]], titles: tuple[str, str]
) -> SafeString:
    """Return lines and numbers of both axes, and what they are of."""
    lines = (
        format_html(
            '<line class="gridline" x1="{0}" x2="{1}" y1="{2}" y2="{2}"/><text class="end" x="{3}" y="{4}">{5}</text>',
            *(short(LEFT), short(WIDTH - RIGHT), down(at), short(LEFT - 6)),
            *(short(float(down(at)) + 4), words),
        )
        for at, words in beside
    )
    numbers = (
        format_html(
            '<text class="mid-label" x="{}" y="{}">{}</text>',
            *(across(at), short(HEIGHT - 20), words),
        )
        for at, words in below
    )
    names = format_html(
        '<text x="0" y="10">{}</text><text class="end" x="{}" y="{}">{}</text>',
        *(titles[1], short(WIDTH - RIGHT), short(HEIGHT - 4), titles[0]),
    )
    return joined([*lines, *numbers, names])


def across(share: float) -> str:
    return short(LEFT + (WIDTH - LEFT - RIGHT) * share)


def down(share: float) -> str:
    return short(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share)


def means(
    both: tuple[list[int], list[int]], xs: list[float], ys: list[float]
) -> Iterator[SafeString]:
    """Yield the mean of each half as a short line, between the dots that it is of."""
    for half in filter(None, both):
        own = sorted(xs[at] for at in half)
        few = len(own) // 10
        yield mean_line(own[few], own[-1 - few], fmean(ys[at] for at in half))


# --- In words ---------------------------------------------------------------------------------------


def halves(finding: Finding) -> tuple[list[int], list[int]]:
    """Return the positions of the days with no, or with less than usual, and of the others."""
    values = [x for _, x, _ in finding.points]
    middle = 0.5 if finding.is_yes_no else fmean(values)
    if not finding.is_yes_no and len(values) == finding.more_days + finding.other_days:
        # As they were counted.
        middle = sorted(values)[max(finding.other_days - 1, 0)]
    less = [at for at, x in enumerate(values) if x <= middle]
    more = [at for at, x in enumerate(values) if x > middle]
    return less, more


def drawn_words(finding: Finding) -> str:
    """Return which days are drawn, where these are not all: `the newest 366 of 500`."""
    drawn = len(finding.points)
    return f"the newest {drawn:,} of {finding.days:,}" if drawn < finding.days else ""


def caption(finding: Finding) -> str:
    """Return what the dots and the lines are."""
    newest = drawn_words(finding)
    less, more, than = both_sides(finding)
    below_zero = min(action_of(finding).values, default=0.0) < 0
    return (
        f"Each dot is a day{f', {newest}' if newest else ''}. Lines: the averages of the days {less} and {more}{than}."
        + (" Shown as on a usual weekday and season, so that some are below 0." * below_zero)
    )


def halves_words(finding: Finding) -> str:
    """Return what both halves of the days come to, and why that is not the size that is told; empty without days."""
    less, more = halves(finding) if finding.points else ([], [])
    if not less or not more:
        return ""
    newest = drawn_words(finding)
    said = "; ".join(half_words(finding, half, is_more=half is more) for half in (less, more))
    return f"{f'Of {newest} days: ' if newest else ''}{said}. {why_other(finding)}"


def half_words(finding: Finding, half: list[int], *, is_more: bool) -> str:
    action, outcome = action_of(finding), outcome_of(finding)
    level = outcome.words(fmean(outcome.values[at] for at in half))
    days = counted(len(half), "day")
    less, more, than = both_sides(finding)
    which = f"{more if is_more else less}{than}"
    if not finding.is_yes_no:
        which += f" ({action.words(fmean(action.values[at] for at in half))} on average)"
    return f"{days} {which}: {lower_first(finding.outcome_name)} {level} on average"


def why_other(finding: Finding) -> str:
    """Return how the size that is said differs from what these halves differ by."""
    if finding.is_yes_no:
        return "The size that is given takes into account on which weekdays, and when in the year, it was yes."
    return f"The size that is given is for {finding.step_words}."
