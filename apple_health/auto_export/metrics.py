"""Which metrics of the app are read, and what their values are in."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from statistics import fmean
from typing import NamedTuple

from apple_health.export import units

#: By the time that a value is written with, in UTC.
Values = Mapping[str, float]


class Reduce(enum.Enum):
    """What the values of a day come to."""

    #: Of whole hours, none of which is there twice.
    SUM = "sum"
    MEAN = "mean"
    #: The watch writes one a day, and corrects it.
    LAST = "last"


class Reads(NamedTuple):
    """How a metric is read. `most`: no single value is higher."""

    column: str
    value: units.Convert
    most: float
    reduce: Reduce = Reduce.SUM


GRAMS, KILOCALORIES = units.in_unit(units.GRAMS), units.in_unit(units.KILOCALORIES)
BEATS = units.BEATS | {"bpm": 1.0}

READS = {
    "step_count": Reads("steps", units.in_unit(units.COUNTS | {"steps": 1.0}), 100_000),
    "active_energy": Reads("active_energy_kcal", KILOCALORIES, 20_000),
    "mindful_minutes": Reads("mindful_min", units.in_unit(units.MINUTES), 1_440),
    "dietary_energy": Reads("dietary_energy_kcal", KILOCALORIES, 100_000),
    "protein": Reads("protein_g", GRAMS, 10_000),
    "carbohydrates": Reads("carbs_g", GRAMS, 10_000),
    "total_fat": Reads("fat_g", GRAMS, 10_000),
    "fiber": Reads("fiber_g", GRAMS, 10_000),
    "resting_heart_rate": Reads("resting_heart_rate", units.in_unit(BEATS), 400, Reduce.LAST),
    "heart_rate_variability": Reads(
        "hrv_sdnn", units.in_unit(units.MILLISECONDS), 10_000, Reduce.MEAN
    ),
    "apple_sleeping_wrist_temperature": Reads("wrist_temperature", units.celsius, 60, Reduce.MEAN),
}
BY_COLUMN = {one.column: one for one in READS.values()}
#: What nobody can be without.
ABOVE_ZERO = frozenset({"resting_heart_rate", "hrv_sdnn"})

WEIGHT, BODY_FAT, SLEEP = "weight_body_mass", "body_fat_percentage", "sleep_analysis"
kilograms = units.in_unit(units.KILOGRAMS)
MOST_KILOGRAMS = 999


def of_day(column: str, values: Values) -> float:
    """Return what the values of a day come to; there is at least one."""
    reduce = BY_COLUMN[column].reduce
    if reduce is Reduce.LAST:
        return values[max(values)]
    found = sum(values.values()) if reduce is Reduce.SUM else fmean(values.values())
    return round(found) if column == "steps" else round(found, 3)
