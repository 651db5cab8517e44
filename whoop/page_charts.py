"""The charts of a range of WHOOP's days. They draw the same numbers as stand in the figures and the table."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.urls import reverse
from django.utils.dateformat import format as format_date
from django.utils.safestring import SafeString

from lifetracker.days import days_from
from lifetracker.metrics.declaration import Metric
from lifetracker.web.charts.calendar import BandNames, Cell, band_legend, month_calendar
from lifetracker.web.charts.columns import (
    Floating,
    Part,
    clock_domain,
    columns,
    floating_bars,
    stacked_columns,
)
from lifetracker.web.charts.frame import Place
from lifetracker.web.charts.line import MOST_PLACES, Stretch, line_chart
from lifetracker.web.charts.markup import Band
from lifetracker.web.charts.scales import (
    Domain,
    Unit,
    Values,
    buckets,
    known,
    mean,
    slices,
    unit_of_bars,
    unit_of_lines,
)
from lifetracker.web.charts.table import Row, numbers_table
from lifetracker.web.sentences import clock_of, number, stretch_words
from whoop import metrics
from whoop.models import band_of
from whoop.page_data import RangeNumbers, words_of
from whoop.sentences import short_nights

BANDS: dict[str, Band] = {"green": "high", "yellow": "mid", "red": "low"}
NAMES = BandNames("Green, 67 and over", "Yellow, 34 to 66", "Red, under 34")
#: The calendar shows the last of them; beyond, cells would be too many to tell apart.
CALENDAR_DAYS = 366
#: Of the mean of seven days, the first day needs those before it.
MEAN_BEFORE = 6
SHORT = 85.0
STRAIN = Domain(0, 21, 7)
HEART_TABLE = "heart-numbers"
HEART = (
    (metrics.hrv, "Heart rate variability", "ms", 190, 4.0),
    (metrics.resting_heart_rate, "Resting heart rate", "bpm", 130, 4.0),
    (metrics.respiratory_rate, "Respiratory rate", "/min", 130, 1.0),
)


class Drawn(NamedTuple):
    """A chart with its heading, what stands beside it, and the numbers behind it."""

    title: str
    side: str
    chart: SafeString
    numbers: SafeString | str = ""
    note: str = ""


class Span(NamedTuple):
    """The days of a range, and the days that each mark of a chart stands for."""

    days: list[date]
    unit: Unit

    @property
    def parts(self) -> list[slice]:
        return slices(self.days, self.unit)

    @property
    def firsts(self) -> list[date]:
        return [self.days[part.start] for part in self.parts]

    def means(self, values: Values) -> list[float | None]:
        return [one.mean for one in buckets(self.days, values, self.unit)]

    def most(self, values: Values) -> list[float | None]:
        return [one.most for one in buckets(self.days, values, self.unit)]

    @property
    def names(self) -> list[str]:
        words = {"day": "D j M Y", "week": "j M Y", "month": "F Y"}[self.unit]
        return [format_date(day, words) for day in self.firsts]

    @property
    def links(self) -> list[str]:
        """Return the page of each day; none of weeks and months."""
        return [page_of(day) if self.unit == "day" else "" for day in self.firsts]

    @property
    def head(self) -> str:
        return {"day": "Day", "week": "Week from", "month": "Month"}[self.unit]


def page_of(day: date) -> str:
    return reverse("whoop-day", args=[day.isoformat()])


def days_shown(numbers: RangeNumbers) -> list[date]:
    return days_from(numbers.shown.first, numbers.shown.last)


def bars_of(numbers: RangeNumbers) -> Span:
    return Span(days_shown(numbers), unit_of_bars(numbers.shown.days))


def values_of(numbers: RangeNumbers, metric: Metric) -> list[float | None]:
    return list(numbers.series(metric).values)


def words_in(numbers: RangeNumbers) -> str:
    return stretch_words(numbers.shown.first, numbers.shown.last)


# --- Calendar -------------------------------------------------------------------------------------


class Calendar(NamedTuple):
    title: str
    months: SafeString
    legend: SafeString


def calendar_of(numbers: RangeNumbers) -> Calendar:
    days, scores = days_shown(numbers), values_of(numbers, metrics.recovery_score)
    pairs = list(zip(days, scores, strict=True))
    is_cut = len(pairs) > CALENDAR_DAYS
    cells = [cell_of(*pair) for pair in pairs[-CALENDAR_DAYS:]]
    months = month_calendar(
        cells,
        sentence=f"Recovery of each day, {words_in(numbers)}",
        subject="mean recovery",
        unit=" %",
        today=numbers.shown.today,
    )
    title = "Recovery, day by day" + (", the last year" if is_cut else "")
    return Calendar(title, months, band_legend(cells, NAMES))


def cell_of(day: date, score: float | None) -> Cell:
    colour = None if score is None else band_of(score)
    words = "not known" if score is None else f"{number(score)} %, {colour}"
    return Cell(
        day=day,
        value=score,
        band=BANDS[colour] if colour else None,
        href=page_of(day),
        words=f"{format_date(day, 'D j M')}: {words}",
    )


# --- Heart and breath -----------------------------------------------------------------------------


def heart_charts(numbers: RangeNumbers) -> list[Drawn]:
    found = [heart_chart(numbers, at) for at in range(len(HEART))]
    return [*found[:-1], found[-1]._replace(numbers=heart_numbers(numbers))]


def heart_chart(numbers: RangeNumbers, at: int) -> Drawn:
    metric, label, unit, height, least = HEART[at]
    values, days = values_of(numbers, metric), days_shown(numbers)
    average = mean(values)
    told = "not known" if average is None else f"{words_of(metric, average)} {unit} in the mean"
    chart = line_chart(
        values,
        days,
        sentence=f"{label}, {words_in(numbers)}: {told}",
        usual=[Stretch(one.low, one.high) if one else None for one in numbers.usual(metric)],
        before=numbers.days_before(metric, MEAN_BEFORE),
        places=places_of(metric, unit, days, values),
        height=height,
        least_span=least,
        empty="No nights in this range.",
        table=HEART_TABLE,
        column=at + 1,
    )
    return Drawn(label, told, chart)


def places_of(
    metric: Metric, unit: str, days: Sequence[date], values: Values
) -> list[Place | None]:
    """Return where the days of a line lead to; nothing where they are too narrow to be chosen."""
    if len(days) > MOST_PLACES:
        return []
    return [place(metric, unit, *one) for one in zip(days, values, strict=True)]


def place(metric: Metric, unit: str, day: date, value: float | None) -> Place:
    words = "not known" if value is None else f"{words_of(metric, value)} {unit}".rstrip()
    return Place(page_of(day), f"{format_date(day, 'D j M')}: {words}")


def heart_numbers(numbers: RangeNumbers) -> SafeString:
    span = Span(days_shown(numbers), unit_of_lines(numbers.shown.days))
    series = [(metric, span.means(values_of(numbers, metric))) for metric, *_ in HEART]
    heads = [f"{label}, {unit}" for _, label, unit, _, _ in HEART]
    return table_of(span, heads, series, "Heart and breath", HEART_TABLE)


def table_of(
    span: Span,
    heads: Sequence[str],
    series: Sequence[tuple[Metric, Values]],
    caption: str,
    name: str,
) -> SafeString:
    """Return the numbers behind charts, in their order."""
    rows = [
        Row(title, [words_or_none(metric, values[at]) for metric, values in series], link)
        for at, (title, link) in enumerate(zip(span.names, span.links, strict=True))
    ]
    return numbers_table([span.head, *heads], rows, caption=caption, name=name)


def words_or_none(metric: Metric, value: float | None) -> str | None:
    if value is None:
        return None
    return clock_of(value) if metric.circular else words_of(metric, value)


# --- Sleep ----------------------------------------------------------------------------------------


def night_bars(numbers: RangeNumbers) -> list[Floating | None]:
    pairs = zip(
        values_of(numbers, metrics.bedtime), values_of(numbers, metrics.waking_time), strict=True
    )
    return [None if bed is None or up is None else night_bar(bed, up) for bed, up in pairs]


def night_bar(bed: float, up: float) -> Floating:
    """Return a night by the minutes of its day of waking: going to bed after noon was on the evening before."""
    start = bed * 60 - (24 * 60 if bed >= 12 else 0)
    return Floating(start, start + (up - bed) % 24 * 60)


def middle_of(bars: Sequence[Floating | None]) -> Floating | None:
    """Return the middle night of a week or a month with its extremes; None where none is known."""
    nights = [bar for bar in bars if bar]
    if not nights:
        return None
    starts, ends = [one.start for one in nights], [one.end for one in nights]
    return Floating(statistics.median(starts), statistics.median(ends), min(starts), max(ends))


def when_asleep(numbers: RangeNumbers) -> Drawn:
    span, nights = bars_of(numbers), night_bars(numbers)
    bars = nights if span.unit == "day" else [middle_of(nights[part]) for part in span.parts]
    usual = middle_of(nights)
    mostly = (
        f"Mostly {clock_of(usual.start / 60)} to {clock_of(usual.end / 60)}"
        if usual
        else "not known"
    )
    chart = floating_bars(
        bars,
        span.firsts,
        sentence=f"From bed to waking, {words_in(numbers)}: {mostly}",
        places=[night_place(*one) for one in zip(span.days, nights, strict=True)]
        if span.unit == "day"
        else (),
        domain=hours_around(bars),
        empty="No nights in this range.",
        table="bed-numbers",
        column=1,
    )
    return Drawn("When you sleep", mostly, chart, bed_numbers(span, bars))


def hours_around(bars: Sequence[Floating | None]) -> Domain | None:
    """Return the whole hours around all nights, with the ticks of a clock; None where there is no night."""
    whole = clock_domain([bar for bar in bars if bar])
    if whole is None:
        return None
    ends = [
        value
        for bar in bars
        if bar
        for value in (bar.start, bar.end, bar.earliest, bar.latest)
        if value is not None
    ]
    return Domain(min(ends) // 60 * 60, -(-max(ends) // 60) * 60, whole.step)


def night_place(day: date, bar: Floating | None) -> Place:
    return Place(page_of(day), f"{format_date(day, 'D j M')}: {bar_words(bar)}")


def bar_words(bar: Floating | None) -> str:
    return f"{clock_of(bar.start / 60)} to {clock_of(bar.end / 60)}" if bar else "no night is known"


def bed_numbers(span: Span, bars: Sequence[Floating | None]) -> SafeString:
    rows = [
        Row(
            title,
            [clock_of(bar.start / 60), clock_of(bar.end / 60)] if bar else [None, None],
            link,
        )
        for title, bar, link in zip(span.names, bars, span.links, strict=True)
    ]
    return numbers_table(
        [span.head, "To bed", "Woke"], rows, caption="When you sleep", name="bed-numbers"
    )


def sleep_against_need(numbers: RangeNumbers) -> Drawn:
    span = bars_of(numbers)
    stages = stages_of(numbers)
    need = span.means(values_of(numbers, metrics.sleep_need))
    means = {name: span.means(values) for name, values in stages.items()}
    asleep, days = values_of(numbers, metrics.sleep_hours), span.days
    chart = stacked_columns(
        [Part(name, values) for name, values in means.items()],
        span.firsts,
        sentence=f"Hours asleep by stage, and the hours needed, {words_in(numbers)}",
        line=need,
        places=[
            place(metrics.sleep_hours, "asleep", *one) for one in zip(days, asleep, strict=True)
        ]
        if span.unit == "day"
        else (),
        tick_words=lambda hours: f"{number(hours)} h",
        empty="No nights in this range.",
        table="stage-numbers",
        column=1,
    )
    hours = metrics.sleep_hours
    series = [(hours, means[name]) for name in means] + [(hours, need)]
    table = table_of(
        span, ["Deep", "REM", "Light", "Needed"], series, "Sleep against need", "stage-numbers"
    )
    of_need = known(values_of(numbers, metrics.sleep_performance))
    note = short_nights(sum(value < SHORT for value in of_need), len(of_need))
    return Drawn("Sleep against need", "", chart, table, note)


def stages_of(numbers: RangeNumbers) -> dict[str, list[float | None]]:
    """Return the hours of each stage on nights of which all are known, so that weeks are means of the same nights."""
    columns = (metrics.deep_sleep, metrics.rem_sleep, metrics.sleep_hours)
    found: dict[str, list[float | None]] = {"deep": [], "rem": [], "light": []}
    for deep, rem, asleep in zip(*(values_of(numbers, one) for one in columns), strict=True):
        is_known = deep is not None and rem is not None and asleep is not None
        parts = (deep, rem, max(asleep - deep - rem, 0.0)) if is_known else (None, None, None)
        for values, part in zip(found.values(), parts, strict=True):
            values.append(part)
    return found


# --- Strain ---------------------------------------------------------------------------------------


def strain_chart(numbers: RangeNumbers) -> Drawn:
    """Draw the mean day and the hardest one of each week: strain cannot be summed."""
    span, values = bars_of(numbers), values_of(numbers, metrics.strain)
    means, is_by_day = span.means(values), span.unit == "day"
    hardest = [] if is_by_day else span.most(values)
    chart = columns(
        means,
        span.firsts,
        sentence=f"Strain of days, {words_in(numbers)}",
        fill="strain",
        marks=hardest,
        places=[place(metrics.strain, "", *one) for one in zip(span.days, values, strict=True)]
        if is_by_day
        else (),
        domain=STRAIN,
        empty="No strain in this range.",
        table="strain-numbers",
        column=1,
    )
    series = [(metrics.strain, means)] + ([] if is_by_day else [(metrics.strain, hardest)])
    heads = ["Strain"] if is_by_day else ["Mean day", "Hardest day"]
    return Drawn("Strain", "", chart, table_of(span, heads, series, "Strain", "strain-numbers"))
