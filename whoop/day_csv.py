"""The days of a range for a file: the numbers of the table, a day in each line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from whoop import metrics
from whoop.page_data import RangeNumbers

#: The columns after the day: the name with the unit, the metric, and how many decimals are written.
COLUMNS = (
    ("recovery (%)", metrics.recovery_score, 0),
    ("heart rate variability (ms)", metrics.hrv, 0),
    ("resting heart rate (bpm)", metrics.resting_heart_rate, 0),
    ("respiratory rate (breaths per minute)", metrics.respiratory_rate, 1),
    ("asleep (h)", metrics.sleep_hours, 2),
    ("asleep of need (%)", metrics.sleep_performance, 0),
    ("strain (0 to 21)", metrics.strain, 1),
)


HEAD = ["day", *(name for name, _, _ in COLUMNS), "strain so far (0 to 21)"]


def rows_of(numbers: RangeNumbers) -> Iterator[list[object]]:
    """Yield the cells of each day, the newest first. What is not known is None."""
    for back in range(numbers.shown.days):
        day = numbers.shown.last - timedelta(days=back)
        values = [
            written(numbers.whole[metric.key].on(day), places) for _, metric, places in COLUMNS
        ]
        so_far = numbers.whole[metrics.strain.key].so_far.get(day)
        yield [day, *values, written(so_far, 1)]


def written(value: float | None, places: int) -> str | None:
    return None if value is None else f"{value:.{places}f}"
