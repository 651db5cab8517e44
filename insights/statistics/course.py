"""What a series follows by itself: the day of the week, and a course of straight pieces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

WEEK = 7
#: A straight piece of the course is so long: shorter ones leave less to be found, longer ones let a move to another
#: town pass for an effect of everything that one did since (`benchmarks/insights.py`).
PIECE_DAYS = 56
#: A last piece that would be shorter than this belongs to the one before it.
SHORTEST_PIECE = 28


@dataclass(frozen=True)
class Adjusted:
    """`values`: what is left of each series. `columns`: how many free numbers were fitted to each."""

    values: Array
    columns: int


def design(length: int, weekday: int) -> Array:
    """Return the columns that a series is fitted by, a row for each day: one for each day of the week, and one for each
    knot of the course but the first, which the days of the week stand for. `weekday`: that of the first day, 0 for
    Monday."""
    days = np.arange(length)
    weekdays = np.equal.outer((days + weekday) % WEEK, np.arange(WEEK)).astype(np.float64)
    knots = [*range(0, max(length - SHORTEST_PIECE, 1), PIECE_DAYS), max(length - 1, 1)]
    # Each is 1 at its own knot, 0 at all others and straight between them.
    pieces = [np.interp(days, knots, one) for one in np.eye(len(knots))[1:]]
    return np.hstack([weekdays, np.stack(pieces, axis=1)])


def adjust(series: Array, weekday: int) -> Adjusted:
    """Return what is left of each series once its days of the week and its course are taken away, by least squares over
    the days that it knows. Where the columns say the same of these days, the smallest numbers that fit are taken."""
    columns = design(series.shape[1], weekday)
    left = np.full_like(series, np.nan)
    for row, values in enumerate(series):
        known = ~np.isnan(values)
        if known.any():
            own, target = columns[known], values[known]
            # Around their mean, so that a series far from zero leaves the same.
            target = target - target.mean()
            inverse = np.linalg.pinv(own.T @ own, rcond=1e-9, hermitian=True)
            left[row, known] = target - own @ (inverse @ (own.T @ target))
    return Adjusted(left, columns.shape[1])
