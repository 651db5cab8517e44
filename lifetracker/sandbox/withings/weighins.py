"""A weighing on demand, for a test that needs one of a known weight."""

from collections.abc import Mapping
from datetime import date

from lifetracker.sandbox import body as bodies
from lifetracker.sandbox.life import Life
from lifetracker.sandbox.withings import history
from lifetracker.sandbox.withings.history import Record, measure

# By name: the type and the power of ten.
MEASURES = {
    "fat_ratio": (history.FAT_RATIO, -3),
    "fat_mass": (history.FAT_MASS, -2),
    "fat_free_mass": (history.FAT_FREE, -3),
    "muscle_mass": (history.MUSCLE, -2),
    "hydration": (history.HYDRATION, -2),
    "bone_mass": (history.BONE, -2),
    "pulse": (history.PULSE, 0),
}


def weighin(
    life: Life, on: date, kg: float, given: Mapping[str, float | None]
) -> list[list[Record]]:
    """Return the measures of each group. What is not given is as it would be for this person."""
    for name in given:
        if name not in MEASURES:
            raise ValueError(f"no measure {name!r}; there are {', '.join(MEASURES)}")
    values = {**_usual(life, on, kg), **given}
    measures = {
        name: measure(type, value, unit)
        for name, (type, unit) in MEASURES.items()
        if (value := values[name]) is not None
    }
    pulse = measures.pop("pulse", None)
    weighed = [measure(history.WEIGHT, kg, -3), *measures.values()]
    return [weighed, [pulse]] if pulse else [weighed]


def _usual(life: Life, on: date, kg: float) -> dict[str, float]:
    hers = bodies.body(life, on)
    share = kg / hers.weight
    body = bodies.Body(kg, share * hers.fat, share * hers.water)
    return {
        "fat_ratio": body.fat_ratio,
        "fat_mass": body.fat,
        "fat_free_mass": body.fat_free,
        "muscle_mass": body.muscle,
        "hydration": body.water,
        "bone_mass": body.bone,
        "pulse": 62,
    }
