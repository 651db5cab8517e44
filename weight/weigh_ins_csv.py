"""The weigh-ins of a range as CSV, one in each line."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from lifetracker.words import title_of
from weight.models import WeighInQuerySet, counts

#: The columns of a weigh-in, and what stands over them.
COLUMNS = {
    "weight_kg": "weight (kg)",
    "fat_ratio": "body fat (%)",
    "fat_mass_kg": "fat mass (kg)",
    "lean_mass_kg": "lean mass (kg)",
    "muscle_mass_kg": "muscle mass (kg)",
    "bone_mass_kg": "bone mass (kg)",
    "hydration_kg": "water (kg)",
    "heart_pulse": "heart rate (bpm)",
}
WHOSE = {True: "yours", False: "somebody else's"}
A_BATCH = 2000


HEAD = ("day", "time", *COLUMNS.values(), "source", "whose", "counted")


def rows_of(found: WeighInQuerySet) -> Iterator[list[object]]:
    """Yield the cells of each weigh-in, in their order. What was not measured is None."""
    named = ("date", "measured_at", "source", "attribution", "is_mine", *COLUMNS)
    rows = found.values_list(*named).iterator(A_BATCH)
    for day, at, source, attribution, is_mine, *values in rows:
        numbers = [None if value is None else written(value) for value in values]
        is_counted = "yes" if counts(attribution, is_mine) else "no"
        said = WHOSE.get(is_mine, "" if is_counted == "yes" else "uncertain")
        yield [day, at, *numbers, title_of(source), said, is_counted]


def written(value: Decimal | int) -> str:
    """Return `65.3` of 65.3000, and `60` of 60."""
    return f"{Decimal(value).normalize():f}"
