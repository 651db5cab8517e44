"""The charts of a range of fasts. They draw the same numbers as stand in the tables behind them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.urls import reverse
from django.utils.dateformat import format as format_date
from django.utils.safestring import SafeString

from fasting.page_data import Fast, RangeFasts
from fasting.sentences import of_goal
from fasting.stretch_sums import StretchOfFasts
from lifetracker.days import days_from
from lifetracker.web.charts.columns import Floating, clock_domain, columns, floating_bars
from lifetracker.web.charts.frame import Place, Source
from lifetracker.web.charts.legend import Key, legend
from lifetracker.web.charts.ring import figure_ring
from lifetracker.web.charts.scales import Domain, Label, Unit, begin_of, slices
from lifetracker.web.charts.table import Row, numbers_table
from lifetracker.web.sentences import (
    clock_of,
    hours_and_minutes,
    number,
    short_day,
    stretch_words,
)
from lifetracker.words import counted

LAST_TABLE, CLOCK_TABLE = "last-numbers", "clock-numbers"
#: The clock is drawn from the midnight before the day on which a fast ended to the midnight after it.
DAY = 24 * 60
#: Fewer columns have room for the day of each.
FEW = 10


class Drawn(NamedTuple):
    """A chart with its heading, what stands beside it, and the numbers behind it."""

    title: str
    side: str
    chart: SafeString
    numbers: SafeString
    legend: SafeString | str = ""
    note: str = ""


# --- The ring -------------------------------------------------------------------------------------


def ring_of(numbers: RangeFasts) -> SafeString:
    """Return the fast that runs up to its goal; else how long ago the last one ended."""
    fast = numbers.running
    if fast is None:
        return ring_without(numbers)
    figure, goal = hours_and_minutes(numbers.hours), fast.goal_hours
    word = f"of {of_goal(goal, None).removesuffix(' 00')}" if goal else "so far"
    return figure_ring(
        numbers.hours / goal if goal else 1.0,
        figure,
        fill="fast",
        word=word,
        sentence=f"Fasting for {of_goal(numbers.hours, goal)}",
        href=reverse("fasting-edit", args=[fast.pk]),
    )


def ring_without(numbers: RangeFasts) -> SafeString:
    last = numbers.around.last
    if last is None or last.end is None:
        return figure_ring(0.0, "", fill="fast", word="No fast runs", sentence="No fast is running")
    since = (numbers.now - last.end).total_seconds() / 3600
    figure = hours_and_minutes(since) if since < 100 else f"{since // 24:.0f} days"
    return figure_ring(
        0.0,
        figure,
        fill="fast",
        word="since the last fast",
        sentence=f"No fast is running. The last one ended {figure} ago",
        href=reverse("fasting-edit", args=[last.pk]),
    )


# --- The last fasts -------------------------------------------------------------------------------


def last_chart(numbers: RangeFasts) -> Drawn:
    """Draw each of the last fasts up to the line of its goal."""
    fasts = numbers.last
    goals = [fast.goal for fast in fasts]
    chart = columns(
        [fast.hours for fast in fasts],
        [fast.date for fast in fasts],
        sentence=f"Hours of the last {counted(len(fasts), 'fast')}: "
        f"{', '.join(hours_and_minutes(fast.hours) for fast in fasts)}",
        fill="fast",
        marks=goals,
        places=[place_of(fast) for fast in fasts],
        tick_words=lambda hours: f"{number(hours)} h",
        labels=labels_of(fasts),
        empty="No fast ended in this range.",
        source=Source(LAST_TABLE, (1, 2)),
    )
    keys = [Key("f-fast", "length")]
    if any(goals):
        keys.append(Key("f-ink", "goal", shape="line"))
    title = f"The last {len(fasts)} fasts" if len(fasts) > 1 else "The last fast"
    return Drawn(title, "", chart, last_table(fasts), legend(keys))


def place_of(fast: Fast) -> Place:
    return Place(page_of(fast.pk), f"{short_day(fast.date)}: {of_goal(fast.hours, fast.goal)}")


def page_of(pk: int) -> str:
    return reverse("fasting-edit", args=[pk])


def labels_of(fasts: Sequence[Fast]) -> list[Label]:
    """Return the day of every column, or of some, as there is room."""
    step = 1 if len(fasts) <= FEW else 5
    return [
        Label(at, format_date(fast.date, "j M"), wide=at // step % 2 > 0)
        for at, fast in enumerate(fasts)
        if at % step == 0
    ]


def last_table(fasts: Sequence[Fast]) -> SafeString:
    rows = [
        Row(
            f"{short_day(fast.date)} {fast.date.year}",
            [
                hours_and_minutes(fast.hours),
                hours_and_minutes(fast.goal) if fast.goal else "no goal",
                clock_of(fast.minute(fast.start) / 60),
                clock_of(fast.minute(fast.end) / 60),
            ],
            page_of(fast.pk),
        )
        for fast in fasts
    ]
    heads = ["Ended on", "Length", "Goal", "From", "To"]
    return numbers_table(heads, rows, caption="The last fasts", name=LAST_TABLE)


# --- By the clock ---------------------------------------------------------------------------------


class Slot(NamedTuple):
    """The fasts of a day, a week or a month of the chart; without a bar where none is stored."""

    first: date
    last: date
    bar: Floating | None
    words: str


def clock_chart(numbers: RangeFasts) -> Drawn:
    """Draw when fasts begin and end: each day, or the means of each week or month with the earliest and the latest."""
    unit = numbers.unit
    slots = day_slots(numbers) if unit == "day" else stretch_slots(numbers)
    words = stretch_words(numbers.shown.first, numbers.shown.last)
    chart = floating_bars(
        [slot.bar for slot in slots],
        [slot.first for slot in slots],
        sentence=f"From when to when fasts last, {words}",
        fill="fast",
        around="fast",
        places=[Place(range_url(slot), f"{slot_name(slot)}: {slot.words}") for slot in slots],
        domain=domain_of([slot.bar for slot in slots if slot.bar]),
        empty="No fast ended in this range.",
        source=Source(CLOCK_TABLE, (1, 2)),
    )
    side = "by the day of its end" if unit == "day" else f"the mean of each {unit}"
    note = "" if unit == "day" else "Paler: from the earliest start to the latest end."
    return Drawn("When you fast", side, chart, clock_table(slots, unit), clock_legend(slots), note)


def clock_legend(slots: Sequence[Slot]) -> SafeString | str:
    """Return what the dotted boxes stand for, where there are any beside a fast."""
    bars = [slot.bar for slot in slots]
    if not any(bars) or all(bars):
        return ""
    return legend([Key("f-fast", "fast"), Key("f-none", "no fast known")])


def domain_of(bars: Sequence[Floating]) -> Domain | None:
    """Return the hours that the bars need, within the two days of the clock: what is longer is drawn to the edge."""
    found = clock_domain([clipped(bar) for bar in bars])
    return found and Domain(max(found.low, -DAY), min(found.high, DAY), found.step)


def clipped(bar: Floating) -> Floating:
    return Floating(max(bar.start, -DAY), bar.end)


def day_slots(numbers: RangeFasts) -> list[Slot]:
    by_day: dict[date, list[Fast]] = {}
    for fast in numbers.every:
        by_day.setdefault(fast.date, []).append(fast)
    return [
        day_slot(day, by_day.get(day, []))
        for day in days_from(numbers.shown.first, numbers.shown.last)
    ]


def day_slot(day: date, fasts: Sequence[Fast]) -> Slot:
    """Return the longest fast of a day."""
    if not fasts:
        return Slot(day, day, None, "no fast is stored")
    fast = max(fasts, key=lambda one: one.hours)
    bar = Floating(fast.minute(fast.start), fast.minute(fast.end))
    more = f", and {counted(len(fasts) - 1, 'shorter one')}" if len(fasts) > 1 else ""
    return Slot(day, day, bar, f"{bar_words(bar)}{more}")


def stretch_slots(numbers: RangeFasts) -> list[Slot]:
    days = days_from(numbers.shown.first, numbers.shown.last)
    parts = [(days[part][0], days[part][-1]) for part in slices(days, numbers.unit)]
    return [
        stretch_slot(first, last, numbers.stretches.get(begin_of(first, numbers.unit)))
        for first, last in parts
    ]


def stretch_slot(first: date, last: date, found: StretchOfFasts | None) -> Slot:
    if found is None:
        return Slot(first, last, None, "no fast is stored")
    bar = Floating(found.begin, found.end, found.earliest, found.latest)
    mean = hours_and_minutes(found.mean)
    return Slot(
        first,
        last,
        bar,
        f"{bar_words(bar)}, {mean} on average over {counted(found.number, 'fast')}",
    )


def bar_words(bar: Floating) -> str:
    return f"{clock_of(bar.start / 60)} to {clock_of(bar.end / 60)}"


def slot_name(slot: Slot) -> str:
    if slot.first == slot.last:
        return short_day(slot.first)
    return stretch_words(slot.first, slot.last)


def range_url(slot: Slot) -> str:
    return f"{reverse('fasting')}?from={slot.first}&to={slot.last}"


def clock_table(slots: Sequence[Slot], unit: Unit) -> SafeString:
    head = {"day": "Day", "week": "Week from", "month": "Month"}[unit]
    form = {"day": "D j M Y", "week": "j M Y", "month": "F Y"}[unit]
    rows = [
        Row(
            format_date(slot.first, form),
            [
                slot.bar and clock_of(slot.bar.start / 60),
                slot.bar and clock_of(slot.bar.end / 60),
                slot.words if slot.bar else None,
            ],
            range_url(slot),
        )
        for slot in slots
    ]
    return numbers_table(
        [head, "From", "To", "What"], rows, caption="When you fast", name=CLOCK_TABLE
    )
