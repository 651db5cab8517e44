"""The charts of a range of weigh-ins. They draw the same numbers as stand in the tables behind them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from django.utils.dateformat import format as format_date
from django.utils.safestring import SafeString

from lifetracker.web.charts.frame import Place, Source
from lifetracker.web.charts.legend import Key, legend
from lifetracker.web.charts.line import moving_mean
from lifetracker.web.charts.paths import MOST_PLACES, Stretch
from lifetracker.web.charts.scales import end_of
from lifetracker.web.charts.table import Row, numbers_table
from lifetracker.web.charts.trend import Series, bridged, holds_aim, trend_chart
from lifetracker.web.sentences import number, short_day, stretch_words
from lifetracker.web.units import mass, mass_unit, mass_value
from lifetracker.words import counted
from weight.figures import on_page
from weight.page_data import WeightNumbers, slices_of
from weight.sentences import forecast_words, target_words
from weight.stretches import Stretch as Days
from weight.stretches import Values

#: The line leads over so many days without a weigh-in; over more it breaks.
LONGEST_GAP = 14
#: No scale is less high, in kg, and for shares of the body in percent.
LEAST_SPAN = 1.0
TABLE, BODY_TABLE = "weight-numbers", "body-numbers"
HEIGHT, SMALL = 280, 128
#: What the body is made of: the column, and its name.
PART_NAMES = (
    ("fat_ratio", "Body fat"),
    ("fat_mass_kg", "Fat mass"),
    ("lean_mass_kg", "Lean mass"),
    ("muscle_mass_kg", "Muscle"),
    ("hydration_kg", "Water"),
    ("bone_mass_kg", "Bone"),
)
MARKS = {"day": "Day", "week": "Week from", "month": "Month"}


class Drawn(NamedTuple):
    """The chart of the weight, what its marks stand for, the numbers behind it, and what is said below it."""

    title: str
    chart: SafeString
    legend: SafeString
    numbers: SafeString
    notes: list[str]


class Small(NamedTuple):
    """A chart of a part of the body with its name and what stands beside it."""

    title: str
    side: str
    chart: SafeString


class Body(NamedTuple):
    charts: list[Small]
    numbers: SafeString


class Mark(NamedTuple):
    """A slice of the chart: the days of the range that it stands for, and its name. `is_ahead`: it lies after the range."""

    first: date
    last: date
    name: str
    is_ahead: bool


def marks_of(numbers: WeightNumbers) -> list[Mark]:
    shown, unit = numbers.shown, numbers.unit
    return [
        Mark(
            max(begin, shown.first),
            end_of(begin, unit) if begin > shown.last else min(end_of(begin, unit), shown.last),
            name_of(begin, numbers),
            begin > shown.last,
        )
        for begin in slices_of(numbers)
    ]


def name_of(begin: date, numbers: WeightNumbers) -> str:
    if numbers.unit == "day":
        return f"{short_day(begin)} {begin.year}"
    return format_date(begin, "j M Y" if numbers.unit == "week" else "F Y")


# --- The weight -----------------------------------------------------------------------------------


def weight_chart(numbers: WeightNumbers) -> Drawn:
    begins, marks = slices_of(numbers), marks_of(numbers)
    series = series_of(numbers, begins, marks)
    columns = len(columns_of(numbers)) - 1
    chart = trend_chart(
        series,
        begins,
        sentence=sentence_of(numbers),
        places=places_of(numbers, begins, marks),
        height=HEIGHT,
        least_span=mass_value(LEAST_SPAN),
        empty="No weigh-ins in this range.",
        source=Source(TABLE, range(1, columns + 1)),
    )
    title = {
        "day": "Weigh-ins and their trend",
        "week": "Weight by week",
        "month": "Weight by month",
    }
    return Drawn(
        title[numbers.unit],
        chart,
        legend_of(numbers, series),
        table_of(numbers, begins, marks, series),
        notes_of(numbers, series),
    )


def series_of(numbers: WeightNumbers, begins: list[date], marks: list[Mark]) -> Series:
    """Return what is drawn, in the unit in which the owner reads weights."""
    found = [numbers.stretches.get(begin) for begin in begins]
    means = [mass_value(one.kg.mean) if one else None for one in found]
    trends = numbers.trends
    line = [mass_value(trends[day]) if day in trends else None for day in begins]
    if numbers.unit == "day":
        series = Series(line=bridged(line, LONGEST_GAP), dots=means)
    else:
        line = means if numbers.unit == "month" else line
        series = Series(line=bridged(line, 2), spread=[spread_of(one) for one in found])
    ahead, band = forecast_of(numbers, marks)
    aims = numbers.goal.along([one.last for one in marks]) if numbers.goal else []
    aim = [None if kg is None else mass_value(kg) for kg in aims]
    return replace(series, ahead=ahead, ahead_band=band, aim=aim)


def spread_of(one: Days | None) -> Stretch | None:
    return Stretch(mass_value(one.kg.least), mass_value(one.kg.most)) if one else None


def forecast_of(
    numbers: WeightNumbers, marks: list[Mark]
) -> tuple[list[float | None], list[Stretch | None]]:
    """Return the line of the last four weeks from the end of the range on, and the band in which 90 of 100 such lines lie;
    nothing where there is no forecast."""
    line, last = numbers.recent.line, numbers.shown.last
    if line is None or not numbers.ahead:
        return [], []
    values: list[float | None] = []
    bands: list[Stretch | None] = []
    for mark in marks:
        days = min((mark.last - last).days, numbers.ahead)
        if days < 0 or mark.first > last + timedelta(days=numbers.ahead):
            values.append(None)
            bands.append(None)
            continue
        there = line.at(days)
        low, high = there.within(there.mean_error)
        values.append(mass_value(there.kg))
        bands.append(Stretch(mass_value(low), mass_value(high)))
    return values, bands


def sentence_of(numbers: WeightNumbers) -> str:
    shown = numbers.shown
    when = stretch_words(shown.first, shown.last)
    if not numbers.stretches:
        return f"Weight, {when}: no weigh-ins"
    least = min(one.kg.least for one in numbers.stretches.values())
    most = max(one.kg.most for one in numbers.stretches.values())
    said = f"between {number(mass_value(least), 1)} and {mass(most)}"
    trend = f", trend {mass(numbers.newest.trend)} at the end" if numbers.newest else ""
    return f"Weight, {when}: {said} on {numbers.known_days} of {shown.days} days{trend}"


def places_of(numbers: WeightNumbers, begins: list[date], marks: list[Mark]) -> list[Place | None]:
    """Return where each mark leads to; none where these are too narrow to be pointed at."""
    if len(marks) > MOST_PLACES:
        return []
    return [place_of(one, numbers, begin) for one, begin in zip(marks, begins, strict=True)]


def place_of(mark: Mark, numbers: WeightNumbers, begin: date) -> Place | None:
    """Return where a mark leads to: the weigh-ins of its days; nowhere where there are none."""
    found = numbers.stretches.get(begin)
    if mark.is_ahead or found is None:
        return None
    return Place(on_page(mark.first, mark.last), f"{mark.name}: {mass(found.kg.mean)}")


def legend_of(numbers: WeightNumbers, series: Series) -> SafeString:
    if numbers.unit == "day":
        keys = [Key("f-dot", "mean of a day", shape="dot"), Key("f-ink", "trend", shape="line")]
    else:
        line = "trend" if numbers.unit == "week" else "mean of a month"
        keys = [
            Key("f-ink", line, shape="line"),
            Key("spread", f"from the least to the most of a {numbers.unit}"),
        ]
    if numbers.ahead:
        keys.append(Key("ahead-band", "forecast, 90 of 100 cases"))
    if numbers.goal and holds_aim(series, mass_value(LEAST_SPAN)):
        keys.append(Key("f-move", f"goal: {numbers.goal.name}", shape="line"))
    return legend(keys)


def notes_of(numbers: WeightNumbers, series: Series) -> list[str]:
    shown, notes = numbers.shown, []
    if shown.last == shown.today and numbers.newest:
        if numbers.ahead:
            notes.append(forecast_words(numbers.recent.line, shown, numbers.ahead))
        elif numbers.recent.line is None:
            notes.append(forecast_words(None, shown, 0))
        else:
            notes.append("The forecast is drawn in ranges of up to five years.")
    if goal := numbers.goal:
        told = f"Goal “{goal.name}”: {mass(goal.target)}. {goal.said}"
        if shown.last == shown.today:
            told += f" {target_words(numbers.recent.line, goal.target, shown.today)}"
        if not holds_aim(series, mass_value(LEAST_SPAN)):
            told += " Its line lies outside of the chart."
        notes.append(told)
    if has_long_gaps(numbers):
        notes.append(f"The line breaks where more than {LONGEST_GAP} days have no weigh-in.")
    return notes


def has_long_gaps(numbers: WeightNumbers) -> bool:
    days = [one.date for one in numbers.points if one.date >= numbers.shown.first]
    return numbers.unit == "day" and any(
        (two - one).days > LONGEST_GAP for one, two in pairwise(days)
    )


# --- The table behind it --------------------------------------------------------------------------


def columns_of(numbers: WeightNumbers) -> list[str]:
    unit = mass_unit()
    if numbers.unit == "day":
        heads = [f"Weight, {unit}", f"Trend, {unit}"]
    else:
        trend = [f"Trend, {unit}"] if numbers.unit == "week" else []
        heads = [f"Mean, {unit}", *trend, "Least to most", "Known days"]
    heads += [f"Forecast, {unit}"] if numbers.ahead else []
    heads += [f"Goal, {unit}"] if numbers.goal else []
    return [MARKS[numbers.unit], *heads]


def table_of(
    numbers: WeightNumbers, begins: list[date], marks: list[Mark], series: Series
) -> SafeString:
    rows = [
        Row(
            mark.name,
            cells_of(numbers, begin, mark, at, series),
            "" if mark.is_ahead else on_page(mark.first, mark.last),
        )
        for at, (begin, mark) in enumerate(zip(begins, marks, strict=True))
    ]
    return numbers_table(columns_of(numbers), rows, caption="Weight", name=TABLE)


#: What stands in a cell of which nothing is to be known: the past has no forecast, and the future no weight.
NONE = "–"


def cells_of(
    numbers: WeightNumbers, begin: date, mark: Mark, at: int, series: Series
) -> list[str | None]:
    cells = ahead_cells(numbers) if mark.is_ahead else known_cells(numbers, begin)
    if numbers.ahead:
        band = series.ahead_band[at]
        cells.append(f"{number(band.low, 1)} to {number(band.high, 1)}" if band else NONE)
    if numbers.goal:
        aim = series.aim[at]
        cells.append(NONE if aim is None else number(aim, 1))
    return cells


def ahead_cells(numbers: WeightNumbers) -> list[str | None]:
    return [NONE] * {"day": 2, "week": 4, "month": 3}[numbers.unit]


def known_cells(numbers: WeightNumbers, begin: date) -> list[str | None]:
    found, trend = numbers.stretches.get(begin), numbers.trends.get(begin)
    mean = number(mass_value(found.kg.mean), 1) if found else None
    trends = (
        [] if numbers.unit == "month" else [None if trend is None else number(mass_value(trend), 1)]
    )
    if numbers.unit == "day":
        return [mean, *trends]
    if found is None:
        return [mean, *trends, None, "0"]
    least, most = (number(mass_value(one), 1) for one in (found.kg.least, found.kg.most))
    return [mean, *trends, f"{least} to {most}", str(found.kg.days)]


# --- What the body is made of ---------------------------------------------------------------------


def body_charts(numbers: WeightNumbers) -> Body | None:
    """Return a chart for each part that a scale measured in the range, each with a scale of its own; None without any."""
    held = [(name, title) for name, title in PART_NAMES if numbers.of_part(name)]
    if not held:
        return None
    shown, unit = numbers.shown, numbers.unit
    begins = [one for one in slices_of(numbers) if one <= shown.last]
    charts = [
        part_chart(numbers, begins, name, title, at) for at, (name, title) in enumerate(held, 1)
    ]
    heads = [MARKS[unit], *(f"{title}, {unit_of(name)}" for name, title in held)]
    rows = [
        Row(
            mark.name,
            [cell_of(numbers, begin, name) for name, _ in held],
            on_page(mark.first, mark.last),
        )
        for begin, mark in zip(begins, marks_of(numbers), strict=False)
    ]
    return Body(
        charts, numbers_table(heads, rows, caption="What the body is made of", name=BODY_TABLE)
    )


def unit_of(name: str) -> str:
    return "%" if name == "fat_ratio" else mass_unit()


def shown_value(name: str) -> Callable[[float], float]:
    return float if name == "fat_ratio" else mass_value


def part_of(numbers: WeightNumbers, begin: date, name: str) -> Values | None:
    found = numbers.stretches.get(begin)
    return found.parts.get(name) if found else None


def cell_of(numbers: WeightNumbers, begin: date, name: str) -> str | None:
    values = part_of(numbers, begin, name)
    return number(shown_value(name)(values.mean), 1) if values else None


def part_chart(
    numbers: WeightNumbers, begins: list[date], name: str, title: str, column: int
) -> Small:
    shown, convert = numbers.shown, shown_value(name)
    found = [part_of(numbers, begin, name) for begin in begins]
    means = [convert(one.mean) if one else None for one in found]
    if numbers.unit == "day":
        series = Series(line=bridged(moving_mean(means), LONGEST_GAP), dots=means)
    else:
        spread = [Stretch(convert(one.least), convert(one.most)) if one else None for one in found]
        series = Series(line=bridged(means, 2), spread=spread)
    side = side_of(numbers, name)
    chart = trend_chart(
        series,
        begins,
        sentence=f"{title}, {stretch_words(shown.first, shown.last)}: {side}",
        height=SMALL,
        least_span=LEAST_SPAN,
        source=Source(BODY_TABLE, [column], unit=unit_of(name)),
    )
    return Small(title, side, chart)


def side_of(numbers: WeightNumbers, name: str) -> str:
    values = numbers.of_part(name)
    if values is None:
        return ""
    convert = shown_value(name)
    return f"mean {number(convert(values.mean), 1)} {unit_of(name)} of {counted(values.days, 'known day')}"
