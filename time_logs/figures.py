"""The figures of a range of tracked time."""

from __future__ import annotations

import math

from django.utils.dateformat import format as format_date

from lifetracker.web.charts.scales import begin_of
from lifetracker.web.figures import Figure
from lifetracker.web.sentences import hours_and_minutes, hours_change_words
from lifetracker.web.stretches import Slice
from lifetracker.words import counted
from time_logs.metrics import HOUR
from time_logs.names import PLURALS, TITLES, entries_url, name_of, query_of
from time_logs.page_charts import columns_of, days_words, partition
from time_logs.page_data import RangeHours, folded

UNITS = {"day": "A day", "week": "A week", "month": "A month"}


def figures(numbers: RangeHours) -> list[Figure]:
    """Return the hours, their mean and their most by day, week or month, and the largest name; none without hours."""
    if not numbers.total:
        return []
    return [tracked(numbers), mean_of(numbers), most_of(numbers), largest_of(numbers)]


def tracked(numbers: RangeHours) -> Figure:
    shown = numbers.shown
    url = entries_url(shown.first, shown.last)
    return Figure("Tracked", hours_and_minutes(numbers.total / HOUR), change_of(numbers), url)


def change_of(numbers: RangeHours) -> str:
    """Return how the hours lie to those of the stretch before."""
    words = numbers.shown.words
    if numbers.shown.is_all:
        return f"since {format_date(numbers.shown.first, 'j M Y')}"
    if numbers.before is None:
        return f"not known of the {words} before"
    return hours_change_words((numbers.total - numbers.before) / HOUR, words)


def sums_of(numbers: RangeHours) -> list[tuple[Slice, float]]:
    """Return the columns of the chart that have hours."""
    unit = numbers.asked.unit
    sums = {
        first: math.fsum(inside.values()) / HOUR
        for first, inside in folded(numbers.seconds, unit).items()
    }
    columns = columns_of(numbers, unit)
    pairs = [(one, sums[begin_of(one.first, unit)]) for one in columns]
    return [(one, hours) for one, hours in pairs if hours]


def mean_of(numbers: RangeHours) -> Figure:
    unit, sums = numbers.asked.unit, sums_of(numbers)
    mean = math.fsum(hours for _, hours in sums) / len(sums)
    beside = f"mean of {counted(len(sums), unit)} with entries"
    return Figure(UNITS[unit], hours_and_minutes(mean), beside)


def most_of(numbers: RangeHours) -> Figure:
    column, hours = max(sums_of(numbers), key=lambda one: one[1])
    label = f"Most in a {numbers.asked.unit}"
    return Figure(label, hours_and_minutes(hours), days_words(column), entries_url(*column))


def largest_of(numbers: RangeHours) -> Figure:
    """Return the largest name, and its share of the whole."""
    by, shown = partition(numbers), numbers.shown
    key, seconds = next(iter(numbers.totals.items()))
    name = name_of(by, key).text
    beside = f"{name}, {seconds / numbers.total * 100:.0f} %"
    noun = TITLES[by] if len(numbers.totals) == 1 else PLURALS[by]
    label = f"Most of {counted(len(numbers.totals), noun.lower(), noun.lower())}"
    url = entries_url(shown.first, shown.last, query_of(by, key))
    return Figure(label, hours_and_minutes(seconds / HOUR), beside, url)
