"""A workout of an export. Since iOS 16 its totals stand in elements of statistics, before in attributes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

from apple_health.export import units
from apple_health.export.units import Unreadable

ACTIVITY = "HKWorkoutActivityType"
#: The statistics that are read, without what all of them begin with.
ENERGY, HEART_RATE = "ActiveEnergyBurned", "HeartRate"
DISTANCES = (
    "DistanceWalkingRunning",
    "DistanceCycling",
    "DistanceSwimming",
    "DistanceWheelchair",
    "DistanceDownhillSnowSports",
    "DistanceCrossCountrySkiing",
    "DistanceRowing",
    "DistancePaddleSports",
    "DistanceSkatingSports",
)
QUANTITY = "HKQuantityTypeIdentifier"
#: How Apple's names differ from those of other sources.
SPORTS = {
    "traditional-strength-training": "weightlifting",
    "functional-strength-training": "functional-fitness",
    "high-intensity-interval-training": "hiit",
    "other": "activity",
}
HIGHEST_HEART_RATE = 400


def workout_item(
    attributes: dict[str, str], statistics: Sequence[dict[str, str]], start: int, end: int
) -> dict[str, Any]:
    """Return the values of a workout by column, and its id. Raises Unreadable."""
    kind = attributes.get("workoutActivityType", "")
    if not kind.startswith(ACTIVITY):
        raise Unreadable(f"the workout {units.shown(kind)} is not known")
    found = {one.get("type", "").removeprefix(QUANTITY): one for one in statistics}
    named = (kind, str(start), str(end), attributes.get("sourceName", ""))
    return {
        "source_id": hashlib.sha256("\0".join(named).encode()).hexdigest(),
        "start": start,
        "end": end,
        "sport_name": sport_of(kind.removeprefix(ACTIVITY)),
        "duration_min": duration(attributes, start, end),
        "calories": energy(attributes, found),
        "distance_meters": distance(attributes, found),
        "average_heart_rate": beats(found, "average"),
        "max_heart_rate": beats(found, "maximum"),
    }


def sport_of(name: str) -> str:
    """Return `mountain-biking` of `MountainBiking`."""
    slug = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()[:100]
    return SPORTS.get(slug, slug) or "activity"


def duration(attributes: dict[str, str], start: int, end: int) -> float:
    """Return the minutes, without pauses where the export says so."""
    if not (text := attributes.get("duration")):
        return round((end - start) / 60, 3)
    minutes = units.not_negative(text, attributes.get("durationUnit", "min"), units.MINUTES)
    if minutes > (end - start) / 60 + 1:
        raise Unreadable("its duration is longer than the time between its start and its end")
    return round(minutes, 3)


def energy(attributes: dict[str, str], found: dict[str, dict[str, str]]) -> float | None:
    return total(attributes, found.get(ENERGY), "totalEnergyBurned", units.KILOCALORIES)


def distance(attributes: dict[str, str], found: dict[str, dict[str, str]]) -> float | None:
    named = next((found[name] for name in DISTANCES if name in found), None)
    return total(attributes, named, "totalDistance", units.METERS)


def total(
    attributes: dict[str, str],
    statistic: dict[str, str] | None,
    name: str,
    factors: dict[str, float],
) -> float | None:
    """Return a total of the statistics, else of the attributes; None for 0, which stands where nothing was measured."""
    if statistic and "sum" in statistic:
        text, unit = statistic["sum"], statistic.get("unit", "")
    elif name in attributes:
        text, unit = attributes[name], attributes.get(f"{name}Unit", "")
    else:
        return None
    return round(units.not_negative(text, unit, factors), 3) or None


def beats(found: dict[str, dict[str, str]], name: str) -> int | None:
    statistic = found.get(HEART_RATE, {})
    if name not in statistic:
        return None
    value = round(units.amount(statistic[name], statistic.get("unit", ""), units.BEATS))
    return value if 0 < value <= HIGHEST_HEART_RATE else None
