"""The charts of a range of Apple Health, with the numbers behind them, and the figures at its head."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from django.utils.safestring import SafeString

from apple_health.page_data import RangeFigures, known_days, mean_of
from lifetracker.web.charts.columns import columns
from lifetracker.web.charts.frame import Source
from lifetracker.web.charts.scales import Values
from lifetracker.web.charts.table import Row, numbers_table
from lifetracker.web.figures import Figure
from lifetracker.web.sentences import hours_and_minutes, number, short_day, stretch_words
from lifetracker.words import counted

Words = Callable[[float], str]


class Drawn(NamedTuple):
    title: str
    chart: SafeString
    numbers: SafeString


class Kind(NamedTuple):
    """What a chart draws: its heading, the colour, and how a value is written."""

    title: str
    name: str
    fill: str
    words: Words
    tick: Words


STEPS = Kind("Steps", "steps-numbers", "move", number, number)
ASLEEP = Kind(
    "Asleep", "asleep-numbers", "light", hours_and_minutes, lambda hours: f"{number(hours)} h"
)
MINDFUL = Kind("Mindful minutes", "mindful-numbers", "accent", number, number)
ENERGY = Kind("Active energy in kcal", "energy-numbers", "strain", number, number)


def charts(numbers: RangeFigures) -> list[dict[str, str | Drawn]]:
    """Return the steps, and what else is known of the range: two to a row, so that none stands alone."""
    others = [
        (ASLEEP, numbers.asleep),
        (MINDFUL, numbers.mindful),
        (ENERGY, numbers.energy),
    ]
    known = [(STEPS, numbers.steps), *(one for one in others if known_days(one[1]))]
    if len(known) > 1:
        known = known[: len(known) // 2 * 2]
    return [
        {"name": kind.name.partition("-")[0], "drawn": chart_of(kind, numbers, values)}
        for kind, values in known
    ]


def chart_of(kind: Kind, numbers: RangeFigures, values: Values) -> Drawn:
    """Draw a value of each day, or the mean day of each week or month."""
    found, shown = numbers.columns(values), numbers.shown
    mean = mean_of(values)
    told = "unknown" if mean is None else f"{kind.words(mean)} a day"
    stretch = stretch_words(shown.first, shown.last)
    by = "day" if numbers.unit == "day" else f"mean day of each {numbers.unit}"
    rows = [
        Row(short_day(first), [None if value is None else kind.words(value)], year=first.year)
        for first, value in zip(numbers.firsts, found, strict=True)
    ]
    head = numbers.unit.capitalize()
    return Drawn(
        f"{kind.title} by {by}" if by == "day" else f"{kind.title}, {by}",
        columns(
            found,
            numbers.firsts,
            sentence=f"{kind.title}, {stretch}: {told}",
            fill=kind.fill,
            tick_words=kind.tick,
            empty="Nothing is known of these days.",
            source=Source(kind.name, (1,)),
        ),
        numbers_table([head, kind.title], rows, caption=f"{kind.title}, {stretch}", name=kind.name),
    )


def figures(numbers: RangeFigures) -> list[Figure]:
    """Return the means of the range, each with the days that it is of."""
    return [
        figure("Steps a day", numbers.steps, number, ""),
        asleep_or_mindful(numbers),
        figure("Resting heart rate", numbers.resting_heart_rate, number, "bpm"),
        figure("HRV (SDNN)", numbers.sdnn, number, "ms"),
    ]


def asleep_or_mindful(numbers: RangeFigures) -> Figure:
    """Return the sleep of a night; where no night counts here, because WHOOP has them all, the mindful minutes."""
    if known_days(numbers.asleep) or not known_days(numbers.mindful):
        return figure("Asleep a night", numbers.asleep, hours_and_minutes, "", "night")
    return figure("Mindful minutes", numbers.mindful, number, "min")


def figure(label: str, values: Values, words: Words, unit: str, noun: str = "day") -> Figure:
    mean = mean_of(values)
    if mean is None:
        return Figure(label, "–", "not known")
    return Figure(label, words(mean), f"mean of {counted(known_days(values), noun)}", unit=unit)


def opening(numbers: RangeFigures) -> str:
    """Return the sentence over the page."""
    steps, asleep = mean_of(numbers.steps), mean_of(numbers.asleep)
    parts = []
    if steps is not None:
        of = counted(known_days(numbers.steps), "day")
        parts.append(f"{number(steps)} steps a day on average, on {of}")
    if asleep is not None:
        of = counted(known_days(numbers.asleep), "night")
        parts.append(f"{hours_and_minutes(asleep)} asleep in {of}")
    return f"{'; '.join(parts)}." if parts else "Nothing is known of these days."
