"""The series that take part: whole days of the metrics that are declared or come with the data."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.db.models import Model

from insights.panel import Panel
from insights.statistics.course import Array
from lifetracker.metrics.declaration import Metric, Role
from lifetracker.metrics.held import zero_models
from lifetracker.metrics.registry import all_metrics
from lifetracker.metrics.series import Series, read_series
from lifetracker.metrics.statistics import HOURS_A_DAY
from lifetracker.models import excluded_days

#: Older days than these are not looked at.
MOST_DAYS = 3653
#: Of its newest so many days, a series knows at least so many.
WINDOW_DAYS, LEAST_KNOWN = 120, 60
#: A yes/no series has at least so many days of each, in so many separate spells; another at least so many that differ from
#: its most usual value.
LEAST_OF_EACH, LEAST_SPELLS = 8, 5


@dataclass(frozen=True)
class Inputs:
    """`metrics`: those that take part, in the order of the rows of the panel. `usual`: the mean of each in its unit.
    `known_days`: of those that do not take part, by key, how many days are known."""

    metrics: tuple[Metric, ...]
    panel: Panel
    usual: Mapping[str, float]
    known_days: Mapping[str, int]


def first_read(last: date) -> date:
    return last - timedelta(days=MOST_DAYS - 1)


def read_inputs(last: date) -> Inputs:
    """Read the metrics that may be tested, up to a day. Days of illness, travel and holiday are unknown in all of them."""
    first = first_read(last)
    metrics = [one for one in all_metrics() if one.role not in {None, Role.CONTEXT}]
    series = read_series(metrics, first, last)
    begins = first_records(series.values())
    values = {one.key: since_records(one, series[one.key], begins) for one in metrics}
    return inputs_of(metrics, values, first, excluded_days(first, last))


def first_records(series: Iterable[Series]) -> dict[type[Model], date]:
    """Return by model the first day that has a record."""
    found: dict[type[Model], date] = {}
    for one in series:
        if one.recorded and (model := one.metric.model):
            begin = min(one.recorded)
            found[model] = min(begin, found.get(model, begin))
    return found


def since_records(metric: Metric, series: Series, begins: Mapping[type[Model], date]) -> Array:
    """Return the days of a series. Where no record means zero, this is known only from the first record of the same kind on:
    before, nothing was kept."""
    row = as_row(series.values)
    for model in zero_models(metric):
        begin = begins.get(model)
        unkept = len(row) if begin is None else (begin - series.first).days
        row[: max(unkept, 0)] = np.nan
    return row


def as_row(values: Sequence[float | None]) -> Array:
    return np.array([np.nan if one is None else one for one in values], dtype=np.float64)


def inputs_of(
    metrics: Sequence[Metric], values: Mapping[str, Array], first: date, excluded: Collection[date]
) -> Inputs:
    """Return those of the metrics that take part by their values from `first` on, without the excluded days."""
    metrics = sorted({one.key: one for one in metrics}.values(), key=lambda one: one.key)
    left_out = [(day - first).days for day in excluded]
    rows, usual, known_days = [], {}, {}
    for metric in metrics:
        row = values[metric.key].copy()
        row[left_out] = np.nan
        if takes_part(row, metric.is_yes_no):
            prepared, usual[metric.key] = prepare(metric, row)
            rows.append(prepared)
        else:
            known_days[metric.key] = int((~np.isnan(row)).sum())
    taking = tuple(metric for metric in metrics if metric.key in usual)
    return Inputs(taking, panel_of(taking, rows, first), usual, known_days)


def panel_of(metrics: Sequence[Metric], rows: Sequence[Array], first: date) -> Panel:
    """Return the panel from the first day on which anything is known."""
    keys = tuple(metric.key for metric in metrics)
    yes_no = frozenset(metric.key for metric in metrics if metric.is_yes_no)
    if not rows:
        return Panel((), np.zeros((0, 0)), first)
    values = np.stack(rows)
    begin = int(np.argmax((~np.isnan(values)).any(axis=0)))
    return Panel(keys, values[:, begin:], first + timedelta(days=begin), yes_no)


def takes_part(row: Array, is_yes_no: bool) -> bool:
    """Return whether a series knows enough of its newest days, and varies."""
    at = np.flatnonzero(~np.isnan(row))
    if len(at) < LEAST_KNOWN or len(at[at > at[-1] - WINDOW_DAYS]) < LEAST_KNOWN:
        return False
    known = row[at]
    _, often = np.unique(known, return_counts=True)
    if not is_yes_no:
        # A few days that differ from all others would decide everything.
        return bool(len(known) - often.max() >= LEAST_OF_EACH)
    yes = int((known > 0.5).sum())
    spells = 1 + int((np.diff(known) != 0).sum())
    # Of spells of yes and of no in turn, half are of each.
    return min(yes, len(known) - yes) >= LEAST_OF_EACH and spells // 2 >= LEAST_SPELLS


def prepare(metric: Metric, row: Array) -> tuple[Array, float]:
    """Return a series as it is reckoned with, and its mean in its unit: hours of the clock as hours before and after their
    usual one, skewed outcomes as their logarithms."""
    known = ~np.isnan(row)
    if metric.circular:
        angles = row[known] * (2 * math.pi / HOURS_A_DAY)
        turn = math.atan2(float(np.sin(angles).sum()), float(np.cos(angles).sum()))
        usual = turn * HOURS_A_DAY / (2 * math.pi) % HOURS_A_DAY
        return (row - usual + HOURS_A_DAY / 2) % HOURS_A_DAY - HOURS_A_DAY / 2, usual
    if is_logarithmic(metric):
        above = np.where(row > 0, row, np.nan)
        logarithms = np.log(above)
        return logarithms, math.exp(float(np.nanmean(logarithms)))
    return row, float(row[known].mean())


def is_logarithmic(metric: Metric) -> bool:
    return metric.logarithmic and metric.role is Role.OUTCOME
