"""The charts of a range of WHOOP's days. They draw the same numbers as stand in the figures and the table."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.urls import reverse
from django.utils.safestring import SafeString

from lifetracker.days import days_from
from lifetracker.metrics.declaration import Metric
from lifetracker.web.charts.calendar import (
    BandNames,
    Cell,
    band_legend,
    month_calendar,
)
from lifetracker.web.charts.columns import (
    Floating,
    Part,
    clock_domain,
    columns,
    floating_bars,
    stacked_columns,
)
from lifetracker.web.charts.frame import Place, Source
from lifetracker.web.charts.line import line_chart
from lifetracker.web.charts.markup import Band
from lifetracker.web.charts.paths import MOST_PLACES, Stretch
from lifetracker.web.charts.scales import (
    Domain,
    Label,
    Unit,
    Values,
    known,
    mean,
    means,
    slices,
    unit_of_bars,
    unit_of_lines,
)
from lifetracker.web.charts.table import Row, numbers_table
from lifetracker.web.charts.year import banded_year
from lifetracker.web.charts.years import Day, calendar_weeks, year_rows
from lifetracker.web.clock import week_of
from lifetracker.web.sentences import (
    MONTHS,
    clock_of,
    hours_and_minutes,
    number,
    short_day,
    stretch_words,
)
from whoop import metrics
from whoop.models import band_of
from whoop.page_data import RangeNumbers, words_of
from whoop.sentences import longest_in_bed, short_nights

BANDS: dict[str, Band] = {"green": "high", "yellow": "mid", "red": "low"}
NAMES = BandNames("Green, 67 and over", "Yellow, 34 to 66", "Red, under 34")
#: Up to so many days the calendar has months with numbers, beyond two drawings of weeks, and then a row for each year.
MONTHS_DAYS, CALENDAR_DAYS = 92, 366
#: Of the mean of seven days, the first day needs those before it.
MEAN_BEFORE = 6
SHORT = 85.0
STRAIN = Domain(0, 21, 7)
HEART_TABLE, NIGHT_TABLE, WEEKDAY_TABLE = "heart-numbers", "night-numbers", "weekday-numbers"


class Line(NamedTuple):
    """A chart of heart and breath: its name and unit on the page, its height in pixels, its least span."""

    metric: Metric
    label: str
    unit: str
    height: int
    least: float


HEART = (
    Line(metrics.hrv, "Heart rate variability", "ms", 190, 4.0),
    Line(metrics.resting_heart_rate, "Resting heart rate", "bpm", 130, 4.0),
    Line(metrics.respiratory_rate, "Respiratory rate", "/min", 130, 1.0),
)
#: These are drawn when they are asked for.
MORE = (
    Line(metrics.skin_temperature, "Skin temperature", "°C", 130, 1.0),
    Line(metrics.blood_oxygen, "Blood oxygen", "%", 130, 2.0),
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

    days: Sequence[date]
    unit: Unit
    parts: list[slice]

    @property
    def firsts(self) -> list[date]:
        return [self.days[part.start] for part in self.parts]

    @property
    def lasts(self) -> list[date]:
        return [self.days[part.stop - 1] for part in self.parts]

    def means(self, values: Values) -> list[float | None]:
        return means(values, self.parts)

    def most(self, values: Values) -> list[float | None]:
        return [max(known(values[part]), default=None) for part in self.parts]

    @property
    def names(self) -> list[str]:
        """Return what each mark stands for, without its year: `Fri 27 Nov`, `23 Nov` (a week), `November`."""
        if self.unit == "day":
            return [short_day(day) for day in self.days]
        if self.unit == "week":
            return [f"{day.day} {MONTHS[day.month]}" for day in self.firsts]
        return [f"{day:%B}" for day in self.firsts]

    @property
    def links(self) -> list[str]:
        """Return the page of each day, and the range of each week and month."""
        if self.unit == "day":
            return pages_of(self.days)
        root = reverse("whoop")
        ends = zip(self.firsts, self.lasts, strict=True)
        return [f"{root}?from={first}&to={last}" for first, last in ends]

    @property
    def head(self) -> str:
        return {"day": "Day", "week": "Week from", "month": "Month"}[self.unit]


def span_of(days: Sequence[date], unit: Unit) -> Span:
    return Span(days, unit, slices(days, unit))


def page_of(day: date) -> str:
    return reverse("whoop-day", args=[day.isoformat()])


def pages_of(days: Sequence[date]) -> list[str]:
    """Return the page of each day. To look up each address would take longer than the drawing."""
    if not days:
        return []
    root = page_of(days[0]).removesuffix(str(days[0]))
    return [f"{root}{day}" for day in days]


def bars_of(numbers: RangeNumbers) -> Span:
    return span_of(numbers.days, unit_of_bars(numbers.shown.days))


def words_in(numbers: RangeNumbers) -> str:
    return stretch_words(numbers.shown.first, numbers.shown.last)


def places_of(days: Sequence[date], words: Iterable[str]) -> list[Place | None]:
    """Return where the days of a chart lead to; nothing where they are too narrow to be chosen."""
    if len(days) > MOST_PLACES:
        return []
    return [
        Place(page, f"{short_day(day)}: {one}")
        for page, day, one in zip(pages_of(days), days, words, strict=True)
    ]


def words_or_none(metric: Metric, value: float | None) -> str | None:
    return None if value is None else words_of(metric, value)


def words_with(metric: Metric, unit: str, value: float | None) -> str:
    return "not known" if value is None else f"{words_of(metric, value)} {unit}".rstrip()


# --- Calendar -------------------------------------------------------------------------------------


class Calendar(NamedTuple):
    title: str
    hint: str
    cells: SafeString
    legend: SafeString


def calendar_of(numbers: RangeNumbers) -> Calendar:
    if numbers.shown.days > CALENDAR_DAYS:
        return calendar_of_years(numbers)
    scores = numbers.series(metrics.recovery_score).values
    places = zip(numbers.days, scores, pages_of(numbers.days), strict=True)
    cells = [cell_of(*one) for one in places]
    draw = month_calendar if numbers.shown.days <= MONTHS_DAYS else banded_year
    drawn = draw(
        cells,
        sentence=f"Recovery of each day, {words_in(numbers)}",
        subject="mean recovery",
        unit=" %",
        today=numbers.shown.today,
    )
    hint = "Choose a day to open it"
    return Calendar("Recovery, day by day", hint, drawn, band_legend(cells, NAMES))


def cell_of(day: date, score: float | None, page: str) -> Cell:
    words, band = band_words(score)
    return Cell(day, score, band, page, f"{short_day(day)}: {words}")


def band_words(score: float | None) -> tuple[str, Band | None]:
    if score is None:
        return "not known", None
    colour = band_of(score)
    return f"{number(score)} %, {colour}", BANDS[colour]


def calendar_of_years(numbers: RangeNumbers) -> Calendar:
    """Draw a row of weeks for each year."""
    scores = numbers.series(metrics.recovery_score).values
    bands = [None if score is None else BANDS[band_of(score)] for score in scores]
    days = list(map(Day, numbers.days, scores, bands))
    rows = year_rows(
        days,
        weeks_of(numbers),
        sentence=f"Recovery of each day, {words_in(numbers)}",
        subject="mean recovery",
        unit=" %",
        today=numbers.shown.today,
    )
    return Calendar(
        "Recovery, year by year", "Choose a week to open it", rows, band_legend(days, NAMES)
    )


def weeks_of(numbers: RangeNumbers) -> dict[date, Place]:
    """Return where each week is shown, with its mean recovery in words."""
    span = Span(numbers.days, "week", calendar_weeks(numbers.days))
    means = span.means(numbers.series(metrics.recovery_score).values)
    firsts = span.firsts
    # Of all weeks only the first may begin before its first day that is shown.
    begins = [week_of(firsts[0]), *firsts[1:]]
    return {
        begin: Place(link, f"Week from {name} {first.year}: {band_words(score)[0]}")
        for begin, first, link, name, score in zip(
            begins, firsts, span.links, span.names, means, strict=True
        )
    }


# --- Heart and breath -----------------------------------------------------------------------------


class Hearts(NamedTuple):
    charts: list[Drawn]
    numbers: SafeString


def heart_charts(numbers: RangeNumbers) -> Hearts:
    span = span_of(numbers.days, unit_of_lines(numbers.shown.days))
    lines = (*HEART, *MORE) if numbers.has_more else HEART
    usual = [usual_of(numbers, span, line.metric) for line in lines]
    drawn = [heart_chart(numbers, line, usual[at], 1 + 2 * at) for at, line in enumerate(lines)]
    return Hearts(drawn, heart_numbers(numbers, span, lines, usual))


def usual_of(numbers: RangeNumbers, span: Span, metric: Metric) -> list[Stretch | None]:
    """Return what is usual on each day; of weeks and months on their last days alone, which is enough to draw them."""
    stretches: list[Stretch | None] = [None] * len(span.days)
    at = [part.stop - 1 for part in span.parts]
    for place, one in zip(at, numbers.usual(metric, at), strict=True):
        stretches[place] = Stretch(one.low, one.high) if one else None
    return stretches


def heart_chart(
    numbers: RangeNumbers, line: Line, usual: Sequence[Stretch | None], column: int
) -> Drawn:
    values, days = numbers.series(line.metric).values, numbers.days
    average = mean(values)
    told = words_with(line.metric, line.unit, average)
    told = told if average is None else f"{told} on average"
    chart = line_chart(
        values,
        days,
        sentence=f"{line.label}, {words_in(numbers)}: {told}",
        usual=usual,
        before=numbers.days_before(line.metric, MEAN_BEFORE),
        places=places_of(days, (words_with(line.metric, line.unit, one) for one in values)),
        height=line.height,
        least_span=line.least,
        empty="No nights in this range.",
        source=Source(HEART_TABLE, (column,), unit=line.unit, usual=column + 1),
    )
    return Drawn(line.label, told, chart)


def heart_numbers(
    numbers: RangeNumbers,
    span: Span,
    lines: Sequence[Line],
    usual: Sequence[Sequence[Stretch | None]],
) -> SafeString:
    """Return the values of all lines, each beside what is usual."""
    heads, cells = [], []
    for line, stretches in zip(lines, usual, strict=True):
        values = span.means(numbers.series(line.metric).values)
        heads += [f"{line.label}, {line.unit}", "usually"]
        cells.append([words_or_none(line.metric, value) for value in values])
        cells.append([stretch_of(line.metric, stretches[part.stop - 1]) for part in span.parts])
    return table_of(span, heads, cells, "Heart and breath", HEART_TABLE)


def stretch_of(metric: Metric, stretch: Stretch | None) -> str:
    """Return `55 to 73`; empty where too few days are known for a usual."""
    if stretch is None:
        return ""
    return f"{words_of(metric, stretch.low)} to {words_of(metric, stretch.high)}"


def table_of(
    span: Span, heads: Sequence[str], cells: Sequence[Sequence[str | None]], caption: str, name: str
) -> SafeString:
    """Return the numbers behind charts. `cells` are by columns."""
    marks = zip(span.names, span.links, span.firsts, zip(*cells, strict=True), strict=True)
    rows = [Row(title, texts, link, first.year) for title, link, first, texts in marks]
    summary = f"Show the numbers of {caption.lower()}"
    return numbers_table([span.head, *heads], rows, caption=caption, name=name, summary=summary)


# --- Sleep ----------------------------------------------------------------------------------------


class Beds(NamedTuple):
    """When each night began and ended, by the minutes of its day of waking; both None where one is not known."""

    starts: Values
    ends: Values

    def part(self, days: slice) -> Beds:
        return Beds(self.starts[days], self.ends[days])

    @property
    def bars(self) -> list[Floating | None]:
        return [
            None if start is None or end is None else Floating(start, end)
            for start, end in zip(self.starts, self.ends, strict=True)
        ]

    @property
    def middle(self) -> Floating | None:
        """Return the middle night of a week or a month with its extremes; None where none is known."""
        starts, ends = known(self.starts), known(self.ends)
        if not starts:
            return None
        return Floating(statistics.median(starts), statistics.median(ends), min(starts), max(ends))


def beds_of(numbers: RangeNumbers) -> Beds:
    """Return the nights of the range: going to bed after noon was on the evening before."""
    beds, ups = (numbers.series(one).values for one in (metrics.bedtime, metrics.waking_time))
    pairs = list(zip(beds, ups, strict=True))
    starts = [
        None if bed is None or up is None else bed * 60 - (24 * 60 if bed >= 12 else 0)
        for bed, up in pairs
    ]
    ends = [
        None if start is None or bed is None or up is None else start + (up - bed) % 24 * 60
        for start, (bed, up) in zip(starts, pairs, strict=True)
    ]
    return Beds(starts, ends)


def when_asleep(numbers: RangeNumbers, beds: Beds, bars: Sequence[Floating | None]) -> Drawn:
    span, usual = bars_of(numbers), beds.middle
    mostly = f"Mostly {bar_words(usual)}" if usual else "not known"
    chart = floating_bars(
        bars,
        span.firsts,
        sentence=f"From bed to waking, {words_in(numbers)}: {mostly}",
        places=places_of(span.firsts, map(bar_words, bars)) if span.unit == "day" else (),
        domain=hours_around(bars),
        empty="No nights in this range.",
        source=Source(NIGHT_TABLE, (1, 2)),
    )
    return Drawn("When you sleep", mostly, chart)


def bars_in(span: Span, beds: Beds) -> list[Floating | None]:
    """Return the night of each day, or the middle one of each week and month."""
    if span.unit == "day":
        return beds.bars
    return [beds.part(part).middle for part in span.parts]


def hours_around(bars: Sequence[Floating | None]) -> Domain | None:
    """Return the whole hours around all nights, with the ticks of a clock; None where there is no night."""
    nights = [bar for bar in bars if bar]
    whole = clock_domain(nights)
    if whole is None:
        return None
    low, high = min(one.least for one in nights), max(one.most for one in nights)
    return Domain(low // 60 * 60, -(-high // 60) * 60, whole.step)


def bar_words(bar: Floating | None) -> str:
    return f"{clock_of(bar.start / 60)} to {clock_of(bar.end / 60)}" if bar else "no night is known"


#: So many nights of each weekday must be known, on average, before they are compared.
WEEKDAYS_FROM = 28


def by_weekday(numbers: RangeNumbers, beds: Beds) -> Drawn | None:
    """Draw the middle night before each weekday; None for a range that is too short to compare them."""
    if numbers.shown.days < WEEKDAYS_FROM:
        return None
    first = week_of(numbers.shown.first)
    week = days_from(first, first + timedelta(days=6))
    bars = [weekday_bar(numbers, beds, day.weekday()) for day in week]
    lengths = [None if bar is None else (bar.end - bar.start) / 60 for bar in bars]
    names = [f"{day:%A}" for day in week]
    note = longest_in_bed(names, lengths)
    chart = floating_bars(
        bars,
        week,
        sentence=f"The middle night by the weekday of waking, {words_in(numbers)}. {note}".rstrip(),
        domain=hours_around(bars),
        labels=[Label(at, name[:3]) for at, name in enumerate(names)],
        empty="No nights in this range.",
        source=Source(WEEKDAY_TABLE, (3,)),
    )
    rows = [Row(*one) for one in zip(names, map(weekday_cells, bars), strict=True)]
    heads = ["Woke on", "To bed", "Woke", "In bed"]
    table = numbers_table(heads, rows, caption="In bed by weekday", name=WEEKDAY_TABLE)
    return Drawn("In bed by weekday", "", chart, table, note)


def weekday_bar(numbers: RangeNumbers, beds: Beds, weekday: int) -> Floating | None:
    """Return the middle night before a weekday: extremes of a year would say nothing of it."""
    first = (weekday - numbers.shown.first.weekday()) % 7
    middle = beds.part(slice(first, None, 7)).middle
    return Floating(middle.start, middle.end) if middle else None


def weekday_cells(bar: Floating | None) -> list[str | None]:
    if bar is None:
        return [None, None, None]
    return [*ends_of(bar), hours_and_minutes((bar.end - bar.start) / 60)]


def ends_of(bar: Floating | None) -> list[str | None]:
    return [clock_of(bar.start / 60), clock_of(bar.end / 60)] if bar else [None, None]


class Stages(NamedTuple):
    """The hours of each stage, of naps and of need, for each mark of the charts; None where they are not known."""

    parts: dict[str, list[float | None]]
    naps: list[float | None]
    need: list[float | None]


def stages_of(numbers: RangeNumbers, span: Span) -> Stages:
    by_day = stages_by_day(numbers)
    naps = [
        None if asleep is None else numbers.naps.get(day, 0.0)
        for day, asleep in zip(span.days, by_day["deep"], strict=True)
    ]
    return Stages(
        {name: span.means(values) for name, values in by_day.items()},
        span.means(naps),
        span.means(numbers.series(metrics.sleep_need).values),
    )


def stages_by_day(numbers: RangeNumbers) -> dict[str, list[float | None]]:
    """Return the hours of each stage on nights of which all are known, so that weeks are means of the same nights."""
    kinds = (metrics.deep_sleep, metrics.rem_sleep, metrics.sleep_hours)
    nights = [
        (None, None, None)
        if deep is None or rem is None or asleep is None
        else (deep, rem, max(asleep - deep - rem, 0.0))
        for deep, rem, asleep in zip(*(numbers.series(one).values for one in kinds), strict=True)
    ]
    columns = zip(*nights, strict=True)
    return dict(zip(("deep", "rem", "light"), map(list, columns), strict=True))


def sleep_against_need(numbers: RangeNumbers, span: Span, stages: Stages) -> Drawn:
    asleep = numbers.series(metrics.sleep_hours)
    parts = [Part(name, values) for name, values in stages.parts.items()]
    # A nap that is not scored yet leaves the night as it is.
    naps = [
        None if night is None else nap or 0.0
        for night, nap in zip(stages.parts["deep"], stages.naps, strict=True)
    ]
    chart = stacked_columns(
        [*parts, Part("nap", naps)],
        span.firsts,
        sentence=f"Hours asleep by stage, and the hours needed, {words_in(numbers)}",
        line=stages.need,
        places=places_of(
            span.days, (words_with(metrics.sleep_hours, "asleep", one) for one in asleep.values)
        )
        if span.unit == "day"
        else (),
        tick_words=lambda hours: f"{number(hours)} h",
        empty="No nights in this range.",
        source=Source(NIGHT_TABLE, (3, 4, 5, 6, 7)),
    )
    of_need = known(numbers.series(metrics.sleep_performance).values)
    note = short_nights(sum(value < SHORT for value in of_need), len(of_need))
    return Drawn("Sleep against need", "", chart, note=note)


# --- Strain ---------------------------------------------------------------------------------------


class Strains(NamedTuple):
    """The mean strain for each mark, and the hardest day of each; what there is so far of days that are open."""

    means: list[float | None]
    hardest: list[float | None]
    so_far: dict[int, float]


def strains_of(numbers: RangeNumbers, span: Span) -> Strains:
    """Return the mean day and the hardest one of each week: strain cannot be summed."""
    series = numbers.series(metrics.strain)
    if span.unit != "day":
        return Strains(span.means(series.values), span.most(series.values), {})
    so_far = {
        (day - series.first).days: value
        for day, value in series.so_far.items()
        if value is not None
    }
    return Strains(list(series.values), [], so_far)


def strain_chart(numbers: RangeNumbers, span: Span, strains: Strains) -> Drawn:
    values = [strains.so_far.get(at, value) for at, value in enumerate(strains.means)]
    by_day = span.unit == "day"
    chart = columns(
        values,
        span.firsts,
        sentence=f"Strain of days, {words_in(numbers)}",
        fill="strain",
        marks=strains.hardest,
        open_at=strains.so_far.keys(),
        places=places_of(span.days, (words or "not known" for words in strain_words(strains)))
        if by_day
        else (),
        domain=STRAIN,
        empty="No strain in this range.",
        source=Source(NIGHT_TABLE, (8,) if by_day else (8, 9)),
    )
    note = "The paler column is a day that still runs." if strains.so_far else ""
    return Drawn("Strain", "", chart, note=note)


def strain_words(strains: Strains) -> list[str | None]:
    return [
        f"{number(strains.so_far[at], 1)} so far"
        if at in strains.so_far
        else words_or_none(metrics.strain, value)
        for at, value in enumerate(strains.means)
    ]


# --- The numbers behind nights and days -----------------------------------------------------------


class Nights(NamedTuple):
    asleep: Drawn
    weekdays: Drawn | None
    stages: Drawn
    strain: Drawn
    numbers: SafeString


def night_charts(numbers: RangeNumbers) -> Nights:
    """Return the charts of sleep and strain, which have the same marks and so one table behind them."""
    span, beds = bars_of(numbers), beds_of(numbers)
    bars = bars_in(span, beds)
    stages, strains = stages_of(numbers, span), strains_of(numbers, span)
    return Nights(
        when_asleep(numbers, beds, bars),
        by_weekday(numbers, beds),
        sleep_against_need(numbers, span, stages),
        strain_chart(numbers, span, strains),
        night_numbers(span, bars, stages, strains),
    )


def night_numbers(
    span: Span, bars: Sequence[Floating | None], stages: Stages, strains: Strains
) -> SafeString:
    ends = [ends_of(bar) for bar in bars]
    hours = [*stages.parts.values(), stages.naps, stages.need]
    cells: list[Sequence[str | None]] = [
        [one[0] for one in ends],
        [one[1] for one in ends],
        *([words_or_none(metrics.sleep_hours, one) for one in values] for values in hours),
        strain_words(strains),
    ]
    heads = ["To bed", "Woke", "Deep", "REM", "Light", "Naps", "Needed"]
    if span.unit == "day":
        heads.append("Strain")
    else:
        heads += ["Mean strain", "Hardest day"]
        cells.append([words_or_none(metrics.strain, one) for one in strains.hardest])
    return table_of(span, heads, cells, "Sleep and strain", NIGHT_TABLE)
