"""A workout as the app writes it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from apple_health.auto_export.metrics import BEATS
from apple_health.auto_export.written import Item, amount, measured, moment, text_of
from apple_health.export import units
from apple_health.export.units import Unreadable
from apple_health.export.workout_elements import HIGHEST_HEART_RATE, SPORTS
from apple_health.names import SENT
from apple_health.same_workouts import LONGEST

#: What the app calls in more than one way. A name in another language stays as it is.
CALLED = {
    "outdoor-run": "running",
    "indoor-run": "running",
    "outdoor-walk": "walking",
    "indoor-walk": "walking",
    "outdoor-cycle": "cycling",
    "outdoor-cycling": "cycling",
    "indoor-cycle": "cycling",
    "indoor-cycling": "cycling",
    "pool-swim": "swimming",
    "open-water-swim": "swimming",
}
MINUTE = timedelta(minutes=1)
MOST_KILOCALORIES, MOST_METERS = 50_000, 10_000_000


def workout_item(item: Item) -> dict[str, Any]:
    """Return the values of a workout by column, with its id. Raises Unreadable."""
    start, end = moment(item, "start"), moment(item, "end")
    if not timedelta(0) < end.at - start.at <= LONGEST:
        raise Unreadable("it does not end after it begins, within a week")
    return {
        "source_id": f"{SENT}{text_of(item, 'id')[:64] or f'{start.at:%Y-%m-%dT%H:%M:%SZ}'}",
        "date": start.day,
        "start": start.at,
        "end": end.at,
        "utc_offset_min": start.offset,
        "sport_name": sport_of(text_of(item, "name")),
        "duration_min": duration(item, (end.at - start.at) / MINUTE),
        "calories": total(item, units.KILOCALORIES, MOST_KILOCALORIES, *ENERGY),
        "distance_meters": total(item, units.METERS, MOST_METERS, "distance"),
        "average_heart_rate": beats(item, "avg", "avgHeartRate"),
        "max_heart_rate": beats(item, "max", "maxHeartRate"),
    }


#: In newer versions of the app, and in older ones.
ENERGY = ("activeEnergyBurned", "activeEnergy")


def sport_of(name: str) -> str:
    """Return `running` of `Outdoor Run`; a name that nobody here knows stays as the phone writes it."""
    slug = "-".join(name.lower().split())
    if slug in CALLED or slug in SPORTS:
        return CALLED.get(slug) or SPORTS[slug]
    return (slug if slug.isascii() else name)[:100] or "activity"


def duration(item: Item, whole: float) -> float:
    """Return the minutes without pauses, which the app writes in seconds; else those between start and end."""
    if item.get("duration") is None:
        return round(whole, 3)
    minutes = amount(item, "duration", "s", units.in_unit(units.MINUTES), float("inf"))
    if minutes > whole + 1:
        raise Unreadable("its duration is longer than the time between its start and its end")
    return round(minutes, 3)


def total(item: Item, factors: dict[str, float], most: float, *names: str) -> float | None:
    """Return a total; None for 0, which stands where nothing was measured."""
    found = measured(item, *names)
    if not found:
        return None
    quantity, unit = found
    return round(amount(quantity, "qty", unit, units.in_unit(factors), most), 3) or None


def beats(item: Item, name: str, older: str) -> int | None:
    rates = item.get("heartRate")
    found = measured(rates, name) if isinstance(rates, dict) else None
    found = found or measured(item, older)
    if not found:
        return None
    quantity, unit = found
    value = round(amount(quantity, "qty", unit, units.in_unit(BEATS), HIGHEST_HEART_RATE))
    return value or None
